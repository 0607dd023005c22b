"""Functions with control flow, each with arguments: `case` adds a row. They run as they are, converted with Python values, and converted in a graph."""

CASES = []


def case(*arguments, graph=True):
    """Adds a function with tuples of arguments; graph=False where tensors have no such thing."""

    def add(function):
        CASES.append((function, arguments, graph))
        return function

    return add


@case((1,), (0,), (-5,))
def if_else(x):
    if x > 0:
        y = x * 2
    else:
        y = x - 1
    return y


@case((1,), (-1,))
def if_alone(x):
    y = 3
    if x > 0:
        y = x
    return y + 1


@case((1,), (0,), (-1,))
def returns_in_elif(x):
    if x > 0:
        return 1
    elif x == 0:
        return 2
    else:
        return 3


@case((1,), (0,), (-1,), graph=False)
def falls_through_elif(x):
    if x > 0:
        return 1
    elif x == 0:
        return 2
    return 3


@case((1,), (-1,))
def falls_through(x):
    if x > 0:
        return 1
    return 0


@case((5,), (0,), (-1,))
def several_guards(x):
    if x < 0:
        return -1
    y = x + 1
    if y > 3:
        return y
    z = y * 2
    return z


@case((7, 2), (3, 9), (0, 0))
def nested_ifs(a, b):
    if a > b:
        if a > 5:
            r = a
        else:
            r = b
    else:
        r = a + b
        if r > 10:
            r = 10
    return r


@case((27,), (1,), (6,))
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@case((6,), (0,))
def nested_whiles(n):
    pairs = 0
    i = 0
    while i < n:
        j = i
        while j < n:
            if (i + j) % 3 == 0:
                pairs += 1
            j += 1
        i += 1
    return pairs


@case(([1, -5, 4, 9, 100], 10), ([1, -5, 4], 10), ([3], 0))
def skip_and_stop(xs, limit):
    total = 0
    seen = 0
    for x in xs:
        seen += 1
        if x < 0:
            continue
        total += x
        if total > limit:
            break
    return total, seen


@case((10,), (3,), (0,))
def break_in_nested_loops(n):
    count = 0
    i = 0
    while i < n:
        i += 1
        j = 0
        while j < i:
            j += 1
            if j == 3:
                continue
            if j * i > 12:
                break
            count += 1
        if count > 20:
            break
    return count, i


@case((4,), (1,), graph=False)
def return_in_loop(n):
    for i in range(10):
        if i * i > n:
            return i
    return -1


@case((4,), (100,), graph=False)
def return_in_nested_loops(n):
    i = 0
    while i < 10:
        for j in range(i):
            if i * j == n:
                return i, j
        i += 1
    return None


@case((3,), (0,))
def range_of_a_tensor(n):
    total = 0
    for i in range(n):
        total += i
    return total


@case((10, 0, 3), (5, 5, 1))
def range_down(start, stop, step):
    total = 0
    for i in range(start, stop, -step):
        total = total * 10 + i
    return total


@case((3,))
def python_loop_in_a_tensor_loop(n):
    total = 0
    for i in range(n):
        for j in range(3):
            if j == 1:
                continue
            total += i * j
    return total


@case((3,), (1,))
def variable_of_the_loop(n):
    for i in range(n):
        y = i * 2
    return y, i


@case((True, False), (True, True), (False, False))
def logic(a, b):
    return a and b, a or b, not a, a and not b, (a or b) and (b or not a)


@case((3,), (0,), (7,))
def chained(n):
    return 0 < n < 5, 0 <= n <= 5 <= 7, (1 if 2 < n < 6 else 0)


@case(([1, 2, 3],), ([5],))
def short_circuit(v):
    if len(v) > 1 and v[0] > 0:
        return 1
    return 0


@case((3,), (0,))
def dict_in_state(n):
    d = {"a": 0, "b": (1, 2)}
    while n > 0:
        d = {"a": d["a"] + n, "b": (d["b"][1], d["b"][0])}
        n -= 1
    return d


@case((3,))
def item_in_loop(n):
    d = {"k": 1}
    l = [5, 6]
    for i in range(n):
        d["k"] += i
        l[0] += d["k"]
    return d, l


class Thing:
    total = 0
    __private = 5

    def __init__(self):
        self.seen = 0

    def add(self, x):
        if x > 0:
            self.seen = self.seen + x
        else:
            self.seen = self.seen - 1
        return self.seen

    def secret(self, x):
        if x > 0:
            return self.__private + x
        return self.__private

    @classmethod
    def of_class(cls, x):
        if x > cls.total:
            return 1
        return 2

    @staticmethod
    def of_none(x):
        if x > 0:
            return 1
        return 2

    def __call__(self, x):
        return self.of_none(x) + self.of_class(x) + self.secret(x)


