"""Typesetting: brackets where they are needed and nowhere else, in both styles."""

import pytest

from fastls.tape.expression import Atom, Factor, Term
from fastls.tape.typeset import Typesetter, latex_of, level_of

TEXT, LATEX = Typesetter(False), Typesetter(True)


def name(text):
    return Atom("name", text)


def vector(text, number=1.0):
    return Term(number, (), (Factor(name(text)),))


def number(value):
    return (Term(value),)


def applied(template, *arguments):
    return Atom("template", template, arguments)


t, x, y = name("t"), vector("x"), vector("y")
A = Factor(name("A"))
TERMS = {
    "0": ((), "0", "0"),
    "number": (number(-2.5), "−2.5", "-2.5"),
    "small number": (number(1e-5), "1e−05", "10^{-5}"),
    "sum": ((x, y._replace(number=-2.0)), "x − 2 y", "x - 2 y"),
    "the negative last": ((y._replace(number=-1.0), x), "x − y", "x - y"),
    "shared on the right": (
        (
            Term(product=(A, Factor(name("x")))),
            Term(product=(A._replace(transposed=True), Factor(name("x")))),
        ),
        "(A + Aᵀ) x",
        r"\left(A + A^{\top}\right) x",
    ),
    "shared on the left": (
        (Term(product=(A, Factor(name("x")))), Term(-1.0, (), (A, Factor(name("y"))))),
        "A (x − y)",
        r"A \left(x - y\right)",
    ),
    "shared number": ((vector("x", 2.0), vector("y", -2.0)), "2 (x − y)", r"2 \left(x - y\right)"),
    "inverse of the transpose": (
        (Term(product=(A._replace(transposed=True, inverse=True),)),),
        "A⁻ᵀ",
        r"A^{-\top}",
    ),
    "powers": ((Term(scalars=((t, 12),)),), "t¹²", "t^{12}"),
    "below": (
        (Term(3.0, ((t, -2), (name("s"), -1))),),
        "3 / (t² s)",
        r"\frac{3}{t^2 s}",
    ),
    "power of a power of a function": (
        (Term(scalars=((applied("{}^{}", (Term(scalars=((t, 1),)),), number(1.5)), 2),)),),
        "(t^1.5)²",
        r"\left(t^{1.5}\right)^2",
    ),
    "power of a square": (
        (Term(scalars=((applied("{}^{}", (Term(scalars=((t, 2),)),), number(-0.5)), 1),)),),
        "(t²)^(−0.5)",
        r"\left(t^2\right)^{-0.5}",
    ),
    "product of logarithms": (
        (Term(scalars=((applied("log |{}|", (x,)), 1), (t, 1))),),
        "(log |x|) t",
        r"\left(\log\left|x\right|\right) t",
    ),
    "entrywise": (
        (Term(2.0, (), (Factor(Atom("entrywise", "", (((x,), 1), ((x, y), -2)))),)),),
        "2 x / (x + y)²",
        r"\frac{2 x}{\left(x + y\right)^2}",
    ),
    "entrywise in a product": (
        (Term(product=(A, Factor(Atom("entrywise", "", (((x,), 1), ((y,), 1)))))),),
        "A (x ∘ y)",
        r"A \left(x \circ y\right)",
    ),
    "entrywise power of a matrix": (
        (Term(product=(Factor(Atom("entrywise", "matrix", (((Term(product=(A,)),), 2),))),)),),
        "A^(∘2)",
        r"A^{\circ 2}",
    ),
    "a number is added to every entry": (
        (Term(product=(Factor(name("𝟏")),)), x),
        "1 + x",
        "1 + x",
    ),
    "ones alone": ((Term(product=(A, Factor(name("𝟏")))),), "A 𝟏", r"A \mathbf{1}"),
    "no index of an index": (
        (Term(product=(Factor(Atom("index", "1:", ((vector("w_1"),),))),)),),
        "w_1[1:]",
        r"\left(w_{1}\right)_{1:}",
    ),
    "differential": (
        (Term(product=(Factor(Atom("differential", "dx_1")),)),),
        "dx_1",
        r"\mathrm{d}x_{1}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TERMS)
def test_expressions_are_written(case):
    terms, text, latex = TERMS[case]
    assert TEXT.sum(terms) == text
    assert LATEX.sum(terms) == latex


@pytest.mark.parametrize(
    ("template", "latex"),
    [
        ("exp({})", r"\exp\left({}\right)"),
        ("arsinh({})", r"\operatorname{arsinh}\left({}\right)"),
        ("|{}|", r"\left|{}\right|"),
        ("‖{}‖", r"\left\|{}\right\|"),
        ("log |Γ({})|", r"\log\left|\Gamma\left({}\right)\right|"),
        ("Φ⁻¹({})", r"\Phi ^{-1}\left({}\right)"),
        ("⟨{}, {}⟩", r"\left\langle {}, {}\right\rangle"),
    ],
)
def test_templates_in_latex(template, latex):
    assert latex_of(template) == latex


def test_how_tightly_templates_bind():
    levels = [level_of(text) for text in ("{} < {}", "{} log({})", "{}^{}", "exp({})")]
    assert levels == sorted(set(levels))
    assert level_of("log det({})") == level_of("|{}|") == level_of("‖{}‖") == level_of("tr({})")
