from typing import final

@final
class Reordering: ...
