"""What bad input and bad luck get: one contract for everything that takes a user's function.

Each fault is a section; each public entry, a row of `tests.entries`, is put to it.
"""

import contextlib
import gc
import itertools
import math
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fastls
from fastls import Armijo, Status
from fastls.tape.trace import Tracer
from tests import many_threads
from tests.entries import (
    ALL,
    COMPILED,
    ENTRIES,
    INTERVAL,
    METHODS,
    OPAQUE,
    PURPOSES,
    RECORDED,
    STEP_SEARCHES,
    every,
    slope_of_valley,
    valley,
)

pytestmark = pytest.mark.filterwarnings("ignore::fastls.LineSearchWarning")


#: What calls Python functions of the user's: also as one operation of a recorded function.
CALLING = ENTRIES | OPAQUE
#: What takes a function as it is; those in C raise no exceptions.
TAKING = ENTRIES | COMPILED


class Asked:
    """A function that writes down where it was asked."""

    def __init__(self, f):
        self.f, self.at = f, []

    def __call__(self, a):
        if not isinstance(a, Tracer):
            self.at.append(float(a))
        return self.f(a)


def test_without_a_fault_every_entry_finds_a_lower_point():
    for entry in (ENTRIES | RECORDED | OPAQUE | COMPILED).values():
        found = entry.run(valley, slope_of_valley, 1.5)
        assert found.success
        assert found.value == pytest.approx(valley(found.at), abs=1e-12)
        assert found.value < 1.0


# NaN, inf or an overflow at a trial point: too far.


def overflowing(a):
    with np.errstate(over="ignore"):
        return np.exp(np.float64(800.0) * np.maximum(a - 1.5, 0.0) ** 2) * (a - 1.0) ** 2


BEYOND = {
    "NaN": lambda a: np.where(a < 2.0, valley(a), np.nan),
    "inf": lambda a: np.where(a < 2.0, valley(a), np.inf),
    "overflow": overflowing,
}
every_way_beyond = pytest.mark.parametrize("value", BEYOND.values(), ids=BEYOND.keys())


def check_that_it_keeps_inside(entry, value):
    asked = Asked(value) if entry in TAKING.values() else value
    found = entry.run(asked, slope_of_valley, 10.0)
    assert found.success or not entry.is_guarded
    assert math.isfinite(found.value)
    assert 0.0 <= found.at < 2.5
    assert found.value <= valley(0.0)


@every(*ALL, entries=TAKING)
@every_way_beyond
def test_what_is_not_finite_is_too_far(entry, value):
    check_that_it_keeps_inside(entry, value)


@every(*ALL, entries=RECORDED)
@every_way_beyond
def test_what_is_not_finite_is_too_far_on_a_tape(entry, value):
    check_that_it_keeps_inside(entry, value)


@every("step", entries=TAKING)
def test_a_slope_that_is_not_finite_is_too_far(entry):
    found = entry.run(valley, lambda a: slope_of_valley(a) if a < 2.0 else math.nan, 10.0)
    assert found.success
    assert found.value < 1.0


# The start: NaN there, not downhill, a slope of zero. Nothing else is evaluated.

STARTS = {
    "NaN": (math.nan, -1.0, Status.NONFINITE_START),
    "inf": (math.inf, -1.0, Status.NONFINITE_START),
    "slope NaN": (1.0, math.nan, Status.NONFINITE_START),
    "slope -inf": (1.0, -math.inf, Status.NONFINITE_START),
    "uphill": (1.0, 1.0, Status.NOT_DESCENT),
    "level": (1.0, 0.0, Status.STATIONARY),
}


def is_scipys(found):
    return found.status is None


@every("step", "descent", entries=CALLING | COMPILED)
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_where_no_search_can_begin_there_is_none(entry, start):
    value0, slope0, status = start
    if entry.kind == "descent" and status == Status.NOT_DESCENT:
        pytest.skip("a descent method chooses its direction")
    value, slope = Asked(lambda a: value0 + 0.0 * a), Asked(lambda a: slope0 + 0.0 * a)
    found = entry.run(value, slope, 1.0)
    if is_scipys(found):
        assert not found.success or (found.at == 1.0 and status == Status.STATIONARY)
        return
    if entry.kind == "descent" and status == Status.STATIONARY:
        status = Status.CONVERGED
    assert (found.status, found.at) == (status, 0.0)
    assert found.success == (status in (Status.STATIONARY, Status.CONVERGED))
    assert set(value.at) | set(slope.at) == {0.0}


