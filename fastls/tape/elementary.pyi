from collections.abc import Sequence
from typing import Final

import numpy as np

OURS: Final[dict[tuple[np.ufunc, str], int]]
OF_FEW: Final[dict[tuple[np.ufunc, str], tuple[int, int]]]
ROWS: Final[dict[int, int]]

def loop(ufunc: np.ufunc, types: str, of_number: bool = False) -> tuple[int, int] | None: ...
def loop_over_rows(
    function: tuple[int, int], length: int, steps: Sequence[int]
) -> tuple[int, int] | None: ...
