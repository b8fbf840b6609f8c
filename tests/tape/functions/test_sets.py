"""fastls.tape.functions.sets: calls, values and derivatives, against NumPy."""

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.unique_values(x)", ((6,),)),
    ("np.unique_counts(x)", ((6,),)),
    ("np.unique_inverse(x)", ((6,),)),
    ("np.unique_all(x)", ((6,),)),
    ("np.isin(x, [1.0, 2.0])", ((6,),)),
    ("np.union1d(x, y)", ((6,), (6,))),
    ("np.intersect1d(x, y)", ((6,), (6,))),
    ("np.setdiff1d(x, y)", ((6,), (6,))),
    ("np.setxor1d(x, y)", ((6,), (6,))),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)
