"""What a piece measures and weighs: volumes, alloy weights, carats, stones, and the dimensions a drawing shows."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pipeline.atelier.geometry.mesh import Floats, Mesh, volume
from pipeline.atelier.geometry.solid import unite
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Ring, Spec
from pipeline.atelier.weights import carats

DENSITY: dict[str, tuple[str, float]] = {
    "yellow_gold": ("18 k yellow gold", 15.5), "white_gold": ("18 k white gold", 15.6),
    "rose_gold": ("18 k rose gold", 15.1), "platinum": ("platinum 950", 20.6), "silver": ("sterling silver", 10.36),
    "blackened_silver": ("blackened sterling silver", 10.36),
}  # fmt: skip
"""Alloy and its density in g/cm3: usual casting alloys (750 gold with silver and copper, or palladium; Pt 950 Ru;
925 silver with copper), as the alloy makers' data sheets give them."""

Point = tuple[float, float, float]


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
        """The stones with sizes and estimated weights, for a title block."""
        return ", ".join(_told(stone) for stone in self.gems) or "no stones"

    @property
    def stone_count(self) -> int:
        """How many stones there are."""
        return sum(stone.count for stone in self.gems)


def figures(spec: Spec, piece: Piece | None = None) -> Figures:
    """Measure a spec; ``piece`` saves building it again."""
    piece = piece or build(spec)
    return Figures(_weights(piece), _stones(spec, piece), tuple(dimensions(spec, piece)), tuple(_notes(spec)))


def dimensions(spec: Spec, piece: Piece) -> list[Dimension]:
    """Named dimensions of the piece, the kind's own first, then the overall size."""
    low: Floats = np.min([part.vertices.min(0) for part in piece.parts], axis=0)
    high: Floats = np.max([part.vertices.max(0) for part in piece.parts], axis=0)
    found: list[Dimension] = []
    if spec.ring is not None:
        found += _ring(spec.ring, piece)
    if spec.stone is not None and (stone := _bounds(piece, "stone 1", "left stone 1")) is not None:
        found.append(_stone_dimension(spec, stone))
    if spec.chain is not None and (chain := _bounds(piece, "chain")) is not None:
        corner, across = chain[0], np.array([spec.chain.gauge_mm, 0, 0])
        name = "pearl diameter" if spec.chain.style == "pearl" else "chain width"
        found.append(Dimension(name, spec.chain.gauge_mm, _point(corner), _point(corner + across)))
    if spec.pendant is not None and (body := _bounds(piece, "pendant", "bezel", "prong", "halo")) is not None:
        found.append(_along("pendant height", body, 1, float(body[1][1] - body[0][1])))
        found.append(_along("pendant width", body, 0, float(body[1][0] - body[0][0])))
    for axis, name in enumerate(("overall width", "overall depth", "overall height")):
        found.append(_along(name, (low, high), axis, float(high[axis] - low[axis])))
    return found


def _notes(spec: Spec) -> list[str]:
    found = []
    if spec.ring is not None:
        found.append(f"ring size {ring_sizes(spec.ring.inner_diameter_mm)}")
    if spec.chain is not None:
        found.append(
            f"{spec.chain.style} {'strand' if spec.chain.style == 'pearl' else 'chain'} "
            f"{spec.chain.length_mm / 10:g} cm with {spec.chain.clasp.replace('_', ' ')} clasp"
        )
    elif spec.bracelet is not None:
        found.append(f"inner circumference {spec.bracelet.length_mm / 10:g} cm")
    return found


def ring_sizes(inner_diameter_mm: float) -> str:
    """The ring size in three systems: EU (inner circumference, mm), US, UK."""
    circumference = np.pi * inner_diameter_mm
    american = round((inner_diameter_mm - 11.63) / 0.8128 * 4) / 4
    letter = int(np.clip(round((circumference - 37.8) / 1.25), 0, 25))
    return f"EU {circumference:.0f} / US {american:g} / UK {chr(ord('A') + letter)}"


def _ring(ring: Ring, piece: Piece) -> list[Dimension]:
    bounds = _bounds(piece, "shank")
    if bounds is None:
        return []
    low, high = bounds
    x, y, bottom = float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2, float(low[2])
    half, inner = ring.width_mm / 2, ring.inner_diameter_mm / 2
    centre = bottom + ring.thickness_mm + inner
    return [
        Dimension("inner diameter", ring.inner_diameter_mm, (x - inner, y, centre), (x + inner, y, centre),
                  ring_sizes(ring.inner_diameter_mm)),
        Dimension("band width", ring.width_mm, (x, y - half, bottom), (x, y + half, bottom)),
        Dimension("band thickness", ring.thickness_mm, (x, y, bottom), (x, y, bottom + ring.thickness_mm)),
    ]  # fmt: skip


