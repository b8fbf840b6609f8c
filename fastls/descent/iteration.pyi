from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from fastls.descent.method import Descent
from fastls.descent.minimum import Minimum
from fastls.descent.objective import Objective

class Run: ...

def iterate(
    method: Descent,
    objective: Objective,
    x0: npt.NDArray[np.float64],
    callback: Callable[..., Any] | None = None,
) -> Minimum: ...
def is_shown_all(callback: Callable[..., Any]) -> bool: ...
