"""fastls.tape.functions.einsum: calls, values and derivatives, against NumPy."""

import numpy as np
import pytest

from fastls.tape import record

#: The subscripts and the shapes of the operands.
EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ba,bc", (2, 3), (2, 4)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)), ("i,i->", (3,), (3,)), ("i,i", (3,), (3,)),
    ("ij,j->i", (2, 3), (3,)), ("ij,ij->", (2, 3), (2, 3)), ("ij,ij->j", (2, 3), (2, 3)),
    ("i,j->ij", (2,), (3,)), ("i,j->ji", (2,), (3,)), ("ij->ji", (2, 3)), ("ba", (2, 3)),
    ("ij->", (2, 3)), ("ij->j", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("ii->", (3, 3)),
    ("iij->ji", (3, 3, 2)), ("iji,j->i", (3, 2, 3), (2,)), ("i,i->i", (3,), (3,)),
    ("...ij,...jk->...ik", (2, 3, 4), (4, 2)), ("...i,i", (2, 2, 3), (3,)),
    ("...ii->...i", (2, 3, 3)), ("i...->...", (3, 2)), ("i...j,j...->i...", (2, 3, 4), (4, 3)),
    ("...,...", (1, 3), (2, 1)), ("b...,b", (2, 3), (2,)), (" i j , j -> i ", (2, 3), (3,)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)), ("i,ij,j->", (2,), (2, 3), (3,)),
    ("ij,kj,lj->ikl", (2, 3), (2, 3), (4, 3)), ("i,i,i->i", (3,), (3,), (3,)),
    ("abcd,ac,bd->", (2, 3, 2, 2), (2, 2), (3, 2)), ("i,j,k", (2,), (3,), (2,)),
    ("abc,cd,bde->ae", (2, 3, 4), (4, 2), (3, 2, 2)), ("ij,k->k", (2, 3), (2,)),
    ("ij,jk->ik", (2, 1), (3, 4)), (",i->i", (), (3,)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 2, 4)),
]  # fmt: skip

#: Calls, and the shapes of x and y.
CALLS = [
    ('np.einsum("ij,ij->i", x, y)', ((3, 4), (3, 4))),
    ('np.einsum("ij,ij->i", x, y, optimize=True)', ((3, 4), (3, 4))),
    ('np.einsum("ij,ij->i", x, y, optimize="optimal")', ((3, 4), (3, 4))),
    ('np.einsum("ij,ij->i", x, y, optimize=False)', ((3, 4), (3, 4))),
    ('np.einsum("ij,ij->i", x, y, dtype=float)', ((3, 4), (3, 4))),
    ('np.einsum("ij,ij->i", x, y, order="C")', ((3, 4), (3, 4))),
    ('np.einsum("ij->ji", x, optimize=["einsum_path", (0,)])', ((3, 4),)),
    ('np.einsum("ij,jk,kl->il", x, y, y.T @ x.T, optimize="greedy")', ((3, 4), (4, 3))),
    ("np.einsum(x, [0, 1], y, [0, 1], [0])", ((3, 4), (3, 4))),
    ("np.einsum(x, [0, 1], y, [0, 1])", ((3, 4), (3, 4))),
    ("np.einsum(x, [0, 1], [1, 0])", ((3, 4),)),
    ("np.einsum(x, [Ellipsis, 0], y, [0])", ((3, 4), (4,))),
    ('np.einsum("...", x)', ((3, 4),)),
    ('np.einsum("i->", x)', ((6,),)),
    ('np.einsum("ij", x)', ((6,),)),
    ("np.einsum(x, [0, 0])", ((3, 3),)),
    ("np.einsum(x, [1, 0])", ((3, 4),)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


TABLE = [
    (f"{subscripts} {shapes}", lambda xp, *arrays, s=subscripts: xp.einsum(s, *arrays), *shapes)
    for subscripts, *shapes in EINSUMS
]


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [(row[0], row[1:]) for row in EINSUMS[:8] if row[0].count(",") == 1] + [
        ("bij,bjk->bik", ((2, 3, 4), (2, 4, 2))), ("ij,kj->ik", ((2, 3), (4, 3))),
        ("i,ij,j->", ((2,), (2, 3), (3,))),
    ],
)  # fmt: skip
def test_einsum_is_a_product_of_matrices(subscripts, shapes):
    arrays = [np.ones(shape) for shape in shapes]
    tape = record(lambda *arrays: np.einsum(subscripts, *arrays), *arrays)
    drawing = tape.to_dot()
    assert "matmul" in drawing
    assert not any(name in drawing for name in ("multiply", "sum", "gather"))
