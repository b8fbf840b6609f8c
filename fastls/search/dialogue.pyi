from typing import SupportsFloat, final

from fastls.search.result import Result, Step

@final
class Dialogue:
    def ask(self) -> float | None: ...
    def tell(self, value: SupportsFloat, slope: SupportsFloat | None = None) -> None: ...
    @property
    def result(self) -> Result: ...
