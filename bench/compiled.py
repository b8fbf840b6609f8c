"""Building straight_loop.pyx when it is first needed."""

import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType

NAME = "straight_loop"


def straight_loop() -> ModuleType | None:
    """The compiled module, or None where there is no Cython or no C compiler."""
    try:
        from Cython.Build import cythonize
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext
        from setuptools.errors import BaseError
    except ImportError:
        return None
    source = Path(__file__).with_name(f"{NAME}.pyx")
    folder = Path(tempfile.mkdtemp(prefix="fastls-bench-"))
    flags = ["/O2"] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"]
    extensions = cythonize(  # type: ignore[no-untyped-call]
        [Extension(NAME, [str(source)], extra_compile_args=flags)],
        build_dir=str(folder),
        include_path=sys.path,
        quiet=True,
    )
    command = build_ext(Distribution({"ext_modules": extensions}))
    command.build_lib = command.build_temp = str(folder)
    command.ensure_finalized()
    try:
        command.run()
    except BaseError:
        return None
    path = next(folder.glob(f"{NAME}*.so"), None) or next(folder.glob(f"{NAME}*.pyd"))
    spec = importlib.util.spec_from_file_location(NAME, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
