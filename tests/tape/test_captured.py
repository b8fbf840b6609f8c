"""What a function captures: whatever changes, the answers are those of the function now."""

import dataclasses
import functools
import itertools
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastls import grad, record, value_and_grad
from fastls.tape.captured import Captured

x0 = np.array([0.3, 0.7, 1.1])
v = np.array([1.0, -2.0, 0.5])

CALLS = {
    "value": lambda tape: tape(x0),
    "gradient": lambda tape: tape.grad(x0),
    "value and gradient": lambda tape: tape.value_and_grad(x0),
    "jvp": lambda tape: tape.jvp(x0, v),
    "hessian": lambda tape: tape.hessian(x0),
}

# Each returns a function and what changes something that it uses.

factor = 2.0
weights = np.ones(3)
module = types.ModuleType("a_module_of_the_user")


def global_helper(x):
    return factor * x**3


def a_global_number():
    global factor
    factor = 2.0

    def change():
        global factor
        factor = 5.0

    return lambda x: np.sum(factor * x**3), change


def a_global_array_in_place():
    global weights
    weights = np.ones(3)
    return lambda x: np.sum(weights * x**3), lambda: weights.__setitem__(1, 7.0)


def a_global_array_bound_anew():
    global weights
    weights = np.ones(3)

    def change():
        global weights
        weights = np.full(3, 4.0)

    return lambda x: np.sum(weights * x**3), change


def a_number_of_an_enclosing_function():
    a = 2.0

    def change():
        nonlocal a
        a = 5.0

    return lambda x: np.sum(a * x**3), change


def an_array_in_place():
    a = np.ones(3)
    return lambda x: np.sum(a * x**3), lambda: a.fill(3.0)


def an_array_that_more_is_computed_from():
    a = np.ones(3)
    return lambda x: np.sum(np.exp(a).sum() * x**3), lambda: a.fill(3.0)


def an_array_that_decides_a_branch():
    a = np.ones(3)
    return lambda x: np.sum(x**3 if a[0] > 0 else x**4), lambda: a.fill(-1.0)


def a_large_array():
    a = np.ones((3, 20_000))
    return lambda x: np.sum((x @ a) ** 3), lambda: a.__setitem__((1, 7), 100.0)


def a_slice_of_a_large_array():
    a = np.ones((3, 20_000))
    return lambda x: np.sum((x @ a[:, :9_000]) ** 3), lambda: a.__setitem__((1, 7), 100.0)


def all_of_a_large_array():
    a = np.ones(20_000)
    return lambda x: np.sum(np.log(a).sum() * x**3), lambda: a.fill(3.0)


def an_array_of_integers():
    a = np.ones(3, int)
    return lambda x: np.sum(a * x**3), lambda: a.fill(4)


def an_array_of_single_precision():
    a = np.ones(3, np.float32)
    return lambda x: np.sum(a * x**3), lambda: a.fill(4)


def an_index():
    i = np.array([0, 1])
    return lambda x: np.sum(x[i] ** 3), lambda: i.__setitem__(1, 2)


def a_mask():
    mask = np.array([True, False, True])
    return lambda x: np.sum(x[mask] ** 3), lambda: mask.__setitem__(1, True)


def a_column():
    a = np.ones((3, 2))
    return lambda x: np.sum(a[:, 0] * x**3), lambda: a.__setitem__((0, 0), 5.0)


def an_array_through_a_view_of_it():
    a = np.ones(6)
    view = a[::2]
    return lambda x: np.sum(view * x**3), lambda: a.__setitem__(2, 5.0)


def an_array_through_a_view_that_cannot_be_written():
    a = np.ones(3)
    view = a.view()
    view.flags.writeable = False
    return lambda x: np.sum(np.exp(view).sum() * x**3), lambda: a.fill(4.0)


def an_entry_of_a_list():
    a = [1.0, 2.0, 3.0]
    return lambda x: np.sum(a[0] * x**3), lambda: a.__setitem__(0, 9.0)


def the_length_of_a_list():
    a = [1.0, 2.0, 3.0]
    return lambda x: np.sum(sum(a) * x**3), lambda: a.append(9.0)


def the_order_of_a_list():
    a = [1.0, 2.0, 3.0]
    return lambda x: np.sum(a[0] * x**3), lambda: a.reverse()


def an_entry_of_a_dict():
    a = {"k": 1.0}
    return lambda x: np.sum(a["k"] * x**3), lambda: a.update(k=9.0)


