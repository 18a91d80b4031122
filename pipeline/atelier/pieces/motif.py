"""Motifs as bodies: an outline cut from sheet, flat or domed, its lines engraved, its cells enamelled, set with stones.

Every host takes the same lying body from ``motif_parts``: pendants, studs, drops, charms, stations, rings, brooches.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry import motifs, solid
from pipeline.atelier.geometry.assembly import metal_part, scatter, shifted
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.gemstones import cut_stone
from pipeline.atelier.geometry.mesh import Floats, Mesh, torus
from pipeline.atelier.geometry.silhouette import (
    Shape,
    framed,
    inset,
    polygons,
    shape,
    signed_area,
    tied,
    together,
)
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, pave, plates
from pipeline.atelier.pieces.setting import set_stone
from pipeline.atelier.spec import Motif, Spec
from pipeline.errors import BadInput

BEVEL = 0.2
"""Rounding of the edges of a motif's sheet, mm."""
WALL = 0.8
"""No wall of a motif is thinner than this, mm: what casters ask for."""
LEAST, MOST = 0.7, 120.0
"""Shorter and longer side between which a motif can be cut and worn, mm: a thinner strip is all edge."""
AS_LARGE, MOST_DRAWN = 0.01, 4
"""How near to its length a motif comes, mm, and how often it is drawn for that at most."""
LINE = 0.3
"""Least width of an engraved line, mm."""
ENGRAVED_FROM_MM = 5.0
"""Smaller motifs carry no lines: they would run together."""
ENAMEL_DEPTH, ENAMEL_SUNK, ENAMEL_WALL = 0.35, 0.03, 0.12
"""Thickness of enamel, how far it lies under the metal, and half the wall between two cells, mm."""
DOME = 0.075
"""Rise of a domed motif over its rim, in shares of its smaller side."""
EDGE = 0.3
"""Metal between a stone of the pave and the motif's edge, mm."""
STEP = 0.35
"""Length of the edges that a sheet is bent along, mm."""
EYE_HOLE, EYE_WIRE = 0.62, 0.32
"""Hole and wire radius of the eyes at a motif's sides or top, mm."""


@dataclass(frozen=True)
class Sheet:
    """An outline that can be cut, and the fields of its face; mm, about the origin."""

    outline: Shape
    lines: Shape | None
    cells: tuple[tuple[str, Shape], ...]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, mm."""
        low_x, low_y, high_x, high_y = self.outline.bounds()
        return high_x - low_x, high_y - low_y


def sheet(motif: Motif, *, height: float = 0.0, longest: float = 0.0) -> Sheet:
    """The motif with walls that can be cast, ``height`` mm tall or ``longest`` mm on its longer side.

    Raises BadInput where a long word or a strip would be too thin to cast so, or too long to wear.
    """
    if not height:
        unit = motifs.drawing(motif.name, 1.0, text=motif.text, path=motif.path).outline.bounds()
        height = longest / max(unit[2] - unit[0], 1.0)
    drawn = motifs.drawing(motif.name, height, text=motif.text, path=motif.path)
    outline = drawn.outline
    _check_size(outline)
    if motif.openwork:
        outline = framed(outline, max(WALL + 0.1, 0.07 * height))
    solid_enough = _sound(outline)
    wide = inset(solid_enough, -BEVEL - 0.12)
    lines: Shape | None = None
    cells: tuple[tuple[str, Shape], ...] = ()
    if not motif.openwork and height >= ENGRAVED_FROM_MM:
        if motif.enamel is not None:
            colours = _colours(motif, drawn)
            rim = inset(solid_enough, -max(BEVEL + 0.12, least.wall(0.0)))
            # A motif too small for a wall all around its enamel keeps its colours.
            cells = _cells(colours, rim) or _cells(colours, wide)
        if drawn.lines is not None and not cells:
            slack = max(LINE - 2.4 / 100 * height, 0.0) / 2
            lines = inset(drawn.lines, slack) ^ wide
            lines = None if lines.is_empty() else lines
    return Sheet(solid_enough, lines, cells)


def _check_size(outline: Shape) -> None:
    low_x, low_y, high_x, high_y = outline.bounds()
    sides = high_x - low_x, high_y - low_y
    for unfit, what in (
        (min(sides) < LEAST, "thin to cast; make it larger"),
        (max(sides) > MOST, "long to wear; make it smaller"),
    ):
        if unfit:
            size = f"{sides[0]:.1f} by {sides[1]:.1f} mm"
            raise BadInput(
                f"This motif would be {size}, too {what}, or take a shorter word or a fuller outline."
            )


def _colours(motif: Motif, drawn: motifs.Drawing) -> list[tuple[str, Shape]]:
    """Cells with their colours: the motif's own ones, or one for all; a motif without cells is one cell."""
    cells = drawn.cells or (("", drawn.outline),)
    varied = motif.enamel == "own" or len({colour for colour, _ in cells}) > 1
    usual = "blue" if motif.enamel in ("own", None) else motif.enamel
    return [(colour if varied and colour else str(usual), cell) for colour, cell in cells]


