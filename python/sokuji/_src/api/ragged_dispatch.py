"""Functions of tf.* that take ragged tensors: from the first ragged tensor on they look for them; before that nothing is in their way."""

import functools
import sys

import numpy as np

from sokuji._src.api.missing import is_space
from sokuji._src.ops import ragged
from sokuji._src.graph.type_specs import RaggedTensorSpec
from sokuji._src.ops.ragged import RaggedTensor

_UNARY = """abs sign square sqrt exp log sin cos tan sinh cosh tanh asin acos atan sigmoid negative round floor ceil cast zeros_like ones_like identity
stop_gradient log1p expm1 rsqrt reciprocal erf is_nan is_finite is_inf logical_not saturate_cast one_hot relu relu6 elu selu softplus softsign leaky_relu gelu
strip upper lower length regex_replace regex_full_match to_number as_string substr to_hash_bucket_fast to_hash_bucket clip_by_value bitcast
log_sigmoid swish silu reverse_nothing check_numerics invert softmax dropout""".split()
_BINARY = """add subtract multiply divide truediv floordiv floormod mod pow maximum minimum equal not_equal less less_equal greater greater_equal logical_and
logical_or logical_xor squared_difference divide_no_nan atan2""".split()
_REDUCTIONS = "reduce_sum reduce_prod reduce_max reduce_min reduce_mean reduce_any reduce_all".split()
_SPACES = ("", "math", "nn", "strings", "dtypes", "bitwise")


def _any(values):
    return any(isinstance(v, (RaggedTensor, RaggedTensorSpec)) or isinstance(v, (list, tuple)) and any(isinstance(x, RaggedTensor) for x in v) for v in values)


def _looking(plain, for_ragged, path):
    @functools.wraps(plain)
    def function(*arguments, **keywords):
        if _any(arguments) or _any(keywords.values()):
            return for_ragged(*arguments, **keywords)
        return plain(*arguments, **keywords)

    function.__module__, function.__qualname__ = "sokuji", path  # as which it is pickled
    return function


def _flat(plain):
    def function(*arguments, **keywords):
        keywords.pop("name", None)
        return ragged.map_flat_values(plain, *arguments, **keywords)

    return function


def _join(plain):
    def function(inputs, separator="", name=None):
        rt = next(v for v in inputs if isinstance(v, RaggedTensor))
        parts = [v.flat_values if isinstance(v, RaggedTensor) else v for v in inputs]
        return rt.with_flat_values(plain(parts, separator))

    return function


def _where(plain):
    def function(condition, x=None, y=None, name=None):
        if x is None and y is None:
            places = condition.to_sparse()
            return ragged._take(places.indices, np.flatnonzero(np.asarray(places.values)))
        return ragged.map_flat_values(plain, condition, x, y)

    return function


def _lookup(plain):
    def function(params, ids, max_norm=None, name=None):
        return ragged.map_flat_values(lambda flat: plain(params, flat, max_norm), ids)

    return function


def _map_fn(plain):
    def function(fn, elems, dtype=None, *arguments, **keywords):
        wanted = keywords.get("fn_output_signature", dtype)
        if isinstance(elems, (list, tuple, dict)):
            raise NotImplementedError("not implemented: tf.map_fn of structures with ragged tensors")
        rows = [fn(row) for row in elems]
        if isinstance(wanted, RaggedTensorSpec) or any(isinstance(r, RaggedTensor) for r in rows) or len({tuple(getattr(r, "_shape_tuple", ())) for r in rows}) > 1:
            return ragged.stack(rows)
        from sokuji._src.ops import array_ops

        return array_ops.stack(rows)

    return function


def _special(root):
    from sokuji._src.core.execute import convert

    return {
        "": {"concat": ragged.concat, "stack": ragged.stack, "gather": ragged.gather, "gather_nd": ragged.gather_nd, "expand_dims": ragged.expand_dims,
             "tile": ragged.tile, "reverse": ragged.reverse, "squeeze": ragged.squeeze, "where": _where(root["where"]), "map_fn": _map_fn(root["map_fn"]), "boolean_mask": ragged.boolean_mask,
             "size": lambda input, out_type=None, name=None: root["size"](input.flat_values, **({} if out_type is None else {"out_type": out_type})),
             "rank": lambda input, name=None: convert(input.ragged_rank + input.flat_values.ndim, 3),
             "convert_to_tensor": lambda value, *a, **k: value._to_tensor(None)},
        "nn": {"embedding_lookup": _lookup(vars(root["nn"])["embedding_lookup"])},
        "strings": {"join": _join(vars(root["strings"])["join"])},
    }  # fmt: skip


def install():
    root = vars(sys.modules["sokuji"])
    special = _special(root)
    done = {}
    for place in _SPACES:
        space = root if place == "" else vars(root[place]) if is_space(root.get(place)) else {}
        for name, value in list(space.items()):
            if not callable(value) or isinstance(value, type) or name.startswith("_"):
                continue
            if name in special.get(place, {}):
                made = special[place][name]
            elif name in _REDUCTIONS:
                made = _reduce(name, value)
            elif name in _BINARY:
                made = ragged.binary(value)
            elif name in _UNARY:
                made = _flat(value)
            else:
                continue
            space[name] = done.setdefault((id(value), name), _looking(value, made, "%s.%s" % (place, name) if place else name))


def _reduce(name, plain):
    inner = ragged.reduction(name, plain)

    def function(input_tensor, axis=None, keepdims=False, name=None):
        return inner(input_tensor, axis, keepdims)

    return function


ragged._made_first.append(install)
