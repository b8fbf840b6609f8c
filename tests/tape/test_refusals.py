"""The error for what cannot be recorded: it names the user's line, and reads what stands there."""

import ast
import contextlib
import sys

import numpy as np
import pytest

from fastls.tape import TracingError, record
from fastls.tape.refusals import REFUSALS, expression_of, refuse, user_frame


class Asked:
    """Evaluating it, the expression around is read."""

    def __float__(self):
        self.read = expression_of(sys._getframe(1))
        return 1.0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("float(x)", "1.0 + float(x) * 2.0"),
        ("float(x)", "'π', [float(x) for _ in range(30)]"),  # columns are bytes; optimised code
        ("'%.2f' % x", "('%.2f' % x).upper()"),
        ("round(float(\nx), 2)", "(round(float(\nx), 2))"),
    ],
)
def test_the_expression_that_is_evaluated(tmp_path, text, code):
    page, x = tmp_path / "page.py", Asked()
    page.write_text(code, encoding="utf-8")
    eval(compile(code, str(page), "eval"), {"x": x})
    found = ast.unparse(ast.parse(text, mode="eval").body)
    assert ast.unparse(x.read) in found


def test_no_expression_where_there_is_no_source():
    x = Asked()
    eval(compile("float(x)", "nowhere", "eval"), {"x": x})
    assert x.read is None


def test_the_frame_is_the_users():
    assert user_frame() is sys._getframe()
    assert user_frame(inside=True) is sys._getframe()


def test_a_function_of_a_library_has_no_line_of_the_users_inside():
    """What the user's line calls is then what records, and not what was refused."""
    optimize = pytest.importorskip("scipy.optimize")
    with pytest.raises(TracingError, match=r"^turning a traced value .*\n  at .*test_refusals\.py"):
        optimize.brute(lambda a: record(optimize.rosen, a * np.ones(3))(np.ones(3)), [(0.0, 1.0)])


def test_an_error_names_file_line_and_what_to_write():
    error = refuse("this", "write that")
    line = sys._getframe().f_lineno - 1
    assert str(error).startswith("this cannot be recorded; write that\n  at ")
    assert f'test_refusals.py:{line}: error = refuse("this", "write that")' in str(error)


def test_what_was_refused_is_raised_where_the_recording_ends():
    with contextlib.suppress(TracingError), REFUSALS.recording():
        error = refuse("this", "write that")
        with REFUSALS.recording():
            pass  # knows nothing of it
        assert REFUSALS.latest is error
    assert REFUSALS.latest is not error
    with pytest.raises(TracingError, match="this cannot"), REFUSALS.recording():
        refuse("this", "write that")
