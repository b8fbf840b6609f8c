"""Expressions of matrix calculus on paper, in text or LaTeX.

How what is written is to be read:

    A x, 2 x     a product of matrices, or with a number; vectors are columns
    x ∘ y, x / y entry by entry, as are powers and functions; binds less than a product
    ⟨X, Y⟩       the sum of the entries of X ∘ Y; ‖X‖² = ⟨X, X⟩
    𝟏            a vector of ones
    x[1:]        entries counted from 0, the end excluded; I[1:] are rows of the identity matrix
    diag         a matrix with these on the diagonal; of a matrix, its diagonal
"""

import re
from typing import Any

from fastls.tape.expression import Atom, Factor, Sum, Term, is_ones

__all__ = ["Typesetter"]

# How tightly it binds: what is in a place for something that binds tighter gets brackets.
SUM, PRODUCT, POWER, ATOM = range(4)


def entrywise_factor(pairs: Any, is_matrix: bool) -> Factor:
    """The product entry by entry of powers."""
    plain = tuple((terms, power) for terms, power, *_ in pairs)
    return Factor(Atom("entrywise", "matrix" if is_matrix else "", plain))


# What is shared by terms is written once.


def collected(terms: Sum) -> Sum:
    """Terms with the same scalars as one: 2 A x + 2 B x is 2 (A + B) x."""
    terms = grouped(
        terms,
        lambda t: (t.scalars, abs(t.number), t.product[-1]) if len(t.product) > 1 else None,
        lambda q: (bracketed([t._replace(product=t.product[:-1]) for t in q]), q[0].product[-1]),
    )
    terms = grouped(
        terms,
        lambda t: (t.scalars, abs(t.number), t.product[0]) if len(t.product) > 1 else None,
        lambda q: (q[0].product[0], bracketed([t._replace(product=t.product[1:]) for t in q])),
    )
    return grouped(
        terms,
        lambda t: (
            (t.scalars, abs(t.number))
            if t.product and (t.scalars or abs(t.number) != 1.0)
            else None
        ),
        lambda q: (bracketed(q),),
    )


def grouped(terms: Sum, key: Any, product: Any) -> Sum:
    """Terms with the same key, if it is not None, as one with a product made of theirs."""
    groups: dict[Any, list[Term]] = {}
    for i, term in enumerate(terms):
        found = key(term)
        groups.setdefault(i if found is None else found, []).append(term)
    result = []
    for group in groups.values():
        first, number = group[0], abs(group[0].number)
        if len(group) == 1:
            result.append(first)
            continue
        if all(term.number < 0.0 for term in group):
            number = -number
        bare = [Term(term.number / number, (), term.product) for term in group]
        result.append(Term(number, first.scalars, product(bare)))
    return tuple(result)


def bracketed(terms: list[Term]) -> Factor:
    return Factor(Atom("group", "", (collected(tuple(terms)),)))


def in_order(terms: Sum) -> Sum:
    """What is added before what is taken away."""
    return tuple(
        sorted(
            terms,
            key=lambda t: (
                t.number < 0.0,
                bool(t.product) and all(f.transposed for f in t.product),
            ),
        )
    )


# The alphabets.

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
KNOWN = {
    "log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arcsin", "arccos",
    "arctan", "det",
}  # fmt: skip
LATEX = {
    "𝟏": r"\mathbf{1}", "−": "-", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∧": r"\wedge ",
    "∨": r"\vee ", "¬": r"\neg ", "⊕": r"\oplus ", "Γ": r"\Gamma ", "ψ": r"\psi ",
    "ζ": r"\zeta ", "σ": r"\sigma ", "Φ": r"\Phi ", "λ": r"\lambda ", "⁻¹": "^{-1}", "⁺": "^{+}",
    "ᵀ": r"^{\top}", "²": "^2",
    "°": r"^{\circ}", "₀ₑ": r"_{0e}", "₁ₑ": r"_{1e}", "₀": "_0", "₁F₁": r"{}_1F_1", "₁": "_1",
    "₂": "_2", "ₑ": "_e", "⟨": r"\left\langle ", "⟩": r"\right\rangle ", "mod": r"\bmod ",
    "∘": r"\circ ", "√": r"\sqrt", "∛": r"\sqrt[3]", "×": r"\times ", "∞": r"\infty ",
}  # fmt: skip
TOKENS = re.compile("|".join([*LATEX, r"‖", r"\|", r"\(", r"\)", r"[A-Za-z][A-Za-z0-9_]+"]))
PLACE = re.compile(r"\{(\d?)\}")