def _cells(colours: list[tuple[str, Shape]], wide: Shape) -> tuple[tuple[str, Shape], ...]:
    return tuple(
        (colour, drawn_in) for colour, cell in colours if not (drawn_in := _cell(cell, wide)).is_empty()
    )


def _cell(cell: Shape, wide: Shape) -> Shape:
    """A cell drawn in by half a wall, without specks, inside the motif's bevel."""
    opened = inset(inset(cell, -max(ENAMEL_WALL, least.grain(0.0) / 2)) ^ wide, -0.08)
    return inset(opened, 0.08)


def _sound(outline: Shape) -> Shape:
    """The outline in one piece, what is thinner than a wall thickened, so that its edges can be rounded.

    It is as large as it was asked for, and no other shape: where its tips are sharp it is drawn larger before they
    are rounded. To be stretched afterwards would leave them sharper than a plate's edges can be.
    """
    low_x, low_y, high_x, high_y = outline.bounds()
    wanted = np.array([high_x - low_x, high_y - low_y])
    middle = ((low_x + high_x) / 2, (low_y + high_y) / 2)
    centred = outline.translate((-middle[0], -middle[1]))
    larger, short, rounded = np.ones(2), np.ones(2), centred
    for _ in range(MOST_DRAWN):
        larger *= short
        rounded = _roundable(centred.scale(tuple(larger)))
        a, b, c, d = rounded.bounds()
        short = wanted / [c - a, d - b]
        if (np.abs(short - 1) * wanted).max() < AS_LARGE:
            break
    a, b, c, d = rounded.bounds()
    return (
        rounded.simplify(0.002).translate((-(a + c) / 2, -(b + d) / 2)).scale(tuple(short)).translate(middle)
    )


def _roundable(outline: Shape) -> Shape:
    radius = 1.15 * BEVEL + plates.FLAT_MARGIN + 0.02
    for _ in range(4):
        opened = inset(inset(outline, -WALL / 2), WALL / 2)
        thin = inset(outline - opened, -0.02)
        if not thin.is_empty():
            outline = outline + (inset(thin, WALL / 2 - 0.1) if thin.area() > 0.02 else thin)
        outline = tied(outline, WALL + 0.1)
        softened = _softened(outline, radius)
        # What holds by a hair would part again when its edges are rounded.
        if len(_softened(inset(softened, -0.02), radius).decompose()) == 1:
            break
        outline = inset(outline, 0.06)
    else:
        softened = max(softened.decompose(), key=lambda body: body.area(), default=outline)
    return _without_hairs(softened)


def _without_hairs(outline: Shape) -> Shape:
    """The outline, holes filled whose wall is too thin for two rounded edges: notches closed at their mouths."""
    for rim in polygons(outline):
        hole = shape([rim])
        if signed_area(rim) < 0:
            filled = outline + inset(hole, 0.01)
            if (inset(hole, 2 * (BEVEL + plates.FLAT_MARGIN)) - filled).area() > 1e-3:
                outline = filled
    return outline


def _softened(outline: Shape, radius: float) -> Shape:
    """The outline with corners of at least this radius, as a plate with rounded edges needs them."""
    return inset(inset(inset(outline, -radius), 2 * radius), -radius)


def motif_parts(spec: Spec, cut: Sheet, *, name: str, bent: float = 0.0) -> list[Part]:
    """The motif lying face up on z = 0, its stones and enamel in it; ``bent`` down at the sides to a radius in mm."""
    motif = spec.motif
    assert motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    thick = motif.thickness_mm or float(np.clip(0.06 * max(cut.size), 1.0, 1.6))
    if spec.accents is not None:
        thick = max(thick, 0.55 * spec.accents.diameter_mm + 0.5)
    if least.least().wall_mm:
        sunk = ENAMEL_DEPTH + ENAMEL_SUNK if cut.cells else plates.ENGRAVING_DEPTH if cut.lines else 0.0
        thick = max(thick, least.wall(0.0) + sunk)
    body = plates.plate(polygons(cut.outline), thick, BEVEL)
    parts: list[Part] = []
    if detail().booleans:
        if motif.relief == "domed" and spec.accents is None:
            body = _domed(body, cut.outline, thick, min(DOME * min(cut.size) + 0.2, 2.0))
        body, parts = _carved(spec, cut, body, name)
    parts, body = _stones(spec, cut, body, parts)
    every = [metal_part(name, body, spec.metal, spec.finish), *parts]
    return [_bent(part, bent) for part in every] if bent else every


