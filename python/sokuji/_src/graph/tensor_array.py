"""tf.TensorArray: a list of tensors that loops write and read.

Two forms. A Python list, where places and the size are numbers (always so when eager); and one tensor with the elements as rows, where they are symbolic, or
where the array goes through a loop or a branch. All arrays that come of one another share a Cell, which learns the shape of the elements from the first write:
a loop's body tells what the rows before the loop must look like.
"""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors, shapes
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import signature
from sokuji._src.graph.func_graph import as_tensor, in_graph

_version = 2


def set_version(version):
    global _version
    _version = version


TWICE = "Could not read index %d twice because it was cleared after a previous read (perhaps try setting clear_after_read = false?)"


class Cell:
    """What arrays that come of one another share."""

    def __init__(self, dtype, element_shape, dynamic_size, clear_after_read, infer_shape, is_graph):
        self.dtype, self.dynamic, self.clears, self.infers, self.is_graph = dtype, dynamic_size, clear_after_read, infer_shape, is_graph
        self.shape = shapes.as_shape(element_shape)
        self.loose = False  # rows were made before their shape was known: writing looks at them when the graph runs

    def learn(self, shape):
        if not self.shape.is_compatible_with(shape):
            raise ValueError("Inconsistent shapes: saw %s but expected %s" % (shape, self.shape))
        if self.infers:
            self.shape = self.shape.merge_with(shape)

    def is_known(self):
        return self.shape.is_fully_defined()


