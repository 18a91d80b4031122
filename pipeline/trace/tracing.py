"""Trace: a photograph becomes a Spec of the atelier and the camera it was taken with, and figures that say how well."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.geometry.detail import FULL
from pipeline.atelier.piece import Piece
from pipeline.atelier.spec import Spec
from pipeline.errors import BadInput
from pipeline.images import Pixels
from pipeline.photo.foreground import foreground
from pipeline.solids.camera import Array, Camera
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.pose import Pose
from pipeline.solids.reading import Solid, read
from pipeline.solids.score import FILM_PX, Mask, between_outlines, overlap, overlay, square, square_mask
from pipeline.trace.colours import materials
from pipeline.trace.families import OUTLINE, Family, beginnings, families, placed, richer
from pipeline.trace.loss import explained
from pipeline.trace.outline import outlined
from pipeline.trace.picture import Picture, picture_of, plate, separate
from pipeline.trace.points import (
    Reading,
    curves,
    distances,
    faced,
    mean_distance_px,
    on_film,
    readings,
    solve,
)
from pipeline.trace.records import Curve, Placement, Point
from pipeline.trace.search import FINE_PX, QUICK, Burden, Direction, Fit, Problem, twin
from pipeline.trace.verdict import LEAST_IOU, LEAST_R2, Figures, doubts, in_words

SHARED = 40
"""So many of the best directions of one style with a stone are tried for the others: all are rings, or all hang."""
GLANCED = 3
"""Cuts of a style that get a first descent: those that begin best where its first cut lies."""
REFINED = 2
"""Families that get the last climb, where none was asked for."""
CLOSE = 0.05
"""A second fit of a style is refined too if its rank is within this of the first's."""
EXPLAINED = 0.975
"""What a plain style explains so well has neither arches nor rails that its outline could show."""
OTHERS, GLIMPSE_PX = 5, 128
LEAST_OPENING = 0.01
"""An opening that is less than this share of the piece is none: a band's on its side is 3 %."""
TRUSTED = 0.75
"""Points aside, a mask that agrees less with them than this is not followed."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Traced:
    """A family's piece laid over a photograph. `overlay` (1024, 1024, 3) shows what the model leaves unexplained."""

    family: Family
    values: dict[str, float]
    pose: Pose
    spec: Spec
    figures: Figures
    overlay: Pixels
    others: tuple[Placement, ...] = ()
    """The best of other styles where none was asked for, in order."""

    @property
    def accepted(self) -> bool:
        """Whether it may stand without a person's look."""
        return not doubts(self.figures)

    @property
    def words(self) -> str:
        """Its provenance in a sentence."""
        return in_words(self.figures)

    @property
    def placement(self) -> Placement:
        """Family, values and camera, to be kept."""
        return placement_of(self.family, self.values, self.pose)


def placement_of(family: Family, values: Mapping[str, float], pose: Pose) -> Placement:
    """A family's piece as it lies, to be kept."""
    return Placement(
        family=family.name, values=dict(values), azimuth=pose.azimuth, elevation=pose.elevation, roll=pose.roll,
        scale=pose.scale, x=pose.x, y=pose.y, nearness=pose.nearness, outline=family.outline,
    )  # fmt: skip


def pose_of(placement: Placement) -> Pose:
    """The camera of a piece as it was placement."""
    return Pose(
        placement.azimuth,
        placement.elevation,
        placement.roll,
        placement.scale,
        placement.x,
        placement.y,
        placement.nearness,
    )


@dataclass(frozen=True)
class Ranking:
    """Fits of a photograph, the best first, at most one of each style, and the picture they lie on."""

    picture: Picture
    fits: tuple[Fit, ...]

    @property
    def lead(self) -> float | None:
        """How much worse the next style is; None where there is no other."""
        return self.fits[1].rank - self.fits[0].rank if len(self.fits) > 1 else None


