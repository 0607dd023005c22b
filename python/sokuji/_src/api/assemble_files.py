"""The names of files: checkpoints, summaries, records, tf.gfile, tf.app, tf.test."""

from sokuji._src.api import assemble_models, missing
from sokuji._src.core import logging
from sokuji._src.io import get_file, gfile, messages, records, tensor_proto
from sokuji._src.platform import flags
from sokuji._src.summary import contrib_summary, event_files
from sokuji._src.summary import summary as summary_2
from sokuji._src.train import checkpoint, checkpoint_files, checkpoint_saver
from sokuji._src.variables import module, scopes, trackable, variables

_FILES = "checkpoint_exists get_checkpoint_state latest_checkpoint list_variables load_checkpoint load_variable"


def _checkpoints(version, names, spaces):
    train = spaces.setdefault("train", {})
    train.update({name: getattr(checkpoint_files, name) for name in _FILES.split()})
    train.update(CheckpointManager=checkpoint.CheckpointManager, checkpoints_iterator=checkpoint_files.checkpoints_iterator)
    if version == 2:
        train.update(Checkpoint=checkpoint.Checkpoint)
        names.update(Module=module.Module)
        return
    train.update(Checkpoint=checkpoint.Checkpoint_1, Saver=checkpoint_saver.Saver, NewCheckpointReader=checkpoint_files.NewCheckpointReader,
                 CheckpointState=checkpoint_files.CheckpointState, update_checkpoint_state=checkpoint_files.update_checkpoint_state,
                 generate_checkpoint_state_proto=checkpoint_files.generate_checkpoint_state_proto,
                 get_checkpoint_mtimes=checkpoint_files.get_checkpoint_mtimes, remove_checkpoint=checkpoint_files.remove_checkpoint)  # fmt: skip
    spaces.setdefault("contrib.eager", {}).update(
        Saver=checkpoint_saver.EagerSaver, Checkpoint=checkpoint.Checkpoint_1, Checkpointable=trackable.AutoTrackable,
        CheckpointableSaver=checkpoint.CheckpointableSaver, get_optimizer_variables=checkpoint_saver.get_optimizer_variables,
        save_network_checkpoint=checkpoint.save_network_checkpoint, restore_network_checkpoint=checkpoint.restore_network_checkpoint,
        restore_variables_on_create=checkpoint.restore_variables_on_create)  # fmt: skip
    spaces.setdefault("contrib.checkpoint", {})["Checkpointable"] = trackable.AutoTrackable
    spaces.setdefault("contrib.framework", {}).update({n: getattr(checkpoint_files, n) for n in ("list_variables", "load_checkpoint", "load_variable")})


_EXAMPLES = "Example Features Feature BytesList FloatList Int64List FeatureList FeatureLists SequenceExample"


def _records(version, names, spaces):
    train = spaces.setdefault("train", {})
    train.update({name: messages.CLASSES[name] for name in _EXAMPLES.split()})
    names.update(make_ndarray=tensor_proto.make_ndarray, make_tensor_proto=tensor_proto.make_tensor_proto)
    written = dict(TFRecordWriter=records.TFRecordWriter, TFRecordOptions=records.TFRecordOptions)
    if version == 2:
        spaces.setdefault("io", {}).update(written)
        spaces.setdefault("summary", {}).update(summary_2.NAMES)
        spaces["summary.experimental"] = summary_2.EXPERIMENTAL
        return
    train.update(summary_iterator=event_files.summary_iterator, SummaryWriter=contrib_summary.FileWriter)
    spaces["python_io"] = dict(written, TFRecordOptions=records.TFRecordOptions_1, TFRecordCompressionType=records.TFRecordCompressionType, tf_record_iterator=records.tf_record_iterator)
    classes = {n: messages.CLASSES[n] for n in ("Summary", "Event", "HistogramProto", "SummaryMetadata", "SessionLog", "LogMessage")}
    names.update({n: classes[n] for n in ("Summary", "Event", "HistogramProto", "SummaryMetadata", "SessionLog", "LogMessage")})
    spaces.setdefault("summary", {}).update(FileWriter=contrib_summary.FileWriter, FileWriterCache=contrib_summary.FileWriterCache, Summary=classes["Summary"],
                                            Event=classes["Event"], SessionLog=classes["SessionLog"])  # fmt: skip
    spaces["contrib.summary"] = contrib_summary.CONTRIB


def _scopes(version, names, spaces):
    if version == 1:
        names.update({name: getattr(scopes, name) for name in "get_local_variable name_scope".split()})


_TEST_1 = "TestCase main get_temp_dir mock Benchmark is_gpu_available is_built_with_cuda gpu_device_name test_src_dir_path"
_TEST_2 = """TestCase main get_temp_dir mock Benchmark is_gpu_available is_built_with_cuda is_built_with_gpu_support is_built_with_rocm
is_built_with_xla gpu_device_name"""


def _test(version):
    """tf.test, imported when one of its names is asked for."""

    def load():
        from sokuji._src.platform import testing

        return testing.NAMES_1 if version == 1 else testing.NAMES_2

    def checks():
        from sokuji._src.contrib import gradient_checks

        return gradient_checks.NAMES_1 if version == 1 else gradient_checks.NAMES_2

    compared = ("compute_gradient", "compute_gradient_error", "assert_equal_graph_def") if version == 1 else ("compute_gradient",)
    return {"_later": {**dict.fromkeys((_TEST_1 if version == 1 else _TEST_2).split(), load), **dict.fromkeys(compared, checks)}}


def _autograph(space):
    """tf.autograph, imported when one of its names is asked for."""

    def of(contents):
        def load():
            from sokuji._src.autograph import api
            from sokuji._src.graph import backend  # noqa: F401  (which makes it hold)

            return getattr(api, contents)

        return load

    missing.put_off(space("autograph"), "set_verbosity to_code to_graph trace", of("NAMES"))
    missing.put_off(space("autograph.experimental"), "Feature do_not_convert set_loop_options", of("EXPERIMENTAL"))


def _system(version, names, spaces):
    spaces.setdefault("keras.utils", {})["get_file"] = get_file.get_file
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    files = assemble_models._in_functions({name: getattr(gfile, name) for name in ("read_file", "write_file", "matching_files")})
    if version == 2:
        space("io.gfile").update(gfile.NAMES_2)
        space("io").update(files)
        space("test").update(_test(2))
        _autograph(space)
        names["get_logger"] = logging.get_logger
        return
    space("gfile").update(gfile.NAMES_1)
    names.update(files)
    space("flags").update(flags.NAMES)
    space("app")["run"] = flags.run
    space("app.flags").update(flags.NAMES)
    space("test").update(_test(1))
    space("train").update(global_step=variables.global_step, assert_global_step=variables.assert_global_step)


def add(version, names, spaces):
    _system(version, names, spaces)
    _scopes(version, names, spaces)
    _checkpoints(version, names, spaces)
    _records(version, names, spaces)
