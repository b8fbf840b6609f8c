from Cython.Build import cythonize
from setuptools import Extension, setup

import fastls

setup(
    name="expectiles",
    ext_modules=cythonize(
        [
            Extension(
                "expectiles",
                ["expectiles.pyx"],
                include_dirs=[fastls.get_include()],
                # For prange; /openmp with Microsoft's compiler. Without, it runs in one thread.
                extra_compile_args=["-fopenmp"],
                extra_link_args=["-fopenmp"],
            )
        ]
    ),
)
