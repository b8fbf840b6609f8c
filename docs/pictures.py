"""Draw the pictures of the documentation: ``python docs/pictures.py [NAME ...]``.

The blocks of gallery.md are one program. A picture is `ax`, as the block before left it.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PART = re.compile(r"^```python\n(.*?)^```$|^!\[[^]]*\]\(pictures/(\w+)\.png\)$", re.M | re.S)


def draw(save: Callable[[Any, str], None]) -> None:
    """Run gallery.md, and hand over the figure and the name of each picture."""
    from matplotlib import pyplot

    names: dict[str, Any] = {}
    for code, picture in PART.findall((FOLDER / "gallery.md").read_text()):
        if code:
            exec(code, names)
        else:
            save(names["ax"].figure, picture)
            pyplot.close(names["ax"].figure)


def main(only: list[str]) -> None:
    import matplotlib

    matplotlib.use("Agg")

    def save(figure: Any, name: str) -> None:
        if not only or name in only:
            path = FOLDER / "pictures" / f"{name}.png"
            figure.savefig(path, dpi=110, metadata={"Software": None})
            print(path)

    draw(save)


if __name__ == "__main__":
    main(sys.argv[1:])
