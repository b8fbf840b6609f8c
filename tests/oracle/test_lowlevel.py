"""Compiled callbacks from wherever they come: each way in is really built and run."""

import ctypes
import ctypes.util
import functools
import gc
import math
import re
import subprocess
import sys
import threading
import time

import pytest

import fastls

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
every_search = pytest.mark.parametrize("search", SEARCHES)

PLAIN = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)
WITH_DATA = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_void_p)


def parabola(x):
    return (x - 2.0) * (x - 2.0)


def assert_same_as_python(f, python=parabola):
    for search in SEARCHES:
        compiled = search().minimize(f, (0, 3), trace=True)
        interpreted = search().minimize(python, (0, 3), trace=True)
        assert (compiled.x, compiled.fun, compiled.nfev) == (
            interpreted.x, interpreted.fun, interpreted.nfev,
        )  # fmt: skip
        assert (compiled.trace == interpreted.trace).all()
    assert fastls.bracket(f) == fastls.bracket(python)
    assert fastls.minimize_scalar(f).x == fastls.minimize_scalar(python).x


def cosh():
    library = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
    library.cosh.restype = ctypes.c_double
    library.cosh.argtypes = [ctypes.c_double]
    return library.cosh


@pytest.mark.parametrize("name", ["plain", "with_data"])
def test_a_capsule_from_cython(callbacks, name):
    assert_same_as_python(callbacks[name])


@pytest.mark.parametrize("name", ["plain", "with_data"])
def test_a_low_level_callable_from_cython(callbacks, name):
    scipy = pytest.importorskip("scipy")
    assert_same_as_python(scipy.LowLevelCallable(callbacks[name]))
    module = sys.modules["callbacks"]
    assert_same_as_python(scipy.LowLevelCallable.from_cython(module, name))


def test_a_low_level_callable_with_its_signature_spelled_out():
    scipy = pytest.importorskip("scipy")
    f = scipy.LowLevelCallable(cosh(), signature="double (double)")
    assert_same_as_python(f, cosh())


def test_a_low_level_callable_with_its_data(callbacks):
    scipy = pytest.importorskip("scipy")
    centre = ctypes.c_double(1.25)
    data = ctypes.cast(ctypes.pointer(centre), ctypes.c_void_p)
    f = scipy.LowLevelCallable(callbacks["with_data"], data)
    del data
    assert_same_as_python(f, lambda x: (x - 1.25) * (x - 1.25))
    centre.value = 2.5
    assert fastls.Brent().minimize(f, (0, 3)).x == 2.5


def test_a_low_level_callable_keeps_its_data_alive(callbacks):
    scipy = pytest.importorskip("scipy")

    def callable_around(centre):
        data = ctypes.cast(ctypes.pointer(ctypes.c_double(centre)), ctypes.c_void_p)
        return scipy.LowLevelCallable(callbacks["with_data"], data)

    many = [callable_around(number / 100) for number in range(300)]
    gc.collect()
    for number, f in enumerate(many):
        found = fastls.Brent().minimize(f, (-1, 4))
        assert found.x == pytest.approx(number / 100, abs=1e-7)
    search = fastls.GoldenSection()
    assert search.minimize(callable_around(1.25), (0, 3)).x == pytest.approx(1.25, abs=1e-7)


def test_a_capsule_with_data_as_its_context(callbacks):
    set_context = ctypes.pythonapi.PyCapsule_SetContext
    set_context.argtypes = [ctypes.py_object, ctypes.c_void_p]
    centre = ctypes.c_double(1.25)
    capsule = new_capsule(b"double (double, void *)", callbacks["with_data"])
    set_context(capsule, ctypes.addressof(centre))
    assert_same_as_python(capsule, lambda x: (x - 1.25) * (x - 1.25))


def new_capsule(name, like):
    """A capsule of that name around the function in another."""
    get_name, get_pointer, new = (
        getattr(ctypes.pythonapi, f"PyCapsule_{what}") for what in ("GetName", "GetPointer", "New")
    )
    get_name.restype, get_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    get_pointer.restype, get_pointer.argtypes = (
        ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p],
    )  # fmt: skip
    new.restype, new.argtypes = (
        ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p],
    )  # fmt: skip
    return new(get_pointer(like, get_name(like)), name, None)


