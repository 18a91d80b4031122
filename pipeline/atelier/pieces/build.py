"""From a spec to a piece: every part built, turned to its resting pose and set on the floor."""

from dataclasses import replace

import numpy as np

from pipeline.atelier.geometry.assembly import affordable, shifted
from pipeline.atelier.geometry.detail import FULL, Detail, building
from pipeline.atelier.geometry.mesh import Floats
from pipeline.atelier.materials import look
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces import bracelet, brooch, chain, earrings, hollow, line, pendant, ring, two_tone
from pipeline.atelier.pieces.least import Least, keeping
from pipeline.atelier.spec import Metal, Spec
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
    with building(asked), keeping(Least.of(spec.least_wall_mm)):
        parts = [_in_its_look(part, spec) for part in affordable(builder(spec))]
        return Piece(
            spec.kind,
            _settle(parts),
            framing,
            spec.view or MASTER,
            spec.fineness,
            worn=spec.wear == "worn",
            filleted=spec.joints == "filleted",
            tinted=spec.shadow == "tinted",
        )


def _in_its_look(part: Part, spec: Spec) -> Part:
    """The part in the look of what the piece is made of, where that is no precious metal."""
    if spec.substance is None or part.material != spec.metal:
        return part
    return replace(part, material=look(spec.metal, spec.substance))


def _necklace(spec: Spec) -> list[Part]:
    assert spec.chain is not None  # noqa: S101 -- the spec's own validation guarantees it
    tones = chain.Tones(spec.metal, spec.finish, _second(spec), hollow.wall(spec))
    if spec.chain.style == "tennis":
        return line.build_line(spec, spec.chain.length_mm, _draped)
    if spec.chain.lay == "lariat":
        return chain.lariat(spec.chain, tones)
    if spec.pendant is None:
        return chain.loop(spec.chain, tones, slope=0.0, lift=0.0, corner=1.0)
    if spec.motif is not None and spec.pendant.form == "motif" and spec.motif.mount == "station":
        span = pendant.held_span(spec, spec.motif.size_mm)
        held = chain.loop(spec.chain, tones, slope=STATION_SLOPE, lift=0.0, corner=1.0, parted=span)
        ends = np.array([chain.end_of(held, hand) for hand in (-1.0, 1.0)])
        return [*held, *pendant.hold(spec, spec.motif.size_mm, name="pendant", at=ends.mean(0)[:2])]
    hung, lift, corner = pendant.hang(spec, spec.chain)
    slope = chain.STEEP_SLOPE if spec.pendant.framing == "pendant" else chain.SLOPE
    return [
        *chain.loop(spec.chain, tones, slope=slope, lift=lift, corner=corner),
        *hung,
    ]


def _draped(length: float, gap: float) -> Floats:
    return chain.drape(length, gap, slope=0.0, corner=1.0)


def _second(spec: Spec) -> Metal | None:
    """The metal of every other link, where the chain is what shows two."""
    return spec.second_metal if spec.pendant is None and two_tone.is_two_toned(spec) else None


def _settle(parts: list[Part]) -> tuple[Part, ...]:
    """Centre a piece over the origin and let its lowest point touch the floor."""
    low = np.min([part.vertices.min(0) for part in parts], axis=0)
    high = np.max([part.vertices.max(0) for part in parts], axis=0)
    offset = -np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return tuple(shifted(part, offset) for part in parts)
