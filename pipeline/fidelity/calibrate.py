"""Refitting the thresholds to a team's own decisions: provider by provider, before and after, never silently.

Scores stay what the model says; only where the gate warns and fails moves. A provider with few decisions keeps
most of the standard thresholds: each new decision pulls a little more.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.records.fidelity import Thresholds

FALSE_ALARMS_WARN, FALSE_ALARMS_FAIL = 0.05, 0.01
"""Share of accepted close-ups above each threshold, as in the standard calibration."""
PRIOR_DECISIONS = 40
"""How many decisions the standard thresholds weigh."""
FEWEST_DECISIONS = 8
"""With fewer decisions than this a provider keeps the standard thresholds."""


@dataclass(frozen=True)
class Decision:
    """What a person decided about one close-up, and the raw score the gate had given it."""

    provider: str
    score: float
    accepted: bool


@dataclass(frozen=True)
class Errors:
    """How thresholds agree with the decisions."""

    false_alarms: float
    """Share of accepted close-ups the gate had warned of or failed."""
    misses: float
    """Share of rejected close-ups the gate had passed."""


@dataclass(frozen=True)
class Calibration:
    """A provider's thresholds before and after, with what each would have got wrong."""

    provider: str
    accepted: int
    rejected: int
    before: Thresholds
    after: Thresholds
    errors_before: Errors
    errors_after: Errors

    @property
    def changed(self) -> bool:
        """Whether there were enough decisions to move anything."""
        return self.before != self.after

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def calibrate(
    decisions: Iterable[Decision], standing: dict[str, Thresholds], standard: Thresholds
) -> list[Calibration]:
    """Propose thresholds for every provider that was decided on.

    `standing` holds the thresholds in force per provider; others stand at `standard`. Nothing is stored here.
    """
    by_provider: dict[str, list[Decision]] = {}
    for decision in decisions:
        if np.isfinite(decision.score):
            by_provider.setdefault(decision.provider, []).append(decision)
    return [
        _calibrated(name, by_provider[name], standing.get(name, standard), standard)
        for name in sorted(by_provider)
    ]


def _calibrated(
    provider: str, decisions: list[Decision], before: Thresholds, standard: Thresholds
) -> Calibration:
    good = np.array([d.score for d in decisions if d.accepted])
    bad = np.array([d.score for d in decisions if not d.accepted])
    after = before
    if len(decisions) >= FEWEST_DECISIONS:
        warn = _cut(good, bad, standard.warn, FALSE_ALARMS_WARN)
        fail = max(_cut(good, bad, standard.fail, FALSE_ALARMS_FAIL), warn + 0.1)
        after = Thresholds(warn, fail, f"{len(decisions)} decisions on {provider}")
    return Calibration(
        provider=provider,
        accepted=len(good),
        rejected=len(bad),
        before=before,
        after=after,
        errors_before=_errors(good, bad, before),
        errors_after=_errors(good, bad, after),
    )


def _cut(good: NDArray[np.float64], bad: NDArray[np.float64], standard: float, allowed: float) -> float:
    """Weigh the wish for few false alarms and no misses against the standard threshold."""
    if not len(good):  # only rejections: come down to the middle of them at most
        wish = min(standard, float(np.median(bad)))
    else:
        wish = float(np.quantile(good, 1 - allowed))
        if len(bad):  # an accepted outlier must not open the gate to what is rejected
            wish = min(
                max(wish, float(np.median(good))), max(float(np.quantile(bad, 0.25)), float(np.median(good)))
            )
    count = len(good) + len(bad)
    weight = count / (count + PRIOR_DECISIONS)
    return standard + (wish - standard) * weight


def _errors(good: NDArray[np.float64], bad: NDArray[np.float64], thresholds: Thresholds) -> Errors:
    return Errors(
        false_alarms=float((good >= thresholds.warn).mean()) if len(good) else 0.0,
        misses=float((bad < thresholds.warn).mean()) if len(bad) else 0.0,
    )
