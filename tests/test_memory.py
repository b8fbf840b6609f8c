"""Nothing is kept: references and memory after many runs, with and without exceptions.

The same for a million runs: ``python -m bench.soak``.
"""

import contextlib
import gc
import itertools
import sys

import numpy as np
import pytest

import fastls
from tests.entries import (
    ALL,
    ENTRIES,
    OPAQUE,
    PURPOSES,
    RECORDED,
    every,
    slope_of_valley,
    valley,
)

pytestmark = pytest.mark.filterwarnings("ignore::fastls.LineSearchWarning")


@pytest.fixture(scope="module", autouse=True)
def frozen():
    """What other tests have left need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


every_entry = pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES.keys())


def raising(a):
    if a > 0.5:
        raise ZeroDivisionError
    return valley(a)


def run_all(entry, value, slope):
    """With success, and with exceptions from either function."""
    entry.run(value, slope, 3.0)
    with pytest.raises(ZeroDivisionError):
        entry.run(raising, slope, 3.0)
    if entry.kind in ("step", "descent"):
        with contextlib.suppress(ZeroDivisionError):
            entry.run(value, lambda a: raising(a) + slope(a), 3.0)


@every_entry
def test_no_reference_to_a_function_is_kept_or_lost(entry):
    def value(a):
        return valley(a)

    def slope(a):
        return slope_of_valley(a)

    run_all(entry, value, slope)
    gc.collect()
    before = [sys.getrefcount(each) for each in (value, slope, raising)]
    for _ in range(10):
        run_all(entry, value, slope)
    gc.collect()
    assert [sys.getrefcount(each) for each in (value, slope, raising)] == before


@every(*ALL, entries=RECORDED | OPAQUE)
def test_no_reference_to_a_recorded_function_is_kept_or_lost(entry):
    def value(a):
        return valley(a)

    def slope(a):
        return slope_of_valley(a)

    def run():
        entry.run(value, slope, 3.0)
        with pytest.raises(ZeroDivisionError):
            entry.run(raising, slope, 3.0)

    def counts():
        gc.collect()
        return [sys.getrefcount(each) for each in (value, slope, raising)]

    run()
    before = counts()
    for _ in range(3):
        run()
    assert counts() == before


@pytest.mark.parametrize("trace", [False, True])
def test_no_reference_to_an_argument_is_kept_or_lost(trace):
    """Arrays, further arguments and None, in the methods that take them."""
    x, d, g, extra = np.zeros(2), np.ones(2), -np.ones(2), object()
    args = (extra,)

    def f(x, extra):
        return float(np.sum((x - 1.0) ** 2))

    def grad(x, extra):
        return 2.0 * (x - 1.0)

    def run():
        for search in (fastls.Backtracking(), fastls.Zoom(), fastls.HagerZhang()):
            search.step(f, grad, x, d, args=args, grad0=g, trace=trace)
            search.step(f, grad, x, d, args=args, f0=2.0, trace=trace)
            with pytest.raises(TypeError):
                search.step(f, grad, x, d, args=(), trace=trace)
            with pytest.raises(ValueError, match="shape"):
                search.step(f, grad, x, np.ones(3), args=args)
        fastls.Brent().minimize(lambda a, extra: abs(a), (-1.0, 2.0), args=args, trace=trace)
        fastls.minimize(f, x, args, jac=grad, callback=lambda x: None)

    def counts():
        gc.collect()
        return [sys.getrefcount(each) for each in (x, d, g, extra, args, f, grad)]

    run()
    before = counts()
    nones = sys.getrefcount(None)
    for _ in range(100):
        run()
    assert counts() == before
    assert abs(sys.getrefcount(None) - nones) < 90


def blocks_after(run, times):
    for _ in range(times):
        run()
    gc.collect()
    return sys.getallocatedblocks() or pytest.skip("Python's own allocator is off")


def assert_no_growth(run, times):
    """Fewer blocks than runs: what is kept once, as in a cache, does not count.

    With Python 3.12, some fill up for a hundred runs. More runs tell that from what is lost.
    """
    blocks_after(run, times)
    before = blocks_after(run, times)
    for count in (times, 10 * times, 100 * times):
        after = blocks_after(run, count)
        if after - before < count // 2:
            return
        grown, before = after - before, after
    raise AssertionError(f"{grown} blocks more after {count} runs")


@every_entry
def test_no_memory_is_kept(entry):
    assert_no_growth(lambda: run_all(entry, valley, slope_of_valley), 30)


@pytest.mark.parametrize("purpose", PURPOSES.values(), ids=PURPOSES.keys())
def test_a_tape_keeps_no_memory(purpose):
    x = np.ones(3)
    tape = fastls.record(lambda x: np.sum(np.tanh(x) * x[::-1]), x)
    assert_no_growth(lambda: purpose(tape, x), 50)


def test_recordings_are_let_go():
    entries = itertools.cycle([*RECORDED.values(), *OPAQUE.values()])

    def run():
        entry = next(entries)
        entry.run(valley, slope_of_valley, 1.5)
        with pytest.raises(ZeroDivisionError):
            entry.run(raising, slope_of_valley, 3.0)

    assert_no_growth(run, 102)


def test_arguments_of_a_tape_are_not_kept():
    x, v = np.ones(3), np.ones(3)
    tape = fastls.record(lambda x: np.sum(x * x), np.zeros(3))

    def run():
        tape.value_and_grad(x)
        tape.hvp(x, v)
        tape.along(x, v)(1.0)
        with pytest.raises(ValueError, match="structure"):
            tape((x, v))

    run()
    gc.collect()
    before = sys.getrefcount(x), sys.getrefcount(v)
    for _ in range(50):
        run()
    gc.collect()
    assert (sys.getrefcount(x), sys.getrefcount(v)) == before
