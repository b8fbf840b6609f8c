"""fastls.tape.functions.scans: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.cumsum(x, dtype=float)", ((3, 4),)),
    ("np.cumsum(x, dtype=np.float64)", ((3, 4),)),
    ("np.cumsum(x, None, float)", ((3, 4),)),
    ("np.cumsum(x, 0, np.float64)", ((3, 4),)),
    ("np.cumprod(x, dtype=float)", ((3, 4),)),
    ("np.cumprod(x, dtype=np.float64)", ((3, 4),)),
    ("np.cumprod(x, None, float)", ((3, 4),)),
    ("np.cumprod(x, 0, np.float64)", ((3, 4),)),
    ("np.cumsum(x)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),), ((0,),)),
    ("np.cumsum(x, axis=-1)", ((2, 3, 4),)),
    ("np.cumsum(x, axis=3)", ((2, 3, 4),)),
    ("np.cumsum(x, 0)", ((3, 4),)),
    ("np.cumsum(x > 0)", ((3, 4),)),
    ("np.cumsum(x, axis=0)", ((),)),
    ("np.cumprod(x)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),), ((0,),)),
    ("np.cumprod(x, axis=-1)", ((2, 3, 4),)),
    ("np.cumprod(x, axis=3)", ((2, 3, 4),)),
    ("np.cumprod(x, 0)", ((3, 4),)),
    ("np.cumprod(x > 0)", ((3, 4),)),
    ("np.cumprod(x, axis=0)", ((),)),
    ("np.cumulative_sum(x)", ((6,),), ((3, 4),), ((),)),
    ("np.cumulative_sum(x, axis=-1)", ((3, 4),)),
    ("np.cumulative_sum(x, axis=-1, include_initial=True)", ((3, 4),)),
    ("np.cumulative_prod(x)", ((6,),), ((3, 4),), ((),)),
    ("np.cumulative_prod(x, axis=-1)", ((3, 4),)),
    ("np.cumulative_prod(x, axis=-1, include_initial=True)", ((3, 4),)),
    ("x.cumprod(1)", ((3, 4),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("cumsum", lambda xp, x: xp.cumsum(x, axis=1), (3, 4)),
    ("cumsum of all", lambda xp, x: xp.cumsum(x), (3, 4)),
    ("cumprod", lambda xp, x: np.cumprod(x, axis=-1), (3, 5)),
    ("cumprod of all", lambda xp, x: np.cumprod(x), (2, 3)),
    ("cumulative_sum", lambda xp, x: np.cumulative_sum(x, axis=1, include_initial=True), (2, 3)),
    ("cumulative_prod", lambda xp, x: np.cumulative_prod(x), (4,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
