"""Formulas: what is printed is read again and computed, and must agree with the tape."""

import functools
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fastls import record
from fastls.tape.expression import Atom, Term
from fastls.tape.primitives import ELEMENTWISE
from fastls.tape.rules import special
from fastls.tape.typeset import Typesetter

A = np.array([[2.0, 1.0, 0.5], [0.0, 3.0, -1.0], [1.0, 0.2, 1.5]])
B = np.array([[1.0, -0.5, 0.3], [0.7, 2.0, 0.1], [0.4, 0.6, -1.0]])
S = np.array([[0.5, 0.2, -1.0], [1.0, 0.8, 0.3], [0.1, -0.4, 0.9]])
M = np.arange(15.0).reshape(5, 3) / 7.0
b = np.array([0.3, -0.2, 0.8])
c = np.linspace(-1.0, 1.0, 5)
X0 = np.array([[1.5, 0.2, 0.1], [-0.3, 1.2, 0.4], [0.2, 0.1, 0.9]])
x0 = np.array([0.4, 0.9, 1.3])
CONSTANTS = {"A": A, "B": B, "S": S, "M": M, "b": b, "c": c}


# A reader of formulas in text: a parser by recursive descent that computes as it reads.


class Read:
    """A number, a column or a matrix; of an axis that is free the length is not written (𝟏)."""

    def __init__(self, value, free=(False, False)):
        value = np.asarray(value, dtype=float)
        self.value = value[:, None] if value.ndim == 1 else value
        self.free = free

    def __matmul__(self, other):
        """A product without a sign: of matrices, or with a number."""
        if self.value.ndim == 0 or other.value.ndim == 0:
            free = other.free if self.value.ndim == 0 else self.free
            return Read(self.value * other.value, free)
        left, right = self.value, other.value
        assert not (self.free[1] and other.free[0]), "a sum of an unknown number of terms"
        if self.free[1]:
            left = np.repeat(left, right.shape[0], axis=1)
        if other.free[0]:
            right = np.repeat(right, left.shape[1], axis=0)
        return Read(left @ right, (self.free[0], other.free[1]))

    def entrywise(self, other, ufunc):
        if self.value.ndim == 2 == other.value.ndim:
            for one, two, is_free in zip(
                self.value.shape, other.value.shape,
                (a or b for a, b in zip(self.free, other.free, strict=True)), strict=True,
            ):  # fmt: skip
                assert one == two or is_free, (self.value.shape, other.value.shape)
        free = tuple(
            (a or x.value.ndim == 0) and (b or y.value.ndim == 0)
            for x, y in [(self, other)]
            for a, b in zip(x.free, y.free, strict=True)
        )
        return Read(ufunc(self.value, other.value), free)

    def power(self, exponent, is_of_matrices=False):
        is_matrix = self.value.ndim == 2 and 1 not in self.value.shape
        assert is_matrix == is_of_matrices, "a power of a matrix needs its own sign"
        return Read(self.value ** np.asarray(exponent), self.free)

    def index(self, key):
        is_column = self.value.ndim == 2 and self.value.shape[1] == 1
        found = (self.value[:, 0] if is_column else self.value)[key]
        return Read(found)

    @property
    def T(self):
        return Read(self.value.T, self.free[::-1])

    @property
    def inverse(self):
        return Read(np.linalg.inv(self.value))


def cofactors(X):
    return np.linalg.det(X) * np.linalg.inv(X).T


def diagonal(X):
    return np.diag(X[:, 0]) if X.shape[1] == 1 else np.diag(X)


FUNCTIONS = {
    "√": np.sqrt, "sum": np.sum, "det": np.linalg.det, "cof": cofactors, "tr": np.trace,
    "diag": diagonal, "cumsum": lambda x: np.cumsum(x, axis=0),
    "max": lambda *a: np.maximum(*a) if len(a) > 1 else np.max(a[0]),
    "min": lambda *a: np.minimum(*a) if len(a) > 1 else np.min(a[0]),
}  # fmt: skip
FUNCTIONS |= {
    name: getattr(np, name)
    for name in ("sin", "cos", "tan", "exp", "log", "log1p", "expm1", "tanh", "arctan", "sinh",
                 "cosh", "where", "sign", "hypot", "logaddexp", "arctan2")
}  # fmt: skip
SIGNS = {"<": np.less, ">": np.greater, "≤": np.less_equal, "≥": np.greater_equal,
         "=": np.equal, "≠": np.not_equal}  # fmt: skip
