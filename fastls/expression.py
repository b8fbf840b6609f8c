"""A function of x from the text of an expression, safely.

The text is parsed by Python, and accepted only if it is made of numbers, x, the names below,
arithmetic, comparisons and conditionals: nothing in it can reach anything else. What is accepted
is compiled to an ordinary Python function, as fast as if it had been typed.
"""

import ast
import difflib
import math
import re
from collections.abc import Callable
from typing import Any

__all__ = ["parse"]

MAX_LENGTH = 1000
MAX_DEPTH = 100

CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf}

NAMES_IN_MATH = """
    sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
    exp exp2 expm1 log log2 log10 log1p sqrt cbrt pow hypot erf erfc gamma lgamma floor ceil
"""
FUNCTIONS: dict[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in NAMES_IN_MATH.split()},
    "abs": math.fabs,
    "max": max,
    "min": min,
}

KNOWN = f"known are x, {', '.join([*CONSTANTS, *FUNCTIONS])}"

# The numbers of arguments a function takes, where it is not one.
ARGUMENTS = {
    "atan2": range(2, 3),
    "pow": range(2, 3),
    "log": range(1, 3),
    "hypot": range(1, MAX_LENGTH),
    "max": range(2, MAX_LENGTH),
    "min": range(2, MAX_LENGTH),
}

# What people write, and how it is written here.
SPELT = {
    "ln": "log", "lg": "log10", "ld": "log2", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "power": "pow",
    "maximum": "max", "minimum": "min", "absolute": "abs", "fabs": "abs", "π": "pi", "euler": "e",
}  # fmt: skip
MODULES = ("np", "numpy", "math")

# Mistakes that leave no expression in Python's notation; first, a factor, and behind it what is
# neither exponent nor keyword.
MISTAKES = {
    r"((?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\))\s*"
    r"(?![eE][+-]?\d|(?:if|else|and|or|in|is)\b)([^\W\d]\w*|\()":
        "write '*' between '{0}' and '{1}'",
    r"(?<![=<>!])=(?!=)()": "write only what is to be minimised, without '='",
    r"[²³]()": "write powers with '**'",
    r"[×·]()": "write '*'",
    r"[−–]()": "write '-'",
    r"√()": "write sqrt(x)",
    r"\|()": "write abs(x)",
    r"\b([^\W\d]\w*)\s+([^\W\d]\w*)": "write '{0}({1})' or '{0}*{1}'",
}  # fmt: skip

OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Mod,
    ast.Pow,
    ast.UAdd,
    ast.USub,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.And,
    ast.Or,
    ast.Not,
)

# What is not a number is not defined there: NaN, from which a search keeps away.
TEMPLATE = """
def f(x):
    try:
        return float(EXPRESSION)
    except (ArithmeticError, ValueError):
        return nan
"""


