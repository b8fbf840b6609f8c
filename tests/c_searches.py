"""The searches for C, called by cffi with functions of Python's."""

from pathlib import Path

import cffi

import fastls

HEADER = (Path(fastls.get_include()) / "fastls.h").read_text(encoding="utf-8")
DECLARATIONS = HEADER.partition("/* cdef: begin */")[2].partition("/* cdef: end */")[0]

ffi = cffi.FFI()
ffi.cdef(DECLARATIONS)
api = ffi.cast("fastls_api *", fastls.cython_api.address("api"))
NULL = ffi.NULL

INTERVAL = {
    "dichotomy": fastls.Dichotomy,
    "golden_section": fastls.GoldenSection,
    "parabolic": fastls.Parabolic,
    "brent": fastls.Brent,
}
STEP = {
    "backtracking": fastls.Backtracking,
    "zoom": fastls.Zoom,
    "more_thuente": fastls.MoreThuente,
    "hager_zhang": fastls.HagerZhang,
}
SEARCHES = [*INTERVAL, "bracket", *STEP]


def kind_of(name):
    return "interval" if name in INTERVAL else "step" if name in STEP else name


def options_of(name, **changes):
    options = ffi.new(f"fastls_{kind_of(name)}_options *")
    size = ffi.sizeof(f"fastls_{kind_of(name)}_options")
    assert getattr(api, f"{name}_defaults")(options, size) == 0
    for field, value in changes.items():
        setattr(options, field, value)
    return options


def new_result(name):
    kind = f"fastls_{kind_of(name)}_result"
    return ffi.new(f"{kind} *", {"size": ffi.sizeof(kind)})


def function(name, f, calls=None):
    """A function of Python's as a pointer of the type that the search takes."""
    if name not in STEP:

        @ffi.callback("double(double, void *)")
        def pointer(x, data):
            if calls is not None:
                calls.append(x)
            return f(x)

        return pointer

    @ffi.callback("int(double, double *, double *, void *)")
    def sloped_pointer(alpha, value, slope, data):
        if calls is not None:
            calls.append(alpha)
        answer = f(alpha)
        if not isinstance(answer, tuple):
            return answer
        value[0], slope[0] = answer
        return 0

    return sloped_pointer


def run(name, f, *where, options=NULL, calls=None):
    found = new_result(name)
    status = getattr(api, name)(function(name, f, calls), NULL, *where, options, found)
    assert status == found.status
    return found


def start(name):
    """An interval, two points, or a first step."""
    return (1.0,) if name in STEP else (0.0, 3.0)