def latex_of(template: str) -> str:
    """A text in LaTeX; places for arguments stay."""
    if template == "where({}, {}, {})":
        return r"\begin{cases} {1} & {0} \\ {2} & \mathrm{otherwise} \end{cases}"
    bars = {"|": 0, "‖": 0}

    def one(match: re.Match[str]) -> str:
        token = match.group()
        if token in bars:
            bars[token] += 1
            side = r"\left" if bars[token] % 2 else r"\right"
            return side + (r"\|" if token == "‖" else "|")
        if token in "()":
            return (r"\left" if token == "(" else r"\right") + token
        if token in LATEX:
            return LATEX[token]
        if token in KNOWN:
            return rf"\{token} "
        return rf"\operatorname{{{token.replace('_', ' ')}}}"

    found = TOKENS.sub(one, template)
    return re.sub(r" +(?=\\left|$)", "", found).replace("  ", " ")


def level_of(template: str) -> int:
    """How tightly what a template writes binds: as its loosest sign outside brackets."""
    depth, outside, is_open = 0, "", False
    for sign in template:
        if sign in "|‖":
            is_open = not is_open
            outside += "·"
        elif sign in "(⟨" or sign in ")⟩":
            depth += 1 if sign in "(⟨" else -1
        elif not depth and not is_open:
            outside += sign
    if re.search(r"[<>≤≥≠=∧∨⊕¬−]", outside):
        return SUM
    if re.search(r"[ /]", outside.replace("log det", "")) or outside.startswith("{}_"):
        return PRODUCT
    return POWER if re.search(r"[\^√∛⁻⁺]", outside.split("(")[0]) and "{" in outside else ATOM


