"""Where the parts of a built piece are worth a close-up, and their boxes in a camera's picture."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.camera import Camera, project, shows_pendant, whole_camera
from pipeline.atelier.geometry.mesh import Floats
from pipeline.atelier.piece import HUNG_BY, Part, PartRole, Piece, Side
from pipeline.atelier.spec import Spec, is_tiara
from pipeline.records.words import Shot

SMALLEST = 0.11
"""Least side of a box as a share of the frame: below it a close-up shows a detail nobody recognises."""

_SETTLINGS = 2
"""Steps towards the piece: more would let a box walk along a band."""

_CELLS = 12
"""Cells over half a box's side."""

_HEAD = frozenset({PartRole.PRONG, PartRole.BEZEL, PartRole.GALLERY, PartRole.BASE, PartRole.CUP})
_STONES = (PartRole.STONE, PartRole.ROW)
_PENDANT = (
    PartRole.BODY, PartRole.BEZEL, PartRole.STONE, PartRole.EYE, PartRole.BAIL, PartRole.PRONG, PartRole.HALO,
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A ball in the piece's own space: ``centre`` and ``radius`` in mm; one on a surface may shift with the view."""

    centre: tuple[float, float, float]
    radius: float
    on_surface: bool = False
    shot: Shot = ""


@dataclass(frozen=True)
class FrameBox:
    """A square box in a square picture; left, top and sides as shares of the frame, 0..1."""

    label: str
    x: float
    y: float
    width: float
    height: float
    shot: Shot = ""
    """Where it is not in the camera's picture: the one it is in."""


def spots(spec: Spec, piece: Piece) -> dict[str, Spot]:
    """Five named places of a piece, in the order they are told."""
    finders = {
        "ring": _ring,
        "necklace": _necklace,
        "earrings": _earrings,
        "bracelet": _bracelet,
        "brooch": _brooch,
    }
    if is_tiara(spec):
        return _tiara(_Parts(piece))
    return finders[spec.kind](_Parts(piece))


def named_regions(spec: Spec, piece: Piece, camera: Camera) -> list[FrameBox]:
    """The five places as boxes in the camera's square picture or in that of the whole, each wholly inside the frame."""
    boxes = []
    master = camera
    surface = np.vstack([_surface(part) for part in piece.parts])
    seen = project(master, surface, 1.0)
    for label, spot in spots(spec, piece).items():
        camera = whole_camera(piece) if spot.shot else master
        _, right, up = camera.frame()
        centre = np.array(spot.centre)
        rim = [centre + spot.radius * axis for axis in (right, -right, up, -up)]
        film = project(camera, np.array([centre, *rim]), 1.0)
        half = max(float(np.abs(film[1:] - film[0]).max()), SMALLEST / 2)
        half = min(half, 0.5)
        middle = np.clip(film[0], half, 1 - half)
        if spot.on_surface:
            middle = np.clip(_settled(middle, half, seen), half, 1 - half)
        x, y = (float(value) - half for value in middle)
        boxes.append(FrameBox(label, x, y, 2 * half, 2 * half, spot.shot))
    return boxes


def _surface(part: Part) -> Floats:
    """Points (n, 3) all over a part: its vertices and the middles of its triangles."""
    return np.vstack([part.vertices, part.vertices[part.faces].mean(axis=1)])


def _settled(middle: Floats, half: float, seen: Floats) -> Floats:
    """The box's middle moved onto the middle of what the box shows of the piece, so that no half of it is paper.

    ``seen`` (n, 2) are film positions of the piece. Cells are counted, not points: a finely meshed part weighs no
    more than a plain one.
    """
    for _ in range(_SETTLINGS):
        offset = (seen - middle) / half
        cells = np.unique(np.floor(offset[(np.abs(offset) < 1).all(axis=1)] * _CELLS), axis=0)
        if len(cells):
            middle = middle + half * (cells.mean(axis=0) + 0.5) / _CELLS
    return middle


class _Parts:
    """Looks parts up by role; without a role, or where none has it, by all of the piece."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece

    def of(self, *roles: PartRole, side: Side = "") -> list[Part]:
        return [
            part
            for part in self.piece.parts
            if (not roles or part.role in roles) and (not side or part.side == side)
        ]

    def points(self, *roles: PartRole, side: Side = "") -> Floats:
        chosen = self.of(*roles, side=side) or list(self.piece.parts)
        return np.vstack([part.vertices for part in chosen])

    def around(self, *roles: PartRole, side: Side = "", margin: float = 1.2) -> Spot:
        """The ball around parts: centre of their box, radius to their farthest side."""
        points = self.points(*roles, side=side)
        low, high = points.min(0), points.max(0)
        return _spot((low + high) / 2, margin * float((high - low).max()) / 2)

    def nearest(self, target: Floats, radius: float, *roles: PartRole, side: Side = "") -> Spot:
        """A ball on the surface of the parts, as near the target as they reach."""
        points = self.points(*roles, side=side)
        spot = _spot(points[int(np.argmin(np.linalg.norm(points - target, axis=1)))], radius)
        return replace(spot, on_surface=True)


@dataclass(frozen=True)
class _Frame:
    """Places on top of a lying piece, from -1 to 1 across and along its box."""

    low: Floats
    high: Floats

    def at(self, x: float, y: float) -> Floats:
        middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        return np.array([middle[0] + x * half[0], middle[1] + y * half[1], self.high[2]])


def _spot(centre: Floats, radius: float) -> Spot:
    return Spot((float(centre[0]), float(centre[1]), float(centre[2])), float(radius))


def _ring(parts: _Parts) -> dict[str, Spot]:
    shank = parts.points(PartRole.SHANK)
    low, high = shank.min(0), shank.max(0)
    middle, radius = (low + high) / 2, float(high[0] - low[0]) / 2
    front = float(low[1])
    set_with_stone = bool(parts.of(*_STONES))
    motif = parts.of(PartRole.BODY)
    if motif:
        top = parts.around(PartRole.BODY, margin=0.7)
    elif parts.of(PartRole.STONE):
        top = parts.around(PartRole.STONE, PartRole.HALO, margin=0.95)
    else:
        # A row, an engraved face or bare metal: the top of the band, seen from the front.
        top = _spot(np.array([middle[0], front, high[2] - 0.15 * radius]), 0.42 * radius)
    if parts.of(*_HEAD - {PartRole.BASE}):
        # Lower than its middle, and closer: where the head meets the shank, which the stone's own close-up leaves out.
        head = parts.around(*_HEAD, margin=1.1)
        setting = Spot((*head.centre[:2], head.centre[2] - 0.7 * head.radius), 0.75 * head.radius)
    else:
        setting = _spot(np.array([middle[0] + 0.5 * radius, front, middle[2] + 0.8 * radius]), 0.36 * radius)

    def at(degrees: float) -> Floats:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return np.array([middle[0] + radius * c, front, middle[2] + radius * s])

    return {
        "motif" if motif else "stone" if set_with_stone else "face": top,
        "setting" if set_with_stone else "shoulder": setting,
        "shank": parts.nearest(at(-90), 0.42 * radius, PartRole.SHANK),
        "side": parts.nearest(at(0), 0.45 * radius, PartRole.SHANK),
        **_last(parts, at, radius),
    }


def _last(parts: _Parts, at: Callable[[float], Floats], radius: float) -> dict[str, Spot]:
    """The far side of the shank; where small stones run along it beside a centre stone, those, on the near shoulder."""
    if parts.of(PartRole.STONE) and parts.of(PartRole.ROW):
        return {"pave": parts.nearest(at(46), 0.4 * radius, PartRole.ROW)}
    return {"profile": parts.nearest(at(165), 0.42 * radius, PartRole.SHANK)}


def _necklace(parts: _Parts) -> dict[str, Spot]:
    if parts.piece.framing == "pendant":
        return _pendant(parts)
    chain = parts.points(PartRole.CHAIN)
    low, high = chain.min(0), chain.max(0)
    size = float((high - low).max())
    reach = 0.085 * size
    at = _Frame(low, high).at
    places = {
        "chain": parts.nearest(at(-0.7, -0.3), reach, PartRole.CHAIN),
        "clasp": parts.around(PartRole.CLASP, PartRole.JUMP_RING, margin=1.3),
        "side": parts.nearest(at(1.0, 0.32), reach, PartRole.CHAIN),
    }
    hung = parts.of(PartRole.BODY, PartRole.BEZEL, PartRole.STONE)
    if not hung:
        return {
            "front": parts.nearest(at(0.0, -1.0), reach, PartRole.CHAIN),
            **places,
            "edge": parts.nearest(at(0.7, -0.3), reach, PartRole.CHAIN),
        }
    body = parts.around(*_PENDANT, margin=1.12)
    face = np.vstack([part.vertices for part in hung])
    down = face[int(np.argmin(face @ np.array([-0.7, 0.7, 0.0])))]
    return {"pendant": body, **places, "edge": _spot(down, 0.42 * float(np.ptp(face[:, 1])))}


def _pendant(parts: _Parts) -> dict[str, Spot]:
    """Places that a close view of the pendant shows: of the chain only what leaves the bail; the clasp lies outside."""
    body = np.vstack([part.vertices for part in parts.piece.without(HUNG_BY).parts])
    low, high = body.min(0), body.max(0)
    middle, size = (low + high) / 2, float((high - low).max())
    bail = parts.around(PartRole.BAIL, PartRole.EYE, margin=1.1)
    places = {"pendant": parts.around(*_PENDANT, margin=1.12)}
    if parts.of(PartRole.STONE):
        stone = parts.around(PartRole.STONE, margin=0.95)
        corner = np.array(stone.centre) + stone.radius * np.array([-0.8, -0.6, 0.0])
        holders = (PartRole.PRONG, PartRole.BEZEL, PartRole.CUP, PartRole.HALO, PartRole.BODY)
        held = [role for role in holders if parts.of(role)][:1]
        places |= {"stone": stone, "setting": parts.nearest(corner, 0.55 * stone.radius, *held)}
    else:
        engraved = bool(parts.of(PartRole.ENGRAVING))
        face = parts.around(PartRole.ENGRAVING, margin=1.15) if engraved else _spot(middle, 0.3 * size)
        places |= {
            "engraving" if engraved else "face": face if engraved else replace(face, on_surface=True),
            "edge": parts.nearest(_Frame(low, high).at(-0.7, -0.7), 0.25 * size, PartRole.BODY),
        }
    beside = np.array(bail.centre) + size * np.array([-0.4, 0.6, 0.0])
    places |= {"bail": bail, "chain": parts.nearest(beside, 0.35 * size, PartRole.CHAIN)}
    if not parts.of(PartRole.CLASP) or not shows_pendant(parts.piece):
        return places
    # It takes the place of what the pendant's own close-up shows as well: of a bare face, of an edge beside an
    # engraving, of the bail above a stone.
    places.pop("bail" if "stone" in places else "face" if "face" in places else "edge")
    clasp = parts.around(PartRole.CLASP, PartRole.JUMP_RING, margin=1.3)
    return {**places, "clasp": replace(clasp, shot="whole")}


def _earrings(parts: _Parts) -> dict[str, Spot]:
    # A nose stud or ring is one piece: both sides of the pair are the same.
    first: Side = "left" if parts.of(side="left") else ""
    second: Side = "right" if first else ""
    left, right = parts.points(side=first), parts.points(side=second)
    low, high = left.min(0), left.max(0)
    other_low, other_high = right.min(0), right.max(0)
    size = float(max(high[0] - low[0], high[2] - low[2]))
    stones = [part for part in parts.of(*_STONES, side=first) if part.stone is not None]
    focus = stones[0].vertices if stones else left
    span = focus.max(0) - focus.min(0)

    def near(x: float, z: float, radius: float, side: Side, box: tuple[Floats, Floats]) -> Spot:
        """The metal or stone nearest a place in an earring's front, x and z from 0 to 1."""
        start, end = box
        place = np.array([start[0] + x * (end[0] - start[0]), start[1], start[2] + z * (end[2] - start[2])])
        return parts.nearest(place, radius, side=side)

    whole, other = (low, high), (other_low, other_high)
    detail = _spot((focus.min(0) + focus.max(0)) / 2, 0.62 * float(span.max()))
    return {
        "front": _spot((low + high) / 2, 0.56 * size),
        "stone" if stones else "surface": detail if stones else near(0.1, 0.3, 0.3 * size, first, whole),
        "closure": parts.around(PartRole.FITTING, side=second, margin=1.2),
        "side": near(1.0, 0.5, 0.34 * size, second, other),
        "edge": near(0.5, 0.0, 0.32 * size, first, whole),
    }


def _bracelet(parts: _Parts) -> dict[str, Spot]:
    every = parts.points()
    low, high = every.min(0), every.max(0)
    reach = 0.14 * float((high - low)[:2].max())
    at = _Frame(low, high).at
    closed = parts.of(PartRole.CLASP)
    return {
        "front": parts.nearest(at(0.0, -1.0), reach),
        "stone" if parts.of(*_STONES) else "links" if parts.of(PartRole.CHAIN) else "surface": parts.nearest(
            at(-0.72, -0.72), 0.7 * reach, *(_STONES if parts.of(*_STONES) else ())
        ),
        "clasp" if closed else "back": parts.around(PartRole.CLASP, margin=1.35)
        if closed
        else parts.nearest(at(0.1, 1.0), reach),
        "side": parts.nearest(at(1.0, 0.0), reach),
        "edge": parts.nearest(at(0.72, -0.72), reach),
    }


def _tiara(parts: _Parts) -> dict[str, Spot]:
    every, crest = parts.points(), parts.points(PartRole.CREST)
    low, high = every.min(0), every.max(0)
    reach = 0.13 * float(high[0] - low[0])
    stones = parts.of(*_STONES)

    def near(x: float, z: float, radius: float, *roles: PartRole) -> Spot:
        target = np.array(
            [x * high[0], low[1] * np.sqrt(max(1 - x * x, 0.0)), low[2] + z * (high[2] - low[2])]
        )
        return parts.nearest(target, radius, *roles)

    return {
        "centrepiece": near(0.0, 0.6, 1.2 * reach),
        "stone" if stones else "tip": near(0.0, 0.5, 0.5 * reach, *_STONES)
        if stones
        else parts.nearest(crest[int(np.argmax(crest[:, 2]))], 0.4 * reach, PartRole.CREST),
        "crest": near(-0.5, 0.4, reach),
        "band": near(0.3, 0.05, 0.7 * reach),
        "shoulder": near(0.95, 0.1, 0.9 * reach),
    }


def _brooch(parts: _Parts) -> dict[str, Spot]:
    every = parts.points()
    low, high = every.min(0), every.max(0)
    middle, reach = (low + high) / 2, 0.16 * float((high - low)[:2].max())
    at = _Frame(low, high).at
    stones = parts.of(*_STONES)
    filled = float(np.hypot(*(every - middle)[:, :2].T).min()) < 0.4 * reach
    return {
        "centre" if filled else "top": _spot(middle, 1.3 * reach)
        if filled
        else parts.nearest(at(0.0, 1.0), reach),
        "stone" if stones else "surface": parts.around(PartRole.STONE, margin=1.35)
        if stones
        else parts.nearest(at(-0.4, 0.4), reach),
        "side": parts.nearest(at(1.0, 0.0), reach),
        "edge": parts.nearest(at(0.0, -1.0), reach),
        "profile": parts.nearest(at(-0.8, 0.5), reach),
    }
