"""The names of files: checkpoints, summaries, records, tf.gfile, tf.app, tf.test."""

from . import checkpoint, checkpoint_files, checkpoint_saver, module, trackable

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
    spaces.setdefault("contrib.framework", {}).update({n: getattr(checkpoint_files, n) for n in ("list_variables", "load_checkpoint", "load_variable")})


def add(version, names, spaces):
    _checkpoints(version, names, spaces)
