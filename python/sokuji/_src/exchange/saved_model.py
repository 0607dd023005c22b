"""SavedModel of 1.x: meta graphs with signatures, and the values of their variables, in a folder that TensorFlow's loaders read."""

import os
import shutil

from sokuji._src.core import dtypes, shapes
from sokuji._src.exchange import attributes, graph_util, meta_graph
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation, variables, words
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.io import graph_messages
from sokuji._src.ops.sparse_ops import SparseTensor
from sokuji._src.train import checkpoint_saver

C = graph_messages.CLASSES
MAIN_OP, LEGACY_INIT_OP, ASSETS = "saved_model_main_op", "legacy_init_op", "saved_model_assets"
SIGNATURES = dict(DEFAULT_SERVING_SIGNATURE_DEF_KEY="serving_default", CLASSIFY_INPUTS="inputs", CLASSIFY_METHOD_NAME="tensorflow/serving/classify",
                  CLASSIFY_OUTPUT_CLASSES="classes", CLASSIFY_OUTPUT_SCORES="scores", PREDICT_INPUTS="inputs",
                  PREDICT_METHOD_NAME="tensorflow/serving/predict", PREDICT_OUTPUTS="outputs", REGRESS_INPUTS="inputs",
                  REGRESS_METHOD_NAME="tensorflow/serving/regress", REGRESS_OUTPUTS="outputs")  # fmt: skip
TAGS = dict(SERVING="serve", TRAINING="train", EVAL="eval", GPU="gpu", TPU="tpu")
CONSTANTS = dict(ASSETS_DIRECTORY="assets", ASSETS_KEY=ASSETS, LEGACY_INIT_OP_KEY=LEGACY_INIT_OP, MAIN_OP_KEY=MAIN_OP, SAVED_MODEL_SCHEMA_VERSION=1,
                 SAVED_MODEL_FILENAME_PB="saved_model.pb", SAVED_MODEL_FILENAME_PBTXT="saved_model.pbtxt", VARIABLES_DIRECTORY="variables",
                 VARIABLES_FILENAME="variables")  # fmt: skip


# ---- signatures ----


def build_tensor_info(tensor):
    """The TensorInfo of a tensor."""
    if isinstance(tensor, SparseTensor):
        made = C["TensorInfo"](dtype=tensor.dtype._number, tensor_shape=attributes.shape_proto(tensor.get_shape()._dims))
        made.coo_sparse.values_tensor_name = tensor.values.name
        made.coo_sparse.indices_tensor_name, made.coo_sparse.dense_shape_tensor_name = tensor.indices.name, tensor.dense_shape.name
        return made
    return C["TensorInfo"](name=tensor.name, dtype=tensor.dtype.base_dtype._number, tensor_shape=attributes.shape_proto(shapes.as_shape(tensor.shape)._dims))


def get_tensor_from_tensor_info(tensor_info, graph=None, import_scope=None):
    """The graph's tensor that a TensorInfo names."""
    graph = graphs.get_default_graph() if graph is None else graph
    take = lambda name: graph.get_tensor_by_name(import_scope + "/" + name if import_scope else name)  # noqa: E731
    if tensor_info.WhichOneof("encoding") == "coo_sparse":
        sparse = tensor_info.coo_sparse
        return SparseTensor(take(sparse.indices_tensor_name), take(sparse.values_tensor_name), take(sparse.dense_shape_tensor_name))
    if tensor_info.WhichOneof("encoding") != "name":
        raise ValueError("Invalid TensorInfo.encoding: %s" % tensor_info.WhichOneof("encoding"))
    return take(tensor_info.name)


def build_signature_def(inputs=None, outputs=None, method_name=None):
    """A SignatureDef of dictionaries of TensorInfo and a method's name."""
    made = C["SignatureDef"]()
    for field, rows in ((made.inputs, inputs), (made.outputs, outputs)):
        for key, info in (rows or {}).items():
            field[key].CopyFrom(info)
    if method_name is not None:
        made.method_name = method_name
    return made


def predict_signature_def(inputs, outputs):
    """The SignatureDef of a prediction with these named tensors."""
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    infos = [{key: build_tensor_info(t) for key, t in rows.items()} for rows in (inputs, outputs)]
    return build_signature_def(*infos, SIGNATURES["PREDICT_METHOD_NAME"])


