"""Ask and tell: the same search, without a callback."""

import functools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

import fastls
from fastls import Status

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
every_search = pytest.mark.parametrize("search", SEARCHES)


def converse(dialogue, f):
    """Answer every question."""
    asked = []
    while (x := dialogue.ask()) is not None:
        asked.append(x)
        dialogue.tell(f(x))
    return asked


@every_search
@given(
    a=st.floats(-1e3, 1e3),
    width=st.floats(0, 1e3),
    centre=st.floats(-1e3, 1e3),
    power=st.sampled_from([0.5, 1, 2, 3]),
    wall=st.floats(-1e3, 1e3),
    height=st.sampled_from([1.0, math.inf, math.nan, -math.inf]),
    parameters=st.fixed_dictionaries(
        {},
        optional={
            "xtol": st.sampled_from([0.0, 1e-3]),
            "maxiter": st.integers(1, 20),
            "rtol": st.sampled_from([0.0, 1e-3]),
        },
    ),
)
def test_it_asks_for_the_points_that_minimize_would_evaluate(
    search, a, width, centre, power, wall, height, parameters
):
    def f(x):
        return height if x > wall else abs(x - centre) ** power

    interval = (a, a + width)
    method = search(**parameters)
    found = method.minimize(f, interval, trace=True)
    dialogue = method.begin(interval)
    asked = converse(dialogue, f)
    result = dialogue.result
    assert asked == found.trace["x"].tolist()
    assert result.trace.tobytes() == found.trace.tobytes()  # NaN included
    for field in ("x", "fun", "interval", "nfev", "nit", "status", "success", "message"):
        assert result[field] == found[field]


@every_search
def test_a_middle_or_a_bracket_to_begin_with(search):
    interval = (0, 0.5, 9)
    dialogue = search().begin(interval)
    assert converse(dialogue, math.cosh)[0] == (4.5 if search is fastls.Dichotomy else 0.5)
    bracket = fastls.bracket(math.cosh, 3, 4)
    assert bracket.mid not in converse(search().begin(bracket), math.cosh)


@every_search
def test_asking_again_is_no_new_question(search):
    dialogue = search().begin((0, 1))
    assert dialogue.ask() == dialogue.ask() == dialogue.ask()
    dialogue.tell(1.0)
    assert dialogue.ask() != dialogue.result.trace["x"][0]


@every_search
def test_nothing_is_told_that_was_not_asked(search):
    dialogue = search().begin((0, 1))
    with pytest.raises(RuntimeError, match=r"tell\(\) must follow an ask\(\)"):
        dialogue.tell(1.0)
    dialogue.ask()
    dialogue.tell(1.0)
    with pytest.raises(RuntimeError, match=r"tell\(\) must follow an ask\(\)"):
        dialogue.tell(1.0)
    assert dialogue.result.nfev == 1


@every_search
def test_after_the_end_nothing_is_asked_or_heard(search):
    dialogue = search().begin((0, 1))
    converse(dialogue, math.cosh)
    assert dialogue.ask() is None
    with pytest.raises(RuntimeError, match="the search has ended"):
        dialogue.tell(1.0)
    assert dialogue.result.status == Status.CONVERGED


@every_search
def test_the_result_so_far(search):
    dialogue = search().begin((-1, 2))
    assert dialogue.result.status == Status.RUNNING
    assert math.isnan(dialogue.result.fun)
    best = math.inf
    while (x := dialogue.ask()) is not None:
        value = math.cosh(x)
        best = min(best, value)
        dialogue.tell(value)
        result = dialogue.result
        assert result.fun == best
        assert result.success == (dialogue.ask() is None)
        assert result.nfev == len(result.trace)
    assert dialogue.result.fun == best


@pytest.mark.parametrize("value", [None, "1", 1j, [1.0], np.array([1.0, 2.0])])
def test_a_value_that_is_no_real_number_is_refused_and_may_be_told_again(value):
    dialogue = fastls.Brent().begin((0, 1))
    dialogue.ask()
    with pytest.raises(TypeError, match=r"f\(0\.38.*\) must be a real number; got"):
        dialogue.tell(value)
    dialogue.tell(1)
    assert dialogue.result.nfev == 1


