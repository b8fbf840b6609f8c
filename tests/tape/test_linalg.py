"""numpy.linalg on the tape: what is computed is what NumPy computes, and its derivatives are right.

Each case is tried on one matrix and on a stack of two. "Right" means: the values are NumPy's,
forward mode agrees with central differences, reverse mode is the transpose of forward mode, and
the derivative of the gradient, in both modes, agrees with differences of gradients.
"""

import contextlib
import warnings

import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_allclose

from fastls.tape import record
from fastls.tape.graph import Graph, needed
from fastls.tape.plan import make_program
from fastls.tape.refusals import TracingError
from fastls.tape.trace import Tracer, as_node
from fastls.tape.transforms import pullback, pushforward

rng = np.random.default_rng(20)


# Derivatives of a function of arrays, by the rules alone.


def listed(results):
    return list(results) if isinstance(results, (tuple, list)) else [results]


def traced(f, arrays):
    """The graph of f, its inputs and its outputs."""
    graph = Graph()
    inputs = [graph.input(np.shape(array), array) for array in arrays]
    results = listed(f(*[Tracer(graph, node) for node in inputs]))
    return graph, inputs, [as_node(graph, result) for result in results]


def values(graph, nodes, like):
    return [
        np.zeros(other.shape) if node is None else np.array(graph.value(node))
        for node, other in zip(nodes, like, strict=True)
    ]


def value(f, arrays):
    graph, _, outputs = traced(f, arrays)
    return values(graph, outputs, outputs)


def jvp(f, arrays, tangents):
    graph, inputs, outputs = traced(f, arrays)
    found = pushforward(graph, inputs, outputs, [graph.constant(t) for t in tangents])
    return values(graph, found, outputs)


def vjp(f, arrays, cotangents):
    graph, inputs, outputs = traced(f, arrays)
    found = pullback(graph, inputs, outputs, [graph.constant(c) for c in cotangents])
    return values(graph, found, inputs)


def gradient(f, cotangents):
    """The function that vjp evaluates, to be differentiated again."""

    def function(*xs):
        graph = xs[0].graph
        outputs = [as_node(graph, y) for y in listed(f(*xs))]
        found = pullback(
            graph, [x.node for x in xs], outputs, [graph.constant(c) for c in cotangents]
        )
        return [
            np.zeros(x.shape) if node is None else Tracer(graph, node)
            for x, node in zip(xs, found, strict=True)
        ]

    return function


def along(arrays, directions, step):
    return [array + step * d for array, d in zip(arrays, directions, strict=True)]


def normals(arrays):
    return [rng.normal(size=np.shape(array)) for array in arrays]


def inner(us, vs):
    return sum(np.sum(u * v) for u, v in zip(us, vs, strict=True))


# The cases: functions and the shapes of their arguments.


def symmetric(x):
    return x + np.swapaxes(x, -1, -2)


def positive(x):
    return x @ np.swapaxes(x, -1, -2) + np.eye(x.shape[-1])


