"""The least thickness that is built: a caster's figures, where the spec asks for a piece that can be cast.

The builders ask the figures in force, as they ask the detail; without any every part has its usual thickness.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pipeline.atelier.casting import DETAIL_MM, PRONG_MM

OVER = 1.06
"""What is built over what is asked for: facets of a round wire lie inside it."""


@dataclass(frozen=True)
class Least:
    """Least thickness of walls and wires, of prongs, and of grains and beads, mm; 0 asks for none."""

    wall_mm: float = 0.0
    prong_mm: float = 0.0
    detail_mm: float = 0.0

    @classmethod
    def of(cls, wall_mm: float | None) -> "Least":
        """A caster's figures, no prong nor grain thicker than the wall that is asked for."""
        wall = wall_mm or 0.0
        return cls(wall, min(wall, PRONG_MM), min(wall, DETAIL_MM))


NONE = Least()
_in_force: ContextVar[Least] = ContextVar("least", default=NONE)


def least() -> Least:
    """The figures in force."""
    return _in_force.get()


@contextmanager
def keeping(figures: Least) -> Iterator[None]:
    """Build everything within at least so thick."""
    before = _in_force.set(figures)
    try:
        yield
    finally:
        _in_force.reset(before)


def wall(usual_mm: float) -> float:
    """Thickness of a wall or a sheet, mm."""
    return max(usual_mm, OVER * least().wall_mm)


def wire(usual_mm: float) -> float:
    """Radius of a wire, mm."""
    return max(usual_mm, OVER * least().wall_mm / 2)


def prong(usual_mm: float) -> float:
    """Radius of a prong's wire, mm."""
    return max(usual_mm, OVER * least().prong_mm / 2)


def grain(usual_mm: float) -> float:
    """Diameter of a grain or bead, mm."""
    return max(usual_mm, OVER * least().detail_mm)
