"""Checkpoints: the same numbers to the last bit, less memory, and as much work as theory says.

The truth is the function without checkpoints; that of counts is Griewank & Walther's optimum, found
here by trying all splits.
"""

import functools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastls
from fastls import checkpoint
from fastls.tape.graph import Graph, needed
from fastls.tape.trace import Tracer
from fastls.tape.transforms import pullback

RNG = np.random.default_rng(0)
MATRIX = RNG.normal(size=(40, 40)) / 7.0
X, V, U = RNG.normal(size=(3, 40))


def layer(x):
    return np.tanh(MATRIX @ x)


def chain(x, steps):
    for _ in range(steps):
        x = layer(x)
    return x


@functools.cache
def optimum(steps, snapshots):
    """The steps to repeat at least, and how many to take before the next snapshot."""
    if steps == 1:
        return 0, 0
    if snapshots == 1:
        return steps * (steps - 1) // 2, steps - 1
    return min(
        (m + optimum(m, snapshots)[0] + optimum(steps - m, snapshots - 1)[0], m)
        for m in range(1, steps)
    )


def revolve(x, steps, snapshots):
    """The same chain with nested checkpoints."""
    if steps == 1:
        return layer(x)
    first = optimum(steps, snapshots)[1]
    x = checkpoint(lambda x: revolve(x, first, snapshots))(x)
    return revolve(x, steps - first, max(snapshots - 1, 1))


def in_parts(x, steps, length):
    """Kept every so many steps."""
    for start in range(0, steps, length):
        part = functools.partial(chain, steps=min(length, steps - start))
        x = (checkpoint(part) if start + length < steps else part)(x)
    return x


def computed(tape, name, purpose="value and gradient"):
    """How often the program of a purpose executes a primitive."""
    path = tape._first_path()
    path.program_for(purpose)
    return sum(str(node.primitive) == name for node in needed(path.ends[purpose][1]))


def vectors(tape):
    """The peak, in vectors."""
    return tape.memory.peak / X.nbytes


# What is computed how often, in what memory.


@pytest.mark.parametrize(("steps", "snapshots"), [(7, 1), (10, 2), (10, 3), (30, 3), (30, 6)])
def test_nested_checkpoints_repeat_as_many_steps_as_the_optimum(steps, snapshots):
    tape = fastls.record(lambda x: np.sum(revolve(x, steps, snapshots)), X)
    assert computed(tape, "tanh") == steps + optimum(steps, snapshots)[0]
    assert vectors(tape) <= snapshots + 2


@pytest.mark.parametrize("steps", [16, 49, 100])
def test_a_value_kept_every_root_of_n_steps_needs_twice_the_root(steps):
    root = int(steps**0.5)
    tape = fastls.record(lambda x: np.sum(in_parts(x, steps, root)), X)
    assert computed(tape, "tanh") == 2 * steps - root
    assert vectors(tape) <= 2 * root + 1
    plain = fastls.record(lambda x: np.sum(chain(x, steps)), X)
    assert computed(plain, "tanh") == steps
    assert steps <= vectors(plain) <= steps + 1


def test_the_value_alone_is_computed_once():
    tape = fastls.record(lambda x: np.sum(revolve(x, 10, 2)), X)
    assert computed(tape, "tanh", "value") == 10


def test_products_with_the_hessian_need_no_more_than_a_few_times_the_vectors():
    plain = fastls.record(lambda x: np.sum(chain(x, 100)), X)
    tape = fastls.record(lambda x: np.sum(in_parts(x, 100, 10)), X)
    kept, again = (
        each._first_path().program_for("hvp").memory / X.nbytes for each in (plain, tape)
    )
    assert kept >= 200
    assert again <= 50


def test_numbers_are_not_kept_either():
    def wave(x):
        for _ in range(100):
            x = np.sin(x) + x
        return x

    def f(x, part):
        for _ in range(10):
            x = part(x)
        return x

    plain = fastls.record(lambda x: f(x, wave), 0.3)
    tape = fastls.record(lambda x: f(x, checkpoint(wave)), 0.3)
    assert tape.value_and_grad(0.4) == plain.value_and_grad(0.4)
    assert tape.memory.peak < plain.memory.peak / 4


# The same to the last bit, whatever is asked.


def of_all_kinds(x):
    """Sums, products, decompositions, slices, branches and a structure."""
    a = np.outer(x, x) / 10.0 + np.eye(len(x)) * (2.0 + np.sum(x * x))
    b = np.linalg.solve(a, x)
    parts = {"log": np.linalg.slogdet(a)[1], "cut": (x[1:] * x[:-1], np.where(x > 0, x, x * x))}
    y = np.exp(-b * b) / np.sum(np.exp(-b * b))
    return y * parts["log"], parts


def whole(f):
    def g(x):
        y, parts = f(x)
        y, parts = f(y * np.sum(parts["cut"][0]) + parts["cut"][1])
        return np.sum(np.sin(y)) + parts["log"]

    return g