# Nowhere finite.


@every(*ALL, entries=TAKING)
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_function_that_is_finite_nowhere_else(entry, bad):
    def value(a):
        return 1.0 if a == 0.0 and entry.kind in ("step", "descent") else bad

    found = entry.run(value, lambda a: -1.0, 1.0)
    assert not found.success
    if not is_scipys(found):
        assert found.status == Status.NONFINITE
        assert found.at == 0.0 or entry.kind in ("interval", "bracket")


@every(*ALL, entries=RECORDED)
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_recorded_function_that_is_finite_nowhere_else(entry, bad):
    is_step = entry.kind in ("step", "descent")
    start = 1e-300 if is_step else -1.0
    found = entry.run(lambda a: np.where(a < start, 1.0 - a, bad), None, 1.0)
    assert not found.success


# An exception of the user's.


class Stop(BaseException):
    pass


KINDS = [ValueError, StopIteration, KeyboardInterrupt, Stop]


def raising(error, call, f=valley):
    """A function that raises at one of its calls; and how often it was called."""
    calls = []

    def function_that_raises(a):
        calls.append(a)
        if len(calls) == call:
            raise error
        return f(a)

    return function_that_raises, calls


def check_that_it_comes_through(entry, error, call, value, slope, calls):
    with pytest.raises(type(error)) as caught:
        entry.run(value, slope, 3.0)
    assert caught.value is error
    assert error.__cause__ is None
    assert error.__context__ is None
    assert len(calls) == call
    last = traceback.extract_tb(error.__traceback__)[-1]
    assert (last.name, last.line) == ("function_that_raises", "raise error")
    assert sys.exc_info() == (None, None, None)
    assert entry.run(valley, slope_of_valley, 1.5).success  # usable as before


@every(*ALL)
def test_what_the_function_raises_comes_through(entry):
    for kind, call in itertools.product(KINDS, [1, 2]):
        error = kind("the very one")
        value, calls = raising(error, call)
        check_that_it_comes_through(entry, error, call, value, slope_of_valley, calls)


@every("step", "descent")
def test_what_the_slope_raises_comes_through(entry):
    for kind in KINDS:
        error = kind("the very one")
        slope, calls = raising(error, 1, slope_of_valley)
        check_that_it_comes_through(entry, error, 1, valley, slope, calls)


@every(*ALL, entries=OPAQUE)
def test_what_a_function_within_a_recorded_one_raises_comes_through(entry):
    for kind, call in itertools.product(KINDS, [1, 3]):
        error = kind("the very one")
        value, calls = raising(error, call)
        check_that_it_comes_through(entry, error, call, value, slope_of_valley, calls)


@every(*ALL, entries=RECORDED)
def test_what_is_raised_where_a_path_is_recorded_comes_through(entry):
    error = ZeroDivisionError("the very one")

    def function_that_raises(a):
        if a > 0.5:
            raise error
        return valley(a)

    with pytest.raises(ZeroDivisionError) as caught:
        entry.run(function_that_raises, None, 3.0)
    assert caught.value is error
    assert entry.run(valley, slope_of_valley, 1.5).success


# Ctrl-C; for functions in C, tests/test_interrupt.py.


@every(*ALL, entries=CALLING)
def test_ctrl_c_ends_it(entry):
    def value(a):
        if a != 0.0:
            signal.raise_signal(signal.SIGINT)
        return valley(a)

    with pytest.raises(KeyboardInterrupt):
        entry.run(value, slope_of_valley, 3.0)
    assert entry.run(valley, slope_of_valley, 1.5).success


@contextlib.contextmanager
def alarm(seconds):
    """Raise in the main thread after a while, as Ctrl-C would.

    Not in a callback of the garbage collector, as hypothesis has one: what is raised there is lost.
    """
    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timers")
    gc.disable()
    former = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)
        gc.enable()


@pytest.mark.parametrize("method", ["cg", "gd"])
def test_ctrl_c_ends_a_descent_that_is_all_c(method):
    """With these options it would take hours."""
    options = {"gtol": 0.0, "xtol": 0.0, "maxiter": 10**12}
    tape = fastls.record(lambda x: np.sum(np.abs(x) ** 1.5 * np.arange(1.0, 100.0)), np.ones(99))
    short = fastls.MoreThuente(alpha_max=1e-13)
    with alarm(0.05), pytest.raises(KeyboardInterrupt):
        fastls.minimize(tape, np.ones(99), method=method, options=options, search=short)


