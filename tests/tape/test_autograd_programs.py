"""Programs as users of autograd write them, with NumPy in place of autograd.numpy.

Each is a function of the module `np`, and returns an objective and where to differentiate it, in
the manner of the examples of HIPS/autograd. Gradients are compared with those of autograd.
"""

import autograd
import autograd.numpy
import numpy
import pytest

import fastls

random = numpy.random.default_rng(0)
INPUTS, TARGETS = random.normal(size=(12, 3)), (random.random(12) < 0.5) * 1.0
SERIES = random.normal(size=(5, 2))
START = random.normal(size=64)
LOG_OF_2PI = numpy.log(2.0 * numpy.pi)


def logistic_regression(np):
    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2.0) + 1.0)

    def training_loss(weights):
        predictions = sigmoid(np.dot(INPUTS, weights))
        label_probabilities = predictions * TARGETS + (1 - predictions) * (1 - TARGETS)
        return -np.sum(np.log(label_probabilities))

    return training_loss, START[:3]


def neural_network(np):
    def log_posterior(parameters, l2=0.1):
        inputs = INPUTS
        for W, b in parameters:
            outputs = np.dot(inputs, W) + b
            inputs = np.tanh(outputs)
        largest = np.max(outputs, axis=1, keepdims=True)
        normaliser = largest + np.log(np.sum(np.exp(outputs - largest), axis=1, keepdims=True))
        one_hot = np.array(TARGETS[:, None] == np.arange(2), dtype=int)
        norm = sum(np.sum(W**2) + np.sum(b**2) for W, b in parameters)
        return np.sum((outputs - normaliser) * one_hot) - l2 * norm

    return log_posterior, [
        (START[:12].reshape(3, 4), START[12:16]), (START[16:24].reshape(4, 2), START[24:26])
    ]  # fmt: skip


