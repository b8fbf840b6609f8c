"""Never silently wrong: branches on values, captured arrays, and what cannot be recorded.

A function is recorded on one side of its branches and evaluated on all of them.
"""

import functools
import math
import re

import numpy as np
import pytest

from fastls.tape import TracingError, record

BRANCHING = []


def branching(function):
    """Enter a function of an array of four numbers."""
    BRANCHING.append(function)
    return function


def numerical_gradient(f, x, h=1e-6):
    moves = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + d) - f(x - d)) / (2 * h) for d in moves]).reshape(x.shape)


@branching
def sign_of_one_entry(x):
    return x[0] ** 2 if x[0] > 0 else -3.0 * x[0]


@branching
def branch_between_functions(x):
    if np.sum(x) > 1.0:
        return np.sum(np.sin(x))
    return np.sum(np.cos(x))


@branching
def comparison_of_sums(x):
    return np.sum(x[:2]) * x[3] if np.sum(x[:2]) < np.sum(x[2:]) else np.prod([2.0, 3.0]) * x[0]


@branching
def nested_branches(x):
    if x[0] > 0:
        if x[1] > 0:
            return x[0] * x[1]
        return x[0] - x[1] ** 2
    if x[2] > x[3]:
        return np.exp(-(x[2] ** 2))
    return x[3] ** 3


@branching
def chain_of_elif(x):
    if x[0] < -2:
        return x[0] * 2
    if x[0] < -0.5:
        y = x[0] ** 2
    elif x[0] < 1:
        y = np.sin(x[1])
    else:
        y = x[0] * x[2]
    return y


@branching
def chained_comparison(x):
    return x[1] * 5 if -1 < x[0] < 1 else x[1] ** 2


@branching
def and_of_conditions(x):
    return x[0] * x[2] if x[0] > 0 and x[1] < 0.5 else x[3] ** 2


@branching
def or_of_conditions(x):
    return x[0] * x[2] if x[0] > 1 or x[1] > 1 else x[3] ** 2


@branching
def negated_condition(x):
    return x[0] * x[2] if not x[0] > x[1] else x[3] ** 2


@branching
def while_above_one(x):
    t = np.abs(x[0]) * 3.0
    while t > 1.0:
        t = t / 2.0
    return t * x[1]


@branching
def newton_until_converged(x):
    a, y = 1.0 + x[0] ** 2, 1.0
    while abs(y * y - a) > 1e-12:
        y = 0.5 * (y + a / y)
    return y * x[1]


@branching
def halving_of_the_norm(x):
    k = 0
    while np.sum(x * x) > 1.0:
        x, k = 0.5 * x, k + 1
    return k * x[0] + np.sum(x)


@branching
def whole_part(x):
    return x[1] * int(x[0])


@branching
def range_of_the_whole_part(x):
    total = x[1]
    for i in range(int(np.abs(x[0]) * 2)):
        total = total + (i + 1) * x[2]
    return total


@branching
def early_return(x):
    total = 0.0
    for value in x:
        total = total + value**2
        if total > 4.0:
            return total * x[0]
    return total


@branching
def break_out_of_a_loop(x):
    total = x[0]
    for value in x:
        if value < 0:
            break
        total = total + np.sin(value)
    return total


@branching
def continue_in_a_loop(x):
    total = x[0]
    for value in x:
        if value < 0:
            continue
        total = total + value**2
    return total


@branching
def else_of_a_loop(x):
    for value in x:
        if value > 2:
            found = value * 3
            break
    else:
        found = x[0] ** 2
    return found


@branching
def absolute_by_hand(x):
    return sum(value if value >= 0 else -value for value in x)


@branching
def relu_by_hand(x):
    return sum(value**2 for value in x if value > 0) + x[0]


@branching
def python_max(x):
    return max(x[0], x[1], x[2]) * x[3]


@branching
def python_min(x):
    return min(x) ** 2


@branching
def python_max_by_key(x):
    return max(x, key=lambda value: value * value) * 2.0


@branching
def python_sorted(x):
    first, *_, last = sorted(x)
    return first * 2.0 + last**2


@branching
def median_by_sorting(x):
    ranked = sorted(x, key=abs)
    return 0.5 * (ranked[1] + ranked[2]) ** 2