def layers(x):
    for _ in range(1000):
        x = np.tanh(x + 0.1)
    return np.sum(x)


def by_value_and_grad():
    """Blocks of long arrays."""
    x = np.ones(100_000)
    return fastls.record(layers, x).value_and_grad, x


def by_stack_of_products():
    """One instruction, a loop around another."""
    x, factor = np.ones((800, 100, 100)), np.ones((100, 100))
    return fastls.record(lambda x: np.sum(x @ factor), x).value_and_grad, x


def by_ray():
    x = np.ones(100_000)
    return fastls.record(layers, x).along(x, x), 0.5


def by_gradient_of_ray():
    evaluate, alpha = by_ray()
    return evaluate.gradient, alpha


def by_tape_with_an_operation_of_the_users():
    operation = fastls.primitive(np.sum, vjp=lambda g, y, a: [g * np.ones(a.shape)])
    x = np.ones(100_000)
    return fastls.record(lambda x: layers(x) + operation(x), x), x


@pytest.mark.parametrize(
    "make",
    [
        by_value_and_grad,
        by_stack_of_products,
        by_ray,
        by_gradient_of_ray,
        by_tape_with_an_operation_of_the_users,
    ],
)
def test_ctrl_c_ends_a_replay(make):
    """The first of the calls, by a loop in C, does not end."""
    call, at = make()
    before, found = call(at), []  # what is known by now is answered without Python
    with alarm(0.03), pytest.raises(KeyboardInterrupt):
        found.extend(map(call, [at, at]))
    assert not found
    np.testing.assert_equal(call(at), before)  # as if nothing had been


# Slopes that contradict the values.


@every("step", "descent", entries=CALLING | COMPILED)
def test_a_wrong_slope_at_the_start_is_found_out(entry):
    value = Asked(lambda a: (a + 1.0) ** 2)
    found = entry.run(value, lambda a: -2.0, 1.0)
    assert not found.success
    assert len(value.at) <= 201
    if not is_scipys(found):
        assert found.at == 0.0
        assert found.status == Status.INCONSISTENT_SLOPE


WRONG = {
    "that of the start": lambda a: -2.0,
    "of one sign": lambda a: -abs(2.0 * (a - 1.0)) - 1.0,
    "too steep": lambda a: -1e3,
    "far too steep": lambda a: -1e6 * (1.0 + a),
    "ten times too large": lambda a: 20.0 * (a - 1.0),
    "a tenth": lambda a: 0.2 * (a - 1.0),
}


@every("step", entries=CALLING | COMPILED)
@pytest.mark.parametrize("slope", WRONG.values(), ids=WRONG.keys())
def test_a_slope_that_is_wrong_further_on_is_found_out(entry, slope):
    """What fails says so; what the slopes told make acceptable decreases the function enough."""
    value = Asked(valley)
    for first in (0.3, 1.0, 1.5, 40.0):
        value.at.clear()
        found = entry.run(value, slope, first)
        assert len(value.at) <= 201
        if found.success:
            assert valley(found.at) <= 1.0 + 1e-4 * found.at * slope(0.0)
        elif not is_scipys(found):
            assert found.status == Status.INCONSISTENT_SLOPE


# No lower bound.


@every(*ALL, entries=ENTRIES | RECORDED | OPAQUE | COMPILED)
def test_a_function_without_a_lower_bound(entry):
    found = entry.run(lambda a: -a, lambda a: -1.0, 1.0)
    if entry.kind == "interval":  # it has one there
        assert found.at == pytest.approx(INTERVAL[1], abs=1e-4)
    elif is_scipys(found):
        assert not found.success or math.isfinite(found.at)
    elif found.success:  # Armijo's condition asks for no more
        assert Armijo().holds(found.at, found.value, -1.0, 0.0, -1.0)
    elif found.status != Status.MAX_ITERATIONS:  # of steps that do not grow
        assert found.status == Status.UNBOUNDED
        assert found.value <= -1e10


@every(*ALL, entries=CALLING | COMPILED)
def test_minus_infinity_is_the_end(entry):
    found = entry.run(lambda a: -math.inf if a > 0.3 else valley(a), slope_of_valley, 1.0)
    assert not found.success
    if not is_scipys(found):
        assert found.status == Status.UNBOUNDED


# Wrong shapes: an error that names both.

TAPE = fastls.record(lambda x: np.sum(x**2), np.zeros(3))
THREE, TWO = np.ones(3), np.ones(2)