@every_search
def test_an_exception_in_the_conversion_comes_through_and_may_be_told_again(search):
    class Value:
        def __float__(self):
            raise ZeroDivisionError("inside")

    dialogue = search().begin((0, 1))
    x = dialogue.ask()
    with pytest.raises(ZeroDivisionError, match="inside"):
        dialogue.tell(Value())
    assert dialogue.ask() == x
    dialogue.tell(1.0)
    assert dialogue.result.trace.tolist() == [(x, 1.0, 0.0, 1.0)]


def test_a_value_told_while_another_is_told_is_not_taken_for_it():
    """Only one of the two was asked for."""
    dialogue = fastls.Brent().begin((0, 1))
    x = dialogue.ask()

    class Value:
        def __float__(self):
            dialogue.tell(1.0)
            return 2.0

    with pytest.raises(RuntimeError, match=r"tell\(\) must follow an ask\(\)"):
        dialogue.tell(Value())
    assert dialogue.result.nfev == 1
    assert dialogue.result.trace["x"].tolist() == [x]


@every_search
def test_minus_infinity_ends_it(search):
    dialogue = search().begin((0, 1))
    x = dialogue.ask()
    dialogue.tell(-math.inf)
    assert dialogue.ask() is None
    result = dialogue.result
    assert (result.x, result.fun, result.status) == (x, -math.inf, Status.UNBOUNDED)


@every_search
@pytest.mark.parametrize("value", [math.nan, math.inf, np.float64("nan")])
def test_values_that_are_not_finite_are_taken(search, value):
    dialogue = search().begin((0, 1))
    converse(dialogue, lambda x: value)
    assert dialogue.result.status == Status.NONFINITE


@every_search
def test_a_result_handed_out_is_not_changed_by_what_is_told_later(search):
    dialogue = search().begin((-1, 2))
    early = dialogue.result
    shown = repr(early)
    converse(dialogue, math.cosh)
    assert repr(early) == shown
    assert early.status == Status.RUNNING
    assert len(early.trace) == 0


def test_maxiter_holds_here_too():
    dialogue = fastls.GoldenSection(maxiter=3).begin((0, 1))
    assert len(converse(dialogue, math.cosh)) == 4
    assert dialogue.result.status == Status.MAX_ITERATIONS


def test_it_is_made_by_a_search_only_and_not_pickled():
    with pytest.raises(TypeError, match="made by the begin"):
        fastls.Dialogue()
    empty = fastls.Dialogue.__new__(fastls.Dialogue)
    assert empty.ask() is None
    with pytest.raises(TypeError, match="made by the begin"):
        empty.result  # noqa: B018
    with pytest.raises(TypeError):
        pickle.dumps(fastls.Brent().begin((0, 1)))


def test_many_dialogues_at_once():
    dialogues = [(kind().begin((0, 5)), centre) for kind in SEARCHES for centre in (1.0, 2.5, 4.0)]
    running = True
    while running:
        running = False
        for dialogue, centre in dialogues:
            if (x := dialogue.ask()) is not None:
                running = True
                dialogue.tell((x - centre) ** 2)
    for dialogue, centre in dialogues:
        assert dialogue.result.x == pytest.approx(centre, abs=1e-7)


class Failing:
    def __float__(self):
        raise ZeroDivisionError


# What is no number, and what telling it raises.
NO_NUMBERS = [("1", TypeError), (1j, TypeError), ([1.0], TypeError), (Failing(), ZeroDivisionError)]


class Conversation(RuleBasedStateMachine):
    """Whatever is said in whatever order, a dialogue stays within its interval and its rules."""

    @initialize(search=st.sampled_from(SEARCHES), a=st.floats(-10, 10), width=st.floats(0, 10))
    def begin(self, search, a, width):
        self.a, self.b = a, a + width
        self.dialogue = search(xtol=1e-3, maxiter=20).begin((self.a, self.b))
        self.asked, self.told = None, {}

    @rule()
    def ask(self):
        x = self.dialogue.ask()
        if x is not None:
            assert self.a <= x <= self.b
            assert x not in self.told
            assert self.asked in (None, x)
        self.asked = x

    @precondition(lambda self: self.asked is not None)
    @rule(value=st.floats(allow_nan=True, allow_infinity=True))
    def tell(self, value):
        self.dialogue.tell(value)
        self.told[self.asked] = value
        self.asked = None

    @precondition(lambda self: self.asked is not None)
    @rule(wrong=st.sampled_from([(None, TypeError), *NO_NUMBERS]))
    def tell_no_number(self, wrong):
        value, error = wrong
        with pytest.raises(error):
            self.dialogue.tell(value)
        assert self.dialogue.ask() == self.asked

    @precondition(lambda self: self.asked is None)
    @rule(value=st.floats())
    def tell_unasked(self, value):
        with pytest.raises(RuntimeError):
            self.dialogue.tell(value)

    @rule()
    def look(self):
        result = self.dialogue.result
        assert result.nfev == len(self.told) == len(result.trace) <= 2 * 20 + 3
        assert self.a <= result.interval[0] <= result.interval[1] <= self.b
        finite = [value for value in self.told.values() if not math.isnan(value)]
        if finite:
            assert result.fun == min(finite)
            assert self.told[result.x] == result.fun or result.fun == math.inf
        if result.status != Status.RUNNING:
            assert self.dialogue.ask() is None