def classification_signature_def(examples, classes, scores):
    """The SignatureDef of a classifier: strings in, classes and scores out."""
    if examples is None:
        raise ValueError("Classification `examples` cannot be None.")
    if classes is None and scores is None:
        raise ValueError("Classification `classes` and `scores` cannot both be None.")
    if examples.dtype is not dtypes.string or classes is not None and classes.dtype is not dtypes.string:
        raise ValueError("Classification input and classes tensors must be of type string.")
    if scores is not None and scores.dtype is not dtypes.float32:
        raise ValueError("Classification scores output tensor must be of type float.")
    outputs = {key: build_tensor_info(t) for key, t in (("classes", classes), ("scores", scores)) if t is not None}
    return build_signature_def({"inputs": build_tensor_info(examples)}, outputs, SIGNATURES["CLASSIFY_METHOD_NAME"])


def regression_signature_def(examples, predictions):
    """The SignatureDef of a regression: strings in, numbers out."""
    if examples is None or predictions is None:
        raise ValueError("Regression `%s` cannot be None." % ("examples" if examples is None else "predictions"))
    if examples.dtype is not dtypes.string or predictions.dtype is not dtypes.float32:
        raise ValueError("Regression input tensors must be of type string and output tensors of type float.")
    return build_signature_def({"inputs": build_tensor_info(examples)}, {"outputs": build_tensor_info(predictions)}, SIGNATURES["REGRESS_METHOD_NAME"])


def is_valid_signature(signature_def):
    """Whether a SignatureDef has what its method's name asks for."""
    return signature_def is not None and signature_def.method_name in [v for k, v in SIGNATURES.items() if k.endswith("METHOD_NAME")]


def main_op(init_op_name=None):
    """Initialises what there is: variables and tables."""
    tables = graphs.get_collection(GraphKeys.TABLE_INITIALIZERS)
    return words.group(variables.global_variables_initializer(), variables.local_variables_initializer(), *tables)


# ---- writing ----


class SavedModelBuilder:
    """Collects meta graphs, then writes the folder."""

    def __init__(self, export_dir):
        self._folder, self._has_variables, self._model = os.fspath(export_dir), False, C["SavedModel"](saved_model_schema_version=1)
        if os.path.isdir(self._folder) and os.listdir(self._folder):
            raise AssertionError("Export directory already exists. Please specify a different export directory: %s" % self._folder)
        os.makedirs(self._folder, exist_ok=True)

    def add_meta_graph_and_variables(self, sess, tags, signature_def_map=None, assets_collection=None, legacy_init_op=None, clear_devices=False, main_op=None,
                                     strip_default_attrs=False):  # fmt: skip
        if self._has_variables:
            raise AssertionError("Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` instead.")
        with sess.graph.as_default():
            saver = checkpoint_saver.Saver(variables.global_variables() + graphs.get_collection(GraphKeys.SAVEABLE_OBJECTS), allow_empty=True)
            folder = os.path.join(self._folder, "variables")
            os.makedirs(folder, exist_ok=True)
            if saver._def is not None:
                saver.save(sess, os.path.join(folder, "variables"), write_meta_graph=False, write_state=False)
        self._add(sess.graph, saver, tags, signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op)
        self._has_variables = True

    def add_meta_graph(self, tags, signature_def_map=None, assets_collection=None, legacy_init_op=None, clear_devices=False, main_op=None,
                       strip_default_attrs=False):  # fmt: skip
        if not self._has_variables:
            raise AssertionError("Graph state including variables and assets has not been saved yet. Please invoke `add_meta_graph_and_variables()` first.")
        saver = checkpoint_saver.Saver(variables.global_variables(), allow_empty=True)
        self._add(graphs.get_default_graph(), saver, tags, signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op)

    def _add(self, graph, saver, tags, signatures, assets, legacy_init_op, clear_devices, main):
        if legacy_init_op is not None and main is not None:
            raise ValueError("legacy_init_op and main_op cannot both be given")
        for key, op in ((LEGACY_INIT_OP, legacy_init_op), (MAIN_OP, main)):
            if op is not None:
                if not isinstance(op, operation.Operation):
                    raise TypeError("%s needs to be an Operation: %r" % (key, op))
                graph.clear_collection(key)
                graph.add_to_collection(key, op)
        for signature in (signatures or {}).values():
            for info in [*signature.inputs.values(), *signature.outputs.values()]:
                if info.WhichOneof("encoding") is None or info.dtype == 0:
                    raise AssertionError("All TensorInfo protos used in the SignatureDefs must have the name and dtype fields set: %s" % info)
        made = meta_graph.export_meta_graph(graph=graph, saver_def=saver._def, clear_devices=clear_devices)
        made.meta_info_def.tags.extend(tags)
        for key, signature in (signatures or {}).items():
            made.signature_def[key].CopyFrom(signature)
        for tensor in assets or ():
            self._asset(made, tensor)
        self._model.meta_graphs.append(made)

    def _asset(self, made, tensor):
        path = tensor._known_value().numpy().decode()
        os.makedirs(os.path.join(self._folder, "assets"), exist_ok=True)
        shutil.copyfile(path, os.path.join(self._folder, "assets", os.path.basename(path)))
        made.asset_file_def.add(filename=os.path.basename(path), tensor_info=C["TensorInfo"](name=tensor.name))

    def save(self, as_text=False):
        path = os.path.join(self._folder, "saved_model.pbtxt" if as_text else "saved_model.pb")
        graph_util.store(path, self._model, as_text)
        return path.encode()