def test_a_ctypes_function_of_a_library():
    f = cosh()
    assert_same_as_python(f, lambda x: f(x))


def test_a_low_level_callable_from_ctypes():
    scipy = pytest.importorskip("scipy")
    f = cosh()
    assert_same_as_python(scipy.LowLevelCallable(f), lambda x: f(x))


def test_a_ctypes_pointer_to_a_python_function():
    assert_same_as_python(PLAIN(parabola))
    assert_same_as_python(WITH_DATA(lambda x, data: parabola(x)))


@pytest.mark.parametrize("signature", ["float64(float64)", "float64(float64, voidptr)"])
def test_a_numba_cfunc(signature):
    numba = pytest.importorskip("numba")
    if "voidptr" in signature:
        f = numba.cfunc(signature)(lambda x, data: (x - 2.0) * (x - 2.0))
    else:
        f = numba.cfunc(signature)(lambda x: (x - 2.0) * (x - 2.0))
    assert_same_as_python(f)
    assert_same_as_python(f.ctypes)
    scipy = pytest.importorskip("scipy")
    assert_same_as_python(scipy.LowLevelCallable(f.ctypes))


def test_a_cffi_pointer():
    cffi = pytest.importorskip("cffi")
    ffi = cffi.FFI()
    ffi.cdef("double cosh(double);")
    library = ffi.dlopen(ctypes.util.find_library("m") or "ucrtbase")
    f = ffi.addressof(library, "cosh")
    assert_same_as_python(f, lambda x: f(x))
    assert_same_as_python(library.cosh, lambda x: f(x))
    assert_same_as_python(ffi.callback("double(double)", parabola))
    assert_same_as_python(ffi.callback("double(double, void *)", lambda x, data: parabola(x)))
    scipy = pytest.importorskip("scipy")
    assert_same_as_python(scipy.LowLevelCallable(f), lambda x: f(x))


def test_a_cffi_module_that_was_compiled(tmp_path, monkeypatch):
    """Its functions are Python's builtins, and the pointers to them are callbacks."""
    cffi = pytest.importorskip("cffi")
    pytest.importorskip("setuptools")
    ffi = cffi.FFI()
    ffi.cdef("double parabola(double); double around(double, void *);")
    ffi.set_source(
        "compiled_by_cffi",
        """
        static double parabola(double x) { return (x - 2.0) * (x - 2.0); }
        static double around(double x, void *data) { return parabola(x); }
        """,
    )
    ffi.compile(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    import compiled_by_cffi as module

    assert_same_as_python(module.lib.parabola)
    assert_same_as_python(module.ffi.addressof(module.lib, "parabola"))
    assert_same_as_python(module.ffi.addressof(module.lib, "around"))


def test_a_dialogue_needs_no_callback_and_a_search_takes_any(callbacks):
    assert fastls.GoldenSection()(callbacks["plain"]).x == pytest.approx(2, abs=1e-7)


@every_search
def test_c_callbacks_run_without_the_gil(callbacks, search):
    assert search().minimize(callbacks["holds_the_gil"], (0, 1)).fun == 0.0
    with_the_gil = ctypes.pythonapi.PyGILState_Check
    assert search().minimize(lambda x: with_the_gil(), (0, 1)).fun == 1.0


def test_other_threads_run_meanwhile(callbacks):
    scipy = pytest.importorskip("scipy")
    seconds = ctypes.c_double(0.01)
    data = ctypes.cast(ctypes.pointer(seconds), ctypes.c_void_p)
    f = scipy.LowLevelCallable(callbacks["slow"], data)
    search = threading.Thread(target=lambda: fastls.GoldenSection().minimize(f, (0, 1)))
    search.start()
    steps = 0
    while search.is_alive():
        steps += 1
        time.sleep(0.001)
    assert steps > 40  # of 0.4 s


def test_an_exception_that_a_c_callback_sets_comes_through(callbacks):
    with pytest.raises(ValueError, match="from C"):
        fastls.Brent().minimize(callbacks["raises_with_the_gil"], (0, 1))


EXPECTED = r"one of the signatures 'double \(double, void \*\)', 'double \(double\)'"


def test_another_signature_is_refused(callbacks):
    with pytest.raises(ValueError, match=EXPECTED + r"; got 'double \(float\)'"):
        fastls.Brent().minimize(callbacks["of_floats"], (0, 1))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_double), r"float \(double\)"),
        (ctypes.CFUNCTYPE(ctypes.c_double), r"double \(\)"),
        (ctypes.CFUNCTYPE(None, ctypes.c_double), r"void \(double\)"),
        (
            ctypes.CFUNCTYPE(ctypes.c_double, ctypes.POINTER(ctypes.c_double)),
            r"double \(double \*\)",
        ),
        (ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_int), r"double \(double, int"),
    ],
)
def test_another_signature_of_ctypes_is_refused(kind, text):
    with pytest.raises(ValueError, match=EXPECTED + "; got '" + text):
        fastls.Brent().minimize(kind(lambda *args: 1.0), (0, 1))


