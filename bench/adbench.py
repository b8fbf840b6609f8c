"""The objectives of ADBench as plain NumPy code: mixtures, bundle adjustment, a recurrent network.

Šrajer, Kukelova and Fitzgibbon (2018), A benchmark of selected algorithmic differentiation tools on
some problems in computer vision and machine learning; sizes as their small ones, data of our own.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .numpy_objectives import Objective

# Gaussian mixture.


def log_wishart_constant(dimension: int, components: int, gamma: float, m: int) -> float:
    """What the Wishart prior adds that no parameter changes."""
    n = dimension + m + 1
    log_gamma = 0.25 * dimension * (dimension - 1) * math.log(math.pi) + sum(
        math.lgamma(0.5 * (n - j)) for j in range(dimension)
    )
    return components * (n * dimension * math.log(gamma / math.sqrt(2.0)) - log_gamma)


def gaussian_mixture(np: Any, x: Any, gamma: float = 1.0, m: int = 0) -> Objective:
    """The log-posterior; x has a row a sample.

    Of a component: alpha, the logarithm of its weight; its mean; and the factor Q of its inverse
    covariance, lower triangular, first the logarithms of its diagonal, then the rest by columns.
    """
    samples, d = x.shape
    place = triangle(d)

    def f(alphas: Any, means: Any, factors: Any) -> Any:
        components = len(alphas)
        logs = factors[:, :d]
        diagonals = np.exp(logs)
        sums = np.sum(logs, axis=1)
        padded = np.concatenate((factors, np.zeros((components, 1))), axis=1)
        lower = padded[:, place]
        centred = x - means[:, None, :]
        turned = diagonals[:, None, :] * centred + centred @ np.swapaxes(lower, 1, 2)
        terms = (alphas + sums)[:, None] - 0.5 * np.sum(turned**2, axis=2)
        likelihood = np.sum(log_sum_exp(np, terms)) - samples * log_sum_exp(np, alphas)
        squares = np.sum(diagonals**2) + np.sum(factors[:, d:] ** 2)
        prior = 0.5 * gamma**2 * squares - m * np.sum(sums)
        constant = -0.5 * samples * d * math.log(2.0 * math.pi)
        return constant + likelihood + prior - log_wishart_constant(d, components, gamma, m)

    return f


def log_sum_exp(np: Any, terms: Any) -> Any:
    """Along the first axis."""
    most = np.max(terms, axis=0)
    return most + np.log(np.sum(np.exp(terms - most), axis=0))


def triangle(d: int) -> Any:
    """Where in a row of factors each entry of the strict lower triangle is; else the last place."""
    place = np.full((d, d), d * (d + 1) // 2)
    next_place = d
    for column in range(d):
        for row in range(column + 1, d):
            place[row, column] = next_place
            next_place += 1
    return place


def gaussian_mixture_data(rng: np.random.Generator, d: int, k: int, samples: int) -> Any:
    """Samples, and alphas, means and factors."""
    return rng.standard_normal((samples, d)), (
        rng.standard_normal(k), rng.uniform(size=(k, d)), rng.standard_normal((k, d * (d + 1) // 2))
    )  # fmt: skip


# Bundle adjustment.


class Scene(NamedTuple):
    """Cameras (rotation 3, centre 3, focal length, principal point 2, distortion 2) and points.

    An observation is (camera, point), with a weight and where in the picture the point was seen.
    """

    cameras: Any
    points: Any
    weights: Any
    observations: Any
    features: Any


def bundle_adjustment(np: Any, observations: Any, features: Any) -> Objective:
    """Half the sum of all squares, of the errors in the picture and of those of the weights."""
    camera, point = observations.T
    errors = reprojection(np, features)

    def f(cameras: Any, points: Any, weights: Any) -> Any:
        picture = errors(rows(np, cameras[camera], points[point], weights))
        return 0.5 * (np.sum(picture**2) + np.sum(weight_errors(weights) ** 2))

    return f


def rows(np: Any, cameras: Any, points: Any, weights: Any) -> Any:
    """What each observation depends on, 15 numbers."""
    return np.concatenate((cameras, points, weights[:, None]), axis=1)


def weight_errors(weights: Any) -> Any:
    return 1.0 - weights**2


def reprojection(np: Any, features: Any) -> Objective:
    """Two weighted errors of each observation, from rows of 15 numbers.

    All at once, or one by one. As two errors depend on one row alone, two products uᵀJ give all
    entries of the Jacobian that are not zero, 2×15 a row. No camera stands upright to the last bit:
    there the rotation has a formula of its own, and the code would branch.
    """

    def f(rows: Any) -> Any:
        rotation, centre = rows[..., 0:3], rows[..., 3:6]
        focal, principal, distortion = rows[..., 6:7], rows[..., 7:9], rows[..., 9:11]
        point, weight = rows[..., 11:14], rows[..., 14:15]
        angle = np.sqrt(np.sum(rotation**2, axis=-1, keepdims=True))
        axis = rotation / angle
        moved = point - centre
        cosine = np.cos(angle)
        inner = np.sum(axis * moved, axis=-1, keepdims=True)
        turned = (
            moved * cosine
            + cross(np, axis, moved) * np.sin(angle)
            + axis * (inner * (1.0 - cosine))
        )
        flat = turned[..., 0:2] / turned[..., 2:3]
        square = np.sum(flat**2, axis=-1, keepdims=True)
        radial = 1.0 + distortion[..., 0:1] * square + distortion[..., 1:2] * square**2
        return weight * (flat * radial * focal + principal - features)

    return f


def reprojection_product(np: Any, features: Any) -> Objective:
    """⟨u, errors⟩, the gradient of which by the rows is uᵀJ."""
    errors = reprojection(np, features)
    return lambda rows, u: np.sum(u * errors(rows))


def cross(np: Any, a: Any, b: Any) -> Any:
    a0, a1, a2 = a[..., 0:1], a[..., 1:2], a[..., 2:3]
    b0, b1, b2 = b[..., 0:1], b[..., 1:2], b[..., 2:3]
    parts = (a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0)
    return np.concatenate(parts, axis=-1)


def scene(rng: np.random.Generator, cameras: int, points: int, observations: int) -> Scene:
    """Random: points in front of cameras that look at them."""
    cams = np.concatenate(
        (
            0.2 * rng.standard_normal((cameras, 3)), 0.1 * rng.standard_normal((cameras, 3)),
            rng.uniform(400.0, 600.0, (cameras, 1)), rng.standard_normal((cameras, 2)),
            1e-2 * rng.standard_normal((cameras, 2)),
        ),
        axis=1,
    )  # fmt: skip
    pairs = np.stack(
        (rng.integers(0, cameras, observations), rng.integers(0, points, observations)), axis=1
    )
    return Scene(
        cams, rng.standard_normal((points, 3)) + np.array([0.0, 0.0, 6.0]),
        rng.uniform(0.5, 1.5, observations), pairs,
        100.0 * rng.standard_normal((observations, 2)),
    )  # fmt: skip


# Recurrent network.


def recurrent(np: Any, state: Any, sequence: Any) -> Objective:
    """The mean loss of predicting each row of a sequence from those before.

    Long short-term memory whose gates are products entry by entry; of each layer two rows: weights
    and biases (main), hidden and cell (state). The 2 in the logarithm is theirs.
    """

    def f(main: Any, extra: Any) -> Any:
        memory = rows_of_layers(state)
        total = 0.0
        for now, following in itertools.pairwise(sequence):
            memory, gain = predict(np, main, extra, memory, now, following)
            total = total + gain
        return -total / sequence[1:].size

    return f


def rows_of_layers(state: Any) -> list[Any]:
    """Hidden and cell of each layer."""
    return [(state[i], state[i + 1]) for i in range(0, len(state), 2)]


def predict(
    np: Any, main: Any, extra: Any, memory: Sequence[Any], now: Any, following: Any
) -> tuple[list[Any], Any]:
    """The memory after a row, and how well that foretells the row that follows."""
    signal = now * extra[0]
    renewed = []
    for i, (hidden, cell) in enumerate(memory):
        renewed.append(gates(np, main[2 * i], main[2 * i + 1], hidden, cell, signal))
        signal = renewed[i][0]
    predicted = signal * extra[1] + extra[2]
    logs = predicted - np.log(2.0 + np.sum(np.exp(predicted)))
    return renewed, np.sum(following * logs)


def recurrent_scan(jax: Any, state: Any, sequence: Any) -> Objective:
    """The same as JAX's users write it, who have a loop for it that is compiled once."""

    def f(main: Any, extra: Any) -> Any:
        def step(memory: Any, pair: Any) -> Any:
            return predict(jax.numpy, main, extra, memory, *pair)

        _, gains = jax.lax.scan(step, rows_of_layers(state), (sequence[:-1], sequence[1:]))
        return -jax.numpy.sum(gains) / sequence[1:].size

    return f


def gates(np: Any, weights: Any, biases: Any, hidden: Any, cell: Any, signal: Any) -> Any:
    size = len(hidden)
    every = np.concatenate((signal, hidden, signal, hidden)) * weights + biases
    forget, into, out = (1.0 / (1.0 + np.exp(-every[i * size : (i + 1) * size])) for i in range(3))
    cell = cell * forget + into * np.tanh(every[3 * size :])
    return out * np.tanh(cell), cell


def recurrent_data(rng: np.random.Generator, layers: int, characters: int, bits: int) -> Any:
    """State and sequence of bits; main and extra parameters."""
    state = rng.uniform(size=(2 * layers, bits))
    sequence = rng.integers(0, 2, (characters, bits)).astype(float)
    return (state, sequence), (
        rng.uniform(size=(2 * layers, 4 * bits)), rng.uniform(size=(3, bits))
    )  # fmt: skip
