"""Random programs: what a tape says of them, NumPy, autograd and differences say too."""

import ctypes
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import autograd
import autograd.numpy
import numpy as np
import pytest

import fastls
from fastls.tape.refusals import TracingError
from tests.tape.random_programs import Program, write

VECTOR = ctypes.POINTER(ctypes.c_double)
KIND = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_uint, VECTOR, VECTOR, ctypes.c_void_p)


class Refused(Exception):
    """A program does what cannot be recorded."""


class Picklable:
    """A function of a program, made anew from its text."""

    def __init__(self, program: Program, name: str):
        self.program, self.name = program, name

    def __call__(self, *arguments):
        return self.program.run(np)[self.name](*arguments)


def leaves(value):
    """All entries of nested arrays, in one vector."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.concatenate([leaves(part) for part in value]) if value else np.zeros(0)
    return np.ravel(np.asarray(value, dtype=float))


def shapes(value):
    if isinstance(value, dict):
        return {key: shapes(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(shapes(part) for part in value)
    return np.shape(value)


def like(value, flat):
    """The entries of a vector in the structure of a value."""

    def fill(part):
        nonlocal flat
        if isinstance(part, dict):
            return {key: fill(item) for key, item in part.items()}
        if isinstance(part, (list, tuple)):
            return type(part)(fill(item) for item in part)
        size = int(np.size(part))
        head, flat = flat[:size], flat[size:]
        return head.reshape(np.shape(part)) if np.ndim(part) else float(head[0])

    return fill(value)


class Subject:
    """A program, its tapes, and vectors to multiply with."""

    def __init__(self, program):
        self.program = program
        names = program.run(np)
        self.outputs, self.scalar = names["outputs"], names["scalar"]
        self.points = program.points
        start = program.arguments(self.points[0])
        try:
            self.many = fastls.record(self.outputs, *start, argnums=program.argnums)
            self.one = fastls.record(self.scalar, *start, argnums=program.argnums)
        except (TracingError, NotImplementedError) as error:
            raise Refused(str(error).replace("\n", " ")[:200]) from None
        random = np.random.default_rng(program.seed)
        self.v, self.w = random.normal(size=(2, program.size))
        self.u = random.normal(size=leaves(self.outputs(*start)).size)

    def at(self, point):
        return self.program.arguments(point)

    def direction(self, v):
        """A vector in the structure of what is differentiated."""
        arguments = self.at(v)
        return arguments if isinstance(self.program.argnums, tuple) else arguments[0]

    def by_autograd(self, function):
        """A function of a vector, for autograd."""
        traced = self.program.run(autograd.numpy)[function]
        return lambda z: traced(*self.program.arguments(z))

    def slope_of(self, function, point, v):
        """The derivative of function along v, by central differences that agree; else None."""

        def difference(h):
            return (function(point + h * v) - function(point - h * v)) / (2.0 * h)

        try:
            a, b, c = (difference(h) for h in (4e-4, 2e-4, 1e-4))
        except np.linalg.LinAlgError:
            return None
        if np.shape(a) != np.shape(b) or np.shape(b) != np.shape(c):
            return None
        fine, coarse = (4.0 * c - b) / 3.0, (4.0 * b - a) / 3.0
        scale = 1.0 + np.max(np.abs(fine), initial=0.0)
        return fine if np.all(np.abs(fine - coarse) < 1e-7 * scale) else None


def close(found, wanted, tolerance=1e-9):
    found, wanted = leaves(found), leaves(wanted)
    assert found.shape == wanted.shape
    finite = np.isfinite(wanted)
    if not finite.all():
        return 0
    scale = 1.0 + np.max(np.abs(wanted), initial=0.0)
    np.testing.assert_allclose(found, wanted, rtol=0.0, atol=tolerance * scale)
    return 1


def check_values(s):
    for point in [*s.points, s.points[0]]:
        wanted = s.outputs(*s.at(point))
        if not np.isfinite(leaves(wanted)).all():
            continue
        found = s.many(*s.at(point))
        assert shapes(found) == shapes(wanted)
        close(found, wanted)
        close(s.one(*s.at(point)), s.scalar(*s.at(point)))
    return 2 * len(s.points)


def check_autograd(s):
    """The gradient, a cotangent and a product with the Hessian; where autograd can."""
    count = 0
    f = s.by_autograd("scalar")
    gradient = autograd.grad(f)
    for point in s.points:
        try:
            wanted = np.asarray(gradient(point), dtype=float)
        except Exception:  # it has no rule, or none that is right
            return count
        count += close_unless_doubtful(s, s.one.grad(*s.at(point)), wanted, point)
        value, found = s.one.value_and_grad(*s.at(point))
        close(value, s.scalar(*s.at(point)))
        count += close_unless_doubtful(s, found, wanted, point)
        try:
            wanted = autograd.grad(lambda z: autograd.numpy.dot(gradient(z), s.v))(point)
            wanted = np.asarray(wanted, dtype=float)
        except Exception:
            continue
        found = s.one.hvp(*s.at(point), s.direction(s.v))
        try:
            count += close(found, wanted, 1e-8)
        except AssertionError:
            gradients = s.slope_of(lambda z: leaves(s.one.grad(*s.at(z))), point, s.v)
            if gradients is None or not np.allclose(leaves(found), gradients, atol=1e-5, rtol=1e-5):
                raise
    return count


def close_unless_doubtful(s, found, wanted, point):
    try:
        return close(found, wanted)
    except AssertionError:
        # Differences say who is right.
        slope = s.slope_of(lambda z: s.scalar(*s.at(z)), point, s.v)
        if slope is None or abs(leaves(found) @ s.v - slope) > 1e-6 * (1.0 + abs(slope)):
            raise
        return 0


def check_differences(s):
    """Tangents of all outputs, and products with the Hessian."""
    count = 0
    for point in s.points:
        slope = s.slope_of(lambda z: leaves(s.outputs(*s.at(z))), point, s.v)
        if slope is not None:
            tangent = leaves(s.many.jvp(*s.at(point), s.direction(s.v))[1])
            count += close(np.where(np.isfinite(tangent), tangent, slope), slope, 1e-6)
        slope = s.slope_of(lambda z: leaves(s.one.grad(*s.at(z))), point, s.v)
        if slope is not None:
            product = leaves(s.one.hvp(*s.at(point), s.direction(s.v)))
            count += close(np.where(np.isfinite(product), product, slope), slope, 1e-6)
    return count


def check_adjoints(s):
    """⟨u, J v⟩ = ⟨Jᵀu, v⟩, and all ways to second derivatives."""
    count = 0
    for point in s.points:
        args = s.at(point)
        v, w = s.direction(s.v), s.direction(s.w)
        value, tangent = s.many.jvp(*args, v)
        if leaves(value).size != s.u.size:
            continue
        u = like(value, s.u)
        again, cotangent = s.many.vjp(*args, u)
        close(again, value)
        a, b = leaves(cotangent) @ s.v, leaves(tangent) @ s.u
        scale = np.sum(np.abs(leaves(cotangent) * s.v)) + 1.0
        if np.isfinite(a) and np.isfinite(b):
            count += 1
            assert abs(a - b) <= 1e-10 * scale, (a, b)
        else:
            assert not np.isfinite(a) or not np.isfinite(scale + b), (a, b)
        count += close(s.many.differential(*args, v), tangent)
        hv = leaves(s.one.hvp(*args, v))
        hw = leaves(s.one.hvp(*args, w))
        second = s.one.second_differential(*args, v, w)
        if np.isfinite(hv).all() and np.isfinite(hw).all():
            scale = 1.0 + np.max(np.abs(hv)) + np.max(np.abs(hw))
            assert abs(hv @ s.w - hw @ s.v) <= 1e-8 * scale, "the Hessian is not symmetric"
            assert abs(second - hv @ s.w) <= 1e-8 * scale, ("second differential", second, hv @ s.w)
            count += 2
    return count


def check_matrices(s):
    """Jacobians by columns and by rows, and Hessians."""
    if s.program.argnums != 0 or len(s.program.shapes) > 1:
        return 0
    x = s.at(s.points[0])[0]
    count, hv = 0, leaves(s.one.hvp(x, s.v.reshape(np.shape(x))))
    hessian = np.reshape(s.one.hessian(x), (np.size(x), np.size(x)))
    if np.isfinite(hessian).all():
        count += close(hessian @ s.v, hv, 1e-8)
    single = fastls.record(lambda *a: flattened(s.outputs(*a)), x)
    forward, reverse = (single.jacobian(x, mode=m) for m in ("forward", "reverse"))
    _, tangent = s.many.jvp(x, s.v.reshape(np.shape(x)))
    count += close(forward, reverse)
    return count + close(np.reshape(forward, (s.u.size, -1)) @ s.v, tangent)


def flattened(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.concatenate([flattened(part) for part in value])
    return np.reshape(value, (-1,))


def check_rays(s):
    count = 0
    point, d = s.points[0], s.v
    ray = s.one.along(*s.at(point), s.direction(d))
    rng = np.random.default_rng(s.program.seed)
    for _ in range(2):
        for alpha in (0.0, 0.01, 0.5, -0.3):
            z = point + alpha * d
            try:
                s.scalar(*s.at(z))
            except Exception:
                return count
            wanted, gradient = s.one.value_and_grad(*s.at(z))
            if not np.isfinite(wanted) or abs(wanted) > 1e5:
                continue
            value, slope = ray(alpha)
            count += close(value, wanted, 1e-8) + close(ray.value(alpha), wanted, 1e-8)
            gradient = leaves(gradient)
            if not np.isfinite(gradient).all() or np.max(np.abs(gradient)) > 1e5:
                continue
            scale = 1.0 + np.sum(np.abs(gradient * d))
            assert abs(slope - gradient @ d) < 1e-7 * scale, ("slope", alpha, slope, gradient @ d)
            count += 1 + close(ray.gradient(alpha), gradient, 1e-7)
        if rng.random() < 0.5:
            point = point + 0.1 * d
            ray.move(0.1)
        if rng.random() < 0.7:
            d = rng.normal(size=d.size)
            ray.turn(s.direction(d))
    return count


def check_lowlevel(s):
    low = s.one.lowlevel()
    function = KIND(low.address)
    count = 0
    for point in s.points:
        value, gradient = s.one.value_and_grad(*s.at(point))
        x, g = np.array(point), np.empty(point.size)
        found = function(x.size, x.ctypes.data_as(VECTOR), g.ctypes.data_as(VECTOR), low.data)
        count += close(found, value) + close(g, gradient)
        count += close(function(x.size, x.ctypes.data_as(VECTOR), None, low.data), value)
    return count


def check_pickles(s):
    tape = fastls.record(
        Picklable(s.program, "scalar"), *s.at(s.points[0]), argnums=s.program.argnums
    )
    copy = pickle.loads(pickle.dumps(tape))
    for point in s.points:
        found, wanted = copy.grad(*s.at(point)), s.one.grad(*s.at(point))
        np.testing.assert_array_equal(leaves(found), leaves(wanted))
    return len(s.points)


def check_threads(s):
    points = s.points * 4
    calls = (
        lambda z: leaves(s.one.value_and_grad(*s.at(z))),
        lambda z: leaves(s.many(*s.at(z))),
    )
    for call in calls:
        wanted = [call(z) for z in points]
        with ThreadPoolExecutor(8) as pool:
            for found, expected in zip(pool.map(call, points), wanted, strict=True):
                np.testing.assert_array_equal(found, expected)
    return 2 * len(points)


def check_formulas(s):
    count = 0
    whats = [(s.one, "value"), (s.one, "gradient"), (s.one, "differential"), (s.many, "value")]
    for tape, what in whats:
        for style in ("text", "latex"):
            try:
                assert isinstance(tape.formula(what, style), str)
                count += 1
            except ValueError as error:
                if "is not written out" not in str(error):
                    raise
    s.one.to_dot()
    return count


def check_memory(s):
    """Answers do not change when others are asked for; layouts of inputs do not matter."""
    point, other = s.points[0], s.points[2]
    kept = s.many(*s.at(point)), s.one.grad(*s.at(point))
    copies = leaves(kept).copy()
    s.many(*s.at(other)), s.one.grad(*s.at(other))
    np.testing.assert_array_equal(leaves(kept), copies)

    def strided(x):
        if np.ndim(x) == 0:
            return x
        wide = np.full((*np.shape(x)[:-1], 2 * np.shape(x)[-1]), np.nan)
        wide[..., ::2] = x
        return np.asfortranarray(wide)[..., ::2]

    arrays = [strided(x) for x in s.program.arrays(point)]
    args = tuple(arrays)
    if "def outputs(p)" in s.program.source:
        args = ({"a": arrays[0], "b": tuple(arrays[1:])},)
    np.testing.assert_array_equal(leaves((s.many(*args), s.one.grad(*args))), copies)
    return 2


def check_inside(s):
    """Derivatives inside of a recorded function."""
    one = s.one

    def gradient_norm(*args):
        return sum(np.sum(np.square(g)) for g in nodes_of(one.grad(*args)))

    def nodes_of(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            return [leaf for part in value for leaf in nodes_of(part)]
        return [value]

    args = s.at(s.points[0])
    gradient = leaves(s.one.grad(*args))
    if not np.isfinite(gradient).all() or np.max(np.abs(gradient)) > 1e4:
        return 0
    tape = fastls.record(gradient_norm, *args, argnums=s.program.argnums)
    close(tape(*args), gradient @ gradient)
    found = leaves(tape.grad(*args))
    wanted = 2.0 * leaves(s.one.hvp(*args, s.direction(gradient)))
    return 1 + close(found, wanted, 1e-8)


CHECKS = {
    "values": check_values,
    "autograd": check_autograd,
    "differences": check_differences,
    "adjoints": check_adjoints,
    "rays": check_rays,
    "lowlevel": check_lowlevel,
    "pickles": check_pickles,
    "threads": check_threads,
    "formulas": check_formulas,
    "memory": check_memory,
    "inside": check_inside,
    "matrices": check_matrices,
}
#: How often the dearer ones are made: of every n-th program.
EVERY = {
    "differences": 2, "lowlevel": 4, "memory": 4, "rays": 4, "adjoints": 4, "pickles": 8,
    "threads": 8, "formulas": 8, "inside": 8, "matrices": 8,
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_random_programs_agree(check):
    """Of the many that `random_programs` runs, some."""
    count = 0
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(30) if check in ("values", "autograd") else range(30, 38):
            try:
                subject = Subject(write(seed))
            except Refused:
                continue
            count += CHECKS[check](subject)
    assert count > 0
