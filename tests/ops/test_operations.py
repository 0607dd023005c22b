"""
Every row of the operation table against its cases: values in every dtype, first and second derivatives by finite differences,
errors that change nothing, the rule on shapes with unknown parts, the same bits for any threads and instruction set, and every
allocation made to fail. Elementwise rows are tested from the row itself; other rows need cases.
"""
import ctypes
import re
import zlib

import elementwise
import numpy as np
import pytest
import sokuji_c as sj
import support
from cases import CASES, ERRORS, Case, load
from support import as_list, attributes, compare, same_bytes, variants, wide

BROKEN = load()
ROWS = sj.rows()
NAMES = sorted(ROWS)
for _row in ROWS.values():
    elementwise.add_cases(_row, CASES)

every_row = pytest.mark.parametrize("name", NAMES)


def generator(name):
    """Random numbers that depend on the operation alone."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def described(case, types=None):
    return f"{case.op} at {case.where}" + (f" as {types}" if types else "")


def outputs_wanted(case, row):
    if case.n_outputs is not None:
        return case.n_outputs
    return None if not row["variadic_outputs"] else len(as_list(case.expect))


def test_all_case_files_load():
    assert not BROKEN, "\n".join(BROKEN.values())


def test_cases_name_rows():
    unknown = (set(CASES) | set(ERRORS)) - set(NAMES)
    assert not unknown, f"cases of operations that the table does not have: {sorted(unknown)}"


# ---- values ----

def expected_outputs(case, inputs, attrs):
    if not callable(case.expect):
        return as_list(case.expect)
    with np.errstate(all="ignore"):
        return as_list(case.expect(*[wide(v) for v in inputs], **attrs))


def check_dtype(row, k, array, types, what):
    """The dtype that the row declares for output k."""
    port = row["outputs"][min(k, len(row["outputs"]) - 1)]
    declared = types.get(port["type"], port["type"])
    if declared in sj.DTYPES:
        assert support.dtype_name(array) == declared, f"{what}: output {k} is {array.dtype}, the row says {declared}"


def check_case(case, row, types, inputs, attrs):
    what = described(case, types)
    outputs = sj.run(case.op, inputs, attrs, outputs_wanted(case, row))
    for k, array in enumerate(outputs):
        check_dtype(row, k, array, types, what)
    if case.expect is not None:
        expected = expected_outputs(case, inputs, attrs)
        assert len(outputs) == len(expected), f"{what}: {len(outputs)} outputs, {len(expected)} expected"
        for k, (array, reference) in enumerate(zip(outputs, expected)):
            if reference is not None:
                reference = wide(reference) if isinstance(reference, np.ndarray) else reference
                compare(array, reference, case.rtol, case.atol, f"{what}, output {k}")
    if case.check is not None:
        case.check(outputs, inputs, attrs)


@every_row
def test_values(name):
    row = ROWS[name]
    cases = CASES.get(name, [])
    assert cases, f"{name} has no cases: write them in tests/ops/cases/ (see tests/ops/README.md)"
    for case in cases:
        assert case.expect is not None or case.check is not None, f"{described(case)}: neither expect nor check"
        for types, inputs, attrs in variants(case, row):
            check_case(case, row, types, inputs, attrs)


@pytest.mark.parametrize("name", [n for n in NAMES if elementwise.is_drawn(ROWS[n])])
def test_elementwise_draws(name):
    elementwise.check_draws(ROWS[name], generator(name))


@pytest.mark.parametrize("name", [n for n in NAMES if elementwise.is_drawn(ROWS[n])])
def test_elementwise_specials(name):
    elementwise.check_specials(ROWS[name])


def result_of_struct(case, row, inputs, args):
    """What a call with these arguments gives: the message of its error, or its outputs (of random draws only dtype and shape)."""
    op, n, tensors = sj.Op(case.op), outputs_wanted(case, row), [sj.tensor(v) for v in inputs]
    n = op.n_outputs if n is None else n
    results = (ctypes.c_void_p * max(1, n))()
    if sj.execute_raw(op, args, len(tensors), sj.handles(tensors), n, results) != 0:
        return sj.last_message()
    arrays = [sj.Tensor(r).numpy() for r in results[:n]]
    return [(a.dtype, a.shape, None if row["stateful"] else a.tolist() if a.dtype == object else a.tobytes()) for a in arrays]


@pytest.mark.parametrize("name", [n for n in NAMES if ROWS[n]["attributes"] and not any(a["required"] for a in ROWS[n]["attributes"])])
def test_defaults_hold(name):
    """An argument struct whose options are all left out says what NULL and the shorter struct of an older header say."""
    row, op = ROWS[name], sj.Op(name)
    for case in CASES.get(name, []):
        _, inputs, _ = next(iter(variants(case, row)))
        expected = result_of_struct(case, row, inputs, None)
        for size in (op.args_size, 8):
            args = ctypes.create_string_buffer(op.args_size)
            ctypes.c_size_t.from_buffer(args).value = size
            assert result_of_struct(case, row, inputs, args) == expected, f"{described(case)}: a struct of {size} bytes"


# ---- gradients ----

class Differentiation:
    """A case as a function of its floating inputs, with weights for its floating outputs."""

    def __init__(self, case, row, rng):
        self.case, self.n_outputs = case, outputs_wanted(case, row)
        self.inputs, self.attrs = support.float_variant(case, row)
        floats = [i for i, v in enumerate(self.inputs) if v is not None and v.dtype.kind == "f" and v.dtype.name != "float16"]
        self.indices = floats if case.gradient is True else [i for i in case.gradient if i in floats]
        if not self.indices:
            return
        self.is_double = all(self.inputs[i].dtype == np.float64 for i in self.indices)
        outputs = sj.run(case.op, self.inputs, self.attrs, self.n_outputs)
        self.chosen = [k for k, y in enumerate(outputs) if y.dtype.kind == "f" and (case.outputs is None or k in case.outputs)]
        self.weights = [np.asarray(rng.standard_normal(outputs[k].shape), outputs[k].dtype) for k in self.chosen]
        self.step = case.step if self.is_double else 16 * case.step

    def full(self, values):
        """All inputs, the differentiated ones replaced."""
        result = list(self.inputs)
        for i, v in zip(self.indices, values):
            result[i] = v
        return result

    def function(self, tensors):
        values = self.full(tensors)
        if getattr(self.case, "before", None) is not None:
            values = self.case.before(values)
        outputs = sj.execute(self.case.op, values, self.attrs, self.n_outputs)
        return [outputs[k] for k in self.chosen]

    def value(self, arrays):
        return support.dot(self.weights, [t.numpy().astype(np.float64) for t in self.function(arrays)])

    def first(self, arrays, weights=None):
        return sj.gradients(self.function, arrays, self.weights if weights is None else weights)[1]

    def tolerance(self, expected, scale):
        if self.is_double:
            return 1e-6 * abs(expected) + 1e-8 + 4e-15 * scale
        return 2e-2 * abs(expected) + 2e-3 + 4e-7 * scale


def check_first(d, rng, what):
    point = [d.inputs[i] for i in d.indices]
    found = d.first(point)
    for x, g in zip(point, found):
        assert g is None or (g.shape == x.shape and g.dtype == x.dtype), f"{what}: gradient {g.shape} {g.dtype} of {x.shape}"
    for directions in support.directions_for(rng, point, range(len(point))):
        expected, scale = support.derivative(d.value, point, directions, d.step)
        got = support.dot(found, directions)
        moved = [d.indices[i] for i, u in enumerate(directions) if u is not None]
        assert abs(got - expected) <= d.tolerance(expected, scale), \
            f"{what}: derivative by inputs {moved}: {got!r}, finite differences {expected!r}"
    return point, found


def check_second(d, rng, what, point, found):
    """Hessian-vector products against differences of first gradients; and linearity in the weights."""
    vectors = [rng.standard_normal(x.shape).astype(x.dtype) for x in point]
    first, by_inputs, by_weights = sj.second_gradients(d.function, point, d.weights, vectors)
    for g, again in zip(found, first):
        assert same_bytes(g, again), f"{what}: the gradient differs under an outer tape"
    along = lambda arrays: support.dot(d.first(arrays), vectors)  # noqa: E731
    for directions in support.directions_for(rng, point, range(len(point)), most_elements=4):
        expected, scale = support.derivative(along, point, directions, d.step)
        got = support.dot(by_inputs, directions)
        assert abs(got - expected) <= 10 * d.tolerance(expected, scale), \
            f"{what}: second derivative {got!r}, finite differences {expected!r}"
    others = [np.asarray(rng.standard_normal(w.shape), w.dtype) for w in d.weights]
    expected, got = support.dot(d.first(point, others), vectors), support.dot(by_weights, others)
    assert abs(got - expected) <= d.tolerance(expected, abs(expected)), \
        f"{what}: derivative of the gradient by the gradient above: {got!r}, expected {expected!r}"


@every_row
def test_gradients(name):
    row, rng = ROWS[name], generator(name)
    if not row["differentiable"] or name not in CASES:
        return
    checked = 0
    for case in CASES.get(name, []):
        if case.gradient is False:
            continue
        d = Differentiation(case, row, rng)
        if not d.indices or not d.chosen:
            continue
        point, found = check_first(d, rng, described(case))
        if case.second:
            check_second(d, rng, described(case), point, found)
        checked += 1
    assert checked, f"{name} is differentiable, but no case has floating inputs whose gradient may be checked"


# ---- errors ----

def generic_errors(row):
    """Errors that every operation must refuse: numbers of inputs, NULL inputs, dtypes."""
    cases, ports = CASES.get(row["name"], []), row["inputs"]
    if not cases or not ports:
        return
    case = cases[0]
    types, inputs, attrs = next(iter(variants(case, row)))
    def bad(values, match, code="InvalidArgument", n_outputs=None):
        made = Case(row["name"], values, attrs, None, code=code, match=match, n_outputs=n_outputs or outputs_wanted(case, row))
        made.where = "generic"
        return made
    if not row["variadic_outputs"]:
        yield bad(inputs, "outputs asked for", n_outputs=len(row["outputs"]) + 1)
    if not ports[-1]["variadic"]:
        yield bad(inputs + [inputs[-1] if inputs[-1] is not None else 1.0], "inputs given")
    if not (ports[-1]["variadic"] and len(ports) == 1):
        yield bad(inputs[:len(ports) - 2 if ports[-1]["variadic"] else len(ports) - 1], "inputs given")
    for i, port in enumerate(ports[:len(inputs)]):
        if not port["optional"]:
            yield bad(inputs[:i] + [None] + inputs[i + 1:], "NULL")
        if not port["list"] and inputs[i] is not None:
            yield bad(inputs[:i] + [sj.nil()] + inputs[i + 1:], "nil", "FailedPrecondition")
        if inputs[i] is not None and port["type"] != "any":
            allowed = row["types"][support.CLASSES.index(port["type"])] if port["type"] in support.CLASSES else [port["type"]]
            wrong = np.array([b"text"], object) if "string" not in allowed else np.zeros(1, np.float32)
            if wrong.dtype == object or "float32" not in allowed:
                yield bad(inputs[:i] + [wrong] + inputs[i + 1:], port["name"])


def check_error(case, row):
    """The call fails as it should and changes nothing that can be observed. Returns the message."""
    what = described(case)
    values = [v if v is None or isinstance(v, sj.Tensor) else sj.as_array(v, bool(row["inputs"]) and support.port_of(row, i)["list"])
              for i, v in enumerate(case.inputs)]
    tensors = [sj.tensor(v) for v in values]
    values = [None if isinstance(v, sj.Tensor) else v for v in values]
    attrs = attributes(case, {"T": "float32"})
    floats = [t for t, v in zip(tensors, values) if v is not None and v.dtype.kind == "f"]
    n = case.n_outputs if case.n_outputs is not None else max(0, sj.Op(case.op).n_outputs) or 1
    op, results = sj.Op(case.op), (ctypes.c_void_p * max(1, n))()
    args, given = op.arguments(attrs), sj.handles(tensors)
    with sj.Tape(floats):
        sj.lib.sj_error_clear()
        for _ in range(2):  # the first time may fill pools
            before = sj.state()
            status = sj.execute_raw(op, args, len(tensors), given, n, results)
            after = sj.state()
    code, message = sj.CODES.get(status, "OK"), sj.last_message()
    assert sj.lib.sj_ok(), f"{what}: an error sticks after sj_execute"
    assert before == after, f"{what}: (bytes in use, records, scope, free handles) were {before}, are {after}"
    for v, t in zip(values, tensors):
        assert v is None or same_bytes(np.asarray(v), t.numpy()), f"{what}: an input was changed"
    assert code == case.code, f"{what}: {code} ({message}), expected {case.code}"
    assert not any(results), f"{what}: an output was written"
    assert re.search(case.match, message), f"{what}: {message!r} does not match {case.match!r}"
    assert message.startswith(case.op), f"{what}: {message!r} does not begin with the operation's name"
    return message


def needs_own_errors(row):
    """Rows with more to check than numbers, NULLs and dtypes of inputs."""
    return not row["loop"] and (len(row["inputs"]) > 1 or bool(row["attributes"]))


@every_row
def test_errors(name):
    row, kinds = ROWS[name], {}
    if name not in CASES:
        return
    for case in elementwise.errors(row) + ERRORS.get(name, []):
        kinds.setdefault(re.sub(r"-?\d+", "N", check_error(case, row)), case)
    own = len(kinds)
    for case in generic_errors(row):
        message = check_error(case, row)
        kinds.setdefault(re.sub(r"-?\d+", "N", message), case)
    wanted = 2 if needs_own_errors(row) else 0
    assert own >= wanted, f"{name}: {own} different error messages among its error cases, at least {wanted} are needed"
    # A row that takes every dtype has no dtype to refuse.
    any_dtype = any(port["type"] == "any" for port in row["inputs"]) or any(len(types) >= 15 for types in row["types"])
    assert len(kinds) >= (4 if any_dtype else 5), f"{name}: only {len(kinds)} different error messages in all: {sorted(kinds)}"


# ---- rules on shapes with unknown parts ----

def masked(rng, array, keep):
    """An input whose value is unknown: its dimensions, some hidden, or -1 (unknown rank); None: wholly known."""
    if array is None or keep:
        return None
    if rng.random() < 0.2:
        return -1
    return [d if rng.random() < 0.5 else -1 for d in array.shape]


def check_compatible(shape, output, what):
    if shape is None:
        return
    dtype, dims = shape
    assert dtype == output.dtype, f"{what}: the rule says {dtype}, the output is {output.dtype}"
    if dims is not None:
        assert len(dims) == output.ndim and all(d in (-1, n) for d, n in zip(dims, output.shape)), \
            f"{what}: the rule says {dims}, the output is {output.shape}"


@every_row
def test_rule_on_partly_unknown_shapes(name):
    row, rng = ROWS[name], generator(name)
    for case in CASES.get(name, []):
        if not case.symbolic:
            continue
        types, inputs, attrs = next(iter(variants(case, row)))
        outputs = sj.run(name, inputs, attrs, outputs_wanted(case, row))
        attempts = [[None] * len(inputs), [None if v is None else list(v.shape) for v in inputs],
                    [None if v is None else -1 for v in inputs]]
        attempts += [[masked(rng, v, rng.random() < 0.4) for v in inputs] for _ in range(6)]
        for masks in attempts:
            what = f"{described(case)} with {masks}"
            shapes = sj.infer(name, inputs, attrs, outputs_wanted(case, row), masks)
            assert len(shapes) == len(outputs)
            for shape, output in zip(shapes, outputs):
                check_compatible(shape, output, what)


# ---- bits ----

@every_row
def test_same_bits_for_threads_and_instruction_sets(name):
    row = ROWS[name]
    for case in CASES.get(name, []):
        if not case.same_bits or row["stateful"]:
            continue
        for types, inputs, attrs in variants(case, row):
            tensors, n = [sj.tensor(v) for v in inputs], outputs_wanted(case, row)
            reference = sj.run(name, tensors, attrs, n)
            before = sj.state()
            for setting, value in [(sj.threads, n_threads) for n_threads in (1, 2, 3, 7)] + [(sj.isa, i) for i in (0, 1, 2)]:
                with setting(value):
                    again = sj.run(name, tensors, attrs, n)
                assert all(same_bytes(a, b) for a, b in zip(reference, again)), \
                    f"{described(case, types)}: other bits with {setting.__name__} {value}"
            assert sj.state() == before, f"{described(case, types)}: (bytes, records, scope, handles) {before}, then {sj.state()}"


# ---- allocations that fail ----

class Prepared:
    """A call with everything of Python's made beforehand, so that only the library allocates."""

    def __init__(self, case, row):
        types, inputs, self.attrs = next(iter(variants(case, row)))
        self.op, self.tensors = sj.Op(case.op), [sj.tensor(v) for v in inputs]
        self.args = self.op.arguments(self.attrs)
        self.n = sj.outputs_of(self.op, self.attrs, self.tensors, outputs_wanted(case, row))
        self.handles, self.results = sj.handles(self.tensors), (ctypes.c_void_p * max(1, self.n))()
        self.floats = [t for t in self.tensors if t is not None and t.dtype in (np.float32, np.float64)]

    def call(self, fail_at=0, for_ever=False):
        """(status, allocations); outputs are released."""
        sj.memory_fail_at(fail_at, for_ever)
        status = sj.execute_raw(self.op, self.args, len(self.tensors), self.handles, self.n, self.results)
        count = sj.memory_count()
        sj.memory_fail_at(0, False)
        if status == 0:
            for k in range(self.n):
                sj._free(self.results[k])
        return status, count