TOKEN = re.compile(
    r"(?P<number>[0-9]+\.?[0-9]*(?:e[+−]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*|√|𝟏)"
    r"|(?P<index>\[[^\]×]*\]?\])|(?P<post>ᵀ|⁻¹|⁻ᵀ|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\(∘\d+\))|(?P<space>\s+)"
    r"|(?P<sign>[-−+/^∘,()⟨⟩|‖<>=≤≥≠])"
)
DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Reader:
    """Sums of products entry by entry (∘, /) of products of matrices of powers of atoms."""

    def __init__(self, text, names):
        self.names, self.tokens, self.inside, place = names, [], [], 0
        while place < len(text):
            token = TOKEN.match(text, place)
            assert token, f"{text[place:]!r} in {text!r}"
            place = token.end()
            if token.lastgroup != "space":
                self.tokens.append((token.lastgroup, token.group()))
        self.tokens.append(("end", ""))

    def next(self):
        return self.tokens[0]

    def take(self, sign=None):
        _, text = self.tokens.pop(0)
        assert sign is None or text == sign, (text, sign, self.tokens)
        return text

    def whole(self):
        value = self.sum()
        assert self.next()[0] == "end", self.tokens
        return value

    def argument(self):
        value = self.sum()
        if self.next()[1] in SIGNS:
            sign = SIGNS[self.take()]
            value = Read(sign(value.value, self.sum().value))
        return value

    def sum(self):
        is_negative = self.next()[1] == "−" and self.take()
        value = self.entrywise()
        if is_negative:
            value = Read(-value.value, value.free)
        while self.next()[1] in ("+", "−"):
            sign = np.add if self.take() == "+" else np.subtract
            value = value.entrywise(self.entrywise(), sign)
        return value

    def entrywise(self):
        value = self.product()
        while self.next()[1] in ("∘", "/"):
            sign = np.multiply if self.take() == "∘" else np.divide
            value = value.entrywise(self.product(), sign)
        return value

    def starts(self):
        kind, text = self.next()
        is_bar = text in ("|", "‖") and self.inside[-1:] != [text]
        return kind in ("number", "name") or text in ("(", "⟨") or is_bar

    def product(self):
        value = self.power()
        while self.starts():
            value = value @ self.power()
        return value

    def power(self):
        value = self.atom()
        while self.next()[0] in ("post", "index") or self.next()[1] == "^":
            kind, text = self.tokens.pop(0)
            if text == "^":
                return value.power(self.atom().value)
            if kind == "index":
                value = value.index(eval(f"np.s_{text}", {"np": np}))
            elif text == "ᵀ":
                value = value.T
            elif text in ("⁻¹", "⁻ᵀ"):
                value = value.inverse if text == "⁻¹" else value.inverse.T
            elif text.startswith("^"):
                value = value.power(int(text[3:-1]), True)
            else:
                value = value.power(int(text.translate(DIGITS)))
        return value

    def enclosed(self, one, other, count):
        self.take(one)
        self.inside.append(other)
        values = [self.argument()]
        while count > 1 and self.next()[1] == ",":
            self.take()
            values.append(self.argument())
        self.take(other)
        self.inside.pop()
        return values

    def atom(self):
        kind, text = self.next()
        if text == "(":
            return self.enclosed("(", ")", 1)[0]
        if text == "⟨":
            u, v = self.enclosed("⟨", "⟩", 2)
            return Read(np.sum(u.entrywise(v, np.multiply).value))
        if text == "‖":
            return Read(np.linalg.norm(self.enclosed("‖", "‖", 1)[0].value))
        if text == "|":
            return Read(np.abs(self.enclosed("|", "|", 1)[0].value))
        self.take()
        if kind == "number":
            return Read(float(text.replace("−", "-")))
        if text == "𝟏":
            return Read([[1.0]], (True, False))
        if text in self.names:
            return Read(self.names[text])
        assert text in FUNCTIONS, (text, self.tokens)
        is_call = self.next()[1] == "("
        arguments = self.enclosed("(", ")", 9) if is_call else [self.atom()]
        free = arguments[0].free if len(arguments) == 1 else (False, False)
        return Read(FUNCTIONS[text](*[argument.value for argument in arguments]), free)


def read(text, names):
    """The value of a formula, the parts of which may be named in lines that follow."""
    n = max((len(value) for value in names.values() if np.ndim(value)), default=1)
    sizes = {len(value) for name, value in names.items() if name in ("x", "X", "w", "x1")
             and np.ndim(value)}  # fmt: skip
    n = sizes.pop() if sizes else n
    names = {"I": np.eye(n)} | {f"e_{i}": np.eye(n)[i] for i in range(n)} | names
    line, *parts = text.split("\n")
    for part in parts:
        name, definition = part.removeprefix("where ").split(" = ", 1)
        names[name] = Reader(definition, names).whole().value
    return Reader(line, names).whole().value


def agree(text, names, expected, rtol=1e-9):
    expected = np.asarray(expected, dtype=float)
    with np.errstate(all="ignore"):
        found = np.asarray(read(text, names))
    if found.ndim == 2 and found.shape[1] == 1 and expected.ndim == 1:  # a vector
        found = found[:, 0]
    if found.size == 1:
        found = found.reshape(())
    assert found.ndim <= expected.ndim, text
    np.testing.assert_allclose(
        np.broadcast_to(found, expected.shape), expected, rtol=rtol, atol=1e-3 * rtol
    )


