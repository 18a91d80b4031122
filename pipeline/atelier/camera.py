"""Where the camera stands. One pinhole model serves masters, macros, angles, turntables and drawings."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.piece import HUNG_BY, WORN_BY, Part, PartRole, Piece
from pipeline.views import (
    LOW,
    LYING,
    MASTER,
    PENDANT_FRONT,
    RAISED,
    RAISED_ANGLES,
    STANDING,
    TURNTABLE_LYING,
    TURNTABLE_STANDING,
)

Vector = tuple[float, float, float]
Planes = tuple[np.ndarray | float, ...]
"""x, y and z, each an array or a number for all."""

FIELD_OF_VIEW_DEG = 17.0
# Share of the frame the longer side of the silhouette takes.
FILL = 0.78
# From above its head a ring stands closer: a stone of one carat takes four hundredths of the frame.
RAISED_FILL = 0.85
# Necklaces and bracelets are a thin line around much page: closer, so that links, stones and pendant read.
LINE_FILL = 0.895
VIEWS = tuple(STANDING)
# Side of the square film that a lens is told for: the height of a small camera's.
FILM_MM = 24.0
# Close on a pendant: the share of the frame its longer side takes where it is this long (mm) or shorter, and where
# it is that long or longer; and how far down the frame its middle lies.
CLOSE_MM, CLOSE_FILL = (7.0, 17.0), (0.25, 0.32)
CLOSE_MIDDLE = 0.6
# Width of the chain over that of the frame, at most: a heavy one would outshine what hangs from it.
CHAIN_FILL = 0.09
# From its other sides a pendant with its bail takes this share, so that the chain is seen to leave.
PENDANT_FILL = 0.56
# From this share of the distance that shows all of it on, a close view would only cut off the rest.
NEARLY_WHOLE = 0.6


@dataclass(frozen=True)
class Camera:
    """A pinhole with a square film: `position`, `target`, `up` in mm, `field_of_view_deg` across the film.

    With a lens it is no pinhole: `aperture_mm` is the radius of its pupil, `focus_mm` how far before it, along its
    axis, things are sharp. What is measured or drawn is seen through the middle of the lens alone.
    """

    position: Vector
    target: Vector
    up: Vector
    field_of_view_deg: float
    aperture_mm: float = 0.0
    focus_mm: float = 0.0

    def frame(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give unit vectors forward, right and up of the film."""
        forward = _unit(np.subtract(self.target, self.position))
        right = _unit(np.cross(forward, self.up))
        return forward, right, np.cross(right, forward)

    def rays(self, film: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
        """Give origins and unit directions (n, 3) through film points (n, 2) in pixels.

        `width` pixels span the field of view.
        """
        _, direction = self.ray_planes(film[:, 0], film[:, 1], width, height)
        return np.broadcast_to(np.asarray(self.position), (len(film), 3)), np.stack(direction, axis=1)

    def ray_planes(self, x: np.ndarray, y: np.ndarray, width: int, height: int) -> tuple[Planes, Planes]:
        """The same by component, each of the shape of `x` and `y` laid over each other or a number for all.

        A grid is given as a row of `x` and a column of `y`.
        """
        half = np.tan(np.radians(self.field_of_view_deg / 2))
        u = (2 * x / width - 1) * half
        v = (height / width - 2 * y / width) * half
        ways = [ahead + u * across + v * along for ahead, across, along in zip(*self.frame(), strict=True)]
        length = np.sqrt(ways[0] * ways[0] + ways[1] * ways[1] + ways[2] * ways[2])
        for way in ways:
            way /= length
        return self.position, tuple(ways)


@dataclass(frozen=True)
class Orthographic:
    """A drawing's parallel projection: film centre `centre` in mm, view direction, `up`, width of the film in mm."""

    centre: Vector
    direction: Vector
    up: Vector
    width_mm: float
    # How far before the centre the rays start: depths count from there.
    distance_mm: float = 400.0

    def rays(self, film: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
        """Give origins and unit directions (n, 3) through film points (n, 2) in pixels."""
        origin, _ = self.ray_planes(film[:, 0], film[:, 1], width, height)
        return np.stack(origin, axis=1), np.broadcast_to(_unit(np.asarray(self.direction)), (len(film), 3))

    def ray_planes(self, x: np.ndarray, y: np.ndarray, width: int, height: int) -> tuple[Planes, Planes]:
        """As `Camera.ray_planes`."""
        forward = _unit(np.asarray(self.direction))
        right = _unit(np.cross(forward, self.up))
        pitch = self.width_mm / width
        u, v = (x - width / 2) * pitch, (height / 2 - y) * pitch
        start = np.asarray(self.centre) - self.distance_mm * forward
        axes = zip(start, right, np.cross(right, forward), strict=True)
        return tuple(first + (u * across + v * along) for first, across, along in axes), _vector(forward)


def stands(piece: Piece) -> bool:
    """Whether the piece is photographed from the front (rings, earrings that hang) rather than from above."""
    if piece.kind in ("ring", "earrings") or any(part.role is PartRole.CREST for part in piece.parts):
        return True
    low, high = _bounds(piece)
    across, _, tall = high - low
    return bool(tall > LOW * across)


def master_camera(piece: Piece) -> Camera:
    """Camera of the master image: the whole piece fills FILL of the square frame, or the pendant is shown close."""
    camera = _whole_view(piece, piece.view)
    if piece.framing == "whole":
        return camera
    close = _close_up(piece, camera)
    return close if _distance(close) < NEARLY_WHOLE * _distance(camera) else camera


def whole_camera(piece: Piece) -> Camera:
    """Camera of the whole piece, from where its master is taken."""
    return _whole_view(piece, piece.view)


def view_camera(piece: Piece, name: str) -> Camera:
    """Camera of a named view, one of VIEWS or RAISED. Raises KeyError for another name.

    Where the master is a close view of a pendant its sides are the pendant's; from the top the whole piece is seen.
    """
    if name in (MASTER, RAISED, "top") or not shows_pendant(piece):
        return _whole_view(piece, name)
    direction = PENDANT_FRONT if name == "front" else (STANDING if stands(piece) else LYING)[name]
    return aim(piece.without(WORN_BY), *direction, PENDANT_FILL)


def _whole_view(piece: Piece, name: str) -> Camera:
    upright = stands(piece)
    azimuth, elevation = RAISED_ANGLES if name == RAISED else (STANDING if upright else LYING)[name]
    if name == MASTER and any(part.role is PartRole.CUFF for part in piece.parts) and not upright:
        # They stand on their edge, and from above only a rim would be seen.
        elevation = 34.0
    return aim(piece, azimuth, elevation, RAISED_FILL if name == RAISED else None)


def turntable_camera(piece: Piece, angle_deg: float) -> Camera:
    """Camera of a turntable frame: the piece, or its pendant seen close, keeps scale and centre through the turn."""
    upright = stands(piece)
    close = shows_pendant(piece)
    piece = piece.without(WORN_BY) if close else piece
    low, high = _bounds(piece)
    elevation = TURNTABLE_STANDING if upright else TURNTABLE_LYING
    centre = (low + high) / 2
    points = _points(piece)
    radius = float(np.linalg.norm(points - centre, axis=1).max())
    distance = radius / np.sin(np.radians(FIELD_OF_VIEW_DEG / 2)) / (PENDANT_FILL if close else FILL + 0.1)
    return _orbit(centre, angle_deg, elevation, distance)


def aim(piece: Piece, azimuth_deg: float, elevation_deg: float, fill: float | None = None) -> Camera:
    """Camera in the given direction that frames the piece's silhouette with the constant margin.

    `fill` is the share of the frame its longer side takes; without it the usual one of its kind.
    """
    points = _points(piece)
    low, high = _bounds(piece)
    centre = (low + high) / 2
    radius = float(np.linalg.norm(high - low)) / 2
    half = np.tan(np.radians(FIELD_OF_VIEW_DEG / 2))
    if fill is None:
        fill = LINE_FILL if piece.kind in ("necklace", "bracelet") else FILL
    distance = radius / half / fill
    camera = _orbit(centre, azimuth_deg, elevation_deg, distance)
    for _ in range(6):
        film = project(camera, points, 1.0)
        lower, upper = film.min(axis=0), film.max(axis=0)
        _, right, up = camera.frame()
        x, y = (lower + upper) / 2 - 0.5
        scale = 2 * half * distance
        centre = centre + x * scale * right - y * scale * up
        distance *= float((upper - lower).max()) / fill
        camera = _orbit(centre, azimuth_deg, elevation_deg, distance)
    return camera


def opened(piece: Piece, camera: Camera, f_number: float) -> Camera:
    """The camera with a thin lens stopped down to `f_number`, focused on the head.

    What the film of a small camera's width shows at the magnification of this picture follows from its distance: the
    focal length is f = s m / (1 + m), the pupil f / N wide (Gauss's lens equation; `s` the distance, `m` the
    magnification).
    """
    forward, _, _ = camera.frame()
    distance = _distance(camera)
    magnified = FILM_MM / (2 * distance * np.tan(np.radians(camera.field_of_view_deg / 2)))
    focal = distance * magnified / (1 + magnified)
    head = [part for part in piece.parts if part.role is PartRole.STONE] or piece.without(WORN_BY).parts
    depths = np.concatenate([part.vertices for part in head]) @ forward - np.dot(camera.position, forward)
    # A quarter of the way into it: a photographer focuses on what faces the lens, and lets the back go.
    focus = float(np.quantile(depths, 0.25))
    return replace(camera, aperture_mm=float(focal / f_number / 2), focus_mm=focus)


def shows_pendant(piece: Piece) -> bool:
    """Whether the master is a close view of the pendant."""
    whole = _whole_view(piece, piece.view)
    return piece.framing == "pendant" and _distance(master_camera(piece)) < _distance(whole)


def _close_up(piece: Piece, camera: Camera) -> Camera:
    """From the same direction, the pendant alone in a frame that its chain runs out of."""
    points = _points(piece.without(HUNG_BY))
    low, high = points.min(axis=0), points.max(axis=0)
    fill = float(np.interp((high - low).max(), CLOSE_MM, CLOSE_FILL))
    heaviest = max(_width(part) for part in piece.parts if part.role is PartRole.CHAIN)
    fill = min(fill, CHAIN_FILL * float((high - low).max()) / heaviest)
    forward, right, up = camera.frame()
    half = np.tan(np.radians(FIELD_OF_VIEW_DEG / 2))
    centre = (low + high) / 2
    distance = float((high - low).max()) / 2 / half / fill
    for _ in range(6):
        camera = Camera(_vector(centre - distance * forward), _vector(centre), camera.up, FIELD_OF_VIEW_DEG)
        film = project(camera, points, 1.0)
        lower, upper = film.min(axis=0), film.max(axis=0)
        x, y = (lower + upper) / 2 - (0.5, CLOSE_MIDDLE)
        centre = centre + 2 * half * distance * (x * right - y * up)
        distance *= float((upper - lower).max()) / fill
    return Camera(_vector(centre - distance * forward), _vector(centre), camera.up, FIELD_OF_VIEW_DEG)


def _width(chain: Part) -> float:
    """Width in mm of a chain's widest link or bead, or of a cord, whose body is one: 4 volumes over its surface."""
    if chain.repeats:
        return max(float(np.ptp(link.vertices[:, 1])) for link in chain.repeats)
    a, b, c = (chain.vertices[chain.faces[:, k]] for k in range(3))
    surface = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2
    return 4 * volume(Mesh(chain.vertices, chain.faces)) / surface


def project(camera: Camera, points_mm: np.ndarray, size: float) -> np.ndarray:
    """Film positions (n, 2) in pixels of a square film of `size` for points (n, 3) in mm; x right, y down."""
    forward, right, up = camera.frame()
    offset = np.asarray(points_mm, dtype=np.float64) - np.asarray(camera.position)
    depth = np.maximum(offset @ forward, 1e-6)
    half = np.tan(np.radians(camera.field_of_view_deg / 2))
    x = (offset @ right / depth / half + 1) / 2
    y = (1 - offset @ up / depth / half) / 2
    return np.stack([x, y], axis=1) * size


def _orbit(centre: np.ndarray, azimuth_deg: float, elevation_deg: float, distance: float) -> Camera:
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    away = np.array(
        [np.cos(elevation) * np.sin(azimuth), -np.cos(elevation) * np.cos(azimuth), np.sin(elevation)]
    )
    # Near the zenith z no longer tells which way is up: the direction the camera's front faces does.
    up = (0.0, 0.0, 1.0) if elevation_deg < 80 else (-float(np.sin(azimuth)), float(np.cos(azimuth)), 0.0)
    return Camera(_vector(centre + distance * away), _vector(centre), up, FIELD_OF_VIEW_DEG)


def _distance(camera: Camera) -> float:
    return float(np.linalg.norm(np.subtract(camera.target, camera.position)))


def _bounds(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    low = np.min([part.vertices.min(axis=0) for part in piece.parts], axis=0)
    high = np.max([part.vertices.max(axis=0) for part in piece.parts], axis=0)
    return low, high


def _points(piece: Piece) -> np.ndarray:
    return np.concatenate([part.vertices for part in piece.parts])


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


def _vector(values: np.ndarray) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
