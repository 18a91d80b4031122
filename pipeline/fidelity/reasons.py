"""Naming what changed: each hot area of the heat map is told apart by what its evidence looks like.

A small linear model (stored beside the verdict's) weighs the traits of an area for each name.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.measure import Maps
from pipeline.fidelity.model import Naming
from pipeline.fidelity.planes import Plane, blur
from pipeline.fidelity.report import Reason

MOST_REASONS = 6
"""More places than this are not read by anyone."""
SMALLEST_AREA_PX = 6
WIDE_AREA = 0.5
"""An area that takes more of the frame than this has no place to point at."""

_PLAIN = (
    "excess5",
    "colour_excess5",
    "unlike9",
    "unlike17",
    "tint9",
    "strayed9",
    "delta_e",
    "moved9",
    "moved21",
    "gradient9",
    "edges_added",
    "edges_removed",
    "texture",
)

Window = tuple[slice, slice]


def hot_areas(heat_map: Plane) -> list[tuple[Window, NDArray[np.bool_]]]:
    """Find the connected areas above 1, the hottest first, as windows with the pixels that belong."""
    hot = (heat_map > 1).astype(np.uint8)
    joined = cv2.dilate(hot, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        window = (slice(y, y + height), slice(x, x + width))
        area = (labels[window] == label) & (hot[window] > 0)
        if area.sum() >= SMALLEST_AREA_PX:
            found.append((float(heat_map[window][area].sum()), (window, area)))
    found.sort(key=lambda pair: -pair[0])
    return [area for _, area in found[:MOST_REASONS]]


def reasons_for(maps: Maps, heat_map: Plane, naming: Naming) -> tuple[Reason, ...]:
    """Name the hot areas, the worst first."""
    found = []
    for window, area in hot_areas(heat_map):
        name = naming.name(traits(maps, heat_map, window, area))
        severity = float(1 - 1 / max(float(heat_map[window][area].max()), 1.0) ** 0.7)
        rows, columns = window
        box = (columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        wide = box[2] * box[3] > WIDE_AREA * heat_map.size
        found.append(Reason(name, severity, None if wide else box))
    return tuple(found)


def traits(maps: Maps, heat_map: Plane, window: Window, area: NDArray[np.bool_]) -> dict[str, float]:
    """Describe one area in numbers that do not depend on its size or strength alone."""

    def mean(plane: Plane) -> float:
        return float(plane[window][area].mean())

    found = {name: float(np.log1p(max(0.0, mean(maps.evidence[name])))) for name in _PLAIN}
    residual, displacement = maps.residual, maps.displacement
    loud = float(np.sqrt(mean(residual * residual))) + 0.5
    fine = residual - blur(residual, 1.5)
    found["fineness"] = float(np.sqrt(mean(fine * fine))) / loud
    found["bias"] = mean(residual) / loud
    found["one_sided"] = abs(mean(residual)) / (mean(np.abs(residual)) + 0.5)
    for scale in (1.0, 3.0):
        before, after = maps.expected - blur(maps.expected, scale), maps.shown - blur(maps.shown, scale)
        found[f"busier{scale:.0f}"] = float(np.log((mean(after * after) + 2) / (mean(before * before) + 2)))
    dx, dy = displacement[..., 0], displacement[..., 1]
    length = mean(np.hypot(dx, dy)) + 0.05
    found["together"] = float(np.hypot(mean(dx), mean(dy))) / length
    spread = cv2.Sobel(dx, cv2.CV_32F, 1, 0) / 8 + cv2.Sobel(dy, cv2.CV_32F, 0, 1) / 8
    found["swelling"] = abs(mean(spread)) / length
    found["length"] = float(np.log1p(length))
    explained = maps.evidence["moved9"] / (maps.evidence["excess5"] + 0.5)
    found["explained"] = mean(explained)
    found["coloured"] = float(
        np.log((mean(maps.evidence["tint9"]) + 0.3) / (mean(maps.evidence["excess5"]) + 0.3))
    )
    found["size"] = float(np.log(area.sum()))
    found["share"] = float(np.sqrt(area.sum() / heat_map.size))
    found["compact"] = float(area.mean())
    found["peak"] = float(np.log(heat_map[window][area].max()))
    found["lightness"] = mean(maps.expected) / 255
    return found
