"""The searches for C: the answers of the Python classes, from every language that can call them."""

import ctypes
import inspect
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import fastls
from fastls.status import Status

pytest.importorskip("cffi")
from tests.c_searches import (
    DECLARATIONS,
    HEADER,
    INTERVAL,
    NULL,
    SEARCHES,
    STEP,
    api,
    ffi,
    function,
    kind_of,
    new_result,
    options_of,
    run,
    start,
)

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
PAGE = ROOT / "docs" / "c_level.md"

CONDITIONS = [
    fastls.Armijo, fastls.Goldstein, fastls.Curvature, fastls.Wolfe, fastls.StrongWolfe,
    fastls.ApproximateWolfe,
]  # fmt: skip
NAMES = [kind.__name__ for kind in CONDITIONS]


def parabola(x):
    return (x - 2.0) ** 2


def sloped_parabola(alpha):
    return (alpha - 2.0) ** 2, 2.0 * (alpha - 2.0)


def harmless(name):
    return sloped_parabola if name in STEP else parabola


def equal(one, other):
    return one == other or (one != one and other != other)


# --- the same answers ---

FUNCTIONS = {
    "smooth": lambda x: x - math.log(x + 0.1),
    "kink": lambda x: abs(x - 1.1),
    "flat": lambda x: 1.0,
    "not finite": lambda x: math.sqrt(x - 1) if x > 1 else math.nan,
    "two minima": lambda x: math.cos(5 * x) + x,
    "rising": lambda x: x,
}


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("name", INTERVAL)
def test_an_interval_search_is_that_of_its_class(name, f):
    found = run(name, f, 0.0, 3.0)
    same = INTERVAL[name]().minimize(f, (0.0, 3.0))
    assert (found.status, found.nfev, found.nit) == (same.status, same.nfev, same.nit)
    assert (found.x, found.a, found.b) == (same.x, *same.interval)
    assert equal(found.fun, same.fun)


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_bracketing_is_that_of_fastls_bracket(f):
    found = run("bracket", f, 0.0, 1.0)
    same = fastls.bracket(f, 0.0, 1.0)
    assert found.status == same.status
    mine = (found.a, found.mid, found.b, found.fa, found.fmid, found.fb, found.nfev)
    assert all(map(equal, mine, same))


@pytest.mark.parametrize("name", INTERVAL)
def test_a_bracket_is_where_an_interval_search_may_begin(name):
    def f(x):
        return (x - 20.0) ** 4

    points = run("bracket", f, 0.0, 1.0)
    known = {field: getattr(points, field) for field in ("mid", "fa", "fmid", "fb")}
    found = run(name, f, points.a, points.b, options=options_of(name, **known))
    same = INTERVAL[name]().minimize(f, fastls.bracket(f, 0.0, 1.0))
    assert (found.x, found.fun, found.nfev) == (same.x, same.fun, same.nfev)


LINES = {
    "quadratic": sloped_parabola,
    "steep": lambda a: (math.exp(8 * a) - 40 * a, 8 * math.exp(8 * a) - 40),
    "far": lambda a: ((a - 900.0) ** 2, 2 * (a - 900.0)),
    "a wall": lambda a: (
        (a - math.log(0.5 - a), 1 + 1 / (0.5 - a)) if a < 0.1 else (math.nan, math.nan)
    ),
    "barrier": lambda a: (
        (-math.log(0.5 - a) - 4 * a, 1 / (0.5 - a) - 4) if a < 0.5 else (math.inf, math.inf)
    ),
    "rounding": lambda a: (1 - 2 * (a + 1 - 1e-8) + (a + 1 - 1e-8) ** 2, 2 * (a - 1e-8)),
    "unbounded": lambda a: (-a, -1.0),
    "uphill": lambda a: (a, 1.0),
    "stationary": lambda a: (a * a, 2 * a),
    "not finite": lambda a: (math.nan, math.nan),
    "wrong slope": lambda a: (1 + a, -1.0),
}


