"""Planning linear algebra: what is factorised once, and which loop does what.

    LU factors            one for all of a matrix: determinants, inverses, solutions, of its
                          transpose too; where `lapack` has found nothing, NumPy's whole tasks
    triangular matrices   known as such, as the factors of Cholesky and QR are, need none
    decompositions        one call of NumPy's loop, which writes each factor to its place; the
                          factors are views. Values alone are taken from it where it is made anyway

A row of `LINALG` says how a primitive becomes instructions; it returns False where only Python can.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.graph import Node, Primitive, needed
from fastls.tape.lapack import loops
from fastls.tape.linalg import PRIMITIVES, swaps_last
from fastls.tape.numpy_loops import linalg_ufunc, loop
from fastls.tape.replay import OWN_LOOPS

if TYPE_CHECKING:
    from fastls.tape.plan import Planner, View

__all__ = ["LINALG"]


def split(view: "View", core: int) -> tuple["View", tuple[int, ...]]:
    """A view of the stack, an entry a matrix, and the strides within one."""
    outer = len(view.shape) - core
    stack = view._replace(shape=view.shape[:outer], strides=view.strides[:outer])
    return stack, view.strides[outer:]


def turned(view: "View") -> "View":
    """The transposes."""
    return view._replace(
        shape=(*view.shape[:-2], view.shape[-1], view.shape[-2]),
        strides=(*view.strides[:-2], view.strides[-1], view.strides[-2]),
    )


def rows_of(view: "View", start: int, stop: int) -> "View":
    return view._replace(
        offset=view.offset + start * view.strides[-2],
        shape=(*view.shape[:-2], stop - start, view.shape[-1]),
    )


def row_of(view: "View", row: int) -> "View":
    return view._replace(
        offset=view.offset + row * view.strides[-2],
        shape=(*view.shape[:-2], view.shape[-1]),
        strides=(*view.strides[:-2], view.strides[-1]),
    )


def emit(
    self: "Planner", function: tuple[int, int], views: Sequence["View"], cores: Sequence[int],
    outer: tuple[int, ...], dims: Sequence[int], steps: Sequence[int],
) -> None:  # fmt: skip
    """A loop for each matrix of a stack; ``cores`` are the axes of each view within one."""
    if math.prod(outer) == 0:
        return
    stacks = [
        self.spread(split(view, core)[0], outer) for view, core in zip(views, cores, strict=True)
    ]
    self.emit(
        "loop", views, function=function[0], data=function[1], dims=dims, steps=steps,
        count=list(outer),
        strides=[[stack.strides[axis] for stack in stacks] for axis in range(len(outer))],
    )  # fmt: skip


def generalised(names: Sequence[str]) -> tuple[int, int] | None:
    """NumPy's loop for doubles of the first of these that there is."""
    for name in names:
        ufunc = linalg_ufunc(name)
        if ufunc is not None:
            return loop(ufunc, f"{'d' * ufunc.nin}->{'d' * ufunc.nout}")
    return None


def call(
    self: "Planner", function: tuple[int, int], views: Sequence["View"], cores: Sequence[int],
    outer: tuple[int, ...], dims: Sequence[int],
) -> None:  # fmt: skip
    """A loop of a generalised ufunc."""
    strides = [s for view, core in zip(views, cores, strict=True) for s in split(view, core)[1]]
    emit(self, function, views, cores, outer, [1, *dims], [0] * len(views) + strides)


def check(self: "Planner", view: "View") -> None:
    """Replay ends where an entry is not a number; NumPy then says why."""
    if math.prod(view.shape):
        self.emit("defined", [view], dims=[math.prod(view.shape)])


# Whole tasks.


