"""Building a .pyx of this folder when it is needed, in a folder that is removed again."""

import importlib.util
import os
import platform
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType


class NotBuiltError(Exception):
    """Why there is no compiled loop, in a line."""


def compiled(name: str, limited_api: str | None = None) -> ModuleType:
    """The compiled module: ``straight_loop``, ``step_loop`` or ``limited_loop``.

    With a version of CPython, as ``"0x030B0000"``, nothing but its limited API is used.

    Raises
    ------
    NotBuiltError
        Where there is no Cython, no setuptools or no C compiler.
    """
    try:
        from Cython.Build import cythonize
        from Cython.Compiler.Errors import CompileError as CythonError
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext
        from setuptools.errors import BaseError, CCompilerError
    except ImportError as error:
        raise NotBuiltError(f"{error.name} is not installed") from error
    source = Path(__file__).with_name(f"{name}.pyx")
    flags = ["/O2"] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"]
    # Windows does not remove a library that is loaded.
    with tempfile.TemporaryDirectory(prefix="fastls-bench-", ignore_cleanup_errors=True) as folder:
        try:
            extensions = cythonize(  # type: ignore[no-untyped-call]
                [
                    Extension(
                        name,
                        [str(source)],
                        define_macros=[("Py_LIMITED_API", limited_api)] if limited_api else [],
                        extra_compile_args=flags,
                    )
                ],
                build_dir=folder,
                include_path=sys.path,
                quiet=True,
            )
            command = build_ext(Distribution({"ext_modules": extensions}))
            command.build_lib = command.build_temp = folder
            command.ensure_finalized()
            command.run()
        except (BaseError, CCompilerError, CythonError) as error:
            raise NotBuiltError(f"it does not compile: {error}") from error
        path = Path(folder) / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def compiler() -> str:
    """The C compiler that is found here, or the one Python was built with."""
    command = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "")
    try:
        done = subprocess.run(
            [*command[:1], "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return f"none found (Python: {platform.python_compiler()})"
    return done.stdout.partition("\n")[0]