@pytest.mark.parametrize("phi", LINES.values(), ids=LINES)
@pytest.mark.parametrize("name", STEP)
def test_a_step_search_is_that_of_its_class(name, phi):
    found = run(name, phi, 1.0)
    same = STEP[name]().search(phi, alpha=1.0)
    assert (found.status, found.nfev, found.ngev) == (same.status, same.nfev, same.ngev)
    assert equal(found.alpha, same.alpha)
    assert equal(found.value, same.value)
    assert equal(found.slope, math.nan if same.slope is None else same.slope)
    assert equal(found.value0, same.value0)
    assert equal(found.slope0, same.slope0)
    met = None if found.condition < 0 else NAMES[found.condition]
    assert met == (None if same.condition is None else type(same.condition).__name__)


@pytest.mark.parametrize("condition", range(len(CONDITIONS)), ids=NAMES)
@pytest.mark.parametrize("interpolation", [None, "quadratic", "cubic"])
def test_backtracking_takes_every_condition(condition, interpolation):
    options = options_of(
        "backtracking", condition=condition, c1=0.3, c2=0.5, shrink=0.4,
        interpolation=[None, "quadratic", "cubic"].index(interpolation),
    )  # fmt: skip
    found = run("backtracking", LINES["far"], 1e4, options=options)
    kind = CONDITIONS[condition]
    constants = {"c1": 0.3, "c2": 0.5, "c": 0.3}
    taken = inspect.signature(kind).parameters
    search = fastls.Backtracking(
        kind(**{key: value for key, value in constants.items() if key in taken}),
        shrink=0.4, interpolation=interpolation,
    )  # fmt: skip
    same = search.search(LINES["far"], alpha=1e4)
    assert (found.status, found.alpha, found.nfev) == (same.status, same.alpha, same.nfev)
    assert NAMES[found.condition] == type(same.condition).__name__


OPTIONS = {
    "zoom": {"c1": 0.1, "c2": 0.1, "growth": 3.0, "alpha_max": 500.0},
    "more_thuente": {"c1": 0.1, "c2": 0.1, "xtol": 0.5, "alpha_min": 0.1, "alpha_max": 1e3},
    "hager_zhang": {"c1": 0.2, "c2": 0.3, "epsilon": 0.1, "theta": 0.3, "gamma": 0.9, "rho": 2.0},
}


@pytest.mark.parametrize("line", ["far", "steep", "barrier"])
@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_the_parameters_of_the_class(name, line):
    found = run(name, LINES[line], 0.3, options=options_of(name, **OPTIONS[name]))
    same = STEP[name](**OPTIONS[name]).search(LINES[line], alpha=0.3)
    assert (found.status, found.alpha, found.nfev) == (same.status, same.alpha, same.nfev)


@pytest.mark.parametrize("name", INTERVAL)
def test_the_tolerances_and_the_limit_are_those_of_the_class(name):
    for parameters in ({"xtol": 1e-3, "rtol": 1e-2}, {"maxiter": 2}):
        found = run(name, math.cosh, -1.0, 3.0, options=options_of(name, **parameters))
        same = INTERVAL[name](**parameters).minimize(math.cosh, (-1.0, 3.0))
        assert (found.status, found.x, found.nfev) == (same.status, same.x, same.nfev)


@pytest.mark.parametrize("name", SEARCHES)
def test_defaults_are_those_of_python(name):
    options = options_of(name)
    made = fastls.bracket if name == "bracket" else (INTERVAL | STEP)[name]
    defaults = {
        key: parameter.default
        for key, parameter in inspect.signature(made).parameters.items()
        if hasattr(options, key) and isinstance(parameter.default, int | float)
    }
    assert {key: getattr(options, key) for key in defaults} == defaults
    assert defaults
    if name in STEP:
        condition = STEP[name]().condition
        assert NAMES[options.condition] == type(condition).__name__
        assert options.c1 == condition.c1
        assert options.alpha_max == STEP[name]().alpha_max


@pytest.mark.parametrize("name", STEP)
def test_what_is_known_at_0_is_not_evaluated_again(name):
    calls = []
    options = options_of(name, phi0=4.0, slope0=-4.0)
    found = run(name, sloped_parabola, 2.0, options=options, calls=calls)
    assert (found.status, calls, found.nfev) == (Status.CONVERGED, [2.0], 1)


def test_a_reference_takes_the_place_of_the_value_at_0():
    options = options_of("backtracking", reference=100.0)
    assert run("backtracking", sloped_parabola, 5.0).alpha < 5.0
    assert run("backtracking", sloped_parabola, 5.0, options=options).alpha == 5.0