def _stone_dimension(spec: Spec, bounds: tuple[Floats, Floats]) -> Dimension:
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    low, high = bounds
    stone = spec.stone
    axis = int(np.argmin(np.abs((high - low) - stone.length_mm)))
    weight = carats(stone.gem, stone.cut, stone.length_mm, stone.width_mm)
    name = "stone diameter" if stone.ratio == 1.0 else "stone length"
    middle = (low + high) / 2
    start, end = middle.copy(), middle.copy()
    start[axis], end[axis] = low[axis], high[axis]
    return Dimension(name, stone.length_mm, _point(start), _point(end), f"about {weight:.2f} ct")


def _along(name: str, bounds: tuple[Floats, Floats], axis: int, value: float) -> Dimension:
    low, high = bounds
    start, end = low.copy(), low.copy()
    end[axis] = high[axis]
    return Dimension(name, round(value, 2), _point(start), _point(end))


def _bounds(piece: Piece, *starts: str) -> tuple[Floats, Floats] | None:
    found = [part.vertices for part in piece.parts if part.name.startswith(starts)]
    if not found:
        return None
    points = np.vstack(found)
    return points.min(0), points.max(0)


def _weights(piece: Piece) -> tuple[Weight, ...]:
    """Metal by alloy. Soldered parts overlap, so their union is weighed; chains, whose links only touch, are summed."""
    found = []
    for metal in dict.fromkeys(part.material for part in piece.parts if part.material in DENSITY):
        parts = [part for part in piece.parts if part.material == metal]
        loose = [part for part in parts if part.repeats]
        joined = [Mesh(part.vertices, part.faces) for part in parts if not part.repeats]
        total = sum(volume(Mesh(part.vertices, part.faces)) for part in loose)
        total += volume(unite(joined)) if joined else 0.0
        alloy, density = DENSITY[metal]
        found.append(Weight(metal, alloy, round(total, 2), round(total * density / 1000, 2)))
    return tuple(found)


def _stones(spec: Spec, piece: Piece) -> tuple[StoneCount, ...]:
    """Stones counted from the geometry: those as large as the spec's centre stone, and accents."""
    counted: Counter[tuple[str, str, float, float]] = Counter()
    for part in piece.parts:
        if part.material in DENSITY:
            continue
        if part.repeats and part.material == "pearl":
            # A strand: what lies between its pearls are knots of silk.
            size = round(float(np.ptp(part.repeats[0].vertices[:, 0])), 2)
            counted["pearl", "pearl", size, size] += len(part.repeats[0].poses)
        elif part.repeats:
            size = float(np.ptp(part.repeats[0].vertices[:, 0]))
            counted[part.material, "round", round(size, 2), round(size, 2)] += sum(
                len(r.poses) for r in part.repeats
            )
        elif spec.stone is not None and part.material == spec.stone.gem and "side" not in part.name:
            stone = spec.stone
            counted[stone.gem, stone.cut, stone.length_mm, round(stone.width_mm, 2)] += 1
        elif part.name.startswith("side") and spec.accents is not None:
            side = spec.accents
            counted[side.gem, side.cut, side.diameter_mm, round(side.width_mm, 2)] += 1
        else:
            size = (
                spec.accents.diameter_mm
                if spec.accents is not None
                else float(np.ptp(part.vertices, axis=0).max())
            )
            counted[part.material, "round", round(size, 2), round(size, 2)] += 1
    return tuple(
        StoneCount(
            gem,
            cut,
            length,
            width,
            count,
            round(count * carats(gem, cut, length, width), 3),  # type: ignore[arg-type]
        )
        for (gem, cut, length, width), count in counted.items()
    )


def _told(stone: StoneCount) -> str:
    size = (
        f"{stone.length_mm:g}"
        if stone.length_mm == stone.width_mm
        else f"{stone.length_mm:g} x {stone.width_mm:g}"
    )
    number = f"{stone.count} " if stone.count > 1 else ""
    cut = "" if stone.cut == "pearl" else f"{stone.cut.replace('_', ' ')} "
    return f"{number}{cut}{stone.gem} {size} mm (about {stone.carats:.2f} ct)"


def _point(values: Floats) -> Point:
    return (float(values[0]), float(values[1]), float(values[2]))
