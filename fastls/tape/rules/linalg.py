"""Derivatives of the functions of linear algebra: a row each, for matrices and stacks of them.

Columns: the name; the value, in NumPy; the shape of the result; the pullback, from the cotangent
g, the result y and the inputs to a cotangent for each input; the pushforward, from the tangents
(None for those of constants), y and the inputs to the tangent of y; a template for formulas; the
source.

Rules are written in NumPy's functions, which a traced value records, so that the derivative of a
derivative needs nothing new; the few that NumPy lacks stand here, and dispatch as NumPy's do.

Sources
    Giles        M. Giles (2008), Collected matrix derivative results for forward and reverse mode
                 algorithmic differentiation
    Cookbook     K. Petersen and M. Pedersen (2012), The matrix cookbook
    Magnus       J. Magnus and H. Neudecker (1988), Matrix differential calculus
    Murray       I. Murray (2016), Differentiation of the Cholesky decomposition
    Golub        G. Golub and V. Pereyra (1973), The differentiation of pseudo-inverses
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fastls.tape.rules.cofactors import cofactors as cofactors_of
from fastls.tape.rules.cofactors import cofactors_tangent as cofactors_tangent_of

__all__ = ["RULES", "Rule"]

Shape = tuple[int, ...]


class Rule(NamedTuple):
    """A row; see the module."""

    name: str
    value: Callable[..., Any]
    shape: Callable[..., Shape]
    pullback: Callable[..., Any]
    pushforward: Callable[..., Any]
    formula: str
    source: str


def dispatched(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that traced arguments take over, as they do NumPy's own (NEP 18)."""

    @functools.wraps(function)
    def public(*inputs: Any, **parameters: Any) -> Any:
        for x in inputs:
            if not isinstance(x, np.ndarray) and hasattr(x, "__array_function__"):
                return x.__array_function__(public, (type(x),), inputs, parameters)
        return function(*inputs, **parameters)

    return public


# Shapes.


def square(shape: Shape, **_: Any) -> Shape:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError(
            f"the last two axes must be those of a square matrix; got {shape}"
        )
    return shape


def numbers(shape: Shape) -> Shape:
    """One number a matrix."""
    return square(shape)[:-2]


def solution_shape(a: Shape, b: Shape) -> Shape:
    if square(a)[-1] != b[-2]:
        raise ValueError(f"solve: shapes {a} and {b} do not fit")
    return (*np.broadcast_shapes(a[:-2], b[:-2]), a[-2], b[-1])


# What rules are made of.


