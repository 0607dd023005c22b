"""
Modules inside TensorFlow that programs import for names that are public too: `from tensorflow.python.framework import ops`. Each line of the table is a
module's path, and the public namespaces in which its names are looked for ("." is tensorflow itself). Other names it lacks: a clear error says which.
"""

import importlib
import sys

# The paths are those of TensorFlow 1.8 and 2.21; a program of one version rarely asks for the other's.
_TABLE = """
python . | python.ops . | python.framework . | python.training train . | python.eager . | python.platform . | python.util . | python.client . | python.data data
python.layers layers | python.keras keras | python.lib . | python.lib.io . | python.data.ops data | python.summary summary | python.saved_model saved_model
python.summary.writer summary | python.ops.losses losses | python.ops.distributions . | python.tools . | python.training.checkpointable train . | python.data.util .
python.framework.ops . errors | python.framework.dtypes . dtypes | python.framework.constant_op . | python.framework.tensor_shape .
python.framework.tensor_util . | python.framework.sparse_tensor . | python.framework.random_seed . random | python.framework.tensor_spec .
python.framework.errors errors | python.framework.errors_impl errors | python.framework.importer . graph_util | python.framework.meta_graph train
python.framework.indexed_slices . | python.framework.function . | python.framework.test_util test | python.framework.composite_tensor . | python.framework.type_spec .
python.framework.versions . | python.framework.tensor . | python.framework.load_library .
python.ops.array_ops . image | python.ops.math_ops . math | python.ops.nn_ops nn . | python.ops.nn nn . | python.ops.nn_impl nn . | python.ops.init_ops . initializers
python.ops.init_ops_v2 initializers . | python.ops.variables . | python.ops.variable_scope . | python.ops.control_flow_ops . | python.ops.state_ops .
python.ops.random_ops . random | python.ops.clip_ops . | python.ops.gradients . | python.ops.gradients_impl . | python.ops.rnn nn . | python.ops.rnn_cell nn.rnn_cell
python.ops.rnn_cell_impl nn.rnn_cell | python.ops.embedding_ops nn | python.ops.losses.losses losses | python.ops.losses.losses_impl losses
python.ops.losses.util losses | python.ops.metrics metrics | python.ops.metrics_impl metrics | python.ops.linalg_ops linalg . | python.ops.linalg.linalg linalg
python.ops.sparse_ops . sparse | python.ops.string_ops . strings | python.ops.image_ops image | python.ops.image_ops_impl image | python.ops.tensor_array_ops .
python.ops.check_ops . debugging | python.ops.data_flow_ops . queue | python.ops.io_ops . io | python.ops.parsing_ops . io | python.ops.logging_ops . summary
python.ops.script_ops . | python.ops.resource_variable_ops . | python.ops.custom_gradient . | python.ops.functional_ops . | python.ops.special_math_ops .
python.ops.template . | python.ops.partitioned_variables . | python.ops.lookup_ops . lookup | python.ops.candidate_sampling_ops nn random | python.ops.ctc_ops nn
python.ops.histogram_ops . | python.ops.map_fn . | python.ops.cond_v2 . | python.ops.while_loop . | python.ops.cond . | python.ops.bitwise_ops bitwise
python.ops.confusion_matrix . math | python.ops.numerics . debugging | python.ops.spectral_ops . signal | python.ops.standard_ops . | python.ops.summary_ops_v2 summary
python.ops.stateless_random_ops random | python.ops.sort_ops . | python.ops.ragged.ragged_tensor . | python.ops.ragged ragged . | python.ops.linalg linalg
python.ops.parallel_for.gradients . | python.ops.weights_broadcast_ops . | python.ops.manip_ops manip . | python.ops.sets sets | python.ops.gradient_checker test
python.training.optimizer train | python.training.adam train | python.training.adagrad train | python.training.adadelta train | python.training.ftrl train
python.training.gradient_descent train | python.training.momentum train | python.training.rmsprop train | python.training.moving_averages train
python.training.saver train | python.training.training_util train | python.training.training train . | python.training.learning_rate_decay train
python.training.session_run_hook train | python.training.basic_session_run_hooks train | python.training.monitored_session train
python.training.coordinator train | python.training.queue_runner train | python.training.queue_runner_impl train | python.training.input train
python.training.checkpoint_utils train | python.training.checkpoint_management train | python.training.summary_io train summary
python.training.supervisor train | python.training.session_manager train | python.training.slot_creator . | python.training.proximal_gradient_descent train
python.training.checkpointable.util train | python.training.checkpointable.base train | python.training.tracking train | python.checkpoint.checkpoint train
python.trackable.data_structures . | python.training.py_checkpoint_reader train
python.platform.gfile gfile io.gfile | python.platform.app app | python.platform.flags app.flags flags | python.platform.tf_logging logging | python.platform.test test
python.platform.googletest test | python.platform.resource_loader resource_loader | python.platform.sysconfig sysconfig
python.eager.context . contrib.eager config | python.eager.backprop . contrib.eager | python.eager.function contrib.eager . | python.eager.def_function .
python.eager.polymorphic_function.polymorphic_function . | python.eager.polymorphic_function . | python.eager.forwardprop autodiff | python.eager.tape contrib.eager .
python.eager.test test | python.eager.execution_callbacks contrib.eager
python.data.ops.dataset_ops data | python.data.ops.iterator_ops data | python.data.ops.readers data | python.data.experimental data.experimental
python.data.util.nest nest
python.layers.base layers | python.layers.core layers | python.layers.convolutional layers | python.layers.normalization layers | python.layers.pooling layers
python.layers.layers layers
python.util.nest nest | python.util.compat compat | python.util.tf_export . | python.util.deprecation .
python.client.session . | python.client.device_lib config
python.summary.summary summary | python.summary.summary_iterator train | python.summary.writer.writer summary | python.summary.writer.writer_cache summary
python.saved_model.builder saved_model.builder saved_model | python.saved_model.tag_constants saved_model.tag_constants
python.saved_model.signature_constants saved_model.signature_constants | python.saved_model.loader saved_model.loader saved_model
python.saved_model.utils saved_model.utils | python.saved_model.signature_def_utils saved_model.signature_def_utils saved_model
python.saved_model.main_op saved_model.main_op | python.saved_model.load saved_model | python.saved_model.save saved_model
python.lib.io.file_io gfile io.gfile | python.lib.io.tf_record python_io io
python.module.module . | python.debug . | python.tools.inspect_checkpoint train | python.tools.freeze_graph graph_util | python.distribute distribute
contrib.eager.python contrib.eager | contrib.eager.python.tfe contrib.eager | contrib.eager.python.datasets contrib.eager
contrib.eager.python.metrics contrib.eager.metrics | contrib.eager.python.metrics_impl contrib.eager.metrics | contrib.eager.python.network contrib.eager
contrib.eager.python.saver contrib.eager | contrib.eager.python.checkpointable_utils contrib.eager | contrib.summary.summary_ops contrib.summary
contrib.cudnn_rnn.python contrib.cudnn_rnn | contrib.cudnn_rnn.python.layers contrib.cudnn_rnn | contrib.cudnn_rnn.python.layers.cudnn_rnn contrib.cudnn_rnn
contrib.layers.python contrib.layers | contrib.layers.python.layers contrib.layers | contrib.layers.python.layers.layers contrib.layers
contrib.layers.python.layers.initializers contrib.layers | contrib.layers.python.layers.regularizers contrib.layers | contrib.layers.python.layers.utils contrib.layers
contrib.layers.python.ops contrib.layers | contrib.framework.python contrib.framework | contrib.framework.python.ops contrib.framework
contrib.framework.python.ops.variables contrib.framework . train | contrib.framework.python.framework contrib.framework
contrib.rnn.python contrib.rnn | contrib.rnn.python.ops contrib.rnn | contrib.rnn.python.ops.core_rnn_cell contrib.rnn | contrib.rnn.python.ops.rnn_cell contrib.rnn
contrib.rnn.python.ops.rnn contrib.rnn nn | contrib.training.python contrib.training | contrib.training.python.training contrib.training
contrib.training.python.training.hparam contrib.training | contrib.data.python contrib.data | contrib.data.python.ops contrib.data data
contrib.data.python.ops.batching contrib.data | contrib.data.python.ops.dataset_ops data contrib.data
"""

