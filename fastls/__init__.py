"""Fast line search for Python: give a function, get the step; everything between runs in C."""

from typing import TYPE_CHECKING

try:
    from fastls.search.dialogue import Dialogue
except ModuleNotFoundError as error:  # in a source tree that has not been built
    if error.name is not None and error.name.startswith("fastls."):
        raise ImportError(
            f"fastls is not compiled in {__path__[0]}: run 'pip install -e .' there, "
            "or leave this folder to use the installed package"
        ) from error
    raise
from fastls import cython_api, descent, dropin
from fastls.cython_api import get_include
from fastls.descent import minimize
from fastls.dropin import LineSearchWarning, line_search
from fastls.interval.bracket import Bracket, bracket
from fastls.interval.brent import Brent
from fastls.interval.dichotomy import Dichotomy
from fastls.interval.golden_section import GoldenSection
from fastls.interval.minimize_scalar import minimize_scalar
from fastls.interval.parabolic import Parabolic
from fastls.search.result import Result, Step
from fastls.status import Status
from fastls.step.backtracking import Backtracking
from fastls.step.conditions import (
    ApproximateWolfe,
    Armijo,
    Condition,
    Curvature,
    Goldstein,
    StrongWolfe,
    Wolfe,
)
from fastls.step.hager_zhang import HagerZhang
from fastls.step.more_thuente import MoreThuente
from fastls.step.nonmonotone import Nonmonotone
from fastls.step.zoom import Zoom
from fastls.tape import (
    GradientReport,
    Tape,
    TracingError,
    check_grad,
    checkpoint,
    define_rule,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    primitive,
    record,
    value_and_grad,
    vjp,
)

if TYPE_CHECKING:
    from fastls import plot as plot
else:

    def __getattr__(name):
        """`fastls.plot` is loaded where it is first used."""
        if name != "plot":
            raise AttributeError(f"module 'fastls' has no attribute {name!r}")
        import fastls.plot

        return fastls.plot


__version__ = "0.1.0"

__all__ = [
    "ApproximateWolfe",
    "Armijo",
    "Backtracking",
    "Bracket",
    "Brent",
    "Condition",
    "Curvature",
    "Dialogue",
    "Dichotomy",
    "GoldenSection",
    "Goldstein",
    "GradientReport",
    "HagerZhang",
    "LineSearchWarning",
    "MoreThuente",
    "Nonmonotone",
    "Parabolic",
    "Result",
    "Status",
    "Step",
    "StrongWolfe",
    "Tape",
    "TracingError",
    "Wolfe",
    "Zoom",
    "bracket",
    "check_grad",
    "checkpoint",
    "cython_api",
    "define_rule",
    "descent",
    "dropin",
    "get_include",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "line_search",
    "minimize",
    "minimize_scalar",
    "primitive",
    "record",
    "value_and_grad",
    "vjp",
]
