"""What each pixel of a small film sees of closed bodies with labelled faces: quick enough for a search's inner loop.

Only faces turned towards the film are drawn, row by row; depths are compared as their inverse, which runs straight
across the film. `raster` is the exact one, with weights and both sides of every face.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.solids.camera import Array, Camera

NOTHING = -1
Label = TypeVar("Label", np.int8, np.int32)


def labels(
    points: Array, faces: NDArray[np.int32], label: NDArray[Label], camera: Camera, size: int
) -> NDArray[Label]:
    """Labels (size, size) of the nearest faces at the pixels' centres, NOTHING where there is none.

    `points` (n, 3) in the camera's frame and unit, `faces` (m, 3) counter-clockwise seen from outside, `label` (m,).
    """
    film = camera.project(points)
    near = 1 / np.maximum(film[:, 2], 1e-12)
    x, y = film[:, 0] * size - 0.5, film[:, 1] * size - 0.5
    seen = np.full(size * size, NOTHING, label.dtype)
    corners = np.ascontiguousarray(faces.T)
    x0, x1, x2 = (x.take(corner) for corner in corners)
    y0, y1, y2 = (y.take(corner) for corner in corners)
    # The film's y points down, so a face that looks at it runs the other way round.
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    top = np.maximum(np.ceil(np.minimum(np.minimum(y0, y1), y2)), 0)
    low = np.minimum(np.floor(np.maximum(np.maximum(y0, y1), y2)), size - 1)
    front = np.flatnonzero((area < -1e-12) & (low >= top))
    if not len(front):
        return seen.reshape(size, size)
    x0, x1, x2, y0, y1, y2, area, top, low = (
        values[front] for values in (x0, x1, x2, y0, y1, y2, area, top, low)
    )
    start, stop, row, owner = _spans((x0, x1, x2), (y0, y1, y2), top.astype(np.int64), low.astype(np.int64))
    start, stop = np.maximum(start, 0), np.minimum(stop, size - 1)
    filled = np.flatnonzero(stop >= start)
    start, stop, row, owner = start[filled], stop[filled], row[filled], owner[filled]
    count = stop - start + 1
    ends = np.cumsum(count)
    span = np.repeat(np.arange(len(count)), count)
    column = np.arange(len(span)) - (ends - count)[span] + start[span]
    d0, d1, d2 = (near.take(corner[front]) for corner in corners)
    across = ((d1 - d0) * (y2 - y0) - (d2 - d0) * (y1 - y0)) / area
    down = ((d2 - d0) * (x1 - x0) - (d1 - d0) * (x2 - x0)) / area
    first = d0[owner] + (row - y0[owner]) * down[owner] - x0[owner] * across[owner]
    depth = (first[span] + column * across[owner][span]).astype(np.float32)
    place = row[span] * size + column
    nearest = np.zeros(size * size, np.float32)
    np.maximum.at(nearest, place, depth)
    at_front = depth >= nearest[place]
    seen[place[at_front]] = label[front][owner[span[at_front]]]
    return seen.reshape(size, size)


def _spans(
    x: tuple[Array, Array, Array],
    y: tuple[Array, Array, Array],
    top: NDArray[np.int64],
    low: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First and last column, row and triangle of every stretch that a triangle covers in a row of pixel centres."""
    rows = low - top + 1
    owner = np.repeat(np.arange(len(rows)), rows)
    ends = np.cumsum(rows)
    row = np.arange(len(owner)) - (ends - rows)[owner] + top[owner]
    begin, end = np.full(len(owner), -np.inf), np.full(len(owner), np.inf)
    for k in range(3):
        ax, ay, bx, by = x[k], y[k], x[(k + 1) % 3], y[(k + 1) % 3]
        rise = by - ay
        level = np.abs(rise) < 1e-12
        slope = np.where(level, 0.0, (bx - ax) / np.where(level, 1.0, rise))
        crossing = ax[owner] + (row - ay[owner]) * slope[owner]
        # Going down the film an edge bounds its face from the left, going up from the right.
        left, right = (rise > 1e-12)[owner], (rise < -1e-12)[owner]
        begin = np.where(left, np.maximum(begin, crossing), begin)
        end = np.where(right, np.minimum(end, crossing), end)
    sound = np.isfinite(begin) & np.isfinite(end)
    first = np.ceil(np.where(sound, begin, 1.0)).astype(np.int64)
    last = np.floor(np.where(sound, end, 0.0)).astype(np.int64)
    return first, last, row, owner
