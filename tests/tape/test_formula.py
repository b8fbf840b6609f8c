"""Formulas: what is printed is read again and computed, and must agree with the tape."""

import functools
import re

import numpy as np
import pytest

from fastls import record

A = np.array([[2.0, 1.0, 0.5], [0.0, 3.0, -1.0], [1.0, 0.2, 1.5]])
B = np.array([[1.0, -0.5, 0.3], [0.7, 2.0, 0.1], [0.4, 0.6, -1.0]])
S = np.array([[0.5, 0.2, -1.0], [1.0, 0.8, 0.3], [0.1, -0.4, 0.9]])
M = np.arange(15.0).reshape(5, 3) / 7.0
b = np.array([0.3, -0.2, 0.8])
c = np.linspace(-1.0, 1.0, 5)
X0 = np.array([[1.5, 0.2, 0.1], [-0.3, 1.2, 0.4], [0.2, 0.1, 0.9]])
x0 = np.array([0.4, 0.9, 1.3])
CONSTANTS = {"A": A, "B": B, "S": S, "M": M, "b": b, "c": c}


# A reader of formulas in text. Vectors are columns; a product without a sign is that of matrices.


class Read:
    """A number or matrix in a formula that is read."""

    def __init__(self, value):
        value = np.asarray(value, dtype=float)
        self.value = value[:, None] if value.ndim == 1 else value

    def __matmul__(self, other):
        is_scaled = self.value.ndim == 0 or other.value.ndim == 0
        return Read((np.multiply if is_scaled else np.matmul)(self.value, other.value))

    def __getitem__(self, index):
        column = self.value[:, 0][index]
        return Read(column)

    def __neg__(self):
        return Read(-self.value)

    @property
    def T(self):
        return Read(self.value.T)

    @property
    def inverse(self):
        return Read(np.linalg.inv(self.value))


for sign, ufunc in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power,
}.items():  # fmt: skip
    setattr(
        Read, f"__{sign}__", lambda self, other, ufunc=ufunc: Read(ufunc(self.value, other.value))
    )


def cofactors(X):
    return np.linalg.det(X) * np.linalg.inv(X).T


FUNCTIONS = {
    "√": np.sqrt, "inner": lambda u, v: np.sum(u * v), "norm": lambda u: np.sqrt(np.sum(u * u)),
    "sum": np.sum, "det": np.linalg.det, "cof": cofactors,
    "logdet": lambda X: np.linalg.slogdet(X)[1],
    "max": lambda *a: np.maximum(*a) if len(a) > 1 else np.max(a[0]),
    "min": lambda *a: np.minimum(*a) if len(a) > 1 else np.min(a[0]),
}  # fmt: skip
FUNCTIONS |= {
    name: getattr(np, name)
    for name in ("sin", "cos", "tan", "exp", "log", "log1p", "expm1", "tanh", "arctan", "sinh",
                 "cosh", "where", "equal", "greater", "sign", "hypot", "logaddexp", "arctan2")
}  # fmt: skip
FUNCTIONS["or_one"] = lambda value: np.where(value == 0, 1, value)

TOKEN = re.compile(
    r"(?P<number>\d+\.?\d*(?:e[+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*|√)|(?P<index>\[[^\]×]*\])"
    r"|(?P<post>ᵀ|⁻¹|⁻ᵀ|²)|(?P<open>\()|(?P<close>\))|(?P<sign>[-−+/^⊙,])|(?P<space>\s+)"
)
POST = {"ᵀ": ".T", "⁻¹": ".inverse", "⁻ᵀ": ".inverse.T", "²": "**Read(2)"}
SIGN = {"−": "-", "^": "**", "⊙": "*"}


