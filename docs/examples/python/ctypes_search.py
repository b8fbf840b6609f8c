"""From ctypes: a Python or C function in, a struct out."""

import ctypes
import math

import fastls

Function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_void_p)


class IntervalResult(ctypes.Structure):
    """``fastls_interval_result`` of fastls.h."""

    _fields_ = (
        ("size", ctypes.c_size_t),
        ("status", ctypes.c_int),
        ("nfev", ctypes.c_ssize_t),
        ("nit", ctypes.c_ssize_t),
        ("x", ctypes.c_double),
        ("fun", ctypes.c_double),
        ("a", ctypes.c_double),
        ("b", ctypes.c_double),
    )


# CFUNCTYPE lets go of the GIL for the call, PYFUNCTYPE would keep it.
brent = ctypes.CFUNCTYPE(
    ctypes.c_int,
    Function,
    ctypes.c_void_p,
    ctypes.c_double,
    ctypes.c_double,
    ctypes.c_void_p,
    ctypes.POINTER(IntervalResult),
)(fastls.cython_api.address("brent"))


@Function
def f(x, data):
    return x - math.log(x)


found = IntervalResult(size=ctypes.sizeof(IntervalResult))
status = brent(f, None, 0.1, 3.0, None, ctypes.byref(found))
print(fastls.Status(status).name, round(found.x, 6), found.nfev)
