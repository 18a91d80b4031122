"""Siblings of a piece: the same idea in other proportions, as a designer shows four sketches of one commission."""

from operator import attrgetter
from typing import Any

import numpy as np
from pydantic import BaseModel

from pipeline.atelier.spec import (
    LARGEST_SHARE,
    Bracelet,
    Ring,
    Spec,
    Stone,
    flush_needs,
    row_needs,
    side_least,
)

_LEANS = ((-0.75, 0.7), (0.9, -0.4), (0.4, -0.9), (-0.4, 0.35))
"""Where siblings lie in their range, metal and stones, -1..1: far enough apart to be told at a glance."""

_SPREAD = 0.1
"""How far from its place a proportion is drawn."""

_METAL = frozenset({"width_mm", "thickness_mm", "gauge_mm", "wire_mm"})
"""Fields that say how much metal there is; the others say how large a stone or the piece is."""


def variations(
    spec: Spec, seed: int = 0, count: int = 4, stated: frozenset[str] = frozenset()
) -> tuple[Spec, ...]:
    """``count`` specs: the spec itself first, then siblings that keep kind, metal, stone, cut, form and length.

    ``stated`` names fields ("ring.width_mm", "finish") that every sibling keeps, because the prompt settled them.
    Siblings in a row lean different ways, so that four of them side by side are told apart.
    """
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], 2) if seed else np.ones(2)
    leans = [(_LEANS[k % len(_LEANS)], seed * 1009 + k + 1) for k in range(count - 1)]
    return (
        spec,
        *(_sibling(spec, mood, stated, (lean[0] * signs[0], lean[1] * signs[1])) for lean, mood in leans),
    )


def _sibling(spec: Spec, seed: int, stated: frozenset[str], lean: tuple[float, float]) -> Spec:
    sibling = _draw(spec, seed, stated, lean)
    if any(attrgetter(path)(sibling) != attrgetter(path)(spec) for path in stated):
        # Other stones than the band was stated for would have needed a wider one.
        sibling = _draw(spec, seed, stated | {"stone.length_mm", "accents.diameter_mm"}, lean)
    return sibling


def _draw(spec: Spec, seed: int, stated: frozenset[str], lean: tuple[float, float]) -> Spec:
    draw = np.random.default_rng(seed)
    data: dict[str, Any] = spec.model_dump()
    for group, spread in _spreads(spec).items():
        scaled = _scaled(draw, getattr(spec, group), spread, lean)
        data[group] |= {field: value for field, value in scaled.items() if f"{group}.{field}" not in stated}
    for path, value in _details(spec, draw).items():
        *above, name = path.split(".")
        if path not in stated:
            (data[above[0]] if above else data)[name] = value
    _keep_makeable(spec, data)
    return Spec.model_validate(data)


def _spreads(spec: Spec) -> dict[str, dict[str, float]]:
    """How far each proportion of this piece may move, as a share of itself."""
    shares: dict[str, dict[str, float]] = {}
    if spec.stone is not None:
        shares["stone"] = {"length_mm": 0.16}
    if spec.accents is not None:
        shares["accents"] = {"diameter_mm": 0.16}
    if spec.ring is not None:
        shares["ring"] = {"width_mm": 0.3, "thickness_mm": 0.12}
    if spec.chain is not None:
        shares["chain"] = {"gauge_mm": 0.25}
    if spec.pendant is not None:
        shares["pendant"] = {"height_mm": 0.2}
    if spec.earrings is not None:
        hoops = spec.earrings.style in ("hoop", "huggie")
        drops = {} if spec.stone else {"height_mm": 0.2}
        shares["earrings"] = {"diameter_mm": 0.2, "wire_mm": 0.3} if hoops else drops
    if spec.bracelet is not None:
        shares |= _stiff_spreads(spec.bracelet)
    if spec.motif is not None and (spec.ring is not None or spec.bracelet is not None):
        shares["motif"] = {"size_mm": 0.2}
    if spec.brooch is not None:
        shares["brooch"] = {"width_mm": 0.16}
    return shares


