"""Any Python callable is an oracle, and what it raises comes through."""

import collections
import decimal
import fractions
import functools
import math
import operator
import sys
import traceback

import numpy as np
import pytest

import fastls

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
every_search = pytest.mark.parametrize("search", SEARCHES)


class Objective:
    def value(self, x):
        return (x - 2) ** 2

    __call__ = value

    @staticmethod
    def static(x):
        return (x - 2) ** 2

    @classmethod
    def of_class(cls, x):
        return (x - 2) ** 2


CALLABLES = [
    lambda x: (x - 2) ** 2,
    Objective(),
    Objective().value,
    Objective.static,
    Objective.of_class,
    functools.partial(lambda c, x: (x - c) ** 2, 2),
    functools.lru_cache(lambda x: (x - 2) ** 2),
    np.vectorize(lambda x: (x - 2) ** 2),
    np.polynomial.Polynomial([4, -4, 1]),
    type("Value", (float,), {"__new__": lambda cls, x: float.__new__(cls, (x - 2) ** 2)}),
]


@every_search
@pytest.mark.parametrize("f", CALLABLES, ids=lambda f: type(f).__name__)
def test_every_kind_of_callable(search, f):
    assert search().minimize(f, (0, 5)).x == pytest.approx(2, abs=1e-6)


@every_search
@pytest.mark.parametrize("f", [math.cosh, np.cosh, operator.methodcaller("__abs__")])
def test_callables_written_in_c(search, f):
    assert abs(search(1e-6).minimize(f, (-1, 1)).x) < 1e-5


def test_numbas_dispatchers_are_python_callables():
    numba = pytest.importorskip("numba")
    f = numba.njit(lambda x: (x - 2) ** 2)
    assert fastls.Brent().minimize(f, (0, 5)).x == pytest.approx(2)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7, 20])
def test_further_arguments(count):
    received = []

    def f(x, *args):
        received.append(args)
        return (x - 2) ** 2

    args = tuple(range(count))
    assert fastls.Brent().minimize(f, (0, 5), args=args).success
    assert set(received) == {args}


def test_a_single_argument_need_not_be_a_tuple():
    assert fastls.Brent().minimize(lambda x, c: (x - c) ** 2, (0, 5), args=3.0).x == 3.0
    assert fastls.Brent().minimize(lambda x, c: (x - c[0]) ** 2, (0, 5), args=[3.0]).x == 3.0


def test_a_named_tuple_of_arguments_is_a_tuple():
    Parabola = collections.namedtuple("Parabola", "centre height")
    args = Parabola(2.0, 1.0)
    found = fastls.Brent().minimize(lambda x, c, h: (x - c) ** 2 + h, (0, 5), args=args)
    assert (found.x, found.fun) == (2.0, 1.0)


class Floating:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


class Indexing:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return int(self.value)


@pytest.mark.parametrize(
    "convert",
    [
        float, np.float64, np.float32, np.longdouble, fractions.Fraction, decimal.Decimal,
        np.array, Floating,
        lambda value: np.array([value]), lambda value: np.array([[[value]]]),
        lambda value: np.ma.array([value]),
    ],
)  # fmt: skip
def test_what_float_converts_is_a_value(convert):
    found = fastls.GoldenSection(1e-3).minimize(lambda x: convert((x - 2.0) ** 2), (0, 5))
    assert found.x == pytest.approx(2, abs=1e-3)
    assert type(found.fun) is float


@pytest.mark.parametrize("convert", [int, np.int64, Indexing, bool, np.bool_, np.array])
def test_what_index_converts_is_a_value(convert):
    found = fastls.GoldenSection(1e-3).minimize(lambda x: convert(int(x > 2)), (0, 5))
    assert found.fun == 0.0


@pytest.mark.parametrize(
    "value",
    [
        "1.0", b"1", [1.0], (), {}, 1j, complex(1), np.complex64(1), np.complex128(1),
        np.array([1j]), np.array(1j), np.array([1.0, 2.0]), np.array([]), np.array("a"), object(),
        np.array([None]),
    ],
    ids=repr,
)  # fmt: skip
@every_search
def test_anything_else_is_a_clear_error(search, value):
    with pytest.raises(TypeError, match=r"f\(\d.*\) must be a real number; got") as raised:
        search().minimize(lambda x: value, (0, 5))
    assert type(value).__name__ in str(raised.value)
    assert repr(value) in str(raised.value)


def forgetful(*_):
    pass


MISSING = r"returned None; is its return statement missing\?$"


