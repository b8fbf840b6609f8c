"""Expressions of matrix calculus, and their algebra.

An expression is a sum of terms; a term is a number, powers of scalars, and a product of matrices
and vectors:

    number * scalars * A B x

A number added to every entry is that number times a vector of ones.
"""

from typing import Any, NamedTuple

__all__ = ["Atom", "Factor", "Sum", "Term"]


class Atom(NamedTuple):
    """What is not taken apart: a name, a sum in brackets, a function applied to sums.

    The form is "name", "differential", "group", "entrywise" (the arguments are pairs of sum and
    power; the text is "matrix" for those), "index" (the text is the index) or "template" (the text
    is that of a primitive).
    """

    form: str
    text: str = ""
    arguments: tuple[Any, ...] = ()


class Factor(NamedTuple):
    """A matrix or vector in a product."""

    atom: Atom
    transposed: bool = False
    inverse: bool = False


class Term(NamedTuple):
    number: float = 1.0
    scalars: tuple[tuple[Atom, int], ...] = ()
    product: tuple[Factor, ...] = ()


Sum = tuple[Term, ...]

ONES, IDENTITY = Atom("name", "𝟏"), Atom("name", "I")


def is_ones(product: tuple[Factor, ...]) -> bool:
    return bool(product) and all(factor.atom == ONES for factor in product)


def has_differential(part: Any) -> bool:
    if isinstance(part, Atom) and part.form == "differential":
        return True
    return isinstance(part, tuple) and any(map(has_differential, part))


# Parts.


def scalar(atom: Atom, power: int = 1) -> Sum:
    return (Term(scalars=((atom, power),)),)


def one_factor(atom: Atom, transposed: bool = False) -> Sum:
    return (Term(product=(Factor(atom, transposed),)),)


def ordered(scalars: dict[Atom, int]) -> tuple[tuple[Atom, int], ...]:
    """Names before functions, differentials last."""
    return tuple(
        sorted(
            ((atom, power) for atom, power in scalars.items() if power),
            key=lambda item: (has_differential(item[0]), item[0].form != "name", repr(item)),
        )
    )


def product_of(*factors: Factor) -> tuple[Factor, ...]:
    """A product, without the identity matrix; diag(x) 𝟏 is x."""
    found = tuple(factor for factor in factors if factor.atom != IDENTITY) or factors[:1]
    while len(found) > 1 and found[-1] == Factor(ONES) and found[-2].atom.text == "diag({})":
        (terms,) = found[-2].atom.arguments
        found = (*found[:-2], *as_term(terms, False).product)
    return found


def joined(left: Term, right: Term, length: int) -> Term:
    """The product of two matrices, of which the axis that is summed over has this length."""
    if left.product[-1:] == (Factor(ONES, True),) and right.product[:1] == (Factor(ONES),):
        left = left._replace(product=left.product[:-1], number=left.number * length)
        right = right._replace(product=right.product[1:])
    return times(left, right)


def times(a: Term, b: Term) -> Term:
    scalars = dict(a.scalars)
    for atom, power in b.scalars:
        scalars[atom] = scalars.get(atom, 0) + power
    product = product_of(*a.product, *b.product)
    return Term(a.number * b.number, ordered(scalars), product)


def combined(terms: Sum) -> Sum:
    """Equal terms added up; those that cancel are gone."""
    sums: dict[Any, float] = {}
    for term in terms:
        sums[term[1:]] = sums.get(term[1:], 0.0) + term.number
    return tuple(Term(number, *key) for key, number in sums.items() if number != 0.0)


def as_term(terms: Sum, of_scalars: bool) -> Term:
    """As one term: in brackets, if it is a sum."""
    if len(terms) == 1:
        return terms[0]
    if not terms:
        return Term(0.0)
    size = abs(terms[0].number)
    if size == 1.0 or any(abs(term.number) != size for term in terms):
        size = 1.0
    elif size != 1.0:
        terms = tuple(term._replace(number=term.number / size) for term in terms)
    if all(term.number < 0.0 for term in terms):
        size, terms = -size, negated(terms)
    scalars = terms[0].scalars
    if of_scalars or any(term.scalars != scalars for term in terms):
        scalars = ()
    else:
        terms = tuple(term._replace(scalars=()) for term in terms)
    group = Atom("group", "", (terms,))
    if of_scalars:
        return Term(size, ((group, 1),))
    return Term(size, scalars, (Factor(group),))


