"""The rules of matrix calculus, and examples, each as the statement that it proves.

A differential is that of the tape: the tangent of the function at X along dX.
"""

import math

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.graph import Graph
from fastls.tape.trace import Tracer
from fastls.tape.transforms import pullback, pushforward

rng = np.random.default_rng(0)
n = 4
A, B, S = rng.normal(size=(3, n)), rng.normal(size=(n, 2)), rng.normal(size=(n, n))
X = rng.normal(size=(n, n)) + 3.0 * np.eye(n)
Y, dX, dY = rng.normal(size=(3, n, n))
b = rng.normal(size=n)
x, dx = rng.normal(size=(2, n))
α = -1.7
det, inv, tr = np.linalg.det, np.linalg.inv, np.trace


def inner(X, Y):
    return np.sum(X * Y)


def d(f, *at, along):
    """The differential of f at a point along a direction; of pairs, where there are two."""
    if len(at) == 1:
        return record(f, *at).jvp(*at, *along)[1]
    pair, direction = np.stack(at), np.stack(along)
    return record(lambda z: f(z[0], z[1]), pair).jvp(pair, direction)[1]


def same(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-10, atol=1e-11)


# Rules.


def test_dA_is_0():
    same(d(lambda X: A, X, along=[dX]), np.zeros(A.shape))


def test_d_αX_is_α_dX():
    same(d(lambda X: α * X, X, along=[dX]), α * dX)


def test_d_AXB_is_A_dX_B():
    same(d(lambda X: A @ X @ B, X, along=[dX]), A @ dX @ B)


def test_d_sum_is_the_sum_of_d():
    same(d(lambda X, Y: X + Y, X, Y, along=[dX, dY]), dX + dY)


def test_d_transpose():
    """d(Xᵀ) = (dX)ᵀ"""
    same(d(lambda X: X.T, X, along=[dX]), dX.T)


def test_d_XY_is_dX_Y_plus_X_dY():
    same(d(lambda X, Y: X @ Y, X, Y, along=[dX, dY]), dX @ Y + X @ dY)


def test_d_inner_product():
    """d<X, Y> = <dX, Y> + <X, dY>"""
    same(d(inner, X, Y, along=[dX, dY]), inner(dX, Y) + inner(X, dY))


def test_d_quotient_by_a_number():
    """d(X/φ) = (φ dX - dφ X)/φ²"""

    def φ(X):
        return 2.0 + np.sum(np.sin(X))

    dφ = np.sum(np.cos(X) * dX)
    same(d(lambda X: X / φ(X), X, along=[dX]), (φ(X) * dX - dφ * X) / φ(X) ** 2)


def test_d_det_X_is_det_X_tr_of_inverse_dX():
    """d det X = det X <X⁻ᵀ, dX> = det X tr(X⁻¹ dX)"""
    same(d(det, X, along=[dX]), det(X) * inner(inv(X).T, dX))


def test_d_tr_X_is_tr_dX():
    same(d(tr, X, along=[dX]), tr(dX))
    same(record(tr, X).grad(X), np.eye(n))


def test_d_composition():
    """d f(g(x)) = f′(g(x)) · dg: the Jacobians multiply."""

    def f(y):
        return np.stack([y[0] * y[1], np.sin(y[2]), y[0] ** 2])

    def g(x):
        return np.stack([x @ x, np.exp(x[0]), x[1] * x[2]])

    outer, inside = record(f, g(x)).jacobian(g(x)), record(g, x).jacobian(x)
    same(d(lambda x: f(g(x)), x, along=[dx]), outer @ d(g, x, along=[dx]))
    same(record(lambda x: f(g(x)), x).jacobian(x), outer @ inside)


def test_d_inverse():
    """d(X⁻¹) = -X⁻¹ dX X⁻¹"""
    same(d(inv, X, along=[dX]), -inv(X) @ dX @ inv(X))


def test_d_log_det_X_is_tr_of_inverse_dX():
    """d log det X = tr(X⁻¹ dX)"""
    P = X @ X.T
    same(d(lambda X: np.log(det(X)), P, along=[dX]), tr(inv(P) @ dX))
    same(d(lambda X: np.linalg.slogdet(X)[1], P, along=[dX]), tr(inv(P) @ dX))
    same(record(lambda X: np.linalg.slogdet(X)[1], P).grad(P), inv(P).T)


def test_d_d_inverse():
    """d²(X⁻¹) = 2 X⁻¹ dX X⁻¹ dX X⁻¹"""
    tape = record(lambda X: inner(S, inv(X)), X)
    expected = 2.0 * inner(S, inv(X) @ dX @ inv(X) @ dX @ inv(X))
    same(tape.second_differential(X, dX, dX), expected)