def read(text, names):
    """The value of a formula."""
    text = text.replace("⟨", "inner(").replace("⟩", ")").replace("log det", "logdet")
    text = re.sub(r"‖([A-Za-z]+)‖", r"norm(\1)", text)
    text = re.sub(r"logdet ([A-Za-z]+)", r"logdet(\1)", text)
    text = re.sub(r"log \|det\(([A-Za-z]+)\)\|", r"logdet(\1)", text)
    text = re.sub(r"√([A-Za-z]+)", r"√(\1)", text)
    code, ended, place = "", False, 0
    while place < len(text):
        token = TOKEN.match(text, place)
        assert token, f"{text[place:]!r} in {text!r}"
        place, kind, found = token.end(), token.lastgroup, token.group()
        if kind == "space":
            continue
        if kind in ("number", "name", "open") and ended:
            code += " @ "
        is_function = kind == "name" and text[place : place + 1] == "(" and found in FUNCTIONS
        if kind == "number":
            code += f"Read({found})"
        elif kind == "name":
            code += f"F[{found!r}]" if is_function else f"N[{found!r}]"
        else:
            code += POST[found] if kind == "post" else SIGN.get(found, found)
        ended = kind in ("number", "close", "post", "index") or (kind == "name" and not is_function)
    functions = {
        name: lambda *a, f=f: Read(f(*[item.value for item in a])) for name, f in FUNCTIONS.items()
    }
    values = {name: Read(value) for name, value in names.items()}
    return eval(code, {"Read": Read, "F": functions, "N": values}).value


def agree(text, names, expected):
    expected = np.asarray(expected, dtype=float)
    with np.errstate(all="ignore"):
        found = np.asarray(read(text, names))
    if found.shape == (*expected.shape, 1):  # a vector
        found = found[..., 0]
    assert found.ndim == 0 or found.shape == expected.shape, text
    np.testing.assert_allclose(np.broadcast_to(found, expected.shape), expected, rtol=1e-9)


def test_the_reader_reads():
    names = {"A": A, "x": x0, "t": 2.0}
    agree("(A + Aᵀ) x / ⟨x, A x⟩", names, (A + A.T) @ x0 / (x0 @ A @ x0))
    agree("−t² + 3 √(1 + t) exp(−t) / (t t)", names, -4 + 3 * np.sqrt(3) * np.exp(-2) / 4)
    agree("x xᵀ", names, np.outer(x0, x0))
    agree("log det A − 2^t^3", names, np.linalg.slogdet(A)[1] - 256)
    agree("x[1:] ⊙ x[:2]", names, x0[1:] * x0[:2])


# What is written out, exactly.

