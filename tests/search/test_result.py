"""What a search hands back reads like SciPy's OptimizeResult."""

import copy
import math
import pickle

import numpy as np
import pytest

import fastls
from fastls import Status

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
