"""Outlines of cut stones seen from above: the girdle, counter-clockwise, its length along y."""

import numpy as np

from pipeline.atelier.geometry.mesh import Floats
from pipeline.atelier.spec import Cut

CORNER: dict[str, float] = {"princess": 0.035, "emerald": 0.16, "radiant": 0.15, "asscher": 0.23}
"""How much of each side of a rectangle its cut corner takes, over the width."""

KITE_SHOULDER = 0.3
"""Height of a kite's side corners over its middle, in half lengths."""


def girdle(cut: Cut, length_mm: float, width_mm: float, *, sides: int = 128) -> Floats:
    """Girdle outline (n, 2), counter-clockwise; the length lies along y.

    It starts at +x; a heart's starts at its point (at -y). Straight-sided cuts give their corners only.
    """
    half_width, half_length = width_mm / 2, length_mm / 2
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.cos(angle), np.sin(angle)
    if cut in CORNER:
        corner = CORNER[cut] * width_mm
        a, b = half_width, half_length
        turns = [(a, b - corner), (a - corner, b), (corner - a, b), (-a, b - corner)]
        return np.array([(a, corner - b), *turns, (-a, corner - b), (corner - a, -b), (a - corner, -b)])
    if cut in POLYGONS:
        return np.array(POLYGONS[cut]) * [half_width, half_length]
    if cut in ("cushion", "old_mine"):
        power = 2 / 3.2
        x, y = np.sign(x) * np.abs(x) ** power, np.sign(y) * np.abs(y) ** power
    elif cut == "marquise":
        x = np.sign(x) * _arc_width(y, half_length / half_width)
    elif cut == "pear":
        return _pear(half_width, half_length, sides)
    elif cut == "heart":
        return _heart(sides) * [half_width, half_length]
    elif cut == "trillion":
        return _trillion(sides) * [half_width, half_length]
    return np.stack([half_width * x, half_length * y], 1)


POLYGONS: dict[str, list[tuple[float, float]]] = {
    "baguette": [(1, -1), (1, 1), (-1, 1), (-1, -1)],
    "hexagon": [(1, -0.5), (1, 0.5), (0, 1), (-1, 0.5), (-1, -0.5), (0, -1)],
    "kite": [(1, KITE_SHOULDER), (0, 1), (-1, KITE_SHOULDER), (0, -1)],
}
"""Corners of straight-sided cuts in half widths and half lengths."""


def _arc_width(y: Floats, ratio: float) -> Floats:
    """Half width, in units of the greatest one, of a marquise: two circular arcs that meet at the points."""
    radius = (1 + ratio**2) / 2
    return np.asarray(np.sqrt(np.maximum(radius**2 - (y * ratio) ** 2, 0)) - (radius - 1))


def _pear(half_width: float, half_length: float, sides: int) -> Floats:
    """Half an ellipse for the head (-y) and two arcs for the tail, meeting in the point at +y."""
    head = half_width * 1.02
    tail = 2 * half_length - head
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.cos(angle), np.sin(angle)
    upper = y > 0
    width = np.where(upper, np.sign(x) * _arc_width(np.where(upper, y, 0.0), tail / half_width), x)
    # The stone's middle is the origin; its widest place, and the culet, lie nearer the head.
    return np.stack([half_width * width, np.where(upper, tail * y, head * y) - (tail - head) / 2], 1)


LOBE, LOBE_AT, FLANK = 0.56, 0.44, 2.2
"""A heart's lobe: radius and place of its middle; and the radius of the arc from there to the point."""

BULGE_DEG = 21.0
"""Half the angle of the arc that a trillion's side is: about a tenth of the side stands out."""


def _heart(sides: int) -> Floats:
    """Heart in the square from -1 to 1: each half a lobe and a gently curved flank, tangent to each other.

    Two circles meet in the cleft; flanks run into the point at (0, -1), where the outline starts.
    """
    lobe, point = np.array([LOBE_AT, 1 - LOBE]), np.array([0.0, -1.0])
    # The flank's centre is FLANK from the point and FLANK - LOBE from the lobe's middle: the arcs touch inside.
    apart = float(np.linalg.norm(lobe - point))
    along = (apart**2 + FLANK**2 - (FLANK - LOBE) ** 2) / (2 * apart)
    toward = (lobe - point) / apart
    centre = point + along * toward + np.sqrt(FLANK**2 - along**2) * np.array([-toward[1], toward[0]])
    start, touch = (np.arctan2(*(place - centre)[::-1]) for place in (point, lobe))
    cleft = np.pi - np.arccos(LOBE_AT / LOBE)
    low, high = np.linspace(start, touch, 400, endpoint=False), np.linspace(touch, cleft, 400)
    flank = centre + FLANK * np.stack([np.cos(low), np.sin(low)], 1)
    half = np.vstack([flank, lobe + LOBE * np.stack([np.cos(high), np.sin(high)], 1)])
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(half, axis=0), axis=1))]
    at = np.linspace(0, length[-1], sides // 2 + 1)
    right = np.stack([np.interp(at, length, half[:, k]) for k in range(2)], 1)
    right[[0, -1], 0] = 0.0
    return np.vstack([right, right[-2:0:-1] * [-1, 1]])


def _trillion(sides: int) -> Floats:
    """Equal-sided triangle of convex arcs, as wide as from -1 to 1, its corners at the top and below.

    It starts at the top; ``sides`` is rounded to a multiple of twelve, so that corners and middles are points of it.
    """
    each = 4 * max(sides // 12, 1)
    half = np.radians(BULGE_DEG)
    turn = np.linspace(-half, half, each, endpoint=False)
    # One side, its chord of length 2 about the origin's left; the other two follow by a third of a turn.
    reach = np.stack([np.cos(turn), np.sin(turn)], 1) / np.sin(half)
    side = reach - [np.cos(half) / np.sin(half) - 3**-0.5, 0.0]
    angles = np.radians([150.0, 270.0, 30.0])
    arcs = [side @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) for a in angles]
    outline = np.vstack(arcs)
    middle = float(outline[:, 1].max() + outline[:, 1].min()) / 2
    return np.asarray(outline - [0.0, middle])
