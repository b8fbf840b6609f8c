"""The objectives of ADBench: values and gradients, beside loops over the formulas as published.

Šrajer, Kukelova and Fitzgibbon (2018), A benchmark of selected algorithmic differentiation tools,
sections 4.1 to 4.3. The loops compute with mpmath, 50 digits, and are differentiated by central
differences there.
"""

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from bench import adbench
from fastls import record

STEP = mpf(10) ** -15


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(50):
        yield


def numbers(array):
    """Nested lists of mpmath's numbers."""
    array = np.asarray(array)
    return [numbers(each) for each in array] if array.ndim else mpf(float(array))


def slope(f, arguments, which, place):
    """The derivative by one entry of one argument."""
    ends = []
    for sign in (1, -1):
        moved = [numbers(each) for each in arguments]
        target = moved[which]
        for i in place[:-1]:
            target = target[i]
        target[place[-1]] += sign * STEP
        ends.append(f(*moved))
    return (ends[0] - ends[1]) / (2 * STEP)


def assert_same(f, loop, arguments):
    """The value, and each entry of the gradient."""
    argnums = tuple(range(len(arguments)))
    value, gradient = record(f, *arguments, argnums=argnums).value_and_grad(*arguments)
    expected = float(loop(*map(numbers, arguments)))
    assert value == pytest.approx(expected, rel=1e-13)
    assert f(*arguments) == pytest.approx(expected, rel=1e-13)
    scale = max(np.max(np.abs(each)) for each in gradient)
    for which, found in enumerate(gradient):
        for place in np.ndindex(found.shape):
            assert found[place] == pytest.approx(
                float(slope(loop, arguments, which, place)), rel=1e-11, abs=1e-13 * scale
            )


# Gaussian mixture.


def mixture_loop(x, gamma, m):
    """The log-posterior, one number at a time: Q is built as the matrix it is."""

    def f(alphas, means, factors):
        samples, d, components = len(x), len(x[0]), len(alphas)
        total = -mpf(samples * d) / 2 * mpmath.log(2 * mpmath.pi)
        for sample in x:
            terms = []
            for alpha, mean, factor in zip(alphas, means, factors, strict=True):
                q = triangular(factor, d)
                y = [sum(q[r][c] * (sample[c] - mean[c]) for c in range(d)) for r in range(d)]
                log_det = sum(factor[:d])
                terms.append(mpmath.exp(alpha + log_det - sum(v**2 for v in y) / 2))
            total += mpmath.log(sum(terms))
        total -= samples * mpmath.log(sum(mpmath.exp(alpha) for alpha in alphas))
        return total + prior(factors, d, components)

    def triangular(factor, d):
        q = [[mpf(0)] * d for _ in range(d)]
        rest = iter(factor[d:])
        for c in range(d):
            q[c][c] = mpmath.exp(factor[c])
            for r in range(c + 1, d):
                q[r][c] = next(rest)
        return q

    def prior(factors, d, components):
        """Wishart's; the constant by the multivariate gamma function."""
        n = d + m + 1
        log_gamma = mpf(d * (d - 1)) / 4 * mpmath.log(mpmath.pi)
        for j in range(1, d + 1):
            log_gamma += mpmath.loggamma((mpf(n) + 1 - j) / 2)
        constant = n * d * (mpmath.log(gamma) - mpmath.log(2) / 2) - log_gamma
        total = mpf(0)
        for factor in factors:
            frobenius = sum(v**2 for row in triangular(factor, d) for v in row)
            total += mpf(gamma) ** 2 / 2 * frobenius - m * sum(factor[:d]) - constant
        return total

    return f


@pytest.mark.parametrize(("d", "k", "gamma", "m"), [(2, 3, 1.0, 0), (3, 2, 0.7, 2), (1, 2, 1.0, 1)])
def test_gaussian_mixture(d, k, gamma, m):
    x, arguments = adbench.gaussian_mixture_data(np.random.default_rng(d), d, k, 4)
    f = adbench.gaussian_mixture(np, x, gamma, m)
    assert_same(f, mixture_loop(numbers(x), gamma, m), arguments)


# Bundle adjustment.


def projected(camera, point):
    """Where a camera sees a point: rotation by Rodrigues' formula, centre, distortion, focus."""
    rotation, centre, focal, principal, kappa = (
        camera[:3], camera[3:6], camera[6], camera[7:9], camera[9:11]
    )  # fmt: skip
    theta = mpmath.sqrt(sum(r**2 for r in rotation))
    w = [r / theta for r in rotation]
    v = [p - c for p, c in zip(point, centre, strict=True)]
    crossed = [w[1] * v[2] - w[2] * v[1], w[2] * v[0] - w[0] * v[2], w[0] * v[1] - w[1] * v[0]]
    along = sum(a * b for a, b in zip(w, v, strict=True)) * (1 - mpmath.cos(theta))
    seen = [
        v[i] * mpmath.cos(theta) + crossed[i] * mpmath.sin(theta) + w[i] * along for i in range(3)
    ]
    flat = [seen[0] / seen[2], seen[1] / seen[2]]
    r2 = flat[0] ** 2 + flat[1] ** 2
    stretched = 1 + kappa[0] * r2 + kappa[1] * r2**2
    return [flat[i] * stretched * focal + principal[i] for i in range(2)]


