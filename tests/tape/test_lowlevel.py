"""A recorded function called from C: by ctypes, numba and SciPy, from several threads."""

import ctypes
import gc
import sys
import threading

import numpy as np
import pytest

import fastls

VECTOR = ctypes.POINTER(ctypes.c_double)
KIND = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_uint, VECTOR, VECTOR, ctypes.c_void_p)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def call(f, x, with_gradient=True):
    x = np.asarray(x, dtype=float)
    gradient = np.full(x.size, 7.0)
    value = KIND(f.address)(
        x.size, x.ctypes.data_as(VECTOR),
        gradient.ctypes.data_as(VECTOR) if with_gradient else None, f.data,
    )  # fmt: skip
    return value, gradient


def test_value_and_gradient_are_those_of_the_tape():
    tape = fastls.record(rosenbrock, np.zeros(5))
    f = tape.lowlevel()
    assert f.size == 5
    for x in np.random.default_rng(0).standard_normal((4, 5)):
        value, gradient = call(f, x)
        assert value == tape(x)
        np.testing.assert_array_equal(gradient, tape.grad(x))


def test_a_null_pointer_for_the_gradient_asks_for_the_value_alone():
    f = fastls.record(rosenbrock, np.zeros(3)).lowlevel()
    value, untouched = call(f, [0.0, 1.0, 0.5], with_gradient=False)
    assert value == rosenbrock(np.array([0.0, 1.0, 0.5]))
    np.testing.assert_array_equal(untouched, 7.0)


def test_structures_are_read_one_array_after_the_other():
    def f(weights, data):
        return np.sum(np.tanh(data @ weights["a"] + weights["b"]))

    data = np.arange(6.0).reshape(2, 3)
    weights = {"a": np.array([0.1, 0.2, 0.3]), "b": 0.5}
    tape = fastls.record(f, weights, data)
    lowlevel = tape.lowlevel(weights, data)
    value, gradient = call(lowlevel, [0.1, 0.2, 0.3, 0.5])
    assert value == f(weights, data)
    expected = tape.grad(weights, data)
    np.testing.assert_array_equal(gradient, [*expected["a"], expected["b"]])


def test_other_paths_are_recorded_when_they_are_met():
    def f(x):
        return np.sum(x**2) if x[0] > 0.0 else np.sum(np.exp(x))

    lowlevel = fastls.record(f, np.ones(2)).lowlevel()
    value, gradient = call(lowlevel, [-1.0, 1.0])
    assert value == pytest.approx(np.exp(-1.0) + np.exp(1.0))
    np.testing.assert_allclose(gradient, np.exp([-1.0, 1.0]))
    assert call(lowlevel, [1.0, 1.0])[0] == 2.0


def test_an_exception_waits_and_the_value_is_not_a_number():
    def f(x):
        if x[0] > 3.0:
            raise KeyError("too far")
        return x @ x

    lowlevel = fastls.record(f, np.ones(2)).lowlevel()
    assert lowlevel.error is None
    value, gradient = call(lowlevel, [4.0, 0.0])
    assert np.isnan(value)
    assert np.isnan(gradient).all()
    assert isinstance(lowlevel.error, KeyError)
    assert call(lowlevel, [1.0, 1.0])[0] == 2.0


def test_another_number_of_variables_is_not_a_number():
    assert np.isnan(call(fastls.record(rosenbrock, np.zeros(3)).lowlevel(), np.zeros(2))[0])


def test_what_is_computed_in_python_is_computed_with_the_gil():
    double = fastls.primitive(lambda x: 2.0 * x, vjp=lambda g, y, x: [2.0 * g])
    lowlevel = fastls.record(lambda x: np.sum(double(x) ** 2), np.ones(2)).lowlevel()
    value, gradient = call(lowlevel, [1.0, 2.0])
    assert value == 20.0
    np.testing.assert_array_equal(gradient, [8.0, 16.0])


def test_one_variable_is_a_callback_of_scipy():
    scipy = pytest.importorskip("scipy")
    from scipy.integrate import quad

    lowlevel = fastls.record(lambda x: np.exp(-x * x), 0.0).lowlevel()
    assert isinstance(lowlevel.callable, scipy.LowLevelCallable)
    assert quad(lowlevel.callable, -10.0, 10.0)[0] == pytest.approx(np.sqrt(np.pi))


def test_one_variable_is_a_callback_of_ours():
    lowlevel = fastls.record(lambda x: (x - 2.0) ** 2, 0.0).lowlevel()
    found = fastls.Brent().minimize(lowlevel.capsule, (0.0, 5.0))
    assert found.x == pytest.approx(2.0)


def test_a_capsule_keeps_its_function_and_lets_it_go():
    lowlevel = fastls.record(np.sin, 0.0).lowlevel()
    capsule, before = lowlevel.capsule, sys.getrefcount(lowlevel)
    del lowlevel
    gc.collect()
    assert fastls.Brent().minimize(capsule, (4.0, 6.0)).fun == pytest.approx(-1.0)
    other = fastls.record(np.sin, 0.0).lowlevel()
    held = [other.capsule for _ in range(3)]
    assert sys.getrefcount(other) == before - 1 + 3
    held.clear()
    assert sys.getrefcount(other) == before - 1


def test_several_variables_are_no_callback_of_one():
    with pytest.raises(TypeError, match="one variable"):
        _ = fastls.record(rosenbrock, np.zeros(3)).lowlevel().capsule


def test_any_number_of_threads_may_call():
    tape = fastls.record(rosenbrock, np.zeros(50))
    lowlevel = tape.lowlevel()
    points = np.random.default_rng(1).standard_normal((8, 50))
    expected = [tape(x) for x in points]
    wrong = []

    def work(i):
        wrong.extend(i for _ in range(200) if call(lowlevel, points[i])[0] != expected[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_compiled_python_calls_it():
    numba = pytest.importorskip("numba")
    lowlevel = fastls.record(rosenbrock, np.zeros(2)).lowlevel()
    function = KIND(lowlevel.address)
    data = lowlevel.data

    @numba.njit
    def descend(x, step, iterations):
        gradient = np.empty_like(x)
        for _ in range(iterations):
            function(x.size, x.ctypes, gradient.ctypes, data)
            x -= step * gradient
        return x

    try:
        x = descend(np.array([0.9, 0.9]), 1e-3, 5000)
    except numba.core.errors.TypingError as error:  # pragma: no cover
        pytest.fail(str(error))
    np.testing.assert_allclose(x, 1.0, atol=0.1)