SQUARE, TALL, WIDE = (3, 3), (4, 3), (3, 4)
CASES = {
    "inv": (la.inv, SQUARE),
    "det": (la.det, SQUARE),
    "slogdet": (la.slogdet, SQUARE),
    "log of det": (lambda a: np.log(la.det(positive(a))), SQUARE),
    "log of |det|": (lambda a: np.log(np.abs(la.det(a))), SQUARE),
    "solve": (la.solve, SQUARE, WIDE),
    "cholesky": (lambda a: la.cholesky(positive(a)), SQUARE),
    "cholesky, upper": (lambda a: la.cholesky(positive(a), upper=True), SQUARE),
    "eigh": (lambda a: la.eigh(symmetric(a)), SQUARE),
    "eigh of the upper triangle": (lambda a: la.eigh(symmetric(a), UPLO="U"), SQUARE),
    "eigvalsh": (lambda a: la.eigvalsh(symmetric(a)), SQUARE),
    "svd, square": (la.svd, SQUARE),
    "svd, tall": (lambda a: la.svd(a, full_matrices=False), TALL),
    "svd, wide": (lambda a: la.svd(a, full_matrices=False), WIDE),
    "svd, values only": (lambda a: la.svd(a, compute_uv=False), WIDE),
    "svdvals": (la.svdvals, TALL),
    "qr, square": (la.qr, SQUARE),
    "qr, tall": (la.qr, TALL),
    "qr, wide": (la.qr, WIDE),
    "qr, r only": (lambda a: la.qr(a, mode="r"), TALL),
    "pinv, tall": (la.pinv, TALL),
    "pinv, wide": (la.pinv, WIDE),
    "matrix_norm": (la.matrix_norm, WIDE),
    "vector_norm": (lambda a: la.vector_norm(a, axis=-1, ord=3, keepdims=True), WIDE),
    "trace": (la.trace, SQUARE),
    "trace, offset": (lambda a: la.trace(a, offset=1), SQUARE),
    "diagonal": (lambda a: la.diagonal(a, offset=-1), SQUARE),
    "matrix_transpose": (la.matrix_transpose, WIDE),
    "np.matrix_transpose": (np.matrix_transpose, WIDE),
    "matmul": (la.matmul, TALL, WIDE),
    "vecdot": (la.vecdot, WIDE, WIDE),
    **{
        f"matrix_power({n})": (lambda a, n=n: la.matrix_power(a, n), SQUARE)
        for n in (-2, -1, 0, 1, 2, 3, 6)
    },
    **{
        f"cond({p})": (lambda a, p=p: la.cond(a, p), SQUARE)
        for p in (None, 2, -2, 1, np.inf, "fro")
    },
    **{
        f"norm({ord}) of matrices, axis={axis}, {keepdims=}": (
            lambda a, ord=ord, axis=axis, keepdims=keepdims: la.norm(
                a, ord, axis=axis, keepdims=keepdims
            ),
            WIDE,
        )
        for ord in (None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)
        for axis, keepdims in (((-2, -1), False), ((-1, -2), True))
    },
    **{
        f"norm({ord}) of vectors, {keepdims=}": (
            lambda a, ord=ord, keepdims=keepdims: la.norm(a, ord, axis=-1, keepdims=keepdims),
            WIDE,
        )
        for ord in (None, 2, 1, 0, 3, 2.5, 0.5, -1, -2.5, np.inf, -np.inf)
        for keepdims in (False, True)
    },
}
SINGLE_CASES = {
    "solve, vector": (la.solve, SQUARE, (3,)),
    "solve, one matrix for a stack of right sides": (la.solve, SQUARE, (2, 3, 2)),
    "solve, a stack of matrices for one right side": (la.solve, (2, 3, 3), (3, 2)),
    "solve, a stack of matrices for one vector": (la.solve, (2, 3, 3), (3,)),
    "lstsq, vector": (lambda a, b: la.lstsq(a, b, rcond=None)[0], (5, 3), (5,)),
    "lstsq, all results": (lambda a, b: la.lstsq(a, b, rcond=None), (5, 3), (5, 2)),
    "lstsq, wide": (lambda a, b: la.lstsq(a, b, rcond=None)[0], (3, 5), (3,)),
    "multi_dot": (lambda *a: la.multi_dot(a), (3, 4), (4, 2), (2, 5), (5, 3)),
    "multi_dot, between vectors": (lambda *a: la.multi_dot(a), (4,), (4, 2), (2, 5), (5,)),
    "multi_dot, row": (lambda *a: la.multi_dot(a), (4,), (4, 2), (2, 5)),
    "multi_dot, column": (lambda *a: la.multi_dot(a), (4, 2), (2, 5), (5,)),
    "norm of all": (la.norm, (2, 4, 3)),
    "norm of all, keepdims": (lambda a: la.norm(a, keepdims=True), (2, 4, 3)),
    "norm(3) of a vector": (lambda a: la.norm(a, 3), (4,)),
    "norm(2) of a matrix": (lambda a: la.norm(a, 2), TALL),
    "norm('nuc') of distant axes": (lambda a: la.norm(a, "nuc", axis=(0, 2)), (2, 4, 3)),
    "norm(1) of reversed axes": (
        lambda a: la.norm(a, 1, axis=(2, 0), keepdims=True),
        (2, 4, 3),
    ),
    "vector_norm of all": (la.vector_norm, (2, 4, 3)),
    "vector_norm over two axes": (lambda a: la.vector_norm(a, axis=(0, 2), ord=1), (2, 4, 3)),
    "outer": (la.outer, (3,), (2,)),
    "tensordot": (lambda a, b: la.tensordot(a, b, axes=1), (3, 2), (2, 4)),
    "tensorinv": (la.tensorinv, (2, 3, 6)),
    "tensorsolve": (la.tensorsolve, (2, 3, 6), (2, 3)),
    "tensorsolve, axes": (lambda a, b: la.tensorsolve(a, b, axes=(1,)), (3, 6, 2), (3, 2)),
}
ALL = [pytest.param(f, shapes, id=name) for name, (f, *shapes) in SINGLE_CASES.items()]
for name, (f, *shapes) in CASES.items():
    ALL.append(pytest.param(f, shapes, id=f"{name}, one"))
    ALL.append(pytest.param(f, [(2, *shape) for shape in shapes], id=f"{name}, stacked"))

