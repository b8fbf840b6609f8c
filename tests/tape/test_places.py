"""Places: which views are without gaps, and loops that have to be there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from fastls.tape.places import View, contiguous, found


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (4, 1, 2)])
@pytest.mark.parametrize("dtype", [float, bool])
def test_contiguous_strides_are_numpy_s(shape, dtype):
    array = np.zeros(shape, dtype)
    assert contiguous(shape, array.itemsize) == array.strides
    assert View(0, 0, shape, array.strides, array.dtype.kind).is_contiguous


def test_a_view_with_gaps_is_not_contiguous():
    assert not View(0, 0, (2, 3), (48, 8), "f").is_contiguous


def test_a_loop_that_is_not_there_is_noticed():
    assert found(np.add, "dd->d")
    with pytest.raises(AssertionError):
        found(np.add, "no->d")


def place_of(part, whole):
    """A view of an array, as the place of its entries in that array's memory."""
    offset = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    return View(0, offset, part.shape, part.strides, "f")


@given(st.data(), npst.array_shapes(min_dims=0, max_dims=4))
def test_a_part_is_where_numpy_finds_it(data, shape):
    x = np.zeros(shape)
    index = tuple(
        data.draw(st.integers(0, n - 1) | st.slices(n), label=f"of axis {i}")
        for i, n in enumerate(shape)
    )
    part = x[(*index, ...)]
    found = place_of(x, x).part(index)
    assert found.shape == part.shape
    if part.size:
        assert found == place_of(part, x)


@given(npst.mutually_broadcastable_shapes(num_shapes=2, max_dims=4))
def test_what_is_spread_is_broadcast(shapes):
    shape, _ = shapes.input_shapes
    x = np.zeros(shape)
    found = place_of(x, x).spread(shapes.result_shape)
    expected = np.broadcast_to(x, shapes.result_shape)
    assert found.shape == expected.shape
    for length, step, true in zip(found.shape, found.strides, expected.strides, strict=True):
        assert length == 1 or step == true
