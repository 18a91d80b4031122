"""Valid specs drawn at random over the catalogue's forms: motifs, words, drops, layers, heads, rows, hollow bodies.

``random_spec`` ranges over every field of every kind; here each number is one named form, and what the form leaves
open is drawn within what a bench sells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from pydantic import ValidationError

from pipeline.atelier import spec as words
from pipeline.atelier.spec import Spec

Fields = dict[str, Any]
NAMES = tuple(name for name in get_args(words.MotifName) if name not in ("text", "path"))
WORDS = ("Ida", "love", "MAMA", "Zoë", "Lucía", "No. 5", "J & K", "Jörg", "2026", "Åsa", "Émile", "hope")
PATHS = (
    "M0 0H9V6L4 9L0 6Z",
    "M5 0L6.2 3.8H10L7 6.2L8.1 10L5 7.6L1.9 10L3 6.2L0 3.8H3.8Z",
    "M10 0C15.5 0 20 4.5 20 10S15.5 20 10 20 0 15.5 0 10 4.5 0 10 0Z"
    "M10 5C7 5 5 7 5 10S7 15 10 15 15 13 15 10 13 5 10 5Z",
    "M0 4C0 0 6 0 6 4C6 0 12 0 12 4C12 8 6 11 6 11C6 11 0 8 0 4Z",
    "M0 0L8 2L16 0L14 8L16 16L8 14L0 16L2 8Z",
    "M2 0h6l2 12h-10z M4 3h2v4h-2z",
)
"""Outlines as a drawing program writes them: convex, pointed, with a hole, with curves, with concave sides."""
CLEAR = tuple(gem for gem in get_args(words.Gem)[:30] if gem not in (*words.OPAQUE_GEMS, "pearl"))
FACETED = tuple(cut for cut in get_args(words.Cut) if cut not in ("pearl", "cabochon"))
LONG = ("oval", "emerald", "marquise", "pear", "baguette", "radiant", "hexagon")
LINKED = ("cable", "curb", "figaro", "rope", "box", "snake", "ball")
TRIES = 200


@dataclass(frozen=True)
class Lot:
    """What a number draws."""

    random: np.random.Generator

    def one(self, choices: Any) -> str:
        """One of several words, or of a Literal's."""
        return str(self.random.choice([str(choice) for choice in (get_args(choices) or choices)]))

    def mm(self, low: float, high: float) -> float:
        """A length in mm."""
        return round(float(self.random.uniform(low, high)), 2)

    def whole(self, low: int, high: int) -> int:
        """A count, both ends included."""
        return int(self.random.integers(low, high + 1))

    def often(self, share: float) -> bool:
        """True in this share of the draws."""
        return bool(self.random.random() < share)

    def metal(self) -> Fields:
        """Metal and finish, sometimes a fineness."""
        drawn: Fields = {"metal": self.one(words.Metal), "finish": self.one(words.Finish)}
        if self.often(0.3):
            drawn["fineness"] = self.whole(333, 999)
        return drawn

    def stone(self, low: float, high: float, **more: Any) -> Fields:
        """A stone of any gem, in any cut the gem has."""
        gem = self.one(words.Gem)
        drawn: Fields = {"gem": gem, "length_mm": self.mm(low, high), "setting": self.one(("prong", "bezel")),
                         "prongs": int(self.one(("4", "6")))}  # fmt: skip
        if gem != "pearl":
            drawn["cut"] = "cabochon" if gem in words.OPAQUE_GEMS else self.one((*FACETED, "cabochon"))
        return drawn | more

    def faceted(self, low: float, high: float, **more: Any) -> Fields:
        """A clear stone with facets, in prongs."""
        return {"gem": self.one(CLEAR), "cut": self.one(FACETED), "length_mm": self.mm(low, high),
                "prongs": int(self.one(("4", "6")))} | more  # fmt: skip

    def accents(self, low: float, high: float, **more: Any) -> Fields:
        """Small stones."""
        return {"gem": self.one(CLEAR), "diameter_mm": self.mm(low, high)} | more

    def fancy_row(self, low: float, high: float) -> Fields:
        """A row in any cut, side by side or end to end, as wide as it would be in round stones."""
        cut = self.one(words.SideCut)
        return self.accents(low, high, cut=cut, lengthwise=self.often(0.5)) | {
            "diameter_mm": min(round(self.mm(low, high) * words.USUAL_RATIO[cut], 2), 5.0)
        }

    def motif(self, low: float, high: float, **more: Any) -> Fields:
        """A built-in outline, a word, or one of the user's own."""
        name = self.one(("text", "path", *(NAMES[self.whole(0, len(NAMES) - 1)] for _ in range(4))))
        drawn: Fields = {"name": name, "size_mm": self.mm(low, high), "relief": self.one(words.Relief),
                         "openwork": self.often(0.2)}  # fmt: skip
        drawn |= {"text": self.one(WORDS)} if name == "text" else {}
        drawn |= {"path": self.one(PATHS)} if name == "path" else {}
        if self.often(0.4):
            drawn["enamel"] = self.one(words.Enamel)
        if self.often(0.3):
            drawn["thickness_mm"] = self.mm(0.8, 2.4)
        return drawn | more

    def chain(self, **more: Any) -> Fields:
        """A chain of links, with any clasp."""
        return {"style": self.one(LINKED), "gauge_mm": self.mm(1.0, 3.2), "length_mm": self.mm(380, 620),
                "clasp": self.one(words.Clasp)} | more  # fmt: skip

    def ring(self, style: str, **more: Any) -> Fields:
        """A shank of any size and profile."""
        return {"style": style, "inner_diameter_mm": self.mm(14.5, 21.0), "width_mm": self.mm(1.8, 4.0),
                "thickness_mm": self.mm(1.4, 2.4), "taper": self.mm(0.7, 1.0),
                "profile": self.one(words.Profile)} | more  # fmt: skip


