"""Loops over stacks: whole tasks of NumPy's, on every layout, without a call of Python."""

import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_array_equal

from fastls.tape import plan_lu, record
from fastls.tape.plan_stacks import generalised

rng = np.random.default_rng(3)
TASKS = {
    "inv": la.inv,
    "solve": lambda x: la.solve(x, np.ones((3, 2))),
    "det": la.det,
    "sign": lambda x: la.slogdet(x)[0],
    "logabsdet": lambda x: la.slogdet(x)[1],
    "cholesky": lambda x: la.cholesky(0.1 * x + 3.0 * np.eye(3)),
    "eigvalsh": la.eigvalsh,
    "eigvalsh, upper": lambda x: la.eigvalsh(x, "U"),
    "svdvals": lambda x: la.svd(x, compute_uv=False),
}


@pytest.fixture(autouse=True)
def whole(monkeypatch):
    monkeypatch.setattr(plan_lu, "loops", dict)


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (2, 1, 4, 3, 3), (0, 3, 3)], ids=str)
@pytest.mark.parametrize("f", TASKS.values(), ids=TASKS)
def test_a_stack(f, shape):
    x = rng.normal(size=shape)
    assert_array_equal(record(f, x)(x), f(x))


@pytest.mark.parametrize("f", TASKS.values(), ids=TASKS)
def test_views_are_read_where_they_are(f):
    x = rng.normal(size=(6, 5, 3, 2))

    def g(x):
        return f(np.transpose(x, (3, 1, 2, 0))[:, ::-2, ::-1, ::2])

    assert_array_equal(record(g, x)(x), g(x))


def test_the_first_of_the_names_that_there_is():
    assert generalised(["no such", "inv", "det"]) == generalised(["inv"])
    assert generalised(["no such"]) is None