def a_set():
    a = {2.0}
    return lambda x: np.sum(sum(a) * x**3), lambda: a.add(9.0)


def a_flag_in_a_list():
    is_cubic = [True]
    return (lambda x: np.sum(x**3 if is_cubic[0] else x**4)), lambda: is_cubic.__setitem__(0, False)


def a_list_in_a_list():
    a = [[1.0, 2.0, 3.0]]
    return lambda x: np.sum(a[0][0] * x**3), lambda: a[0].__setitem__(0, 9.0)


def a_dict_in_a_dict():
    a = {"p": {"k": 1.0}}
    return lambda x: np.sum(a["p"]["k"] * x**3), lambda: a["p"].update(k=9.0)


def an_array_in_a_list():
    a = [np.ones(3)]
    return lambda x: np.sum(np.exp(a[0]).sum() * x**3), lambda: a[0].fill(4.0)


def an_array_in_a_dict():
    a = {"w": np.ones(3)}
    return lambda x: np.sum(np.exp(a["w"]).sum() * x**3), lambda: a["w"].fill(4.0)


def an_array_in_a_dict_used_as_it_is():
    a = {"w": np.ones(3)}
    return lambda x: np.sum(a["w"] * x**3), lambda: a["w"].fill(4.0)


class Model:
    scale = 1.0

    def __init__(self):
        self.a = 2.0
        self.w = np.ones(3)
        self.options = {"k": 1.0}
        self.part = types.SimpleNamespace(k=1.0)

    def loss(self, x):
        return np.sum(self.a * np.exp(self.w) * self.options["k"] * self.part.k * x**3)

    def through_another_method(self, x):
        return self.loss(x)

    @property
    def twice(self):
        return 2.0 * self.a

    def through_a_property(self, x):
        return np.sum(self.twice * x**3)

    def of_the_class(self, x):
        return np.sum(self.scale * x**3)

    def of_a_global(self, x):
        return np.sum(global_helper(x))

    def through_a_global(self, x):
        return self.of_a_global(x)

    @staticmethod
    def static(x):
        return np.sum(factor * x**3)

    def __call__(self, x):
        return self.loss(x)


class Slotted:
    __slots__ = ("a",)

    def __init__(self):
        self.a = 2.0

    def loss(self, x):
        return np.sum(self.a * x**3)


def an_attribute_of_self():
    model = Model()
    return model.loss, lambda: setattr(model, "a", 5.0)


def an_array_of_self():
    model = Model()
    return model.loss, lambda: model.w.fill(5.0)


def a_dict_of_self():
    model = Model()
    return model.loss, lambda: model.options.update(k=5.0)


def an_attribute_of_an_attribute_of_self():
    model = Model()
    return model.loss, lambda: setattr(model.part, "k", 5.0)


def an_attribute_used_by_another_method():
    model = Model()
    return model.through_another_method, lambda: setattr(model, "a", 5.0)


def an_attribute_behind_a_property():
    model = Model()
    return model.through_a_property, lambda: setattr(model, "a", 5.0)


def an_attribute_that_hides_that_of_the_class():
    model = Model()
    return model.of_the_class, lambda: setattr(model, "scale", 5.0)


def an_attribute_no_longer_hiding_that_of_the_class():
    model = Model()
    model.scale = 7.0
    return model.of_the_class, lambda: delattr(model, "scale")


def an_attribute_of_the_class():
    class Scaled(Model):
        scale = 1.0

    return Scaled().of_the_class, lambda: setattr(Scaled, "scale", 5.0)


def an_attribute_in_a_slot():
    model = Slotted()
    return model.loss, lambda: setattr(model, "a", 5.0)


def a_global_used_by_another_method():
    _, change = a_global_number()
    return Model().through_a_global, change


def a_global_used_by_a_static_method():
    _, change = a_global_number()
    return lambda x: Model.static(x), change


def an_attribute_of_an_object():
    model = Model()
    return lambda x: model.loss(x), lambda: setattr(model, "a", 5.0)


def an_array_of_an_object():
    model = Model()
    return lambda x: model.loss(x), lambda: model.w.fill(5.0)


def an_attribute_behind_a_bound_method():
    model = Model()
    loss = model.loss
    return lambda x: loss(x), lambda: setattr(model, "a", 5.0)


def an_attribute_of_a_callable_object():
    model = Model()
    return model, lambda: setattr(model, "a", 5.0)


def an_attribute_of_a_namespace():
    options = types.SimpleNamespace(a=2.0)
    return lambda x: np.sum(options.a * x**3), lambda: setattr(options, "a", 5.0)