def _rows_band(lot: Lot) -> Fields:
    row = lot.fancy_row(1.4, 2.6) | {"setting": lot.one(words.AccentSetting)}
    return {"ring": lot.ring("eternity", taper=1.0, width_mm=6.5, thickness_mm=3.4), "accents": row}


def _necklace(lot: Lot, form: str, low: float, high: float, **chain: Any) -> Fields:
    return {"chain": lot.chain(**chain), "pendant": {"form": form, "height_mm": lot.mm(low, high),
                                                     "framing": lot.one(words.Framing)}}  # fmt: skip


def _maybe_stone(lot: Lot, share: float, low: float, high: float) -> Fields:
    return {"stone": lot.faceted(low, high)} if lot.often(share) else {}


def _drop(lot: Lot, hung: str) -> Fields:
    worn = {"style": "drop", "hung": hung, "height_mm": lot.mm(10, 34),
            "form": lot.one(("round", "heart", "teardrop", "bar"))}  # fmt: skip
    return {"earrings": worn} | _maybe_stone(lot, 0.6, 3.5, 9.0)


FORMS: dict[str, tuple[str, Callable[[Lot], Fields]]] = {
    "motif pendant": ("necklace", lambda lot: _necklace(lot, "motif", 12, 34) | {"motif": lot.motif(8, 20)}
                      | _maybe_stone(lot, 0.3, 1.5, 3.5)),
    "word pendant": ("necklace", lambda lot: _necklace(lot, "motif", 7, 16) | {
        "motif": lot.motif(10, 20, name="text", text=lot.one(WORDS))}),
    "own outline pendant": ("necklace", lambda lot: _necklace(lot, "motif", 12, 30) | {
        "motif": lot.motif(10, 20, name="path", path=lot.one(PATHS))}),
    "motif with stones": ("necklace", lambda lot: _necklace(lot, "motif", 14, 34) | {
        "motif": lot.motif(8, 20, enamel=None), "accents": lot.accents(1.0, 1.8)}),
    "motif station": ("necklace", lambda lot: _necklace(lot, "motif", 8, 16, gauge_mm=lot.mm(1.0, 2.0)) | {
        "motif": lot.motif(9, 24, mount="station")}),
    "charms": ("bracelet", lambda lot: {
        "bracelet": {"style": "chain", "length_mm": lot.mm(160, 210)}, "chain": lot.chain(gauge_mm=lot.mm(2.0, 4.5)),
        "motif": lot.motif(8, 15, count=lot.whole(1, 7))}),
    "bracelet station": ("bracelet", lambda lot: {
        "bracelet": {"style": "chain"}, "chain": lot.chain(), "motif": lot.motif(9, 26, mount="station")}),
    "motif ring": ("ring", lambda lot: {"ring": lot.ring("motif"), "motif": lot.motif(7, 16)}),
    "motif studs": ("earrings", lambda lot: {
        "earrings": {"style": "stud", "form": "motif", "height_mm": lot.mm(6, 15)}, "motif": lot.motif(6, 14)}
        | _maybe_stone(lot, 0.2, 1.4, 2.4)),
    "motif drops": ("earrings", lambda lot: {
        "earrings": {"style": "drop", "form": "motif", "height_mm": lot.mm(8, 26)}, "motif": lot.motif(8, 20)}),
    "hoops with a charm": ("earrings", lambda lot: {
        "earrings": {"style": lot.one(("hoop", "huggie")), "form": "motif", "diameter_mm": lot.mm(12, 30)},
        "motif": lot.motif(6, 12)}),
    "motif brooch": ("brooch", lambda lot: {
        "brooch": {"style": "motif", "width_mm": lot.mm(22, 48)}, "motif": lot.motif(10, 30)}
        | _maybe_stone(lot, 0.3, 2.0, 4.0)),
    "motif cufflinks": ("brooch", lambda lot: {
        "brooch": {"style": "cufflinks", "width_mm": lot.mm(15, 20)}, "motif": lot.motif(10, 16)}),
    "cufflinks": ("brooch", lambda lot: {"brooch": {"style": "cufflinks", "width_mm": lot.mm(15, 20)},
                                         "engraving": lot.one(("", "JK", "A"))} | _maybe_stone(lot, 0.4, 4.0, 8.0)),
    "tie bar": ("brooch", lambda lot: {"brooch": {"style": "tie_bar", "width_mm": lot.mm(40, 62)}}
                | ({"accents": lot.accents(1.2, 2.2)} if lot.often(0.5) else {"engraving": "H. M."})),
    "row brooch": ("brooch", lambda lot: {
        "brooch": {"style": lot.one(("bar", "circle")), "width_mm": lot.mm(24, 50)},
        "accents": lot.fancy_row(1.3, 2.4)}),
    "split shank": ("ring", lambda lot: {
        "ring": lot.ring("solitaire", shank="split", width_mm=lot.mm(2.2, 3.6)), "stone": lot.stone(5, 10)}),
    "split shank with a halo": ("ring", lambda lot: {
        "ring": lot.ring("solitaire", shank="split", width_mm=lot.mm(2.2, 3.6)),
        "stone": lot.faceted(5, 9, halo=True), "accents": lot.accents(1.1, 1.6)}),
    "bypass": ("ring", lambda lot: {"ring": lot.ring("solitaire", shank="bypass"), "stone": lot.stone(4, 8)}),
    "bypass band": ("ring", lambda lot: {"ring": lot.ring("band", shank=lot.one(("bypass", "open")))}),
    "open solitaire": ("ring", lambda lot: {"ring": lot.ring("solitaire", shank="open"), "stone": lot.stone(3, 8)}),
    "toi et moi": ("ring", lambda lot: {
        "ring": lot.ring("toi_et_moi", shank=lot.one(("closed", "bypass"))), "stone": lot.stone(4, 8),
        "second_stone": lot.stone(4, 8)}),
    "east-west": ("ring", lambda lot: {
        "ring": lot.ring("solitaire"),
        "stone": lot.faceted(5, 11, cut=lot.one(LONG), east_west=True, setting=lot.one(("prong", "bezel")))}),
    "hidden halo": ("ring", lambda lot: {
        "ring": lot.ring("solitaire", cathedral=lot.often(0.3)), "stone": lot.faceted(6, 11, hidden_halo=True)}),
    "halo": ("ring", lambda lot: {
        "ring": lot.ring("solitaire"), "stone": lot.faceted(4, 9, halo=True), "accents": lot.accents(1.0, 1.8)}),
    "double halo": ("ring", lambda lot: {
        "ring": lot.ring("solitaire"), "stone": lot.faceted(4, 8, halo=True, double_halo=True),
        "accents": lot.accents(1.0, 1.6)}),
    "double halo pendant": ("necklace", lambda lot: _necklace(lot, "stone", 12, 20) | {
        "stone": lot.faceted(4, 9, halo=True, double_halo=True), "accents": lot.accents(1.0, 1.6)}),
    "double halo studs": ("earrings", lambda lot: {
        "earrings": {"style": "stud"}, "stone": lot.faceted(3, 7, halo=True, double_halo=lot.often(0.6)),
        "accents": lot.accents(0.9, 1.4)}),
    "cluster": ("ring", lambda lot: {
        "ring": lot.ring("solitaire"), "stone": lot.faceted(2.5, 6, cluster=True),
        "accents": lot.accents(1.8, 3.4, cut=lot.one(words.SideCut))}),
    "cluster studs": ("earrings", lambda lot: {
        "earrings": {"style": "stud"}, "stone": lot.faceted(2.5, 5, cluster=True), "accents": lot.accents(1.8, 3.0)}),
    "three stones": ("ring", lambda lot: {
        "ring": lot.ring("three_stone"), "stone": lot.stone(4.5, 8.5),
        "accents": lot.accents(2.6, 5.0, cut=lot.one(words.SideCut))}),
    "halo over three stones": ("ring", lambda lot: {
        "ring": lot.ring("three_stone"), "stone": lot.faceted(4.5, 8, halo=True),
        "accents": lot.accents(2.6, 4.5, cut=lot.one(words.SideCut))}),
    "rows of fancy cuts": ("ring", _rows_band),
    "fancy tennis": ("bracelet", lambda lot: {
        "bracelet": {"style": "tennis", "length_mm": lot.mm(160, 195)}, "accents": lot.fancy_row(1.8, 3.0)}),
    "riviera": ("necklace", lambda lot: {
        "chain": {"style": "tennis", "length_mm": lot.mm(380, 460)}, "accents": lot.fancy_row(2.0, 3.4)}),
    "fancy bangle": ("bracelet", lambda lot: {
        "bracelet": {"style": "bangle", "width_mm": 8.5, "thickness_mm": 2.8}, "accents": lot.fancy_row(1.4, 2.4)}),
    "fancy huggies": ("earrings", lambda lot: {
        "earrings": {"style": lot.one(("huggie", "hoop")), "diameter_mm": lot.mm(12, 26), "wire_mm": lot.mm(2.5, 4)},
        "accents": lot.fancy_row(1.2, 1.8)}),
    "ear cuffs": ("earrings", lambda lot: {
        "earrings": {"style": "cuff", "diameter_mm": lot.mm(10, 14), "wire_mm": lot.mm(1.5, 4.5)}}
        | ({"accents": lot.fancy_row(1.1, 1.7)} if lot.often(0.6) else {})),
    "climbers": ("earrings", lambda lot: {
        "earrings": {"style": "climber", "height_mm": lot.mm(12, 26)}}
        | ({"accents": lot.fancy_row(1.4, 2.6)} if lot.often(0.7) else {})),
    "nose studs": ("earrings", lambda lot: {
        "earrings": {"style": lot.one(("nose_stud", "nose_ring")), "diameter_mm": lot.mm(8, 11),
                     "wire_mm": lot.mm(0.8, 1.2)}} | _maybe_stone(lot, 0.7, 1.5, 3.5)),
    "double drops": ("earrings", lambda lot: _drop(lot, "double")),
    "chandelier": ("earrings", lambda lot: _drop(lot, "chandelier")),
    "tassel": ("earrings", lambda lot: _drop(lot, "tassel")),
    "jhumka": ("earrings", lambda lot: _drop(lot, "jhumka")),
    "layered": ("necklace", lambda lot: {"chain": lot.chain(strands=lot.whole(2, 4), length_mm=lot.mm(360, 480))}),
    "layered with a pendant": ("necklace", lambda lot: _necklace(
        lot, lot.one(("round", "heart", "motif", "initial", "cross", "bar")), 8, 20, strands=lot.whole(2, 3))
        | {"motif": lot.motif(8, 14)}),
    "lariat": ("necklace", lambda lot: {"chain": lot.chain(lay="lariat", length_mm=lot.mm(480, 760))}),
    "beads": ("necklace", lambda lot: {"chain": {
        "style": lot.one(("bead", "pearl")), "gem": lot.one(words.Gem), "gauge_mm": lot.mm(3, 9),
        "length_mm": lot.mm(380, 520), "strands": lot.whole(1, 2)}}),
    "cord": ("necklace", lambda lot: _necklace(
        lot, lot.one(("round", "teardrop", "cross", "motif")), 14, 30, style="cord", cord=lot.one(words.Cord))
        | {"motif": lot.motif(12, 24)}),
    "hollow hoops": ("earrings", lambda lot: {
        "earrings": {"style": "hoop", "diameter_mm": lot.mm(16, 60), "wire_mm": lot.mm(1.6, 6.0)},
        "construction": "hollow"} | ({"wall_mm": lot.mm(0.15, 0.5)} if lot.often(0.5) else {})),
    "hollow bangle": ("bracelet", lambda lot: {
        "bracelet": {"style": "bangle", "width_mm": lot.mm(3, 14), "thickness_mm": lot.mm(1.6, 4.5)},
        "construction": "hollow"} | ({"wall_mm": lot.mm(0.2, 0.7)} if lot.often(0.5) else {})),
    "hollow balls": ("necklace", lambda lot: {
        "chain": lot.chain(style="ball", gauge_mm=lot.mm(1.5, 6)), "construction": lot.one(words.Construction)}),
    "anklet": ("bracelet", lambda lot: {
        "bracelet": {"style": "chain", "worn": "ankle", "length_mm": lot.mm(220, 270)}, "chain": lot.chain()}),
    "two-colour band": ("ring", lambda lot: {
        "ring": lot.ring(lot.one(("band", "signet")), width_mm=lot.mm(3.5, 9)), "second_metal": lot.one(words.Metal)}),
    "two-colour chain": ("necklace", lambda lot: {
        "chain": lot.chain(style=lot.one(words.ALTERNATING)), "second_metal": lot.one(words.Metal)}),
    "two-colour pendant": ("necklace", lambda lot: _necklace(lot, lot.one(words.LAYERED), 12, 28) | {
        "second_metal": lot.one(words.Metal)}),
    "two-colour hoops": ("earrings", lambda lot: {
        "earrings": {"style": "hoop", "diameter_mm": lot.mm(16, 45), "wire_mm": lot.mm(1.6, 4)},
        "second_metal": lot.one(words.Metal)}),
    "two-colour bangle": ("bracelet", lambda lot: {
        "bracelet": {"style": lot.one(("bangle", "cuff")), "width_mm": lot.mm(5, 22), "thickness_mm": lot.mm(1.4, 3)},
        "second_metal": lot.one(words.Metal)}),
    "two-tone head": ("ring", lambda lot: {
        "ring": lot.ring("solitaire"), "stone": lot.stone(4, 9), "second_metal": lot.one(words.Metal)}),
    "plain cuff": ("bracelet", lambda lot: {
        "bracelet": {"style": "cuff", "width_mm": lot.mm(5, 38), "thickness_mm": lot.mm(1.2, 2.4)},
        "engraving": lot.one(("", "AMOR", "12.06.2024"))}),
    "other materials": ("ring", lambda lot: {
        "ring": lot.ring("band", width_mm=lot.mm(3, 10)), "metal": lot.one(("silver", "platinum", "blackened_silver")),
        "substance": lot.one(words.Substance), "engraving": lot.one(("", "Love always"))}),
}  # fmt: skip
"""Each form with its kind and what it draws."""


def random_form(number: int) -> tuple[str, Spec]:
    """The name of a form and a valid spec of it; the same number gives the same ones, forms come by turns.

    What a piece has no place for is left out, as a prompt's reader does. Raises ValueError where a form is never valid.
    """
    name = tuple(FORMS)[number % len(FORMS)]
    kind, draw = FORMS[name]
    lot = Lot(np.random.default_rng(number))
    for _ in range(TRIES):
        try:
            spec = Spec.model_validate({"kind": kind, **lot.metal(), **draw(lot)})
            idle = {field: Spec.model_fields[field].default for field in spec.idle()}
            return name, Spec.model_validate(spec.model_copy(update=idle).model_dump())
        except ValidationError:
            continue
    msg = f"no valid {name} in {TRIES} draws"
    raise ValueError(msg)
