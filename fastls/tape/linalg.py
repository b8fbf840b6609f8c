"""Linear algebra: rules for whole matrices, and stacks of them in the last two axes.

Every rule is made of other primitives (inverses, products, transposes, sums), so that the
derivative of a derivative needs nothing new. The identities are those of Dwyer & MacPhail (1948),
Magnus & Neudecker (1988) and Giles (2008, "Collected matrix derivative results for forward and
reverse mode algorithmic differentiation"); Cholesky is after Murray (2016), the pseudoinverse after
Golub & Pereyra (1973).

A decomposition is computed once. Its results stand in one packed array, from which its factors are
taken; they have rules of their own, so that what is not used costs nothing and harms nothing: the
eigenvalues have derivatives where the eigenvectors have none.

Conventions
    cholesky, eigh, eigvalsh   take the matrix for symmetric: the gradient is, and of a tangent only
                               the symmetric part counts
    repeated eigenvalues       (singular values) have a gradient, of one choice of eigenvectors;
                               that of the vectors is inf or nan, unless the cotangent does not mix
                               them
    norm                       has slope 0 where it is 0
    pinv, lstsq                the rank is taken to stay as it is
"""

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from fastls.tape.graph import Graph, Node, Primitive
from fastls.tape.primitives import (
    ELEMENTWISE,
    TRANSPOSE,
    apply,
    axes_of,
    product_shape,
    swap,
    unbroadcast,
)
from fastls.tape.trace import FUNCTIONS, Tracer, as_node, refuse

__all__: list[str] = []

Shape = tuple[int, ...]


Definition = TypeVar("Definition", bound=Callable[..., Any])


def defines(*names: str) -> Callable[[Definition], Definition]:
    """Enter a definition in the table for these names of ``numpy.linalg``, where NumPy has them."""

    def enter(definition: Definition) -> Definition:
        for name in names:
            if hasattr(np.linalg, name):
                FUNCTIONS[getattr(np.linalg, name)] = definition
        return definition

    return enter


# Small things.


def square(shape: Shape) -> Shape:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError(
            f"the last two axes must be those of a square matrix; got {shape}"
        )
    return shape


def numbers(shape: Shape) -> Shape:
    """The shape of one number a matrix."""
    return square(shape)[:-2]


def as_matrix(x: Any) -> Any:
    """An array or traced value of at least two axes, as ``numpy.linalg`` wants them."""
    if not isinstance(x, Tracer):
        x = np.stack(x) if isinstance(x, (list, tuple)) else np.asarray(x)
    if np.ndim(x) < 2:
        raise np.linalg.LinAlgError(
            f"{np.ndim(x)}-dimensional array given; at least two are needed"
        )
    return x


def spread(number: Any) -> Any:
    """A number for each matrix, to be multiplied with it."""
    shape = np.shape(number)
    return np.reshape(number, (*shape, 1, 1)) if shape else number


def total(x: Any) -> Any:
    return np.sum(x, axis=(-2, -1))


def symmetric(x: Any) -> Any:
    return 0.5 * (x + swap(x))


def columns(x: Any) -> Any:
    """Numbers (..., k) that multiply the columns of a matrix (..., m, k)."""
    return np.reshape(x, (*np.shape(x)[:-1], 1, np.shape(x)[-1]))


@functools.cache
def mask(kind: str, m: int, n: int) -> Any:
    """Constant factors; one array of each, so that equal nodes are found to be equal."""
    if kind == "lower":
        return np.tril(np.ones((m, n)))
    if kind == "strictly lower":
        return np.tril(np.ones((m, n)), -1)
    if kind == "lower, half the diagonal":
        return np.tril(np.ones((m, n))) - 0.5 * np.eye(m, n)
    if kind == "off the diagonal":
        return np.ones((m, n)) - np.eye(m, n)
    return np.eye(m, n)


def masked(kind: str, x: Any) -> Any:
    return mask(kind, *np.shape(x)[-2:]) * x


def sum_of(*terms: Any) -> Any:
    """The sum of those that are not None."""
    found = [term for term in terms if term is not None]
    return sum(found[1:], found[0]) if found else None


# Inverse, determinant, solution.


def swaps_last(axes: tuple[int, ...]) -> bool:
    n = len(axes)
    return n >= 2 and axes == (*range(n - 2), n - 1, n - 2)


