"""Places: which views are without gaps, and loops that have to be there."""

import numpy as np
import pytest

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
