"""What a piece measures and weighs: volumes, alloy weights, carats, stones, and the dimensions a drawing shows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from pipeline.atelier import ring_sizes
from pipeline.atelier.alloys import alloy
from pipeline.atelier.geometry.mesh import Floats, Mesh, volume
from pipeline.atelier.geometry.solid import decompose, intersect, unite
from pipeline.atelier.materials import CAST, look
from pipeline.atelier.piece import SOLDERED, Part, PartRole, Piece, SetStone
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Metal, Ring, Spec, Substance
from pipeline.atelier.weights import carats

Point = tuple[float, float, float]
_SAMPLE = 8
"""Neighbouring copies whose common volume is measured."""
LONGEST_LIST = 160
"""Letters of a list of stones that a title block has room for."""
_PENDANT = (PartRole.BODY, PartRole.BEZEL, PartRole.PRONG, PartRole.HALO)


@dataclass(frozen=True)
class Dimension:
    """A measure for a drawing sheet: its name, value in mm, the points it spans in the piece's space, and a note."""

    name: str
    value_mm: float
    start: Point
    end: Point
    note: str = ""


@dataclass(frozen=True)
class Weight:
    """Metal of one alloy."""

    metal: str
    alloy: str
    volume_mm3: float
    grams: float


@dataclass(frozen=True)
class StoneCount:
    """Stones of one gem and size."""

    gem: str
    cut: str
    length_mm: float
    width_mm: float
    count: int
    carats: float
    """Estimated weight of all of them together."""


@dataclass(frozen=True)
class Figures:
    """Everything countable about a piece."""

    weights: tuple[Weight, ...]
    gems: tuple[StoneCount, ...]
    dimensions: tuple[Dimension, ...]
    notes: tuple[str, ...]
    """Measures that no straight line shows, such as a chain's length."""

    @property
    def metal(self) -> str:
        """The alloys with their weights, for a title block."""
        return ", ".join(f"{weight.alloy} {weight.grams:.1f} g" for weight in self.weights)

    @property
    def stones(self) -> str:
        """The stones with sizes and estimated weights, for a title block; of many sizes the least and the greatest."""
        each = ", ".join(_in_words([stone]) for stone in self.gems) or "no stones"
        return each if len(each) <= LONGEST_LIST else ", ".join(map(_in_words, _alike(self.gems)))

    @property
    def stone_count(self) -> int:
        """How many stones there are."""
        return sum(stone.count for stone in self.gems)


def figures(spec: Spec, piece: Piece | None = None) -> Figures:
    """Measure a spec; ``piece`` saves building it again."""
    piece = piece or build(spec)
    return Figures(_weights(spec, piece), _stones(piece), tuple(dimensions(spec, piece)), tuple(_notes(spec)))


def dimensions(spec: Spec, piece: Piece) -> list[Dimension]:
    """Named dimensions of the piece, the kind's own first, then the overall size."""
    low: Floats = np.min([part.vertices.min(0) for part in piece.parts], axis=0)
    high: Floats = np.max([part.vertices.max(0) for part in piece.parts], axis=0)
    measures: list[Dimension] = []
    if spec.ring is not None:
        measures += _ring(spec.ring, piece)
    if spec.stone is not None and (stone := _bounds(piece, PartRole.STONE)) is not None:
        measures += _stone_dimensions(spec, stone)
    if spec.chain is not None and (chain := _bounds(piece, PartRole.CHAIN)) is not None:
        corner, across = chain[0], np.array([spec.chain.gauge_mm, 0, 0])
        name = "pearl diameter" if spec.chain.style == "pearl" else "chain width"
        measures.append(Dimension(name, spec.chain.gauge_mm, _point(corner), _point(corner + across)))
    if spec.pendant is not None and (body := _bounds(piece, *_PENDANT)) is not None:
        measures.append(_along("pendant height", body, 1, float(body[1][1] - body[0][1])))
        measures.append(_along("pendant width", body, 0, float(body[1][0] - body[0][0])))
    for axis, name in enumerate(("overall width", "overall depth", "overall height")):
        measures.append(_along(name, (low, high), axis, float(high[axis] - low[axis])))
    return measures


