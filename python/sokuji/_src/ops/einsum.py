"""tf.einsum of 2.x: matrix products of operands that are transposed and reshaped, with ellipses, diagonals and sizes that only a run knows."""

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.core.execute import convert, run, same_dtype, sizes

_ELLIPSIS = 50  # the most dimensions that an ellipsis stands for


def _labels(term, rank, what):
    """A label for each dimension; the ellipsis' are numbers, counted from the right."""
    before, dots, after = term.partition("...")
    if "." in before + after or not (before + after).isalpha() and before + after:
        raise ValueError("Invalid equation: the subscript %r holds something else than letters and one ellipsis" % term)
    n = rank - len(before) - len(after)
    if n < 0 or (n > 0 and not dots):
        raise errors.InvalidArgumentError(None, None, "einsum: the subscript %r has %d labels, %s has %d dimensions" % (term, len(before + after), what, rank))
    return [*before, *[_ELLIPSIS - k for k in range(n, 0, -1)], *after]


def _size_of(t, i):
    """A size as an int, or a scalar of the run."""
    known = t._shape_tuple[i]
    return known if known is not None else run("Shape", t)[i]


def _product(dims):
    known, made = 1, None
    for d in dims:
        if isinstance(d, int):
            known *= d
        else:
            made = d if made is None else made * d
    return known if made is None else made if known == 1 else made * known


def _shaped(t, dims):
    vague = [i for i, d in enumerate(dims) if not isinstance(d, int)]
    if len(vague) == 1:
        dims = [-1 if i in vague else d for i, d in enumerate(dims)]
        vague = []
    shape = sizes(dims) if not vague else run("Pack", *[convert(d, 3) for d in dims])
    return run("Reshape", t, shape)


def _moved(t, labels, wanted):
    order = [labels.index(c) for c in wanted]
    return t if order == list(range(len(order))) else run("Transpose", t, convert(order, 3))


def _one_each(t, labels):
    """The diagonal where a label stands twice."""
    for c in list(dict.fromkeys(labels)):
        while labels.count(c) > 1:
            places = [i for i, one in enumerate(labels) if one == c][:2]
            rest = [i for i in range(len(labels)) if i not in places]
            t = run("MatrixDiagPart", run("Transpose", t, convert(rest + places, 3)))
            labels = [labels[i] for i in rest] + [c]
    return t, labels


def _summed(t, labels, keep):
    drop = [i for i, c in enumerate(labels) if c not in keep]
    return (run("Sum", t, convert(drop, 3)) if drop else t), [c for c in labels if c in keep]


def _contracted(a, la, b, lb, keep, size):
    """Labels la and lb contracted to those in keep, in the order: shared and kept, of a, of b."""
    both, gone = [c for c in la if c in lb and c in keep], [c for c in la if c in lb and c not in keep]
    own_a, own_b = [c for c in la if c not in lb and c in keep], [c for c in lb if c not in la and c in keep]
    a, la = _summed(a, la, set(both + gone + own_a))
    b, lb = _summed(b, lb, set(both + gone + own_b))
    count = lambda labels: _product([size[c] for c in labels])  # noqa: E731
    a = _shaped(_moved(a, la, both + own_a + gone), [count(both), count(own_a), count(gone)])
    b = _shaped(_moved(b, lb, both + gone + own_b), [count(both), count(gone), count(own_b)])
    labels = both + own_a + own_b
    return _shaped(run("BatchMatMul", a, b), [size[c] for c in labels]), labels


def _fitted(tensors, terms):
    """The sizes by label; what an ellipsis broadcasts is left out of the operand that has 1 there."""
    size = {}
    for t, term in zip(tensors, terms):
        for i, c in enumerate(term):
            now = t._shape_tuple[i]
            known = size.get(c)
            if known is None or (not isinstance(known, int) and now is not None) or (isinstance(known, int) and known == 1 and c.__class__ is int):
                size[c] = _size_of(t, i)
            elif isinstance(known, int) and now not in (None, known) and not (now == 1 and c.__class__ is int):
                raise errors.InvalidArgumentError(None, None, "Expected dimension %d at axis %d of the input shaped %s but got dimension %d" % (known, i, list(t._shape_tuple), now))
    made = []
    for t, term in zip(tensors, terms):
        out = [i for i, c in enumerate(term) if c.__class__ is int and t._shape_tuple[i] == 1 and not (isinstance(size[c], int) and size[c] == 1)]
        made.append((_shaped(t, [_size_of(t, i) for i in range(len(term)) if i not in out]) if out else t, [c for i, c in enumerate(term) if i not in out]))
    return made, size


def einsum(equation, *inputs, **kwargs):
    """Sums of products of elements that the equation names: 'ij,jk->ik' is a matrix product."""
    wrong = set(kwargs) - {"name", "optimize", "greedy"}
    if wrong:
        raise TypeError("Invalid keyword arguments for einsum: %s. Valid arguments: name, optimize, greedy." % ", ".join(sorted(wrong)))
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(inputs):
        raise ValueError('Got %d inputs for equation "%s", expecting %d' % (len(inputs), equation, len(terms)))
    tensors = same_dtype([t._read() if isinstance(t, _core.VariableBase) else t for t in inputs])
    if any(t._shape_tuple is None for t in tensors):
        raise NotImplementedError("not implemented: tf.einsum of tensors of unknown rank; set_shape them")
    terms = [_labels(term, len(t._shape_tuple), "input %d" % k) for k, (term, t) in enumerate(zip(terms, tensors))]
    every = [c for term in terms for c in term]
    dots = sorted({c for c in every if c.__class__ is int})
    out = _output(equation, right if arrow else None, every, dots)
    terms, tensors = zip(*[reversed(_one_each(t, term)) for t, term in zip(tensors, terms)])
    pairs, size = _fitted(tensors, terms)
    result, labels = pairs[0]
    for k in range(1, len(pairs)):
        result, labels = _contracted(result, labels, *pairs[k], set(out).union(*[term for _, term in pairs[k + 1 :]]), size)
    result, labels = _summed(result, labels, set(out))
    return _moved(result, labels, out)


def _output(equation, right, every, dots):
    if right is None:
        return dots + sorted(c for c in set(every) if c.__class__ is str and every.count(c) == 1)
    before, ellipsis, after = right.partition("...")
    for c in before + after:
        if c not in every:
            raise ValueError("Output subscripts contain the label %s not present in the input subscripts." % c)
        if (before + after).count(c) > 1:
            raise ValueError("Output subscripts contain a label appearing more than once: %s" % equation)
    return [*before, *(dots if ellipsis else ()), *after]