_SPACES = {line.split()[0]: line.split()[1:] for row in _TABLE.strip().split("\n") for line in row.split(" | ")}


_KERAS = """layers models backend utils optimizers losses metrics callbacks initializers regularizers constraints activations datasets applications
preprocessing""".split()


def is_here(name):
    """Whether the module "tensorflow.…" is one of these."""
    return name[len("tensorflow.") :] in _SPACES or _keras(name) is not None


def _keras(name):
    """The public namespace of a module inside tf.keras: python.keras.layers.core is keras.layers, python.keras.engine keras itself."""
    words = name.replace("._impl.keras", "").replace("._impl", "").split(".")[1:]
    if words[:2] != ["python", "keras"]:
        return None
    if len(words) == 2 or words[2] in ("engine", "saving"):
        return "keras"
    return "keras." + words[2] if words[2] in _KERAS else None


def _public(path):
    found = sys.modules["tensorflow"]
    for word in () if path == "." else path.split("."):
        try:
            found = getattr(found, word)
        except (NotImplementedError, AttributeError):
            return None
    return found


def contents(name, missing):
    """The names of a module, found when they are asked for; missing: makes the exception of those it lacks."""
    keras = _keras(name)
    spaces = [keras, "keras", "keras.layers"] if keras else _SPACES[name[len("tensorflow.") :]]

    def __getattr__(word):
        if word == "__all__":
            return sorted({n for space in map(_public, spaces) if space is not None for n in dir(space) if not n.startswith("_")})
        if word.startswith("_"):
            raise AttributeError(word)
        if "%s.%s" % (name[len("tensorflow.") :], word) in _SPACES:
            return importlib.import_module("%s.%s" % (name, word))
        for space in map(_public, spaces):
            try:
                return getattr(space, word)
            except (NotImplementedError, AttributeError):
                continue
        raise missing("%s.%s" % (name[len("tensorflow.") :], word))

    return {"__path__": [], "__getattr__": __getattr__}
