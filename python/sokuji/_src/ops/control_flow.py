"""Control flow of eager programs: the condition is there, so cond, case and while_loop run what Python would; map_fn and its kin walk over rows."""

import contextlib

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, nest
from sokuji._src.core.execute import convert, run, tensor


def _truth(pred, name):
    if isinstance(pred, bool):
        return pred
    t = tensor(pred)
    if t._shape_tuple:
        raise TypeError("%s: the condition must be a scalar, its shape is %s" % (name, t._shape_tuple))
    return bool(t.numpy())


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """true_fn() or false_fn(), by the value of pred."""
    true_fn, false_fn = true_fn if true_fn is not None else fn1, false_fn if false_fn is not None else fn2
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("true_fn and false_fn must be callable.")
    result = true_fn() if _truth(pred, "cond") else false_fn()
    return _unpacked(result, strict)


def cond_2(pred, true_fn=None, false_fn=None, name=None):
    """true_fn() or false_fn(), by the value of pred."""
    return cond(pred, true_fn, false_fn, True)


def _unpacked(result, strict):
    return result[0] if not strict and isinstance(result, (list, tuple)) and len(result) == 1 else result


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the first function whose condition holds, of default otherwise."""
    pairs = list(pred_fn_pairs.items()) if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
    if not isinstance(pairs, (list, tuple)):
        raise TypeError("fns must be a list, tuple, or dict")
    found = []
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        if not callable(pair[1]):
            raise TypeError("fn for pred %s must be callable." % (pair[0],))
        if (exclusive or not found) and _truth(pair[0], "case"):
            found.append(pair[1])
    if len(found) > 1:
        raise _invalid("case: more than one condition holds, exclusive is True")
    if not found and default is None:
        raise _invalid("case: none of the conditions holds, and there is no default")
    return _unpacked((found[0] if found else default)(), strict)


def case_2(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the first function whose condition holds, of default otherwise."""
    return case(pred_fn_pairs, default, exclusive, strict)


def _invalid(message):
    from sokuji._src.core import errors

    return errors.InvalidArgumentError(None, None, message)


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None,
               maximum_iterations=None, return_same_structure=False):  # fmt: skip
    """body(*loop_vars) again and again while cond(*loop_vars) holds."""
    if not callable(cond) or not callable(body):
        raise TypeError("%s must be callable." % ("body" if callable(cond) else "cond"))
    if not loop_vars:
        raise ValueError("No loop variables provided")
    n = 0
    limit = None if maximum_iterations is None else int(tensor(maximum_iterations).numpy())
    while (limit is None or n < limit) and _truth(cond(*loop_vars), "while_loop"):
        result = body(*loop_vars)
        if not return_same_structure and (not isinstance(result, (list, tuple)) or _is_named(result)):
            result = (result,)
        nest.assert_same_structure(list(loop_vars), list(result))
        loop_vars, n = result, n + 1
    made = [tensor(v) if isinstance(v, (int, float)) else v for v in loop_vars]
    if len(made) == 1 and not return_same_structure:
        return made[0]
    return type(loop_vars)(made) if isinstance(loop_vars, (list, tuple)) else made


def _is_named(value):
    return hasattr(value, "_fields")


def while_loop_2(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
                 maximum_iterations=None, name=None):  # fmt: skip
    """body(*loop_vars) again and again while cond(*loop_vars) holds."""
    return while_loop(cond, body, loop_vars, shape_invariants, parallel_iterations, back_prop, swap_memory, name, maximum_iterations, True)


# ---- over rows ----


def _elements(elems):
    """The flat tensors that fn is called with rows of."""
    flat = [tensor(e) for e in nest.flatten(elems)]
    if not flat:
        raise ValueError("elems must be a Tensor or (possibly nested) sequence of Tensors. Got %r, which does not contain any Tensors." % (elems,))
    if any(t._shape_tuple == () for t in flat):
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    if len({t._shape_tuple[0] for t in flat}) > 1:
        raise ValueError("elems must be tensors of one size along the first axis; the shapes are %s" % [t._shape_tuple for t in flat])
    return flat


