"""fastls.tape.functions.elementwise: calls, values and derivatives, against NumPy."""

import numpy as np
import pytest

from fastls.tape import record

IDS = np.array([2, 0, 3, 0])

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.angle(x)", ((3, 4),), ((),)),
    ("np.angle(x, deg=True)", ((6,),)),
    ('x.flatten("C")', ((3, 4),)),
    ('x.flatten("F")', ((3, 4),)),
    ("x.T", ((2, 3, 4),)),
    ("x.mT", ((2, 3, 4),), ((6,),)),
    ("np.matrix_transpose(x)", ((2, 3, 4),)),
    ("np.broadcast_shapes(x.shape, (1, 6))", ((6,),)),
    ("np.row_stack([x, y])", ((6,), (6,))),
    ("np.choose([0, 1, 0, 1, 1, 0], [x, y])", ((6,), (6,))),
    ('np.choose([0, 2, 0, 1, 1, 0], [x, y], mode="clip")', ((6,), (6,))),
    ("np.choose(x > 0, [x, y])", ((6,), (6,))),
    ("np.choose([[1], [0]], [x, y])", ((6,), (6,))),
    ("np.choose(1, (x, y))", ((6,), (6,))),
    ("np.choose([0, 2], [x[:2], y[:2]])", ((6,), (6,))),
    ("np.where(x > 0)", ((3, 4),)),
    ("np.where(x > 0, x, 0)", ((3, 4),)),
    ("np.where(x > 0, 1, 0)", ((3, 4),)),
    ("np.where([True] * 4, x, y[:3, None])", ((3, 4), (6,))),
    ("np.where(x, x, 1.0)", ((3, 4),)),
    ("np.where(x > 0, [1, 2, 3, 4], x)", ((3, 4),)),
    ("np.select([x > 0, x > -1], [x, 2 * x], default=7)", ((6,),)),
    ("np.select([x > 0], [x, x])", ((6,),)),
    ("np.select([], [])", ((6,),)),
    ("np.select([x > 0, [True] * 6], [1.0, x])", ((6,),)),
    ("np.select([x > 0], [1.0], x)", ((6,),)),
    ("np.clip(x, -0.5, 0.5)", ((3, 4),)),
    ("x.clip(-0.5, 0.5)", ((3, 4),)),
    ("np.clip(x, None, 0.5)", ((3, 4),)),
    ("x.clip(None, 0.5)", ((3, 4),)),
    ("np.clip(x, -0.5, None)", ((3, 4),)),
    ("x.clip(-0.5, None)", ((3, 4),)),
    ("np.clip(x, min=-0.5)", ((3, 4),)),
    ("x.clip(min=-0.5)", ((3, 4),)),
    ("np.clip(x, max=0.5)", ((3, 4),)),
    ("x.clip(max=0.5)", ((3, 4),)),
    ("np.clip(x, min=-0.5, max=0.5)", ((3, 4),)),
    ("x.clip(min=-0.5, max=0.5)", ((3, 4),)),
    ("np.clip(x, None, None)", ((3, 4),)),
    ("x.clip(None, None)", ((3, 4),)),
    ("np.clip(x, a_min=-0.5, a_max=0.5)", ((3, 4),)),
    ("np.clip(x, [-1, -0.5, 0, 0.5], 1)", ((3, 4),)),
    ("x.clip([-1, -0.5, 0, 0.5], 1)", ((3, 4),)),
    ("np.clip(x, 0.5, -0.5)", ((3, 4),)),
    ("x.clip(0.5, -0.5)", ((3, 4),)),
    ("np.clip(x)", ((3, 4),)),
    ("x.clip()", ((3, 4),)),
    ("np.clip(0.3, x, x + 1)", ((6,),)),
    ("np.clip(x, y, None)", ((6,), (6,))),
    ("np.clip(x > 0, 0, 1)", ((6,),)),
    ("np.clip(x, 0, 1, min=0)", ((6,),)),
    ("np.round(x)", ((3, 4),)),
    ("np.around(x)", ((3, 4),)),
    ("x.round()", ((3, 4),)),
    ("np.round(x, 1)", ((3, 4),)),
    ("np.around(x, 1)", ((3, 4),)),
    ("x.round(1)", ((3, 4),)),
    ("np.round(x, 2)", ((3, 4),)),
    ("np.around(x, 2)", ((3, 4),)),
    ("x.round(2)", ((3, 4),)),
    ("np.round(x, -1)", ((3, 4),)),
    ("np.around(x, -1)", ((3, 4),)),
    ("x.round(-1)", ((3, 4),)),
    ("np.round(x, decimals=0)", ((3, 4),)),
    ("np.around(x, decimals=0)", ((3, 4),)),
    ("x.round(decimals=0)", ((3, 4),)),
    ("np.nan_to_num(np.where(x > 0.5, np.nan, np.where(x < -0.5, np.inf, x)))", ((3, 4),)),
    ("np.nan_to_num(np.where(x > 0.5, np.nan, np.where(x < -0.5, np.inf, x)), nan=1.0)", ((3, 4),)),
    (
        "np.nan_to_num(np.where(x > 0.5, np.nan, np.where(x < -0.5, np.inf, x)), copy=False)",
        ((3, 4),),
    ),
    (
        "np.nan_to_num(np.where(x > 0.5, np.nan, np.where(x < -0.5, np.inf, x)), True, 1.0)",
        ((3, 4),),
    ),
    (
        "np.nan_to_num(np.where(x > 0.5, np.nan, np.where(x < -0.5, np.inf, "
        "x)), posinf=3.0, neginf=-3.0)",
        ((3, 4),),
    ),
    ("np.nan_to_num(x)", ((),)),
    ("np.fix(x)", ((6,),), ((),)),
    ("np.trunc(x)", ((6,),), ((),)),
    ("np.floor(x)", ((6,),), ((),)),
    ("np.ceil(x)", ((6,),), ((),)),
    ("np.rint(x)", ((6,),), ((),)),
    ("np.sign(x)", ((6,),), ((),)),
    ("np.signbit(x)", ((6,),), ((),)),
    ("np.isnan(x)", ((6,),), ((),)),
    ("np.isinf(x)", ((6,),), ((),)),
    ("np.isfinite(x)", ((6,),), ((),)),
    ("np.isreal(x)", ((3, 4),), ((),)),
    ("np.iscomplex(x)", ((3, 4),), ((),)),
    ("np.isposinf(x)", ((3, 4),), ((),)),
    ("np.isneginf(x)", ((3, 4),), ((),)),
    ("np.conj(x)", ((3, 4),), ((),)),
    ("np.conjugate(x)", ((3, 4),), ((),)),
    ("np.absolute(x)", ((3, 4),), ((),)),
    ("np.positive(x)", ((3, 4),), ((),)),
    ("np.degrees(x)", ((3, 4),), ((),)),
    ("np.fabs(x)", ((3, 4),), ((),)),
    ("np.sinc(x)", ((3, 4),), ((),)),
    ("np.i0(x)", ((3, 4),), ((),)),
    ("np.copysign(x, y)", ((6,), (6,))),
    ("np.modf(x)", ((6,),)),
    ("np.divmod(x, 0.3)", ((6,),)),
    ("np.heaviside(x, 0.5)", ((6,),)),
    ("np.heaviside(x, y)", ((6,), (6,))),
    ("np.gcd(x, 2)", ((6,),)),
    ("np.float_power(x ** 2, y)", ((6,), (6,))),
    ("np.isclose(x, y)", ((6,), (6,))),
    ("np.allclose(x, x + 1e-09)", ((6,),)),
    ("np.array_equal(x, y)", ((6,), (6,))),
    ("np.array_equiv(x, x)", ((6,),)),
    ("np.isclose(x, 1.0, equal_nan=True)", ((6,),)),
    ("x @ y", ((3, 4), (4,))),
    ("np.exp(x, dtype=float)", ((6,),)),
    ("np.add(x, 1.0, dtype=float)", ((6,),)),
    ("np.exp(x, where=True)", ((6,),)),
    ("np.add(x, 1.0, where=True)", ((6,),)),
    ('np.exp(x, casting="same_kind")', ((6,),)),
    ('np.add(x, 1.0, casting="same_kind")', ((6,),)),
    ('np.exp(x, order="C")', ((6,),)),
    ('np.add(x, 1.0, order="C")', ((6,),)),
    ("np.fft.fftshift(x)", ((3, 4),)),
    ("np.fft.ifftshift(x)", ((3, 4),)),
    ("sum(x)", ((6,),)),
    ("max(x)", ((6,),)),
    ("abs(x)", ((6,),)),
    ("pow(x, 2)", ((6,),)),
    ("x.item()", ((1,),)),
    ("x.tolist()", ((6,),)),
    ("x.flat[2]", ((3, 4),)),
    ("np.lib.stride_tricks.sliding_window_view(x, 3)", ((3, 4),), ((6,),)),
    ("np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(0, 1))", ((3, 4),)),
    ("np.lib.stride_tricks.sliding_window_view(x, 2, axis=-1)", ((3, 4),)),
    ("np.lib.stride_tricks.sliding_window_view(x, 3, 0)", ((3, 4),)),
    ("np.lib.stride_tricks.sliding_window_view(x, 9, axis=0)", ((3, 4),)),
]

