"""fastls.tape.functions.convolution: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    (
        'np.convolve(x, y, "full")',
        ((6,), (3,)),
        ((3,), (6,)),
        ((1,), (6,)),
        ((6,), (6,)),
        ((6,), (2,)),
        ((), (6,)),
        ((6,), (0,)),
    ),
    (
        'np.correlate(x, y, "full")',
        ((6,), (3,)),
        ((3,), (6,)),
        ((1,), (6,)),
        ((6,), (6,)),
        ((6,), (2,)),
        ((), (6,)),
        ((6,), (0,)),
    ),
    (
        'np.convolve(x, y, "same")',
        ((6,), (3,)),
        ((3,), (6,)),
        ((1,), (6,)),
        ((6,), (6,)),
        ((6,), (2,)),
        ((), (6,)),
        ((6,), (0,)),
    ),
    (
        'np.correlate(x, y, "same")',
        ((6,), (3,)),
        ((3,), (6,)),
        ((1,), (6,)),
        ((6,), (6,)),
        ((6,), (2,)),
        ((), (6,)),
        ((6,), (0,)),
    ),
    (
        'np.convolve(x, y, "valid")',
        ((6,), (3,)),
        ((3,), (6,)),
        ((1,), (6,)),
        ((6,), (6,)),
        ((6,), (2,)),
        ((), (6,)),
        ((6,), (0,)),
    ),
    (
        'np.correlate(x, y, "valid")',
        ((6,), (3,)),
        ((3,), (6,)),
        ((1,), (6,)),
        ((6,), (6,)),
        ((6,), (2,)),
        ((), (6,)),
        ((6,), (0,)),
    ),
    ("np.convolve(x, y, mode=0)", ((6,), (6,))),
    ("np.convolve(x, y)", ((3, 4), (6,))),
    ("np.correlate(x, y)", ((6,), (3,))),
    ("np.convolve(a=x, v=y)", ((6,), (3,))),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("convolve", lambda xp, x, y: np.convolve(x, y), (5,), (3,)),
    ("convolve, same", lambda xp, x, y: np.convolve(x, y, "same"), (3,), (6,)),
    ("convolve, valid", lambda xp, x, y: np.convolve(x, y, "valid"), (5,), (2,)),
    ("correlate", lambda xp, x, y: np.correlate(x, y), (5,), (3,)),
    ("correlate, short first", lambda xp, x, y: np.correlate(x, y, "same"), (3,), (6,)),
    ("correlate, same", lambda xp, x, y: np.correlate(x, y, "same"), (5,), (4,)),
    ("correlate, full", lambda xp, x, y: np.correlate(x, y, "full"), (2,), (5,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
