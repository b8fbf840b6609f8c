"""fastls.tape.functions.differences: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.diff(x)", ((3, 4),), ((),)),
    ("np.diff(x, 2)", ((3, 4),)),
    ("np.diff(x, 0)", ((3, 4),)),
    ("np.diff(x, n=1, axis=0)", ((3, 4),)),
    ("np.diff(x, 1, 0)", ((3, 4),)),
    ("np.diff(x, 1, -1, 0.0)", ((3, 4),)),
    ("np.diff(x, prepend=0.0)", ((3, 4),)),
    ("np.diff(x, append=x[:, :1])", ((3, 4),)),
    ("np.diff(x, 3)", ((3, 4),)),
    ("np.diff(x, 9)", ((3, 4),)),
    ("np.diff(x, axis=7)", ((3, 4),)),
    ("np.diff(x, prepend=np.zeros((3, 2)))", ((3, 4),)),
    ("np.diff(x, 1, 1, 0.0, 1.0)", ((3, 4),)),
    ("np.diff(x, prepend=np.zeros(3))", ((3, 4),)),
    ("np.ediff1d(x)", ((3, 4),)),
    ("np.ediff1d(x, 1.0, [2.0, 3.0])", ((6,),)),
    ("np.gradient(x)", ((3, 4),), ((6,),), ((1,),), ((2,),), ((),)),
    ("np.gradient(x, 2.0)", ((3, 4),)),
    ("np.gradient(x, 2.0, 3.0)", ((3, 4),)),
    ("np.gradient(x, axis=0)", ((3, 4),)),
    ("np.gradient(x, axis=-1)", ((3, 4),)),
    ("np.gradient(x, axis=(0, 1))", ((3, 4),)),
    ("np.gradient(x, edge_order=2)", ((3, 4),), ((2,),)),
    ("np.gradient(x, 0.5, axis=1)", ((3, 4),)),
    ("np.gradient(x, np.array([0.0, 1, 3]), np.array([0.0, 1, 2, 5]))", ((3, 4),)),
    ("np.gradient(x, np.array([0.0, 1, 3, 4]), axis=1, edge_order=2)", ((3, 4),)),
    ("np.gradient(x, edge_order=3)", ((3, 4),)),
    ("np.gradient(x, 1.0, 2.0, 3.0)", ((3, 4),)),
    ("np.gradient(x, axis=(1, 0))", ((3, 4),)),
    ("np.gradient(x, 2.0, 3.0, axis=(1, 0))", ((3, 4),)),
    ("np.gradient(x, np.array([0.0, 1, 2]), axis=1)", ((3, 4),)),
    ("np.gradient(x, y)", ((6,), (6,))),
    ("np.gradient(x, 2, edge_order=2)", ((6,),)),
    ("np.unwrap(x * 5)", ((3, 4),)),
    ("np.unwrap(x * 5, period=1.0)", ((3, 4),)),
    ("np.unwrap(x * 5, discont=4)", ((3, 4),)),
    ("np.unwrap(x * 5, 1.0)", ((3, 4),)),
    ("np.unwrap(x * 5, axis=0)", ((3, 4),)),
    ("np.unwrap(x * 5, 1.0, 0)", ((3, 4),)),
    ("np.unwrap(x * 5, period=3)", ((3, 4),)),
    ("np.trapezoid(x)", ((3, 4), (6,))),
    ("np.trapezoid(x, dx=0.5)", ((3, 4), (6,))),
    ("np.trapezoid(x, np.array([0.0, 1, 3, 4]))", ((3, 4), (6,))),
    ("np.trapezoid(x, np.array([0.0, 1, 3]), axis=0)", ((3, 4), (6,))),
    ("np.trapezoid(x, None, 2.0, 0)", ((3, 4), (6,))),
    ("np.trapezoid(x, y[:3, None] * np.ones((3, 4)))", ((3, 4), (6,))),
    ("np.trapezoid(x, axis=5)", ((3, 4), (6,))),
    ("np.trapezoid(x, np.array([0.0, 1, 3]))", ((3, 4), (6,))),
    ("np.trapezoid(x, x=y[:4])", ((3, 4), (6,))),
    ("np.trapezoid([1.0, 2.0, 3.0], x[:3])", ((6,),)),
    ("np.trapezoid(np.ones(6), dx=x[0])", ((6,),)),
]

#: Calls that NumPy answers and a tape refuses.
REFUSED = [
    ("np.diff(x > 0)", ((6,),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("diff", lambda xp, x: xp.diff(x, axis=0), (4, 3)),
    ("diff twice", lambda xp, x: xp.diff(x, 2), (2, 5)),
    ("diff with ends", lambda xp, x: np.diff(x, prepend=1.0, append=x[:, :1]), (2, 5)),
    ("ediff1d", lambda xp, x: np.ediff1d(x, to_begin=[1.0], to_end=x[:2]), (5,)),
    ("gradient", lambda xp, x: np.gradient(x), (6,)),
    ("gradient, two axes", lambda xp, x: np.gradient(x, 0.5, 2.0), (4, 3)),
    ("gradient, one axis", lambda xp, x: np.gradient(x, axis=1, edge_order=2), (3, 5)),
    ("gradient, uneven", lambda xp, x: np.gradient(x, np.arange(5.0) ** 2, edge_order=2), (5,)),
    ("gradient by traced places", lambda xp, x: np.gradient(x, np.cumsum(x**2)), (5,)),
    ("unwrap", lambda xp, x: np.unwrap(4 * x), (6,)),
    ("unwrap, another period", lambda xp, x: np.unwrap(x, axis=0, period=1.5), (6, 2)),
    ("trapezoid", lambda xp, x: np.trapezoid(x, dx=0.5, axis=0), (4, 3)),
    ("trapezoid by places", lambda xp, y, x: np.trapezoid(y, x), (3, 4), (4,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_a_call_is_refused(refused, shapes, refuses):
    refuses(refused, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