def _carved(spec: Spec, cut: Sheet, body: Mesh, name: str) -> tuple[Mesh, list[Part]]:
    """The sheet with its lines engraved and its cells filled with enamel."""
    parts: list[Part] = []
    if cut.lines is not None and spec.accents is None and not _has_stone(spec):
        body, floor = plates.carve(body, polygons(cut.lines), plates.ENGRAVING_DEPTH)
        parts.append(metal_part(f"{name} lines", floor, spec.metal, "sandblasted", role=PartRole.ENGRAVING))
    for colour in dict.fromkeys(colour for colour, _ in cut.cells):
        cells = together(cell for shade, cell in cut.cells if shade == colour)
        body, filling = plates.carve(body, polygons(cells), ENAMEL_SUNK, ENAMEL_DEPTH)
        filling = solid.without_dust(filling)
        if len(filling.faces):
            parts.append(_enamel(f"{name} {colour.replace('_', ' ')} enamel", filling, colour))
    return solid.without_dust(body), parts


def _has_stone(spec: Spec) -> bool:
    hoops = spec.earrings is not None and spec.earrings.style in ("hoop", "huggie")
    return spec.stone is not None and not hoops


def _enamel(name: str, mesh: Mesh, colour: str) -> Part:
    return Part(name, mesh.vertices, mesh.faces, f"{colour}_enamel", smooth=True, role=PartRole.ENAMEL)


def _stones(spec: Spec, cut: Sheet, body: Mesh, parts: list[Part]) -> tuple[list[Part], Mesh]:
    """The stone at the motif's widest place, and a pave over the rest of its face."""
    hoops = spec.earrings is not None and spec.earrings.style in ("hoop", "huggie")
    spared: list[tuple[Floats, float]] = []
    if _has_stone(spec):
        assert spec.stone is not None  # noqa: S101 -- just told apart
        place, _ = widest(cut.outline)
        stone = cut_stone(spec.stone)
        top = float(body.vertices[:, 2].max())
        height = max(stone.depth + 0.25, top + 0.12 * stone.depth)
        at = np.array([*place, height])
        foot = min(0.45 * top, 0.5) - height
        parts = [*parts, *(shifted(part, at) for part in set_stone(spec, foot=foot))]
        if not stone.smooth or spec.stone.cut == "cabochon":
            # Steeper than a crease: shaded as one with the face it would lend it its slope.
            hole = Mesh(stone.mesh.vertices * [1.04, 1.04, 1.15] - [0, 0, 0.05], stone.mesh.faces)
            body = solid.subtract(body, hole.moved(at))
        around = float(np.ptp(stone.outline, axis=0).max()) / 2 + 0.5
        if spec.stone.halo:
            around += 1.6 if spec.accents is None else spec.accents.diameter_mm + 0.4
        spared.append((place, around))
    if spec.accents is not None and not hoops and not (spec.stone is not None and spec.stone.halo):
        places, size = field(cut.outline, spec.accents.diameter_mm, spec.accents.count, spared)
        if len(places):
            stones = spec.accents.model_copy(update={"diameter_mm": size, "setting": "pave"})
            level = float(body.vertices[:, 2].max())
            body, more = pave.set_field(body, places, level, stones, spec.settings_metal, name="pave")
            parts = [*parts, *more]
    return parts, body


def _grid(outline: Shape, step: float) -> tuple[Floats, Floats]:
    """Places (n, 2) inside an outline, and how far each is from its edge."""
    import cv2

    low_x, low_y, high_x, high_y = outline.bounds()
    shape = int((high_y - low_y) / step) + 3, int((high_x - low_x) / step) + 3
    mask = np.zeros(shape, np.uint8)
    lines = [((np.vstack([p]) - [low_x, low_y]) / step + 1) for p in polygons(outline)]
    cv2.fillPoly(mask, [np.round(line * 16).astype(np.int32) for line in lines], 1, cv2.LINE_8, 4)
    away = cv2.distanceTransform(mask, cv2.DIST_L2, 5) * step
    rows, columns = np.nonzero(away > 0)
    places = np.column_stack([columns - 1, rows - 1]) * step + [low_x, low_y]
    return places, np.asarray(away[rows, columns], float)


