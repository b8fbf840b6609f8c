from typing import Any, final

import numpy as np
import numpy.typing as npt

from fastls.descent.objective import Objective
from fastls.tape import Tape

@final
class RecordedObjective(Objective):
    def __init__(self, tape: Tape, x: npt.NDArray[np.float64], args: Any) -> None: ...
