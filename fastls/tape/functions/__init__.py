"""NumPy's functions of arrays, as compositions of primitives: what their definitions say.

Each is written in NumPy's own terms, and its derivative follows from theirs.
"""

from fastls.tape.functions import (  # noqa: F401  # they fill the tables
    application,
    convolution,
    creation,
    differences,
    einsum,
    elementwise,
    indexing,
    interpolation,
    joining,
    nanfunctions,
    padding,
    polynomials,
    products,
    quantiles,
    reductions,
    scans,
    searching,
    sets,
    shapes,
    sorting,
    statistics,
    ufunc_methods,
)
