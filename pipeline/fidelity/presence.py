"""Whether stones and prongs that a crop shows are shown by its answer too: one by one, each at its own place."""

from collections.abc import Sequence

import numpy as np

from pipeline.fidelity.filters import Plane, lab
from pipeline.fidelity.measure import Structure
from pipeline.records.fidelity import Counts, Place, PlaceKind, Reason, ReasonName

SMALLEST_PX = 3.0
"""Radius in crop pixels below which a stone is a speck that nobody counts."""
ALIKE = 0.45
"""Correlation over its disc from which it is the same stone still."""
PLAINLY_ALIKE = 0.5
"""The same for a stone that looked missing before a bend was undone: gaps that were pulled together reach .2."""
LOUD_LEVELS = 11.0
"""RMS over the disc that must have changed for one to be missing: a flat stone correlates with nothing."""
COLOURED, BLEACHED, THE_SAME_BLEACHED = 12.0, 0.35, 0.75
"""Chroma from which a stone has a colour; share of it below which it has none any more; and how alike such a stone must
be: the prongs that held it and the star of their shadows look like one, where the setting is seen in its place.
"""
LEAST_SHARE = 0.6
"""Of its disc, that must lie within the frame and be shown."""
STEPS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
"""It may have moved by a pixel."""

_MISSING: dict[PlaceKind, ReasonName] = {"stone": "stone missing", "prong": "prong missing"}


def missing(compared: Structure, places: Sequence[Place]) -> tuple[Place, ...]:
    """The places at which the answer shows something else; those not seen whole are taken as shown."""
    return tuple(
        place for place in places if countable(place) and not _shown(compared, place, ALIKE, LOUD_LEVELS)
    )


def surely_missing(compared: Structure, gone: Sequence[Place]) -> tuple[Place, ...]:
    """Of the places that are missing as delivered, those a straightened answer does not plainly show either."""
    return tuple(place for place in gone if not _shown(compared, place, PLAINLY_ALIKE, LOUD_LEVELS / 2))


def countable(place: Place) -> bool:
    """Whether it is large enough in the crop to be told from its neighbours."""
    return place.radius >= SMALLEST_PX


def counts(places: Sequence[Place], gone: Sequence[Place]) -> Counts:
    """How many stones and prongs the crop shows, and how many of them the answer does."""
    of = {
        (kind, which): sum(place.kind == kind for place in among if countable(place))
        for kind in ("stone", "prong")
        for which, among in (("all", places), ("gone", gone))
    }
    return Counts(
        stones=of["stone", "all"],
        stones_shown=of["stone", "all"] - of["stone", "gone"],
        prongs=of["prong", "all"],
        prongs_shown=of["prong", "all"] - of["prong", "gone"],
    )


def reason_of(place: Place) -> Reason:
    """The reason that one is missing, at its place."""
    side = max(1, round(2 * place.radius))
    corner = (max(0, round(place.x - place.radius)), max(0, round(place.y - place.radius)))
    return Reason(name=_MISSING[place.kind], severity=1.0, box=(*corner, side, side))


def _shown(compared: Structure, place: Place, alike: float, loud: float) -> bool:
    maps = compared.maps
    height, width = maps.expected.shape
    reach = int(np.ceil(place.radius))
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.hypot(rows, columns) <= place.radius
    y, x = rows[disc] + round(place.y - 0.5), columns[disc] + round(place.x - 0.5)
    inside = (y > 0) & (y < height - 1) & (x > 0) & (x < width - 1)
    y, x = y[inside], x[inside]
    if inside.mean() < LEAST_SHARE or maps.valid[y, x].mean() < LEAST_SHARE:
        return True
    before = maps.expected[y, x]
    moved = [maps.shown[y + down, x + across] for down, across in STEPS]
    least = min(float(np.sqrt(((now - before) ** 2).mean())) for now in moved)
    if least < loud:
        return True
    if place.kind == "stone" and _bleached(compared.foreseen[y, x], compared.answer[y, x]):
        alike = THE_SAME_BLEACHED
    return max(_correlation(before, now) for now in moved) >= alike


def _bleached(before: Plane, now: Plane) -> bool:
    """Whether a disc of RGB pixels (n, 3) had a colour that hardly anything is left of."""
    was, left = (float(np.hypot(*lab(pixels[None])[0, :, 1:].mean(axis=0))) for pixels in (before, now))
    return was > COLOURED and left < BLEACHED * was


def _correlation(first: Plane, second: Plane) -> float:
    a, b = first - first.mean(), second - second.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))