def widest(outline: Shape) -> tuple[Floats, float]:
    """The middle (2,) of the largest circle inside an outline and its radius, mm; of equal ones nearest the axis."""
    width, height = outline.bounds()[2] - outline.bounds()[0], outline.bounds()[3] - outline.bounds()[1]
    places, away = _grid(outline, max(width, height) / 220)
    middle = (outline.bounds()[0] + outline.bounds()[2]) / 2
    low = (outline.bounds()[1] + outline.bounds()[3]) / 2
    worth = away - 0.02 * np.hypot(places[:, 0] - middle, places[:, 1] - low)
    # A place as good as another but on the axis is where a jeweler puts it.
    worth += 0.06 * away.max() * (np.abs(places[:, 0] - middle) < width / 200)
    k = int(np.argmax(worth))
    return places[k], float(away[k])


def field(
    outline: Shape, diameter: float, count: int | None, spared: list[tuple[Floats, float]]
) -> tuple[Floats, float]:
    """Places (n, 2) of a pave over an outline, in rows that fit into one another, and the stones' diameter in mm.

    ``spared`` are circles that stay free. Where not one stone of this size has room, smaller ones are set.
    """
    _, room = widest(outline)
    size = float(np.clip(diameter, 0.8, max(2 * (room - EDGE), 0.8)))
    places, away = _grid(outline, max(size / 14, 0.05))
    free = away >= size / 2 + EDGE
    for middle, radius in spared:
        free &= np.hypot(*(places - middle).T) > radius + size / 2
    if not free.any():
        return np.empty((0, 2)), size
    places = places[free]
    pitch = size * (1 + pave.FIELD_GAP)
    best: list[Floats] = []
    for shift in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.25, 0.5), (0.25, 0.0)):
        chosen = _packed(places, pitch, shift)
        if len(chosen) > len(best):
            best = chosen
    return np.vstack(best)[:count], size


