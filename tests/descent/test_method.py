"""The parameters that all methods have."""

import pickle

import pytest

import fastls
from fastls.descent.minimize import METHODS


@pytest.mark.parametrize("kind", METHODS.values(), ids=METHODS)
def test_what_a_method_shows_and_stores_is_all_there_is(kind):
    method = kind(search=fastls.Zoom(c2=0.3), initial_step=0.5, gtol=1e-3, norm=2, maxiter=7)
    for copy in (pickle.loads(pickle.dumps(method)), method.replaced()):
        assert type(copy) is kind
        assert repr(copy) == repr(method)
    for name in method.names():
        assert f"{name}={getattr(method, name)!r}" in repr(method)
    assert method.replaced(maxiter=9).maxiter == 9


@pytest.mark.parametrize("kind", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"gtol": -1.0}, ValueError, "gtol must be a number >= 0; got -1.0"),
        ({"xtol": float("nan")}, ValueError, "xtol must be a number >= 0; got nan"),
        ({"norm": 0.5}, ValueError, "norm must be the order of a norm, >= 1 or inf; got 0.5"),
        ({"maxiter": -1}, ValueError, "maxiter must be an integer >= 0 or None; got -1"),
        ({"maxfun": 1.5}, TypeError, "maxfun must be an integer >= 0 or None; got 1.5"),
        ({"search": "zoom"}, TypeError, "search must be a search for a step"),
        ({"initial_step": "long"}, ValueError, "initial_step must be a number or one of"),
    ],
)
def test_parameters_are_checked_when_a_method_is_made(kind, parameters, error, message):
    with pytest.raises(error, match=message):
        kind(**parameters)