def test_the_reader_reads():
    names = {"A": A, "x": x0, "t": 2.0}
    agree("(A + Aᵀ) x / ⟨x, A x⟩", names, (A + A.T) @ x0 / (x0 @ A @ x0))
    agree("−t² + 3 √(1 + t) exp(−t) / (t t)", names, -4 + 3 * np.sqrt(3) * np.exp(-2) / 4)
    agree("x xᵀ", names, np.outer(x0, x0))
    agree("log |det(A)| − 2^t", names, np.linalg.slogdet(A)[1] - 4)
    agree("log det(A)", names, np.linalg.slogdet(A)[1])
    agree("x[1:] ∘ x[:2]", names, x0[1:] * x0[:2])
    agree("I[1:]ᵀ x[1:] − x[0] e_0", names, x0 * [-1, 1, 1])
    agree("A 𝟏 𝟏ᵀ − 𝟏 xᵀ", names, A.sum(1)[:, None] - x0)
    agree("A^(∘2) ∘ A / (1 + A ∘ A)", names, A**3 / (1 + A * A))
    agree("‖x‖² ‖A x − x‖ |t|", names, x0 @ x0 * np.linalg.norm(A @ x0 - x0) * 2)
    agree("r r\nwhere r = 2 t", names, 16)
    agree("where(x > 1, 1, 0)", names, [0, 0, 1])


def test_the_reader_refuses_what_does_not_fit():
    for text in ("A²", "A^(∘2) ∘ x", "x x", "2 +", "𝟏ᵀ 𝟏", "A ∘ xᵀ"):
        with pytest.raises((AssertionError, ValueError)):
            read(text, {"A": A, "x": x0})


# Matrix calculus as it is written in a book: value, gradient, differential.

y = np.array([1.0, -1.0, -1.0, 1.0, 1.0])
W, v = B, np.array([0.5, -1.0, 0.25])
CONSTANTS |= {"y": y, "W": W, "v": v, "alpha": 3.0}

