"""fastls.tape.functions.application: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.piecewise(x, [x > 0, x <= 0], [lambda z: z ** 2, lambda z: -z])", ((6,),)),
    ("np.piecewise(x, [x > 0], [1.0, 2.0])", ((6,),)),
    ("np.piecewise(x, x > 0, [lambda z: z])", ((6,),)),
    ("np.piecewise(x, [x > 0], [lambda z, a: a * z, 0.0], 3.0)", ((6,),)),
    ("np.piecewise(x, [x > 0], [1.0, 2.0, 3.0])", ((6,),)),
    ("np.piecewise(x, [x > 0, x > 1], [lambda z: z, lambda z: z ** 2, lambda z: -z])", ((6,),)),
    (
        "np.piecewise(x, [x > 0, x > 1], [lambda z, k=1.0: k * z, lambda z, "
        "k=1.0: k * z ** 2], k=2.0)",
        ((6,),),
    ),
    ("np.piecewise(x, [x > 0], [np.log, 0.0])", ((6,),)),
    ("np.piecewise(x, [x > 0], [lambda z: np.sum(z) * np.ones(z.shape), 0.0])", ((6,),)),
    ("np.piecewise(x, [x > 0], [lambda z: z * 2])", ((),)),
    ("np.apply_along_axis(np.sum, 0, x)", ((3, 4),)),
    ("np.apply_along_axis(lambda r: r ** 2, 1, x)", ((3, 4),)),
    ("np.apply_along_axis(np.sort, 1, x)", ((2, 3, 4),)),
    ("np.apply_over_axes(np.sum, x, [0, 2])", ((2, 3, 4),)),
    ("np.apply_over_axes(np.sum, x, 0)", ((3, 4),)),
    ("np.apply_along_axis(lambda r, a: r * a, 1, x, 3.0)", ((3, 4),)),
    ("np.apply_along_axis(lambda r: r.sum(), 1, x)", ((3, 4),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("piecewise", lambda xp, x: np.piecewise(x, [x > 0], [lambda y: y**2, lambda y: y**3]), (7,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