def check_failures(call, what):
    call.call()
    status, count = call.call(2**62)
    before = sj.state()
    assert status == 0, f"{what}: status {status} with counted allocations"
    for n in range(1, count + 1):
        for for_ever in (False, True):
            status, _ = call.call(n, for_ever)
            assert sj.lib.sj_ok(), what
            assert status == 8, f"{what}: status {status} when allocation {n} of {count} fails (for ever: {for_ever})"
            now = sj.state()
            assert now == before, f"{what}: after the failure of allocation {n}: (bytes, records, scope, handles) {before}, then {now}"
    assert call.call()[0] == 0, f"{what}: fails after failures"
    assert sj.state() == before, f"{what}: (bytes, records, scope, handles) {before} before a call, {sj.state()} after it"


@every_row
def test_allocation_failures(name):
    row = ROWS[name]
    for case in CASES.get(name, [])[:1]:
        check_failures(Prepared(case, row), described(case))
        check_recorded_failures(Prepared(case, row), described(case))


def check_recorded_failures(call, what):
    """The same while a tape records: a failed call leaves no record."""
    for n in range(1, 200):
        with sj.Tape(call.floats):
            before = sj.tape_records()
            status, count = call.call(n, False)
            assert status in (0, 8), f"{what}: status {status} when allocation {n} fails on a tape"
            assert status == 0 or sj.tape_records() == before, f"{what}: a failed call left a record"
        if status == 0 and count < n:
            break
    sj.lib.sj_error_clear()