def a_field_of_a_dataclass():
    @dataclasses.dataclass
    class Options:
        a: float = 2.0

    options = Options()
    return lambda x: np.sum(options.a * x**3), lambda: setattr(options, "a", 5.0)


def an_attribute_of_a_class():
    class Options:
        a = 2.0

    return lambda x: np.sum(Options.a * x**3), lambda: setattr(Options, "a", 5.0)


def an_attribute_of_a_module():
    module.a = 2.0
    return lambda x: np.sum(module.a * x**3), lambda: setattr(module, "a", 5.0)


def an_array_of_a_module():
    module.w = np.ones(3)
    return lambda x: np.sum(np.exp(module.w).sum() * x**3), lambda: module.w.fill(5.0)


def a_variable_of_a_helper():
    a = 2.0

    def helper(x):
        return a * x**3

    def change():
        nonlocal a
        a = 5.0

    return lambda x: np.sum(helper(x)), change


def a_global_of_a_helper():
    _, change = a_global_number()
    return lambda x: np.sum(global_helper(x)), change


def a_helper_bound_anew():
    def helper(x):
        return x**3

    def change():
        nonlocal helper

        def helper(x):
            return x**4

    return lambda x: np.sum(helper(x)), change


def a_variable_of_a_function_defined_inside():
    a = 2.0

    def f(x):
        def helper(y):
            return a * y**3

        return np.sum(helper(x))

    def change():
        nonlocal a
        a = 5.0

    return f, change


def a_variable_of_a_helper_in_a_list():
    a = 2.0
    helpers = [lambda x: a * x**3]

    def change():
        nonlocal a
        a = 5.0

    return lambda x: np.sum(helpers[0](x)), change


def a_variable_behind_a_decorator():
    a = 2.0

    def decorated(function):
        @functools.wraps(function)
        def call(x):
            return function(x)

        return call

    @decorated
    def f(x):
        return np.sum(a * x**3)

    def change():
        nonlocal a
        a = 5.0

    return f, change


def a_dict_in_a_partial():
    options = {"k": 1.0}
    f = functools.partial(lambda options, x: np.sum(options["k"] * x**3), options)
    return f, lambda: options.update(k=5.0)


def an_array_in_a_partial():
    w = np.ones(3)
    f = functools.partial(lambda w, x: np.sum(np.exp(w).sum() * x**3), w)
    return f, lambda: w.fill(3.0)


def a_variable_of_what_is_in_a_partial():
    f, change = a_number_of_an_enclosing_function()
    return functools.partial(f), change


def a_default_that_is_a_dict():
    options = {"k": 1.0}
    return lambda x, o=options: np.sum(o["k"] * x**3), lambda: options.update(k=5.0)


def a_default_that_is_an_array():
    w = np.ones(3)
    return lambda x, w=w: np.sum(np.exp(w).sum() * x**3), lambda: w.fill(5.0)


def a_default_of_a_keyword():
    options = {"k": 1.0}
    return lambda x, *, o=options: np.sum(o["k"] * x**3), lambda: options.update(k=5.0)


def an_array_of_a_module_of_a_module():
    module.inner = types.ModuleType("a_module_inside")
    module.inner.w = np.ones(3)
    return lambda x: np.sum(np.exp(module.inner.w).sum() * x**3), lambda: module.inner.w.fill(5.0)


def a_name_in_a_text():
    module.a = 2.0
    return lambda x: np.sum(getattr(module, "a") * x**3), lambda: setattr(module, "a", 5.0)  # noqa: B009


def any_entry_of_a_large_array():
    a = np.ones(20_001)
    return lambda x: np.sum(np.log(a).sum() * x**3 + x), lambda: a.__setitem__(7, 3.0)


def entries_of_a_large_array_exchanged():
    a = np.arange(20_001.0)
    return lambda x: np.sum((a + 0.0)[11:14] * x**3), lambda: a.__setitem__(
        slice(None), a[::-1].copy()
    )


def a_large_array_added_to():
    a = np.ones((20_000, 3))
    return lambda x: np.sum((a - x) ** 3), lambda: a.__setitem__((7, 1), 100.0)


def a_large_array_that_another_function_uses():
    a = np.ones((3, 20_000))

    def sum_of_logarithms():
        return np.log(a).sum()

    return lambda x: np.sum((x @ a) ** 2 * (1.0 + sum_of_logarithms())), lambda: a.__setitem__(
        (1, 7), 100.0
    )


