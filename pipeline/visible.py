"""Which stones and prongs of a piece its master shows, and where: by its geometry, else by its picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.atelier.camera import Camera
from pipeline.atelier.piece import Part, PartRole, Piece
from pipeline.errors import LoupeError
from pipeline.images import Pixels
from pipeline.photo.stones import ellipse, stones_of
from pipeline.records import Asset
from pipeline.records.fidelity import Place, PlaceKind
from pipeline.records.words import Box, Shot
from pipeline.solids.camera import Camera as Film
from pipeline.solids.labels import NOTHING, labels

FILM_PX = 640
"""Side of the film on which it is seen what hides what."""
LEAST_SHARE = 0.3
"""Of a body's own outline, that must be seen for it to count."""
LEAST_PX = 5
INSIDE = 0.6
"""Share of what is seen of a body that must lie within a box for it to count there."""

_Body = tuple[PlaceKind, NDArray[np.float64], NDArray[np.int32]]
"""What it is, vertices (n, 3) in mm, faces (m, 3)."""


@dataclass(frozen=True)
class Visible:
    """What the film sees: `seen` (n, n) has the number of the body at each pixel, -1 for anything else."""

    seen: NDArray[np.int32]
    kinds: tuple[PlaceKind, ...]

    def within(self, box: Box, width: int, height: int) -> tuple[Place, ...]:
        """The stones and prongs inside a box of a master of this size, in pixels of the box."""
        scale = max(width, height) / len(self.seen)
        x, y, across, down = box
        window = self.seen[
            round(y / scale) : round((y + down) / scale), round(x / scale) : round((x + across) / scale)
        ]
        whole = np.bincount(self.seen[self.seen >= 0], minlength=len(self.kinds))
        inside = np.bincount(window[window >= 0], minlength=len(self.kinds))
        places = []
        for body in np.flatnonzero(inside):
            if inside[body] < INSIDE * whole[body]:
                continue
            rows, columns = np.nonzero(window == body)
            radius = float(np.sqrt(len(rows) / np.pi)) * scale
            places.append(
                Place(
                    self.kinds[body],
                    (float(columns.mean()) + 0.5) * scale,
                    (float(rows.mean()) + 0.5) * scale,
                    radius,
                    *ellipse(rows, columns),
                )
            )
        return tuple(places)


@dataclass(frozen=True)
class _Photographed:
    """A master without geometry: one is as another by its id, however it is read."""

    id: str
    read: Callable[[], Pixels] = field(compare=False)


def places_in(master: Asset, box: Box, read: Callable[[], Pixels]) -> tuple[Place, ...] | None:
    """The stones and prongs in a box of a master or of its other shot, in its pixels.

    Without geometry, the stones that its picture, which `read` gives, shows; None where nobody can tell.
    """
    if master.recipe.provider != "atelier" or not master.recipe.origin or master.width != master.height:
        return _seen_in(_Photographed(master.id, read), box)
    film = visible(master.recipe.origin, "whole" if master.recipe.options.get("shot") == "whole" else "")
    return film.within(box, master.width, master.height) if film else None


def _seen_in(master: _Photographed, box: Box) -> tuple[Place, ...] | None:
    stones = _stones(master)
    if stones is None:
        return None
    x, y, width, height = box
    moved = (replace(stone, x=stone.x - x, y=stone.y - y) for stone in stones)
    margin = 1 - INSIDE  # of its radius, that it may reach over the box
    return tuple(
        stone
        for stone in moved
        if all(
            -margin * stone.radius < middle - stone.radius
            and middle + stone.radius < across + margin * stone.radius
            for middle, across in ((stone.x, width), (stone.y, height))
        )
    )


@lru_cache(maxsize=8)
def _stones(master: _Photographed) -> tuple[Place, ...] | None:
    """A master is looked at once for all its close-ups."""
    return stones_of(master.read())


