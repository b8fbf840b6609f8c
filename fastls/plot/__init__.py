"""Pictures of searches and of tapes, drawn with matplotlib (``pip install fastls[plot]``).

Every function takes ``ax``, the Axes to draw on, and returns it; without one it opens a new pyplot
figure. Nothing is shown, and no setting of matplotlib's is changed. matplotlib is imported when a
picture is first drawn. Colours are those of Okabe and Ito; dashes, markers and hatches tell apart
what colours tell apart.
"""

from fastls.plot.contours import contours
from fastls.plot.convergence import convergence
from fastls.plot.graph import graph
from fastls.plot.jacobian_modes import jacobian_modes
from fastls.plot.line import line
from fastls.plot.memory import memory
from fastls.plot.times import times
from fastls.plot.trace import trace

__all__ = [
    "contours",
    "convergence",
    "graph",
    "jacobian_modes",
    "line",
    "memory",
    "times",
    "trace",
]