def a_large_array_beside_what_may_be_an_argument():
    a, b, is_plain = np.ones((3, 20_000)), np.ones(3), True
    return (
        lambda x: np.sum((b if is_plain else x) @ a) * np.sum(x**3),
        lambda: a.__setitem__((1, 7), 1e5),
    )


def an_array_of_objects():
    a = np.array([[1.0], {"k": 2.0}], dtype=object)
    return lambda x: np.sum(a[1]["k"] * x**3), lambda: a[1].update(k=5.0)


def a_buffer():
    a = bytearray(b"ab")
    return lambda x: np.sum(a[0] * x**3), lambda: a.__setitem__(0, 3)


NOTICED = [
    a_global_number,
    a_global_array_in_place,
    a_global_array_bound_anew,
    a_number_of_an_enclosing_function,
    an_array_in_place,
    an_array_that_more_is_computed_from,
    an_array_that_decides_a_branch,
    a_large_array,
    a_slice_of_a_large_array,
    all_of_a_large_array,
    an_array_of_integers,
    an_array_of_single_precision,
    an_index,
    a_mask,
    a_column,
    an_array_through_a_view_of_it,
    an_entry_of_a_list,
    the_length_of_a_list,
    the_order_of_a_list,
    an_entry_of_a_dict,
    a_set,
    a_flag_in_a_list,
    an_array_in_a_dict_used_as_it_is,
    an_attribute_of_self,
    an_array_of_self,
    a_dict_of_self,
    an_attribute_used_by_another_method,
    an_attribute_behind_a_property,
    an_attribute_no_longer_hiding_that_of_the_class,
    an_attribute_behind_a_bound_method,
    a_variable_of_a_helper,
    a_global_of_a_helper,
    a_helper_bound_anew,
    a_variable_of_a_function_defined_inside,
    a_variable_behind_a_decorator,
    an_attribute_of_an_object,
    an_array_of_an_object,
    an_attribute_of_a_callable_object,
    an_attribute_of_a_namespace,
    a_field_of_a_dataclass,
    a_variable_of_a_helper_in_a_list,
    a_dict_in_a_partial,
    an_array_in_a_partial,
    a_variable_of_what_is_in_a_partial,
    a_default_that_is_a_dict,
    a_default_that_is_an_array,
    a_default_of_a_keyword,
    an_array_through_a_view_that_cannot_be_written,
    a_list_in_a_list,
    a_dict_in_a_dict,
    an_array_in_a_list,
    an_array_in_a_dict,
    an_attribute_of_an_attribute_of_self,
    an_attribute_that_hides_that_of_the_class,
    an_attribute_of_the_class,
    an_attribute_in_a_slot,
    a_global_used_by_another_method,
    a_global_used_by_a_static_method,
    an_attribute_of_a_class,
    an_attribute_of_a_module,
    an_array_of_a_module,
    an_array_of_a_module_of_a_module,
    a_name_in_a_text,
    any_entry_of_a_large_array,
    entries_of_a_large_array_exchanged,
    a_large_array_that_another_function_uses,
    a_large_array_beside_what_may_be_an_argument,
    an_array_of_objects,
    a_buffer,
    a_large_array_added_to,
]


def numbers(found):
    parts = found if isinstance(found, tuple) else (found,)
    return np.concatenate([np.ravel(part) for part in parts])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("case", NOTICED, ids=lambda case: case.__name__)
def test_answers_are_those_of_the_function_now(case, call):
    """Called often before, as there is a quick path, and after; and each in a recording."""
    f, change = case()
    tape = record(f, x0)
    before = [numbers(CALLS[call](tape)) for _ in range(4)]
    change()
    expected = numbers(CALLS[call](record(f, x0)))
    assert not np.allclose(expected, before[0]), "nothing has changed"
    for _ in range(3):
        np.testing.assert_allclose(numbers(CALLS[call](tape)), expected, rtol=1e-13)
    for other in CALLS.values():
        np.testing.assert_allclose(numbers(other(tape)), numbers(other(record(f, x0))), rtol=1e-13)


@pytest.mark.parametrize("case", NOTICED, ids=lambda case: case.__name__)
def test_those_of_functions_of_functions_too(case):
    f, change = case()
    gradient, both = grad(f), value_and_grad(f)
    for _ in range(3):
        gradient(x0), both(x0)
    change()
    tape = record(f, x0)
    np.testing.assert_allclose(gradient(x0), tape.grad(x0), rtol=1e-13)
    np.testing.assert_allclose(numbers(both(x0)), numbers(tape.value_and_grad(x0)), rtol=1e-13)


