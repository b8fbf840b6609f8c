"""What is written in place of SciPy's functions: the same numbers, and recorded."""

import numpy as np
import pytest

from fastls.tape import TracingError, record
from fastls.tape.rewrites import REMARKS, REWRITES, instead_of

scipy = pytest.importorskip("scipy")
integrate = pytest.importorskip("scipy.integrate")
linalg = pytest.importorskip("scipy.linalg")
signal = pytest.importorskip("scipy.signal")
special = pytest.importorskip("scipy.special")
stats = pytest.importorskip("scipy.stats")

X = np.array([0.2, 0.5, 0.3])
MATRIX = np.array([[2.0, 0.3], [0.3, 1.0]])

#: Arguments by function, or by the name before the last dot.
ARGUMENTS = {
    "scipy.special.logsumexp": {"a": X},
    "scipy.special.softmax": {"x": X},
    "scipy.special.log_softmax": {"x": X},
    "scipy.special.multigammaln": {"a": np.array(3.2), "d": 3},
    "scipy.special.polygamma": {"n": 2, "x": X},
    "scipy.special.factorial": {"n": np.array([2.0, 3.0])},
    "scipy.stats.norm.ppf": {"q": X},
    "scipy.stats.norm": {"x": X},
    "scipy.stats.gamma": {"x": X, "a": 1.7},
    "scipy.stats.beta": {"x": X, "a": 1.7, "b": 2.3},
    "scipy.stats.chi2": {"x": X, "df": 3.0},
    "scipy.stats.t": {"x": X, "df": 3.0},
    "scipy.stats.poisson": {"k": 2, "mu": X},
    "scipy.stats.multivariate_normal.entropy": {"mean": X[:2], "cov": MATRIX},
    "scipy.stats.multivariate_normal": {"x": X[:2], "mean": np.array([0.1, -0.4]), "cov": MATRIX},
    "scipy.stats.dirichlet": {"x": X, "alpha": np.array([1.5, 2.0, 0.7])},
    "scipy.linalg.solve_triangular": {"a": MATRIX, "b": X[:2]},
    "scipy.linalg.solve": {"a": MATRIX, "b": X[:2]},
    "scipy.linalg.solve_sylvester": {
        "a": MATRIX, "b": MATRIX + 1.0, "q": np.array([[1.0, 2.0], [3.0, 4.0]])
    },
    "scipy.linalg": {"a": MATRIX},
    "scipy.signal.convolve": {"in1": X, "in2": X[:2]},
    "scipy.integrate.trapezoid": {"y": X},
}  # fmt: skip


def function_of(name):
    place = scipy
    for part in name.split(".")[1:]:
        place = getattr(place, part)
    return place


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewrite_is_recorded_and_has_the_value_of_the_function(name):
    arguments = ARGUMENTS.get(name) or ARGUMENTS[name.rpartition(".")[0]]
    function = function_of(name)
    expected = function(*arguments.values())

    def rewritten(*values):
        names = {"np": np, "special": special}
        return eval(REWRITES[name], {**names, **dict(zip(arguments, values, strict=True))})

    floats = [i for i, value in enumerate(arguments.values()) if isinstance(value, np.ndarray)]
    found = record(rewritten, *arguments.values(), argnums=tuple(floats))(*arguments.values())
    pairs = zip(found, expected, strict=True) if np.iterable(found) else [(found, expected)]
    for y, e in pairs:
        if name.endswith("eigh"):  # eigenvectors, but for their signs
            y, e = np.abs(y), np.abs(e)
        np.testing.assert_allclose(y, e, rtol=1e-10)


@pytest.mark.parametrize("name", REWRITES)
def test_what_is_refused_names_the_rewrite(name):
    arguments = list((ARGUMENTS.get(name) or ARGUMENTS[name.rpartition(".")[0]]).values())
    i = next(i for i, value in enumerate(arguments) if isinstance(value, np.ndarray))

    def call(x):
        return function_of(name)(*arguments[:i], x, *arguments[i + 1 :])

    with pytest.raises(TracingError) as raised:
        record(call, arguments[i])
    assert REWRITES[name] in str(raised.value)


def test_np_vectorize_is_a_loop_in_python():
    with pytest.raises(
        TracingError, match=r"write np\.array\(\[f\(t\) for t in x\]\), or an f for"
    ):
        record(lambda x: np.sum(np.vectorize(lambda t: t**2)(x)), np.ones(2))

    def inside_another(t):
        with pytest.raises(TracingError) as raised:
            record(lambda x: x[0] + special.logsumexp(x), np.ones(2))
        assert "vectorize" not in str(raised.value)
        return t

    np.vectorize(inside_another)([1.0])


def test_compiled_code_of_scipy_is_for_a_primitive():
    """It asks for floats itself: of the integrand, of the limits, of arrays."""

    def integrand(x):
        return integrate.quad(lambda t: x[0] * t, 0.0, 1.0)[0]

    def limit(x):
        return integrate.quad(lambda t: t, 0.0, x[0])[0]

    def flow(x):
        return integrate.solve_ivp(lambda t, y: x[0] * y, (0.0, 1.0), x[:1]).y[0, -1]

    for f, name in ((integrand, "quad"), (limit, "quad"), (flow, "solve_ivp")):
        with pytest.raises(TracingError) as raised:
            record(f, X)
        assert str(raised.value).startswith(
            f"scipy.integrate.{name} cannot be recorded; fastls.primitive can teach it"
        )


def test_functions_of_complex_results_are_refused_as_such():
    for transform in (np.fft.fft, np.fft.rfft, np.fft.irfft):
        with pytest.raises(TracingError, match="complex"):
            record(transform, X)
    w = 2 * np.pi / 3 * np.outer(np.arange(3), np.arange(3))
    np.testing.assert_allclose(np.cos(w) @ X - 1j * np.sin(w) @ X, np.fft.fft(X), atol=1e-14)


def test_what_is_not_known_has_no_rewrite():
    assert instead_of("scipy.special.zetac") == ""
    assert all(instead_of(name) for name in REMARKS)
