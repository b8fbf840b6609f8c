"""Planning linear algebra: which loop does what; a row of `LINALG` a primitive.

A decomposition is one call of NumPy's loop, which writes each factor to its place in the packed
array of its primitive; the factors are views. Values alone are taken from it where it is made
anyway. A row returns False where only Python can.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.graph import Node, Primitive, needed
from fastls.tape.linalg import PRIMITIVES
from fastls.tape.numpy_loops import loop
from fastls.tape.plan_lu import determinant, inverse, solve
from fastls.tape.plan_stacks import call, check, emit, generalised, row_of, rows_of, task, turned
from fastls.tape.replay import OWN_LOOPS

if TYPE_CHECKING:
    from fastls.tape.places import View
    from fastls.tape.plan import Planner

__all__ = ["LINALG"]


def eigh(planner: "Planner", node: Node) -> bool:
    function = generalised(["eigh_lo" if node.parameters["lower"] else "eigh_up"])
    if node in planner.views:
        return True
    if function is None or math.prod(node.shape) == 0:
        return False
    x = planner.as_float(planner.view(node.inputs[0]))
    n, out = x.shape[-1], planner.new(node.shape, "f", node)
    call(planner, function, [x, row_of(out, 0), rows_of(out, 1, n + 1)], [2, 1, 2],
         x.shape[:-2], [n])  # fmt: skip
    check(planner, out)
    planner.views[node] = out
    return True


def svd(planner: "Planner", node: Node) -> bool:
    m, n = node.inputs[0].shape[-2:]
    function = generalised(["svd_s", "svd_m_s" if m <= n else "svd_n_s"])
    if node in planner.views:
        return True
    if function is None or math.prod(node.shape) == 0 or min(m, n) == 0:
        return False
    x, out = planner.as_float(planner.view(node.inputs[0])), planner.new(node.shape, "f", node)
    parts = [rows_of(out, 0, m), row_of(out, m), turned(rows_of(out, m + 1, m + 1 + n))]
    call(planner, function, [x, *parts], [2, 2, 1, 2], x.shape[:-2], [m, n, min(m, n)])
    check(planner, out)
    planner.views[node] = out
    return True


def qr(planner: "Planner", node: Node) -> bool:
    """Householder's vectors in place of the matrix, and their lengths; then Q and R from them."""
    m, n = node.inputs[0].shape[-2:]
    vectors = generalised(["qr_r_raw", "qr_r_raw_n"])
    of_vectors = generalised(["qr_reduced"])
    if vectors is None or of_vectors is None or math.prod(node.shape) == 0 or min(m, n) == 0:
        return False
    x = planner.as_float(planner.view(node.inputs[0]))
    raw, lengths = planner.copied(x), planner.new((*x.shape[:-2], n))
    out = planner.new(node.shape, "f", node)
    call(planner, vectors, [raw, lengths], [2, 1], x.shape[:-2], [m, n, n])
    call(
        planner, of_vectors, [raw, lengths, rows_of(out, 0, m)], [2, 1, 2], x.shape[:-2], [m, n, n]
    )
    r = rows_of(out, m, m + n)
    mask = planner.constant(np.triu(np.ones((n, n), bool)), "b")
    given = [mask, rows_of(raw, 0, n), planner.constant(0.0, "f")]
    planner.call((OWN_LOOPS["select"], 0), [*[v.spread(r.shape) for v in given], r])
    planner.views[node] = out
    return True


def factor(start: Callable[[int], int], stop: Any = None) -> Callable[["Planner", Node], bool]:
    """Rows of the packed array, from and to where is a matter of how many the matrix has."""

    def lower(planner: "Planner", node: Node) -> bool:
        all, m = planner.view(node.inputs[0]), node.inputs[1].shape[-2]
        planner.views[node] = (
            row_of(all, start(m)) if len(node.shape) < len(all.shape)
            else rows_of(all, start(m), all.shape[-2] if stop is None else stop(m))
        )  # fmt: skip
        return True

    return lower


