from typing import Any, Final

import numpy as np

DTYPE: Final[np.dtype[Any]]
SLOPED_DTYPE: Final[np.dtype[Any]]
