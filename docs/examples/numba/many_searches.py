"""From numba: searches for a step inside a compiled loop, on a compiled function."""

import ctypes

import numba
import numpy as np
from numba import types

import fastls

# fastls_step_result of fastls.h; align=True lays it out as a C compiler does.
STEP_RESULT = np.dtype(
    [("size", np.uintp), ("status", np.intc), ("condition", np.intc)]
    + [("nfev", np.intp), ("ngev", np.intp)]
    + [(name, np.float64) for name in ("alpha", "value", "slope", "value0", "slope0")],
    align=True,
)
SIZE = STEP_RESULT.itemsize

# numba calls what ctypes declares; pointers are numbers to it.
zoom = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,  # phi
    ctypes.c_void_p,  # data
    ctypes.c_double,  # alpha
    ctypes.c_void_p,  # options: None would be 0
    ctypes.c_void_p,  # result
)(fastls.cython_api.address("zoom"))


@numba.cfunc(
    types.intc(
        types.float64, types.CPointer(types.float64), types.CPointer(types.float64), types.voidptr
    )
)
def phi(alpha, value, slope, data):
    """(alpha - t)^4/4 - alpha, where data points to t."""
    t = numba.carray(data, (1,), np.float64)[0]
    value[0] = 0.25 * (alpha - t) ** 4 - alpha
    slope[0] = (alpha - t) ** 3 - 1.0
    return 0


@numba.njit
def steps(phi, targets, alphas):
    """The step for each target; how many searches succeeded."""
    found = np.zeros(1, STEP_RESULT)
    found[0].size = SIZE
    successes = 0
    for i in range(targets.size):
        status = zoom(phi, targets[i:].ctypes.data, 1.0, 0, found.ctypes.data)
        alphas[i] = found[0].alpha
        successes += status == 0
    return successes


targets = np.linspace(0.0, 3.0, 1000)
alphas = np.empty_like(targets)
print(steps(phi.address, targets, alphas), round(alphas[0], 6))
