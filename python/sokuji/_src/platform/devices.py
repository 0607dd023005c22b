"""Which devices there are: the CPU."""

import collections

PhysicalDevice = collections.namedtuple("PhysicalDevice", "name device_type")


def list_physical_devices(device_type=None):
    """The CPU."""
    return [] if device_type not in (None, "CPU") else [PhysicalDevice("/physical_device:CPU:0", "CPU")]


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """There is no GPU."""
    return False


def gpu_device_name():
    """No GPU has no name."""
    return ""


def is_built_with_cuda():
    """This library has no CUDA."""
    return False


TEST = {"is_gpu_available": is_gpu_available, "gpu_device_name": gpu_device_name, "is_built_with_cuda": is_built_with_cuda}