def task(
    name: str, result: int = 0, core: int = 2, checked: bool = False
) -> Callable[["Planner", Node], bool]:
    """A function of NumPy's linalg by the loop behind it: which of its results, of how many axes."""

    def lower(self: "Planner", node: Node) -> bool:
        suffix = ""
        if "lower" in node.parameters:
            suffix = "_lo" if node.parameters["lower"] else "_up"
        shape = node.inputs[0].shape
        # Before NumPy 2.2 the loops for wide and for tall matrices had names of their own.
        function = generalised([name + suffix, f"{name}_{'m' if shape[-2] <= shape[-1] else 'n'}"])
        if function is None or math.prod(shape) == 0 or math.prod(node.shape) == 0:
            return False
        inputs = [self.as_float(self.view(other)) for other in node.inputs]
        outs = [self.new(node.shape, "f", node if i == result else None) for i in range(result + 1)]
        dims = [*shape[-2:], min(shape[-2:])] if name == "svd" else [shape[-1]]
        if name == "slogdet" and result == 0:
            outs.append(self.new(node.shape))
        if name == "solve":
            dims.append(node.shape[-1])
        cores = [2] * len(inputs) + [core] * len(outs)
        outer = node.shape[: len(node.shape) - core]
        call(self, function, [*inputs, *outs], cores, outer, dims)
        if checked:
            check(self, outs[result])
        self.views[node] = outs[result]
        return True

    return lower


# LU factors, kept.


def untransposed(node: Node) -> tuple[Node, bool]:
    is_turned = swaps_last(node)
    return (node.inputs[0] if is_turned else node), is_turned


def lu(self: "Planner", x: Node, checked: bool = False) -> tuple["View", "View"]:
    """Factors and pivots of a matrix; checked where NumPy would raise if it is singular."""
    outer, n = x.shape[:-2], x.shape[-1]
    if ("lu", x) not in self.factors:
        view = self.as_float(self.view(x))
        found = self.new(x.shape), self.new((*outer, n), "i"), self.new(outer, "i")
        emit(self, (loops()["factorise"], 0), [view, *found], [2, 2, 1, 0], outer, [n],
             split(view, 2)[1])  # fmt: skip
        self.factors["lu", x] = found
    factors, pivots, info = self.factors["lu", x]
    if checked and ("regular", x) not in self.factors:
        self.factors["regular", x] = regular(self, info)
    return factors, pivots


def regular(self: "Planner", info: "View") -> bool:
    """Replay ends where LAPACK has found a pivot of 0."""
    if math.prod(info.shape):
        zeros = self.constant(np.zeros(info.shape, np.intp), "i")
        self.emit("guard", [info, zeros], dims=[math.prod(info.shape) * np.intp(0).nbytes])
    return True


def determinant(result: int, otherwise: Any) -> Callable[["Planner", Node], bool]:
    """One of sign, log|det|, det, log det; the four of a matrix are found together."""

    def lower(self: "Planner", node: Node) -> bool:
        if not loops():
            return otherwise is not None and otherwise(self, node)
        x, _ = untransposed(node.inputs[0])
        if ("determinant", x) not in self.factors:
            factors, pivots = lu(self, x)
            found = [self.new(node.shape) for _ in range(4)]
            emit(self, (loops()["determinant"], 0), [factors, pivots, *found],
                 [2, 1, 0, 0, 0, 0], node.shape, [x.shape[-1]], [])  # fmt: skip
            self.factors["determinant", x] = found
        self.views[node] = self.factors["determinant", x][result]
        return True

    return lower


def inverse(self: "Planner", node: Node) -> bool:
    if not loops():
        return WHOLE_INVERSE(self, node)
    (x,) = node.inputs
    factors, pivots = lu(self, x, checked=True)
    out = self.new(node.shape)
    emit(self, (loops()["inverse"], 0), [factors, pivots, out], [2, 1, 2], x.shape[:-2],
         [x.shape[-1]], [])  # fmt: skip
    self.views[node] = turned(out)
    return True


def is_lower(node: Node) -> bool | None:
    """Whether a triangular matrix is a lower one; None if it is not known to be triangular."""
    x, is_turned = untransposed(node)
    if x.primitive is PRIMITIVES["cholesky"]:
        return not is_turned
    return is_turned if x.primitive is PRIMITIVES["r_factor"] else None