def rank(
    pixels: Pixels,
    kind: str,
    style: str = "",
    *,
    mask: Mask | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda _fraction, _text: None,
) -> Ranking:
    """Lay every style of a kind, or the one asked for, over a photograph (h, w, 3). Raises BadInput and Cancelled.

    `mask` (h, w) is the piece as a person corrected it; the product's own foreground where none is given.
    """
    mask = foreground(pixels) if mask is None else mask
    chosen = tuple(family for family in families(kind, style) if style or not family.parent)
    apart = kind == "earrings" and separate(square_mask(mask))
    if apart:
        chosen = tuple(family for family in chosen if not family.pair) or chosen
    pictures = {
        pair: picture_of(pixels, kind, pair=pair, mask=mask) for pair in {family.pair for family in chosen}
    }
    firsts = list(_firsts(chosen, pictures, cancelled, progress))
    firsts.sort(key=lambda fits: fits[0].rank)
    fits = _refined(firsts, pictures, cancelled, progress, further=not style)
    fits = _one_of_each(sorted(fits, key=lambda fit: fit.rank))
    return Ranking(pictures[fits[0].family.pair], tuple(fits))


def _firsts(
    chosen: Iterable[Family],
    pictures: Mapping[bool, Picture],
    cancelled: Callable[[], bool],
    progress: Progress,
) -> Iterator[list[Fit]]:
    """First fits of every style. What one is best seen from is tried for the others: a ring stands as a ring."""
    groups: dict[tuple[str, bool], list[Family]] = {}
    for family in chosen:
        groups.setdefault((family.style, family.pair), []).append(family)
    shared: dict[tuple[bool, bool], list[Direction]] = {}
    for done, ((name, pair), group) in enumerate(groups.items()):
        progress(0.7 * done / len(groups), f"laying a {name.replace('_', '-')} over it")
        problem = Problem(group[0], pictures[pair], cancelled)
        key = (pair, group[0].has_stone)
        ordered = problem.directions(shared.get(key, ()))
        if key not in shared and not group[0].lies:
            shared[key] = [(pose.azimuth, pose.elevation, pose.roll) for pose in ordered[:SHARED]]
        yield _first(group, problem.quick(ordered), pictures[pair], cancelled)


def _refined(
    firsts: list[list[Fit]],
    pictures: Mapping[bool, Picture],
    cancelled: Callable[[], bool],
    progress: Progress,
    *,
    further: bool,
) -> list[Fit]:
    """The first fits of every style, the best of them refined and, where `further`, read on as richer families."""
    fits: list[Fit] = []
    for place, first in enumerate(firsts):
        if place >= REFINED:
            fits.append(first[0])
            continue
        progress(0.7 + 0.15 * place, "refining the best")
        picture = pictures[first[0].family.pair]
        fits.append(_finished(first, picture, cancelled))
        if further:
            fits += _richer(fits[-1], min(fit.rank for fit in fits), picture, cancelled)
    return fits


def _richer(fit: Fit, best: float, picture: Picture, cancelled: Callable[[], bool]) -> list[Fit]:
    """The richer readings of a refined fit that leaves some of the outline unexplained; the first of them is refined
    where it is near the `best` rank of all.
    """
    if fit.agreement.iou >= EXPLAINED:
        return []
    glances = [
        Problem(family, picture, cancelled).enrich(fit, beginnings(family, fit.values))
        for family in richer(fit.family)
    ]
    glances.sort(key=lambda one: one.rank)
    if glances and glances[0].rank < best + CLOSE:
        glances[0] = Problem(glances[0].family, picture, cancelled).refine(glances[0])
    return glances


def _one_of_each(fits: list[Fit]) -> list[Fit]:
    styles: dict[str, Fit] = {}
    for fit in fits:
        styles.setdefault(fit.family.style, fit)
    return list(styles.values())


def _first(
    group: list[Family], quick: list[Fit], picture: Picture, cancelled: Callable[[], bool]
) -> list[Fit]:
    """First fits of a style, the best first: those of its other cuts that begin best where its first one lies."""
    problems = [Problem(family, picture, cancelled) for family in group[1:]]
    begun = sorted(((one.beside(quick[0]), one) for one in problems), key=lambda row: row[0].rank)
    fits = quick + [one.glance(fit) for fit, one in begun[:GLANCED]]
    return sorted(fits, key=lambda fit: fit.rank)


