"""A recorded function along a ray: values and slopes on every path, and what is not computed."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls.tape.graph import needed

RANDOM = np.random.default_rng(7)
A = RANDOM.standard_normal((40, 6))
LABELS = np.sign(RANDOM.standard_normal(40))
S = A.T @ A
STEPS = (0.0, 0.3, -2.0, 1.5, 1e-3)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_by_entries(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


@pytest.mark.parametrize("dtype", ["f2", "f4", "longdouble", ">f8", "i1", "i8", "u2", "?"])
def test_points_and_directions_of_other_numbers_are_converted(dtype):
    x, d = np.array([1, 0, 1]).astype(dtype), np.array([0, 1, 1]).astype(dtype)
    tape = fastls.record(lambda x, w: np.sum(np.exp(x) * x * w), np.ones(3), np.ones(3))
    expected = tape.along(x.astype(float), np.ones(3), d.astype(float))(0.5)
    assert tape.along(x, np.ones(3, dtype), d)(0.5) == expected
    ray = tape.along(x, np.ones(3), -d.astype(float))
    ray.turn(d)
    assert ray(0.5) == expected
    found, same = (
        fastls.Zoom().step(tape, None, at, along, args=(w,))
        for at, along, w in [
            (x, -d.astype("f2"), np.ones(3, dtype)),
            (x.astype(float), -d.astype(float), np.ones(3)),
        ]
    )
    assert (found.alpha, found.value) == (same.alpha, same.value)


def test_a_direction_that_is_a_number_may_be_an_integer():
    tape = fastls.record(lambda x: (x - 3.0) ** 2, 0.0)
    assert tape.along(0.0, 1)(1.0) == tape.along(0.0, 1.0)(1.0) == (4.0, -4.0)
    inside = fastls.record(lambda p: p["a"] * p["b"][0], {"a": 1.0, "b": [2.0]})
    d = {"a": 1, "b": [np.float32(2)]}
    assert inside.along({"a": 1.0, "b": [2.0]}, d)(1.0) == (8.0, 8.0)


def branching(x):
    return np.sum(x**2) if np.sum(x) > 0.0 else 3.0 * np.sum(np.exp(x))


FUNCTIONS = {
    "logistic regression": lambda w: np.sum(np.logaddexp(0.0, -LABELS * (A @ w))) + 0.5 * w @ w,
    "softmax regression": lambda w: np.sum(
        np.log(np.sum(np.exp(A[:, :3] @ np.reshape(w, (3, 2))), axis=1))
    ),
    "least squares": lambda w: np.sum((A @ w - LABELS) ** 2),
    "quadratic": lambda x: x @ S @ x - x @ A[0] + 1.0,
    "logarithm of a quadratic": lambda x: np.log(x @ S @ x),
    "Rayleigh quotient": lambda x: (x @ S @ x) / (x @ x),
    "Rosenbrock": rosenbrock,
    "Rosenbrock by entries": rosenbrock_by_entries,
    "two paths": branching,
    "about the mean": lambda x: np.sum(np.exp(x - np.mean(x))),
    "products one after the other": lambda x: np.sum(np.tanh(A @ (S @ x) * 1e-2)),
    "a solve": lambda x: np.sum(np.cos(np.linalg.solve(S, x))),
    "running sums": lambda x: np.sum(np.sin(np.cumsum(x))),
    "sorted": lambda x: np.sort(x) @ np.arange(6.0),
    "a stack": lambda x: np.sum(np.concatenate([x[::-1], 2.0 * x, A[0]]) ** 3),
    "one entry of a product": lambda x: np.sin((A @ x)[3]),
    "a fixed factor": lambda x: np.sum(np.exp(A @ x / 10.0)[::2] * np.exp(A[::2, 0])),
    "where": lambda x: np.sum(np.where(x > 0.0, x**2, x)),
    "linear": lambda x: np.sum(x),
    "constant": lambda x: np.sum(A) + 0.0 * np.sum(x),
    "through Python": lambda x: np.sum(np.linalg.eigvalsh(np.outer(x, x) + S) ** 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_slope_and_gradient_are_those_of_the_tape(name):
    tape = fastls.record(FUNCTIONS[name], 0.1 * np.ones(6))
    x, d = RANDOM.standard_normal((2, 6)) * 0.3
    ray = tape.along(x, d)
    for _ in range(3):
        for alpha in STEPS:
            value, gradient = tape.value_and_grad(x + alpha * d)
            found, slope = ray(alpha)
            assert found == pytest.approx(value, rel=1e-12, abs=1e-12)
            assert slope == pytest.approx(gradient @ d, rel=1e-10, abs=1e-10)
            assert ray.value(alpha) == pytest.approx(value, rel=1e-12, abs=1e-12)
            np.testing.assert_allclose(ray.gradient(alpha), gradient, rtol=1e-10, atol=1e-10)
        ray.move(0.3)
        x, d = x + 0.3 * d, RANDOM.standard_normal(6) * 0.3
        ray.turn(d)
        np.testing.assert_array_equal(ray.x, x)
        np.testing.assert_array_equal(ray.d, d)


@given(
    st.lists(st.floats(-3.0, 3.0), min_size=6, max_size=6),
    st.lists(st.floats(-3.0, 3.0), min_size=6, max_size=6),
    st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=5),
)
def test_a_ray_is_right_on_every_path(x, d, steps):
    def f(x):
        y = np.abs(x) if x[0] > x[1] else x
        return np.sum(y**3) if np.max(y) > 1.0 else y @ y

    tape = fastls.record(f, np.zeros(6))
    ray = tape.along(np.array(x), np.array(d))
    for alpha in steps:
        point = ray.x + alpha * ray.d
        assert ray(alpha)[0] == pytest.approx(f(point), rel=1e-12, abs=1e-12)
        assert ray(alpha)[1] == pytest.approx(tape.grad(point) @ ray.d, rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(ray.gradient(alpha), tape.grad(point), rtol=1e-9, atol=1e-9)
        ray.move(alpha / 2.0)


# What is not computed again.


def products_with_the_matrix(ray):
    """How often A was multiplied: how often a program ran times how often it has such a product."""
    (path,) = {branch for paths in ray.tape.paths.values() for branch in paths}
    (restriction,) = [value for key, value in path.programs.items() if key[0] == "ray"]

    def per_run(name):
        _, outputs, _ = restriction.ends[name]
        known = set(restriction.ends[name][0])
        return sum(
            node.primitive is not None and node.primitive.name == "matmul"
            for node in needed(outputs) if node not in known
        )  # fmt: skip

    return {name: per_run(name) * count for name, count in ray.counts.items()}


TAPES = {name: fastls.record(f, 0.1 * np.ones(6)) for name, f in FUNCTIONS.items()}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(
    asked=st.lists(
        st.tuples(
            st.sampled_from(["trial", "value", "gradient", "move", "turn"]),
            st.sampled_from(STEPS),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_answers_do_not_depend_on_what_was_asked_before(name, asked):
    """Moves keep products, turns make new ones: the answers are always those of the point."""
    tape = TAPES[name]
    x, d = np.linspace(0.2, 1.2, 6), np.cos(np.arange(6.0))
    ray = tape.along(x, d)
    for what, alpha in asked:
        at = x + alpha * d
        if what == "trial":
            expected = tape(at), tape.grad(at) @ d
            np.testing.assert_allclose(ray(alpha), expected, rtol=1e-8, atol=1e-8)
        elif what == "value":
            np.testing.assert_allclose(ray.value(alpha), tape(at), rtol=1e-9, atol=1e-9)
        elif what == "gradient":
            np.testing.assert_allclose(ray.gradient(alpha), tape.grad(at), rtol=1e-8, atol=1e-8)
        elif what == "move":
            ray.move(alpha / 4.0)
            x = x + alpha / 4.0 * d
        else:
            d = np.roll(d, 1)
            ray.turn(d)


def test_a_linear_model_costs_two_products_an_iteration():
    tape = fastls.record(lambda w: np.sum(np.logaddexp(0.0, -LABELS * (A @ w))), np.zeros(6))
    search = fastls.Backtracking(fastls.StrongWolfe(c2=0.1))
    ray = tape.along(np.zeros(6), np.zeros(6))
    iterations, trials = 20, 0
    for _ in range(iterations):
        ray.turn(-ray.gradient(0.0))
        step = search.search(ray, alpha=1.0)
        trials += step.nfev
        ray.move(step.alpha)
    assert trials > 3 * iterations
    products = products_with_the_matrix(ray)
    assert products["trial"] == 0
    assert products["start"] == 1
    assert products["turn"] == iterations
    assert products["gradient"] == iterations


def test_rounding_does_not_gather_over_many_moves():
    tape = fastls.record(lambda w: np.sum((A @ w - LABELS) ** 2), np.zeros(6))
    ray = tape.along(1e8 * np.ones(6), -np.ones(6))
    for _ in range(1000):
        ray.turn(-ray.x)
        ray(0.05)
        ray.move(0.05)
    np.testing.assert_allclose(ray.gradient(0.0), tape.grad(ray.x), rtol=1e-12)
    assert 1 < ray.counts["start"] < 1000 // 16


# As the oracle of searches.


@pytest.mark.parametrize(
    "search",
    [fastls.HagerZhang(), fastls.MoreThuente(), fastls.Zoom(), fastls.Backtracking(),
     fastls.Backtracking(fastls.Wolfe()), fastls.Backtracking(fastls.Goldstein())],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("name", ["logistic regression", "Rosenbrock", "two paths"])
def test_step_searches_find_along_a_ray_what_they_find_by_callbacks(search, name):
    tape = fastls.record(FUNCTIONS[name], np.zeros(6))
    x = 0.5 * np.ones(6)
    d = -tape.grad(x)
    called = search.step(tape, tape.grad, x, d, 1e-2)
    for found in (search.search(tape.along(x, d), alpha=1e-2), search.step(tape, None, x, d, 1e-2)):
        assert found.alpha == pytest.approx(called.alpha, rel=1e-9)
        assert found.value == pytest.approx(called.value, rel=1e-12)
        assert (found.nfev, found.ngev) == (called.nfev, called.ngev)
        assert found.status == called.status
    assert found.x == pytest.approx(x + found.alpha * d)
    np.testing.assert_allclose(found.grad, tape.grad(found.x), rtol=1e-9, atol=1e-12)


def test_interval_searches_minimise_along_a_ray():
    tape = fastls.record(FUNCTIONS["least squares"], np.zeros(6))
    d = -tape.grad(np.zeros(6))
    exact = (d @ d) / (2.0 * (A @ d) @ (A @ d))
    ray = tape.along(np.zeros(6), d)
    for method in (fastls.Brent(), fastls.GoldenSection(), fastls.Dichotomy()):
        assert method.minimize(ray, (0.0, 10.0 * exact)).x == pytest.approx(exact, rel=1e-6)
    assert fastls.minimize_scalar(ray, bounds=(0.0, 10.0 * exact)).x == pytest.approx(exact)
    assert fastls.bracket(ray, 0.0, exact / 10.0).fmid < ray.value(0.0)


def test_a_search_for_values_asks_for_no_slopes():
    ray = fastls.record(rosenbrock, np.zeros(6)).along(np.zeros(6), np.ones(6))
    step = fastls.Backtracking(fastls.Armijo()).search(ray, alpha=0.1)
    assert step.ngev == 1  # that at 0


def test_a_step_that_does_not_move_x_is_not_evaluated():
    tape = fastls.record(rosenbrock, np.zeros(2))
    x = np.array([1e6, 1e6])
    step = fastls.Backtracking().step(tape, None, x, np.array([1e-30, 1e-30]), f0=1.0, grad0=-x)
    assert step.status in (fastls.Status.STEP_TOO_SMALL, fastls.Status.UNBOUNDED)


# Faults.


class Refusal(Exception):
    pass


def refusing(x):
    if x[0] > 3.0:
        raise Refusal("too far")
    return (x[0] - 5.0) ** 2


def test_exceptions_of_the_function_come_through():
    tape = fastls.record(refusing, np.zeros(1))
    ray = tape.along(np.zeros(1), np.ones(1))
    for call in (
        lambda: ray(4.0), lambda: ray.value(4.0), lambda: ray.gradient(4.0),
        lambda: fastls.Brent().minimize(ray, (0.0, 10.0)),
        lambda: fastls.HagerZhang(c2=0.1).search(ray),
        lambda: fastls.HagerZhang(c2=0.1).step(tape, None, np.zeros(1), np.ones(1)),
    ):  # fmt: skip
        with pytest.raises(Refusal, match="too far"):
            call()
    assert ray(1.0) == (16.0, -8.0)


def test_a_singular_matrix_on_the_ray_raises_as_numpy_does():
    tape = fastls.record(lambda x: np.sum(np.linalg.inv(np.diag(x))), np.ones(2))
    ray = tape.along(np.ones(2), np.array([-1.0, 0.0]))
    with pytest.raises(np.linalg.LinAlgError):
        ray(1.0)
    assert ray(0.5)[0] == pytest.approx(3.0)


def test_values_that_are_not_finite_are_handed_on():
    tape = fastls.record(lambda x: np.sum(np.log(x)), np.ones(2))
    ray = tape.along(np.ones(2), -np.ones(2))
    with np.errstate(all="raise"):
        assert ray(1.0)[0] == -np.inf
        assert np.isnan(ray(2.0)[0])


def test_wrong_shapes_are_refused():
    tape = fastls.record(rosenbrock, np.zeros(3))
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)|\(3,\).*\(2,\)"):
        tape.along(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="d must have the structure"):
        tape.along(np.zeros(3), np.zeros(2))
    ray = tape.along(np.zeros(3), np.ones(3))
    with pytest.raises(ValueError, match="d must have the structure"):
        ray.turn(np.ones(2))
    with pytest.raises(ValueError, match="alpha must be finite"):
        ray.move(np.nan)
    with pytest.raises(TypeError, match="args"):
        fastls.HagerZhang().search(ray, args=(1,))


def test_several_values_have_no_ray():
    with pytest.raises(TypeError, match="one number"):
        fastls.record(lambda x: 2.0 * x, np.zeros(3)).along(np.zeros(3), np.ones(3))


# Other arguments.


def test_structures_move_as_one():
    def network(weights, data):
        hidden = np.tanh(data @ weights["in"] + weights["bias"])
        return np.sum((hidden @ weights["out"]) ** 2) * weights["scale"]

    weights = {
        "in": RANDOM.standard_normal((6, 3)), "bias": np.zeros(3),
        "out": RANDOM.standard_normal(3), "scale": 0.5,
    }  # fmt: skip
    direction = {key: np.ones_like(value) for key, value in weights.items()}
    tape = fastls.record(network, weights, A)
    ray = tape.along(weights, A, direction)
    at = {key: value + 0.25 * direction[key] for key, value in weights.items()}
    value, gradient = tape.value_and_grad(at, A)
    assert ray(0.25)[0] == pytest.approx(value)
    assert ray(0.25)[1] == pytest.approx(sum(np.sum(part) for part in gradient.values()))
    for key, part in ray.gradient(0.25).items():
        np.testing.assert_allclose(part, gradient[key], rtol=1e-12)


def test_one_number_moves_too():
    ray = fastls.record(np.sin, 0.0).along(0.5, 2.0)
    assert ray(0.25) == pytest.approx((np.sin(1.0), 2.0 * np.cos(1.0)))
    assert ray.gradient(0.25) == pytest.approx(np.cos(1.0))
    assert ray.x == 0.5


def test_with_respect_to_the_second_argument():
    tape = fastls.record(lambda a, x: np.sum(a * x**2), A[0], A[1], argnums=1)
    ray = tape.along(A[0], A[1], A[2])
    assert ray(0.1)[0] == pytest.approx(np.sum(A[0] * (A[1] + 0.1 * A[2]) ** 2))


def test_threads_that_share_a_ray_get_the_same_answers():
    ray = fastls.record(FUNCTIONS["logistic regression"], np.zeros(6)).along(A[0], A[1])
    expected = {alpha: ray(alpha) for alpha in np.linspace(-1.0, 1.0, 50)}
    wrong = []

    def work():
        for _ in range(20):
            wrong.extend(alpha for alpha, pair in expected.items() if ray(alpha) != pair)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_point_is_read_between_moves_of_another_thread():
    ones = np.ones(1_000_000)
    ray = fastls.record(lambda x: np.sum(x**2), ones).along(ones, -ones)
    thread = threading.Thread(target=lambda: [ray.move(1e-6) for _ in range(200)])
    thread.start()
    while thread.is_alive():
        x = ray.x
        assert x.min() == x.max()
    thread.join()


@pytest.mark.parametrize(
    "asked",
    [
        lambda ray: ray(0.25), lambda ray: ray.value(0.25), lambda ray: ray.gradient(),
        lambda ray: ray.move(0.25), lambda ray: ray.turn(np.ones(3)),
        lambda ray: fastls.Zoom().search(ray),
    ],
    ids=["call", "value", "gradient", "move", "turn", "search"],
)  # fmt: skip
@pytest.mark.parametrize("again", ["primitive", "another path"])
def test_a_function_that_asks_its_own_ray_does_not_wait_for_itself(asked, again):
    rays = []

    def inner(x):
        if rays:
            asked(rays[0])
        return x

    same = fastls.primitive(inner, vjp=lambda g, y, x: [g], jvp=lambda t, y, x: t[0])

    def f(x):
        return np.sum(x**2) if x[0] > 0.0 else np.sum((same if again == "primitive" else inner)(x))

    ray = fastls.record(f, np.ones(3)).along(np.ones(3), -np.ones(3))
    rays.append(ray)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the function asked the ray that is evaluating it"):
            ray(2.0)
        assert ray(0.5) == (0.75, -3.0)  # open again
    rays.clear()
    assert ray(2.0) == (-3.0, -3.0)


def test_a_ray_can_be_looked_at_from_the_function():
    seen = []

    def f(x):
        if seen:
            seen.append((rays[0].x, rays[0].d, rays[0].counts["start"]))
        return np.sum(x**2) if x[0] > 0.0 else np.sum(x**4)

    tape = fastls.record(f, np.ones(3))
    rays = {0: tape.along(np.ones(3), -np.ones(3))}
    assert rays[0](0.5) == (0.75, -3.0)
    seen.append(None)
    assert rays[0](2.0) == (3.0, 12.0)  # on another path, recorded now
    assert [point.tolist() for point in seen[1][:2]] == [[1.0] * 3, [-1.0] * 3]