class TensorArray:
    """A list of tensors of one dtype. Writing gives the array to go on with."""

    def __init__(self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None, handle=None, flow=None, infer_shape=True,
                 element_shape=None, colocate_with_first_write_call=True, name=None):  # fmt: skip
        if handle is not None or flow is not None:
            raise NotImplementedError("not implemented: tf.TensorArray(handle=…, flow=…); pass the TensorArray itself")
        if size is None and _version == 1:
            raise ValueError("Size must be provided if handle is not provided")
        clears = clear_after_read if clear_after_read is not None else True
        self._cell = Cell(dtypes.as_dtype(dtype), element_shape, bool(dynamic_size), clears, infer_shape, in_graph(size))
        self._rows = self._list = self._n = None
        self._cleared = set()
        size = 0 if size is None else size
        if isinstance(size, _core.Handle):
            known = size._known_value() if isinstance(size, _core.SymbolicTensor) else size
            size = size if known is None else int(known.numpy())
        elif not isinstance(size, int):
            size = int(size)
        if isinstance(size, int):
            self._list = [None] * size
        else:
            self._n = size

    def _like(self, values=None, rows=None, size=None):
        made = TensorArray.__new__(TensorArray)
        made._cell, made._rows, made._list, made._n = self._cell, rows, values, size
        made._cleared = set(self._cleared) if values is not None and self._list is not None else set()
        return made

    dtype = property(lambda self: self._cell.dtype)
    element_shape = property(lambda self: self._cell.shape)
    dynamic_size = property(lambda self: self._cell.dynamic)
    handle = property(lambda self: None)

    @property
    def flow(self):
        graph = graphs.building()
        if graph is None or type(self._rows) is not _core.SymbolicTensor:
            return run("Identity", convert(0.0, 1)) if self._cell.is_graph else convert(0.0, 1)
        with graph.control_dependencies([self._rows]):
            return run("Identity", graph.constant(convert(0.0, 1)))

    # ---- its two forms ----

    def _place(self, index):
        """A number, where the index is one and the array is a list; else None."""
        if self._list is None:
            return None
        if isinstance(index, _core.SymbolicTensor):
            known = index._known_value()
            if known is None:
                return None
            index = known
        return int(index.numpy()) if isinstance(index, _core.Handle) and not _waits(index) else None if isinstance(index, _core.Handle) else int(index)

    def _as_rows(self):
        """The rows as a tensor of the open graph."""
        if self._rows is not None:
            return self._rows
        cell = self._cell
        if self._list is not None:
            if self._list and all(v is not None for v in self._list) and cell.infers:
                return run_pack(self._list)
            size, written = convert(len(self._list), 3), [(i, v) for i, v in enumerate(self._list) if v is not None]
        else:
            size, written = as_tensor(self._n), []
        if cell.is_known():
            made = run("Fill", run("ConcatV2", run("Reshape", size, convert([1], 3)), convert(cell.shape.as_list(), 3), convert(0, 3))
                       if cell.shape.ndims else run("Reshape", size, convert([1], 3)), _zero(cell.dtype))  # fmt: skip
        else:
            cell.loose = True
            made = run("Fill", run("ConcatV2", run("Reshape", size, convert([1], 3)), convert([0], 3), convert(0, 3)), _zero(cell.dtype))
        array = self._like(rows=made)
        for i, value in written:
            array = array._write_row(convert(i, 3), value)
        return array._rows

    def _row_shape(self):
        return None if self._cell.shape._dims is None else (None, *self._cell.shape._dims)

    # ---- writing ----

    def _taken(self, value):
        try:
            value = convert(value, 0 if _version == 1 and not self._cell.is_graph else self._cell.dtype._number) if not isinstance(value, _core.Handle) else as_tensor(value)
        except (TypeError, ValueError):
            value = convert(value, 0)
        if value.dtype is not self._cell.dtype:
            message = "TensorArray dtype is %s but Op is trying to write dtype %s" % (self._cell.dtype.name, value.dtype.name)
            raise errors.InvalidArgumentError(None, None, message)
        self._cell.learn(value.shape)
        return value

    def write(self, index, value, name=None):
        """The array with the value at the index."""
        value = self._taken(value)
        place = self._place(index)
        if place is None:
            return self._like(rows=self._as_rows())._write_row(_index(index), value)
        self._room(place)
        if not self._cell.is_graph:
            self._list[place] = value
            self._cleared.discard(place)
            return self
        if self._list[place] is not None and _version == 1:
            raise errors.InvalidArgumentError(None, None, "TensorArray: Could not write to TensorArray index %d because it has already been written to." % place)
        made = self._like(list(self._list))
        made._list[place] = value
        return made

    def _room(self, place):
        if place < 0:
            wrong = errors.InvalidArgumentError if _version == 1 and self._cell.is_graph else errors.OutOfRangeError
            raise wrong(None, None, "Writing to negative indices (index %d) is not allowed." % place)
        if place < len(self._list):
            return
        if not self._cell.dynamic:
            wrong = errors.InvalidArgumentError if _version == 1 and self._cell.is_graph else errors.OutOfRangeError
            raise wrong(None, None, "Tried to write to index %d but array is not resizeable and size is: %d" % (place, len(self._list)))
        self._list.extend([None] * (place + 1 - len(self._list)))

    def _write_row(self, index, value):
        cell = self._cell
        if cell.is_known() and not cell.dynamic and not cell.loose:
            at = run("Reshape", index, convert([1, 1], 3))
            made = run("TensorScatterUpdate", self._rows, at, run("ExpandDims", value, convert(0, 3)))
        else:
            made = _core.py_call(_write_at if cell.dynamic else _write_within, "TensorArrayWrite", False, [self._rows, index, value], [(cell.dtype._number, self._row_shape())])[0]
        return self._like(rows=_shaped(made, self._row_shape()))

    def scatter(self, indices, value, name=None):
        """The array with the rows of the value at the indices."""
        value = self._taken_rows(value)
        known = _numbers(indices)
        if known is not None and self._list is not None:
            parts = _unpacked(value, len(known))
            array = self
            for i, part in zip(known, parts):
                array = array.write(i, part)
            return array
        array = self._like(rows=self._as_rows())
        indices = as_tensor(indices)
        made = run("TensorScatterUpdate", array._rows, run("ExpandDims", indices, convert(1, 3)), value)
        return self._like(rows=_shaped(made, self._row_shape()))

    def _taken_rows(self, value):
        value = convert(value, self._cell.dtype._number) if not isinstance(value, _core.Handle) else as_tensor(value)
        if value.dtype is not self._cell.dtype:
            raise errors.InvalidArgumentError(None, None, "TensorArray dtype is %s but Op is trying to write dtype %s" % (self._cell.dtype.name, value.dtype.name))
        if value.shape.ndims is not None:
            self._cell.learn(value.shape[1:])
        return value

    def unstack(self, value, name=None):
        """The array of the rows of a value."""
        value = self._taken_rows(value)
        n = None if value._shape_tuple is None else value._shape_tuple[0]
        if _version == 1 and self._cell.is_graph and self._list is not None and n is not None and n > len(self._list) and not self._cell.dynamic:
            raise errors.InvalidArgumentError(None, None, "Tried to unstack %d rows, but the array is not resizeable and its size is %d" % (n, len(self._list)))
        if not self._cell.is_graph and n is not None:
            if n > len(self._list) and not self._cell.dynamic:
                raise ValueError("Cannot unstack %d tensors into a TensorArray of static size %d " % (n, len(self._list)))
            self._list[:] = _unpacked(value, n)
            self._cleared.clear()
            return self
        return self._like(rows=value)

    def split(self, value, lengths, name=None):
        """The array of parts of a value, of the given lengths along its first axis."""
        value = convert(value, self._cell.dtype._number) if not isinstance(value, _core.Handle) else as_tensor(value)
        known = _numbers(lengths)
        if known is None:
            raise NotImplementedError("not implemented: TensorArray.split with symbolic lengths; give them as numbers")
        from sokuji._src.ops import array_ops

        parts = array_ops.split(value, known)
        if not self._cell.is_graph and self._list is not None and len(parts) == len(self._list):
            self._list[:] = parts  # which may differ in length
            self._cleared.clear()
            return self
        made = self if not self._cell.is_graph else self._like([None] * len(known))
        if len(self._list) < len(parts):
            made._list.extend([None] * (len(parts) - len(made._list)))
        for i, part in enumerate(parts):
            made = made.write(i, part)
        return made

    # ---- reading ----

    def read(self, index, name=None):
        """The element at the index; zeros where none was written."""
        place = self._place(index)
        if place is None:
            made = run("GatherV2", self._as_rows(), _index(index), convert(0, 3))
            self._note_reads(_numbers([index]), made)
            return _shaped(made, self._cell.shape._dims)
        if not 0 <= place < len(self._list):
            wrong = errors.InvalidArgumentError if _version == 1 else errors.OutOfRangeError
            raise wrong(None, None, "Tried to read from index %d but array size is: %d" % (place, len(self._list)))
        value = self._list[place]
        if value is not None and graphs.building() is not None and _version == 1:
            made = run("Identity", value)
            self._note_reads([place], made)
            return made
        if place in self._cleared:
            raise errors.InvalidArgumentError(None, None, TWICE % place)
        if value is None:
            return self._zeros()
        if self._cell.clears and (not self._cell.is_graph or _version == 1):
            self._cleared.add(place)
        return value

    def _zeros(self):
        if not self._cell.shape.is_fully_defined():
            raise ValueError("TensorArray has inconsistent shapes: an element that was never written has no known shape %s" % (self._cell.shape,))
        return run("Fill", convert(self._cell.shape.as_list(), 3) if self._cell.shape.ndims else convert([], 3), _zero(self._cell.dtype))

    def gather(self, indices, name=None):
        """The elements at the indices, stacked."""
        known = _numbers(indices)
        if known is not None and self._list is not None:
            return run_pack([self.read(i) for i in known]) if known else self.stack()
        made = run("GatherV2", self._as_rows(), as_tensor(indices), convert(0, 3))
        self._note_reads(known, made)
        return self._of_any_size(_shaped(made, self._row_shape()))

    def _note_reads(self, known, made):
        """What was read is cleared: in graphs of 1.x it cannot be read again in the same run (session.py looks whether it is)."""
        graph = graphs.building()
        if graph is not None and self._cell.clears and isinstance(made, _core.SymbolicTensor) and made._node._graph is graph._root:
            for place in known or ():
                graph._root._reads.setdefault((self._cell, place), []).append(made._node)

    def stack(self, name=None, is_named=False):
        """All elements, stacked."""
        made = self._stacked()
        graph = graphs.building() if is_named else None
        if graph is not None and type(made) is _core.SymbolicTensor and made._node._graph is graph:
            with graph.name_scope("TensorArrayStack") as scope:
                made._node.rename(scope + "TensorArrayGatherV3")
        return made if is_named else self._of_any_size(made)

    def _of_any_size(self, made):
        """In graphs of 1.x nothing is known of how many rows there are."""
        if graphs.building() is None or type(made) is not _core.SymbolicTensor or made._shape_tuple is None or made._shape_tuple[0] is None:
            return made
        from sokuji._src.graph import control_flow

        none = convert(np.zeros((0, *[d or 0 for d in made._shape_tuple[1:]]), self._cell.dtype.as_numpy_dtype), 0) if made._dtype_number != 7 else None
        return made if none is None else control_flow.build_cond(graphs.building().constant(convert(True, 10), "always"), lambda: made, lambda: none)

    def _stacked(self):
        if self._list:
            try:
                return run_pack([self._zeros() if v is None else v for v in self._list])
            except ValueError as error:
                if _version == 1 and not self._cell.infers:
                    raise errors.InvalidArgumentError(None, None, str(error)) from None
                raise
        if self._list is not None:
            dims = [0, *(self._cell.shape.as_list() if self._cell.shape.is_fully_defined() else [])]
            return run("Fill", convert(dims, 3), _zero(self._cell.dtype))
        return _shaped(run("Identity", self._as_rows()), self._row_shape())

    def concat(self, name=None):
        """All elements, joined along their first axis."""
        if self._list is not None:
            return run("ConcatV2", *[self._zeros() if v is None else v for v in self._list], convert(0, 3)) if len(self._list) > 1 else self._list[0]
        rows = self._as_rows()
        if self._cell.shape.ndims is None:
            raise NotImplementedError("not implemented: TensorArray.concat of elements of unknown shape in a graph; give element_shape")
        shape = run("Shape", rows)
        rest = run("StridedSlice", shape, convert([2], 3), convert([self._cell.shape.ndims + 1], 3), convert([1], 3))
        return run("Reshape", rows, run("ConcatV2", convert([-1], 3), rest, convert(0, 3)))

    def size(self, name=None):
        """The number of elements."""
        if self._list is not None:
            return convert(len(self._list), 3)
        if self._rows is None:
            return as_tensor(self._n)
        return run("StridedSlice", run("Shape", self._rows), convert([0], 3), convert([1], 3), convert([1], 3), shrink_axis_mask=1)

    def identity(self):
        return self

    def close(self, name=None):
        """Nothing is left to close."""
        from sokuji._src.graph import words

        return words.no_op() if graphs.building() is not None else None

    def grad(self, source, flow=None, name=None):
        raise NotImplementedError("not implemented: TensorArray.grad; use tf.gradients or a GradientTape")