BOOK = {
    # The rules for differentials
    "dA = 0": (lambda X: A, X0, "A", None, "0"),
    "d(αX)": (lambda X: 3.0 * X, X0, "3 X", None, "3 dX"),
    "d(AXB)": (lambda X: A @ X @ B, X0, "A X B", None, "A dX B"),
    "d(X+Y)": (lambda X: X + X.T @ A, X0, "X + Xᵀ A", None, "dX + dXᵀ A"),
    "d(X')": (lambda X: X.T, X0, "Xᵀ", None, "dXᵀ"),
    "d(XY)": (lambda X: X @ A @ X, X0, "X A X", None, "dX A X + X A dX"),
    "d<X,Y>": (lambda X: np.sum(X * (A @ X)), X0, "⟨X, A X⟩", "(A + Aᵀ) X",
               "⟨A X, dX⟩ + ⟨X, A dX⟩"),
    "d(X/φ)": (lambda X: X / np.trace(X), X0, "X / tr(X)", None,
               "dX / tr(X) − tr(dX) X / tr(X)²"),
    "d det X": (lambda X: np.linalg.det(X), X0, "det(X)", "cof(X)", "⟨cof(X), dX⟩"),
    "d tr X": (lambda X: np.trace(X), X0, "tr(X)", "I", "tr(dX)"),
    "d f(g(x))": (lambda x: np.tanh(A @ x), x0, "tanh(A x)", None, "(1 − tanh(A x)²) ∘ (A dx)"),
    "d X^-1": (lambda X: np.linalg.inv(X), X0, "X⁻¹", None, "−X⁻¹ dX X⁻¹"),
    "d log det X": (lambda X: np.log(np.linalg.det(X)), X0, "log det(X)", "X⁻ᵀ", "⟨X⁻ᵀ, dX⟩"),
    # Traces
    "tr(AX)": (lambda X: np.trace(A @ X), X0, "tr(A X)", "Aᵀ", "tr(A dX)"),
    "tr(AXB)": (lambda X: np.trace(A @ X @ B), X0, "tr(A X B)", "Aᵀ Bᵀ", "tr(A dX B)"),
    "tr(X'X)": (lambda X: np.trace(X.T @ X), X0, "tr(Xᵀ X)", "2 X", "tr(dXᵀ X + Xᵀ dX)"),
    # Quadratic forms
    "quadratic": (lambda x: x @ A @ x - b @ x + 2.0, x0, "⟨x, A x⟩ + 2 − ⟨b, x⟩",
                  "(A + Aᵀ) x − b", "⟨A x, dx⟩ + ⟨x, A dx⟩ − ⟨b, dx⟩"),
    "half a quadratic": (lambda x: 0.5 * x @ A @ x, x0, "0.5 ⟨x, A x⟩", "0.5 (A + Aᵀ) x", None),
    "by einsum": (lambda x: np.einsum("i,ij,j", x, A, x), x0, None, "(A + Aᵀ) x", None),
    "logarithm of a quadratic": (lambda x: np.log(x @ A @ x), x0, "log(⟨x, A x⟩)",
                                 "(A + Aᵀ) x / ⟨x, A x⟩", "(⟨A x, dx⟩ + ⟨x, A dx⟩) / ⟨x, A x⟩"),
    "linear": (lambda x: b @ x, x0, "⟨b, x⟩", "b", "⟨b, dx⟩"),
    "square": (lambda x: x @ x, x0, "‖x‖²", "2 x", "2 ⟨x, dx⟩"),
    "norm": (lambda x: np.sqrt(x @ x), x0, "‖x‖", "x / ‖x‖", "⟨x, dx⟩ / ‖x‖"),
    "distance": (lambda x: np.linalg.norm(x - b), x0, "‖x − b‖", "(x − b) / ‖x − b‖",
                 "⟨x − b, dx⟩ / ‖x − b‖"),
    # Functions of matrices
    "Gaussian likelihood": (lambda X: np.sum(S * X) - np.log(np.linalg.det(X)), X0,
                            "⟨S, X⟩ − log det(X)", "S − X⁻ᵀ", "⟨S, dX⟩ − ⟨X⁻ᵀ, dX⟩"),
    "slogdet": (lambda X: np.sum(S * X) - np.linalg.slogdet(X)[1], X0,
                "⟨S, X⟩ − log |det(X)|", "S − X⁻ᵀ", None),
    "<A, X>": (lambda X: 3.0 * np.sum(A * X), X0, "3 ⟨A, X⟩", "3 A", "3 ⟨A, dX⟩"),
    "b'Xb": (lambda X: b @ X @ b, X0, "⟨b, X b⟩", "b bᵀ", "⟨b, dX b⟩"),
    "<A, X^-1>": (lambda X: np.sum(A * np.linalg.inv(X)), X0, "⟨A, X⁻¹⟩", "−X⁻ᵀ A X⁻ᵀ",
                  "−⟨A, X⁻¹ dX X⁻¹⟩"),
    "<A, XX'>": (lambda X: np.sum(A * (X @ X.T)), X0, "⟨A, X Xᵀ⟩", "(A + Aᵀ) X", None),
    "1'M x": (lambda x: np.sum(M @ x), x0, "sum(M x)", "Mᵀ 𝟏", "sum(M dx)"),
    "1'X'X1": (lambda X: np.sum(X.T @ X), X0, "sum(Xᵀ X)", "2 X 𝟏 𝟏ᵀ", None),
    "outer product": (lambda x: np.sum(A * np.outer(x, x)), x0, "⟨A, x xᵀ⟩", "(A + Aᵀ) x", None),
    "solve": (lambda x: b @ np.linalg.solve(A, x), x0, "⟨b, A⁻¹ x⟩", "A⁻ᵀ b", "⟨b, A⁻¹ dx⟩"),
    "entrywise square": (lambda X: np.sum(A * X**2), X0, "sum(A ∘ X^(∘2))", "2 A ∘ X",
                         "2 ⟨A ∘ X, dX⟩"),
    "scaled columns": (lambda X: np.sum(A * (X * b)), X0, "⟨A, X diag(b)⟩", "A diag(b)",
                       "⟨A, dX diag(b)⟩"),
    "added to each row": (lambda x: np.sum(A * np.exp(A + x)), x0, "⟨A, exp(A + 𝟏 xᵀ)⟩",
                          "(A ∘ exp(A + 𝟏 xᵀ))ᵀ 𝟏", None),
    # Models
    "least squares": (lambda x: np.sum((M @ x - c) ** 2), x0, "‖M x − c‖²", "2 Mᵀ (M x − c)",
                      "2 ⟨M x − c, M dx⟩"),
    "least squares by the norm": (lambda x: np.linalg.norm(M @ x - c) ** 2, x0, "‖M x − c‖²",
                                  "2 Mᵀ (M x − c)", "2 ⟨M x − c, M dx⟩"),
    "logistic regression": (
        lambda x: np.sum(np.log(1.0 + np.exp(-(y * (M @ x))))), x0,
        "sum(log(1 + exp(−y ∘ (M x))))", "−Mᵀ (y ∘ exp(−y ∘ (M x)) / (1 + exp(−y ∘ (M x))))",
        "−⟨y ∘ exp(−y ∘ (M x)) / (1 + exp(−y ∘ (M x))), M dx⟩"),
    "log sum exp": (lambda x: np.log(np.sum(np.exp(x))), x0, "log(sum(exp(x)))",
                    "exp(x) / sum(exp(x))", "⟨exp(x), dx⟩ / sum(exp(x))"),
    "softmax": (lambda x: np.exp(x) / np.sum(np.exp(x)), x0, "exp(x) / sum(exp(x))", None,
                "exp(x) ∘ dx / sum(exp(x)) − ⟨exp(x), dx⟩ exp(x) / sum(exp(x))²"),
    "network": (lambda X: np.sum(v * np.tanh(X @ b)), X0, "⟨v, tanh(X b)⟩",
                "(v ∘ (1 − tanh(X b)²)) bᵀ", "⟨v ∘ (1 − tanh(X b)²), dX b⟩"),
    "Rosenbrock": (
        lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), x0,
        "sum(100 (x[1:] − x[:2]²)² + (1 − x[:2])²)",
        "I[:2]ᵀ (2 (x[:2] − 1) − 400 (x[1:] − x[:2]²) ∘ x[:2]) + 200 I[1:]ᵀ (x[1:] − x[:2]²)",
        "200 ⟨x[1:] − x[:2]², dx[1:] − 2 x[:2] ∘ dx[:2]⟩ − 2 ⟨1 − x[:2], dx[:2]⟩"),
    "leaky ReLU": (lambda x: np.sum(np.where(x > 0.5, x, 0.1 * x)), x0,
                   "sum(where(x > 0.5, x, 0.1 x))",
                   "where(x > 0.5, 1, 0) + 0.1 where(x > 0.5, 0, 1)", None),
    # Numbers
    "Gauss": (lambda x: np.exp(-(x**2)), 0.3, "exp(−x²)", "−2 x exp(−x²)", "−2 x exp(−x²) dx"),
    "cube": (lambda x: x**3, 0.3, "x³", "3 x²", "3 x² dx"),
    "power of a power": (lambda x: (x**3) ** 4, 1.3, "x¹²", "12 x¹¹", "12 x¹¹ dx"),
    "reciprocal": (lambda x: 1.0 / x, 0.3, "1 / x", "−1 / x²", "−dx / x²"),
    "root": (lambda x: np.sqrt(1.0 + x), 0.3, "√(1 + x)", "0.5 / √(1 + x)", "0.5 dx / √(1 + x)"),
    "constant": (lambda x: 1.0, 0.3, "1", "0", "0"),
    "nothing": (lambda x: x - x, 0.3, "0", "0", "0"),
    "identity": (lambda x: x, 0.3, "x", "1", "dx"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (name, what)
        for name, row in BOOK.items()
        for what, text in zip(("value", "gradient", "differential"), row[2:], strict=True)
        if text is not None
    ],
)
def test_it_is_written_as_in_a_book(name, what):
    f, x, *texts = BOOK[name]
    assert record(f, x).formula(what) == texts[("value", "gradient", "differential").index(what)]