every_function = pytest.mark.parametrize(("f", "shapes"), ALL)


@pytest.fixture
def arrays(shapes):
    generator = np.random.default_rng(sum(map(len, shapes)) + 3)
    return [generator.normal(size=shape) for shape in shapes]


@every_function
def test_values_are_those_of_numpy(f, shapes, arrays):
    for ours, theirs in zip(value(f, arrays), listed(f(*arrays)), strict=True):
        assert ours.shape == np.shape(theirs)
        assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@every_function
def test_tangents_are_those_of_central_differences(f, shapes, arrays):
    directions, h = normals(arrays), 1e-6
    after, before = (listed(f(*along(arrays, directions, step))) for step in (h, -h))
    for tangent, y1, y0 in zip(jvp(f, arrays, directions), after, before, strict=True):
        assert_allclose(tangent, (np.asarray(y1) - y0) / (2 * h), rtol=1e-6, atol=1e-6)


@every_function
def test_reverse_mode_is_the_transpose_of_forward_mode(f, shapes, arrays):
    directions, cotangents = normals(arrays), normals(value(f, arrays))
    tangents, gradients = jvp(f, arrays, directions), vjp(f, arrays, cotangents)
    assert [g.shape for g in gradients] == [a.shape for a in arrays]
    assert_allclose(
        inner(cotangents, tangents), inner(gradients, directions), rtol=1e-9, atol=1e-10
    )


@every_function
def test_second_derivatives_are_those_of_differences_of_gradients(f, shapes, arrays):
    directions, cotangents, h = normals(arrays), normals(value(f, arrays)), 1e-6
    after, before = (vjp(f, along(arrays, directions, step), cotangents) for step in (h, -h))
    of_gradient = gradient(f, cotangents)
    forward = jvp(of_gradient, arrays, directions)
    reverse = vjp(of_gradient, arrays, directions)  # the Hessian is symmetric
    for found, other, g1, g0 in zip(forward, reverse, after, before, strict=True):
        assert_allclose(found, (g1 - g0) / (2 * h), rtol=1e-5, atol=1e-5)
        assert_allclose(found, other, rtol=1e-7, atol=1e-8)


AUTOGRAD = {
    "inv": SQUARE,
    "det": SQUARE,
    "solve": [SQUARE, (3, 2)],
    "pinv": TALL,
    "norm": WIDE,
}


