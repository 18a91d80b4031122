"""Families of pieces that a picture may show: which numbers are free, within which bounds, and the Spec they make.

Absolute size cannot be seen in a picture: every family holds one length, its `size`, and the others follow in
proportion. Of a stud it is free too, for its post is of the trade's one length and shows how large the stone is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from pipeline.atelier.geometry.detail import BLOCKS, COARSE, Detail, building
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces.build import build
from pipeline.atelier.pieces.pendant import build_pendant
from pipeline.atelier.spec import Accents, Bracelet, Earrings, Motif, Pendant, Ring, Spec, Stone
from pipeline.errors import BadInput
from pipeline.solids.camera import Array
from pipeline.trace.records import Placement

METAL, STONE, SMALL_STONE = 0, 1, 2
"""Labels of a body's faces."""


@dataclass(frozen=True)
class Parameter:
    """A free number of a family: a field of its Spec, searched between `low` and `high` from `start`, in logarithms."""

    path: str
    label: str
    low: float
    start: float
    high: float

    @property
    def is_length(self) -> bool:
        """Whether it grows with the piece; ratios and tapers do not."""
        return self.path.endswith("_mm")


@dataclass(frozen=True)
class Size:
    """The length a family holds, mm, and what it is called."""

    path: str
    label: str
    reference_mm: float


@dataclass(frozen=True)
class Body:
    """A piece as the search sees it: `points` (n, 3) in mm, y up as in glTF, `faces` (m, 3), `label` (m,)."""

    points: Array
    faces: NDArray[np.int32]
    label: NDArray[np.int8]

    @property
    def centre(self) -> Array:
        """The middle of its box."""
        return np.asarray((self.points.min(axis=0) + self.points.max(axis=0)) / 2)

    @property
    def radius(self) -> float:
        """Half its box's diagonal, mm."""
        return float(np.linalg.norm(np.ptp(self.points, axis=0))) / 2

    @property
    def has_stones(self) -> bool:
        """Whether any face is a stone's."""
        return bool(self.label.max(initial=0) > METAL)


@dataclass(frozen=True)
class Family:
    """One kind of piece in one style, and, where it carries a stone, one cut."""

    kind: str
    style: str
    size: Size
    fixed: Mapping[str, Any]
    """Fields of the Spec by dotted path that the family stands for."""
    parameters: tuple[Parameter, ...] = ()
    cut: str = ""
    pair: bool = False
    """Both earrings are laid over the picture, not one."""
    variants: tuple[dict[str, float], ...] = field(default=({},))
    """Shapes to begin from, beside the start: photographs' stones differ more than a search reaches."""
    parent: str = ""
    """The style it is a richer reading of: it is tried from where a piece of that style lies, not by itself."""
    detail: Detail = COARSE
    """How its bodies are built for the search."""

    @property
    def in_blocks(self) -> "Family":
        """The same with lines of stones as rows of blocks, ten times as quick to draw."""
        return replace(self, detail=BLOCKS)

    @property
    def name(self) -> str:
        """Style and cut: solitaire-oval."""
        return "-".join(word for word in (self.style, self.cut, "pair" if self.pair else "") if word)

    @property
    def has_stone(self) -> bool:
        """Whether it carries one."""
        return bool(self.cut)

    @property
    def lies(self) -> bool:
        """Whether it lies flat on a table as it is photographed, as a line of stones does."""
        return self.style == "tennis"

    @property
    def has_opening(self) -> bool:
        """Whether a finger, a wrist or an ear goes through it."""
        return self.kind == "ring" or self.style in ("hoop", "huggie", "bangle", "tennis")

    @property
    def low(self) -> Array:
        """Logarithms of the least values (n,)."""
        return np.log([p.low for p in self.parameters])

    @property
    def high(self) -> Array:
        """Logarithms of the greatest values (n,)."""
        return np.log([p.high for p in self.parameters])

    @property
    def start(self) -> Array:
        """Logarithms of the usual values (n,)."""
        return np.log([p.start for p in self.parameters])

    @property
    def outline(self) -> str:
        """The path of a plate that has a picture's own outline; "" of all others."""
        return str(self.fixed.get("motif.path", ""))

    def values(self, shape: Array) -> dict[str, float]:
        """Values by path of a place (n,) in the family's logarithmic box, brought within it."""
        numbers = np.exp(np.clip(shape, self.low, self.high))
        return {p.path: float(n) for p, n in zip(self.parameters, numbers, strict=True)}

    def shape(self, values: Mapping[str, float]) -> Array:
        """The place (n,) of values; those not named are at their start."""
        return np.log([values.get(p.path, p.start) for p in self.parameters])

    def spec(
        self,
        values: Mapping[str, float],
        *,
        size_mm: float | None = None,
        metal: str = "yellow_gold",
        gem: str = "",
    ) -> Spec:
        """The piece of these values, the usual where none is given, its one length `size_mm`.

        Lengths that no bench makes are brought to the nearest one it does.

        Raises BadInput where the size is out of the piece's bounds.
        """
        reference = values.get(self.size.path, self.size.reference_mm)
        scale = 1.0 if size_mm is None else size_mm / reference
        fields: dict[str, Any] = {"kind": self.kind, "metal": metal}
        for path, value in self.fixed.items():
            _place(fields, path, value)
        lengths = {p.path: p.is_length for p in self.parameters}
        usual = {p.path: p.start for p in self.parameters}
        for path, value in {self.size.path: reference, **usual, **values}.items():
            length = lengths.get(path, True)
            _place(fields, path, _within(path, value * scale if length else value))
        if size_mm is not None and abs(_read(fields, self.size.path) - size_mm) > 1e-6:
            low, high = bounds(self.size.path)
            raise BadInput(f"The {self.size.label} of this piece can be {low:g} to {high:g} mm.")
        if gem and self.has_stone:
            _place(fields, "stone.gem" if "stone" in fields else "accents.gem", gem)
        try:
            return Spec.model_validate(fields)
        except ValueError as error:
            raise BadInput(f"At this size no {self.name} can be made: {error}") from error

    def parts(self, spec: Spec, asked: Detail | None = None) -> list[Part]:
        """What is laid over the picture: a pendant without its chain, one earring of two unless they are a pair.

        In the family's own detail where none is asked for.
        """
        asked = self.detail if asked is None else asked
        if spec.kind == "necklace":
            with building(asked):
                return build_pendant(spec)
        parts = list(build(spec, asked).parts)
        if self.kind == "earrings" and not self.pair:
            return [part for part in parts if part.side == "left"]
        return parts

    def body(self, values: Mapping[str, float]) -> Body:
        """The body of these values at the reference size, in the family's detail."""
        return body_of(self.parts(self.spec(values)))


