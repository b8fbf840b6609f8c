"""``python -m fastls compare``: every search on one function, side by side."""

import argparse
import importlib
import json
import os
import platform
import re
import sys
import textwrap
import timeit
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import fastls
from fastls.expression import KNOWN, MODULES, parse
from fastls.interval.pure_python import TWINS
from fastls.plot.axes import require_matplotlib
from fastls.plot.times import times

EXAMPLE = ("x**2 + sin(5*x)", -1.0, 0.0)

METHODS = {
    "dichotomy": fastls.Dichotomy,
    "golden section": fastls.GoldenSection,
    "parabolic": fastls.Parabolic,
    "Brent": fastls.Brent,
}

Function = Callable[[float], float]


class Row(NamedTuple):
    """One implementation of one method, and what it did."""

    method: str
    implementation: str
    x: float
    fun: float
    nfev: int
    seconds: float
    ratio: float  # to fastls' time, for the same method
    note: str  # why it failed, if it did


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fastls", description=fastls.__doc__)
    parser.add_argument("--version", action="version", version=f"fastls {fastls.__version__}")
    commands = parser.add_subparsers(dest="command")
    compare = commands.add_parser(
        "compare",
        help="compare every search on a function",
        description="Minimise a function on an interval with every search, its pure-Python twin "
        "and SciPy's, and print minimiser, value, calls of the function, time, and how many times "
        "as long as fastls it took. The function is written in Python here, as it is for SciPy.",
        epilog=f"In an expression, {KNOWN}. Example: python -m fastls compare 'x**4 - x' 0 2",
    )
    compare.add_argument(
        "function",
        nargs="?",
        default=EXAMPLE[0],
        help="an expression in x, or module:function (default: %(default)s)",
    )
    compare.add_argument("a", nargs="?", type=number, help="the interval's left end")
    compare.add_argument("b", nargs="?", type=number, help="the interval's right end, such as 2*pi")
    compare.add_argument(
        "--xtol", type=float, default=1e-8, help="tolerance (default: %(default)s)"
    )
    compare.add_argument("--repeat", type=int, default=7, help="timings, of which the least counts")
    compare.add_argument("--json", action="store_true", help="print JSON")
    compare.add_argument(
        "--plot", metavar="FILE", help="draw the times too: a PNG, SVG or PDF (needs matplotlib)"
    )
    # argparse takes -x**2 for an option, and before Python 3.14 also -1e-3.
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args([f" {word}" if is_negative(word) else word for word in given])
    if options.command is None:
        parser.print_help()
        return 0
    if options.a is None and options.function == EXAMPLE[0]:
        options.a, options.b = EXAMPLE[1:]
    if options.a is None or options.b is None:
        compare.error("the interval is missing: give its two ends after the function")
    if options.repeat < 1:
        compare.error(f"--repeat must be at least 1; got {options.repeat}")
    try:
        f = load(options.function)
        for kind in METHODS.values():
            kind(xtol=options.xtol).begin((options.a, options.b))
        if options.plot is not None:
            check_picture(options.plot)
    except (ValueError, ImportError, AttributeError) as error:
        compare.error(str(error))
    with np.errstate(all="ignore"):  # SciPy hands out NumPy's floats
        rows = list(progress(run(f, options.a, options.b, options.xtol, options.repeat)))
    report = print_json if options.json else print_table
    text = options.function.strip()
    if options.plot is not None:
        try:
            draw(options.plot, f"{text} on [{options.a:g}, {options.b:g}]", rows)
        except OSError as error:
            compare.error(f"--plot: {error}")
        print(f"The times are drawn in {Path(options.plot).resolve()}", file=sys.stderr)
    try:
        report(text, options.a, options.b, options.xtol, rows)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        # Python flushes once more at exit: into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def progress(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows as they come; on a terminal, a line that says how far they are."""
    shown = sys.stderr.isatty()
    for count, row in enumerate(rows, 1):
        if shown:
            done = f"{count} timed: {row.method}, {row.implementation}"
            print(f"\r{done:<60}", end="", file=sys.stderr, flush=True)
        yield row
    if shown:
        print(f"\r{'':<60}\r", end="", file=sys.stderr, flush=True)


def check_picture(path: str) -> None:
    """Raise what is wrong with the file before all is measured, not after."""
    require_matplotlib()
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.get_supported_filetypes()
    ending = Path(path).suffix[1:].lower()
    if ending not in known:
        raise ValueError(f"--plot must end in one of .{', .'.join(known)}; got {path!r}")


