"""The other pieces of a set: what a necklace, earrings, a ring and a bracelet of one design have in common."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError

from pipeline.atelier.spec import OPAQUE_GEMS, Kind, SideCut, Spec

KINDS: tuple[Kind, ...] = ("necklace", "earrings", "ring", "bracelet")
"""Kinds of piece a set is made of, in the order in which shops name them."""

_SHARED = (
    "metal", "second_metal", "fineness", "substance", "finish", "wear", "joints", "shadow", "milgrain", "aperture",
)  # fmt: skip
_STONE_MM: dict[Kind, float] = {"ring": 1.0, "necklace": 1.1, "earrings": 0.8}
"""Usual size of a set's stone on each kind of piece, over that on its ring."""
_ROW_MM: dict[Kind, float] = {"ring": 0.8, "necklace": 1.0, "earrings": 0.6, "bracelet": 1.0}
"""Usual size of the stones of a row, over that in its line."""
_CABLE_MM = 1.4


def companions(spec: Spec) -> tuple[Spec, ...]:
    """The other pieces of the set that a piece belongs to: of the same metal, gem, cut and motif, each once.

    Empty where the piece has nothing that another kind of piece could carry, as a plain band has not.
    """
    return tuple(piece for kind in KINDS if kind != spec.kind for piece in _in_kind(spec, kind))


def _in_kind(spec: Spec, kind: Kind) -> Iterator[Spec]:
    """The piece of that kind; nothing where it cannot be made."""
    design = _design(spec, kind)
    if design is None:
        return
    data = {"kind": kind} | {name: getattr(spec, name) for name in _SHARED} | design
    try:
        piece = Spec.model_validate(data)
    except ValidationError:
        return
    idle = {field: Spec.model_fields[field].default for field in piece.idle()}
    yield Spec.model_validate(piece.model_copy(update=idle).model_dump())


def _design(spec: Spec, kind: Kind) -> dict[str, Any] | None:
    """The groups of the set's piece of a kind, from what the design is of: a motif, a stone, pearls, a row or links."""
    if spec.motif is not None:
        return _of_motif(spec, kind)
    if spec.stone is not None:
        return _of_stone(spec, kind)
    if spec.chain is not None and spec.chain.style in ("pearl", "bead") and spec.pendant is None:
        return _of_beads(spec, kind)
    if spec.accents is not None:
        return _of_row(spec, kind)
    if spec.chain is not None and spec.pendant is None and kind in ("necklace", "bracelet"):
        links = {"style": spec.chain.style, "gauge_mm": spec.chain.gauge_mm, "clasp": spec.chain.clasp}
        return {"chain": links} | ({"bracelet": {"style": "chain"}} if kind == "bracelet" else {})
    if spec.pendant is not None and kind == "earrings" and spec.pendant.form != "locket":
        worn = {"form": spec.pendant.form, "letter": spec.pendant.letter, "style": "drop"}
        return {"earrings": worn | {"height_mm": round(min(0.8 * spec.pendant.height_mm, 50.0), 1)}}
    return None


def _of_motif(spec: Spec, kind: Kind) -> dict[str, Any]:
    """The same motif as a pendant, studs, on a ring or held in a bracelet; with small stones where it has them."""
    assert spec.motif is not None  # noqa: S101 -- told apart by the caller; narrows the type
    mount = "station" if kind == "bracelet" else "hung"
    size = {"ring": 11.0, "bracelet": 14.0}.get(kind, spec.motif.size_mm)
    motif = spec.motif.model_copy(update={"mount": mount, "size_mm": size, "count": 1})
    hosts: dict[str, dict[str, Any]] = {
        "necklace": {"chain": {"gauge_mm": _CABLE_MM}, "pendant": {"form": "motif", "framing": "pendant"}},
        "earrings": {"earrings": {"style": "stud", "form": "motif", "height_mm": 9.0}},
        "ring": {"ring": {"style": "motif"}},
        "bracelet": {"bracelet": {"style": "chain"}, "chain": {"gauge_mm": _CABLE_MM}},
    }
    stone = (
        spec.stone.model_copy(update={"length_mm": min(spec.stone.length_mm, 3.0)}) if spec.stone else None
    )
    return {"motif": motif, "stone": stone, "accents": spec.accents} | hosts[kind]


