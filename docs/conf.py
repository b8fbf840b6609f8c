"""How Sphinx builds this documentation: ``python -m sphinx -W -b html docs docs/_build/html``."""

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

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say it
numpydoc_show_class_members = False
default_role = "code"  # names in docstrings, such as `scipy.optimize.brent`, need no network
