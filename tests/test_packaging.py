"""What is shipped: the sdist and the wheel, file for file, and whether the wheel is enough.

The wheel is put together from the modules that are compiled already, so that it takes seconds.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import fastls

pytest.importorskip("Cython")
pytest.importorskip("setuptools")

ROOT = Path(__file__).parent.parent
METADATA = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAME = f"fastls-{fastls.__version__}"
MODULE = sysconfig.get_config_var("EXT_SUFFIX")
SHIPPED = (".py", ".pxd", ".pyi", ".typed")

SEARCH_TAPE_MINIMIZE = """
import sys
sys.modules["scipy"] = None                          # importing it raises ImportError
from pathlib import Path
import numpy as np
import fastls
assert Path(fastls.__file__).is_relative_to(sys.argv[1]), fastls.__file__
assert abs(fastls.Brent().minimize(lambda x: (x - 1.0) ** 2, (0.0, 3.0)).x - 1.0) < 1e-6
assert fastls.Zoom().search(lambda a: ((a - 1.0) ** 2, 2 * (a - 1.0))).success
tape = fastls.record(lambda x: np.sum(x**4), np.ones(3))
assert np.array_equal(tape.grad(np.ones(3)), np.full(3, 4.0))
assert fastls.minimize(lambda x: np.sum((x - 1.0) ** 2), np.zeros(3)).success
assert (Path(fastls.get_include()) / "fastls.h").is_file()
"""

CYTHON_USER = """
from fastls.cython_api cimport golden_section, interval_result

cdef double parabola(double x, void *data) noexcept nogil:
    return (x - 1.0) * (x - 1.0)

def minimiser():
    cdef interval_result found
    found.size = sizeof(found)
    with nogil:
        golden_section(parabola, NULL, 0.0, 3.0, NULL, &found)
    return found.x
"""

CYTHON_USERS_SETUP = """
import fastls
from Cython.Build import cythonize
from setuptools import Extension, setup
module = Extension("user", ["user.pyx"], include_dirs=[fastls.get_include()])
setup(ext_modules=cythonize([module], quiet=True), script_args=["-q", "build_ext", "--inplace"])
"""


def run(command, folder, **environment):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The names of the files in the sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    run(["setup.py", "-q", "egg_info", f"-e{folder}", "sdist", f"-d{folder}"], ROOT)
    with tarfile.open(folder / f"{NAME}.tar.gz") as archive:
        files = [member.name for member in archive.getmembers() if member.isfile()]
    return {name.removeprefix(f"{NAME}/") for name in files}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel, with the compiled modules that these tests use."""
    folder = tmp_path_factory.mktemp("wheel")
    compiled = Path(fastls.__file__).parent
    for source in (ROOT / "fastls").rglob("*.pyx"):
        module = source.relative_to(ROOT / "fastls").with_suffix(MODULE)
        target = folder / "lib" / "fastls" / module
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(compiled / module, target)  # newer than its source: not compiled again
    build = ["build", f"-b{folder}", f"--build-lib={folder / 'lib'}"]
    run(
        ["setup.py", "-q", "egg_info", f"-e{folder}", *build, "bdist_wheel", f"-d{folder}"],
        ROOT,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel's files and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_a_wheel_has_what_python_type_checkers_and_cython_read_and_nothing_else(wheel):
    sources = [path.relative_to(ROOT) for path in (ROOT / "fastls").rglob("*") if path.is_file()]
    expected = {path.as_posix() for path in sources if path.suffix in SHIPPED}
    expected |= {path.with_suffix(MODULE).as_posix() for path in sources if path.suffix == ".pyx"}
    expected |= {"fastls/include/fastls.h"}
    about = ("METADATA", "WHEEL", "RECORD", "top_level.txt", "licenses/LICENSE")
    expected |= {f"{NAME}.dist-info/{name}" for name in about}
    with zipfile.ZipFile(wheel) as archive:
        assert set(archive.namelist()) == expected


def test_a_wheel_says_what_it_is(installed):
    metadata = (installed / f"{NAME}.dist-info" / "METADATA").read_text(encoding="utf-8")
    headers = metadata.split("\n\n")[0].splitlines()
    needs = [line for line in headers if line.startswith("Requires-Dist: ")]
    assert [line for line in needs if "extra ==" not in line] == ["Requires-Dist: numpy<3,>=2.0"]
    assert f"License-Expression: {METADATA['project']['license']}" in headers
    kind = (installed / f"{NAME}.dist-info" / "WHEEL").read_text(encoding="utf-8")
    assert "Root-Is-Purelib: false" in kind
    assert f"Tag: cp{sys.version_info.major}{sys.version_info.minor}-" in kind


def test_the_modules_of_a_wheel_have_no_debugging_symbols(installed):
    if sys.platform != "linux" or os.environ.get("FASTLS_DEBUG", "") not in ("", "0"):
        pytest.skip("only the linker of Linux is told to leave them out")
    for module in installed.rglob(f"*{MODULE}"):
        assert b".debug_info" not in module.read_bytes()


def test_a_wheel_works_where_numpy_is_the_only_other_package(installed):
    run(["-c", SEARCH_TAPE_MINIMIZE, str(installed)], installed, PYTHONPATH=str(installed))


def test_cython_finds_the_c_level_in_a_wheel(installed, tmp_path):
    (tmp_path / "user.pyx").write_text(CYTHON_USER)
    (tmp_path / "setup.py").write_text(CYTHON_USERS_SETUP)
    here = {"PYTHONPATH": str(installed)}
    run(["setup.py"], tmp_path, **here)
    run(["-c", "import user; assert abs(user.minimiser() - 1.0) < 1e-6"], tmp_path, **here)


def listed(*options):
    """What git lists, of the files that are there and are not hidden."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    command = [git, "ls-files", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = done.stdout.splitlines()
    return {name for name in names if (ROOT / name).exists() and not name.startswith(".")}


def test_an_sdist_has_every_file_of_the_repository_but_the_hidden_ones(sdist):
    assert listed("--cached") - sdist == set()


def test_an_sdist_has_nothing_that_git_ignores(sdist):
    written = {name for name in sdist if name.startswith("fastls.egg-info/")}
    more = sdist - written - {"PKG-INFO", "setup.cfg"} - listed("--cached")
    # What is not added yet, but may be.
    assert more - listed("--others", "--exclude-standard") == set()
