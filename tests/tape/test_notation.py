"""Which notation is used for which shapes; what is written is tested in test_formula."""

import numpy as np
import pytest

from fastls import record

x0, X0 = np.array([0.4, 0.9, 1.3]), np.arange(6.0).reshape(2, 3) / 7.0


@pytest.mark.parametrize(
    ("f", "x", "text"),
    [
        (lambda x: x[:, None] * x, x0, "x xᵀ"),
        (lambda x: x[:, None] + x, x0, "x 𝟏ᵀ + 𝟏 xᵀ"),
        (lambda x: x.reshape(1, 3) @ x, x0, "‖x‖²"),
        (lambda X: X.reshape(3, 2), X0, "reshape(X, 3, 2)"),
        (lambda X: X.sum(axis=0), X0, "Xᵀ 𝟏"),
        (lambda X: X.sum(axis=1), X0, "X 𝟏"),
        (lambda X: X.max(axis=1), X0, "max(X, axis 1)"),
        (lambda X: X[0], X0, "X[0, :]"),
        (lambda X: X[1, 2], X0, "X[1, 2]"),
        (lambda x: x[::-1], x0, "x[::-1]"),
        (lambda x: x[[2, 0]], x0, "x[[2, 0]]"),
        (lambda x: np.concatenate([x, x]), x0, "concatenate(x, x)"),
        (
            lambda X: X.reshape(3, 1, 2) * X.reshape(3, 1, 2)[::-1],
            X0,
            "reshape(X, 3, 1, 2)[::-1, :, :] ∘ reshape(X, 3, 1, 2)",
        ),
        (lambda T: T * np.sin(T) + T / 2, np.ones((2, 3, 4)), "T ∘ sin(T) + 0.5 T"),
    ],
)
def test_notation(f, x, text):
    assert record(f, x).formula() == text