def error(camera, point, weight, feature):
    return [weight * (p - m) for p, m in zip(projected(camera, point), feature, strict=True)]


def bundle_loop(scene):
    def f(cameras, points, weights):
        total = mpf(0)
        for i, (camera, point) in enumerate(scene.observations):
            parts = error(cameras[camera], points[point], weights[i], numbers(scene.features[i]))
            total += sum(e**2 for e in parts) + (1 - weights[i] ** 2) ** 2
        return total / 2

    return f


@pytest.fixture
def scene():
    return adbench.scene(np.random.default_rng(1), 2, 3, 5)


def test_bundle_adjustment(scene):
    f = adbench.bundle_adjustment(np, scene.observations, scene.features)
    assert_same(f, bundle_loop(scene), (scene.cameras, scene.points, scene.weights))


def test_two_products_give_the_jacobian_of_the_reprojection(scene):
    camera, point = scene.observations.T
    rows = adbench.rows(np, scene.cameras[camera], scene.points[point], scene.weights)
    product = adbench.reprojection_product(np, scene.features)
    tape = record(product, rows, np.ones(scene.features.shape))
    for k in range(2):
        unit = np.zeros(scene.features.shape)
        unit[:, k] = 1.0
        value, found = tape.value_and_grad(rows, unit)
        assert value == pytest.approx(product(rows, unit), rel=1e-13)
        for i, row in enumerate(rows):
            feature = numbers(scene.features[i])

            def f(r, feature=feature, k=k):
                return error(r[:11], r[11:14], r[14], feature)[k]

            expected = [float(slope(f, (row,), 0, (j,))) for j in range(15)]
            np.testing.assert_allclose(found[i], expected, rtol=1e-11, atol=1e-10)
    # One row by itself is the same.
    alone = adbench.reprojection(np, scene.features[0])(rows[0])
    every = adbench.reprojection(np, scene.features)(rows)
    np.testing.assert_allclose(alone, every[0], rtol=1e-14)


# Recurrent network.


def recurrent_loop(state, sequence):
    """Gate by gate, one entry at a time."""

    def sigmoid(x):
        return 1 / (1 + mpmath.exp(-x))

    def f(main, extra):
        size, layers = len(sequence[0]), len(state) // 2
        memory = [list(row) for row in state]
        total, count = mpf(0), 0
        for t in range(len(sequence) - 1):
            signal = [sequence[t][j] * extra[0][j] for j in range(size)]
            for i in range(layers):
                weights, biases = main[2 * i], main[2 * i + 1]
                hidden, cell = memory[2 * i], memory[2 * i + 1]
                for j in range(size):
                    gate = [
                        given[j] * weights[k * size + j] + biases[k * size + j]
                        for k, given in enumerate((signal, hidden, signal, hidden))
                    ]
                    forget, into, out = (sigmoid(g) for g in gate[:3])
                    cell[j] = cell[j] * forget + into * mpmath.tanh(gate[3])
                    hidden[j] = out * mpmath.tanh(cell[j])
                signal = hidden
            predicted = [signal[j] * extra[1][j] + extra[2][j] for j in range(size)]
            normaliser = mpmath.log(2 + sum(mpmath.exp(p) for p in predicted))
            for j in range(size):
                total += sequence[t + 1][j] * (predicted[j] - normaliser)
                count += 1
        return -total / count

    return f


def test_recurrent_network():
    rng = np.random.default_rng(3)
    (state, sequence), arguments = adbench.recurrent_data(rng, 2, 4, 3)
    f = adbench.recurrent(np, state, sequence)
    assert_same(f, recurrent_loop(numbers(state), numbers(sequence)), arguments)


def test_the_scan_is_the_loop():
    jax = pytest.importorskip("jax")  # which computes with 32 bits, as it does unless told
    rng = np.random.default_rng(3)
    data, arguments = adbench.recurrent_data(rng, 2, 5, 3)
    expected = record(adbench.recurrent(np, *data), *arguments, argnums=(0, 1))
    value, slopes = expected.value_and_grad(*arguments)
    short = [np.asarray(x, dtype=np.float32) for x in (*data, *arguments)]
    scan = jax.value_and_grad(adbench.recurrent_scan(jax, *short[:2]), (0, 1))
    found, found_slopes = scan(*short[2:])
    np.testing.assert_allclose(found, value, rtol=1e-5)
    for ours, theirs in zip(slopes, found_slopes, strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=1e-6)
