"""numpy.linalg on the tape: its functions in terms of the primitives of `rules`.

Conventions
    cholesky, eigh, eigvalsh   take the matrix for symmetric: the gradient is, and of a tangent only
                               the symmetric part counts
    repeated eigenvalues       (singular values) have a gradient, of one choice of eigenvectors;
                               that of the vectors is inf or nan, unless the cotangent does not mix
                               them
    pinv, lstsq                the rank is taken to stay as it is
    slogdet, log det           of a singular matrix have the value -inf; their derivative is the
                               inverse, and raises LinAlgError as that does
"""

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from fastls.tape.graph import Graph, Node, Primitive
from fastls.tape.primitives import ELEMENTWISE, TRANSPOSE, apply, unbroadcast
from fastls.tape.refusals import refuse
from fastls.tape.rules.decompositions import FACTORS, PACKED, VALUES, Factor, Packed
from fastls.tape.rules.linalg import (
    RULES,
    Rule,
    Shape,
    cofactors,
    cofactors_tangent,
    or_one,
    square,
    swap,
)
from fastls.tape.trace import FUNCTIONS, Tracer, as_node

__all__ = ["PRIMITIVES", "as_matrix", "defines"]


# Rows made into primitives.


def define(rule: Rule) -> Primitive:
    def pullback(g: Any, y: Any, *inputs: Any, **parameters: Any) -> list[Any]:
        return [
            None if term is None else unbroadcast(term, np.shape(x))
            for term, x in zip(rule.pullback(g, y, *inputs, **parameters), inputs, strict=True)
        ]

    return Primitive(
        rule.name, rule.value, rule.shape, pullback, rule.pushforward, formula=rule.formula
    )


def define_packed(row: Packed) -> Primitive:
    """Derivatives belong to the factors."""
    return Primitive(
        row.name, row.value, row.shape,
        lambda g, y, x, **_: [None], lambda tangents, y, x, **_: None,
    )  # fmt: skip


def define_factor(row: Factor) -> Primitive:
    """Its inputs are the packed decomposition and the matrix."""
    return Primitive(
        row.name, row.value, row.shape,
        lambda g, y, all, x, **parameters: [None, row.pullback(g, y, x, **parameters)],
        lambda tangents, y, all, x, **parameters: (
            None if tangents[1] is None else row.pushforward(tangents[1], y, x, **parameters)
        ),
        formula=row.formula,
    )  # fmt: skip


#: By name.
PRIMITIVES: dict[str, Primitive] = {
    **{rule.name: define(rule) for rule in (*RULES, *VALUES)},
    **{row.name: define_packed(row) for row in PACKED},
    **{row.name: define_factor(row) for row in FACTORS},
}
SOLVE = PRIMITIVES["solve"]


def noted(name: str, *inputs: Any, **parameters: Any) -> Any:
    """A row applied to traced values and constants."""
    return apply(PRIMITIVES[name], *inputs, **parameters)


# What rewriting knows.


def swaps_last(node: Node) -> bool:
    """Whether a node is the transposes of a stack of matrices."""
    if node.primitive is not TRANSPOSE:
        return False
    axes = node.parameters["axes"]
    n = len(axes)
    return n >= 2 and axes == (*range(n - 2), n - 1, n - 2)


def simplify_inverse(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    """The inverse of a transpose is the transpose of the inverse, which may be known."""
    (x,) = inputs
    if swaps_last(x):
        inverse = graph.apply(PRIMITIVES["inv"], x.inputs)
        return graph.apply(TRANSPOSE, (inverse,), axes=x.parameters["axes"])
    return None


def simplify_logarithm(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    (x,) = inputs
    det = PRIMITIVES["det"]
    if x.primitive is det:
        return graph.apply(PRIMITIVES["logdet"], x.inputs)
    if x.primitive is ELEMENTWISE[np.absolute] and x.inputs[0].primitive is det:
        return graph.apply(PRIMITIVES["logabsdet"], x.inputs[0].inputs)
    return None


PRIMITIVES["inv"].simplify = simplify_inverse
ELEMENTWISE[np.log].simplify = simplify_logarithm


# Entering NumPy's functions.

Definition = TypeVar("Definition", bound=Callable[..., Any])


def defines(*names: str) -> Callable[[Definition], Definition]:
    """Enter a definition in the table for these names of ``numpy.linalg``, where NumPy has them."""

    def enter(definition: Definition) -> Definition:
        for name in names:
            if hasattr(np.linalg, name):
                FUNCTIONS[getattr(np.linalg, name)] = definition
        return definition

    return enter


def as_matrix(x: Any) -> Any:
    """An array or traced value of at least two axes, as ``numpy.linalg`` wants them."""
    if not isinstance(x, Tracer):
        x = np.stack(x) if isinstance(x, (list, tuple)) else np.asarray(x)
    if np.ndim(x) < 2:
        raise np.linalg.LinAlgError(
            f"{np.ndim(x)}-dimensional array given; at least two are needed"
        )
    return x


FUNCTIONS[cofactors] = lambda x: noted("cofactors", x)
FUNCTIONS[cofactors_tangent] = lambda x, dx: noted("cofactors_tangent", x, dx)
FUNCTIONS[or_one] = lambda y: noted("or_one", y)


# Inverse, determinant, solution.

FUNCTIONS[np.linalg.inv] = lambda a: noted("inv", as_matrix(a))
FUNCTIONS[np.linalg.det] = lambda a: noted("det", as_matrix(a))
SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))
FUNCTIONS[np.linalg.slogdet] = lambda a: SlogdetResult(
    noted("sign_of_det", as_matrix(a)), noted("logabsdet", as_matrix(a))
)


