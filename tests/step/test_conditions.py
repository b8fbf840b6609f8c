"""The conditions: their formulas, told again in exact arithmetic, and what implies what."""

import copy
import itertools
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls import ApproximateWolfe, Armijo, Condition, Curvature, Goldstein, StrongWolfe, Wolfe

EXAMPLES = [
    Armijo(0.25), Goldstein(0.25), Curvature(0.5), Wolfe(0.25, 0.5), StrongWolfe(0.25, 0.5),
    ApproximateWolfe(0.25, 0.5, 2.0**-20),
]  # fmt: skip
every_condition = pytest.mark.parametrize("condition", EXAMPLES, ids=repr)
every_kind = pytest.mark.parametrize("kind", [type(condition) for condition in EXAMPLES])

# Numbers with so few digits that floating point computes all formulas exactly.
sixteenths = st.integers(1, 15).map(lambda k: k / 16)
constants = st.tuples(sixteenths, sixteenths).map(sorted)
steps = st.integers(1, 64).map(lambda k: k / 8)
values = st.integers(-256, 256).map(lambda k: k / 64)
descents = st.integers(-256, -1).map(lambda k: k / 16)
points = st.tuples(steps, values, values, values, descents)
any_point = st.tuples(
    st.floats(1e-300, 1e300), st.floats(), st.floats(), st.floats(-1e300, 1e300),
    st.floats(-1e300, -1e-300),
)  # fmt: skip


def exactly(*numbers):
    return [Fraction(number) for number in numbers]


@given(c1=sixteenths, point=points)
def test_armijo(c1, point):
    alpha, value, _, value0, slope0 = exactly(*point)
    expected = value <= value0 + Fraction(c1) * alpha * slope0
    assert Armijo(c1).holds(*point) == expected


@given(c=st.integers(1, 7).map(lambda k: k / 16), point=points)
def test_goldstein(c, point):
    alpha, value, _, value0, slope0 = exactly(*point)
    steep, flat = (value0 + share * alpha * slope0 for share in (1 - Fraction(c), Fraction(c)))
    assert Goldstein(c).holds(*point) == (steep <= value <= flat)


@given(c2=sixteenths, point=points)
def test_curvature(c2, point):
    _, _, slope, _, slope0 = exactly(*point)
    assert Curvature(c2).holds(*point) == (slope >= Fraction(c2) * slope0)


@given(constants=constants, point=points)
def test_wolfe(constants, point):
    c1, c2 = exactly(*constants)
    alpha, value, slope, value0, slope0 = exactly(*point)
    decreases = value <= value0 + c1 * alpha * slope0
    assert Wolfe(*constants).holds(*point) == (decreases and slope >= c2 * slope0)
    assert StrongWolfe(*constants).holds(*point) == (decreases and abs(slope) <= -c2 * slope0)


@given(constants=constants, point=points, epsilon=st.sampled_from([0.0, 2.0**-20, 0.125]))
def test_approximate_wolfe(constants, point, epsilon):
    c1, c2 = exactly(*constants)
    alpha, value, slope, value0, slope0 = exactly(*point)
    if c1 >= Fraction(1, 2):
        with pytest.raises(ValueError, match="c1 and c2 must satisfy 0 < c1 < 1/2"):
            ApproximateWolfe(*constants, epsilon)
        return
    floor = Fraction(2.0**-52) * alpha * abs(slope0)
    rises = value > value0 + Fraction(epsilon) * abs(value0) + floor
    expected = not rises and (2 * c1 - 1) * slope0 >= slope >= c2 * slope0
    assert ApproximateWolfe(*constants, epsilon).holds(*point) == expected


@given(constants=constants, point=points | any_point)
def test_the_stronger_implies_the_weaker(constants, point):
    c1, c2 = constants
    if StrongWolfe(c1, c2).holds(*point):
        assert Wolfe(c1, c2).holds(*point)
    assert Wolfe(c1, c2).holds(*point) == (Armijo(c1).holds(*point) and Curvature(c2).holds(*point))


@given(c=st.floats(0.01, 0.49), point=points | any_point)
def test_goldstein_implies_armijo(c, point):
    if Goldstein(c).holds(*point):
        assert Armijo(c).holds(*point)


@given(point=points | any_point, constants=constants, shares=st.tuples(sixteenths, sixteenths))
def test_a_smaller_c1_and_a_larger_c2_ask_for_less(point, constants, shares):
    c1, c2 = constants
    less_c1, more_c2 = shares[0] * c1, 1 - shares[1] * (1 - c2)
    for kind in (Wolfe, StrongWolfe):
        if kind(c1, c2).holds(*point):
            assert kind(less_c1, more_c2).holds(*point)


