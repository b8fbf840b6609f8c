"""What all searches derive from: nothing a user could run, and a method for each that can."""

import pytest

import fastls
from fastls.interval.method import IntervalSearch
from fastls.search.search import Search
from fastls.step.method import StepSearch

INTERVAL = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
STEP = [fastls.Backtracking, fastls.Zoom, fastls.MoreThuente, fastls.HagerZhang]


@pytest.mark.parametrize("kind", INTERVAL + STEP)
def test_every_method_is_a_search(kind):
    assert issubclass(kind, Search)
    assert issubclass(kind, IntervalSearch if kind in INTERVAL else StepSearch)


@pytest.mark.parametrize("kind", INTERVAL + STEP)
def test_every_method_can_be_begun_and_its_dialogue_has_a_result(kind):
    if kind in INTERVAL:
        result = kind().begin((0, 1)).result
        assert type(result) is fastls.Result
    else:
        result = kind().begin(1.0, -1.0).result
        assert type(result) is fastls.Step
    assert result.status == fastls.Status.RUNNING
    assert not result.success


def test_the_class_itself_offers_nothing():
    assert not [name for name in vars(Search) if not name.startswith("_")]


@pytest.mark.parametrize("kind", INTERVAL + STEP)
def test_a_search_has_no_attributes_of_the_users(kind):
    with pytest.raises(AttributeError):
        kind().anything = 1
