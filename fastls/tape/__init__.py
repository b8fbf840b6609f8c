"""Derivatives of plain NumPy code: recorded once, replayed in C."""

from fastls.tape.checkpoint import checkpoint
from fastls.tape.differential_operators import (
    GradientReport,
    check_grad,
    define_rule,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    primitive,
    value_and_grad,
    vjp,
)
from fastls.tape.refusals import TracingError
from fastls.tape.tape import Tape, record

__all__ = [
    "GradientReport",
    "Tape",
    "TracingError",
    "check_grad",
    "checkpoint",
    "define_rule",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "primitive",
    "record",
    "value_and_grad",
    "vjp",
]
