from typing import Final

import numpy as np

OURS: Final[dict[tuple[np.ufunc, str], int]]

def loop(ufunc: np.ufunc, types: str) -> tuple[int, int] | None: ...
