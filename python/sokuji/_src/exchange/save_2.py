"""tf.saved_model.save: objects, variables and traced functions as TensorFlow 2.x stores and loads them."""

import collections
import inspect
import os
import uuid

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion
from sokuji._src.data.specs import TensorSpec
from sokuji._src.exchange import attributes, function_writer, graph_util, load_2, structured
from sokuji._src.graph import concrete as concretes
from sokuji._src.graph import function as traced
from sokuji._src.io import graph_messages, tensor_proto, wire
from sokuji._src.ops import string_hashes
from sokuji._src.train import checkpoint, checkpoint_graph
from sokuji._src.variables import trackable

C = graph_messages.CLASSES
_Spec = collections.namedtuple("FullArgSpec", "args varargs varkw defaults kwonlyargs kwonlydefaults annotations")


class SaveOptions:
    """How a model is written. Accepted; nothing here depends on it."""

    def __init__(self, namespace_whitelist=None, save_debug_info=False, function_aliases=None, experimental_debug_stripper=False, experimental_io_device=None,
                 experimental_variable_policy=None, experimental_custom_gradients=True, experimental_image_format=False, experimental_skip_saver=False,
                 experimental_sharding_callback=None, extra_tags=None):  # fmt: skip
        self.__dict__.update((name, value) for name, value in locals().items() if name != "self")


class LoadOptions:
    """How a model is read. Accepted; nothing here depends on it."""

    def __init__(self, allow_partial_checkpoint=False, experimental_io_device=None, experimental_skip_checkpoint=False, experimental_variable_policy=None,
                 experimental_load_function_aliases=False):  # fmt: skip
        self.__dict__.update((name, value) for name, value in locals().items() if name != "self")


def _functions(obj):
    """{attribute: function} of an object."""
    found = {}
    for name in dir(type(obj)) + list(vars(obj)):
        if isinstance(inspect.getattr_static(obj, name, None), (traced.Function, load_2.RestoredFunction)):
            found[name] = getattr(obj, name)
    return dict(sorted(found.items()))


def _traces(function):
    if isinstance(function, load_2.RestoredFunction):
        return [_retraced(c) for c in function.concrete_functions]
    if function._input_signature is not None and not len(function._traces):
        function.get_concrete_function()
    return list(function._traces)


def _retraced(restored):
    body = traced.Function(lambda *tensors: tuple(restored._body([*tensors, *restored.captured])), restored.name, None, autograph=False)
    made = body.get_concrete_function(*[TensorSpec(s.shape, s.dtype, s.name) for s in restored._specs])
    made._args, made._kwargs = restored._signature
    made._saved_output = restored._output
    return made


