"""What help() and completion show of classes and functions whose parameters Python does not see by itself."""


class OfInit:
    """__signature__ of a class with a __new__ that takes anything: what its __init__ takes, or what takes(class) says in words."""

    def __init__(self, takes=None):
        self._takes = takes

    def __get__(self, instance, owner):
        import inspect

        if instance is not None:
            raise AttributeError("__signature__")
        if self._takes is not None:
            return of(self._takes(owner))
        made = inspect.signature(owner.__init__)
        return made.replace(parameters=list(made.parameters.values())[1:])


def of(text):
    """The signature that a text like "x, axis=None" stands for."""
    import inspect

    return inspect.signature(eval("lambda %s: None" % text))
