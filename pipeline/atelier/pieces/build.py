"""From a spec to a piece: every part built, turned to its resting pose and set on the floor."""

import numpy as np

from pipeline.atelier.geometry.assembly import shifted
from pipeline.atelier.geometry.detail import FULL, Detail, building
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces import bracelet, brooch, chain, earrings, pendant, ring
from pipeline.atelier.spec import Spec
from pipeline.views import MASTER

STATION_SLOPE = 0.35
"""Rise of a chain beside a motif that it holds at both sides."""


def build(spec: Spec, asked: Detail = FULL) -> Piece:
    """Build the geometry of a spec at a detail. The same spec always gives the same piece."""
    builder = {
        "ring": ring.build_ring, "necklace": _necklace, "earrings": earrings.build_earrings,
        "bracelet": bracelet.build_bracelet, "brooch": brooch.build_brooch,
    }[spec.kind]  # fmt: skip
    framing = spec.pendant.framing if spec.pendant is not None else "whole"
    with building(asked):
        return Piece(spec.kind, _settle(builder(spec)), framing, spec.view or MASTER, spec.fineness)


def _necklace(spec: Spec) -> list[Part]:
    assert spec.chain is not None  # noqa: S101 -- the spec's own validation guarantees it
    if spec.pendant is None:
        return chain.loop(spec.chain, spec.metal, slope=0.0, lift=0.0, corner=1.0, finish=spec.finish)
    if spec.motif is not None and spec.pendant.form == "motif" and spec.motif.mount == "station":
        span = pendant.held_span(spec, spec.motif.size_mm)
        held = chain.loop(
            spec.chain, spec.metal, slope=STATION_SLOPE, lift=0.0, corner=1.0, finish=spec.finish, parted=span
        )
        ends = np.array([chain.end_of(held, hand) for hand in (-1.0, 1.0)])
        return [*held, *pendant.hold(spec, spec.motif.size_mm, name="pendant", at=ends.mean(0)[:2])]
    hung, lift, corner = pendant.hang(spec, spec.chain)
    slope = chain.STEEP_SLOPE if spec.pendant.framing == "pendant" else chain.SLOPE
    return [
        *chain.loop(spec.chain, spec.metal, slope=slope, lift=lift, corner=corner, finish=spec.finish),
        *hung,
    ]


def _settle(parts: list[Part]) -> tuple[Part, ...]:
    """Centre a piece over the origin and let its lowest point touch the floor."""
    low = np.min([part.vertices.min(0) for part in parts], axis=0)
    high = np.max([part.vertices.max(0) for part in parts], axis=0)
    offset = -np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return tuple(shifted(part, offset) for part in parts)
