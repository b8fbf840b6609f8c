"""What every file here asks of its tables: a recorded function is NumPy's, wherever it is replayed.

A row of CALLS is an expression in x (and y) and the shapes it is evaluated for; in an expression of
TABLE the module is NumPy for the tape and for central differences, and autograd's for autograd.
"""

import dis
import warnings

import numpy as np
import pytest

from fastls.tape import TracingError, record

#: Calls that NumPy 2.0 does not take.
SINCE_2_1 = (
    "np.size(x, axis=(0, 1))", "np.clip(x, None, None)", "x.clip(None, None)", "x.clip()",
    "np.clip(x, 0, 1, min=0)", "np.pad(x, {0: (1, 2)})",
    "cumulative_sum", "cumulative_prod",
)  # fmt: skip
IS_2_0 = np.lib.NumpyVersion(np.__version__) < "2.1.0"


def pytest_generate_tests(metafunc):
    tables = {"call": "CALLS", "refused": "REFUSED"}
    for argument, table in tables.items():
        if argument in metafunc.fixturenames:
            rows = [
                pytest.param(code, shapes, id=f"{code} of {' '.join(map(str, shapes))}")
                for code, *cases in getattr(metafunc.module, table)
                if not (IS_2_0 and code in SINCE_2_1)
                for shapes in cases
            ]
            metafunc.parametrize((argument, "shapes"), rows)
    if "row" in metafunc.fixturenames:
        rows = [
            pytest.param(row[1:], id=row[0])
            for row in metafunc.module.TABLE
            if not (IS_2_0 and row[0] in SINCE_2_1)
        ]
        metafunc.parametrize("row", rows)


def drawn(shapes, seed=0):
    generator = np.random.default_rng(seed)
    return [generator.normal(size=shape) if shape else generator.normal() for shape in shapes]


def leaves(value):
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def weighted(function, module, arrays):
    """A number in which all entries of what the function returns count, and differently."""
    total = 0.0
    for i, y in enumerate(leaves(function(module, *arrays))):
        weights = np.random.default_rng(i + 100).normal(size=np.shape(y))
        total = total + np.sum(weights * y) if module is np else total + module.sum(weights * y)
    return total


def slope(function, arrays, directions, step=1e-6):
    ahead = [x + step * d for x, d in zip(arrays, directions, strict=True)]
    behind = [x - step * d for x, d in zip(arrays, directions, strict=True)]
    return (function(*ahead) - function(*behind)) / (2 * step)


def evaluated(code):
    def function(x, y=None):
        return eval(code, {"np": np, "x": x, "y": y})

    return function


def as_array(x):
    """A float has no methods of arrays."""
    return np.asarray(x) if isinstance(x, float) else x


def outcome(function, arrays):
    """What a function returns, or raises."""
    try:
        return function(*arrays), None
    except Exception as error:
        return None, error


@pytest.fixture
def agrees():
    return check_call


@pytest.fixture
def refuses():
    return check_refused


@pytest.fixture
def agrees_in_derivatives():
    return check_derivatives


def check_call(code, shapes):
    with warnings.catch_warnings():  # of empty arrays, and of what NumPy will give up
        warnings.simplefilter("ignore")
        compare(code, shapes)


def compare(code, shapes):
    """Values where it was recorded and elsewhere, slopes, and the kind of what is raised."""
    function, arrays = evaluated(code), [np.asarray(x) for x in drawn(shapes)]
    expected, error = outcome(function, arrays)
    if error is not None:
        _, found = outcome(lambda *arrays: record(function, *arrays), arrays)
        is_kind = isinstance(found, (type(error), TracingError)) or isinstance(error, type(found))
        assert is_kind, f"{found!r} is raised for {error!r}"
        return
    tape = record(function, *arrays)
    for seed in (0, 1):
        arrays = [np.asarray(x) for x in drawn(shapes, seed)]
        expected, error = outcome(function, arrays)
        if error is not None:
            continue
        for y, e in zip(leaves(tape(*arrays)), leaves(expected), strict=True):
            assert np.shape(y) == np.shape(e)
            np.testing.assert_allclose(
                np.asarray(y, float), np.asarray(e, float), rtol=1e-10, atol=1e-12
            )
    if all(np.asarray(e).dtype.kind == "f" for e in leaves(expected)) and all(
        0 not in shape for shape in shapes
    ):
        check_slope(lambda xp, *arrays: function(*map(as_array, arrays)), shapes)


def check_slope(function, shapes):
    def objective(*arrays):
        return weighted(function, np, arrays)

    tape = record(objective, *drawn(shapes), argnums=tuple(range(len(shapes))))
    for seed in (0, 1):
        arrays, directions = drawn(shapes, seed), drawn(shapes, seed + 10)
        expected = slope(objective, arrays, directions)
        if np.isfinite(expected):
            gradient = tape.grad(*arrays)
            found = sum(np.sum(g * d) for g, d in zip(gradient, directions, strict=True))
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


def check_refused(code, shapes):
    function, arrays = evaluated(code), drawn(shapes)
    function(*arrays)  # NumPy does not
    with pytest.raises(TracingError, match="cannot be recorded"):
        record(function, *arrays)


def check_derivatives(function, *shapes):
    """Values, gradients and Hessians, at two points; gradients also against autograd's."""
    tape = record(lambda *arrays: function(np, *arrays), *drawn(shapes))
    for seed in (0, 1):
        arrays = drawn(shapes, seed)
        for y, expected in zip(leaves(tape(*arrays)), leaves(function(np, *arrays)), strict=True):
            assert np.shape(y) == np.shape(expected)
            np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-14)
    check_slope(function, shapes)
    check_hessian(function, shapes)
    if any(step.argval == "xp" for step in dis.get_instructions(function)):
        check_against_autograd(function, shapes)


def check_hessian(function, shapes):
    arrays, directions, others = (drawn(shapes, seed) for seed in (0, 5, 6))
    tape = record(
        lambda *arrays: weighted(function, np, arrays), *arrays, argnums=tuple(range(len(shapes)))
    )

    def along(*arrays):
        return sum(np.sum(g * d) for g, d in zip(tape.grad(*arrays), others, strict=True))

    product = tape.hvp(*arrays, tuple(directions))
    found = sum(np.sum(h * d) for h, d in zip(product, others, strict=True))
    assert found == pytest.approx(slope(along, arrays, directions), rel=1e-5, abs=1e-6)


def check_against_autograd(function, shapes):
    try:
        import autograd
        import autograd.numpy as module
    except ImportError:
        return
    arrays, argnums = drawn(shapes), tuple(range(len(shapes)))
    try:
        expected = autograd.grad(lambda *a: weighted(function, module, a), argnums)(*arrays)
    except Exception:  # autograd has no such function
        return
    tape = record(lambda *a: weighted(function, np, a), *arrays, argnums=argnums)
    for g, e in zip(tape.grad(*arrays), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-10, atol=1e-12)
