"""fastls.tape.functions.creation: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("x.repeat(np.array([1, 0, 2, 1]), -1)", ((3, 4),)),
    ("np.real(x)", ((3, 4),), ((),)),
    ("np.imag(x)", ((3, 4),), ((),)),
    ("np.iscomplexobj(x)", ((3, 4),), ((),), ((6,),)),
    ("np.isrealobj(x)", ((3, 4),), ((),)),
    ("np.real_if_close(x)", ((3, 4),), ((),)),
    ("np.copy(x)", ((3, 4),), ((),)),
    ("np.shape(x)", ((3, 4),), ((),)),
    ("np.size(x)", ((3, 4),), ((),)),
    ("np.ndim(x)", ((3, 4),), ((),)),
    ("np.size(x, 1)", ((3, 4),)),
    ("np.size(x, axis=(0, 1))", ((3, 4),)),
    ("np.zeros_like(x) * 0 + x.sum()", ((3, 4),)),
    ("np.ones_like(x) * 0 + x.sum()", ((3, 4),)),
    ("np.empty_like(x) * 0 + x.sum()", ((3, 4),)),
    ("np.zeros_like(x, float) * 0 + x.sum()", ((3, 4),)),
    ("np.ones_like(x, float) * 0 + x.sum()", ((3, 4),)),
    ("np.empty_like(x, float) * 0 + x.sum()", ((3, 4),)),
    ("np.zeros_like(x, dtype=int) * 0 + x.sum()", ((3, 4),)),
    ("np.ones_like(x, dtype=int) * 0 + x.sum()", ((3, 4),)),
    ("np.empty_like(x, dtype=int) * 0 + x.sum()", ((3, 4),)),
    ("np.zeros_like(x, shape=(2,)) * 0 + x.sum()", ((3, 4),)),
    ("np.ones_like(x, shape=(2,)) * 0 + x.sum()", ((3, 4),)),
    ("np.empty_like(x, shape=(2,)) * 0 + x.sum()", ((3, 4),)),
    ("np.zeros_like(x, dtype=bool) * 0 + x.sum()", ((3, 4),)),
    ("np.ones_like(x, dtype=bool) * 0 + x.sum()", ((3, 4),)),
    ("np.empty_like(x, dtype=bool) * 0 + x.sum()", ((3, 4),)),
    ("np.full_like(x, 3.0)", ((3, 4),)),
    ("np.full_like(x, x[0, 0])", ((3, 4),)),
    ("np.full_like(x, 2, dtype=float)", ((3, 4),)),
    ("np.full_like(x, 3, shape=(2,))", ((3, 4),)),
    ("np.full(3, fill_value=x[0, 0])", ((3, 4),)),
    ("np.full((2, 2), x[0, 0])", ((3, 4),)),
    ("np.full_like(np.ones(3), x[0, 0])", ((3, 4),)),
    ("np.linspace(x, y)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x)", ((),)),
    ("np.logspace(x, y)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2)", ((), ())),
    ("np.linspace(x, y, 5)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 5)", ((),)),
    ("np.logspace(x, y, 5)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 5)", ((), ())),
    ("np.linspace(x, y, 5, False)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 5, False)", ((),)),
    ("np.logspace(x, y, 5, False)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 5, False)", ((), ())),
    ("np.linspace(x, y, 5, endpoint=False)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 5, endpoint=False)", ((),)),
    ("np.logspace(x, y, 5, endpoint=False)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 5, endpoint=False)", ((), ())),
    ("np.linspace(x, y, 5, retstep=True)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 5, retstep=True)", ((),)),
    ("np.linspace(x, y, 1)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 1)", ((),)),
    ("np.logspace(x, y, 1)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 1)", ((), ())),
    ("np.linspace(x, y, 0)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 0)", ((),)),
    ("np.logspace(x, y, 0)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 0)", ((), ())),
    ("np.linspace(x, y, 5, axis=-1)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 5, axis=-1)", ((),)),
    ("np.logspace(x, y, 5, axis=-1)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 5, axis=-1)", ((), ())),
    ("np.linspace(x, y, 5, dtype=float)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 5, dtype=float)", ((),)),
    ("np.logspace(x, y, 5, dtype=float)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, 5, dtype=float)", ((), ())),
    ("np.linspace(x, y, 1, endpoint=False, retstep=True)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 1, endpoint=False, retstep=True)", ((),)),
    ("np.linspace(x, y, num=1, retstep=True)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, num=1, retstep=True)", ((),)),
    ("np.linspace(x, y, 1, True, True)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, 1, True, True)", ((),)),
    ("np.linspace(x, y, -1)", ((), ()), ((3,), (3,))),
    ("np.linspace(0.0, x, -1)", ((),)),
    ("np.logspace(x, y, -1)", ((), ())),
    ("np.geomspace(x ** 2 + 1, y ** 2 + 2, -1)", ((), ())),
    ("np.logspace(x, y, 4, base=2.0)", ((), ())),
    ("np.logspace(0.0, 1.0, 4, base=x ** 2 + 1)", ((),), ((3,),)),
    ("np.geomspace(-1 - x ** 2, -3.0, 4)", ((),)),
    ("np.linspace(x, 1.0, 5)", ((2, 3),)),
    ("np.linspace([0.0, 1.0], x, 5)", ((),)),
    ("np.astype(x, float)", ((6,),)),
    ("np.astype(x, int)", ((6,),)),
    ("np.ascontiguousarray(x)", ((3, 4),), ((),)),
    ("np.asarray(x)", ((3, 4),), ((),)),
    ("np.asanyarray(x)", ((3, 4),), ((),)),
    ("np.array(x)", ((3, 4),), ((),)),
    ("np.asarray([x[0], x[1]])", ((6,),)),
    ("np.array([x, x])", ((6,),)),
    ("np.array(x, ndmin=3)", ((6,),)),
    ("np.array(x, dtype=float)", ((6,),)),
    ("np.array(x, copy=True)", ((6,),)),
    ("np.asarray(x, dtype=float)", ((6,),)),
]

#: Calls that NumPy answers and a tape refuses.
REFUSED = [
    ('np.zeros_like(x, order="F") * 0 + x.sum()', ((3, 4),)),
    ('np.ones_like(x, order="F") * 0 + x.sum()', ((3, 4),)),
    ('np.empty_like(x, order="F") * 0 + x.sum()', ((3, 4),)),
    ("np.arange(x * 0 + 3)", ((),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("linspace", lambda xp, a, b: np.linspace(a, b, 5, endpoint=False), (2,), ()),
    ("logspace", lambda xp, a: np.logspace(a, 1.0, 4), ()),
    ("geomspace", lambda xp, a: np.geomspace(a**2 + 1, 9.0, 4), ()),
    ("argmax along an axis", lambda xp, x: x[np.arange(3), np.argmax(x, axis=1)], (3, 4)),
    ("astype", lambda xp, x: (x > 0).astype(float) * x.astype(float), (5,)),
    ("copy", lambda xp, x: np.copy(x), (5,)),
    ("asarray with like", lambda xp, x: np.asarray([x[0], 2.0], like=x), (3,)),
    ("zeros with like", lambda xp, x: np.zeros(3, like=x) + x, (3,)),
    ("ones with like", lambda xp, x: np.ones((2, 3), like=x) * x, (3,)),
    ("eye with like", lambda xp, x: np.eye(3, like=x) @ x, (3,)),
    ("full with like", lambda xp, x: np.full((2, 2), x[0], like=x), (3,)),
    ("zeros_like", lambda xp, x: np.zeros_like(x) + np.ones_like(x) * x, (3,)),
    ("full_like", lambda xp, x: np.full_like(x, x[0, 1]), (2, 3)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_a_call_is_refused(refused, shapes, refuses):
    refuses(refused, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