@lru_cache(maxsize=4)
def visible(origin: str, shot: Shot = "") -> Visible | None:
    """What the master, or the other shot, of a spec (JSON) shows; None where it is no spec.

    Building the piece takes a second or two.
    """
    from pipeline.atelier.pieces.origin import camera_of, piece_of

    try:
        return look(piece_of(origin)[1], camera_of(origin, shot))
    except (ValidationError, LoupeError):
        return None


def look(piece: Piece, camera: Camera) -> Visible:
    """Cast every body on the camera's film and keep the stones and prongs of which enough is seen."""
    bodies = [body for part in piece.parts for body in _bodies(part)]
    if not bodies:  # a rope chain has millions of vertices that could only hide something
        return Visible(np.full((FILM_PX, FILM_PX), NOTHING, np.int32), ())
    rest = [part for part in piece.parts if not _is_counted(part)]
    points = np.concatenate([*(b[1] for b in bodies), *(p.vertices for p in rest)])
    faces, label, start = [], [], 0
    named = [(number, b[1], b[2]) for number, b in enumerate(bodies)]
    for number, vertices, triangles in [*named, *((len(bodies), p.vertices, p.faces) for p in rest)]:
        faces.append(np.asarray(triangles, np.int32) + start)
        label.append(np.full(len(triangles), number, np.int32))
        start += len(vertices)
    film = _film(camera)
    seen = labels(points, np.concatenate(faces), np.concatenate(label), film, FILM_PX).astype(np.int32)
    seen[seen == len(bodies)] = NOTHING
    area = np.bincount(seen[seen >= 0], minlength=len(bodies))
    enough = np.array(
        [area[k] >= max(LEAST_PX, LEAST_SHARE * _outline(film, b[1])) for k, b in enumerate(bodies)], bool
    )
    numbers = np.where(enough, np.cumsum(enough) - 1, NOTHING)
    kept = np.where(seen >= 0, np.append(numbers, NOTHING)[seen], NOTHING).astype(np.int32)
    return Visible(kept, tuple(b[0] for b, keep in zip(bodies, enough, strict=True) if keep))


def _is_counted(part: Part) -> bool:
    return part.stone is not None or part.role is PartRole.PRONG


def _bodies(part: Part) -> Iterator[_Body]:
    if part.stone is not None:
        faces = part.repeats[0].faces if part.repeats else part.faces
        for vertices in part.stone_bodies():
            yield "stone", vertices, faces
    elif part.role is PartRole.PRONG and part.repeats:
        for repeat in part.repeats:
            for vertices, faces in _shells(repeat.vertices, repeat.faces):
                yield from (("prong", placed, faces) for placed in repeat.placed(vertices))
    elif part.role is PartRole.PRONG:
        yield from (("prong", *shell) for shell in _shells(part.vertices, part.faces))


def _shells(
    vertices: NDArray[np.float64], faces: NDArray[np.int32]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.int32]]]:
    """Each connected body of a mesh with the vertices that are its own; vertices at one place are one."""
    _, same = np.unique(np.round(vertices, 5), axis=0, return_inverse=True)
    ends = same.ravel()[faces]
    pairs = np.concatenate([ends[:, :2], ends[:, 1:]])
    size = int(same.max()) + 1
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (size, size))
    _, component = connected_components(graph, directed=False)
    owner = component[ends[:, 0]]
    for body in np.unique(owner):
        used, corners = np.unique(faces[owner == body], return_inverse=True)
        yield vertices[used], corners.reshape(-1, 3).astype(np.int32)


def _film(camera: Camera) -> Film:
    forward, right, up = camera.frame()
    half = float(np.tan(np.radians(camera.field_of_view_deg / 2)))
    return Film(np.asarray(camera.position, np.float64), np.stack([right, up, -forward]), half)


def _outline(film: Film, vertices: NDArray[np.float64]) -> float:
    """Area of a body's convex outline on the film, pixels."""
    points = film.project(vertices)[:, :2] * FILM_PX
    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))))
