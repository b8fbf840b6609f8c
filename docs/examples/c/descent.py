"""Load the library made of descent.c, hand over the table of functions, and go downhill.

``python descent.py ./descent.so``
"""

import ctypes
import sys

import fastls

library = ctypes.CDLL(sys.argv[1])
x = (ctypes.c_double * 2)(-1.2, 1.0)
api = ctypes.c_void_p(fastls.cython_api.address("api"))
status = library.descend(api, x, 20000)
print(fastls.Status(status).name, round(x[0], 4), round(x[1], 4))