# --- what must not go wrong ---


def test_status_is_that_of_python():
    numbers = dict(
        re.findall(r"FASTLS_([A-Z_]+) = (-?\d+)", DECLARATIONS.partition("} fastls_s")[0])
    )
    assert {name: int(number) for name, number in numbers.items()} == {
        "INVALID": -3,
        **{
            status.name: status
            for status in Status
            if status not in (Status.RUNNING, Status.STOPPED_BY_CALLBACK)
        },
    }


def test_the_names_for_cython_are_those_of_the_header():
    """But RUNNING, which no search ends with."""
    names = (Path(fastls.__file__).parent / "cython_api.pxd").read_text(encoding="utf-8")
    constants = set(re.findall(r"(FASTLS_[A-Z_]+) = ", DECLARATIONS))
    assert set(re.findall(r'"(FASTLS_[A-Z_]+)"', names)) == constants
    for line in re.findall(r'(\w+) "FASTLS_(\w+)"', names):
        assert line[0] == line[1]


def test_signatures_are_made_of_c_types_and_our_structs():
    exported = fastls.cython_api.__pyx_capi__
    assert set(exported) == {*SEARCHES, *(f"{name}_defaults" for name in SEARCHES)}
    for capsule in exported.values():
        words = set(re.findall(r"[a-z_]\w+", repr(capsule).split('"')[1]))
        assert words <= {"int", "double", "void", "const", "size_t"} | {
            f"fastls_{kind}_{what}"
            for kind in ("interval", "bracket", "step")
            for what in ("options", "result")
        }


def test_the_declarations_for_cython_need_nothing_else_of_ours():
    text = (Path(fastls.__file__).parent / "cython_api.pxd").read_text(encoding="utf-8")
    assert not re.findall(r"^\s*(?:from|cimport|import)\b.*", text.split('"""')[2], re.M)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_missing_function_is_invalid(name):
    found = new_result(name)
    assert getattr(api, name)(NULL, NULL, *start(name), NULL, found) == api_invalid()
    assert found.status == api_invalid()


def api_invalid():
    return ffi.typeof("fastls_status").relements["FASTLS_INVALID"]


@pytest.mark.parametrize("name", SEARCHES)
def test_a_missing_result_is_invalid_and_nothing_is_called(name):
    calls = []
    pointer = function(name, harmless(name), calls)
    assert getattr(api, name)(pointer, NULL, *start(name), NULL, NULL) == api_invalid()
    assert calls == []


@pytest.mark.parametrize("size", [0, 8, 2**40, 2**63])
@pytest.mark.parametrize("name", SEARCHES)
def test_a_size_that_was_not_set_is_invalid(name, size):
    calls = []
    pointer = function(name, harmless(name), calls)
    result = new_result(name)
    result.size = size
    assert getattr(api, name)(pointer, NULL, *start(name), NULL, result) == api_invalid()
    options = options_of(name)
    options.size = size
    found = new_result(name)
    assert getattr(api, name)(pointer, NULL, *start(name), options, found) == api_invalid()
    assert getattr(api, f"{name}_defaults")(options, size) == api_invalid()
    assert getattr(api, f"{name}_defaults")(NULL, 8) == api_invalid()
    assert calls == []


@pytest.mark.parametrize("name", SEARCHES)
def test_structs_may_grow(name):
    """A caller whose structs are longer than ours keeps what lies beyond them."""
    kind = f"fastls_{kind_of(name)}_result"
    room = ffi.new("char[]", b"\xaa" * 512)
    result = ffi.cast(f"{kind} *", room)
    result.size = 512
    pointer = function(name, harmless(name))
    assert getattr(api, name)(pointer, NULL, *start(name), NULL, result) >= 0
    assert result.size == 512
    assert ffi.buffer(room, 512)[ffi.sizeof(kind) :] == b"\xaa" * (512 - ffi.sizeof(kind))


