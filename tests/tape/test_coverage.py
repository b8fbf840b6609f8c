"""docs/numpy.md says which of NumPy's functions can be recorded; it is made here.

With FASTLS_WRITE_DOCS=1 in the environment the page is written, else compared.
"""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing.overrides import (
    get_overridable_numpy_array_functions,
    get_overridable_numpy_ufuncs,
)

import fastls
from fastls.tape import primitives, special
from fastls.tape.functions.indexing import IN_PLACE
from fastls.tape.rewrites import instead_of
from fastls.tape.rules import elementwise
from fastls.tape.trace import FUNCTIONS, UFUNCS

PAGE = Path(__file__).parents[2] / "docs" / "numpy.md"
VERSION = ".".join(np.__version__.split(".")[:2])

YES, VALUES, NO = "yes", "no derivative (values only)", "no"

#: Truths, places, counts, shapes, and what is constant between jumps.
NAMES = """
    all allclose any argmax argmin argpartition argsort argwhere around array_equal array_equiv
    broadcast_shapes count_nonzero digitize fix flatnonzero isclose iscomplex iscomplexobj
    isneginf isposinf isreal isrealobj nanargmax nanargmin ndim nonzero result_type round
    round_ searchsorted shape size
    arange empty empty_like eye identity imag ones ones_like tri zeros zeros_like
    isin in1d lexsort may_share_memory shares_memory unravel_index ravel_multi_index can_cast
    common_type min_scalar_type mask_indices tril_indices_from triu_indices_from diag_indices_from
    linalg.matrix_rank
"""
WITHOUT_DERIVATIVE = set(NAMES.split())

#: What makes an array of an object, and is taken over while a function is recorded.
OF_LISTS = ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray")

INTRODUCTION = """\
<!-- NumPy {version}. Written by tests/tape/test_coverage.py with FASTLS_WRITE_DOCS=1. -->
# Which of NumPy's functions can be recorded

A tape records plain NumPy code: `fastls.record` calls the function with objects to which NumPy
hands over its ufuncs and functions, and notes what it is asked to do. Listed is every function that
NumPy lets others override, with what a tape does when it meets it:

- **yes**: recorded, replayed, and differentiated to any order;
- **no derivative (values only)**: recorded or answered, but the result is a truth, a place, a
  count, a shape, a constant or a step function, whose derivative is zero wherever it has one. Where
  the path through the function depends on it, it is guarded, and the function is recorded again
  when it changes;
- **no**: raises `fastls.TracingError`, which names the line. `fastls.define_rule` teaches a ufunc,
  `fastls.primitive` any function.

Functions that are given no traced value are NumPy's own, whatever they are: this page is about
those that meet the variables. Methods and operators of arrays (`x.sum()`, `a @ x`, `x[1:]`) are
recorded like the functions of the same name. Of `scipy.special`, the ufuncs with known derivatives
are recorded too. Functions of strings, of structured arrays and of dates are left out.
"""


def name_of(function):
    module = (function.__module__ or "numpy").removeprefix("numpy").removeprefix(".")
    return f"{module}.{function.__name__}" if module else function.__name__


def array_functions():
    """What is recorded of NumPy's functions, by name."""
    found = {}
    for function in get_overridable_numpy_array_functions():
        name = name_of(function)
        if re.search(r"recfunctions|datetime|busday|fromstring|strings", name):
            continue
        place = np
        for part in name.split("."):
            place = getattr(place, part, None)
        is_known = function in FUNCTIONS or place in FUNCTIONS
        answer = VALUES if name in WITHOUT_DERIVATIVE else YES
        answer = answer if is_known and place not in IN_PLACE else NO
        if found.get(name, NO) == NO:
            found[name] = answer
    return found


def ufuncs():
    """What is recorded of NumPy's ufuncs, by name."""
    steps = {*elementwise.PIECEWISE_CONSTANT, *elementwise.LOGICAL}
    steps |= {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.signbit, np.isnat}
    found = {}
    for ufunc in get_overridable_numpy_ufuncs():
        if getattr(np, ufunc.__name__, None) is ufunc:
            found[ufunc.__name__] = (VALUES if ufunc in steps else YES) if ufunc in UFUNCS else NO
    return found


def table(rows):
    lines = ["| function | recorded |", "| --- | --- |"]
    return "\n".join([*lines, *[f"| `{name}` | {answer} |" for name, answer in sorted(rows)]])


def page():
    functions = array_functions().items()
    parts = {
        "Ufuncs": ufuncs().items(),
        "Functions": [row for row in functions if "." not in row[0]],
        "numpy.linalg": [row for row in functions if row[0].startswith("linalg.")],
        "numpy.lib": [row for row in functions if row[0].startswith("lib.")],
    }
    text = INTRODUCTION.format(version=VERSION)
    for title, rows in parts.items():
        known = sum(answer != NO for _, answer in rows)
        text += f"\n## {title}\n\n{known} of {len(rows)}.\n\n{table(rows)}\n"
    return text


def test_the_page_says_what_is_so():
    if os.environ.get("FASTLS_WRITE_DOCS") == "1":
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    written = re.match(r"<!-- NumPy (\d+\.\d+)\.", text)
    assert written
    if written[1] != VERSION:
        pytest.skip(f"written for NumPy {written[1]}")
    assert text == page(), "FASTLS_WRITE_DOCS=1 writes it anew"