def _of_stone(spec: Spec, kind: Kind) -> dict[str, Any]:
    """The same stone in the same setting as a pendant, studs or a solitaire; for the wrist a row of it."""
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    gem, cut = spec.stone.gem, spec.stone.cut
    if kind == "bracelet":
        if gem == "pearl":
            return {"bracelet": {"style": "chain"}, "chain": {"style": "pearl", "gauge_mm": 6.0}}
        if gem in OPAQUE_GEMS:
            return {"bracelet": {"style": "chain"}, "chain": {"style": "bead", "gem": gem, "gauge_mm": 6.0}}
        row = {"gem": gem, "cut": cut if cut in get_args(SideCut) else "round", "diameter_mm": 3.2}
        return {"bracelet": {"style": "tennis"}, "accents": row}
    on_ring = spec.stone.length_mm / _STONE_MM.get(spec.kind, 1.0)
    setting = "bezel" if spec.stone.setting == "flush" else spec.stone.setting
    size = round(min(max(on_ring * _STONE_MM[kind], 3.0), 18.0), 2)
    stone = spec.stone.model_copy(update={"length_mm": size, "setting": setting, "east_west": False})
    stone = stone.model_copy(update={"hidden_halo": False})
    around = spec.accents if spec.stone.ringed else None
    if around is not None and not spec.stone.cluster:
        around = around.model_copy(update={"count": None})
    hosts: dict[str, dict[str, Any]] = {
        "necklace": {"chain": {"gauge_mm": _CABLE_MM}, "pendant": {"form": "stone", "framing": "pendant"}},
        "earrings": {"earrings": {"style": "stud"}},
        "ring": {"ring": {"style": "solitaire"}},
    }
    return {"stone": stone, "accents": around} | hosts[kind]


def _of_beads(spec: Spec, kind: Kind) -> dict[str, Any] | None:
    """A strand for the neck and the wrist, and one of its pearls or stones on each ear and the finger."""
    assert spec.chain is not None  # noqa: S101 -- told apart by the caller; narrows the type
    strand = {"style": spec.chain.style, "gem": spec.chain.gem, "gauge_mm": spec.chain.gauge_mm}
    if kind in ("necklace", "bracelet"):
        return {"chain": strand} | ({"bracelet": {"style": "chain"}} if kind == "bracelet" else {})
    gem = "pearl" if spec.chain.style == "pearl" else spec.chain.gem
    domed = gem == "pearl" or gem in OPAQUE_GEMS
    size = round(min(max(spec.chain.gauge_mm, 5.0), 10.0), 1)
    stone = {"gem": gem, "length_mm": size, "setting": "bezel" if domed else "prong"}
    return {"stone": stone} | (
        {"ring": {"style": "solitaire"}} if kind == "ring" else {"earrings": {"style": "stud"}}
    )


def _of_row(spec: Spec, kind: Kind) -> dict[str, Any]:
    """The same stones in a line for the neck and the wrist, around the finger, and along a hoop."""
    assert spec.accents is not None  # noqa: S101 -- told apart by the caller; narrows the type
    line = spec.accents.diameter_mm / _ROW_MM.get(spec.kind, 1.0)
    size = round(min(max(line * _ROW_MM[kind], 1.6), 5.0), 2)
    row = spec.accents.model_copy(update={"diameter_mm": size, "count": None})
    hosts: dict[str, dict[str, Any]] = {
        "necklace": {"chain": {"style": "tennis", "length_mm": 420.0}},
        "earrings": {"earrings": {"style": "hoop", "wire_mm": round(min(row.across_mm + 0.7, 7.0), 1)}},
        "ring": {"ring": {"style": "eternity", "taper": 1.0, "width_mm": round(row.across_mm + 1.0, 2),
                          "thickness_mm": round(max(0.55 * row.across_mm + 0.6, 1.6), 2)}},
        "bracelet": {"bracelet": {"style": "tennis"}},
    }  # fmt: skip
    return {"accents": row} | hosts[kind]
