# tf: 2.21
# Extension types, and functions of tf.* taken over for them.
import typing
import tensorflow as tf


class MaskedTensor(tf.experimental.ExtensionType):
    values: tf.Tensor
    mask: tf.Tensor
    n: int = 3

    @property
    def shape(self):
        return self.values.shape

    def filled(self, default):
        return tf.where(self.mask, self.values, default)


class Wide(tf.experimental.BatchableExtensionType):
    a: tf.Tensor
    b: typing.Tuple[int, ...] = (1, 2)
    c: typing.Mapping[str, tf.Tensor] = {}
    d: typing.Union[int, str, None] = None
    m: typing.Optional[MaskedTensor] = None

    def __validate__(self):
        assert self.a.shape.rank == 1


class Own(tf.experimental.ExtensionType):
    x: tf.Tensor
    y: float

    def __init__(self, both):
        self.x = tf.constant([both, both])
        self.y = float(both)


def attempt(*functions):
    for f in functions:
        try:
            print("ok", f())
        except Exception as e:
            print(type(e).__name__, str(e).split("\n")[0][:70])


m = MaskedTensor([1, 2], [True, False])
print(m)
print(m.values, m.mask.dtype, m.n, m.shape, m.filled(0).numpy())
print(bool(m == MaskedTensor([1, 2], [True, False])), bool(m == MaskedTensor([1, 3], [True, False])), m == 3, bool(m != MaskedTensor([1, 2], [True, True])))
print(repr(MaskedTensor.Spec(tf.TensorSpec([2]), tf.TensorSpec([2], tf.bool), 3)))
attempt(lambda: setattr(m, "n", 4), lambda: MaskedTensor([1]), lambda: MaskedTensor([1], [True], "a"), lambda: MaskedTensor([1], [True], foo=3), lambda: delattr(m, "n"), lambda: hash(m))
t = Wide([1.0], c={"k": [1, 2]}, m=m)
print(t.b, t.c["k"].numpy(), t.d, t.m.n, isinstance(t, tf.experimental.ExtensionType))
attempt(lambda: Wide(3.0), lambda: Wide([1.0], b=("a",)), lambda: Wide([1.0], d=3.5), lambda: Wide([1.0], b=[4]).b, lambda: Wide([1.0], d="s").d)
print(Own(2.0))
traces = []


@tf.function
def double(x):
    traces.append(1)
    return MaskedTensor(x.values * 2, x.mask, x.n)


print(double(m), double(MaskedTensor([3, 4], [True, True])).values.numpy(), len(traces))
print(double(MaskedTensor([3, 4, 5], [True, True, False], n=5)).n, len(traces))
print(len(tf.nest.flatten([m, 3])), [v.numpy().tolist() for v in tf.nest.flatten(m, expand_composites=True)])
print(tf.nest.map_structure(lambda v: v[:1], m, expand_composites=True))
with tf.GradientTape() as tape:
    x = tf.Variable([1.0, 2.0])
    y = MaskedTensor(x * x, [True, False]).filled(0.0)
print(tape.gradient(y, x).numpy())


@tf.experimental.dispatch_for_api(tf.math.add)
def masked_add(x: MaskedTensor, y: MaskedTensor, name=None):
    return MaskedTensor(x.values + y.values, x.mask & y.mask)


@tf.experimental.dispatch_for_api(tf.stack, {"values": typing.List[MaskedTensor]})
def masked_stack(values, axis=0):
    return MaskedTensor(tf.stack([v.values for v in values], axis), tf.stack([v.mask for v in values], axis))


print(tf.add(m, m).values.numpy(), tf.math.add(m, m).mask.numpy(), tf.add(1, 2).numpy(), tf.stack([m, m]).values.shape, tf.stack([1, 2]).numpy())


@tf.experimental.dispatch_for_unary_elementwise_apis(MaskedTensor)
def unary(api, x):
    return MaskedTensor(api(x.values), x.mask)


Both = typing.Union[MaskedTensor, tf.Tensor]


@tf.experimental.dispatch_for_binary_elementwise_apis(Both, Both)
def binary(api, x, y):
    x, y = (v if isinstance(v, MaskedTensor) else MaskedTensor(v, tf.ones_like(v, tf.bool)) for v in (x, y))
    return MaskedTensor(api(x.values, y.values), x.mask & y.mask)


print(tf.abs(m).values.numpy(), tf.math.square(m).values.numpy(), tf.cast(m, tf.float32).values.dtype, tf.math.multiply(m, tf.constant([5, 6])).values.numpy())
print(tf.function(lambda v: tf.negative(v))(m).values.numpy(), tf.maximum(m, m).mask.numpy(), tf.abs(tf.constant(-1)).numpy())
tf.experimental.unregister_dispatch_for(unary)
try:
    tf.abs(m)
    print("nothing")
except (TypeError, ValueError):
    print("refused")
attempt(lambda: tf.experimental.unregister_dispatch_for(len))
try:

    @tf.experimental.dispatch_for_api(tf.math.add)
    def bad(a: MaskedTensor, b: MaskedTensor):
        pass

except ValueError:
    print("ValueError")
