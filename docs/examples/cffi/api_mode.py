"""From cffi with a compiler: C code beside Python code, both of which call fastls.

``python api_mode.py`` builds the module ``nearest`` in the current folder and uses it.
"""

import importlib.util

import cffi

import fastls

ffi = cffi.FFI()
ffi.cdef("double nearest(void *api, double px, double py, int *status);")
ffi.set_source(
    "nearest",
    """
    #include <math.h>
    #include "fastls.h"

    static double squared_distance(double x, void *data)
    {
        const double *p = (const double *) data;
        double dx = x - p[0], dy = exp(x) - p[1];
        return dx * dx + dy * dy;
    }

    /* The x of the point of the curve (x, exp(x)) that is nearest to p. */
    static double nearest(void *api, double px, double py, int *status)
    {
        const fastls_api *fastls_table = (const fastls_api *) api;
        double p[2] = {px, py};
        fastls_interval_result found = {sizeof found};
        *status = fastls_table->brent(squared_distance, p, -5.0, 5.0, NULL, &found);
        return found.x;
    }
    """,
    include_dirs=[fastls.get_include()],
)
path = ffi.compile()
spec = importlib.util.spec_from_file_location("nearest", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

api = ffi.cast("void *", fastls.cython_api.address("api"))
status = ffi.new("int *")
x = module.lib.nearest(api, 1.0, 1.0, status)
print(fastls.Status(status[0]).name, round(x, 6))
