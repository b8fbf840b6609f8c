"""How each primitive is written: nodes of a graph as expressions.

Scalars are whatever has one entry, vectors whatever has one axis longer than 1 (rows, too, are
written as columns, and products with them as inner or outer products), matrices the rest of what
has two axes. Arrays of more axes have no notation: NumPy's names are written.

Most primitives are written by their templates, which stand with their derivatives; RULES and NAMED
are those of which the structure matters, a row each.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.expression import (
    IDENTITY,
    ONES,
    Atom,
    Factor,
    Sum,
    Term,
    as_term,
    combined,
    entrywise,
    has_differential,
    inner,
    inside,
    is_ones,
    joined,
    negated,
    one_factor,
    ordered,
    product_of,
    scalar,
    scaled,
    times,
    transposed,
)  # fmt: skip
from fastls.tape.graph import Node

__all__ = ["Writer"]


# Shapes.


def is_scalar(node: Node) -> bool:
    return math.prod(node.shape) == 1


def is_vector(node: Node) -> bool:
    return sum(n != 1 for n in node.shape) <= 1


def is_matrix(node: Node) -> bool:
    return len(node.shape) == 2 and not is_vector(node)


def is_row(node: Node, shape: tuple[int, ...]) -> bool:
    """Whether a vector, broadcast to the shape of a matrix, is each of its rows."""
    return not node.shape or node.shape[-1] != 1 or shape[-1] == 1


class Writer:
    """Turns nodes into sums of terms."""

    def __init__(self, names: dict[Node, Sum]) -> None:
        self.known = dict(names)
        self.unnamed: dict[str, int] = {}  # how many constants of a shape have no name of their own

    def sum(self, node: Node) -> Sum:
        if node not in self.known:
            self.known[node] = combined(self.make(node))
        return self.known[node]

    def make(self, node: Node) -> Sum:
        number = p.uniform(node)
        if number is not None:
            return (Term(number, (), self.ones(node.shape)),) if number else ()
        if node.is_constant:
            return self.constant(node)
        if node.primitive in ENTRIES and not self.sum(node.inputs[0]):
            return ()
        rule = RULES.get(node.primitive) or NAMED.get(str(node.primitive))
        found = rule(self, node) if rule is not None else None
        return self.applied(node) if found is None else found

    def constant(self, node: Node) -> Sum:
        array = node.constant
        if not np.any(array):
            return ()
        if is_matrix(node) and np.array_equal(array, np.eye(len(array))):
            return one_factor(IDENTITY)
        if len(node.shape) <= 2 and array.size and np.all(array == array.flat[0]):
            return (Term(float(array.flat[0]), (), self.ones(node.shape)),)
        # Told apart, so that two of one shape are not taken for equal.
        shape = f"[{'×'.join(map(str, node.shape))}]"
        self.unnamed[shape] = self.unnamed.get(shape, 0) + 1
        count = self.unnamed[shape]
        return self.atom(node, Atom("name", shape if count == 1 else f"{shape}_{count}"))

    def ones(self, shape: tuple[int, ...]) -> tuple[Factor, ...]:
        """What a scalar is multiplied with to have a shape."""
        axes = sum(n != 1 for n in shape)
        return (Factor(ONES), Factor(ONES, True))[:axes]

    def atom(self, node: Node, atom: Atom) -> Sum:
        return scalar(atom) if is_scalar(node) else one_factor(atom)

    def term(self, node: Node) -> Term:
        return as_term(self.sum(node), is_scalar(node))

    def applied(self, node: Node) -> Sum:
        """A function by its template or, for want of one, its name and parameters."""
        primitive = node.primitive
        assert primitive is not None
        template = primitive.formula
        if isinstance(primitive.value, np.ufunc) and len(node.inputs) == 1:
            uniform = Term(0.0, (), self.ones(node.shape))
            terms = self.sum(node.inputs[0]) or (uniform,)
            if len(terms) == 1 and terms[0] == uniform._replace(number=terms[0].number):
                with np.errstate(all="ignore"):
                    value = float(primitive.value(terms[0].number))
                if np.isfinite(value):
                    return (uniform._replace(number=value),) if value else ()
        arguments = tuple(self.argument(other, node) for other in node.inputs)
        parameters = described(node)
        if parameters or template in ("", "{}") or not 0 < len(arguments) <= 9:
            places = ["{}"] * len(arguments) + parameters
            name = primitive.name.replace(" ", "_")
            template = f"{name}({', '.join(places)})"
        return self.atom(node, Atom("template", template, arguments))

    def argument(self, node: Node, of: Node) -> Sum:
        """A scalar among arrays is written as one; vectors among matrices as their rows."""
        if is_matrix(of) and is_vector(node) and not is_scalar(node) and len(of.inputs) > 1:
            return self.spread(node, of.shape)
        found = self.sum(node)
        if len(of.inputs) > 1 and len(found) == 1 and is_ones(found[0].product):
            return (found[0]._replace(product=()),)
        return found

    def spread(self, node: Node, shape: tuple[int, ...]) -> Sum:
        """A node broadcast to the shape of a vector or matrix."""
        long = sum(n != 1 for n in shape)
        if is_scalar(node):
            term = self.term(node)
            return (term._replace(product=self.ones(shape)),) if self.sum(node) else ()
        if node.shape == shape or is_matrix(node) or long == 1:
            return self.sum(node)
        one = Factor(ONES)
        if is_row(node, shape):
            return tuple(t._replace(product=(one, *transposed(t.product))) for t in self.sum(node))
        one = one._replace(transposed=True)
        return tuple(t._replace(product=(*t.product, one)) for t in self.sum(node))


def described(node: Node) -> list[str]:
    """Parameters as they are written: the axes, unless they are all; shapes."""
    parameters = node.parameters
    if node.primitive is p.TRANSPOSE:
        return [f"axes {', '.join(map(str, parameters['axes']))}"]
    if node.primitive is p.GATHER:
        places = parameters["places"].ravel().tolist()
        return [f"[{', '.join(map(str, places))}]" if len(places) < 10 else f"{len(places)} places"]
    if parameters.get("order"):
        return [f"order {parameters['order']}"]
    if "axes" in parameters or "axis" in parameters:
        axes = parameters.get("axes", parameters.get("axis"))
        axes = axes if isinstance(axes, tuple) else (axes,)
        if len(axes) == len(node.inputs[0].shape):
            return []
        return [f"axis {', '.join(map(str, axes))}"]
    return [str(n) for n in parameters["shape"]] if "shape" in parameters else []


# How each primitive is written. A rule that has no notation for some shapes returns None.


def has_notation(node: Node) -> bool:
    """Whether it is of vectors and matrices or, entry by entry, of arrays of the same shape."""
    every = (node, *node.inputs)
    return all(is_vector(x) or is_matrix(x) for x in every) or all(
        is_scalar(x) or x.shape == node.shape for x in every
    )


def write_add(sign: float) -> "Rule":
    def rule(w: Writer, node: Node) -> Sum | None:
        a, b = node.inputs
        if not has_notation(node):
            return None
        left, right = w.spread(a, node.shape), w.spread(b, node.shape)
        if is_scalar(node):
            left, right = w.sum(a), w.sum(b)
        return left + (right if sign > 0.0 else negated(right))

    return rule


def raised(term: Term, power: int) -> Term:
    return Term(term.number**power, ordered({a: n * power for a, n in term.scalars}), ())


def multiplied(w: Writer, node: Node, a: Node, m: int, b: Node, n: int) -> Sum | None:
    """aᵐ ∘ bⁿ, broadcast."""
    if not has_notation(node):
        return None
    for one, power, other, rest in ((a, m, b, n), (b, n, a, m)):
        behind = scalar_behind(one)
        if behind is None:
            continue
        if (power < 0 and not w.term(behind).number) or math.prod(other.shape) == 0:
            return None
        scale = raised(w.term(behind), power)
        if is_scalar(node):
            term = w.term(other)
            if rest == 1:
                return scaled(w.sum(other), scale)
            return (times(scale, raised(term, rest)),) if term.number else None
        found = w.spread(other, node.shape) if not is_scalar(other) else None
        if found is None:
            term = raised(w.term(other), rest)
            return (times(scale, term)._replace(product=w.ones(node.shape)),)
        if rest != 1:
            found = entrywise(
                found, rest, ((Term(product=w.ones(node.shape))),), 1, w.ones(node.shape),
                is_matrix(node),
            )  # fmt: skip
        return scaled(found, scale)
    if is_vector(node) or a.shape == b.shape or (is_matrix(a) and is_matrix(b)):
        return entrywise(w.sum(a), m, w.sum(b), n, w.ones(node.shape), is_matrix(node))
    # A matrix and a vector, or a column and a row
    parts = []
    for x, power in ((a, m), (b, n)):
        unit = Factor(ONES)
        terms = w.sum(x)
        if power != 1:
            terms = entrywise(terms, power, (Term(product=(unit,)),), 1, (unit,), is_matrix(x))
        parts.append(as_term(terms, False))
    left, right = parts
    if is_vector(a) and is_vector(b):
        if is_row(a, node.shape):
            left, right = right, left
        return (times(left, right._replace(product=transposed(right.product))),)
    vector, matrix, x = (left, right, a) if is_vector(a) else (right, left, b)
    diagonal = Atom("template", "diag({})", (inside(vector._replace(number=1.0, scalars=())),))
    scale = vector._replace(product=())
    on_the_left = not is_row(x, node.shape)
    term = Term(product=(Factor(diagonal),))
    return (times(scale, times(term, matrix) if on_the_left else times(matrix, term)),)


def scalar_behind(node: Node) -> Node | None:
    """The scalar that was broadcast to make a node, if it was."""
    while not is_scalar(node):
        if node.primitive not in (p.BROADCAST, p.RESHAPE):
            return None
        (node,) = node.inputs
    return node


def write_power(w: Writer, node: Node) -> Sum | None:
    number = p.uniform(node.inputs[1])
    if number is None or number != round(number) or not 0 < abs(number) < 1000:
        return None
    return integer_power(w, node, int(number))


def integer_power(w: Writer, node: Node, power: int) -> Sum | None:
    x = node.inputs[0]
    if not w.sum(x) and power > 0:
        return ()
    if not w.sum(x) or x.shape != node.shape or not has_notation(x):
        return None
    if is_scalar(node):
        return (raised(w.term(x), power),)
    ones = w.ones(node.shape)
    return entrywise(w.sum(x), power, (Term(product=ones),), 1, ones, is_matrix(node))


def write_sqrt(w: Writer, node: Node) -> Sum | None:
    terms = w.sum(node.inputs[0])
    square = terms[0].scalars[0] if is_scalar(node) and terms and terms[0].scalars else None
    if square is not None and terms == scalar(*square):
        atom, power = square
        return scalar(atom) if atom.text == "‖{}‖" and power == 2 else None
    return None


def write_reshape(w: Writer, node: Node) -> Sum | None:
    """Vectors as rows or columns are still those vectors."""
    (x,) = node.inputs
    if [n for n in node.shape if n != 1] == [n for n in x.shape if n != 1]:
        return w.sum(x)
    if x.primitive is p.SCATTER and is_diagonal(x.parameters["places"], node.shape):
        return on_diagonal(w, x.inputs[0])
    return None


def write_broadcast(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    return w.spread(x, node.shape) if is_vector(node) or is_matrix(node) else None


def write_transpose(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    if is_vector(x):
        return w.sum(x)
    if not is_matrix(x):
        return None
    return tuple(t._replace(product=transposed(t.product)) for t in w.sum(x))


def write_matmul(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    if any(len(x.shape) != 2 or not x.shape[0] * x.shape[1] for x in (a, b)):
        return None
    if is_scalar(a) or is_scalar(b):
        one, other = (a, b) if is_scalar(a) else (b, a)
        return scaled(w.sum(other), w.term(one))
    if not w.sum(a) or not w.sum(b):
        return ()
    if is_scalar(node):
        return inner(w.sum(a), w.sum(b))
    left, right = w.term(a), w.term(b)
    if a.shape[0] == 1:  # a row times a matrix
        left, right = right._replace(product=transposed(right.product)), left
    elif a.shape[1] == 1:  # a column times a row
        right = right._replace(product=transposed(right.product))
    return (joined(left, right, a.shape[1]),)


def write_sum(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    if is_scalar(x):
        return w.sum(x)
    if node.shape != ():
        if not is_matrix(x):
            return w.sum(x) if is_vector(x) and not is_scalar(node) else None
        axis, ones = node.parameters["axes"][0], Term(product=(Factor(ONES),))
        rows = w.sum(x)
        if axis == 0:
            rows = tuple(t._replace(product=transposed(t.product)) for t in rows)
        return tuple(joined(t, ones, x.shape[axis]) for t in rows)
    matrix = diagonal_of(x)
    if matrix is not None:
        terms = w.sum(matrix)
        if not terms:
            return ()
        term = terms[0] if len(terms) == 1 else Term(product=w.term(matrix).product)
        atom = Atom("template", "tr({})", (inside(Term(product=term.product)),))
        return (times(term._replace(product=()), scalar(atom)[0]),)
    terms = w.sum(x)
    if len(terms) > 1 and has_differential(terms) and all(map(has_differential, terms)):
        return tuple(one for term in terms for one in total((term,), x))
    return total(terms, x)


def total(terms: Sum, x: Node) -> Sum:
    """The sum of all entries."""
    if not terms:
        return ()
    term = as_term(terms, False)
    if is_ones(term.product):
        return (term._replace(number=term.number * math.prod(x.shape), product=()),)
    scale = term._replace(product=())
    factor = term.product[0]
    if term.product == (Factor(factor.atom),) and factor.atom.form == "entrywise":
        pairs = factor.atom.arguments
        if len(pairs) == 1 and pairs[0][1] == 2:
            return (times(scale, inner(pairs[0][0], pairs[0][0])[0]),)
        is_differential = has_differential(pairs[-1]) and not has_differential(pairs[:-1])
        if pairs[-1][1] == 1 and (is_differential or (len(pairs) == 2 and pairs[0][1] == 1)):
            unit = Factor(ONES)
            rest = one_factor(factor.atom._replace(arguments=pairs[:-1]))
            rest = entrywise(rest, 1, (Term(product=(unit,)),), 1, (unit,), is_matrix(x))
            return (times(scale, inner(rest, pairs[-1][0])[0]),)
    atom = Atom("template", "sum({})", (inside(Term(product=term.product)),))
    return (times(scale, scalar(atom)[0]),)


def write_inverse(w: Writer, node: Node) -> Sum | None:
    if not is_matrix(node):
        return None
    terms = w.sum(node.inputs[0])
    factor = (terms[0].product or (None,))[0] if len(terms) == 1 else None
    if factor is None or len(terms[0].product) != 1 or terms[0] != Term(product=(factor,)):
        factor = Factor(Atom("group", "", (terms,)))
    return (Term(product=(factor._replace(inverse=not factor.inverse),)),)


def write_solve(w: Writer, node: Node) -> Sum | None:
    a, b = node.inputs
    if not is_matrix(a) or not has_notation(b) or not w.sum(b):
        return None
    terms = w.sum(a)
    factor = Factor(Atom("group", "", (terms,)))
    if len(terms) == 1 and terms[0] == Term(product=terms[0].product[:1]):
        factor = terms[0].product[0]
    right = w.term(b)
    inverse = factor._replace(inverse=not factor.inverse)
    return (right._replace(product=product_of(inverse, *right.product)),)


# Entries: those of x[1:] are I[1:] x, and what goes back to these places is multiplied with its
# transpose.


def index_text(part: Any, length: int) -> str:
    if not isinstance(part, slice):
        return str(part)
    start, stop, step = part.start, part.stop, part.step
    if length > 1 and length_of(part, length) == 1:
        return str(start)
    if step > 0:
        first, last = "" if start == 0 else str(start), "" if stop == length else str(stop)
    else:
        first, last = "" if start == length - 1 else str(start), "" if stop is None else str(stop)
    return f"{first}:{last}" + (f":{step}" if step != 1 else "")


def long_parts(index: tuple[Any, ...], shape: tuple[int, ...]) -> list[tuple[Any, int]]:
    """The index of the axes that are longer than 1: vectors are written as columns."""
    return [(part, n) for part, n in zip(index, shape, strict=True) if n != 1]


def write_slice(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    if math.prod(node.shape) == 0:
        return None
    index = node.parameters["index"]
    parts = long_parts(index, x.shape) if is_vector(x) else list(zip(index, x.shape, strict=True))
    if not parts:
        return w.sum(x)
    text = ", ".join(index_text(part, length) for part, length in parts)
    return w.atom(node, Atom("index", text, (w.sum(x),)))


def selector(part: Any, length: int) -> tuple[Factor, ...]:
    """The matrix whose product with a vector puts its entries in their places."""
    if part == slice(0, length, 1):
        return ()
    if length_of(part, length) == 1:
        return (Factor(Atom("name", f"e_{index_text(part, length)}")),)
    index = Atom("index", index_text(part, length), (one_factor(IDENTITY),))
    return (Factor(index, True),)


def write_place(w: Writer, node: Node) -> Sum | None:
    return placed(w, node, node.inputs[0], node.parameters["index"])


def write_assemble(w: Writer, node: Node) -> Sum | None:
    terms: Sum = ()
    for x, index in zip(node.inputs, node.parameters["indices"], strict=True):
        found = placed(w, node, x, index)
        if found is None:
            return None
        terms = (*terms, *found)
    return terms


def placed(w: Writer, node: Node, x: Node, index: Any) -> Sum | None:
    """A part among zeros, by rows and columns of unit matrices."""
    if not (is_vector(node) or is_matrix(node)) or math.prod(x.shape) == 0:
        return None
    parts = long_parts(index, node.shape)
    front = [selector(*part) for part in parts]
    term = w.term(x)
    if not w.sum(x):
        return ()
    product = term.product
    if len(parts) == 2:
        is_single = [length_of(*part) == 1 for part in parts]
        if is_single[0] and not is_single[1]:
            product = transposed(product)
        product = (*front[0], *product, *transposed(front[1]))
    else:
        product = (*front[0], *product) if front else product
    return (term._replace(product=product_of(*product)),)


def length_of(part: Any, length: int) -> int:
    return len(range(*part.indices(length))) if isinstance(part, slice) else 1


def flat_source(node: Node) -> Node:
    while node.primitive is p.RESHAPE:
        (node,) = node.inputs
    return node


def is_diagonal(places: Any, shape: tuple[int, ...]) -> bool:
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
        return False
    return np.array_equal(places.ravel(), np.arange(shape[0]) * (shape[0] + 1))


def diagonal_of(node: Node) -> Node | None:
    """The matrix of which a node is the diagonal."""
    node = flat_source(node)
    if node.primitive is p.GATHER:
        matrix = flat_source(node.inputs[0])
        if len(matrix.shape) == 2 and is_diagonal(node.parameters["places"].ravel(), matrix.shape):
            return matrix
    return None


def few_places(node: Node) -> str | None:
    places = node.parameters["places"]
    return f"[{', '.join(map(str, places.tolist()))}]" if places.ndim == 1 else None


def write_gather(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    matrix = diagonal_of(node)
    if matrix is not None and is_vector(node):
        return one_factor(Atom("template", "diag({})", (w.sum(matrix),)))
    text = few_places(node)
    if text is None or not is_vector(x) or is_scalar(x) or not is_vector(node):
        return None
    if node.parameters["places"].size == 1:
        return w.atom(node, Atom("index", text[1:-1], (w.sum(x),)))
    return w.atom(node, Atom("index", text, (w.sum(x),)))


def on_diagonal(w: Writer, x: Node) -> Sum:
    term = w.term(x)
    if is_ones(term.product):
        return (term._replace(product=(Factor(IDENTITY),)),)
    atom = Atom("template", "diag({})", (inside(Term(product=term.product)),))
    return (term._replace(product=(Factor(atom),)),) if w.sum(x) else ()


def write_scatter(w: Writer, node: Node) -> Sum | None:
    (x,) = node.inputs
    term = w.term(x)
    if not w.sum(x):
        return ()
    if is_diagonal(node.parameters["places"], node.shape):
        return on_diagonal(w, x)
    text = few_places(node)
    if text is None or not is_vector(node) or is_scalar(node):
        return None
    if node.parameters["places"].size == 1:
        unit = Factor(Atom("name", f"e_{text[1:-1]}"))
        return (term._replace(product=(unit,)),)
    rows = Factor(Atom("index", text, (one_factor(IDENTITY),)), True)
    return (term._replace(product=product_of(rows, *term.product)),)


def write_norm(w: Writer, node: Node) -> Sum | None:
    if described(node):
        return None
    return scalar(Atom("template", "‖{}‖", (w.sum(node.inputs[0]),)))


def write_comparison(template: str) -> "Rule":
    return lambda w, node: w.atom(
        node, Atom("template", template, tuple(w.argument(x, node) for x in node.inputs))
    )


def write_select(w: Writer, node: Node) -> Sum | None:
    """What is left away: that 0 times an infinite slope, on the way not taken, is 0."""
    condition, nothing, other = node.inputs
    if condition.primitive is p.ELEMENTWISE[np.logical_and] and p.uniform(nothing) == 0.0:
        is_finite = [x.inputs[0] for x in condition.inputs
                     if x.primitive is p.ELEMENTWISE[np.logical_not]]  # fmt: skip
        if any(x.primitive is p.ELEMENTWISE[np.isfinite] and x.inputs[0] == other
               for x in is_finite) and other.shape == node.shape:  # fmt: skip
            return w.sum(other)
    return None


def write_same(w: Writer, node: Node) -> Sum:
    return w.sum(node.inputs[0])


def of_ufuncs(rules: dict[np.ufunc, "Rule"]) -> dict[Any, "Rule"]:
    return {p.ELEMENTWISE[ufunc]: rule for ufunc, rule in rules.items()}


#: What shows entries as they are: zeros remain zeros.
ENTRIES = (p.SLICE, p.GATHER, p.RESHAPE, p.TRANSPOSE, p.BROADCAST)

Rule = Callable[[Writer, Node], Sum | None]
RULES: dict[Any, Rule] = of_ufuncs({
    np.add: write_add(1.0),
    np.subtract: write_add(-1.0),
    np.multiply: lambda w, node: multiplied(w, node, node.inputs[0], 1, node.inputs[1], 1),
    np.divide: lambda w, node: multiplied(w, node, node.inputs[0], 1, node.inputs[1], -1),
    np.reciprocal: lambda w, node: integer_power(w, node, -1),
    np.square: lambda w, node: integer_power(w, node, 2),
    np.power: write_power,
    np.float_power: write_power,
    np.sqrt: write_sqrt,
    np.negative: lambda w, node: negated(w.sum(node.inputs[0])),
    np.positive: write_same,
    np.less: write_comparison("{} < {}"),
    np.less_equal: write_comparison("{} ≤ {}"),
    np.greater: write_comparison("{} > {}"),
    np.greater_equal: write_comparison("{} ≥ {}"),
    np.equal: write_comparison("{} = {}"),
    np.not_equal: write_comparison("{} ≠ {}"),
    np.logical_and: write_comparison("{} ∧ {}"),
    np.logical_or: write_comparison("{} ∨ {}"),
    np.logical_xor: write_comparison("{} ⊕ {}"),
    np.logical_not: write_comparison("¬{}"),
}) | {
    p.RESHAPE: write_reshape,
    p.TRANSPOSE: write_transpose,
    p.BROADCAST: write_broadcast,
    p.MATMUL: write_matmul,
    p.SUM: write_sum,
    p.SLICE: write_slice,
    p.PLACE: write_place,
    p.ASSEMBLE: write_assemble,
    p.GATHER: write_gather,
    p.SCATTER: write_scatter,
    p.IDENTITY: write_same,
    p.SELECT: write_select,
}  # fmt: skip
#: Those that stand elsewhere, by name.
NAMED: dict[str, Rule] = {
    "inv": write_inverse,
    "solve": write_solve,
    "norm": write_norm,
    "or_one": write_same,
}
