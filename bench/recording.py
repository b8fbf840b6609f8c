"""What recording a long Python loop takes: the time and the memory of each operation on numbers."""

import time
import tracemalloc
from typing import Any, NamedTuple

import numpy as np

import fastls

VARIABLES = 1000


class Recording(NamedTuple):
    operations: int
    seconds: float  # the least of three
    bytes_each: float  # that the tape keeps, by tracemalloc
    bytes_at_most: float  # while it is recorded


def loop(operations: int) -> Any:
    """A function of as many products and sums of entries."""

    def f(x: Any) -> Any:
        total = x[0]
        for i in range(operations // 2):
            total = total * x[i % VARIABLES] + x[(7 * i + 3) % VARIABLES]
        return total

    return f


def record_a_loop(quick: bool) -> Recording:
    operations = 10_000 if quick else 1_000_000
    f, x = loop(operations), np.linspace(0.1, 0.9, VARIABLES)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        fastls.record(f, x)
        seconds.append(time.process_time() - start)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tape = fastls.record(f, x)
    now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del tape
    return Recording(
        operations, min(seconds), (now - before) / operations, (most - before) / operations
    )
