"""Structures: what is a leaf, what a constant; and a known structure read, or left alone."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls.tape.structure import (
    as_input,
    describe,
    fits,
    flatten,
    kind_of,
    unflatten,
    without_static,
)


class Pair(NamedTuple):
    a: object
    b: object


def structure_of(value, is_traced=True):
    return flatten(value, is_traced, [])


nested = st.recursive(
    st.floats(-9, 9) | st.none() | st.sampled_from(["name", True]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.builds(Pair, inner, inner)
        | st.dictionaries(st.sampled_from("abc"), inner)
    ),
    max_leaves=8,
)


@given(nested)
def test_a_value_is_its_structure_and_its_leaves(value):
    leaves = []
    structure = flatten(value, True, leaves)
    hash(structure)
    again = unflatten(structure, leaves)
    assert again == value
    assert type(again) is type(value)


def test_arrays_are_leaves_of_their_shape():
    leaves = []
    array = np.ones((2, 3))
    assert flatten([array, 1.0], True, leaves) == ("list", (("leaf", (2, 3)), ("leaf", ())))
    assert leaves[0] is array


def test_integers_are_leaves_where_they_are_traced():
    assert structure_of(3) == ("leaf", ())
    assert structure_of(np.arange(2)) == ("leaf", (2,))
    assert structure_of(3, is_traced=False) == ("static", 3, "int")
    assert structure_of(np.arange(2), is_traced=False)[0] == "static array"
    np.testing.assert_array_equal(
        unflatten(structure_of(np.arange(4).reshape(2, 2), is_traced=False), []), [[0, 1], [2, 3]]
    )


@pytest.mark.parametrize("kind", [np.ma.MaskedArray, np.matrix])
def test_arrays_with_a_meaning_of_their_own_are_refused(kind):
    with pytest.raises(TypeError, match="a meaning of its own"):
        structure_of([np.ones((1, 2)).view(kind)])


def containing_itself():
    found = [1.0]
    found.append(found)
    return found


def deep():
    found = 1.0
    for _ in range(60_000):
        found = [found]
    return found


@pytest.mark.parametrize("make", [containing_itself, deep])
def test_what_nests_without_end_is_refused(make):
    value = make()
    with pytest.raises(RecursionError):
        structure_of(value)
    with pytest.raises(RecursionError):
        fastls.record(lambda x, nested: np.sum(x), np.ones(3), {"inside": value})
    with pytest.raises(RecursionError):
        fastls.record(lambda x: np.sum(np.array([x[0], value], dtype=float)), np.ones(3))
    while isinstance(value, list):  # or Python itself might take all of its stack to let go of it
        value = value.pop()


def test_a_duration_is_no_integer():
    with pytest.raises(TypeError, match="dtype timedelta64"):
        structure_of(np.timedelta64(3, "D"))


@pytest.mark.parametrize("dtype", [complex, object, "U3", "M8[s]", [("a", float)]], ids=str)
def test_arrays_of_other_things_than_real_numbers_are_refused(dtype):
    with pytest.raises(TypeError, match=r"dtype"):
        structure_of(np.zeros(2, dtype=dtype))


def test_kinds():
    assert [kind_of(value) for value in ([], (), Pair(1, 2))] == ["list", "tuple", Pair]


def test_constants_do_not_count_among_shapes():
    one, other = (structure_of({"x": 1.0, "how": how}) for how in ("sum", "max"))
    assert one != other
    assert without_static(one) == without_static(other)


def test_descriptions():
    value = {"w": np.ones((2, 3)), "b": [1.0, (None,)]}
    assert describe(structure_of(value)) == "{'w': (2, 3), 'b': [(), (constant)]}"


def test_an_integer_is_a_number_where_one_is_in_the_other_structure():
    other = structure_of({"w": np.ones(2), "b": (1.0, 3)}, is_traced=False)
    found = flatten({"w": np.arange(2), "b": (1, 3), "c": 4}, False, [], other)
    assert found == ("dict", (
        ("w", ("leaf", (2,))), ("b", ("tuple", (("leaf", ()), ("static", 3, "int")))),
        ("c", ("static", 4, "int")),
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "given", "do_fit"),
    [
        ([2, np.arange(3)], [2.0, np.ones(3)], True),
        ({"a": 2}, {"a": 0.5}, True),
        ([np.ones(3)], [np.ones(3)], True),
        (["sum", 1], ["max", np.arange(2)], True),
        ([np.arange(3)], [np.ones(2)], False),
        ([2], [np.ones(2)], False),
        ([True], [1.0], False),
        ({"a": 2}, {"b": 2}, False),
        ([2], (2,), False),
        ([2], [2, 3], False),
        ([2.0], ["name"], False),
    ],
    ids=repr,
)
def test_structures_that_fit(recorded, given, do_fit):
    assert fits(*(structure_of(value, is_traced=False) for value in (given, recorded))) == do_fit


UNALIGNED = np.zeros(17, "u1")[1:].view("f8")


@pytest.mark.parametrize(
    "value",
    [1, 2.0, np.float32(3), [1, 2], np.arange(3), np.ones((2, 2)).T, np.ones(4)[::2],
     np.ones(2, dtype=">f8"), np.ones(2, dtype="f4"), UNALIGNED],
    ids=repr,
)  # fmt: skip
def test_inputs_are_float64_in_order(value):
    array = as_input(value)
    assert array.dtype == np.float64
    assert array.dtype.isnative
    assert array.flags.carray or not array.flags.writeable
    assert array.flags.aligned
    np.testing.assert_array_equal(array, value)


def test_what_is_in_order_is_not_copied():
    array = np.ones(3)
    array.flags.writeable = False
    assert as_input(array) is array
