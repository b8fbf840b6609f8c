"""What CPython's limited API costs callbacks: ``python -m bench.limited_api [repeats]``.

A wheel for all versions of CPython from 3.11 on (abi3) may use nothing but the limited API.
The same golden section, to 1e-8, is compiled with and without it.
"""

import ctypes
import ctypes.util
import math
import sys
from types import ModuleType
from typing import Any

from bench.compiled import compiled
from bench.timing import least_times

INTERVAL = (-1.0, 2.0)
XTOL = 1e-8
TIMES = 200


def parabola(x: float) -> float:
    return (x - 0.5) * (x - 0.5)


def cases() -> dict[str, tuple[Any, str]]:
    """What is called, and by which of the functions of the module."""
    libm = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
    cosh = ctypes.cast(libm.cosh, ctypes.c_void_p).value
    return {
        "Python callback": (parabola, "of_python"),
        "Python callback in C (math.cosh)": (math.cosh, "of_python"),
        "C callback (cosh of libm)": (cosh, "of_c"),
    }


def main(repeats: int) -> None:
    whole, limited = compiled("limited_loop"), compiled("limited_loop", limited_api="0x030B0000")
    print(f"golden section to {XTOL:g}; times in µs")
    print(f"{'':34} {'whole API':>10} {'limited':>10} {'ratio':>7}")
    for name, (f, way) in cases().items():

        def many(module: ModuleType, f: Any = f, way: str = way) -> None:
            minimiser = getattr(module, way)
            for _ in range(TIMES):
                minimiser(f, *INTERVAL, XTOL)

        ways = [lambda: many(whole), lambda: many(limited)]
        ours, theirs = (seconds / TIMES * 1e6 for seconds in least_times(ways, repeats))
        print(f"{name:34} {ours:10.2f} {theirs:10.2f} {theirs / ours:7.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