def _packed(places: Floats, pitch: float, shift: tuple[float, float]) -> list[Floats]:
    """The places of a hexagonal grid that are free, then others between them as far from all as those are."""
    from scipy.spatial import KDTree

    tree = KDTree(places)
    low, high = places.min(0), places.max(0)
    centre = (low + high) / 2
    rows = int((high[1] - low[1]) / (pitch * 0.866)) + 2
    columns = int((high[0] - low[0]) / pitch) + 2
    j, i = np.meshgrid(np.arange(-rows, rows + 1), np.arange(-columns, columns + 1), indexing="ij")
    x = centre[0] + (i + 0.5 * (j % 2) + shift[0]) * pitch
    y = centre[1] + (j + shift[1]) * 0.866 * pitch
    grid = np.column_stack([x.ravel(), y.ravel()])
    chosen = [*grid[tree.query(grid)[0] < 0.06 * pitch]]
    # Along the rim, where the rows of the grid end, stones stand as the edge lets them.
    left = places
    while len(left):
        if chosen:
            away = KDTree(np.vstack(chosen)).query(left)[0]
            left = left[away >= pitch]
            away = away[away >= pitch]
            if not len(left):
                break
            chosen.append(left[int(np.argmin(away))])
        else:
            chosen.append(left[len(left) // 2])
    return chosen


def _domed(body: Mesh, outline: Shape, thick: float, rise: float) -> Mesh:
    """A sheet whose face swells from its rim inward, steepest at the edge."""
    from scipy.spatial import KDTree

    rim = KDTree(np.vstack([_dense(line) for line in polygons(outline)]))
    _, reach = widest(outline)

    def lift(points: Floats) -> Floats:
        away = np.clip(rim.query(points[:, :2])[0] / reach, 0, 1)
        share = np.clip(points[:, 2] / thick, 0, 1)
        return np.asarray(
            points + np.column_stack([np.zeros((len(points), 2)), share * rise * (1 - (1 - away) ** 2)])
        )

    return solid.warped(body, STEP, lift)


def _dense(line: Floats) -> Floats:
    ends = np.roll(line, -1, 0)
    return np.vstack([line + t * (ends - line) for t in np.linspace(0, 1, 6, endpoint=False)])


def _bent(part: Part, radius: float) -> Part:
    """A part of a lying sheet bent around the y axis, ``radius`` below it: metal follows, stones only tilt."""

    def around(points: Floats) -> Floats:
        angle, away = points[:, 0] / radius, radius + points[:, 2]
        return np.column_stack([away * np.sin(angle), points[:, 1], away * np.cos(angle)])

    if part.repeats:
        units = []
        for repeat in part.repeats:
            poses = repeat.poses.copy()
            angle = poses[:, 0, 3] / radius
            turn = np.zeros((len(poses), 3, 3))
            turn[:, 0, 0] = turn[:, 2, 2] = np.cos(angle)
            turn[:, 0, 2], turn[:, 2, 0], turn[:, 1, 1] = np.sin(angle), -np.sin(angle), 1
            poses[:, :3, :3] = turn @ poses[:, :3, :3]
            poses[:, :3, 3] = around(poses[:, :3, 3])
            units.append((Mesh(repeat.vertices, repeat.faces), poses))
        again = scatter(part.name, units, part.material, smooth=part.smooth, role=part.role)
        return replace(part, vertices=again.vertices, faces=again.faces, repeats=again.repeats)
    if part.role in _HEAD:
        # A stone in its setting stands upright where it is.
        return replace(part, vertices=part.vertices + np.array([0.0, 0.0, radius]))
    mesh = Mesh(part.vertices, part.faces)
    mesh = solid.warped(mesh, STEP, around) if detail().booleans else Mesh(around(mesh.vertices), mesh.faces)
    return replace(part, vertices=mesh.vertices, faces=mesh.faces)


_HEAD = frozenset(
    {
        PartRole.STONE,
        PartRole.PRONG,
        PartRole.BEZEL,
        PartRole.GALLERY,
        PartRole.BASE,
        PartRole.CUP,
        PartRole.PEG,
        PartRole.HALO,
    }
)


def hanging_point(cut: Sheet) -> tuple[float, float]:
    """Where a motif hangs by: high on its outline and near its middle of gravity, mm."""
    rim = np.vstack([_dense(line) for line in polygons(cut.outline)])
    middle = _centroid(cut.outline)
    width, height = cut.size
    near = rim[np.abs(rim[:, 0] - middle) < max(0.22 * width, 0.5)]
    k = int(np.argmax(near[:, 1] - 1.2 * np.abs(near[:, 0] - middle) * height / max(width, height)))
    x = float(near[k, 0])
    return x, float(rim[np.abs(rim[:, 0] - x) < 0.3][:, 1].max())


def _centroid(outline: Shape) -> float:
    places, _ = _grid(outline, max(outline.bounds()[2] - outline.bounds()[0], 1e-3) / 90)
    return float(places[:, 0].mean())


def side_points(cut: Sheet) -> tuple[Floats, Floats]:
    """Points (2,) of the outline at its left and right, of one height, where a chain takes hold."""
    low_x, low_y, high_x, high_y = cut.outline.bounds()
    best, ends = np.inf, (np.array([low_x, 0.0]), np.array([high_x, 0.0]))
    rim = np.vstack([_dense(line) for line in polygons(cut.outline)])
    for level in np.linspace(low_y + 0.3 * (high_y - low_y), high_y - 0.12 * (high_y - low_y), 25):
        row = rim[np.abs(rim[:, 1] - level) < 0.04 * (high_y - low_y) + 0.05]
        if not len(row):
            continue
        left, right = float(row[:, 0].min()), float(row[:, 0].max())
        # High, and far out: it hangs level and does not turn over.
        cost = (left - low_x) + (high_x - right) + 0.25 * (high_y - level)
        if cost < best:
            best, ends = cost, (np.array([left, level]), np.array([right, level]))
    return ends


def pin_places(cut: Sheet) -> tuple[Floats, Floats]:
    """Where the hinge and the catch of a pin are soldered: metal at the left and right of one level, high up."""
    places, away = _grid(cut.outline, max(cut.size) / 120)
    firm = places[away >= min(0.9, 0.9 * float(away.max()))]
    low, high = firm[:, 1].min(), firm[:, 1].max()
    best, ends = -1.0, (firm[0], firm[0])
    for level in np.linspace(low + 0.35 * (high - low), high, 30):
        row = firm[np.abs(firm[:, 1] - level) < max(cut.size) / 100]
        if len(row):
            left, right = row[int(np.argmin(row[:, 0]))], row[int(np.argmax(row[:, 0]))]
            # Higher is better where it costs no length: a brooch pinned low tips over.
            worth = float(right[0] - left[0]) + 0.15 * (level - low)
            if worth > best:
                best, ends = worth, (np.array([left[0], level]), np.array([right[0], level]))
    return ends


def eye(at: Floats, level: float) -> Mesh:
    """A lying eye whose wire is soldered to the sheet at a point (2,) of its rim, its middle ``at`` (2,)."""
    wire = least.wire(EYE_WIRE)
    return torus(EYE_HOLE + wire, wire, around=48, sides=18).moved([at[0], at[1], level])
