"""Thicken to cast over every kind, style and setting: what is listed before, and what is left and told afterwards."""

import time
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError

from pipeline.atelier import spec as words
from pipeline.atelier.casting import thin_places
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.atelier.thickening import thicken

_ROW = {"accents": {"diameter_mm": 1.5}}
_BAND = {"width_mm": 3.0, "thickness_mm": 1.8}
_STONES: dict[str, dict[str, Any]] = {
    "bare": {},
    "row": _ROW,
    "stone": {"stone": {"length_mm": 5.0}},
    "bezel": {"stone": {"length_mm": 6.0, "setting": "bezel"}},
    "opal": {"stone": {"gem": "opal", "length_mm": 7.0, "setting": "bezel"}},
    "pearl": {"stone": {"gem": "pearl", "length_mm": 7.0}},
    "halo": {"stone": {"halo": True}, "accents": {"diameter_mm": 1.2}},
    "cluster": {"stone": {"length_mm": 4.0, "cluster": True}, "accents": {"diameter_mm": 2.0}},
}


def pieces() -> Iterator[tuple[str, Spec]]:
    """Every style in every setting that can be made, by name."""
    hosts: dict[str, dict[str, Any]] = {
        **{f"ring {s}": {"kind": "ring", "ring": {"style": s, **_BAND}} for s in get_args(words.RingStyle)},
        **{f"pendant {f}": {"kind": "necklace", "pendant": {"form": f}} for f in get_args(words.Form)},
        **{f"earrings {s}": {"kind": "earrings", "earrings": {"style": s}} for s in get_args(words.EarringStyle)},
        **{
            f"drop {h}": {"kind": "earrings", "earrings": {"style": "drop", "hung": h, "height_mm": 20.0}}
            for h in get_args(words.Hung)
        },
        **{f"bracelet {s}": {"kind": "bracelet", "bracelet": {"style": s}} for s in get_args(words.BraceletStyle)},
        **{f"brooch {s}": {"kind": "brooch", "brooch": {"style": s}} for s in get_args(words.BroochStyle)},
        "hollow hoop": {"kind": "earrings", "earrings": {"style": "hoop", "wire_mm": 4.0}},
        "enamel": {"kind": "necklace", "pendant": {"form": "motif"}, "motif": {"name": "evil_eye", "enamel": "own"}},
    }  # fmt: skip
    for host, groups in hosts.items():
        for name, stones in _STONES.items():
            try:
                spec = Spec.model_validate({**groups, **stones})
            except ValidationError:
                continue
            if not spec.idle():
                yield f"{host}, {name}", spec


def main() -> None:
    """One line for each piece: parts grown and parts left, grams before and after, seconds; what is left in words."""
    whole = listed = 0
    for name, spec in pieces():
        start = time.process_time()
        thickened = thicken(spec)
        seconds = time.process_time() - start
        after = len(thin_places(build(thickened.spec).parts)) if thickened.left else 0
        before, grams = len(thickened.growths), thickened.grams
        whole += 1
        listed += bool(thickened.left)
        print(
            f"{name:<28} {before:>2} grown, {after:>2} left, {grams[0]:.2f} -> {grams[1]:.2f} g, {seconds:.1f} s"
        )
        for sentence in thickened.left:
            print(f"    {sentence}")
    print(f"{whole - listed} of {whole} can be cast as a whole; the rest is told")
