"""tf.layers of 1.x for sequences and volumes: the layers of tf.keras with that module's defaults, and their functions."""

import inspect

from sokuji._src.keras import layers_3d, layers_space
from sokuji._src.layers import layers
from sokuji._src.layers.layers import _function, _Named
from sokuji._src.ops import init_ops


def _named(name, base, images, **defaults):
    """The class under tf.layers: its name is its scope's; it takes what the layer for images takes, whose parameters have another order than the base's."""
    n, takes = int(name[-2]), inspect.signature(images.__init__)
    alike = lambda default: default if default != (1, 1) else 1 if n == 1 else (1,) * n  # noqa: E731
    takes = takes.replace(parameters=[p.replace(default=alike(p.default)) for p in takes.parameters.values()])

    def __init__(self, *arguments, **keywords):
        given = dict(takes.bind(self, *arguments, **keywords).arguments)
        del given["self"]
        given.update(given.pop("kwargs", {}))
        for key, value in defaults.items():
            given.setdefault(key, value() if isinstance(value, type) else value)
        super(made, self).__init__(**given)

    __init__.__signature__ = takes
    made = type(name, (_Named, base), {"__init__": __init__, "__doc__": base.__doc__, "__module__": __name__})
    return made


_CONV = {"kernel_initializer": None, "bias_initializer": init_ops.Zeros}
_SEPARABLE = {"depthwise_initializer": None, "pointwise_initializer": None, "bias_initializer": init_ops.Zeros}
_CLASSES = {
    "Conv1D": _named("Conv1D", layers_space.Conv1D, layers.Conv2D, **_CONV), "Conv3D": _named("Conv3D", layers_3d.Conv3D, layers.Conv2D, **_CONV),
    "SeparableConv1D": _named("SeparableConv1D", layers_3d.SeparableConv1D, layers.SeparableConv2D, **_SEPARABLE),
    "MaxPooling1D": _named("MaxPooling1D", layers_space.MaxPooling1D, layers.MaxPooling2D), "AveragePooling1D": _named("AveragePooling1D", layers_space.AveragePooling1D, layers.AveragePooling2D),
    "MaxPooling3D": _named("MaxPooling3D", layers_3d.MaxPooling3D, layers.MaxPooling2D), "AveragePooling3D": _named("AveragePooling3D", layers_3d.AveragePooling3D, layers.AveragePooling2D),
}  # fmt: skip
_FUNCTIONS = {"conv1d": "Conv1D", "conv3d": "Conv3D", "separable_conv1d": "SeparableConv1D", "max_pooling1d": "MaxPooling1D",
              "average_pooling1d": "AveragePooling1D", "max_pooling3d": "MaxPooling3D", "average_pooling3d": "AveragePooling3D"}  # fmt: skip
LAYERS = {**_CLASSES, **{name: _function(_CLASSES[target], name) for name, target in _FUNCTIONS.items()}}