def _finished(firsts: list[Fit], picture: Picture, cancelled: Callable[[], bool]) -> Fit:
    """The last descents of a style, from its best fit and from the next where that is near."""
    near = [fit for fit in firsts[:2] if fit.rank < firsts[0].rank + CLOSE]
    refined = [Problem(fit.family, picture, cancelled).refine(fit) for fit in near]
    return min(refined, key=lambda fit: fit.rank)


def trace(
    pixels: Pixels,
    kind: str,
    style: str = "",
    *,
    points: Sequence[Point] = (),
    size_mm: float | None = None,
    mask: Mask | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda _fraction, _text: None,
) -> Traced:
    """The best fit of a photograph, by itself or through placed points. Raises BadInput and Cancelled.

    Points need a style: they lie on curves of one family. A plate that no family has, of none asked for, is cut after
    its own outline.
    """
    if style == OUTLINE and kind == "necklace":
        return _outlined(pixels, mask, size_mm)
    if points:
        return through_points(
            pixels, kind, style, points, size_mm=size_mm, mask=mask, cancelled=cancelled, progress=progress
        )
    ranking = rank(pixels, kind, style, mask=mask, cancelled=cancelled, progress=progress)
    fit, others = ranking.fits[0], ranking.fits[1 : 1 + OTHERS]
    if kind == "necklace" and not style and _is_none_of(fit):
        return _outlined(pixels, mask, size_mm)
    lead = None if style else ranking.lead
    traced = lay(ranking.picture, fit.family, fit.values, fit.pose, size_mm=size_mm, lead=lead)
    return replace(traced, others=tuple(placement_of(o.family, o.values, o.pose) for o in others))


def through_points(
    pixels: Pixels,
    kind: str,
    style: str,
    points: Sequence[Point],
    *,
    values: Mapping[str, float] | None = None,
    size_mm: float | None = None,
    mask: Mask | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = lambda _fraction, _text: None,
) -> Traced:
    """The family of a style through placed points, and on from there by the pixels where mask and points agree."""
    if not style:
        raise BadInput("Points lie on the curves of one family: say which one it is.")
    places = on_film(points, pixels.shape[1], pixels.shape[0])
    progress(0.1, "through the points")
    tried: list[tuple[float, int, Family, Reading]] = []
    single = [family for family in families(kind, style) if not family.pair]
    if not single:
        raise BadInput(f"Points lie on one earring; choose a family that is no pair, not “{style}”.")
    for family in single:
        reading = solve(family, places, values)
        pose, sizes, _ = reading
        body = family.body(sizes)
        off = mean_distance_px(family, sizes, pose.camera(body.centre, body.radius), places)
        tried.append((off + 0.5 * len(family.parameters), len(tried), family, reading))
    tried.sort(key=lambda row: row[:2])
    _, _, family, reading = tried[0]
    pose, sizes, _ = reading
    unsure = reading.unsure(curves(family, sizes), places)
    picture = picture_under(pixels, kind, family, mask)
    progress(0.5, "fitting the rest")
    near = nearer(picture, family, sizes, pose, places, cancelled)
    if near.agreement.iou < TRUSTED:
        rough = lay(picture, family, sizes, pose, size_mm=size_mm, places=places)
        return replace(rough, figures=replace(rough.figures, unsure=unsure))
    pose, sizes = near.pose, near.values
    fit = fit_rest(picture, family, sizes, pose, places=places, cancelled=cancelled)
    return lay(picture, family, fit.values, fit.pose, size_mm=size_mm, places=places)


def _is_none_of(fit: Fit) -> bool:
    """Whether the best of all families neither lies on the picture nor has its stone where colours show one."""
    shows_stone = fit.family.has_stone and fit.agreement.r2 >= LEAST_R2
    return fit.agreement.iou < LEAST_IOU and not shows_stone


def _outlined(pixels: Pixels, mask: Mask | None, size_mm: float | None) -> Traced:
    picture, family, pose = by_outline(pixels, mask)
    return lay(picture, family, family.values(family.start), pose, size_mm=size_mm)


