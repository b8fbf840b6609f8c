"""Whether memory grows: ``python -m bench.soak [searches] [recordings]``, by default 10^6 and 10^5.

Every entry of `tests.entries` is run in turn, and makes one of ten runs raise. What Python has
allocated (in blocks) and what the process has in memory are told ten times on the way: what leaks
grows with each line, what is only kept for later does not. Where the second half of the runs has
left more than 500 blocks or a megabyte, it ends with 1.
"""

import contextlib
import gc
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

import numpy as np

import fastls
from tests.entries import ENTRIES, OPAQUE, RECORDED

LINES = 10


def resident() -> float:
    """Megabytes in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20


def valley(a: float) -> float:
    return (a - 1.0) ** 2


def slope(a: float) -> float:
    return 2.0 * (a - 1.0)


class Raised(Exception):
    pass


def raising(a: float) -> float:
    if a > 0.5:
        raise Raised
    return valley(a)


def searches() -> Iterator[Callable[[], object]]:
    """Runs of every entry that calls Python, of which one in ten raises."""
    runs = [entry.run for entry in ENTRIES.values()]
    for i, run in enumerate(cycle(runs)):
        value = raising if i % 10 == 9 else valley
        yield partial(run, value, slope, 1.5)


def on_tapes() -> Iterator[Callable[[], object]]:
    """Searches on tapes that stay; and everything that a tape is asked for."""
    x = np.linspace(0.5, 1.5, 7)
    tape = fastls.record(lambda x: np.sum(np.tanh(x) * x[::-1]), x)
    ray = tape.along(x, -x)
    search = fastls.Zoom()
    yield from cycle(
        [
            lambda: tape.value_and_grad(x),
            lambda: tape.hvp(x, x),
            lambda: tape.jvp(x, x),
            lambda: search.step(tape, None, x, -x),
            lambda: search.search(ray),
            lambda: tape.lowlevel().address,
            lambda: fastls.minimize(tape, x, options={"maxiter": 3}),
        ]
    )


def recordings() -> Iterator[Callable[[], object]]:
    """Recordings of new functions, with derivatives and rays, of which one in ten raises."""
    x = np.linspace(0.5, 1.5, 7)

    def record() -> object:
        tape = fastls.record(lambda x: np.sum(np.exp(-x) * x) if x[0] > 0 else np.sum(x**3), x)
        return tape.grad(x), tape.grad(-x), tape.hvp(x, x), tape.along(x, x)(0.5), tape(x)

    runs = [entry.run for entry in (*RECORDED.values(), *OPAQUE.values())]
    for i, run in enumerate(cycle(runs)):
        value = raising if i % 10 == 9 else valley
        yield record
        yield partial(run, value, slope, 1.5)


def soak(name: str, runs: Iterator[Callable[[], object]], count: int) -> bool:
    """Tell it line by line; whether it grew."""
    print(f"{name}\n{'runs':>10} {'blocks':>10} {'MB':>8} {'seconds':>8}")
    start = time.perf_counter()
    blocks, memory = [], []
    for line in range(LINES + 1):
        for run in islice(runs, count // LINES if line else max(count // 100, 1000)):
            with contextlib.suppress(Raised):
                run()
        gc.collect()
        blocks.append(sys.getallocatedblocks())
        memory.append(resident())
        done = line * (count // LINES)
        seconds = time.perf_counter() - start
        print(f"{done:10} {blocks[-1]:10} {memory[-1]:8.1f} {seconds:8.0f}", flush=True)
    half = LINES // 2
    grew = blocks[-1] - blocks[half] > 500 or memory[-1] - memory[half] > 1.0
    if grew:
        print(f"{name}: memory grows")
    return grew


def main(arguments: list[str]) -> int:
    most = [int(float(argument)) for argument in arguments] or [10**6, 10**5]
    grew = [
        soak("searches", searches(), most[0]),
        soak("on tapes", on_tapes(), most[0]),
        soak("recordings", recordings(), most[-1]),
    ]
    return int(any(grew))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
