"""Jacobians and Hessians beside JAX and autograd: ``python -m bench.jacobians``.

Each function is written once, as a function of the module it computes with. Times are the least of
many calls, in turns; JAX is compiled, and waited for; its three transforms of a Jacobian (jacfwd,
jacrev) and of a Hessian (``jax.hessian``) are timed apart, and the fastest is shown. Run on one
core (``taskset -c 0``): XLA and BLAS otherwise take more.
"""

import argparse
import importlib
import math
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import record

from .adbench import reprojection, rows, scene
from .numpy_objectives import rosenbrock, rosenbrock_loop
from .peers import is_installed

DURATION = 2e-3  # seconds that a peer is timed without interruption


class Case(NamedTuple):
    """A function, and which matrix of derivatives is wanted of it."""

    name: str
    what: str  # "jacobian" or "hessian"
    write: Callable[[Any], Callable[..., Any]]
    argument: Any


def cases() -> list[Case]:
    rng = np.random.default_rng(0)
    found = []
    matrix = rng.standard_normal((100, 100))
    x = rng.standard_normal(100)
    found.append(Case("A x, 100 x 100", "jacobian", lambda np: lambda x: matrix @ x, x))
    found.append(
        Case("sin(A x), 100 x 100", "jacobian", lambda np: lambda x: np.sin(matrix @ x), x)
    )
    for n in (100, 1000):
        found.append(Case(
            f"entry by entry, {n}", "jacobian",
            lambda np: lambda x: np.tanh(x) * np.exp(-(x**2)), rng.standard_normal(n),
        ))  # fmt: skip
    found.append(Case("network 64-32-10", "jacobian", network(rng), rng.standard_normal(64)))
    found += [
        Case(f"Rosenbrock {n}", "hessian", rosenbrock, rng.standard_normal(n))
        for n in (10, 100, 1000)
    ]
    for length, columns in ((100, 10), (2000, 50)):
        found.append(
            Case(f"logistic {length} x {columns}", "hessian", logistic(rng, length, columns),
                 rng.standard_normal(columns) / columns)
        )  # fmt: skip
    one = scene(rng, 1, 1, 1)
    row = rows(np, one.cameras, one.points, one.weights)[0]
    found.append(
        Case("reprojection, 15 to 2", "jacobian", lambda np: reprojection(np, one.features[0]),
             row)
    )  # fmt: skip
    found.append(Case("Rosenbrock 20, a loop", "hessian", rosenbrock_loop, rng.standard_normal(20)))
    return found


def network(rng: np.random.Generator) -> Any:
    first, second = rng.standard_normal((32, 64)) / 8.0, rng.standard_normal((10, 32)) / 6.0
    return lambda np: lambda x: np.tanh(second @ np.tanh(first @ x))


def logistic(rng: np.random.Generator, rows: int, columns: int) -> Any:
    data = rng.standard_normal((rows, columns))
    labels = np.where(rng.uniform(size=rows) < 0.5, -1.0, 1.0)
    return lambda np: lambda w: np.sum(np.logaddexp(0.0, -labels * (data @ w)))


def contestants(case: Case) -> dict[str, Callable[[], Any]]:
    """By name, what computes the matrix."""
    objective, x = case.write(np), case.argument
    tape = record(objective, x)
    found: dict[str, Callable[[], Any]] = {}
    if case.what == "hessian":
        found["fastls"] = lambda: tape.hessian(x)
    else:
        found["fastls"] = lambda: tape.jacobian(x)
        found["forward"] = lambda: tape.jacobian(x, mode="forward")
        found["reverse"] = lambda: tape.jacobian(x, mode="reverse")
    if is_installed("jax"):
        jax = importlib.import_module("jax")
        jax.config.update("jax_enable_x64", True)
        written = case.write(importlib.import_module("jax.numpy"))
        names = ("hessian",) if case.what == "hessian" else ("jacfwd", "jacrev")
        given = jax.numpy.asarray(x)
        for name in names:
            compiled = jax.jit(getattr(jax, name)(written))
            found[f"JAX {name}"] = partial(waited_for, compiled, given)
    if is_installed("autograd") and np.size(x) <= 100:
        autograd = importlib.import_module("autograd")
        written = case.write(importlib.import_module("autograd.numpy"))
        matrix = getattr(autograd, case.what)(written)
        found["autograd"] = lambda: matrix(x)
    return found


def waited_for(function: Callable[..., Any], x: Any) -> Any:
    return function(x).block_until_ready()


def least(calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The least time of each, in turns, so that what else the machine does meets all alike."""
    seconds = dict.fromkeys(calls, math.inf)
    for _ in range(rounds):
        for name, call in calls.items():
            stop = time.perf_counter() + DURATION
            while True:
                start = time.perf_counter()
                call()
                end = time.perf_counter()
                seconds[name] = min(seconds[name], end - start)
                if end > stop:
                    break
    return seconds


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.jacobians", description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of names; all by default")
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args(arguments)
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    for case in cases():
        if options.only and not any(part in case.name for part in options.only):
            continue
        start = time.perf_counter()
        tape = record(case.write(np), case.argument)
        getattr(tape, case.what)(case.argument)
        recording = time.perf_counter() - start
        calls = contestants(case)
        answers = {name: np.asarray(call()) for name, call in calls.items()}
        seconds = least(calls, options.rounds)
        print(f"{case.name}: {case.what}; recorded in {1e3 * recording:.1f} ms")
        for name, took in seconds.items():
            off = np.max(np.abs(answers[name] - answers["fastls"]))
            ratio = took / seconds["fastls"]
            print(f"    {name:12} {1e6 * took:10.1f} µs {ratio:8.2f} ×   {off:.1e}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