class Typesetter:
    """Writes expressions in one of the two styles."""

    def __init__(self, latex: bool) -> None:
        self.latex = latex
        self.minus = "-" if latex else "−"

    # The smallest parts.

    def name(self, text: str, is_differential: bool = False) -> str:
        if not self.latex:
            return text
        if is_differential:
            return rf"\mathrm{{d}}{self.name(text[1:])}"
        if text in LATEX:
            return LATEX[text]
        stem, _, index = text.partition("_")
        index = index.replace("_", r"\_")
        if len(stem) > 1:
            stem = r"\mathrm{" + stem.replace("×", r" \times ") + "}"
        return f"{stem}_{{{index}}}" if index else stem or rf"\mathrm{{{index}}}"

    def number(self, number: float) -> str:
        text = f"{number:.10g}".replace("inf", "∞")
        if not self.latex:
            return text.replace("-", "−")
        mantissa, _, exponent = text.replace("∞", r"\infty").partition("e")
        if not exponent:
            return mantissa
        power = f"10^{{{int(exponent)}}}"
        return power if mantissa == "1" else rf"{mantissa} \cdot {power}"

    def brackets(self, text: str) -> str:
        return rf"\left({text}\right)" if self.latex else f"({text})"

    def fitted(self, text: str, level: int, wanted: int) -> str:
        return self.brackets(text) if level < wanted else text

    def raised(self, text: str, power: int) -> str:
        if self.latex:
            return f"{text}^{power}" if 0 <= power < 10 else f"{text}^{{{power}}}"
        return text + str(power).translate(SUPERSCRIPT)

    # Atoms and their powers.

    def atom(self, atom: Atom, wanted: int) -> str:
        form, text, arguments = atom
        if form in ("name", "differential"):
            return self.name(text, form == "differential")
        if form == "group":
            return self.sum(arguments[0], wanted)
        if form == "entrywise":
            return self.sum((Term(product=(Factor(atom),)),), wanted)
        if form == "index":
            base = self.sum(arguments[0], ATOM)
            if not self.latex:
                return f"{base}[{text}]"
            base = self.brackets(base) if "_" in base or "^" in base else base
            return f"{base}_{{{text}}}"
        return self.fitted(self.filled(text, arguments), level_of(text), wanted)

    def filled(self, template: str, arguments: tuple[Sum, ...]) -> str:
        """A template with its arguments, each in brackets unless it stands between some."""
        if template in ("√{}", "∛{}") and self.latex:
            return f"{latex_of(template[0])}{{{self.sum(arguments[0], SUM)}}}"
        pattern = latex_of(template) if self.latex else template
        count = iter(range(len(arguments)))

        def one(match: re.Match[str]) -> str:
            place = int(match.group(1)) if match.group(1) else next(count)
            before, after = pattern[: match.start()], pattern[match.end() :]
            is_enclosed = re.search(
                r"([(|‖,⟨&]|\\\||cases\}|\\\\|langle)\s*$", before
            ) and re.match(r"\s*([)|‖,⟩&]|\\right|\\\\|\\end)", after)
            if self.latex and before.endswith("^"):
                return f"{{{self.sum(arguments[place], SUM)}}}"
            is_compared = level_of(template) == SUM and re.search(r"[<>=≤≥≠]", template)
            level = SUM if is_enclosed else PRODUCT if is_compared else ATOM
            return self.sum(arguments[place], level)

        return PLACE.sub(one, pattern)

    def power(self, atom: Atom, power: int, wanted: int) -> str:
        if power == 1:
            return self.atom(atom, wanted)
        return self.fitted(self.raised(self.atom(atom, ATOM), power), POWER, wanted)

    def entry(self, terms: Sum, power: int, is_matrix: bool) -> str:
        """A power in a product entry by entry; of matrices with a sign that says so."""
        if power == 1:
            return self.sum(terms, POWER)
        base = self.sum(terms, ATOM)
        if is_matrix:
            return rf"{base}^{{\circ {power}}}" if self.latex else f"{base}^(∘{power})"
        return self.raised(base, power)

    def factor(self, factor: Factor, wanted: int) -> str:
        if not factor.transposed and not factor.inverse:
            return self.atom(factor.atom, wanted)
        text = ("⁻" if factor.inverse else "") + ("ᵀ" if factor.transposed else "¹")
        if self.latex:
            sign = r"\top" if factor.transposed else "1"
            text = f"^{{{'-' * factor.inverse}{sign}}}"
        return self.fitted(self.atom(factor.atom, ATOM) + text, POWER, wanted)

    # Terms and sums.

    def term(self, term: Term, wanted: int) -> str:
        """A term without its sign."""
        number, product = abs(term.number), term.product
        pairs: tuple[Any, ...] = ()
        is_matrix = bool(product) and product[0].atom.text == "matrix"
        if (
            len(product) == 1
            and product[0] == Factor(product[0].atom)
            and (product[0].atom.form == "entrywise")
        ):
            pairs, product = product[0].atom.arguments, ()
        above = [(atom, power) for atom, power in term.scalars if power > 0]
        below = [(atom, -power) for atom, power in term.scalars if power < 0]
        over = [(terms, power, is_matrix) for terms, power in pairs if power > 0]
        under = [(terms, -power, is_matrix) for terms, power in pairs if power < 0]
        count = len(above) + len(product) + len(over) + (number != 1.0)
        is_alone = count == 1 and not below and not under
        if is_alone:
            if number != 1.0:
                text = self.number(number)
                return self.fitted(text, PRODUCT if r"\cdot" in text else ATOM, wanted)
            if above:
                return self.power(*above[0], wanted)
            if product:
                return self.factor(product[0], wanted)
            if over[0][1] == 1:
                return self.sum(over[0][0], wanted)
            return self.fitted(self.entry(*over[0]), POWER, wanted)
        if (below or under) and self.latex:
            top = Term(number, tuple(above), product)
            if over:
                top = top._replace(product=(entrywise_factor(over, is_matrix),))
            bottom = Term(1.0, tuple(below))
            if under:
                bottom = bottom._replace(product=(entrywise_factor(under, is_matrix),))
            line = rf"\frac{{{self.sum((top,))}}}{{{self.sum((bottom,))}}}"
            return self.fitted(line, PRODUCT, wanted)
        line = self.line([self.number(number)] * (number != 1.0), above, product, over)
        if below or under:
            bottom_line = self.line([], below, (), under)
            is_one = len(below) + len(under) == 1
            line = f"{line} / {bottom_line if is_one else f'({bottom_line})'}"
        return self.fitted(line, PRODUCT, wanted)

    def line(self, numbers: Any, scalars: Any, product: Any, pairs: Any) -> str:
        parts = [*numbers, *(self.power(atom, power, POWER) for atom, power in scalars)]
        parts += [self.factor(factor, POWER) for factor in product]
        times = r" \circ " if self.latex else " ∘ "
        if pairs:
            parts.append(times.join(self.entry(*pair) for pair in pairs))
        return " ".join(parts) or "1"

    def sum(self, terms: Sum, wanted: int = SUM) -> str:
        terms = in_order(collected(terms))
        if not terms:
            return "0"
        if len(terms) == 1:
            (term,) = terms
            if term.number >= 0.0 or term.number != term.number:
                return self.term(term, wanted)
            return self.fitted(self.minus + self.term(term, PRODUCT), SUM, wanted)
        if not all(is_ones(term.product) for term in terms):  # a number is added to every entry
            terms = tuple(t._replace(product=()) if is_ones(t.product) else t for t in terms)
        text = ""
        for term in terms:
            body = self.term(term, PRODUCT)
            if text:
                text += f" {self.minus if term.number < 0.0 else '+'} {body}"
            else:
                text = (self.minus if term.number < 0.0 else "") + body
        return self.fitted(text, SUM, wanted)
