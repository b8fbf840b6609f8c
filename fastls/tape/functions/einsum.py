"""Einstein's sums: a label for each axis; two operands at a time, as a product of matrices."""

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import defines, numbered, picked
from fastls.tape.lists import as_traced

# Einstein's sums: a label for each axis; two operands at a time, as a product of matrices.


def labels_of(subscripts: str, shapes: Sequence[tuple[int, ...]]) -> tuple[list[Any], list[Any]]:
    """The labels of operands and of the result; those of an ellipsis are numbers."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum: {len(terms)} terms in {subscripts!r}, {len(shapes)} operands")
    operands, widest = [], 0
    for term, shape in zip(terms, shapes, strict=True):
        before, dots, after = term.partition("...")
        if not (before + after).isalpha() and before + after:
            raise ValueError(f"einsum: {term!r} is no sequence of letters")
        extra = len(shape) - len(before + after)
        if extra < 0 or (extra > 0 and not dots):
            raise ValueError(f"einsum: {term!r} does not fit an array of shape {shape}")
        operands.append([*before, *range(extra, 0, -1), *after])
        widest = max(widest, extra)
    ellipsis = list(range(widest, 0, -1))
    if arrow:
        before, dots, after = right.partition("...")
        return operands, [*before, *(ellipsis if dots else []), *after]
    letters = sorted(left.replace(",", "").replace(".", ""))
    return operands, [*ellipsis, *(c for c in letters if letters.count(c) == 1)]


Term = tuple[Any, list[Any]]


def without_repeats(x: Any, labels: list[Any]) -> Term:
    """The diagonal where a label stands twice."""
    once = list(dict.fromkeys(labels))
    if len(once) == len(labels):
        return x, labels
    numbers = [once.index(label) for label in labels]
    return picked(x, np.einsum(numbered(x), numbers, list(range(len(once))))), once


def without(term: Term, kept: Any) -> Term:
    """Sum over labels that no one else has."""
    x, labels = term
    axes = tuple(axis for axis, label in enumerate(labels) if label not in kept)
    return (np.sum(x, axis=axes) if axes else x), [c for c in labels if c in kept]


def lengths(x: Any, labels: list[Any]) -> dict[Any, int]:
    return dict(zip(labels, np.shape(x), strict=True))


def arranged(term: Term, groups: Sequence[list[Any]], merged: Sequence[bool]) -> Any:
    """The axes in groups, each made one where asked for."""
    x, labels = term
    order = [labels.index(label) for group in groups for label in group]
    n = lengths(x, labels)
    shape: list[int] = []
    for group, is_one in zip(groups, merged, strict=True):
        shape += [math.prod(n[c] for c in group)] if is_one else [n[c] for c in group]
    return np.reshape(np.transpose(x, order), tuple(shape))


def contracted(one: Term, two: Term, kept: Any) -> Term:
    """The product of two terms, summed over the labels not kept."""
    one = without(one, {*kept, *two[1]})
    two = without(two, {*kept, *one[1]})
    common = [c for c in one[1] if c in two[1]]
    batch, inside = [c for c in common if c in kept], [c for c in common if c not in kept]
    rows, columns = ([c for c in labels if c not in common] for labels in (one[1], two[1]))
    result = [*batch, *rows, *columns]
    if not inside or (batch and not rows and not columns):
        left = arranged(one, (batch, rows, inside), (False,) * 3)
        right = arranged(two, (batch, columns, inside), (False,) * 3)
        here = (slice(None),) * len(batch)
        if columns:
            left = left[(*here, *(slice(None),) * len(rows), *(None,) * len(columns))]
        if rows:
            right = right[(*here, *(None,) * len(rows))]
        return without((left * right, [*result, *inside]), kept)
    left = arranged(one, (batch, rows, inside), (False, True, True))
    right = arranged(two, (batch, inside, columns), (False, True, True))
    n = {**lengths(*one), **lengths(*two)}
    return np.reshape(np.matmul(left, right), tuple(n[c] for c in result)), result


def as_letters(operands: Sequence[Any]) -> list[Any]:
    """Arrays and lists of numbers of axes in turn, as subscripts and arrays."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    def word(labels: Any) -> str:
        return "".join("..." if c is Ellipsis else letters[operator.index(c)] for c in labels)

    arrays, labels = operands[0 : len(operands) // 2 * 2 : 2], operands[1::2]
    subscripts = ",".join(map(word, labels))
    if len(operands) % 2:
        subscripts += "->" + word(operands[-1])
    return [subscripts, *arrays]


@defines("einsum")
def einsum(*operands: Any) -> Any:
    subscripts, *arrays = operands if isinstance(operands[0], str) else as_letters(operands)
    arrays = [as_traced(x) for x in arrays]
    labels, wanted = labels_of(subscripts, [np.shape(x) for x in arrays])
    present = {c for term in labels for c in term}
    if len(set(wanted)) != len(wanted) or not present.issuperset(wanted):
        raise ValueError(f"einsum: the labels of the result of {subscripts!r} must be among those "
                         f"of the operands, once each")  # fmt: skip
    terms = [without_repeats(x, term) for x, term in zip(arrays, labels, strict=True)]
    full: dict[Any, int] = {}
    for x, term in terms:
        for c, n in lengths(x, term).items():
            if n != 1 and full.setdefault(c, n) != n:
                raise ValueError(f"einsum: label {c!r} has lengths {full[c]} and {n}")
    # An axis of length 1 is the same for all values of a label that is longer elsewhere.
    for i, (x, term) in enumerate(terms):
        spread = [c for c, n in lengths(x, term).items() if n == 1 and full.get(c, 1) != 1]
        terms[i] = without((x, term), [c for c in term if c not in spread])
    path: list[Any] = [(0, 1)] * (len(terms) - 1)
    if len(terms) > 2:
        zeros = [np.broadcast_to(0.0, np.shape(x)) for x in arrays]
        path = list(np.einsum_path(subscripts, *zeros, optimize="greedy")[0][1:])
    for step in path:
        chosen_terms = [terms.pop(i) for i in sorted(step, reverse=True)][::-1]
        first, *others = chosen_terms
        for i, other in enumerate(others):
            rest = [*terms, *others[i + 1 :]]
            first = contracted(first, other, {*wanted, *(c for _, term in rest for c in term)})
        terms.append(first)
    x, term = without(terms[0], wanted)
    return np.transpose(x, [term.index(c) for c in wanted])
