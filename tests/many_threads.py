"""Many threads on shared objects: ``python -m tests.many_threads [seconds a case]``.

In each round the threads share a new object, and each asks it for the same things in an order of
its own, so that they meet while programs are made and new paths recorded. Every answer is compared
with that of one thread on another object.
"""

import contextlib
import ctypes
import ctypes.util
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

import fastls

Job = Callable[[], Any]

COUNT = 8
RNG = np.random.default_rng(0)
MATRIX = RNG.normal(size=(40, 30))
SQUARE = np.eye(6) * 4.0 + RNG.normal(size=(6, 6))
SMALL, LONG = RNG.random(6), RNG.random(3000)


def branching(x):
    """On one of three paths."""
    if np.sum(x) > 1.0:
        return np.sum(np.tanh(x) * x[::-1])
    if np.sum(x) > -1.0:
        return np.sum(x**2) + np.sum(np.logaddexp(0.0, x))
    return np.sum(np.exp(x)) + x[0]


def solving(x):
    """Linear algebra, and a scan."""
    y = np.linalg.solve(SQUARE + np.outer(x, x), x)
    return np.sum(np.cumsum(y) ** 2) if y[0] > 0.0 else y @ np.sin(x)


def in_parts(x):
    """With what is computed again in the reverse sweep."""
    y = fastls.checkpoint(lambda x: np.tanh(x) * np.sin(x))(x)
    return np.sum(y) if np.sum(x) > 0.0 else np.sum(y**3)


def vector(x):
    return np.tanh(MATRIX[:, : len(x)] @ x) if x[0] > 0.0 else MATRIX[:5, : len(x)] @ x**2


def logistic(w):
    return np.sum(np.logaddexp(0.0, MATRIX @ w)) + w @ w


def points(x: Any) -> list[Any]:
    return [x, -x, 0.1 * x, -0.1 * x]


def of_tape(function: Callable[..., Any], x: Any) -> Callable[[], list[Job]]:
    """What a tape of a number is asked for."""

    def jobs() -> list[Job]:
        tape = fastls.record(function, x)
        found: list[Job] = [
            job
            for at in points(x)
            for job in (
                lambda at=at: tape(at),
                lambda at=at: tape.value_and_grad(at),
                lambda at=at: tape.grad(at),
                lambda at=at: tape.jvp(at, at),
                lambda at=at: tape.vjp(at, 2.0),
                lambda at=at: tape.hvp(at, at[::-1]),
                lambda at=at: tape.along(at, -at)(0.25),
                lambda at=at: tape.along(at, -at).gradient(0.25),
                lambda at=at: tape.lowlevel(at).size,
            )
        ]
        if len(x) < 100:
            found += [lambda at=at: tape.hessian(at) for at in points(x)]
            found += [lambda at=at, m=m: tape.jacobian(at, mode=m) for at in points(x)
                      for m in ("auto", "forward", "reverse")]  # fmt: skip
        # What these show depends on the path recorded last.
        return [*found, nothing(lambda: repr(tape)), nothing(lambda: tape.formula("gradient")),
                nothing(lambda: tape.formula("differential")), nothing(lambda: tape.memory),
                nothing(lambda: tape.to_dot())]  # fmt: skip

    return jobs


def nothing(job: Job) -> Job:
    def run() -> None:
        job()

    return run


def of_vectors() -> list[Job]:
    tape = fastls.record(vector, SMALL)
    return [
        job
        for at in points(SMALL)
        for job in (
            lambda at=at: tape(at),
            lambda at=at: tape.jvp(at, at),
            lambda at=at: tape.jacobian(at),
            lambda at=at: tape.jacobian(at, mode="forward"),
            lambda at=at: tape.jacobian(at, mode="reverse"),
        )
    ]


def of_structures() -> list[Job]:
    """A path for each integer."""

    def power(x, n):
        return {"sum": np.sum(x["a"] ** n), "all": [x["a"] * n, np.exp(x["b"])]}

    tape = fastls.record(power, {"a": SMALL, "b": 1.0}, 2)
    x = {"a": SMALL + 1.0, "b": 0.5}
    return [job for n in range(1, 9)
            for job in (lambda n=n: tape(x, n), lambda n=n: tape.jvp(x, n, x))]  # fmt: skip


def of_ray() -> list[Job]:
    ray = fastls.record(branching, SMALL).along(SMALL, -SMALL)
    search = fastls.MoreThuente()
    return [job for alpha in np.linspace(0.0, 3.0, 13)
            for job in (lambda a=alpha: ray(a), lambda a=alpha: ray.value(a),
                        lambda a=alpha: ray.gradient(a))] + [
        lambda: search.search(ray).alpha, lambda: ray.x, lambda: ray.d,
    ]  # fmt: skip