LATEX = [
    ("quadratic", "gradient", r"\left(A + A^{\top}\right) x - b"),
    ("logarithm of a quadratic", "gradient",
     r"\frac{\left(A + A^{\top}\right) x}{\left\langle x, A x\right\rangle}"),
    ("Gaussian likelihood", "value",
     r"\left\langle S, X\right\rangle - \log \det\left(X\right)"),
    ("slogdet", "value",
     r"\left\langle S, X\right\rangle - \log\left|\det\left(X\right)\right|"),
    ("Gaussian likelihood", "gradient", r"S - X^{-\top}"),
    ("d X^-1", "differential", r"-X^{-1} \mathrm{d}X X^{-1}"),
    ("least squares", "value", r"\left\|M x - c\right\|^2"),
    ("distance", "gradient", r"\frac{x - b}{\left\|x - b\right\|}"),
    ("1'M x", "gradient", r"M^{\top} \mathbf{1}"),
    ("power of a power", "value", "x^{12}"),
    ("Gauss", "gradient", r"-2 x \exp\left(-x^2\right)"),
    ("root", "gradient", r"\frac{0.5}{\sqrt{1 + x}}"),
    ("entrywise square", "value", r"\operatorname{sum}\left(A \circ X^{\circ 2}\right)"),
    ("leaky ReLU", "value",
     r"\operatorname{sum}\left(\begin{cases} x & x > 0.5 \\ 0.1 x & \mathrm{otherwise} "
     r"\end{cases}\right)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "what", "latex"), LATEX)
def test_it_is_written_in_latex(name, what, latex):
    f, x, *_ = BOOK[name]
    assert record(f, x).formula(what, "latex") == latex


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
READ_AGAIN |= {
    "inverse of a sum": (lambda X: np.sum(np.linalg.inv(X + A)), X0),
    "softplus of a product": (lambda x: np.sum(np.logaddexp(0.0, M @ x)), x0),
    "hinge": (lambda x: np.sum(np.maximum(0.0, 1.0 - y * (M @ x))), x0),
    "largest entry": (lambda X: np.max(X), X0),
    "diagonal": (lambda X: np.sum(np.diag(X) ** 2), X0),
    "chosen entries": (lambda x: np.sum(x[[0, 2]] ** 2 * x[[1, 1]]), x0),
    "entries of a matrix": (lambda X: np.sum(X[0] * b) + X[1, 2] + np.sum(X[1:, :2] ** 2), X0),
    "sums of columns": (lambda X: np.sum(np.sum(X, axis=0) ** 2), X0),
    "sums of rows": (lambda X: np.sum(np.exp(np.sum(X * A, axis=1))), X0),
    "centred": (lambda x: np.var(x), x0),
    "product of entries": (lambda x: np.prod(x), x0),
    "partial sums": (lambda x: np.sum(np.cumsum(x) * b), x0),
    "columns scaled": (lambda X: np.sum((X * b + b[:, None]) ** 2), X0),
    "table of differences": (lambda x: np.sum((x[:, None] - x[None, :]) ** 2 * A), x0),
    "matrix by entries": (lambda X: np.sum(X**2 / (1 + X**2) + np.abs(X)), X0),
    "solution": (lambda X: np.sum(np.linalg.solve(X @ X, b)), X0),
    "scaled by a number": (lambda x: np.sum(np.exp(x / np.linalg.norm(x)) * x), x0),
    "long": (lambda x: np.sum(np.tanh(A @ np.tanh(B @ np.tanh(A @ x + b) + b) + b) ** 2), x0),
}  # fmt: skip
READ_AGAIN |= {f"book: {name}": row[:2] for name, row in BOOK.items()}


def cannot_be_read(text):
    return re.search(r"assemble|gather|scatter|reshape|concatenate|(?<![\w\])\[])\[\d", text)


def check_reading(f, x, what, rtol=1e-9, skip=pytest.skip):
    tape = record(f, x)
    if what == "gradient" and np.ndim(tape(x)):
        return
    text = tape.formula(what)
    if cannot_be_read(text):
        skip(f"not mathematics: {text}")
    dx = 0.7 * x + 0.1
    variable = "X" if np.ndim(x) == 2 else "x"
    names = {**CONSTANTS, variable: x, f"d{variable}": dx}
    expected = {
        "value": lambda: tape(x),
        "gradient": lambda: tape.grad(x),
        "differential": lambda: tape.differential(x, dx),
    }[what]()
    agree(text, names, expected, rtol)


@pytest.mark.parametrize("name", READ_AGAIN)
@pytest.mark.parametrize("what", ["value", "gradient", "differential"])
def test_a_formula_that_is_read_again_has_the_value_of_the_tape(name, what):
    check_reading(*READ_AGAIN[name], what)


def test_an_inverse_is_no_power_by_entries():
    check_reading(lambda X: np.sum(X * np.linalg.inv(X * X)), X0, "value", 1e-6)


def test_a_factor_is_shared_on_its_own_side():
    assert record(lambda X: X @ X + X @ B.T, X0).formula() == "X (X + Bᵀ)"
    assert record(lambda X: X @ X + B @ X, X0).formula() == "(X + B) X"


def test_entries_of_zeros_are_zeros():
    assert record(lambda x: np.sum(x * (x - x)[::-1]), x0).formula() == "0"


def test_constants_without_a_name_are_told_apart():
    f = record(lambda x: np.sum(x * (2.0 * b - (x + A @ b))), x0)
    assert f.formula() == "⟨x, [3] − x − [3]_2⟩"
    assert_is_latex(f.formula(style="latex"))


# Compositions of simple functions, of vectors in [0.2, 1.5] so that all are defined.

ONE = {
    "sin": np.sin, "exp": lambda u: np.exp(0.1 * u), "tanh": np.tanh,
    "log": lambda u: np.log(1.0 + u * u), "sqrt": lambda u: np.sqrt(1.0 + u * u),
    "minus": lambda u: -u, "reciprocal": lambda u: 1.0 / (2.0 + u * u), "square": np.square,
    "cube": lambda u: u**3, "A": lambda u: A @ u, "A'": lambda u: A.T @ u, "half": lambda u: u / 2,
    "reversed": lambda u: u[::-1], "normed": lambda u: u / (1.0 + u @ u),
    "shifted": lambda u: 1.0 - u, "slice": lambda u: np.sum(u[1:]) * u,
    "max": lambda u: np.maximum(u, 0.3),
}  # fmt: skip
TWO = {
    "plus": np.add, "minus": np.subtract, "times": np.multiply,
    "over": lambda u, w: u / (2.0 + w * w), "inner": lambda u, w: (u @ w) * u,
    "outer": lambda u, w: np.outer(u, w) @ b,
}  # fmt: skip
EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "b"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(sorted(ONE)), inner),
        st.tuples(st.sampled_from(sorted(TWO)), inner, inner),
    ),
    max_leaves=5,
)