def by_outline(pixels: Pixels, mask: Mask | None = None) -> tuple[Picture, Family, Pose]:
    """A plate with the picture's own outline, the picture less its chain, and a camera straight above it.

    Raises BadInput where nothing stands out.
    """
    silhouette = plate(square_mask(foreground(pixels) if mask is None else mask))
    family, pose = outlined(silhouette)
    return Picture(square(pixels), silhouette), family, pose


def picture_under(pixels: Pixels, kind: str, family: Family, mask: Mask | None = None) -> Picture:
    """The picture with its own mask or this one; where nothing stands out, an empty one that agrees with nothing."""
    if family.style == OUTLINE:
        return Picture(square(pixels), plate(square_mask(foreground(pixels) if mask is None else mask)))
    try:
        return picture_of(pixels, kind, pair=family.pair, mask=mask)
    except BadInput:
        return Picture(square(pixels), np.zeros((FILM_PX, FILM_PX), bool))


def fit_rest(
    picture: Picture,
    family: Family,
    values: Mapping[str, float],
    pose: Pose,
    *,
    places: Mapping[Curve, Array] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Fit:
    """The last climb from values and a pose, held by placed points."""
    problem = Problem(family, picture, cancelled, _off(family, places) if places else None)
    return problem.refine(problem.fit(pose, family.shape(values)))


def nearer(
    picture: Picture,
    family: Family,
    values: Mapping[str, float],
    pose: Pose,
    places: Mapping[Curve, Array],
    cancelled: Callable[[], bool] = lambda: False,
) -> Fit:
    """Of a pose and its twin, each brought over the picture, the one in which the near rim lies on its points.

    Points on one side's rims fit both, and so does the outline; together they do not, but for a plain ring seen from
    behind, whose near rim would be its far one.
    """
    problem = Problem(family, picture, cancelled, _off(family, places))
    shape = family.shape(values)
    turns = [replace(pose, azimuth=turn[0], elevation=turn[1], roll=turn[2]) for turn in readings(pose)]
    fits = [
        problem.fit(*problem.settle(one, shape, QUICK)) for one in turns if faced(family, one, places) >= 0
    ]
    return min(fits, key=lambda fit: fit.agreement.loss)


def _off(family: Family, places: Mapping[Curve, Array]) -> Burden:
    """How far placed points are off the curves of a family's piece."""
    return lambda camera, values: distances(curves(family, values), camera, places)


def flipped(
    picture: Picture,
    family: Family,
    values: Mapping[str, float],
    pose: Pose,
    cancelled: Callable[[], bool] = lambda: False,
) -> Fit:
    """The twin of a fit, seen from the other side: the outline alone cannot tell the two apart."""
    problem = Problem(family, picture, cancelled)
    fit = problem.fit(twin(pose), family.shape(values))
    return problem.refine(fit) if picture.mask.any() else fit


def again(
    pixels: Pixels,
    kind: str,
    placement: Placement,
    *,
    flip: bool = False,
    rest: bool = False,
    points: Sequence[Point] = (),
    size_mm: float | None = None,
    mask: Mask | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Traced:
    """A piece as somebody laid it, measured; `flip` seen from the other side, `rest` fitted on from there.

    Raises BadInput for a family there is not, for the rest of a picture on which nothing stands out, and Cancelled.
    """
    family, pose, values = placed(kind, placement), pose_of(placement), dict(placement.values)
    picture = picture_under(pixels, kind, family, mask)
    if rest and not picture.mask.any():
        raise BadInput("No piece stands out from this picture's backdrop; lay it by its points and sliders.")
    places = on_film(points, pixels.shape[1], pixels.shape[0]) if points else None
    if flip:
        fit = flipped(picture, family, values, pose, cancelled)
        pose, values = fit.pose, fit.values
    if rest:
        fit = fit_rest(picture, family, values, pose, places=places, cancelled=cancelled)
        pose, values = fit.pose, fit.values
    return lay(picture, family, values, pose, size_mm=size_mm, places=places)


def solid_of(traced: Traced) -> tuple[Solid, Camera]:
    """The traced piece in full, at the reference size, as a GLB's reader sees it, and the photograph's camera on it."""
    family = traced.family
    stones = traced.spec.stone or traced.spec.accents
    spec = family.spec(traced.values, metal=traced.spec.metal, gem=stones.gem if stones else "")
    piece = Piece(family.kind, tuple(family.parts(spec, FULL)))
    solid = read(to_glb(piece, name=family.kind))
    body = family.body(traced.values)
    low, high = solid.points.min(axis=0), solid.points.max(axis=0)
    return solid, traced.pose.camera((low + high).astype(np.float64) / 2, body.radius / 1000)


def shown(picture: Picture, family: Family, placement: Placement) -> Pixels:
    """A piece as it was laid over a picture, (1024, 1024, 3), coloured where only one of the two is."""
    return overlay(
        picture.film, seen_by(family, placement.values, pose_of(placement)) > NOTHING, picture.mask
    )


def following(kind: str, other: Placement, begun: Placement, moved: Placement) -> Placement:
    """Another family's piece with what was changed from `begun` to `moved` of the numbers it has too, in its bounds."""
    family = placed(kind, other)
    changed = {path: value for path, value in moved.values.items() if value != begun.values.get(path)}
    taken = {p.path: changed[p.path] for p in family.parameters if p.path in changed}
    if not taken:
        return other
    return other.model_copy(update={"values": family.values(family.shape({**other.values, **taken}))})


def glimpse(picture: Picture, family: Family, placement: Placement) -> Pixels:
    """The same small, (128, 128, 3): one of many side by side."""
    seen = seen_by(family, placement.values, pose_of(placement), GLIMPSE_PX) > NOTHING
    small = cv2.resize(picture.film, (GLIMPSE_PX, GLIMPSE_PX), interpolation=cv2.INTER_AREA)
    return overlay(np.asarray(small), seen, picture.at(GLIMPSE_PX).hard)


def seen_by(family: Family, values: Mapping[str, float], pose: Pose, size: int = FILM_PX) -> NDArray[np.int8]:
    """Labels (size, size) of a family's body from a pose."""
    body = family.body(values)
    return labels(body.points, body.faces, body.label, pose.camera(body.centre, body.radius), size)


def _opened(on: Mask, mask: Mask) -> bool:
    """Whether one sees through a model's silhouette (n, n), and through the mask where one does."""
    _, label = cv2.connectedComponents((~on).astype(np.uint8), connectivity=4)
    outside = np.unique(np.r_[label[0], label[-1], label[:, 0], label[:, -1]])
    within = ~on & ~np.isin(label, outside)
    return bool(within.sum() >= LEAST_OPENING * on.sum() and (within & ~mask).sum() >= within.sum() / 2)


def lay(
    picture: Picture,
    family: Family,
    values: Mapping[str, float],
    pose: Pose,
    *,
    size_mm: float | None = None,
    lead: float | None = None,
    places: Mapping[Curve, Array] | None = None,
) -> Traced:
    """Values and a pose over a picture as they are, measured at 1024. Raises BadInput for a size no bench makes."""
    body = family.body(values)
    camera = pose.camera(body.centre, body.radius)
    seen = labels(body.points, body.faces, body.label, camera, FILM_PX)
    on = seen > NOTHING
    small = labels(body.points, body.faces, body.label, camera, FINE_PX)
    reduced = picture.at(FINE_PX)
    figures = Figures(
        iou=overlap(on, picture.mask),
        edge_px=between_outlines(on, picture.mask),
        r2=explained(reduced.features, small, (small > NOTHING) & reduced.hard) if body.has_stones else None,
        lead=lead,
        points_px=mean_distance_px(family, values, camera, places) if places else None,
        own_outline=family.style == OUTLINE,
        opened=not family.has_opening or bool(places and "hole" in places) or _opened(on, picture.mask),
    )
    metal, gem = materials(picture.film, np.where(picture.mask, seen, NOTHING))
    spec = family.spec(values, size_mm=size_mm, metal=metal, gem=gem)
    return Traced(family, dict(values), replace(pose), spec, figures, overlay(picture.film, on, picture.mask))