def _waits(tensor):
    return isinstance(tensor, _core.SymbolicTensor) or (isinstance(tensor, _core.VariableBase) and _core.graph_now() is not None)


def _index(index):
    return as_tensor(index) if isinstance(index, _core.Handle) else convert(int(index), 3)


def _numbers(value):
    """A list of int, None where they are symbolic."""
    if isinstance(value, _core.SymbolicTensor):
        value = value._known_value()
        if value is None:
            return None
    if isinstance(value, _core.Handle):
        return None if _waits(value) else [int(v) for v in value.numpy().ravel()]
    if any(isinstance(v, _core.SymbolicTensor) for v in (value if isinstance(value, (list, tuple)) else ())):
        return None
    return [int(v) for v in (value if hasattr(value, "__iter__") else [value])]


def _zero(dtype):
    return convert("" if dtype is dtypes.string else False if dtype is dtypes.bool else 0, dtype._number)


def run_pack(values):
    return run("Pack", *values, axis=0)


def _unpacked(value, n):
    return [run("GatherV2", value, convert(i, 3), convert(0, 3)) for i in range(n)]


def _shaped(tensor, dims):
    if dims is not None and isinstance(tensor, _core.SymbolicTensor):
        tensor._set_shape(list(dims))
    return tensor


def _write_at(given):
    """Writes a row when the graph runs: rows that have not the value's shape yet are zeros, and there are as many as are needed."""
    rows, index, value = given
    n, place = rows._shape_tuple[0], int(index.numpy())
    if rows._shape_tuple[1:] != value._shape_tuple:
        if rows._size:
            raise errors.InvalidArgumentError(None, None, "TensorArray: an element of shape %s among those of shape %s"
                                              % (value._shape_tuple, rows._shape_tuple[1:]))  # fmt: skip
        rows = _rows_of_zeros(n, value)
    if place >= n:
        rows = run("ConcatV2", rows, _rows_of_zeros(place + 1 - n, value), convert(0, 3)) if n else _rows_of_zeros(place + 1, value)
    return [run("TensorScatterUpdate", rows, convert([[place]], 3), run("ExpandDims", value, convert(0, 3)))]


