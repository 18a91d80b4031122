"""A piece laid out for the ray engine: one triangle soup, with normals and one row of optical constants per part."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.atelier.geometry.normals import shade_normals
from pipeline.atelier.materials import FINISHES, METALS, SURFACES, Body, Color, Gem, Metal, metal_look
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.atelier.render.joints import near_joints, soldered
from pipeline.errors import BadInput

METAL, CLEAR, COATED = 0, 1, 2
RELIEFS = {"": 0, "strokes": 1, "dimples": 2, "grain": 3}
PATTERNS = {
    "": 0, "opal": 1, "pearl": 2, "matrix": 3, "glow": 4, "schiller": 5, "flecks": 6, "bands": 7, "cloud": 8,
    "nacre": 9, "silk": 10,
    "star": 11, "eye": 12,
}  # fmt: skip
MOSAICS = frozenset(PATTERNS.values()) - {PATTERNS[name] for name in ("", "pearl", "star", "eye")}
"""Patterns that are drawn from the mosaic of patches."""
# Fire below this dispersion is not seen in a coloured stone; following each colour would cost half as much again.
FIRE_THRESHOLD = 0.03
# The tables' colours are of stones of this width (mm). Small goods are chosen deep and large ones light, but not by as
# much as their size: colour deepens with the root of the width.
TOLD_WIDTH_MM = 6.0
# Beyond these widths (mm) no stone is chosen.
STONE_WIDTH_MM = (0.8, 16.0)
# Light takes shorter ways through a stone in a row than through one that stands free: deeper ones keep it from paling.
ROW_DEPTH = 1.3
# A single stone lives by its darks; of many small ones an eye sees the mean, which must not be grey.
ROW_EXPOSURE = 1.5
# Faces whose normals are made at once, where they are of bodies apart.
BATCH_TRIANGLES = 150_000
# Whatever a piece is seen by: from the front and from above.
_SHOWN = np.array([0.0, -0.5, 1.0])


@dataclass(frozen=True)
class Scene:
    """Arrays the kernel gathers from.

    `vertices` (n, 3) float32 mm; `faces` (m, 3) uint32; `face_rows` (m, 4) float32: unit normal and part index;
    `corner_normals` (m, 3, 4) float32: shading normal of each corner, and of the first a 1 where the face may lie at a
    joint; `surfaces` (parts, 8, 4) float32, see `describe_surface`, `describe_crystal` and `describe_age`; `part_names`
    in part order; `kinds` (parts,) uint8 METAL, CLEAR, COATED.
    """

    vertices: np.ndarray
    faces: np.ndarray
    face_rows: np.ndarray
    corner_normals: np.ndarray
    surfaces: np.ndarray
    kinds: np.ndarray
    part_names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    tinted: bool
    """Whether light is followed through clear stones to the floor."""
    cuff: bool
    """Whether it is a stiff band around z, along which strokes run."""

    @property
    def has_fire(self) -> bool:
        """Whether any stone disperses enough for each primary colour to be followed."""
        return bool((self.surfaces[:, 2, 3] > 0).any())

    @property
    def all_fire(self) -> bool:
        """Whether there are clear stones and each of them disperses that much."""
        clear = self.surfaces[self.kinds == CLEAR]
        return bool(len(clear) and (clear[:, 2, 3] > 0).all())

    @property
    def has_axes(self) -> bool:
        """Whether any clear stone shows light another index or colour by its way through the crystal."""
        crystals = np.concatenate([self.surfaces[:, 5, 3:], self.surfaces[:, 6, :3]], axis=1)
        return bool(crystals[self.kinds == CLEAR].any())

    @property
    def has_rows(self) -> bool:
        """Whether clear stones stand in rows."""
        return bool((self.surfaces[:, 6, 3] > 1).any())

    @property
    def has_inclusions(self) -> bool:
        """Whether veils are seen in any clear stone."""
        return bool((self.surfaces[self.kinds == CLEAR, 7, 3] > 0).any())

    @property
    def has_fillets(self) -> bool:
        """Whether solder rounds any joint."""
        return bool(self.corner_normals[:, 0, 3].any())

    @property
    def has_wear(self) -> bool:
        """Whether any metal has been worn."""
        return bool((self.surfaces[self.kinds == METAL, 7, 3] > 0).any())

    @property
    def reliefs(self) -> frozenset[int]:
        """Which reliefs occur, so that the kernel holds only those."""
        return frozenset(int(k) for k in np.unique(self.surfaces[:, 4, 0]))

    @property
    def patterns(self) -> frozenset[int]:
        """Which body patterns occur."""
        return frozenset(int(k) for k in np.unique(self.surfaces[:, 4, 2]))


def lay_out(piece: Piece) -> Scene:
    """Merge the parts of a piece. Raises BadInput where a part is empty, not finite or of an unknown material."""
    if not piece.parts:
        raise BadInput("This piece has no parts to render.")
    corners = sum(len(part.vertices) for part in piece.parts)
    triangles = sum(len(part.faces) for part in piece.parts)
    vertices, faces = np.empty((corners, 3), np.float32), np.empty((triangles, 3), np.uint32)
    face_rows, corner_normals = np.empty((triangles, 4), np.float32), np.zeros((triangles, 3, 4), np.float32)
    surfaces, kinds, lows, highs = [], [], [], []
    first, start = 0, 0
    for index, part in enumerate(piece.parts):
        points, ends = np.asarray(part.vertices, np.float64), np.asarray(part.faces, np.int32)
        if not len(ends) or not np.isfinite(points).all():
            raise BadInput(f"The part {part.name!r} has no usable surface.")
        kind, surface = describe_surface(part, piece.fineness)
        kinds.append(kind)
        surfaces.append(
            np.concatenate([surface, describe_crystal(part), describe_age(part, worn=piece.worn)])
        )
        lows.append(points.min(axis=0))
        highs.append(points.max(axis=0))
        run = slice(start, start + len(ends))
        vertices[first : first + len(points)] = points
        faces[run] = ends
        faces[run] += np.uint32(first)
        face_rows[run, 3] = index
        for some, held in _batches(ends, len(points)):
            here = slice(start + some.start, start + some.stop)
            face_rows[here, :3], corner_normals[here, :, :3] = shade_normals(
                points[held], ends[some] - held.start, smooth=part.smooth
            )
        first, start = first + len(points), start + len(ends)
    joined = soldered(piece)
    for index in joined:
        surfaces[index][7, 0] = 1.0
    corner_normals[:, 0, 3] = near_joints(joined, vertices, faces, face_rows[:, 3])
    return Scene(
        vertices=vertices,
        faces=faces,
        face_rows=face_rows,
        corner_normals=corner_normals,
        surfaces=np.stack(surfaces).astype(np.float32),
        kinds=np.array(kinds, dtype=np.uint8),
        part_names=tuple(part.name for part in piece.parts),
        low=np.min(lows, axis=0),
        high=np.max(highs, axis=0),
        # A pale stone in no need of colour gathers light all the same.
        tinted=piece.tinted and CLEAR in kinds,
        cuff=any(part.role is PartRole.CUFF for part in piece.parts),
    )


def _batches(faces: np.ndarray, corners: int) -> Iterator[tuple[slice, slice]]:
    """Faces (m, 3) in batches that share no vertex with one another, and the run of vertices that each batch has.

    Normals take some 700 bytes a triangle while they are made, and a chain has millions: of links that follow one
    another a few are shaded at a time. A body that is larger than a batch is one of its own.
    """
    latest = np.maximum.accumulate(faces.max(axis=1))
    soonest = np.minimum.accumulate(faces.min(axis=1)[::-1])[::-1]
    apart = np.append(np.flatnonzero(latest[:-1] < soonest[1:]) + 1, len(faces))
    start, first = 0, 0
    while start < len(faces):
        within = np.searchsorted(apart, start + BATCH_TRIANGLES, side="right") - 1
        stop = int(apart[max(within, np.searchsorted(apart, start, side="right"))])
        last = corners if stop == len(faces) else int(latest[stop - 1]) + 1
        yield slice(start, stop), slice(first, last)
        start, first = stop, last


def describe_surface(part: Part, fineness: int | None = None) -> tuple[int, np.ndarray]:
    """Kind and (5, 4) table of a part of a piece whose gold is of this fineness; see `surface_table`."""
    return surface_table(
        part.material, part.finish, fineness, width_mm=_width(part), in_row=bool(part.repeats)
    )


def _width(part: Part) -> float:
    body = part.repeats[0].vertices if part.repeats else part.vertices  # one stone of a row
    return float(np.clip(np.sort(np.ptp(body, axis=0))[1], *STONE_WIDTH_MM))


def absorption(left: Color, *, width_mm: float, in_row: bool) -> np.ndarray:
    """Absorption (3,) per mm of a stone so wide, alone or `in_row`, that leaves of white this much over its width."""
    depth = ROW_DEPTH if in_row else 1.0
    return np.asarray(-np.log(np.maximum(left, 1e-3)) * depth / np.sqrt(width_mm * TOLD_WIDTH_MM))


def describe_crystal(part: Part) -> np.ndarray:
    """How a part's stone lies, (2, 4): its axis and birefringence; absorption per mm of the extraordinary ray beyond
    the ordinary one's (clear stones) or which way its length runs (others), and how much brighter it is exposed.

    The axis is where the stone is least deep, as cutters lay it: the table of a doubly refracting stone square to it, a
    star's and an eye's dome over it. Of a row it is that of the first stone.
    """
    table = np.zeros((2, 4))
    gem = SURFACES.get(part.material)
    if gem is None:
        return table
    body = next(part.stone_bodies(), part.vertices)
    faces = part.repeats[0].faces if part.stone is not None and part.repeats else part.faces
    a, b, c = (body[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    # A body of one triangle, or of none that covers anything, has no shape to tell an axis by; any will do.
    spread, ways = np.linalg.eigh(np.cov(((a + b + c) / 3).T, aweights=area + 1e-12, ddof=0))
    axis = ways[:, 0] * (1.0 if ways[:, 0] @ _SHOWN >= 0 else -1.0)
    length = ways[:, 2] if spread[2] > 1.05 * spread[1] else np.array([1.0, 0.0, 0.0])
    length = length - (length @ axis) * axis
    table[0] = (*axis, gem.birefringence)
    table[1, 3] = ROW_EXPOSURE if part.repeats and gem.body is Body.CLEAR else 1.0
    if gem.body is Body.COATED:
        table[1, :3] = length / max(float(np.linalg.norm(length)), 1e-9)
    elif gem.across is not None:
        width, in_row = _width(part), bool(part.repeats)
        ordinary = absorption(gem.transmission, width_mm=width, in_row=in_row)
        table[1, :3] = absorption(gem.across, width_mm=width, in_row=in_row) - ordinary
    return table


def describe_age(part: Part, *, worn: bool) -> np.ndarray:
    """What time left in a part and on it, (1, 4): of a stone with inclusions its middle and its width in mm, of metal
    that is `worn` a last 1; zeros of all others. `lay_out` puts a first 1 for metal that is soldered to other parts.
    """
    table = np.zeros((1, 4))
    if part.included:
        low, high = part.vertices.min(axis=0), part.vertices.max(axis=0)
        table[0] = (*(low + high) / 2, np.sort(high - low)[1])
    elif worn and part.material in METALS:
        table[0, 3] = 1.0
    return table


def surface_table(
    name: str, finish: str, fineness: int | None = None, *, width_mm: float, in_row: bool = False
) -> tuple[int, np.ndarray]:
    """Kind and (5, 4) table of a material under a finish, a stone being so wide and alone or `in_row`.

    Rows: 0 reflectance rgb (metal) or body colour (coated), alpha along; 1 shade rgb, alpha across; 2 index of
    refraction for red, green, blue, dispersion if it fires; 3 absorption per mm rgb, kind; 4 relief, its strength,
    pattern, stone width. Raises BadInput for a name that is not known.
    """
    table = np.zeros((5, 4))
    material: Metal | Gem
    if name in METALS:
        material = metal_look(name, fineness)
        if finish not in FINISHES:
            raise BadInput(f"The finish {finish!r} is not known; choose one of {', '.join(FINISHES)}.")
        look = FINISHES[finish]
        table[0] = (*material.f0, max(material.roughness, look.along))
        table[1] = (*material.shade, max(material.roughness, look.across))
        table[4] = (RELIEFS[look.relief], look.strength, 0, width_mm)
        return METAL, table
    if name not in SURFACES:
        known = ", ".join([*METALS, *SURFACES])
        raise BadInput(f"The material {name!r} is not known; choose one of {known}.")
    material = SURFACES[name]
    fire = material.dispersion if material.dispersion > FIRE_THRESHOLD else 0.0
    red, green, blue = material.indices
    table[2] = (red, green, blue, fire) if fire else (green, green, green, 0.0)
    table[0] = (*material.albedo, max(material.roughness, 0.01))
    table[1] = (1, 1, 1, max(material.roughness, 0.01))
    table[4] = (0, 0, PATTERNS[material.pattern], width_mm)
    if material.body is Body.COATED:
        table[3, 3] = COATED
        return COATED, table
    table[3, :3] = absorption(material.transmission, width_mm=width_mm, in_row=in_row)
    table[3, 3] = CLEAR
    return CLEAR, table