def unreadable(reason):
    assume(False)


def evaluate(expression, x):
    if isinstance(expression, str):
        return x if expression == "x" else b
    name, *arguments = expression
    functions = ONE if len(arguments) == 1 else TWO
    return functions[name](*[evaluate(argument, x) for argument in arguments])


@given(EXPRESSIONS, st.sampled_from(["value", "gradient", "differential"]))
@settings(max_examples=150, deadline=None)
def test_compositions_are_read_again(expression, what):
    def f(x):
        return np.sum(x * evaluate(expression, x))

    assume(not re.search("‖𝟏|⟨[^⟩]*𝟏", record(f, x0).formula(what)))  # how many ones is not said
    check_reading(f, x0, what, skip=unreadable)


BINARY = ["plus", "minus", "product", "times", "over"]
OF_MATRICES = {
    "transpose": lambda U: U.T, "A": lambda U: A @ U, "B": lambda U: U @ B.T,
    "inverse": lambda U: np.linalg.inv(U), "tanh": np.tanh, "square": np.square,
    "rows": lambda U: U * b, "columns": lambda U: U * b[:, None], "shifted": lambda U: U + b,
    "trace": lambda U: U / (3.0 + np.trace(U) ** 2), "sums": lambda U: U + np.sum(U, axis=0),
    "means": lambda U: U - np.mean(U, axis=1)[:, None],
    "determinant": lambda U: np.linalg.det(U) * U,
    "first": lambda U: np.outer(U[0], U[:, 1]), "part": lambda U: np.sum(U[1:, :2]) - U,
    "diagonal": lambda U: np.diag(U) * U, "plus": np.add, "minus": np.subtract,
    "product": np.matmul, "times": np.multiply, "over": lambda U, V: U / (2.0 + V * V),
}  # fmt: skip
MATRICES = st.recursive(
    st.sampled_from(["X", "A"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from([n for n, g in OF_MATRICES.items() if n not in BINARY]), inner),
        st.tuples(st.sampled_from(BINARY), inner, inner),
    ),
    max_leaves=3,
)


