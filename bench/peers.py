"""Who else differentiates: each peer's value and gradient of a problem, prepared and ready to run.

A peer gets its own kind of arrays, made beforehand, and answers with its own kind.
"""

import importlib
import importlib.metadata
import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import record, value_and_grad

from .tape_problems import TapeProblem

NAMES = ("tape", "fastls", "by hand", "autograd", "JAX", "CasADi", "buffered")
#: The optional packages, and the name of each.
PACKAGES = {"autograd": "autograd", "jax": "JAX", "casadi": "CasADi"}
#: For JAX to compute with one thread; read when it is imported.
ONE_THREAD = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "NPROC": "1"}
#: Operations of a loop, from which it takes JAX a second, or minutes, to compile them one by one.
UNROLLED = {True: 100, False: 800}
#: Of the processor, where that is told finely: waiting for it, while others work, does not count.
CLOCK = (
    time.process_time if time.get_clock_info("process_time").resolution < 1e-6
    else time.perf_counter
)  # fmt: skip
BRIEF = 0.1  # seconds; what is prepared as fast is prepared again, and the least time counts


class Peer(NamedTuple):
    """One way to compute value and gradient."""

    name: str
    value_and_grad: Callable[..., Any]
    value: Callable[..., Any]
    arguments: tuple[Any, ...]
    read: Callable[[Any], list[Any]]  # what value_and_grad returns: value, leaves of the gradient
    preparing: float = 0.0  # seconds: to record, to write the gradient, to compile; first call

    def answer(self) -> list[Any]:
        """Value and leaves of the gradient."""
        return self.read(self.value_and_grad(*self.arguments))


def is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def left_out() -> list[str]:
    """Who is not compared, a line each."""
    return [
        f"{name}: left out, it is not installed"
        for package, name in PACKAGES.items()
        if not is_installed(package)
    ]


def leaves(value: Any) -> Iterator[Any]:
    """The arrays in lists and tuples."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def read(answer: Any) -> list[Any]:
    """The leaves of (value, gradient)."""
    return [np.asarray(leaf) for leaf in leaves(answer)]


def peers(problem: TapeProblem, quick: bool) -> Iterator[Peer]:
    """Those that are installed and can take the problem; fastls first."""
    objective = problem.write(np)
    yield prepared(tape, problem)
    front = value_and_grad(objective, problem.argnums)
    yield Peer("fastls", front, objective, problem.arguments, read)
    if problem.by_hand is not None:
        yield Peer("by hand", problem.by_hand, objective, problem.arguments, read)
    if is_installed("autograd") and not problem.is_too_long:
        yield autograd(problem)
    if is_installed("jax") and problem.operations < UNROLLED[quick]:
        yield prepared(jax, problem)
    if is_installed("casadi") and problem.casadi is not None:
        peer = prepared(casadi, problem)
        yield peer
        yield buffered(peer, problem)


def prepared(make: Callable[[TapeProblem], Peer], problem: TapeProblem) -> Peer:
    """The one that took least to prepare, of a few."""
    made = [make(problem)]
    while len(made) < 5 and made[-1].preparing < BRIEF:
        made.append(make(problem))
    return min(made, key=lambda peer: peer.preparing)


def tape(problem: TapeProblem) -> Peer:
    start = CLOCK()
    found = record(problem.write(np), *problem.arguments, argnums=problem.argnums)
    found.value_and_grad(*problem.arguments)
    seconds = CLOCK() - start
    return Peer("tape", found.value_and_grad, found, problem.arguments, read, seconds)


def autograd(problem: TapeProblem) -> Peer:
    """Nothing is prepared: each call traces the code again."""
    package = importlib.import_module("autograd")
    objective = problem.write(importlib.import_module("autograd.numpy"))
    call = package.value_and_grad(objective, problem.argnums)
    return Peer("autograd", call, objective, problem.arguments, read)


def jax(problem: TapeProblem) -> Peer:
    """Compiled; waits until the value is there, which comes with the gradient."""
    return compiled_by_jax("JAX", problem, lambda package: problem.write(package.numpy))


def compiled_by_jax(name: str, problem: TapeProblem, write: Callable[[Any], Any]) -> Peer:
    """The same of an objective that is written for JAX."""
    package = importlib.import_module("jax")
    package.config.update("jax_enable_x64", True)
    # The clock of the processor tells late what another thread has done.
    package.config.update("jax_cpu_enable_async_dispatch", False)
    objective = write(package)
    arguments = package.tree_util.tree_map(package.numpy.asarray, problem.arguments)
    start = CLOCK()
    compiled = package.jit(package.value_and_grad(objective, problem.argnums))
    compiled(*arguments)[0].block_until_ready()
    seconds = CLOCK() - start
    value = package.jit(objective)
    return Peer(
        name,
        lambda *arguments: waited(compiled(*arguments)),
        lambda *arguments: value(*arguments).block_until_ready(),
        arguments, read, seconds,
    )  # fmt: skip


def waited(answer: Any) -> Any:
    answer[0].block_until_ready()
    return answer


def casadi(problem: TapeProblem) -> Peer:
    """A call as everyone writes it."""
    package = importlib.import_module("casadi")
    assert problem.casadi is not None
    arrays = columns(problem)
    make = getattr(package, problem.casadi_symbol).sym
    start = CLOCK()
    symbols = [make(f"x{i}", *array.T.shape) for i, array in enumerate(arrays)]
    expression = problem.casadi(package)(*symbols)
    slopes = [package.gradient(expression, symbol) for symbol in symbols]
    both = package.Function("both", symbols, [expression, *slopes])
    given = tuple(package.DM(array.T) for array in arrays)
    both(*given)
    seconds = CLOCK() - start
    value = package.Function("value", symbols, [expression])
    shapes = [(), *(array.shape for array in arrays)]

    def read(answer: Any) -> list[Any]:
        return [np.reshape(x.full().T, shape) for x, shape in zip(answer, shapes, strict=True)]

    return Peer("CasADi", both, value, given, read, seconds)


def buffered(peer: Peer, problem: TapeProblem) -> Peer:
    """CasADi's functions, called through buffers given beforehand."""
    arrays = columns(problem)
    places = [np.zeros(()), *(np.zeros_like(array) for array in arrays)]
    both = through_buffers(peer.value_and_grad, arrays, places)
    value = through_buffers(peer.value, arrays, [np.zeros(())])
    return Peer("buffered", both, value, (), lambda _: places, peer.preparing)


def columns(problem: TapeProblem) -> list[Any]:
    """The arguments, which CasADi reads as columns one after another: transposed, that is."""
    return [np.ascontiguousarray(leaf) for leaf in leaves(problem.arguments)]


def through_buffers(function: Any, arrays: list[Any], places: list[Any]) -> Callable[[], None]:
    """A call that reads these arrays and fills those places."""
    buffer, trigger = function.buffer()
    for i, array in enumerate(arrays):
        buffer.set_arg(i, memoryview(array))
    for i, place in enumerate(places):
        buffer.set_res(i, memoryview(place))

    def call(keep: Any = (buffer, arrays, places), trigger: Any = trigger) -> None:
        trigger()

    return call


def versions() -> dict[str, str]:
    """Of the packages that are installed."""
    return {
        name: importlib.metadata.version(package)
        for package, name in PACKAGES.items()
        if is_installed(package)
    }