def step_of(f, grad, x, d):
    return lambda search=STEP_SEARCHES[0]: search.step(f, grad, x, d)


SHAPES = {
    "step: x and d": step_of(np.sum, np.ones_like, THREE, TWO),
    "step: the gradient": step_of(np.sum, lambda x: -TWO, THREE, -THREE),
    "step: a pair": step_of(lambda x: (np.sum(x), -TWO), None, THREE, -THREE),
    "step: grad0": lambda: STEP_SEARCHES[0].step(np.sum, None, THREE, THREE, grad0=TWO),
    "step: a tape": step_of(TAPE, None, TWO, TWO),
    "line_search": lambda: fastls.line_search(np.sum, lambda x: -TWO, THREE, -THREE, gfk=THREE),
    "minimize: the gradient": lambda: fastls.minimize(np.sum, THREE, jac=lambda x: TWO),
    "minimize: a tape": lambda: fastls.minimize(TAPE, TWO),
    "minimize: hessp": lambda: fastls.minimize(
        lambda x: x @ x, THREE, jac=lambda x: 2 * x, hessp=lambda x, v: TWO, method="newton-cg"
    ),
    "tape": lambda: TAPE(TWO),
    "tape.grad": lambda: TAPE.grad(TWO),
    "tape.value_and_grad": lambda: TAPE.value_and_grad(TWO),
    "tape.jacobian": lambda: TAPE.jacobian(TWO),
    "tape.hessian": lambda: TAPE.hessian(TWO),
    "tape.jvp: x": lambda: TAPE.jvp(TWO, TWO),
    "tape.jvp: v": lambda: TAPE.jvp(THREE, TWO),
    "tape.hvp: v": lambda: TAPE.hvp(THREE, TWO),
    "tape.differential: dx": lambda: TAPE.differential(THREE, TWO),
    "tape.second_differential: dx2": lambda: TAPE.second_differential(THREE, THREE, TWO),
    "tape.along: x": lambda: TAPE.along(TWO, TWO),
    "tape.along: d": lambda: TAPE.along(THREE, TWO),
    "ray.turn": lambda: TAPE.along(THREE, THREE).turn(TWO),
    "tape.lowlevel": lambda: TAPE.lowlevel(TWO),
}


@pytest.mark.parametrize("run", SHAPES.values(), ids=SHAPES.keys())
def test_wrong_shapes_are_named(run):
    with pytest.raises(ValueError, match=r"3.*2|2.*3"):
        run()


def test_a_cotangent_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"u.*\(2,\)"):
        TAPE.vjp(THREE, TWO)


# The arrays a function is handed are its own to write to and to keep.


def keeping(f, kept):
    """The function, which keeps what it is handed, and a copy."""

    def function(x):
        kept.append((x, x.copy()))
        return f(x)

    return function


def overwriting(f):
    def function(x):
        found = f(x)
        x[...] = math.nan
        return found

    return function


def bowl(x):
    return (x[0] - 1.0) ** 2 + 3.0 * (x[1] - 2.0) ** 4


def slope_of_bowl(x):
    return np.array([2.0 * (x[0] - 1.0), 12.0 * (x[1] - 2.0) ** 3])


def of_vectors(f, grad):
    """Whatever hands arrays to functions; and the arrays they are to begin with."""
    x, d = np.array([0.0, 3.0]), np.array([1.0, -1.0])
    for search in STEP_SEARCHES:
        yield search.step(f, grad, x, d, 3.0)
        yield search.step(lambda x: (f(x.copy()), grad(x)), None, x, d, 3.0)
    for method in METHODS:
        yield fastls.minimize(f, x, jac=grad, method=method, options={"maxiter": 20})
        yield fastls.minimize(
            f, x, jac=grad, method=method, callback=lambda x: x.fill(0.0), options={"maxiter": 20}
        )
    assert x.tolist() == [0.0, 3.0]
    assert d.tolist() == [1.0, -1.0]


def test_a_function_may_write_over_what_it_is_handed():
    expected = of_vectors(bowl, slope_of_bowl)
    found = of_vectors(overwriting(bowl), overwriting(slope_of_bowl))
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.x.tolist() == theirs.x.tolist()
        assert (ours.nfev, ours.status) == (theirs.nfev, theirs.status)


