"""Lines between pixels to curves: the borders form a graph, each run between two junctions becomes one polyline.

Ends at junctions are held, so that curves which meet, meet exactly.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.drawing.cracks import Borders
from pipeline.drawing.surface import CREASE, OUTLINE, Curve

Points = NDArray[Any]

_SHORTEST = 6
_SPECK = 16


def trace(borders: Borders) -> tuple[Curve, ...]:
    """Follow the borders that `cracks` found and return them as smooth curves."""
    width = borders.shape[1]
    if not len(borders.kind):
        return ()
    runs = _walk(borders.begin, borders.end, borders.kind)
    runs = _without_specks(runs)
    out: list[Curve] = []
    for nodes, run_kind, _ in runs:
        points = np.stack([nodes % width, nodes // width], axis=1).astype(np.float64)
        closed = bool(nodes[0] == nodes[-1]) and len(nodes) > 3
        smooth = simplify(_smoothed(points, closed=closed), 0.22)
        out.append(Curve(smooth[:-1] if closed else smooth, run_kind, closed))
    return tuple(out)


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
    lasting = [r for r in runs if not (r[2] and len(r[0]) - 1 < _SHORTEST and r[1] != OUTLINE)]
    return [
        r
        for r in lasting
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
    """Fewer points of a polyline (n, 2), ends held, none left out that strays more than about `tolerance`.

    Douglas and Peucker, Cartographica 10 (1973), as OpenCV does it. A curve that ends where it begins is cut at its
    farthest point, for the beginning may be a junction.
    """
    if len(points) < 3:
        return points
    if np.allclose(points[0], points[-1]):
        far = int(np.argmax(((points - points[0]) ** 2).sum(1)))
        if far in (0, len(points) - 1):
            return points[[0, -1]]
        there, back = simplify(points[: far + 1], tolerance), simplify(points[far:], tolerance)
        return np.concatenate([there, back[1:]])
    return np.asarray(cv2.approxPolyDP(points.astype(np.float32), tolerance, closed=False)[:, 0], np.float64)