def of_lowlevel() -> list[Job]:
    function = fastls.record(branching, SMALL).lowlevel()
    double = ctypes.POINTER(ctypes.c_double)
    call = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_uint, double, double, ctypes.c_void_p)(
        function.address)  # fmt: skip

    def at(x: Any) -> Any:
        gradient = np.empty_like(x)
        value = call(len(x), x.ctypes.data_as(double), gradient.ctypes.data_as(double),
                     function.data)  # fmt: skip
        return value, gradient

    return [lambda x=x: at(x) for x in points(SMALL)]


def of_refusing_lowlevel() -> list[Job]:
    """What the function raises is kept, by whichever thread, while others look."""

    def refusing(x):
        if x[0] < 0.0:
            raise ValueError("x[0] must not be negative")
        return x @ x

    function = fastls.record(refusing, SMALL).lowlevel()
    double = ctypes.POINTER(ctypes.c_double)
    call = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_uint, double, double, ctypes.c_void_p)(
        function.address)  # fmt: skip

    def at(x: Any) -> Any:
        return call(len(x), x.ctypes.data_as(double), None, function.data)

    return [*[lambda x=x: at(x) for x in points(SMALL)], nothing(lambda: repr(function.error))]


def of_functions() -> list[Job]:
    """What is recorded on first use, of two structures by turns."""
    gradient, both = fastls.grad(branching), fastls.value_and_grad(branching)
    hessian = fastls.hessian(branching)
    found: list[Job] = [lambda x=x, f=f: f(x) for f in (gradient, both) for x in points(LONG)]
    return found + [lambda x=x, f=f: f(x) for f in (gradient, both, hessian) for x in points(SMALL)]


def of_captured() -> list[Job]:
    """What the function uses becomes other objects of the same value, while others compare it."""
    options: dict[str, float] = {"scale": 2.0}
    powers, names = [2, 3], {"first"}

    class Model:
        slope = 1.0

    def function(x):
        total = np.sum(options["scale"] * x ** powers[0]) + Model.slope * x[0]
        return total if "first" in names else -total

    tape = fastls.record(function, SMALL)

    def change() -> None:
        number = random.random()
        options["scale"] = float("2.0")
        options[str(number)] = number
        powers.append(4)
        names.add(str(number))
        setattr(Model, f"also_{number}", number)
        del options[str(number)], powers[2:]
        names.discard(str(number))
        delattr(Model, f"also_{number}")

    found: list[Job] = [lambda x=x: tape(x) for x in points(SMALL)]
    return [*found, *[lambda x=x: tape.grad(x) for x in points(SMALL)], *4 * [change]]


def of_arguments() -> list[Job]:
    """A dict and a list that are filled anew, with what is equal, while others read them."""
    tape = fastls.record(lambda p, x: p["a"] * np.sum(x[0]) + p["b"] * x[1], {"a": 1.0, "b": 2.0},
                         [SMALL, 3.0])  # fmt: skip
    numbers, parts = {"a": 1.0, "b": 2.0}, [SMALL, 3.0]

    def fill() -> None:
        numbers["a"], numbers["b"] = float("1.0"), float("2.0")
        parts[0], parts[1] = SMALL.copy(), float("3.0")

    return [*4 * [lambda: tape(numbers, parts), lambda: tape.grad(numbers, parts)], fill]


def of_dialogue() -> list[Job]:
    """One belongs to one thread; where several take part, nothing breaks."""
    dialogues = [fastls.Brent(xtol=0.0).begin((-1.0, 2.0)), fastls.Zoom().begin(4.0, -4.0)]

    def take_part(dialogue: Any) -> None:
        for _ in range(100):
            x = dialogue.ask()
            with contextlib.suppress(RuntimeError):  # another has told
                dialogue.tell(((x or 0.0) - 1.0) ** 4, 4.0 * ((x or 0.0) - 1.0) ** 3)
            len(dialogue.result.trace), dialogue.needs_slope

    return [lambda d=d: take_part(d) for d in dialogues]


def of_records() -> list[Job]:
    """Results have fields that may be written."""
    step = fastls.Zoom().search(lambda a: ((a - 1.0) ** 2, 2.0 * a - 2.0))
    found = fastls.Brent().minimize(lambda x: x * x, (-1.0, 2.0))

    def write() -> None:
        step.slope, step.x, found.fun, found.x = 1.0 * COUNT, np.zeros(2), 2.0 * COUNT, [COUNT]

    return [write, write, nothing(lambda: (repr(step), repr(found), step.x, found.x))]