def body_of(parts: list[Part]) -> Body:
    """Parts as one body in glTF's axes."""
    count, faces = 0, []
    for part in parts:
        faces.append(part.faces + count)
        count += len(part.vertices)
    points = np.concatenate([part.vertices for part in parts])
    return Body(
        np.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1),
        np.concatenate(faces).astype(np.int32),
        np.concatenate([np.full(len(part.faces), _label(part), np.int8) for part in parts]),
    )


def families(kind: str, style: str = "") -> tuple[Family, ...]:
    """The families of a kind, or of one of its styles. Raises BadInput where there is none."""
    every = [family for family in FAMILIES if family.kind == kind]
    if not every:
        raise BadInput(f"A {kind} cannot be traced; rings, earrings, necklaces and bracelets can.")
    chosen = [family for family in every if style in ("", family.style, family.name)]
    if not chosen:
        styles = ", ".join(dict.fromkeys(family.style for family in every))
        raise BadInput(f"There is no family “{style}” of {kind}; choose one of {styles}.")
    return tuple(chosen)


def richer(family: Family) -> tuple[Family, ...]:
    """The families that are richer readings of one, with its stone: a solitaire's with arches, with a split shank.

    A cluster's outline is scalloped: whatever cut its halo seemed to have, the stone in its middle may be round.
    """
    return tuple(
        other
        for other in FAMILIES
        if (other.kind, other.parent) == (family.kind, family.style)
        and (other.cut == family.cut or (other.style == "cluster" and other.cut == "round"))
    )


def beginnings(family: Family, values: Mapping[str, float]) -> list[dict[str, float]]:
    """What a richer family begins from where its parent lies with these values.

    A cluster's petals fill the halo's width, and how much of it they take from the stone is tried.
    """
    if family.style != "cluster":
        return [dict(values)]
    head = values["stone.length_mm"] + 2 * values["accents.diameter_mm"]
    return [
        {**values, "stone.length_mm": share * head, "accents.diameter_mm": PETAL_SHARE * (1 - share) * head}
        for share in (0.34, 0.43, 0.52, 0.62)
    ]


PETAL_SHARE = 0.45
"""A petal's diameter over what a cluster is wider than its stone: it stands a little off it."""


def named(kind: str, name: str) -> Family:
    """The family of this kind and name. Raises BadInput."""
    matching = [family for family in families(kind, name) if family.name == name]
    if not matching:
        raise BadInput(f"There is no family “{name}” of {kind}.")
    return matching[0]


def bounds(path: str) -> tuple[float, float]:
    """Least and greatest value of a Spec's field."""
    group, name = path.split(".")
    limits = GROUPS[group].model_fields[name].metadata
    low = next(m.ge for m in limits if hasattr(m, "ge"))
    high = next(m.le for m in limits if hasattr(m, "le"))
    return float(low), float(high)