def scaled(terms: Sum, by: Term) -> Sum:
    """A sum of vectors or matrices, or one term, times a number and scalars."""
    if by in (Term(), Term(-1.0)):
        return terms if by.number == 1.0 else negated(terms)
    of_scalars = any(not term.product for term in terms)
    if len(terms) > 1 and (of_scalars or any(abs(term.number) != 1.0 for term in terms)):
        terms = (as_term(terms, of_scalars),)
    return tuple(times(by, term) for term in terms) if by.number != 0.0 else ()


def negated(terms: Sum) -> Sum:
    return tuple(term._replace(number=-term.number) for term in terms)


def transposed(product: tuple[Factor, ...]) -> tuple[Factor, ...]:
    return tuple(
        f if f.atom == IDENTITY or (f.atom.text == "diag({})" and not f.transposed)
        else f._replace(transposed=not f.transposed)
        for f in reversed(product)
    )  # fmt: skip


def inside(term: Term) -> Sum:
    """The sum that a term is, without brackets."""
    if term.number == 1.0 and not term.scalars and len(term.product) == 1:
        factor = term.product[0]
        if factor.atom.form == "group" and not factor.transposed and not factor.inverse:
            return factor.atom.arguments[0]  # type: ignore[no-any-return]
    return (term,)


def is_name(terms: Sum) -> bool:
    product = terms[0].product if len(terms) == 1 else ()
    return len(product) == 1 and product[0].atom.form == "name"


def entries(terms: Sum, power: int) -> tuple[Term, dict[Sum, int]]:
    """A power entry by entry: scalars, and the powers whose product it is."""
    term = as_term(terms, False)
    scale = Term(
        term.number**power, tuple((atom, n * power) for atom, n in term.scalars), ()
    )  # fmt: skip
    if is_ones(term.product):
        return scale, {}
    if len(term.product) == 1 and not term.product[0].transposed and not term.product[0].inverse:
        atom = term.product[0].atom
        if atom.form == "entrywise":
            return scale, {base: n * power for base, n in atom.arguments}
        if atom.form == "group":
            return scale, {atom.arguments[0]: power}
    return scale, {(Term(product=term.product),): power}


def entrywise(a: Sum, m: int, b: Sum, n: int, ones: tuple[Factor, ...], of_matrices: bool) -> Sum:
    """aᵐ ∘ bⁿ."""
    if not a or not b:
        return ()
    scale, powers = entries(a, m)
    other_scale, others = entries(b, n)
    for base, power in others.items():
        powers[base] = powers.get(base, 0) + power
    scale = times(scale, other_scale)
    pairs = tuple(sorted(
        ((base, power) for base, power in powers.items() if power),
        key=lambda pair: (has_differential(pair[0]), not is_name(pair[0]), repr(pair)),
    ))  # fmt: skip
    if not pairs:
        return (scale._replace(product=ones),)
    if len(pairs) == 1 and pairs[0][1] == 1:
        return scaled(pairs[0][0], scale)
    atom = Atom("entrywise", "matrix" if of_matrices else "", pairs)
    return (scale._replace(product=(Factor(atom),)),)


def inner(a: Sum, b: Sum) -> Sum:
    """⟨a, b⟩."""
    if not a or not b:
        return ()
    left, right = as_term(a, False), as_term(b, False)
    scale = times(left._replace(product=()), right._replace(product=()))
    u, v = left.product, right.product
    while len(u) > 1 and u[0].transposed:  # ⟨Aᵀ u, v⟩ is ⟨u, A v⟩
        u, v = u[1:], (u[0]._replace(transposed=False), *v)
    if u == v:
        return (times(scale, scalar(Atom("template", "‖{}‖", (inside(Term(product=u)),)), 2)[0]),)
    if is_ones(u) or is_ones(v):
        rest = inside(Term(product=v if is_ones(u) else u))
        return (times(scale, scalar(Atom("template", "sum({})", (rest,)))[0]),)
    if has_differential(u) and not has_differential(v):
        u, v = v, u
    arguments = (inside(Term(product=u)), inside(Term(product=v)))
    return (times(scale, scalar(Atom("template", "⟨{}, {}⟩", arguments))[0]),)