def of_searches() -> list[Job]:
    libm = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
    libm.cosh.restype, libm.cosh.argtypes = ctypes.c_double, [ctypes.c_double]
    intervals = [fastls.Dichotomy(), fastls.GoldenSection(), fastls.Parabolic(), fastls.Brent()]
    steps = [fastls.Zoom(), fastls.MoreThuente(), fastls.HagerZhang(), fastls.Backtracking()]
    found: list[Job] = [
        job
        for search in intervals
        for job in (
            lambda s=search: s.minimize(lambda x: (x - 1.0) ** 4 + x, (-1.0, 2.0)).x,
            lambda s=search: s.minimize(libm.cosh, (-1.0, 2.0)).x,
        )
    ]
    tape = fastls.record(branching, SMALL)
    for search in steps:
        for x in points(SMALL):
            found += [lambda s=search, x=x: outcome(s.step(tape, None, x, -tape.grad(x)))]
        found += [
            lambda s=search: outcome(s.search(lambda a: ((a - 1.0) ** 2, 2.0 * a - 2.0))),
            lambda s=search: outcome(s.search(lambda a: (a - 1.0) ** 2, lambda a: 2.0 * a - 2.0)),
        ]
    return found


def outcome(step: Any) -> Any:
    return step.status, step.alpha, step.value


def of_descents() -> list[Job]:
    methods = [fastls.descent.LBFGS(), fastls.descent.ConjugateGradient(),
               fastls.descent.GradientDescent(maxiter=20), fastls.descent.NewtonCG()]  # fmt: skip
    tape = fastls.record(logistic, np.zeros(30))
    other = fastls.record(branching, SMALL)
    found: list[Job] = []
    for method in methods:
        found += [lambda m=method: m(tape, np.full(30, 0.1)).x,
                  lambda m=method: m(other, SMALL).x]  # fmt: skip
    return [*found, lambda: fastls.minimize(tape, np.ones(30)).x,
            lambda: fastls.minimize(logistic, np.ones(30)).x]  # fmt: skip


CASES: dict[str, Callable[[], list[Job]]] = {
    "branches": of_tape(branching, SMALL),
    "branches, long": of_tape(branching, LONG),
    "linear algebra": of_tape(solving, SMALL),
    "checkpoints": of_tape(in_parts, SMALL),
    "several values": of_vectors,
    "structures": of_structures,
    "one ray": of_ray,
    "low level": of_lowlevel,
    "low level, refusing": of_refusing_lowlevel,
    "functions": of_functions,
    "captured": of_captured,
    "arguments": of_arguments,
    "one dialogue": of_dialogue,
    "results": of_records,
    "searches": of_searches,
    "descents": of_descents,
}


def same(found: Any, expected: Any) -> bool:
    try:
        np.testing.assert_equal(found, expected)
    except AssertionError:
        return False
    return True


def one_round(make: Callable[[], list[Job]], expected: list[Any], seed: int = 0) -> list[str]:
    """What was wrong."""
    jobs, barrier = make(), threading.Barrier(COUNT)
    wrong: list[str] = []

    def work(number: int) -> None:
        order = list(range(len(jobs)))
        random.Random(COUNT * seed + number).shuffle(order)
        barrier.wait()
        for i in order:
            try:
                found = jobs[i]()
                if not same(found, expected[i]):
                    wrong.append(f"job {i}: {found} instead of {expected[i]}")
            except BaseException:
                wrong.append(f"job {i}: {traceback.format_exc()}")

    threads = [threading.Thread(target=work, args=(i,)) for i in range(COUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def main(seconds: float = 60.0, *names: str) -> int:
    sys.setswitchinterval(1e-5)
    failed = 0
    for name, make in CASES.items():
        if names and name not in names:
            continue
        expected = [job() for job in make()]
        rounds, end, wrong = 0, time.monotonic() + seconds, 0
        while time.monotonic() < end:
            for text in one_round(make, expected, rounds):
                wrong += 1
                if wrong < 4:
                    print(f"{name}, round {rounds}, {text}", flush=True)
            rounds += 1
        print(f"{name}: {rounds} rounds, {rounds * COUNT * len(expected)} answers, {wrong} wrong",
              flush=True)  # fmt: skip
        failed += wrong
    return failed


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*map(float, given[:1]), *given[1:]) > 0)
