"""Our loops for elementary functions: as accurate as NumPy's, and right at every special value."""

import ctypes

import numpy as np
import pytest

from fastls.tape import numpy_loops
from fastls.tape.elementary import OF_FEW, OURS, loop

mpmath = pytest.importorskip("mpmath")

LOOP = ctypes.CFUNCTYPE(
    None, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_ssize_t),
    ctypes.POINTER(ctypes.c_ssize_t), ctypes.c_void_p,
)  # fmt: skip
SPECIAL = np.array([
    0.0, -0.0, np.inf, -np.inf, np.nan, 1e-310, -1e-310, 1e308, -1e308, 709.78, 709.79, -745.1,
    -746.0, -1.0, np.nextafter(-1.0, -2.0), np.nextafter(-1.0, 0.0), 5e-324, 1.0, 0.625, 1e-8,
])  # fmt: skip
EXACT = {
    np.exp: mpmath.exp,
    np.log: mpmath.log,
    np.log1p: mpmath.log1p,
    np.tanh: mpmath.tanh,
    np.logaddexp: lambda a, b: max(a, b) + mpmath.log1p(mpmath.exp(-abs(a - b))),
}
ROWS = list(OURS)


def call(row, *arrays, out=None):
    """The loop, with the strides that the arrays have."""
    arrays = [np.asarray(array, dtype=float) for array in arrays]
    out = np.empty(max(array.size for array in arrays)) if out is None else out
    operands = [*arrays, out]
    function, data = loop(*row)
    LOOP(function)(
        (ctypes.c_void_p * len(operands))(*(array.ctypes.data for array in operands)),
        (ctypes.c_ssize_t * 1)(max(array.size for array in operands)),
        (ctypes.c_ssize_t * len(operands))(*(a.strides[0] if a.ndim else 0 for a in operands)),
        data,
    )
    return out


def points(ufunc):
    rng = np.random.default_rng(0)
    small = np.concatenate([rng.uniform(-2.0, 2.0, 3000), 10.0 ** rng.uniform(-20.0, 0.0, 500)])
    if ufunc is np.exp:
        return [np.concatenate([small, rng.uniform(-745.0, 709.7, 3000)])]
    if ufunc is np.log:
        near_one = 1.0 + rng.uniform(-0.3, 0.5, 1000)
        return [
            np.concatenate([small[small > 0.0], near_one, 10.0 ** rng.uniform(-323.0, 308.0, 3000)])
        ]
    if ufunc is np.log1p:
        return [np.concatenate([small[small > -1.0], 10.0 ** rng.uniform(0.0, 300.0, 1000)])]
    if ufunc is np.tanh:
        return [np.concatenate([small, rng.uniform(-25.0, 25.0, 1000)])]
    return [
        np.concatenate([np.zeros(2000), rng.uniform(-3.0, 3.0, 2000)]),
        np.concatenate([rng.uniform(-40.0, 40.0, 2000), rng.uniform(-3.0, 3.0, 2000)]),
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_the_error_is_at_most_two_units_in_the_last_place(row):
    arrays = points(row[0])
    with mpmath.workprec(120):
        found = call(row, *arrays)
        for y, *x in zip(found.tolist(), *(array.tolist() for array in arrays), strict=True):
            exact = EXACT[row[0]](*map(mpmath.mpf, x))
            # Of a sum that cancels, the error is that of its terms.
            unit = np.spacing(max(abs(float(exact)), max(map(abs, x)) if len(x) == 2 else 0.0))
            assert abs(mpmath.mpf(y) - exact) <= 2.0 * mpmath.mpf(float(unit)), x


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_special_values_are_those_of_numpy(row):
    arrays = [SPECIAL]
    if row[0].nin == 2:
        arrays = [grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL)]
    with np.errstate(all="ignore"):
        expected = row[0](*arrays)
    found = call(row, *arrays)
    np.testing.assert_allclose(found, expected, rtol=4e-16, atol=1e-323)
    if row[0].nin == 1:
        numbers = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
@pytest.mark.parametrize("n", [1, 3, 255, 256, 257, 1000])
def test_strides_and_lengths_make_no_difference(row, n):
    x = np.random.default_rng(n).standard_normal(3 * n)
    arrays = [x[:n]] if row[0].nin == 1 else [x[:n], np.ascontiguousarray(x[n : 2 * n])]
    expected = call(row, *arrays)
    spread = [np.repeat(array, 3)[::3] for array in arrays]
    np.testing.assert_array_equal(call(row, *spread), expected)
    out = np.full(2 * n, 7.0)
    call(row, *arrays, out=out[::2])
    np.testing.assert_array_equal(out[::2], expected)
    np.testing.assert_array_equal(out[1::2], 7.0)
    np.testing.assert_array_equal(call(row, *[a[::-1] for a in arrays]), expected[::-1])
    aliased = arrays[-1].copy()
    np.testing.assert_array_equal(call(row, *arrays[:-1], aliased, out=aliased), expected)


def test_a_number_and_an_array():
    row = (np.logaddexp, "dd->d")
    x = np.linspace(-3.0, 3.0, 50)
    np.testing.assert_array_equal(call(row, 0.0, x), call(row, np.zeros(50), x))
    np.testing.assert_array_equal(call(row, x, np.array(0.5)), call(row, x, np.full(50, 0.5)))


def test_arithmetic_on_few_numbers_and_on_many_is_that_of_numpy():
    rng = np.random.default_rng(1)
    for ufunc, types in OF_FEW:
        for n in (1, 2, 31, 32, 33, 100):
            for arrays in (
                (SPECIAL, rng.standard_normal(n)),
                (rng.standard_normal(n), rng.standard_normal(n)),
            ):
                arrays = [np.resize(array, n) for array in arrays][: ufunc.nin]
                with np.errstate(all="ignore"):
                    expected = ufunc(*arrays)
                row = (ufunc, types)
                np.testing.assert_array_equal(call(row, *arrays), expected)
                np.testing.assert_array_equal(call(row, *[a[::-1] for a in arrays]), expected[::-1])
                out = arrays[0].copy()
                np.testing.assert_array_equal(call(row, out, *arrays[1:], out=out), expected)
                for i in range(ufunc.nin) if ufunc.nin == 2 else ():
                    one = [np.array(a[-1]) if i == j else a for j, a in enumerate(arrays)]
                    with np.errstate(all="ignore"):
                        np.testing.assert_array_equal(call(row, *one), ufunc(*one))


def test_sums_of_all_entries_are_those_of_numpy():
    x, total = np.arange(1.0, 21.0), np.array([0.5])
    call((np.add, "dd->d"), total[0:1].reshape(()), x, out=total.reshape(()))
    assert total[0] == 0.5 + x.sum()


def test_on_one_number_all_but_tanh_are_numpys():
    for row in [*OURS, *OF_FEW, (np.sin, "d->d")]:
        if row[0] is not np.tanh:
            assert loop(*row, of_number=True) == numpy_loops.loop(*row)
    assert loop(np.tanh, "d->d", of_number=True) == loop(np.tanh, "d->d")


def test_other_loops_are_numpys():
    assert loop(np.sin, "d->d") == numpy_loops.loop(np.sin, "d->d")
    assert loop(np.exp, "f->f") == numpy_loops.loop(np.exp, "f->f")
    assert loop(np.add, "no such types") is None
