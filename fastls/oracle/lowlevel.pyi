from typing import Final

CTYPES_NAMES: Final[dict[str, str]]
CTYPES_HOLDS_THE_GIL: Final[int]
