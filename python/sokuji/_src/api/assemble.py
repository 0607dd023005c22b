"""Puts the names of tf.* together, for TensorFlow 1 and 2: functions of the table, composed functions, and the namespaces (tf.nn, tf.train, …)."""

import copyreg
import importlib
import operator
import sys
import types

from sokuji import _core
from sokuji._src.variables import variables  # isort: skip (scopes, which others import, needs it whole)
from sokuji._src.api import assemble_ops, compat_v1, missing
from sokuji._src.api.missing import is_space, space as new_space
from sokuji._src.core import conversion, dtypes, errors, nest, printing, shapes
from sokuji._src.eager import gradients
from sokuji._src.platform import devices
from sokuji._src.ops import array_ops, einsum, functions, init_ops, math_ops, nn_ops, partition_ops, random_ops

_now = 2


def set_version(version):
    global _now
    _now = version
    _core.set_version(version)
    errors.version = version
    for module in (conversion, printing, shapes, variables):
        module.set_version(version)
    if _late_parts.loaded:
        for module in _late_parts()[1:]:
            module.set_version(version)


def _late_parts():
    """What takes long to import: files and models."""
    from sokuji._src.api import assemble_files, assemble_functions, assemble_models

    if not _late_parts.loaded:
        _late_parts.loaded = True
        assemble_models.set_version(_now)
        assemble_functions.set_version(_now)
    return assemble_files, assemble_models, assemble_functions


_late_parts.loaded = False


def _pick(module, names):
    return {name: getattr(module, name) for name in names.split()}


_ARRAY = """zeros ones identity cast saturate_cast to_float to_double to_int32 to_int64 expand_dims concat stack parallel_stack unstack split tile
reverse reverse_sequence one_hot gather_nd scatter_nd strided_slice is_tensor linspace eye meshgrid sequence_mask shape_n broadcast_static_shape
broadcast_dynamic_shape"""
_ARRAY_1 = "zeros_like ones_like where pad boolean_mask"
_MATH = """truediv divide round logical_xor add_n accumulate_n cumsum cumprod tensordot einsum norm confusion_matrix clip_by_norm
clip_by_global_norm global_norm"""
_MATH_1 = """div log_sigmoid reduce_logsumexp count_nonzero trace diag diag_part matrix_diag matrix_diag_part matrix_set_diag matrix_band_part
matrix_transpose qr svd self_adjoint_eig self_adjoint_eigvals matrix_solve_ls cholesky_solve clip_by_average_norm scalar_mul string_join decode_csv"""
_NN = """crelu leaky_relu embedding_lookup top_k in_top_k moments batch_normalization l2_normalize zero_fraction conv1d atrous_conv2d
conv2d_transpose depthwise_conv2d separable_conv2d sigmoid_cross_entropy_with_logits weighted_cross_entropy_with_logits"""
_NN_1 = """softmax log_softmax dropout softmax_cross_entropy_with_logits softmax_cross_entropy_with_logits_v2 fused_batch_norm xw_plus_b
sparse_softmax_cross_entropy_with_logits"""
_RANDOM_1 = "random_normal truncated_normal random_uniform random_shuffle multinomial random_gamma random_crop set_random_seed"
_VARIABLES_1 = """Variable VariableScope variable_scope name_scope get_variable get_variable_scope AUTO_REUSE assign assign_add assign_sub
scatter_update scatter_add scatter_sub global_variables trainable_variables local_variables"""
_GRADIENTS = "GradientTape custom_gradient"
_SCHEDULES = """exponential_decay natural_exp_decay inverse_time_decay polynomial_decay cosine_decay cosine_decay_restarts linear_cosine_decay
piecewise_constant"""
_INITIALIZERS = {
    "zeros": "Zeros", "ones": "Ones", "constant": "Constant", "random_uniform": "RandomUniform", "random_normal": "RandomNormal",
    "truncated_normal": "TruncatedNormal", "variance_scaling": "VarianceScaling", "orthogonal": "Orthogonal",
}  # fmt: skip