def values_alone(
    whole: Primitive, row: Callable[[int], int], otherwise: Callable[["Planner", Node], bool]
) -> Callable[["Planner", Node], bool]:
    """Eigenvalues or singular values, from the decomposition where that is needed anyway."""

    def lower(planner: "Planner", node: Node) -> bool:
        for other in needed(planner.outputs):
            if other.primitive is whole and (other.inputs, other.parameters) == (
                node.inputs, node.parameters,
            ):  # fmt: skip
                planner.add(other)
                planner.views[node] = row_of(planner.views[other], row(node.inputs[0].shape[-2]))
                return True
        return otherwise(planner, node)

    return lower


# Sums.


def norm(planner: "Planner", node: Node) -> bool:
    """The root of the inner product with itself, of what is reduced as one vector."""
    x, axes = planner.as_float(planner.view(node.inputs[0])), node.parameters["axes"]
    kept = [axis for axis in range(len(x.shape)) if axis not in axes]
    order = [*kept, *axes]
    length = math.prod(x.shape[axis] for axis in axes)
    x = x._replace(
        shape=tuple(x.shape[axis] for axis in order),
        strides=tuple(x.strides[axis] for axis in order),
    )
    out = planner.new(node.shape, "f", node)
    if len(axes) != 1:
        x = planner.packed(x)
        x = x._replace(shape=(*node.shape, length), strides=(*x.strides[: len(kept)], 8))
    product, root = loop(np.vecdot, "dd->d"), loop(np.sqrt, "d->d")
    assert product is not None
    assert root is not None
    call(planner, product, [x, x, out], [1, 1, 0], node.shape, [length])
    planner.call(root, [out, out])
    planner.views[node] = out
    return True


def or_one(planner: "Planner", node: Node) -> bool:
    y = planner.as_float(planner.view(node.inputs[0]))
    is_zero, out = planner.new(y.shape, "b"), planner.new(y.shape, "f", node)
    zero, one = (planner.constant(number, "f").spread(y.shape) for number in (0.0, 1.0))
    equal = loop(np.equal, "dd->?")
    assert equal is not None
    planner.call(equal, [y, zero, is_zero])
    planner.call((OWN_LOOPS["select"], 0), [is_zero, one, y, out])
    planner.views[node] = out
    return True


def cumsum(planner: "Planner", node: Node) -> bool:
    x, axis = planner.as_float(planner.view(node.inputs[0])), node.parameters["axis"]
    out = planner.new(node.shape, "f", node)
    planner.views[node] = out

    def moved(view: "View") -> "View":
        order = [*(a for a in range(len(view.shape)) if a != axis), axis]
        return view._replace(
            shape=tuple(view.shape[a] for a in order), strides=tuple(view.strides[a] for a in order)
        )

    views = [moved(x), moved(out)]
    emit(planner, (OWN_LOOPS["cumsum"], 0), views, [1, 1], views[0].shape[:-1], [x.shape[axis]],
         [view.strides[-1] for view in views])  # fmt: skip
    return True


BY_NAME: dict[str, Callable[["Planner", Node], bool]] = {
    "inv": inverse,
    "solve": solve,
    "sign_of_det": determinant(0, task("slogdet", 0, 0)),
    "logabsdet": determinant(1, task("slogdet", 1, 0)),
    "det": determinant(2, task("det", 0, 0)),
    "logdet": determinant(3, None),
    "cholesky": task("cholesky_lo", checked=True),
    "eigh": eigh,
    "eigenvalues": factor(lambda m: 0),
    "eigenvectors": factor(lambda m: 1),
    "eigvalsh": values_alone(PRIMITIVES["eigh"], lambda m: 0, task("eigvalsh", 0, 1, True)),
    "svd": svd,
    "left_vectors": factor(lambda m: 0, lambda m: m),
    "singular_values": factor(lambda m: m),
    "right_vectors": factor(lambda m: m + 1),
    "svdvals": values_alone(PRIMITIVES["svd"], lambda m: m, task("svd", 0, 1, True)),
    "qr": qr,
    "q_factor": factor(lambda m: 0, lambda m: m),
    "r_factor": factor(lambda m: m),
    "norm": norm,
    "or_one": or_one,
}

#: How a primitive becomes instructions.
LINALG: dict[Any, Callable[["Planner", Node], bool]] = {
    p.CUMSUM: cumsum,
    **{PRIMITIVES[name]: lower for name, lower in BY_NAME.items()},
}
