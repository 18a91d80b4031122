"""Valid specs drawn at random over the whole range of every field."""

from typing import Any, get_args

import numpy as np
from pydantic import BaseModel, ValidationError

from pipeline.atelier import spec as words
from pipeline.atelier.spec import Spec

FACETED = tuple(gem for gem in get_args(words.Gem)[:15] if gem not in (*words.OPAQUE_GEMS, "pearl"))
FIRST_CUTS = ("round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "cabochon")
"""Cuts that seeds below a thousand draw from: benchmarks name pieces by their seed."""

EVERY_CUT_FROM, EVERY_FORM_FROM, EVERY_SHAPE_FROM = 1000, 2000, 3000
LATER = frozenset({
    "motif", *get_args(words.Gem)[15:], "toi_et_moi", "bead", "cord", "climber", "nose_stud", "nose_ring",
    "cufflinks", "tie_bar", "tiara",
})  # fmt: skip
"""Choices that only later seeds draw, so that earlier ones keep their pieces."""
LATER_OF = {words.EarringStyle: frozenset({"cuff"}), words.ChainStyle: frozenset({"tennis"})}
"""Choices that are later ones of these alone: a bracelet always was a cuff, or of the tennis style."""
LATER_FIELDS = frozenset({
    "Ring.shank", "Chain.gem", "Chain.cord", "Chain.strands", "Chain.lay", "Earrings.hung", "Bracelet.worn",
    "Motif.thickness_mm",
})  # fmt: skip
MODELS: dict[str, type[BaseModel]] = {
    "ring": words.Ring, "earrings": words.Earrings, "bracelet": words.Bracelet, "brooch": words.Brooch,
}  # fmt: skip
"""The group of its own that a piece has; a necklace has a chain and a pendant."""
LONGEST_WRIST_MM = 240.0
ENGRAVINGS = ("", "", "", "AMOR", "Love always", "12.06.2024", "É & Ø")


def random_spec(seed: int) -> Spec:
    """A valid spec; the same seed gives the same one.

    Seeds from 1000 on know every cut, from 2000 on motifs, from 3000 on a form of ``FORMS`` each.
    """
    draw = np.random.default_rng(seed)
    every = seed >= EVERY_CUT_FROM
    while True:
        try:
            data = _data(draw, every=every)
            if seed >= EVERY_SHAPE_FROM:
                _take_a_form(draw, data, FORMS[seed % len(FORMS)])
            elif seed >= EVERY_FORM_FROM:
                _take_a_motif(draw, data)
            spec = Spec.model_validate(data)
            if seed < EVERY_SHAPE_FROM and words.two_coloured(spec):
                spec = spec.model_copy(update={"second_metal": None})
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
    if kind in MODELS:
        data[kind] = _group(draw, MODELS[kind])
    if kind == "ring" and data["ring"]["style"] == "three_stone" and "accents" in data:
        sides = get_args(words.SideCut)[:-1] if every else FIRST_CUTS[:-1]
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


FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ring", {"ring": {"shank": "split", "style": "solitaire"}, "stone": {}}),
    ("ring", {"ring": {"shank": "bypass", "style": "solitaire"}, "stone": {}}),
    ("ring", {"ring": {"shank": "bypass", "style": "band"}}),
    ("ring", {"ring": {"shank": "open", "style": "band"}}),
    ("ring", {"ring": {"shank": "bypass", "style": "toi_et_moi"}, "stone": {}, "second_stone": {}}),
    ("ring", {"ring": {"shank": "closed", "style": "toi_et_moi"}, "stone": {}, "second_stone": {}}),
    ("ring", {"ring": {"style": "solitaire"}, "stone": {"cluster": True, "setting": "prong"}, "accents": {}}),
    ("ring", {"ring": {"style": "solitaire"}, "stone": {"hidden_halo": True, "setting": "prong", "length_mm": 9.0}}),
    ("ring", {"ring": {"style": "solitaire"}, "stone": {"setting": "prong", "double_halo": True}, "accents": {}}),
    ("earrings", {"earrings": {"style": "stud", "form": "round"}, "accents": {},
                  "stone": {"setting": "bezel", "double_halo": True}}),
    ("ring", {"ring": {"style": "three_stone"}, "stone": {"haloed": True}, "accents": {"diameter_mm": 3.5}}),
    ("ring", {"ring": {"style": "eternity", "taper": 1.0, "width_mm": 5.0, "thickness_mm": 3.3}, "accents": {}}),
    ("ring", {"ring": {"style": "band", "shank": "closed"}, "second_metal": "white_gold"}),
    ("ring", {"ring": {"style": "signet"}, "second_metal": "rose_gold"}),
    ("earrings", {"earrings": {"style": "cuff", "diameter_mm": 12.0}}),
    ("earrings", {"earrings": {"style": "cuff", "diameter_mm": 12.0}, "accents": {}}),
    ("earrings", {"earrings": {"style": "climber"}, "accents": {}}),
    ("earrings", {"earrings": {"style": "climber"}}),
    ("earrings", {"earrings": {"style": "nose_stud"}, "stone": {"length_mm": 2.5}}),
    ("earrings", {"earrings": {"style": "nose_ring", "diameter_mm": 9.0}}),
    *(("earrings", {"earrings": {"style": "drop", "hung": hung}, "stone": stone})
      for hung in ("double", "chandelier", "tassel", "jhumka") for stone in ({}, None)),
    ("earrings", {"earrings": {"style": "stud", "form": "round"}, "stone": {"cluster": True}, "accents": {}}),
    ("earrings", {"earrings": {"style": "hoop"}, "second_metal": "silver"}),
    ("necklace", {"chain": {"style": "bead"}}),
    ("necklace", {"chain": {"style": "cord"}, "pendant": {"form": "round"}}),
    ("necklace", {"chain": {"style": "tennis", "lay": "loop"}, "accents": {"diameter_mm": 3.0}}),
    ("necklace", {"chain": {"lay": "lariat", "style": "cable"}}),
    ("necklace", {"chain": {"strands": 3}}),
    ("necklace", {"chain": {"strands": 2}, "pendant": {"form": "heart"}}),
    ("necklace", {"chain": {}, "pendant": {"form": "cross"}, "second_metal": "white_gold"}),
    ("bracelet", {"bracelet": {"style": "chain", "worn": "ankle", "length_mm": 260.0}}),
    ("bracelet", {"bracelet": {"style": "chain"}, "chain": {"style": "bead", "gauge_mm": 6.0}}),
    ("bracelet", {"bracelet": {"style": "chain"}, "chain": {"style": "curb"}, "second_metal": "silver"}),
    ("bracelet", {"bracelet": {"style": "bangle"}, "second_metal": "rose_gold"}),
    ("brooch", {"brooch": {"style": "cufflinks", "width_mm": 17.0}, "stone": {"length_mm": 7.0}}),
    ("brooch", {"brooch": {"style": "cufflinks", "width_mm": 16.0}}),
    ("brooch", {"brooch": {"style": "tie_bar"}}),
    ("bracelet", {"bracelet": {"style": "tennis"}, "accents": {"rowed": True}}),
    ("bracelet", {"bracelet": {"style": "bangle", "width_mm": 9.0, "thickness_mm": 3.0}, "accents": {"rowed": True}}),
    ("necklace", {"chain": {"style": "tennis", "lay": "loop"}, "accents": {"rowed": True}}),
    ("earrings", {"earrings": {"style": "huggie", "diameter_mm": 16.0}, "accents": {"rowed": True}}),
    ("brooch", {"brooch": {"style": "bar"}, "accents": {"rowed": True}}),
    ("ring", {"ring": {"style": "band"}, "metal": "silver", "substance": "steel"}),
    ("ring", {"ring": {"style": "band"}, "metal": "blackened_silver", "substance": "ceramic"}),
    ("ring", {"ring": {"style": "band"}, "metal": "silver", "substance": "ceramic"}),
)  # fmt: skip
"""The later forms, each with the kind and what makes it that form; what else the piece has is drawn."""


