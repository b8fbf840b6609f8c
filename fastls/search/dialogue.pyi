from types import GenericAlias
from typing import Any, Generic, SupportsFloat, TypeVar, final

from fastls.search.result import Result, Step

_Found = TypeVar("_Found", Result, Step, covariant=True)

@final
class Dialogue(Generic[_Found]):
    @classmethod
    def __class_getitem__(cls, item: Any, /) -> GenericAlias: ...
    def ask(self) -> float | None: ...
    @property
    def needs_slope(self) -> bool: ...
    def tell(self, value: SupportsFloat | None, slope: SupportsFloat | None = None) -> None: ...
    @property
    def result(self) -> _Found: ...
