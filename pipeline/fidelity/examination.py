"""The straight pass: register, measure, judge, lock, measure again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import NotRegistrable
from pipeline.fidelity.detail import detail_of, detail_of_enlarged
from pipeline.fidelity.enlarge import average
from pipeline.fidelity.filters import Plane, luma, steepness
from pipeline.fidelity.heatmap import grey, heat
from pipeline.fidelity.laying import Laid, Unbent, laid_over, unbend
from pipeline.fidelity.locking import EVIDENCE, project, target_of, trust
from pipeline.fidelity.measure import Maps, Measurement, Structure, figures, measure, structure, tint
from pipeline.fidelity.model import model
from pipeline.fidelity.own_scale import OwnScale, areas, figures_of, own_scale
from pipeline.fidelity.photometry import expected, expose
from pipeline.fidelity.presence import borne_out, counts, missing, reason_of, surely_missing
from pipeline.fidelity.profile import lost_profile
from pipeline.fidelity.reasons import reasons_for
from pipeline.fidelity.register import CONVINCING
from pipeline.fidelity.verdict import chief_suspicion, drift_of, raw_verdict_of, score_of
from pipeline.images import Pixels
from pipeline.records import Dial, RawVerdict, Verdict
from pipeline.records.fidelity import Fidelity, Figures, Place, Reason, Thresholds, Transform

SMALLEST_OVERLAP = 0.9
"""An answer that shows less of its crop is cut; what it does not show cannot be judged."""
OTHER_PIECE = 0.55
"""Share of the structured area that resembles nothing of the crop, above which it is another piece."""
HOPELESS_LOG_ODDS = 5.0
"""How far past the failing threshold a picture lies that is not of this piece."""
NEEDED_LR_DB, NEEDED_WINDOW_DB = 45.0, 36.0
"""Agreement with a clean crop that makes a repair a success (45 dB: NTIRE 2021, "Learning the SR space")."""
EDGE_SLACK_DB = 8.0
"""A noisy crop is mostly a soft one too: the sharper answer's edges differ most of all, and rightly."""
FIRST = ("squeezed", "lost profile", "stone missing", "prong missing")
"""Reasons that come first: those of the whole picture, and what can be counted."""
MOST_MISSING = 4
"""Places of missing stones that are named; the count tells of all."""
BUSY = 4.0
"""Grey levels per pixel from which a crop shows something that can be sharp."""
FAILING_SURFACE = 3.0
"""How many times as far as honest answers one may go at full size before it fails: such a tint nobody overlooks."""
LEAST_SQUEEZE, FAILING_SQUEEZE = 0.02, 0.10
"""How much further an answer may be enlarged along one side than along the other, below which nobody sees it."""
MOST_RESTORED = 0.85
"""Past this share hardly anything of the provider's answer is left to call repaired."""


@dataclass(frozen=True)
class Pair(Laid):
    """The same, with everything measured between the two."""

    measurement: Measurement

    def to_lock(self) -> "Pair":
        """The same with the evidence that the lock goes by: all of it takes as much memory as everything else."""
        maps = self.measurement.maps
        kept = replace(maps, evidence={name: maps.evidence[name] for name in EVIDENCE})
        return replace(self, measurement=replace(self.measurement, maps=kept))


@dataclass(frozen=True)
class Delivered:
    """The picture a dial delivers."""

    picture: Pixels
    restored: float
    """Share of the picture taken from the crop, 0..1."""
    tolerance: float
    """How far it may stay from a noisy crop, grey levels."""


@dataclass(frozen=True)
class Examination:
    """The figures with the pictures they were measured on."""

    fidelity: Fidelity
    registered: Pixels
    """The provider's own answer, laid over the crop: no other change. A whole number of times the crop's size."""
    locked: Pixels
    """What the dial delivers, of the same size."""
    heatmap: Pixels
    """Grey, one pixel per crop pixel: 0 agrees, 128 is as far as enhancers go harmlessly, 255 far beyond."""