@defines("solve")
def solve(a: Any, b: Any) -> Any:
    a = as_matrix(a)
    if np.ndim(b) == 1:
        x = noted("solve", a, np.reshape(b, (np.shape(b)[0], 1)))
        return np.reshape(x, np.shape(x)[:-1])
    return noted("solve", a, b)


@defines("tensorsolve")
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    if axes is not None:
        axes = [axis % np.ndim(a) for axis in axes]
        a = np.transpose(a, [axis for axis in range(np.ndim(a)) if axis not in axes] + axes)
    inner = np.shape(a)[np.ndim(b) :]
    n = math.prod(inner)
    return np.reshape(np.linalg.solve(np.reshape(a, (-1, n)), np.ravel(b)), inner)


@defines("tensorinv")
def tensorinv(a: Any, ind: int = 2) -> Any:
    front, back = np.shape(a)[:ind], np.shape(a)[ind:]
    return np.reshape(np.linalg.inv(np.reshape(a, (math.prod(front), -1))), (*back, *front))


FUNCTIONS[np.linalg.cholesky] = lambda a, /, *, upper=False: (
    swap(noted("cholesky", swap(as_matrix(a)))) if upper else noted("cholesky", as_matrix(a))
)


# Decompositions.

EighResult: Any = type(np.linalg.eigh(np.eye(1)))


def is_lower(uplo: str) -> bool:
    if uplo.upper() not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return uplo.upper() == "L"


@defines("eigh")
def eigh(a: Any, UPLO: str = "L") -> Any:
    lower = is_lower(UPLO)
    all = noted("eigh", a, lower=lower)
    return EighResult(
        noted("eigenvalues", all, a, lower=lower), noted("eigenvectors", all, a, lower=lower)
    )


FUNCTIONS[np.linalg.eigvalsh] = lambda a, UPLO="L": noted("eigvalsh", a, lower=is_lower(UPLO))

SVDResult: Any = type(np.linalg.svd(np.eye(1)))


@defines("svd")
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    if hermitian:
        raise refuse("numpy.linalg.svd with hermitian=True", "leave it out, or use eigh")
    if not compute_uv:
        return noted("svdvals", as_matrix(a))
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise refuse(
            f"numpy.linalg.svd with full_matrices=True of a matrix of shape {np.shape(a)[-2:]}",
            "its last vectors are not determined: write full_matrices=False",
        )
    a = as_matrix(a)
    all = noted("svd", a)
    u, s, v = (noted(name, all, a) for name in ("left_vectors", "singular_values", "right_vectors"))
    return SVDResult(u, s, swap(v))


@defines("svdvals")
def svdvals(x: Any) -> Any:
    return noted("svdvals", as_matrix(x))


QRResult: Any = type(np.linalg.qr(np.eye(1)))