GROUPS: dict[str, type[BaseModel]] = {
    "ring": Ring,
    "stone": Stone,
    "accents": Accents,
    "pendant": Pendant,
    "earrings": Earrings,
    "bracelet": Bracelet,
    "motif": Motif,
}
_BOUNDS: dict[str, tuple[float, float]] = {}


def _within(path: str, value: float) -> float:
    if path not in _BOUNDS:
        _BOUNDS[path] = bounds(path)
    low, high = _BOUNDS[path]
    return min(max(value, low), high)


def _place(fields: dict[str, Any], path: str, value: Any) -> None:
    *groups, name = path.split(".")
    for group in groups:
        fields = fields.setdefault(group, {})
    fields[name] = value


def _read(fields: dict[str, Any], path: str) -> float:
    for name in path.split("."):
        fields = fields[name]
    return float(fields)  # type: ignore[arg-type]


def _label(part: Part) -> int:
    if part.stone is None:
        return METAL
    return STONE if part.role in (PartRole.STONE, PartRole.SIDE_HEAD) else SMALL_STONE


FINGER = Size("ring.inner_diameter_mm", "inside diameter", 17.2)
_THICK = Parameter("ring.thickness_mm", "thickness", 1.1, 1.6, 3.4)
_TAPER = Parameter("ring.taper", "taper", 0.5, 0.85, 1.0)
_SHANK = (Parameter("ring.width_mm", "band width", 1.3, 2.4, 9.0), _THICK, _TAPER)
_HALO = Parameter("accents.diameter_mm", "halo stones", 0.9, 1.5, 2.2)
_PETALS = Parameter("accents.diameter_mm", "petals", 1.4, 2.4, 4.5)
_HUNG_HALO = Parameter("accents.diameter_mm", "halo stones", 0.8, 1.7, 3.0)
"""Of a large pendant's stone the halo's are small beside it: so they are held at a stone of 10 mm."""
_STONE = Parameter("stone.length_mm", "stone", 3.0, 6.5, 16.0)
_RATIOS = {
    "oval": (1.1, 1.35, 1.8),
    "pear": (1.2, 1.5, 1.9),
    "marquise": (1.5, 1.9, 2.4),
    "emerald": (1.1, 1.4, 1.8),
    "cushion": (1.0, 1.05, 1.3),
}
"""Length over width: least, usual and greatest, of cuts whose proportions differ."""
CUTS = ("round", "oval", "princess", "cushion", "emerald", "pear", "marquise")
_STARTS = tuple(
    {"stone.length_mm": stone, "ring.width_mm": width}
    for stone in (4.5, 6.5, 10.5)
    for width in (1.8, 3.0, 5.0)
)


def _ratio(cut: str) -> tuple[Parameter, ...]:
    return (Parameter("stone.ratio", "length over width", *_RATIOS[cut]),) if cut in _RATIOS else ()


def _rings() -> list[Family]:
    band = Parameter("ring.width_mm", "band width", 1.5, 4.0, 11.5)
    face = Parameter("ring.width_mm", "band width", 2.0, 3.5, 6.0)
    plain = tuple({"ring.width_mm": width} for width in (2.2, 4.0, 7.0))
    every = [
        Family(
            "ring", "band", FINGER, {"ring.style": "band", "ring.taper": 1.0}, (band, _THICK), variants=plain
        ),
        Family("ring", "signet", FINGER, {"ring.style": "signet"}, (face, _THICK)),
    ]
    for cut in CUTS:
        stone = (_STONE, *_ratio(cut))
        for style, fixed in (
            ("solitaire", {"stone.setting": "prong"}),
            ("bezel", {"stone.setting": "bezel"}),
            ("halo", {"stone.setting": "prong", "stone.halo": True}),
        ):
            free = (*_SHANK, *stone, *((_HALO,) if style == "halo" else ()))
            every.append(
                Family("ring", style, FINGER, {"stone.cut": cut, **fixed}, free, cut, variants=_STARTS)
            )
        every += _richer_rings(cut)
    for cut in ("round", "oval", "princess", "emerald"):
        side = Parameter("accents.diameter_mm", "side stones", 1.7, 3.4, 5.0)
        fixed = {"ring.style": "three_stone", "stone.cut": cut}
        starts = tuple(
            {"stone.length_mm": stone, "accents.diameter_mm": ratio * stone}
            for stone in (5.0, 6.5, 8.5)
            for ratio in (0.45, 0.6)
        )
        free = (*_SHANK, _STONE, *_ratio(cut), side)
        every.append(Family("ring", "three_stone", FINGER, fixed, free, cut, variants=starts))
    return every


