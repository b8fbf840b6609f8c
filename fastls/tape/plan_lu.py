"""Planning what is done with the factors of a matrix: LU, made once, and triangles.

Determinants, inverses and solutions of a matrix, and of its transpose, share its LU factors. What
is known to be triangular, as the factors of Cholesky and QR are, needs none. Where `lapack` has
found nothing, NumPy's whole tasks do as well.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.tape.graph import Node
from fastls.tape.lapack import BLOCK, loops
from fastls.tape.linalg import PRIMITIVES, swaps_last
from fastls.tape.plan_stacks import emit, split, task, turned

if TYPE_CHECKING:
    from fastls.tape.places import View
    from fastls.tape.plan import Planner

__all__ = ["determinant", "inverse", "solve"]


def untransposed(node: Node) -> tuple[Node, bool]:
    is_turned = swaps_last(node)
    return (node.inputs[0] if is_turned else node), is_turned


def lu(planner: "Planner", x: Node, checked: bool = False) -> tuple["View", "View"]:
    """Factors and pivots of a matrix; checked where NumPy would raise if it is singular."""
    outer, n = x.shape[:-2], x.shape[-1]
    if ("lu", x) not in planner.factors:
        view = planner.as_float(planner.view(x))
        found = planner.new(x.shape), planner.new((*outer, n), "i"), planner.new(outer, "i")
        emit(planner, (loops()["factorise"], 0), [view, *found], [2, 2, 1, 0], outer, [n],
             split(view, 2)[1])  # fmt: skip
        planner.factors["lu", x] = found
    factors, pivots, info = planner.factors["lu", x]
    if checked and ("regular", x) not in planner.factors:
        planner.factors["regular", x] = regular(planner, info)
    return factors, pivots


def regular(planner: "Planner", info: "View") -> bool:
    """Replay ends where LAPACK has found a pivot of 0."""
    if math.prod(info.shape):
        zeros = planner.constant(np.zeros(info.shape, np.intp), "i")
        planner.emit("guard", [info, zeros], dims=[math.prod(info.shape) * np.intp(0).nbytes])
    return True


def determinant(result: int, otherwise: Any) -> Callable[["Planner", Node], bool]:
    """One of sign, log|det|, det, log det; the four of a matrix are found together."""

    def lower(planner: "Planner", node: Node) -> bool:
        if not loops():
            return otherwise is not None and otherwise(planner, node)
        x, _ = untransposed(node.inputs[0])
        if ("determinant", x) not in planner.factors:
            factors, pivots = lu(planner, x)
            found = [planner.new(node.shape) for _ in range(4)]
            emit(planner, (loops()["determinant"], 0), [factors, pivots, *found],
                 [2, 1, 0, 0, 0, 0], node.shape, [x.shape[-1]], [])  # fmt: skip
            planner.factors["determinant", x] = found
        planner.views[node] = planner.factors["determinant", x][result]
        return True

    return lower


def inverse(planner: "Planner", node: Node) -> bool:
    if not loops():
        return WHOLE_INVERSE(planner, node)
    (x,) = node.inputs
    factors, pivots = lu(planner, x, checked=True)
    outer, n = x.shape[:-2], x.shape[-1]
    out, work = planner.new(node.shape), planner.new((BLOCK * n,))
    emit(planner, (loops()["inverse"], 0), [factors, pivots, out, work], [2, 1, 2, 1], outer, [n],
         [])  # fmt: skip
    planner.views[node] = turned(out)
    return True


def is_lower(node: Node) -> bool | None:
    """Whether a triangular matrix is a lower one; None if it is not known to be triangular."""
    x, is_turned = untransposed(node)
    if x.primitive is PRIMITIVES["cholesky"]:
        return not is_turned
    return is_turned if x.primitive is PRIMITIVES["r_factor"] else None


def solve(planner: "Planner", node: Node) -> bool:
    if not loops():
        return WHOLE_SOLVE(planner, node)
    a, b = node.inputs
    outer, (n, columns) = node.shape[:-2], node.shape[-2:]
    right = planner.as_float(planner.view(b))
    out = planner.new((*outer, columns, n))
    planner.views[node] = turned(out)
    lower = is_lower(a)
    if lower is None:
        x, is_turned = untransposed(a)
        factors, pivots = lu(planner, x, checked=True)
        emit(planner, (loops()["solve"], 0), [factors, pivots, right, out], [2, 1, 2, 2], outer,
             [n, columns, is_turned], split(right, 2)[1])  # fmt: skip
        return True
    triangle, is_turned = planner.view(a), False
    if triangle.strides[-2] != 8:  # Fortran's order is that of the transpose
        if triangle.strides[-1] != 8:
            triangle = planner.copied(triangle)
        triangle, lower, is_turned = turned(triangle), not lower, True
    info = planner.new(outer, "i")
    emit(planner, (loops()["solve_triangular"], 0), [triangle, right, out, info], [2, 2, 2, 0],
         outer, [n, columns, lower, is_turned, max(triangle.strides[-1] // 8, n, 1)],
         split(right, 2)[1])  # fmt: skip
    regular(planner, info)
    return True


WHOLE_INVERSE = task("inv", checked=True)
WHOLE_SOLVE = task("solve", checked=True)
