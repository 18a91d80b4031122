"""Naming what changed: each hot area of the heat map is told apart by what its evidence looks like."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.measure import Measurement
from pipeline.fidelity.planes import Plane, blur, box
from pipeline.fidelity.report import Reason, ReasonName

MOST_REASONS = 6
"""More places than this are not read by anyone."""
SMALLEST_AREA_PX = 6


def reasons_for(measurement: Measurement, heat_map: Plane) -> tuple[Reason, ...]:
    """Name the hot areas, the worst first."""
    hot = (heat_map > 1).astype(np.uint8)
    joined = cv2.dilate(hot, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found: list[tuple[float, Reason]] = []
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        window = (slice(y, y + height), slice(x, x + width))
        area = (labels[window] == label) & (hot[window] > 0)
        if area.sum() < SMALLEST_AREA_PX:
            continue
        peak = float(heat_map[window][area].max())
        name = _name(measurement, window, area)
        severity = float(1 - 1 / max(peak, 1.0) ** 0.7)
        found.append((float(heat_map[window][area].sum()), Reason(name, severity, (x, y, width, height))))
    found.sort(key=lambda pair: -pair[0])
    return tuple(reason for _, reason in found[:MOST_REASONS])


def _name(measurement: Measurement, window: tuple[slice, slice], area: NDArray[np.bool_]) -> ReasonName:
    evidence, maps = measurement.maps.evidence, measurement.maps

    def mean(plane: Plane) -> float:
        return float(plane[window][area].mean())

    tint, excess, unlike = mean(evidence["tint9"]), mean(evidence["excess5"]), mean(evidence["unlike9"])
    if tint / 3.2 > max(excess / 1.6, unlike / 0.39):
        return "recoloured"
    moved = mean(evidence["moved9"])
    if moved > 0.25:
        return "geometry bent"
    before = mean(box((maps.expected - blur(maps.expected, 2.0)) ** 2, 5))
    after = mean(box((maps.shown - blur(maps.shown, 2.0)) ** 2, 5))
    balance = float(np.log((after + 4) / (before + 4)))
    if balance > 0.7:
        return "element added" if mean(evidence["edges_added"]) > 0.3 else "texture invented"
    if balance < -0.7:
        return "element removed"
    signed = abs(mean(maps.residual)) / (mean(np.abs(maps.residual)) + 1e-3)
    return "thickness changed" if signed > 0.6 else "texture invented"
