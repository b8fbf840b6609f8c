"""The result: a dict whose keys are attributes, as SciPy's."""

import copy
import pickle

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

import fastls
from fastls.descent import Minimum


def test_the_names_of_scipy():
    found = fastls.minimize(lambda x: x @ x, [1.0, 2.0])
    names = {"x", "fun", "jac", "nit", "nfev", "njev", "nhev", "success", "status", "message"}
    assert names <= set(found)
    assert names <= set(dir(found))
    assert OptimizeResult(found).success


def test_attributes_are_keys():
    found = Minimum(fun=1.0)
    assert found.fun == found["fun"] == 1.0
    found.note = "kept"
    assert found["note"] == "kept"
    del found.note
    assert "note" not in found
    assert not hasattr(found, "note")
    with pytest.raises(AttributeError, match="note"):
        del found.note


def test_copies_and_pickles():
    found = Minimum(x=np.ones(2), status=fastls.Status.CONVERGED)
    for again in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert type(again) is Minimum
        np.testing.assert_array_equal(again.x, found.x)


def test_it_shows_its_status_by_name():
    shown = repr(Minimum(status=fastls.Status.CONVERGED, x=np.eye(2)))
    assert shown == "status: CONVERGED\n     x: [[1. 0.]\n         [0. 1.]]"
