"""A ring's shank: whole, parted into two rails, its ends passing each other at the top, or open at the bottom.

Every shank is one or two bands swept around y; a band has a width, a thickness and a place across at each angle.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import Floats, Mesh, outward, quads, sweep
from pipeline.atelier.spec import Ring, rail_width

AROUND, ACROSS = 384, 72
COARSE_ACROSS = 24
"""Points of a band's section at a coarse detail; a multiple of four, so that it keeps its width and height."""

PARTED_FROM, PARTED_AT = float(np.radians(105.0)), float(np.radians(30.0))
"""Angles from the head between which the rails of a split shank draw apart."""

PASSING_FROM = float(np.radians(110.0))
"""Angle from the head at which the ends of a bypass shank begin to leave the middle."""

OPENING_MM = 3.2
"""Gap at the bottom of an open shank, which is bent to size."""


@dataclass(frozen=True)
class Rail:
    """The middle of a band near the head: how far across it lies, and on which shoulders it runs."""

    away: Floats
    """Angles from the head, radians toward +x, (n,) rising."""
    offset: Floats
    """Place along y at those angles, mm."""
    hands: tuple[float, ...] = (1.0, -1.0)
    """Shoulders it runs down: right 1, left -1."""

    def at(self, away: Floats) -> Floats:
        """Place along y, mm, at angles from the head."""
        return np.asarray(np.interp(away, self.away, self.offset))


def build_shank(ring: Ring, apart: float = 0.0, reach: float = 0.0) -> Mesh:
    """The band around y, tapering toward the head at +z.

    ``apart``: how far the rails of a split or bypass shank lie from the middle at the head, mm; ``reach``: how far
    past the top the ends of a bypass shank go, radians.
    """
    if ring.shank == "bypass":
        return _bypass(ring, apart, reach)
    if ring.shank == "open":
        return _open(ring)
    inner = ring.inner_diameter_mm / 2
    angle = np.linspace(0, 2 * np.pi, around(inner + ring.thickness_mm), endpoint=False)
    width = _tapered(ring, np.sin(angle))
    thickness, section = np.full(len(angle), ring.thickness_mm), profile(ring.profile)
    if ring.shank == "split":
        away = np.asarray(np.angle(np.exp(1j * (np.pi / 2 - angle))))
        narrow = _narrowed(ring, width, away)
        return solid.unite(
            [band(inner, narrow, thickness, section, rail.at(away)) for rail in rails(ring, apart)]
        )
    return band(inner, width, thickness, section)


def rails(ring: Ring, apart: float) -> list[Rail]:
    """The bands a shank is made of near its head: one of them where it is whole, two where it is split or bypasses."""
    away = np.linspace(-np.pi, np.pi, 721)
    if ring.shank == "split":
        # A hair apart where they are one, so that no faces coincide.
        return [Rail(away, hand * (0.004 + (apart - 0.004) * _parted(away))) for hand in (-1.0, 1.0)]
    if ring.shank == "bypass":
        return [Rail(away, hand * apart * _passing(hand * away), (hand,)) for hand in (1.0, -1.0)]
    return [Rail(away, np.zeros(len(away)))]


def half_width(ring: Ring, apart: float, away: Floats) -> Floats:
    """How far, mm, a closed or split shank reaches to either side of its middle at angles (n,) from the head."""
    width = _tapered(ring, np.cos(away))
    if ring.shank != "split":
        return width / 2
    return np.asarray(rails(ring, apart)[1].at(away) + _narrowed(ring, width, away) / 2)


def _tapered(ring: Ring, toward: Floats) -> Floats:
    """Width of the band, mm, where the cosines (n,) of the angles from the head are these."""
    return np.asarray(ring.width_mm * (1 - (1 - ring.taper) * (0.5 + 0.5 * toward) ** 2))


def _narrowed(ring: Ring, width: Floats, away: Floats) -> Floats:
    """Width of each rail of a split shank, mm, whose whole band would be this wide (n,)."""
    return np.asarray(width + (rail_width(ring) - width) * _parted(away))


def _bypass(ring: Ring, apart: float, reach: float) -> Mesh:
    """One open band that winds once around and a little more; its ends lie side by side at the top."""
    turn, rounding = _ended(ring, np.pi + reach, 0.5 * max(rail_width(ring), ring.thickness_mm))
    narrow = _passing(np.pi - np.abs(turn))
    width = ring.width_mm + (rail_width(ring) - ring.width_mm) * narrow
    return _swept(ring, turn, width, rounding, np.sign(turn) * apart * narrow)


