"""Veils in a clear stone: healed cracks that are seen as wisps and fingerprints, an emerald's garden.

A healed crack is a curved sheet of droplets and tubes, left where a fluid once was; the lines of droplets lie side by
side like those of a finger's tip (E. J. Guebelin and J. I. Koivula, Photoatlas of Inclusions in Gemstones, 1986).
"""

from typing import Any

import drjit as dr
import mitsuba
import numpy as np

from pipeline.atelier.render import relief
from pipeline.atelier.render.intersect import World

# Untyped on purpose: members and array types are those of the variant chosen at run time.
mi: Any = mitsuba
Array = Any

SHEETS = 7
"""Healed cracks in a stone."""
# In widths of the stone: how far their middles lie from its own, how far each reaches, how deep it undulates.
SPREAD, REACH, BEND = 0.20, (0.20, 0.42), 0.05
# Of the volume that draws them: its edge in widths of the stone, for a sheet as a whole and for what lies on it.
WHOLE_TILE, FINE_TILE = 1.4, 0.3
# How much of the light a sheet's film and its droplets stop.
FILM, DROPLETS = 0.10, 0.60
# Lines of droplets over one deviation of the billow that they follow.
LINES = 1.6


class Veils:
    """The veils of one piece's stones: the same sheets in each, turned by its place and size."""

    def __init__(self, world: World) -> None:
        self._world = world
        volume = relief.veils()
        self._volume = mi.Texture3f(
            mi.TensorXf(np.ascontiguousarray(volume.transpose(2, 1, 0, 3))),
            filter_mode=dr.FilterMode.Linear,
            wrap_mode=dr.WrapMode.Repeat,
        )
        draw = np.random.default_rng(41)
        normals = draw.standard_normal((SHEETS, 3))
        self._normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
        self._middles = draw.uniform(-SPREAD, SPREAD, (SHEETS, 3))
        self._reaches = draw.uniform(*REACH, SHEETS)
        self._places = draw.uniform(0, 7, (SHEETS, 3))

    def stopped(self, origin: Array, direction: Array, length: Array, base: Array, active: Array) -> Array:
        """Share 0..1 of light that the veils stop and scatter on a way of `length` mm inside a stone."""
        row = self._world.eighth(base, active)
        width = row.w
        active = active & (width > 0)
        scale = dr.rcp(dr.maximum(width, 1e-3))
        start = (mi.Vector3f(origin) - mi.Vector3f(row.x, row.y, row.z)) * scale
        # Stones of another size are another garden.
        turn = 9.7 * width
        turn = turn - dr.floor(turn)
        passed = mi.Float(1.0)
        for normal, middle, reach, place in zip(
            self._normals, self._middles, self._reaches, self._places, strict=True
        ):
            passed *= 1 - self._sheet(
                start, direction, length * scale, (normal, middle, float(reach), place), turn, active
            )
        return dr.select(active, 1 - passed, 0.0)

    def _sheet(
        self, start: Array, way: Array, far: Array, sheet: tuple[Any, ...], turn: Array, active: Array
    ) -> Array:
        """Share of light that one sheet stops; all lengths in widths of the stone."""
        normal, middle, reach, place = sheet
        lies, centre = mi.Vector3f(*map(float, normal)), mi.Vector3f(*map(float, middle))
        steep = dr.dot(way, lies)
        steep = dr.select(dr.abs(steep) < 0.08, dr.copysign(mi.Float(0.08), steep), steep)
        flat = dr.dot(centre - start, lies) / steep
        at = start + flat * way
        shift = mi.Vector3f(*map(float, place)) + turn * mi.Vector3f(1.3, 0.7, 1.9)
        # The sheet undulates: where the ray meets it is set right once, which is near enough for a gentle one.
        wave = self._volume.eval(mi.Point3f(at / WHOLE_TILE + shift), active=active)
        met = flat + BEND * wave[0] / steep
        at = start + met * way
        within = active & (met > 0) & (met < far)
        wave = self._volume.eval(mi.Point3f(at / WHOLE_TILE + shift), active=within)
        fine = self._volume.eval(mi.Point3f(at / FINE_TILE + shift), active=within)
        # Its border is frayed.
        border = reach * (1 + 0.35 * wave[1]) - dr.norm(at - centre)
        inside = dr.clip(border / (0.45 * reach), 0, 1)
        inside = inside * inside * (3 - 2 * inside)
        along = 0.5 + 0.5 * dr.sin(2 * np.pi * LINES * (wave[0] + 0.6 * wave[1]) + 0.8 * fine[0])
        lines = dr.square(along) * dr.clip(0.35 + 0.9 * fine[3] + 0.25 * fine[1], 0, 1)
        share = inside * (FILM * dr.clip(0.6 + 0.5 * fine[1] + 0.4 * wave[2], 0, 2) + DROPLETS * lines)
        # A sheet that is seen along itself is as thick as its droplets lie deep.
        share = share * dr.minimum(0.55 / dr.maximum(dr.abs(steep), 0.2), 1.6)
        return dr.select(within, dr.clip(share, 0, 0.9), 0.0)
