"""L-BFGS: step for step the method of the textbooks, with the curvature where a step ends."""

import pickle

import numpy as np
import pytest
from scipy import interpolate, optimize

import fastls
from bench.more_garbow_hillstrom import problems
from fastls.descent import LBFGS
from tests.descent.problems import quadratic, rosenbrock, rosenbrock_gradient


def inverse_hessian(pairs):
    """The matrix that the two loops apply: BFGS updates of gamma I, Nocedal & Wright 7.19."""
    s, y = pairs[-1]
    h = (s @ y) / (y @ y) * np.eye(len(s))
    for s, y in pairs:
        rho = 1.0 / (s @ y)
        v = np.eye(len(s)) - rho * np.outer(y, s)
        h = v.T @ h @ v + rho * np.outer(s, s)
    return h


def scaled_change(s, values, slopes, y):
    """y times t: the second derivative, where the step ends, of the cubic that has both values and
    slopes, to the change of the slope; t between 1/2 and 2."""
    cubic = interpolate.CubicHermiteSpline([0.0, 1.0], values, slopes)
    return np.clip(cubic(1.0, 2) / (s @ y), 0.5, 2.0) * y


@pytest.mark.parametrize("memory", [1, 2, 5])
def test_each_direction_is_that_of_the_matrix(memory):
    start = np.array([-1.2, 1.0, 0.5, 2.0])
    points = [start]
    fastls.minimize(
        rosenbrock, start, jac=rosenbrock_gradient, method=LBFGS(memory), callback=points.append,
        options={"maxiter": 12},
    )  # fmt: skip
    gradients = [rosenbrock_gradient(x) for x in points]
    for k in range(1, len(points) - 1):
        first = max(0, k - memory)
        pairs = []
        for i in range(first, k):
            s = points[i + 1] - points[i]
            values = [rosenbrock(x) for x in points[i : i + 2]]
            slopes = [g @ s for g in gradients[i : i + 2]]
            pairs.append((s, scaled_change(s, values, slopes, gradients[i + 1] - gradients[i])))
        direction = -inverse_hessian(pairs) @ gradients[k]
        step = points[k + 1] - points[k]
        cosine = step @ direction / np.linalg.norm(step) / np.linalg.norm(direction)
        assert cosine == pytest.approx(1.0, abs=1e-6)


def test_on_a_quadratic_each_step_is_that_of_l_bfgs_b():
    """The same directions and the same search for a step: the cubic is a parabola."""
    matrix, b, _ = quadratic()
    points = [], []
    arguments = {"fun": lambda x: 0.5 * (x @ matrix @ x) - b @ x, "x0": 3.0 * b}
    arguments["jac"] = lambda x: matrix @ x - b
    ours = fastls.minimize(**arguments, callback=points[0].append)
    theirs = optimize.minimize(**arguments, method="L-BFGS-B", callback=points[1].append)
    assert (ours.nit, ours.nfev) == (theirs.nit, theirs.nfev)
    np.testing.assert_allclose(*points, atol=1e-6)


def test_the_curvature_where_steps_end_saves_calls():
    """Of the set of Moré, Garbow and Hillstrom, the problems where both find the same minimum."""
    ours = theirs = 0
    for problem in problems():
        if problem.name in ("Meyer", "Powell badly scaled", "Jennrich & Sampson"):
            continue  # one of the two does not get there, and that takes long
        with np.errstate(all="ignore"):
            arguments = {"jac": problem.gradient, "options": {"ftol": 0.0}}
            found = fastls.minimize(problem.value, problem.start, **arguments)
            peer = optimize.minimize(problem.value, problem.start, method="L-BFGS-B", **arguments)
        ours += found.nfev
        theirs += peer.nfev
    assert ours < 0.97 * theirs


def test_ftol_is_scipys():
    start = np.full(4, 2.0)
    loose = fastls.minimize(rosenbrock, start, options={"ftol": 1e-2})
    tight = fastls.minimize(rosenbrock, start, options={"ftol": 0.0})
    assert loose.success
    assert loose.nit < tight.nit
    assert np.max(np.abs(tight.jac)) <= 1e-5 < np.max(np.abs(loose.jac))


@pytest.mark.parametrize(
    "search", [fastls.HagerZhang(), fastls.Zoom(), fastls.MoreThuente(), fastls.Backtracking()]
)
def test_any_search_for_a_step(search):
    matrix, b, solution = quadratic()
    found = fastls.minimize(
        lambda x: 0.5 * (x @ matrix @ x) - b @ x, b, search=search, options={"ftol": 0.0}
    )
    np.testing.assert_allclose(found.x, solution, atol=1e-5)


def test_parameters():
    method = LBFGS(memory=7, gtol=1e-3)
    assert (method.memory, method.gtol) == (7, 1e-3)
    assert repr(pickle.loads(pickle.dumps(method))) == repr(method)
    assert method.replaced(memory=2).gtol == 1e-3
    with pytest.raises(TypeError, match="memory must be an integer >= 1"):
        LBFGS(memory=1.5)
