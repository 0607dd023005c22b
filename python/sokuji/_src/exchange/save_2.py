"""tf.saved_model.save: objects, variables and traced functions as TensorFlow 2.x stores and loads them."""


class SaveOptions:
    """Accepted; nothing here depends on them."""

    def __init__(self, **options):
        self.__dict__.update(options)


class LoadOptions(SaveOptions):
    __doc__ = SaveOptions.__doc__


def save(obj, export_dir, signatures=None, options=None):
    raise NotImplementedError("not implemented: tf.saved_model.save; use tf.train.Checkpoint")