def _notes(spec: Spec) -> list[str]:
    notes = []
    if spec.ring is not None:
        notes.append(f"ring size {ring_sizes.in_words(spec.ring.inner_diameter_mm)}")
    if spec.chain is not None:
        notes.append(
            f"{spec.chain.style} {'strand' if spec.chain.style == 'pearl' else 'chain'} "
            f"{spec.chain.length_mm / 10:g} cm with {spec.chain.clasp.replace('_', ' ')} clasp"
        )
    elif spec.bracelet is not None:
        notes.append(f"inner circumference {spec.bracelet.length_mm / 10:g} cm")
    return notes


def _ring(ring: Ring, piece: Piece) -> list[Dimension]:
    bounds = _bounds(piece, PartRole.SHANK)
    if bounds is None:
        return []
    low, high = bounds
    x, y, bottom = float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2, float(low[2])
    half, inner = ring.width_mm / 2, ring.inner_diameter_mm / 2
    centre = bottom + ring.thickness_mm + inner
    return [
        Dimension("inner diameter", ring.inner_diameter_mm, (x - inner, y, centre), (x + inner, y, centre),
                  ring_sizes.in_words(ring.inner_diameter_mm)),
        Dimension("band width", ring.width_mm, (x, y - half, bottom), (x, y + half, bottom)),
        Dimension("band thickness", ring.thickness_mm, (x, y, bottom), (x, y, bottom + ring.thickness_mm)),
    ]  # fmt: skip


def _stone_dimensions(spec: Spec, bounds: tuple[Floats, Floats]) -> list[Dimension]:
    """Its diameter, or its length and across it its width."""
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    low, high = bounds
    stone = spec.stone
    axis = int(np.argmin(np.abs((high - low) - stone.length_mm)))
    weight = carats(stone.gem, stone.cut, stone.length_mm, stone.width_mm)
    note = f"about {weight:.2f} ct"
    if stone.ratio == 1.0:
        return [replace(_along_middle("stone diameter", bounds, axis, stone.length_mm), note=note)]
    # A stone is thinnest along the axis it is set along: its width lies across both.
    across = next(k for k in np.argsort(low - high) if k != axis)
    return [
        replace(_along_middle("stone length", bounds, axis, stone.length_mm), note=note),
        _along_middle("stone width", bounds, int(across), stone.width_mm),
    ]


def _along_middle(name: str, bounds: tuple[Floats, Floats], axis: int, value_mm: float) -> Dimension:
    """A measure along an axis through the middle of a box."""
    low, high = bounds
    start, end = (low + high) / 2, (low + high) / 2
    start[axis], end[axis] = low[axis], high[axis]
    return Dimension(name, value_mm, _point(start), _point(end))


def _along(name: str, bounds: tuple[Floats, Floats], axis: int, value: float) -> Dimension:
    low, high = bounds
    start, end = low.copy(), low.copy()
    end[axis] = high[axis]
    return Dimension(name, round(value, 2), _point(start), _point(end))


def _bounds(piece: Piece, *roles: PartRole) -> tuple[Floats, Floats] | None:
    """The box of the parts of these roles, of the left one of a pair."""
    chosen = [part.vertices for part in piece.parts if part.role in roles and part.side != "right"]
    if not chosen:
        return None
    points = np.vstack(chosen)
    return points.min(0), points.max(0)


def _weights(spec: Spec, piece: Piece) -> tuple[Weight, ...]:
    """Metal by alloy. What overlaps weighs once: soldered parts are united, of copies a few neighbours are.

    Where one metal sinks into another, as prongs do into a shank, the place is the metal's that is named first.
    """
    cast = [part for part in piece.parts if part.material in CAST]
    body: Mesh | None = None
    volumes: dict[str, float] = {}
    for material in dict.fromkeys(part.material for part in cast):
        joined = [
            Mesh(part.vertices, part.faces) for part in cast if part.material == material and not part.repeats
        ]
        before = volume(body) if body is not None else 0.0
        if joined:
            body = unite(joined if body is None else [body, *joined])
        volumes[material] = (volume(body) if body is not None else 0.0) - before
    for part in cast:
        if part.repeats:
            volumes[part.material] += _copies(part, body)
    weights = []
    for material, total in volumes.items():
        metal, substance = _made_of(spec, material)
        made_of = alloy(metal, spec.fineness, substance)
        weights.append(
            Weight(material, made_of.name, round(total, 2), round(total * made_of.density / 1000, 2))
        )
    return tuple(weights)


