"""Times of whole calls."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any


def least_times(
    ways: Sequence[Callable[[], Any]], repeats: int, limit: float = math.inf
) -> list[float]:
    """The least time of each, in seconds; in turn, so that all see the machine in any mood.

    What has taken longer than the limit in all is not repeated again.
    """
    least = [math.inf] * len(ways)
    spent = [0.0] * len(ways)
    for _ in range(repeats):
        for i, way in enumerate(ways):
            if spent[i] <= limit:
                start = time.perf_counter()
                way()
                seconds = time.perf_counter() - start
                spent[i] += seconds
                least[i] = min(least[i], seconds)
    return least
