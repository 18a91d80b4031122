"""What a prompt says about a ring: its size, style, band, and the stones the band carries."""

import math
from typing import Any

from pipeline.atelier.language import foreign
from pipeline.atelier.language.context import STONE_SLOTS, Draft, beside, clamp, leftover
from pipeline.atelier.language.stones import (
    assign_row,
    no_stone,
    read_accents,
    read_stone,
    row_size,
    side_cut,
    stone_counts,
)
from pipeline.atelier.spec import GAP, USUAL_RATIO, Profile, Ring, RingStyle, row_needs

CHANNEL_WALLS = 1.0
"""Width of both walls of a channel together, mm; thinner ones leave the stones' sides bare."""

_WIDTHS: dict[str, dict[str, float]] = {
    "band": {"small": 1.6, "": 2.0, "large": 4.0},
    "plain band": {"small": 2.0, "": 4.0, "large": 7.0},
}


def _ring_size(draft: Draft) -> float | None:
    """Inside diameter in mm from a ring size: EU is the inner circumference in mm, US 11.63 + 0.8128 n."""
    tokens = draft.sentence.tokens
    for k, token in enumerate(tokens[:-1]):
        letter = tokens[k + 1]
        if token in {*_SIZE_WORDS, "uk"} and len(letter) == 1 and "a" <= letter <= "z":
            return _letter_size(draft, letter, k + 2)
    for measure, _ in list(draft.measures("")):
        before = set(tokens[max(measure.start - 3, 0) : measure.start])
        if not (_SIZE_WORDS | {"us", "eu", "uk", "iso"}) & before:
            continue
        number = measure.number
        european = bool(before & {"eu", "iso"}) or ("us" not in before and number > 16)
        draft.take(measure, "ring size", f"{'EU' if european else 'US'} {number:g}")
        if not before & {"us", "eu", "iso"}:
            draft.assume(f"Size {number:g} is read as a {'European' if european else 'US'} ring size.")
        return round(number / 3.14159265 if european else 11.63 + 0.8128 * number, 3)
    return None


def _letter_size(draft: Draft, letter: str, after: int) -> float:
    """UK letters step the inner circumference by 1.25 mm from A = 37.8 mm (BS EN 28653); there are half sizes."""
    half = 0.0
    for measure, _ in list(draft.measures("")):
        if measure.start == after and measure.number == 0.5:
            half = 0.5
            draft.take(measure, "ring size", f"UK {letter.upper()} 1/2")
    draft.assume(f"Size {letter.upper()}{' 1/2' if half else ''} is read as a UK ring size.")
    return round((37.8 + 1.25 * (ord(letter) - ord("a") + half)) / 3.14159265, 3)


_SIZE_WORDS = frozenset({"size"}) | foreign.SIZES


_BANDS = frozenset({"band", "bands", "stacking", "stackable", "braided", "woven", "dome", "domed"})
"""Words of rings without a centre stone."""

_SOLITAIRES = frozenset({"engagement", "promise", "solitaire"})


def _ring_style(draft: Draft, count: int | None) -> str:
    """The style named, else the one that carries as many stones as are asked for."""
    style = draft.choose("style", RingStyle, "")
    bare = no_stone(draft)
    if not style:
        tokens = set(draft.sentence.tokens)
        band_word = bool(tokens & {"band", "bands"}) and not draft.has("kind", "ring")
        stony = bool(draft.every(*STONE_SLOTS, "cut", "setting", "halo", "stone", "hue", "cathedral"))
        band_word = band_word or (bool(tokens & _BANDS) and not stony and not tokens & _SOLITAIRES)
        rowed = draft.has("accents") or draft.has("setting", "flush") or (count or 1) > 1
        rowed = rowed or draft.many()
        style = (
            "band" if bare or (band_word and (rowed or not draft.every(*STONE_SLOTS, "cut"))) else "solitaire"
        )
        if count == 3 and style != "band":
            style = "three_stone"
        elif (count or 1) > 3:
            style = "band"
    if (
        style == "solitaire"
        and not bare
        and (draft.side_cuts or draft.has("sides"))
        and not draft.has("halo")
    ):
        style = "three_stone"
    if bare and style not in ("signet", "band"):
        draft.assume("A ring without stones is a plain band.")
        style = "band"
    return style


