"""One enumeration of reasons, the same in Python and in C."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import fastls
from fastls import Status

DECLARATIONS = Path(fastls.__file__).parent / "status.pxd"


def test_python_and_c_agree_name_for_name():
    rows = re.findall(r"^    ([A-Z_]+) = (-?\d+)", DECLARATIONS.read_text(), re.M)
    in_c = {name: int(number) for name, number in rows}
    assert in_c.pop("RAISED") not in {status.value for status in Status}
    assert in_c == {status.name: status.value for status in Status}


def test_converged_is_zero_as_in_scipy():
    assert Status.CONVERGED == 0


@pytest.mark.parametrize("status", Status)
def test_it_prints_its_name_and_is_an_integer_everywhere_else(status):
    assert str(status) == f"{status}" == status.name
    assert f"{status:d}" == json.dumps(status) == str(int(status))
    assert np.array([status]).dtype.kind == "i"
    assert {int(status): "kept"}[status] == "kept"


@pytest.mark.parametrize("status", Status)
def test_every_status_is_one_sentence(status):
    assert re.fullmatch(r"[A-Z][^.\n]*[a-z]\.", status.message)


def test_of_a_direction_that_does_not_lead_downhill_it_says_which_does():
    step = fastls.Zoom().step(lambda x: x @ x, lambda x: 2 * x, [1.0, 2.0], [2.0, 4.0])
    assert step.message == "The direction does not lead downhill, as d = -gradient does."


def test_no_two_say_the_same():
    assert len({status.message for status in Status}) == len(Status)


def test_the_names_others_write_against():
    names = """
        CONVERGED AT_ALPHA_MAX AT_ALPHA_MIN STEP_TOO_SMALL MAX_EVALUATIONS MAX_ITERATIONS
        RESOLUTION STATIONARY NOT_DESCENT NONFINITE_START NONFINITE UNBOUNDED
        INCONSISTENT_SLOPE BRACKET_FAILED NOT_UNIMODAL
    """
    assert set(names.split()) <= set(Status.__members__)
