from typing import Any, Final

CTYPES_NAMES: Final[dict[str, str]]
CTYPES_HOLDS_THE_GIL: Final[int]

def is_compiled(f: Any) -> bool: ...