def test_another_signature_of_numba_is_refused():
    numba = pytest.importorskip("numba")
    for f, text in [
        (numba.cfunc("float32(float32)")(lambda x: x), r"float \(float\)"),
        (numba.cfunc("float64(float64, float64)")(lambda x, y: x), r"double \(double, double\)"),
    ]:
        with pytest.raises(ValueError, match=EXPECTED + "; got '" + text):
            fastls.Brent().minimize(f, (0, 1))


def test_another_signature_of_cffi_is_refused():
    ffi = pytest.importorskip("cffi").FFI()
    for signature in ("float(float)", "double(int)", "double(double, int)", "double()"):
        f = ffi.callback(signature, lambda *args: 1.0)
        with pytest.raises(ValueError, match=EXPECTED + "; got '"):
            fastls.Brent().minimize(f, (0, 1))


def test_another_signature_of_scipy_is_refused(callbacks):
    scipy = pytest.importorskip("scipy")
    with pytest.raises(ValueError, match=EXPECTED + r"; got 'double \(float\)'"):
        fastls.Brent().minimize(scipy.LowLevelCallable(callbacks["of_floats"]), (0, 1))


def test_a_capsule_without_a_name_is_refused(callbacks):
    with pytest.raises(ValueError, match=EXPECTED + "; got no signature"):
        fastls.Brent().minimize(new_capsule(None, callbacks["plain"]), (0, 1))


def test_a_capsule_whose_name_is_no_text_is_refused(callbacks):
    with pytest.raises(ValueError, match=EXPECTED + "; got "):
        fastls.Brent().minimize(new_capsule(b"\xff", callbacks["plain"]), (0, 1))


def test_ctypes_that_converts_what_is_returned_is_refused():
    library = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
    library.cosh.argtypes = [ctypes.c_double]
    library.cosh.restype = functools.partial(float)  # ctypes takes any callable
    with pytest.raises(ValueError, match=EXPECTED + "; got "):
        fastls.Brent().minimize(library.cosh, (0, 1))


def test_ctypes_without_argument_types_is_refused():
    library = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
    with pytest.raises(ValueError, match="f must have its argtypes"):
        fastls.Brent().minimize(library.sinh, (0, 1))


def test_types_of_ctypes_that_change_are_read_again():
    f = cosh()
    assert fastls.GoldenSection().minimize(f, (-1, 2)).success
    f.argtypes[:] = [ctypes.c_int]
    with pytest.raises(ValueError, match=re.escape("got 'double (int)'")):
        fastls.GoldenSection().minimize(f, (-1, 2))
    f.argtypes = [ctypes.c_double]
    f.restype = ctypes.c_float
    with pytest.raises(ValueError, match=re.escape("got 'float (double)'")):
        fastls.GoldenSection().minimize(f, (-1, 2))


def test_types_of_ctypes_without_a_hash_are_refused():
    class Unhashable:
        __hash__ = None
        from_param = ctypes.c_double.from_param

    f = cosh()
    f.argtypes = [Unhashable()]
    with pytest.raises(ValueError, match="one of the signatures"):
        fastls.GoldenSection().minimize(f, (-1, 2))


