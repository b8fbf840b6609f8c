"""The compiled modules; everything else about the package stands in pyproject.toml.

``FASTLS_DEBUG=1`` builds with bounds checks and compiler warnings,
``FASTLS_SANITIZE=address,undefined`` with GCC's sanitizers of these names (`.ci/sanitize`).
"""

import multiprocessing
import os
import sys
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

DEBUG = os.environ.get("FASTLS_DEBUG", "") not in ("", "0")
SANITIZERS = os.environ.get("FASTLS_SANITIZE", "")
CORES = os.cpu_count() or 1

if sys.platform == "win32":
    flags = ["/O2"]
else:
    flags = [
        "-O3",
        # Without contraction to fused multiply-adds, results are the same on every machine.
        "-ffp-contract=off",
        # No one reads the flags that comparisons raise, and loops with them are then vectorised.
        "-fno-trapping-math",
    ]
    flags += ["-Wall", "-Wextra"] if DEBUG else ["-g0"]
if sys.platform == "linux" and not SANITIZERS:
    # The driver's loop is as fast as one written by hand only where GCC inlines all of it.
    flags += ["--param=max-inline-insns-single=1000"]
# Without the names of what is not exported, wheels are a tenth smaller.
link_flags = ["-Wl,-s"] if sys.platform == "linux" and not (DEBUG or SANITIZERS) else []
if SANITIZERS:
    flags += ["-O1", "-w", "-g1", "-fno-omit-frame-pointer", f"-fsanitize={SANITIZERS}"]
    link_flags += [f"-fsanitize={SANITIZERS}"]

extensions = [
    Extension(
        ".".join(path.with_suffix("").parts),
        [str(path)],
        include_dirs=[numpy.get_include(), "fastls/include"],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        extra_compile_args=flags,
        extra_link_args=link_flags,
    )
    for path in sorted(Path("fastls").rglob("*.pyx"))
]

setup(
    ext_modules=cythonize(
        extensions,
        # Elsewhere the workers would run this file again.
        nthreads=CORES if multiprocessing.get_start_method() == "fork" else 0,
        compiler_directives={
            "language_level": 3,
            "boundscheck": DEBUG,
            "initializedcheck": DEBUG,
            "wraparound": False,
            "cdivision": True,
            "auto_pickle": False,
            "autotestdict": False,
            "embedsignature": True,
            "embedsignature.format": "clinic",
            # Without the GIL, what threads share is exchanged in one step, or behind a lock.
            "freethreading_compatible": True,
        },
    ),
    options={"build_ext": {"parallel": CORES}},
)
