"""From features to a score, and from a score to what is shown: pass, warn or fail."""

import numpy as np

from pipeline.fidelity.report import RawVerdict
from pipeline.fidelity.thresholds import Thresholds

LIMITS = {
    "excess5": (1.59, 2.55),
    "excess11": (1.18, 1.94),
    "unlike9": (0.39, 0.50),
    "moved9": (0.04, 0.22),
    "tint9": (3.2, 4.8),
    "delta_e": (3.8, 5.4),
    "light_delta_e": (2.3, 3.0),
    "light_change": (12.0, 18.0),
    "gradient9": (0.46, 0.52),
}
"""The 95 % and 99 % quantiles of harmless answers."""

STANDARD = Thresholds(warn=0.0, fail=1.0, origin="quantiles of harmless answers")
DRIFT_WARN, DRIFT_FAIL = 0.5, 0.7


def score_of(features: dict[str, float]) -> float:
    """Place the worst feature: -1 without any difference, 0 at its 95 % quantile, 1 at its 99 % quantile."""
    return max(_place(features[name], warn, fail) for name, (warn, fail) in LIMITS.items())


def drift_of(score: float, thresholds: Thresholds) -> float:
    """Put a score on 0..1 so that the thresholds land on 0.5 and 0.7."""
    if score <= thresholds.warn:
        return float(np.clip(DRIFT_WARN * (score + 1) / (thresholds.warn + 1), 0, DRIFT_WARN))
    place = (score - thresholds.warn) / (thresholds.fail - thresholds.warn)
    return float(1 - (1 - DRIFT_WARN) * ((1 - DRIFT_FAIL) / (1 - DRIFT_WARN)) ** min(place, 60.0))


def raw_verdict_of(score: float, thresholds: Thresholds) -> RawVerdict:
    """Compare a score with the thresholds."""
    if score >= thresholds.fail:
        return "fail"
    return "warn" if score >= thresholds.warn else "pass"


def _place(value: float, warn: float, fail: float) -> float:
    return value / warn - 1 if value <= warn else (value - warn) / (fail - warn)