def solve(self: "Planner", node: Node) -> bool:
    if not loops():
        return WHOLE_SOLVE(self, node)
    a, b = node.inputs
    outer, (n, columns) = node.shape[:-2], node.shape[-2:]
    right = self.as_float(self.view(b))
    out = self.new((*outer, columns, n))
    self.views[node] = turned(out)
    lower = is_lower(a)
    if lower is None:
        x, is_turned = untransposed(a)
        factors, pivots = lu(self, x, checked=True)
        emit(self, (loops()["solve"], 0), [factors, pivots, right, out], [2, 1, 2, 2], outer,
             [n, columns, is_turned], split(right, 2)[1])  # fmt: skip
        return True
    triangle, is_turned = self.view(a), False
    if triangle.strides[-2] != 8:  # Fortran's order is that of the transpose
        if triangle.strides[-1] != 8:
            triangle = self.copied(triangle)
        triangle, lower, is_turned = turned(triangle), not lower, True
    info = self.new(outer, "i")
    emit(self, (loops()["solve_triangular"], 0), [triangle, right, out, info], [2, 2, 2, 0], outer,
         [n, columns, lower, is_turned, max(triangle.strides[-1] // 8, n, 1)],
         split(right, 2)[1])  # fmt: skip
    regular(self, info)
    return True


WHOLE_INVERSE = task("inv", checked=True)
WHOLE_SOLVE = task("solve", checked=True)


# Decompositions, into the packed array of their primitive.


def eigh(self: "Planner", node: Node) -> bool:
    function = generalised(["eigh_lo" if node.parameters["lower"] else "eigh_up"])
    if node in self.views:
        return True
    if function is None or math.prod(node.shape) == 0:
        return False
    x = self.as_float(self.view(node.inputs[0]))
    n, out = x.shape[-1], self.new(node.shape, "f", node)
    call(self, function, [x, row_of(out, 0), rows_of(out, 1, n + 1)], [2, 1, 2],
         x.shape[:-2], [n])  # fmt: skip
    check(self, out)
    self.views[node] = out
    return True


def svd(self: "Planner", node: Node) -> bool:
    m, n = node.inputs[0].shape[-2:]
    function = generalised(["svd_s", "svd_m_s" if m <= n else "svd_n_s"])
    if node in self.views:
        return True
    if function is None or math.prod(node.shape) == 0 or min(m, n) == 0:
        return False
    x, out = self.as_float(self.view(node.inputs[0])), self.new(node.shape, "f", node)
    parts = [rows_of(out, 0, m), row_of(out, m), turned(rows_of(out, m + 1, m + 1 + n))]
    call(self, function, [x, *parts], [2, 2, 1, 2], x.shape[:-2], [m, n, min(m, n)])
    check(self, out)
    self.views[node] = out
    return True


def qr(self: "Planner", node: Node) -> bool:
    """Householder's vectors in place of the matrix, and their lengths; then Q and R from them."""
    m, n = node.inputs[0].shape[-2:]
    vectors = generalised(["qr_r_raw", "qr_r_raw_n"])
    of_vectors = generalised(["qr_reduced"])
    if vectors is None or of_vectors is None or math.prod(node.shape) == 0 or min(m, n) == 0:
        return False
    x = self.as_float(self.view(node.inputs[0]))
    raw, lengths = self.copied(x), self.new((*x.shape[:-2], n))
    out = self.new(node.shape, "f", node)
    call(self, vectors, [raw, lengths], [2, 1], x.shape[:-2], [m, n, n])
    call(self, of_vectors, [raw, lengths, rows_of(out, 0, m)], [2, 1, 2], x.shape[:-2], [m, n, n])
    r = rows_of(out, m, m + n)
    mask = self.constant(np.triu(np.ones((n, n), bool)), "b")
    given = [mask, rows_of(raw, 0, n), self.constant(0.0, "f")]
    self.call((OWN_LOOPS["select"], 0), [*[self.spread(v, r.shape) for v in given], r])
    check(self, out)
    self.views[node] = out
    return True


def factor(start: Callable[[int], int], stop: Any = None) -> Callable[["Planner", Node], bool]:
    """Rows of the packed array, from and to where is a matter of how many the matrix has."""

    def lower(self: "Planner", node: Node) -> bool:
        all, m = self.view(node.inputs[0]), node.inputs[1].shape[-2]
        self.views[node] = (
            row_of(all, start(m)) if len(node.shape) < len(all.shape)
            else rows_of(all, start(m), all.shape[-2] if stop is None else stop(m))
        )  # fmt: skip
        return True

    return lower


def values_alone(
    whole: Primitive, row: Callable[[int], int], otherwise: Callable[["Planner", Node], bool]
) -> Callable[["Planner", Node], bool]:
    """Eigenvalues or singular values, from the decomposition where that is needed anyway."""

    def lower(self: "Planner", node: Node) -> bool:
        for other in needed(self.outputs):
            if other.primitive is whole and (other.inputs, other.parameters) == (
                node.inputs, node.parameters,
            ):  # fmt: skip
                self.add(other)
                self.views[node] = row_of(self.views[other], row(node.inputs[0].shape[-2]))
                return True
        return otherwise(self, node)

    return lower


# Sums.


def norm(self: "Planner", node: Node) -> bool:
    """The root of the inner product with itself, of what is reduced as one vector."""
    x, axes = self.as_float(self.view(node.inputs[0])), node.parameters["axes"]
    kept = [axis for axis in range(len(x.shape)) if axis not in axes]
    order = [*kept, *axes]
    length = math.prod(x.shape[axis] for axis in axes)
    x = x._replace(
        shape=tuple(x.shape[axis] for axis in order),
        strides=tuple(x.strides[axis] for axis in order),
    )
    out = self.new(node.shape, "f", node)
    if len(axes) != 1:
        x = self.packed(x)
        x = x._replace(shape=(*node.shape, length), strides=(*x.strides[: len(kept)], 8))
    product, root = loop(np.vecdot, "dd->d"), loop(np.sqrt, "d->d")
    assert product is not None
    assert root is not None
    call(self, product, [x, x, out], [1, 1, 0], node.shape, [length])
    self.call(root, [out, out])
    self.views[node] = out
    return True


def or_one(self: "Planner", node: Node) -> bool:
    y = self.as_float(self.view(node.inputs[0]))
    is_zero, out = self.new(y.shape, "b"), self.new(y.shape, "f", node)
    zero, one = (self.spread(self.constant(number, "f"), y.shape) for number in (0.0, 1.0))
    equal = loop(np.equal, "dd->?")
    assert equal is not None
    self.call(equal, [y, zero, is_zero])
    self.call((OWN_LOOPS["select"], 0), [is_zero, one, y, out])
    self.views[node] = out
    return True


def cumsum(self: "Planner", node: Node) -> bool:
    x, axis = self.as_float(self.view(node.inputs[0])), node.parameters["axis"]
    out = self.new(node.shape, "f", node)
    self.views[node] = out

    def moved(view: "View") -> "View":
        order = [*(a for a in range(len(view.shape)) if a != axis), axis]
        return view._replace(
            shape=tuple(view.shape[a] for a in order), strides=tuple(view.strides[a] for a in order)
        )

    views = [moved(x), moved(out)]
    emit(self, (OWN_LOOPS["cumsum"], 0), views, [1, 1], views[0].shape[:-1], [x.shape[axis]],
         [view.strides[-1] for view in views])  # fmt: skip
    return True


LINALG: dict[Any, Callable[["Planner", Node], bool]] = {
    PRIMITIVES["inv"]: inverse,
    PRIMITIVES["solve"]: solve,
    PRIMITIVES["sign_of_det"]: determinant(0, task("slogdet", 0, 0)),
    PRIMITIVES["logabsdet"]: determinant(1, task("slogdet", 1, 0)),
    PRIMITIVES["det"]: determinant(2, task("det", 0, 0)),
    PRIMITIVES["logdet"]: determinant(3, None),
    PRIMITIVES["cholesky"]: task("cholesky_lo", checked=True),
    PRIMITIVES["eigh"]: eigh,
    PRIMITIVES["eigenvalues"]: factor(lambda m: 0),
    PRIMITIVES["eigenvectors"]: factor(lambda m: 1),
    PRIMITIVES["eigvalsh"]: values_alone(PRIMITIVES["eigh"], lambda m: 0, task("eigvalsh", 0, 1, True)),
    PRIMITIVES["svd"]: svd,
    PRIMITIVES["left_vectors"]: factor(lambda m: 0, lambda m: m),
    PRIMITIVES["singular_values"]: factor(lambda m: m),
    PRIMITIVES["right_vectors"]: factor(lambda m: m + 1),
    PRIMITIVES["svdvals"]: values_alone(PRIMITIVES["svd"], lambda m: m, task("svd", 0, 1, True)),
    PRIMITIVES["qr"]: qr,
    PRIMITIVES["q_factor"]: factor(lambda m: 0, lambda m: m),
    PRIMITIVES["r_factor"]: factor(lambda m: m),
    PRIMITIVES["norm"]: norm,
    PRIMITIVES["or_one"]: or_one,
    p.CUMSUM: cumsum,
}
