"""What 1.8 refuses once eager execution is enabled: placeholders, sessions, and the rest of graphs, with its exceptions."""


def placeholder(dtype=None, shape=None, name=None):
    raise RuntimeError("tf.placeholder() is not compatible with eager execution.")


def placeholder_with_default(input=None, shape=None, name=None):
    raise RuntimeError("tf.placeholder_with_default() is not compatible with eager execution.")


class Session:
    """Can be made, as in TensorFlow, but there is no graph that it could run."""

    def __init__(self, target="", graph=None, config=None):
        pass

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        raise RuntimeError("The Session graph is empty.  Add operations to the graph before calling run().")

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


REFUSED = {"placeholder": placeholder, "placeholder_with_default": placeholder_with_default, "Session": Session}