class Other(Thing):
    def add(self, x):
        y = super().add(x)
        if x > 5:
            y = y + super().of_none(x) + 100
        return y + super(Other, self).of_class(x)


@case((3,), (-2,))
def attributes(x):
    t = Thing()
    t.add(x)
    if x > 1:
        t.seen = t.seen * 2
    return t.seen


@case((3,), (7,), (-1,))
def methods(x):
    t = Other()
    return t.add(x), t(x), Thing.of_class(x), t.secret(x)


@case((2,), (0,))
def inner_functions(x):
    def helper(y, k=3):
        if y > 1:
            return y * k
        return k

    double = lambda z: z * 2 if z > 1 else 0  # noqa: E731
    return helper(x), helper(x, 4), helper(x, k=5), double(x)


@case((5,))
def nonlocal_counter(n):
    count = 0

    def bump(by):
        nonlocal count
        if by > 2:
            count += by
        else:
            count += 1

    bump(n)
    bump(n - 4)
    return count


@case((5,), (0,), graph=False)
def recursion(n):
    if n <= 0:
        return 0
    return n + recursion(n - 1)


@case((3,), (-3,))
def try_around(x):
    y = 0
    try:
        if x > 0:
            y = x
        else:
            y = -x
    finally:
        y = y + 1
    return y


@case((3,), (0,), (-1,), graph=False)
def try_paths(x):
    log = []
    try:
        if x == 0:
            raise ValueError("zero")
        if x < 0:
            return log, "negative"
        log.append("body")
    except ValueError as error:
        log.append(str(error))
        if x == 0:
            return log, "caught"
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log, "end"


class Manager:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, *error):
        self.log.append("out")


@case((3,), (-3,))
def with_block(x):
    log = []
    with Manager(log) as m, Manager(log):
        if x > 0:
            y = 1
        else:
            y = 2
        log.append("inside")
    return y, log, m.log is log


@case((3,), (-3,))
def return_from_with(x):
    log = []
    with Manager(log):
        if x > 0:
            return x
        return -x


@case((2,), (5,), graph=False)
def stars(n, *args, k=1, **more):
    def inner(a, *rest, b=2, **others):
        if a:
            return a, rest, b, others
        return None

    values = [inner(*[n, 2, 3], b=4, **{"c": 5}), inner(0)]
    first, *rest = values
    return first, rest


@case(([3, 1, 2],), ([],), graph=False)
def comprehensions(v):
    squares = [x * x if x > 1 else 0 for x in v if x]
    pairs = {x: [y for y in range(x) if y and x] for x in v}
    lazily = sum(x for x in v if not x % 2)
    x = 5
    return squares, pairs, lazily, {x for x in v}, x


@case((4,), (0,), graph=False)
def walrus(n):
    found = []
    while (m := n) > 0 and (k := m * 2) < 100:
        found.append((m, k))
        n -= 1
    if (q := len(found)) and (r := q + 1) > 2:
        found.append((q, r))
    values = [y for x in range(3) if (y := x + n) or y == 0]
    return found, values, y


@case((1,), ("a",), ([1, 2],), ({"k": 3},), (None,), graph=False)
def matching(v):
    match v:
        case int(n) if n > 0:
            return "int", n
        case [a, *rest]:
            r = rest
            for x in r:
                if x == 2:
                    break
            return a, r, x
        case {"k": k, **others}:
            return k, others
        case str() as s:
            t = s
        case _:
            return "other"
    return t


@case((3,), (0,), graph=False)
def deletes(n):
    d = {"a": 1, "b": 2}
    x = 1
    if n:
        del d["a"], x
    try:
        x
    except NameError:
        return "gone", d
    return x, d


@case((0,), (1,), graph=False)
def unbound(n):
    if n:
        value = 1
    try:
        return value
    except UnboundLocalError as error:
        return str(error).split("'")[1]


@case((2,), graph=False)
def annotated(n):
    x: int = 3
    y: int
    if n:
        y: int = x + n
    return x, y


@case((5,), graph=False)
def side_effects_once(n):
    log = []

    def note(x):
        log.append(x)
        return x

    a = note(1) < note(n) < note(3) < note(4)
    b = note(0) and note(9) or note(8)
    d = {note("k"): 1}
    d[note("k")] += note(5)
    return a, b, d, log


@case((3,), (0,), graph=False)
def loop_variable_after(n):
    last = None
    for last in range(n):
        if last == 1:
            continue
    for a, (b, *c) in [(1, (2, 3, 4))]:
        pass
    t = Thing()
    for t.seen in range(3):
        pass
    return last, a, b, c, t.seen


@case((7,), graph=False)
def local_names(n):
    a = 1
    if n:
        b = 2
        found = sorted(k for k in locals())
    return found, eval("a + n")


