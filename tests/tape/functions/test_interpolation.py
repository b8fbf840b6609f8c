"""fastls.tape.functions.interpolation: calls, values and derivatives, against NumPy."""

import numpy as np

GRID = np.linspace(-4.0, 4.0, 7)

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.interp(x, [-1.0, 0, 1], [3.0, 4, 2])", ((6,),), ((3, 4),)),
    ("np.interp(x, [-1.0, 0, 1], [3.0, 4, 2], -5, 7)", ((6,),)),
    ("np.interp(x, [-1.0, 0, 1], [3.0, 4, 2], period=2.5)", ((6,),)),
    ("np.interp(0.3, [-1.0, 0, 1], x[:3])", ((6,),)),
    ("np.interp(x, [0.0], [1.0])", ((6,),)),
    ("np.interp(x, [0.0, 1], [1.0])", ((6,),)),
    ("np.interp(x, [-1.0, 0, 1], y[:3])", ((), (6,))),
    ("np.interp(x, [], [])", ((6,),)),
    ("np.interp(x, [-1.0, -1.0, 1], [1.0, 2.0, 3.0])", ((6,),)),
    ("np.interp(x, [-1.0, 0, 1], [3.0, 4, 2], period=0)", ((6,),)),
    ("np.interp(x, [-1.0, 0, 1], [3.0, 4, 2], left=y[0])", ((6,), (6,))),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("interp", lambda xp, x, fp: np.interp(x, GRID, fp), (5,), (7,)),
    (
        "interp by traced knots",
        lambda xp, x, h, fp: np.interp(x, np.cumsum(h**2) - 3, fp),
        (5,),
        (6,),
        (6,),
    ),
    ("interp with ends", lambda xp, x: np.interp(4 * x, GRID, GRID**2, left=-1.0, right=2.0), (9,)),
    (
        "interp, periodic",
        lambda xp, x, fp: np.interp(x, [0.1, 2.0, 1.2], fp, period=2.5),
        (5,),
        (3,),
    ),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