TestConversation = Conversation.TestCase


# Of a search for a step: slopes too, where they are needed.

STEP_SEARCHES = [fastls.Backtracking, fastls.Zoom, fastls.MoreThuente, fastls.HagerZhang]
every_step_search = pytest.mark.parametrize("search", STEP_SEARCHES)
needs_both = pytest.mark.parametrize("search", [fastls.MoreThuente, fastls.HagerZhang])


def valley(alpha):
    return (alpha - 1.0) ** 2, 2.0 * (alpha - 1.0)


@every_step_search
def test_a_step_is_asked_and_told(search):
    dialogue = search().begin(*valley(0.0), alpha=5.0)
    while (alpha := dialogue.ask()) is not None:
        dialogue.tell(*valley(alpha))
    result = dialogue.result
    assert type(result) is fastls.Step
    assert result.success
    assert result.nfev == len(result.trace)
    assert (result.value, result.value0, result.slope0) == (valley(result.alpha)[0], 1.0, -2.0)
    assert result.x is result.grad is None
    assert not dialogue.needs_slope


@needs_both
def test_a_slope_that_is_needed_and_missing(search):
    dialogue = search().begin(*valley(0.0), alpha=5.0)
    assert dialogue.ask() == 5.0
    assert dialogue.needs_slope
    with pytest.raises(TypeError, match=r"the slope at 5\.0 is needed: tell\(value, slope\)"):
        dialogue.tell(16.0)
    dialogue.tell(16.0, 8.0)
    assert (dialogue.result.nfev, dialogue.result.ngev) == (1, 1)


@needs_both
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_where_the_value_is_not_finite_no_slope_is_needed(search, value):
    dialogue = search().begin(*valley(0.0), alpha=5.0)
    dialogue.ask()
    dialogue.tell(value)
    assert dialogue.ask() < 5.0


def test_a_point_is_asked_for_again_for_its_slope():
    dialogue = fastls.Zoom(c2=0.1).begin(*valley(0.0), alpha=0.5)
    assert dialogue.ask() == 0.5
    assert not dialogue.needs_slope
    dialogue.tell(0.25)
    assert dialogue.ask() == 0.5
    assert dialogue.needs_slope
    assert (dialogue.result.nfev, dialogue.result.ngev) == (1, 0)
    with pytest.raises(TypeError, match="the slope at"):
        dialogue.tell(0.25)
    dialogue.tell(None, -1.0)
    assert dialogue.ask() == 1.0
    assert (dialogue.result.nfev, dialogue.result.ngev) == (1, 1)
    assert dialogue.result.trace[["alpha", "value", "slope"]].tolist() == [(0.5, 0.25, -1.0)]


def test_the_value_told_first_counts():
    dialogues = [fastls.Zoom(c2=0.1).begin(*valley(0.0), alpha=0.5) for _ in range(2)]
    for dialogue, again in zip(dialogues, (0.25, 1e9), strict=True):
        dialogue.ask()
        dialogue.tell(0.25)
        dialogue.ask()
        dialogue.tell(again, -1.0)
    assert dialogues[0].ask() == dialogues[1].ask()
    assert dialogues[1].result.trace["value"].tolist() == [0.25]


@pytest.mark.parametrize("slope", ["1", 1j, [1.0, 2.0]])
def test_a_slope_that_is_no_real_number_is_refused_and_may_be_told_again(slope):
    dialogue = fastls.MoreThuente().begin(*valley(0.0), alpha=5.0)
    dialogue.ask()
    with pytest.raises(TypeError, match=r"slope\(5\.0\) must be a real number; got"):
        dialogue.tell(16.0, slope)
    dialogue.tell(16.0, 8.0)
    assert dialogue.result.nfev == 1


