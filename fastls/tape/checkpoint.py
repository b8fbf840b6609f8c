"""Checkpoints: values that the reverse sweep computes again, instead of their being kept for it.

What is recorded during a call is a region of the graph: nodes that follow each other, with the
regions of the calls inside. The reverse sweep (`transforms.pullback`) computes a region again when
it gets there. Source: Griewank & Walther 2008, Evaluating Derivatives, chapter 12.
"""

import functools
from collections.abc import Callable
from typing import Any

from fastls.tape.recording import traced

__all__ = ["checkpoint"]


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, whose intermediate values are not kept: reverse mode computes them again.

    Only its arguments and results are kept, and what else it reads from outside. That costs one
    more evaluation of f, or several where functions with checkpoints call each other: a long chain
    of steps can be differentiated in little memory for a few times the work. Values and derivatives
    are the same to the last bit; only products of large matrices may round otherwise.

    Parameters
    ----------
    f : callable
        Plain NumPy code, of arrays, floats, or nested lists, tuples and dicts of them. What is
        saved is what it computes from its arguments.

    Returns
    -------
    callable
        Outside a recording it is f itself. It may be used as a decorator, and be nested.

    Raises
    ------
    TypeError
        If f cannot be called.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> def layers(x):
    ...     for _ in range(50):
    ...         x = np.tanh(np.cos(x))
    ...     return x
    >>> def loss(x, half):
    ...     return np.sum(half(half(x)))
    >>> x = np.ones(1000)
    >>> kept = fastls.record(loss, x, layers)
    >>> again = fastls.record(loss, x, fastls.checkpoint(layers))
    >>> bool(np.all(kept.grad(x, layers) == again.grad(x, fastls.checkpoint(layers))))
    True
    """
    if not callable(f):
        raise TypeError(f"f must be callable; got {f!r}")

    @functools.wraps(f)
    def with_checkpoint(*arguments: Any, **keywords: Any) -> Any:
        graph = next((tracer.graph for tracer in traced((arguments, keywords))), None)
        if graph is None:
            return f(*arguments, **keywords)
        start = len(graph.nodes)
        result = f(*arguments, **keywords)
        if len(graph.nodes) > start:
            graph.regions.append((start, len(graph.nodes), frozenset()))
        return result

    return with_checkpoint
