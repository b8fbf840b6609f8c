from typing import Any

__all__ = ["address", "get_include"]

_C_API: Any

def address(name: str) -> int: ...
def get_include() -> str: ...