#: Calls that NumPy answers and a tape refuses.
REFUSED = [
    ("np.sort_complex(x)", ((6,),)),
    ('x.flatten("A")', ((3, 4),)),
    ('x.flatten("K")', ((3, 4),)),
    ("np.trim_zeros(x)", ((6,),)),
    ("np.spacing(x)", ((6,),), ((),)),
    ("np.nextafter(x, 2.0)", ((6,),)),
    ("np.frexp(x)", ((6,),)),
    ("np.ldexp(x, [1, 2, 3, 0, 1, 2])", ((6,),)),
    ("np.asarray_chkfinite(x)", ((6,),)),
    ("np.roots(x)", ((3,),)),
    ('np.einsum_path("ij,ij", x, y)', ((3, 4), (3, 4))),
    ("np.exp(x, out=np.zeros(6))", ((6,),)),
    ("np.add(x, 1.0, out=np.zeros(6))", ((6,),)),
    ("np.exp(x, dtype=np.float32)", ((6,),)),
    ("np.add(x, 1.0, dtype=np.float32)", ((6,),)),
    ("np.fft.fft(x)", ((3, 4),)),
    ("np.fft.rfft(x)", ((3, 4),)),
    ("np.fft.ifft(x)", ((3, 4),)),
    ("np.fft.fft2(x)", ((3, 4),)),
    ("np.fft.fftn(x)", ((3, 4),)),
    ("np.fft.hfft(x)", ((3, 4),)),
    ("np.fft.irfft(x)", ((3, 4),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("clip", lambda xp, x: xp.clip(x, -0.5, 0.7), (7,)),
    ("clip with one end", lambda xp, x: xp.clip(x, 0.1, None), (7,)),
    ("clip by traced ends", lambda xp, x, a: np.clip(x, a - 0.5, a + 0.5), (7,), ()),
    ("nan_to_num", lambda xp, x: xp.nan_to_num(x), (5,)),
    ("round", lambda xp, x: x * xp.round(x, 1), (5,)),
    ("round to tens", lambda xp, x: x * np.round(100 * x, -1), (5,)),
    ("rint", lambda xp, x: x * xp.rint(x), (5,)),
    ("fix", lambda xp, x: x * xp.fix(x), (5,)),
    ("positive", lambda xp, x: np.positive(x), (5,)),
    ("float_power", lambda xp, x: np.float_power(x * x + 1, 1.5), (5,)),
    ("divmod", lambda xp, x: np.divmod(x, 0.7), (5,)),
    ("modf", lambda xp, x: np.modf(3 * x), (5,)),
    ("select", lambda xp, x: np.select([x > 0.5, x > 0], [x**2, x**3], 5.0), (7,)),
    ("isclose", lambda xp, x: np.where(np.isclose(x, x[0]), x, x**2), (5,)),
    ("bitwise_and", lambda xp, x: np.where(np.bitwise_and(x > 0, x < 1), x, x**2), (7,)),
    ("all", lambda xp, x: np.where(np.all(x > -1, axis=0), x, x**2), (3, 4)),
    ("any", lambda xp, x: np.where(np.any(x > 1, axis=1, keepdims=True), x, x**2), (3, 4)),
    ("where of one", lambda xp, x: x[np.where(x > 0)] ** 2, (6,)),
    ("astype as index", lambda xp, x: x[np.abs(x).astype(int)], (5,)),
    ("sliding_window_view", lambda xp, x: np.lib.stride_tricks.sliding_window_view(x, 3), (5,)),
    ("iteration", lambda xp, x: sum(row * (i + 1) for i, row in enumerate(x)), (3, 2)),
    ("x.round, x.clip, x.repeat", lambda xp, x: [x * x.round(1), x.clip(0, 1), x.repeat(2)], (3,)),
    ("where picked ones hold", lambda xp, x: np.where((x > 0)[IDS], x, x**2), (4,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_a_call_is_refused(refused, shapes, refuses):
    refuses(refused, shapes)


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")  # since NumPy 2.5
def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)


def test_clip_has_slope_zero_on_its_ends():
    x = np.array([0.0, 0.5, 1.0])
    np.testing.assert_array_equal(record(lambda x: np.sum(np.clip(x, 0, 1)), x).grad(x), [0, 1, 0])


def test_parts_of_infinite_numbers():
    x = np.array([np.inf, -np.inf, 2.5, -2.5])
    fraction, whole = record(lambda x: np.modf(x), np.ones(4))(x)
    expected = np.modf(x)
    np.testing.assert_array_equal(fraction, expected[0])
    np.testing.assert_array_equal(np.signbit(fraction), np.signbit(expected[0]))
    np.testing.assert_array_equal(whole, expected[1])
