"""Which names of tf.* the modules of operations list themselves: checks, control flow, sorting, strings, and the like."""

from sokuji._src.api import compat_v1, missing
from sokuji._src.core import conversion, dtypes, errors
from sokuji._src.eager import execution
from sokuji._src.ops import (
    array_ops,
    check_ops,
    complex_ops,
    control_flow,
    convolution_ops,
    init_ops,
    linalg_ops,
    math_ops,
    nn_ops,
    partition_ops,
    scatter_ops,
    sort_ops,
    space_batch_ops,
    sparse_ops,
    stateless_random_ops,
    string_ops,
    window_ops,
)  # fmt: skip
from sokuji._src.platform import compat, devices

_ARRAY_1 = "unravel_index guarantee_const convert_to_tensor_or_indexed_slices lin_space reverse_v2 to_complex64 to_complex128 to_bfloat16"
_ARRAY_2 = "unravel_index guarantee_const roll repeat ensure_shape"
_LOSSES = ("add_loss", "get_losses", "get_regularization_losses", "get_regularization_loss", "get_total_loss")


def add(version, names, spaces):
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    (_add_1 if version == 1 else _add_2)(names, space)
    names["complex"] = complex_ops.complex_
    space("test").update(devices.TEST)
    space("compat").update(compat.COMPAT)
    if version == 2:
        missing.put_off(space("compat"), "v1", lambda: {"v1": compat_v1.load()})
    missing.put_off(space("estimator"), "ModeKeys", lambda: _hparams("ModeKeys"))


def _hparams(name):
    from sokuji._src.train import hparams

    return {name: getattr(hparams, name)}


def _add_1(names, space):
    from sokuji._src.train import losses

    names.update({name: getattr(array_ops, name) for name in _ARRAY_1.split()})
    for module in (check_ops, control_flow, init_ops, math_ops, scatter_ops, sort_ops, space_batch_ops, string_ops):
        names.update(module.NAMES_1)
    names.update(complex_ops.MATH, cross=linalg_ops.cross, get_seed=stateless_random_ops.get_seed)
    names.update(execution.NAMES_1)
    space("contrib.eager").update(execution.TFE)
    names["OpError"] = errors.OpError
    names.update(truediv=math_ops.truediv_1, divide=math_ops.divide_1)
    space("linalg").update(linalg_ops.LINALG_1)
    space("math")["polyval"] = math_ops.polyval
    space("nn").update(nn_ops.NAMES_1)
    space("nn").update(convolution_ops.NN_1)
    space("losses").update({name: getattr(losses, name) for name in _LOSSES})
    space("initializers").update(init_ops.INITIALIZERS_1)
    space("manip")["roll"] = array_ops.roll
    missing.put_off(space("contrib.training"), "HParams", lambda: _hparams("HParams"))
    space("contrib.signal").update(window_ops.WINDOWS)


def _add_2(names, space):
    names.update({name: getattr(array_ops, name) for name in _ARRAY_2.split()})
    for module in (control_flow, init_ops, scatter_ops, sort_ops, space_batch_ops, sparse_ops):
        names.update(module.NAMES_2)
    del names["accumulate_n"]
    names.update(gather_nd=array_ops.gather_nd_2, reshape=array_ops.reshape_2)
    names.update(norm=math_ops.norm_2, reduce_logsumexp=math_ops.reduce_logsumexp_2)
    names.update(Assert=check_ops.Assert, assert_equal=check_ops.DEBUGGING_2["assert_equal"])
    _math_2(space("math"))
    space("linalg").update(linalg_ops.LINALG_2)
    space("linalg")["l2_normalize"] = nn_ops.l2_normalize
    space("nn").update(nn_ops.NAMES_2)
    space("nn").update(convolution_ops.NN_2)
    space("random").update(stateless_random_ops.RANDOM_2)
    space("debugging").update(check_ops.DEBUGGING_2)
    space("debugging")["Assert"] = check_ops.Assert
    space("sparse").update(sparse_ops.SPARSE_2)
    space("strings").update(string_ops.STRINGS_2)
    space("io").update(string_ops.IO_2)
    space("experimental.dlpack").update(from_dlpack=conversion.from_dlpack, to_dlpack=conversion.to_dlpack)
    space("signal").update(window_ops.WINDOWS)
    space("config").update(devices.CONFIG)
    space("debugging").update(set_log_device_placement=devices.set_log_device_placement)
    space("dtypes").update({name: getattr(dtypes, name) for name in dtypes.PUBLIC}, DType=dtypes.DType, as_dtype=dtypes.as_dtype, cast=array_ops.cast,
                           saturate_cast=array_ops.saturate_cast, complex=complex_ops.complex_)  # fmt: skip
    names["switch_case"] = control_flow.switch_case
    space("config.experimental").update(list_physical_devices=devices.list_physical_devices, set_memory_growth=devices.set_memory_growth)


def _math_2(math):
    for names in (sort_ops.MATH_2, scatter_ops.MATH_2, complex_ops.MATH, math_ops.MATH_2, nn_ops.MATH_2):
        math.update(names)
    math.update(is_non_decreasing=check_ops.is_non_decreasing, is_strictly_increasing=check_ops.is_strictly_increasing,
                invert_permutation=partition_ops.invert_permutation, mod=math.get("floormod"))  # fmt: skip
