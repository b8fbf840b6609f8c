"""NumPy's inner loops: an address where there is a loop, None where there is none."""

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.numpy_loops import loop


@pytest.mark.parametrize(
    ("ufunc", "types"),
    [(np.exp, "d->d"), (np.add, "dd->d"), (np.less, "dd->?"), (np.logical_and, "??->?"),
     (np.matmul, "dd->d"), (np.isnan, "d->?")],
    ids=lambda value: getattr(value, "__name__", value),
)  # fmt: skip
def test_a_loop_is_an_address(ufunc, types):
    address, data = loop(ufunc, types)
    assert address > 0
    assert data >= 0


@pytest.mark.parametrize(
    ("ufunc", "types"),
    [(np.exp, "dd->d"), (np.exp, "q->q"), (np.sum, "d->d"), (lambda x: x, "d->d"), (None, "d->d")],
    ids=["arity", "types", "function", "lambda", "None"],
)
def test_what_has_no_loop_gives_none(ufunc, types):
    assert loop(ufunc, types) is None


def test_loops_of_other_types_are_others():
    assert loop(np.add, "dd->d") != loop(np.add, "ff->f")
    assert loop(np.add, "dd->d")[0] != loop(np.subtract, "dd->d")[0]


def test_a_ufunc_made_in_python_has_no_loop_to_be_called_without_the_gil():
    assert loop(np.frompyfunc(lambda x: x, 1, 1), "d->d") is None


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 63, 64, 65, 1000])
@pytest.mark.parametrize("step", [1, 2, -1, -3])
def test_the_loops_are_called_with_the_right_lengths_and_strides(n, step):
    x = np.random.default_rng(0).normal(size=3 * n)
    tape = record(lambda x: np.exp(x[::step]) + np.tanh(x[::step]), x)
    np.testing.assert_allclose(
        tape(x), np.exp(x[::step]) + np.tanh(x[::step]), rtol=4e-16, atol=4e-16
    )