@every_search
def test_a_forgotten_return_is_noticed(search):
    with pytest.raises(TypeError, match=r"^f\(\d.*\) " + MISSING):
        search().minimize(forgetful, (0, 5))


@pytest.mark.parametrize(
    "search", [fastls.Backtracking, fastls.HagerZhang, fastls.MoreThuente, fastls.Zoom]
)
def test_a_forgotten_return_is_noticed_along_a_line(search):
    def square(alpha):
        return (alpha - 1.0) ** 2

    for what, phi, dphi in (("phi", forgetful, None), ("phi", forgetful, square),
                            ("dphi", square, forgetful)):  # fmt: skip
        with pytest.raises(TypeError, match=rf"^{what}\(0\.0\) " + MISSING):
            search().search(phi, dphi)
    with pytest.raises(TypeError, match=r"the slope of phi.* must be a real number; got None"):
        search().search(lambda alpha: (square(alpha), None))


@pytest.mark.filterwarnings("ignore:.*masked element to nan")
@pytest.mark.parametrize(
    "masked", [np.ma.masked, np.ma.array([-7.0], mask=True)], ids=["the constant", "an array"]
)
def test_a_masked_value_is_not_the_number_behind_the_mask(masked):
    """float(np.ma.masked) is NaN: high ground, as any NaN is."""
    found = fastls.GoldenSection(1e-3).minimize(lambda x: masked if x > 1 else 5.0 - x, (0, 5))
    assert found.x <= 1
    assert found.fun == 5.0 - found.x


def test_an_integer_beyond_the_floats_is_an_overflow():
    with pytest.raises(OverflowError):
        fastls.Brent().minimize(lambda x: 10**400, (0, 5))


@pytest.mark.parametrize("f", [None, 1.0, "cosh", [], np.zeros(2)])
@every_search
def test_what_cannot_be_called_is_refused(search, f):
    with pytest.raises(TypeError, match="f must be callable or a C callback; got"):
        search().minimize(f, (0, 1))
    with pytest.raises(TypeError, match="f must be callable"):
        fastls.bracket(f)


class Stop(BaseException):
    pass


def run_all(f):
    yield from (functools.partial(search().minimize, f, (0, 5)) for search in SEARCHES)
    yield functools.partial(fastls.GoldenSection().minimize, f, (0, 5), trace=True)
    yield functools.partial(fastls.bracket, f, 0, 0.001, grow_limit=1.1)
    yield functools.partial(fastls.minimize_scalar, f)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, StopIteration, Stop, SystemExit])
@pytest.mark.parametrize("calls", [1, 2, 10])
def test_an_exception_comes_through_unchanged(kind, calls):
    error = kind("the very one")
    count = 0

    def objective_that_raises(x):
        nonlocal count
        count += 1
        if count == calls:
            raise error
        return abs(x - 2.1) ** 1.5 + 0.1 * x

    for run in run_all(objective_that_raises):
        count = 0
        with pytest.raises(kind) as raised:
            run()
        assert raised.value is error
        assert error.__cause__ is None
        assert error.__context__ is None
        assert count == calls
        last = traceback.extract_tb(raised.value.__traceback__)[-1]
        assert (last.name, last.line) == ("objective_that_raises", "raise error")
        error.__traceback__ = None


@every_search
@pytest.mark.parametrize("calls", [1, 3])
def test_a_search_is_usable_after_an_exception(search, calls):
    method = search()
    before = method.minimize(math.cosh, (-1, 2))
    answers = iter([1.0] * (calls - 1))
    with pytest.raises(StopIteration):
        method.minimize(lambda x: next(answers), (-1, 2))
    after = method.minimize(math.cosh, (-1, 2))
    assert (before.x, before.nfev) == (after.x, after.nfev)


@every_search
@pytest.mark.parametrize("conversion", ["__float__", "__index__"])
@pytest.mark.parametrize("kind", [ZeroDivisionError, ValueError, KeyboardInterrupt])
def test_an_exception_in_the_conversion_comes_through(search, conversion, kind):
    error = kind("inside")

    def convert(value):
        raise error

    value = type("Value", (), {conversion: convert})()
    with pytest.raises(kind) as raised:
        search().minimize(lambda x: value, (0, 1))
    assert raised.value is error


def test_a_type_error_of_the_users_own_in_the_conversion_comes_through():
    error = TypeError("inside")

    class Value:
        def __float__(self):
            raise error

    with pytest.raises(TypeError) as raised:
        fastls.Brent().minimize(lambda x: Value(), (0, 1))
    assert raised.value is error