def test_ctypes_that_needs_the_gil_is_refused():
    f = ctypes.PYFUNCTYPE(ctypes.c_double, ctypes.c_double)(parabola)
    for needs_the_gil in (f, ctypes.pythonapi.PyFloat_AsDouble):
        with pytest.raises(TypeError, match="CFUNCTYPE, not PYFUNCTYPE"):
            fastls.Brent().minimize(needs_the_gil, (0, 1))


def test_null_pointers_are_refused():
    with pytest.raises(ValueError, match="null pointer"):
        fastls.Brent().minimize(PLAIN(), (0, 1))
    cffi = pytest.importorskip("cffi")
    with pytest.raises(ValueError, match="null pointer"):
        fastls.Brent().minimize(cffi.FFI().cast("double(*)(double)", 0), (0, 1))


def test_other_things_of_cffi_are_refused():
    ffi = pytest.importorskip("cffi").FFI()
    for thing in (ffi.new("double *"), ffi.cast("double", 1.0)):
        with pytest.raises(TypeError, match="f must be a pointer to a function; got cffi's"):
            fastls.Brent().minimize(thing, (0, 1))


@every_search
@pytest.mark.parametrize("kind", ["capsule", "ctypes", "scipy", "numba", "cffi"])
def test_args_are_for_python_callables(callbacks, search, kind):
    if kind == "capsule":
        f = callbacks["plain"]
    elif kind == "ctypes":
        f = cosh()
    elif kind == "scipy":
        f = pytest.importorskip("scipy").LowLevelCallable(callbacks["plain"])
    elif kind == "numba":
        f = pytest.importorskip("numba").cfunc("float64(float64)")(lambda x: x)
    else:
        f = pytest.importorskip("cffi").FFI().callback("double(double)", parabola)
    for args in [(1.0,), 1.0, [1.0]]:
        with pytest.raises(TypeError, match="args cannot be passed to a C callback"):
            search().minimize(f, (0, 1), args=args)
        with pytest.raises(TypeError, match="args cannot be passed to a C callback"):
            fastls.bracket(f, args=args)


def test_a_tuple_of_that_name_only_is_no_callback():
    class LowLevelCallable(tuple):
        __slots__ = ()

    for fake in (LowLevelCallable(), LowLevelCallable((1, 2, 3))):
        with pytest.raises(TypeError, match="f must be callable"):
            fastls.Brent().minimize(fake, (0, 1))


def test_a_capsule_of_something_else_is_refused():
    import datetime

    with pytest.raises(ValueError, match=r"got 'datetime\.datetime_CAPI'"):
        fastls.Brent().minimize(datetime.datetime_CAPI, (0, 1))


def test_none_of_their_packages_is_imported():
    program = """
import sys, math, fastls, fastls.dropin
fastls.Brent().minimize(math.cosh, (-1, 1)); fastls.minimize_scalar(abs)
print(sorted({"scipy", "numba", "cffi", "_cffi_backend", "sklearn"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.split() == [b"[]"]


def test_values_that_are_not_finite_are_high_ground_in_c_too():
    library = ctypes.CDLL(ctypes.util.find_library("m") or "ucrtbase")
    library.log.restype = ctypes.c_double
    library.log.argtypes = [ctypes.c_double]
    found = fastls.GoldenSection().minimize(library.log, (-1, 3))
    # The logarithm falls towards 0 and is not a number below.
    assert 0 <= found.x < 1e-7
    assert math.isfinite(found.fun) or found.fun == -math.inf


def test_an_exception_of_a_cython_function_stops_the_search(callbacks):
    """Its signature does not tell that it may raise; it returns -1 then, as it also may if not."""
    f = callbacks["raises_as_cython_does"]
    assert fastls.Brent().minimize(f, (0.5, 1)).fun == -1.0
    for search in SEARCHES:
        with pytest.raises(ZeroDivisionError, match="from Cython") as raised:
            search().minimize(f, (0, 0.4))
        assert raised.value.__context__ is None