def evaluate_matrix(expression, X):
    if isinstance(expression, str):
        return X if expression == "X" else A
    name, *arguments = expression
    return OF_MATRICES[name](*[evaluate_matrix(argument, X) for argument in arguments])


@given(MATRICES, st.sampled_from(["value", "gradient", "differential"]))
@settings(max_examples=150, deadline=None)
def test_compositions_of_matrices_are_read_again(expression, what):
    with np.errstate(all="ignore"):
        try:
            value = evaluate_matrix(expression, X0)
        except np.linalg.LinAlgError:
            assume(False)
        assume(np.all(np.isfinite(value)) and 1e-2 < np.max(np.abs(value)) < 1e2)
    try:
        tape = record(lambda X: np.sum(X * evaluate_matrix(expression, X)), X0)
        finite = np.all(np.abs(tape.grad(X0)) < 1e4)
    except np.linalg.LinAlgError:
        assume(False)
    assume(finite)
    check_reading(
        lambda X: np.sum(X * evaluate_matrix(expression, X)), X0, what, rtol=1e-6, skip=unreadable
    )


@given(EXPRESSIONS)
@settings(max_examples=50, deadline=None)
def test_compositions_are_latex(expression):
    tape = record(lambda x: np.sum(x * evaluate(expression, x)), x0)
    for what in ("value", "gradient", "differential"):
        assert_is_latex(tape.formula(what, "latex"))


# LaTeX is checked by its grammar: braces, pairs of \left and \right, commands that exist.

COMMANDS = set(
    re.findall(
        r"\w+",
        "left right langle rangle frac sqrt top circ mathbf mathrm operatorname log exp sin cos "
        "tan sinh cosh tanh max min arcsin arccos arctan det cdot begin end le ge ne wedge vee neg "
        "infty Gamma Phi lambda psi sigma zeta times oplus bmod",
    )
)


def assert_is_latex(written):
    assert written.isascii(), written
    open_braces, open_sides, open_cases = 0, [], 0
    tokens = re.findall(r"\\[A-Za-z]+|\\.|[A-Za-z]+|.", written)
    for i, token in enumerate(tokens):
        if token == "{":
            open_braces += 1
        elif token == "}":
            open_braces -= 1
            assert open_braces >= 0, written
        elif token == r"\left":
            open_sides.append((tokens[i + 1], open_braces))
        elif token == r"\right":
            side, depth = open_sides.pop()
            pairs = {"(": ")", "|": "|", r"\|": r"\|", r"\langle": r"\rangle"}
            assert tokens[i + 1] == pairs[side], written
            assert depth == open_braces, written
        elif token in (r"\begin", r"\end"):
            open_cases += 1 if token == r"\begin" else -1
        elif re.fullmatch(r"\\[A-Za-z]+", token):
            assert token[1:] in COMMANDS, (token, written)
        elif re.fullmatch("[A-Za-z]{2,}", token):  # a word
            before = written[: written.find(token)]
            assert re.search(r"\\(operatorname|mathrm)\{[\w ]*$|(begin|end)\{$", before), written
        elif token in "()|":
            assert tokens[i - 1] in (r"\left", r"\right"), written
        elif token in "^_":
            assert re.match(r"[\w{]", tokens[i + 1]), written
    assert open_braces == open_cases == len(open_sides) == 0, written
    assert not re.search(r"\^\w\^|\^\{[^{}]*\}\^|_\{[^{}]*\}_|\^\d\d", written), written


