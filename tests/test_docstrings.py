"""Every example in a docstring is right, in compiled modules too."""

import doctest
import importlib
import inspect
import pkgutil
import re
import runpy
from pathlib import Path

import pytest

import fastls
from fastls.descent.minimize import METHODS

ROOT = Path(__file__).parent.parent
MODULES = ["fastls"] + [
    module.name
    for module in pkgutil.walk_packages(fastls.__path__, "fastls.")
    if not module.name.endswith("__main__")
]
PUBLIC = [getattr(fastls, name) for name in fastls.__all__ if name not in ("cython_api", "dropin")]
PUBLIC += [getattr(fastls.dropin, name) for name in fastls.dropin.__all__]
PUBLIC += [getattr(fastls.descent, name) for name in fastls.descent.__all__ if name != "minimize"]

# Made by others, or the base of others, whose examples show them.
WITHOUT_EXAMPLE = (
    fastls.Bracket, fastls.Condition, fastls.GradientReport, fastls.LineSearchWarning,
    fastls.TracingError, fastls.dropin.BracketError,
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    for example in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example)
        assert failed == 0, example.name


@pytest.mark.parametrize("item", PUBLIC, ids=lambda item: item.__name__)
def test_every_public_name_has_a_documented_example(item):
    documentation = inspect.getdoc(item)
    if item not in WITHOUT_EXAMPLE:
        assert ">>>" in documentation
    assert documentation.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("item", PUBLIC, ids=lambda item: item.__name__)
def test_parameters_are_documented(item):
    functions = [
        value
        for name, value in (vars(item).items() if inspect.isclass(item) else [("", item)])
        if callable(value) and not name.startswith("_") and not isinstance(value, type)
    ]
    for function in functions:
        for parameter in inspect.signature(function).parameters:
            if parameter not in ("self", "args", "kwargs", "cls"):
                assert re.search(rf"\b{parameter}\b", inspect.getdoc(function) or ""), function


@pytest.mark.parametrize("kind", METHODS.values(), ids=METHODS)
def test_the_signature_of_a_descent_method_tells_its_defaults(kind):
    parameters = inspect.signature(kind).parameters
    assert set(parameters) == set(kind().names())
    assert repr(kind(**{name: each.default for name, each in parameters.items()})) == repr(kind())


def test_the_sample_program_that_types_are_checked_with():
    runpy.run_path(str(Path(__file__).parent / "typing_sample.py"))