def _write_within(given):
    """Of an array that does not grow."""
    n, place = given[0]._shape_tuple[0], int(given[1].numpy())
    if place >= n:
        raise errors.InvalidArgumentError(None, None, "Tried to write to index %d but array is not resizeable and size is: %d" % (place, n))
    return _write_at(given)


def _rows_of_zeros(n, like):
    return run("Fill", convert([n, *like._shape_tuple], 3), _zero(like.dtype))


# ---- in loops and branches ----


class _Passing:
    """An array on its way through a loop. Its rows before the loop are made last, when the body has told their shape."""

    def __init__(self, array):
        self.array = array

    def placed(self, graph):
        cell = self.array._cell
        return self.array._like(rows=graph.add_input((cell.dtype._number, self.array._row_shape()), "tensor_array"))

    def after(self, value):
        if not isinstance(value, TensorArray):
            raise TypeError("a TensorArray becomes %r in a loop; write() gives the array to go on with" % (value,))
        if value._cell is not self.array._cell:
            self.array._cell.learn(value._cell.shape)
        return [value._as_rows()]

    def before(self):
        return [self.array._as_rows()]

    def taken(self, made):
        rows = next(made)
        return self.array._like(rows=_shaped(rows, self.array._row_shape()))


def opened(value):
    """What passes a TensorArray through a loop; None for tensors."""
    return _Passing(value) if isinstance(value, TensorArray) else None


signature.composite(TensorArray, lambda array: [array._as_rows()], lambda like, parts: like._like(rows=parts[0]))