@branching
def bubble_sort(x):
    v = list(x)
    for i in range(4):
        for j in range(3 - i):
            if v[j] > v[j + 1]:
                v[j], v[j + 1] = v[j + 1], v[j]
    return v[0] * 1.0 + v[1] * 2.0 + v[2] * 3.0 + v[3] * 4.0


@branching
def place_of_the_largest(x):
    best = 0
    for i in range(1, 4):
        if x[i] > x[best]:
            best = i
    return x[best] ** 2 * (best + 1)


@branching
def argmax_as_index(x):
    return x[np.argmax(x)] ** 2


@branching
def argmin_method_as_index(x):
    return x[x.argmin()] * x[0]


@branching
def argsort_as_index(x):
    return np.sum(x[np.argsort(x)] * np.arange(4.0))


@branching
def boolean_mask(x):
    return np.sum(x[x > 0] ** 2)


@branching
def boolean_mask_of_two(x):
    return np.sum(np.sin(x[(x > -1) & (x < 1)])) + x[0]


@branching
def number_in_a_mask(x):
    return x[x > 0].size * x[0]


@branching
def all_of_a_mask(x):
    return np.sum(x**2) if np.all(x > -1) else np.sum(x)


@branching
def any_of_a_mask(x):
    return np.sum(x**2) if (x > 2).any() else np.sum(x)


@branching
def entry_of_a_mask(x):
    positive = x > 0
    return x[1] ** 2 if positive[2] else x[1]


@branching
def where_and_branch(x):
    y = np.where(x > 0, x, 0.1 * x)
    return np.sum(y) if y[0] > y[1] else np.sum(y * y)


@branching
def maximum_and_branch(x):
    y = np.maximum(x, 0.5)
    return y[0] * y[1] if y[0] > y[1] else np.sum(np.exp(-y))


@branching
def clipped_by_hand(x):
    def clip(value):
        return -1.0 if value < -1 else 1.0 if value > 1 else value

    return sum(clip(value) * (i + 1) for i, value in enumerate(x)) + x[0]


@branching
def piecewise_huber(x):
    return sum(0.5 * v * v if abs(v) <= 1 else abs(v) - 0.5 for v in x)


@branching
def truth_of_the_rounded(x):
    return x[0] ** 2 if np.floor(np.abs(x[1])) else x[0]


@branching
def equality_of_signs(x):
    return x[0] * x[1] if np.sign(x[0]) == np.sign(x[1]) else x[2]


@branching
def dispatch_on_an_integer(x):
    return [np.sin, np.cos, np.tanh][int(np.floor(np.abs(x[0]))) % 3](x[1])


@branching
def bisection(x):
    low, high = -8.0, 8.0
    for _ in range(6):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle < x[0] else (low, middle)
    return (low + high) * x[1]


@branching
def horner_of_a_degree(x):
    value = x[1]
    for _ in range(1 + int(x[0] > 0) + int(x[2] > 0)):
        value = value * x[3] + 1.0
    return value


@branching
def pivoting(x):
    (a, b), (c, d) = (x[0], x[1]), (x[2], x[3])
    if abs(c) > abs(a):
        a, b, c, d = c, d, a, b
    m = c / a
    return (d - m * b) * np.tanh(a)


@branching
def in_an_interval_of_a_table(x):
    knots, values = [-2.0, 0.0, 2.0], [1.0, 3.0, -1.0, 2.0]
    i = sum(1 for knot in knots if x[0] > knot)
    return values[i] * x[1]


@branching
def minimum_pairwise_distance(x):
    pairs = [(x[i] - x[j]) ** 2 for i in range(4) for j in range(i)]
    return functools.reduce(lambda a, b: a if a < b else b, pairs)


every_branching = pytest.mark.parametrize("f", BRANCHING, ids=lambda f: f.__name__)


def agree(f, tape, points):
    """Value and gradient at every point are those of the plain function there."""
    for x in points:
        value, gradient = tape.value_and_grad(x)
        assert value == pytest.approx(f(x), rel=1e-12, abs=1e-13), x
        np.testing.assert_allclose(
            gradient, numerical_gradient(f, x), rtol=2e-5, atol=2e-6, err_msg=str(x)
        )
        assert tape(x) == value


