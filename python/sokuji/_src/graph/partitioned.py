"""Variables in parts along one axis, as get_variable makes them where a partitioner is given: a list of variables that reads as their concatenation."""

import functools

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, shapes
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import graph as graphs


class _PartitionInfo:
    """For initializers: the whole variable's shape and where the part begins."""

    def __init__(self, full_shape, var_offset):
        self.full_shape, self.var_offset = full_shape, var_offset

    def single_offset(self, shape):
        return next((o for o in self.var_offset if o), 0)

    def single_slice_dim(self, shape):
        return next((i for i, (a, b) in enumerate(zip(shape, self.full_shape)) if a != b), None)


class PartitionedVariable:
    """The parts of a variable."""

    def __init__(self, name, shape, dtype, variable_list, partitions):
        self._name, self._shape, self._dtype, self._variable_list, self._partitions = name, shape, dtype, list(variable_list), list(partitions)

    name, dtype = property(lambda self: self._name), property(lambda self: self._dtype)
    initializer = property(lambda self: None)
    op = property(lambda self: [v.op for v in self._variable_list])

    def __iter__(self):
        return iter(self._variable_list)

    def __len__(self):
        return len(self._variable_list)

    def get_shape(self):
        return self._shape

    def _get_variable_list(self):
        return self._variable_list

    def _get_partitions(self):
        return self._partitions

    def _partition_axes(self):
        return [i for i, n in enumerate(self._partitions) if n > 1] or [0]

    def as_tensor(self):
        """The parts put together, whatever waits for something here."""
        graph, parts = graphs.get_default_graph(), self._variable_list
        with graph.control_dependencies(None):
            whole = parts[0]._now()
            if len(parts) > 1:
                with graph.name_scope(self._name + "/ConcatPartitions/"):
                    axis = graph.constant(convert(self._partition_axes()[0], 3), "concat/axis")
                    graph.next_name("concat")
                    whole = _core.execute("ConcatV2", [*(v._now() for v in parts), axis], {})
            with graph.name_scope(None):
                graph.next_name(self._name)
                try:
                    return run("Identity", whole)
                finally:
                    graph.next_name(None)

    _now = as_tensor

    def assign(self, value, use_locking=False):
        raise NotImplementedError("assign() has not been implemented for PartitionedVariable.")

    def __repr__(self):
        return "<tf.PartitionedVariable %r shape=%s dtype=%s partitions=%s>" % (self._name, self._shape, self._dtype.name, self._partitions)


conversion.register_tensor_conversion_function(PartitionedVariable, lambda v, dtype=None, name=None, as_ref=False: v.as_tensor())


def get(get_single, name, shape=None, dtype=None, initializer=None, reuse=None, partitioner=None, **settings):
    """The partitioned variable of that name: made, or shared."""
    graph = graphs.get_default_graph()
    stored = graph._partitioned
    if initializer is not None and not callable(initializer):
        if shape is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        initializer = convert(initializer, 0)
        shape = initializer.shape
    shape = shapes.as_shape(shape)
    found = stored.get(name)
    if found is not None:
        if reuse is False:
            raise ValueError("Partitioned variable with name %s already exists. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?" % name)
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError("Trying to reuse partitioned variable %s, but specified shape %s and found shape %s." % (name, shape, found.get_shape()))
        if dtype is not None and dtype.base_dtype is not found.dtype.base_dtype:
            raise ValueError("Trying to reuse partitioned variable %s, but specified dtype %s and found dtype %s." % (name, dtype.name, found.dtype.name))
        return found
    if reuse is True:
        raise ValueError("PartitionedVariable %s does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=False or "
                         "reuse=tf.AUTO_REUSE in VarScope?" % name)  # fmt: skip
    if not shape.is_fully_defined():
        raise ValueError("Shape of a new partitioned variable (%s) must be fully defined, but instead was %s." % (name, shape))
    sizes, partitions = shape.as_list(), partitioner(shape=shape, dtype=dtype)
    if not isinstance(partitions, (list, tuple)):
        raise ValueError("Partitioner must return a sequence, but saw: %s" % (partitions,))
    if len(partitions) != len(sizes):
        raise ValueError("Partitioner returned a partition list that does not match the Variable's rank: %s vs. %s" % (partitions, shape))
    if any(n < 1 for n in partitions):
        raise ValueError("Partitioner returned zero partitions for some axes: %s" % (partitions,))
    axes = [i for i, n in enumerate(partitions) if n > 1] or [0]
    if len(axes) > 1:
        raise ValueError("Can only slice a variable along one dimension: shape: %s, partitioning: %s" % (sizes, partitions))
    (axis,), parts = axes, []
    for k, places in enumerate(np.array_split(np.arange(sizes[axis]), partitions[axis]) if sizes else [[0]]):
        size, offset = list(sizes), [0] * len(sizes)
        if sizes:
            size[axis], offset[axis] = len(places), int(places[0]) if len(places) else 0
        info = _PartitionInfo(list(sizes), offset)
        if initializer is None or callable(initializer):
            given = dict(shape=size, initializer=initializer, partition_info=info)
        else:
            given = dict(shape=None, initializer=run("Slice", initializer, convert(offset, 3), convert(size, 3)))
        parts.append(get_single("%s/part_%d" % (name, k), dtype=dtype, reuse=reuse, **given, **settings))
    made = stored[name] = PartitionedVariable(name, shape, parts[0].dtype.base_dtype, parts, partitions)
    return made


def getter(get_single):
    """What get_variable calls, which makes variables whole or in parts."""

    @functools.wraps(get_single)
    def either(name, *arguments, partitioner=None, reuse=None, **settings):
        stored = graphs.get_default_graph()._partitioned
        if partitioner is None and not (name in stored and reuse is True):
            if name + "/part_0" in graphs.get_default_graph()._variables and name in stored:
                raise ValueError("No partitioner was provided, but a partitioned version of the variable was found: %s/part_0. Perhaps a variable of the "
                                 "same name was already created with partitioning?" % name)  # fmt: skip
            return get_single(name, *arguments, reuse=reuse, **settings)
        if partitioner is not None and not callable(partitioner):
            raise ValueError("Partitioner must be callable, but received: %s" % (partitioner,))
        return get(get_single, name, *arguments, reuse=reuse, partitioner=partitioner, **settings)

    return either
