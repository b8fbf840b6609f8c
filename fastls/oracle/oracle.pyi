from typing import final

@final
class Oracle: ...
