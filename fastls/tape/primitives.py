"""The primitives: the rows of the tables in ``rules``, made into what graphs are built from.

Elementwise functions come from `rules.elementwise` and `rules.special`; the others, which move
entries about, sum them or multiply matrices, are few and stand here, each with its transpose.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape import identities, operators
from fastls.tape.graph import Graph, Node, Primitive, learn
from fastls.tape.identities import Arithmetic, simplify_negative, uniform
from fastls.tape.lists import as_traced
from fastls.tape.refusals import refuse
from fastls.tape.rules import elementwise
from fastls.tape.trace import FUNCTIONS, METHODS, UFUNCS, Tracer, as_node, getitem

__all__ = ["ELEMENTWISE", "apply", "define_elementwise", "uniform"]

#: The primitive of each ufunc.
ELEMENTWISE: dict[np.ufunc, Primitive] = {}


def graph_of(*values: Any) -> Graph:
    for value in values:
        if isinstance(value, Tracer):
            return value.graph
        if isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, Tracer):
                    return item.graph
    raise TypeError("no traced value")


def apply(primitive: Primitive, *inputs: Any, **parameters: Any) -> Any:
    """Note a primitive applied to traced values and constants."""
    graph = graph_of(*inputs)
    nodes = [as_node(graph, value) for value in inputs]
    return Tracer(graph, graph.apply(primitive, nodes, **parameters))


def unbroadcast(value: Any, shape: tuple[int, ...]) -> Any:
    """The transpose of broadcasting: sum over what was repeated."""
    if np.shape(value) == shape:
        return value
    if np.shape(value) != shape and np.ndim(value) < len(shape):
        return np.broadcast_to(value, shape)
    extra = np.ndim(value) - len(shape)
    axes = tuple(range(extra)) + tuple(
        axis + extra for axis, length in enumerate(shape)
        if length == 1 and np.shape(value)[axis + extra] != 1
    )  # fmt: skip
    return np.reshape(np.sum(value, axis=axes), shape)


def is_number(node: Node, number: float) -> bool:
    return uniform(node) == number


#: Numbers that make an operation another one, or none.
NEUTRAL: dict[np.ufunc, tuple[float, ...]] = {
    np.add: (0.0,), np.subtract: (0.0,), np.multiply: (1.0, -1.0), np.divide: (1.0,),
    np.power: (-1.0, 0.5, 1.0, 2.0),
}  # fmt: skip


def simplification(ufunc: np.ufunc) -> Callable[..., Node | None] | None:
    if ufunc in NEUTRAL:
        return Arithmetic(ufunc)
    if ufunc is np.positive:
        return lambda graph, inputs, parameters: inputs[0]
    return simplify_negative if ufunc is np.negative else None


def checked_kinds(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs, unless they are conditions and NumPy would not take these for numbers."""
    kinds = [x.dtype.kind if isinstance(x, Tracer) else np.asarray(x).dtype.kind for x in inputs]
    if len(kinds) == 2 and kinds == ["b", "b"]:
        if ufunc in (np.add, np.maximum):
            raise refuse(f"{ufunc.__name__} of two conditions", "write np.logical_or instead")
        if ufunc is np.subtract:
            raise TypeError("numpy boolean subtract, the `-` operator, is not supported")
        if ufunc in (np.multiply, np.minimum):
            raise refuse(f"{ufunc.__name__} of two conditions", "write np.logical_and instead")
    if kinds == ["b"] and ufunc is np.positive:
        raise TypeError("numpy.positive is not defined for conditions")
    if kinds == ["b"] and ufunc is np.reciprocal:
        raise refuse("reciprocal of a condition", "write np.where(condition, 1.0, 0.0) first")
    if kinds == ["b"] and ufunc is np.negative:
        raise TypeError("The numpy boolean negative, the `-` operator, is not supported")
    return inputs


