"""Finger rings: the shank, and the head it carries."""

import numpy as np

from pipeline.atelier import gems, mounting, solid
from pipeline.atelier.mesh import Floats, Mesh, outward, quads
from pipeline.atelier.piece import Part
from pipeline.atelier.spec import Ring, Spec, Stone

AROUND, ACROSS = 384, 72
CULET_CLEARANCE = 0.5
"""A culet stays this far off the finger, mm."""


def build_ring(spec: Spec) -> list[Part]:
    """Parts of a ring that stands upright: axis along y, head at +z, centre of the finger at the origin."""
    assert spec.ring is not None  # noqa: S101 -- the spec's own validation guarantees it
    shank = build_shank(spec.ring)
    parts: list[Part] = []
    if spec.stone is not None:
        stone = cut_stone(spec.stone)
        height = girdle_height(spec.ring, stone)
        gem = stone.mesh.moved([0, 0, height])
        metal = spec.second_metal or spec.metal
        foot = spec.ring.inner_diameter_mm / 2 + spec.ring.thickness_mm - height
        for name, mesh in mounting.head(stone, spec.stone, foot):
            parts.append(Part(name, *mesh.moved([0, 0, height]), metal, smooth=True))
        parts.append(Part("stone 1", *gem, spec.stone.gem, smooth=stone.smooth))
        shank = solid.subtract(shank, _drill(stone).moved([0, 0, height]))
    return [Part("shank", *shank, spec.metal, smooth=True, finish=spec.finish), *parts]


def cut_stone(stone: Stone) -> gems.Gemstone:
    """The spec's stone, cut."""
    return gems.facet(stone.cut, stone.length_mm, stone.width_mm)


def girdle_height(ring: Ring, stone: gems.Gemstone) -> float:
    """Height of the girdle over the finger's centre: low, but with the culet off the finger, mm."""
    inner = ring.inner_diameter_mm / 2
    return max(inner + CULET_CLEARANCE + stone.depth, inner + ring.thickness_mm + 0.78 * stone.depth)


def build_shank(ring: Ring) -> Mesh:
    """The band: swept around y, tapering toward the head at +z."""
    angle = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    toward_head = (0.5 + 0.5 * np.sin(angle)) ** 2
    width = ring.width_mm * (1 - (1 - ring.taper) * toward_head)
    section = profile(ring.profile)
    radius = ring.inner_diameter_mm / 2 + ring.thickness_mm * section[None, :, 1]
    side = width[:, None] * section[None, :, 0] / 2
    vertices = np.stack([radius * np.cos(angle)[:, None], side, radius * np.sin(angle)[:, None]], -1)
    return outward(Mesh(vertices.reshape(-1, 3), quads(AROUND, len(section), closed_u=True)))


def profile(name: str) -> Floats:
    """Cross-section (n, 2) of a band: across in -1..1, from the finger outward in 0..1. Inside it is comfort fit."""
    angle = np.linspace(0, 2 * np.pi, ACROSS, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    outer = {"d_shape": 2.3, "flat": 7.0, "knife": 2.0, "round": 2.0}[name]
    inner = {"d_shape": 3.2, "flat": 5.0, "knife": 3.2, "round": 2.0}[name]
    power = np.where(s > 0, 2 / outer, 2 / inner)
    across = np.sign(c) * np.abs(c) ** power
    rise = np.abs(s) ** power
    if name == "knife":
        rise = np.where(s > 0, 1.03 - np.sqrt(np.abs(across) ** 2 * 0.94 + 0.0009), rise)
    deep = 0.5 if name == "round" else 0.28
    height = np.where(s > 0, deep + (1 - deep) * np.clip(rise, 0, 1), deep - deep * rise)
    return np.stack([across, height], 1)


def _drill(stone: gems.Gemstone) -> Mesh:
    """The hole under a stone: its own shape with a hand's breadth of air, as the setter drills it."""
    return Mesh(stone.mesh.vertices * [1.04, 1.04, 1.0] - [0, 0, 0.1], stone.mesh.faces)
