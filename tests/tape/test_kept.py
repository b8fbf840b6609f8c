"""What is kept is what it was until it is changed, and again when the change is taken back."""

import array
import collections
import types

import numpy as np
import pytest

from fastls.tape import kept


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x


class Owner:
    part = "a part"


def cell_of(value):
    return (lambda: value).__closure__[0]


def differing():
    """A row each: its name, what is kept, what changes it, what takes the change back."""
    names = {"a": 1.0, "b": "text", "unwatched": 0.0}
    old = names["a"]
    yield (
        "a variable",
        kept.Variables(names, {"a": old, "b": names["b"]}),
        lambda: names.update(a=2.0),
        lambda: names.update(a=old),
    )
    gone = {"a": old}
    yield (
        "a variable that goes",
        kept.Variables(gone, {"a": old}),
        gone.clear,
        lambda: gone.update(a=old),
    )
    cell = cell_of(old)
    yield (
        "a cell",
        kept.Cell(cell),
        lambda: setattr(cell, "cell_contents", 2.0),
        lambda: setattr(cell, "cell_contents", old),
    )
    emptied = cell_of(old)
    yield (
        "a cell that is emptied",
        kept.Cell(emptied),
        lambda: delattr(emptied, "cell_contents"),
        lambda: setattr(emptied, "cell_contents", old),
    )
    empty = types.CellType()
    yield (
        "an empty cell",
        kept.Cell(empty),
        lambda: setattr(empty, "cell_contents", None),
        lambda: delattr(empty, "cell_contents"),
    )
    for name, a in {
        "an array": np.arange(6.0).reshape(2, 3),
        "an array in Fortran's order": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "a strided array": np.arange(24.0).reshape(4, 6)[::2, ::2],
        "integers": np.arange(6).reshape(2, 3),
    }.items():
        yield name, kept.Array(a), *writing(a, (1, 1), 7)
    text = np.array([["one", None], [2, old]], dtype=object)
    yield "an array of objects", kept.Array(text), *writing(text, (1, 1), "else")
    single = np.array(1.0)
    yield "an array without axes", kept.Array(single), *writing(single, (), -0.0)
    raw = bytearray(b"bytes")
    yield "a bytearray", kept.Sight(raw, bytes), *writing(raw, 1, 0)
    view = memoryview(bytearray(b"bytes"))
    yield "a memoryview", kept.Sight(view, bytes), *writing(view, 1, 0)
    numbers = array.array("d", [1.0, 2.0])
    yield "an array of Python's", kept.Sight(numbers, bytes), *writing(numbers, 1, 3.0)
    for kind in (dict, collections.OrderedDict, lambda d: collections.defaultdict(float, d)):
        pairs = kind({"a": old, "b": None})
        name = type(pairs).__name__
        yield f"a value in a {name}", kept.Mapping(pairs), *writing(pairs, "a", 2.0)
    longer = {"a": old}
    yield (
        "a dict made longer",
        kept.Mapping(longer),
        lambda: longer.update(b=2.0),
        lambda: longer.pop("b"),
    )
    order = {"a": old, "b": old}
    yield (
        "the order of a dict",
        kept.Mapping(order),
        lambda: order.update(a=order.pop("a")),
        lambda: order.update(b=order.pop("b")),
    )
    inside = {"a": old}
    yield (
        "what a mappingproxy shows",
        kept.Mapping(types.MappingProxyType(inside)),
        *writing(inside, "a", 2.0),
    )
    for parts in ([old, None], collections.deque([old, None])):
        yield f"a {type(parts).__name__}", kept.Parts(parts), *writing(parts, 1, 2.0)
    some = {"a"}
    yield "a set", kept.Parts(some), lambda: some.add("b"), lambda: some.remove("b")
    point = Point(old)
    yield (
        "a slot",
        kept.Slots(point, [Point.x, Point.y]),
        lambda: setattr(point, "x", 2.0),
        lambda: setattr(point, "x", old),
    )
    unfilled = Point(old)
    yield (
        "an empty slot",
        kept.Slots(unfilled, [Point.x, Point.y]),
        lambda: setattr(unfilled, "y", None),
        lambda: delattr(unfilled, "y"),
    )
    part = Owner.part
    yield (
        "a class",
        kept.Class(Owner),
        lambda: setattr(Owner, "part", "other"),
        lambda: setattr(Owner, "part", part),
    )


def writing(whole, place, value):
    old = whole[place]
    return lambda: whole.__setitem__(place, value), lambda: whole.__setitem__(place, old)


@pytest.mark.parametrize(
    ("item", "change", "restore"), [pytest.param(*row[1:], id=row[0]) for row in differing()]
)
def test_what_is_kept_differs_after_a_change(item, change, restore):
    assert kept.are_same([item])
    change()
    assert not kept.are_same([item])
    restore()
    assert kept.are_same([item])


@pytest.mark.filterwarnings("ignore:Setting the dtype")  # since NumPy 2.5
def test_an_array_of_another_shape_or_dtype_is_another():
    a = np.arange(6.0)
    item = kept.Array(a)
    a.resize((2, 3), refcheck=False)
    assert not kept.are_same([item])
    a.resize((6,), refcheck=False)
    assert kept.are_same([item])
    a.dtype = np.int64
    assert not kept.are_same([item])


def test_zeros_of_the_two_signs_differ_and_nan_is_the_same_as_itself():
    a = np.array([0.0, np.nan])
    item = kept.Array(a)
    a[1] = np.nan
    assert kept.are_same([item])
    a[0] = -0.0
    assert not kept.are_same([item])


def test_the_place_of_an_array_is_not_its_entries():
    a = np.arange(6.0)
    item = kept.Sight(a, kept.place_of)
    a[1] = 7.0
    assert kept.are_same([item])
    a.resize((2, 3), refcheck=False)
    assert not kept.are_same([item])
    a.resize((6,), refcheck=False)
    a.resize(100_000, refcheck=False)
    assert not kept.are_same([item])


def test_an_object_in_an_array_is_kept_alive():
    a = np.array([object()])
    item = kept.Array(a)
    a[0] = object()  # where the old one may have stood
    assert not kept.are_same([item])


def test_all_must_be_the_same():
    a, b = [1.0], [2.0]
    items = [kept.Parts(a), kept.Parts(b)]
    assert kept.are_same([])
    assert kept.are_same(items)
    b.append(None)
    assert not kept.are_same(items)


def test_what_cannot_be_compared_is_never_the_same():
    assert not kept.are_same([kept.Kept()])


def test_names_of_pythons_own_in_a_class_do_not_count():
    assert set(kept.in_class(Owner)) == {"part"}


class Restless(collections.OrderedDict):
    """What another thread changes while it is looked at."""

    is_changing = False

    def values(self):
        if self.is_changing:
            raise RuntimeError("dictionary changed size during iteration")
        yield from super().values()


def test_what_changes_while_it_is_compared_has_changed():
    mapping = Restless(a=1.0)
    item = kept.Mapping(mapping)
    assert kept.are_same([item])
    mapping.is_changing = True
    assert not kept.are_same([item])