def define_elementwise(
    ufunc: np.ufunc, partials: tuple[Callable[..., Any] | None, ...], formula: str = "",
    dtype: Any = float,
) -> Primitive:  # fmt: skip
    """Make a primitive of a row, and let the tracer know it."""

    def pullback(g: Any, y: Any, *inputs: Any) -> list[Any]:
        return [
            None if partial is None else unbroadcast(g * partial(*inputs, y), np.shape(x))
            for x, partial in zip(inputs, partials, strict=True)
        ]

    def pushforward(tangents: list[Any], y: Any, *inputs: Any) -> Any:
        total = None
        for t, partial in zip(tangents, partials, strict=True):
            if t is not None and partial is not None:
                term = t * partial(*inputs, y)
                total = term if total is None else total + term
        if total is not None and np.shape(total) != np.shape(y):
            total = np.broadcast_to(total, np.shape(y))
        return total

    primitive = Primitive(
        ufunc.__name__, ufunc, np.broadcast_shapes,
        pullback if dtype is float else None, pushforward if dtype is float else None,
        dtype, formula, simplification(ufunc),
    )  # fmt: skip
    primitive.is_singular = ufunc not in (np.add, np.subtract, np.negative)
    primitive.neutral = NEUTRAL.get(ufunc)
    primitive.is_transparent = ufunc is np.negative
    primitive.partials = partials
    ELEMENTWISE[ufunc] = primitive
    UFUNCS[ufunc] = lambda *inputs: apply(primitive, *checked_kinds(ufunc, inputs))
    return primitive


for ufunc, derivative, formula, _ in elementwise.UNARY:
    define_elementwise(ufunc, (derivative,), formula)
for ufunc, partials, formula, _ in elementwise.BINARY:
    define_elementwise(ufunc, partials, formula)
for ufunc in elementwise.PIECEWISE_CONSTANT:
    define_elementwise(
        ufunc, (None,) * ufunc.nin, f"{ufunc.__name__}({', '.join(['{}'] * ufunc.nin)})"
    )
for ufunc in elementwise.LOGICAL:
    define_elementwise(ufunc, (None,) * ufunc.nin, "", bool)


# A value under a new name: what differentiation with respect to it does not reach beyond.
IDENTITY: Primitive = Primitive(
    "identity", lambda x, tag: x, lambda s, tag: s, lambda g, y, x, tag: [g],
    lambda tangents, y, x, tag: tangents[0], formula="{}",
)  # fmt: skip
IDENTITY.is_variable = True


# Moving entries about.


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    found = tuple(sorted(operator.index(a) + (ndim if a < 0 else 0) for a in axes))
    if any(not 0 <= a < ndim for a in found):
        raise np.exceptions.AxisError(f"axis {axis} is out of bounds for array of dimension {ndim}")
    if len(set(found)) != len(found):
        raise ValueError(f"duplicate value in axis {axis}")
    return found


def linear(
    name: str, value: Callable[..., Any], shape: Callable[..., Any],
    transpose: Callable[..., Any], simplify: Any = None, formula: str = "",
) -> Primitive:  # fmt: skip
    """A linear function of one array: its tangent is itself, its pullback the transpose."""
    primitive = Primitive(name, value, shape, formula=formula or f"{name}({{}})", simplify=simplify)
    primitive.pullback = lambda g, y, x, **parameters: [transpose(g, np.shape(x), **parameters)]
    primitive.pushforward = lambda tangents, y, x, **parameters: (
        None if tangents[0] is None else apply(primitive, tangents[0], **parameters)
    )
    return primitive