def test_there_and_back():
    a = 2.0

    def f(x):
        return a * np.sum(x**2)

    tape = record(f, x0)
    for a in (2.0, 5.0, 2.0, -1.0, 5.0):
        for _ in range(3):
            value, gradient = tape.value_and_grad(x0)
            assert value == pytest.approx(a * np.sum(x0**2), rel=1e-15)
            np.testing.assert_allclose(gradient, 2 * a * x0, rtol=1e-15)


def test_where_nothing_changes_the_function_is_not_called_again():
    calls, a, w, options = itertools.count(), 2.0, np.ones(3), {"k": 1.0}
    unused = np.ones(3)

    def f(x):
        next(calls)
        return np.sum(a * w * options["k"] * x**2)

    tape = record(f, x0)
    for call in CALLS.values():
        call(tape)
        unused[:] = 5.0
        call(tape)
    assert next(calls) == 1


# The class itself.


def test_it_names_what_a_function_reads():
    inner, other = np.ones(3), 2.0
    found = dict(Captured(lambda x: inner * other * weights * x).named())
    assert found["inner"] is inner
    assert found["other"] == 2.0
    assert found["weights"] is weights


def test_modules_of_libraries_are_not_looked_at():
    assert Captured(lambda x: np.exp(np.sin(x)) + float(0)).items == []


def test_a_ufunc_bound_anew():
    activation = np.tanh
    captured = Captured(lambda x: activation(x))
    activation = np.sin
    assert not captured.is_unchanged()


def test_an_object_passed_and_changed():
    model = Model()
    tape = record(lambda x, model: model.loss(x), x0, model)
    for _ in range(3):
        tape.value_and_grad(x0, model)
    model.part.k = 5.0
    assert tape(x0, model) == pytest.approx(model.loss(x0), rel=1e-14)


def test_a_function_in_a_gradient():
    a = 2.0
    gradient = grad(lambda x: np.sum(a * x**3))
    captured = Captured(lambda x: gradient(x))
    a = 5.0
    assert not captured.is_unchanged()


def test_what_is_too_large_counts_as_changed(monkeypatch):
    monkeypatch.setattr("fastls.tape.captured.MOST", 10)
    parts = [[float(i)] for i in range(20)]
    assert not Captured(lambda x: parts[3][0] * x).is_unchanged()


def operand_of(use):
    """A large array and a tape in which it stands."""
    a = np.ones((3, 20_000))
    tape = record(use(a), x0)
    ((path,),) = tape.paths.values()
    return a, tape, path


ones = np.ones(3)
OPERANDS = {
    "x @ a": lambda a: lambda x: np.sum((x @ a) ** 3),
    "a @ x": lambda a: lambda x: np.sum((a @ x) ** 3),
    "x - a": lambda a: lambda x: np.sum((x - a) ** 3),
    "dot(x, a)": lambda a: lambda x: np.sum(np.dot(x, a) ** 3),
    "dot(a, x)": lambda a: lambda x: np.sum(np.dot(a, x) ** 3),
    "matmul(a, x)": lambda a: lambda x: np.sum(np.matmul(a, x) ** 3),
}
OTHERWISE = {
    "a part": lambda a: lambda x: np.sum(x @ a) + a[0, 0] * np.sum(x),
    "its length": lambda a: lambda x: np.sum(np.dot(x, a) if len(a) == 3 else np.dot(a, x)),
    "with a constant": lambda a: lambda x: np.sum(np.dot(x, a)) * np.sum(np.dot(ones, a)),
    "either": lambda a: lambda x: np.sum(np.dot(x if len(x) == 3 else ones, a)) * np.sum(x),
}


@pytest.mark.parametrize("name", [*OPERANDS, *OTHERWISE])
def test_large_arrays_that_are_but_operands_are_not_compared(name):
    f_of = {**OPERANDS, **OTHERWISE}[name]
    a = np.ones((20_000, 3) if name in ("a @ x", "dot(a, x)", "matmul(a, x)") else (3, 20_000))
    if name == "x - a":
        a = a.T
    tape = record(f_of(a), x0)
    ((path,),) = tape.paths.values()
    a[1, 2] = 2.0
    assert path.captured.is_unchanged() == (name in OPERANDS)
    np.testing.assert_allclose(tape(x0), f_of(a)(x0), rtol=1e-13)


