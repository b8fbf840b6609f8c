"""fastls.tape.functions.statistics: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.average(x)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),)),
    ("np.average(x, keepdims=True)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),)),
    ("np.average(x, 0)", ((3, 4),)),
    ("np.average(x, axis=-1)", ((2, 3, 4),)),
    ("np.average(x, axis=(0, -1))", ((2, 3, 4),)),
    ("np.average(x, axis=(0, -1), keepdims=True)", ((2, 3, 4),)),
    ("np.average(x, axis=())", ((3, 4),)),
    ("np.average(x, axis=2)", ((3, 4),)),
    ("np.average(x, axis=(0, 0))", ((3, 4),)),
    ("np.average(a=x, axis=1)", ((3, 4),)),
    ("np.average(x, axis=np.int64(1))", ((3, 4),)),
    ("np.average(x, axis=0)", ((),), ((3, 4),)),
    ("np.average(x > 0)", ((3, 4),)),
    ("np.average(x, axis=1.0)", ((3, 4),)),
    ("np.average(x, axis=[0, 1])", ((3, 4),)),
    ("np.average(x, weights=np.arange(12.0).reshape(3, 4))", ((3, 4),)),
    ("np.average(x, axis=1, weights=np.array([1.0, 2, 3, 4]))", ((3, 4),)),
    ("np.average(x, axis=0, weights=np.array([1.0, 2, 3]))", ((3, 4),)),
    ("np.average(x, 1, None, True)", ((3, 4),)),
    ("np.average(x, axis=0, returned=True)", ((3, 4),)),
    ("np.average(x, weights=np.ones(4))", ((3, 4),)),
    ("np.average(x, axis=(0, 1), weights=np.arange(12.0).reshape(3, 4))", ((3, 4),)),
    ("np.average(x, axis=(1, 0), weights=np.arange(12.0).reshape(4, 3))", ((3, 4),)),
    ("np.average(x, axis=1, weights=np.zeros(4))", ((3, 4),)),
    ("np.average(x, axis=0, weights=np.array([1.0, 2, 3]), keepdims=True)", ((3, 4),)),
    ("np.average(x, axis=0, weights=np.array([1.0, 2, 3]), returned=True)", ((3, 4),)),
    ("np.average(x, weights=None, returned=True)", ((3, 4),)),
    ("np.cov(x)", ((3, 4),), ((6,),), ((2, 3, 4),), ((),)),
    ("np.cov(x, rowvar=False)", ((3, 4),)),
    ("np.cov(x, bias=True)", ((3, 4),)),
    ("np.cov(x, ddof=0)", ((3, 4),)),
    ("np.cov(x, ddof=1, bias=True)", ((3, 4),)),
    ("np.cov(x, y=2 * x)", ((3, 4),)),
    ("np.cov(x, x)", ((3, 4),)),
    ("np.cov(x, fweights=np.array([1, 2, 1, 3]))", ((3, 4),)),
    ("np.cov(x, aweights=np.array([1.0, 2.0, 0.5, 1.0]))", ((3, 4),)),
    (
        "np.cov(x, None, True, False, None, np.array([1, 2, 1, 3]), "
        "np.array([1.0, 2.0, 0.5, 1.0]))",
        ((3, 4),),
    ),
    ("np.cov(x, dtype=float)", ((3, 4),)),
    ("np.cov(x, aweights=np.array([1.0, 2.0, 0.5, 1.0]), ddof=0)", ((3, 4),)),
    ("np.cov(x, aweights=x[0] ** 2)", ((3, 4),)),
    ("np.cov(x, aweights=[1.0, 2.0, 0.5, 1.0], fweights=[1, 2, 3, 1])", ((3, 4),)),
    ("np.cov(x, ddof=1.5)", ((3, 4),)),
    ("np.corrcoef(x)", ((3, 4),), ((6,),)),
    ("np.corrcoef(x, rowvar=False)", ((3, 4),)),
    ("np.corrcoef(x, x)", ((3, 4),)),
    ("np.corrcoef(x, None, False)", ((3, 4),)),
    ("np.cov(x, y)", ((6,), (6,)), ((3, 4), (4,))),
    ("np.corrcoef(x, y)", ((6,), (6,))),
    ("np.histogram(x, bins=3, range=(-1, 1))", ((6,),)),
    ("np.histogram(x, [-1.0, 0, 1])", ((6,),)),
    ("np.histogram([0.1, 0.2], bins=2, weights=x[:2], range=(0, 1))", ((6,),)),
]

#: Calls that NumPy answers and a tape refuses.
REFUSED = [
    ("np.average([x, 2 * x], axis=0)", ((6,),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("average", lambda xp, x: np.average(x, axis=0), (3, 4)),
    ("average, weighted", lambda xp, x, w: np.average(x, axis=1, weights=w**2), (3, 4), (4,)),
    ("average, returned", lambda xp, x: np.average(x, weights=x**2, returned=True), (3, 4)),
    ("cov", lambda xp, x: np.cov(x), (3, 5)),
    ("cov of two", lambda xp, x, y: np.cov(x, y, bias=True), (5,), (5,)),
    ("corrcoef", lambda xp, x: np.corrcoef(x, rowvar=False), (5, 3)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_a_call_is_refused(refused, shapes, refuses):
    refuses(refused, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
