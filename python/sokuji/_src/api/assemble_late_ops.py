"""Names of 2.x's operations whose modules are imported late: sparse tensors."""

from sokuji._src.data import specs
from sokuji._src.ops import sparse_ops_2


def add(names, spaces):
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    space("sparse").update(sparse_ops_2.SPARSE_2)
    space("nn").update(sparse_ops_2.NN_2)
    names.update(SparseTensorSpec=specs.SparseTensorSpec, type_spec_from_value=specs.type_spec_from_value)