@every_step_search
def test_the_best_step_so_far(search):
    dialogue = search(max_evaluations=5).begin(*valley(0.0), alpha=50.0)
    best = 1.0
    while (alpha := dialogue.ask()) is not None:
        value, slope = valley(alpha)
        dialogue.tell(value, slope)
        best = min(best, value)
        result = dialogue.result
        if result.status == Status.RUNNING:
            assert result.value == best
            assert result.condition is None
            assert not result.success


@every_step_search
@pytest.mark.parametrize(
    ("start", "status"),
    [
        ((1.0, 1.0), Status.NOT_DESCENT),
        ((1.0, 0.0), Status.STATIONARY),
        ((math.nan, -1.0), Status.NONFINITE_START),
    ],
)
def test_a_step_that_need_not_be_searched_for(search, start, status):
    dialogue = search().begin(*start)
    assert dialogue.ask() is None
    assert dialogue.result.status == status
    with pytest.raises(RuntimeError, match="the search has ended"):
        dialogue.tell(1.0)


def test_on_an_interval_no_slope_is_needed():
    dialogue = fastls.Brent().begin((0, 1))
    assert not dialogue.needs_slope
    dialogue.ask()
    dialogue.tell(1.0, 5.0)
    assert dialogue.result.nfev == 1


CONDITIONED = [
    functools.partial(fastls.Backtracking, condition, interpolation=interpolation)
    for condition in (fastls.Goldstein(), fastls.Wolfe(), fastls.StrongWolfe(), fastls.Curvature())
    for interpolation in (None, "cubic")
]


class StepConversation(RuleBasedStateMachine):
    """Whatever is said in whatever order, a dialogue about a step keeps its rules."""

    @initialize(
        search=st.sampled_from(STEP_SEARCHES + CONDITIONED),
        slope0=st.floats(-1e3, -1e-3),
        alpha=st.floats(1e-3, 1e3),
        alpha_max=st.sampled_from([1e10, 1e3, 1.0]),
    )
    def begin(self, search, slope0, alpha, alpha_max):
        self.alpha_max = alpha_max
        method = search(max_evaluations=20)
        self.dialogue = method.begin(1.0, slope0, alpha, alpha_max=alpha_max)
        self.asked, self.told = None, {}

    @rule()
    def ask(self):
        alpha = self.dialogue.ask()
        if alpha is not None:
            assert 0.0 < alpha <= self.alpha_max
            assert self.asked in (None, alpha)
            assert alpha not in self.told or self.dialogue.needs_slope
        self.asked = alpha

    @precondition(lambda self: self.asked is not None)
    @rule(value=st.floats(), slope=st.none() | st.floats())
    def tell(self, value, slope):
        again = self.asked in self.told
        value = self.told.get(self.asked, value)
        if slope is None and self.dialogue.needs_slope and (again or math.isfinite(value)):
            with pytest.raises(TypeError):
                self.dialogue.tell(value)
            return
        self.dialogue.tell(value, slope)
        self.told[self.asked] = value
        self.asked = None

    @precondition(lambda self: self.asked is not None)
    @rule(wrong=st.sampled_from(NO_NUMBERS), of_slope=st.booleans())
    def tell_no_number(self, wrong, of_slope):
        value, error = wrong
        with pytest.raises(error):
            self.dialogue.tell(*((1.0, value) if of_slope else (value, 1.0)))
        assert self.dialogue.ask() == self.asked

    @precondition(lambda self: self.asked is None)
    @rule(value=st.floats())
    def tell_unasked(self, value):
        with pytest.raises(RuntimeError):
            self.dialogue.tell(value, 1.0)

    @rule()
    def look(self):
        result = self.dialogue.result
        assert result.nfev == len(self.told) == len(result.trace) <= 20
        assert math.isfinite(result.value)
        assert result.alpha == 0.0 or self.told[result.alpha] == result.value
        assert result.success == (result.condition is not None)
        if result.success:
            assert result.condition.holds(
                result.alpha, result.value, result.slope, result.value0, result.slope0
            )
        if result.status != Status.RUNNING:
            assert self.dialogue.ask() is None


TestStepConversation = StepConversation.TestCase
