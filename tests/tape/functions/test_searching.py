"""fastls.tape.functions.searching: calls, values and derivatives, against NumPy."""

import numpy as np

IDS = np.array([2, 0, 3, 0])
GRID = np.linspace(-4.0, 4.0, 7)

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.argmax(x)", ((6,),), ((3, 4),), ((),), ((0,),)),
    ("np.argmax(x, axis=-1)", ((2, 3, 4),)),
    ("np.argmax(x, axis=1, keepdims=True)", ((2, 3, 4),)),
    ("np.argmax(x, keepdims=True)", ((3, 4),)),
    ("np.argmax(x, axis=5)", ((3, 4),)),
    ("np.argmax(x > 0)", ((3, 4),)),
    ("np.argmin(x)", ((6,),), ((3, 4),), ((),), ((0,),)),
    ("np.argmin(x, axis=-1)", ((2, 3, 4),)),
    ("np.argmin(x, axis=1, keepdims=True)", ((2, 3, 4),)),
    ("np.argmin(x, keepdims=True)", ((3, 4),)),
    ("np.argmin(x, axis=5)", ((3, 4),)),
    ("np.argmin(x > 0)", ((3, 4),)),
    ("np.nanargmax(x)", ((6,),), ((3, 4),), ((),), ((0,),)),
    ("np.nanargmax(x, axis=-1)", ((2, 3, 4),)),
    ("np.nanargmax(x, axis=1, keepdims=True)", ((2, 3, 4),)),
    ("np.nanargmax(x, keepdims=True)", ((3, 4),)),
    ("np.nanargmax(x, axis=5)", ((3, 4),)),
    ("np.nanargmax(x > 0)", ((3, 4),)),
    ("np.nanargmin(x)", ((6,),), ((3, 4),), ((),), ((0,),)),
    ("np.nanargmin(x, axis=-1)", ((2, 3, 4),)),
    ("np.nanargmin(x, axis=1, keepdims=True)", ((2, 3, 4),)),
    ("np.nanargmin(x, keepdims=True)", ((3, 4),)),
    ("np.nanargmin(x, axis=5)", ((3, 4),)),
    ("np.nanargmin(x > 0)", ((3, 4),)),
    ("np.bincount([0, 1, 1], x[:3])", ((6,),)),
    ("np.bincount([0, 1, 1], weights=x[:3], minlength=5)", ((6,),)),
    ("np.bincount(x)", ((6,),)),
    ("np.digitize(x, [-1.0, 0, 1])", ((6,),)),
    ("np.digitize(x, [1.0, 0, -1], right=True)", ((6,),)),
    ("np.searchsorted([-1.0, 0, 1], x)", ((6,),), ((),)),
    ('np.searchsorted([-1.0, 0, 1], x, "right")', ((3, 4),)),
    ("np.searchsorted(np.sort(x), 0.3)", ((6,),)),
    ("np.searchsorted(x, 0.3, sorter=np.argsort(x))", ((6,),)),
    ("np.nonzero(x)", ((3, 4),), ((),)),
    ("np.flatnonzero(x > 0)", ((3, 4),)),
    ("np.argwhere(x > 0)", ((3, 4),)),
    ("np.argwhere(x)", ((),)),
    ("np.digitize(x, [1.0, 3.0, 2.0])", ((6,),)),
    ('np.searchsorted(x, 0.3, side="middle")', ((6,),)),
    ("x.searchsorted(0.3)", ((6,),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("argmax", lambda xp, x: x[np.argmax(x)], (5,)),
    ("nanargmax", lambda xp, x: x[np.nanargmax(x)], (5,)),
    ("nanargmin", lambda xp, x: x[np.nanargmin(x)], (5,)),
    ("searchsorted", lambda xp, x: x * np.searchsorted(GRID, x, side="right"), (5,)),
    ("digitize", lambda xp, x: x * np.digitize(x, GRID), (5,)),
    ("nonzero", lambda xp, x: x[np.nonzero(x > 0)] ** 2, (6,)),
    ("flatnonzero", lambda xp, x: x[np.flatnonzero(x < 0)] ** 2, (6,)),
    ("argwhere", lambda xp, x: x[np.argwhere(x < 0)], (6,)),
    ("bincount", lambda xp, x: np.bincount(IDS, x, minlength=6), (4,)),
    ("x.argmax, x.nonzero", lambda xp, x: [x[x.argmax()], x[(x > 0).nonzero()]], (6,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