def test_what_has_no_derivative_is_spelt_as_in_numpy():
    known = set(array_functions())
    gone = {"round_", "in1d"}  # in other versions
    also = {"may_share_memory", "shares_memory", "can_cast", "isneginf", "isposinf", "mask_indices"}
    for name in WITHOUT_DERIVATIVE - known - gone - also:
        place = np
        for part in name.split("."):
            place = getattr(place, part)
        assert callable(place), name


@pytest.mark.parametrize("name", [name for name, answer in ufuncs().items() if answer == YES])
def test_a_ufunc_that_is_said_to_be_differentiated_is(name):
    """Against differences, somewhere in its domain."""
    ufunc = getattr(np, name)
    if ufunc.signature or ufunc.nout > 1:
        pytest.skip("not elementwise, or of several results: tested elsewhere")
    if name in ("conjugate", "positive", "invert"):
        assert fastls.grad(lambda x: np.sum(ufunc(x)))(np.ones(2)).tolist() == [1.0, 1.0]
        return
    rest = [1.7] * (ufunc.nin - 1)
    for x in (0.3, 1.4):
        with np.errstate(invalid="ignore"):
            is_inside = np.isfinite(ufunc(x, *rest))
        if is_inside:
            assert fastls.check_grad(lambda x: ufunc(x, *rest), x).success


@pytest.mark.parametrize("name", [name for name, answer in ufuncs().items() if answer == VALUES])
def test_a_ufunc_that_is_said_to_be_recorded_has_its_values(name):
    ufunc = getattr(np, name)
    if name in ("bitwise_and", "bitwise_or", "bitwise_xor", "invert", "isnat"):
        return  # of truths

    def f(x):
        return np.where(ufunc(*[x] * ufunc.nin), 1.0, 0.0)

    tape = fastls.record(f, np.array([1.0, -2.5]))
    x = np.array([-0.5, 3.5])
    np.testing.assert_array_equal(tape(x), f(x))
    assert primitives.ELEMENTWISE[ufunc]


@pytest.mark.parametrize("name", OF_LISTS)
def test_what_makes_arrays_is_recorded_of_lists_and_of_arrays(name):
    x = np.array([0.3, -1.2])
    tape = fastls.record(lambda x: getattr(np, name)([x[0] * x[1], x[1]]), x)
    np.testing.assert_array_equal(tape(x), [x[0] * x[1], x[1]])
    np.testing.assert_array_equal(tape.jacobian(x), [[x[1], x[0]], [0.0, 1.0]])
    assert fastls.record(lambda x: np.sum(getattr(np, name)(x)), x)(x) == np.sum(x)


@pytest.mark.parametrize("name", ["put", "linalg.eig", "roots", "nextafter"])
def test_what_is_said_not_to_be_recorded_is_refused(name):
    known = {**array_functions(), **ufuncs()}
    if known.get(name) != NO:
        pytest.skip("it is, by now")
    place = np
    for part in name.split("."):
        place = getattr(place, part)
    arguments = {"put": ([0], 1.0), "nextafter": (1.0,)}.get(name, ())
    with pytest.raises(fastls.TracingError, match="cannot be recorded"):
        fastls.record(lambda x: place(x, *arguments), np.eye(2))


# What autograd differentiates is recorded as plain NumPy and SciPy, or refused with a rewrite.

OF_AUTOGRAD_ITSELF = ("autograd.core", "autograd.builtins", "autograd.numpy")


def functions_of_autograd():
    """The functions that have a derivative there, by full name."""
    core = pytest.importorskip("autograd.core")
    for module in ("numpy", "numpy.linalg", "numpy.fft", "scipy.special", "scipy.stats",
                   "scipy.linalg", "scipy.signal", "scipy.integrate"):  # fmt: skip
        pytest.importorskip(f"autograd.{module}")
    found = {}
    for traced in core.primitive_vjps:
        function = getattr(traced, "fun", traced)
        module = getattr(function, "__module__", None) or ""
        if isinstance(function, np.ufunc):
            is_own = getattr(np, function.__name__, None) is function
            module = "numpy" if is_own else "scipy.special"
        name = traced.__name__
        owner = getattr(function, "__self__", None)
        if module.startswith("scipy.stats") and owner is not None:
            kind = getattr(owner, "name", None) or type(owner).__name__.removesuffix("_gen")
            name = f"{kind}.{name}"
        if module.startswith(OF_AUTOGRAD_ITSELF):
            continue
        if module.startswith("autograd."):
            module = module.removeprefix("autograd.")
        parts = module.split(".")
        package = ".".join(parts[:2]) if parts[0] == "scipy" else module
        found[f"{package}.{name}"] = function
    return found


def test_what_autograd_differentiates_is_recorded_or_refused_with_a_rewrite():
    special_functions = pytest.importorskip("scipy.special")
    special.learn()
    missing = []
    for name, function in functions_of_autograd().items():
        place = {"numpy": np, "scipy": special_functions}[name.split(".")[0]]
        inside = name.removeprefix("numpy.").removeprefix("scipy.special.")
        for part in inside.split("."):
            place = getattr(place, part, None)
        is_known = any(f in FUNCTIONS or f in UFUNCS for f in (function, place) if f is not None)
        if not is_known and not instead_of(name):
            missing.append(name)
    assert missing == []