def _open(ring: Ring) -> Mesh:
    """One band that does not close at the bottom, its ends rounded."""
    inner = ring.inner_diameter_mm / 2
    away, rounding = _ended(ring, np.pi - OPENING_MM / 2 / inner, 0.5 * ring.thickness_mm)
    return _swept(ring, away + np.pi, _tapered(ring, np.cos(away)), rounding, np.zeros(len(away)))


def _ended(ring: Ring, end: float, round_mm: float) -> tuple[Floats, Floats]:
    """Angles (n,) from -end to end, closer at both, and how full the band is there: its ends are rounded."""
    outer = ring.inner_diameter_mm / 2 + ring.thickness_mm
    tip = end - round_mm / outer * np.linspace(0, 1, 12) ** 2
    turn = np.unique(np.concatenate([-tip, np.linspace(-tip[-1], tip[-1], around(outer)), tip]))
    share = np.clip((end - np.abs(turn)) * outer / round_mm, 0.01, 1)
    return turn, np.sqrt(1 - (1 - share) ** 2)


def _swept(ring: Ring, turn: Floats, width: Floats, rounding: Floats, across: Floats) -> Mesh:
    """An open band around y at angles ``turn`` (n,) from the bottom over +x, ``width`` and place ``across`` in mm."""
    inner, count, section = ring.inner_diameter_mm / 2, len(turn), profile(ring.profile)
    up = np.stack([np.sin(turn), np.zeros(count), -np.cos(turn)], 1)
    path = (inner + 0.5 * ring.thickness_mm) * up
    path[:, 1] = across
    sections = np.stack(
        [section[None, :, 0] * (width * rounding)[:, None] / 2,
         (section[None, :, 1] - 0.5) * ring.thickness_mm * rounding[:, None]], -1,
    )  # fmt: skip
    return sweep(path, sections, closed=False, across=np.tile([0.0, 1.0, 0.0], (count, 1)), up=up)


def _passing(to_top: Floats) -> Floats:
    """How far an end of a bypass shank has left the middle, 0..1, so many radians before the top."""
    return _smooth(1 - np.maximum(to_top, 0) / PASSING_FROM)


def _parted(away: Floats) -> Floats:
    """How far the rails of a split shank are apart, 0..1, at angles from the head in radians."""
    return _smooth((PARTED_FROM - np.abs(away)) / (PARTED_FROM - PARTED_AT))


def _smooth(share: Floats) -> Floats:
    bounded = np.clip(share, 0, 1)
    return np.asarray(bounded * bounded * (3 - 2 * bounded))


def around(radius: float, most: int = AROUND) -> int:
    """Stations around a band of this outer radius, mm, at the detail in force."""
    return detail().sides(radius, most)


def band(
    inner: float, width: Floats, thickness: Floats, section: Floats, across: Floats | float = 0.0
) -> Mesh:
    """A closed band around y: ``width`` and ``thickness`` (n,) in mm at n equal angles from +x toward +z.

    Its middle lies ``across`` (n,) mm along y.
    """
    angle = np.linspace(0, 2 * np.pi, len(width), endpoint=False)[:, None]
    radius = inner + thickness[:, None] * section[None, :, 1]
    side = width[:, None] * section[None, :, 0] / 2 + np.broadcast_to(across, len(width))[:, None]
    vertices = np.stack([radius * np.cos(angle), side, radius * np.sin(angle)], -1)
    return outward(Mesh(vertices.reshape(-1, 3), quads(len(width), len(section), closed_u=True)))


def profile(name: str) -> Floats:
    """Cross-section (n, 2) of a band: across in -1..1, from the finger outward in 0..1. Inside it is comfort fit."""
    across = COARSE_ACROSS if detail().tolerance_mm else ACROSS
    angle = np.linspace(0, 2 * np.pi, across, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    outer = {"d_shape": 2.3, "flat": 9.0, "knife": 2.0, "round": 2.0}[name]
    inner = {"d_shape": 3.2, "flat": 5.0, "knife": 3.2, "round": 2.0}[name]
    power = np.where(s > 0, 2 / outer, 2 / inner)
    side = np.sign(c) * np.abs(c) ** power
    rise = np.abs(s) ** power
    if name == "knife":
        rise = np.where(s > 0, 1.03 - np.sqrt(np.abs(side) ** 2 * 0.94 + 0.0009), rise)
    deep = 0.5 if name == "round" else 0.28
    height = np.where(s > 0, deep + (1 - deep) * np.clip(rise, 0, 1), deep - deep * rise)
    return np.stack([side, height], 1)