BAD_OPTIONS = {
    "interval": [
        {"xtol": -1.0}, {"xtol": math.nan}, {"xtol": math.inf}, {"rtol": -1.0}, {"rtol": math.nan},
        {"maxiter": 0}, {"mid": 0.0}, {"mid": 3.0}, {"mid": math.inf}, {"fmid": 1.0}, {"fa": 1.0},
    ],
    "bracket": [{"maxiter": 0}, {"grow_limit": 1.0}, {"grow_limit": math.nan}],
    "step": [
        {"c1": 0.0}, {"c1": 1.0}, {"c1": math.nan}, {"condition": -1}, {"condition": 6},
        {"interpolation": 3}, {"interpolation": -1}, {"max_evaluations": 0}, {"alpha_max": 0.0},
        {"alpha_max": math.nan}, {"xtol": -1.0}, {"shrink": 1.0}, {"shrink": 0.0}, {"growth": 1.0},
        {"growth": math.inf}, {"theta": 1.0}, {"gamma": 0.0}, {"rho": 1.0}, {"rho": math.inf},
        {"reference": math.inf},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SEARCHES)
def test_an_option_out_of_its_range_is_invalid_and_nothing_is_called(name):
    for changes in BAD_OPTIONS[kind_of(name)]:
        calls = []
        options = options_of(name, **changes)
        found = run(name, harmless(name), *start(name), options=options, calls=calls)
        assert (found.status, calls) == (api_invalid(), []), changes


@pytest.mark.parametrize(
    ("name", "condition"),
    [("zoom", "Armijo"), ("more_thuente", "Goldstein"), ("hager_zhang", "StrongWolfe")],
)
def test_a_condition_that_the_method_cannot_satisfy_is_invalid(name, condition):
    options = options_of(name, condition=NAMES.index(condition), c1=0.1)
    assert run(name, sloped_parabola, 1.0, options=options).status == api_invalid()


@pytest.mark.parametrize("c1_c2", [(0.5, 0.4), (0.1, 1.0), (0.1, math.nan)])
@pytest.mark.parametrize("name", ["zoom", "more_thuente", "hager_zhang"])
def test_constants_out_of_order_are_invalid(name, c1_c2):
    options = options_of(name, c1=c1_c2[0], c2=c1_c2[1])
    assert run(name, sloped_parabola, 1.0, options=options).status == api_invalid()


@pytest.mark.parametrize("name", INTERVAL)
@pytest.mark.parametrize("where", [(1.0, 0.0), (math.nan, 1.0), (0.0, math.inf)])
def test_an_interval_that_is_none_is_invalid(name, where):
    assert run(name, parabola, *where).status == api_invalid()


@pytest.mark.parametrize("alpha", [0.0, -1.0, math.inf, math.nan])
@pytest.mark.parametrize("name", STEP)
def test_a_first_step_that_is_none_is_invalid(name, alpha):
    assert run(name, sloped_parabola, alpha).status == api_invalid()


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("name", STEP)
def test_phi_stops_the_search_and_the_best_step_is_returned(name, after):
    calls = []

    def phi(alpha):
        return LINES["far"](alpha) if len(calls) <= after else 7

    found = run(name, phi, 1.0, options=options_of(name, c1=0.4, c2=0.4), calls=calls)
    if name == "backtracking" and after > 1:
        assert found.status == Status.CONVERGED
        return
    assert (found.status, found.condition, len(calls)) == (Status.STOPPED, -1, after + 1)
    assert found.alpha == (calls[after - 1] if after > 0 else 0.0)


@pytest.mark.parametrize("name", STEP)
def test_a_slope_that_phi_leaves_alone_is_not_known(name):
    @ffi.callback("int(double, double *, double *, void *)")
    def phi(alpha, value, slope, data):
        value[0] = (alpha - 2.0) ** 2
        return 0

    found = new_result(name)
    getattr(api, name)(phi, NULL, 1.0, options_of(name, slope0=-4.0), found)
    if name == "backtracking":
        assert (found.status, found.alpha, found.ngev) == (Status.CONVERGED, 1.0, 0)
        assert math.isnan(found.slope)
    else:
        assert found.status in (Status.NONFINITE, Status.MAX_EVALUATIONS)
        assert found.condition == -1
    getattr(api, name)(phi, NULL, 1.0, NULL, found)
    assert found.status == Status.NONFINITE_START


@pytest.mark.parametrize("name", STEP)
def test_an_exception_is_kept_by_the_callback_that_stops_the_search(name):
    """As the page says: the search itself looks for none, and leaves none behind."""
    kept = []

    def phi(alpha):
        try:
            return sloped_parabola(alpha) if alpha == 0.0 else 1 // 0
        except ZeroDivisionError as error:
            kept.append(error)
            return 1

    found = run(name, phi, 1.0)
    assert (found.status, found.alpha, len(kept)) == (Status.STOPPED, 0.0, 1)


def test_an_exception_that_is_not_caught_is_printed_and_the_search_goes_on():
    program = f"""
import ctypes, fastls
Function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_void_p)
double, pointer = ctypes.c_double, ctypes.c_void_p
brent = ctypes.CFUNCTYPE(ctypes.c_int, Function, pointer, double, double, pointer, pointer)(
    fastls.cython_api.address("brent"))
f = Function(lambda x, data: 1 // 0)
found = (ctypes.c_size_t * 8)({ffi.sizeof("fastls_interval_result")})
print(brent(f, None, 0.0, 1.0, None, ctypes.addressof(found)), found[2] > 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "0 True\n"
    assert "ZeroDivisionError" in done.stderr


def test_minus_infinity_ends_a_search():
    found = run("brent", lambda x: -math.inf, 0.0, 1.0)
    assert (found.status, found.nfev, found.fun) == (Status.UNBOUNDED, 1, -math.inf)


def test_many_threads_get_the_answers_of_one(callbacks):
    """ctypes lets go of the GIL."""
    _, search = compiled_search(callbacks)

    def minimiser(end):
        found = new_result("golden_section")
        search(0.0, end, found)
        return found.x, found.nfev

    ends = [1.0 + 0.01 * i for i in range(50)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(minimiser, ends)) == list(map(minimiser, ends))


def pointer_of(capsule):
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    return get(capsule, repr(capsule).split('"')[1].encode())


def compiled_search(callbacks, seconds=0.0):
    """A search of ctypes on the compiled function |x|, each call of which takes a while."""
    context = (ctypes.c_double * 2)(seconds, 0)
    types = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double, ctypes.c_double, ctypes.c_void_p]
    golden_section = ctypes.CFUNCTYPE(ctypes.c_int, *types, ctypes.c_void_p)(
        fastls.cython_api.address("golden_section")
    )
    slow = pointer_of(callbacks["slow"])

    def search(a, b, found):
        address = int(ffi.cast("size_t", found))
        return golden_section(slow, ctypes.addressof(context), a, b, None, address)

    return context, search


def again_and_again(search, found):
    while True:
        search(-1.0, 1.0, found)


def test_a_signal_is_the_business_of_the_caller(callbacks):
    """The search goes on to its end; Python hears of the signal when it is back."""
    _, search = compiled_search(callbacks, seconds=0.005)
    found = new_result("golden_section")

    def interrupt():
        time.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        again_and_again(search, found)
    thread.join()
    assert found.status == Status.CONVERGED


def test_an_address_is_asked_for_by_name():
    for name in SEARCHES:
        pointer = ffi.cast("size_t", getattr(api, name))
        assert fastls.cython_api.address(name) == int(pointer)
    with pytest.raises(ValueError, match=r"name must be 'api' or one of .*'newton'"):
        fastls.cython_api.address("newton")
    with pytest.raises(TypeError):
        fastls.cython_api.address(None)


def test_the_table_is_in_a_capsule():
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    table = pointer(fastls.cython_api._C_API, b"fastls.cython_api._C_API")
    assert table == fastls.cython_api.address("api")
    assert (api.size, api.version) == (ffi.sizeof("fastls_api"), 1)
    assert "#define FASTLS_API_VERSION 1\n" in HEADER


# --- the examples, built and run as they stand ---

COMPILER = shutil.which((os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0])
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler")


def run_python(folder, *command):
    """What a program prints last, run in the folder on this very fastls."""
    environment = os.environ | {
        "PYTHONPATH": str(Path(fastls.__file__).parent.parent),
        "CFLAGS": "-O0",  # of what is built: quickly made, and run but once
    }
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.rpartition("\n")[0].rpartition("\n")[2]


def compile_c(source, library, *flags):
    command = [COMPILER, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", f"-I{fastls.get_include()}"]
    if sys.platform == "darwin":  # Python's own symbols are found when it is loaded
        command += ["-undefined", "dynamic_lookup"]
    subprocess.run([*command, *flags, str(source), "-o", str(library)], check=True)


def test_from_ctypes(tmp_path):
    assert run_python(tmp_path, EXAMPLES / "python" / "ctypes_search.py") == "CONVERGED 1.0 12"


def test_from_numba(tmp_path):
    pytest.importorskip("numba")
    assert run_python(tmp_path, EXAMPLES / "numba" / "many_searches.py") == "1000 1.0"


def test_a_recorded_function_in_a_loop_of_numba(tmp_path):
    pytest.importorskip("numba")
    printed = run_python(tmp_path, EXAMPLES / "numba" / "sampling.py")
    assert printed == "[ 1. -2.] [1. 4.]"


def test_from_cffi_without_a_compiler(tmp_path):
    assert run_python(tmp_path, EXAMPLES / "cffi" / "abi_mode.py") == "CONVERGED 3.0 3"


@needs_compiler
def test_from_cffi_with_a_compiler(tmp_path):
    assert run_python(tmp_path, EXAMPLES / "cffi" / "api_mode.py") == "CONVERGED 0.365117"


@needs_compiler
def test_from_c(tmp_path):
    compile_c(EXAMPLES / "c" / "descent.c", tmp_path / "descent.so")
    assert run_python(tmp_path, EXAMPLES / "c" / "descent.py", tmp_path / "descent.so") == (
        "CONVERGED 1.0 1.0"
    )


@needs_compiler
def test_a_recorded_function_in_c(tmp_path):
    library = tmp_path / "accelerated.so"
    compile_c(EXAMPLES / "c" / "accelerated.c", library)
    assert run_python(tmp_path, EXAMPLES / "c" / "accelerated.py", library) == (
        "True [1. 2. 3. 4. 5.]"
    )


def test_a_recorded_function_under_an_integral(tmp_path):
    assert run_python(tmp_path, EXAMPLES / "python" / "recorded_integrand.py") == "0.682689 1.0"


@needs_compiler
def test_from_an_extension_module_in_c(tmp_path):
    name = f"extension{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = sysconfig.get_paths()["include"]
    compile_c(EXAMPLES / "c" / "extension.c", tmp_path / name, f"-I{include}")
    program = "import extension; print(extension.lowest(0.0))"
    status, x = run_python(tmp_path, "-c", program).strip("()").split(", ")
    assert int(status) == Status.CONVERGED
    assert abs(float(x) - 1.5 * math.pi) < 1e-7


@needs_compiler
def test_the_header_is_c_plus_plus_too(tmp_path):
    if shutil.which("g++") is None:
        pytest.skip("no C++ compiler")
    source = tmp_path / "header.cpp"
    source.write_text(
        '#include <Python.h>\n#include "fastls.h"\nint f() { return fastls_import(); }\n'
    )
    include = [f"-I{fastls.get_include()}", f"-I{sysconfig.get_paths()['include']}"]
    subprocess.run(["g++", "-fsyntax-only", "-Wall", *include, str(source)], check=True)


@needs_compiler
def test_from_cython_in_many_threads(tmp_path):
    pytest.importorskip("Cython")
    pytest.importorskip("setuptools")
    for source in (EXAMPLES / "cython").iterdir():
        shutil.copy(source, tmp_path)
    run_python(tmp_path, "setup.py", "-q", "build_ext", "--inplace")
    assert run_python(tmp_path, "use.py") == "181 True True"


BLOCK = re.compile(r"<!-- (\S+) -->\n```(\w+)\n(.*?)```\n", re.S)


def test_the_page_shows_the_examples_as_they_stand():
    """With FASTLS_WRITE_DOCS=1 in the environment the blocks are written, else compared."""

    def block(match):
        name, language, _ = match.groups()
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        return f"<!-- {name} -->\n```{language}\n{text}```\n"

    text = PAGE.read_text(encoding="utf-8")
    written = BLOCK.sub(block, text)
    if os.environ.get("FASTLS_WRITE_DOCS") == "1":
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written
    assert text.count("```") == 2 * len(BLOCK.findall(text)), "a block that no test runs"
    shown = {name for name, _, _ in BLOCK.findall(text)}
    files = {path for path in EXAMPLES.rglob("*.*") if path.parent.name != "__pycache__"}
    assert shown == {path.relative_to(EXAMPLES).as_posix() for path in files}
