"""The figures set for derivatives of NumPy code: rows 5 to 10 and 12 to 14 of the design."""

from collections.abc import Iterator

from .figures import Figure, at_least, at_most
from .instructions import Profile, profile
from .progress import progress
from .recording import Recording
from .tape_problems import tape_problems
from .tape_times import Row, geometric_mean

__all__ = ["figures", "profiles_of_missed"]

SMALL = 100  # variables
MICROSECONDS = {"Rosenbrock 1000": 3.0, "Rosenbrock 100000": 250.0}

# Why a figure is missed, where no profile says it.
AUTOGRAD = (
    "on thousands of rows most of the time goes into the same BLAS and NumPy loops as autograd's; "
    "such a problem is small in its variables only."
)
RECORDING = "every operation, and every one of the gradient, is written by Python code."
COST = {
    "8": "the value takes a factorisation, 2n³/3 operations; the inverse in the gradient 2n³.",
    "13": (
        "operations on numbers: those of value and gradient are 2.4 times those of the value, and "
        "among so few there are fewer that do not wait for each other."
    ),
}
UNKNOWN = "not looked into where the gradient takes more than three times the value."
CORES = "two threads do that much more where two cores, memory and cache are free for them."


def profiles_of_missed(rows: list[Row], quick: bool) -> dict[str, Profile]:
    """Where the time goes, of the problems that take longer than they should."""
    missed = {row.problem for row in rows for figure in times(row, {}) if figure.reached is False}
    missed |= {row.problem for row in rows if row.ratio("JAX") < 1.0}
    found = {}
    for problem in tape_problems(quick):
        if problem.name in missed:
            progress(f"{problem.name}: where the time goes")
            found[problem.name] = profile(problem, 10 if quick else 60, 0.1)
    return found


def figures(
    rows: list[Row], two_threads: dict[str, float], profiles: dict[str, Profile],
    recording: Recording,
) -> Iterator[Figure]:  # fmt: skip
    for name in ("5", "6", "7", "8", "9", "13"):
        for row in rows:
            if row.row == name:
                yield from times(row, profiles)
    yield from costs(rows)
    for row in rows:
        if row.row not in ("", "13", "ADBench"):
            yield at_most("12", f"{row.problem}: recording", 5, row.preparing["tape"] * 1e3, "ms",
                          RECORDING)  # fmt: skip
    yield from long_loop(recording)
    yield from threads(two_threads)
    yield from beside_autograd(rows)
    yield from beside_jax(rows, profiles)


def times(row: Row, profiles: dict[str, Profile]) -> Iterator[Figure]:
    """Rows 5 to 9 and 13."""
    reason = profiles[row.problem].summary() if row.problem in profiles else ""
    tape = row.both["tape"]
    if row.row == "5":
        yield at_most("5", f"{row.problem}: value and gradient", 1.0, tape * 1e6, "µs", reason)
    elif row.row == "6":
        limit = MICROSECONDS[row.problem]
        yield at_most("6", f"{row.problem}: value and gradient", limit, tape * 1e6, "µs", reason)
    elif row.row in ("7", "8"):
        seconds = row.both["by hand"]
        work = f"{row.problem}: to NumPy by hand ({seconds * 1e6:.4g} µs)"
        yield at_most(row.row, work, 1, tape / seconds, reason=reason)
    elif row.row == "9" and "JAX" in row.both:
        limit = 0.25 if "4-8-1" in row.problem else 1.0
        work = f"{row.problem}: to JAX ({row.both['JAX'] * 1e6:.4g} µs)"
        yield at_most("9", work, limit, tape / row.both["JAX"], reason=reason)
    elif row.row == "13":
        each = row.value["tape"] / row.operations * 1e9
        work = f"{row.problem}: value, an operation"
        if "buffered" in row.value:
            work += f" (CasADi buffered {row.value['buffered'] / row.operations * 1e9:.3g})"
        yield at_most("13", work, 1.5, each, "ns", reason)


def name_in_full(name: str) -> str:
    return {"by hand": "NumPy by hand", "buffered": "CasADi buffered"}.get(name, name)


def costs(rows: list[Row]) -> Iterator[Figure]:
    """Row 10."""
    found = {row.problem: row.cost("tape") for row in rows}
    reasons = {row.problem: COST.get(row.row, UNKNOWN) for row in rows}
    mean = geometric_mean(list(found.values()))
    work = f"gradient to value, {len(found)} problems: geometric mean"
    yield Figure("10", work, "none", f"{mean:.4g} x", mean, None)
    worst = max(found, key=lambda problem: found[problem])
    for problem, cost in found.items():
        if problem == worst or cost > 3.0:
            title = "gradient to value, the worst" if problem == worst else "gradient to value"
            yield at_most("10", f"{problem}: {title}", 3, cost, reason=reasons[problem])


def long_loop(recording: Recording) -> Iterator[Figure]:
    """Time and memory set for recording a million operations on numbers."""
    work = f"recording {recording.operations} operations on numbers"
    each = recording.seconds / recording.operations * 1e6
    yield at_most("12", f"{work}: an operation", 2, each, "µs", RECORDING)
    most = f"{work}: memory of one (while recording {recording.bytes_at_most:.3g})"
    yield at_most("12", most, 24, recording.bytes_each, "bytes")


def threads(found: dict[str, float]) -> Iterator[Figure]:
    """Row 14."""
    work = "two threads on one tape, to one" + "".join(
        f"; {name_in_full(name)} {ratio:.3g} x" for name, ratio in found.items() if name != "tape"
    )
    yield at_least("14", work, 1.8, found["tape"], CORES)


def beside_autograd(rows: list[Row]) -> Iterator[Figure]:
    """That small problems take a tenth of autograd's time, with the same code."""
    found = {row.problem: row.ratio("autograd", "fastls") for row in rows
             if row.variables <= SMALL and "autograd" in row.both}  # fmt: skip
    if not found:
        return
    mean = geometric_mean(list(found.values()))
    work = f"autograd to fastls.value_and_grad, {len(found)} problems of up to {SMALL} variables"
    yield Figure("ag", f"{work}: geometric mean", "none", f"{mean:.4g} x", mean, None)
    worst = min(found, key=lambda problem: found[problem])
    for problem, ratio in found.items():
        if problem == worst or ratio < 10.0:
            title = "autograd to fastls" + (", the least" if problem == worst else "")
            yield at_least("ag", f"{problem}: {title}", 10, ratio, AUTOGRAD)


def beside_jax(rows: list[Row], profiles: dict[str, Profile]) -> Iterator[Figure]:
    """No target is set but for row 9; where JAX is the faster, it is said why."""
    found = {row.problem: row.ratio("JAX") for row in rows if "JAX" in row.both}
    if not found:
        return
    mean = geometric_mean(list(found.values()))
    work = f"JAX to a tape, {len(found)} problems: geometric mean"
    yield Figure("JAX", work, "none", f"{mean:.4g} x", mean, None)
    for problem, ratio in found.items():
        if ratio < 1.0:
            reason = profiles[problem].summary()
            yield at_least("JAX", f"{problem}: JAX to a tape", 1, ratio, reason)