def compare(
    crop: Pixels,
    enhanced: Pixels,
    *,
    dial: Dial = "strict",
    thresholds: Thresholds | None = None,
    places: Sequence[Place] | None = None,
) -> Fidelity:
    """Measure an enhanced picture against the crop it came from, both (h, w, 3) uint8 sRGB.

    `places` are the stones and prongs the crop shows, where its geometry is known: they are counted again.
    The enhanced picture may have any size and aspect as long as it shows the crop at least pixel for pixel.
    Raises NotRegistrable for sizes that cannot belong together; a picture of something else is no error but a
    `fail`.
    """
    return _examine(crop, enhanced, dial, thresholds or model().standard, places)[0]


def lock(crop: Pixels, enhanced: Pixels, *, dial: Dial = "strict") -> Pixels:
    """Return the answer made to agree with its crop.

    Its size is the crop's times the whole number nearest to the enlargement the provider delivered (4 for a
    2048 px answer to a 500 px crop). Raises NotRegistrable as `compare`, and where the answer cannot be laid over
    the crop.
    """
    aligned = laid_over(crop, enhanced)
    if aligned.registration.failure:
        raise NotRegistrable(
            f"The enhanced picture cannot be laid over its crop: {aligned.registration.failure}."
        )
    if dial == "as delivered":
        return aligned.registered
    structured = structure(aligned.crop, aligned.small, aligned.fine, aligned.valid, aligned.noise)
    unbent = unbend(aligned, structured)
    if unbent:
        aligned, structured = unbent.aligned, unbent.to_lock()
    return _locked_anew(aligned, structured, dial).picture


def examine(
    crop: Pixels,
    enhanced: Pixels,
    *,
    dial: Dial = "strict",
    thresholds: Thresholds | None = None,
    places: Sequence[Place] | None = None,
) -> Examination:
    """Measure and lock in one pass: figures and pictures. Raises as `compare`."""
    fidelity, pair, locked, heat_map = _examine(crop, enhanced, dial, thresholds or model().standard, places)
    return Examination(fidelity, pair.registered, locked, grey(heat_map))


def agreement(crop: Pixels, picture: Pixels) -> Figures:
    """Plain agreement with its crop of a picture that lies over it already, a whole number of times its size.

    Raises NotRegistrable for another size.
    """
    factor = picture.shape[0] // crop.shape[0]
    if factor < 1 or picture.shape[:2] != (crop.shape[0] * factor, crop.shape[1] * factor):
        raise NotRegistrable("The picture is not a whole number of times as large as its crop.")
    return figures(crop.astype(np.float32), average(picture, factor), np.ones(crop.shape[:2], np.bool_))


def lay_over(crop: Pixels, answer: Pixels) -> Pair:
    """Register an answer and measure it against its crop. Raises NotRegistrable for sizes that cannot fit."""
    aligned = laid_over(crop, answer)
    measurement = measure(aligned.crop, aligned.small, aligned.fine, aligned.valid, aligned.noise)
    return Pair(**vars(aligned), measurement=measurement)


def straighten(pair: Pair) -> Unbent | None:
    """Undo a pair's bend, if it is bent and agrees better without; what cannot be registered stays as it is."""
    if pair.registration.failure:
        return None
    measurement = pair.measurement
    return unbend(pair, measurement.structured, (measurement.maps.displacement, measurement.belief))


def deliver(pair: Pair, dial: Dial, unbent: Unbent | None = None) -> Delivered:
    """Lock a pair, or it unbent, as far as the dial asks.

    What cannot be registered is replaced by the crop's own enlargement.
    """
    if dial == "as delivered":
        return Delivered(pair.registered, 0.0, 0.0)
    if unbent:
        return _locked_anew(unbent.aligned, unbent.to_lock(), dial)
    return _locked(pair, pair.measurement.maps, pair.measurement.exposure.exposed, dial)


