"""Flat and pillowed bodies over an outline: discs, hearts, drops, bars, crosses, letters; engraving and milgrain."""

import numpy as np

from pipeline.atelier.geometry import letters, solid
from pipeline.atelier.geometry.assembly import poses
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import (
    Floats,
    Mesh,
    ball,
    circle,
    outline_normals,
    outward,
    pillow,
    quads,
    resample,
    rounded,
)
from pipeline.atelier.pieces import least
from pipeline.atelier.spec import Form

ENGRAVING_DEPTH, ENGRAVING_FLOOR = 0.22, 0.03
"""Depth of hand engraving, and thickness of its matted floor, mm."""

HEART_POINT = 0.04
"""Radius of a heart's point, in heart heights."""

FLAT_MARGIN = 0.04
"""Width of the flat margin inside a bevel, mm."""


def plate(polygons: list[Floats], thickness: float, bevel: float) -> Mesh:
    """A flat plate from z = 0 over polygons (holes clockwise), both faces with a rounded bevel.

    Corners are rounded to the bevel's radius first, so that the bevel never folds over itself.
    """
    import manifold3d

    contours = [
        resample(polygon, _points(polygon)) for polygon in solid.soften(polygons, 1.15 * bevel + FLAT_MARGIN)
    ]
    turn = np.linspace(0, np.pi / 2, 6)
    # A narrow flat margin inside each bevel keeps the faces' normals from leaning toward the rim.
    curve = [(bevel * (1 - np.sin(a)), bevel * (1 - np.cos(a))) for a in turn]
    low = [(bevel + FLAT_MARGIN, 0.0), *curve]
    steps = [*low, *((inset, thickness - height) for inset, height in low[::-1])]
    vertices, faces, first, last, count = [], [], [], [], 0
    for contour in contours:
        normal, sides = outline_normals(contour), len(contour)
        rings = [
            np.column_stack([contour - inset * normal, np.full(sides, height)]) for inset, height in steps
        ]
        vertices += rings
        faces.append(quads(len(rings), sides, closed_u=False) + count)
        first.append(np.arange(sides) + count)
        last.append(np.arange(sides) + count + (len(rings) - 1) * sides)
        count += len(rings) * sides
    lid = np.array(manifold3d.triangulate([c - (bevel + FLAT_MARGIN) * outline_normals(c) for c in contours]))
    bottom, top = np.concatenate(first)[lid], np.concatenate(last)[lid]
    mesh = Mesh(np.vstack(vertices), np.vstack([*faces, bottom, top[:, ::-1]]).astype(np.int32))
    return outward(mesh)


def domed(
    outline: Floats, thickness: float, dome: float, bevel: float, *, centre: Floats | None = None
) -> Mesh:
    """A plate over a star-shaped outline with a flat back, a rounded rim and a softly domed face."""
    middle = np.zeros(2) if centre is None else centre
    turn = np.linspace(0, np.pi / 2, 7)
    back = min(0.25, 0.3 * thickness)
    profile = [(1.0, -back * (1 - np.sin(a)), back * (1 - np.cos(a))) for a in turn]
    profile += [(1.0, -bevel * (1 - np.cos(a)), thickness - bevel * (1 - np.sin(a))) for a in turn]
    for scale in np.linspace(1, 0, 26)[1:-1]:
        profile.append((scale, -bevel * scale, thickness + dome * (1 - scale**2)))
    profile.append((0.004, 0.0, thickness + dome))
    return pillow(outline, profile, centre=middle)


def form_outline(form: Form, height: float, letter: str = "A") -> list[Floats]:
    """Polygons of a pendant's form, its middle at the origin, ``height`` along y; holes run clockwise."""
    if form == "heart":
        return [_heart(height)]
    if form == "teardrop":
        return [_teardrop(height)]
    if form == "bar":
        width = max(0.17 * height, 2.2)
        return [rounded(_rectangle(width, height), 0.35 * width, steps=12)]
    if form == "cross":
        return [_cross(height)]
    if form == "initial":
        return letters.glyphs(letter, height, weight=0.055 * height)
    if form == "locket":
        return [circle(0.5 * height, 192) * [0.82, 1.0]]
    return [circle(height / 2, 192)]


def form_body(form: Form, height: float, letter: str = "A", *, thickness: float | None = None) -> Mesh:
    """The solid of a form, lying on z = 0, face up; ``thickness`` in mm where the usual one will not do."""
    outlines = form_outline(form, height, letter)
    usual = {"bar": 1.4, "initial": 1.5, "cross": 1.6}.get(
        form, least.wall(float(np.clip(0.055 * height, 0.7, 1.6)))
    )
    thick = thickness or usual
    if form == "heart":
        middle = np.array([0.0, -0.02 * height])
        # Wider than the point's own radius the rim would fold over itself.
        bevel = min(0.5, 0.6 * thick, 0.85 * HEART_POINT * height)
        return domed(outlines[0], thick, 0.085 * height, bevel, centre=middle)
    if form in ("round", "teardrop", "locket"):
        middle = np.array([0.0, -0.17 * height]) if form == "teardrop" else np.zeros(2)
        bevel = min(float(np.clip(0.03 * height, 0.22, 0.6)), 0.6 * thick)
        return domed(outlines[0], thick, 0.05 * height, bevel, centre=middle)
    return plate(
        outlines, thick, {"initial": 0.28, "cross": float(np.clip(0.028 * height, 0.4, 0.7))}.get(form, 0.4)
    )