def read_ring(draft: Draft) -> dict[str, Any]:
    """The spec's groups of a ring: "ring", "stone" and "accents"."""
    count = _ring_count(draft)
    style = _ring_style(draft, count)
    # A channel's walls stand as high as its stones only on a flat band.
    usual = "flat" if draft.has("accents", "channel") else "d_shape"
    ring: dict[str, Any] = {"style": style, "profile": draft.choose("profile", Profile, usual)}
    ring["cathedral"] = draft.has("cathedral")
    ring["pave"] = draft.has("halo") and draft.has("accents", "pave") and style == "solitaire"
    if style == "band" and not draft.has("profile"):
        shape = {"flat": "flat, as a channel needs", "d_shape": "D-shaped with a comfort fit"}[usual]
        draft.assume(f"The band's profile is not named; it is {shape}.")
    size = _ring_size(draft) or beside(draft, "mm", {"inner"}, "inner diameter", above=13, below=24)
    if size is None:
        draft.assume("The ring size is not given; EU 54 is used.")
    ring["inner_diameter_mm"] = clamp(draft, Ring, "inner_diameter_mm", size or 17.19)
    ring["thickness_mm"] = clamp(
        draft, Ring, "thickness_mm", beside(draft, "mm", {"thickness"}, "thickness") or 1.6
    )
    stone = accents = None
    several = draft.has("accents") or (count or 1) > 1 or draft.many()
    if style in ("solitaire", "three_stone"):
        stone = read_stone(
            draft, default=True, size_mm=6.5, told="The stone is not named; a diamond is used."
        )
    elif (style == "signet" or (style == "band" and not several)) and draft.every(*STONE_SLOTS):
        stone = read_stone(draft, default=False, size_mm=7.5 if style == "signet" else 3.0, told="")
        if stone is not None and not draft.every("setting"):
            if style == "signet" and stone["halo"]:
                stone["halo"] = False
                draft.assume("A signet's face has no room for a halo; the stone is set without.")
            sunk = stone["cut"] in ("round", "princess", "oval") and not stone["halo"]
            stone["setting"] = "flush" if sunk else "bezel"
    row = style in ("eternity", "three_stone") or (style == "band" and several)
    halo = bool(stone and stone["halo"])
    alone = style == "eternity" or (style == "band" and stone is None)
    accents = read_accents(
        draft, asked=row or halo, size_mm=_accent_size(draft, style, stone, count), row=alone
    )
    assign_row(draft, style, stone, accents)
    if accents is not None and alone:
        half_way = (ring["inner_diameter_mm"] + 2 * ring["thickness_mm"]) * math.pi / 2
        room = half_way * (2 if style == "eternity" else 1)
        accents["diameter_mm"] = row_size(draft, accents, room, GAP) or accents["diameter_mm"]
    # A wider measure on a signet is its face's.
    most = 8.0 if style == "signet" else 1e9
    width = beside(draft, "mm", {"band", "width"}, "band width", below=most)
    width = width or leftover(draft, "band width", below=min(most, 12))
    preset = _WIDTHS["plain band" if style == "band" and not accents else "band"][draft.scale("band")]
    if accents is not None and accents["setting"] == "channel" and style in ("band", "eternity"):
        preset = max(preset, round(accents["diameter_mm"] + CHANNEL_WALLS, 2))
    ring["width_mm"] = clamp(draft, Ring, "width_mm", width or (12.0 if style == "signet" else preset))
    if style == "signet" and width is None:
        ring["width_mm"] = {"small": 2.6, "": 3.2, "large": 4.5}[draft.scale("band")]
    ring["taper"] = 1.0 if style in ("band", "eternity") or accents or draft.has("taper", "no") else 0.85
    for measure, _ in list(draft.measures("percent")):
        if 50 <= measure.number <= 100 and draft.has("taper"):
            draft.take(measure, "taper", f"{measure.number:g} %")
            ring["taper"] = measure.number / 100
    _carry(draft, ring, stone, accents)
    return {"ring": ring, "stone": stone, "accents": accents}


def _carry(
    draft: Draft, ring: dict[str, Any], stone: dict[str, Any] | None, accents: dict[str, Any] | None
) -> None:
    """Make the band wide, thick and flat enough for the stones set into it."""
    if accents is None or ring["style"] == "three_stone" or (stone and stone["halo"] and not ring["pave"]):
        return
    if ring["profile"] == "knife":
        ring["profile"] = "d_shape"
        draft.assume("A row of stones finds no hold on a knife edge; the band is D-shaped.")
    wide, thick = row_needs(accents["diameter_mm"])
    for field, least in (("width_mm", wide), ("thickness_mm", thick)):
        if ring[field] * (ring["taper"] if field == "width_mm" else 1) < least:
            name = field.removesuffix("_mm")
            draft.assume(f"The band's {name} is {least:g} mm, to hold {accents['diameter_mm']:g} mm stones.")
            ring[field] = least
            ring["taper"] = 1.0


def _ring_count(draft: Draft) -> int | None:
    return next((int(measure.number) for measure in stone_counts(draft)), None)


def _accent_size(draft: Draft, style: str, stone: dict[str, Any] | None, count: int | None) -> float:
    if style == "three_stone" and stone:
        longer = float(USUAL_RATIO[side_cut(draft)] ** 0.5)
        size = 0.62 * longer * float(stone["length_mm"]) / float(stone["ratio"])
        return round(min(max(size, 1.5 * longer), 5.0), 2)
    if style == "band" and stone is None and count:
        # A few stones share the front of the band; many are a row of small ones.
        return round(min(max(14 / count, 1.3), 3.2), 1)
    return {"eternity": 2.4}.get(style, 1.3)