FUNCTIONS = {
    "a chain": (lambda x: np.sum(chain(x, 12)), lambda x: np.sum(revolve(x, 12, 3))),
    "all kinds": (whole(of_all_kinds), whole(checkpoint(of_all_kinds))),
    "twice": (whole(of_all_kinds), whole(checkpoint(checkpoint(of_all_kinds)))),
    "everything": (whole(of_all_kinds), checkpoint(whole(checkpoint(of_all_kinds)))),
}
QUESTIONS = {
    "value": lambda f, x: fastls.record(f, x)(x),
    "value and gradient": lambda f, x: fastls.record(f, x).value_and_grad(x),
    "hvp": lambda f, x: fastls.record(f, x).hvp(x, V[: len(x)]),
    "jvp": lambda f, x: fastls.record(f, x).jvp(x, V[: len(x)]),
    "vjp": lambda f, x: fastls.record(f, x).vjp(x, 0.7),
    "second differential": lambda f, x: fastls.record(f, x).second_differential(
        x, V[: len(x)], U[: len(x)]
    ),
    "hessian": lambda f, x: fastls.record(f, x).hessian(x),
    "jacobian": lambda f, x: fastls.record(lambda x: x * f(x), x).jacobian(x, mode="reverse"),
    "gradient of a gradient": lambda f, x: fastls.grad(
        lambda x: np.sum(fastls.grad(f)(x) * V[: len(x)])
    )(x),
    "compiled": lambda f, x: called(fastls.record(f, x).lowlevel(), x),
}


def called(function, x):
    """A C function, by its address."""
    import ctypes

    gradient = np.empty_like(x)
    pointer = ctypes.POINTER(ctypes.c_double)
    kind = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_uint, pointer, pointer, ctypes.c_void_p)
    value = kind(function.address)(
        len(x), x.ctypes.data_as(pointer), gradient.ctypes.data_as(pointer), function.data
    )
    return value, gradient


