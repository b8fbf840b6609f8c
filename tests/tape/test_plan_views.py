"""Views cost nothing, and are those of NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from fastls.tape import record

VIEWS = {
    "transposed": lambda x: x.T,
    "axes in another order": lambda x: np.transpose(x, (1, 2, 0)),
    "reshaped": lambda x: x.reshape(4, -1),
    "reshaped, which needs a copy": lambda x: x.T.reshape(4, -1),
    "broadcast": lambda x: np.broadcast_to(x[:, :1], (2, 3, 4)),
    "with an axis more": lambda x: x[:, None, ..., None],
    "backwards": lambda x: x[::-1, ::2, ::-3],
    "nothing": lambda x: x[:, 3:],
}


@pytest.mark.parametrize("before", [lambda x: x, np.sin], ids=["as given", "computed in blocks"])
@pytest.mark.parametrize("after", [lambda x: x, np.exp, np.sum], ids=["", "exp", "sum"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_is_that_of_numpy(view, before, after):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))

    def f(x):
        return after(view(before(x)))

    np.testing.assert_allclose(record(f, x)(x), f(x), rtol=1e-14)


@given(st.data(), npst.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
def test_any_view_of_any_view(data, shape):
    first = data.draw(npst.basic_indices(shape, allow_newaxis=True))
    x = np.arange(float(np.prod(shape))).reshape(shape)
    second = data.draw(npst.basic_indices(x[first].shape)) if np.ndim(x[first]) else ()

    def f(x):
        return (2.0 * x[first])[second]

    np.testing.assert_array_equal(record(f, x)(x), f(x))


def test_views_need_no_memory():
    path = record(lambda x: np.sum(x.T[::-1, 1:].T), np.ones((500, 500)))._first_path()
    assert path.program_for("value").memory <= 1024


def test_every_axis_of_length_one_or_none():
    x = np.arange(6.0).reshape(1, 3, 1, 2, 1)
    tape = record(lambda x: np.sum(np.transpose(x, (4, 1, 0, 3, 2)) * x, axis=(0, 2)), x)
    np.testing.assert_array_equal(tape(x), np.sum(x * x, axis=(0, 2)))