def _rows(elems):
    if not nest.flatten(elems) or any(t._shape_tuple == () for t in map(tensor, nest.flatten(elems))):
        raise IndexError("elems must be tensors with rows, not %r" % (elems,))  # as TensorFlow has it, of folds and scans
    flat = _elements(elems)
    return [nest.pack_sequence_as(elems, [t[i] for t in flat]) for i in range(flat[0]._shape_tuple[0])]


def _first(rows):
    """The row that a fold without an initializer begins with."""
    if not rows:
        raise errors.OutOfRangeError(None, None, "Tried to read from index 0 but array size is: 0")
    return rows.pop(0)


def _none(spec):
    """No rows of a dtype, or of what a TensorSpec says."""
    shape = getattr(getattr(spec, "shape", None), "_dims", None)
    sizes = [0, *[0 if d is None else d for d in shape or ()]]
    return run("Fill", convert(sizes, 3), convert(0, dtypes.as_dtype(getattr(spec, "dtype", spec))._number))


def _stacked(results, dtype):
    from sokuji._src.ops import array_ops

    columns = zip(*[nest.flatten(r) for r in results])
    wanted = nest.flatten(dtype) if dtype is not None else None
    made = []
    for k, column in enumerate(columns):
        one = None if wanted is None else wanted[min(k, len(wanted) - 1)]
        kind = 0 if one is None else dtypes.as_dtype(getattr(one, "dtype", one))._number
        made.append(array_ops.stack([convert(v, kind) for v in column]))
    return nest.pack_sequence_as(results[0], made)


def switch_case(branch_index, branch_fns, default=None, name="switch_case"):
    """The function of the index; the default, or else the last one, where there is none."""
    pairs = branch_fns.items() if isinstance(branch_fns, dict) else branch_fns
    pairs = list(pairs)
    known = dict(pairs if pairs and isinstance(pairs[0], tuple) else enumerate(pairs))
    if not known:
        raise ValueError("Argument `branch_fns` must be a non-empty sequence or dictionary")
    if not isinstance(branch_fns, dict) and default is None and sorted(known) != list(range(len(known))):
        raise ValueError("switch_case: the indices %s are not 0, 1, …" % sorted(known))
    last = default if default is not None else known[max(known)]
    return known.get(int(branch_index), last)()


def map_fn(fn, elems, dtype=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, name=None):
    """fn of each row, stacked."""
    if not callable(fn):
        raise TypeError("fn must be callable.")
    flat = _elements(elems)
    results = [fn(nest.pack_sequence_as(elems, [t[i] for t in flat])) for i in range(flat[0]._shape_tuple[0])]
    wanted = dtype if dtype is not None else nest.map_structure(lambda e: tensor(e).dtype, elems)
    if not results:
        return nest.map_structure(_none, wanted)
    nest.assert_same_structure(wanted, results[0])
    _checked(results, wanted)
    return _stacked(results, dtype)


def _checked(results, dtype):
    for wanted, got in zip(nest.flatten(dtype), nest.flatten(results[0])):
        wanted = getattr(wanted, "dtype", wanted)
        if isinstance(got, _core.Handle) and got.dtype != wanted:
            raise _invalid("map_fn: fn gives %s where %s is expected; say so with dtype=" % (got.dtype.name, dtypes.as_dtype(wanted).name))


def map_fn_2(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False, infer_shape=True, name=None, fn_output_signature=None):
    """fn of each row, stacked."""
    return map_fn(fn, elems, dtype if fn_output_signature is None else fn_output_signature)


