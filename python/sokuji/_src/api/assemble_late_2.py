"""Names of 2.x that few programs ask for, each imported when its namespace is asked for one of them: tf.experimental, mixed precision, pictures, logical devices."""

import importlib

from sokuji._src.api import missing
from sokuji._src.platform import settings


def _from(*places):
    """A function that gives the names of those places: "module.HELD"."""

    def load():
        made = {}
        for place in places:
            module, _, held = place.rpartition(".")
            made.update(getattr(importlib.import_module("sokuji._src." + module), held))
        return made

    return load


_WHOLE = {
    "experimental.numpy": "experimental.numpy_api.NAMES", "experimental.numpy.random": "experimental.numpy_api.RANDOM",
    "audio": "experimental.media.AUDIO", "profiler.experimental": "experimental.tracing.PROFILER", "distribute": "experimental.distribute.NAMES", "keras.mixed_precision": "keras.mixed_precision.NAMES", "keras.preprocessing.image": "keras.images.IMAGE",
}  # fmt: skip
_PARTS = [("experimental", "RowPartition DynamicRaggedShape", "experimental.ragged_shapes.NAMES"),
          ("summary", "graph trace_on trace_off trace_export", "experimental.tracing.SUMMARY"),
          ("experimental", "ExtensionType BatchableExtensionType ExtensionTypeSpec ExtensionTypeBatchEncoder", "experimental.extension.NAMES"),
          ("experimental", "dispatch_for_api dispatch_for_unary_elementwise_apis dispatch_for_binary_elementwise_apis unregister_dispatch_for",
           "experimental.dispatch.NAMES"),
          ("data.experimental", "parse_example_dataset make_batched_features_dataset dense_to_sparse_batch shuffle_and_repeat pad_to_cardinality get_next_as_optional "
           "table_from_dataset index_table_from_dataset prefetch_to_device copy_to_device TFRecordWriter AutoShardPolicy ExternalStatePolicy AutotuneAlgorithm Optional "
           "enable_debug_mode SHARD_HINT AutotuneOptions ThreadingOptions DistributeOptions OptimizationOptions ServiceOptions", "data.late.NAMES"),
          ("data", "ThreadingOptions", "data.late.NAMES"), ("train", "Coordinator", "sessions.coordinator.NAMES"),
          ("io", "write_graph", "exchange.graph_util.FILES"),
          ("image", "adjust_jpeg_quality random_jpeg_quality stateless_random_jpeg_quality", "experimental.media.IMAGE"),
          ("keras.optimizers", "LossScaleOptimizer", "keras.mixed_precision.NAMES"), ("optimizers", "LossScaleOptimizer", "keras.mixed_precision.NAMES"),
          ("keras.utils", "img_to_array array_to_img load_img save_img plot_model", "keras.images.UTILS")]  # fmt: skip


class TraceType:
    """What tells arguments of a function apart: an object's __tf_tracing_type__ gives one, with __eq__ and __hash__."""


def add(spaces):
    spaces.setdefault("types.experimental", {})["TraceType"] = TraceType
    for dotted, place in _WHOLE.items():
        spaces.setdefault(dotted, {})["_rest"] = _from(place)
    for dotted, names, place in _PARTS:
        missing.put_off(spaces.setdefault(dotted, {}), names, _from(place))
    for dotted, held in settings.SPACES.items():
        spaces.setdefault(dotted, {}).update(held)
    spaces["keras"]["__version__"] = "3.15.1"
