"""Valid specs drawn at random over the whole range of every field."""

from typing import Any, get_args

import numpy as np
from pydantic import BaseModel, ValidationError

from pipeline.atelier import spec as words
from pipeline.atelier.spec import Spec

FACETED = tuple(gem for gem in get_args(words.Gem)[:15] if gem not in (*words.OPAQUE_GEMS, "pearl"))
FIRST_CUTS = ("round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "cabochon")
"""Cuts that seeds below a thousand draw from: benchmarks name pieces by their seed."""

EVERY_CUT_FROM, EVERY_FORM_FROM = 1000, 2000
LATER = frozenset({"motif", *get_args(words.Gem)[15:]})
"""Choices that only seeds from two thousand on draw, so that earlier ones keep their pieces."""
ENGRAVINGS = ("", "", "", "AMOR", "Love always", "12.06.2024", "É & Ø")


def random_spec(seed: int) -> Spec:
    """A valid spec; the same seed gives the same one. Seeds from 1000 on know every cut, from 2000 on motifs."""
    draw = np.random.default_rng(seed)
    every = seed >= EVERY_CUT_FROM
    while True:
        try:
            data = _data(draw, every=every)
            if seed >= EVERY_FORM_FROM:
                _take_a_motif(draw, data)
            spec = Spec.model_validate(data)
            idle = {field: Spec.model_fields[field].default for field in spec.idle()}
            return Spec.model_validate(spec.model_copy(update=idle).model_dump())
        except ValidationError:
            continue


def _data(draw: np.random.Generator, *, every: bool) -> dict[str, Any]:
    kind = str(draw.choice(get_args(words.Kind)))
    data: dict[str, Any] = {
        "kind": kind,
        "metal": _one(draw, words.Metal),
        "second_metal": _one(draw, words.Metal) if draw.random() < 0.2 else None,
        "finish": _one(draw, words.Finish),
        "milgrain": bool(draw.random() < 0.2),
        "engraving": str(draw.choice(ENGRAVINGS)),
        "stone": _stone(draw, every=every) if draw.random() < 0.65 else None,
    }
    if draw.random() < 0.45:
        count = int(draw.integers(1, 60)) if draw.random() < 0.4 else None
        data["accents"] = {
            "gem": str(draw.choice(FACETED)), "diameter_mm": round(float(draw.uniform(0.8, 3.5)), 2),
            "count": count, "setting": _one(draw, words.AccentSetting),
        }  # fmt: skip
    groups = {
        "ring": words.Ring,
        "earrings": words.Earrings,
        "bracelet": words.Bracelet,
        "brooch": words.Brooch,
    }
    if kind in groups:
        data[kind] = _group(draw, groups[kind])
    if kind == "ring" and data["ring"]["style"] == "three_stone" and "accents" in data:
        sides = get_args(words.SideCut) if every else FIRST_CUTS[:-1]
        data["accents"]["cut"] = str(draw.choice(sides))
    if kind == "necklace":
        data["chain"] = _group(draw, words.Chain)
        data["pendant"] = _group(draw, words.Pendant) if draw.random() < 0.8 else None
    return data


def _take_a_motif(draw: np.random.Generator, data: dict[str, Any]) -> None:
    """Give the piece a motif where its kind can carry one."""
    data["motif"] = _group(draw, words.Motif) | {"text": "Ida", "path": "M0 0H9V6L4 9L0 6Z"}
    if data["kind"] == "bracelet":
        data["bracelet"]["style"] = "chain"
    elif data["kind"] == "necklace":
        data["pendant"] = (data["pendant"] or {}) | {"form": "motif"}
    else:
        data[data["kind"]]["form" if data["kind"] == "earrings" else "style"] = "motif"


def _stone(draw: np.random.Generator, *, every: bool) -> dict[str, Any]:
    gem = _one(draw, words.Gem)
    faceted = [cut for cut in get_args(words.Cut) if cut != "pearl"] if every else FIRST_CUTS
    cut = "pearl" if gem == "pearl" else "cabochon" if gem in words.OPAQUE_GEMS else str(draw.choice(faceted))
    stone = {
        "gem": gem,
        "cut": cut,
        "length_mm": round(float(draw.uniform(1.5, 16)), 2),
        "halo": bool(draw.random() < 0.25),
    }
    stone |= {"setting": _one(draw, words.Setting), "prongs": int(draw.choice([4, 6]))}
    if cut not in ("round", "pearl") and draw.random() < 0.5:
        stone["ratio"] = round(float(draw.uniform(1.0, 2.2)), 2)
    return stone


def _group(draw: np.random.Generator, model: type[BaseModel]) -> dict[str, Any]:
    """Every field of a group: a choice, a number within its limits, or a letter."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        rules = {type(rule).__name__: rule for rule in field.metadata}
        if name == "metal":
            found[name] = _one(draw, words.Metal) if draw.random() < 0.2 else None
        elif name == "letter":
            found[name] = chr(int(draw.integers(ord("A"), ord("Z") + 1)))
        elif name in ("text", "path", "count"):
            continue
        elif field.annotation is bool:
            found[name] = bool(draw.random() < 0.3)
        elif field.annotation is float:
            found[name] = round(float(draw.uniform(rules["Ge"].ge, rules["Le"].le)), 2)
        elif name == "enamel":
            found[name] = _one(draw, words.Enamel) if draw.random() < 0.4 else None
        else:
            found[name] = _one(draw, field.annotation)
    return found


def _one(draw: np.random.Generator, choices: Any) -> Any:
    return str(draw.choice([str(choice) for choice in get_args(choices) if choice not in LATER]))
