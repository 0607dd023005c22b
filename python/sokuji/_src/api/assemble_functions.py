"""The names of traced functions and control flow: tf.function, tf.cond, tf.while_loop, tf.map_fn, tf.TensorArray and the like, which look whether a graph is open."""

import time

from sokuji._src.core import execute
from sokuji._src.data import specs
from sokuji._src.eager import forward
from sokuji._src.graph import control_flow, custom_gradient, func_graph, function, gradient_names, gradients, graph, operation, py_call, rows, tensor_array, type_specs
from sokuji._src.ops import stateless_random_ops
from sokuji._src.variables import generator

_ROWS = "foldl foldr"


def set_version(version):
    for module in (control_flow, tensor_array):
        module.set_version(version)


def _add_1(names, space):
    for module, words in ((control_flow, "cond case while_loop"), (rows, "map_fn " + _ROWS)):
        names.update({word: getattr(module, word) for word in words.split()})
    names.update(scan=rows.scan_1, py_func=py_call.py_func, Assert=py_call.NAMES_1["Assert"], init_scope=func_graph.init_scope)
    names.update({word: check for word, check in py_call.NAMES_1.items() if word in names})
    space("contrib.eager").update(custom_gradient=custom_gradient.custom_gradient, defun=function.defun, py_func=py_call.py_func_1)


def _graphs_in_2():
    from sokuji._src.api import compat_v1

    compat_v1.load()
    graph.in_use()  # 1.x's functions first
    from sokuji._src.api import assemble_graphs

    assemble_graphs.take_part_2()


def _add_2(names, space):
    for word in "cond case while_loop".split():
        names[word] = getattr(control_flow, word + "_2")
    names.update({word: getattr(rows, word) for word in (_ROWS + " scan vectorized_map").split()})
    names.update(switch_case=control_flow.switch_case, map_fn=rows.map_fn_2, function=function.function, init_scope=func_graph.init_scope,
                 inside_function=function.inside_function, executing_eagerly=function.executing_eagerly, py_function=py_call.py_function,
                 numpy_function=py_call.numpy_function, print=py_call.print_2)  # fmt: skip
    for word, check in py_call.DEBUGGING_2.items():
        space("debugging")[word] = check
        if word in names:
            names[word] = check
    space("config").update(run_functions_eagerly=function.run_functions_eagerly, functions_run_eagerly=function.functions_run_eagerly)
    names.update(recompute_grad=custom_gradient.recompute_grad, grad_pass_through=custom_gradient.grad_pass_through)
    names.update(Graph=graph.Graph, Operation=operation.Operation)
    graph._listeners.append(_graphs_in_2)
    names.update(RegisterGradient=gradient_names.RegisterGradient, no_gradient=gradient_names.no_gradient)
    names.update(gradients=gradients.gradients_2, hessians=gradients.hessians_2, TypeSpec=specs.TypeSpec, TensorSpec=specs.TensorSpec,
                 type_spec_from_value=specs.type_spec_from_value, **type_specs.NAMES)  # fmt: skip
    names.update(timestamp=lambda name=None: execute.convert(time.time(), 2), tuple=lambda tensors, control_inputs=None, name=None: list(tensors))
    filtering = [True]
    own = {"enable_traceback_filtering": lambda: filtering.__setitem__(0, True), "disable_traceback_filtering": lambda: filtering.__setitem__(0, False),
           "is_traceback_filtering_enabled": lambda: filtering[0]}  # fmt: skip
    for one in (*own.values(), names["timestamp"], names["tuple"]):
        one.__doc__ = "As TensorFlow's; tracebacks are the same either way." if one in own.values() else "The time in seconds, or the tensors as a list."
    space("debugging").update(own)
    space("random").update(generator.NAMES)
    space("random.experimental").update({**stateless_random_ops.EXPERIMENTAL_RANDOM, **{name: generator.NAMES[name] for name in ("Generator", "Algorithm", "create_rng_state", "get_global_generator", "set_global_generator")}})
    space("autodiff")["ForwardAccumulator"] = forward.ForwardAccumulator
    space("nn.experimental").update(stateless_random_ops.EXPERIMENTAL)
    space("config").update(experimental_run_functions_eagerly=function.run_functions_eagerly)


def add(version, names, spaces):
    names["custom_gradient"] = custom_gradient.custom_gradient
    names["TensorArray"] = tensor_array.TensorArray
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    (_add_1 if version == 1 else _add_2)(names, space)
