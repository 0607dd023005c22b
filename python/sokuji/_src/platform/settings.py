"""tf.config's switches of 2.x beyond the devices: what the optimizer may do, and logical devices of one CPU."""

from sokuji._src.platform import devices

_options = {}
_BOOLS = """layout_optimizer constant_folding shape_optimization remapping arithmetic_optimization dependency_optimization loop_optimization function_optimization
debug_stripper disable_model_pruning scoped_allocator_optimization pin_to_host_optimization implementation_selector auto_mixed_precision disable_meta_optimizer
use_plugin_optimizers auto_mixed_precision_onednn_bfloat16 auto_mixed_precision_mkl""".split()
_logical = {}


def set_experimental_options(options):
    """Graphs are optimised as they are here; the options are kept."""
    _options.update(options)


def get_experimental_options():
    """The options set, and the two that always have a value."""
    return {"disable_model_pruning": False, "disable_meta_optimizer": False, **{k: v for k, v in _options.items() if k in _BOOLS or k == "min_graph_nodes"}}


def set_jit(enabled):
    """Keeps whether graphs are compiled."""
    _options["jit"] = {True: "autoclustering", False: ""}.get(enabled, enabled)


def get_jit():
    """What set_jit() kept."""
    return _options.get("jit", "")


class LogicalDeviceConfiguration:
    """What a logical device may use."""

    def __init__(self, memory_limit=None, experimental_priority=None, experimental_device_ordinal=None):
        self.memory_limit, self.experimental_priority, self.experimental_device_ordinal = memory_limit, experimental_priority, experimental_device_ordinal

    def __eq__(self, other):
        return type(other) is LogicalDeviceConfiguration and vars(self) == vars(other)

    def __repr__(self):
        return "LogicalDeviceConfiguration(%s)" % ", ".join("%s=%r" % row for row in vars(self).items())

    __hash__ = None


def _known(device):
    if device not in devices.list_physical_devices():
        raise ValueError("Unrecognized device: %r" % (device,))


def set_logical_device_configuration(device, logical_devices):
    """The CPU as several: names that all stand for it."""
    _known(device)
    if any(c.memory_limit is not None for c in logical_devices):
        raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
    if any(c.experimental_priority is not None for c in logical_devices):
        raise ValueError("Setting experimental_priority on CPU virtual  devices is currently not supported")
    if _logical.get("used") and len(logical_devices) != len(_logical["devices"]):
        raise RuntimeError("Virtual devices cannot be modified after being initialized")
    _logical["devices"] = list(logical_devices)


def get_logical_device_configuration(device):
    """The logical devices that the device was made; None if none were."""
    _known(device)
    return _logical.get("devices")


def list_logical_devices(device_type=None):
    """The logical devices of the type, or all."""
    _logical.setdefault("devices", [LogicalDeviceConfiguration()])
    _logical["used"] = True
    names = ["/device:CPU:%d" % i for i in range(len(_logical["devices"]))]
    return [devices.LogicalDevice(name, "CPU") for name in names] if device_type in (None, "CPU") else []


def _threads(kind):
    def set_(num_threads):
        """Keeps the number."""
        _options[kind] = num_threads

    def get():
        """The number kept; 0 if none was."""
        return _options.get(kind, 0)

    return set_, get


def _fixed(value, text, takes=""):
    """A function that always says the same."""
    function = {"": lambda: value, "enabled": lambda enabled: value, "device": lambda device: dict(value)}[takes]
    function.__doc__ = text
    return function


_inter, _intra = _threads("inter"), _threads("intra")
CONFIG = {f.__name__: f for f in (LogicalDeviceConfiguration, set_logical_device_configuration, get_logical_device_configuration, list_logical_devices)}
SPACES = {
    "config": CONFIG,
    "config.optimizer": {f.__name__: f for f in (set_experimental_options, get_experimental_options, set_jit, get_jit)},
    "config.experimental": {"VirtualDeviceConfiguration": LogicalDeviceConfiguration, "set_virtual_device_configuration": set_logical_device_configuration,
                            "get_virtual_device_configuration": get_logical_device_configuration, "get_memory_growth": devices.get_memory_growth,
                            "list_logical_devices": list_logical_devices, "get_visible_devices": devices.get_visible_devices, "set_visible_devices": devices.set_visible_devices,
                            "get_synchronous_execution": _fixed(True, "True: operations end before their call does."), "enable_op_determinism": _fixed(None, "Nothing to do: results have the same bits each time."), "tensor_float_32_execution_enabled": _fixed(True, "What a GPU of TensorFlow has; there is none."),
                            "enable_tensor_float_32_execution": _fixed(None, "Nothing to do on a CPU.", "enabled"), "get_device_details": _fixed({}, "Nothing is known of the device.", "device")},
    "config.threading": {"set_inter_op_parallelism_threads": _inter[0], "get_inter_op_parallelism_threads": _inter[1], "set_intra_op_parallelism_threads": _intra[0],
                         "get_intra_op_parallelism_threads": _intra[1]},
}  # fmt: skip
