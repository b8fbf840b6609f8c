from collections.abc import Callable
from typing import Any, final

import numpy as np
import numpy.typing as npt

class Objective:
    @property
    def size(self) -> int: ...
    @property
    def nhev(self) -> int: ...

@final
class CallableObjective(Objective):
    def __init__(
        self,
        f: Callable[..., Any],
        grad: Callable[..., Any] | None,
        x: npt.NDArray[np.float64],
        args: Any,
        hess: Callable[..., Any] | None,
        hessp: Callable[..., Any] | None,
    ) -> None: ...
