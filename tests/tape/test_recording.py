"""What can be asked of a function: the rows, their vectors, and their results."""

from fractions import Fraction

import numpy as np
import pytest

from fastls.tape import grad, record
from fastls.tape.recording import (
    PURPOSES,
    differentiated,
    jacobian_purpose,
    places,
    read_vector,
    split,
    too_few,
    traced,
)

X = np.array([0.3, -0.7])
V = np.array([2.0, 1.0])

# Of x ↦ x₀ x₁ at X, along V (and 1 for what is in the space of values).
ROWS = {
    "value": -0.21,
    "gradient": [-0.7, 0.3],
    "value and gradient": (-0.21, [-0.7, 0.3]),
    "differential": -1.1,
    "cotangent": [-0.7, 0.3],
    "jvp": (-0.21, -1.1),
    "vjp": (-0.21, [-0.7, 0.3]),
    "hvp": [1.0, 2.0],
    "second differential": 4.0,
    "jacobian, auto": [-0.7, 0.3],
    "jacobian, forward": [-0.7, 0.3],
    "jacobian, reverse": [-0.7, 0.3],
    "hessian": [[0.0, 1.0], [1.0, 0.0]],
}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_row_means_the_same_of_a_tape_and_inside_a_recording(purpose):
    tape = record(lambda x: x[0] * x[1], np.ones(2))
    vectors = [V if space == "x" else 1.0 for space in PURPOSES[purpose].vectors.values()]
    outer = record(lambda x: tape._answer(purpose, (x, *vectors)), np.ones(2))
    for found in (tape._answer(purpose, (X, *vectors)), outer(X)):
        expected = ROWS[purpose]
        assert isinstance(found, tuple) == isinstance(expected, tuple)
        pairs = (
            zip(found, expected, strict=True) if isinstance(found, tuple) else [(found, expected)]
        )
        for one, other in pairs:
            np.testing.assert_allclose(one, other, rtol=1e-15)


def test_places_are_counted_from_the_first():
    assert places(-1, 3) == (2,)
    assert places((0, -1), 3) == (0, 2)
    with pytest.raises(ValueError, match=r"of which there are 2; got 2"):
        places((0, 2), 2)


@pytest.mark.parametrize("argnums", [(0, 0), (0, -3)])
def test_no_argument_is_differentiated_twice(argnums):
    with pytest.raises(ValueError, match="each argument once"):
        places(argnums, 3)


@pytest.mark.parametrize("value", [True, None, "text", Fraction(1, 2)], ids=repr)
def test_what_is_differentiated_is_a_number(value):
    with pytest.raises(TypeError, match=r"must be of real numbers and arrays; got"):
        record(lambda x: 1.0, value)
    with pytest.raises(TypeError, match=r"must be of real numbers and arrays; got"):
        grad(lambda x: 1.0)(value)


@pytest.mark.parametrize("argnums", [[0, 1], "0", 0.0, (0, None)])
def test_places_are_integers(argnums):
    with pytest.raises(TypeError, match="an integer or a tuple of integers"):
        places(argnums, 3)


def test_vectors_follow_the_arguments():
    assert split((1, 2, 3), PURPOSES["second differential"]) == ((1,), (2, 3))
    with pytest.raises(TypeError, match="dx1, dx2 must follow the arguments"):
        split((1,), PURPOSES["second differential"])


def test_a_vector_has_the_structure_expected():
    leaf = ("leaf", (2,))
    assert read_vector("v", V, leaf)[0] is V
    with pytest.raises(ValueError, match=r"v must have the structure \(2,\); got \(3,\)$"):
        read_vector("v", np.ones(3), leaf)
    with pytest.raises(
        ValueError, match=r"got \[\(\), \(\)\]; in place of the list pass np\.array"
    ):
        read_vector("v", [1.0, 2.0], leaf)


def test_what_is_missing_is_named():
    assert too_few("gradient", [], 1, 0) == "gradient: give the argument; got 0 of 1"
    assert too_few("hvp", ["v"], 1, 1) == "hvp: give the argument, then v; got 1 of 2"
    assert too_few("jacobian, auto", [], 2, 1) == "jacobian: give 2 arguments; got 1 of 2"


def forgetful(x):
    np.sum(x)


@pytest.mark.parametrize(
    "f", [forgetful, lambda x: grad(forgetful)(x)], ids=["a function", "one inside"]
)
def test_a_forgotten_return_is_noticed(f):
    with pytest.raises(TypeError, match="the function returned None; is its return statement miss"):
        record(f, X)


@pytest.mark.parametrize(
    "f",
    [lambda x: np.sum(x**2), lambda x: x @ x, lambda x: x.sum(), lambda x: -x, lambda x: 0.5 * x],
    ids=["a power", "a product", "a method", "a sign", "a multiple"],
)
def test_a_list_that_is_taken_for_an_array_is_told_what_to_be(f):
    hint = "argument 0 is a list; in place of the list pass np.array(...), of the shape (2,)"
    with pytest.raises((TypeError, AttributeError)) as raised:
        grad(f)([1.0, 2.0])
    assert raised.value.__notes__ == [hint]


def test_other_errors_have_no_such_hint():
    def wrong(x):
        raise TypeError("of the user's own")

    def square(x):
        return x**2

    for f, x in ((wrong, [1.0, 2.0]), (square, {"a": 1.0}), (square, [1.0, np.ones(2)])):
        with pytest.raises(TypeError) as raised:
            grad(f)(x)
        assert not hasattr(raised.value, "__notes__")


def test_what_is_differentiated_has_the_structure_of_argnums():
    assert differentiated("abc", -1) == "c"
    assert differentiated("abc", (1,)) == ("tuple", ("b",))


def test_nothing_is_traced_in_plain_values():
    assert traced([1.0, {"a": (X, None)}]) == []


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match=r"mode must be .*; got 'sideways'"):
        jacobian_purpose("sideways")
