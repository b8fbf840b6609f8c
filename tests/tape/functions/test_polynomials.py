"""fastls.tape.functions.polynomials: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.polyadd(x, y)", ((6,), (3,)), ((3,), (6,)), ((), (6,))),
    ("np.polysub(x, y)", ((6,), (3,)), ((3,), (6,)), ((), (6,))),
    ("np.polymul(x, y)", ((6,), (3,)), ((3,), (6,)), ((), (6,))),
    ("np.polydiv(x, y)", ((6,), (3,)), ((3,), (6,)), ((), (6,))),
    ("np.polyval(x, y)", ((3,), (3, 4)), ((0,), (6,)), ((3,), ())),
    ("np.polyval(x, 2.0)", ((3,),)),
    ("np.polyval([1.0, 2.0, 3.0], x)", ((6,),)),
    ("np.polyder(x)", ((4,),)),
    ("np.polyder(x, 2)", ((4,),)),
    ("np.polyder(x, 0)", ((4,),)),
    ("np.polyder(x, 9)", ((4,),)),
    ("np.polyder(x, -1)", ((4,),)),
    ("np.polyint(x)", ((4,),)),
    ("np.polyint(x, 2)", ((4,),)),
    ("np.polyint(x, 0)", ((4,),)),
    ("np.polyint(x, 2, [1.0, 2.0])", ((4,),)),
    ("np.polyint(x, 1, 3.0)", ((4,),)),
    ("np.polyint(x, m=1, k=x[0])", ((4,),)),
    ("np.polyint(x, -1)", ((4,),)),
    ("np.poly(x)", ((3,),)),
    ("np.polyfit(x, y, 1)", ((6,), (6,))),
    ("np.polyfit([1.0, 2, 3, 4, 5, 6], x, 2)", ((6,),)),
    ("np.vander(x)", ((4,),), ((3, 4),)),
    ("np.vander(x, 2)", ((4,),)),
    ("np.vander(x, N=3, increasing=True)", ((4,),)),
    ("np.vander(x, 0)", ((4,),)),
    ("np.vander(x, 3, True)", ((4,),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("polyval", lambda xp, p, x: np.polyval(p, x), (4,), (2, 3)),
    ("polyadd", lambda xp, p, q: np.polyadd(p, q), (4,), (2,)),
    ("polysub", lambda xp, p, q: np.polysub(p, q), (2,), (3,)),
    ("polymul", lambda xp, p, q: np.polymul(p, q), (2,), (3,)),
    ("polyder", lambda xp, p: np.polyder(p, 2), (4,)),
    ("vander", lambda xp, x: np.vander(x, 4), (3,)),
    ("vander, increasing", lambda xp, x: np.vander(x, increasing=True), (3,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
