"""Compiled callbacks, built once for all tests that need them; and no deadlines."""

import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import settings

# Busy machines are no failures; and other examples each time, where CI is known as such, too.
settings.register_profile("no deadline", deadline=None, derandomize=False)
# --hypothesis-profile=long
settings.register_profile("long", deadline=None, derandomize=False, max_examples=20_000)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def callbacks_folder(tmp_path_factory):
    """The folder of the compiled module ``callbacks``."""
    build = pytest.importorskip("Cython.Build")
    setuptools = pytest.importorskip("setuptools")
    from setuptools.command.build_ext import build_ext

    folder = tmp_path_factory.mktemp("callbacks")
    source = Path(__file__).parent / "oracle" / "callbacks.pyx"
    extensions = build.cythonize(
        [setuptools.Extension("callbacks", [str(source)])], build_dir=str(folder), quiet=True
    )
    command = build_ext(setuptools.Distribution({"ext_modules": extensions}))
    command.build_lib = command.build_temp = str(folder)
    command.ensure_finalized()
    command.run()
    assert (folder / f"callbacks{sysconfig.get_config_var('EXT_SUFFIX')}").exists()
    return folder


@pytest.fixture(scope="session")
def callbacks(callbacks_folder):
    """The capsules of oracle/callbacks.pyx, by name."""
    sys.path.insert(0, str(callbacks_folder))
    try:
        import callbacks
    finally:
        sys.path.remove(str(callbacks_folder))
    return callbacks.__pyx_capi__