def parse(text: str) -> Callable[[float], float]:
    """The function of x that an expression stands for.

    Parameters
    ----------
    text : str
        An expression in Python's notation, such as ``"x**2 + sin(5*x)"``, of numbers, ``x``,
        ``pi``, ``e``, ``tau``, ``inf``, ``+ - * / % **``, comparisons, ``and or not``,
        ``a if condition else b``, and the functions of the module `math`, ``abs``, ``max`` and
        ``min``.

    Returns
    -------
    callable
        ``f(x) -> float``; NaN where the expression is not defined.

    Raises
    ------
    ValueError
        If the text is anything else, naming the part that is not understood.

    Examples
    --------
    >>> from fastls.expression import parse
    >>> parse("x**2 + sin(5*x)")(0.0)
    0.0
    >>> parse("log(x)")(-1.0)
    nan
    >>> parse("__import__('os')")
    Traceback (most recent call last):
        ...
    ValueError: expression "__import__('os')": unknown function '__import__'; known are x, pi, ...
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(
            f"an expression must have at most {MAX_LENGTH} characters; got {len(text)}"
        )
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(
            f"expression {text!r}: not an expression in Python's notation{mistake(text)}"
        ) from error
    try:
        expression = checked(body, 0)
    except ValueError as error:
        raise ValueError(f"expression {text!r}: {error}") from None

    module = ast.parse(TEMPLATE)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.args[0], ast.Name):
            node.args[0] = expression
            break
    ast.fix_missing_locations(module)
    names: dict[str, Any] = {"__builtins__": {}, "nan": math.nan, "float": float}
    names |= {"ArithmeticError": ArithmeticError, "ValueError": ValueError}
    names.update(CONSTANTS)
    names.update(FUNCTIONS)
    exec(compile(module, f"<{text}>", "exec"), names)
    function: Callable[[float], float] = names["f"]
    return function


def mistake(text: str) -> str:
    """What is probably wrong with a text that is no expression."""
    for pattern, advice in MISTAKES.items():
        found = re.search(pattern, text)
        if found is not None:
            return "; " + advice.format(*found.groups())
    if text.count("(") != text.count(")"):
        return f"; it has {text.count('(')} '(' and {text.count(')')} ')'"
    return ""


def meant(name: str) -> str:
    """What is probably meant by an unknown name."""
    if name in FUNCTIONS:
        return f"; '{name}' is a function: write '{name}(x)'"
    if name in SPELT:
        return f"; write '{SPELT[name]}'"
    likely = difflib.get_close_matches(name, FUNCTIONS, 1)
    return f"; did you mean '{likely[0]}'?" if likely else ""


def checked(node: ast.expr, depth: int) -> ast.expr:
    """The same expression in floating point, if each of its parts is one we know."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")

    def part(child: ast.expr) -> ast.expr:
        return checked(child, depth + 1)

    def known(operator: ast.AST) -> None:
        if isinstance(operator, ast.BitXor):
            raise ValueError("'^' is not a power in Python's notation; write '**'")
        if not isinstance(operator, OPERATORS):
            raise ValueError(f"unknown operator {type(operator).__name__}")

    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=complex()):
            raise ValueError(f"{node.value!r} is not a real number")
        case ast.Constant(value=int() | float() as number):
            try:
                return ast.Constant(float(number))  # 9**9**9 must not be an integer
            except OverflowError:
                raise ValueError("a number is too large") from None
        case ast.Name(id=name):
            if name != "x" and name not in CONSTANTS:
                raise ValueError(f"unknown name {name!r}{meant(name) or f'; {KNOWN}'}")
            return node
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            # math.pow, unlike **, has no complex results.
            return ast.Call(ast.Name("pow", ast.Load()), [part(left), part(right)], [])
        case ast.BinOp(left=left, op=operator, right=right):
            known(operator)
            return ast.BinOp(part(left), operator, part(right))
        case ast.UnaryOp(op=operator, operand=operand):
            known(operator)
            return ast.UnaryOp(operator, part(operand))
        case ast.BoolOp(op=operator, values=values):
            known(operator)
            return ast.BoolOp(operator, [part(value) for value in values])
        case ast.Compare(left=left, ops=operators, comparators=comparators):
            for comparison in operators:
                known(comparison)
            return ast.Compare(part(left), operators, [part(value) for value in comparators])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ast.IfExp(part(test), part(body), part(orelse))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name == "x" or name in CONSTANTS:
                raise ValueError(f"write '*' between '{name}' and '('")
            if name not in FUNCTIONS:
                raise ValueError(f"unknown function {name!r}{meant(name) or f'; {KNOWN}'}")
            if len(arguments) not in ARGUMENTS.get(name, range(1, 2)):
                raise ValueError(f"{name} does not take {len(arguments)} arguments")
            return ast.Call(ast.Name(name, ast.Load()), [part(value) for value in arguments], [])
        case (
            ast.Attribute(value=ast.Name(id=module), attr=name)
            | ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name))
        ) if module in MODULES:
            raise ValueError(f"write '{SPELT.get(name, name)}', without '{module}.'")
        case ast.Call(func=ast.Constant() | ast.BinOp() as factor):
            raise ValueError(f"write '*' between '{ast.unparse(factor)}' and '('")
        case ast.Lambda(body=body):
            raise ValueError(f"write only what follows the colon: '{ast.unparse(body)}'")
        case ast.Tuple():
            raise ValueError("write numbers with a decimal point, and one expression only")
    raise ValueError(f"{ast.unparse(node)!r} is not understood")