def _common(version):
    names = {name: getattr(dtypes, name) for name in dtypes.PUBLIC}
    names.update(
        DType=dtypes.DType, as_dtype=dtypes.as_dtype, TensorShape=shapes.TensorShape, Tensor=_core.Tensor, newaxis=None,
        IndexedSlices=conversion.IndexedSlices, convert_to_tensor=conversion.convert_to_tensor if version == 1 else conversion.convert_to_tensor_2,
        register_tensor_conversion_function=conversion.register_tensor_conversion_function,
        constant=conversion.constant_1 if version == 1 else conversion.constant_2, errors=errors,
        UnconnectedGradients=gradients.UnconnectedGradients, no_op=lambda name=None: None, group=lambda *inputs, **keywords: None,
    )  # fmt: skip
    names.update(_pick(array_ops, _ARRAY), range=array_ops.range_)
    names.update(partition_ops.NAMES)
    names.update(_pick(math_ops, _MATH))
    names.update(_pick(gradients, _GRADIENTS))
    return names


def _from_table(version, names, spaces):
    """Functions of the table go to their namespaces by their dotted names."""
    for dotted, function in functions.table(version).items():
        space, _, name = dotted.rpartition(".")
        (names if not space else spaces.setdefault(space, {}))[name] = function


def _nn(version):
    nn = _pick(nn_ops, _NN)
    if version == 1:
        nn.update(_pick(nn_ops, _NN_1), log_sigmoid=math_ops.log_sigmoid)
    else:
        nn.update(softmax=nn_ops.softmax_2, log_softmax=nn_ops.log_softmax_2, dropout=nn_ops.dropout_2,
                  softmax_cross_entropy_with_logits=nn_ops.softmax_cross_entropy_2,
                  sparse_softmax_cross_entropy_with_logits=nn_ops.sparse_softmax_cross_entropy_2,
                  weighted_cross_entropy_with_logits=nn_ops.weighted_cross_entropy_2)  # fmt: skip
    return nn


def _linalg():
    names = {"matmul": "matmul", "qr": "qr", "svd": "svd", "eigh": "self_adjoint_eig", "eigvalsh": "self_adjoint_eigvals", "norm": "norm",
             "cholesky_solve": "cholesky_solve", "lstsq": "matrix_solve_ls", "trace": "trace", "diag": "matrix_diag", "band_part":
             "matrix_band_part", "diag_part": "matrix_diag_part", "set_diag": "matrix_set_diag", "transpose": "matrix_transpose",
             "logdet": "logdet", "tensordot": "tensordot", "einsum": "einsum"}  # fmt: skip
    return {name: getattr(math_ops, target) for name, target in names.items() if hasattr(math_ops, target)}


def _train_1():
    from sokuji._src.train import optimizers, schedules

    train = dict(optimizers.TRAIN, Optimizer=optimizers.Optimizer)
    train.update(_pick(schedules, _SCHEDULES))
    train.update(_pick(variables, "get_global_step get_or_create_global_step create_global_step"))
    return train


def _names_1(names, spaces):
    from sokuji._src.core import logging
    from sokuji._src.keras import models
    from sokuji._src.layers import layers
    from sokuji._src.train import losses, metrics

    names.update(_pick(array_ops, _ARRAY_1))
    names.update(_pick(math_ops, _MATH_1))
    names.update(_pick(random_ops, _RANDOM_1))
    names.update(_pick(variables, _VARIABLES_1))
    names.update(identity=array_ops.identity_1, clip_by_value=math_ops.clip_by_value_1)
    names.update(Dimension=shapes.Dimension, py_func=gradients.py_func, gradients=gradients.gradients)
    for name, target in _INITIALIZERS.items():
        names[name + "_initializer"] = getattr(init_ops, target)
    names["glorot_uniform_initializer"] = init_ops.glorot_uniform_initializer
    names["glorot_normal_initializer"] = init_ops.glorot_normal_initializer
    spaces["train"] = _train_1()
    spaces["initializers"] = {name: getattr(init_ops, target) for name, target in _INITIALIZERS.items()}
    eager = _pick(gradients, "GradientTape gradients_function value_and_gradients_function implicit_gradients "
                             "implicit_value_and_gradients make_vjp custom_gradient")  # fmt: skip
    eager.update(Variable=variables.ResourceVariable, EagerVariableStore=variables.EagerVariableStore, py_func=gradients.py_func_of_tensors,
                 num_gpus=devices.num_gpus, list_devices=devices.list_devices)  # fmt: skip
    spaces["contrib.eager"] = eager
    spaces["logging"] = logging.NAMES
    spaces["layers"] = layers.LAYERS
    spaces["losses"] = losses.LOSSES
    spaces["contrib.eager.metrics"] = metrics.METRICS
    metrics.summary[0] = _metric_summary
    eager.update(Network=models.Network, Sequential=models.NetworkSequential)


