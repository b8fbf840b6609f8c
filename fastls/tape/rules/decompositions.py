"""Derivatives of the factors of matrices: eigenvalues, singular values, QR; a row each.

Columns and conventions as in `rules.linalg`. A decomposition is computed once: its results stand
in one packed array, and its factors are rows of that. They have rules of their own, so that what is
not used costs nothing and harms nothing: the eigenvalues have derivatives where the eigenvectors
have none.

Sources
    Giles     M. Giles (2008), as in `rules.linalg`
    Walter    S. Walter and L. Lehmann (2013), Algorithmic differentiation of linear algebra
              functions with application in optimum experimental design
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fastls.tape.rules.linalg import Rule, Shape, mask, masked, square, swap, symmetric

__all__ = ["FACTORS", "PACKED", "VALUES", "Factor", "Packed"]


class Packed(NamedTuple):
    """All factors of a decomposition, one below the other."""

    name: str
    value: Callable[..., Any]
    shape: Callable[..., Shape]


class Factor(NamedTuple):
    """A factor, taken from the packed array and the matrix; derivatives are by the matrix.

    ``pullback(g, y, x)`` is the cotangent of the matrix, ``pushforward(dx, y, x)`` the tangent of
    the factor.
    """

    name: str
    value: Callable[..., Any]
    shape: Callable[..., Shape]
    pullback: Callable[..., Any]
    pushforward: Callable[..., Any]
    formula: str
    source: str


def columns(x: Any) -> Any:
    """Numbers (..., k) that multiply the columns of a matrix (..., m, k)."""
    return np.reshape(x, (*np.shape(x)[:-1], 1, np.shape(x)[-1]))


def divided(w: Any, differences: Any) -> Any:
    """w over differences, 0 on the diagonal and where both are exactly 0."""
    n = np.shape(w)[-1]
    w = masked("off the diagonal", w)
    differences = differences + mask("one", n, n)
    return w / np.where(np.logical_and(w == 0.0, differences == 0.0), 1.0, differences)


def differences(values: Any) -> Any:
    """values[j] - values[i] at (i, j)."""
    return columns(values) - swap(columns(values))


# Symmetric eigenvalues. X v = λ v: dλᵢ = vᵢᵀ dX vᵢ; dV = V (F ∘ Vᵀ dX V), Fᵢⱼ = 1/(λⱼ - λᵢ).


def eigh(x: Any, lower: bool) -> Any:
    return np.linalg.eigh(x, "L" if lower else "U")


def eigh_packed(x: Any, lower: bool) -> Any:
    values, vectors = eigh(x, lower)
    return np.concatenate([values[..., None, :], vectors], axis=-2)


def eigenvalues_pullback(g: Any, y: Any, x: Any, lower: bool) -> Any:
    _, v = eigh(x, lower)
    return (v * columns(g)) @ swap(v)


def eigenvalues_pushforward(dx: Any, y: Any, x: Any, lower: bool) -> Any:
    _, v = eigh(x, lower)
    return np.sum(v * (symmetric(dx) @ v), axis=-2)


def eigenvectors_pullback(g: Any, y: Any, x: Any, lower: bool) -> Any:
    values, _ = eigh(x, lower)
    return symmetric(y @ divided(swap(y) @ g, differences(values)) @ swap(y))


def eigenvectors_pushforward(dx: Any, y: Any, x: Any, lower: bool) -> Any:
    values, _ = eigh(x, lower)
    return y @ divided(swap(y) @ symmetric(dx) @ y, differences(values))


# Singular values: X = U diag(s) Vᵀ, of the smaller size k. With E = Uᵀ dX V: ds = diag E, and
# dU = U F∘(E S + S Eᵀ) + (1 - U Uᵀ) dX V S⁻¹, dV likewise of Xᵀ; Fᵢⱼ = 1/(sⱼ² - sᵢ²).


def svd(x: Any) -> tuple[Any, Any, Any]:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return u, s, swap(vt)


def svd_packed(x: Any) -> Any:
    u, s, v = svd(x)
    return np.concatenate([u, s[..., None, :], v], axis=-2)


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


def singular_values_pullback(g: Any, y: Any, x: Any) -> Any:
    u, _, v = svd(x)
    return (u * columns(g)) @ swap(v)


def singular_values_pushforward(dx: Any, y: Any, x: Any) -> Any:
    u, _, v = svd(x)
    return np.sum(u * (dx @ v), axis=-2)


def right_pullback(g: Any, y: Any, x: Any) -> Any:
    u, s, v = svd(x)
    return swap(left_pullback(v, s, u, g))


def right_pushforward(dx: Any, y: Any, x: Any) -> Any:
    u, s, v = svd(x)
    return left_pushforward(v, s, u, swap(dx))


# Orthogonal times triangular: X = Q R, of full column rank. With C = Qᵀ dX R⁻¹ and the
# skew matrix W = tril(C, -1) - tril(C, -1)ᵀ: dR = (C - W) R, dQ = dX R⁻¹ - Q (C - W).


def over(x: Any, r: Any) -> Any:
    """x r⁻¹"""
    return swap(np.linalg.solve(swap(r), swap(x)))


def mirrored(x: Any) -> Any:
    """The symmetric matrix with the lower triangle of x."""
    return masked("lower", x) + swap(masked("strictly lower", x))


def upper_part(dx: Any, q: Any, r: Any) -> tuple[Any, Any]:
    """dX R⁻¹, and C - W of it."""
    of_r = over(dx, r)
    c = swap(q) @ of_r
    below = masked("strictly lower", c)
    return of_r, c - below + swap(below)


def q_pullback(g: Any, y: Any, x: Any) -> Any:
    q, r = np.linalg.qr(x)
    return swap(np.linalg.solve(r, swap(g - q @ mirrored(swap(g) @ q))))


def r_pullback(g: Any, y: Any, x: Any) -> Any:
    q, r = np.linalg.qr(x)
    return swap(np.linalg.solve(r, swap(q @ mirrored(r @ swap(g)))))


def q_pushforward(dx: Any, y: Any, x: Any) -> Any:
    q, r = np.linalg.qr(x)
    of_r, upper = upper_part(dx, q, r)
    return of_r - q @ upper


def r_pushforward(dx: Any, y: Any, x: Any) -> Any:
    q, r = np.linalg.qr(x)
    return upper_part(dx, q, r)[1] @ r


PACKED: list[Packed] = [
    Packed("eigh", eigh_packed, lambda s, lower: (*square(s)[:-2], s[-1] + 1, s[-1])),
    Packed("svd", svd_packed, lambda s: (*s[:-2], s[-2] + 1 + s[-1], min(s[-2:]))),
    Packed(
        "qr", lambda x: np.concatenate(np.linalg.qr(x), axis=-2),
        lambda s: (*s[:-2], s[-2] + s[-1], s[-1]),
    ),
]  # fmt: skip

FACTORS: list[Factor] = [
    Factor(
        "eigenvalues", lambda all, x, lower: all[..., 0, :], lambda all, s, lower: s[:-1],
        eigenvalues_pullback, eigenvalues_pushforward, "λ({1})", "Giles 3.1",
    ),
    Factor(
        "eigenvectors", lambda all, x, lower: all[..., 1:, :], lambda all, s, lower: s,
        eigenvectors_pullback, eigenvectors_pushforward, "V({1})", "Giles 3.1",
    ),
    Factor(
        "left_vectors", lambda all, x: all[..., : x.shape[-2], :],
        lambda all, s: (*s[:-1], all[-1]),
        lambda g, y, x: left_pullback(*svd(x), g), lambda dx, y, x: left_pushforward(*svd(x), dx),
        "U({1})", "Giles 3.2; Walter",
    ),
    Factor(
        "singular_values", lambda all, x: all[..., x.shape[-2], :],
        lambda all, s: (*s[:-2], all[-1]),
        singular_values_pullback, singular_values_pushforward, "σ({1})", "Giles 3.2",
    ),
    Factor(
        "right_vectors", lambda all, x: all[..., x.shape[-2] + 1 :, :],
        lambda all, s: (*s[:-2], s[-1], all[-1]),
        right_pullback, right_pushforward, "V({1})", "Giles 3.2; Walter",
    ),
    Factor(
        "q_factor", lambda all, x: all[..., : x.shape[-2], :], lambda all, s: s,
        q_pullback, q_pushforward, "Q({1})", "Walter",
    ),
    Factor(
        "r_factor", lambda all, x: all[..., x.shape[-2] :, :],
        lambda all, s: (*s[:-2], s[-1], s[-1]),
        r_pullback, r_pushforward, "R({1})", "Walter",
    ),
]  # fmt: skip

# Values alone, where nobody asks for vectors until there are derivatives.
VALUES: list[Rule] = [
    Rule(
        "eigvalsh", lambda x, lower: np.linalg.eigvalsh(x, "L" if lower else "U"),
        lambda s, lower: square(s)[:-1],
        lambda g, y, x, lower: [eigenvalues_pullback(g, y, x, lower)],
        lambda tangents, y, x, lower: eigenvalues_pushforward(tangents[0], y, x, lower),
        "λ({})", "Giles 3.1",
    ),
    Rule(
        "svdvals", lambda x: np.linalg.svd(x, compute_uv=False),
        lambda s: (*s[:-2], min(s[-2:])),
        lambda g, y, x: [singular_values_pullback(g, y, x)],
        lambda tangents, y, x: singular_values_pushforward(tangents[0], y, x),
        "σ({})", "Giles 3.2",
    ),
]  # fmt: skip
