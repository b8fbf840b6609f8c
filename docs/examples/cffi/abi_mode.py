"""From cffi without a compiler: the declarations are those of fastls.h itself."""

from pathlib import Path

import cffi

import fastls

header = (Path(fastls.get_include()) / "fastls.h").read_text()
ffi = cffi.FFI()
ffi.cdef(header.partition("/* cdef: begin */")[2].partition("/* cdef: end */")[0])
api = ffi.cast("fastls_api *", fastls.cython_api.address("api"))


@ffi.callback("int(double, double *, double *, void *)")
def phi(alpha, value, slope, data):
    value[0] = (alpha - 3.0) ** 2
    slope[0] = 2.0 * (alpha - 3.0)
    return 0


options = ffi.new("fastls_step_options *")
api.more_thuente_defaults(options, ffi.sizeof("fastls_step_options"))
options.c2 = 0.1
found = ffi.new("fastls_step_result *", {"size": ffi.sizeof("fastls_step_result")})
status = api.more_thuente(phi, ffi.NULL, 1.0, options, found)
print(fastls.Status(status).name, found.alpha, found.nfev)
