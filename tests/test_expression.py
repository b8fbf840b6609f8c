"""Expressions: plain mathematics is understood, and nothing else gets through."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls.expression import FUNCTIONS, parse


@pytest.mark.parametrize(
    ("text", "f"),
    [
        ("x**2 + sin(5*x)", lambda x: x**2 + math.sin(5 * x)),
        ("-x + +2", lambda x: -x + 2),
        ("exp(-x)*cos(pi*x)/e", lambda x: math.exp(-x) * math.cos(math.pi * x) / math.e),
        ("abs(x - 1)", lambda x: abs(x - 1)),
        ("max(x, 0.5, -x)", lambda x: max(x, 0.5, -x)),
        ("x if x > 1 and not x > 3 else 2", lambda x: x if 1 < x <= 3 else 2),
        ("log(x, 2) % 3", lambda x: math.log(x, 2) % 3),
        ("  1  ", lambda x: 1.0),
        ("(0 < x < 2)", lambda x: float(0 < x < 2)),
    ],
)
@pytest.mark.parametrize("x", [0.3, 1.7, 4.0])
def test_mathematics(text, f, x):
    assert parse(text)(x) == f(x)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_can_be_called(name):
    arguments = "x, x" if name in ("atan2", "pow", "max", "min") else "x"
    assert isinstance(parse(f"{name}({arguments})")(0.5), float)


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x)", "1/(x + 1)", "x**0.5", "exp(-1000*x)"])
def test_what_is_not_defined_is_not_a_number(text):
    assert math.isnan(parse(text)(-1.0))


def test_powers_of_powers_do_not_fill_the_memory():
    assert math.isnan(parse("9**9**9**9**9")(1.0))
    assert parse("9" * 300)(1.0) == pytest.approx(1e300)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("__import__('os').system('true')", "is not understood"),
        ("__import__('os')", "unknown function '__import__'"),
        ("x.__class__", "is not understood"),
        ("().__class__.__bases__[0].__subclasses__()", "is not understood"),
        ("(lambda: x)()", "is not understood"),
        ("[x for x in (1, 2)]", "is not understood"),
        ("x[0]", "is not understood"),
        ("f'{x}'", "is not understood"),
        ("'text'", "is not understood"),
        ("sin(*(1,))", "is not understood"),
        ("sin(x=1)", "is not understood"),
        ("max(x)", "max does not take 1 arguments"),
        ("sin()", "sin does not take 0 arguments"),
        ("(x := 3)", "is not understood"),
        ("y + 1", "unknown name 'y'; known are x, pi, e"),
        ("sin + 1", "unknown name 'sin'"),
        ("eval(x)", "unknown function 'eval'"),
        ("sum(x)", "unknown function 'sum'; known are x, pi, e, tau, inf, sin, cos, tan"),
        ("x^2", r"write '\*\*'"),
        ("x // 2", "unknown operator FloorDiv"),
        ("x @ x", "unknown operator MatMult"),
        ("~x", "unknown operator Invert"),
        ("x is x", "unknown operator Is"),
        ("True", "not a real number"),
        ("1j", "not a real number"),
        ("9" * 400, "a number is too large"),
        ("", "not an expression"),
        ("x +", "not an expression"),
        ("x; x", "not an expression"),
        ("import os", "not an expression"),
        ("x\nimport os", "not an expression"),
        ("x\0", "not an expression"),
        ("-" * 200 + "x", "nested more than 100 deep"),
        ("(" * 400 + "x" + ")" * 400, "not an expression"),
        ("x" * 2000, "at most 1000 characters"),
    ],
)
def test_anything_else_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("2x", "write '*' between '2' and 'x'"),
        ("x + 2.5 sin(x)", "write '*' between '2.5' and 'sin'"),
        ("2exp(x)", "write '*' between '2' and 'exp'"),
        ("1e3x", "write '*'"),
        ("(x + 1) x", "write '*' between ')' and 'x'"),
        ("2(x + 1)", "write '*' between '2' and '('"),
        ("x(x + 1)", "write '*' between 'x' and '('"),
        ("(x + 1)(x + 2)", "write '*' between 'x + 1' and '('"),
        ("ln(x)", "write 'log'"),
        ("arcsin(x)", "write 'asin'"),
        ("sqtr(x)", "did you mean 'sqrt'?"),
        ("np.exp(x)", "write 'exp', without 'np.'"),
        ("numpy.maximum(x, 0)", "write 'max', without 'numpy.'"),
        ("x*math.pi", "write 'pi', without 'math.'"),
        ("π*x", "write 'pi'"),
        ("sin + 1", "write 'sin(x)'"),
        ("sin x", "write 'sin(x)'"),
        ("f(x) = x**2", "without '='"),
        ("y = x**2", "without '='"),
        ("x² + 1", "write powers with '**'"),
        ("x − 1", "write '-'"),
        ("2·x", "write '*'"),
        ("|x|", "write abs(x)"),
        ("√x", "write sqrt(x)"),
        ("sin(x", "it has 1 '(' and 0 ')'"),
        ("lambda x: x + 1", "write only what follows the colon: 'x + 1'"),
        ("1,5*x", "decimal point"),
    ],
)
def test_a_mistake_is_told_with_what_to_write_instead(text, advice):
    with pytest.raises(ValueError, match=re.escape(advice)):
        parse(text)


@given(st.text(alphabet="x0123456789.+-*/%() ,<>=!_[]{}'\"\\:;@\nabcdefimnopst", max_size=60))
def test_any_text_is_a_function_or_a_value_error(text):
    try:
        f = parse(text)
    except ValueError:
        return
    assert isinstance(f(0.5), float)
