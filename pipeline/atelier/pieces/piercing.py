"""What is worn at the ear's rim or in the nose: cuffs that clip on, climbers, nose studs and nose rings."""

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.assembly import metal_part, moved, shifted
from pipeline.atelier.geometry.mesh import Mesh, about, ball, spline, tube
from pipeline.atelier.piece import Part, PartRole
from pipeline.atelier.pieces import pave, plates
from pipeline.atelier.pieces.hung import FACE
from pipeline.atelier.pieces.pave import Row
from pipeline.atelier.pieces.shank import around, band, profile
from pipeline.atelier.spec import GAP, Earrings, Spec

CUFF_OPENING_MM = 4.5
"""Gap through which an ear cuff is pushed onto the ear's rim."""
SCREW, SCREW_LENGTH = 0.4, 6.5
"""Radius and length of a nose stud's wire, mm: 20 gauge, the usual one."""


def ear_cuff(spec: Spec, worn: Earrings) -> tuple[Mesh, list[Part], float]:
    """An open band with rounded tips: its body, the tips, and its outer radius in mm, on whose front stones may run."""
    wide = max(worn.wire_mm, 2.4 if spec.accents is None else spec.accents.across_mm + 0.7)
    thick = max(1.1, 0.0 if spec.accents is None else 0.55 * spec.accents.diameter_mm + 0.6)
    inner = worn.diameter_mm / 2 - thick
    count = around(inner + thick, 288)
    body = band(inner, np.full(count, wide), np.full(count, thick), profile("d_shape"))
    half = CUFF_OPENING_MM / 2
    slot = solid.extrude([np.array([(half, 0.0), (half, 80.0), (-half, 80.0), (-half, 0.0)])], 80.0)
    turned = slot.moved([0, 0, -40]).turned(about("x", -90)).turned(about("y", 115))
    body = solid.bored(body, turned)
    reach = inner + 0.5 * thick
    away = float(np.arcsin(half / reach))
    tips = []
    for k, hand in enumerate((-1.0, 1.0)):
        angle = np.radians(180 + 115 - 90) * -1 + hand * away
        at = np.array([reach * np.cos(angle), 0.0, reach * np.sin(angle)])
        rod = tube(
            [at - [0, 0.5 * wide - 0.45 * thick, 0], at + np.array([0, 0.5 * wide - 0.45 * thick, 0])],
            0.55 * thick,
            20,
        )
        tips.append(metal_part(f"tip {k + 1}", rod, spec.metal, role=PartRole.FITTING))
    return body, tips, inner + thick


def climber(spec: Spec, worn: Earrings, hand: float) -> tuple[list[Part], tuple[float, float]]:
    """A bowed strip that follows the ear's rim upward and outward; its front, and where its post stands (x, z), mm."""
    tall = max(worn.height_mm, 8.0)
    turn = np.linspace(np.radians(-62), np.radians(40), 200)
    radius = tall / (np.sin(turn[-1]) - np.sin(turn[0]))
    line = np.column_stack([-hand * radius * (np.cos(turn) - 1), radius * np.sin(turn)])
    accents = spec.accents
    wide = max(0.14 * tall, 1.6) if accents is None else accents.across_mm + 0.8
    thick = 1.2 if accents is None else 0.55 * accents.diameter_mm + 0.7
    share = np.linspace(0, 1, 200)
    half = (
        0.5 * wide * (np.ones(200) if accents is not None else np.sqrt(np.sin(np.pi * (0.06 + 0.9 * share))))
    )
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.column_stack([-along[:, 1], along[:, 0]])
    outline = np.vstack([line + half[:, None] * side, (line - half[:, None] * side)[::-1]])
    if np.sum(outline[:, 0] * np.roll(outline[:, 1], -1) - np.roll(outline[:, 0], -1) * outline[:, 1]) < 0:
        outline = outline[::-1]
    body = plates.plate([outline], thick, 0.3)
    parts: list[Part] = []
    if accents is not None:
        length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
        count = pave.fit(length[-1] - 0.6, accents, closed=False)
        at = length[-1] / 2 + accents.along_mm * (1 + GAP) * (np.arange(count) - (count - 1) / 2)
        flat = np.column_stack([np.interp(at, length, line[:, k]) for k in (0, 1)])
        run = np.column_stack([np.interp(at, length, along[:, k]) for k in (0, 1)])
        row = Row(
            np.column_stack([flat, np.full(count, thick)]),
            np.column_stack([run, np.zeros(count)]),
            np.tile([0.0, 0.0, 1.0], (count, 1)),
        )
        body, parts = pave.set_row(body, row, accents, spec.settings_metal, name="stones", closed=False)
    lying = [metal_part("strip", body, spec.metal, spec.finish), *parts]
    foot = line[40]
    return [moved(part, FACE, np.zeros(3)) for part in lying], (float(foot[0]), float(foot[1]))


def nose_stud(spec: Spec, face: list[Part]) -> list[Part]:
    """A small front on a wire that turns to the side behind the nostril; ``face`` looks toward -y."""
    points = np.vstack([part.vertices for part in face])
    back = float(points[:, 1].max())
    middle = float(points[:, 2].max() + points[:, 2].min()) / 2
    stations = [(0, -0.6, 0), (0, 0.55 * SCREW_LENGTH, 0), (0, 0.92 * SCREW_LENGTH, -0.4),
                (0.2, SCREW_LENGTH, -1.6), (1.6, SCREW_LENGTH, -3.0), (3.2, SCREW_LENGTH, -2.8)]  # fmt: skip
    wire = tube(spline(stations, 80), SCREW, 20)
    return [*face, shifted(metal_part("screw", wire, spec.metal, role=PartRole.FITTING), [0.0, back, middle])]


def nose_ring(spec: Spec, worn: Earrings) -> list[Part]:
    """A fine open ring with a ball at one end."""
    wire = min(worn.wire_mm, 1.6) / 2
    radius = worn.diameter_mm / 2 - wire
    gap = 1.6 / radius
    angle = np.linspace(np.pi / 2 + gap, np.pi / 2 + 2 * np.pi - gap / 3, 200)
    path = np.stack([radius * np.cos(angle), np.zeros(200), radius * np.sin(angle)], 1)
    bead = ball(max(1.6 * wire, 0.8), around=36).moved(path[0])
    body = solid.unite([tube(path, wire, 28), bead])
    return [metal_part("ring", body, spec.metal, spec.finish)]
