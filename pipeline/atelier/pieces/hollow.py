"""What is hollow in a piece: a hoop's tube, a bangle, a chain's balls or links, each open to the air somewhere.

A cavity that is closed on all sides can be neither cast nor soldered: the air in it would burst it in the flame. So a
hoop's is open on its inside near the catch, a bangle's on its inside, a ball's where its links pass. Hollow links are
drawn as solid ones and weigh what they are.
"""

import numpy as np

from pipeline.atelier.geometry import solid
from pipeline.atelier.geometry.detail import detail
from pipeline.atelier.geometry.mesh import Floats, Mesh, about, revolve, tube
from pipeline.atelier.pieces import least
from pipeline.atelier.spec import Spec, is_hollow

HOOP_WALL_MM, BANGLE_WALL_MM, BALL_WALL_MM, LINK_WALL_MM = 0.2, 0.4, 0.15, 0.05
"""Usual walls of tubing, of stamped shells, of blown balls, and of links rolled of sheet.

Of links by what light ropes weigh: 5 mm, 20 inches in 10 k about 8 g, solid ones 30.
"""
ROOM_MM = 0.3
"""A cavity narrower than this is left out."""
VENT_MM = 0.4
"""Radius of the hole that lets the air out, mm."""


def wall(spec: Spec) -> float | None:
    """Wall in mm of the piece's hollow part; None where it is solid."""
    if not is_hollow(spec):
        return None
    thick = spec.wall_mm or _usual_wall(spec)
    return thick if spec.chain is not None else least.wall(thick)  # chains are bought in


def _usual_wall(spec: Spec) -> float:
    if spec.chain is not None:
        return BALL_WALL_MM if spec.chain.style == "ball" else LINK_WALL_MM
    return HOOP_WALL_MM if spec.earrings else BANGLE_WALL_MM


def hoop(body: Mesh, path: Floats, radius: float, thick: float) -> Mesh:
    """A tube around the origin, its middle ``path`` (n, 3), with a wall: open on its inside near one end."""
    inner = radius - thick
    if not detail().booleans or 2 * inner < ROOM_MM:
        return body
    at = path[-len(path) // 16]
    vent = tube([at, at * (1 - 1.5 * radius / np.linalg.norm(at))], min(VENT_MM, 0.7 * inner), 24)
    return solid.subtract(body, tube(path, inner, 24), vent)


def bangle(body: Mesh, section: Floats, radius: float, thick: float) -> Mesh:
    """A band around y with a wall: ``section`` (n, 2) in mm is across and outward, ``radius`` that of its inside."""
    room = solid.grow([section], -thick)
    if not detail().booleans or not room or np.ptp(room[0], axis=0).min() < ROOM_MM:
        return body
    cavity = revolve(room[0][:, ::-1] + [radius, 0.0], 240).turned(about("x", -90))
    level = radius + float(room[0][:, 1].mean())
    vent = tube([[0, 0, radius - 2.0], [0, 0, level]], VENT_MM, 24)
    return solid.subtract(body, cavity, vent)


def ball(radius: float, thick: float, hole: float) -> Mesh:
    """A hollow ball with a round hole at either end of the x axis, ``hole`` mm in radius."""
    inner = radius - thick
    start, inside = np.arcsin(hole / radius), np.arcsin(hole / inner)
    outer_turn, inner_turn = np.linspace(start, np.pi - start, 15), np.linspace(np.pi - inside, inside, 11)
    profile = [(radius * np.sin(a), radius * np.cos(a)) for a in outer_turn]
    profile += [(inner * np.sin(a), inner * np.cos(a)) for a in inner_turn]
    return revolve(profile, 28).turned(about("y", 90))
