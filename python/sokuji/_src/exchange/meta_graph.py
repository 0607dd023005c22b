"""Meta graphs: a GraphDef with the graph's collections and what a Saver needs, as files that import_meta_graph reads."""

import contextlib
import os

from sokuji import _core
from sokuji._src.core import errors, logging
from sokuji._src.exchange import graph_util, handlers, reader, writer
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.graph.variables import GraphVariable
from sokuji._src.io import graph_messages, messages, text_format
from sokuji._src.train import checkpoint_saver

C = graph_messages.CLASSES
MetaGraphDef = C["MetaGraphDef"]
_OF_VARIABLES = ("variables", "trainable_variables", "local_variables", "model_variables", "moving_average_variables", "global_step", "metric_variables",
                 "trainable_resource_variables", "concatenated_variables")  # fmt: skip


# ---- writing ----


def variable_def(variable, export_scope=None):
    """tf.Variable.to_proto."""
    cut = lambda name: _cut(name, export_scope)  # noqa: E731
    made = C["VariableDef"](variable_name=cut(variable.name), trainable=False)
    made.ClearField("trainable")
    if variable._initial_value is not None:
        made.initial_value_name = cut(variable._initial_value.name)
    if variable._initializer is not None:
        made.initializer_name = cut(variable._initializer.name)
    if variable._resource:
        made.is_resource = True
    else:
        handlers.settle(variable)
        made.snapshot_name = cut(variable._snapshot.name)
    return made


def _cut(name, scope):
    return name[len(scope) + 1 :] if scope and name.startswith(scope + "/") else name


def _collection(made, key, values, export_scope):
    into = made.collection_def[key]
    if export_scope:
        values = [v for v in values if not hasattr(v, "name") or v.name.startswith(export_scope + "/")]
    if key == GraphKeys.SAVERS:
        values = [v.as_saver_def() for v in values if getattr(v, "saver_def", None) is not None]
    if not values:
        del made.collection_def[key]
        return
    if key in _OF_VARIABLES and all(isinstance(v, GraphVariable) for v in values):
        into.bytes_list.value.extend([variable_def(v, export_scope).SerializeToString() for v in values])
    elif all(isinstance(v, messages.Message) for v in values):
        into.bytes_list.value.extend([v.SerializeToString() for v in values])
    elif all(isinstance(v, (str, bytes)) for v in values):
        into.bytes_list.value.extend([v.encode() if isinstance(v, str) else v for v in values])
    elif all(isinstance(v, int) for v in values):
        into.int64_list.value.extend(values)
    elif all(isinstance(v, float) for v in values):
        into.float_list.value.extend(values)
    elif all(isinstance(v, (operation.Operation, _core.SymbolicTensor, GraphVariable)) for v in values):
        into.node_list.value.extend([_cut(v.name, export_scope) for v in values])
    else:
        del made.collection_def[key]
        logging.NAMES["warning"]("Error encountered when serializing %s.\nType is unsupported, or the types of the items don't match field type in CollectionDef.", key)


def _scoped(definition, scope):
    """The nodes under a scope, without it."""
    nodes = [n for n in definition.node if n.name.startswith(scope + "/")]
    made = C["GraphDef"]()
    made.versions.CopyFrom(definition.versions)
    for n in nodes:
        n.name = _cut(n.name, scope)
        n.input[:] = ["^" + _cut(i[1:], scope) if i.startswith("^") else _cut(i, scope) for i in n.input]
        made.node.append(n)
    names = {n.name for n in made.node}
    outside = sorted({i for n in made.node for i in n.input if graph_util._name(i) not in names})
    if outside:
        raise ValueError("the scope %s has inputs from outside: %s" % (scope, ", ".join(outside)))
    return made


def export_meta_graph(filename=None, meta_info_def=None, graph_def=None, saver_def=None, collection_list=None, as_text=False, graph=None, export_scope=None,
                      clear_devices=False, clear_extraneous_savers=False, strip_default_attrs=False, **kwargs):  # fmt: skip
    """tf.train.export_meta_graph: the MetaGraphDef, also in a file."""
    graph = graphs.get_default_graph() if graph is None else graph
    made = MetaGraphDef()
    if meta_info_def is not None:
        made.meta_info_def.CopyFrom(meta_info_def)
    made.meta_info_def.tensorflow_version, made.meta_info_def.tensorflow_git_version = "1.8.0", "sokuji"
    made.graph_def.CopyFrom(writer.graph_def(graph) if graph_def is None else graph_def)
    if export_scope:
        made.graph_def.CopyFrom(_scoped(made.graph_def, export_scope.rstrip("/")))
    if clear_devices:
        for node in made.graph_def.node:
            node.device = ""
    for key in graph.get_all_collection_keys() if collection_list is None else collection_list:
        _collection(made, key, graph.get_collection(key), export_scope and export_scope.rstrip("/"))
    if saver_def is not None:
        made.saver_def.CopyFrom(saver_def)
    if filename:
        os.makedirs(os.path.dirname(os.fspath(filename)) or ".", exist_ok=True)
        graph_util.store(os.fspath(filename), made, as_text)
    return made


