"""A pytest plugin that puts fastls' functions in the place of SciPy's, and counts their calls."""

from collections import Counter
from functools import wraps

import scipy.optimize
from scipy.optimize import _linesearch, _optimize

from fastls import dropin

# Where each function is looked up by SciPy and its tests.
PLACES = {
    "bracket": [scipy.optimize],
    "brent": [scipy.optimize],
    "fminbound": [scipy.optimize],
    "golden": [scipy.optimize],
    "line_search": [scipy.optimize, _optimize],
    "line_search_wolfe1": [_linesearch, _optimize],
    "line_search_wolfe2": [_linesearch, _optimize],
    "line_search_armijo": [_linesearch],
    "scalar_search_wolfe1": [_linesearch],
    "scalar_search_wolfe2": [_linesearch],
    "scalar_search_armijo": [_linesearch],
}
calls = Counter()


def counted(name):
    function = getattr(dropin, name)

    @wraps(function)
    def wrapper(*args, **kwargs):
        calls[name] += 1
        return function(*args, **kwargs)

    return wrapper


def pytest_configure(config):
    for name, places in PLACES.items():
        for place in places:
            getattr(place, name)  # it must be there to be replaced
            setattr(place, name, counted(name))


def pytest_terminal_summary(terminalreporter):
    for name in PLACES:
        terminalreporter.write_line(f"fastls.dropin.{name}: {calls[name]} calls")
