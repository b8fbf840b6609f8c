from typing import Any, NoReturn

from fastls.interval.method import IntervalSearch
from fastls.step.method import StepSearch

class ExactSearch(StepSearch):
    def __init__(self, method: IntervalSearch) -> None: ...
    @property
    def method(self) -> IntervalSearch: ...
    def begin(self, *args: Any, **kwargs: Any) -> NoReturn: ...
