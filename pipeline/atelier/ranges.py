"""The metals and the sizes a shop offers one piece in: every other one of each, the piece otherwise as it is."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from pipeline.atelier.language.describe import metal_words
from pipeline.atelier.ring_sizes import european
from pipeline.atelier.spec import Metal, Spec, is_tiara

METALS: tuple[Metal, ...] = ("yellow_gold", "white_gold", "rose_gold", "platinum", "silver")
RINGS = (48, 50, 52, 54, 56, 58, 60)
"""EU sizes, ISO 8653: inner circumference, mm."""
CHAINS_MM = (400, 450, 500, 550, 600)
WRISTS_MM = (160, 170, 180, 190, 200, 210)
HOOPS_MM = (15, 20, 30, 40, 50)


@dataclass(frozen=True)
class Variant:
    """The piece in another metal or size, and what is different, in words."""

    words: str
    spec: Spec


def metals(spec: Spec) -> tuple[Variant, ...]:
    """The piece in each other metal; of a two-tone piece the first one changes. Its fineness becomes the usual one."""
    variants = []
    for metal in METALS:
        if metal == spec.metal and spec.substance is None:
            continue
        second = None if spec.second_metal == metal else spec.second_metal
        changes = {"metal": metal, "second_metal": second, "fineness": None, "substance": None}
        variants += [Variant(metal_words(changed), changed) for changed in _with(spec, changes)]
    return tuple(variants)


def sizes(spec: Spec) -> tuple[Variant, ...]:
    """The piece in each other size a shop keeps; empty where it has none, as a stud has."""
    if spec.ring is not None:
        size = european(spec.ring.inner_diameter_mm)
        return _lengths(spec, size, RINGS, {"ring": "inner_diameter_mm"}, "size EU {}", scale=1 / math.pi)
    if is_tiara(spec):
        return ()
    if spec.bracelet is not None:
        groups = {"bracelet": "length_mm"} | ({"chain": "length_mm"} if spec.chain else {})
        return _lengths(spec, spec.bracelet.length_mm, WRISTS_MM, groups, "{} mm long")
    if spec.chain is not None:
        return _lengths(spec, spec.chain.length_mm, CHAINS_MM, {"chain": "length_mm"}, "{} mm chain")
    if spec.earrings is not None and spec.earrings.style == "hoop":
        return _lengths(
            spec, spec.earrings.diameter_mm, HOOPS_MM, {"earrings": "diameter_mm"}, "{} mm across"
        )
    return ()


def _lengths(
    spec: Spec,
    standing: float,
    offered: Sequence[int],
    fields: dict[str, str],
    words: str,
    *,
    scale: float = 1.0,
) -> tuple[Variant, ...]:
    """The piece with these fields at every length offered but the one that is its own."""
    step = min(after - before for before, after in pairwise(offered))
    variants = []
    for length in offered:
        if abs(length - standing) < step / 2:
            continue
        value = round(length * scale, 2)
        changes = {
            group: getattr(spec, group).model_copy(update={name: value}) for group, name in fields.items()
        }
        variants += [Variant(words.format(length), changed) for changed in _with(spec, changes)]
    return tuple(variants)


def _with(spec: Spec, changes: Mapping[str, Any]) -> Iterator[Spec]:
    """The changed piece; nothing where it cannot be made."""
    try:
        yield Spec.model_validate(spec.model_copy(update=changes).model_dump())
    except ValidationError:
        return