@given(
    alpha=steps,
    bend=st.integers(-64, 64).map(lambda k: k / 8),
    value0=values,
    slope0=descents,
    c1=st.integers(1, 7).map(lambda k: k / 16),
    c2=st.integers(7, 15).map(lambda k: k / 16),
)
def test_of_a_quadratic_the_approximate_form_is_the_wolfe_conditions(
    alpha, bend, value0, slope0, c1, c2
):
    """Hager and Zhang (2005), section 4: Armijo's inequality, told by slopes."""
    value = value0 + alpha * (slope0 + alpha * bend / 2)
    point = alpha, value, slope0 + bend * alpha, value0, slope0
    assert ApproximateWolfe(c1, c2, 0.0).holds(*point) == Wolfe(c1, c2).holds(*point)


@every_condition
@given(point=points, shift=values, up=st.integers(0, 256).map(lambda k: k / 64))
def test_only_differences_of_values_matter(condition, point, shift, up):
    alpha, value, slope, value0, slope0 = point
    if not isinstance(condition, ApproximateWolfe):
        shifted = alpha, value + shift, slope, value0 + shift, slope0
        assert condition.holds(*shifted) == condition.holds(*point)
    # A higher reference never refuses what a lower one accepts.
    if condition.holds(*point):
        assert condition.holds(*point, reference=value0 + up) or value0 + up < 0
    assert condition.holds(*point, reference=value0) == condition.holds(*point)


@given(c1=sixteenths, point=points, reference=values)
def test_a_reference_takes_the_place_of_the_value_at_0_where_it_bounds_from_above(
    c1, point, reference
):
    alpha, value, _, value0, slope0 = point
    assert Armijo(c1).holds(*point, reference=reference) == (
        Fraction(value) <= Fraction(reference) + Fraction(c1 * alpha * slope0)
    )
    assert Curvature(c1).holds(*point, reference=reference) == Curvature(c1).holds(*point)
    # Goldstein's lower line stays where it is.
    held = Goldstein(0.25).holds(*point, reference=reference)
    steep = Fraction(value0) + Fraction(0.75 * alpha * slope0)
    flat = Fraction(reference) + Fraction(0.25 * alpha * slope0)
    assert held == (steep <= value <= flat)


@every_condition
@pytest.mark.parametrize("where", range(1, 3))
def test_nothing_holds_of_what_is_no_number(condition, where):
    point = [0.5, 0.25, -0.5, 1.0, -2.0]
    point[where] = math.nan
    ignores = {1: [Curvature], 2: [Armijo, Goldstein]}
    assert condition.holds(*point) == (type(condition) in ignores[where])


@every_condition
def test_infinity_is_no_decrease(condition):
    assert not condition.holds(1.0, math.inf, -2.5, 1.0, -2.0)


@pytest.mark.parametrize("condition", [Armijo(), Goldstein()])
def test_a_slope_that_is_not_needed_may_be_none(condition):
    assert condition.holds(1.0, 0.0, None, 1.0, -2.0)
    assert condition.holds(1.0, 0.0, math.nan, 1.0, -2.0)


@pytest.mark.parametrize("kind", [Curvature, Wolfe, StrongWolfe, ApproximateWolfe])
def test_a_slope_that_is_needed_may_not(kind):
    with pytest.raises(TypeError, match=f"{kind.__name__} needs the slope at alpha; got None"):
        kind().holds(1.0, 0.0, None, 1.0, -2.0)


@every_condition
@pytest.mark.parametrize("name", ["alpha", "value", "slope", "value0", "slope0", "reference"])
@pytest.mark.parametrize("wrong", [1j, "1", np.complex128(1), [1.0, 2.0]], ids=repr)
def test_numbers_that_are_none(condition, name, wrong):
    point = {"alpha": 1.0, "value": 0.0, "slope": 0.0, "value0": 1.0, "slope0": -2.0}
    with pytest.raises(TypeError, match=f"^{name} must be a real number; got"):
        condition.holds(**{**point, name: wrong})


@every_condition
@pytest.mark.parametrize("convert", [np.float64, np.float32, np.array, Fraction, int])
def test_numbers_of_any_real_type(condition, convert):
    for point in itertools.product([1, 2], [-1, 0, 1], [-1, 0], [0, 1], [-2]):
        holds = condition.holds(*map(convert, point))
        assert type(holds) is bool
        assert holds == condition.holds(*map(float, point))


