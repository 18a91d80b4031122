"""Proposing the five crops of a master: pieces first, then the place on a piece where each part is likely.

A part is described by what its window should look like and where it should lie (`ROLES`). All windows centred on
the piece are scored on the same few feature maps; the best one that does not repeat an earlier crop is taken.
What a role looks for need not be there: `suggest` says which role chose a window, `suggest_as_seen` what can be told
of it from the picture.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.photo.foreground import Field, Mask, Rgb, Survey, shrink, survey

Feature = Literal[
    "detail",  # fine structure on the piece
    "colour",  # unlike the metal: stones, enamel
    "thick",  # solid, wide parts
    "thin",  # slender parts
    "contour",  # length of outline
    "along",  # far from the first crop, going along the piece: where a strand ends or a loop closes
    "high",
    "low",
    "left",
    "right",
    "aside",  # far left or far right
    "central",
    "far",  # away from the first crop
    "beneath",  # from the first crop towards the middle of the piece
]

WORKING_SIDE_PX = 640
"""Enough to tell the parts of a piece from each other; the boxes are rounded to master pixels."""

CLOSE_SHARE = 0.018
"""Parts nearer than this share of the picture hang together: the links of a chain, a drop on its hook."""

WINDOW_MIN_PX = 24
"""Smallest window, at working size."""

STONE_TINT = 18.0
"""CIELAB distance from every shade of the metal beyond which a place is coloured stone or enamel, no reflection."""

STONE_SHARE = 0.08
"""Least share of such places in a window; in photographs of plain gold up to 0.05 reflect something foreign."""

GREY_TINT = 6.0
"""A weaker tint of the metal is none: silver, white gold, platinum."""

AS_SEEN = {
    "stone": "front",
    "setting": "detail",
    "pendant": "centrepiece",
    "clasp": "far end",
    "hook": "upper part",
    "drop": "lower part",
}
"""What a window is called when nothing in the picture tells that the part is there."""


@dataclass(frozen=True)
class Suggestion:
    """A labelled crop box in whole master pixels, wholly inside the picture."""

    label: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Role:
    """How a part of the piece shows itself."""

    label: str
    weights: dict[Feature, float]
    size: float = 0.34
    """Side of the window as a share of the longest side of the piece."""
    overlap: float = 0.35
    """Share of the window that may lie inside an earlier crop of the same piece."""
    second: bool = False
    """On the second piece where there is one (the other earring)."""
    fit: bool = False
    """Shrink or grow the window to the solid part it lies on."""
    early: bool = False
    """Placed right after the first one, because there is only one place for it."""


_SIDE = Role("side", {"aside": 1.6, "detail": 0.5, "central": -0.3})
_DETAIL = Role("setting", {"detail": 1.2, "far": 0.6, "contour": 0.3}, overlap=0.25)
_EDGE = Role("edge", {"contour": 1.0, "detail": 0.4, "far": 0.4, "low": 0.2})

ROLES: dict[str, tuple[Role, ...]] = {
    "necklace": (
        Role("pendant", {"thick": 1.2, "colour": 0.6, "detail": 0.5, "low": 0.7, "central": 1.0}, fit=True),
        Role("chain", {"thin": 1.0, "detail": 0.6, "contour": 0.3, "aside": 0.5, "far": 0.3}),
        Role("clasp", {"along": 1.3, "high": 0.7, "central": 0.6, "thick": 0.2}, size=0.3, early=True),
        _SIDE,
        _EDGE,
    ),
    "ring": (
        Role("stone", {"colour": 1.0, "detail": 1.2, "high": 0.4, "thick": 0.3}, fit=True),
        Role("setting", {"beneath": 2.0, "detail": 0.6, "contour": 0.3}, overlap=0.6, size=0.3),
        Role("shank", {"far": 1.6, "low": 0.5, "contour": 0.2}),
        Role("side", {"left": 1.6, "far": 0.4, "detail": 0.3}),
        Role("profile", {"right": 1.6, "far": 0.4, "detail": 0.3}),
    ),
    "earrings": (
        Role("stone", {"colour": 1.0, "detail": 0.8, "thick": 0.7}, size=0.42, fit=True),
        Role("hook", {"high": 2.0, "thin": 0.3}, size=0.36),
        Role("drop", {"low": 2.0, "detail": 0.5, "contour": 0.3}, size=0.42),
        Role("side", {"aside": 1.6, "detail": 0.5}, size=0.42, second=True),
        Role("edge", {"contour": 1.0, "detail": 0.4, "low": 0.3}, size=0.42, second=True),
    ),
    "bracelet": (
        Role("centre", {"colour": 1.0, "thick": 0.7, "detail": 0.7, "low": 0.4}, fit=True),
        Role("links", {"thin": 0.7, "detail": 0.8, "contour": 0.3, "far": 0.4}),
        Role("clasp", {"along": 1.5, "high": 0.4, "thick": 0.2}, early=True),
        _SIDE,
        _EDGE,
    ),
    "tiara": (
        Role("centre", {"central": 1.5, "high": 0.6, "thick": 0.5, "detail": 0.7}),
        Role("crest", {"high": 1.6, "detail": 0.6, "contour": 0.5, "far": 0.4}),
        Role("band", {"low": 1.8, "thin": 0.4, "aside": 0.3}),
        _SIDE,
        _EDGE,
    ),
    "brooch": (
        Role("centre", {"central": 1.5, "thick": 0.7, "detail": 0.7}),
        Role("stone", {"colour": 1.4, "detail": 0.8, "thick": 0.2}, size=0.3),
        Role("tip", {"along": 1.2, "high": 0.4}),
        _SIDE,
        _EDGE,
    ),
}


@dataclass
class _Piece:
    """One object of the picture, its feature maps and the windows taken on it so far."""

    mask: Mask
    maps: dict[str, Field]
    box: tuple[float, float, float, float]
    taken: list[tuple[float, float, float]] = field(default_factory=list)
    """Centre x, centre y, side."""

    @property
    def extent(self) -> float:
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)


def suggest(rgb: Rgb, kind: str) -> tuple[Suggestion, ...]:
    """Propose five square crops for a kind of `ROLES`; unknown kinds are looked at as a brooch.

    Where no piece is found the boxes divide the middle of the picture.
    """
    return tuple(suggestion for suggestion, _ in _placed(rgb, kind, as_seen=False))


def suggest_as_seen(rgb: Rgb, kind: str) -> tuple[Suggestion, ...]:
    """The same crops, a part named only where the picture shows it: a stone by its colour, with what holds it."""
    placed = _placed(rgb, kind, as_seen=True)
    stones = {suggestion.label for suggestion, coloured in placed if coloured}
    named = stones & {"stone"} | ({"setting"} if "stone" in stones else set())
    return tuple(
        suggestion
        if suggestion.label in named
        else replace(suggestion, label=AS_SEEN.get(suggestion.label, suggestion.label))
        for suggestion, _ in placed
    )


def _placed(rgb: Rgb, kind: str, *, as_seen: bool) -> list[tuple[Suggestion, bool]]:
    """The crops in the order of their roles, each with whether a coloured stone is seen in it.

    `as_seen` does not look for what holds a stone where none is seen: that window would repeat the first.
    """
    roles = ROLES.get(kind, ROLES["brooch"])
    height, width = rgb.shape[:2]
    surveyed = survey(shrink(rgb, WORKING_SIDE_PX))
    pieces = _pieces(surveyed, kind)
    if not pieces:
        return [(suggestion, False) for suggestion in _fallback(roles, width, height)]
    scale = width / surveyed.mask.shape[1]
    placed: dict[str, tuple[Suggestion, bool]] = {}
    for role in sorted(roles, key=lambda role: (role is not roles[0], not role.early)):
        piece = pieces[1] if role.second and len(pieces) > 1 else pieces[0]
        bare = as_seen and role.label == "setting" and not placed[roles[0].label][1]
        x, y, side = _place(piece, _DETAIL if bare else role)
        box = _to_master(role.label, x * scale, y * scale, side * scale, width, height)
        placed[role.label] = box, _is_coloured(piece, x, y, side)
    return [placed[role.label] for role in roles]


def _is_coloured(piece: _Piece, x: float, y: float, side: float) -> bool:
    """Whether enough of a window is of a colour that no light on the metal gives."""
    rows, columns = (slice(int(max(0, v - side / 2)), int(v + side / 2) + 1) for v in (y, x))
    foreign = piece.maps["foreign"][rows, columns][piece.maps["weight"][rows, columns] > 0]
    return bool(foreign.size) and float((foreign > STONE_TINT).mean()) >= STONE_SHARE


def _to_master(label: str, x: float, y: float, side: float, width: int, height: int) -> Suggestion:
    size = max(1, min(round(side), width, height))
    left = min(max(round(x - side / 2), 0), width - size)
    top = min(max(round(y - side / 2), 0), height - size)
    return Suggestion(label, left, top, size, size)


def _fallback(roles: tuple[Role, ...], width: int, height: int) -> tuple[Suggestion, ...]:
    side = 0.4 * min(width, height)
    places = ((0.5, 0.5), (0.3, 0.5), (0.5, 0.27), (0.7, 0.5), (0.5, 0.73))
    return tuple(
        _to_master(role.label, x * width, y * height, side, width, height)
        for role, (x, y) in zip(roles, places, strict=True)
    )


def _pieces(surveyed: Survey, kind: str) -> list[_Piece]:
    """Split the mask into objects, the most important first; what one encloses belongs to it."""
    if surveyed.mask.sum() < 60:
        return []
    reach = max(3, int(CLOSE_SHARE * max(surveyed.mask.shape))) | 1
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    _, labels = cv2.connectedComponents(cv2.dilate(surveyed.mask.astype(np.uint8), near), connectivity=8)
    labels = np.where(surveyed.mask, labels, 0)
    groups = [labels == index for index in range(1, int(labels.max()) + 1)]
    groups = [group for group in groups if group.any()]
    groups.sort(key=lambda group: _importance(group, kind), reverse=True)
    chosen: list[Mask] = []
    while groups and len(chosen) < 2:
        main = groups.pop(0)
        hull = _hull(main)
        inner = [group for group in groups if (hull & group).sum() > 0.8 * group.sum()]
        groups = [group for group in groups if not any(group is other for other in inner)]
        chosen.append(np.logical_or.reduce([main, *inner]))
    if len(chosen) == 2 and chosen[1].sum() < 0.3 * chosen[0].sum():
        chosen.pop()
    return [_Piece(mask, _maps(surveyed, mask), _box(mask)) for mask in chosen]


def _importance(group: Mask, kind: str) -> float:
    left, top, right, bottom = _box(group)
    area, spread = float(group.sum()), (right - left) * (bottom - top)
    # A necklace is the widest thing in the picture, whatever weighs most.
    return (area * spread) ** 0.5 if kind in ("necklace", "bracelet", "tiara") else area


def _hull(mask: Mask) -> Mask:
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    return np.asarray(cv2.fillConvexPoly(np.zeros(mask.shape, np.uint8), cv2.convexHull(points), 1) > 0)


def _box(mask: Mask) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero(mask)
    left, right = np.quantile(columns, [0.003, 0.997])
    top, bottom = np.quantile(rows, [0.003, 0.997])
    return float(left), float(top), float(right) + 1, float(bottom) + 1


def _maps(surveyed: Survey, mask: Mask) -> dict[str, Field]:
    """Feature maps that do not depend on the window; all zero off the piece."""
    left, top, right, bottom = _box(mask)
    extent = max(right - left, bottom - top)
    square = np.ones((3, 3), np.uint8)
    # Links and filigree count as one solid strand, so that thickness speaks of the part, not of its wire.
    reach = max(3, int(0.03 * extent)) | 1
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    # So does a white stone on a white backdrop, which the mask shows as a hole.
    weight = solid.astype(np.float32)
    # Beyond the picture there is no piece: what the frame cuts through is as thin there as it looks.
    framed = cv2.copyMakeBorder(solid, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
    across = max(3, int(0.12 * extent)) | 1
    thickness = cv2.dilate(depth, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))) * weight
    tint = surveyed.lab[..., 1:]
    metal = np.median(tint[mask], axis=0)
    colour = np.minimum(np.linalg.norm(cv2.GaussianBlur(tint, (0, 0), 1.5) - metal, axis=2), 45) * weight
    luma = surveyed.lab[..., 0]
    spark = np.abs(luma - cv2.GaussianBlur(luma, (0, 0), max(1.0, extent / 120)))
    return {
        "weight": weight,
        "detail": np.minimum(spark, 25).astype(np.float32) * weight,
        "colour": colour.astype(np.float32),
        "foreign": _foreign(tint, metal),
        "depth": depth,
        "thickness": thickness,
        "contour": cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, square).astype(np.float32) * weight,
    }


def _foreign(tint: Field, metal: Field) -> Field:
    """CIELAB distance of each a, b from the shades of the metal: its own hue in any strength, down to grey."""
    strength = float(np.linalg.norm(metal))
    hue = metal / strength if strength > GREY_TINT else np.zeros(2, np.float32)
    along = np.maximum(tint @ hue, 0)[..., None] * hue
    return np.asarray(np.linalg.norm(cv2.GaussianBlur(tint - along, (0, 0), 1.5), axis=2), dtype=np.float32)


def _place(piece: _Piece, role: Role) -> tuple[float, float, float]:
    """Choose the window of a role: centre x, centre y, side, at working size."""
    height, width = piece.mask.shape
    side = float(np.clip(role.size * piece.extent, WINDOW_MIN_PX, min(height, width)))
    x, y = _candidates(piece, side)
    features = _features(piece, x, y, side)
    score = sum((weight * features[name] for name, weight in role.weights.items()), np.zeros(len(x)))
    coverage = features["coverage"]
    score[coverage < 0.3 * np.median(coverage)] -= 10
    for other_x, other_y, other_side in piece.taken:
        reach = (side + other_side) / 2
        shared_x = np.clip(reach - np.abs(x - other_x), 0, min(side, other_side))
        shared_y = np.clip(reach - np.abs(y - other_y), 0, min(side, other_side))
        shared = shared_x * shared_y / min(side, other_side) ** 2
        score -= np.where(shared > role.overlap, 20 + 20 * shared, 0.5 * shared)
    best = int(np.argmax(score))
    place = float(x[best]), float(y[best]), side
    place = _fit_to_part(piece, *place) if role.fit else _recentre(piece, *place)
    piece.taken.append(place)
    return place


def _candidates(piece: _Piece, side: float) -> tuple[Field, Field]:
    """Window centres on the piece, on a grid, moved so that the window stays inside the picture."""
    height, width = piece.mask.shape
    step = max(2, int(side / 12))
    rows, columns = np.nonzero(piece.mask[::step, ::step])
    if not len(rows):
        rows, columns = np.nonzero(piece.mask)
        step = 1
    half = side / 2
    x = np.clip(columns * float(step), half, max(half, width - half))
    y = np.clip(rows * float(step), half, max(half, height - half))
    return x.astype(np.float32), y.astype(np.float32)


def _features(piece: _Piece, x: Field, y: Field, side: float) -> dict[str, Field]:
    """Every feature of every window, about 0 to 1."""
    height, width = piece.mask.shape
    window = (int(side) | 1, int(side) | 1)
    at = (np.minimum(y.astype(int), height - 1), np.minimum(x.astype(int), width - 1))

    def total(name: str) -> NDArray[np.float32]:
        summed = cv2.boxFilter(piece.maps[name], -1, window, normalize=False, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(summed[at], dtype=np.float32)

    area = np.maximum(total("weight"), 1)
    left, top, right, bottom = piece.box
    across = 2 * (x - (left + right) / 2) / piece.extent
    down = 2 * (y - (top + bottom) / 2) / piece.extent
    tall, wide = (bottom - top) / piece.extent, (right - left) / piece.extent
    thick = _unit(total("thickness") / area)
    features: dict[str, Field] = {
        "coverage": area / side**2,
        "detail": 0.5 * _unit(total("detail")) + 0.5 * _unit(total("detail") / area),
        "colour": 0.5 * _unit(total("colour")) + 0.5 * _unit(total("colour") / area),
        "thick": thick,
        "thin": np.clip(1.2 - thick, 0, 1),
        "contour": _unit(total("contour")),
        "high": np.clip(-down / tall, -1, 1),
        "low": np.clip(down / tall, -1, 1),
        "left": np.clip(-across / wide, -1, 1),
        "right": np.clip(across / wide, -1, 1),
        "aside": np.clip(np.abs(across) / wide, 0, 1),
        "central": np.exp(-((across / 0.6) ** 2)),
    }
    middle = ((left + right) / 2, (top + bottom) / 2, side)
    first_x, first_y, first_side = piece.taken[0] if piece.taken else middle
    features["along"] = _along(piece)[at] if piece.taken else np.zeros_like(across)
    features["far"] = np.clip(np.hypot(x - first_x, y - first_y) / piece.extent, 0, 1)
    # Just below a stone, on the way to the middle of the piece, sits what holds it.
    toward = np.array([(left + right) / 2 - first_x, (top + bottom) / 2 - first_y])
    toward = toward / max(float(np.hypot(*toward)), 1e-6) * 0.55 * first_side
    miss = np.hypot(x - first_x - toward[0], y - first_y - toward[1])
    features["beneath"] = np.exp(-((miss / (0.4 * side)) ** 2))
    return features


def _unit(values: Field) -> Field:
    return np.asarray(np.clip(values / max(float(np.quantile(values, 0.97)), 1e-6), 0, 1.2), dtype=np.float32)


def _along(piece: _Piece) -> Field:
    """Way along the piece from its first crop, 0 to 1; what hangs loose counts as the far end."""
    height, width = piece.mask.shape
    scale = min(1.0, 200 / max(height, width))
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    shown = (cv2.resize(piece.maps["weight"], size, interpolation=cv2.INTER_AREA) > 0.08).astype(np.uint8)
    # A pixel wider, so that links and hooks that nearly touch pass the way on.
    strand = np.asarray(cv2.dilate(shown, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    x, y, side = (value * scale for value in piece.taken[0])
    front = np.zeros_like(strand)
    front[
        max(0, int(y - side / 2)) : int(y + side / 2) + 1, max(0, int(x - side / 2)) : int(x + side / 2) + 1
    ] = 1
    front &= strand
    way = np.where(front > 0, 0, -1).astype(np.float32)
    cross = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    for step in range(1, 4 * sum(size)):
        front = np.asarray(cv2.dilate(front, cross), dtype=np.uint8) & strand & (way < 0)
        if not front.any():
            break
        way[front > 0] = step
    farthest = max(1.0, float(way.max()))
    way[(way < 0) & (strand > 0)] = farthest
    return np.asarray(
        cv2.resize(np.maximum(way, 0) / farthest, (width, height), interpolation=cv2.INTER_LINEAR)
    )


def _recentre(piece: _Piece, x: float, y: float, side: float) -> tuple[float, float, float]:
    """Move the window most of the way to the middle of what it shows."""
    height, width = piece.mask.shape
    x0, y0 = int(max(0, x - side / 2)), int(max(0, y - side / 2))
    rows, columns = np.nonzero(piece.mask[y0 : int(y + side / 2) + 1, x0 : int(x + side / 2) + 1])
    if not len(rows):
        return x, y, side
    half = side / 2
    x += 0.7 * (x0 + (columns.min() + columns.max() + 1) / 2 - x)
    y += 0.7 * (y0 + (rows.min() + rows.max() + 1) / 2 - y)
    x, y = np.clip(x, half, max(half, width - half)), np.clip(y, half, max(half, height - half))
    return float(x), float(y), side


def _fit_to_part(piece: _Piece, x: float, y: float, side: float) -> tuple[float, float, float]:
    """Centre the window on the solid part in it and size it to that part with a margin."""
    height, width = piece.mask.shape
    x0, x1 = int(max(0, x - side / 2)), int(min(width, x + side / 2))
    y0, y1 = int(max(0, y - side / 2)), int(min(height, y + side / 2))
    depth = piece.maps["depth"]
    row, column = np.unravel_index(int(np.argmax(depth[y0:y1, x0:x1])), (y1 - y0, x1 - x0))
    peak_y, peak_x = y0 + int(row), x0 + int(column)
    core = (depth > 0.6 * depth[peak_y, peak_x]).astype(np.uint8)
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    left, top, wide, tall, _ = (float(v) for v in sizes[labels[peak_y, peak_x]])
    rim = 2 * 0.6 * float(depth[peak_y, peak_x])
    part = 1.25 * (max(wide, tall) + rim)
    if part > 1.6 * side:
        return x, y, side
    part = float(np.clip(part, max(WINDOW_MIN_PX, 0.5 * side), 1.5 * side))
    half = part / 2
    centre_x = float(np.clip(left + wide / 2, half, max(half, width - half)))
    centre_y = float(np.clip(top + tall / 2, half, max(half, height - half)))
    return centre_x, centre_y, part
