"""Whether stones and prongs that a crop shows are shown by its answer too: one by one, each at its own place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane, lab
from pipeline.fidelity.gate_version import counts_on_pictures
from pipeline.fidelity.measure import Structure
from pipeline.records.fidelity import Counts, Fidelity, Place, PlaceKind, Reason, ReasonName

SMALLEST_PX = 3.0
"""Radius in crop pixels below which a stone is a speck that nobody counts."""
ALIKE = 0.45
"""Correlation over its disc from which it is the same stone still."""
PLAINLY_ALIKE = 0.5
"""The same for a stone that looked missing before a bend was undone: gaps that were pulled together reach .2."""
LOUD_LEVELS = 11.0
"""RMS over the disc that must have changed for one to be missing: a flat stone correlates with nothing."""
COLOURED, ITS_SEAT, THE_SAME_SEAT = 12.0, 0.35, 0.75
"""Distance in a* b* from the setting's colours, or from what it was, from which a stone's colour is another; share of
it below which it is the setting's; and how alike such a stone must be: the prongs that held it and the star of their
shadows look like one, where the setting is seen in its place.
"""
METAL, LEAST_METAL, NEARBY = 6.0, 0.05, 2.5
"""Chroma from which a setting has a hue, share of what lies nearby and is no stone that must have it, or it is grey;
and how far that reaches from the middle of a stone, in half its length.
"""
LEAST_SHARE = 0.6
"""Of its disc, that must lie within the frame and be shown."""
THINNEST_PX = 2.0
"""Half the width of an ellipse at least: of a narrower one hardly a pixel is its own."""
MOSTLY = 0.5
"""Of a place that was found on a picture, that must be hot for it to be told as missing."""
STEPS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
"""It may have moved by a pixel."""

_MISSING: dict[PlaceKind, ReasonName] = {"stone": "stone missing", "prong": "prong missing"}


def missing(compared: Structure, places: Sequence[Place]) -> tuple[Place, ...]:
    """The places at which the answer shows something else; those not seen whole are taken as shown."""
    rest = _beside_places(compared, places)
    return tuple(
        place
        for place in places
        if countable(place) and not _shown(compared, place, rest, ALIKE, LOUD_LEVELS)
    )


def surely_missing(compared: Structure, gone: Sequence[Place], places: Sequence[Place]) -> tuple[Place, ...]:
    """Of the places that are missing as delivered, those a straightened answer does not plainly show either."""
    rest = _beside_places(compared, places)
    return tuple(place for place in gone if not _shown(compared, place, rest, PLAINLY_ALIKE, LOUD_LEVELS / 2))


def borne_out(gone: Sequence[Place], heat_map: Plane) -> tuple[Place, ...]:
    """Of the places that are missing, those that are known, and those found where the answer differs anyhow."""
    return tuple(place for place in gone if not place.detected or _differs(place, heat_map))


def counted_words(report: Fidelity) -> str:
    """How many stones and prongs were delivered, as reports print it; empty where no count was tried."""
    if report.counts is not None:
        return report.counts.words() or "none that stand out"
    tried = report.judged_by is not None and counts_on_pictures(report.judged_by.gate)
    return "not counted: not told for sure" if tried and report.surface else ""


def _differs(place: Place, heat_map: Plane) -> bool:
    """Whether most of it is as far from the crop as no honest answer goes."""
    rows, columns = _ellipse(place)
    y = np.clip(rows + round(place.y - 0.5), 0, heat_map.shape[0] - 1)
    x = np.clip(columns + round(place.x - 0.5), 0, heat_map.shape[1] - 1)
    return float((heat_map[y, x] > 1).mean()) > MOSTLY


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


def _shown(compared: Structure, place: Place, rest: NDArray[np.bool_], alike: float, loud: float) -> bool:
    maps = compared.maps
    height, width = maps.expected.shape
    rows, columns = _ellipse(place)
    y, x = rows + round(place.y - 0.5), columns + round(place.x - 0.5)
    inside = (y > 0) & (y < height - 1) & (x > 0) & (x < width - 1)
    y, x = y[inside], x[inside]
    if inside.mean() < LEAST_SHARE or maps.valid[y, x].mean() < LEAST_SHARE:
        return True
    before = maps.expected[y, x]
    moved = [maps.shown[y + down, x + across] for down, across in STEPS]
    least = min(float(np.sqrt(((now - before) ** 2).mean())) for now in moved)
    if least < loud:
        return True
    likeness = max(_correlation(before, now) for now in moved)
    if place.kind == "stone" and alike <= likeness < THE_SAME_SEAT:
        hue = _setting(compared.foreseen, place, rest)
        return not _unseated(compared.foreseen[y, x], compared.answer[y, x], hue)
    return likeness >= alike


def _ellipse(place: Place) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of its pixels, from its middle."""
    reach = int(np.ceil(place.radius * place.stretch))
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along = columns * np.cos(place.turn) + rows * np.sin(place.turn)
    across = rows * np.cos(place.turn) - columns * np.sin(place.turn)
    long, short = (
        place.radius * place.stretch,
        max(place.radius / place.stretch, min(place.radius, THINNEST_PX)),
    )
    filled = np.hypot(along / long, across / short) <= 1
    return rows[filled], columns[filled]


def _beside_places(compared: Structure, places: Sequence[Place]) -> NDArray[np.bool_]:
    """What of the crop (h, w) belongs to no place."""
    rest: NDArray[np.bool_] = np.ones(compared.maps.valid.shape, np.bool_)
    for place in places:
        rows, columns = _ellipse(place)
        y, x = rows + round(place.y - 0.5), columns + round(place.x - 0.5)
        inside = (y >= 0) & (y < rest.shape[0]) & (x >= 0) & (x < rest.shape[1])
        rest[y[inside], x[inside]] = False
    return rest


def _setting(picture: Plane, place: Place, rest: NDArray[np.bool_]) -> Plane:
    """Direction (2,) of the hue in a* b* of what holds a stone; zeros for a grey one."""
    reach = NEARBY * place.radius * place.stretch
    hue = np.zeros(2, np.float32)
    rows, columns = (slice(max(0, int(v - reach)), int(v + reach) + 1) for v in (place.y, place.x))
    around = picture[rows, columns][rest[rows, columns]]
    if not len(around):
        return hue
    tint = lab(around[None])[0, :, 1:]
    coloured = tint[np.hypot(tint[:, 0], tint[:, 1]) > METAL]
    if len(coloured) <= LEAST_METAL * len(tint):
        return hue
    mean = coloured.mean(axis=0)
    return np.asarray(mean / max(float(np.hypot(mean[0], mean[1])), 1e-6))


def _unseated(before: Plane, now: Plane, hue: Plane) -> bool:
    """Whether RGB pixels (n, 3) took on the setting's colour, and hardly anything is left of another one."""
    was, left = (lab(pixels[None])[0, :, 1:].mean(axis=0) for pixels in (before, now))
    apart, shift = _beside(was, hue), float(np.hypot(*(left - was)))
    return max(apart, shift) > COLOURED and _beside(left, hue) < ITS_SEAT * max(apart, shift)


def _beside(tint: Plane, hue: Plane) -> float:
    """Distance of a* b* from a hue of any strength, down to grey."""
    return float(np.hypot(*(tint - max(float(tint @ hue), 0.0) * hue)))


def _correlation(first: Plane, second: Plane) -> float:
    a, b = first - first.mean(), second - second.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))
