"""The names of graphs as files: messages, GraphDef in and out, meta graphs, SavedModel."""

from sokuji._src.exchange import graph_util, meta_graph, reader, writer
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation
from sokuji._src.io import graph_messages
from sokuji._src.train import saver_nodes

_MESSAGES = """GraphDef NodeDef AttrValue NameAttrList MetaGraphDef ConfigProto GPUOptions GraphOptions OptimizerOptions RunOptions RunMetadata TensorInfo"""


def _node_def(op):
    try:
        return writer.node_def(op)
    except Exception:  # a message about an operation never fails itself
        return graph_messages.CLASSES["NodeDef"](name=op.name, op=op.type)


def _attributes_of(op):
    from sokuji._src.exchange import attributes

    return {key: attributes.shown(value) for key, value in writer.node_def(op).attr.items()}


operation._node_def, operation._attributes_of = _node_def, _attributes_of
graphs.Graph.as_graph_def = writer.graph_def


def add(version, names, spaces):
    if version != 1:
        return
    names.update({name: graph_messages.CLASSES[name] for name in _MESSAGES.split()})
    names["import_graph_def"] = reader.import_graph_def
    spaces["graph_util"] = dict(graph_util.NAMES, import_graph_def=reader.import_graph_def)
    spaces.setdefault("train", {}).update(write_graph=graph_util.write_graph, SaverDef=graph_messages.CLASSES["SaverDef"],
                                          export_meta_graph=meta_graph.export_meta_graph, import_meta_graph=meta_graph.import_meta_graph,
                                          init_from_checkpoint=saver_nodes.init_from_checkpoint)  # fmt: skip
