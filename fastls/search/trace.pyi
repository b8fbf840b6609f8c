from typing import Any, Final

import numpy as np

DTYPE: Final[np.dtype[Any]]