def test_d_d_log_det_X():
    """d²(log det X) = -tr(X⁻¹ dX₁ X⁻¹ dX₂)"""
    P = X @ X.T
    tape = record(lambda X: np.linalg.slogdet(X)[1], P)
    same(tape.second_differential(P, dX, dY), -tr(inv(P) @ dX @ inv(P) @ dY))


# Examples.


def test_a_quadratic():
    """f = ½<x, Ax> - bᵀx + c: ∇f = ½(A + Aᵀ)x - b, ∇²f = ½(A + Aᵀ)."""
    tape = record(lambda x: 0.5 * (x @ (S @ x)) - b @ x + 3.0, x)
    same(tape(x), 0.5 * x @ S @ x - b @ x + 3.0)
    same(tape.grad(x), 0.5 * (S + S.T) @ x - b)
    same(tape.hessian(x), 0.5 * (S + S.T))
    same(tape.differential(x, dx), (0.5 * (S + S.T) @ x - b) @ dx)
    same(tape.second_differential(x, dx, b), dx @ (0.5 * (S + S.T)) @ b)


def test_the_logarithm_of_a_quadratic():
    """f = ln<x, Ax>, A = Aᵀ > 0: ∇f = 2Ax/<x, Ax>, ∇²f = (2A - ∇f ∇fᵀ<x, Ax>)/<x, Ax>."""
    P = X @ X.T
    q = x @ P @ x
    tape, gradient = record(lambda x: np.log(np.sum(x * (P @ x))), x), 2.0 * P @ x / q
    same(tape.grad(x), gradient)
    same(tape.hessian(x), 2.0 * P / q - np.outer(gradient, gradient))


def test_the_likelihood_of_a_precision_matrix():
    """f = <S, X> - log det X: ∇f = S - X⁻ᵀ, d²f = <X⁻¹ dX₁ X⁻¹, dX₂ᵀ>."""
    P = X @ X.T
    tape = record(lambda X: inner(S, X) - np.linalg.slogdet(X)[1], P)
    same(tape.grad(P), S - inv(P).T)
    same(tape.second_differential(P, dX, dY), tr(inv(P) @ dX @ inv(P) @ dY))
    same(tape.hvp(P, dX), (inv(P) @ dX @ inv(P)).T)


def schwarz(z):
    x, y = z
    r = x * x + y * y
    return x * y * (x * x - y * y) / r if r > 0 else 0.0 * (x + y)


@pytest.mark.parametrize("at", [(1.0, 2.0), (-0.3, 0.1), (1e-3, -2e-3), (0.0, 1.0)], ids=str)
def test_schwarz_away_from_the_origin_second_derivatives_commute(at):
    hessian = record(schwarz, np.ones(2)).hessian(np.array(at))
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-12, atol=1e-12)
    x, y = at
    mixed = (x**6 + 9 * x**4 * y**2 - 9 * x**2 * y**4 - y**6) / (x * x + y * y) ** 3
    assert hessian[0, 1] == pytest.approx(mixed, rel=1e-9)


def test_schwarz_at_the_origin_differentiation_sees_the_branch_alone():
    """f_xy(0,0) = -1 and f_yx(0,0) = 1, but the branch taken there is the constant 0."""
    tape = record(schwarz, np.ones(2))
    np.testing.assert_array_equal(tape.grad(np.zeros(2)), [0.0, 0.0])
    np.testing.assert_array_equal(tape.hessian(np.zeros(2)), np.zeros((2, 2)))


def test_schwarz_along_the_axes():
    """f_x(0, y) = -y and f_y(x, 0) = x: that is why they differ at the origin."""
    tape = record(schwarz, np.ones(2))
    for h in (1.0, 1e-3, 1e-6):
        assert tape.grad(np.array([0.0, h]))[0] == pytest.approx(-h)
        assert tape.grad(np.array([h, 0.0]))[1] == pytest.approx(h)


W1, W2 = 3.0, 1.5
L = W2 * math.log(W1)
#: y = w2 log w1 + sqrt(w2 log w1): each node, and its derivatives by w1 and w2.
STEPS = [
    ("log w1", math.log(W1), (1 / W1, 0.0)),
    ("w2 log w1", L, (W2 / W1, math.log(W1))),
    ("sqrt", math.sqrt(L), (0.5 / math.sqrt(L) * W2 / W1, 0.5 / math.sqrt(L) * math.log(W1))),
    ("y", L + math.sqrt(L),
     ((1 + 0.5 / math.sqrt(L)) * W2 / W1, (1 + 0.5 / math.sqrt(L)) * math.log(W1))),
]  # fmt: skip
dy = 1.0 + 0.5 / math.sqrt(L)
#: ∂y/∂node of each, last to first.
ADJOINTS = {"y": 1.0, "sqrt": 1.0, "w2 log w1": dy, "log w1": dy * W2}


