"""A graph written out as a formula, in text or LaTeX.

What is written is a sum of terms. A term is a number, scalar factors above and below a fraction
line, and a product of matrices and vectors:

    number * numerator / denominator * A B x

Products with 1 x n and n x 1 matrices are written as those of vectors: <x, A x> rather than
a matrix with one entry.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.graph import Node

if TYPE_CHECKING:
    from fastls.tape.path import Path
    from fastls.tape.tape import Tape

__all__ = ["write_formula"]

MOST_NODES = 400


class Factor(NamedTuple):
    """A matrix or vector in a product: its name, and whether it is transposed."""

    text: str
    transposed: bool = False
    inverse: bool = False


class Term(NamedTuple):
    number: float = 1.0
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    product: tuple[Factor, ...] = ()


Sum = tuple[Term, ...]


class Style:
    """How the parts of a formula are put on paper."""

    def __init__(self, latex: bool) -> None:
        self.latex = latex

    def name(self, text: str) -> str:
        if not self.latex or len(text) == 1:
            return text
        if text[0] == "d" and len(text) == 2:
            return rf"\mathrm{{d}}{text[1]}"
        stem, _, index = text.partition("_")
        stem = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        return f"{stem}_{{{index}}}" if index else stem

    def factor(self, factor: Factor) -> str:
        if self.latex:
            power = {(False, False): "", (True, False): r"^{\top}", (False, True): "^{-1}",
                     (True, True): r"^{-\top}"}  # fmt: skip
        else:
            power = {(False, False): "", (True, False): "ᵀ", (False, True): "⁻¹",
                     (True, True): "⁻ᵀ"}  # fmt: skip
        return factor.text + power[factor.transposed, factor.inverse]

    def inner(self, a: str, b: str) -> str:
        return rf"\langle {a}, {b} \rangle" if self.latex else f"⟨{a}, {b}⟩"

    def fraction(self, above: str, below: str, below_is_atom: bool) -> str:
        if self.latex:
            return rf"\frac{{{above}}}{{{below}}}"
        return f"{above} / {below if below_is_atom else f'({below})'}"

    def function(self, name: str, inside: str) -> str:
        known = {"log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}
        if not self.latex:
            return f"{name}({inside})" if " det" not in name else f"{name} {inside}"
        if name == "log det":
            return rf"\log \det {inside}"
        if name == "√":
            return rf"\sqrt{{{inside}}}"
        head = rf"\{name}" if name in known else rf"\operatorname{{{name}}}"
        return rf"{head}\left({inside}\right)"

    @property
    def minus(self) -> str:
        return "-" if self.latex else "−"

    @property
    def hadamard(self) -> str:
        return r" \odot " if self.latex else " ⊙ "


class Writer:
    """Turns nodes into sums of terms, and these into text."""

    def __init__(self, names: dict[Node, str], style: Style) -> None:
        self.style = style
        self.names = names
        self.known: dict[Node, Sum] = {}

    def text(self, node: Node) -> str:
        return self.write(self.sum(node))

    def sum(self, node: Node) -> Sum:
        if node not in self.known:
            self.known[node] = self.make(node)
        return self.known[node]

    def atom(self, node: Node, text: str) -> Sum:
        """Something with no structure that matters here."""
        if is_scalar(node):
            return (Term(above=(text,)),)
        return (Term(product=(Factor(text),)),)

    def make(self, node: Node) -> Sum:
        if node in self.names:
            return self.atom(node, self.style.name(self.names[node]))
        number = p.uniform(node)
        if number is not None:
            return (Term(number),) if is_scalar(node) or number else ()
        if node.is_constant:
            return self.atom(node, f"[{'×'.join(map(str, node.shape))}]")
        rule = RULES.get(node.primitive) or NAMED.get(str(node.primitive))
        if rule is not None:
            found = rule(self, node)
            if found is not None:
                return found
        assert node.primitive is not None
        inside = ", ".join(self.text(other) for other in node.inputs)
        return self.atom(node, self.applied(node, inside))

    def applied(self, node: Node, inside: str) -> str:
        primitive = node.primitive
        assert primitive is not None
        template = primitive.formula
        if template.endswith("({})"):
            return self.style.function(template[:-4], inside)
        if template == "√{}":
            return (
                self.style.function("√", self.text(node.inputs[0]))
                if self.style.latex
                else (f"√({inside})" if " " in inside else f"√{inside}")
            )
        if template and template != "{}" and len(node.inputs) == template.count("{}"):
            return template.format(*[self.grouped(other) for other in node.inputs])
        return self.style.function(primitive.name, inside)

    def grouped(self, node: Node) -> str:
        """In brackets, if it is more than one factor."""
        text = self.text(node)
        is_one = (
            len(self.sum(node)) == 1 and " " not in text and not text.startswith(self.style.minus)
        )
        return text if is_one else f"({text})"

    def factors(self, node: Node) -> Term:
        """As one term, for products."""
        terms = self.sum(node)
        if len(terms) == 1:
            return terms[0]
        return self.atom(node, f"({self.write(terms)})")[0] if terms else Term(0.0)

    def times(self, a: Term, b: Term) -> Term:
        below = list(a.below + b.below)
        above = []
        for factor in a.above + b.above:
            if factor in below:
                below.remove(factor)
            else:
                above.append(factor)
        return Term(a.number * b.number, tuple(above), tuple(below), a.product + b.product)

    # On paper.

    def write(self, terms: Sum) -> str:
        terms = combined(terms)
        if not terms:
            return "0"
        groups: dict[Any, list[Term]] = {}
        for term in terms:
            groups.setdefault((term.above, term.below), []).append(term)
        pieces = [self.group(above, below, group) for (above, below), group in groups.items()]
        pieces.sort(key=lambda piece: piece[0])  # what is added before what is taken away
        text = ""
        for negative, piece in pieces:
            if text:
                text += f" {self.style.minus if negative else '+'} {piece}"
            else:
                text = (self.style.minus if negative else "") + piece
        return text

    def group(self, above: tuple[str, ...], below: tuple[str, ...], terms: list[Term]) -> Any:
        """Terms with the same scalar factors, as (is negative, text)."""
        products = [term.product for term in terms]
        last = products[0][-1:]
        shared = len(terms) > 1 and all(len(q) > 1 and q[-1:] == last for q in products)
        if shared:
            products = [q[:-1] for q in products]
        negative = all(term.number < 0 for term in terms)
        numbers = [-term.number if negative else term.number for term in terms]
        common = abs(numbers[0]) if all(abs(n) == abs(numbers[0]) for n in numbers) else 1.0
        text = ""
        order = sorted(
            range(len(terms)),
            key=lambda i: (numbers[i] < 0, any(f.transposed for f in products[i])),
        )
        for i in order:
            inside = " ".join(map(self.style.factor, products[i]))
            size = abs(numbers[i]) / common
            body = " ".join(
                filter(None, [number_text(size) if size != 1 or not inside else "", inside])
            )
            sign = self.style.minus if numbers[i] < 0 else "+"
            text = f"{text} {sign} {body}" if text else (body if sign == "+" else sign + body)
        is_one = len(terms) == 1
        if text == "1" and (above or common != 1):
            text = ""
        many = bool(above or below or shared or common != 1)
        if text and not is_one and many:
            text = f"({text})"
        whole = [number_text(common)] if common != 1 else []
        whole += [
            *above,
            *([text] if text else []),
            *map(self.style.factor, last if shared else ()),
        ]
        line = " ".join(whole) or "1"
        if below:
            line = self.style.fraction(line, " ".join(below), len(below) == 1 and is_atom(below[0]))
        return negative, line


def is_scalar(node: Node) -> bool:
    return all(length == 1 for length in node.shape)


def is_atom(text: str) -> bool:
    return " " not in text or text.startswith(("⟨", "(", r"\langle"))


def number_text(number: float) -> str:
    return f"{number:.10g}"


def combined(terms: Sum) -> Sum:
    """Equal terms added up; those that cancel are gone."""
    sums: dict[Any, float] = {}
    for term in terms:
        key = (tuple(sorted(term.above)), tuple(sorted(term.below)), term.product)
        sums[key] = sums.get(key, 0.0) + term.number
    return tuple(Term(number, *key) for key, number in sums.items() if number != 0.0)


def scaled(terms: Sum, number: float) -> Sum:
    return tuple(term._replace(number=term.number * number) for term in terms)


# How each primitive is written.


def write_add(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    if not (a.shape == b.shape or is_scalar(node)):
        return None
    return w.sum(a) + w.sum(b)


def write_subtract(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    if not (a.shape == b.shape or is_scalar(node)):
        return None
    return w.sum(a) + scaled(w.sum(b), -1.0)


def write_multiply(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    if is_scalar(a) or is_scalar(b):
        scalar, other = (a, b) if is_scalar(a) else (b, a)
        return tuple(w.times(w.factors(scalar), term) for term in w.sum(other))
    for one, other in ((a, b), (b, a)):
        if scalar_behind(one) is not None:
            scalar = scalar_behind(one)
            return tuple(w.times(w.factors(scalar), term) for term in w.sum(other))
    if a.shape != b.shape:
        if len(node.shape) == 2 and (a.shape[-1], b.shape[0]) == (1, 1):
            return outer_product(w, a, b)
        if len(node.shape) == 2 and (b.shape[-1], a.shape[0]) == (1, 1):
            return outer_product(w, b, a)
        return None
    return w.atom(node, f"({w.grouped(a)}{w.style.hadamard}{w.grouped(b)})")


def outer_product(w: Writer, column: Node, row: Node) -> Sum | None:
    left, right = w.factors(column), w.factors(row)
    if len(column.shape) != 2 or len(row.shape) != 2 or len(right.product) != 1:
        return None
    return (w.times(left, right._replace(product=transposed(right.product))),)


def scalar_behind(node: Node) -> Any:
    """The scalar that was broadcast to make a node, if it was."""
    while node.primitive in (p.BROADCAST, p.RESHAPE):
        (node,) = node.inputs
        if is_scalar(node):
            return node
    return None


def write_divide(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    below = b if is_scalar(b) else scalar_behind(b)
    if below is None:
        return None
    term = w.factors(below)
    if term.number == 0.0:
        return None
    over = Term(1.0 / term.number, term.below, term.above)
    return tuple(w.times(over, t) for t in w.sum(a))


def write_reciprocal(w: Writer, node: Node) -> Sum | None:
    if not is_scalar(node):
        return None
    term = w.factors(node.inputs[0])
    return (Term(1.0 / term.number, term.below, term.above),) if term.number else None


def write_same(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    return w.sum(x)


def write_reshape(w: Writer, node: Node) -> Sum | None:
    """Vectors as rows or columns are still those vectors."""
    (x,) = node.inputs
    long = [n for n in node.shape if n != 1], [n for n in x.shape if n != 1]
    return w.sum(x) if long[0] == long[1] else None


def write_broadcast(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    if is_scalar(x):
        term = w.factors(x)
        ones = Factor("1")
        return (term._replace(product=(ones,)),)
    return w.sum(x)


def is_vector(node: Node) -> bool:
    return sum(n != 1 for n in node.shape) <= 1


def transposed(product: tuple[Factor, ...]) -> tuple[Factor, ...]:
    return tuple(f._replace(transposed=not f.transposed) for f in reversed(product))


def write_transpose(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    if is_vector(x):
        return w.sum(x)
    if len(node.shape) != 2:
        return None
    return tuple(t._replace(product=transposed(t.product)) for t in w.sum(x))


def write_matmul(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    if len(node.shape) != 2:
        return None
    if is_scalar(a) or is_scalar(b):
        scalar, other = (a, b) if is_scalar(a) else (b, a)
        return tuple(w.times(w.factors(scalar), term) for term in w.sum(other))
    left, right = w.factors(a), w.factors(b)
    scale = w.times(left._replace(product=()), right._replace(product=()))
    m, n = a.shape[0], b.shape[1]
    if is_scalar(node):  # of two vectors; <Aᵀ u, v> is <u, A v>
        u, v = left.product, right.product
        while len(u) > 1 and u[0].transposed:
            u, v = u[1:], (u[0]._replace(transposed=False), *v)
        left, right = left._replace(product=u), right._replace(product=v)
        text = w.style.inner(*[" ".join(map(w.style.factor, t.product)) for t in (left, right)])
        return (w.times(scale, Term(above=(text,))),)
    if m == 1:  # a row times a matrix
        return (scale._replace(product=transposed(right.product) + left.product),)
    if n != 1 and a.shape[1] == 1:  # a column times a row
        row = right.product
        if len(row) == 1:
            row = (row[0]._replace(transposed=True),)
        return (scale._replace(product=left.product + row),)
    return (scale._replace(product=left.product + right.product),)


def write_sum(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    if node.shape != ():
        return None
    if x.primitive is p.ELEMENTWISE[np.multiply] and x.inputs[0].shape == x.inputs[1].shape:
        texts = [w.text(other) for other in x.inputs]
        return (Term(above=(w.style.inner(*texts),)),)
    if x.primitive is p.ELEMENTWISE[np.square]:
        text = w.text(x.inputs[0])
        return (Term(above=(w.style.inner(text, text),)),)
    return None


def write_inverse(w: Writer, node: Node) -> Sum | None:
    term = w.factors(node.inputs[0])
    if len(term.product) != 1 or term.number != 1.0 or term.above or term.below:
        return (Term(product=(Factor(f"({w.text(node.inputs[0])})", inverse=True),)),)
    return (Term(product=(term.product[0]._replace(inverse=not term.product[0].inverse),)),)


def write_square(w: Writer, node: Node) -> Sum | None:
    text = w.grouped(node.inputs[0])
    return w.atom(node, text + ("^2" if w.style.latex else "²"))


def write_slice(w: Writer, node: Node) -> Sum | None:
    parts = []
    for part, length in zip(node.parameters["index"], node.inputs[0].shape, strict=True):
        if not isinstance(part, slice):
            parts.append(str(part))
            continue
        start, stop, step = part.start, part.stop, part.step
        first = "" if start == 0 and step > 0 else str(start)
        last = "" if stop is None or (stop == length and step > 0) else str(stop)
        parts.append(f"{first}:{last}" + (f":{step}" if step != 1 else ""))
    text = w.grouped(node.inputs[0])
    index = ", ".join(parts)
    return w.atom(node, f"{text}_{{{index}}}" if w.style.latex else f"{text}[{index}]")


Rule = Callable[[Writer, Node], Sum | None]
RULES: dict[Any, Rule] = {
    p.ELEMENTWISE[np.add]: write_add,
    p.ELEMENTWISE[np.subtract]: write_subtract,
    p.ELEMENTWISE[np.multiply]: write_multiply,
    p.ELEMENTWISE[np.divide]: write_divide,
    p.ELEMENTWISE[np.reciprocal]: write_reciprocal,
    p.ELEMENTWISE[np.square]: write_square,
    p.ELEMENTWISE[np.negative]: lambda w, node: scaled(w.sum(node.inputs[0]), -1.0),
    p.RESHAPE: write_reshape,
    p.TRANSPOSE: write_transpose,
    p.BROADCAST: write_broadcast,
    p.MATMUL: write_matmul,
    p.SUM: write_sum,
    p.SLICE: write_slice,
}


#: Those that stand elsewhere, by name.
NAMED: dict[str, Rule] = {
    "inv": write_inverse,
    "identity": write_same,
    "logdet": lambda w, node: w.atom(node, w.style.function("log det", w.grouped(node.inputs[0]))),
    "det": lambda w, node: w.atom(node, w.style.function("det", w.grouped(node.inputs[0]))),
}


def names_of(tape: "Tape", path: "Path") -> tuple[dict[Node, str], dict[Node, str]]:
    """What the function calls its arguments and what it has captured; and transposes of these."""
    names: dict[Node, str] = {}
    code = getattr(getattr(tape.function, "__func__", tape.function), "__code__", None)
    arguments = code.co_varnames[: code.co_argcount] if code else ()
    if getattr(tape.function, "__self__", None) is not None:
        arguments = arguments[1:]
    place = 0
    for i, structure in enumerate(tape.structure[1]):
        name = arguments[i] if i < len(arguments) else f"x{i + 1}"
        count = str(structure).count("'leaf'")
        for j in range(count):
            names[path.inputs[place]] = name if count == 1 else f"{name}_{j + 1}"
            place += 1
    transposes: dict[Node, str] = {}
    values = {id(value): name for name, value in path.captured.named()}
    for node in path.graph.nodes:
        if node.is_constant and node.shape:
            array = node.constant
            while array is not None and id(array) not in values:
                array = getattr(array, "base", None)  # of a view
            if array is not None and array.size == node.constant.size:
                name = values[id(array)]
                if node.constant.flags.c_contiguous and array.flags.c_contiguous:
                    names[node] = name
                elif node.constant.strides == array.strides[::-1]:
                    transposes[node] = name
    return names, transposes


def write_formula(tape: "Tape", what: str, style: str) -> str:
    if style not in ("text", "latex"):
        raise ValueError(f"style must be 'text' or 'latex'; got {style!r}")
    (path, *_), *_ = tape.paths.values()
    names, transposes = names_of(tape, path)
    if what == "value":
        nodes = path.outputs
    elif what == "gradient":
        nodes = path.gradient(tape.wanted)
    elif what == "differential":
        wanted = [path.inputs[i] for i in tape.wanted]
        tangents = path.vectors(wanted)
        names |= {t: f"d{names[x]}" for t, x in zip(tangents, wanted, strict=True)}
        nodes = path.push(tape.wanted, path.outputs, tangents)
    else:
        raise ValueError(f"what must be 'value', 'gradient' or 'differential'; got {what!r}")
    if len(path.graph.nodes) > MOST_NODES:
        raise ValueError(
            f"a formula of {len(path.graph.nodes)} operations is not written out; see to_dot()"
        )
    writer = Writer(names, Style(style == "latex"))
    for node, name in transposes.items():
        writer.known[node] = (Term(product=(Factor(writer.style.name(name), transposed=True),)),)
    return "\n".join(writer.text(node) for node in nodes)