@pytest.mark.parametrize("name", AUTOGRAD)
def test_gradients_are_those_of_autograd(name):
    autograd = pytest.importorskip("autograd")
    theirs = pytest.importorskip("autograd.numpy.linalg")
    shapes = AUTOGRAD[name] if isinstance(AUTOGRAD[name], list) else [AUTOGRAD[name]]
    arrays = normals([np.empty(shape) for shape in shapes])
    (cotangent,) = normals(value(getattr(la, name), arrays))
    ours = vjp(getattr(la, name), arrays, [cotangent])
    expected = autograd.grad(
        lambda xs: autograd.numpy.sum(cotangent * getattr(theirs, name)(*xs)), 0
    )(arrays)
    for found, other in zip(ours, expected, strict=True):
        assert_allclose(found, other, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", ["cholesky", "eigh"])
def test_the_gradient_by_a_symmetric_matrix_is_symmetric_as_that_of_autograd(name):
    autograd = pytest.importorskip("autograd")
    theirs = getattr(pytest.importorskip("autograd.numpy.linalg"), name)
    a = positive(rng.normal(size=SQUARE))
    cotangents = normals(value(getattr(la, name), [a]))
    (ours,) = vjp(getattr(la, name), [a], cotangents)
    expected = autograd.grad(
        lambda x: sum(
            autograd.numpy.sum(c * y)
            for c, y in zip(cotangents, theirs(x) if name == "eigh" else [theirs(x)], strict=True)
        )
    )(a)
    assert_allclose(ours, ours.T, atol=1e-13)
    assert_allclose(ours, (expected + expected.T) / 2, rtol=1e-9, atol=1e-11)


FORMS = {
    "slogdet": lambda s, x: np.sum(s * x) - la.slogdet(x)[1],
    "log of det": lambda s, x: np.sum(s * x) - np.log(la.det(x)),
}


class TestTheGradientOfTheGaussianLikelihood:
    """<S, X> - log det X has the gradient S - X⁻ᵀ, and its graph is no more than that."""

    @pytest.mark.parametrize("f", FORMS.values(), ids=FORMS)
    def test_its_value(self, f):
        s, x = rng.normal(size=SQUARE), positive(rng.normal(size=SQUARE))
        assert_allclose(vjp(f, [s, x], [np.ones(())])[1], s - la.inv(x).T)

    @pytest.mark.parametrize("f", FORMS.values(), ids=FORMS)
    def test_its_graph(self, f):
        graph, inputs, outputs = traced(f, [np.eye(3), np.eye(3)])
        found = pullback(graph, inputs, outputs, [graph.constant(1.0)])[1]
        used = sorted(node.primitive.name for node in needed([found]) if node.primitive)
        assert used == ["inv", "subtract", "transpose"]

    def test_log_of_det_does_not_overflow(self):
        x = 1e200 * np.eye(3)
        assert_allclose(value(lambda x: np.log(la.det(x)), [x])[0], 600 * np.log(10.0))

    def test_log_of_a_negative_determinant_is_nan(self):
        assert np.isnan(value(lambda x: np.log(la.det(x)), [np.diag([1.0, -1.0])])[0])


def test_the_inverse_of_a_transpose_is_computed_once():
    _, _, outputs = traced(lambda x: la.inv(x.T) + la.inv(x), [np.eye(3)])
    assert [n.primitive.name for n in needed(outputs) if n.primitive].count("inv") == 1


# Where there is no derivative.


def test_the_rank_is_a_guarded_constant():
    graph = Graph()
    node = graph.input((3, 3), np.diag([1.0, 2.0, 0.0]))
    rank = la.matrix_rank(Tracer(graph, node))
    assert rank == 2
    assert range(rank) == range(2)
    assert [n.primitive.name for n, _ in graph.guards] == ["matrix_rank"]


class TestRefusals:
    def test_full_matrices_of_a_matrix_that_is_not_square(self):
        with pytest.raises(TracingError, match="full_matrices=False"):
            traced(la.svd, [np.ones(TALL)])

    @pytest.mark.parametrize("mode", ["complete", "raw"])
    def test_modes_of_qr(self, mode):
        with pytest.raises(TracingError, match='mode="reduced"'):
            traced(lambda x: la.qr(x, mode=mode), [np.ones(TALL)])

    @pytest.mark.parametrize("f", [la.inv, la.det, la.eigh, la.cholesky, la.slogdet])
    def test_a_matrix_that_is_not_square(self, f):
        with pytest.raises(la.LinAlgError, match="square"):
            traced(f, [np.ones(TALL)])

    def test_general_eigenvalues(self):
        with pytest.raises(TracingError, match="eig"):
            traced(la.eig, [np.eye(3)])


# What is returned, and replay.


@pytest.mark.parametrize(
    ("f", "fields"),
    [
        (la.slogdet, ("sign", "logabsdet")),
        (la.eigh, ("eigenvalues", "eigenvectors")),
        (la.svd, ("U", "S", "Vh")),
        (la.qr, ("Q", "R")),
    ],
)
def test_results_have_the_names_that_numpy_gives_them(f, fields):
    found = []
    traced(lambda x: found.append(f(x)) or x, [np.eye(3)])
    assert all(isinstance(getattr(found[0], field), Tracer) for field in fields)


@every_function
def test_replay_computes_what_the_rules_say(f, shapes, arrays):
    cotangents = normals(value(f, arrays))
    graph, inputs, outputs = traced(f, arrays)
    found = pullback(graph, inputs, outputs, [graph.constant(c) for c in cotangents])
    outputs = [*outputs, *(node for node in found if node is not None)]
    expected = values(graph, outputs, outputs)
    elsewhere = [np.ones_like(array) for array in arrays]
    program = make_program(graph, inputs, outputs, ())
    with np.errstate(all="ignore"), contextlib.suppress(la.LinAlgError):
        program(elsewhere)  # nothing of it is left over
    for ours, theirs in zip(program(arrays), expected, strict=True):
        assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["inv", "eigh", "svd", "qr"])
