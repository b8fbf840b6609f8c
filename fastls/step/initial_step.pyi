from typing import Final

RULES: Final[dict[str, int]]
