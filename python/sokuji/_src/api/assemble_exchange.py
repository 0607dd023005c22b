"""The names of 1.x that few programs ask for: graphs as files, summaries of graphs, monitored sessions. They are imported when one of them is asked for."""

import importlib
import sys

from sokuji._src.api import missing
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation, session
from sokuji._src.graph.variables import GraphVariable
from sokuji._src.ops.sparse_ops import SparseTensor
from sokuji._src.train import checkpoint_saver

_MESSAGES = """GraphDef NodeDef AttrValue NameAttrList MetaGraphDef ConfigProto GPUOptions GraphOptions OptimizerOptions RunOptions RunMetadata TensorInfo"""


def _module(name):
    return importlib.import_module("sokuji._src." + name)


def _late(module, name):
    """A function that is imported when it is called."""

    def function(*arguments, **keywords):
        return getattr(_module(module), name)(*arguments, **keywords)

    function.__name__ = name
    function._comes_from = (module, name)
    return function


def _node_def(op):
    try:
        return _module("exchange.writer").node_def(op)
    except Exception:  # a message about an operation never fails itself
        return _module("io.graph_messages").CLASSES["NodeDef"](name=op.name, op=op.type)


def _attributes_of(op):
    shown = _module("exchange.attributes").shown
    return {key: shown(value) for key, value in _module("exchange.writer").node_def(op).attr.items()}


operation._node_def, operation._attributes_of = _node_def, _attributes_of
graphs.Graph.as_graph_def = _late("exchange.writer", "graph_def")
GraphVariable.to_proto = _late("exchange.meta_graph", "variable_def")
SparseTensor.eval = _late("graph.sparse", "evaluate")


def _product(kind, eager):
    times = _late("graph.sparse", "times")
    return lambda self, dense: eager(self, dense) if graphs.building() is None else times(self, dense, kind)


SparseTensor.__mul__ = _product("Mul", SparseTensor.__mul__)
SparseTensor.__truediv__ = SparseTensor.__div__ = _product("RealDiv", SparseTensor.__truediv__)
_SPARSE = """to_dense tensor_to_dense transpose reorder concat add maximum minimum slice split retain reshape reset_shape fill_empty_rows softmax to_indicator merge
mask reduce_max reduce_max_sparse reduce_sum reduce_sum_sparse tensor_dense_matmul matmul segment_sum segment_mean segment_sqrt_n
segment_sum_with_num_segments segment_mean_with_num_segments segment_sqrt_n_with_num_segments"""
IN_GRAPH = {"sparse_" + name: _late("graph.sparse", "sparse_" + name) for name in _SPARSE.split()}  # also where 1.x has them eagerly
session.traced = _late("sessions.profile", "traced")
IN_GRAPH.update({name: _late("graph.parse_nodes", name) for name in ("parse_example", "parse_single_example", "decode_raw", "read_file", "matching_files", "write_file")})
IN_GRAPH.update(dict.fromkeys(("tables_initializer", "initialize_all_tables"), _late("sessions.tables", "tables_initializer")))
checkpoint_saver.export = _late("exchange.meta_graph", "export_meta_graph")


def _names(names, space):
    classes = _module("io.graph_messages").CLASSES
    reader, graph_util, meta_graph = _module("exchange.reader"), _module("exchange.graph_util"), _module("exchange.meta_graph")
    names.update({name: classes[name] for name in _MESSAGES.split()})
    names["import_graph_def"] = reader.import_graph_def
    space("graph_util").update(graph_util.NAMES, import_graph_def=reader.import_graph_def)
    space("train").update(write_graph=graph_util.write_graph, SaverDef=classes["SaverDef"], export_meta_graph=meta_graph.export_meta_graph,
                          import_meta_graph=meta_graph.import_meta_graph,
                          init_from_checkpoint=_module("train.saver_nodes").init_from_checkpoint)  # fmt: skip


def _saved(names, space):
    for dotted, held in _module("exchange.saved_model").SPACES.items():
        space(dotted).update(held)


def _sparse(names, space):
    sparse = _module("graph.sparse")
    names.update(sparse.NAMES)
    space("nn")["embedding_lookup_sparse"] = sparse.embedding_lookup_sparse


def _running(names, space):
    space("image").update(_module("sessions.image_files").NAMES)
    space("summary").update(_module("sessions.summary_ops").NAMES)
    space("train").update(_module("sessions.monitored").NAMES)
    tables = _module("sessions.tables")
    space("contrib.lookup").update(tables.NAMES)
    names.update(tables_initializer=tables.tables_initializer)
    space("metrics").update(_module("sessions.metrics").NAMES)
    space("nn").update(_module("graph.candidates").NN_1)
    names.update({**_module("sessions.queues").NAMES, **_module("sessions.readers").NAMES})
    _module("summary.contrib_summary").meta_graph_of = lambda graph: _module("exchange.meta_graph").export_meta_graph(graph=graph)


def _complete(names, spaces):
    """Adds them to the module and its namespaces; what a program has set meanwhile stays."""
    module = vars(sys.modules["sokuji.v1"])

    def space(dotted):
        inner = module
        for place, word in enumerate(dotted.split(".")):
            if word not in inner:
                inner[word] = missing.space(".".join(dotted.split(".")[: place + 1]))
            inner = vars(inner[word])
        return _Setting(inner)

    class _Setting(dict):
        """update() sets what is not there."""

        def __init__(self, inner):
            super().__init__()
            self._inner = inner

        def update(self, *others, **keywords):
            for other in (*others, keywords):
                for name, value in other.items():
                    self._inner.setdefault(name, value)

        def __setitem__(self, name, value):
            self._inner.setdefault(name, value)

    top = _Setting(module)
    for part in (_names, _running, _sparse, _saved):
        part(top, space)


def add(names, spaces):
    missing.complete_by(lambda: _complete(names, spaces))
    spaces.setdefault("summary", {})
