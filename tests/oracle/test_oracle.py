"""Any Python callable is an oracle, and what it raises comes through."""

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
        None, "1.0", b"1", [1.0], (), {}, 1j, complex(1), np.complex64(1), np.complex128(1),
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
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_an_exception_comes_through_unchanged(kind, calls):
    error = kind("the very one")
    count = 0

    def objective_that_raises(x):
        nonlocal count
        count += 1
        if count == calls:
            raise error
        return math.cosh(x - 2) + math.sqrt(x + 1)

    for run in run_all(objective_that_raises):
        count = 0
        with pytest.raises(kind) as raised:
            run()
        assert raised.value is error
        assert error.__cause__ is None
        assert error.__context__ is None
        assert count == calls
        frames = traceback.extract_tb(raised.value.__traceback__)
        assert "objective_that_raises" in [frame.name for frame in frames]
        error.__traceback__ = None


def test_a_search_is_usable_after_an_exception():
    search = fastls.Brent()
    before = search.minimize(math.cosh, (-1, 2))
    with pytest.raises(ZeroDivisionError):
        search.minimize(lambda x: 1 / 0, (-1, 2))
    after = search.minimize(math.cosh, (-1, 2))
    assert (before.x, before.nfev) == (after.x, after.nfev)


def test_an_exception_in_the_conversion_comes_through():
    class Value:
        def __float__(self):
            raise ZeroDivisionError("inside")

    with pytest.raises(ZeroDivisionError, match="inside"):
        fastls.Brent().minimize(lambda x: Value(), (0, 1))


def test_recursion_without_end_comes_through():
    def f(x):
        return f(x)

    with pytest.raises(RecursionError):
        fastls.Brent().minimize(f, (0, 1))


def test_a_search_within_a_search():
    def outer(x):
        return fastls.Brent().minimize(lambda y: (x - y) ** 2 + y**2 + (x - 1) ** 2, (-3, 3)).fun

    assert fastls.Brent().minimize(outer, (-3, 3)).x == pytest.approx(2 / 3, abs=1e-6)


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


def test_no_reference_is_lost_or_kept():
    def f(x, *args):
        return (x - 2) ** 2

    def g(x, *args):
        raise ZeroDivisionError

    argument = object()
    args = (argument, [])
    search = fastls.Brent()
    counts = [sys.getrefcount(item) for item in (f, g, argument, args, args[1], search, None)]
    for _ in range(1000):
        search.minimize(f, (0, 5), args=args)
        search.minimize(f, (0, 5), args=args, trace=True)
        with pytest.raises(ZeroDivisionError):
            search.minimize(g, (0, 5), args=args)
        with pytest.raises(TypeError):
            search.minimize(argument, (0, 5))
    after = [sys.getrefcount(item) for item in (f, g, argument, args, args[1], search, None)]
    assert after[:-1] == counts[:-1]
    assert abs(after[-1] - counts[-1]) < 100
