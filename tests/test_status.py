"""One enumeration of reasons, the same in Python and in C."""

import re
from pathlib import Path

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
def test_every_status_is_one_sentence(status):
    assert re.fullmatch(r"[A-Z][^.\n]*[a-z]\.", status.message)


def test_no_two_say_the_same():
    assert len({status.message for status in Status}) == len(Status)


def test_the_names_others_write_against():
    names = """
        CONVERGED AT_ALPHA_MAX AT_ALPHA_MIN STEP_TOO_SMALL MAX_EVALUATIONS MAX_ITERATIONS
        RESOLUTION STATIONARY NOT_DESCENT NONFINITE_START NONFINITE UNBOUNDED
        INCONSISTENT_SLOPE BRACKET_FAILED NOT_UNIMODAL
    """
    assert set(names.split()) <= set(Status.__members__)