STATEMENTS = [
    (lambda X: np.sum(S * X) - np.linalg.slogdet(X)[1], X0, "S − X⁻ᵀ", r"S - X^{-\top}"),
    (lambda x: np.log(x @ A @ x), x0, "(A + Aᵀ) x / ⟨x, A x⟩",
     r"\frac{(A + A^{\top}) x}{\langle x, A x \rangle}"),
    (lambda x: np.log(x @ (A @ x)), x0, "(A + Aᵀ) x / ⟨x, A x⟩",
     r"\frac{(A + A^{\top}) x}{\langle x, A x \rangle}"),
    (lambda x: x @ A @ x, x0, "(A + Aᵀ) x", r"(A + A^{\top}) x"),
    (lambda x: 0.5 * x @ A @ x, x0, "0.5 (A + Aᵀ) x", r"0.5 (A + A^{\top}) x"),
    (lambda x: np.einsum("i,ij,j", x, A, x), x0, "(A + Aᵀ) x", r"(A + A^{\top}) x"),
    (lambda x: b @ x, x0, "b", "b"),
    (lambda x: x @ x, x0, "2 x", "2 x"),
    (lambda X: np.sum(A * X), X0, "A", "A"),
    (lambda X: 3.0 * np.sum(A * X), X0, "3 A", "3 A"),
    (lambda X: b @ X @ b, X0, "b bᵀ", r"b b^{\top}"),
    (lambda X: np.sum(A * np.linalg.inv(X)), X0, "−X⁻ᵀ A X⁻ᵀ", r"-X^{-\top} A X^{-\top}"),
    (lambda X: np.sum(A * (X @ X.T)), X0, "(A + Aᵀ) X", r"(A + A^{\top}) X"),
    (lambda x: np.sqrt(x @ x), x0, "x / (√(⟨x, x⟩))", r"\frac{x}{\sqrt{\langle x, x \rangle}}"),
    (lambda x: np.exp(-(x**2)), 0.3, "−2 exp(−x²) x", r"-2 \exp\left(-x^2\right) x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "x", "text", "latex"), STATEMENTS, ids=[row[2].replace(" ", "") for row in STATEMENTS]
)
def test_the_gradient_is_written_as_in_a_book(f, x, text, latex):
    tape = record(f, x)
    assert tape.formula("gradient") == text
    assert tape.formula("gradient", style="latex") == latex


@pytest.mark.parametrize(
    ("f", "x", "value", "differential"),
    [
        (lambda x: x @ A @ x, x0, "⟨x, A x⟩", "⟨dx, A x⟩ + ⟨x, A dx⟩"),
        (lambda X: np.sum(A * X), X0, "⟨A, X⟩", "⟨dX, A⟩"),
        (lambda x: np.sum((M @ x - c) ** 2), x0, "⟨M x − c, M x − c⟩", "⟨M dx, 2 (M x − c)⟩"),
        (lambda x: M @ x, x0, "M x", "M dx"),
        (lambda x: x**3, 0.3, "x^3", "3 dx x²"),
        (lambda x: 1.0, 0.3, "1", "0"),
        (lambda x: x - x, 0.3, "0", "0"),
        (lambda x: x, 0.3, "x", "dx"),
    ],
)
def test_values_and_differentials(f, x, value, differential):
    tape = record(f, x)
    assert tape.formula() == tape.formula("value") == value
    assert tape.formula("differential") == differential


def test_the_differential_in_latex():
    tape = record(lambda x: x @ A @ x, x0)
    assert tape.formula("differential", "latex") == (
        r"\langle \mathrm{d}x, A x \rangle + \langle x, A \mathrm{d}x \rangle"
    )


# Everything else is read again.

READ_AGAIN = {
    "<S, X> - log det X": (lambda X: np.sum(S * X) - np.linalg.slogdet(X)[1], X0),
    "ln<x, A x>": (lambda x: np.log(x @ A @ x), x0),
    "quadratic and linear": (lambda x: 0.5 * x @ A @ x - b @ x, x0),
    "least squares": (lambda x: np.sum((M @ x - c) ** 2), x0),
    "the residual with itself": (lambda x: (M @ x - c) @ (M @ x - c), x0),
    "mean square": (lambda x: np.mean((M @ x - c) ** 2), x0),
    "Frobenius": (lambda X: np.sum((A @ X - B) ** 2), X0),
    "<A, X X>": (lambda X: np.sum(A * (X @ X)), X0),
    "<A, X> / det X": (lambda X: np.sum(A * X) / np.linalg.det(X), X0),
    "det": (lambda X: np.linalg.det(X), X0),
    "<b, X^-1 b>": (lambda X: b @ np.linalg.inv(X) @ b, X0),
    "Rayleigh quotient": (lambda x: (x @ A @ x) / (x @ x), x0),
    "product of inner products": (lambda x: (x @ x) * (b @ x), x0),
    "norm of a quadratic": (lambda x: np.exp(-x @ x / 2), x0),
    "log sum exp": (lambda x: np.log(np.sum(np.exp(x))), x0),
    "sum of sines": (lambda x: np.sum(np.sin(x)), x0),
    "sum of cubes": (lambda x: np.sum(x**3), x0),
    "network": (lambda x: np.sum(np.tanh(M @ x + c)), x0),
    "elementwise quotient": (lambda x: np.sum(x**2 / (1 + x)), x0),
    "elementwise product": (lambda x: np.sum((1 - x) * (x - 2) * x), x0),
    "elementwise power": (lambda x: np.sum((x - 1) ** 4), x0),
    "norm": (lambda x: np.linalg.norm(x), x0),
    "gaussian": (lambda x: np.exp(-(x**2)), 0.3),
    "logistic": (lambda x: 1 / (1 + np.exp(-x)), 0.3),
    "softplus": (lambda x: np.logaddexp(0, x), 0.3),
    "nested differences": (lambda x: x - (1 - (x - 3 * x * x)), 0.3),
    "nested quotients": (lambda x: x / (2 / (1 + x)) / (3 + x), 0.3),
    "negative power": (lambda x: x**-3 + (-x) ** 3, 0.3),
    "broken power": (lambda x: x**1.5, 0.3),
    "power of two numbers": (lambda x: x**x + 2**x, 0.3),
    "square of a function": (lambda x: np.exp(x) ** 2 * np.sqrt(1 + x**2), 0.3),
    "tangents": (lambda x: np.tan(x) * np.arctan(x), 0.3),
    "large and small numbers": (lambda x: 1e-5 * x + 1e20 * x**2, 0.3),
    "negative base": (lambda x: (-x) ** 2 - (x - 1) ** 2, 0.3),
    "Rosenbrock": (lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2, x0),
    "power of a power": (lambda x: (x**3) ** 4, 1.3),
    "square of a power": (lambda x: (x**3) ** 2, 1.3),
    "power of a square": (lambda x: (x**2) ** 3, 1.3),
    "sum of a product": (lambda x: np.sum(M @ x), x0),
    "sum of all entries of X'X": (lambda X: np.sum(X.T @ X), X0),
    "sum of an inverse": (lambda X: np.sum(np.linalg.inv(X)), X0),
    "<A', X>": (lambda X: np.sum(A.T @ X * B), X0),
    "x'A'b": (lambda x: x @ A.T @ x, x0),
    "reversed rows": (lambda x: np.sum(b * (A[::-1] @ x)), x0),
    "outer product": (lambda x: np.sum(A * np.outer(x, x)), x0),
    "tr(A X B)": (lambda X: np.trace(A @ X @ B), X0),
    "tr(X)": (lambda X: np.trace(X), X0),
}
WRONG = {
    ("power of a power", "value"), ("power of a power", "gradient"),
    ("power of a power", "differential"), ("square of a power", "value"),
    ("power of a square", "value"), ("sum of a product", "gradient"),
    ("sum of all entries of X'X", "gradient"), ("sum of an inverse", "gradient"),
    ("outer product", "gradient"),
}  # fmt: skip
NOT_LATEX = {
    "norm", "reversed rows", "<S, X> - log det X", "softplus", "negative power", "broken power",
    "power of two numbers", "power of a power", "square of a power", "power of a square",
}  # fmt: skip


def cases(*whats):
    for name in READ_AGAIN:
        for what in whats:
            marks = [KNOWN] if (name, what) in WRONG else []
            yield pytest.param(name, what, marks=marks, id=f"{what} of {name}")


KNOWN = pytest.mark.xfail(strict=True, reason="reads as another function")


def cannot_be_read(text):
    return re.search(r"place|gather|scatter|reshape|concatenate|\[\d×\d", text)


@pytest.mark.parametrize(("name", "what"), list(cases("value", "gradient", "differential")))
def test_a_formula_that_is_read_again_has_the_value_of_the_tape(name, what):
    f, x = READ_AGAIN[name]
    tape = record(f, x)
    text = tape.formula(what)
    if cannot_be_read(text):
        pytest.skip(f"not mathematics: {text}")
    dx = 0.7 * x + 0.1
    variable = "X" if np.ndim(x) == 2 else "x"
    names = {**CONSTANTS, variable: x, f"d{variable}": dx}
    expected = {
        "value": lambda: tape(x),
        "gradient": lambda: tape.grad(x),
        "differential": lambda: tape.differential(x, dx),
    }[what]()
    agree(text, names, expected)


@pytest.mark.parametrize("name", READ_AGAIN)
@pytest.mark.parametrize("what", ["value", "gradient", "differential"])
def test_brackets_are_closed_in_both_styles(name, what):
    tape = record(*READ_AGAIN[name])
    for style in ("text", "latex"):
        written = tape.formula(what, style)
        for one, other in ("()", "{}", "⟨⟩", "[]"):
            assert written.count(one) == written.count(other), written
        assert written.count(r"\left(") == written.count(r"\right)")
        assert written.count(r"\langle") == written.count(r"\rangle")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(strict=True, reason="text in LaTeX")] * (name in NOT_LATEX),
        )
        for name in READ_AGAIN
    ],
)
def test_latex_is_latex(name):
    """Letters of ASCII only, exponents of more than one sign in braces, never two at once."""
    for what in ("value", "gradient", "differential"):
        written = record(*READ_AGAIN[name]).formula(what, "latex")
        assert written.isascii(), written
        assert not re.search(r"\^\w[\w.]|\^\(", written), written
        assert not re.search(r"\^\w\^", written), written
        assert not re.search(r"(?<![\\A-Za-z{])[A-Za-z]{3,}\(|(?<!\\)log \|", written), written
        assert "where(" not in written, written


