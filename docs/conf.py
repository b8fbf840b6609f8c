"""How Sphinx builds this documentation: ``python -m sphinx -W -b html docs docs/_build/html``."""

import re

import fastls

project = "fastls"
author = "The fastls developers"
release = version = fastls.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build", "examples"]
html_theme = "alabaster"
html_theme_options = {
    "description": "Line search, and the derivatives it needs",
    "page_width": "66em",
}
html_sidebars = {"**": ["about.html", "searchbox.html", "navigation.html"]}

myst_heading_anchors = 3

templates_path = ["_templates"]
autosummary_generate = True
# Where case does not count, the file of the class Bracket would be that of the function.
autosummary_filename_map = {"fastls.bracket": "fastls.bracket-function"}
autodoc_typehints = "none"  # the docstrings say it
numpydoc_show_class_members = False
default_role = "code"  # names in docstrings, such as `scipy.optimize.brent`, need no network


def setup(app):
    # Before numpydoc, whose priority is the default, 500.
    app.connect("autodoc-process-docstring", keep_initials, priority=400)
    app.connect("autodoc-skip-member", skip_fields)


def keep_initials(app, what, name, obj, options, lines):
    """A reference that begins with "J. Kiefer" is no list whose first item is J."""
    lines[:] = [re.sub(r"^(\s*\.\. \[\d+\] [A-Z])\. ", r"\1\\. ", line) for line in lines]


def skip_fields(app, what, name, obj, skip, options):
    """The class says what the fields of a named tuple are."""
    return True if (obj.__doc__ or "").startswith("Alias for field number") else None