def simplify_inverse(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    """The inverse of a transpose is the transpose of the inverse, which may be known."""
    (x,) = inputs
    if x.primitive is TRANSPOSE and swaps_last(x.parameters["axes"]):
        return graph.apply(TRANSPOSE, (graph.apply(INV, x.inputs),), axes=x.parameters["axes"])
    return None


# d X^-1 = -X^-1 dX X^-1
INV: Primitive = Primitive(
    "inv", np.linalg.inv, square,
    lambda g, y, x: [-(swap(y) @ g @ swap(y))],
    lambda tangents, y, x: -(y @ tangents[0] @ y),
    formula="{}⁻¹", simplify=simplify_inverse,
)  # fmt: skip


def regular_inverse(x: Any) -> Any:
    """x⁻¹ if every matrix is well-conditioned, else None."""
    try:
        inverse = np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return None
    condition = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    return inverse if np.all(condition < 1e8) else None


def singular_form(x: Any) -> tuple[Any, Any, Any]:
    """x = u diag(s) vᵀ with determinants of u and v of product 1; so one s may be negative."""
    u, s, vt = np.linalg.svd(x)
    sign = np.rint(np.linalg.det(u) * np.linalg.det(vt))
    s[..., -1:] *= sign[..., None]
    u[..., -1:] *= sign[..., None, None]
    return u, s, np.swapaxes(vt, -1, -2)


def products_without_one(s: Any) -> Any:
    """The products of all s but the i-th."""
    one = np.ones_like(s[..., :1])
    before = np.cumprod(np.concatenate([one, s[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, s[..., :0:-1]], axis=-1), axis=-1)
    return before * after[..., ::-1]


def products_without_two(s: Any) -> Any:
    """The products of all s but the i-th and the j-th; 0 on the diagonal."""
    n = s.shape[-1]
    found = np.zeros((*s.shape, n))
    for i in range(n):
        others = s.copy()
        others[..., i] = 1.0
        found[..., i, :] = products_without_one(others)
        found[..., i, i] = 0.0
    return found


def cofactors(x: Any) -> Any:
    """det(x) x⁻ᵀ; from the singular values where that is inaccurate or does not exist."""
    inverse = regular_inverse(x)
    if inverse is not None:
        return np.asarray(np.linalg.det(x))[..., None, None] * np.swapaxes(inverse, -1, -2)
    u, s, v = singular_form(x)
    return (u * products_without_one(s)[..., None, :]) @ np.swapaxes(v, -1, -2)


def cofactors_tangent(x: Any, dx: Any) -> Any:
    """The derivative of the cofactors along dx, of singular matrices too.

    Of a regular matrix it is det(x) (tr(x⁻¹ dx) x⁻ᵀ - x⁻ᵀ dxᵀ x⁻ᵀ). With the singular values s and
    e = uᵀ dx v, it is u d vᵀ with d_ij = -p_ij e_ji off the diagonal and d_ii = Σ_k p_ik e_kk on
    it, where p_ij is the product of all s but the i-th and the j-th.
    """
    inverse = regular_inverse(x)
    if inverse is not None:
        e = np.swapaxes(inverse @ dx, -1, -2)
        trace = np.trace(e, axis1=-2, axis2=-1)[..., None, None]
        back = np.swapaxes(inverse, -1, -2)
        return np.asarray(np.linalg.det(x))[..., None, None] * (trace * back - back @ e)
    u, s, v = singular_form(x)
    e = np.swapaxes(u, -1, -2) @ dx @ v
    p = products_without_two(s)
    on = np.sum(p * np.diagonal(e, axis1=-2, axis2=-1)[..., None, :], axis=-1)
    d = on[..., None] * np.eye(x.shape[-1]) - p * np.swapaxes(e, -1, -2)
    return u @ d @ np.swapaxes(v, -1, -2)


# d det X = <cof X, dX>, where cof X = det X X^-T if that exists
DET: Primitive = Primitive(
    "det", np.linalg.det, numbers,
    lambda g, y, x: [spread(g) * apply(COFACTORS, x)],
    lambda tangents, y, x: total(apply(COFACTORS, x) * tangents[0]),
    formula="det({})",
)  # fmt: skip
# The second derivative of det is symmetric: it is its own transpose.
COFACTORS: Primitive = Primitive(
    "cofactors", cofactors, square,
    lambda g, y, x: [apply(COFACTORS_TANGENT, x, g)],
    lambda tangents, y, x: apply(COFACTORS_TANGENT, x, tangents[0]),
    formula="cof({})",
)  # fmt: skip


def third_derivative_of_det(x: Any, e: Any, f: Any) -> Any:
    """The gradient of D³ det(x)[e, f, ·], of invertible matrices."""
    inverse = apply(INV, x)
    e, f = inverse @ e, inverse @ f
    of_e, of_f, of_ef = total(masked("one", e)), total(masked("one", f)), total(e * swap(f))
    core = spread(of_e * of_f - of_ef) * mask("one", *np.shape(x)[-2:])
    core = core - spread(of_e) * f - spread(of_f) * e + e @ f + f @ e
    return spread(apply(DET, x)) * swap(core @ inverse)


COFACTORS_TANGENT: Primitive = Primitive(
    "cofactors_tangent", cofactors_tangent, lambda x, dx: square(x),
    lambda g, y, x, dx: [third_derivative_of_det(x, dx, g), apply(COFACTORS_TANGENT, x, g)],
    lambda tangents, y, x, dx: sum_of(
        None if tangents[0] is None else third_derivative_of_det(x, dx, tangents[0]),
        None if tangents[1] is None else apply(COFACTORS_TANGENT, x, tangents[1]),
    ),
)  # fmt: skip

# d log|det X| = tr(X^-1 dX)
LOGABSDET: Primitive = Primitive(
    "logabsdet", lambda x: np.linalg.slogdet(x)[1], numbers,
    lambda g, y, x: [spread(g) * swap(apply(INV, x))],
    lambda tangents, y, x: total(swap(apply(INV, x)) * tangents[0]),
    formula="log |det({})|",
)  # fmt: skip
SIGN_OF_DET: Primitive = Primitive(
    "sign_of_det", lambda x: np.linalg.slogdet(x)[0], numbers,
    lambda g, y, x: [None], lambda tangents, y, x: None,
    formula="sign det({})",
)  # fmt: skip


def log_of_det(x: Any) -> Any:
    sign, logarithm = np.linalg.slogdet(x)
    return np.where(sign < 0.0, np.nan, logarithm)


# log(det(X)) as it is written: without overflow, and with the gradient X^-T
LOGDET: Primitive = Primitive(
    "logdet", log_of_det, numbers, LOGABSDET.pullback, LOGABSDET.pushforward,
    formula="log det({})",
)  # fmt: skip


def simplify_logarithm(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    (x,) = inputs
    if x.primitive is DET:
        return graph.apply(LOGDET, x.inputs)
    if x.primitive is ELEMENTWISE[np.absolute] and x.inputs[0].primitive is DET:
        return graph.apply(LOGABSDET, x.inputs[0].inputs)
    return None


ELEMENTWISE[np.log].simplify = simplify_logarithm

FUNCTIONS[np.linalg.inv] = lambda a: apply(INV, as_matrix(a))
FUNCTIONS[np.linalg.det] = lambda a: apply(DET, as_matrix(a))
SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))
FUNCTIONS[np.linalg.slogdet] = lambda a: SlogdetResult(
    apply(SIGN_OF_DET, as_matrix(a)), apply(LOGABSDET, as_matrix(a))
)


def solve_pullback(g: Any, y: Any, a: Any, b: Any) -> list[Any]:
    back = apply(SOLVE, swap(a), g)
    return [unbroadcast(-(back @ swap(y)), np.shape(a)), unbroadcast(back, np.shape(b))]


def solve_pushforward(tangents: list[Any], y: Any, a: Any, b: Any) -> Any:
    da, db = tangents
    return apply(SOLVE, a, sum_of(db, None if da is None else -(da @ y)))


# A dX = dB - dA X
SOLVE: Primitive = Primitive(
    "solve", np.linalg.solve, lambda a, b: product_shape(square(a), b),
    solve_pullback, solve_pushforward, formula="{}⁻¹ {}",
)  # fmt: skip


@defines("solve")
def solve(a: Any, b: Any) -> Any:
    a = as_matrix(a)
    if np.ndim(b) == 1:
        x = apply(SOLVE, a, np.reshape(b, (np.shape(b)[0], 1)))
        return np.reshape(x, np.shape(x)[:-1])
    return apply(SOLVE, a, b)


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


# Cholesky: A = L Lᵀ. dL = L Φ(L^-1 dA L^-T), Φ the lower triangle with half the diagonal.


def sandwich(factor: Any, x: Any) -> Any:
    """factor^-1 x factor^-T"""
    return swap(apply(SOLVE, factor, swap(apply(SOLVE, factor, x))))


CHOLESKY: Primitive = Primitive(
    "cholesky", np.linalg.cholesky, square,
    lambda g, y, a: [
        symmetric(sandwich(swap(y), masked("lower, half the diagonal", swap(y) @ g)))
    ],
    lambda tangents, y, a: y @ masked(
        "lower, half the diagonal", sandwich(y, symmetric(tangents[0]))
    ),
    formula="chol({})",
)  # fmt: skip
FUNCTIONS[np.linalg.cholesky] = lambda a, /, *, upper=False: (
    swap(apply(CHOLESKY, swap(as_matrix(a)))) if upper else apply(CHOLESKY, as_matrix(a))
)


# Decompositions: a packed result, and its factors.


def packed(name: str, value: Callable[..., Any], shape: Callable[..., Shape]) -> Primitive:
    """All factors of a decomposition, in one array. Derivatives belong to the factors."""
    return Primitive(
        name, value, shape, lambda g, y, x, **_: [None], lambda tangents, y, x, **_: None
    )


def factor(
    name: str, value: Callable[..., Any], shape: Callable[..., Shape],
    pullback: Callable[..., Any], pushforward: Callable[..., Any], formula: str,
) -> Primitive:  # fmt: skip
    """A factor; its inputs are the packed decomposition and the matrix.

    ``pullback(g, y, all, x)`` and ``pushforward(dx, y, all, x)`` are with respect to the matrix.
    """
    return Primitive(
        name, value, shape,
        lambda g, y, all, x, **parameters: [None, pullback(g, y, all, x, **parameters)],
        lambda tangents, y, all, x, **parameters: (
            None if tangents[1] is None else pushforward(tangents[1], y, all, x, **parameters)
        ),
        formula=formula,
    )  # fmt: skip


def divided(w: Any, differences: Any) -> Any:
    """w over differences, 0 on the diagonal and where both are exactly 0."""
    n = np.shape(w)[-1]
    w = masked("off the diagonal", w)
    differences = differences + mask("one", n, n)
    return w / np.where(np.logical_and(w == 0.0, differences == 0.0), 1.0, differences)


def differences(values: Any) -> Any:
    """values[j] - values[i] at (i, j)."""
    return columns(values) - swap(columns(values))


# Symmetric eigenvalues. X v = λ v: dλ_i = v_iᵀ dX v_i; dV = V (F ∘ Vᵀ dX V), F_ij = 1/(λ_j - λ_i).


def eigh_packed(x: Any, lower: bool) -> Any:
    values, vectors = np.linalg.eigh(x, "L" if lower else "U")
    return np.concatenate([values[..., None, :], vectors], axis=-2)


EIGH: Primitive = packed("eigh", eigh_packed, lambda s, lower: (*square(s)[:-2], s[-1] + 1, s[-1]))


def eigenvectors(all: Any, x: Any, lower: bool) -> Any:
    return apply(EIGENVECTORS, all, x, lower=lower)


def eigenvalues_pullback(g: Any, y: Any, all: Any, x: Any, lower: bool) -> Any:
    v = eigenvectors(all, x, lower)
    return (v * columns(g)) @ swap(v)


def eigenvalues_pushforward(dx: Any, y: Any, all: Any, x: Any, lower: bool) -> Any:
    v = eigenvectors(all, x, lower)
    return np.sum(v * (symmetric(dx) @ v), axis=-2)


def eigenvectors_pullback(g: Any, y: Any, all: Any, x: Any, lower: bool) -> Any:
    values = apply(EIGENVALUES, all, x, lower=lower)
    return symmetric(y @ divided(swap(y) @ g, differences(values)) @ swap(y))


def eigenvectors_pushforward(dx: Any, y: Any, all: Any, x: Any, lower: bool) -> Any:
    values = apply(EIGENVALUES, all, x, lower=lower)
    return y @ divided(swap(y) @ symmetric(dx) @ y, differences(values))


EIGENVALUES: Primitive = factor(
    "eigenvalues", lambda all, x, lower: all[..., 0, :], lambda all, s, lower: s[:-1],
    eigenvalues_pullback, eigenvalues_pushforward, "λ({1})",
)  # fmt: skip
EIGENVECTORS: Primitive = factor(
    "eigenvectors", lambda all, x, lower: all[..., 1:, :], lambda all, s, lower: s,
    eigenvectors_pullback, eigenvectors_pushforward, "V({1})",
)  # fmt: skip
EIGVALSH: Primitive = Primitive(
    "eigvalsh", lambda x, lower: np.linalg.eigvalsh(x, "L" if lower else "U"),
    lambda s, lower: square(s)[:-1],
    lambda g, y, x, lower: [
        eigenvalues_pullback(g, y, apply(EIGH, x, lower=lower), x, lower)
    ],
    lambda tangents, y, x, lower: eigenvalues_pushforward(
        tangents[0], y, apply(EIGH, x, lower=lower), x, lower
    ),
    formula="λ({})",
)  # fmt: skip

EighResult: Any = type(np.linalg.eigh(np.eye(1)))


def is_lower(uplo: str) -> bool:
    if uplo.upper() not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return uplo.upper() == "L"


@defines("eigh")
def eigh(a: Any, UPLO: str = "L") -> Any:
    lower = is_lower(UPLO)
    all = apply(EIGH, a, lower=lower)
    return EighResult(
        apply(EIGENVALUES, all, a, lower=lower), apply(EIGENVECTORS, all, a, lower=lower)
    )


FUNCTIONS[np.linalg.eigvalsh] = lambda a, UPLO="L": apply(EIGVALSH, a, lower=is_lower(UPLO))


# Singular values: X = U diag(s) Vᵀ, of the smaller size k. With E = Uᵀ dX V: ds = diag E, and
# dU = U F∘(E S + S Eᵀ) + (1 - U Uᵀ) dX V S^-1, dV likewise of Xᵀ; F_ij = 1/(s_j² - s_i²).


def svd_packed(x: Any) -> Any:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return np.concatenate([u, s[..., None, :], np.swapaxes(vt, -1, -2)], axis=-2)


def svd_shape(s: Shape) -> Shape:
    return (*s[:-2], s[-2] + 1 + s[-1], min(s[-2:]))


def left_pullback(u: Any, s: Any, v: Any, g: Any) -> Any:
    """For the cotangent of u; that of v is the same for the transposed matrix."""
    w = divided(swap(u) @ g, differences(s * s))
    found = u @ ((w + swap(w)) * columns(s))
    if np.shape(u)[-2] > np.shape(u)[-1]:
        found = found + (g - u @ (swap(u) @ g)) / columns(s)
    return found @ swap(v)


def left_pushforward(u: Any, s: Any, v: Any, dx: Any) -> Any:
    of_v = dx @ v
    e = swap(u) @ of_v * columns(s)
    found = u @ divided(e + swap(e), differences(s * s))
    if np.shape(u)[-2] > np.shape(u)[-1]:
        found = found + (of_v - u @ (swap(u) @ of_v)) / columns(s)
    return found


def factors(all: Any, x: Any) -> tuple[Any, Any, Any]:
    return tuple(apply(part, all, x) for part in (SVD_U, SVD_S, SVD_V))


def singular_values_pullback(g: Any, all: Any, x: Any) -> Any:
    u, v = apply(SVD_U, all, x), apply(SVD_V, all, x)
    return (u * columns(g)) @ swap(v)


def singular_values_pushforward(dx: Any, all: Any, x: Any) -> Any:
    u, v = apply(SVD_U, all, x), apply(SVD_V, all, x)
    return np.sum(u * (dx @ v), axis=-2)


def right_pullback(g: Any, y: Any, all: Any, x: Any) -> Any:
    u, s, v = factors(all, x)
    return swap(left_pullback(v, s, u, g))


def right_pushforward(dx: Any, y: Any, all: Any, x: Any) -> Any:
    u, s, v = factors(all, x)
    return left_pushforward(v, s, u, swap(dx))


SVD: Primitive = packed("svd", svd_packed, svd_shape)
SVD_U: Primitive = factor(
    "left_vectors", lambda all, x: all[..., : x.shape[-2], :],
    lambda all, s: (*s[:-1], all[-1]),
    lambda g, y, all, x: left_pullback(*factors(all, x), g),
    lambda dx, y, all, x: left_pushforward(*factors(all, x), dx), "U({1})",
)  # fmt: skip
SVD_S: Primitive = factor(
    "singular_values", lambda all, x: all[..., x.shape[-2], :],
    lambda all, s: (*s[:-2], all[-1]),
    lambda g, y, all, x: singular_values_pullback(g, all, x),
    lambda dx, y, all, x: singular_values_pushforward(dx, all, x), "σ({1})",
)  # fmt: skip
SVD_V: Primitive = factor(
    "right_vectors", lambda all, x: all[..., x.shape[-2] + 1 :, :],
    lambda all, s: (*s[:-2], s[-1], all[-1]),
    right_pullback, right_pushforward, "V({1})",
)  # fmt: skip
SVDVALS: Primitive = Primitive(
    "svdvals", lambda x: np.linalg.svd(x, compute_uv=False), lambda s: (*s[:-2], min(s[-2:])),
    lambda g, y, x: [singular_values_pullback(g, apply(SVD, x), x)],
    lambda tangents, y, x: singular_values_pushforward(tangents[0], apply(SVD, x), x),
    formula="σ({})",
)  # fmt: skip

SVDResult: Any = type(np.linalg.svd(np.eye(1)))


@defines("svd")
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    if hermitian:
        raise refuse("numpy.linalg.svd with hermitian=True", "leave it out, or use eigh")
    if not compute_uv:
        return apply(SVDVALS, as_matrix(a))
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise refuse(
            f"numpy.linalg.svd with full_matrices=True of a matrix of shape {np.shape(a)[-2:]}",
            "its last vectors are not determined: write full_matrices=False",
        )
    u, s, v = factors(apply(SVD, as_matrix(a)), a)
    return SVDResult(u, s, swap(v))


@defines("svdvals")
def svdvals(x: Any) -> Any:
    return apply(SVDVALS, as_matrix(x))


# Orthogonal times triangular: X = Q R, of full column rank. With C = Qᵀ dX R^-1 and the
# skew matrix W = tril(C, -1) - tril(C, -1)ᵀ: dR = (C - W) R, dQ = dX R^-1 - Q (C - W).


def qr_packed(x: Any) -> Any:
    return np.concatenate(np.linalg.qr(x), axis=-2)


def qr_factors(all: Any, x: Any) -> tuple[Any, Any]:
    return apply(QR_Q, all, x), apply(QR_R, all, x)


def over(x: Any, r: Any) -> Any:
    """x r^-1"""
    return swap(apply(SOLVE, swap(r), swap(x)))


def mirrored(x: Any) -> Any:
    """The symmetric matrix with the lower triangle of x."""
    return masked("lower", x) + swap(masked("strictly lower", x))


def upper_part(dx: Any, q: Any, r: Any) -> tuple[Any, Any]:
    """dX R^-1, and C - W of it."""
    of_r = over(dx, r)
    c = swap(q) @ of_r
    below = masked("strictly lower", c)
    return of_r, c - below + swap(below)


def q_pullback(g: Any, y: Any, all: Any, x: Any) -> Any:
    q, r = qr_factors(all, x)
    return swap(apply(SOLVE, r, swap(g - q @ mirrored(swap(g) @ q))))


def r_pullback(g: Any, y: Any, all: Any, x: Any) -> Any:
    q, r = qr_factors(all, x)
    return swap(apply(SOLVE, r, swap(q @ mirrored(r @ swap(g)))))


def q_pushforward(dx: Any, y: Any, all: Any, x: Any) -> Any:
    q, r = qr_factors(all, x)
    of_r, upper = upper_part(dx, q, r)
    return of_r - q @ upper


def r_pushforward(dx: Any, y: Any, all: Any, x: Any) -> Any:
    q, r = qr_factors(all, x)
    return upper_part(dx, q, r)[1] @ r


QR: Primitive = packed("qr", qr_packed, lambda s: (*s[:-2], s[-2] + s[-1], s[-1]))
QR_Q: Primitive = factor(
    "q_factor", lambda all, x: all[..., : x.shape[-2], :], lambda all, s: s,
    q_pullback, q_pushforward, "Q({1})",
)  # fmt: skip
QR_R: Primitive = factor(
    "r_factor", lambda all, x: all[..., x.shape[-2] :, :], lambda all, s: (*s[:-2], s[-1], s[-1]),
    r_pullback, r_pushforward, "R({1})",
)  # fmt: skip

QRResult: Any = type(np.linalg.qr(np.eye(1)))


@defines("qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    a = as_matrix(a)
    m, n = np.shape(a)[-2:]
    if mode not in ("reduced", "r", "complete") or (mode == "complete" and m > n):
        raise refuse(f"numpy.linalg.qr with mode={mode!r}", 'write mode="reduced" or mode="r"')
    front = a[..., :m] if m < n else a
    q, r = qr_factors(apply(QR, front), front)
    if m < n:
        r = np.concatenate([r, swap(q) @ a[..., m:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)


# Pseudoinverse P and least squares (Golub & Pereyra 1973):
# dP = -P dX P + P Pᵀ dXᵀ (1 - X P) + (1 - P X) dXᵀ Pᵀ P


def pinv_pullback(g: Any, y: Any, x: Any, **_: Any) -> list[Any]:
    turned = swap(g)
    return [
        -(swap(y) @ g @ swap(y))
        + (turned - x @ (y @ turned)) @ y @ swap(y)
        + swap(y) @ y @ (turned - turned @ y @ x)
    ]


def pinv_pushforward(tangents: list[Any], y: Any, x: Any, **_: Any) -> Any:
    dx = tangents[0]
    turned = swap(dx)
    return (
        -(y @ dx @ y)
        + y @ swap(y) @ (turned - turned @ x @ y)
        + (turned - y @ (x @ turned)) @ swap(y) @ y
    )


PINV: Primitive = Primitive(
    "pinv", lambda x, **options: np.linalg.pinv(x, **options),
    lambda s, **_: (*s[:-2], s[-1], s[-2]), pinv_pullback, pinv_pushforward, formula="{}⁺",
)  # fmt: skip


@defines("pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, **options: Any) -> Any:
    if rcond is not None:
        options["rcond"] = rcond
    return apply(PINV, as_matrix(a), **options)


def lstsq_pullback(g: Any, y: Any, a: Any, b: Any, rcond: Any) -> list[Any]:
    inverse = apply(PINV, a, rcond=rcond)
    back = swap(inverse) @ g
    of_a = (
        -(back @ swap(y))
        + (b - a @ y) @ swap(inverse @ back)
        + swap(inverse) @ y @ swap(g - inverse @ (a @ g))
    )
    return [of_a, back]


def lstsq_pushforward(tangents: list[Any], y: Any, a: Any, b: Any, rcond: Any) -> Any:
    da, db = tangents
    inverse = apply(PINV, a, rcond=rcond)
    found = None if db is None else inverse @ db
    if da is None:
        return found
    of_y = swap(da) @ (swap(inverse) @ y)
    return sum_of(
        found,
        inverse @ (swap(inverse) @ (swap(da) @ (b - a @ y)) - da @ y),
        of_y - inverse @ (a @ of_y),
    )


def cutoff(shape: Shape, rcond: Any) -> float:
    """Singular values below this fraction of the largest count as 0."""
    if rcond is None or rcond < 0:
        return float(np.finfo(float).eps) * max(shape) if rcond is None else np.finfo(float).eps
    return float(rcond)


LSTSQ: Primitive = Primitive(
    "lstsq", lambda a, b, rcond: np.linalg.lstsq(a, b, rcond=rcond)[0],
    lambda a, b, rcond: (a[-1], b[-1]), lstsq_pullback, lstsq_pushforward, formula="{}⁺ {}",
)  # fmt: skip


@defines("lstsq")
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The solution, the residuals (as of the rank when recorded), the rank, the singular values."""
    m, n = np.shape(a)
    rcond = cutoff((m, n), rcond)
    is_vector = np.ndim(b) == 1
    matrix = np.reshape(b, (m, 1)) if is_vector else b
    x = apply(LSTSQ, a, matrix, rcond=rcond)
    if not isinstance(a, Tracer):
        _, _, rank, s = np.linalg.lstsq(a, np.zeros(m), rcond=rcond)
        known = rank
    else:
        s = apply(SVDVALS, a)
        rank = np.sum(s > rcond * s[0])
        known = int(a.graph.value(as_node(a.graph, rank)))
    residuals: Any = np.empty(0)
    if m > n and known == n:
        residuals = np.sum((matrix - a @ x) ** 2, axis=0)
    return np.reshape(x, (n,)) if is_vector else x, residuals, rank, s


RANK: Primitive = Primitive(
    "matrix_rank", lambda x, **options: np.asarray(np.linalg.matrix_rank(x, **options), float),
    lambda s, **_: s[:-2], lambda g, y, x, **_: [None], lambda tangents, y, x, **_: None,
    formula="rank({})",
)  # fmt: skip


@defines("matrix_rank")
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, **options: Any) -> Any:
    """What it is when recorded; guarded."""
    if tol is not None:
        options["tol"] = tol
    if A.ndim < 2:
        return int(not np.all(A == 0.0))
    rank = apply(RANK, A, hermitian=hermitian, **options)
    return rank.graph.guard(rank.node).astype(np.intp)[()]


# Norms.


def along(x: Any, axes: tuple[int, ...], shape: Shape) -> Any:
    """What was reduced over axes, to be broadcast against the array of this shape."""
    kept = tuple(1 if axis in axes else n for axis, n in enumerate(shape))
    return np.reshape(x, kept) if kept != np.shape(x) and x.size != 1 else x


def direction(x: Any, y: Any, axes: tuple[int, ...]) -> Any:
    """x over its norm y; 0 where that is 0."""
    return x / along(apply(OR_ONE, y), axes, np.shape(x))


# A divisor: 1 in place of 0. Formulas need not show it.
OR_ONE: Primitive = Primitive(
    "or_one", lambda y: np.where(y == 0.0, 1.0, y), lambda shape: shape,
    lambda g, z, y: [g], lambda tangents, z, y: tangents[0], formula="{}",
)  # fmt: skip
NORM: Primitive = Primitive(
    "norm", lambda x, axes: (
        np.linalg.norm(x) if len(axes) == np.ndim(x) else np.sqrt(np.sum(x * x, axis=axes))
    ),
    lambda s, axes: tuple(n for axis, n in enumerate(s) if axis not in axes),
    lambda g, y, x, axes: [along(g, axes, np.shape(x)) * direction(x, y, axes)],
    lambda tangents, y, x, axes: np.sum(direction(x, y, axes) * tangents[0], axis=axes),
    formula="‖{}‖",
)  # fmt: skip


def with_power(x: Any, p: float, axes: tuple[int, ...]) -> Any:
    """(Σ |x|^p)^(1/p), with slope 0 where it is 0."""
    total = np.sum(np.abs(x) ** p, axis=axes)
    is_zero = total == 0.0
    return np.where(is_zero, 0.0, np.where(is_zero, 1.0, total) ** (1.0 / p))


def norm_of_vectors(x: Any, ord: Any, axes: tuple[int, ...]) -> Any:
    if ord is None or ord == 2:
        return apply(NORM, x, axes=axes)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order {ord!r} for vectors")
    if ord == np.inf:
        return np.max(np.abs(x), axis=axes)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axes)
    if ord == 0:
        return np.sum(x != 0.0, axis=axes)
    if ord == 1:
        return np.sum(np.abs(x), axis=axes)
    return with_power(x, float(ord), axes)


def norm_of_matrices(x: Any, ord: Any, axes: tuple[int, int]) -> Any:
    rows, cols = axes
    if ord is None or ord in ("fro", "f"):
        return apply(NORM, x, axes=axes_of(axes, x.ndim))
    if ord in (1, -1, np.inf, -np.inf):
        reduced, other = (rows, cols) if abs(ord) == 1 else (cols, rows)
        sums = np.sum(np.abs(x), axis=reduced)
        pick = np.max if ord > 0 else np.min
        return pick(sums, axis=other - (other > reduced))
    if ord in (2, -2, "nuc"):
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        s = apply(SVDVALS, np.transpose(x, [*kept, rows, cols]))
        return np.sum(s, axis=-1) if ord == "nuc" else s[..., 0 if ord == 2 else -1]
    raise ValueError("Invalid norm order for matrices.")


@defines("norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = as_traced(x)
    if axis is None:
        axes = tuple(range(x.ndim))
        if ord is None:
            found = norm_of_vectors(x, None, axes)
        elif x.ndim == 1:
            found = norm_of_vectors(x, ord, axes)
        elif x.ndim == 2:
            found = norm_of_matrices(x, ord, (0, 1))
        else:
            raise ValueError("Improper number of dimensions to norm.")
    else:
        given = tuple(operator.index(a) for a in (axis if isinstance(axis, tuple) else (axis,)))
        axes = axes_of(given, x.ndim)
        ordered = tuple(a % x.ndim for a in given)
        if len(ordered) == 1:
            found = norm_of_vectors(x, ord, axes)
        elif len(ordered) == 2:
            if ordered[0] == ordered[1]:
                raise ValueError("Duplicate axes given.")
            found = norm_of_matrices(x, ord, ordered)
        else:
            raise ValueError("Improper number of dimensions to norm.")
    return kept_dimensions(found, x, axes) if keepdims else found


def as_traced(x: Any) -> Any:
    return x if isinstance(x, Tracer) else np.stack(x)


def kept_dimensions(found: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return np.reshape(found, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))


@defines("vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    x = as_traced(x)
    axes = axes_of(axis, x.ndim)
    found = norm_of_vectors(x, ord, axes)
    return kept_dimensions(found, x, axes) if keepdims else found


@defines("matrix_norm")
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return np.linalg.norm(as_matrix(x), ord=ord, axis=(-2, -1), keepdims=keepdims)


@defines("cond")
def cond(x: Any, p: Any = None) -> Any:
    x = as_matrix(x)
    if p is None or p in (2, -2):
        s = apply(SVDVALS, x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    inverse = np.linalg.inv(x)
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(inverse, p, axis=(-2, -1))


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
    return np.trace(x, offset, -2, -1)


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