@pytest.fixture
def steps():
    graph = Graph()
    w1, w2 = (graph.input((), value) for value in (W1, W2))
    logarithm = np.log(Tracer(graph, w1))
    product = Tracer(graph, w2) * logarithm
    root = np.sqrt(product)
    y = product + root
    names = [name for name, *_ in STEPS]
    nodes = [tracer.node for tracer in (logarithm, product, root, y)]
    return graph, (w1, w2), dict(zip(names, nodes, strict=True))


@pytest.mark.parametrize(("name", "value", "partials"), STEPS, ids=[s[0] for s in STEPS])
def test_forward_mode_node_by_node(steps, name, value, partials):
    graph, inputs, nodes = steps
    assert graph.value(nodes[name]) == pytest.approx(value, rel=1e-15)
    one = graph.constant(1.0)
    for seeds, partial in zip(([one, None], [None, one]), partials, strict=True):
        (tangent,) = pushforward(graph, inputs, [nodes[name]], seeds)
        found = 0.0 if tangent is None else graph.value(tangent)
        assert found == pytest.approx(partial, rel=1e-15)


@pytest.mark.parametrize("name", ADJOINTS)
def test_reverse_mode_node_by_node(steps, name):
    graph, inputs, nodes = steps
    (adjoint,) = pullback(graph, [nodes[name]], [nodes["y"]], [graph.constant(1.0)])
    assert graph.value(adjoint) == pytest.approx(ADJOINTS[name], rel=1e-15)
    found = pullback(graph, inputs, [nodes[name]], [graph.constant(1.0)])
    partials = next(partials for step, _, partials in STEPS if step == name)
    for node, partial in zip(found, partials, strict=True):
        assert (0.0 if node is None else graph.value(node)) == pytest.approx(partial, rel=1e-15)


def test_backpropagation_in_a_network():
    """δ₂ = 2(y - t)/b, δ₁ = (δ₂ W₂ᵀ) ∘ (1 - h²); ∂W = inputᵀ δ, ∂bias = the sum of δ."""
    batch, sizes = 7, (5, 6, 3)
    inputs, targets = rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[2]))
    weights = [(rng.normal(size=s), rng.normal(size=s[1])) for s in ((5, 6), (6, 3))]

    def loss(weights, inputs):
        (W1, c1), (W2, c2) = weights
        return np.sum((np.tanh(inputs @ W1 + c1) @ W2 + c2 - targets) ** 2) / len(inputs)

    (W1, c1), (W2, c2) = weights
    h = np.tanh(inputs @ W1 + c1)
    δ2 = 2.0 * (h @ W2 + c2 - targets) / batch
    δ1 = (δ2 @ W2.T) * (1.0 - h * h)
    value, found = record(loss, weights, inputs).value_and_grad(weights, inputs)
    same(value, loss(weights, inputs))
    same(found[0][0], inputs.T @ δ1)
    same(found[0][1], δ1.sum(axis=0))
    same(found[1][0], h.T @ δ2)
    same(found[1][1], δ2.sum(axis=0))


def product_in_a_loop(x):
    product = 1.0
    for value in x:
        product = product * value
    return product


@pytest.mark.parametrize("product", [product_in_a_loop, np.prod], ids=["loop", "np.prod"])
@pytest.mark.parametrize("zeros", [(), (1,), (0, 3), (0, 1, 2)], ids=lambda z: f"{len(z)} zeros")
def test_speelpenning(product, zeros):
    """∂(∏x)/∂xᵢ is the product of the others: with one zero one is left, with two none."""
    x = np.array([2.0, -3.0, 0.5, 4.0, 1.5])
    x[list(zeros)] = 0.0
    others = [math.prod(np.delete(x, i)) for i in range(5)]
    second = [[0.0 if i == j else math.prod(np.delete(x, [i, j])) for i in range(5)]
              for j in range(5)]  # fmt: skip
    tape = record(product, np.ones(5))
    assert tape(x) == math.prod(x)
    same(tape.grad(x), others)
    same(tape.hessian(x), second)


def test_helmholtz_energy():
    """Griewank & Walther's mixed fluid, against the complex step."""
    m = 6
    b = rng.uniform(0.01, 0.1, m)
    M = rng.normal(size=(m, m))
    M = M + M.T

    def energy(x):
        bx = np.sum(b * x)
        s = np.sqrt(2.0)
        return np.sum(x * np.log(x / (1.0 - bx))) - np.sum(x * (M @ x)) / (
            np.sqrt(8.0) * bx
        ) * np.log((1.0 + (1.0 + s) * bx) / (1.0 + (1.0 - s) * bx))

    x = rng.uniform(0.5, 1.5, m)
    tape, steps = record(energy, x), 1e-30j * np.eye(m)
    same(tape.grad(x), [energy(x + step).imag / 1e-30 for step in steps])
    h = 1e-6
    columns = [(tape.grad(x + h * e) - tape.grad(x - h * e)) / (2 * h) for e in np.eye(m)]
    np.testing.assert_allclose(tape.hessian(x), columns, rtol=1e-6, atol=1e-6)
