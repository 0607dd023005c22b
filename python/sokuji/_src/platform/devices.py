"""Which devices there are: the CPU."""

import collections

PhysicalDevice = collections.namedtuple("PhysicalDevice", "name device_type")


def list_physical_devices(device_type=None):
    """The CPU."""
    return [] if device_type not in (None, "CPU") else [PhysicalDevice("/physical_device:CPU:0", "CPU")]


def num_gpus():
    """How many GPUs there are: none."""
    return 0


def list_devices():
    """The names of the devices: the CPU's."""
    return ["/job:localhost/replica:0/task:0/device:CPU:0"]


def set_memory_growth(device, enable):
    """Accepted: memory is taken as it is needed."""


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """There is no GPU."""
    return False


def gpu_device_name():
    """No GPU has no name."""
    return ""


def is_built_with_cuda():
    """This library has no CUDA."""
    return False


LogicalDevice = collections.namedtuple("LogicalDevice", "name device_type")


def list_logical_devices(device_type=None):
    """The CPU."""
    return [] if device_type not in (None, "CPU") else [LogicalDevice("/device:CPU:0", "CPU")]


def get_visible_devices(device_type=None):
    """The devices that are used."""
    return list_physical_devices(device_type)


def set_visible_devices(devices, device_type=None):
    """The CPU can not be hidden; that there is no GPU to be seen is so already."""
    given = [d for d in (devices if isinstance(devices, (list, tuple)) else [devices]) if d is not None and d != []]
    unknown = [d for d in given if d not in list_physical_devices()]
    if unknown:
        raise ValueError("Unrecognized device: %r" % (unknown[0],))
    if device_type in (None, "CPU") and not given:
        raise NotImplementedError("not implemented: tf.config.set_visible_devices that hides the CPU; every operation runs there")


def set_soft_device_placement(enabled):
    """Everything is on the CPU, whatever is asked for."""


def get_soft_device_placement():
    """Whether operations may run on another device than the one asked for."""
    return True


def set_log_device_placement(enabled):
    """Nothing is placed, so there is nothing to log."""


def get_memory_growth(device):
    """False: a CPU's memory does not grow that way."""
    return False


CONFIG = {name: globals()[name] for name in """list_physical_devices list_logical_devices get_visible_devices set_visible_devices set_soft_device_placement
get_soft_device_placement LogicalDevice PhysicalDevice""".split()}  # fmt: skip
TEST = {"is_gpu_available": is_gpu_available, "gpu_device_name": gpu_device_name, "is_built_with_cuda": is_built_with_cuda}
