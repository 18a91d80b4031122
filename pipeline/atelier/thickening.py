"""A piece made so that it can be cast: every part a caster would refuse grown, what changed, and what could not."""

import re
from dataclasses import dataclass

from pipeline.atelier.casting import WALL_MM, ThinPlace, survey
from pipeline.atelier.geometry.detail import FULL, Detail
from pipeline.atelier.geometry.thickness import REACH_MM
from pipeline.atelier.measures import figures
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec

WORDS = "thickened to cast"
"""What a variant made so is called, after its design's name."""


@dataclass(frozen=True)
class Growth:
    """Parts of one name, and how thick they are where they are thinnest, before and after, mm."""

    part: str
    before_mm: float
    after_mm: float

    def __str__(self) -> str:
        over = "over " if self.after_mm >= REACH_MM else ""
        return f"{self.part} {self.before_mm:.2f} → {over}{self.after_mm:.2f} mm"


@dataclass(frozen=True)
class Thickened:
    """The piece with the thickness a caster asks for, and what is told of it."""

    spec: Spec
    growths: tuple[Growth, ...]
    left: tuple[str, ...]
    """What is still too thin, each a sentence that says why."""
    grams: tuple[float, float]
    """The metal's weight before and after."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What changed, what the metal weighs now, and what is left."""
        if not self.growths and not self.left:
            return ("Every wall, prong and grain can be cast; nothing is thickened.",)
        before, after = self.grams
        return (
            "; ".join(map(str, self.growths)) + "." if self.growths else "Nothing could be thickened.",
            f"The metal weighs {after:.2f} g, {after - before:+.2f} g.",
            *self.left,
        )


def thicken(spec: Spec, asked: Detail = FULL) -> Thickened:
    """The piece with walls, prongs and grains that can be cast; itself where they can be already.

    Measured on bodies built at a detail.
    """
    piece = build(spec, asked)
    before = survey(piece.parts)
    weight = _grams(spec, piece)
    if not before.thin:
        return Thickened(spec, (), (), (weight, weight))
    thicker = spec.model_copy(update={"least_wall_mm": max(spec.least_wall_mm or 0.0, WALL_MM)})
    thick_piece = build(thicker, asked)
    after = survey(thick_piece.parts)
    growths: dict[str, Growth] = {}
    for name in (place.part for place in before.thin):
        if name not in after.thinnest_mm:
            continue
        label = _label(name)
        pair = before.thinnest_mm[name], after.thinnest_mm[name]
        known = growths.get(label)
        least = pair if known is None else (min(known.before_mm, pair[0]), min(known.after_mm, pair[1]))
        growths[label] = Growth(label, *least)
    parts = {part.name: part for part in thick_piece.parts}
    left = dict.fromkeys(_why(place, parts[place.part]) for place in _worst(after.thin))
    grown = tuple(growth for growth in growths.values() if growth.after_mm > growth.before_mm + 0.01)
    return Thickened(thicker, grown, tuple(left), (weight, _grams(thicker, thick_piece)))


def _worst(places: tuple[ThinPlace, ...]) -> tuple[ThinPlace, ...]:
    """The thinnest of the places whose parts have one name; they come thinnest first."""
    return tuple({_label(place.part): place for place in reversed(places)}.values())


def _label(part: str) -> str:
    """A part's name without which of several it is."""
    return re.sub(r"^(left|right) |\s*\d+\b", "", part)


def _grams(spec: Spec, piece: Piece) -> float:
    return sum(weight.grams for weight in figures(spec, piece).weights)


_SET = frozenset(
    {PartRole.PRONG, PartRole.HALO, PartRole.SIDE_HEAD, PartRole.GALLERY, PartRole.BASE, PartRole.BEZEL,
     PartRole.CUP, PartRole.PEG}
)  # fmt: skip
"""What stands around a stone."""


def _why(place: ThinPlace, part: Part) -> str:
    """The sentence for what stays too thin."""
    if part.role in _SET:
        reason = "the stones leave it no more room; larger or fewer stones would"
    else:
        reason = "its outline is as narrow as that there; a larger piece would be thicker"
    return f"{_label(place.part).capitalize()} stays at {place.measured_mm:.2f} mm of {place.asked_mm:g}: {reason}."