def test_there_are_enough_of_them():
    assert len(BRANCHING) >= 40


@every_branching
def test_recorded_on_one_side_right_on_all(f):
    points = 2.0 * np.random.default_rng(0).normal(size=(25, 4))
    agree(f, record(f, points[0]), points)


@pytest.mark.parametrize(
    "f",
    [nested_branches, bubble_sort, boolean_mask_of_two, newton_until_converged, pivoting],
    ids=lambda f: f.__name__,
)
def test_a_thousand_points(f):
    points = 2.0 * np.random.default_rng(1).normal(size=(1000, 4))
    tape = record(f, points[0])
    for x in points:
        assert tape(x) == pytest.approx(f(x), rel=1e-12, abs=1e-13)
    agree(f, tape, points[::20])


@every_branching
def test_the_order_in_which_paths_are_found_does_not_matter(f):
    points = 2.0 * np.random.default_rng(2).normal(size=(8, 4))
    one, other = record(f, points[0]), record(f, points[-1])
    forth = [one.grad(x) for x in points]
    back = [other.grad(x) for x in points[::-1]][::-1]
    np.testing.assert_allclose(forth, back, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("edge", [0.0, -0.0, np.nan, np.inf, -np.inf], ids=repr)
def test_values_at_the_edge_of_a_branch(edge):
    tape = record(sign_of_one_entry, np.ones(4))
    x = np.array([edge, 1.0, 1.0, 1.0])
    np.testing.assert_array_equal(tape(x), sign_of_one_entry(x))


def test_an_array_is_not_a_truth():
    with pytest.raises(ValueError, match="ambiguous"):
        record(lambda x: x[0] if x > 0 else x[1], np.ones(2))


@pytest.mark.parametrize("reduce", [np.sum, np.mean, lambda x: np.sum(np.sum(x, axis=0))])
@pytest.mark.parametrize("turn", [lambda x: x, np.transpose, lambda x: x[::-1, ::2]])
def test_a_branch_on_a_sum_that_rounds_otherwise_when_replayed_ends(reduce, turn):
    """Recorded by NumPy and replayed in C, sums over other orders may differ in the last digit."""
    x = 30.0 * np.random.default_rng(0).normal(size=(20, 50))

    def f(x):
        y = turn(x)
        return x[0, 0] * int(reduce(y))

    tape = record(f, x)
    assert tape(x + 0.1) == pytest.approx(f(x + 0.1), rel=1e-12)


# What cannot be recorded: an error with the user's line and what to write instead.


def assigned_into_an_array(x):
    a = np.zeros(2)
    a[0] = x[0]  # the line
    return np.sum(a)


def assigned_into_the_argument(x):
    x[0] = 1.0  # the line
    return np.sum(x)


def added_into_a_slice(x):
    a = np.zeros(4)
    a[1:] += x[1:]  # the line
    return np.sum(a)


REFUSED = [
    ("np.sum of a list", lambda x: np.sum([x[0], x[1]]), "np.stack"),
    ("np.array of objects", lambda x: np.sum(np.array(x, dtype=object)), "np.stack"),
    ("math.sin", lambda x: math.sin(x[0]), "NumPy"),
    ("float", lambda x: float(x[0]) * 2, "NumPy"),
    ("complex", lambda x: complex(x[0]), "real"),
    ("into an array", assigned_into_an_array, "np.where|np.stack"),
    ("into the argument", assigned_into_the_argument, "np.where|np.concatenate"),
    ("into a slice", added_into_a_slice, r"np.where|np.stack|b \+ t"),
    ("astype of letters", lambda x: x.astype(str), "float64|np.rint"),
    ("unknown function", lambda x: np.roots(x), "primitive"),
    ("unknown ufunc", lambda x: np.spacing(x), "primitive"),
    ("where= of a ufunc", lambda x: np.sin(x, where=np.ones(4, bool)), "np.where"),
]


def refusal(f):
    """What the user reads; in an assignment too, where NumPy puts an error before ours."""
    with pytest.raises(TracingError) as caught:
        record(f, np.ones(4))
    return caught.value


@pytest.mark.parametrize(
    ("f", "instead"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_recorded_names_the_line_and_what_to_write(f, instead):
    error = refusal(f)
    assert re.search(instead, str(error))
    assert "test_guards.py:" in str(error)


def test_the_line_named_is_the_one_that_did_it():
    assert "# the line" in str(refusal(assigned_into_an_array))
    assert "# the line" in str(refusal(assigned_into_the_argument))


@pytest.mark.parametrize("x", [np.array([1j]), 1j, [np.array([1.0 + 0j])]], ids=repr)
def test_complex_input_is_refused(x):
    with pytest.raises(TypeError, match="complex"):
        record(lambda x: x, x)


def test_a_complex_constant_is_refused():
    with pytest.raises(TypeError, match="complex"):
        record(lambda x: x * 1j, np.ones(2))


def test_a_value_from_another_recording_is_refused():
    kept = []
    record(lambda x: kept.append(x) or np.sum(x), np.ones(4))
    with pytest.raises(TracingError, match="another recording"):
        record(lambda x: kept[0], np.ones(4))
    with pytest.raises(TracingError, match="another recording"):
        record(lambda x: x * kept[0], np.ones(4))


# Right or refused: plain NumPy that has been recorded as something else.


def add_into_a_view(x):
    y = 2.0 * x
    z = y[1:]
    z += 1.0
    return np.sum(y)


def multiply_an_alias(x):
    y = 2.0 * x
    z = y
    z *= 3.0
    return np.sum(y)


def add_to_an_alias_of_an_array(x):
    b = np.zeros(4)
    c = b
    b += x
    return np.sum(c)


def written_by_out(x):
    b = np.zeros(4)
    np.add(b, x, out=b)
    return np.sum(b)


def reduced_by_out(x):
    b = np.zeros(2)
    np.sum(np.reshape(x, (2, 2)), axis=1, out=b)
    return np.sum(b**2)


def buffer_used_again(x):
    w, total = np.zeros(4), 0.0
    for i in range(4):
        w[:] = 0.0
        w[i] = i + 1.0
        total = total + (x @ w) ** 2
    return total


def buffer_written_later(x):
    w = np.ones(4)
    y = x * w
    w[0] = 5.0
    return np.sum(y)


def index_written_later(x):
    i = np.array([0, 1])
    y = x[i]
    i[:] = 2
    return np.sum(y)


def mask_written_later(x):
    m = np.array([True, False, True, False])
    y = np.where(m, x, -x)
    m[:] = False
    return np.sum(y)


def shadowed_mask(x):
    return np.sum(np.where((x > 0)[[0, 2]], x[:2], 7.0))


MASK = np.array([True, False, True, False])
RIGHT_OR_REFUSED = [
    add_into_a_view, multiply_an_alias, add_to_an_alias_of_an_array, written_by_out,
    reduced_by_out, buffer_used_again, buffer_written_later, index_written_later,
    mask_written_later, shadowed_mask,
]  # fmt: skip
RIGHT_OR_REFUSED += [
    pytest.param(f, id=name)
    for name, f in {
        "sum of masks": lambda x: np.sum(((x > 0) + (x > 2)) * 1.0),
        "product of masks": lambda x: np.sum((x > 0) * (x < 2) * x),
        "sum of a part of a mask": lambda x: np.sum((x > 0)[1:]),
        "mean of a part of a mask": lambda x: np.mean((x > 0)[1:]),
        "sum of a reshaped mask": lambda x: np.sum((x > 0).reshape(2, 2)),
        "sum of a transposed mask": lambda x: np.sum(np.reshape(x > 0, (2, 2)).T, axis=0),
        "largest of a mask": lambda x: np.max(x > 0) * 1.0,
        "smallest of a mask": lambda x: np.min(x > 0) * 1.0,
        "mask taken apart by another": lambda x: np.sum(
            (x > 0)[np.array([True, True, False, True])]
        ),
        "sum of two entries of a mask": lambda x: ((x > 0)[0] + (x > 0)[2]) * x[0],
        "masks joined": lambda x: np.sum(np.concatenate([x > 0, x > 1]) * 1.0),
        "masks stacked": lambda x: np.sum(np.stack([x > 0, x > 1])),
        "mask of another's choice": lambda x: np.sum(np.where(x > 0, x > 1, x < -1)),
        "cumulative sum of a mask": lambda x: np.cumsum(x > 0) * 1.0,
        "floats as condition": lambda x: np.where(np.array([1.0, 0.0, 2.0, 0.0]), x, -x),
        "integers as condition": lambda x: np.where(np.array([1, 0, 2, 0]), x, -x),
        "a number as condition": lambda x: np.where(1, x, -x),
        "a list as condition": lambda x: np.where([1, 0, 0, 1], x, -x),
        "traced numbers as condition": lambda x: np.where(x, 1.0, 2.0),
        "mask with a constant mask": lambda x: np.sum(np.where(MASK & (x > 0), x, 0.0)),
        "inverted by np.invert": lambda x: np.sum(np.where(np.invert(x > 0), x, 0.0)),
        "reshape by columns": lambda x: np.reshape(x, (2, 2), order="F"),
        "method reshape by columns": lambda x: x.reshape(2, 2, order="F"),
        "flatten by columns": lambda x: x.reshape(2, 2).flatten("F"),
        "flatten by columns, keyword": lambda x: x.reshape(2, 2).flatten(order="F"),
        "ravel by columns": lambda x: np.ravel(x.reshape(2, 2), order="F"),
        "ravel as stored": lambda x: np.ravel(x.reshape(2, 2), order="K"),
        "ravel as stored, transposed": lambda x: np.ravel(x.reshape(2, 2).T, order="K"),
        "ravel in any order": lambda x: np.ravel(x.reshape(2, 2), order="A"),
        "reshape in any order, transposed": lambda x: np.reshape(x.reshape(2, 2).T, 4, order="A"),
        "variance with correction": lambda x: np.var(x, correction=1),
        "variance with where": lambda x: np.var(x, where=MASK),
        "deviation with correction": lambda x: np.std(x, correction=1),
        "mean with where": lambda x: np.mean(x, where=MASK),
        "sum with where": lambda x: np.sum(x, where=MASK),
        "sum with initial": lambda x: np.sum(x, initial=2.0),
        "max with initial": lambda x: np.max(x, initial=5.0),
        "max with where": lambda x: np.max(x, where=MASK, initial=-9.0),
        "maximum.reduce with initial": lambda x: np.maximum.reduce(x, initial=5.0),
        "add.reduce": lambda x: np.add.reduce(x.reshape(2, 2)),
        "full_like of a shape": lambda x: np.full_like(x, 2.0, shape=(2,)),
        "zeros_like of numbers": lambda x: np.zeros_like(x) + x,
        "sum of a list": lambda x: np.sum([x[0], x[1]]),
        "max of a list": lambda x: np.max([x[0], x[1]]),
        "maximum with a list": lambda x: np.maximum([x[0], x[1]], 0.0),
        "dot of an array": lambda x: np.arange(8.0).reshape(2, 4).dot(x),
        "dot of a vector": lambda x: np.arange(4.0).dot(x),
        "vectorize": lambda x: np.vectorize(lambda v: v * v)(x),
        "fromiter": lambda x: np.fromiter((v for v in x), float),
        "object array": lambda x: np.sum(np.array([x[0], 1.0], dtype=object)),
        "round": lambda x: round(x[0]) * x[1],
        "math.floor": lambda x: math.floor(x[0]) * x[1],
        "divmod": lambda x: divmod(x[0], 2.0)[1],
        "modf": lambda x: np.modf(x)[0],
        "in": lambda x: x[0] if 0.3 in x else x[1],
        "broadcast too far": lambda x: np.broadcast_to(x, (5,)),
        "stack of unequal shapes": lambda x: np.stack([x, np.ones(5)]),
        "concatenate of unequal shapes": lambda x: np.concatenate(
            [x.reshape(2, 2), np.ones((1, 3))]
        ),
        "transpose with an axis twice": lambda x: np.transpose(x.reshape(2, 2), (0, 0)),
        "sum over an axis twice": lambda x: np.sum(x, axis=(0, 0)),
        "two lengths unknown": lambda x: np.reshape(x, (-1, -1)),
        "a length that does not divide": lambda x: np.reshape(x, (3, -1)),
        "difference of masks": lambda x: (x > 0) - (x > 1),
        "and of floats": lambda x: x & x,
        "index by a float": lambda x: x[x[0]],
        "matmul of a number": lambda x: x @ x[0],
    }.items()
]


@pytest.mark.parametrize("f", RIGHT_OR_REFUSED)
def test_right_or_refused(f):
    recorded_at, x = np.array([1.0, 0.5, -1.0, 3.0]), np.array([-0.5, 3.0, 0.3, -2.0])
    for point in (recorded_at, x):
        try:
            found = record(f, recorded_at)(point)
        except (TypeError, ValueError, IndexError):  # TracingError is a TypeError
            continue
        try:
            expected = f(point.copy())
        except (TypeError, ValueError, IndexError) as refusal:
            pytest.fail(f"NumPy refuses ({refusal}); the tape answers {found}")
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-13)


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])
MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.sum(x), MASKED),
        (lambda x: np.sum(x * MASKED), np.ones(2)),
        (lambda x: np.sum(x * x), MATRIX),
        (lambda x: np.sum(MATRIX * x), np.ones((2, 2))),
    ],
    ids=["masked argument", "masked constant", "matrix argument", "matrix constant"],
)
def test_arrays_with_another_meaning_are_right_or_refused(f, x):
    """np.ma leaves entries out; np.matrix multiplies matrices."""
    try:
        found = record(f, x)(x)
    except TypeError:
        return
    assert found == pytest.approx(float(f(x)))