def recurrent_network(np):
    def concatenated_and_multiplied(weights, *arguments):
        bias = np.ones((arguments[0].shape[0], 1))
        return np.dot(np.hstack([*arguments, bias]), weights)

    def loss(parameters):
        hidden = np.repeat(parameters["first hidden"], SERIES.shape[0] // 5, axis=0)
        outputs = [concatenated_and_multiplied(parameters["predict"], hidden)]
        for row in SERIES[:-1]:
            joined = concatenated_and_multiplied(parameters["change"], row[None, :], hidden)
            hidden = np.tanh(joined)
            outputs.append(concatenated_and_multiplied(parameters["predict"], hidden))
        return np.mean((np.concatenate(outputs) - SERIES) ** 2)

    return loss, {
        "first hidden": START[:3].reshape(1, 3), "change": START[3:21].reshape(6, 3),
        "predict": START[21:29].reshape(4, 2),
    }  # fmt: skip


def gaussian_process(np):
    def covariance(parameters, x, y):
        scale, lengths = np.exp(parameters[0]), np.exp(parameters[1:])
        differences = np.expand_dims(x / lengths, 1) - np.expand_dims(y / lengths, 0)
        return scale * np.exp(-0.5 * np.sum(differences**2, axis=2))

    def log_marginal_likelihood(parameters):
        mean, noise = parameters[0], np.exp(parameters[1]) + 0.001
        y = TARGETS - mean
        K = covariance(parameters[2:], INPUTS, INPUTS) + noise * np.eye(len(y))
        _, logdet = np.linalg.slogdet(K)
        return -0.5 * (np.dot(y, np.linalg.solve(K, y)) + logdet + len(y) * LOG_OF_2PI)

    return log_marginal_likelihood, 0.3 * START[:6]


def mixture_of_gaussians(np):
    def logsumexp(x, axis):
        largest = np.max(x, axis=axis, keepdims=True)
        return np.squeeze(largest, axis) + np.log(np.sum(np.exp(x - largest), axis=axis))

    def log_likelihood(parameters):
        proportions = parameters["log proportions"]
        proportions = proportions - logsumexp(proportions, 0)
        parts = []
        for log_proportion, mean, root in zip(
            proportions, parameters["means"], parameters["roots"], strict=True
        ):
            precision = np.dot(root.T, root) + 0.1 * np.eye(3)
            centred = INPUTS - mean
            squares = np.einsum("ij,jk,ik->i", centred, precision, centred)
            logdet = np.log(np.linalg.det(precision))
            parts.append(log_proportion + 0.5 * (logdet - 3 * LOG_OF_2PI - squares))
        return np.sum(logsumexp(np.vstack(parts), axis=0))

    return log_likelihood, {
        "log proportions": START[:2], "means": START[2:8].reshape(2, 3),
        "roots": START[8:26].reshape(2, 3, 3),
    }  # fmt: skip


def ordinary_differential_equation(np):
    """Runge and Kutta's steps through a network's vector field, fitted to a spiral."""

    def field(y, parameters):
        (A, a), (B, b) = parameters
        return np.dot(np.tanh(np.dot(y**3, A) + a), B) + b

    def loss(parameters, h=0.1):
        y, error = np.array([2.0, 0.0]), 0.0
        for i in range(10):
            k1 = field(y, parameters)
            k2 = field(y + h / 2 * k1, parameters)
            k3 = field(y + h / 2 * k2, parameters)
            k4 = field(y + h * k3, parameters)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            error += np.mean(np.abs(y - SERIES[i % 5]))
        return error

    return loss, [
        (0.3 * START[:8].reshape(2, 4), START[8:12]), (START[12:20].reshape(4, 2), START[20:22])
    ]  # fmt: skip


def fluid(np):
    """A field carried along by a velocity made free of divergence."""

    def projected(vx, vy):
        h = 1.0 / vx.shape[0]
        div = -0.5 * h * (np.roll(vx, -1, axis=0) - np.roll(vx, 1, axis=0)
                          + np.roll(vy, -1, axis=1) - np.roll(vy, 1, axis=1))  # fmt: skip
        p = np.zeros(vx.shape)
        for _ in range(4):
            p = (div + np.roll(p, 1, axis=0) + np.roll(p, -1, axis=0)
                 + np.roll(p, 1, axis=1) + np.roll(p, -1, axis=1)) / 4.0  # fmt: skip
        vx = vx - 0.5 * (np.roll(p, -1, axis=0) - np.roll(p, 1, axis=0)) / h
        return vx, vy - 0.5 * (np.roll(p, -1, axis=1) - np.roll(p, 1, axis=1)) / h

    def advected(f, vx, vy):
        rows, columns = f.shape
        ys, xs = np.meshgrid(np.arange(rows), np.arange(columns))
        xs, ys = (xs - vx).ravel(), (ys - vy).ravel()
        left, top = np.floor(xs).astype(int), np.floor(ys).astype(int)
        right_weight, bottom_weight = xs - left, ys - top
        left, right = np.mod(left, rows), np.mod(left + 1, rows)
        top, bottom = np.mod(top, columns), np.mod(top + 1, columns)
        upper = (1 - right_weight) * f[left, top] + right_weight * f[right, top]
        lower = (1 - right_weight) * f[left, bottom] + right_weight * f[right, bottom]
        return np.reshape((1 - bottom_weight) * upper + bottom_weight * lower, (rows, columns))

    def loss(velocities):
        vx, vy = np.reshape(velocities[:16], (4, 4)), np.reshape(velocities[16:32], (4, 4))
        smoke = START[32:48].reshape(4, 4)
        for _ in range(3):
            vx, vy = projected(advected(vx, vx, vy), advected(vy, vx, vy))
            smoke = advected(smoke, vx, vy)
        return np.mean((smoke - START[48:64].reshape(4, 4)) ** 2)

    return loss, 0.4 * START[:32]


def bayesian_network(np):
    """The lower bound on the evidence of a network whose weights are drawn from Gaussians."""
    noise = numpy.random.default_rng(1).normal(size=(2, 17))

    def unpacked(weights):
        count = len(weights)
        yield weights[:, :12].reshape((count, 3, 4)), np.reshape(weights[:, 12:16], (count, 1, 4))
        yield np.ones((count, 4, 1)), weights[:, 16:].reshape((count, 1, 1))

    def bound(parameters):
        mean, log_deviation = parameters
        samples = noise * np.exp(log_deviation) + mean
        inputs = np.expand_dims(INPUTS, 0)
        for W, b in unpacked(samples):
            outputs = np.einsum("mnd,mdo->mno", inputs, W) + b
            inputs = np.where(outputs > 0, outputs, 0.1 * outputs)
        prior = np.sum(-0.5 * samples**2 - 0.5 * LOG_OF_2PI, axis=1)
        likelihood = -np.sum((outputs - TARGETS[None, :, None]) ** 2, axis=1)[:, 0] / 0.1
        entropy = 0.5 * 17 * (1.0 + LOG_OF_2PI) + np.sum(log_deviation)
        return -(entropy + np.mean(prior + likelihood))

    return bound, (START[:17], -1.0 + 0.1 * START[17:34])


def hidden_markov_model(np):
    observations = [0, 2, 1, 1, 0, 2, 2]

    def logsumexp(x):
        return np.max(x) + np.log(np.sum(np.exp(x - np.max(x))))

    def log_likelihood(parameters):
        start, transition, emission = (
            p - np.log(np.sum(np.exp(p), axis=-1, keepdims=True)) for p in parameters
        )
        alpha = start + emission[:, observations[0]]
        for y in observations[1:]:
            alpha = (
                np.stack([logsumexp(alpha + transition[:, j]) for j in range(3)]) + emission[:, y]
            )
        return logsumexp(alpha)

    return log_likelihood, (START[:3], START[3:12].reshape(3, 3), START[12:21].reshape(3, 3))


def kalman_filter(np):
    A = numpy.array([[1.0, 0.1], [0.0, 1.0]])

    def log_likelihood(parameters):
        mean, P = np.zeros(2), np.eye(2)
        Q, R = np.diag(np.exp(parameters[:2])), np.diag(np.exp(parameters[2:4]))
        total = 0.0
        for y in SERIES:
            mean, P = A @ mean, A @ P @ A.T + Q
            innovation, S = y - mean, P + R
            gain = np.linalg.solve(S, P).T
            total -= 0.5 * (innovation @ np.linalg.solve(S, innovation) + np.linalg.slogdet(S)[1])
            mean, P = mean + gain @ innovation, P - gain @ P
        return total

    return log_likelihood, START[:4]


def rosenbrock(np):
    def f(x):
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    return f, numpy.array([0.1, 0.6])


def sine_by_its_series(np):
    """A loop that ends when the terms are small."""

    def f(x):
        term = total = x
        i = 0
        while np.abs(term) > 1e-4:
            term = -term * x * x / ((2 * i + 3) * (2 * i + 2))
            total, i = total + term, i + 1
        return total

    return f, 0.7


PROGRAMS = [
    logistic_regression, neural_network, recurrent_network, gaussian_process, mixture_of_gaussians,
    ordinary_differential_equation, fluid, bayesian_network, hidden_markov_model, kalman_filter,
    rosenbrock, sine_by_its_series,
]  # fmt: skip


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def nearby(value):
    """The same structure with other numbers."""
    if isinstance(value, dict):
        return {key: nearby(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(nearby, value))
    return 0.9 * value + 0.05


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_the_same_program_has_the_same_gradient(program):
    (f, start), (theirs, _) = program(numpy), program(autograd.numpy)
    ours = fastls.value_and_grad(f)
    for x in (start, nearby(start)):
        value, gradient = ours(x)
        assert value == pytest.approx(f(x), rel=1e-12)
        wanted = leaves(autograd.grad(theirs)(x))
        scale = max(numpy.max(numpy.abs(leaf)) for leaf in wanted)
        for found, expected in zip(leaves(gradient), wanted, strict=True):
            numpy.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * scale)


@pytest.mark.parametrize(
    "program", [logistic_regression, gaussian_process, kalman_filter, rosenbrock],
    ids=lambda program: program.__name__,
)  # fmt: skip
def test_the_same_program_has_the_same_hessian(program):
    (f, x), (theirs, _) = program(numpy), program(autograd.numpy)
    wanted = autograd.hessian(theirs)(x)
    numpy.testing.assert_allclose(
        fastls.hessian(f)(x), wanted, rtol=1e-8, atol=1e-10 * numpy.max(numpy.abs(wanted))
    )
