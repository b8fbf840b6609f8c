"""A pytest plugin that puts fastls' functions in the place of SciPy's, and counts their calls."""

from collections import Counter
from functools import wraps

import scipy.optimize

from fastls import dropin

NAMES = ["bracket", "brent", "fminbound", "golden"]
calls = Counter()


def counted(name):
    function = getattr(dropin, name)

    @wraps(function)
    def wrapper(*args, **kwargs):
        calls[name] += 1
        return function(*args, **kwargs)

    return wrapper


def pytest_configure(config):
    for name in NAMES:
        setattr(scipy.optimize, name, counted(name))


def pytest_terminal_summary(terminalreporter):
    for name in NAMES:
        terminalreporter.write_line(f"fastls.dropin.{name}: {calls[name]} calls")
