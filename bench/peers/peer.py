"""Runs workloads on one library, with the Python of its environment: peer.py MODE WORKLOAD [FILE OF KERNELS]; prints JSON lines.

The work is that of bench/*.c and examples/iris_*.c, with each library's defaults, and its layers where it has such.
"""

import sys


def made(mode):
    library, _, way = mode.partition("-")
    if library in ("tf18", "tf2"):
        import with_tensorflow

        return with_tensorflow.Graph() if mode == "tf18-graph" else with_tensorflow.Eager(1 if library == "tf18" else 2, way)
    if library == "torch":
        import with_torch

        return with_torch.Eager()
    if library == "jax":
        import with_jax

        return with_jax.Compiled(way == "scan")
    import with_numpy

    return with_numpy.Plain()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    peer = made(sys.argv[1])
    getattr(peer, sys.argv[2])(*sys.argv[3:])
