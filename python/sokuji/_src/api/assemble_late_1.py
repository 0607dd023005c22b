"""Names of 1.x's operations that programs seldom use: Fourier transforms, sets, linear operators, measures of images."""

from sokuji._src.api import assemble_late_ops, missing
from sokuji._src.ops import image_late_ops, late_1_ops, linalg_late_ops, raw_ops, signal_ops

_TRANSFORMS = "fft fft2d fft3d ifft ifft2d ifft3d"
_OPERATORS = "Diag FullMatrix Identity LowerTriangular ScaledIdentity Composition LowRankUpdate BlockDiag Circulant Circulant2D Circulant3D Kronecker Householder"


def ssim(img1, img2, max_val):
    """The structural similarity of images (…, height, width, channels) whose values reach from 0 to max_val, one number an image."""
    return image_late_ops.ssim(img1, img2, max_val)


def add(names, spaces):
    names.update(late_1_ops.NAMES)
    names.update((name, getattr(signal_ops, name)) for name in _TRANSFORMS.split())
    spaces["nn"].update(late_1_ops.NN)
    words = _TRANSFORMS + " rfft rfft2d rfft3d irfft irfft2d irfft3d dct"
    spaces.setdefault("spectral", {}).update((name, getattr(signal_ops, name)) for name in words.split())
    spaces.setdefault("sets", {}).update(("set_" + name, function) for name, function in raw_ops.SETS.items())
    spaces["linalg"]["logm"] = linalg_late_ops.logm
    missing.put_off(spaces["linalg"], " ".join("LinearOperator" + kind for kind in ["", *_OPERATORS.split()]), assemble_late_ops.operators)
    spaces.setdefault("image", {}).update(ssim=ssim, sobel_edges=image_late_ops.sobel_edges)