def _locked_anew(aligned: Laid, structured: Structure, dial: Dial) -> Delivered:
    """Lock what was compared by structure alone; colour and light are measured where the dial asks for them."""
    if not _forgiving(aligned, dial):
        return _locked(aligned, structured.maps, None, dial)
    maps = replace(structured.maps, evidence=structured.maps.evidence | tint(structured))
    return _locked(aligned, maps, expose(structured.lit, structured.answer, aligned.valid), dial)


def _forgiving(aligned: Laid, dial: Dial) -> bool:
    """Whether the lock leaves differences that the crop's own noise explains."""
    return aligned.noise > 0 or dial == "balanced"


def _locked(aligned: Laid, maps: Maps, exposed: Plane | None, dial: Dial) -> Delivered:
    lenient = dial == "balanced"
    share = trust(maps, aligned.fine.detail, lenient=lenient)
    target, tolerance = aligned.crop, 0.0
    if aligned.registration.failure:
        share = np.zeros_like(share)
    elif exposed is not None and _forgiving(aligned, dial):
        target, tolerance = target_of(
            aligned.crop, aligned.small, maps, exposed, aligned.noise, lenient=lenient
        )
    return Delivered(project(target, aligned.registered, share), float(1 - share.mean()), tolerance)


def _examine(
    crop: Pixels, answer: Pixels, dial: Dial, thresholds: Thresholds, places: Sequence[Place] | None
) -> tuple[Fidelity, Pair, Pixels, Plane]:
    started = time.perf_counter()
    pair = lay_over(crop, answer)
    heat_map = heat(pair.measurement.maps.evidence, model().blameless)
    score = score_of(pair.measurement.features)
    hot = _hot(pair, heat_map, score, thresholds)
    pair = pair.to_lock()
    unbent = None if dial == "as delivered" else straighten(pair)
    hopeless = _hopeless(pair, unbent)
    if hopeless:
        score = max(score, thresholds.fail + HOPELESS_LOG_ODDS)
    surface = None if hopeless else at_own_scale(pair)
    gone = () if hopeless else borne_out(_missing(pair, unbent, places or ()), heat_map)
    alone = () if surface is None else told_alone(pair, surface, gone)
    score = max(
        score, *(thresholds.warn + beyond(r) * (thresholds.fail - thresholds.warn) for r in alone), -np.inf
    )
    raw_verdict = raw_verdict_of(score, thresholds)
    reasons = () if raw_verdict == "pass" else _named(pair, unbent, hot, hopeless, alone)
    delivered = deliver(pair, dial, unbent)
    locked, restored, tolerance = delivered.picture, delivered.restored, delivered.tolerance
    raw_figures = figures(pair.crop, pair.small, pair.measurement.maps.valid)
    locked_figures = figures(
        pair.crop, average(locked, pair.registration.factor), np.ones(crop.shape[:2], np.bool_)
    )
    fidelity = Fidelity(
        verdict=_verdict(raw_verdict, hopeless, locked_figures, restored, tolerance, dial),
        raw_verdict=raw_verdict,
        drift=drift_of(score, thresholds, pair.registration.factor),
        score=score,
        reasons=reasons,
        raw=raw_figures,
        locked=locked_figures,
        transform=_transform(pair),
        photometry=pair.measurement.exposure.photometry,
        noise=pair.noise,
        tolerance=tolerance,
        restored=restored,
        straightened=unbent.straightened if unbent else None,
        sharpness=_sharpness(locked, pair),
        counts=None if hopeless or places is None else counts(places, gone),
        surface=figures_of(surface, pair.registration.factor) if surface else None,
        dial=dial,
        seconds=0.0,
    )
    timed = fidelity.model_copy(update={"seconds": time.perf_counter() - started})
    return timed, pair, locked, np.maximum(heat_map, surface.worst()) if surface else heat_map