# Parameters.


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (Armijo(), "Armijo(c1=0.0001)"),
        (Goldstein(), "Goldstein(c=0.25)"),
        (Curvature(), "Curvature(c2=0.9)"),
        (Wolfe(), "Wolfe(c1=0.0001, c2=0.9)"),
        (StrongWolfe(), "StrongWolfe(c1=0.0001, c2=0.9)"),
        (ApproximateWolfe(), "ApproximateWolfe(c1=0.1, c2=0.9, epsilon=1e-06)"),
    ],
)
def test_defaults(condition, shown):
    assert repr(condition) == shown


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Armijo(0), "c1 must satisfy 0 < c1 < 1; got 0"),
        (lambda: Armijo(1.0), "c1 must satisfy 0 < c1 < 1; got 1.0"),
        (lambda: Armijo(math.nan), "c1 must satisfy 0 < c1 < 1; got nan"),
        (lambda: Goldstein(0.5), "c must satisfy 0 < c < 1/2; got 0.5"),
        (lambda: Goldstein(-0.1), "c must satisfy 0 < c < 1/2; got -0.1"),
        (lambda: Curvature(1), "c2 must satisfy 0 < c2 < 1; got 1"),
        (lambda: Wolfe(0, 0.9), "c1 and c2 must satisfy 0 < c1 <= c2 < 1; got c1=0, c2=0.9"),
        (lambda: Wolfe(0.5, 0.4), "c1 and c2 must satisfy 0 < c1 <= c2 < 1; got c1=0.5, c2=0.4"),
        (lambda: Wolfe(0.5, 1.0), "c1 and c2 must satisfy 0 < c1 <= c2 < 1; got c1=0.5, c2=1.0"),
        (lambda: StrongWolfe(math.nan), "0 < c1 <= c2 < 1; got c1=nan, c2=0.9"),
        (lambda: StrongWolfe(0.1, math.nan), "0 < c1 <= c2 < 1; got c1=0.1, c2=nan"),
        (lambda: ApproximateWolfe(0.5), "0 < c1 < 1/2 and c1 <= c2 < 1; got c1=0.5, c2=0.9"),
        (lambda: ApproximateWolfe(0.4, 0.3), "c1 <= c2 < 1; got c1=0.4, c2=0.3"),
        (lambda: ApproximateWolfe(epsilon=-1e-9), "epsilon must satisfy 0 <= epsilon < 1; got -1"),
        (lambda: ApproximateWolfe(epsilon=math.nan), "epsilon must satisfy 0 <= epsilon < 1; got"),
    ],
)
def test_constants_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("kind", [Wolfe, StrongWolfe, ApproximateWolfe])
def test_equal_constants_are_allowed(kind):
    """The published tables use them."""
    assert kind(0.001, 0.001).c1 == kind(0.001, 0.001).c2 == 0.001


@every_kind
@pytest.mark.parametrize("wrong", [1j, np.complex128(0.1), "0.1", None, [0.1, 0.2]], ids=repr)
def test_constants_that_are_no_real_numbers(kind, wrong):
    for name in kind().constants():
        with pytest.raises(TypeError, match=f"{name} must be a real number; got"):
            kind(**{name: wrong})


@every_kind
def test_integers_and_numpys_numbers_are_constants(kind):
    name = next(iter(kind().constants()))
    assert kind(**{name: np.float64(0.25)}) == kind(**{name: 0.25})
    assert type(kind(**{name: np.float64(0.25)}).constants()[name]) is float


@every_condition
def test_the_constants_are_attributes_that_do_not_change(condition):
    for name, value in condition.constants().items():
        assert getattr(condition, name) == value
        with pytest.raises(AttributeError):
            setattr(condition, name, value)


# Objects.


@every_condition
def test_a_condition_is_shown_copied_and_pickled_by_its_constants(condition):
    others = [eval(repr(condition), vars(fastls)), copy.copy(condition), copy.deepcopy(condition)]
    others += [
        pickle.loads(pickle.dumps(condition, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ]
    for other in others:
        assert type(other) is type(condition)
        assert other == condition
        assert hash(other) == hash(condition)
        assert repr(other) == repr(condition)


def test_conditions_of_another_kind_or_with_other_constants_differ():
    others = [Armijo(0.2), Goldstein(0.2), Curvature(0.2), Wolfe(), StrongWolfe(), Wolfe(0.2)]
    everything = [*EXAMPLES, *others, ApproximateWolfe()]
    for one, other in itertools.combinations(everything, 2):
        assert one != other
    assert len(set(everything)) == len(everything)
    assert Armijo() != 1e-4
    assert Armijo() is not None


def test_they_are_conditions():
    for condition in EXAMPLES:
        assert isinstance(condition, Condition)


def test_the_class_they_derive_from_has_no_formula():
    with pytest.raises((TypeError, NotImplementedError), match="Condition has no formula"):
        Condition().holds(1.0, 0.0, 0.0, 1.0, -2.0)