def _take_a_form(draw: np.random.Generator, data: dict[str, Any], form: tuple[str, dict[str, Any]]) -> None:
    """Make the drawn piece one of a form: its own groups where the kinds agree, else those of the form alone."""
    kind, fields = form
    own = {"metal": data["metal"], "finish": data["finish"]}
    drawn_stone = _stone(draw, every=True) | {"halo": False}
    chain, pendant = _group(draw, words.Chain), _group(draw, words.Pendant)
    accents = {"gem": str(draw.choice(FACETED)), "diameter_mm": round(float(draw.uniform(1.2, 3.0)), 2)}
    drawn = {
        "stone": drawn_stone,
        "second_stone": drawn_stone,
        "accents": accents,
        "pendant": pendant,
        "chain": chain,
    }
    if kind in MODELS:
        drawn[kind] = _group(draw, MODELS[kind])
    data.clear()
    data |= {"kind": kind, **own}
    for name, value in fields.items():
        data[name] = {**drawn[name], **value} if isinstance(value, dict) else value
    if kind == "ring" and fields["ring"].get("style") == "eternity":
        data["accents"]["cut"] = str(
            draw.choice(["baguette", "princess", "oval", "pear", "marquise", "emerald"])
        )
    stone = data.get("stone") or {}
    if stone.pop("haloed", False) or stone.get("double_halo"):
        stone |= {"halo": True, "cluster": False}
    if data.get("accents", {}).pop("rowed", False):
        cut = str(draw.choice(get_args(words.SideCut)))
        data["accents"] |= {"cut": cut, "lengthwise": bool(draw.random() < 0.5)}
        data["accents"]["diameter_mm"] = round(float(draw.uniform(1.3, 2.2)) * words.USUAL_RATIO[cut], 2)
    if "stone" in fields and fields["stone"] and fields["stone"].get("hidden_halo"):
        data["stone"] |= {"gem": "sapphire", "cut": "oval", "ratio": 1.3}
    if kind == "necklace" and data["chain"].get("style") == "bead":
        data["chain"]["gem"] = str(draw.choice(get_args(words.Gem)))


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
        if f"{model.__name__}.{name}" in LATER_FIELDS:
            continue
        if name == "metal":
            found[name] = _one(draw, words.Metal) if draw.random() < 0.2 else None
        elif name == "letter":
            found[name] = chr(int(draw.integers(ord("A"), ord("Z") + 1)))
        elif name in ("text", "path", "count"):
            continue
        elif field.annotation is bool:
            found[name] = bool(draw.random() < 0.3)
        elif field.annotation is float:
            most = LONGEST_WRIST_MM if model is words.Bracelet and name == "length_mm" else rules["Le"].le
            found[name] = round(float(draw.uniform(rules["Ge"].ge, most)), 2)
        elif name == "enamel":
            found[name] = _one(draw, words.Enamel) if draw.random() < 0.4 else None
        else:
            found[name] = _one(draw, field.annotation)
    return found


def _one(draw: np.random.Generator, choices: Any) -> Any:
    later = LATER | LATER_OF.get(choices, frozenset())
    return str(draw.choice([str(choice) for choice in get_args(choices) if choice not in later]))
