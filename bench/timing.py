"""Times of whole calls."""

import time
from collections.abc import Callable, Sequence
from typing import Any


def least_times(ways: Sequence[Callable[[], Any]], repeats: int) -> list[float]:
    """The least time of each, in seconds; in turn, so that all see the machine in any mood."""
    times = [float("inf")] * len(ways)
    for _ in range(repeats):
        for i, way in enumerate(ways):
            start = time.perf_counter()
            way()
            times[i] = min(times[i], time.perf_counter() - start)
    return times