def assert_identical(found, true):
    if isinstance(true, tuple):
        for one, other in zip(found, true, strict=True):
            assert_identical(one, other)
    else:
        np.testing.assert_array_equal(found, true)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize(("f", "g"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_transform_gives_the_same_bits(f, g, question):
    x = X if g is FUNCTIONS["a chain"][1] else X[:6]
    assert_identical(question(g, x), question(f, x))


@pytest.mark.parametrize(("f", "g"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_ray_and_the_gradient_on_it(f, g):
    """Nearly: at a point whose products are known, sums are formed in another order."""
    x = X if g is FUNCTIONS["a chain"][1] else X[:6]
    one, other = (fastls.record(h, x).along(x, V[: len(x)]) for h in (f, g))
    assert other(0.3) == one(0.3)
    np.testing.assert_allclose(other.gradient(0.3), one.gradient(0.3), rtol=1e-12, atol=1e-14)


def test_along_a_ray_no_product_is_computed_again():
    data = RNG.normal(size=(50, 40))
    f = checkpoint(lambda w: np.sum(np.logaddexp(0.0, data @ w)))
    tape = fastls.record(f, X)
    tape.along(X, V).gradient(0.5)
    path = tape._first_path()
    nodes = needed(path.programs["ray", (0,)].ends["gradient"][1])
    assert sum(str(node.primitive) == "matmul" for node in nodes) == 1  # with the transpose


UNARY = [np.sin, np.tanh, np.exp, np.square, lambda x: x + 1.0, lambda x: np.cumsum(x) / len(x)]


@settings(max_examples=20)
@given(
    calls=st.lists(
        st.tuples(st.sampled_from(UNARY), st.integers(0, 3), st.booleans()), min_size=1, max_size=9
    ),
    length=st.sampled_from([1, 2, 7, 300, 1100]),
)
def test_random_chains_nested_at_random(calls, length):
    def f(x, calls, wrap):
        total = 0.0
        for i, (function, depth, is_summed) in enumerate(calls):

            def part(x, function=function, depth=depth, rest=calls[i + 1 : i + 1 + depth]):
                x = np.tanh(function(x))
                return f(x, [(g, 0, s) for g, _, s in rest], wrap) * x if rest else x

            x = wrap(part)(x)
            if is_summed:
                total = total + np.sum(x * x)
        return total + np.sum(x)

    x = np.random.default_rng(len(calls)).normal(size=length)
    plain = fastls.record(lambda x: f(x, calls, lambda part: part), x)
    tape = fastls.record(lambda x: f(x, calls, checkpoint), x)
    assert_identical(tape.value_and_grad(x), plain.value_and_grad(x))
    assert_identical(tape.hvp(x, x[::-1]), plain.hvp(x, x[::-1]))


@settings(max_examples=5)
@given(steps=st.integers(4, 12), width=st.sampled_from([10, 64, 150]))
def test_the_peak_is_lower(steps, width):
    matrix = np.random.default_rng(width).normal(size=(width, width)) / width

    def several(x):
        for _ in range(4):
            x = np.tanh(matrix @ x)
        return x

    def f(x, part):
        for _ in range(steps):
            x = part(x)
        return np.sum(x)

    x = np.ones(width)
    plain, tape = (fastls.record(lambda x, p=p: f(x, p), x) for p in (several, checkpoint(several)))
    assert_identical(tape.value_and_grad(x), plain.value_and_grad(x))
    assert tape.memory.peak < plain.memory.peak


# How it is used.


@checkpoint
def decorated(x):
    """A step."""
    return np.sin(x) * x


def of_decorated(x):
    return np.sum(decorated(decorated(x)))


def test_a_decorated_function_keeps_its_name_and_pickles():
    assert decorated.__name__ == "decorated"
    assert decorated.__doc__ == "A step."
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    tape = fastls.record(of_decorated, X)
    again = pickle.loads(pickle.dumps(tape))
    assert_identical(again.value_and_grad(X), tape.value_and_grad(X))
    assert again.memory == tape.memory


def test_outside_a_recording_it_is_the_function():
    seen = []

    @checkpoint
    def f(x, *, factor=1.0):
        seen.append(x)
        return factor * x

    marker = np.ones(3)
    np.testing.assert_array_equal(f(marker, factor=2.0), 2.0 * marker)
    assert seen[0] is marker


def test_nested_structures_and_what_the_function_reads_from_outside():
    def f(x, wrap):
        scale = np.exp(x[0])
        part = wrap(lambda given: {"y": [given["x"] * scale, np.sin(given["x"])]})
        y, z = part({"x": x})["y"]
        return np.sum(y * z)

    plain, tape = (fastls.record(lambda x, w=w: f(x, w), X) for w in (lambda g: g, checkpoint))
    assert_identical(tape.value_and_grad(X), plain.value_and_grad(X))
    assert_identical(tape.hessian(X), plain.hessian(X))


def test_a_branch_inside_is_guarded():
    @checkpoint
    def part(x):
        return np.sin(x) if np.sum(x) > 0.0 else x * x * x

    tape = fastls.record(lambda x: np.sum(part(part(x))), np.ones(3))
    for sign in (1.0, -1.0, 1.0):
        x = sign * np.array([0.1, 0.2, 0.3])
        true = np.cos(np.sin(x)) * np.cos(x) if sign > 0 else 9.0 * x**8
        np.testing.assert_allclose(tape.grad(x), true, rtol=1e-13)


def test_a_variable_of_the_function_that_changes_is_noticed():
    factor = 2.0
    f = checkpoint(lambda x: factor * x)
    tape = fastls.record(lambda x: np.sum(f(x)), np.ones(2))
    np.testing.assert_array_equal(tape.grad(np.ones(2)), [2.0, 2.0])
    factor = 3.0
    np.testing.assert_array_equal(tape.grad(np.ones(2)), [3.0, 3.0])


def test_an_exception_comes_through_and_leaves_no_region():
    @checkpoint
    def part(x):
        raise KeyError("lost")

    def f(x):
        try:
            part(x * 2.0)
        except KeyError:
            return np.sum(x * x)

    np.testing.assert_array_equal(fastls.record(f, X).grad(X), 2.0 * X)
    with pytest.raises(KeyError, match="lost"):
        fastls.record(part, X)


def test_a_function_of_one_s_own_is_called_again():
    calls = []

    def value(x):
        calls.append(1)
        return x * x

    square = fastls.primitive(value, vjp=lambda g, y, x: (2.0 * g * x,))
    part = checkpoint(lambda x: np.sin(square(x)))
    tape = fastls.record(lambda x: np.sum(part(x)), X)
    tape.grad(X)
    calls.clear()
    np.testing.assert_allclose(tape.value_and_grad(X)[1], np.cos(X * X) * 2.0 * X)
    assert len(calls) == 2


def test_differentiating_with_respect_to_what_is_computed_again():
    graph = Graph()
    x = graph.input((3,), np.array([0.1, 0.2, 0.3]))
    g = fastls.grad(checkpoint(lambda x: np.sum(np.sin(np.exp(x)))))
    output = np.sum(g(Tracer(graph, x))).node
    (again,) = (node for node, old in graph.originals.items() if str(old.primitive) == "exp")
    (found,) = pullback(graph, [again], [output], [graph.constant(1.0)])
    y = np.exp([0.1, 0.2, 0.3])
    np.testing.assert_allclose(graph.value(found), np.cos(y) - np.sin(y) * y, rtol=1e-13)


def test_the_formula_of_a_gradient_is_written_as_without():
    f = lambda x: np.sum(np.exp(np.sin(x)))  # noqa: E731
    g = lambda x: np.sum(checkpoint(lambda x: np.exp(np.sin(x)))(x))  # noqa: E731
    for what in ("value", "gradient", "differential"):
        assert fastls.record(g, X).formula(what) == fastls.record(f, X).formula(what)


def test_what_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match="f must be callable; got 3"):
        checkpoint(3)