def swap(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def spread(number: Any) -> Any:
    """A number for each matrix, to be multiplied with it."""
    shape = np.shape(number)
    return np.reshape(number, (*shape, 1, 1)) if shape else number


def total(x: Any) -> Any:
    return np.sum(x, axis=(-2, -1))


def symmetric(x: Any) -> Any:
    return 0.5 * (x + swap(x))


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


# Determinants. Cofactors are det X X⁻ᵀ, and exist for singular matrices too; the derivative of
# their map is symmetric: it is its own transpose.

cofactors = dispatched(cofactors_of)
cofactors_tangent = dispatched(cofactors_tangent_of)


def third_derivative_of_det(x: Any, e: Any, f: Any) -> Any:
    """The gradient of D³ det(x)[e, f, ·], of invertible matrices."""
    inverse = np.linalg.inv(x)
    e, f = inverse @ e, inverse @ f
    of_e, of_f, of_ef = total(masked("one", e)), total(masked("one", f)), total(e * swap(f))
    core = spread(of_e * of_f - of_ef) * mask("one", *np.shape(x)[-2:])
    core = core - spread(of_e) * f - spread(of_f) * e + e @ f + f @ e
    return spread(np.linalg.det(x)) * swap(core @ inverse)


def cofactors_tangent_pushforward(tangents: Any, y: Any, x: Any, dx: Any) -> Any:
    of_x, of_dx = tangents
    return sum_of(
        None if of_x is None else third_derivative_of_det(x, dx, of_x),
        None if of_dx is None else cofactors_tangent(x, of_dx),
    )


def log_of_det(x: Any) -> Any:
    sign, logarithm = np.linalg.slogdet(x)
    return np.where(sign < 0.0, np.nan, logarithm)


def logarithm_pullback(g: Any, y: Any, x: Any) -> list[Any]:
    return [spread(g) * swap(np.linalg.inv(x))]


def logarithm_pushforward(tangents: Any, y: Any, x: Any) -> Any:
    return total(swap(np.linalg.inv(x)) * tangents[0])


# Solutions. A dX = dB - dA X.


def solve_pullback(g: Any, y: Any, a: Any, b: Any) -> list[Any]:
    back = np.linalg.solve(swap(a), g)
    return [-(back @ swap(y)), back]


def solve_pushforward(tangents: Any, y: Any, a: Any, b: Any) -> Any:
    da, db = tangents
    return np.linalg.solve(a, sum_of(db, None if da is None else -(da @ y)))


def sandwich(factor: Any, x: Any) -> Any:
    """factor⁻¹ x factor⁻ᵀ"""
    return swap(np.linalg.solve(factor, swap(np.linalg.solve(factor, x))))


# Pseudoinverse P and least squares.


def pinv_pullback(g: Any, y: Any, x: Any, **_: Any) -> list[Any]:
    turned = swap(g)
    return [
        -(swap(y) @ g @ swap(y))
        + (turned - x @ (y @ turned)) @ y @ swap(y)
        + swap(y) @ y @ (turned - turned @ y @ x)
    ]


def pinv_pushforward(tangents: Any, y: Any, x: Any, **_: Any) -> Any:
    """dP = -P dX P + P Pᵀ dXᵀ (1 - X P) + (1 - P X) dXᵀ Pᵀ P"""
    dx = tangents[0]
    turned = swap(dx)
    return (
        -(y @ dx @ y)
        + y @ swap(y) @ (turned - turned @ x @ y)
        + (turned - y @ (x @ turned)) @ swap(y) @ y
    )


def lstsq_pullback(g: Any, y: Any, a: Any, b: Any, rcond: float) -> list[Any]:
    inverse = np.linalg.pinv(a, rcond=rcond)
    back = swap(inverse) @ g
    of_a = (
        -(back @ swap(y))
        + (b - a @ y) @ swap(inverse @ back)
        + swap(inverse) @ y @ swap(g - inverse @ (a @ g))
    )
    return [of_a, back]


def lstsq_pushforward(tangents: Any, y: Any, a: Any, b: Any, rcond: float) -> Any:
    da, db = tangents
    inverse = np.linalg.pinv(a, rcond=rcond)
    found = None if db is None else inverse @ db
    if da is None:
        return found
    of_y = swap(da) @ (swap(inverse) @ y)
    return sum_of(
        found,
        inverse @ (swap(inverse) @ (swap(da) @ (b - a @ y)) - da @ y),
        of_y - inverse @ (a @ of_y),
    )


# Norms.


@dispatched
def or_one(y: Any) -> Any:
    """A divisor: 1 in place of 0. Formulas need not show it."""
    return np.where(y == 0.0, 1.0, y)


def along(x: Any, axes: tuple[int, ...], shape: Shape) -> Any:
    """What was reduced over axes, to be broadcast against the array of this shape."""
    kept = tuple(1 if axis in axes else n for axis, n in enumerate(shape))
    return np.reshape(x, kept) if kept != np.shape(x) and x.size != 1 else x


def direction(x: Any, y: Any, axes: tuple[int, ...]) -> Any:
    """x over its norm y; 0 where that is 0."""
    return x / along(or_one(y), axes, np.shape(x))


def norm_of(x: Any, axes: tuple[int, ...]) -> Any:
    return np.linalg.norm(x) if len(axes) == np.ndim(x) else np.sqrt(np.sum(x * x, axis=axes))


RULES: list[Rule] = [
    Rule(
        "inv", np.linalg.inv, square,
        lambda g, y, x: [-(swap(y) @ g @ swap(y))],
        lambda tangents, y, x: -(y @ tangents[0] @ y),
        "{}⁻¹", "Cookbook 40; Giles 2.2.3",
    ),
    Rule(
        "det", np.linalg.det, numbers,
        lambda g, y, x: [spread(g) * cofactors(x)],
        lambda tangents, y, x: total(cofactors(x) * tangents[0]),
        "det({})", "Cookbook 41; Giles 2.2.4",
    ),
    Rule(
        "cofactors", cofactors, square,
        lambda g, y, x: [cofactors_tangent(x, g)],
        lambda tangents, y, x: cofactors_tangent(x, tangents[0]),
        "cof({})", "Magnus",
    ),
    Rule(
        "cofactors_tangent", cofactors_tangent, lambda x, dx: square(x),
        lambda g, y, x, dx: [third_derivative_of_det(x, dx, g), cofactors_tangent(x, g)],
        cofactors_tangent_pushforward, "", "d of det X (tr(X⁻¹ E) X⁻ᵀ - X⁻ᵀ Eᵀ X⁻ᵀ)",
    ),
    Rule(
        "logabsdet", lambda x: np.linalg.slogdet(x)[1], numbers,
        logarithm_pullback, logarithm_pushforward, "log |det({})|", "Cookbook 43",
    ),
    Rule(  # log(det X) as it is written: without overflow, and with the gradient X⁻ᵀ
        "logdet", log_of_det, numbers,
        logarithm_pullback, logarithm_pushforward, "log det({})", "Cookbook 43",
    ),
    Rule(
        "sign_of_det", lambda x: np.linalg.slogdet(x)[0], numbers,
        lambda g, y, x: [None], lambda tangents, y, x: None, "sign det({})", "constant by parts",
    ),
    Rule(
        "solve", np.linalg.solve, solution_shape, solve_pullback, solve_pushforward,
        "{}⁻¹ {}", "Giles 2.3.1",
    ),
    Rule(  # A = L Lᵀ: dL = L Φ(L⁻¹ dA L⁻ᵀ), Φ the lower triangle with half the diagonal
        "cholesky", np.linalg.cholesky, square,
        lambda g, y, a: [
            symmetric(sandwich(swap(y), masked("lower, half the diagonal", swap(y) @ g)))
        ],
        lambda tangents, y, a: y @ masked(
            "lower, half the diagonal", sandwich(y, symmetric(tangents[0]))
        ),
        "chol({})", "Murray",
    ),
    Rule(
        "pinv", lambda x, **options: np.linalg.pinv(x, **options),
        lambda s, **_: (*s[:-2], s[-1], s[-2]), pinv_pullback, pinv_pushforward,
        "{}⁺", "Golub 4.12",
    ),
    Rule(
        "lstsq", lambda a, b, rcond: np.linalg.lstsq(a, b, rcond=rcond)[0],
        lambda a, b, rcond: (a[-1], b[-1]), lstsq_pullback, lstsq_pushforward,
        "{}⁺ {}", "Golub 4.12",
    ),
    Rule(
        "matrix_rank",
        lambda x, **options: np.asarray(np.linalg.matrix_rank(x, **options), float),
        lambda s, **_: s[:-2], lambda g, y, x, **_: [None], lambda tangents, y, x, **_: None,
        "rank({})", "constant by parts",
    ),
    Rule(
        "norm", norm_of, lambda s, axes: tuple(n for a, n in enumerate(s) if a not in axes),
        lambda g, y, x, axes: [along(g, axes, np.shape(x)) * direction(x, y, axes)],
        lambda tangents, y, x, axes: np.sum(direction(x, y, axes) * tangents[0], axis=axes),
        "‖{}‖", "Cookbook 129; Giles 3.4",
    ),
    Rule(
        "or_one", or_one, lambda shape: shape, lambda g, z, y: [g],
        lambda tangents, z, y: tangents[0], "{}", "the identity but at 0",
    ),
]  # fmt: skip
