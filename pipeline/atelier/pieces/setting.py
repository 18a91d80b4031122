"""A stone in its own setting, with a halo where asked: what pendants, studs, rings and brooches carry."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from pipeline.atelier.geometry.assembly import metal_part
from pipeline.atelier.geometry.detail import Detail, building, detail
from pipeline.atelier.geometry.gemstones import RATIO_STEP, Gemstone, cut_stone
from pipeline.atelier.geometry.girdle import girdle
from pipeline.atelier.geometry.mesh import Mesh
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import least, mounting, pave, rosette
from pipeline.atelier.pieces.least import Least
from pipeline.atelier.spec import Accents, Metal, Spec, Stone


def set_stone(spec: Spec, *, foot: float | None = None) -> list[Part]:
    """A stone in its own setting, lying table up, with a halo where asked; the girdle's middle over the origin.

    ``foot`` is the setting's lower end under the girdle, mm; without it the setting just clears the culet.
    """
    assert spec.stone is not None  # noqa: S101 -- told apart by the caller; narrows the type
    around = (spec.accents or Accents()) if spec.stone.ringed else None
    return head(spec.stone, around, spec.settings_metal, foot)


def head(stone: Stone, halo: Accents | None, metal: Metal, foot: float | None) -> list[Part]:
    """A stone in its setting, with a halo of these stones, as ``set_stone`` says; coarsely, one like it scaled."""
    apart = stone.cut in CORNERED or stone.hidden_halo or stone.cluster
    if detail().tolerance_mm and halo is not None and stone.cluster and foot is not None:
        middle = head(stone.model_copy(update={"cluster": False}), None, metal, foot)
        # Where the first petal stands hangs on where its line begins: on the outline of the full stone.
        around = replace(cut_stone(stone), outline=girdle(stone.cut, stone.length_mm, stone.width_mm))
        return [*middle, *rosette.petals(around, halo, metal, foot)]
    if not detail().tolerance_mm or (halo is not None and apart):
        return _head(stone, halo, metal, foot)
    fine = 1.0 if halo is None else HALO_FINER
    length, ratio = _stepped(stone.length_mm, HEAD_STEP * fine), _stepped(stone.ratio, RATIO_STEP * fine)
    scale = np.array(
        [stone.width_mm * ratio / length, stone.length_mm / length, stone.width_mm * ratio / length]
    )
    model = stone.model_copy(update={"length_mm": length, "ratio": ratio})
    small = None
    if halo is not None:
        size = round(halo.diameter_mm / float(scale[1]) / HALO_STEP_MM) * HALO_STEP_MM
        small = halo.model_copy(update={"diameter_mm": size, "count": None})
    lower = None if foot is None else round(foot / float(scale[2]), 2)
    parts = _model_head(model, small, metal, lower, detail(), least.least())
    return [replace(part, vertices=part.vertices * scale, repeats=()) for part in parts]


CORNERED = ("pear", "marquise", "emerald")
"""Around their corners a halo falls otherwise at every size: such a head is not scaled from another one."""
HEAD_STEP, HALO_STEP_MM = 0.04, 0.01
"""Coarse heads are built for sizes this far apart, in logarithms, and for halo stones so far apart."""
HALO_FINER = 0.4
"""A halo's rim does not grow with its stone: heads with one are built closer together by this."""


def _stepped(value: float, step: float) -> float:
    return float(np.exp(round(float(np.log(value)) / step) * step))


@lru_cache(maxsize=4000)
def _model_head(
    stone: Stone, halo: Accents | None, metal: Metal, foot: float | None, asked: Detail, figures: Least
) -> tuple[Part, ...]:
    with building(asked), least.keeping(figures):
        return tuple(_head(stone, halo, metal, foot))


def _head(stone_spec: Stone, accents: Accents | None, metal: Metal, foot: float | None) -> list[Part]:
    stone = cut_stone(stone_spec)
    if foot is None:
        foot = -stone.depth - (0.5 if stone_spec.cut == "pearl" else 0.15)
        foot = min(foot, -mounting.lift(stone, stone_spec))
    shapes = mounting.head(stone, stone_spec, foot)
    parts = [metal_part(shape.name, shape.mesh, metal, role=shape.role) for shape in shapes]
    parts.append(mounting.stone_part(stone, stone_spec))
    if accents is not None and stone_spec.hidden_halo:
        parts += rosette.hidden_halo(stone, stone_spec, accents, metal, foot)
    if accents is not None and stone_spec.cluster:
        parts += rosette.petals(stone, accents, metal, foot)
    elif accents is not None and stone_spec.halo:
        level = 0.02 * stone.depth if not stone.smooth else 0.1 * stone.top
        wall = mounting.wall(stone) if stone_spec.setting == "bezel" else 0.0
        # A wall is left under the seats of its stones where one is asked for.
        seated = 0.5 * accents.diameter_mm + least.wall(0.0) if least.least().wall_mm else 0.0
        thick = max(0.2 * stone.depth + 0.45, seated)
        held = mounting.held(stone, stone_spec)
        frame, stones = pave.halo(
            stone.outline,
            accents,
            metal,
            level=level,
            thick=thick,
            clearance=wall,
            sharp=stone.sharp,
            held=held,
        )
        parts += [metal_part("halo", frame, metal, role=PartRole.HALO), *stones]
        if stone_spec.double_halo:
            parts += _outer_halo(stone, accents, metal, level, thick, wall + pave.halo_width(accents))
    return parts


STEP, SOLDER = 0.12, 0.14
"""How far an outer halo lies below the inner one, and reaches into it, mm."""


def _outer_halo(
    stone: Gemstone, accents: Accents, metal: Metal, level: float, thick: float, clearance: float
) -> list[Part]:
    """A second circle of stones, soldered to the first one's rim a step below it."""
    around = accents.model_copy(update={"count": None})
    frame, stones = pave.halo(
        stone.outline, around, metal,
        level=level - STEP, thick=thick - STEP, clearance=clearance - SOLDER, sharp=stone.sharp,
    )  # fmt: skip
    named = [replace(part, name=f"outer {part.name}") for part in stones]
    return [metal_part("outer halo", frame, metal, role=PartRole.HALO), *named]


def engraved(floor: Mesh | None, spec: Spec) -> list[Part]:
    """The matted floor of an engraving, which makes it legible on a mirror."""
    return (
        []
        if floor is None
        else [metal_part("engraving", floor, spec.metal, "sandblasted", role=PartRole.ENGRAVING)]
    )
