"""Damaged pickles raise; they never crash the interpreter, nor does what they leave behind.

A pickle holds parameters, results, and of a tape the function and what it was recorded with: no
instructions, which are made anew. (As with every pickle, one of a stranger's may run any code.)
None of these holds an array: a damaged dtype may crash NumPy itself.

Many more: ``python -m tests.test_pickles 0 1000000``, seeds from the first to the second.
"""

import os
import pickle
import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import fastls


def function(x, scale):
    return scale * np.exp(-x[0]) * x[1] + x[2] ** 3


X = [0.5, 1.0, 1.5]


def valley(a):
    return (a - 1.0) ** 2


def objects():
    """One of each kind that pickles, and a use of it."""
    for search in (fastls.Dichotomy(), fastls.GoldenSection(), fastls.Parabolic(), fastls.Brent()):
        yield search, lambda s: s.minimize(valley, (0.0, 3.0))
    for search in (
        fastls.Backtracking(fastls.Goldstein(0.2), interpolation="cubic"),
        fastls.Zoom(),
        fastls.MoreThuente(),
        fastls.HagerZhang(),
    ):
        yield search, lambda s: s.search(lambda a: (valley(a), 2.0 * (a - 1.0)))
    yield fastls.descent.LBFGS(memory=3), lambda m: m(lambda x: np.sum(x**2), X)
    yield fastls.Nonmonotone(), lambda n: n(1.0)
    yield fastls.StrongWolfe(), lambda c: c.holds(1.0, 0.0, 0.0, 1.0, -1.0)
    for result in (
        fastls.Brent().minimize(valley, (0.0, 3.0)),
        fastls.Zoom().search(valley, lambda a: 2.0 * (a - 1.0)),
        fastls.bracket(valley),
        fastls.Status.UNBOUNDED,
    ):
        yield result, repr
    tape = fastls.record(function, X, 2.0)
    yield tape, lambda t: (t(X, 2.0), t.grad(X, 2.0), t.along(X, 2.0, X)(0.5), t.hvp(X, 2.0, X))


def damaged(text: bytes, seed: int) -> bytes:
    """With bits that are flipped, bytes that are lost or come twice, or the end cut off."""
    rng = random.Random(seed)
    found = bytearray(text)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        i = rng.randrange(len(found))
        match rng.randrange(4):
            case 0 | 1:
                found[i] ^= 1 << rng.randrange(8)
            case 2:
                del found[i : i + rng.randrange(1, 9)]
            case _:
                found[i:i] = found[i : i + rng.randrange(1, 9)]
        if not found:
            break
    return bytes(found[: rng.randrange(len(found) + 1)] if rng.random() < 0.2 else found)


def try_all(first: int, last: int) -> dict[str, int]:
    """Load and use damaged pickles; how many of them could be loaded, and used."""
    kinds = [(pickle.dumps(made), use) for made, use in objects()]
    counts = {"tried": 0, "loaded": 0, "used": 0}
    for seed in range(first, last):
        text, use = kinds[seed % len(kinds)]
        counts["tried"] += 1
        try:
            made = pickle.loads(damaged(text, seed))
            counts["loaded"] += 1
            use(made)
            counts["used"] += 1
        except Exception:
            pass
    return counts


def test_whole_pickles_are_what_was_pickled():
    for made, use in objects():
        np.testing.assert_equal(repr(use(pickle.loads(pickle.dumps(made)))), repr(use(made)))


def test_a_pickled_tape_holds_no_instructions():
    tape = fastls.record(function, X, 2.0)
    assert len(pickle.dumps(tape)) < 500


@pytest.mark.parametrize("first", [0, 1000])
def test_damaged_pickles_raise(first):
    done = subprocess.run(
        [sys.executable, "-m", "tests.test_pickles", str(first), str(first + 1000)],
        capture_output=True, text=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "'tried': 1000" in done.stdout


if __name__ == "__main__":
    try:
        import resource

        if "asan" not in os.environ.get("LD_PRELOAD", ""):  # the sanitizer needs addresses itself
            # A length may have become huge.
            resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
    except ImportError:  # on Windows
        pass
    warnings.simplefilter("ignore")
    print(try_all(*map(int, sys.argv[1:])))
