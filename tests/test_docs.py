"""Every example in the pages runs and prints what they say; every link leads somewhere.

The blocks of a page are one program: a ``python`` block sees the names of those before it, and a
``text`` block right after it is what it prints. It runs in an empty folder. A block under a comment
with a file's name is that file of docs/examples, which tests/test_cython_api.py compiles and runs.
"""

import ast
import contextlib
import importlib.util
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fastls
import fastls.plot

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").glob("[!_]*/*.md")), *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted(ROOT.glob("*.md"))
BLOCK = re.compile(
    r"^(<!--.*-->\n)?```(\w+)\n(.*?)^```$(?=(?:\n+```text\n(.*?)^```$)?)", re.M | re.S
)
IMPORTED = re.compile(r"^(?:import|from) (\w+)|\b(?=plot\.)", re.M)
PICTURE = re.compile(r"^!\[[^]]*\]\(pictures/(\w+)\.png\)$", re.M)
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
REFERENCE = "\n".join(path.read_text() for path in (ROOT / "docs").glob("reference*"))


def name_of(page):
    return str(page.relative_to(ROOT))


def programs(page):
    """The python blocks of a page, each with where it begins and what it is said to print."""
    text = page.read_text()
    for found in BLOCK.finditer(text):
        from_file, language, code, printed = found.groups()
        if language == "python" and not from_file:
            yield text[: found.start(3)].count("\n"), code, printed


def modules_of(page):
    """What the programs of a page import, and what their pictures need."""
    code = "\n".join(code for _, code, _ in programs(page))
    return {name or "matplotlib" for name in IMPORTED.findall(code)}


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def anchors(page):
    """Of headings, as GitHub and MyST make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture
def no_figure_is_left():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.mark.usefixtures("no_figure_is_left")
@pytest.mark.parametrize("page", [page for page in PAGES if any(programs(page))], ids=name_of)
def test_examples_print_what_the_page_says(page, tmp_path, monkeypatch):
    for package in modules_of(page):
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {"__name__": "__main__"}
    for line, code, printed in programs(page):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile("\n" * line + code, str(page), "exec"), names)
        if printed is not None:
            assert output.getvalue() == printed, f"{name_of(page)}, the block at line {line}"


@pytest.mark.parametrize("page", [page for page in PAGES if any(programs(page))], ids=name_of)
def test_blocks_can_be_pasted_at_a_prompt(page):
    """There, an empty line ends a function or a loop, and nothing else does."""
    compound = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)
    for start, code, _ in programs(page):
        lines = code.split("\n")
        for statement in ast.parse(code).body:
            if isinstance(statement, compound):
                where = f"{name_of(page)}, line {start + statement.end_lineno}"
                assert all(lines[statement.lineno - 1 : statement.end_lineno]), where
                assert lines[statement.end_lineno] == "", where


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for link in LINK.findall(without_code(page.read_text())):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{link} of {name_of(page)}"
        if anchor:
            assert anchor in anchors(target), f"{link} of {name_of(page)}"


def test_every_picture_is_in_the_gallery():
    drawn = PICTURE.findall((ROOT / "docs" / "gallery.md").read_text())
    assert sorted(drawn) == sorted(path.stem for path in (ROOT / "docs/pictures").glob("*.png"))


def test_every_status_is_explained():
    page = (ROOT / "docs" / "guides" / "status.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.M)) == set(fastls.Status.__members__)


@pytest.mark.parametrize(
    "module", [fastls, fastls.descent, fastls.dropin, fastls.plot], ids=lambda m: m.__name__
)
def test_every_public_name_is_in_the_reference(module):
    listed = set(
        re.findall(r"^(?: +|\.\. autoclass:: fastls\.)([\w.]+)(?:\(.*\))?$", REFERENCE, re.M)
    )
    modules = {"cython_api", "descent", "dropin"}
    prefix = module.__name__.removeprefix("fastls").removeprefix(".")
    names = {f"{prefix}.{name}".lstrip(".") for name in module.__all__ if name not in modules}
    assert names <= listed


def test_the_pages_build_without_a_warning(tmp_path):
    for package in ("sphinx", "numpydoc", "myst_parser"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-q",
        "-b",
        "html",
        "-d",
        tmp_path / "doctrees",
    ]
    built = subprocess.run(
        [*command, ROOT / "docs", tmp_path / "html"], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "html" / "index.html").exists()