class _Saver:
    def __init__(self, root):
        self.root = root
        self.meta = C["MetaGraphDef"]()
        self.objects = self.meta.object_graph_def
        self.order, _ = checkpoint_graph.walk(root)
        self.numbers = {id(obj): i for i, obj in enumerate(self.order)}
        self.library = function_writer.Library("__inference_")
        self.nodes = [self._object(obj) for obj in self.order]
        self.names, self.keep = {}, []  # of concrete functions, by id
        self.handles = {}  # the VarHandleOps of the graph, by the variable's node

    # ---- objects ----

    def _object(self, obj):
        made = C["SavedObject"]()
        if isinstance(obj, _core.VariableBase):
            made.variable.dtype, made.variable.name = obj._dtype_number, (obj.name or "Variable").partition(":")[0]
            made.variable.trainable = bool(obj.trainable)
            made.variable.shape.CopyFrom(attributes.shape_proto(obj._shape_tuple))
        else:
            kinds = ((trackable.List, "trackable_list_wrapper"), (trackable.Tuple, "trackable_tuple_wrapper"), (trackable.Dict, "trackable_dict_wrapper"))
            made.user_object.identifier = next((name for kind, name in kinds if isinstance(obj, kind)), "_generic_user_object")
            made.user_object.version.producer = made.user_object.version.min_consumer = 1
        for name, child in trackable.children(obj):
            made.children.add(node_id=self.numbers[id(child)], local_name=name)
        return made

    def _child(self, parent, name, made):
        self.nodes.append(made)
        self.nodes[parent].children.add(node_id=len(self.nodes) - 1, local_name=name)
        return len(self.nodes) - 1

    # ---- functions ----

    def add_functions(self):
        for i, obj in enumerate(list(self.order)):
            if isinstance(obj, (_core.VariableBase, trackable.List, trackable.Tuple, trackable.Dict)):
                continue
            for name, function in _functions(obj).items():
                self._function(i, name, function)

    def _function(self, parent, name, function):
        made = C["SavedObject"]()
        made.function.SetInParent()
        traces = [(self.concrete(c), c) for c in _traces(function)]
        made.function.concrete_functions.extend([n for n, _ in traces])
        made.function.function_spec.CopyFrom(_spec_of(function))
        place = self._child(parent, name, made)
        for k, (title, c) in enumerate(traces):
            self._bare(place, "trace_%d" % k, title, [_input_name(s, i) for i, s in enumerate(load_2._specs(c.structured_input_signature))], made.function.function_spec)

    def _bare(self, parent, name, title, keywords, spec):
        made = C["SavedObject"]()
        bare = made.bare_concrete_function
        bare.concrete_function_name, bare.allowed_positional_arguments = title, len(keywords)
        bare.argument_keywords.extend(keywords)
        bare.function_spec.CopyFrom(spec)
        self._child(parent, name, made)

    def concrete(self, c, wrapped=None, keywords=None):
        """The name of a ConcreteFunction's FunctionDef, made once. wrapped: its outputs by name, as signatures give them."""
        key = (id(c), wrapped is not None)
        if key in self.names:
            return self.names[key]
        self.keep.append(c)
        if c.graph.captures():
            raise NotImplementedError("not implemented: tf.saved_model.save of a function that uses tensors of another graph (%s)" % c.name)
        addresses = function_writer.variables_of(c.graph)
        bound = [self._bound(address, c) for address in addresses]
        specs = load_2._specs(c.structured_input_signature)
        names = keywords or [_input_name(s, i) for i, s in enumerate(specs)]
        try:
            title = self.library.add("%s%s" % (c.name.replace("__inference_", "").rpartition("_")[0], "_signature" if wrapped is not None else ""), c.graph,
                                     list(c.graph.inputs), addresses, list(c.outputs), names)  # fmt: skip
        except function_writer.NotWritten as error:
            raise NotImplementedError("not implemented: tf.saved_model.save of a function with %s (%s)" % (error, c.name)) from None
        saved = C["SavedConcreteFunction"]()
        saved.bound_inputs.extend(bound)
        if wrapped is None:
            saved.canonicalized_input_signature.CopyFrom(structured.encoded((tuple(c.structured_input_signature[0]), dict(c.structured_input_signature[1]))))
            saved.output_signature.CopyFrom(structured.encoded(_named(c._saved_output if hasattr(c, "_saved_output") else getattr(c, "_output_specs", None) or c.structured_outputs)))
        else:
            given = {name: TensorSpec(s.shape, s.dtype, name) for name, s in zip(names, specs)}
            saved.canonicalized_input_signature.CopyFrom(structured.encoded(((), given)))
            saved.output_signature.CopyFrom(structured.encoded({name: TensorSpec(t.shape, t.dtype, name) for name, t in wrapped.items()}))
        self.objects.concrete_functions[title].CopyFrom(saved)
        self.names[key] = title
        return title

    def _bound(self, address, c):
        variable = self.library.variable(address)
        if variable is None or id(variable) not in self.numbers:
            raise AssertionError("Tried to export a function which references an 'untracked' resource. TensorFlow objects (e.g. tf.Variable) captured by functions must "
                                 "be 'tracked' by assigning them to an attribute of a tracked object or assigned to an attribute of the main object directly. "
                                 "The variable is %r, the function %s" % (variable, c.name))  # fmt: skip
        return self.numbers[id(variable)]

    # ---- signatures ----

    def add_signatures(self, signatures):
        holder = C["SavedObject"]()
        holder.user_object.identifier = "signature_map"
        holder.user_object.version.producer = holder.user_object.version.min_consumer = 1
        place = self._child(0, "signatures", holder)
        for key, c in signatures.items():
            outputs = _outputs_by_name(c, key)
            ordered = {name: outputs[name] for name in sorted(outputs)}
            keywords = [_input_name(s, i) for i, s in enumerate(load_2._specs(c.structured_input_signature))]
            title = self.concrete(c, ordered, keywords)
            spec = _encoded_spec(_Spec([], None, None, None, keywords, None, {}))
            self._bare(place, key, title, keywords, spec)
            self._signature(key, c, title, keywords, ordered)

    def _signature(self, key, c, title, keywords, outputs):
        """The signature in the graph itself, for those who load it as one of 1.x."""
        graph, made = self.meta.graph_def, C["SignatureDef"](method_name="tensorflow/serving/predict")
        feeds = []
        for name, t in zip(keywords, c.graph.inputs):
            node = graph.node.add(name="%s_%s" % (key, name), op="Placeholder")
            node.attr["dtype"].type = t._dtype_number
            node.attr["shape"].shape.CopyFrom(attributes.shape_proto(t._shape_tuple))
            feeds.append(node.name)
            made.inputs[name].CopyFrom(C["TensorInfo"](name=node.name + ":0", dtype=t._dtype_number, tensor_shape=attributes.shape_proto(t._shape_tuple)))
        bound = [self.handle(i) for i in self.objects.concrete_functions[title].bound_inputs]
        call = graph.node.add(name="StatefulPartitionedCall_" + key, op="StatefulPartitionedCall", input=feeds + bound)
        call.attr["f"].func.name = title
        call.attr["Tin"].CopyFrom(attributes.value_proto("lt", [t._dtype_number for t in c.graph.inputs] + [20] * len(bound)))
        call.attr["Tout"].CopyFrom(attributes.value_proto("lt", [t._dtype_number for t in c.outputs]))
        for k, t in enumerate(c.outputs):
            name = next(n for n, o in outputs.items() if o is t)
            info = C["TensorInfo"](name="%s:%d" % (call.name, k), dtype=t._dtype_number, tensor_shape=attributes.shape_proto(t._shape_tuple))
            made.outputs[name].CopyFrom(info)
        self.meta.signature_def[key].CopyFrom(made)

    def handle(self, i):
        """The variable's resource in the graph."""
        if i not in self.handles:
            v = self.nodes[i].variable
            name = "VarHandleOp_%d" % i
            node = self.meta.graph_def.node.add(name=name, op="VarHandleOp")
            node.attr["dtype"].type = v.dtype
            node.attr["shape"].shape.CopyFrom(v.shape)
            node.attr["shared_name"].s, node.attr["container"].s = ("%s_%d" % (v.name, i)).encode(), b""
            self.handles[i] = name
        return self.handles[i]

    def add_restore(self, keys):
        """What those run who load the folder as one of 1.x: reading the checkpoint."""
        graph = self.meta.graph_def
        if not self.handles:
            return

        def constant(name, values):
            node = graph.node.add(name=name, op="Const")
            node.attr["dtype"].type = 7
            node.attr["value"].tensor.CopyFrom(tensor_proto.make_tensor_proto(conversion._from_array(np.array(values, object), 7)))
            return name

        file = graph.node.add(name="saver_filename", op="Placeholder")
        file.attr["dtype"].type = 7
        file.attr["shape"].shape.SetInParent()
        rows = sorted(self.handles.items())
        types = [self.nodes[i].variable.dtype for i, _ in rows]
        names = constant("RestoreV2/tensor_names", [keys[i].encode() for i, _ in rows])
        slices = constant("RestoreV2/shape_and_slices", [b""] * len(rows))
        restore = graph.node.add(name="RestoreV2", op="RestoreV2", input=["saver_filename", names, slices])
        restore.attr["dtypes"].CopyFrom(attributes.value_proto("lt", types))
        done = graph.node.add(name="restore_all", op="NoOp")
        for k, ((i, handle), dtype) in enumerate(zip(rows, types)):
            change = graph.node.add(name="AssignVariableOp_%d" % i, op="AssignVariableOp", input=[handle, "RestoreV2:%d" % k if k else "RestoreV2"])
            change.attr["dtype"].type = dtype
            done.input.append("^" + change.name)
        same = graph.node.add(name="saver_identity", op="Identity", input=["saver_filename"])
        same.attr["T"].type = 7
        self.meta.saver_def.CopyFrom(C["SaverDef"](filename_tensor_name="saver_filename:0", save_tensor_name="saver_identity:0", restore_op_name="restore_all", version=2))