@case((3,), (9,), graph=False)
def imports(n):
    if n > 5:
        import math as m

        return m.floor(2.5)
    from os.path import join

    for x in [1]:
        import operator
    return join("a", "b"), operator.add(1, x)


@case((3,), graph=False)
def inner_class(n):
    class Inner:
        size = n

        def get(self):
            if self.size > 2:
                return "large"
            return "small"

    return Inner().get(), Inner.__qualname__.endswith("inner_class.<locals>.Inner")


@case((3,), graph=False)
def inner_generator(n):
    def rising(k):
        for i in range(k):
            yield i

    return list(rising(n)), sum(x for x in rising(n))


@case((3,), (-3,), graph=False)
def while_true(n):
    i = 0
    while True:
        i += 1
        if i > n:
            break
        if i == 2:
            continue
    while True:
        i += 1
        if i > 10:
            return i


@case((2,), (8,), graph=False)
def jumps_from_try_in_loop(n):
    log = []
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == n:
                break
            log.append(i)
        except ZeroDivisionError:
            pass
        finally:
            log.append("f")
    return log


@case((1,), graph=False)
def exception_while_leaving(n):
    class Failing:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            raise KeyError("leaving")

    try:
        with Failing():
            if n:
                return "with"
    except KeyError:
        pass
    return "after"


@case((4,), graph=False)
def generator_arguments(n):
    return max(x * x for x in range(n)), any(x > 2 for x in range(n)), all([True, not n < 0]), dict(a=n), sorted([3, 1], reverse=True)


_counter = 0


@case((2,), (-2,), graph=False)
def global_counter(n):
    global _counter
    _counter = 10
    if n > 0:
        _counter += n
    for i in range(3):
        _counter += i
    return _counter


@case((3,), (0,), graph=False)
def deep_return(n):
    for i in range(3):
        with Manager([]):
            try:
                if i == n - 1:
                    for j in range(5):
                        if j == 2:
                            return i, j
            finally:
                n += 0
    else_value = "none"
    return else_value


@case((1,), (0,), graph=False)
def text_formatting(n):
    return f"{n if n else 'zero'!r:>6} {len([n])} {not n}", "%d" % (n and 5)


@case((3,), graph=False)
def unreachable(n):
    return n
    n = 5
    while True:
        break


@case((0,), (1,), graph=False)
def no_value(n):
    if n:
        return
    n = 3


@case((3,), graph=False)
def closures_see_later_values(n):
    x = 1

    def get():
        return x

    if n:
        x = 2
    before = get()
    for x in range(5):
        pass
    return before, get()


@case((6,), (2,))
def tuple_state(n):
    a, b = 0, 1
    i = 0
    while i < n:
        a, b = b, a + b
        i += 1
    return a, b


@case(([1, 2, 3, 4],), ([9],))
def rows(v):
    best = v[0]
    where = 0
    i = 0
    for x in v:
        if x > best:
            best = x
            where = i
        i += 1
    return best, where


@case((3, True), (3, False))
def flag_and_loop(n, flag):
    total = 0
    if flag:
        for i in range(n):
            total += i
    else:
        while n > 0:
            total -= n
            n -= 1
    return total, n


@case((5,), (12,))
def conditional_expressions(n):
    a = 1 if n > 10 else 2 if n > 4 else 3
    b = (n, 1) if n > 10 else (0, n)
    return a, b


@case((2.5,), (-1.0,))
def floats(x):
    y = abs(x)
    while y > 0.5:
        y = y / 2.0
    return y


@case((5,), (0,), (3,))
def unreached_definitions(n):
    if n > 3:
        temporary = n * 2
        result = temporary + 1
    else:
        other = n
        result = other - 1
    return result


@case((3,), (0,), (-1,), graph=False)
def inner_jumps(n):
    def inner(m):
        if m > 0:
            try:
                return {3: "three"}[m]
            except KeyError:
                return "unknown"
        for i in range(m + 1):
            if i == 0:
                return "zero"
        with Manager([]):
            while True:
                break
        return "less"

    class Inner:
        def method(self, m):
            for i in range(3):
                try:
                    if i == m:
                        return i
                finally:
                    m += 0
            return None

    return inner(n), inner(n + 1), Inner().method(n)


@case((3,), (0,))
def inner_branches(n):
    def inner(m):
        for i in range(m):
            if i > 1:
                break
            m += i
        return m

    k = n
    while k > 0:
        k = inner(k) - 3
    return k, inner(n)


@case((3,), graph=False)
def bound_where_control_never_comes(n):
    x = 1

    def inner(m):
        if m:
            return x
            x = 5
        return 0

    try:
        return inner(n)
    except UnboundLocalError:
        return "unbound"
