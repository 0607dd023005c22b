"""tf.graph_util and tf.train.write_graph: parts of a GraphDef, variables as constants, graphs in files."""

import os

from sokuji import _core
from sokuji._src.exchange import writer
from sokuji._src.graph import graph as graphs
from sokuji._src.io import graph_messages, tensor_proto

C = graph_messages.CLASSES
_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")


def _name(reference):
    return reference.lstrip("^").split(":")[0]


def _checked(graph_def):
    if not isinstance(graph_def, C["GraphDef"]):
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.")
    return graph_def


def _like(graph_def):
    made = C["GraphDef"]()
    made.library.CopyFrom(graph_def.library)
    made.versions.CopyFrom(graph_def.versions)
    return made


def extract_sub_graph(graph_def, dest_nodes):
    """The nodes that the named ones need, in their order."""
    _checked(graph_def)
    if isinstance(dest_nodes, str):
        raise TypeError("dest_nodes must be a list.")
    by_name = {n.name: n for n in graph_def.node}
    for name in dest_nodes:
        assert name in by_name, "%s is not in graph" % name
    wanted, waiting = set(), list(dest_nodes)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += [_name(i) for i in by_name[name].input] if name in by_name else []
    made = _like(graph_def)
    made.node.extend(C["NodeDef"].FromString(n.SerializeToString()) for n in graph_def.node if n.name in wanted)
    return made


def must_run_on_cpu(node, pin_variables_on_cpu=False):
    """Whether a node runs on the CPU: always."""
    return node.op.startswith("Variable") and pin_variables_on_cpu or node.attr["dtype"].type == 7 if "dtype" in node.attr else False


def convert_variables_to_constants(sess, input_graph_def, output_node_names, variable_names_whitelist=None, variable_names_blacklist=None):
    """What the outputs need, with the session's values in place of variables."""
    inference = extract_sub_graph(input_graph_def, output_node_names)
    names = []
    for node in inference.node:
        if node.op in _VARIABLES and (variable_names_whitelist is None or node.name in variable_names_whitelist) and node.name not in (variable_names_blacklist or ()):
            names.append(node.name)
    resources = {n.name for n in inference.node if n.op == "VarHandleOp"}
    reads = {_name(n.input[0]): n.name for n in inference.node if n.op == "ReadVariableOp"}
    fetched = [reads[name] + ":0" if name in resources and name in reads else name + ":0" for name in names]
    values = dict(zip(names, sess.run(fetched) if fetched else []))
    made = _like(inference)
    for node in inference.node:
        if node.name in values:
            value, fresh = values[node.name], C["NodeDef"](name=node.name, op="Const")
            fresh.attr["dtype"].CopyFrom(node.attr["dtype"])
            fresh.attr["value"].tensor.CopyFrom(tensor_proto.make_tensor_proto(value, node.attr["dtype"].type))
        elif node.op == "ReadVariableOp" and node.input[0] in values:
            fresh = C["NodeDef"](name=node.name, op="Identity", input=node.input)
            fresh.attr["T"].CopyFrom(node.attr["dtype"])
        else:
            fresh = node
        made.node.append(fresh)
    print("Converted %d variables to const ops." % len(values))
    return made


def remove_training_nodes(input_graph, protected_nodes=None):
    """Without CheckNumerics, and without Identity where it only hands on."""
    protected = set(protected_nodes or ())
    def straight(nodes, kinds, keep):
        removed = {n.name: n.input[0] for n in nodes if n.op in kinds and n.name not in keep and len(n.input) == 1 and not n.input[0].startswith("^")}
        made = []
        for n in nodes:
            if n.name in removed:
                continue
            fresh = C["NodeDef"].FromString(n.SerializeToString())
            fresh.input[:] = [_follow(i, removed) for i in n.input]
            made.append(fresh)
        return made

    waited = {i[1:] for n in input_graph.node for i in n.input if i.startswith("^")}
    without = straight(input_graph.node, ("CheckNumerics",), protected | waited)
    keep = set(protected) | waited
    ops = {n.name: n.op for n in without}
    for n in without:
        for i in n.input:
            if n.op in ("Merge", "Switch") or ops.get(_name(i)) in ("Merge", "Switch"):
                keep.update((n.name, _name(i)))
    last = {n.name for n in without} - {_name(i) for n in without for i in n.input}
    made = C["GraphDef"]()
    made.node.extend(straight(without, ("Identity",), keep | last))
    return made


def _follow(reference, removed):
    while reference in removed:
        reference = removed[reference]
    return "^" + removed[reference[1:]] if reference.startswith("^") and reference[1:] in removed else reference


def tensor_shape_from_node_def_name(graph, input_name):
    """The shape of the first output of the node of that name."""
    return graph.get_tensor_by_name(input_name if ":" in input_name else input_name + ":0").get_shape()


def set_cpu0(device_string):
    return graphs.merged_device(device_string, "/device:CPU:0")


def write_graph(graph_or_graph_def, logdir, name, as_text=True):
    """tf.train.write_graph: the path of the file."""
    definition = writer.graph_def(graph_or_graph_def) if isinstance(graph_or_graph_def, _core.Graph) else graph_or_graph_def
    os.makedirs(os.fspath(logdir), exist_ok=True)
    path = os.path.join(os.fspath(logdir), name)
    store(path, definition, as_text)
    return path


def store(path, message, as_text=False):
    """Writes the file whole or not at all."""
    data = str(message).encode() if as_text else message.SerializeToString()
    part = "%s.%d.part" % (path, os.getpid())
    try:
        with open(part, "wb") as f:
            f.write(data)
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise


NAMES = {f.__name__: f for f in (extract_sub_graph, must_run_on_cpu, convert_variables_to_constants, remove_training_nodes, tensor_shape_from_node_def_name)}
FILES = {"write_graph": write_graph}
