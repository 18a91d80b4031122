"""Siblings of a piece: the same idea in other proportions, as a designer shows four sketches of one commission."""

from typing import Any

import numpy as np
from pydantic import BaseModel

from pipeline.atelier.spec import LARGEST_SHARE, Spec, flush_needs, row_needs, side_least


def variations(spec: Spec, seed: int = 0, count: int = 4) -> tuple[Spec, ...]:
    """``count`` specs: the spec itself first, then siblings that keep kind, metal, stone, cut, form and length."""
    return (spec, *(vary(spec, seed * 1009 + k) for k in range(1, count)))


def vary(spec: Spec, seed: int) -> Spec:
    """One sibling: proportions drawn from a narrow range around the spec's, details from the usual alternatives."""
    draw = np.random.default_rng(seed)
    data: dict[str, Any] = spec.model_dump()
    if spec.stone is not None:
        data["stone"] |= _scaled(draw, spec.stone, {"length_mm": 0.10})
        if spec.stone.setting == "prong" and spec.stone.cut in ("round", "oval"):
            data["stone"]["prongs"] = int(draw.choice([4, 6]))
    if spec.accents is not None:
        data["accents"] |= _scaled(draw, spec.accents, {"diameter_mm": 0.10})
    if spec.ring is not None:
        data["ring"] |= _scaled(draw, spec.ring, {"width_mm": 0.18, "thickness_mm": 0.08})
        if spec.ring.style in ("solitaire", "three_stone"):
            data["ring"] |= {
                "taper": float(draw.choice([0.75, 0.85, 0.95])),
                "profile": str(draw.choice(["d_shape", "d_shape", "round", "knife"])),
                "cathedral": bool(draw.random() < 0.3) or spec.ring.cathedral,
            }
    if spec.chain is not None:
        data["chain"] |= _scaled(draw, spec.chain, {"gauge_mm": 0.15})
    if spec.pendant is not None:
        data["pendant"] |= _scaled(draw, spec.pendant, {"height_mm": 0.15})
    if spec.earrings is not None:
        hoops = spec.earrings.style in ("hoop", "huggie")
        spread = (
            {"diameter_mm": 0.12, "wire_mm": 0.15} if hoops else {"height_mm": 0.0 if spec.stone else 0.12}
        )
        data["earrings"] |= _scaled(draw, spec.earrings, spread)
    if spec.bracelet is not None and spec.bracelet.style in ("bangle", "cuff"):
        data["bracelet"] |= _scaled(draw, spec.bracelet, {"width_mm": 0.15, "thickness_mm": 0.1})
    if spec.brooch is not None:
        data["brooch"] |= _scaled(draw, spec.brooch, {"width_mm": 0.1})
    _keep_makeable(spec, data)
    return Spec.model_validate(data)


def _keep_makeable(spec: Spec, data: dict[str, Any]) -> None:
    """Mend what the draws may have pushed past a bench's limits."""
    if spec.stone is not None and spec.pendant is not None and spec.pendant.form != "stone":
        most = 0.95 * LARGEST_SHARE * data["pendant"]["height_mm"]
        data["stone"]["length_mm"] = round(min(data["stone"]["length_mm"], most), 2)
    if spec.stone is not None and spec.ring is not None and spec.stone.setting == "flush":
        wide, thick = flush_needs(spec.stone)
        data["stone"]["length_mm"] = spec.stone.length_mm
        data["ring"]["width_mm"] = max(data["ring"]["width_mm"], wide)
        data["ring"]["thickness_mm"] = max(data["ring"]["thickness_mm"], thick)
    if spec.accents is None or spec.ring is None:
        return
    if spec.ring.style == "three_stone":
        least = side_least(spec.accents.cut)
        data["accents"]["diameter_mm"] = max(data["accents"]["diameter_mm"], least)
    elif spec.ring.pave or not (spec.stone and spec.stone.halo):
        wide, thick = row_needs(data["accents"]["diameter_mm"])
        data["ring"] |= {
            "width_mm": max(data["ring"]["width_mm"], wide),
            "thickness_mm": max(data["ring"]["thickness_mm"], thick),
            "taper": 1.0,
        }


def _scaled(draw: np.random.Generator, group: BaseModel, spread: dict[str, float]) -> dict[str, float]:
    """Each field times a factor within its spread, on a 0.05 mm grid, inside the field's limits."""
    found = {}
    for field, share in spread.items():
        rules = {type(rule).__name__: rule for rule in type(group).model_fields[field].metadata}
        value = getattr(group, field) * (1 + draw.uniform(-share, share))
        found[field] = round(float(np.clip(round(value / 0.05) * 0.05, rules["Ge"].ge, rules["Le"].le)), 2)
    return found