def _stiff_spreads(worn: Bracelet) -> dict[str, dict[str, float]]:
    """Of a bangle, a cuff or a tiara; a chain or a line has its own."""
    if worn.style == "tiara":
        return {"bracelet": {"width_mm": 0.15}}
    return {"bracelet": {"width_mm": 0.3, "thickness_mm": 0.12}} if worn.style in ("bangle", "cuff") else {}


def _details(spec: Spec, draw: np.random.Generator) -> dict[str, Any]:
    """One of the usual alternatives for each detail this piece has, by "group.field"."""
    details: dict[str, Any] = {}
    plain = spec.stone is None and spec.accents is None
    if plain and spec.finish == "polished" and spec.kind != "necklace":
        details["finish"] = str(draw.choice(["polished", "polished", "satin", "hammered"]))
    if plain and spec.ring is not None and spec.ring.style == "band":
        details["ring.profile"] = str(draw.choice(["d_shape", "flat", "round", "knife"]))
    if spec.stone is not None and spec.stone.setting == "prong" and spec.stone.cut in ("round", "oval"):
        details["stone.prongs"] = int(draw.choice([4, 6]))
    if spec.ring is not None and spec.ring.style in ("solitaire", "three_stone"):
        details["ring.taper"] = float(draw.choice([0.65, 0.8, 0.95]))
        if not spec.rowed:
            # Stones along the shank lie on the profile it has, and arches would leave them less room.
            details["ring.profile"] = str(draw.choice(["d_shape", "flat", "round", "knife"]))
            details["ring.cathedral"] = bool(draw.random() < 0.4) or spec.ring.cathedral
    return details


def _lies_in_the_band(stone: Stone, ring: Ring) -> bool:
    """Whether a stone is sunk into the shank itself; a signet's lies in its face."""
    return stone.setting == "flush" and ring.style != "signet"


def _keep_makeable(spec: Spec, data: dict[str, Any]) -> None:
    """Mend what the draws may have pushed past a bench's limits."""
    if spec.stone is not None and spec.stone.east_west:
        # Arches rise to a stone's sides, and one set across has its points there.
        data["ring"]["cathedral"] = False
    if spec.stone is not None and spec.pendant is not None and spec.pendant.form != "stone":
        most = 0.95 * LARGEST_SHARE * data["pendant"]["height_mm"]
        data["stone"]["length_mm"] = round(min(data["stone"]["length_mm"], most), 2)
    if spec.stone is not None and spec.ring is not None and _lies_in_the_band(spec.stone, spec.ring):
        wide, thick = flush_needs(spec.stone)
        data["stone"]["length_mm"] = spec.stone.length_mm
        data["ring"]["width_mm"] = max(data["ring"]["width_mm"], wide)
        data["ring"]["thickness_mm"] = max(data["ring"]["thickness_mm"], thick)
    if spec.accents is None or spec.ring is None:
        return
    if spec.ring.style == "three_stone":
        least = side_least(spec.accents.cut)
        data["accents"]["diameter_mm"] = max(data["accents"]["diameter_mm"], least)
    elif spec.rowed:
        wide, thick = row_needs(data["accents"]["diameter_mm"])
        data["ring"] |= {
            "width_mm": max(data["ring"]["width_mm"], wide),
            "thickness_mm": max(data["ring"]["thickness_mm"], thick),
            "taper": 1.0,
        }


def _scaled(
    draw: np.random.Generator, group: BaseModel, spread: dict[str, float], lean: tuple[float, float]
) -> dict[str, float]:
    """Each field times a factor within its spread, on a 0.05 mm grid, inside the field's limits."""
    values = {}
    for field, share in spread.items():
        rules = {type(rule).__name__: rule for rule in type(group).model_fields[field].metadata}
        towards = lean[0] if field in _METAL else lean[1]
        value = getattr(group, field) * (1 + share * (towards + _SPREAD * draw.uniform(-1, 1)))
        values[field] = round(float(np.clip(round(value / 0.05) * 0.05, rules["Ge"].ge, rules["Le"].le)), 2)
    return values
