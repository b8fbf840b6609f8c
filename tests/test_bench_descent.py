"""The parts of the report on descent methods: their problems are right, their counts make sense."""

import importlib.util
import math

import numpy as np
import pytest

import fastls
from bench import gradient_descent, minimisation_calls, minimisation_times, real_data_report
from bench.real_data import fits

QUADRATIC = gradient_descent.quadratic()
EXACT = [fastls.Dichotomy(), fastls.GoldenSection(), fastls.Parabolic(), fastls.Brent()]


def values_on_the_way(method):
    """How far each iterate on the quadratic is above the minimum."""
    tape = fastls.record(QUADRATIC.f, QUADRATIC.start)
    hessian = tape.hessian(QUADRATIC.start)
    minimum = QUADRATIC.f(np.linalg.solve(hessian, -tape.grad(QUADRATIC.start)))
    points = [QUADRATIC.start]
    fastls.minimize(tape, QUADRATIC.start, method=method, callback=points.append)
    return np.array([QUADRATIC.f(x) for x in points]) - minimum


def test_the_condition_of_the_quadratic():
    hessian = fastls.hessian(QUADRATIC.f)(QUADRATIC.start)
    assert np.linalg.cond(hessian) == pytest.approx(gradient_descent.CONDITION)


@pytest.mark.parametrize("search", EXACT, ids=lambda search: type(search).__name__)
def test_exact_steps_obey_kantorovich(search):
    """f falls by ((k - 1)/(k + 1))² at least, and in the long run hardly by more."""
    above = values_on_the_way(fastls.descent.GradientDescent(search, "previous", gtol=1e-3))
    bound = ((gradient_descent.CONDITION - 1.0) / (gradient_descent.CONDITION + 1.0)) ** 2
    ratios = above[1:] / above[:-1]
    assert np.all(ratios <= bound * (1.0 + 1e-6))
    assert np.mean(ratios[len(ratios) // 2 :]) > 0.99 * bound


def test_the_constant_step_falls_by_its_rate():
    (_, method), *_ = gradient_descent.methods(QUADRATIC.lipschitz)
    above = values_on_the_way(method.replaced(gtol=1e-3))
    assert np.all(above[1:] <= (1.0 - 1.0 / gradient_descent.CONDITION) ** 2 * above[:-1])


def test_the_counts_of_gradient_descent():
    for problem in gradient_descent.problems():
        rows = {
            row.steps: row for row in gradient_descent.measure(1) if row.problem == problem.name
        }
        assert len(rows) == 12
        for row in rows.values():
            assert row.success, row
            assert row.gradients == row.iterations + 1, row
            assert row.trials >= row.iterations, row
        assert rows["constant, 1/L"].trials == rows["constant, 1/L"].iterations
        exact = [row for name, row in rows.items() if name.startswith("exact")]
        counts = [row.iterations for row in exact]  # the same steps, at another cost
        assert max(counts) <= 1.01 * min(counts)
        assert all(row.iterations < rows["constant, 1/L"].iterations for row in exact)
        few = rows["conjugate gradients, Brent"]
        assert few.iterations < min(row.iterations for row in exact) / 3


def test_the_derivatives_by_hand_of_the_fits():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    names = set()
    for fit in fits():
        w, v = fit.start + 0.1 * rng.normal(size=(2, fit.start.size))
        tape = fastls.record(fit.write(np), fit.start)
        value, gradient = fit.by_hand(w)
        assert value == pytest.approx(tape(w), rel=1e-12)
        np.testing.assert_allclose(gradient, tape.grad(w), atol=1e-12)
        np.testing.assert_allclose(fit.product(w, v), tape.hvp(w, v), atol=1e-12)
        names.add(fit.name)
    assert len(names) == 4


def test_real_data():
    pytest.importorskip("sklearn")
    pytest.importorskip("scipy")
    report = real_data_report.measure(quick=True)
    for row in report.rows:
        least = min(other.fun for other in report.rows if other.fit == row.fit)
        assert row.success, row
        assert row.fun - least < 1e-6 * abs(least), row  # convex: one minimum
        if row.by == "fastls":
            assert row.gradients <= row.values, row
    rows = list(real_data_report.comparisons(report))
    assert {row.method for row in rows} == {"lbfgs", "cg", "newton-cg", "fastest"}
    assert all(row.calls > 0.9 for row in rows if row.method == "lbfgs")
    assert all(row.calls > 1.0 for row in rows if row.method == "cg")
    assert {figure.row for figure in real_data_report.figures(report)} == {"15"}


def test_another_minimum_is_no_comparison():
    row = real_data_report.Row(
        "fit", 2, "fastls", "cg", "Zoom", True, 1.0, 1, 1, 1, 0, 1.0, 0, True
    )
    assert real_data_report.ratio(row, row._replace(seconds=3.0), lambda each: each.seconds) == 3.0
    for other in (None, row._replace(fun=2.0), row._replace(success=False)):
        assert math.isnan(real_data_report.ratio(row, other, lambda each: each.seconds))
    assert real_data_report.geometric_mean([2.0, 8.0]) == pytest.approx(4.0)


def test_calls_on_the_published_set():
    pytest.importorskip("scipy")
    (row,) = (minimisation_calls.count("lbfgs", scale) for scale in (1.0,))
    assert row.solved == 34 >= row.scipy_solved
    assert row.ratio_same < 0.97
    assert [figure.row for figure in minimisation_calls.figures([row])] == ["4c", "4c"]


def test_the_trial_step_is_that_of_the_function():
    f, by_hand, start, _ = minimisation_times.logistic(60, 5)
    tape = fastls.record(f, start)
    d = np.ones(5)
    value, gradient = by_hand(start + 0.3 * d)
    assert tape.along(start, d)(0.3) == pytest.approx((value, gradient @ d))


def test_what_is_left_out_is_said(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert len(real_data_report.left_out()) == 3