def draw(path: str, title: str, rows: list[Row]) -> None:
    """The times as a picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 1.6 + 0.3 * len(rows)), layout="constrained")
    bars = [
        (row.method, row.implementation, row.seconds,
         f"{row.nfev} calls, ratio {row.ratio:.1f}" if row.nfev else "")
        for row in rows
    ]  # fmt: skip
    times(bars, title=title, ax=figure.subplots())
    figure.savefig(path)


def is_negative(word: str) -> bool:
    """Whether the minus belongs to a number or an expression: options have two, and there is -h."""
    return re.match("-(?!-|h$|$)", word) is not None


def number(text: str) -> float:
    """An end of the interval: an expression without x."""
    return parse(text)(np.nan)


def load(text: str) -> Function:
    """The function that an expression, or module:function, stands for."""
    dotted = re.fullmatch(r"([^\W\d][\w.]*)\.([^\W\d]\w*)", text.strip())
    if dotted and dotted[1] not in MODULES:
        raise ValueError(f"{text}: a function of a module is written {dotted[1]}:{dotted[2]}")
    module, colon, name = text.strip().partition(":")
    if not colon or re.match(r"lambda\b", module):
        return parse(text)
    sys.path.insert(0, "")
    value: Any = importlib.import_module(module.removesuffix(".py"))
    for part in name.split("."):
        value = getattr(value, part)
    if not callable(value):
        raise ValueError(f"{text} must be a function; got {value!r}")
    function: Function = value
    return function


def run(f: Function, a: float, b: float, xtol: float, repeat: int) -> Iterator[Row]:
    """Every method in every implementation there is."""
    for method, kind in METHODS.items():
        search = kind(xtol=xtol)
        found = search.minimize(f, (a, b))
        base = time(partial(search.minimize, f, (a, b)), repeat)
        note = not_a_number(found.x, found.fun) or ("" if found.success else found.message)
        yield Row(method, "fastls", found.x, found.fun, found.nfev, base, 1.0, note)
        for name, minimise in peers(method, kind.__name__, f, a, b, xtol, found.x):
            try:
                x, fun, nfev = minimise()
            except ValueError as error:  # SciPy wants to be told a bracket
                yield Row(method, name, np.nan, np.nan, 0, np.nan, np.nan, str(error))
            else:
                seconds = time(minimise, repeat)
                x, fun = float(x), float(fun)
                note = not_a_number(x, fun)
                yield Row(method, name, x, fun, nfev, seconds, seconds / base, note)


def not_a_number(x: float, fun: float) -> str:
    """Why there is no value, if there is none."""
    return f"The function is not a number at {x:.9g}." if np.isnan(fun) else ""


def peers(
    method: str, kind: str, f: Function, a: float, b: float, xtol: float, x: float
) -> Iterator[tuple[str, Callable[[], tuple[float, float, int]]]]:
    """The same method elsewhere, to the same tolerance."""
    twin = TWINS[kind]
    yield "pure Python", lambda: twin(f, a, b, xtol)
    try:
        from scipy import optimize
    except ImportError:
        return
    if method == "golden section":
        # SciPy wants the middle of a bracket, and compares the length with tol (|x1| + |x2|).
        middle = a + 0.381966 * (b - a)
        if not f(middle) < min(f(a), f(b)):
            middle = x
        tolerance = xtol / max(2.0 * abs(x), xtol)
        yield (
            "SciPy golden",
            lambda: optimize.golden(f, brack=(a, middle, b), tol=tolerance, full_output=True),
        )

    def bounded() -> tuple[float, float, int]:
        found = optimize.minimize_scalar(
            f, bounds=(a, b), method="bounded", options={"xatol": xtol}
        )
        return found.x, found.fun, found.nfev

    if method == "Brent":
        yield "SciPy bounded", bounded


def time(call: Callable[[], object], repeat: int) -> float:
    """The least time of a call, in seconds, over repeats of some 10 ms."""
    once = timeit.timeit(call, number=1)
    if once > 0.1:
        return once
    number = max(1, int(0.01 / max(once, 1e-7)))
    return min(timeit.repeat(call, number=number, repeat=repeat)) / number


def versions() -> dict[str, str]:
    found = {"Python": platform.python_version(), "fastls": fastls.__version__}
    found["NumPy"] = np.__version__
    scipy = sys.modules.get("scipy")
    if scipy is not None:
        found["SciPy"] = scipy.__version__
    return found


def print_table(text: str, a: float, b: float, xtol: float, rows: list[Row]) -> None:
    print(f"{text} on [{a:g}, {b:g}], to {xtol:g}")
    print()
    print(
        f"{'method':<15}{'':<14}{'minimiser':>15}{'value':>14}{'calls':>7}{'time':>9}{'ratio':>6}"
    )
    before = ""
    for row in rows:
        method = "" if row.method == before else row.method
        if row.method != before:
            print()
        before = row.method
        if row.nfev:
            numbers = f"{row.x:>15.9g}{row.fun:>14.7g}{row.nfev:>7}"
            print(
                f"{method:<15}{row.implementation:<14}{numbers}"
                f"{in_words(row.seconds):>9}{row.ratio:>6.1f}"
            )
        else:
            print(f"{method:<15}{row.implementation:<14}{'failed':>15}")
        if row.note:
            print(textwrap.indent(textwrap.fill(row.note, 62), " " * 15))
    print()
    found = [row for row in rows if row.nfev]
    if max(row.x for row in found) - min(row.x for row in found) > 1e-4 * (b - a):
        print("Not all found the same point: there is more than one minimum, or a method failed.")
    print("calls: of the function; ratio: time over that of fastls with the same method.")
    if "SciPy" not in versions():
        print("SciPy's rows are missing: it is not installed (pip install scipy).")
    print(", ".join(f"{name} {version}" for name, version in versions().items()))


def in_words(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1.0 or unit == "µs":
            break
    return f"{seconds * scale:.3g} {unit}"


def print_json(text: str, a: float, b: float, xtol: float, rows: list[Row]) -> None:
    def plain(value: Any) -> Any:
        finite = not isinstance(value, float) or np.isfinite(value)
        return value if finite else None if np.isnan(value) else str(value)

    report = {
        "function": text,
        "interval": [a, b],
        "xtol": xtol,
        "versions": versions(),
        "rows": [{key: plain(value) for key, value in row._asdict().items()} for row in rows],
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    sys.exit(main())