def at_own_scale(pair: Pair) -> OwnScale:
    """Look at a pair at full size: colour of thin parts, texture."""
    structured = pair.measurement.structured
    foreseen = structured.foreseen
    if (
        structured.answer is not pair.small
    ):  # it was softened for the comparison; here it is looked at as it is
        foreseen = expected(structured.lit, pair.small, pair.valid)
    return own_scale(pair.registered, foreseen, pair.small, pair.fine, structured.judged, pair.noise)


def _of_the_whole(pair: Pair) -> tuple[Reason, ...]:
    """What was done to the whole picture and is an exact function of it: a lost profile, a squeeze."""
    reasons = []
    squeeze = pair.registration.squeeze
    if squeeze >= LEAST_SQUEEZE and pair.registration.agreement > CONVINCING:
        reasons.append(
            Reason(name="squeezed", severity=1 - LEAST_SQUEEZE / (LEAST_SQUEEZE + squeeze), box=None)
        )
    lit, valid = pair.measurement.structured.lit, pair.measurement.maps.valid
    lost = lost_profile(lit, pair.small, valid)
    if lost is None and lit is not pair.crop:
        # On a textured piece the other space's curve had passed for clarity, and was taken out with it.
        lost = lost_profile(pair.crop, pair.small, valid)
    if lost:
        reasons.append(Reason(name="lost profile", severity=lost.explained, box=None))
    return tuple(reasons)


def told_alone(pair: Pair, surface: OwnScale, gone: Sequence[Place] = ()) -> tuple[Reason, ...]:
    """What warns or fails by itself, whatever the score: of the whole picture, by count, and as seen at full size."""
    large = (Reason(name=a.name, severity=1 - 1 / a.peak, box=a.box) for a in areas(surface))
    return (*_of_the_whole(pair), *map(reason_of, gone[:MOST_MISSING]), *large)


def beyond(reason: Reason) -> float:
    """How far past the warning such a reason alone puts an answer: 0 warns, 1 fails.

    A lost profile and a missing stone fail; a squeeze and what is seen at full size warn, and fail from 10 % on and
    from `FAILING_SURFACE` on.
    """
    if reason.name in ("lost profile", "stone missing", "prong missing"):
        return 1.0
    if reason.name == "squeezed":
        squeeze = LEAST_SQUEEZE * reason.severity / (1 - reason.severity)
        share = (squeeze - LEAST_SQUEEZE) / (FAILING_SQUEEZE - LEAST_SQUEEZE)
    else:
        share = (1 / (1 - reason.severity) - 1) / (FAILING_SURFACE - 1)
    return float(np.clip(share, 0, 1))


def _hot(pair: Pair, heat_map: Plane, score: float, thresholds: Thresholds) -> tuple[Reason, ...]:
    """The places of what drifted, named while all evidence is at hand; none where none would be told."""
    if pair.registration.failure or score < min(thresholds.warn, model().standard.warn):
        return ()
    return reasons_for(pair.measurement.maps, heat_map, model().naming)