def _richer_rings(cut: str) -> list[Family]:
    """Solitaires and halos whose shank does more than run round, and the halo whose stones have prongs of their own."""
    solitaire, halo = {"stone.cut": cut, "stone.setting": "prong"}, {"stone.halo": True}
    arched, split = {"ring.cathedral": True}, {"ring.shank": "split"}
    numbers = (*_SHANK, _STONE, *_ratio(cut))
    return [
        Family("ring", style, FINGER, {**solitaire, **fixed}, (*numbers, *free), cut, variants=_STARTS, parent=parent)
        for style, parent, fixed, free in (
            ("cathedral", "solitaire", arched, ()),
            ("split shank", "solitaire", split, ()),
            ("cathedral halo", "halo", {**halo, **arched}, (_HALO,)),
            ("split halo", "halo", {**halo, **split}, (_HALO,)),
            ("cluster", "halo", {"stone.cluster": True}, (_PETALS,)),
        )
    ]  # fmt: skip


def _earrings() -> list[Family]:
    every = []
    hoop, huggie = (Size("earrings.diameter_mm", "outside diameter", mm) for mm in (24.0, 14.0))
    stud = Size("stone.length_mm", "stone's length", 6.5)
    wire = Parameter("earrings.wire_mm", "wire", 0.8, 2.0, 7.0)
    for pair in (False, True):
        every += [
            Family("earrings", "hoop", hoop, {"earrings.style": "hoop"}, (wire,), pair=pair),
            Family("earrings", "huggie", huggie, {"earrings.style": "huggie"}, (wire,), pair=pair),
        ]
        for cut in ("round", "oval", "princess", "cushion", "emerald", "pear"):
            for style, free in (("stud", ()), ("halo stud", (_HALO,))):
                fixed = {"earrings.style": "stud", "stone.cut": cut, "stone.halo": style != "stud"}
                stone = Parameter("stone.length_mm", "stone", 3.0, 6.5, 12.0)
                every.append(
                    Family("earrings", style, stud, fixed, (stone, *_ratio(cut), *free), cut, pair=pair)
                )
    return every


def _pendants() -> list[Family]:
    plate, stone = Size("pendant.height_mm", "height", 15.0), Size("stone.length_mm", "stone's length", 8.0)
    haloed = Size("stone.length_mm", "stone's length", 10.0)
    every = []
    for form, style in (
        ("round", "disc"),
        ("heart", "heart"),
        ("teardrop", "drop"),
        ("bar", "bar"),
        ("cross", "cross"),
    ):
        every.append(Family("necklace", style, plate, {"pendant.form": form}))
    for cut in CUTS:
        for style, fixed, free in (
            ("bezel pendant", {"stone.setting": "bezel"}, ()),
            ("prong pendant", {"stone.setting": "prong"}, ()),
            ("halo pendant", {"stone.setting": "prong", "stone.halo": True}, (_HUNG_HALO,)),
        ):
            given = {"pendant.form": "stone", "stone.cut": cut, **fixed}
            size = haloed if "stone.halo" in fixed else stone
            every.append(Family("necklace", style, size, given, (*_ratio(cut), *free), cut))
    return every


def _bracelets() -> list[Family]:
    wrist = Size("bracelet.length_mm", "inner circumference", 185.0)
    line = Size("bracelet.length_mm", "length", 185.0)
    row = Parameter("accents.diameter_mm", "stones", 1.6, 3.0, 5.0)
    tennis = [
        Family("bracelet", "tennis", line, {"bracelet.style": "tennis", "accents.cut": cut}, (row,), cut)
        for cut in ("round", "emerald")
    ]
    stiff = [
        Family("bracelet", style, wrist, {"bracelet.style": style},
               (Parameter("bracelet.width_mm", "width", low, start, 39.0),
                Parameter("bracelet.thickness_mm", "thickness", 1.0, 2.0, 5.0)),
               variants=tuple({"bracelet.width_mm": width} for width in (start, 2.5 * start)))
        for style, low, start in (("bangle", 1.6, 5.0), ("cuff", 3.0, 12.0))
    ]  # fmt: skip
    return [*stiff, *tennis]


FAMILIES: tuple[Family, ...] = (*_rings(), *_earrings(), *_pendants(), *_bracelets())
OUTLINE = "outline"
"""Style of a plate that has a picture's own outline. It is in no ranking: of what is cut after a mask that mask tells
nothing."""


def own_outline(path: str) -> Family:
    """The plate of an outline, an SVG path, that hangs from its top; its thickness is free. Raises BadInput."""
    fixed = {"pendant.form": "motif", "motif.name": "path", "motif.path": path}
    thick = Parameter("motif.thickness_mm", "thickness", 0.8, 1.4, 5.0)
    family = Family("necklace", OUTLINE, Size("pendant.height_mm", "height", 20.0), fixed, (thick,))
    family.body(family.values(family.start))
    return family


def placed(kind: str, placement: Placement) -> Family:
    """The family that a placement lies in. Raises BadInput where there is none."""
    return own_outline(placement.outline) if placement.outline else named(kind, placement.family)
