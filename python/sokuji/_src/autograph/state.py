"""The variables that a branch or a loop changes: read, written and restored through the cells of its body."""

from sokuji._src.autograph import messages, structure
from sokuji._src.autograph import backend as _backend


class _Undefined:
    __slots__ = ()

    def __repr__(self):
        return "undefined"


UNDEFINED = _Undefined()


class State:
    """The named variables of a statement. `functions` are its bodies, which share the cells."""

    def __init__(self, names, functions, accessors=()):
        cells = {}
        for function in functions:
            if function is not None and function.__closure__:
                cells.update(zip(function.__code__.co_freevars, function.__closure__))
        self.cells = [cells[n] for n in names]
        self.accessors = accessors
        self.names = [*names, *(a[0] for a in accessors)]

    def get(self):
        """The values; UNDEFINED for unbound variables and missing attributes and items."""
        values = []
        for cell in self.cells:
            try:
                values.append(cell.cell_contents)
            except ValueError:
                values.append(UNDEFINED)
        for _, read, _write in self.accessors:
            try:
                values.append(read())
            except (NameError, AttributeError, LookupError):
                values.append(UNDEFINED)
        return values

    def set(self, values):
        n = len(self.cells)
        for cell, value in zip(self.cells, values):
            if value is UNDEFINED:
                try:
                    del cell.cell_contents
                except ValueError:
                    pass
            else:
                cell.cell_contents = value
        for (_, read, write), value in zip(self.accessors, values[n:]):
            if value is not UNDEFINED:
                write(value)
                continue
            try:
                read()
            except (NameError, AttributeError, LookupError):
                continue
            write()


def tensors(name, value, where):
    """The leaves of a value as tensors."""
    graph = _backend.current()
    leaves = []
    for leaf in structure.flatten(value, graph.components, []):
        try:
            leaves.append(graph.tensor(leaf))
        except (TypeError, ValueError) as error:
            raise messages.not_a_tensor(name, leaf, where, error) from None
    return leaves


def packed(likes, flat):
    """Values like others, of a flat sequence of tensors."""
    components, leaves = _backend.current().components, iter(flat)
    return [structure.pack(like, leaves, components) for like in likes]
