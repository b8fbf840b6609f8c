from typing import Any, final

import numpy as np

from fastls.tape.graph import Graph, Node, Primitive

def learn(
    primitives: dict[np.ufunc, Primitive], reshape: Primitive, broadcast: Primitive
) -> None: ...
def uniform(node: Node) -> float | None: ...
def simplify_negative(
    graph: Graph, inputs: tuple[Node, ...], parameters: dict[str, Any]
) -> Node | None: ...

@final
class Arithmetic:
    def __init__(self, ufunc: np.ufunc) -> None: ...
    def __call__(
        self, graph: Graph, inputs: tuple[Node, ...], parameters: dict[str, Any]
    ) -> Node | None: ...