# Names.


def test_one_line_for_each_output_and_each_argument():
    tape = record(lambda x, y: x**2 * y, 1.0, 2.0, argnums=(0, 1))
    assert tape.formula("gradient").splitlines() == ["2 x y", "x²"]
    assert record(lambda x: (x @ x, 2 * x), x0).formula().splitlines() == ["⟨x, x⟩", "2 x"]


def test_parts_of_an_argument_are_numbered():
    tape = record(lambda p: p["a"] * p["b"] @ p["b"], {"a": 2.0, "b": x0})
    assert tape.formula("gradient") == "⟨p_2, p_2⟩\n2 p_1 p_2"
    assert tape.formula("gradient", "latex").splitlines()[1] == "2 p_{1} p_{2}"


def test_names_are_those_of_the_function():
    assert record(lambda alpha: alpha**2, 2.0).formula() == "alpha²"
    assert record(lambda alpha: alpha**2, 2.0).formula(style="latex") == r"\mathrm{alpha}^2"

    class Model:
        def loss(self, w):
            return w**2

    assert record(Model().loss, 2.0).formula() == "w²"
    assert record(np.sin, 2.0).formula() == "sin(x1)"
    assert record(lambda *all_of_them: all_of_them[0] * all_of_them[1], 1.0, 2.0).formula() == (
        "x1 x2"
    )
    assert record(functools.partial(np.multiply, 3.0), 2.0).formula() == "3 x1"


