"""tf.test: a TestCase that compares tensors and arrays, and main."""

import contextlib
import os
import random
import re
import sys
import tempfile
import unittest
import unittest.mock as mock

import numpy as np

from sokuji import _core
from sokuji._src.core import errors, nest
from sokuji._src.ops import random_ops
from sokuji._src.variables import variables
from sokuji._src.platform import devices

_SEED = 87654321
_folders = {}


def get_temp_dir():
    """A folder for the tests' files, made once and removed at the end."""
    if "all" not in _folders:
        _folders["all"] = tempfile.TemporaryDirectory(prefix="sokuji_test_")
    return _folders["all"].name


def main(argv=None):
    """Runs the tests of the main module and ends the program."""
    program = unittest.main(module="__main__", argv=list(argv or sys.argv), exit=False)
    sys.stderr.flush()
    sys.exit(0 if program.result.wasSuccessful() else 1)


def _array(value):
    if isinstance(value, _core.Handle):
        value = value.numpy()
    elif hasattr(value, "indices") and hasattr(value, "values") and hasattr(value, "dense_shape"):
        return value
    elif isinstance(value, (list, tuple)):
        value = nest.map_structure(lambda v: v.numpy() if isinstance(v, _core.Handle) else v, value)
    return value if isinstance(value, np.ndarray) else np.array(value)


