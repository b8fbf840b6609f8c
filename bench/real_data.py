"""Functions fitted to scikit-learn's bundled data: NumPy code, and derivatives of it by hand."""

import importlib.util
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


class Fit(NamedTuple):
    """A function of the weights, all in one vector, and its derivatives written by hand."""

    name: str
    write: Callable[[ModuleType], Callable[[Any], Any]]  # for numpy, or what has its names
    by_hand: Callable[[Array], tuple[float, Array]]  # value and gradient
    product: Callable[[Array, Array], Any]  # of the Hessian at the first with the second
    start: Array
    is_quick: bool = True  # whether it is part of the quick report


def is_installed() -> bool:
    return importlib.util.find_spec("sklearn") is not None


def fits() -> Iterator[Fit]:
    """All of them; the data are read from files that come with scikit-learn."""
    from sklearn import datasets

    data, target = datasets.load_breast_cancer(return_X_y=True)
    yield logistic("logistic regression, breast cancer", standardised(data), target)
    data, target = datasets.load_digits(return_X_y=True)
    yield softmax("softmax regression, digits", data / 16.0, target)
    data, target = datasets.load_diabetes(return_X_y=True)
    yield ridge("ridge regression, diabetes", with_ones(standardised(data)), target / 100.0)
    data, target = datasets.load_wine(return_X_y=True)
    yield network("tanh network 13-8-3, wine", standardised(data), target)


def standardised(data: Array) -> Array:
    found: Array = (data - data.mean(axis=0)) / data.std(axis=0)
    return found


def with_ones(data: Array) -> Array:
    return np.hstack([data, np.ones((len(data), 1))])


def one_hot(target: Any) -> Array:
    """A column of zeros and one one for each sample."""
    return np.ascontiguousarray(np.eye(target.max() + 1)[:, target])


def logistic(name: str, data: Array, target: Any, decay: float = 1e-3) -> Fit:
    """The mean of log(1 + exp(-y <x, w>)), y = ±1, and decay/2 |w|²."""
    signed = np.where(target == 1, -1.0, 1.0)[:, None] * with_ones(data)
    rows, columns = signed.shape

    def write(np: Any) -> Any:
        def f(w: Any) -> Any:
            return np.mean(np.logaddexp(0.0, signed @ w)) + 0.5 * decay * (w @ w)

        return f

    def by_hand(w: Array) -> tuple[float, Array]:
        z = signed @ w
        e = np.exp(-np.abs(z))
        value = np.maximum(z, 0.0).sum() + np.log1p(e).sum()
        share = np.where(z >= 0.0, 1.0, e) / (1.0 + e)
        return value / rows + 0.5 * decay * (w @ w), (share @ signed) / rows + decay * w

    def product(w: Array, v: Array) -> Any:
        e = np.exp(-np.abs(signed @ w))
        return (e / (1.0 + e) ** 2 * (signed @ v)) @ signed / rows + decay * v

    return Fit(name, write, by_hand, product, np.zeros(columns))


def softmax(name: str, data: Array, target: Any, decay: float = 1e-3) -> Fit:
    """The mean of log Σⱼ exp(<wⱼ, x>) - <w_y, x>, and decay/2 |W|²; a sample is a column."""
    data = np.ascontiguousarray(with_ones(data).T)
    truth = one_hot(target)
    columns, rows = data.shape
    shape = len(truth), columns

    def write(np: Any) -> Any:
        def f(w: Any) -> Any:
            z = w.reshape(shape) @ data
            top = np.max(z, axis=0)
            total = np.log(np.sum(np.exp(z - top), axis=0)) + top
            return np.mean(total - np.sum(z * truth, axis=0)) + 0.5 * decay * np.sum(w * w)

        return f

    def by_hand(w: Array) -> tuple[float, Array]:
        z, share, total = softmax_of(w.reshape(shape) @ data)
        value = (np.log(total).sum() - np.vdot(z, truth)) / rows + 0.5 * decay * (w @ w)
        share -= truth
        return value, (share @ data.T).ravel() / rows + decay * w

    def product(w: Array, v: Array) -> Any:
        _, share, _ = softmax_of(w.reshape(shape) @ data)
        change = share * (v.reshape(shape) @ data)
        change -= share * change.sum(axis=0)
        return (change @ data.T).ravel() / rows + decay * v

    return Fit(name, write, by_hand, product, np.zeros(shape[0] * shape[1]), is_quick=False)


