"""What a second thread brings: ``python -m bench.threads [repeats]``.

One thread does a piece of work; two threads do it once each, and so do two processes, which share
nothing. Twice the first time over the second is the throughput of two in units of one, from the
minima of alternating repeats: 2 where the machine has two whole cores to give. Where it has two
threads of one core, or neighbours, processes come to less too; so the last column compares the two
at a time: the median of processes over threads, 1 where threads do not hinder each other. The first
row is not ours.
"""

import ctypes
import ctypes.util
import hashlib
import multiprocessing
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
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
    libm = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
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


def pinned(identity: int, cpu: int) -> None:
    """To a CPU of its own: a busy system may put both on one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(identity, {CPUS[cpu % len(CPUS)]})


def seconds(work: Work, count: int) -> float:
    """From the first start to the last end of so many threads, which begin together."""
    barrier = threading.Barrier(count)
    starts, ends = [], []

    def run(cpu: int) -> None:
        pinned(threading.get_native_id(), cpu)
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


class TwoProcesses:
    """The same for two processes, forked once: each begins at the time that it is told."""

    def __init__(self, work: Work) -> None:
        fork = multiprocessing.get_context("fork")
        self.ends = []
        for cpu in range(2):
            mine, theirs = fork.Pipe()
            fork.Process(target=self.serve, args=(work, cpu, theirs), daemon=True).start()
            self.ends.append(mine)

    @staticmethod
    def serve(work: Work, cpu: int, end: Connection) -> None:
        pinned(0, cpu)
        while (start := end.recv()) is not None:
            while time.perf_counter() < start:
                pass
            work()
            end.send(time.perf_counter())

    def seconds(self) -> float:
        start = time.perf_counter() + 1e-3
        for end in self.ends:
            end.send(start)
        last: float = max(end.recv() for end in self.ends)
        return last - start

    def stop(self) -> None:
        for end in self.ends:
            end.send(None)


def main(arguments: list[str]) -> None:
    repeats = int(arguments[0]) if arguments else 200
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {repeats} repeats")
    print(f"{'':38} {'one':>11} {'threads':>18} {'processes':>18}  processes/threads")
    for name, work in cases():
        work()
        processes = TwoProcesses(work)
        times = [(seconds(work, 1), seconds(work, 2), processes.seconds()) for _ in range(repeats)]
        processes.stop()
        one, threads, apart = (min(column) for column in zip(*times, strict=True))
        beside = statistics.median(apart / threads for _, threads, apart in times)
        print(
            f"{name:38} {1e3 * one:8.2f} ms"
            f" {1e3 * threads:8.2f} ms {2 * one / threads:6.2f}"
            f" {1e3 * apart:8.2f} ms {2 * one / apart:6.2f} {beside:10.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