# ---- reading ----


def parsed(data, kind, what):
    """A message of a file's bytes, binary or text."""
    try:
        return kind.FromString(data)
    except messages.DecodeError as binary:
        try:
            return text_format.Parse(data.decode("utf-8"), kind())
        except (UnicodeDecodeError, text_format.ParseError) as text:
            raise IOError("Cannot parse file %s: %s." % (what, text if b"{" in data[:200] else binary)) from None


def read_meta_graph_file(filename):
    path = os.fspath(filename)
    if not os.path.exists(path):
        raise IOError("File %s does not exist." % path)
    with open(path, "rb") as f:
        return parsed(f.read(), MetaGraphDef, path)


def import_meta_graph(meta_graph_or_file, clear_devices=False, import_scope=None, **kwargs):
    """Adds the graph and its collections; gives the Saver, or None where there are no variables."""
    meta = meta_graph_or_file if isinstance(meta_graph_or_file, MetaGraphDef) else read_meta_graph_file(meta_graph_or_file)
    add(meta, clear_devices, import_scope, **kwargs)
    if meta.HasField("saver_def"):
        scope = graphs.get_default_graph()._last_import if import_scope else None
        return checkpoint_saver.Saver.from_proto(meta.saver_def, scope)
    if graphs.get_collection(GraphKeys.GLOBAL_VARIABLES):
        return checkpoint_saver.Saver()
    return None


def add(meta, clear_devices=False, import_scope=None, input_map=None, return_elements=None, **kwargs):
    """The MetaGraphDef's nodes and collections in the default graph; gives the reader."""
    graph = graphs.get_default_graph()
    if clear_devices:
        for node in meta.graph_def.node:
            node.device = ""
    with graph.as_default() if graphs.building() is not graph else contextlib.nullcontext():
        with graph.name_scope(import_scope or None) as scope:
            mapped = reader._map_of(graph, input_map)
        graph._last_import = scope[:-1]
        with graph.name_scope(None):
            made = reader.Reader(graph, meta.graph_def, scope, mapped)
            made.run()
            made.variables = {}
            for key, values in meta.collection_def.items():
                _restore_collection(graph, made, key, values)
    return made


def _restore_collection(graph, made, key, values):
    kind = values.WhichOneof("kind")
    if kind == "bytes_list" and key in _OF_VARIABLES:
        for data in values.bytes_list.value:
            graph.add_to_collection(key, _variable_of(graph, made, C["VariableDef"].FromString(data)))
    elif kind == "bytes_list" and key == "savers":
        for data in values.bytes_list.value:
            graph.add_to_collection(key, C["SaverDef"].FromString(data))
    elif kind == "node_list":
        for name in values.node_list.value:
            try:
                graph.add_to_collection(key, _element(graph, made, name))
            except (KeyError, ValueError) as error:
                if key in ("saved_model_main_op", "legacy_init_op"):
                    raise errors.NotFoundError(None, None, "the operation %r, which is to run when the model is loaded, is not in the graph" % name) from error
    elif kind == "bytes_list" and key not in ("cond_context", "while_context", "queue_runners"):
        for data in values.bytes_list.value:
            graph.add_to_collection(key, data)
    elif kind in ("int64_list", "float_list"):
        for value in getattr(values, kind).value:
            graph.add_to_collection(key, value)


def _element(graph, made, name):
    values = made.outputs.get(name.partition(":")[0])
    if isinstance(values, GraphVariable) and ":" in name:
        return values
    return graph.as_graph_element(made.prefix + name)


def _variable_of(graph, made, definition):
    name = definition.variable_name
    variable = made.outputs.get(name.partition(":")[0])
    if not isinstance(variable, GraphVariable):
        raise errors.NotFoundError(None, None, "the variable %s of a collection is not in the graph" % name)
    if definition.initializer_name:
        variable._initializer = graph.as_graph_element(made.prefix + definition.initializer_name, False, True)
    if definition.initial_value_name:
        variable._initial_value = graph.as_graph_element(made.prefix + definition.initial_value_name, True, False)
    if definition.snapshot_name and made.prefix + definition.snapshot_name != variable.name:
        variable._snapshot = graph.as_graph_element(made.prefix + definition.snapshot_name, True, False)
        variable._op._outputs = [variable._snapshot]
    return variable


checkpoint_saver.export = export_meta_graph
GraphVariable.to_proto = variable_def
