"""What a search hands back reads like SciPy's OptimizeResult."""

import copy
import math
import pickle

import numpy as np
import pytest

import fastls
from fastls import Status
from fastls.search.result import table

FIELDS = ["message", "success", "status", "fun", "x", "interval", "nfev", "nit", "trace"]


@pytest.fixture
def result():
    return fastls.GoldenSection(1e-2).minimize(math.cosh, (-1, 2), trace=True)


def test_fields_are_attributes_and_keys(result):
    assert result.keys() == FIELDS
    for field in FIELDS:
        value = getattr(result, field)
        assert result[field] is value or np.array_equal(result[field], value)
    assert list(dict(result)) == list(result) == FIELDS
    assert len(result) == len(FIELDS)
    assert "x" in result
    assert "jac" not in result


def test_types(result):
    kinds = {"x": float, "fun": float, "interval": tuple, "nfev": int, "nit": int}
    kinds |= {"success": bool, "status": Status, "message": str, "trace": np.ndarray}
    assert {field: type(result[field]) for field in kinds} == kinds


def test_an_unknown_key(result):
    with pytest.raises(KeyError, match="jac"):
        result["jac"]


def test_a_field_that_is_none_cannot_be_set(result):
    with pytest.raises(AttributeError, match="jac"):
        result.jac = 1.0
    with pytest.raises(AttributeError, match="jac"):
        result["jac"] = 1.0


def test_it_prints_itself(result):
    text = repr(result)
    for field in FIELDS:
        assert f"{field}: " in text
    assert "CONVERGED" in text
    assert "trace" not in repr(fastls.Brent().minimize(math.cosh, (-1, 2)))


def test_there_is_no_trace_unless_asked_for():
    assert fastls.Brent().minimize(math.cosh, (-1, 2)).trace is None


def pickled_and_back(result):
    return pickle.loads(pickle.dumps(result))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled_and_back])
def test_copies(result, again):
    other = again(result)
    assert repr(other) == repr(result)
    assert other.status is Status.CONVERGED


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("f", [math.cosh, lambda x: math.nan, lambda x: -math.inf])
def test_every_result_is_pickled_whatever_its_status(f, protocol):
    found = fastls.Brent(1e-3).minimize(f, (-1, 2))
    again = pickle.loads(pickle.dumps(found, protocol))
    assert dict(again) == dict(found)
    unfinished = fastls.Brent().begin((-1, 2)).result
    again = pickle.loads(pickle.dumps(unfinished, protocol))
    assert again.status is Status.RUNNING
    assert repr(again) == repr(unfinished)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled_and_back])
@pytest.mark.parametrize("put", [np.float64(1.5), np.array([1.5])], ids=repr)
def test_copies_keep_what_was_put_in_place(result, again, put):
    result.x = result.fun = put
    other = again(result)
    for field in ("x", "fun"):
        assert type(other[field]) is type(put)
        assert np.array_equal(other[field], put)


def test_scipy_puts_its_own_numbers_in_place(result):
    result.fun = np.float64(3.0)
    result["x"] = np.array([1.0])
    assert type(result.fun) is np.float64
    assert result.x.shape == (1,)
    result.nfev += 3
    assert result["nfev"] == result.nfev


@pytest.mark.parametrize("field", ["status", "success", "message", "interval"])
def test_what_the_search_says_cannot_be_changed(result, field):
    with pytest.raises(AttributeError):
        setattr(result, field, None)


def test_it_is_made_by_a_search_only():
    with pytest.raises(TypeError, match="made by a search"):
        fastls.Result()


def test_it_reads_like_a_dictionary(result):
    assert dict(result.items()).keys() == set(FIELDS)
    assert result.values()[3] == result.fun
    assert result.get("x") == result.x
    assert result.get("jac") is None
    assert result.get("jac", 3) == 3


# Of a search for a step.

STEP_FIELDS = [
    "message", "success", "status", "alpha", "value", "slope", "value0", "slope0", "condition",
    "nfev", "ngev", "x", "grad", "trace",
]  # fmt: skip


