"""``python -m fastls.plot FOLDER``: the pictures of the documentation."""

import argparse
import math
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import fastls
from fastls import plot
from fastls.plot.axes import require_matplotlib


def bumpy(alpha: float) -> tuple[float, float]:
    """A curve with several intervals of acceptable steps."""
    value = 1.0 - 0.9 * alpha + 0.25 * alpha**2 - 0.16 * math.sin(4.0 * alpha)
    return value, -0.9 + 0.5 * alpha - 0.64 * math.cos(4.0 * alpha)


def valley(x: Any) -> Any:
    """The function of Rosenbrock with a flatter valley."""
    return (1.0 - x[0]) ** 2 + 5.0 * (x[1] - x[0] ** 2) ** 2


def quartic(x: float) -> float:
    return math.exp(x) - 2.0 * x


def textbook(w1: Any, w2: Any) -> Any:
    inner = w2 * np.log(w1)
    return inner + np.sqrt(inner)


def network(x: Any) -> Any:
    hidden = np.tanh(x[0] * x[1] + 0.5) * np.exp(-x[1]) + np.sin(x[2])
    return np.log(1.0 + hidden**2) * x[0] - np.sqrt(x[2] ** 2 + hidden)


def draw_line(ax: Any) -> None:
    conditions = [
        fastls.Armijo(0.1), fastls.Goldstein(0.25), fastls.Wolfe(0.1, 0.5),
        fastls.StrongWolfe(0.1, 0.5),
    ]  # fmt: skip
    plot.line(bumpy, conditions, alpha_max=3.6, ax=ax)


def draw_trace(ax: Any) -> None:
    found = fastls.GoldenSection(xtol=5e-2).minimize(quartic, (-1.0, 2.0), trace=True)
    plot.trace(found, quartic, ax=ax)


def draw_trace_of_a_step(ax: Any) -> None:
    found = fastls.MoreThuente(0.001, 0.002).search(bumpy, alpha=3.2, trace=True)
    plot.trace(found, bumpy, ax=ax)


def draw_convergence(ax: Any) -> None:
    plot.convergence(quartic, (-1.0, 3.0), minimiser=math.log(2.0), ax=ax)


def draw_contours(ax: Any) -> None:
    tape = fastls.record(valley, np.zeros(2))
    searches = {
        "constant 0.02": 0.02, "exact": fastls.Brent(), "backtracking": fastls.Backtracking(),
        "strong Wolfe": fastls.Zoom(),
    }  # fmt: skip
    plot.contours(tape, None, [-1.2, 1.0], searches, steps=40, ax=ax)


def draw_memory(ax: Any) -> None:
    """Planned memory and measured time of a chain of 400 layers, some of them computed again."""
    matrix = np.random.default_rng(0).normal(size=(200, 200)) / math.sqrt(200.0)
    x = np.ones(200)

    def layers(x: Any, count: int) -> Any:
        for _ in range(count):
            x = np.tanh(matrix @ x)
        return x

    def stretches(x: Any, length: int) -> Any:
        part = fastls.checkpoint(lambda x: layers(x, length))
        for _ in range(400 // length - 1):
            x = part(x)
        return layers(x, length)

    def halves(x: Any, count: int) -> Any:
        if count == 1:
            return layers(x, 1)
        first = fastls.checkpoint(lambda x: halves(x, count // 2))
        return halves(first(x), count - count // 2)

    chains: dict[str, Callable[[Any], Any]] = {
        "all states": partial(layers, count=400),
        **{f"a state every {k} layers": partial(stretches, length=k) for k in (5, 20, 100)},
        "halves of halves": partial(halves, count=400),
    }
    rows = []
    for label, chain in chains.items():
        tape = fastls.record(lambda x, chain: np.sum(chain(x)), x, chain)
        seconds = []
        for _ in range(30):
            start = time.perf_counter()
            tape.value_and_grad(x, chain)
            seconds.append(time.perf_counter() - start)
        rows.append((label, tape.memory.peak, min(seconds)))
    plot.memory(rows, ax=ax)


def tape() -> fastls.Tape:
    return fastls.record(textbook, math.e, 4.0, argnums=(0, 1))


GRAPHS: dict[str, Callable[[], Any]] = {
    "graph_value": lambda: plot.graph(tape(), names=("w₁", "w₂")),
    "graph_forward": lambda: plot.graph(
        tape(), mode="forward", direction=(1.0, 0.0), names=("w₁", "w₂")
    ),
    "graph_reverse": lambda: plot.graph(tape(), mode="reverse", names=("w₁", "w₂")),
    "graph_larger": lambda: plot.graph(
        fastls.record(network, np.array([0.5, 1.0, 2.0])), mode="reverse"
    ),
}

PICTURES: dict[str, Callable[[Any], None]] = {
    "line": draw_line,
    "trace": draw_trace,
    "trace_of_a_step": draw_trace_of_a_step,
    "convergence": draw_convergence,
    "contours": draw_contours,
    "jacobian_modes": lambda ax: void(plot.jacobian_modes(ax=ax)),
    "memory": draw_memory,
}


def void(_: object) -> None:
    """Nothing, whatever was returned."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fastls.plot", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write them, as PNG")
    parser.add_argument("only", nargs="*", help="names of pictures; all by default")
    options = parser.parse_args(arguments)
    unknown = set(options.only) - {*PICTURES, *GRAPHS}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PICTURES)}")
    require_matplotlib()
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    options.folder.mkdir(parents=True, exist_ok=True)

    def save(figure: Any, name: str) -> None:
        figure.savefig(options.folder / f"{name}.png", dpi=110, metadata={"Software": None})
        print(options.folder / f"{name}.png")

    for name, draw in PICTURES.items():
        if not options.only or name in options.only:
            figure = Figure(figsize=(6.4, 4.8), layout="constrained")
            draw(figure.subplots())
            save(figure, name)
    for name, drawn in GRAPHS.items():
        if not options.only or name in options.only:
            figure = drawn().get_figure()
            save(figure, name)
            pyplot.close(figure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
