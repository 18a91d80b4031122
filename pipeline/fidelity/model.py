"""The fitted numbers: how evidence adds up to a score, where it warns and fails, and how areas are named.

Stored as plain JSON beside this module and written only by `python -m benchmarks.fidelity_fit`. The score is a
sum of monotone curves, one per feature: more of any evidence never lowers it.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.records.fidelity import ReasonName, Thresholds

FILE = Path(__file__).with_name("model.json")


@dataclass(frozen=True)
class Scoring:
    """Log-odds of drift: a bias plus, per feature, a rising curve through knots on log(1 + feature)."""

    bias: float
    curves: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]
    """Feature name to (knots, heights): linear between knots, level outside."""
    offset: tuple[tuple[float, ...], tuple[float, ...]]
    """A curve over log(1 + factor), of either sign: the same redesign leaves less evidence in a smaller crop."""

    def score(self, features: dict[str, float]) -> float:
        """Add the curves up."""
        return self.innocent(features["factor"]) + sum(self.parts(features).values())

    def innocent(self, factor: float) -> float:
        """The score of an answer that shows no evidence at all."""
        return self.bias + float(np.interp(np.log1p(factor), *self.offset))

    def parts(self, features: dict[str, float]) -> dict[str, float]:
        """What each feature adds, 0 or more."""
        return {
            name: float(np.interp(np.log1p(max(0.0, features[name])), knots, heights))
            for name, (knots, heights) in self.curves.items()
        }


@dataclass(frozen=True)
class Naming:
    """A classifier over an area's traits: for each name a sum of bent lines, one per trait."""

    traits: tuple[str, ...]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    bends: NDArray[np.float64]
    """(2, traits): where each line changes its slope, in spreads from the centre."""
    names: tuple[ReasonName, ...]
    weights: NDArray[np.float64]
    """(names, 3 traits + 1): slope, change of slope at either bend; the last column is the bias."""

    def columns(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the weights apply to, (areas, 3 traits + 1), for raw traits of shape (areas, traits)."""
        scaled = np.clip((values - self.centre) / self.spread, -4, 4)
        bent = [np.maximum(scaled - bend, 0) for bend in self.bends]
        return np.concatenate([scaled, *bent, np.ones((len(scaled), 1))], axis=1)

    def name(self, traits: dict[str, float]) -> ReasonName:
        """Give the likeliest name."""
        values = np.array([[traits[t] for t in self.traits]])
        return self.names[int((self.columns(values) @ self.weights.T).argmax())]

    def without(self, name: ReasonName) -> "Naming":
        """The same for areas of which it is known that this is not their name."""
        kept = [place for place, other in enumerate(self.names) if other != name]
        return replace(self, names=tuple(self.names[k] for k in kept), weights=self.weights[kept])


@dataclass(frozen=True)
class Model:
    """Everything that was fitted."""

    scoring: Scoring
    naming: Naming
    standard: Thresholds
    blameless: dict[str, float]
    """Levels of the heat map's evidence that harmless answers stay below."""
    tinted: float
    """Global colour change (CIEDE2000 on the piece) that harmless answers stay below."""


@cache
def model() -> Model:
    """Read the shipped model, once."""
    plain = json.loads(FILE.read_text(encoding="utf-8"))
    naming = plain["naming"]
    return Model(
        Scoring(
            float(plain["bias"]),
            {name: (tuple(c["knots"]), tuple(c["heights"])) for name, c in plain["curves"].items()},
            (tuple(plain["offset"]["knots"]), tuple(plain["offset"]["heights"])),
        ),
        Naming(
            tuple(naming["traits"]),
            np.array(naming["centre"]),
            np.array(naming["spread"]),
            np.array(naming["bends"]),
            tuple(cast(ReasonName, name) for name in naming["names"]),
            np.array(naming["weights"]),
        ),
        Thresholds(plain["warn"], plain["fail"], plain["origin"]),
        dict(plain["blameless"]),
        float(plain["tinted"]),
    )