@pytest.fixture
def step():
    return fastls.Zoom().step(
        lambda x: float(x @ x), lambda x: 2 * x, [1.0, 2.0], [-3.0, -5.0], trace=True
    )


def test_the_fields_of_a_step(step):
    assert step.keys() == list(step) == list(dict(step)) == STEP_FIELDS
    for field in STEP_FIELDS:
        value = getattr(step, field)
        assert step[field] is value or np.array_equal(step[field], value)
    kinds = {"alpha": float, "value": float, "slope": float, "value0": float, "slope0": float}
    kinds |= {"nfev": int, "ngev": int, "success": bool, "status": Status, "message": str}
    kinds |= {"condition": fastls.StrongWolfe, "x": np.ndarray, "grad": np.ndarray}
    kinds |= {"trace": np.ndarray}
    assert {field: type(step[field]) for field in kinds} == kinds


def test_a_step_prints_itself(step):
    text = repr(step)
    for field in STEP_FIELDS:
        assert f"{field}: " in text
    assert "CONVERGED" in text
    # What is None is left out.
    short = repr(fastls.Zoom().search(lambda a: ((a - 1) ** 2, 2 * (a - 1))))
    assert "grad" not in short
    assert "trace" not in short


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled_and_back])
def test_copies_of_a_step(step, again):
    other = again(step)
    assert type(other) is fastls.Step
    assert repr(other) == repr(step)
    assert other.condition == step.condition
    assert other.status is Status.CONVERGED


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "phi",
    [
        lambda a: ((a - 1) ** 2, 2 * (a - 1)),
        lambda a: (math.nan, -1.0),
        lambda a: (1.0, 0.0),
        lambda a: (1.0, 1.0),
        lambda a: (-a, -1.0),
    ],
)
def test_every_step_is_pickled_whatever_its_status(phi, protocol):
    found = fastls.Zoom().search(phi)
    again = pickle.loads(pickle.dumps(found, protocol))
    assert repr(again) == repr(found)
    unfinished = fastls.Zoom().begin(1.0, -1.0).result
    again = pickle.loads(pickle.dumps(unfinished, protocol))
    assert again.status is Status.RUNNING


@pytest.mark.parametrize("field", ["status", "success", "message"])
def test_what_a_step_says_cannot_be_changed(step, field):
    with pytest.raises(AttributeError):
        setattr(step, field, None)


def test_a_step_is_made_by_a_search_only():
    with pytest.raises(TypeError, match="made by a search"):
        fastls.Step()


def test_an_unknown_key_of_a_step(step):
    with pytest.raises(KeyError, match="fun"):
        step["fun"]
    assert step.get("fun") is None
    assert "alpha" in step
    assert len(step) == len(STEP_FIELDS)


@pytest.mark.parametrize(
    ("phi", "status"),
    [
        (lambda a: ((a - 1) ** 2, 2 * (a - 1)), Status.CONVERGED),
        (lambda a: (1.0, 0.0), Status.STATIONARY),
        (lambda a: (1.0, 1.0), Status.NOT_DESCENT),
        (lambda a: (-a, -1.0), Status.UNBOUNDED),
        (lambda a: (abs(a - 0.7), math.copysign(1.0, a - 0.7)), Status.RESOLUTION),
    ],
)
def test_the_success_of_a_step(phi, status):
    """Resolution is none here: no step was found that satisfies the condition."""
    found = fastls.Zoom().search(phi)
    assert found.status == status
    assert found.success == (status in (Status.CONVERGED, Status.STATIONARY))
    assert (found.condition is not None) == found.success
    assert found.message == status.message


def test_a_matrix_is_printed_with_its_rows_below_each_other():
    step = fastls.Zoom().step(lambda x: np.sum(x**2), lambda x: 2 * x, np.eye(2), -2 * np.eye(2))
    lines = repr(step).splitlines()
    first = next(i for i, line in enumerate(lines) if line.strip().startswith("grad:"))
    assert lines[first + 1].index("[") == lines[first].index("[") + 1
    assert table({"x": np.eye(2), "fun": 1.0}, 4) == "   x: [[1. 0.]\n       [0. 1.]]\n fun: 1.0"