def _metric_summary(name, value):
    module = sys.modules.get("sokuji._src.summary.contrib_summary")
    if module is not None:  # else no writer was made
        module.scalar(name, value)


def _keras(spaces):
    from sokuji._src.keras import activations, models

    spaces["keras.initializers"] = dict(init_ops.BY_NAME, get=init_ops.get, Initializer=init_ops.Initializer)
    spaces["keras.activations"] = dict(activations.BY_NAME, get=activations.get)
    spaces["keras.regularizers"] = _pick(activations, "l1 l2 l1_l2 L1L2")
    spaces["keras.backend"] = _pick(models, "learning_phase set_learning_phase")


VERSION_2 = "2.21.0"  # whose results the tests hold


def _names_2(names, spaces):
    spaces["version"] = {"VERSION": VERSION_2, "GIT_VERSION": "sokuji", "COMPILER_VERSION": "sokuji", "GRAPH_DEF_VERSION": 2000}
    names["gradients"] = gradients.gradients
    names.update({kind.__name__: kind for kind in (variables.updates.VariableSynchronization, variables.updates.VariableAggregation)})
    names.update(Variable=variables.Variable, einsum=einsum.einsum, where=array_ops.where_2, pad=array_ops.pad_2, boolean_mask=array_ops.boolean_mask_2,
                 zeros_like=array_ops.zeros_like_2, ones_like=array_ops.ones_like_2, expand_dims=array_ops.expand_dims_2, scatter_nd=array_ops.scatter_nd_2, name_scope=variables.name_scope,
                 py_function=gradients.py_func_of_tensors, executing_eagerly=lambda: True)  # fmt: skip
    names["numpy_function"] = lambda func=None, inp=None, Tout=None, stateful=True, name=None: gradients.py_func(func, inp, Tout)
    spaces["random"] = {"set_seed": random_ops.set_random_seed, "normal": random_ops.random_normal, "uniform": random_ops.random_uniform,
                        "truncated_normal": random_ops.truncated_normal, "shuffle": random_ops.random_shuffle}  # fmt: skip
    math = spaces.setdefault("math", {})
    for name in "abs add subtract multiply maximum minimum pow exp floor sqrt square reduce_sum reduce_mean reduce_max reduce_min reduce_prod " \
                "reduce_all reduce_any argmax argmin tanh sigmoid sin cos tan sign truediv divide add_n cumsum cumprod round negative equal " \
                "not_equal less greater less_equal greater_equal logical_and logical_or logical_not".split():  # fmt: skip
        if name in names:
            math[name] = names[name]
    math["l2_normalize"] = nn_ops.l2_normalize
    math["log_sigmoid"] = math_ops.log_sigmoid


def _tree(spaces, made):
    """Namespaces of the dotted names, nested; those that there are take the names."""
    for dotted in sorted(spaces):
        path, parent = "", made
        for word in dotted.split("."):
            path = path + "." + word if path else word
            if word not in parent:
                parent[word] = new_space(path)
            space, parent = parent[word], vars(parent[word])
        parent.update(spaces[dotted])
        space.__doc__ = "tf." + dotted
    return made


_namespaces = {}


def _add_late(version, names, spaces):
    files, models, traced = _late_parts()
    _keras(spaces)
    models.add(version, names, spaces)
    traced.add(version, names, spaces)
    if version == 2:
        from sokuji._src.api import assemble_late_2, assemble_late_ops

        assemble_late_ops.add(names, spaces)
        assemble_late_2.add(spaces)
    else:
        from sokuji._src.api import assemble_late_1

        assemble_late_1.add(names, spaces)
        from sokuji._src.ops import contrib_ops, late_1_ops

        contrib_ops.add(names, spaces)
        names.update(late_1_ops.NAMES)
        spaces["nn"].update(late_1_ops.NN)
    files.add(version, names, spaces)


_NOT_PUT_OFF = frozenset("sokuji._src.ops." + module for module in ("control_flow", "random_ops", "check_ops", "print_ops", "init_ops"))
_wrapped = {}


def _deferred(error, function, arguments, keywords):
    from sokuji._src.graph import composed

    return composed.put_off(error, function, arguments, keywords)


def _put_off(names, spaces):
    """Wraps 2.x's functions of several operations: what they cannot do before a graph runs becomes a node that calls them then."""
    _core.set_hook("deferred", _deferred)
    for held in (names, *spaces.values()):
        for name, value in held.items():
            module = missing.home(value)
            if type(value) is types.FunctionType and (module.startswith("sokuji._src.ops.") or module == "sokuji._src.train.losses") and module not in _NOT_PUT_OFF:
                held[name] = _wrapped[value] if value in _wrapped else _wrapped.setdefault(value, _core.quick(value))