def test_a_function_may_keep_what_it_is_handed():
    kept = []
    for _ in of_vectors(keeping(bowl, kept), keeping(slope_of_bowl, kept)):
        pass
    assert len(kept) > 100
    for array, copy in kept:
        assert array.tolist() == copy.tolist()


def test_an_operation_of_the_users_on_a_tape_may_write_over_and_keep_its_arrays():
    kept = []

    def total(a):
        kept.append((a, a.copy()))
        found = np.sum(a)
        if len(kept) % 2:
            a[...] = math.nan
        return found

    operation = fastls.primitive(
        total, vjp=lambda g, y, a: [g * np.ones(3)], jvp=lambda t, y, a: np.sum(t[0])
    )
    tape = fastls.record(lambda x: operation(x) + operation(2.0 * x), THREE)
    x = np.arange(3.0)
    for _ in range(3):
        assert tape(x) == 9.0
        assert tape.value_and_grad(x)[1].tolist() == [3.0] * 3
        assert tape.along(x, THREE)(1.0) == (18.0, 9.0)
    assert x.tolist() == [0.0, 1.0, 2.0]
    unchanged = [array.tolist() == copy.tolist() for array, copy in kept]
    assert all(unchanged[1::2])


# Many threads on one object.


def in_threads(run, count=8):
    """What run returns in each of some threads that begin together."""
    barrier = threading.Barrier(count)

    def together(i):
        barrier.wait()
        return run(i)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(together, range(count)))


@every(*ALL, entries=TAKING)
def test_many_threads_find_what_one_finds(entry):
    """An entry has one search object, which all of its runs share."""
    expected = entry.run(valley, slope_of_valley, 3.0)
    for found in in_threads(lambda i: [entry.run(valley, slope_of_valley, 3.0) for _ in range(3)]):
        assert found == [expected] * 3


def branching(x):
    """On another path where the sum is negative."""
    return np.sum(np.tanh(x) * x[::-1]) if np.sum(x) > 0.0 else np.sum(np.exp(x)) + x[0]


@pytest.mark.parametrize("size", [3, 5000])
@pytest.mark.parametrize("purpose", PURPOSES.values(), ids=PURPOSES.keys())
def test_many_threads_replay_a_tape_as_one_does(purpose, size):
    """On two paths, of which one is recorded only when it is met; long replays drop the GIL."""
    if size > 100 and purpose in (PURPOSES["hessian"], PURPOSES["jacobian"]):
        size = 100
    points = [s * np.random.default_rng(i).random(size) for i in range(4) for s in (1.0, -1.0)]
    alone = fastls.record(branching, points[0])
    expected = [purpose(alone, x) for x in points]
    shared = fastls.record(branching, points[0])
    found = in_threads(lambda i: [purpose(shared, x) for x in points * 3])
    for each in found:
        for ours, theirs in zip(each, expected * 3, strict=True):
            np.testing.assert_equal(ours, theirs)


@pytest.mark.parametrize("name", many_threads.CASES)
def test_many_threads_ask_for_everything_at_once(name):
    make = many_threads.CASES[name]
    assert not many_threads.one_round(make, [job() for job in make()])


def test_many_threads_on_one_ray_wait_for_each_other():
    ray = fastls.record(branching, THREE).along(THREE, -THREE)
    alphas = [0.1 * i for i in range(20)]
    expected = [ray(alpha) for alpha in alphas]
    for found in in_threads(lambda i: [ray(alpha) for alpha in alphas]):
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_ray_that_another_thread_records_on_is_waited_for_without_the_gil():
    """A slope from Python takes the GIL, which recording a new path needs."""
    x = np.ones(3)

    def function(x):
        if np.sum(x) < 0.0:
            threading.Event().wait(0.01)  # lets the other threads run
            return np.sum(np.exp(x))
        return np.sum(x**2)

    ray = fastls.record(function, x).along(x, -x)
    search = fastls.MoreThuente(max_evaluations=5)
    in_threads(lambda i: search.search(ray, lambda a: 2.0 * a - 3.0, 4.0), 4)


# What a search does not make cannot be made.


@pytest.mark.parametrize(
    "made", [TAPE.along(THREE, THREE), TAPE.lowlevel(), fastls.Brent().begin(INTERVAL),
             fastls.Brent().minimize(abs, INTERVAL), fastls.Zoom().search(lambda a: (a, 0.0))],
    ids=lambda made: type(made).__name__,
)  # fmt: skip
def test_what_others_make_cannot_be_made_by_hand(made):
    with pytest.raises(TypeError, match="made by"):
        type(made)()
