"""Standings: how providers did, over every close-up on disk; fidelity first, gained sharpness second."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

from pipeline.records import CloseUp
from pipeline.records.summary import Attempt
from pipeline.store import Store

DRIFT_STEP = 0.1
"""Drifts closer than this are a tie, which sharpness breaks."""


@dataclass(frozen=True)
class Standing:
    """One provider's close-ups in figures."""

    provider: str
    close_ups: int
    drift: float
    """Median of the raw answers' drift, 0..1."""
    same: float
    """Share of the raw answers that passed as they came."""
    sharpness: float | None
    """Median gain of the results over a plain enlargement, 1 for none; None where no record tells it."""
    seconds: float
    """Median time of an answer."""
    cost_usd: float
    """Mean price of an answer; one found in the cache cost nothing."""


def sharpness(attempt: CloseUp) -> float | None:
    """An attempt's gain over a plain enlargement; None for one measured before this was."""
    return attempt.fidelity.sharpness


def ranked(attempts: Iterable[CloseUp]) -> list[CloseUp]:
    """Order one region's attempts, the most faithful first, the sharper first among equals."""
    return sorted(attempts, key=lambda a: _rank(a.fidelity.drift, sharpness(a)))


def standings(store: Store) -> list[Standing]:
    """Compare all providers whose close-ups are on disk, the most faithful first."""
    by_provider: dict[str, list[Attempt]] = {}
    for summary in store.summaries():
        for attempt in summary.attempts:
            by_provider.setdefault(attempt.provider, []).append(attempt)
    rows = [_standing(provider, attempts) for provider, attempts in by_provider.items()]
    return sorted(rows, key=lambda row: (*_rank(row.drift, row.sharpness), row.provider))


def _rank(drift: float, gained: float | None) -> tuple[int, float]:
    return round(drift / DRIFT_STEP), -(gained or 0.0)


def _standing(provider: str, attempts: list[Attempt]) -> Standing:
    gains = [attempt.sharpness for attempt in attempts if attempt.sharpness is not None]
    return Standing(
        provider=provider,
        close_ups=len(attempts),
        drift=median(a.drift for a in attempts),
        same=fmean(a.raw_verdict == "pass" for a in attempts),
        sharpness=median(gains) if gains else None,
        seconds=median(a.seconds for a in attempts),
        cost_usd=fmean(a.cost_usd for a in attempts),
    )