def test_replay_gives_what_numpy_gives(name):
    f = getattr(la, name)
    tape = record(f, np.eye(3))
    x = positive(rng.normal(size=SQUARE))
    for ours, theirs in zip(listed(tape(x)), listed(f(x)), strict=True):
        assert_allclose(ours, theirs)


def test_replay_of_a_gradient():
    x = positive(rng.normal(size=SQUARE))
    tape = record(lambda x: la.slogdet(x)[1] + la.det(x), np.eye(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_allclose(tape.grad(x), (1 + la.det(x)) * la.inv(x).T)


def test_a_decomposition_is_computed_once():
    """Values, vectors and derivatives share it."""
    f = gradient(lambda x: la.eigh(x), [np.ones(3), np.ones((3, 3))])
    _, _, outputs = traced(f, [np.diag([1.0, 2.0, 3.0])])
    assert [n.primitive.name for n in needed(outputs) if n.primitive].count("eigh") == 1


@pytest.mark.parametrize(
    "f", [lambda x: la.multi_dot([x, x], out=np.eye(3)), lambda x: la.pinv(x, hermitian=True)],
    ids=["multi_dot", "pinv"],
)  # fmt: skip
def test_options_that_are_not_recorded_are_refused(f):
    with pytest.raises(TracingError, match=r"out=|hermitian=True"):
        record(f, np.eye(3))


def test_the_logarithm_of_a_singular_determinant_has_no_derivative():
    tape = record(lambda x: la.slogdet(x)[1], np.eye(2))
    assert tape(np.ones((2, 2))) == -np.inf
    with pytest.raises(la.LinAlgError, match="Singular"):
        tape.grad(np.ones((2, 2)))
    np.testing.assert_allclose(tape.grad(2.0 * np.eye(2)), 0.5 * np.eye(2))
