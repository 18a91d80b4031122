"""Lines between pixels to curves: the borders form a graph, each run between two junctions becomes one polyline.

Ends at junctions are held, so that curves which meet, meet exactly.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.surface import CREASE, OUTLINE

Points = NDArray[Any]

_SHORTEST = 6
_SPECK = 16


@dataclass(frozen=True)
class Curve:
    """A polyline of one kind of line; `points` (n, 2) float, x and y in pixels, corner of the first pixel at 0."""

    points: Points
    kind: int
    closed: bool


def trace(upright: NDArray[Any], level: NDArray[Any]) -> tuple[Curve, ...]:
    """Follow the borders marked by `surface.cracks` and return them as smooth curves."""
    start, stop, kind, width = _edges(upright, level)
    if not len(start):
        return ()
    runs = _walk(start, stop, kind)
    runs = _without_specks(runs)
    out: list[Curve] = []
    for nodes, run_kind, _ in runs:
        points = np.stack([nodes % width, nodes // width], axis=1).astype(np.float64)
        closed = bool(nodes[0] == nodes[-1]) and len(nodes) > 3
        smooth = simplify(_smoothed(points, closed=closed), 0.22)
        out.append(Curve(smooth[:-1] if closed else smooth, run_kind, closed))
    return tuple(out)


def _edges(upright: NDArray[Any], level: NDArray[Any]) -> tuple[Points, Points, Points, int]:
    """Graph edges between pixel corners: start node, stop node, kind; and the width of the node grid."""
    height, width = upright.shape[0], level.shape[1]
    grid = width + 1
    y, x = np.nonzero(upright)
    first = y * grid + x + 1
    starts, stops, kinds = [first], [first + grid], [upright[y, x]]
    y, x = np.nonzero(level)
    second = (y + 1) * grid + x
    starts.append(second)
    stops.append(second + 1)
    kinds.append(level[y, x])
    assert height == level.shape[0] + 1  # noqa: S101 - both come from one surface
    return np.concatenate(starts), np.concatenate(stops), np.concatenate(kinds), grid


Run = tuple[Points, int, bool]


def _walk(start: Points, stop: Points, kind: Points) -> list[Run]:
    """Runs of edges of one kind between nodes where lines meet, end or change; (nodes, kind, has a free end)."""
    nodes, index = np.unique(np.concatenate([start, stop]), return_inverse=True)
    count = len(start)
    a, b = index[:count], index[count:]
    degree = np.bincount(index, minlength=len(nodes))
    order = np.argsort(index, kind="stable")
    offset = np.concatenate([[0], np.cumsum(degree)]).tolist()
    incident = (order % count).tolist()
    low = np.full(len(nodes), 255)
    high = np.zeros(len(nodes), np.intp)
    np.minimum.at(low, index, np.concatenate([kind, kind]))
    np.maximum.at(high, index, np.concatenate([kind, kind]))
    through = ((degree == 2) & (low == high)).tolist()
    ends, other = a.tolist(), (a + b).tolist()
    degrees = degree.tolist()
    used = bytearray(count)
    runs: list[Run] = []

    def follow(node: int, edge: int) -> None:
        path = [node]
        first = node
        while True:
            used[edge] = 1
            node = other[edge] - node
            path.append(node)
            if not through[node] or node == first:
                break
            one, two = incident[offset[node]], incident[offset[node] + 1]
            edge = two if one == edge else one
            if used[edge]:
                break
        free = degrees[first] == 1 or degrees[node] == 1
        runs.append((nodes[np.asarray(path)], int(kind[edge]), free))

    for node in np.flatnonzero(~np.asarray(through)).tolist():
        for edge in incident[offset[node] : offset[node + 1]]:
            if not used[edge]:
                follow(node, edge)
    for edge in range(count):
        if not used[edge]:
            follow(ends[edge], edge)
    return runs


def _without_specks(runs: list[Run]) -> list[Run]:
    """Leave out hairs with a free end and small islands: rays that slip through cracks of a mesh."""
    kept = [r for r in runs if not (r[2] and len(r[0]) - 1 < _SHORTEST and r[1] != OUTLINE)]
    return [
        r
        for r in kept
        if not (r[0][0] == r[0][-1] and len(r[0]) - 1 < _SPECK)
        and not (r[2] and r[1] <= CREASE and len(r[0]) < 9)
    ]


def _smoothed(points: Points, *, closed: bool) -> Points:
    """The staircase between pixels smoothed to the line it stands for; ends stay where they are."""
    count = len(points)
    if count < 4:
        return points
    radius = min(6, (count - 1) // 2)
    sigma = radius / 2.2
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    if closed:
        padded = np.concatenate([points[-radius - 1 : -1], points, points[1 : radius + 1]])
    else:
        # Reflected through the end points, so that these stay put and a straight line stays straight.
        head = 2 * points[0] - points[radius:0:-1]
        tail = 2 * points[-1] - points[-2 : -radius - 2 : -1]
        padded = np.concatenate([head, points, tail])
    return np.stack([np.convolve(padded[:, k], kernel, "valid") for k in (0, 1)], axis=1)


def simplify(points: Points, tolerance: float) -> Points:
    """Fewer points within `tolerance`: Douglas and Peucker, Cartographica 10 (1973)."""
    count = len(points)
    if count < 3:
        return points
    keep = np.zeros(count, bool)
    keep[0] = keep[-1] = True
    stack = [(0, count - 1)]
    if np.allclose(points[0], points[-1]):
        far = int(np.argmax(((points - points[0]) ** 2).sum(1)))
        keep[far] = True
        stack = [(0, far), (far, count - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        base, tip = points[first], points[last]
        along = tip - base
        inner = points[first + 1 : last] - base
        length = float(np.hypot(along[0], along[1]))
        if length < 1e-9:
            away = np.hypot(inner[:, 0], inner[:, 1])
        else:
            away = np.abs(inner[:, 0] * along[1] - inner[:, 1] * along[0]) / length
        worst = int(np.argmax(away))
        if away[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return points[keep]
