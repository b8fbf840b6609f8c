"""What stands for an array while a function is recorded: it tells what an array tells."""

import math

import numpy as np
import pytest

from fastls.tape import TracingError, record
from fastls.tape.graph import Graph
from fastls.tape.trace import FUNCTIONS, METHODS, OPERATORS, UFUNCS, Tracer, as_node


@pytest.fixture
def tracer():
    graph = Graph()
    return Tracer(graph, graph.input((2, 3), np.arange(6.0).reshape(2, 3)))


def test_it_tells_what_an_array_tells(tracer):
    assert tracer.shape == (2, 3)
    assert (tracer.ndim, tracer.size, len(tracer)) == (2, 6, 2)
    assert tracer.dtype == float
    assert (tracer > 0).dtype == bool
    assert tracer.T.shape == tracer.mT.shape == (3, 2)
    assert tracer.flatten().shape == tracer.ravel().shape == (6,)
    assert [row.shape for row in tracer] == [(3,), (3,)]
    assert np.shape(tracer) == (2, 3)
    assert (np.ndim(tracer), np.size(tracer)) == (2, 6)
    assert (tracer.itemsize, tracer.nbytes) == (8, 48)
    assert not tracer.imag.any()
    assert tracer.compress([True, False], axis=0).shape == (1, 3)
    assert (tracer > 0).itemsize == 1


def test_a_number_has_no_length_and_no_entries(tracer):
    with pytest.raises(TypeError, match="unsized"):
        len(tracer[0, 0])
    with pytest.raises(TypeError, match="0-d"):
        iter(tracer[0, 0])


SIGNS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**", "mod": "%",
         "floordiv": "//"}  # fmt: skip


@pytest.mark.parametrize("name", SIGNS)
@pytest.mark.parametrize("other", [2.5, 2, np.array([0.5, 1.5]), np.float64(3.0)], ids=repr)
def test_operators_are_those_of_arrays_from_either_side(name, other):
    assert name in OPERATORS
    x = np.array([1.25, 3.5])
    for f in (eval(f"lambda a, b: a {SIGNS[name]} b"), eval(f"lambda a, b: b {SIGNS[name]} a")):
        tape = record(lambda x, f=f: f(x, other), x)
        np.testing.assert_allclose(tape(x), f(x, other), rtol=1e-15)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "==", "!="])
def test_comparisons_are_those_of_arrays_from_either_side(sign):
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])
    for f in (eval(f"lambda a, b: a {sign} b"), eval(f"lambda a, b: b {sign} a")):
        tape = record(lambda x, f=f: np.where(f(x, y), 1.0, 0.0), x)
        np.testing.assert_array_equal(tape(x), f(x, y) * 1.0)


def test_in_place_operators_of_an_array_give_the_traced_result():
    def f(x):
        b = np.ones(2)
        b += x
        return b

    np.testing.assert_array_equal(record(f, np.ones(2))(np.array([1.0, 2.0])), [2.0, 3.0])


def summed_up(x):
    """In place: of an entry, which is a number; of results; of copies."""
    s = x[0]
    for i in range(1, 3):
        s += x[i] * s
    y = np.sin(x)
    y += x
    y *= s
    z = x.copy()
    z -= y
    z **= 2
    z = np.outer(x, z) @ z
    z += x
    w = z.reshape(1, 3).flatten()
    w /= s
    return w * np.flip(z)


def test_in_place_operators_of_traced_values_give_the_result_a_new_meaning():
    x = np.array([0.5, -0.7, 2.0])
    np.testing.assert_allclose(record(summed_up, np.ones(3))(x), summed_up(x.copy()), rtol=1e-15)


def test_in_place_operators_of_what_a_function_alone_has_are_as_in_any_other():
    def f(x):
        return add_to(np.sin(x), x) + add_to(np.ones(3), x)

    x = np.array([0.5, -0.7, 2.0])
    np.testing.assert_array_equal(record(f, np.ones(3))(x), f(x))


def change_a_view(x):
    y = x[:2]
    y += 1.0
    return x


def change_a_view_of_an_entry(x):
    y = x[0, ...]
    y += 1.0
    return x


def change_an_argument(x):
    x += 1.0
    return x


def change_what_looks_the_same(x):
    z = np.sin(x)
    y = np.squeeze(z.T.T)
    y += 1.0
    return z


def change_what_has_a_view(x):
    y = np.sin(x)
    z = y[::-1]
    y += 1.0
    return z


def change_a_row(x):
    y = np.outer(x, x)
    for row in y:
        row += 1.0
    return y


def change_what_has_another_name(x):
    y = np.sin(x)
    z = [y]
    y += 1.0
    return z[0]


def add_to(y, x):
    y += x
    return y


def change_a_callers_variable(x):
    y = np.sin(x)
    add_to(y, x)
    return y