def test_an_operand_of_another_shape_is_another():
    a = np.ones((100, 100))
    tape = record(lambda x: np.sum(a @ x), np.ones(100))
    a.resize((50, 200), refcheck=False)
    with pytest.raises(ValueError, match=r"shapes|mismatch"):
        tape(np.ones(100))


def test_an_operand_that_is_not_aligned_is_compared():
    a = np.frombuffer(bytearray(80_008), dtype=float, count=10_000, offset=3).reshape(100, 100)
    a[...] = 1.0
    tape = record(lambda x: np.sum(a @ x), np.ones(100))
    assert tape(np.ones(100)) == 10_000.0
    a[...] = 2.0
    assert tape(np.ones(100)) == 20_000.0


def test_functions_of_libraries_are_not_looked_into():
    assert Captured(np.linalg.norm).items == []
    assert Captured(np.sin).items == []


def test_functions_that_call_each_other_end():
    def even(n):
        return 1.0 if n == 0 else odd(n - 1)

    def odd(n):
        return 0.0 if n == 0 else even(n - 1)

    assert Captured(even).is_unchanged()
    assert record(lambda x: np.sum(x * even(4)), x0)(x0) == np.sum(x0)


def test_a_variable_that_is_not_there_yet():
    def f(x):
        return np.sum(x * later) if len(x) > 3 else np.sum(x)

    assert Captured(f).is_unchanged()
    assert record(f, x0)(x0) == np.sum(x0)
    later = 2.0
    assert record(f, np.ones(4))(np.ones(4)) == 4 * later


def test_unchanged_until_it_is_not():
    values = [1.0]
    captured = Captured(lambda x: x * values[0])
    assert captured.is_unchanged()
    values[0] = 2.0
    assert not captured.is_unchanged()


# Whatever is nested in whatever.


class Box:
    def __init__(self, part):
        self.part = part


class SlottedBox:
    __slots__ = ("part",)

    def __init__(self, part):
        self.part = part


def total(value):
    """The sum of all numbers in a structure, each by its place."""
    if isinstance(value, float):
        return value
    if isinstance(value, np.ndarray):
        return float(np.arange(1.0, value.size + 1) @ value)
    if isinstance(value, (Box, SlottedBox)):
        return 2.0 * total(value.part)
    parts = value.values() if isinstance(value, dict) else value
    return sum((place + 3.0) * total(part) for place, part in enumerate(parts))


def changes(value):
    """All the ways of changing one thing in a structure in place."""
    if isinstance(value, np.ndarray):
        return [functools.partial(value.__setitem__, i, 77.0) for i in range(value.size)]
    if isinstance(value, (Box, SlottedBox)):
        return [functools.partial(setattr, value, "part", 77.0), *changes(value.part)]
    found = []
    if isinstance(value, (dict, list)):
        keys = value if isinstance(value, dict) else range(len(value))
        found += [functools.partial(value.__setitem__, key, 77.0) for key in keys]
    if isinstance(value, (dict, list, tuple)):
        for part in value.values() if isinstance(value, dict) else value:
            found += changes(part)
    return found


finite = st.floats(-10.0, 10.0)
leaves = finite | st.lists(finite, min_size=1, max_size=4).map(np.array)
structures = st.recursive(
    leaves,
    lambda parts: (
        st.lists(parts, min_size=1, max_size=3)
        | st.lists(parts, min_size=1, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), parts, min_size=1)
        | parts.map(Box)
        | parts.map(SlottedBox)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(structure=structures, data=st.data())
def test_any_change_of_anything_is_noticed(structure, data):
    def f(x):
        return np.sum(total(structure) * x**2)

    tape = record(f, x0)
    for _ in range(3):
        tape.value_and_grad(x0)
    for _ in range(3):
        possible = changes(structure)
        if possible:
            data.draw(st.sampled_from(possible))()
        np.testing.assert_allclose(tape.value_and_grad(x0)[0], f(x0), rtol=1e-13, atol=1e-300)


def test_what_changes_while_it_is_walked_is_recorded_again_each_time():
    class Restless(dict):
        def values(self):
            raise RuntimeError("dictionary changed size during iteration")

    options, recordings = Restless(a=2.0), []

    def function(x):
        recordings.append(1)
        return options["a"] * np.sum(x)

    tape = record(function, x0)
    for scale in (3.0, 4.0):
        options["a"] = scale
        assert tape(x0) == scale * np.sum(x0)
    assert len(recordings) == 3