@defines("qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    a = as_matrix(a)
    m, n = np.shape(a)[-2:]
    if mode not in ("reduced", "r", "complete") or (mode == "complete" and m > n):
        raise refuse(f"numpy.linalg.qr with mode={mode!r}", 'write mode="reduced" or mode="r"')
    front = a[..., :m] if m < n else a
    all = noted("qr", front)
    q, r = noted("q_factor", all, front), noted("r_factor", all, front)
    if m < n:
        r = np.concatenate([r, swap(q) @ a[..., m:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)


# Pseudoinverse and least squares.


@defines("pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, **options: Any) -> Any:
    if hermitian:
        raise refuse("numpy.linalg.pinv with hermitian=True", "leave it out")
    if rcond is not None:
        options["rcond"] = rcond
    return noted("pinv", as_matrix(a), **options)


def cutoff(shape: Shape, rcond: Any) -> float:
    """Singular values below this fraction of the largest count as 0."""
    if rcond is None or rcond < 0:
        return float(np.finfo(float).eps) * max(shape) if rcond is None else np.finfo(float).eps
    return float(rcond)


@defines("lstsq")
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The solution, the residuals (as of the rank when recorded), the rank, the singular values."""
    m, n = np.shape(a)
    rcond = cutoff((m, n), rcond)
    is_vector = np.ndim(b) == 1
    matrix = np.reshape(b, (m, 1)) if is_vector else b
    x = noted("lstsq", a, matrix, rcond=rcond)
    if not isinstance(a, Tracer):
        _, _, rank, s = np.linalg.lstsq(a, np.zeros(m), rcond=rcond)
        known = rank
    else:
        s = noted("svdvals", a)
        rank = np.sum(s > rcond * s[0])
        known = int(a.graph.value(as_node(a.graph, rank)))
    residuals: Any = np.empty(0)
    if m > n and known == n:
        residuals = np.sum((matrix - a @ x) ** 2, axis=0)
    return np.reshape(x, (n,)) if is_vector else x, residuals, rank, s


@defines("matrix_rank")
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, **options: Any) -> Any:
    """What it is when recorded; guarded."""
    if tol is not None:
        options["tol"] = tol
    if A.ndim < 2:
        return int(not np.all(A == 0.0))
    rank = noted("matrix_rank", A, hermitian=hermitian, **options)
    return rank.graph.guard(rank.node).astype(np.intp)[()]


# Products.


@defines("matrix_power")
def matrix_power(a: Any, n: Any) -> Any:
    n = operator.index(n)
    square(np.shape(a))
    if n == 0:
        return np.broadcast_to(np.eye(a.shape[-1]), a.shape)
    power, found = np.linalg.inv(a) if n < 0 else a, None
    n = abs(n)
    while n:
        n, bit = divmod(n, 2)
        if bit:
            found = power if found is None else found @ power
        power = power @ power if n else power
    return found


@defines("multi_dot")
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """In the order that needs the fewest multiplications (Cormen et al., chapter 15)."""
    if out is not None:
        raise refuse("out= of numpy.linalg.multi_dot", "use the returned value instead")
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    is_row, is_column = np.ndim(arrays[0]) == 1, np.ndim(arrays[-1]) == 1
    if is_row:
        arrays[0] = np.reshape(arrays[0], (1, -1))
    if is_column:
        arrays[-1] = np.reshape(arrays[-1], (-1, 1))
    if any(np.ndim(a) != 2 for a in arrays):
        raise np.linalg.LinAlgError("multi_dot takes matrices; the first and last may be vectors")
    lengths = [np.shape(arrays[0])[0], *(np.shape(a)[1] for a in arrays)]

    @functools.cache
    def best(i: int, j: int) -> tuple[int, int]:
        """The cost of arrays i to j, and after which to split them."""
        if i == j:
            return 0, i
        return min(
            (best(i, k)[0] + best(k + 1, j)[0] + lengths[i] * lengths[k + 1] * lengths[j + 1], k)
            for k in range(i, j)
        )

    def product(i: int, j: int) -> Any:
        if i == j:
            return arrays[i]
        k = best(i, j)[1]
        return np.matmul(product(i, k), product(k + 1, j))

    found = product(0, len(arrays) - 1)
    if is_row or is_column:
        shape = np.shape(found)
        shape = shape[1:] if is_row else shape
        found = np.reshape(found, shape[:-1] if is_column else shape)
    return found


# The array API's names for what NumPy has elsewhere.


@defines("trace")
def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return np.trace(x, offset, -2, -1, dtype)


@defines("diagonal")
def diagonal_of(x: Any, /, *, offset: int = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


@defines("outer")
def outer(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError("Input arrays must be one-dimensional")
    return np.outer(x1, x2)


@defines("cross")
def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return np.cross(x1, x2, axis=axis)


@defines("matmul")
def matmul(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2)


@defines("tensordot")
def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return np.tensordot(x1, x2, axes=axes)


@defines("vecdot")
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return np.sum(x1 * x2, axis=axis)


@defines("matrix_transpose")
def matrix_transpose(x: Any, /) -> Any:
    return swap(as_matrix(x))


if hasattr(np, "matrix_transpose"):
    FUNCTIONS[np.matrix_transpose] = matrix_transpose
