"""The house rules: which part may use which, a test file for each module, what is shipped."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import fastls

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fastls"
MODULES = sorted(path for path in PACKAGE.rglob("*.py*") if path.suffix in (".py", ".pyx", ".pxd"))

# Who may use whom; a part may always use itself.
BELOW = {
    "status": set(),
    "interrupt": set(),
    "tape": {"interrupt"},
    "oracle": {"status", "tape"},
    "search": {"oracle", "status", "interrupt"},
    "interval": {"search", "oracle", "status"},
    "step": {"search", "oracle", "status"},
    "descent": {"step", "interval", "tape", "search", "oracle", "status", "interrupt"},
    "expression": set(),
    "cython_api": {"interval", "step", "search", "oracle", "status"},
    "dropin": {"interval", "step", "search", "oracle", "status"},
    "plot": {"interval", "step", "tape"},
    "__main__": {"interval", "expression", "plot"},
    "__init__": {
        "cython_api",
        "descent",
        "dropin",
        "interval",
        "plot",
        "step",
        "tape",
        "search",
        "status",
    },
}

IMPORT = re.compile(
    r"^\s*(?:from\s+fastls\.?([\w.]*)\s+c?import|c?import\s+fastls\.?([\w.]*))", re.M
)


def part(path):
    """The part of the house a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].split(".")[0]


def without_docstrings(text):
    return re.sub(r'("""|\'\'\')(?:.|\n)*?\1', "", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    here = part(path)
    for dotted, other in IMPORT.findall(without_docstrings(path.read_text())):
        used = (dotted or other).split(".")[0]
        assert used in BELOW[here] | {here, ""}, f"{path} must not use {used}"


def test_the_rule_for_imports_sees_every_kind():
    text = "from fastls.a.b import c\nfrom fastls.d cimport e\nimport fastls\n  cimport fastls.f\n"
    assert IMPORT.findall(text) == [("a.b", ""), ("d", ""), ("", ""), ("", "f")]


def module_files():
    return [
        path
        for path in MODULES
        if path.suffix != ".pxd" and path.name not in ("__init__.py", "__main__.py")
    ]


@pytest.mark.parametrize("path", module_files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_has_its_test_file(path):
    mirror = ROOT / "tests" / path.relative_to(PACKAGE).parent / f"test_{path.stem}.py"
    assert mirror.exists()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.pyx")), ids=lambda path: path.name)
def test_every_compiled_module_has_a_stub(path):
    assert path.with_suffix(".pyi").exists()


def test_every_folder_is_a_package_for_cimport():
    for folder in {path.parent for path in PACKAGE.rglob("*.pxd")}:
        assert (folder / "__init__.pxd").exists()
        assert (folder / "__init__.py").exists()


def test_numpy_alone_is_needed_at_run_time():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:  # at the top of a module
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            optional = {"scipy", "numba", "cffi", "sklearn", "matplotlib"}
            assert not optional & {n.split(".")[0] for n in names}


def test_one_version():
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert fastls.__version__ == metadata["project"]["version"]


def test_no_file_is_named_for_nothing():
    assert not {path.stem for path in MODULES} & {"utils", "helpers", "misc", "common", "base"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.p*x*")), ids=lambda path: path.name)
def test_what_runs_without_the_gil_cannot_retake_it(path):
    """A nogil function without noexcept makes Cython take the GIL after every call."""
    code = without_docstrings(path.read_text())
    for line in re.findall(r"^.*\)[^#\n]*\bnogil\b.*$", code, re.M):
        assert "noexcept" in line, line
