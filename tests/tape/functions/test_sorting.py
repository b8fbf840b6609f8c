"""fastls.tape.functions.sorting: calls, values and derivatives, against NumPy."""

import numpy as np
import pytest

from fastls.tape import record

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.sort(x)", ((6,),), ((3, 4),), ((0,),), ((0, 3),), ((),)),
    ("np.sort(x, axis=None)", ((3, 4),)),
    ("np.sort(x, 0)", ((3, 4),)),
    ('np.sort(x, -1, "mergesort")', ((3, 4),)),
    ("np.sort(x, stable=True)", ((3, 4),)),
    ("np.sort(x, axis=2)", ((3, 4),)),
    ('np.sort(x, kind="heapsort")', ((6,),)),
    ("np.argsort(x)", ((6,),), ((3, 4),), ((0,),), ((0, 3),), ((),)),
    ("np.argsort(x, axis=None)", ((3, 4),)),
    ("np.argsort(x, 0)", ((3, 4),)),
    ('np.argsort(x, -1, "mergesort")', ((3, 4),)),
    ("np.argsort(x, stable=True)", ((3, 4),)),
    ("np.argsort(x, axis=2)", ((3, 4),)),
    ('np.argsort(x, kind="heapsort")', ((6,),)),
    ("np.partition(x, 2)", ((6,),)),
    ("np.partition(x, [1, -1], axis=0)", ((3, 4),)),
    ("np.partition(x, 9)", ((6,),)),
    ("np.partition(x, 1, axis=None)", ((3, 4),)),
    ("np.lexsort((x,))", ((6,),)),
    ("np.lexsort((x, np.round(y)))", ((6,), (6,))),
    ("np.unique(x)", ((6,),)),
    ("np.unique(np.round(x), return_counts=True)", ((6,),)),
    ("np.unique(x, return_index=True, return_inverse=True)", ((3, 4),)),
    ("x.argsort()[::-1]", ((6,),)),
]

#: Calls that NumPy answers and a tape refuses.
REFUSED = [
    ("np.unique(x, axis=0)", ((3, 4),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("sort", lambda xp, x: xp.sort(x), (6,)),
    ("sort along an axis", lambda xp, x: np.sort(x, axis=0), (4, 3)),
    ("sort of all", lambda xp, x: np.sort(x, axis=None, kind="stable"), (2, 3)),
    ("unique", lambda xp, x: np.unique(x), (2, 3)),
    ("argsort", lambda xp, x: x[np.argsort(x)][:3] * x[:3], (5,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_a_call_is_refused(refused, shapes, refuses):
    refuses(refused, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)


def test_sort_is_stable_where_a_tie_arises_later():
    tape = record(lambda x: np.sort(x) @ np.array([1.0, 10.0, 100.0]), np.array([3.0, 2.0, 1.0]))
    np.testing.assert_array_equal(tape.grad(np.ones(3)), [1.0, 10.0, 100.0])


@pytest.mark.parametrize("equal_nan", [True, False])
def test_entries_that_are_not_numbers_are_one_or_many(equal_nan):
    x = np.array([2.0, np.nan, 1.0, np.nan, 1.0])
    found = record(lambda x: np.unique(x, equal_nan=equal_nan), x)(x)
    np.testing.assert_array_equal(found, np.unique(x, equal_nan=equal_nan))
