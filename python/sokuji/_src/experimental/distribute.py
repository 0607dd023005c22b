"""tf.distribute with the one device there is: strategies run their functions once, and reduce one value."""

import contextlib

from sokuji._src.experimental import tf

_open = []


class ReduceOp:
    """How the values of replicas are made one."""

    def __init__(self, value):
        self.value = value

    name = property(lambda self: self.value)

    def __repr__(self):
        return "<ReduceOp.%s: '%s'>" % (self.value, self.value)

    def __str__(self):
        return "ReduceOp.%s" % self.value


ReduceOp.SUM, ReduceOp.MEAN = ReduceOp("SUM"), ReduceOp("MEAN")


class ReplicaContext:
    """What is known within strategy.run."""

    replica_id_in_sync_group, num_replicas_in_sync = 0, 1

    def __init__(self, strategy):
        self.strategy = strategy

    @property
    def devices(self):
        return self.strategy._devices

    def all_reduce(self, reduce_op, value, options=None):
        return tf.nest.map_structure(tf.identity, value)

    def merge_call(self, merge_fn, args=(), kwargs=None):
        return merge_fn(self.strategy, *args, **(kwargs or {}))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


class ValueContext:
    """What a function that makes values for replicas is given."""

    replica_id_in_sync_group, num_replicas_in_sync = 0, 1


class InputContext:
    """What a function that makes datasets is given: the one pipeline of one replica."""
    num_input_pipelines, input_pipeline_id, num_replicas_in_sync = 1, 0, 1

    def get_per_replica_batch_size(self, global_batch_size):
        return global_batch_size


class Strategy:
    """One replica, on the CPU."""

    num_replicas_in_sync = 1

    def __init__(self, extended=None):
        self._devices = ("/job:localhost/replica:0/task:0/device:CPU:0",)

    @property
    def extended(self):
        return self

    worker_devices = parameter_devices = property(lambda self: self._devices)
    cluster_resolver = property(lambda self: None)

    @contextlib.contextmanager
    def scope(self):
        if _open and _open[-1] is not self:
            raise RuntimeError("Mixing different tf.distribute.Strategy objects: %s is not %s" % (self, _open[-1]))
        _open.append(self)
        try:
            yield self
        finally:
            _open.pop()

    def run(self, fn, args=(), kwargs=None, options=None):
        """What the function gives, called once."""
        before = _replica[:]
        _replica[:] = [ReplicaContext(self)]
        try:
            return fn(*args, **(kwargs or {}))
        finally:
            _replica[:] = before

    def reduce(self, reduce_op, value, axis=None):
        """The value; with an axis, its sum or mean along that."""
        op = getattr(reduce_op, "value", reduce_op)
        if op not in ("SUM", "MEAN", "sum", "mean"):
            raise TypeError("`reduce_op` must be tf.distribute.ReduceOp.SUM or MEAN, not %r" % (reduce_op,))
        if axis is None:
            return tf.nest.map_structure(tf.identity, value)
        return (tf.reduce_sum if op.upper() == "SUM" else tf.reduce_mean)(value, axis)

    def gather(self, value, axis):
        return tf.identity(value)

    def experimental_distribute_dataset(self, dataset, options=None):
        return dataset

    def distribute_datasets_from_function(self, dataset_fn, options=None):
        return dataset_fn(InputContext())

    def experimental_distribute_values_from_function(self, value_fn):
        return value_fn(ValueContext())

    def experimental_local_results(self, value):
        return (value,)


def _one(devices):
    names = [devices] if isinstance(devices, str) else list(devices or ["CPU:0"])
    found = [n for n in names if "GPU" in n.upper() or "TPU" in n.upper()]
    if found or len(names) > 1:
        raise NotImplementedError("not implemented: tf.distribute over %s; there is one CPU: give one device, or none" % (names,))


class MirroredStrategy(Strategy):
    """The same variables on all devices: here on one."""

    def __init__(self, devices=None, cross_device_ops=None):
        _one(devices)
        super().__init__()


class OneDeviceStrategy(Strategy):
    """Functions run on the device that is named: the CPU."""

    def __init__(self, device):
        _one(device)
        super().__init__()


def _refused(name):
    class Refused(Strategy):
        """Refused with a NotImplementedError: there is one machine with one CPU."""

        def __init__(self, *arguments, **keywords):
            raise NotImplementedError("not implemented: tf.distribute.%s; use MirroredStrategy: there is one machine with one CPU" % name)

    Refused.__name__ = name
    return Refused


_replica, _default = [], Strategy()


def get_strategy():
    """The strategy whose scope is open, or the default one."""
    return _open[-1] if _open else _replica[0].strategy if _replica else _default


def has_strategy():
    """Whether a strategy other than the default one is in force."""
    return get_strategy() is not _default


def get_replica_context():
    """The context of the replica that runs; None in a scope outside of strategy.run."""
    return None if in_cross_replica_context() else _replica[0] if _replica else ReplicaContext(_default)


def in_cross_replica_context():
    """Whether a scope is open and no replica runs."""
    return bool(_open) and not _replica


class CrossDeviceOps:
    """How devices add up; with one there is nothing to add."""

    def __init__(self, *arguments, **keywords):
        pass


NAMES = {c.__name__: c for c in (ReduceOp, ReplicaContext, InputContext, Strategy, MirroredStrategy, OneDeviceStrategy, get_strategy, has_strategy, get_replica_context,
                                 in_cross_replica_context, CrossDeviceOps)}  # fmt: skip
NAMES.update({name: type(name, (CrossDeviceOps,), {"__doc__": CrossDeviceOps.__doc__}) for name in ("HierarchicalCopyAllReduce", "NcclAllReduce", "ReductionToOneDevice")})
NAMES.update({name: _refused(name) for name in ("MultiWorkerMirroredStrategy", "ParameterServerStrategy", "TPUStrategy")})
