"""ADBench's recurrent network on long sequences: ``python -m bench.recurrence [characters ...]``.

Two layers of 14 bits, as theirs; each length by the tape, by autograd, and by JAX from the same
loop and from a scan written for it. JAX takes minutes to compile long loops: it is given those of
up to ``--unrolled`` characters. Times are of the processor, one thread, the least of many.
"""

import argparse
import math
import os
from collections.abc import Iterator

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"):
    os.environ[_variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import numpy as np

from . import adbench
from .peers import Peer, autograd, compiled_by_jax, is_installed, jax, prepared, read, tape
from .progress import progress
from .tape_problems import TapeProblem, recurrent_problem
from .tape_times import difference, timed

LENGTHS = (64, 256, 1024)


def who(problem: TapeProblem, state: np.ndarray, sequence: np.ndarray, most: int) -> Iterator[Peer]:
    """Those that are installed, the tape first; JAX from the loop up to so many characters."""
    yield prepared(tape, problem)
    objective = problem.write(np)
    yield Peer("NumPy", objective, objective, problem.arguments, read)
    if is_installed("autograd"):
        yield autograd(problem)
    if is_installed("jax"):
        yield compiled_by_jax(
            "JAX, scan", problem, lambda package: adbench.recurrent_scan(package, state, sequence)
        )
        if len(sequence) <= most:
            yield jax(problem)._replace(name="JAX, loop")


def measure(characters: int, most: int, repeats: int = 30) -> Iterator[str]:
    """The lines of one length."""
    problem = recurrent_problem(np.random.default_rng(2018), 2, characters, 14)
    (state, sequence), _ = adbench.recurrent_data(np.random.default_rng(2018), 2, characters, 14)
    members = []
    for peer in who(problem, state, sequence, most):
        progress(f"{problem.name}: {peer.name} is ready")
        members.append(peer)
    values = timed(members, "value", repeats, 2.0)
    both = [peer for peer in members if peer.name != "NumPy"]
    answers = {peer.name: peer.answer() for peer in both}
    gradients = timed(both, "value_and_grad", repeats, 2.0)
    progress()
    for peer in members:
        name = peer.name
        differs = difference(answers[name], answers["tape"]) if name in answers else math.nan
        numbers = (peer.preparing or math.nan, values[name], gradients.get(name, math.nan))
        line = f"{problem.name if name == 'tape' else '':<16}{name:<12}"
        line += "".join(f"{'' if math.isnan(x) else f'{x * 1e3:.3g}':>12}" for x in numbers)
        yield line + ("" if math.isnan(differs) else f"{differs:>10.0e}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.recurrence", description=__doc__)
    parser.add_argument("characters", nargs="*", type=int, default=LENGTHS)
    parser.add_argument("--unrolled", metavar="N", type=int, default=64)
    options = parser.parse_args()
    print(f"{'ms':<28}{'preparing':>12}{'value':>12}{'gradient':>12}{'differs':>10}")
    for characters in options.characters:
        for line in measure(characters, options.unrolled):
            print(line.rstrip(), flush=True)


if __name__ == "__main__":
    main()
