"""LAPACK is found in the library that NumPy brings, and says what NumPy says.

To the last bit; larger inverses as accurately.
"""

import ctypes

import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_array_equal

from fastls.tape import lapack, record

LOOPS = {"factorise", "determinant", "solve", "inverse", "solve_triangular"}
needs_lapack = pytest.mark.skipif(not lapack.loops(), reason="NumPy's LAPACK does not show itself")
rng = np.random.default_rng(1)


def test_all_loops_or_none():
    assert set(lapack.loops()) in (LOOPS, set())
    assert len(set(lapack.loops().values())) == len(lapack.loops())


class Library:
    """A stand-in that has the routines of these names."""

    def __init__(self, *names):
        self.names = names

    def __getitem__(self, name):
        if name not in self.names:
            raise AttributeError(name)
        return ctypes.c_void_p(1 + self.names.index(name))


@pytest.mark.parametrize(
    ("name", "is_long"),
    [("scipy_dgetrf_64_", True), ("dgetrf_64_", True), ("dgetrf$NEWLAPACK$ILP64", True),
     ("dgetrf_", False), ("scipy_dgetrf_", False), ("dgetrf$NEWLAPACK", False)],
)  # fmt: skip
def test_names_of_builds(name, is_long):
    library = Library("other", name)
    assert lapack.address(library, "dgetrf", is_long) == 2
    assert lapack.address(library, "dgetrf", not is_long) is None


@pytest.mark.parametrize("found", [[], [Library("dgetrf_64_", "dgetrf_")]], ids=["none", "one"])
def test_a_library_that_lacks_a_routine_is_not_used(monkeypatch, found):
    monkeypatch.setattr(lapack, "libraries", lambda: iter(found))
    assert lapack.found_loops.__wrapped__() == {}


FUNCTIONS = {
    "inv": la.inv,
    "det": la.det,
    "slogdet": la.slogdet,
    "solve": lambda x: la.solve(x, np.arange(float(x.shape[-1]))),
}
LAYOUTS = {
    "one": lambda n: rng.normal(size=(n, n)),
    "stacked": lambda n: rng.normal(size=(2, 3, n, n)),
    "stepped": lambda n: rng.normal(size=(2 * n, 3 * n))[::2, ::-3],
}


@needs_lapack
@pytest.mark.parametrize("n", [1, 2, 3, 8])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_results_are_those_of_numpy_to_the_last_bit(f, layout, n):
    x = LAYOUTS[layout](n)
    found, expected = record(f, x)(x), f(x)
    for ours, theirs in zip(np.atleast_1d(found), np.atleast_1d(expected), strict=True):
        assert_array_equal(ours, theirs)


@needs_lapack
@pytest.mark.skipif(np.finfo(np.longdouble).eps == np.finfo(float).eps, reason="no more digits")
@pytest.mark.parametrize("n", [9, 40, 130])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_larger_inverses_are_as_accurate_as_those_of_numpy(layout, n):
    """The truth is a step of Newton's method from NumPy's inverse, in more digits."""
    x = LAYOUTS[layout](n)
    found, expected = record(la.inv, x)(x), la.inv(x)
    start = expected.astype(np.longdouble)
    exact = start + start @ (np.eye(n) - x.astype(np.longdouble) @ start)
    errors = [np.max(np.abs(inverse - exact), axis=(-2, -1)) for inverse in (found, expected)]
    assert np.all(errors[0] <= 8.0 * errors[1])


@needs_lapack
def test_a_permutation_has_its_sign():
    tape = record(la.det, np.eye(4))
    for rows in ([0, 1, 2, 3], [1, 0, 2, 3], [1, 2, 3, 0], [3, 2, 1, 0]):
        assert tape(np.eye(4)[rows]) == la.det(np.eye(4)[rows])
