"""Naming what changed: each hot area of the heat map is told apart by what its evidence looks like.

A small linear model (stored beside the verdict's) weighs the traits of an area for each name.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane, blur
from pipeline.fidelity.measure import Maps
from pipeline.fidelity.model import Naming
from pipeline.records.fidelity import Reason

MOST_REASONS = 6
"""More places than this are not read by anyone."""
SMALLEST_AREA_PX = 6
NEAREST = 0.75
"""Share of a cool map's peak from which an area counts."""
NEAR_PX = 12
"""How far beside its place a moved element is looked for, crop pixels."""
LARGEST_PX = 64
"""Side of the part of an area by which it is recognised."""
SMALLEST_CORE_PX, CORE = 3, 1.2
"""Half the side of the part of an area that is looked for: in standard deviations of where it differs, at least."""
SMALL_PX = 28
"""Up to this side an area is looked for elsewhere at full resolution."""
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
    "lone5",
    "lone11",
    "wave",
    "pure_wave",
)

Window = tuple[slice, slice]


def hot_areas(heat_map: Plane) -> list[tuple[Window, NDArray[np.bool_]]]:
    """Find the connected areas above 1, the hottest first, as windows with the pixels that belong.

    Where nothing is, whatever comes nearest: drift that many small signs gave away has a place too.
    """
    hot = (heat_map > min(1.0, NEAREST * float(heat_map.max()))).astype(np.uint8)
    joined = cv2.dilate(hot, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    areas = []
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        window = (slice(y, y + height), slice(x, x + width))
        area = (labels[window] == label) & (hot[window] > 0)
        if area.sum() >= SMALLEST_AREA_PX:
            areas.append((float(heat_map[window][area].sum()), (window, area)))
    areas.sort(key=lambda pair: -pair[0])
    return [area for _, area in areas[:MOST_REASONS]]


def reasons_for(maps: Maps, heat_map: Plane, naming: Naming) -> tuple[Reason, ...]:
    """Name the hot areas, the worst first."""
    reasons = []
    for window, area in hot_areas(heat_map):
        name = naming.name(traits(maps, heat_map, window, area))
        severity = float(1 - 1 / max(float(heat_map[window][area].max()), 1.0) ** 0.7)
        rows, columns = window
        box = (columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
        wide = box[2] * box[3] > WIDE_AREA * heat_map.size
        reasons.append(Reason(name=name, severity=severity, box=None if wide else box))
    return tuple(reasons)


def traits(maps: Maps, heat_map: Plane, window: Window, area: NDArray[np.bool_]) -> dict[str, float]:
    """Describe one area in numbers that do not depend on its size or strength alone."""

    def mean(plane: Plane) -> float:
        return float(plane[window][area].mean())

    described = {name: float(np.log1p(max(0.0, mean(maps.evidence[name])))) for name in _PLAIN}
    residual, displacement = maps.residual, maps.displacement
    loud = float(np.sqrt(mean(residual * residual))) + 0.5
    fine = residual - blur(residual, 1.5)
    described["fineness"] = float(np.sqrt(mean(fine * fine))) / loud
    described["bias"] = mean(residual) / loud
    described["one_sided"] = abs(mean(residual)) / (mean(np.abs(residual)) + 0.5)
    for scale in (1.0, 3.0):
        before, after = maps.expected - blur(maps.expected, scale), maps.shown - blur(maps.shown, scale)
        described[f"busier{scale:.0f}"] = float(
            np.log((mean(after * after) + 2) / (mean(before * before) + 2))
        )
    dx, dy = displacement[..., 0], displacement[..., 1]
    length = mean(np.hypot(dx, dy)) + 0.05
    described["together"] = float(np.hypot(mean(dx), mean(dy))) / length
    spread = cv2.Sobel(dx, cv2.CV_32F, 1, 0) / 8 + cv2.Sobel(dy, cv2.CV_32F, 0, 1) / 8
    described["swelling"] = abs(mean(spread)) / length
    described["length"] = float(np.log1p(length))
    explained = maps.evidence["moved9"] / (maps.evidence["excess5"] + 0.5)
    described["explained"] = mean(explained)
    described["coloured"] = float(
        np.log((mean(maps.evidence["tint9"]) + 0.3) / (mean(maps.evidence["excess5"]) + 0.3))
    )
    described |= _likeness(maps.expected, maps.shown, _core(residual, window, area))
    described["size"] = float(np.log(area.sum()))
    described["share"] = float(np.sqrt(area.sum() / heat_map.size))
    described["compact"] = float(area.mean())
    described["peak"] = float(np.log(heat_map[window][area].max()))
    described["lightness"] = mean(maps.expected) / 255
    return described


def _likeness(expected: Plane, shown: Plane, window: Window) -> dict[str, float]:
    """How well an area is found again: in its place, beside it, mirrored, elsewhere, and what was there before.

    Correlations, -1..1, by themselves, over that in its place, and over the next best explanation.
    """
    spot = _around(expected.shape, window, 0)
    now, before = shown[spot], expected[spot]
    place = _best(before, now)
    near, far = _around(expected.shape, spot, NEAR_PX), _around(expected.shape, spot, NEAR_PX // 2)
    flipped = max(_best(expected[far], np.ascontiguousarray(np.flip(now, axis))) for axis in (0, 1))
    beside, elsewhere = _best(expected[near], now), _elsewhere(expected, now, spot)
    return {
        "in_place": place,
        "beside": beside - place,
        "mirrored": flipped - place,
        "elsewhere": elsewhere - place,
        "left_for": _best(shown[near], before) - place,
        "beside_at_all": beside,
        "mirrored_at_all": flipped,
        "elsewhere_at_all": elsewhere,
        "rather_beside": beside - max(place, elsewhere),
        "rather_mirrored": flipped - max(place, beside, elsewhere),
        "rather_elsewhere": elsewhere - max(place, beside),
    }


def _core(residual: Plane, window: Window, area: NDArray[np.bool_]) -> Window:
    """The middle of what differs: evidence is gathered in windows and spills over what was left as it was."""
    loud = np.where(area, residual[window] ** 2, 0).astype(np.float64) + 1e-9 * area
    sides = []
    for axis, part in enumerate(window):
        weight = loud.sum(1 - axis)
        place = np.arange(part.start, part.stop)
        middle = float((place * weight).sum() / weight.sum())
        spread = float(np.sqrt((((place - middle) ** 2) * weight).sum() / weight.sum()))
        half = max(SMALLEST_CORE_PX, round(CORE * spread))
        sides.append(slice(max(0, round(middle) - half), min(residual.shape[axis], round(middle) + half + 1)))
    return sides[0], sides[1]


def _around(shape: tuple[int, ...], window: Window, margin: int) -> Window:
    """Widen a window within the frame; a large one is cut to its middle first."""
    sides = []
    for part, length in zip(window, shape, strict=True):
        middle, half = (part.start + part.stop) // 2, min(part.stop - part.start, LARGEST_PX) // 2 + margin
        sides.append(slice(max(0, middle - half), min(length, middle + half + 1)))
    return sides[0], sides[1]


def _best(ground: Plane, patch: Plane) -> float:
    """The best correlation of a patch with any place of the ground it fits on."""
    correlation = cv2.matchTemplate(ground, patch, cv2.TM_CCOEFF_NORMED)
    return float(np.clip(np.nan_to_num(correlation, posinf=0, neginf=0).max(), -1, 1))


def _elsewhere(ground: Plane, patch: Plane, spot: Window) -> float:
    """The best correlation away from the patch's own place; a large patch is looked for on half the pixels."""
    step = 1 if max(patch.shape) <= SMALL_PX else 2
    size = (max(3, patch.shape[1] // step), max(3, patch.shape[0] // step))
    if step > 1:
        ground = cv2.resize(ground, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
        patch = cv2.resize(patch, size, interpolation=cv2.INTER_AREA)
    correlation = np.nan_to_num(cv2.matchTemplate(ground, patch, cv2.TM_CCOEFF_NORMED), posinf=0, neginf=0)
    y, x = spot[0].start // step, spot[1].start // step
    reach = max(4, min(size) // 2)
    correlation[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1] = -1
    return float(np.clip(correlation.max(), -1, 1))
