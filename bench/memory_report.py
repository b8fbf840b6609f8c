"""Memory against time: value and gradient of a chain of layers, with and without checkpoints.

``python -m bench.memory_report`` measures chains of up to 10 000 layers; the report, up to 1000.
"""

import math
import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import fastls

from .peers import CLOCK
from .progress import progress

LEGEND = (
    "Value and gradient of chains of layers: tanh of 1000 entries, and tanh(A x) with 200. "
    "planned: the peak of the plan, and over that without checkpoints; grown: what the process "
    "grew by at the first replay; ms: of the processor, the least of a few; time over that without "
    "checkpoints; layers: how many are "
    "computed, over their number, and what theory says (root n: 2 - 1/root n; binomial: Griewank "
    "and Walther's optimum with log2 n snapshots). Elementwise layers take half a thousand entries "
    "through all layers before the next, which saves half of their memory already."
)
STATM = Path("/proc/self/statm")


class Row(NamedTuple):
    """One chain, differentiated one way; bytes and seconds."""

    kind: str
    layers: int
    way: str
    planned: int
    grown: int | None  # where the system does not tell
    seconds: float
    computed: int  # layers, each as often as it is
    theory: int


def layer_of(kind: str) -> tuple[Callable[[Any], Any], np.ndarray]:
    rng = np.random.default_rng(0)
    if kind == "elementwise":
        return np.tanh, rng.normal(size=1000)
    matrix = rng.normal(size=(200, 200)) / math.sqrt(200)
    return lambda x: np.tanh(matrix @ x), rng.normal(size=200)


def plain(layer: Callable[[Any], Any], x: Any, layers: int) -> Any:
    for _ in range(layers):
        x = layer(x)
    return x


def root(layer: Callable[[Any], Any], x: Any, layers: int) -> Any:
    """A state kept every root n layers; the last of them are not computed again."""
    length = math.isqrt(layers)
    part = fastls.checkpoint(lambda x: plain(layer, x, length))
    while layers > length:
        x = part(x)
        layers -= length
    return plain(layer, x, layers)


def split(layers: int, snapshots: int) -> tuple[int, int]:
    """Layers before the next snapshot, and those computed again (Griewank & Walther 2000)."""
    r = 1
    while math.comb(snapshots + r, r) < layers:
        r += 1
    again = r * layers - math.comb(snapshots + r, r - 1)
    if snapshots == 1:
        return layers - 1, again
    first = layers - math.comb(snapshots + r - 1, r)
    return max(1, first, math.comb(snapshots + r - 2, r - 2) if r > 1 else 1), again


def binomial(layer: Callable[[Any], Any], x: Any, layers: int, snapshots: int) -> Any:
    if layers == 1:
        return layer(x)
    first, _ = split(layers, snapshots)
    x = fastls.checkpoint(lambda x: binomial(layer, x, first, snapshots))(x)
    return binomial(layer, x, layers - first, max(snapshots - 1, 1))


def measure(most: int = 1000, repeats: int = 7) -> list[Row]:
    """Chains of 100 layers, and ten times as many, up to a number."""
    rows = []
    layers = 100
    while layers <= most:
        snapshots = math.ceil(math.log2(layers))
        ways: dict[str, tuple[Callable[..., Any], int]] = {
            "all kept": (plain, layers),
            "root n": (root, 2 * layers - (layers - 1) % math.isqrt(layers) - 1),
            f"binomial, {snapshots}": (
                lambda layer, x, n, s=snapshots: binomial(layer, x, n, s),
                layers + split(layers, snapshots)[1],
            ),
        }
        for kind in ("elementwise", "dense"):
            for way, (chain, theory) in ways.items():
                progress(f"{layers} {kind} layers, {way}")
                rows.append(measured(kind, layers, way, chain, theory, repeats))
        layers *= 10
    progress()
    return rows


def measured(
    kind: str, layers: int, way: str, chain: Callable[..., Any], theory: int, repeats: int
) -> Row:
    layer, x = layer_of(kind)
    tape = fastls.record(lambda x: np.sum(chain(layer, x, layers)), x)
    planned = tape.memory.peak
    path = tape._first_path()
    program = path.program_for("value and gradient")
    before = resident()
    program([x])
    after = resident()
    seconds = math.inf
    for _ in range(repeats):
        start = CLOCK()
        tape.value_and_grad(x)
        seconds = min(seconds, CLOCK() - start)
    return Row(
        kind, layers, way, planned, None if after is None else after - (before or 0), seconds,
        computed(path), theory,
    )  # fmt: skip


def computed(path: Any) -> int:
    """How many layers the program computes."""
    from fastls.tape.graph import needed

    outputs = path.ends["value and gradient"][1]
    return sum(str(node.primitive) == "tanh" for node in needed(outputs))


def resident() -> int | None:
    """Bytes of this process, where Linux tells."""
    if not STATM.exists():
        return None
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def print_table(rows: list[Row]) -> None:
    print("\nMemory")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'layers':<20}{'':<14}{'planned':>9}{'×':>7}{'grown':>9}{'ms':>9}{'×':>6}"
        f"{'layers':>7}{'theory':>7}"
    )
    base = rows[0] if rows else None
    for row in rows:
        if row.way == "all kept":
            base = row
        assert base is not None
        name = f"{row.layers} {row.kind}" if row is base else ""
        grown = "" if row.grown is None else f"{row.grown / 1e6:.3g}MB"
        print(
            f"{name:<20}{row.way:<14}{row.planned / 1e6:>7.3g}MB{row.planned / base.planned:>7.3f}"
            f"{grown:>9}{row.seconds * 1e3:>9.3g}{row.seconds / base.seconds:>6.2f}"
            f"{row.computed / row.layers:>7.2f}{row.theory / row.layers:>7.2f}"
        )


def as_json(rows: list[Row]) -> list[dict[str, Any]]:
    return [row._asdict() for row in rows]


if __name__ == "__main__":
    print_table(measure(10_000))
