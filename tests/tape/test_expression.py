"""The algebra of expressions: what is one thing is written as one."""

from fastls.tape.expression import (
    IDENTITY,
    ONES,
    Atom,
    Factor,
    Term,
    as_term,
    combined,
    entrywise,
    has_differential,
    inner,
    joined,
    negated,
    one_factor,
    product_of,
    scalar,
    scaled,
    times,
    transposed,
)  # fmt: skip

A, B = Factor(Atom("name", "A")), Factor(Atom("name", "B"))
x, y, dx = (one_factor(Atom("name", "x")), one_factor(Atom("name", "y")),
            one_factor(Atom("differential", "dx")))  # fmt: skip
s, t = Atom("name", "s"), Atom("name", "t")
ONE = (Factor(ONES),)


def test_equal_terms_are_added_and_opposite_ones_vanish():
    assert combined(x + x) == scaled(x, Term(2.0))
    assert combined(x + negated(x)) == ()


def test_powers_are_added_and_vanish():
    (a,), (b,) = scalar(s, 3), scalar(s, -2)
    assert times(a, b) == scalar(s)[0]
    assert times(scalar(t)[0], a) == times(a, scalar(t)[0])
    assert times(b, scalar(s, 2)[0]) == Term()


def test_the_identity_matrix_is_dropped_from_products():
    identity = Factor(IDENTITY)
    assert product_of(A, identity, B) == (A, B)
    assert product_of(identity, identity) == (identity,)


def test_the_transpose_of_a_product():
    assert transposed((A, B)) == (B._replace(transposed=True), A._replace(transposed=True))
    assert transposed(transposed((A, B))) == (A, B)


def test_ones_times_ones_is_their_number():
    left, right = Term(product=(A, Factor(ONES, True))), Term(product=ONE)
    assert joined(left, right, 5) == Term(5.0, (), (A,))


def test_common_numbers_and_signs_stand_before_the_brackets():
    assert as_term(scaled(x, Term(-2.0)) + scaled(y, Term(-2.0)), False).number == -2.0
    assert as_term(x + y, False).number == 1.0


def test_products_entry_by_entry_are_powers():
    square = entrywise(x, 1, x, 1, ONE, False)
    assert square == entrywise(x, 2, (Term(product=ONE),), 1, ONE, False)
    assert entrywise(square, 1, x, -1, ONE, False) == x
    assert entrywise(x, 1, x, -1, ONE, False) == (Term(product=ONE),)
    assert entrywise(x, 1, y, 1, ONE, False) == entrywise(y, 1, x, 1, ONE, False)


def test_inner_products():
    (norm,) = inner(x, scaled(x, Term(3.0)))
    assert norm.number == 3.0
    assert norm.scalars[0][1] == 2  # 3 |x|^2
    moved = (Term(product=(A._replace(transposed=True), *x[0].product)),)
    assert inner(moved, y) == inner(x, (Term(product=(A, *y[0].product)),))
    assert inner(dx, x) == inner(x, dx)
    assert has_differential(inner(x, dx))
    assert inner(x, ()) == ()