def _made_of(spec: Spec, material: str) -> tuple[Metal, Substance | None]:
    """The precious metal of a material, or the substance the piece's own metal stands for."""
    if spec.substance is not None and material == look(spec.metal, spec.substance):
        return spec.metal, spec.substance
    return cast(Metal, material), None


def _copies(part: Part, body: Mesh | None) -> float:
    """Volume in mm3 that the copies of a part add to the body they are soldered to and to one another.

    Chains and rows are even: what a few neighbours from the middle of the row share, all of them do. Grains and beads
    sink into the body; the links of a chain touch none.
    """
    whole = volume(Mesh(part.vertices, part.faces)) * part.filled
    start = max(max(len(repeat.poses) for repeat in part.repeats) // 2 - _SAMPLE, 0)
    more = _neighbours(part, start, start + _SAMPLE)
    alone, together = sum(map(volume, more)), unite(more)
    if part.role in SOLDERED:
        sunk = volume(intersect(together, body)) if body is not None else 0.0
        return whole * (volume(together) - sunk) / alone
    few = _neighbours(part, start, start + _SAMPLE // 2)
    if len(few) == len(more):  # A row too short to have a middle.
        return whole * volume(together) / alone
    return whole * (volume(together) - volume(unite(few))) / (alone - sum(map(volume, few)))


def _neighbours(part: Part, start: int, end: int) -> list[Mesh]:
    """The bodies of the copies numbered from start to end, those of all repeats in turn."""
    bodies = []
    for repeat in part.repeats:
        shells = decompose(Mesh(repeat.vertices, repeat.faces))
        for pose in repeat.poses[start:end]:
            bodies += [Mesh(s.vertices @ pose[:3, :3].T + pose[:3, 3], s.faces) for s in shells]
    return bodies


def _stones(piece: Piece) -> tuple[StoneCount, ...]:
    """Stones counted from the geometry."""
    counted: Counter[tuple[str, SetStone]] = Counter()
    for part in piece.parts:
        if part.stone is not None:
            counted[part.material, part.stone] += part.stone_count
    return tuple(
        StoneCount(
            gem,
            stone.cut,
            stone.length_mm,
            round(stone.width_mm, 2),
            count,
            round(count * stone_carats(gem, stone), 3),
        )
        for (gem, stone), count in counted.items()
    )


def stone_carats(gem: str, stone: SetStone) -> float:
    """Estimated weight of a stone."""
    return carats(gem, stone.cut, stone.length_mm, stone.width_mm)  # type: ignore[arg-type]


def _in_words(same: Sequence[StoneCount]) -> str:
    """Stones of one gem and cut: how many, of what size or from what length to what, and what all of them weigh."""
    first, count = same[0], sum(stone.count for stone in same)
    if len(same) > 1:
        lengths = [stone.length_mm for stone in same]
        size = f"{min(lengths):g} to {max(lengths):g}"
    elif first.length_mm == first.width_mm:
        size = f"{first.length_mm:g}"
    else:
        size = f"{first.length_mm:g} x {first.width_mm:g}"
    number = f"{count} " if count > 1 else ""
    cut = "" if first.cut == "pearl" else f"{first.cut.replace('_', ' ')} "
    carats_in_all = sum(stone.carats for stone in same)
    return f"{number}{cut}{first.gem.replace('_', ' ')} {size} mm (about {carats_in_all:.2f} ct)"


def _alike(stones: Sequence[StoneCount]) -> Iterable[list[StoneCount]]:
    """The stones of each gem and cut together."""
    groups: dict[tuple[str, str], list[StoneCount]] = {}
    for stone in stones:
        groups.setdefault((stone.gem, stone.cut), []).append(stone)
    return groups.values()


def _point(values: Floats) -> Point:
    return (float(values[0]), float(values[1]), float(values[2]))
