"""From numba: Hamiltonian Monte Carlo in a compiled loop, on a recorded function."""

import ctypes

import numba
import numpy as np

import fastls


def energy(x):
    """Minus the logarithm of a normal density, with means (1, -2) and variances (1, 4)."""
    return 0.5 * ((x[0] - 1.0) ** 2 + (x[1] + 2.0) ** 2 / 4.0)


f = fastls.record(energy, np.zeros(2)).lowlevel()  # keep f: its address is good as long as it lives
data = f.data

# numba calls what ctypes declares; pointers are numbers to it.
value_and_gradient = ctypes.CFUNCTYPE(
    ctypes.c_double,
    ctypes.c_uint,  # how many variables
    ctypes.c_void_p,  # x
    ctypes.c_void_p,  # gradient
    ctypes.c_void_p,  # data
)(f.address)


@numba.njit
def sample(rng, x, data, count, steps, length):
    """Positions, each after so many leapfrog steps of a length, from a random momentum."""
    gradient = np.empty_like(x)
    found = np.empty((count, x.size))
    value = value_and_gradient(x.size, x.ctypes.data, gradient.ctypes.data, data)
    for i in range(count):
        momentum = rng.normal(0.0, 1.0, x.size)
        before, kept = value + 0.5 * np.sum(momentum**2), x.copy()
        for _ in range(steps):
            momentum -= 0.5 * length * gradient
            x += length * momentum
            value = value_and_gradient(x.size, x.ctypes.data, gradient.ctypes.data, data)
            momentum -= 0.5 * length * gradient
        if np.log(rng.random()) > before - value - 0.5 * np.sum(momentum**2):
            x[:] = kept
            value = value_and_gradient(x.size, x.ctypes.data, gradient.ctypes.data, data)
        found[i] = x
    return found


positions = sample(np.random.default_rng(0), np.zeros(2), data, 20_000, 8, 0.3)
print(positions.mean(axis=0).round(1), positions.var(axis=0).round(0))