def same_shape(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    return inputs[0] if inputs[0].shape == parameters["shape"] else None


def simplify_reshape(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    (x,) = inputs
    if x.shape == parameters["shape"]:
        return x
    if x.primitive is RESHAPE:
        return graph.apply(RESHAPE, x.inputs, **parameters)
    return None


def simplify_transpose(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    (x,), axes = inputs, parameters["axes"]
    if axes == tuple(range(len(axes))):
        return x
    if x.primitive is TRANSPOSE:
        inner = x.parameters["axes"]
        return graph.apply(TRANSPOSE, x.inputs, axes=tuple(inner[axis] for axis in axes))
    return None


RESHAPE: Primitive = linear(
    "reshape", lambda x, shape: np.reshape(x, shape), lambda _, shape: shape,
    lambda g, old, shape: np.reshape(g, old), simplify_reshape, "{}",
)  # fmt: skip
TRANSPOSE: Primitive = linear(
    "transpose", lambda x, axes: np.transpose(x, axes),
    lambda s, axes: tuple(s[axis] for axis in axes),
    lambda g, old, axes: np.transpose(g, tuple(np.argsort(axes).tolist())),
    simplify_transpose, "{}ᵀ",
)  # fmt: skip
BROADCAST: Primitive = linear(
    "broadcast", lambda x, shape: np.broadcast_to(x, shape), lambda _, shape: shape,
    lambda g, old, shape: unbroadcast(g, old), same_shape, "{}",
)  # fmt: skip
SUM: Primitive = linear(
    "sum", lambda x, axes: np.sum(x, axis=axes),
    lambda s, axes: tuple(n for axis, n in enumerate(s) if axis not in axes),
    lambda g, old, axes: np.broadcast_to(
        np.reshape(g, tuple(1 if axis in axes else n for axis, n in enumerate(old))), old
    ),
    lambda graph, inputs, parameters: inputs[0] if not parameters["axes"] else None,
)  # fmt: skip


def sliced_shape(shape: tuple[int, ...], index: tuple[Any, ...]) -> tuple[int, ...]:
    found = []
    for length, part in zip(shape, index, strict=True):
        if isinstance(part, slice):
            found.append(len(range(*part.indices(length))))
    return tuple(found)


def placed(g: Any, shape: tuple[int, ...], index: tuple[Any, ...]) -> Any:
    array = np.zeros(shape)
    array[index] = g
    return array


SLICE: Primitive = linear(
    "slice", lambda x, index: x[index], lambda s, index: sliced_shape(s, index),
    lambda g, old, index: apply(PLACE, g, shape=old, index=index),
)  # fmt: skip
PLACE: Primitive = linear(
    "place", lambda x, shape, index: placed(x, shape, index), lambda _, shape, index: shape,
    lambda g, old, shape, index: apply(SLICE, g, index=index),
)  # fmt: skip
for view in (RESHAPE, TRANSPOSE, BROADCAST, SLICE):
    view.dtype = None  # also of truth values


def assembled(*parts: Any, shape: tuple[int, ...], indices: tuple[Any, ...]) -> Any:
    array = np.zeros(shape)
    for part, index in zip(parts, indices, strict=True):
        array[index] += part
    return array


def assembled_tangent(
    tangents: list[Any], y: Any, *parts: Any, shape: tuple[int, ...], indices: tuple[Any, ...]
) -> Any:
    moving = [(t, index) for t, index in zip(tangents, indices, strict=True) if t is not None]
    if not moving:
        return None
    terms, places = zip(*moving, strict=True)
    return apply(ASSEMBLE, *terms, shape=shape, indices=places)


# Zeros, and parts added to them: the transpose of several slices of one array.
ASSEMBLE: Primitive = Primitive(
    "assemble", assembled, lambda *_, shape, indices: shape,
    lambda g, y, *parts, shape, indices: [apply(SLICE, g, index=index) for index in indices],
    assembled_tangent,
)  # fmt: skip
RESHAPE.is_transparent = BROADCAST.is_transparent = True
learn(SLICE)
operators.learn(ELEMENTWISE)
identities.learn(ELEMENTWISE, RESHAPE, BROADCAST)
# Entries by their places in the flattened array.
GATHER: Primitive = linear(
    "gather", lambda x, places: np.take(x, places), lambda _, places: places.shape,
    lambda g, old, places: apply(SCATTER, g, shape=old, places=places),
)  # fmt: skip


def scattered(x: Any, shape: tuple[int, ...], places: Any) -> Any:
    array = np.zeros(math.prod(shape))
    np.add.at(array, places.ravel(), np.ravel(x))
    return array.reshape(shape)


SCATTER: Primitive = linear(
    "scatter", lambda x, shape, places: scattered(x, shape, places),
    lambda _, shape, places: shape,
    lambda g, old, shape, places: apply(GATHER, g, places=places),
)  # fmt: skip
CUMSUM: Primitive = linear(
    "cumsum", lambda x, axis: np.cumsum(x, axis=axis), lambda s, axis: s,
    lambda g, old, axis: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis),
)  # fmt: skip


def concatenated_shape(*shapes: tuple[int, ...], axis: int) -> tuple[int, ...]:
    first = shapes[0]
    for shape in shapes:
        if len(shape) != len(first) or any(
            n != m for i, (n, m) in enumerate(zip(shape, first, strict=True)) if i != axis
        ):
            raise ValueError(
                f"arrays of the shapes {shapes} cannot be concatenated along axis {axis}"
            )
    return (*first[:axis], sum(s[axis] for s in shapes), *first[axis + 1 :])


def split_cotangent(g: Any, y: Any, *inputs: Any, axis: int) -> list[Any]:
    parts, start = [], 0
    for x in inputs:
        stop = start + np.shape(x)[axis]
        parts.append(g[(slice(None),) * axis + (slice(start, stop),)])
        start = stop
    return parts


CONCATENATE: Primitive = Primitive(
    "concatenate", lambda *arrays, axis: np.concatenate(arrays, axis=axis), concatenated_shape,
    split_cotangent,
    lambda tangents, y, *inputs, axis: np.concatenate(
        [np.zeros(np.shape(x)) if t is None else t for t, x in zip(tangents, inputs, strict=True)],
        axis=axis,
    ),
)  # fmt: skip

SELECT: Primitive = Primitive(
    "where", np.where, lambda c, a, b: np.broadcast_shapes(c, a, b),
    lambda g, y, c, a, b: [
        None,
        unbroadcast(np.where(c, g, 0.0), np.shape(a)),
        unbroadcast(np.where(c, 0.0, g), np.shape(b)),
    ],
    lambda tangents, y, c, a, b: np.where(
        c, 0.0 if tangents[1] is None else tangents[1], 0.0 if tangents[2] is None else tangents[2]
    ) + np.zeros(np.shape(y)),
    formula="where({}, {}, {})",
)  # fmt: skip


def extremum(name: str, reduce: Callable[..., Any]) -> Primitive:
    """max or min over axes; its derivative is shared by the entries that reach it."""

    def weights(x: Any, y: Any, axes: tuple[int, ...]) -> Any:
        kept = tuple(1 if axis in axes else n for axis, n in enumerate(np.shape(x)))
        hits = np.where(x == np.reshape(y, kept), 1.0, 0.0)
        return hits / np.reshape(np.sum(hits, axis=axes), kept)

    def pullback(g: Any, y: Any, x: Any, axes: tuple[int, ...]) -> list[Any]:
        kept = tuple(1 if axis in axes else n for axis, n in enumerate(np.shape(x)))
        return [np.reshape(g, kept) * weights(x, y, axes)]

    return Primitive(
        name, lambda x, axes: reduce(x, axis=axes), SUM.shape, pullback,
        lambda tangents, y, x, axes: np.sum(tangents[0] * weights(x, y, axes), axis=axes),
        formula=f"{name}({{}})",
    )  # fmt: skip


MAX: Primitive = extremum("max", np.max)
MIN: Primitive = extremum("min", np.min)


# Matrix products: a b with a of shape (..., m, n) and b (..., n, p).


def product_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    if a[-1] != b[-2]:
        raise ValueError(f"matmul: shapes {a} and {b} do not fit")
    return (*np.broadcast_shapes(a[:-2], b[:-2]), a[-2], b[-1])


def swap(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def product_tangent(tangents: list[Any], y: Any, a: Any, b: Any) -> Any:
    terms = [] if tangents[0] is None else [np.matmul(tangents[0], b)]
    terms += [] if tangents[1] is None else [np.matmul(a, tangents[1])]
    return sum(terms[1:], terms[0])


def simplify_product(graph: Graph, inputs: tuple[Node, ...], parameters: Any) -> Node | None:
    """A product with a 1 x 1 matrix is one with a number."""
    a, b = inputs
    if (a.shape == (1, 1) or b.shape == (1, 1)) and len(a.shape) == len(b.shape) == 2:
        product_shape(a.shape, b.shape)
        return graph.apply(ELEMENTWISE[np.multiply], (a, b))
    return None


MATMUL: Primitive = Primitive(
    "matmul", np.matmul, product_shape,
    lambda g, y, a, b: [
        unbroadcast(np.matmul(g, swap(b)), np.shape(a)),
        unbroadcast(np.matmul(swap(a), g), np.shape(b)),
    ],
    product_tangent, formula="{} {}", simplify=simplify_product,
)  # fmt: skip


def matmul(a: Any, b: Any, **options: Any) -> Any:
    if options:
        raise refuse(f"matmul with {', '.join(options)}=", "move the axes with np.moveaxis")
    if all(isinstance(x, Tracer) and x.dtype.kind == "b" for x in (a, b)):
        raise refuse("matmul of two conditions", "write np.any(a & b)")
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        raise ValueError("matmul: inputs must not be 0-d")
    left, right = np.ndim(a) == 1, np.ndim(b) == 1
    if left:
        a = np.reshape(a, (1, np.shape(a)[0]))
    if right:
        b = np.reshape(b, (np.shape(b)[0], 1))
    y = apply(MATMUL, a, b)
    if left:
        y = np.reshape(y, (*y.shape[:-2], y.shape[-1]))
    return np.reshape(y, y.shape[:-1]) if right else y


UFUNCS[np.matmul] = matmul


# Where NumPy's functions are these primitives.


def is_advanced(part: Any) -> bool:
    return isinstance(part, (np.ndarray, list, tuple, bool, np.bool_))


def full_index(shape: tuple[int, ...], key: Any) -> tuple[Any, ...] | None:
    """Integers and slices for every axis, where the key is basic and adds no axis."""
    parts = list(key) if isinstance(key, tuple) else [key]
    if any(part is None or is_advanced(part) for part in parts):
        return None
    if sum(part is Ellipsis for part in parts):
        where = next(i for i, part in enumerate(parts) if part is Ellipsis)
        missing = len(shape) - len(parts) + 1
        parts[where : where + 1] = [slice(None)] * missing
    parts += [slice(None)] * (len(shape) - len(parts))
    if len(parts) != len(shape):
        raise IndexError(f"too many indices for array of shape {shape}")
    found: list[Any] = []
    for length, part in zip(shape, parts, strict=True):
        if isinstance(part, slice):
            ends = [None if end is None else operator.index(end) for end in
                    (part.start, part.stop, part.step)]  # fmt: skip
            found.append(slice(*slice(*ends).indices(length)))
            if not len(range(found[-1].start, found[-1].stop, found[-1].step)):
                found[-1] = slice(0, 0, 1)
            if found[-1].step < 0 and found[-1].stop < 0:
                found[-1] = slice(found[-1].start, None, found[-1].step)
            continue
        i = operator.index(part)
        if not -length <= i < length:
            raise IndexError(f"index {i} is out of bounds for axis of size {length}")
        found.append(i % length)
    return tuple(found)


def index(x: Any, key: Any) -> Any:
    parts = key if isinstance(key, tuple) else (key,)
    # A traced mask or index is fixed when recorded, and guarded.
    parts = tuple(
        np.asarray(part.graph.guard(part.node))
        if isinstance(part, Tracer) and (part.ndim or part.dtype.kind == "b") else part
        for part in parts
    )  # fmt: skip
    key = parts if isinstance(key, tuple) else parts[0]
    if not isinstance(x, Tracer):
        return x[key]
    if any(part is None for part in parts) and not any(map(is_advanced, parts)):
        y = x[tuple(part for part in parts if part is not None)]
        return np.reshape(y, np.broadcast_to(0, x.shape)[key].shape)
    whole = full_index(x.shape, key)
    if whole is not None:
        if all(p == slice(0, n, 1) for p, n in zip(whole, x.shape, strict=True)):
            return x
        return apply(SLICE, x, index=whole)
    places = np.arange(x.size).reshape(x.shape)[key]
    if places.size == x.size and np.array_equal(places.ravel(), np.arange(x.size)):
        return np.reshape(x, places.shape)
    if x.dtype.kind == "b":
        return apply(GATHER, np.where(x, 1.0, 0.0), places=np.array(places)) != 0.0
    return apply(GATHER, x, places=np.array(places))


def summed(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
           initial: Any = 0.0, where: Any = True) -> Any:  # fmt: skip
    if where is not True:
        x = np.where(where, x, 0.0)
    if isinstance(x, (list, tuple)):
        x = np.stack(x)
    if x.dtype.kind != "f":
        x = np.where(x, 1.0, 0.0)
    axes = axes_of(axis, x.ndim)
    y = apply(SUM, x, axes=axes)
    if keepdims:
        y = np.reshape(y, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))
    if not isinstance(initial, Tracer) and initial == 0.0:
        return y
    return y + initial


def reduced(primitive: Primitive) -> Callable[..., Any]:
    def handler(x: Any, axis: Any = None, out: Any = None, keepdims: Any = False, **_: Any) -> Any:
        axes = axes_of(axis, x.ndim)
        if any(x.shape[a] == 0 for a in axes):
            raise ValueError(f"{primitive} of an empty array has no value")
        y = apply(primitive, x, axes=axes)
        if keepdims:
            y = np.reshape(y, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))
        return y

    return handler


def reshaped(x: Any, /, shape: Any = None, order: str = "C", **options: Any) -> Any:
    shape = options.get("newshape", shape)
    if order != "C":
        raise refuse(f"reshape with order={order!r}", "transpose first")
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    known = math.prod(n for n in shape if n != -1)
    unknown = sum(n == -1 for n in shape)
    if unknown and not known:
        raise ValueError(f"cannot reshape array of size {x.size} into shape {shape}")
    shape = tuple(x.size // max(known, 1) if n == -1 else operator.index(n) for n in shape)
    if math.prod(shape) != x.size or any(n < 0 for n in shape) or unknown > 1:
        raise ValueError(f"cannot reshape array of size {x.size} into shape {shape}")
    return apply(RESHAPE, x, shape=shape)


def transposed(x: Any, axes: Any = None) -> Any:
    axes = tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)
    if len(axes) != x.ndim or len({a % x.ndim for a in axes_of(axes, x.ndim)}) != x.ndim:
        raise ValueError(f"axes {axes} do not match an array of {x.ndim} dimensions")
    axes = tuple(a % x.ndim for a in axes)
    return apply(TRANSPOSE, x, axes=axes)


def concatenated(
    arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = None
) -> Any:
    if out is not None or (dtype is not None and np.dtype(dtype) != float):
        raise refuse("concatenation into an array or as another type", "only float64 is recorded")
    arrays = list(arrays)
    if axis is None:
        arrays, axis = [np.ravel(a) for a in arrays], 0
    arrays = [as_traced(a) for a in arrays]
    return apply(CONCATENATE, *arrays, axis=axes_of((operator.index(axis),), np.ndim(arrays[0]))[0])


def chosen(condition: Any, x: Any = None, y: Any = None) -> Any:
    if (x is None) != (y is None):
        raise ValueError("either both or neither of x and y should be given")
    if x is None:
        return np.nonzero(condition)
    if not isinstance(condition, Tracer):
        condition = np.asarray(condition)
    if condition.dtype.kind != "b":
        condition = condition != 0
    return apply(SELECT, condition, x, y)


FUNCTIONS[getitem] = index
FUNCTIONS[np.sum] = summed
METHODS[np.add, "reduce"] = lambda x, axis=0, **kwargs: summed(x, axis, **kwargs)
FUNCTIONS[np.max] = FUNCTIONS[np.amax] = reduced(MAX)
FUNCTIONS[np.min] = FUNCTIONS[np.amin] = reduced(MIN)
METHODS[np.maximum, "reduce"] = lambda x, axis=0, **kwargs: reduced(MAX)(x, axis, **kwargs)
METHODS[np.minimum, "reduce"] = lambda x, axis=0, **kwargs: reduced(MIN)(x, axis, **kwargs)
FUNCTIONS[np.reshape] = reshaped
FUNCTIONS[np.transpose] = transposed


def broadcast_to(array: Any, shape: Any, subok: Any = False) -> Any:
    x = array
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if np.broadcast_shapes(x.shape, shape) != shape:
        raise ValueError(f"an array of shape {x.shape} cannot be broadcast to {shape}")
    return apply(BROADCAST, x, shape=shape)


FUNCTIONS[np.broadcast_to] = broadcast_to
FUNCTIONS[np.concatenate] = concatenated
FUNCTIONS[np.where] = chosen
FUNCTIONS[np.cumsum] = lambda x, axis=None, **_: (
    apply(CUMSUM, np.ravel(x), axis=0) if axis is None else apply(CUMSUM, x, axis=axis % x.ndim)
)
