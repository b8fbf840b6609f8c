from typing import final

@final
class Line: ...