@pytest.mark.parametrize("name", READ_AGAIN)
def test_latex_is_latex(name):
    tape = record(*READ_AGAIN[name])
    for what in ("value", "gradient", "differential"):
        if what == "gradient" and np.ndim(tape(READ_AGAIN[name][1])):
            continue
        for line in tape.formula(what, "latex").splitlines():
            assert_is_latex(line.replace(r"\; ", ""))


TEMPLATES = sorted(
    {primitive.formula for primitive in ELEMENTWISE.values()}
    | {formula for *_, formula, _ in special.rows(pytest.importorskip("scipy.special"))}
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_of_primitives_are_latex(template):
    atom = Atom("template", template, (((Term(1.5)),),) * 4)
    assert_is_latex(Typesetter(True).atom(atom, 0))
    assert "-" not in template


@pytest.mark.parametrize("name", READ_AGAIN)
def test_matplotlib_reads_the_latex(name):
    mathtext = pytest.importorskip("matplotlib.mathtext")
    for line in record(*READ_AGAIN[name]).formula("value", "latex").splitlines():
        if "cases" not in line:  # which it does not know
            mathtext.MathTextParser("path").parse(f"${line}$")


@pytest.mark.parametrize("bad", ["(x)", r"\left(x", r"x^12", "{x", r"\foo x", "sum x", "x ∘ y"])
def test_the_checker_refuses_what_is_no_latex(bad):
    with pytest.raises(AssertionError):
        assert_is_latex(bad)


@pytest.mark.parametrize("name", READ_AGAIN)
@pytest.mark.parametrize("what", ["value", "differential"])
def test_no_brackets_are_doubled_and_there_is_one_minus(name, what):
    text = record(*READ_AGAIN[name]).formula(what)
    assert "-" not in text
    assert "⊙" not in text
    for i in range(len(text)):  # a bracket directly in another closes before it does
        if text.startswith("((", i):
            depth, j = 1, i + 2
            while depth:
                depth += {"(": 1, ")": -1}.get(text[j], 0)
                j += 1
            assert text[j] != ")", text


# Long formulas.


def test_what_is_repeated_in_a_long_formula_is_named():
    def model(x):
        r = M @ np.tanh(A @ x + b) - c
        return np.sum(r * np.exp(r) + np.log(1.0 + r**2) / (1.0 + r**4))

    tape = record(model, x0)
    for what in ("gradient", "differential"):
        first, *parts = tape.formula(what).splitlines()
        assert any(part.startswith("where ") for part in parts)
        assert len(first) < 300
        check_reading(model, x0, what)
    assert "where" not in record(lambda x: np.sum((M @ x - c) ** 2), x0).formula("gradient")


def test_a_name_given_is_no_name_that_is_taken():
    def model(r):
        s = np.tanh(A @ np.exp(A @ r + b))
        return np.sum(s * np.exp(s) + np.log(1.0 + s**2) / (1.0 + s**4) * np.sin(s) * np.cos(s))

    names = [line.split()[1] for line in record(model, x0).formula("gradient").splitlines()[1:]]
    assert names
    assert "r" not in names
    assert len(set(names)) == len(names)


# Names.


def test_one_line_for_each_output_and_each_argument():
    tape = record(lambda x, y: x**2 * y, 1.0, 2.0, argnums=(0, 1))
    assert tape.formula("gradient").splitlines() == ["2 x y", "x²"]
    assert record(lambda x: (x @ x, 2 * x), x0).formula().splitlines() == ["‖x‖²", "2 x"]


def test_parts_of_an_argument_are_numbered():
    tape = record(lambda p: p["a"] * p["b"] @ p["b"], {"a": 2.0, "b": x0})
    assert tape.formula("gradient") == "‖p_2‖²\n2 p_1 p_2"
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
    assert record(lambda X: np.sum(X * (A + B)), X0).formula() == "⟨X, [3×3]⟩"
    assert record(lambda X: np.sum(X * (0 * A + 2)), X0).formula() == "2 sum(X)"


def test_rosenbrock_is_written_out():
    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    tape = record(rosenbrock, np.ones(4))
    for what in ("value", "gradient", "differential"):
        for style in ("text", "latex"):
            assert "00 " in tape.formula(what, style)
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


def test_a_formula_adds_nothing_to_the_tape():
    tape = record(lambda x: np.sum(np.tanh(x) * np.sin(x)), x0)
    for what in ("value", "gradient", "differential"):
        assert len({tape.formula(what) for _ in range(100)}) == 1
    assert repr(tape) == repr(record(tape.function, x0))


def test_a_formula_is_the_same_whatever_was_computed():
    tape = record(lambda x: np.sum(np.tanh(x) * np.sin(x)), x0)
    before = tape.formula("gradient")
    tape.hessian(x0)
    assert tape.formula("gradient") == before
    np.testing.assert_array_equal(tape.hvp(x0, x0), record(tape.function, x0).hvp(x0, x0))
