"""The cofactors of a matrix and their derivative, accurate for singular matrices too.

Far from singular ones, by the inverse: cof X = det X X⁻ᵀ. Else by the singular value
decomposition: products of all singular values but one need no division (Stewart 1998, On the
adjugate matrix).
"""

from typing import Any

import numpy as np

__all__ = ["cofactors", "cofactors_tangent"]


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