# Captured arrays.

CAPTURES = {
    "used as it is": lambda A, x: np.sum(np.sin(A @ x)),
    "transposed": lambda A, x: np.sum(np.sin(A.T @ x)),
    "a column": lambda A, x: np.sum(A[:, 0] * x),
    "an entry": lambda A, x: A[0, 1] * np.sum(x**2),
    "computed with": lambda A, x: np.sum(np.exp(A) @ x),
    "summed with a number": lambda A, x: np.sum((A + 1.0) @ x),
    "branched on": lambda A, x: x[0] if A[0, 0] > 0 else x[1],
    "as a condition": lambda A, x: np.sum(np.where(A > 1.5, 1.0, 2.0) @ x),
}


@pytest.mark.parametrize("kind", [float, int, np.float32], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("use", CAPTURES.values(), ids=CAPTURES)
def test_a_captured_array_written_after_recording_is_never_stale(use, kind):
    A, x = np.array([[1, 2], [3, 4]], dtype=kind), np.array([0.3, 0.4])
    tape = record(lambda x: use(A, x), x)
    tape.value_and_grad(x)
    A *= -2
    fresh = record(lambda x: use(A, x), x)
    assert tape(x) == pytest.approx(fresh(x), rel=1e-6)
    np.testing.assert_allclose(tape.grad(x), fresh.grad(x), rtol=1e-6)


def test_a_static_truth_is_not_a_static_number():
    tape = record(lambda x, flag: 2.0 * x if flag is True else 3.0 * x, np.ones(2), 1)
    np.testing.assert_array_equal(tape(np.ones(2), True), [2.0, 2.0])


def test_derivatives_of_every_kind_obey_the_guards():
    x, v = np.array([-2.0, 1.0, 1.0, 1.0]), np.ones(4)
    tape, fresh = record(sign_of_one_entry, np.ones(4)), record(sign_of_one_entry, x)
    for tapes in ((tape, fresh), (fresh, record(sign_of_one_entry, x))):
        one, other = tapes
        np.testing.assert_array_equal(one.hvp(x, v), other.hvp(x, v))
        np.testing.assert_array_equal(one.hessian(x), other.hessian(x))
        np.testing.assert_array_equal(one.jvp(x, v)[1], other.jvp(x, v)[1])
        np.testing.assert_array_equal(one.vjp(x, 1.0)[1], other.vjp(x, 1.0)[1])
        np.testing.assert_array_equal(one.jacobian(x), other.jacobian(x))
        assert one.differential(x, v) == other.differential(x, v)
        assert one.second_differential(x, v, v) == other.second_differential(x, v, v)