def change_a_callers_array(x):
    y = np.ones(3)
    return add_to(y, x) + y


def change_the_variable_of_a_callers_caller(x):
    y = np.sin(x)

    def change(z):
        return add_to(z, 1.0)

    return change(y) + y


@pytest.mark.parametrize(
    "f", [change_a_view, change_a_view_of_an_entry, change_an_argument, change_what_looks_the_same,
          change_what_has_a_view, change_a_row, change_what_has_another_name,
          change_a_callers_variable, change_a_callers_array,
          change_the_variable_of_a_callers_caller],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_in_place_operators_that_others_would_see_are_refused(f):
    with pytest.raises(TracingError, match="in place"):
        record(f, np.ones(3))


def test_nothing_equals_none_or_a_text():
    x = np.array([1.0, 2.0])
    for f in (
        lambda x: np.where(x == None, 9.0, x),  # noqa: E711
        lambda x: np.where(None != x, x, 9.0),  # noqa: E711, SIM300
        lambda x: np.where(x == "a", 9.0, x),
        lambda x: x if x[0] not in (None, "") else -x,
    ):
        np.testing.assert_array_equal(record(f, x)(x), x)


def test_matrix_products_from_either_side():
    A, x = np.arange(4.0).reshape(2, 2), np.array([1.0, 2.0])
    np.testing.assert_array_equal(record(lambda x: A @ x, x)(x), A @ x)
    np.testing.assert_array_equal(record(lambda x: x @ A, x)(x), x @ A)


def test_conversions_that_change_nothing(tracer):
    assert tracer.astype(float) is tracer
    assert tracer[0, 0].item().shape == ()
    assert tracer[0].item(2).shape == tracer.item(1, 2).shape == ()
    assert tracer.tolist()[1][2].shape == ()
    assert tracer.conj() is tracer.conjugate() is tracer.real is tracer
    assert tracer.copy("F").shape == (2, 3)
    with pytest.raises(TracingError, match=r"np\.rint"):
        tracer.astype(str)


def test_whole_parts_are_guarded_places():
    tape = record(lambda x: np.sum((x.astype(int) // 2) * x), np.array([2.7, 1.0]))
    assert tape(np.array([4.5, -3.2])) == 2 * 4.5 + (-3 // 2) * -3.2
    np.testing.assert_array_equal(tape.grad(np.array([6.5, 2.0])), [3.0, 1.0])


def test_a_traced_float_is_no_index(tracer):
    with pytest.raises(TypeError, match="integer"):
        [1, 2][tracer[0, 0]]


def test_truth_and_whole_part_are_guarded(tracer):
    assert not tracer[0, 0] > 0
    assert int(tracer[1, 2]) == 5
    assert len(tracer.graph.guards) == 2


@pytest.mark.parametrize("whole", [int, round, math.trunc, math.floor, math.ceil])
def test_whole_numbers_of_python_are_guarded_as_such(whole):
    tape = record(lambda x: whole(x[0]) * x[1], np.array([2.6, 3.5]))
    for first in (2.6, 2.7, -1.4, 2.6):
        assert tape(np.array([first, 3.0])) == whole(first) * 3.0
    assert sum(map(len, tape.paths.values())) == 2


def test_the_node_of_a_list_of_numbers_is_a_constant(tracer):
    node = as_node(tracer.graph, [1, 2.5])
    np.testing.assert_array_equal(node.constant, [1.0, 2.5])


def test_in_a_set_it_counts_by_value_and_an_array_does_not_hash(tracer):
    tape = record(lambda x: len({x[0], x[1]}) * np.sum(x), np.array([1.0, 2.0]))
    assert tape(np.array([3.0, 3.0])) == 6.0
    assert tape(np.array([3.0, 4.0])) == 14.0
    with pytest.raises(TypeError, match="unhashable"):
        hash(tracer)


def test_a_refusal_that_the_function_catches_is_raised_all_the_same():
    def f(x):
        try:
            return float(x[0]) * x
        except TypeError:
            return 100.0 * x

    with pytest.raises(TracingError, match="float"):
        record(f, np.ones(2))


def filled(x):
    y = np.zeros(2)
    y[0] = x[0] * x[1]
    return y


def filled_at_once(x):
    y = np.zeros((2, 2))
    y[:] = x
    return y


def added_to_an_entry(x):
    y = np.zeros(2)
    y[1] += x[0]
    return y


def filled_from_a_list(x):
    y = np.zeros(2)
    y[:2] = [x[0], x[1]]
    return y


def filled_by_a_mask(x):
    y = np.zeros(2)
    y[x > 0] = 1.0
    return y


@pytest.mark.parametrize(
    "f", [filled, filled_at_once, added_to_an_entry, filled_from_a_list, filled_by_a_mask],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_assignment_into_an_array_is_refused_with_what_to_write(f):
    with pytest.raises(TracingError) as caught:
        record(f, np.ones(2))
    assert str(caught.value).startswith(
        "assignment into an array cannot be recorded; collect the entries in a list, for np.stack "
        "or np.array; for y[mask] = t write np.where\n  at "
    )


ONE_TO_LEAVE_OUT = {
    "of a number": lambda x: float(x @ x),
    "of an array": lambda x: float(x),
    "in a generator": lambda x: sum(float(entry) for entry in x),
    "in a function of math": lambda x: math.exp(float(x[0])),
}


@pytest.mark.parametrize("f", ONE_TO_LEAVE_OUT.values(), ids=ONE_TO_LEAVE_OUT)
def test_float_is_to_be_left_out(f):
    with pytest.raises(TracingError, match=r"^float\(\) cannot be recorded; leave it out: "):
        record(f, np.ones(2))


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: math.exp(x[0]), "math.exp cannot be recorded; write np.exp\n"),
        (lambda x: x[0] * cosine(x[1]), "math.cos cannot be recorded; write np.cos\n"),
        (lambda x: math.pow(2.0, x[0]), "math.pow cannot be recorded; write np.pow\n"),
        (lambda x: math.fsum(x), "math.fsum cannot be recorded; write np.sum\n"),
        (lambda x: math.erf(x[0]), "math.erf cannot be recorded; write scipy.special.erf\n"),
    ],
)
def test_a_function_of_math_is_refused_with_that_of_numpy(f, message):
    with pytest.raises(TracingError) as caught:
        record(f, np.ones(2))
    assert str(caught.value).startswith(message)


cosine = math.cos


@pytest.mark.parametrize(
    "f",
    [lambda x: sum(map(float, x)), lambda x: sum(map(math.exp, x)),
     eval(compile("lambda x: math.exp(x[0])", "nowhere", "eval"), {"math": math})],
    ids=["map of float", "map of math", "no source"],
)  # fmt: skip
def test_where_it_cannot_be_told_what_asks_for_a_float_all_is_named(f):
    with pytest.raises(TracingError, match=r"^float\(\), math functions, or assignment "):
        record(f, np.ones(2))


@pytest.mark.parametrize(
    "f",
    [lambda x: f"{x[0]:.3f}", lambda x: f"{x:.3f}", "{:.3f}".format, lambda x: "%.3f" % x[0],  # noqa: UP031
     lambda x: format(x[0], "8g")],
)  # fmt: skip
def test_there_are_no_digits_to_be_printed(f):
    def printed(x):
        print(f(x))
        return np.sum(x)

    with pytest.raises(TracingError) as caught:
        record(printed, np.ones(2))
    assert str(caught.value).startswith(
        "formatting a traced number cannot be recorded; print outside the function, where numbers "
        "have digits\n  at "
    )


def test_without_digits_it_prints_what_it_is(tracer):
    assert f"{tracer}" == str(tracer) == repr(tracer)


def test_what_only_arrays_have_is_refused_and_asking_for_it_too(tracer):
    for name in ("sort", "view", "fill", "data"):
        with pytest.raises(TracingError, match=name):
            hasattr(tracer, name)
    assert not hasattr(tracer, "no_attribute_of_arrays")


def test_rounding_and_division_of_python():
    tape = record(lambda x: round(x[0]) * divmod(x[1], 2.0)[1], np.array([2.6, 3.5]))
    assert tape(np.array([1.2, 4.5])) == 0.5


def test_in_place_operators_keep_shape_and_type():
    def add_to(b):
        def f(x):
            y = b.copy()
            y += x
            return y

        return f

    with pytest.raises(ValueError, match=r"\(1,\)"):
        record(add_to(np.zeros(1)), np.ones(2))
    with pytest.raises(TracingError, match="int64"):
        record(add_to(np.zeros(2, dtype=np.int64)), np.ones(2))


def test_a_number_in_an_array_is_read_when_it_is_used():
    def f(x):
        y, total = np.zeros(()), 0.0
        for i in range(3):
            y[...] = i
            total = total + x * y
        return total

    assert record(f, 2.0)(2.0) == 6.0


def test_it_says_what_it_is(tracer):
    assert "input (2, 3)" in repr(tracer)


def test_the_tables_hold_what_numpy_dispatches():
    assert all(ufunc.nin and ufunc.nout for ufunc in UFUNCS)  # numba's are none of NumPy's type
    assert all(isinstance(key[0], np.ufunc) for key in METHODS)
    assert all(callable(function) for function in FUNCTIONS)


def test_an_error_is_a_type_error_with_the_file_and_the_line():
    with pytest.raises(TypeError, match=r"test_trace\.py:\d+: .*np\.sum"):
        record(lambda x: np.sum([x[0], x[1]]), np.ones(2))