FACES: dict[str, tuple[float, float, float]] = {
    "round": (0.66, 0.42, 0.0), "heart": (0.62, 0.26, 0.10), "teardrop": (0.40, 0.26, -0.18),
    "locket": (0.50, 0.30, 0.0), "bar": (0.72, 0.11, 0.0),
}  # fmt: skip
"""Room for an engraving on each form: width, height and the middle's y, in pendant heights."""


def engrave(
    body: Mesh,
    text: str,
    room: tuple[float, float],
    *,
    at: tuple[float, float] = (0.0, 0.0),
    upright: bool = False,
    whole: bool = False,
) -> tuple[Mesh, Mesh | None]:
    """Cut a text into the upper face of a lying body; it is scaled to fit ``room`` (width, height) in mm.

    The cut follows the face: what lies deeper than the engraving's depth below the surface stays. ``upright`` runs
    the text along y, bottom to top; ``whole`` lets the cut follow a hollow face down to near its
    lowest point. Returns the body and the cut's matted floor, none where the text is blank.
    """
    outlines = letters.lines(text, room)
    if not outlines:
        return body, None
    if upright:
        outlines = [outline @ np.array([[0.0, 1.0], [-1.0, 0.0]]) for outline in outlines]
    low, high = float(body.vertices[:, 2].min()), float(body.vertices[:, 2].max())
    # Only the upper half is cut: moving a copy down would otherwise leave the underside free too.
    start = low + 2 * ENGRAVING_DEPTH if whole else (low + high) / 2
    prism = solid.extrude([outline + np.asarray(at) for outline in outlines], high - start + 1)
    return _cut_along(body, prism.moved([0, 0, start]), ENGRAVING_DEPTH, ENGRAVING_FLOOR)


def carve(
    body: Mesh, outlines: list[Floats], depth: float, filling: float = ENGRAVING_FLOOR
) -> tuple[Mesh, Mesh]:
    """Sink fields (holes clockwise) into the upper face of a lying body: what is left, and what fills them.

    ``depth`` and the thickness of the ``filling`` on its bottom in mm; both follow the face.
    """
    middle = float(body.vertices[:, 2].min() + body.vertices[:, 2].max()) / 2
    tall = float(body.vertices[:, 2].max()) - middle + 1
    return _cut_along(body, solid.extrude(outlines, tall).moved([0, 0, middle]), depth, filling)


def _cut_along(body: Mesh, prism: Mesh, depth: float, filling: float) -> tuple[Mesh, Mesh]:
    """A body with a prism cut into it, as deep everywhere under its face, and the filling of the cut."""
    floor = body.moved([0, 0, -depth])
    burin = solid.subtract(prism, floor)
    inlay = solid.subtract(solid.intersect(prism, floor), body.moved([0, 0, -depth - filling]))
    return solid.subtract(body, burin, inlay), inlay


def milgrain(outline: Floats, level: float, *, inset: float = 0.0, size: float = 0.32) -> tuple[Mesh, Floats]:
    """A row of fine beads along an outline (n, 2) at height ``level``: one bead and its poses."""
    line = outline - inset * outline_normals(outline)
    length = float(np.linalg.norm(np.diff(np.vstack([line, line[:1]]), axis=0), axis=1).sum())
    count = max(int(length / (1.12 * size)), 8)
    points = resample(line, count)
    flat = np.column_stack([points, np.full(count, level)])
    along = np.roll(flat, -1, 0) - np.roll(flat, 1, 0)
    return ball(size / 2, around=16), poses(flat, along, np.tile([0.0, 0.0, 1.0], (count, 1)))


def _points(polygon: Floats) -> int:
    length = float(np.linalg.norm(np.diff(np.vstack([polygon, polygon[:1]]), axis=0), axis=1).sum())
    return int(np.clip(length / 0.09, 48, 300 if detail().tolerance_mm else 900))


def _rectangle(width: float, height: float) -> Floats:
    x, y = width / 2, height / 2
    return np.array([(x, -y), (x, y), (-x, y), (-x, -y)])


def _heart(height: float) -> Floats:
    """A full heart with a soft point: the classic parametric curve, its cleft and tip eased."""
    t = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    points = np.stack([x, y], 1)[::-1]
    points = points / np.ptp(points[:, 1]) * height
    points -= (points.min(0) + points.max(0)) / 2
    return resample(solid.soften([points], HEART_POINT * height)[0], 256)


def _teardrop(height: float) -> Floats:
    """A round belly and a tapering neck that ends in a small round tip."""
    t = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    x, y = np.sin(t) * np.sin(t / 2) ** 1.5, np.cos(t)
    points = np.stack([x * 0.36 * height / np.abs(x).max(), y * height / 2], 1)[::-1]
    return resample(solid.soften([points], 0.035 * height)[0], 256)


def _cross(height: float) -> Floats:
    arm, wide = 0.085 * height, 0.30 * height
    bar_low, bar_high = 0.20 * height - arm, 0.20 * height + arm
    top, bottom = height / 2, -height / 2
    half = [(arm, bottom), (arm, bar_low), (wide, bar_low), (wide, bar_high), (arm, bar_high), (arm, top)]
    return np.array([*half, *((-x, y) for x, y in half[::-1])])
