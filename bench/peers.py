"""Who else differentiates: each peer's value and gradient of a problem, prepared and timed.

A peer gets its own kind of arrays, made beforehand, and answers with its own kind.
"""

import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import record, value_and_grad

from .tape_problems import TapeProblem

#: The names of the optional packages, and of those who compute with them.
PACKAGES = {
    "autograd": ("autograd",),
    "jax": ("JAX",),
    "casadi": ("CasADi", "CasADi buffered"),
}
UNROLLED = 1000  # operations of a loop, from which JAX takes minutes to compile it


class Peer(NamedTuple):
    """One way to compute value and gradient."""

    name: str
    value_and_grad: Callable[..., Any]
    value: Callable[..., Any]
    arguments: tuple[Any, ...]
    read: Callable[[Any], list[Any]]  # from what value_and_grad returns to leaves of the gradient
    preparing: float = 0.0  # seconds: to record, to write the gradient, to compile; first call


def is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def leaves(value: Any) -> Iterator[Any]:
    """The arrays in lists and tuples."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def gradient(answer: Any) -> list[Any]:
    """The leaves of the gradient in (value, gradient)."""
    return [np.asarray(leaf) for leaf in leaves(answer[1])]


def peers(problem: TapeProblem) -> Iterator[Peer]:
    """Those that are installed and can take the problem; fastls first."""
    objective = problem.write(np)
    start = time.perf_counter()
    tape = record(objective, *problem.arguments, argnums=problem.argnums)
    tape.value_and_grad(*problem.arguments)
    seconds = time.perf_counter() - start
    yield Peer("tape", tape.value_and_grad, tape, problem.arguments, gradient, seconds)
    front = value_and_grad(objective, problem.argnums)
    yield Peer("fastls", front, objective, problem.arguments, gradient)
    if problem.by_hand is not None:
        yield Peer("by hand", problem.by_hand, objective, problem.arguments, gradient)
    if is_installed("autograd") and not problem.is_too_long:
        yield autograd(problem)
    if is_installed("jax") and problem.operations < UNROLLED:
        yield jax(problem)
    if is_installed("casadi") and problem.casadi is not None:
        yield from casadi(problem)


def autograd(problem: TapeProblem) -> Peer:
    package = importlib.import_module("autograd")
    objective = problem.write(importlib.import_module("autograd.numpy"))
    call = package.value_and_grad(objective, problem.argnums)
    return Peer("autograd", call, objective, problem.arguments, gradient)


def jax(problem: TapeProblem) -> Peer:
    """Compiled; waits until the value is there, which comes with the gradient."""
    package = importlib.import_module("jax")
    package.config.update("jax_enable_x64", True)
    objective = problem.write(importlib.import_module("jax.numpy"))
    arguments = package.tree_util.tree_map(package.numpy.asarray, problem.arguments)
    start = time.perf_counter()
    compiled = package.jit(package.value_and_grad(objective, problem.argnums))
    compiled(*arguments)[0].block_until_ready()
    seconds = time.perf_counter() - start
    compiled_value = package.jit(objective)
    return Peer(
        "JAX",
        lambda *arguments: waited(compiled(*arguments)),
        lambda *arguments: compiled_value(*arguments).block_until_ready(),
        arguments, gradient, seconds,
    )  # fmt: skip


def waited(answer: Any) -> Any:
    answer[0].block_until_ready()
    return answer


def casadi(problem: TapeProblem) -> Iterator[Peer]:
    """A call as everyone writes it, and one through buffers given beforehand."""
    package = importlib.import_module("casadi")
    assert problem.casadi is not None
    arrays = [np.ascontiguousarray(leaf) for leaf in leaves(problem.arguments)]
    make = getattr(package, problem.casadi_symbol).sym
    start = time.perf_counter()
    symbols = [make(f"x{i}", *array.T.shape) for i, array in enumerate(arrays)]
    expression = problem.casadi(package)(*symbols)
    slopes = [package.gradient(expression, symbol) for symbol in symbols]
    both = package.Function("both", symbols, [expression, *slopes])
    value = package.Function("value", symbols, [expression])
    places = [np.zeros(()), *(np.zeros_like(array) for array in arrays)]
    call_both = buffered(both, arrays, places)
    call_both()
    seconds = time.perf_counter() - start
    call_value = buffered(value, arrays, [np.zeros(())])
    given = tuple(package.DM(array.T) for array in arrays)
    yield Peer(
        "CasADi", both, value, given,
        lambda answer: [np.asarray(each.full()).T for each in answer[1:]], seconds,
    )  # fmt: skip
    yield Peer("CasADi buffered", call_both, call_value, (), lambda _: places[1:], seconds)


def buffered(function: Any, arrays: list[Any], places: list[Any]) -> Callable[[], None]:
    """A call that reads these arrays and fills those places."""
    buffer, trigger = function.buffer()
    for i, array in enumerate(arrays):
        buffer.set_arg(i, memoryview(array))
    for i, place in enumerate(places):
        buffer.set_res(i, memoryview(place))

    def call(keep: Any = (buffer, arrays, places), trigger: Any = trigger) -> None:
        trigger()

    return call