def _found(top, path):
    return operator.attrgetter(path)(importlib.import_module(top))


def _reduced(function):
    """What C answers is copied and pickled as a name that it has."""
    rows = [(top, "", sys.modules[top]) for top in ("sokuji", "sokuji.v1") if top in sys.modules]
    seen = set()
    for top, path, space in rows:
        for name, value in list(vars(space).items()):
            if value is function:
                return _found, (top, path + name)
            if is_space(value) and id(value) not in seen:
                seen.add(id(value))
                rows.append((top, path + name + ".", value))
    raise TypeError("cannot pickle %r: it has no name in tf" % (function,))


for _kind in (_core.Function, _core.Quick):
    copyreg.pickle(_kind, _reduced)


def _completion(module, names, spaces):
    """Adds to TensorFlow 2's names what is imported late, and leaves alone what a program has changed meanwhile. Whole or, when it is interrupted, not at all."""
    known, absent = dict(names), object()

    def complete():
        late_names, late_spaces = dict(names), {name: dict(held) for name, held in spaces.items()}
        _add_late(2, late_names, late_spaces)
        _put_off(late_names, late_spaces)
        new = {name: {k: v for k, v in held.items() if spaces.get(name, {}).get(k, absent) is not v} for name, held in late_spaces.items()}
        names.update(late_names)
        _tree(new, names)
        own = sys.modules[module].__dict__
        own.update((k, v) for k, v in names.items() if own.get(k, absent) is known.get(k, absent))
        missing.reachable_in(module)

    return complete


def _add_saved():
    from sokuji._src.api import assemble_saved

    assemble_saved.add(sys.modules["sokuji"])


def namespace(version):
    if version not in _namespaces:
        names, spaces = _common(version), {}
        _from_table(version, names, spaces)
        spaces.setdefault("nn", {}).update(_nn(version))
        spaces.setdefault("linalg", {}).update(_linalg())
        spaces["nest"] = _pick(nest, "flatten pack_sequence_as map_structure assert_same_structure" + (" is_nested" if version == 2 else ""))
        (_names_1 if version == 1 else _names_2)(names, spaces)
        assemble_ops.add(version, names, spaces)
        if version == 1:
            from sokuji._src.api import assemble_exchange, assemble_graphs

            _add_late(1, names, spaces)
            assemble_graphs.add(1, names, spaces)
            assemble_exchange.add(names, spaces)
        else:
            _put_off(names, spaces)
        names.update(_tree(spaces, {}))
        if version == 2:
            missing.complete_by(_completion("sokuji", names, spaces))
            missing.complete_by(_add_saved)
        _namespaces[version] = names
    return _namespaces[version]


def fill(own, version):
    """Gives a module its names, but those that it has or that a program has set."""
    with missing.lock:
        if "_filled" in own:
            return
        for name, value in namespace(version).items():
            own.setdefault(name, value)
        own.update(_missing=missing, _assemble=sys.modules[__name__])
        if version == 1:
            from sokuji._src.api import assemble_graphs

            eager = own["contrib"].eager
            eager.enable_eager_execution = own["enable_eager_execution"]
            eager.executing_eagerly = eager.in_eager_mode = own["executing_eagerly"]
            own["_graphs"] = assemble_graphs
            assemble_graphs.begin()
            missing.reachable_in("sokuji.v1")
        own["_filled"] = True


def register(module):
    """Makes `import tensorflow` and what lies under it find the module."""
    sys.modules["tensorflow"] = module
    module.__dict__.setdefault("__path__", [])
    for name, value in list(vars(module).items()):
        if is_space(value):
            _register_space(value, "tensorflow." + name)
    sys.modules["tensorflow.errors"] = errors
    from sokuji._src.api import inner_modules

    inner_modules.install()
    if vars(module).get("__name__") == "sokuji" and compat_v1.Finder not in sys.meta_path:
        sys.meta_path.insert(0, compat_v1.Finder)
    if "keras" in vars(module):
        sys.modules.setdefault("keras", vars(module)["keras"])


def _register_space(space, name):
    space.__dict__.setdefault("__path__", [])
    sys.modules[name] = space
    for key, value in list(vars(space).items()):
        if is_space(value):
            _register_space(value, name + "." + key)


set_version(sys.modules["sokuji"]._version)