def softmax_of(z: Array) -> tuple[Array, Array, Array]:
    """z less the greatest of its column, exp z/Σ exp z, and that sum."""
    z = z - z.max(axis=0)
    e = np.exp(z)
    total = e.sum(axis=0)
    e /= total
    return z, e, total


def ridge(name: str, data: Array, target: Array, decay: float = 1e-3) -> Fit:
    """Half the mean of (<x, w> - y)², and decay/2 |w|²."""
    rows, columns = data.shape

    def write(np: Any) -> Any:
        def f(w: Any) -> Any:
            residual = data @ w - target
            return 0.5 * np.mean(residual * residual) + 0.5 * decay * (w @ w)

        return f

    def by_hand(w: Array) -> tuple[float, Array]:
        residual = data @ w - target
        value = 0.5 * (residual @ residual) / rows + 0.5 * decay * (w @ w)
        return value, residual @ data / rows + decay * w

    def product(w: Array, v: Array) -> Any:
        return (data @ v) @ data / rows + decay * v

    return Fit(name, write, by_hand, product, np.zeros(columns))


def network(name: str, data: Array, target: Any, hidden: int = 8, decay: float = 1e-2) -> Fit:
    """One layer of tanh, then softmax; decay/2 of the squares of all weights."""
    data = np.ascontiguousarray(with_ones(data).T)
    truth = one_hot(target)
    columns, rows = data.shape
    classes = len(truth)
    inner, outer = (hidden, columns), (classes, hidden)
    first, second = hidden * columns, classes * hidden
    size = first + second + classes

    def split(w: Any) -> tuple[Any, Any, Any]:
        """Of the inner layer, of the outer one, and what the latter adds."""
        last = w[first:]
        return w[:first].reshape(inner), last[:second].reshape(outer), last[second:, None]

    def write(np: Any) -> Any:
        def f(w: Any) -> Any:
            a, b, c = split(w)
            z = b @ np.tanh(a @ data) + c
            top = np.max(z, axis=0)
            total = np.log(np.sum(np.exp(z - top), axis=0)) + top
            return np.mean(total - np.sum(z * truth, axis=0)) + 0.5 * decay * np.sum(w * w)

        return f

    def by_hand(w: Array) -> tuple[float, Array]:
        a, b, c = split(w)
        middle = np.tanh(a @ data)
        z, share, total = softmax_of(b @ middle + c)
        value = (np.log(total).sum() - np.vdot(z, truth)) / rows + 0.5 * decay * (w @ w)
        error = (share - truth) / rows
        back = (b.T @ error) * (1.0 - middle * middle)
        return value, joined(back @ data.T, error @ middle.T, error.sum(axis=1)) + decay * w

    def product(w: Array, v: Array) -> Any:
        """The derivative of the gradient along v: the lines of by_hand, differentiated."""
        (a, b, c), (da, db, dc) = split(w), split(v)
        middle = np.tanh(a @ data)
        steep = 1.0 - middle * middle
        dmiddle = steep * (da @ data)
        _, share, _ = softmax_of(b @ middle + c)
        dz = db @ middle + b @ dmiddle + dc
        error = (share - truth) / rows
        derror = share * (dz - (share * dz).sum(axis=0)) / rows
        dback = steep * (db.T @ error + b.T @ derror) - 2.0 * (b.T @ error) * middle * dmiddle
        found = joined(dback @ data.T, derror @ middle.T + error @ dmiddle.T, derror.sum(axis=1))
        return found + decay * v

    start = np.random.default_rng(0).normal(size=size, scale=0.3)
    return Fit(name, write, by_hand, product, start, is_quick=False)


def joined(*parts: Array) -> Array:
    return np.concatenate([part.ravel() for part in parts])