def _reasons(
    pair: Pair, hot: tuple[Reason, ...], hopeless: Reason | None, alone: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    """Name what drifted: what nothing can mend, what befell all of it, then the hot places, the worst first."""
    if hopeless:
        return (hopeless,)
    features = pair.measurement.features
    first = tuple(r for r in alone if r.name in FIRST)
    seen_large = tuple(r for r in alone if r.name not in FIRST)
    drifted = score_of(features) >= model().standard.warn
    if alone and (not drifted or any(r.name == "lost profile" for r in alone)):
        return alone
    if features["light_delta_e"] > model().tinted and not first:
        severity = float(1 - model().tinted / features["light_delta_e"])
        first = (Reason(name="recoloured", severity=severity, box=None),)
    named = (*first, *hot, *_elsewhere(seen_large, hot))
    return named or (Reason(name=chief_suspicion(features), severity=0.0, box=None),)


def _elsewhere(reasons: tuple[Reason, ...], named: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Those whose middle lies in no place that is named already: a bent edge has another colour too."""

    def inside(reason: Reason) -> bool:
        x, y, width, height = reason.box or (0, 0, 0, 0)
        return any(
            r.box is None
            or (
                r.box[0] <= x + width / 2 < r.box[0] + r.box[2]
                and r.box[1] <= y + height / 2 < r.box[1] + r.box[3]
            )
            for r in named
        )

    return tuple(reason for reason in reasons if not inside(reason))


def _sharpness(result: Pixels, pair: Pair) -> float:
    """Set the fine detail of a result against that of the crop's own enlargement, where the crop is busy."""
    factor = pair.registration.factor
    busy = steepness(luma(pair.crop)) > BUSY
    if factor == 1 or not busy.any():
        return 1.0
    gained = detail_of(result, factor)[busy].mean()
    plain = detail_of_enlarged(luma(pair.crop), factor)[busy].mean()
    return float((gained + 0.5) / (plain + 0.5))


def _hopeless(pair: Pair, unbent: Unbent | None) -> Reason | None:
    """Name what no lock can mend, if there is anything; what resembles its crop once it is straight was only bent."""
    if pair.registration.failure or pair.overlap < SMALLEST_OVERLAP:
        return Reason(name="not registrable", severity=1.0, box=None)
    if pair.measurement.features["unlike_busy"] > OTHER_PIECE and not unbent:
        return Reason(name="other piece", severity=1.0, box=None)
    return None


def _named(
    pair: Pair,
    unbent: Unbent | None,
    hot: tuple[Reason, ...],
    hopeless: Reason | None,
    alone: tuple[Reason, ...],
) -> tuple[Reason, ...]:
    """What drifted, and what a bend hid."""
    reasons = _reasons(pair, hot, hopeless, alone)
    return reasons + _beneath(unbent, reasons) if unbent and not hopeless else reasons


def _missing(pair: Pair, unbent: Unbent | None, places: Sequence[Place]) -> tuple[Place, ...]:
    """The places of stones that are not there; one that a bend merely moved is."""
    gone = missing(pair.measurement.structured, places)
    return surely_missing(unbent.structured, gone, places) if unbent else gone


def _beneath(unbent: Unbent, named: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """What else a straight answer shows, that its bend hid: reasons of names not told yet."""
    aligned = unbent.aligned
    measurement = measure(aligned.crop, aligned.small, aligned.fine, aligned.valid, aligned.noise)
    if score_of(measurement.features) < model().standard.fail:
        return ()
    heat_map = heat(measurement.maps.evidence, model().blameless)
    known = {reason.name for reason in named}
    straight_names = model().naming.without("geometry bent")  # what is left of it is no bend
    return tuple(
        reason
        for reason in reasons_for(measurement.maps, heat_map, straight_names)
        if reason.name not in known
    )


def _verdict(
    raw: RawVerdict, hopeless: Reason | None, locked: Figures, restored: float, tolerance: float, dial: Dial
) -> Verdict:
    if hopeless:
        return "fail"
    if raw == "pass":
        return "pass"
    if dial == "as delivered":
        return "fail" if raw == "fail" else "pass"
    slack = 20 * np.log10(1 + tolerance)  # agreement within the noise is all a noisy crop can be asked for
    edges = EDGE_SLACK_DB if tolerance else 0.0
    agrees = (
        locked.lr_psnr_db >= NEEDED_LR_DB - slack
        and locked.worst_window_db >= NEEDED_WINDOW_DB - slack - edges
    )
    return "repaired" if agrees and restored <= MOST_RESTORED else "fail"


def _transform(pair: Pair) -> Transform:
    registration = pair.registration
    return Transform(
        layout=registration.layout,
        factor=registration.factor,
        scale=registration.scale,
        rotation_deg=registration.rotation_deg,
        shift_px=registration.shift_px,
        overlap=pair.overlap,
    )
