"""From features to a score, and from a score to what is shown: pass, warn or fail."""

import numpy as np

from pipeline.fidelity.model import model
from pipeline.records import RawVerdict
from pipeline.records.fidelity import ReasonName, Thresholds

DRIFT_WARN, DRIFT_FAIL = 0.5, 0.7
"""Where the thresholds lie on the drift scale, whatever they are on the score's."""

_SPEAKS_FOR: dict[str, ReasonName] = {
    "moved9": "geometry bent",
    "moved21": "geometry bent",
    "edges_added": "element added",
    "edges_removed": "element removed",
    "texture": "texture invented",
    "texture_on_flat": "texture invented",
    "tint9": "recoloured",
    "tint17": "recoloured",
    "strayed9": "recoloured",
    "strayed31": "recoloured",
    "delta_e": "recoloured",
    "light_delta_e": "recoloured",
    "light_change": "recoloured",
}


def score_of(features: dict[str, float]) -> float:
    """Log-odds of drift."""
    return model().scoring.score(features)


def drift_of(score: float, thresholds: Thresholds, factor: int) -> float:
    """Put a score on 0..1: 0 for no evidence at all, 0.5 at the warning and 0.7 at the failing threshold."""
    nothing = min(model().scoring.innocent(factor), thresholds.warn - 1e-3)
    if score <= thresholds.warn:
        return float(np.clip(DRIFT_WARN * (score - nothing) / (thresholds.warn - nothing), 0, DRIFT_WARN))
    place = (score - thresholds.warn) / (thresholds.fail - thresholds.warn)
    return float(1 - (1 - DRIFT_WARN) * ((1 - DRIFT_FAIL) / (1 - DRIFT_WARN)) ** min(place, 60.0))


def raw_verdict_of(score: float, thresholds: Thresholds) -> RawVerdict:
    """Compare a score with the thresholds."""
    if score >= thresholds.fail:
        return "fail"
    return "warn" if score >= thresholds.warn else "pass"


def chief_suspicion(features: dict[str, float]) -> ReasonName:
    """Name what weighed most, for a picture in which no single place stands out."""
    parts = model().scoring.parts(features)
    named = {name: sum(part for f, part in parts.items() if _SPEAKS_FOR.get(f) == name) for name in _NAMES}
    return max(named, key=lambda name: named[name])


_NAMES = tuple(dict.fromkeys(_SPEAKS_FOR.values()))