class TestCase(unittest.TestCase):
    """unittest.TestCase with comparisons of tensors, and with the names of 2018 that Python dropped."""

    assertEquals, assertNotEquals, assertAlmostEquals = unittest.TestCase.assertEqual, unittest.TestCase.assertNotEqual, unittest.TestCase.assertAlmostEqual
    assertRaisesRegexp, assertRegexpMatches, assert_ = unittest.TestCase.assertRaisesRegex, unittest.TestCase.assertRegex, unittest.TestCase.assertTrue

    def setUp(self):
        random.seed(_SEED)
        np.random.seed(_SEED)
        if variables._version == 2:
            random_ops.set_random_seed(_SEED)

    def get_temp_dir(self):
        folder = os.path.join(get_temp_dir(), self.id().replace(".", "_"))
        os.makedirs(folder, exist_ok=True)
        return folder

    # ---- running ----

    def evaluate(self, tensors):
        """Tensors of a structure as arrays."""
        if callable(tensors):
            return self.evaluate(tensors())
        return nest.map_structure(lambda t: t.numpy() if isinstance(t, _core.Handle) else t, tensors)

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        yield None

    cached_session = session

    def __getattr__(self, name):
        if name == "test_session":  # not an attribute of the class, or it would be run as a test
            return self.session
        raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))

    # ---- numbers ----

    def _shapes(self, a, b, msg):
        self.assertEqual(a.shape, b.shape, "Shape mismatch: expected %s, got %s. %s" % (a.shape, b.shape, msg or ""))

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Within atol + rtol * |b|; structures are compared part by part."""
        if isinstance(a, dict) != isinstance(b, dict):
            raise ValueError("Can't compare dict to non-dict, %r vs %r. %s" % (a, b, msg or ""))
        if hasattr(a, "_asdict") and hasattr(b, "_asdict"):
            a, b = a._asdict(), b._asdict()
        if isinstance(a, dict):
            self.assertItemsEqual(a.keys(), b.keys(), msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, "%s of %s" % (key, msg))
            return
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and self._ragged(a, b):
            self.assertEqual(len(a), len(b), "Mismatched length: %d vs %d. %s" % (len(a), len(b), msg or ""))
            for one, other in zip(a, b):
                self.assertAllClose(one, other, rtol, atol, msg)
            return
        self._close(_array(a), _array(b), rtol, atol, msg)

    @staticmethod
    def _ragged(a, b):
        try:
            return _array(a).dtype == object or _array(b).dtype == object
        except ValueError:
            return True

    def _close(self, a, b, rtol, atol, msg):
        self._shapes(a, b, msg)
        if np.allclose(a, b, rtol=rtol, atol=atol):
            return
        distance = np.abs(np.subtract(a, b, dtype=np.result_type(a, b, np.float64) if a.dtype.kind != "c" else None))
        wrong = np.logical_or(distance > atol + rtol * np.abs(b), np.logical_xor(np.isnan(a), np.isnan(b)))
        where = np.where(wrong)
        lines = ["not close where =  %s" % (where,)]
        if a.ndim > 0:
            tolerance = (atol + rtol * np.abs(b))[where]
            lines += ["not close lhs =  %s" % a[where], "not close rhs =  %s" % b[where], "not close dif =  %s" % distance[where],
                      "not close tol =  %s" % tolerance]  # fmt: skip
        lines += ["dtype = %s, shape = %s" % (a.dtype, a.shape)]
        self._differ("Not equal to tolerance rtol=%g, atol=%g" % (rtol, atol), lines, msg)

    def _differ(self, what, lines, msg):
        """Fails; 1.x prints the details, 2.x has them in the message."""
        if variables._version == 1:
            print("\n".join(lines))
        self.fail("\n".join([what, *lines, msg or ""]))

    def assertAllCloseAccordingToType(self, a, b, rtol=1e-6, atol=1e-6, float_rtol=1e-6, float_atol=1e-6, half_rtol=1e-3, half_atol=1e-3,
                                      bfloat16_rtol=1e-2, bfloat16_atol=1e-2, msg=None):  # fmt: skip
        """assertAllClose with wider tolerances for narrow types."""
        one, other = _array(a), _array(b)
        if np.float32 in (one.dtype, other.dtype) or np.complex64 in (one.dtype, other.dtype):
            rtol, atol = max(rtol, float_rtol), max(atol, float_atol)
        if np.float16 in (one.dtype, other.dtype):
            rtol, atol = max(rtol, half_rtol), max(atol, half_atol)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        self.fail(msg or "The two values are close at all elements.")

    def assertAllEqual(self, a, b, msg=None):
        a, b = _array(a), _array(b)
        self._shapes(a, b, msg)
        same = a == b
        if a.dtype.kind in "fc" and b.dtype.kind in "fc":
            same = np.logical_or(same, np.logical_and(np.isnan(a), np.isnan(b)))
        if not np.all(same):
            where = np.where(np.logical_not(same))
            parts = (a[where], b[where]) if a.ndim else (a, b)
            lines = ["not equal where =  %s" % (where,), "not equal lhs =  %s" % parts[0], "not equal rhs =  %s" % parts[1]]
            self._differ("Arrays are not equal", lines, msg)

    def assertNotAllEqual(self, a, b, msg=None):
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        self.fail(msg or "The two values are equal at all elements.")

    def assertNear(self, f1, f2, err, msg=None):
        self.assertTrue(f1 == f2 or abs(f1 - f2) <= err, "%f != %f +/- %f%s" % (f1, f2, err, " (%s)" % msg if msg is not None else ""))

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        self.assertEqual(len(farray1), len(farray2), msg)
        for one, other in zip(farray1, farray2):
            self.assertNear(float(one), float(other), err, msg)

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        self.assertTrue(np.linalg.norm(_array(ndarray1) - _array(ndarray2)) < err, msg)

    def _compared(self, a, bound, how, words):
        a = _array(a)
        if not np.all(how(a)):
            self.fail("%s: %s" % (words, a[np.logical_not(how(a))] if a.ndim else a))

    def assertAllGreater(self, a, comparison_target):
        self._compared(a, comparison_target, lambda v: v > comparison_target, "not greater than %s" % comparison_target)

    def assertAllGreaterEqual(self, a, comparison_target):
        self._compared(a, comparison_target, lambda v: v >= comparison_target, "less than %s" % comparison_target)

    def assertAllLess(self, a, comparison_target):
        self._compared(a, comparison_target, lambda v: v < comparison_target, "not less than %s" % comparison_target)

    def assertAllLessEqual(self, a, comparison_target):
        self._compared(a, comparison_target, lambda v: v <= comparison_target, "greater than %s" % comparison_target)

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False, open_upper_bound=False):
        low = (lambda v: v > lower_bound) if open_lower_bound else (lambda v: v >= lower_bound)
        high = (lambda v: v < upper_bound) if open_upper_bound else (lambda v: v <= upper_bound)
        self._compared(target, None, lambda v: np.logical_and(low(v), high(v)), "outside of the range %s to %s" % (lower_bound, upper_bound))

    def assertAllInSet(self, target, expected_set):
        outside = [v for v in _array(target).ravel().tolist() if v not in expected_set]
        if outside:
            self.fail("%d values are not in %s: %s" % (len(outside), expected_set, outside))

    def assertDTypeEqual(self, target, expected_dtype):
        found = _array(target).dtype
        self.assertEqual(found, np.dtype(getattr(expected_dtype, "as_numpy_dtype", expected_dtype)))

    def assertShapeEqual(self, input_a, input_b, msg=None):
        """An array's shape is the tensor's (or another array's)."""
        sizes = [tuple(v.shape) if isinstance(v, np.ndarray) else v._shape_tuple for v in (input_a, input_b)]
        self.assertEqual(sizes[0], sizes[1], msg)

    def assertDeviceEqual(self, device1, device2, msg=None):
        self.assertEqual(str(device1), str(device2), msg)

    # ---- errors and text ----

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """An exception of the type that the function accepts, or whose message the regular expression finds."""
        if callable(expected_err_re_or_predicate):
            accepts = expected_err_re_or_predicate
        else:
            accepts = lambda e: re.search(expected_err_re_or_predicate, e.message if isinstance(e, errors.OpError) else str(e)) is not None  # noqa: E731
        try:
            yield
        except BaseException as e:
            if not isinstance(e, exception_type) or not accepts(e):
                raise AssertionError("Exception of type %s: %s" % (type(e), e)) from e
            return
        self.fail("%s not raised" % exception_type.__name__)

    def assertRaisesOpError(self, expected_err_re_or_predicate):
        return self.assertRaisesWithPredicateMatch(errors.OpError, expected_err_re_or_predicate)

    def assertStartsWith(self, actual, expected_start, msg=None):
        if not actual.startswith(expected_start):
            self.fail("%r does not start with %r. %s" % (actual, expected_start, msg or ""))

    def assertEndsWith(self, actual, expected_end, msg=None):
        if not actual.endswith(expected_end):
            self.fail("%r does not end with %r. %s" % (actual, expected_end, msg or ""))

    def assertEmpty(self, container, msg=None):
        if len(container):
            self.fail("%r has length of %d. %s" % (container, len(container), msg or ""))

    def assertNotEmpty(self, container, msg=None):
        if not len(container):
            self.fail("%r has length of 0. %s" % (container, msg or ""))

    def assertLen(self, container, expected_len, msg=None):
        if len(container) != expected_len:
            self.fail("%r has length of %d, expected %d. %s" % (container, len(container), expected_len, msg or ""))

    def assertSameElements(self, expected_seq, actual_seq, msg=None):
        self.assertEqual(set(expected_seq), set(actual_seq), msg)

    def assertSequenceAlmostEqual(self, expected_seq, actual_seq, places=None, msg=None, delta=None):
        self.assertLen(actual_seq, len(expected_seq), msg)
        for one, other in zip(expected_seq, actual_seq):
            self.assertAlmostEqual(one, other, places=places, msg=msg, delta=delta)

    def assertItemsEqual(self, expected_seq, actual_seq, msg=None):
        self.assertCountEqual(list(expected_seq), list(actual_seq), msg)

    def assertProtoEquals(self, expected_message_maybe_ascii, message, msg=None):
        self.assertEqual(re.sub(r"'([^']*)'", r'"\1"', str(expected_message_maybe_ascii)).split(), str(message).split(), msg)

    def assertBetween(self, value, minv, maxv, msg=None):
        self.assertTrue(minv <= value <= maxv, msg or "%r unexpectedly not between %r and %r" % (value, minv, maxv))


class Benchmark:
    """Base of benchmarks; they are not run by main()."""


def _never(text):
    def function():
        return False

    function.__doc__ = text
    return function


def test_src_dir_path(relative_path):
    """A path beside the program."""
    return os.path.join(os.path.dirname(sys.argv[0]), relative_path)


test_src_dir_path.__test__ = False
_BUILT = {"is_built_with_" + part: _never("Whether it is built with support of %s: no." % part.upper()) for part in ("cuda", "gpu_support", "rocm", "xla")}
# The names are listed in _assemble_io.py too, which does not import this module before one of them is asked for.
NAMES_1 = {
    "TestCase": TestCase, "main": main, "get_temp_dir": get_temp_dir, "mock": mock, "Benchmark": Benchmark,
    "is_gpu_available": devices.is_gpu_available, "is_built_with_cuda": _BUILT["is_built_with_cuda"], "gpu_device_name": devices.gpu_device_name,
    "test_src_dir_path": test_src_dir_path,
}  # fmt: skip
NAMES_2 = {
    "TestCase": TestCase, "main": main, "Benchmark": Benchmark, "is_gpu_available": devices.is_gpu_available,
    **_BUILT, "gpu_device_name": devices.gpu_device_name, "get_temp_dir": get_temp_dir, "mock": mock,
}  # fmt: skip
