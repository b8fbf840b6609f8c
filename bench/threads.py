"""What a second thread brings: ``python -m bench.threads [repeats]``.

One thread does a piece of work; two threads do it once each. Twice the first time over the second
is the throughput of two in units of one: 2 where they do not hinder each other. Minima of
alternating repeats. The first row is not ours: it tells what the machine has to give at the time.
"""

import ctypes
import ctypes.util
import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import fastls

Work = Callable[[], Any]

CPUS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


def cases() -> Iterator[tuple[str, Work]]:
    """What is done, for a few milliseconds."""
    data = bytes(2**21)
    yield "hashlib.sha256, the control", lambda: hashlib.sha256(data).digest()

    search = fastls.GoldenSection()
    libm = ctypes.CDLL(ctypes.util.find_library("m"))
    libm.cosh.restype, libm.cosh.argtypes = ctypes.c_double, [ctypes.c_double]
    yield (
        "golden section, C callback of 30 ns",
        repeated(lambda: search.minimize(libm.cosh, (-1.0, 2.0)), 300),
    )
    slow = slow_callback()
    if slow is not None:
        yield (
            "golden section, C callback of 5 µs",
            repeated(lambda: search.minimize(slow, (-1.0, 2.0)), 5),
        )

    def rosenbrock(x: Any) -> Any:
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    for size, times in ((2, 1000), (1000, 200), (10_000, 30), (100_000, 4)):
        x = np.linspace(-1.0, 1.0, size)
        tape = fastls.record(rosenbrock, x)
        yield (
            f"one tape, Rosenbrock, n = {size}",
            asked(tape, x, times),
        )

    rng = np.random.default_rng(0)
    A, w = rng.normal(size=(2000, 50)), np.zeros(50)
    logistic = fastls.record(lambda w: np.sum(np.logaddexp(0.0, A @ w)), w)
    yield "one tape, logistic, 2000 by 50", asked(logistic, w, 20)
    method = fastls.descent.LBFGS(maxiter=10)
    yield "L-BFGS on one tape, the same", repeated(lambda: method(logistic, w), 2)


def slow_callback() -> Any:
    try:
        import numba
    except ImportError:
        return None

    @numba.cfunc("double(double)")
    def slow(x: float) -> float:
        total = 0.0
        for i in range(500):
            total += np.cosh(x + 1e-9 * i)
        return total

    return slow


def asked(tape: fastls.Tape, x: Any, times: int) -> Work:
    """Value and gradient. Each thread has a method and an argument of its own: without the GIL,
    they would wait for each other to count references to these."""

    def run() -> None:
        value_and_grad, own = tape.value_and_grad, x.copy()
        for _ in range(times):
            value_and_grad(own)

    return run


def repeated(work: Work, times: int) -> Work:
    def run() -> None:
        for _ in range(times):
            work()

    return run


def seconds(work: Work, count: int) -> float:
    """From the first start to the last end of so many threads, which begin together."""
    barrier = threading.Barrier(count)
    starts, ends = [], []

    def run(cpu: int) -> None:
        if hasattr(os, "sched_setaffinity"):  # a busy system may put both on one
            os.sched_setaffinity(threading.get_native_id(), {CPUS[cpu % len(CPUS)]})
        barrier.wait()
        starts.append(time.perf_counter())
        work()
        ends.append(time.perf_counter())

    threads = [threading.Thread(target=run, args=(cpu,)) for cpu in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(ends) - min(starts)


def main(arguments: list[str]) -> None:
    repeats = int(arguments[0]) if arguments else 200
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {repeats} repeats")
    for name, work in cases():
        work()
        times = [(seconds(work, 1), seconds(work, 2)) for _ in range(repeats)]
        one, two = (min(column) for column in zip(*times, strict=True))
        print(
            f"{name:38} {1e3 * one:8.2f} ms {1e3 * two:8.2f} ms {2.0 * one / two:6.2f}", flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])
