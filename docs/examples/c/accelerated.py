"""Hand a recorded NumPy function to the library made of accelerated.c.

``python accelerated.py ./accelerated.so``
"""

import ctypes
import sys

import numpy as np

import fastls

rng = np.random.default_rng(0)
data = rng.normal(size=(200, 5))
target = data @ np.arange(1.0, 6.0)


def loss(w):
    return 0.5 * np.mean((data @ w - target) ** 2)


f = fastls.record(loss, np.zeros(5)).lowlevel()

library = ctypes.CDLL(sys.argv[1])
library.accelerate.restype = ctypes.c_double
w, room = np.zeros(5), np.empty(10)
vector = ctypes.POINTER(ctypes.c_double)
value = library.accelerate(
    ctypes.c_void_p(f.address), ctypes.c_void_p(f.data), f.size, w.ctypes.data_as(vector),
    ctypes.c_double(0.5), 500, room.ctypes.data_as(vector),
)  # fmt: skip
if f.error is not None:
    raise f.error
print(value < 1e-20, w.round(6))