def _input_name(spec, i):
    return (spec.name or "inputs" if i == 0 else spec.name or "inputs_%d" % i).replace("/", "_")


def _named(value):
    """Outputs' specs with names, as loaders want them."""
    if isinstance(value, TensorSpec):
        return TensorSpec(value.shape, value.dtype, value.name or "unknown")
    if isinstance(value, dict):
        return {key: _named(v) for key, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_named, value))
    return type(value)(map(_named, value)) if isinstance(value, (list, tuple)) else value


def _encoded_spec(full, input_signature=None):
    made = C["FunctionSpec"](fullargspec=structured.encoded(full), input_signature=structured.encoded(input_signature))
    return made


def _spec_of(function):
    if isinstance(function, load_2.RestoredFunction):
        full = _Spec(list(function._names), function._varargs, None, tuple(function._defaults) or None, list(function._keywords), dict(function._keywords) or None, {})
        return _encoded_spec(full)
    rows = function._parameters.rows
    plain = [p for p in rows if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = [p for p in rows if p.kind is p.KEYWORD_ONLY]
    defaults = tuple(_default(p) for p in plain if p.default is not p.empty)
    first = lambda kind: next((p.name for p in rows if p.kind is kind), None)  # noqa: E731
    full = _Spec([p.name for p in plain], first(inspect.Parameter.VAR_POSITIONAL), first(inspect.Parameter.VAR_KEYWORD), defaults or None,
                 [p.name for p in named], {p.name: _default(p) for p in named if p.default is not p.empty} or None, {})  # fmt: skip
    return _encoded_spec(full, function._input_signature)


def _default(parameter):
    value = parameter.default
    if isinstance(value, _core.Handle):
        return value.numpy().tolist()
    return value if value is None or isinstance(value, (bool, int, float, str, list, tuple, dict)) else str(value)


def _outputs_by_name(c, key):
    made = c._packed(list(c.outputs)) if not isinstance(c, load_2.RestoredConcrete) else None
    if isinstance(made, dict):
        if not all(isinstance(n, str) and isinstance(t, _core.Tensor) for n, t in made.items()):
            raise ValueError("Got a dictionary with a non-tensor value from the signature function %s" % key)
        return made
    if isinstance(made, _core.Tensor):
        return {"output_0": made}
    if isinstance(made, (list, tuple)) and all(isinstance(t, _core.Tensor) for t in made):
        return {"output_%d" % i: t for i, t in enumerate(made)}
    if made is None:
        return {}
    raise ValueError("Got a non-flat or non-tensor output of the signature function %s: %r" % (key, c.structured_outputs))


def _signatures(obj, signatures):
    """{name: ConcreteFunction}"""
    if signatures is None:
        default = _functions(obj).get("__call__")
        usable = isinstance(default, traced.Function) and default._input_signature is not None
        given = {"serving_default": default} if usable else {}
        try:
            return {key: _one_signature(key, f) for key, f in given.items() if not isinstance(_one_signature(key, f).structured_outputs, type(None))}
        except ValueError:
            return {}
    given = signatures if isinstance(signatures, dict) else {"serving_default": signatures}
    return {key: _one_signature(key, f) for key, f in given.items()}


def _one_signature(key, function):
    if isinstance(function, traced.Function):
        if function._input_signature is None:
            traces = list(function._traces)
            if len(traces) != 1:
                raise ValueError("The signature %s is a tf.function that has %d traces; give its get_concrete_function(…)" % (key, len(traces)))
            function = traces[0]
        else:
            function = function.get_concrete_function()
    if isinstance(function, load_2.RestoredConcrete):
        function = _retraced(function)
    if not isinstance(function, concretes.ConcreteFunction):
        raise ValueError("Expected a TensorFlow function for which to generate a signature, but got %r. Only `tf.functions` with an input signature or concrete "
                         "functions can be used as a signature." % (function,))  # fmt: skip
    return function


def save(obj, export_dir, signatures=None, options=None):
    """Writes the object, what it holds, and its functions."""
    if not isinstance(obj, trackable.Trackable):
        raise ValueError("Expected an object of type `Trackable`, such as `tf.Module` or a subclass of the `Trackable` class, for export. Got %r with type %s." % (obj, type(obj)))
    folder = os.fspath(export_dir)
    signatures = _signatures(obj, signatures)
    saver = _Saver(obj)
    saver.add_functions()
    saver.add_signatures(signatures)
    nodes, tensors = checkpoint_graph.serialize(obj)
    keys = {i: n.attributes[0].key for i, n in enumerate(nodes) if n.attributes}
    saver.add_restore(keys)
    meta = saver.meta
    meta.graph_def.library.function.extend(saver.library.definitions)
    meta.graph_def.versions.producer, meta.graph_def.versions.min_consumer = 1087, 12
    saver.objects.nodes.extend(saver.nodes)
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version, meta.meta_info_def.tensorflow_git_version = "2.21.0", "sokuji"
    model = C["SavedModel"](saved_model_schema_version=1)
    model.meta_graphs.append(meta)
    os.makedirs(os.path.join(folder, "variables"), exist_ok=True)
    if tensors:
        checkpoint.Checkpoint(**{name: child for name, child in trackable.children(obj)}).write(os.path.join(folder, "variables", "variables"))
    else:
        checkpoint.Checkpoint().write(os.path.join(folder, "variables", "variables"))
    os.makedirs(os.path.join(folder, "assets"), exist_ok=True)
    path = os.path.join(folder, "saved_model.pb")
    graph_util.store(path, model)
    with open(path, "rb") as file:
        checksum = string_hashes.fingerprint(file.read())
    with open(os.path.join(folder, "fingerprint.pb"), "wb") as file:
        file.write(wire.number(1, checksum) + wire.data(6, wire.number(1, 4)) + wire.data(7, str(uuid.uuid4().int).encode()))