@every_search
def test_recursion_without_end_comes_through(search):
    method = search()

    def f(x):
        return f(x)

    def searching(x):
        return method.minimize(searching, (0, 1)).fun

    for endless in (f, searching):
        with pytest.raises(RecursionError):
            method.minimize(endless, (0, 1))
    assert method.minimize(math.cosh, (-1, 2)).success


@every_search
def test_a_search_within_a_search(search):
    method = search()

    def outer(x):
        return method.minimize(lambda y: (x - y) ** 2 + y**2 + (x - 1) ** 2, (-3, 3)).fun

    assert method.minimize(outer, (-3, 3)).x == pytest.approx(2 / 3, abs=1e-6)


@every_search
def test_an_exception_comes_through_a_search_within_a_search(search):
    method = search()
    error = ValueError("the very one")

    def inner(x, y):
        if x > 0:
            raise error
        return (x - y) ** 2

    def outer(x):
        return method.minimize(functools.partial(inner, x), (-3, 3)).fun

    with pytest.raises(ValueError, match="the very one") as raised:
        method.minimize(outer, (-3, 4))
    assert raised.value is error
    assert raised.value.__context__ is None


@every_search
def test_an_exception_that_the_callback_deals_with_is_none(search):
    def f(x):
        try:
            raise ValueError
        except ValueError:
            return math.cosh(x)

    assert search().minimize(f, (-1, 2)).x == search().minimize(math.cosh, (-1, 2)).x


@every_search
def test_a_search_may_run_while_an_exception_is_dealt_with(search):
    outer = KeyError("outer")
    try:
        raise outer
    except KeyError:
        assert search().minimize(math.cosh, (-1, 2)).success
        with pytest.raises(ZeroDivisionError) as raised:
            search().minimize(lambda x: 1 / 0, (-1, 2))
    assert raised.value.__context__ is outer


def test_a_float_that_the_callback_keeps_stays_as_it_was():
    """The driver hands out one float again and again, but not one that someone has kept."""
    kept, as_text = [], []

    def f(x):
        as_text.append(repr(x))
        if len(as_text) % 3:
            kept.append((x, len(as_text)))
        return math.cosh(x)

    fastls.GoldenSection().minimize(f, (-1, 2))
    assert len(kept) > 20
    assert all(repr(x) == as_text[position - 1] for x, position in kept)
    values = {}
    fastls.GoldenSection().minimize(lambda x: values.setdefault(x, math.cosh(x)), (-1, 2))
    assert all(value == math.cosh(x) for x, value in values.items())
    assert fastls.GoldenSection().minimize(lambda x: x, (0, 1)).x == pytest.approx(0, abs=1e-8)


@every_search
@pytest.mark.parametrize("further", [0, 1, 20])
def test_no_reference_is_lost_or_kept(search, further):
    def f(x, *args):
        return (x - 2) ** 2

    def g(x, *args):
        raise ZeroDivisionError

    argument = object()
    args = (argument, [], *range(1000, 1000 + further))
    method = search()
    items = (f, g, argument, args, args[1], args[-1], method, search, None)

    def counts():
        return [sys.getrefcount(item) for item in items]

    before = counts()
    for _ in range(300):
        method.minimize(f, (0, 5), args=args)
        method.minimize(f, (0, 5), args=args, trace=True)
        fastls.bracket(f, args=args)
        method.begin((0, 5)).ask()
        for trace in (False, True):
            with pytest.raises(ZeroDivisionError):
                method.minimize(g, (0, 5), args=args, trace=trace)
        with pytest.raises(TypeError):
            method.minimize(f, (0, "5"), args=args)
        with pytest.raises(TypeError):
            method.minimize(argument, (0, 5))
    after = counts()
    assert after[:-1] == before[:-1]
    assert abs(after[-1] - before[-1]) < 100


@every_search
@pytest.mark.parametrize(
    "value", [1.5, fractions.Fraction(3, 2), Floating(1.5)], ids=["float", "Fraction", "object"]
)
def test_numbers_handed_in_and_out_are_not_kept(search, value):
    kept = []

    def f(x):
        kept.append(x)
        return value

    def g(x):
        kept.append(x)
        raise ZeroDivisionError

    before = sys.getrefcount(value)
    for _ in range(10):
        search().minimize(f, (0, 1))
        with pytest.raises(ZeroDivisionError):
            search().minimize(g, (0, 1))
    assert sys.getrefcount(value) == before
    fresh = [x + 1.0 for x in kept]
    assert {sys.getrefcount(x) for x in kept} == {sys.getrefcount(x) for x in fresh}