def _fold(fn, rows, initializer):
    if not callable(fn):
        raise TypeError("fn must be callable.")
    rows = list(rows)
    value = _first(rows) if initializer is None else nest.map_structure(tensor, initializer)
    for row in rows:
        value = fn(value, row)
    return value


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(fn(fn(initializer, first), second), …)."""
    return _fold(fn, _rows(elems), initializer)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(fn(fn(initializer, last), last but one), …)."""
    return _fold(fn, reversed(_rows(elems)), initializer)


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, reverse=False, name=None):
    """Every value of a fold, stacked."""
    if not callable(fn):
        raise TypeError("fn must be callable.")
    rows = _rows(elems)
    if reverse:
        rows.reverse()
    values = []
    if initializer is None:
        values.append(_first(rows))
        value = values[0]
    else:
        value = nest.map_structure(tensor, initializer)
    for row in rows:
        value = fn(value, row)
        values.append(value)
    if not values:
        return nest.map_structure(lambda v: _none(v) if conversion._version == 2 else _none(v.dtype), nest.map_structure(tensor, initializer))
    return _stacked(values[::-1] if reverse else values, None)


def scan_1(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, name=None):
    """Every value of a fold, stacked."""
    return scan(fn, elems, initializer)


# ---- what has no meaning without a graph, or one device ----


def tuple_(tensors, name=None, control_inputs=None):
    """The tensors themselves."""
    return [None if t is None else run("Identity", tensor(t)) for t in tensors]


def group(*inputs, **kwargs):
    """Nothing: what it would wait for has run."""
    if set(kwargs) - {"name"}:
        raise ValueError("Unknown keyword arguments: %s" % ", ".join(sorted(set(kwargs) - {"name"})))


def no_op(name=None):
    """Nothing."""


@contextlib.contextmanager
def _nothing():
    yield


def control_dependencies(control_inputs):
    """A context without effect: what it would order has run already, functions among the inputs run now."""
    for item in control_inputs or []:
        if callable(item) and not isinstance(item, _core.Handle):
            item()
    return _nothing()


def device_2(device_name):
    """A context without effect: there is one device, the CPU. A GPU is refused, as where TensorFlow has none."""
    return device(device_name)


def device(device_name_or_function):
    """A context without effect: there is one device, the CPU. A GPU is refused, as where TensorFlow has none."""
    name = device_name_or_function
    if name is not None and not callable(name) and not isinstance(name, str):
        raise ValueError("a device is named by a string or a function, not by %r" % (name,))
    if isinstance(name, str) and "gpu" in name.lower():
        raise _unknown_device(name)
    return _nothing()


def _unknown_device(name):
    from sokuji._src.core import errors

    return errors.InvalidArgumentError(None, None, "%s unknown device: there is /device:CPU:0 alone" % name)


def identity_n(input, name=None):
    """The same tensors anew."""
    return [run("Identity", tensor(t)) for t in input]


_printed = {}  # how often, of each kind that is to be printed a few times only


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):  # noqa: N802
    """The input; the data go to standard error."""
    import sys

    from sokuji._src.ops import print_ops

    if first_n is not None and first_n >= 0:
        kind = message, first_n, summarize, len(data)
        _printed[kind] = _printed.get(kind, 0) + 1
        if _printed[kind] > first_n:
            return run("Identity", tensor(input_))
    n = 3 if summarize is None else summarize

    sys.stderr.write((message or "") + "".join("[%s]" % print_ops.summary(tensor(d), n) for d in data) + "\n")
    return run("Identity", tensor(input_))


NAMES_1 = {
    "cond": cond, "case": case, "while_loop": while_loop, "map_fn": map_fn, "foldl": foldl, "foldr": foldr, "scan": scan_1, "tuple": tuple_,
    "group": group, "no_op": no_op, "control_dependencies": control_dependencies, "device": device, "identity_n": identity_n, "Print": Print,
}  # fmt: skip
NAMES_2 = dict(NAMES_1, device=device_2, cond=cond_2, case=case_2, while_loop=while_loop_2, map_fn=map_fn_2, scan=scan)
for _name in ("tuple", "Print"):
    del NAMES_2[_name]
