"""tf.layers of 1.x for sequences and volumes: the layers of tf.keras with that module's defaults, and their functions."""

import inspect

from sokuji._src.keras import layers_3d, layers_space
from sokuji._src.layers.layers import _function, _Named
from sokuji._src.ops import init_ops


def _named(name, base, **defaults):
    """The class under tf.layers: its name is its scope's, and some defaults differ."""

    def __init__(self, *arguments, **keywords):
        bound = inspect.signature(base.__init__).bind_partial(self, *arguments)
        for key, value in defaults.items():
            if key not in bound.arguments:
                keywords.setdefault(key, value() if isinstance(value, type) else value)
        if missing := [key for key in ("strides",) if "Pooling" in name and key not in bound.arguments and key not in keywords]:
            raise TypeError("__init__() missing 1 required positional argument: '%s'" % missing[0])
        super(made, self).__init__(*arguments, **keywords)

    made = type(name, (_Named, base), {"__init__": __init__, "__doc__": base.__doc__, "__module__": __name__})
    return made


_CONV = {"kernel_initializer": None, "bias_initializer": init_ops.Zeros}
_SEPARABLE = {"depthwise_initializer": None, "pointwise_initializer": None, "bias_initializer": init_ops.Zeros}
_CLASSES = {
    "Conv1D": _named("Conv1D", layers_space.Conv1D, **_CONV), "Conv3D": _named("Conv3D", layers_3d.Conv3D, **_CONV),
    "SeparableConv1D": _named("SeparableConv1D", layers_3d.SeparableConv1D, **_SEPARABLE),
    "MaxPooling1D": _named("MaxPooling1D", layers_space.MaxPooling1D), "AveragePooling1D": _named("AveragePooling1D", layers_space.AveragePooling1D),
    "MaxPooling3D": _named("MaxPooling3D", layers_3d.MaxPooling3D), "AveragePooling3D": _named("AveragePooling3D", layers_3d.AveragePooling3D),
}  # fmt: skip
_FUNCTIONS = {"conv1d": "Conv1D", "conv3d": "Conv3D", "separable_conv1d": "SeparableConv1D", "max_pooling1d": "MaxPooling1D",
              "average_pooling1d": "AveragePooling1D", "max_pooling3d": "MaxPooling3D", "average_pooling3d": "AveragePooling3D"}  # fmt: skip
LAYERS = {**_CLASSES, **{name: _function(_CLASSES[target]) for name, target in _FUNCTIONS.items()}}