def simple_save(session, export_dir, inputs, outputs, legacy_init_op=None):
    """Writes the graph for serving with one signature."""
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(session, tags=[TAGS["SERVING"]], signature_def_map={"serving_default": signature},
                                         assets_collection=graphs.get_collection(GraphKeys.ASSET_FILEPATHS), legacy_init_op=legacy_init_op, clear_devices=True)  # fmt: skip
    builder.save()


# ---- reading ----


def maybe_saved_model_directory(export_dir):
    """Whether the folder holds a SavedModel."""
    return any(os.path.exists(os.path.join(export_dir, name)) for name in ("saved_model.pb", "saved_model.pbtxt"))


def parse_saved_model(export_dir):
    """The SavedModel message of a folder."""
    folder = os.fspath(export_dir)
    for name in ("saved_model.pb", "saved_model.pbtxt"):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                return meta_graph.parsed(f.read(), C["SavedModel"], path)
    raise IOError("SavedModel file does not exist at: %s/{saved_model.pbtxt|saved_model.pb}" % folder)


def load(sess, tags, export_dir, import_scope=None, **saver_kwargs):
    """tf.saved_model.loader.load: the graph in the session's, with its values; gives the MetaGraphDef."""
    model = parse_saved_model(export_dir)
    wanted = set(tags)
    found = next((m for m in model.meta_graphs if set(m.meta_info_def.tags) == wanted), None)
    if found is None:
        raise RuntimeError("MetaGraphDef associated with tags %s could not be found in SavedModel. To inspect available tag-sets in the SavedModel, please use "
                           "the SavedModel CLI: `saved_model_cli`; there are %s" % (str(tags).strip("[]"), [list(m.meta_info_def.tags) for m in model.meta_graphs]))  # fmt: skip
    with sess.graph.as_default():
        saver = meta_graph.import_meta_graph(found, import_scope=import_scope, **saver_kwargs)
        prefix = os.path.join(os.fspath(export_dir), "variables", "variables")
        if saver is not None and os.path.exists(prefix + ".index"):
            saver.restore(sess, prefix)
        feeds = {}
        for asset in found.asset_file_def:
            name = asset.tensor_info.name
            feeds[sess.graph.get_tensor_by_name((import_scope + "/" if import_scope else "") + name)] = os.path.join(os.fspath(export_dir), "assets", asset.filename)
        main = graphs.get_collection(MAIN_OP) or graphs.get_collection(LEGACY_INIT_OP)
        if len(main) > 1:
            raise RuntimeError("Expected exactly one SavedModel main op. Found: %s" % main)
        if main:
            sess.run(main[0], feed_dict=feeds)
    return found


class SavedModelLoader:
    """A folder whose graph and values are loaded."""

    def __init__(self, export_dir):
        self._folder, self._model = export_dir, parse_saved_model(export_dir)

    def get_meta_graph_def_from_tags(self, tags):
        return next(m for m in self._model.meta_graphs if set(m.meta_info_def.tags) == set(tags))

    def load(self, sess, tags, import_scope=None, **saver_kwargs):
        return load(sess, tags, self._folder, import_scope, **saver_kwargs)


def _pick(*functions):
    return {f.__name__: f for f in functions}


SPACES = {
    "saved_model": _pick(simple_save), "saved_model.builder": _pick(SavedModelBuilder), "saved_model.loader": _pick(load, maybe_saved_model_directory),
    "saved_model.utils": _pick(build_tensor_info, get_tensor_from_tensor_info), "saved_model.main_op": _pick(main_op), "saved_model.constants": CONSTANTS,
    "saved_model.signature_constants": SIGNATURES, "saved_model.tag_constants": TAGS,
    "saved_model.signature_def_utils": _pick(build_signature_def, predict_signature_def, classification_signature_def, regression_signature_def, is_valid_signature),
}  # fmt: skip