def test_captured_arrays_have_the_names_they_have_in_the_function():
    weights = np.ones((2, 3))
    assert record(lambda x: weights @ x, x0).formula() == "weights x"


def test_an_array_without_a_name_is_written_by_its_shape():
    assert record(lambda X: np.sum(X * np.ones((3, 3)).copy()), X0).formula() == "⟨X, [3×3]⟩"


def test_rosenbrock_is_written_out():
    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    tape = record(rosenbrock, np.ones(4))
    for what in ("value", "gradient", "differential"):
        for style in ("text", "latex"):
            assert "100" in tape.formula(what, style)
    assert tape.formula().startswith("sum(100 (x[1:] − x[:3]²)²")


def test_numbers_have_ten_digits():
    assert record(lambda x: x / 3, 2.0).formula() == "0.3333333333 x"


# Errors.


@pytest.mark.parametrize("what", ["", "hessian", "Value", 3, None])
def test_what_must_be_known(what):
    with pytest.raises(ValueError, match="what must be 'value', 'gradient' or 'differential'; got"):
        record(lambda x: x, 1.0).formula(what)


@pytest.mark.parametrize("style", ["", "tex", "LaTeX", None])
def test_style_must_be_known(style):
    with pytest.raises(ValueError, match="style must be 'text' or 'latex'; got"):
        record(lambda x: x, 1.0).formula(style=style)


def test_the_gradient_is_of_one_number():
    with pytest.raises(TypeError, match="a gradient needs one number as output"):
        record(lambda x: M @ x, x0).formula("gradient")


def test_a_formula_of_thousands_of_operations_is_not_written():
    tape = record(lambda x: sum((np.sin(i * x) for i in range(1, 300)), 0.0), 1.0)
    with pytest.raises(ValueError, match=r"a formula of \d+ operations is not written out"):
        tape.formula()
