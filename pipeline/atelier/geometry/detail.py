"""How finely bodies are built: in full for pictures, files and drawings, coarsely for a search that builds thousands.

The builders ask the detail in force how many stations and sides to take, and whether to cut bodies into one another;
every dimension stays what it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Detail:
    """``tolerance_mm``: how far a chord may lie off the curve it stands for, 0 for every station asked for.

    ``booleans``: bodies are cut and soldered; without them they stand in one another as they are.
    """

    tolerance_mm: float = 0.0
    booleans: bool = True
    blocks: bool = False
    """What repeats along a line is a block around its wires: a look at where its dozens of stones are."""

    def sides(self, radius_mm: float, most: int) -> int:
        """Sides of a circle, a multiple of four where fewer than asked for: so it keeps its extent along the axes."""
        if not self.tolerance_mm:
            return most
        needed = np.pi / np.sqrt(2 * self.tolerance_mm / max(radius_mm, 1e-6))
        return int(min(most, max(8, 4 * np.ceil(needed / 4))))

    def stations(self, path: Floats, *, closed: bool, around_mm: float = 0.0) -> npt.NDArray[np.intp]:
        """Which points of a curve (n, d) to keep, denser where it bends; ``around_mm`` is the radius of what is swept.

        The sagitta of a chord that turns by t over a length s is s t / 8; its square root adds up along the curve.
        """
        count = len(path)
        if not self.tolerance_mm or count < 8:
            return np.arange(count)
        step = (np.roll(path, -1, 0) if closed else np.vstack([path[1:], path[-1:]])) - path
        length = np.linalg.norm(step, axis=1)
        before = np.roll(step, 1, 0)
        cosine = (step * before).sum(1) / np.maximum(length * np.roll(length, 1), 1e-12)
        turn = np.arccos(np.clip(cosine, -1, 1))
        if not closed:
            turn[[0, -1]] = 0
        near = (length + np.roll(length, 1)) / 2
        weight = np.sqrt(turn * (near + around_mm * turn) / (8 * self.tolerance_mm)) + 1e-3
        along = np.cumsum(weight)  # a bend belongs to its own point, not to the next one
        marks = np.linspace(0, along[-1], max(int(np.ceil(along[-1])), 8) + 1)
        kept = np.searchsorted(along, marks[:-1] if closed else marks)
        corners = np.flatnonzero(turn > 0.6)
        if not closed:
            corners = np.r_[corners, 0, count - 1]
        # With their neighbours: what is swept along the curve takes its direction at a corner from them.
        fixed = np.r_[corners, path.argmin(0), path.argmax(0)]
        fixed = np.r_[fixed - 1, fixed, fixed + 1]
        fixed = fixed % count if closed else np.clip(fixed, 0, count - 1)
        return np.unique(np.r_[np.minimum(kept, count - 1), fixed])


FULL = Detail()
COARSE = Detail(tolerance_mm=0.01, booleans=False)
BLOCKS = Detail(tolerance_mm=0.1, booleans=False, blocks=True)

_in_force: ContextVar[Detail] = ContextVar("detail", default=FULL)


def detail() -> Detail:
    """The detail in force."""
    return _in_force.get()


@contextmanager
def building(asked: Detail) -> Iterator[None]:
    """Build everything within at this detail."""
    before = _in_force.set(asked)
    try:
        yield
    finally:
        _in_force.reset(before)
