"""Fitting the gate's model to trials, and judging it on pieces it has not seen.

`python -m benchmarks.fidelity_fit ROWS.jsonl [MORE.jsonl ...]` writes `pipeline/fidelity/model.json` from rows of
`benchmarks.fidelity_rows`. The model that ships was made, and README's figures were measured, by

    python -m benchmarks.fidelity_bank BANK 52
    python -m benchmarks.fidelity_rows ROWS.jsonl --bank BANK --share 0.25
    python -m benchmarks.fidelity_fit ROWS.jsonl
    python -m benchmarks.fidelity ROWS.jsonl --plot docs/fidelity.png
"""

import json
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.fidelity_rows import read_rows
from pipeline.fidelity.model import FILE, Naming
from pipeline.records.fidelity import ReasonName

Rows = list[dict[str, Any]]
Vector = NDArray[np.float64]

FOLDS = 5
UNSCORED = ("noise", "crop_noise", "factor", "texture", "texture_on_flat")
"""Features that describe the crop rather than the answer; and those that every honest enhancer shows as well."""
QUANTILES = (0.0, 0.5, 0.9, 0.99, 1.0)
"""Of harmless answers: where a feature's curve may bend."""
FACTORS = np.log1p([2.0, 3.0, 4.0])
"""Where the offset for the enlargement may bend."""
ON_IT = 0.25
"""Share of a hot area that lies on what was changed, for it to teach a name: evidence spills over a small change."""
BEYOND = (0.3, 0.8)
"""Two more bends, in log units past anything harmless."""
ALARMS = (
    "excess5",
    "colour_excess5",
    "unlike9",
    "gradient9",
    "strayed9",
    "tint9",
    "delta_e",
    "light_delta_e",
    "light_change",
)
"""One of these far beyond anything harmless is drift, whatever the others say: attacks nobody thought of."""
ALARMS_ALONE = ("light_change",)
"""These count for nothing else: a picture that became a little lighter is no less likely to be honest."""
ALARM_HEIGHT = 12.0
RIDGE, LASSO = 3e-5, 3e-4
"""Chosen, as the bends were, by the mean of four divisions of the pieces into folds."""
SINGLE, RENDERED, DULLEST = 0.6, 2.5, 0.2
"""How much a trial weighs beside a twin: a single habit (there are many of each), a close-up that the atelier renders
anew (Loupe's own answers, and few), and a change nobody sees, from which the weight rises to 1 at `PLAIN_LEVELS`."""
PLAIN_LEVELS = 12.0
"""Grey levels in a 7 x 7 window of the crop: a change that anyone sees."""
WARN_AT, FAIL_AT = 0.975, 0.99
"""Quantiles of harmless answers, each judged by a fit that has not seen its piece."""
HEAT = ("colour_excess5", "strayed9", "lone5")
"""The sharpest of the evidence: anything, colour, and what is faint but alone."""
NAMES: tuple[ReasonName, ...] = (
    "geometry bent",
    "element removed",
    "element added",
    "recoloured",
    "thickness changed",
    "texture invented",
)


@dataclass(frozen=True)
class Table:
    """Rows as arrays."""

    rows: Rows
    names: tuple[str, ...]
    features: Vector
    """log(1 + feature), (rows, names)."""
    factor: Vector
    """log(1 + enlargement)."""
    drifted: NDArray[np.bool_]
    mixed: NDArray[np.bool_]
    """Trials with a provider's random habits: the twins of the drifted ones."""
    fold: NDArray[np.int64]
    weight: Vector
    """What each trial counts in a fit."""


@dataclass(frozen=True)
class Curves:
    """A fitted sum of rising curves."""

    bias: float
    knots: list[Vector]
    heights: list[Vector]
    offsets: Vector
    """For each of `FACTORS`."""

    def score(self, features: Vector, factor: Vector) -> Vector:
        """Log-odds of drift for rows of log features and log factors."""
        total = self.bias + np.interp(factor, FACTORS, self.offsets)
        for j, (knots, heights) in enumerate(zip(self.knots, self.heights, strict=True)):
            total += np.interp(features[:, j], knots, heights)
        return total


def table(rows: Rows) -> Table:
    """Turn rows into arrays; folds never split a piece."""
    names = tuple(n for n in rows[0]["features"] if n not in UNSCORED)
    pieces = sorted({row["piece"] for row in rows})
    order = np.random.default_rng(3).permutation(len(pieces))
    fold = {piece: int(place) % FOLDS for piece, place in zip(pieces, order, strict=True)}
    return Table(
        rows=rows,
        names=names,
        features=np.log1p(np.maximum([[row["features"][n] for n in names] for row in rows], 0)),
        factor=np.log1p([float(row["factor"]) for row in rows]),
        drifted=np.array([bool(row["attack"]) for row in rows]),
        mixed=np.array([row["habit"] == "mixed" for row in rows]),
        fold=np.array([fold[row["piece"]] for row in rows]),
        weight=np.array([_weight(row) for row in rows]),
    )


def _weight(row: dict[str, Any]) -> float:
    if row["attack"]:
        return float(np.clip(row["change"] / PLAIN_LEVELS, DULLEST, 1))
    if row["habit"] == "mixed":
        return 1.0
    return RENDERED if row["habit"].startswith("rendered again") else SINGLE


def held_out(data: Table) -> Vector:
    """Score every row by a fit that has not seen its piece."""
    scores = np.zeros(len(data.rows))
    for fold in range(FOLDS):
        test = data.fold == fold
        scores[test] = fit(data, ~test).score(data.features[test], data.factor[test])
    refused = np.array([bool(row["failure"]) for row in data.rows])
    scores[refused] += 20.0  # what cannot be registered fails whatever its score
    return scores


def fit(data: Table, train: NDArray[np.bool_]) -> Curves:
    """Fit rising curves by logistic regression with non-negative steps."""
    features, drifted = data.features[train], data.drifted[train]
    harmless = features[~drifted]
    knots, ramps, owners = [], [], []
    alarm = np.zeros(len(features))
    for j, name in enumerate(data.names):
        bends = np.quantile(harmless[:, j], QUANTILES)
        at = np.unique(np.round([*bends, *(bends[-1] + b for b in BEYOND)], 4))
        knots.append(at)
        for low, high in () if name in ALARMS_ALONE else pairwise(at):
            ramps.append(np.clip((features[:, j] - low) / (high - low), 0, 1))
            owners.append(j)
        if name in ALARMS:
            alarm += ALARM_HEIGHT * np.clip((features[:, j] - at[-2]) / (at[-1] - at[-2]), 0, 1)
    for low, high in pairwise(FACTORS):
        ramps.append(np.clip((data.factor[train] - low) / (high - low), 0, 1))
        owners.append(-1)
    signed = np.array([owner < 0 for owner in owners])
    steps = _regress(np.stack(ramps, 1), signed, drifted, alarm, data.weight[train])
    heights = []
    for j, name in enumerate(data.names):
        own = [step for step, owner in zip(steps[1:], owners, strict=True) if owner == j]
        own = own or [0.0] * (len(knots[j]) - 1)
        if name in ALARMS:
            own[-1] += ALARM_HEIGHT
        heights.append(np.concatenate([[0.0], np.cumsum(own)]))
    offsets = np.concatenate([[0.0], np.cumsum(steps[1:][signed])])
    return Curves(float(steps[0]), knots, heights, offsets)


def _regress(
    ramps: Vector, signed: NDArray[np.bool_], drifted: NDArray[np.bool_], alarm: Vector, weights: Vector
) -> Vector:
    weights = weights / weights.sum()
    lasso = np.where(signed, 0.0, LASSO)

    def loss(p: Vector) -> tuple[float, Vector]:
        z = ramps @ p[1:] + p[0] + alarm
        rightly = np.where(drifted, z, -z)
        error = weights * (1 / (1 + np.exp(-np.clip(z, -40, 40))) - drifted)
        value = float(
            (weights * np.logaddexp(0, -rightly)).sum() + RIDGE * (p[1:] ** 2).sum() + (lasso * p[1:]).sum()
        )
        return value, np.concatenate([[error.sum()], ramps.T @ error + 2 * RIDGE * p[1:] + lasso])

    start = np.concatenate([[-3.0], np.full(ramps.shape[1], 0.05)])
    bounds = [(None, None)] + [(None if free else 0.0, None) for free in signed]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return np.asarray(found.x)


def thresholds(data: Table, scores: Vector) -> tuple[float, float]:
    """Where harmless twins begin to be warned of and failed."""
    harmless = scores[data.mixed & ~data.drifted]
    warn, fail = np.quantile(harmless, (WARN_AT, FAIL_AT))
    return float(warn), float(max(fail, warn + 0.3))


def areas_of(rows: Rows) -> tuple[list[dict[str, float]], list[str], list[str]]:
    """Gather the traits, names and pieces of hot areas that lie on what a single attack changed."""
    found, names, pieces = [], [], []
    for row in rows:
        # a patch of another piece took something away too, but what is seen there was added
        name = "element added" if row["attack"] == "swap" else row["reasons"][0] if row["reasons"] else ""
        if name not in NAMES or (len(row["reasons"]) != 1 and row["attack"] != "swap"):
            continue
        for place, (area, inside) in enumerate(zip(row["traits"], row["inside"], strict=True)):
            if inside > ON_IT and place < 2:
                found.append(area)
                names.append(name)
                pieces.append(row["piece"])
    return found, names, pieces


def fit_names(areas: list[dict[str, float]], names: list[str], ridge: float = 1e-4) -> Naming:
    """Softmax regression on the areas' traits and their bends, rare names raised."""
    keys = tuple(areas[0])
    raw = np.array([[area[k] for k in keys] for area in areas])
    centre, spread = raw.mean(0), raw.std(0) + 1e-3
    bends = np.quantile(np.clip((raw - centre) / spread, -4, 4), (1 / 3, 2 / 3), axis=0)
    blank = Naming(keys, centre, spread, bends, NAMES, np.zeros((len(NAMES), 3 * len(keys) + 1)))
    x = blank.columns(raw)
    y = np.array([NAMES.index(n) for n in names])
    counts = np.bincount(y, minlength=len(NAMES))
    weight = 1 / np.sqrt(np.maximum(counts[y], 1))  # rare names count for more, but not for all
    weight = weight / weight.sum()
    hot = np.eye(len(NAMES))[y]

    def loss(flat: Vector) -> tuple[float, Vector]:
        w = flat.reshape(len(NAMES), -1)
        z = x @ w.T
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(1, keepdims=True)
        value = -(weight * np.log((p * hot).sum(1) + 1e-12)).sum() + ridge * (w[:, :-1] ** 2).sum()
        slope = ((p - hot) * weight[:, None]).T @ x
        slope[:, :-1] += 2 * ridge * w[:, :-1]
        return float(value), slope.ravel()

    found = minimize(
        loss, np.zeros(len(NAMES) * x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 400}
    )
    return replace(blank, weights=np.asarray(found.x).reshape(len(NAMES), -1))


def write_model(rows: Rows, file: Path = FILE) -> None:
    """Fit on everything, set the thresholds on held-out scores, store as JSON."""
    data = table(rows)
    curves = fit(data, np.ones(len(rows), np.bool_))
    warn, fail = thresholds(data, held_out(data))
    areas, names, _ = areas_of(rows)
    namer = fit_names(areas, names)
    harmless = [row["features"] for row in rows if not row["attack"]]
    pieces = {
        source: len({r["piece"] for r in rows if r["source"] == source}) for source in ("atelier", "photo")
    }
    origin = (
        f"{len(rows)} trials on {pieces['atelier']} atelier pieces and {pieces['photo']} photographs; "
        f"{WARN_AT:.1%} and {FAIL_AT:.0%} of harmless answers stay below"
    )
    plain = {
        "origin": origin,
        "bias": round(curves.bias, 4),
        "warn": round(warn, 4),
        "fail": round(fail, 4),
        "offset": {"knots": _rounded(FACTORS), "heights": _rounded(curves.offsets)},
        "curves": {
            name: {"knots": _rounded(knots), "heights": _rounded(heights)}
            for name, knots, heights in zip(data.names, curves.knots, curves.heights, strict=True)
            if heights[-1] > 0.01
        },
        "blameless": {n: round(float(np.quantile([f[n] for f in harmless], 0.97)), 3) for n in HEAT},
        "tinted": round(float(np.quantile([f["light_delta_e"] for f in harmless], 0.99)), 3),
        "naming": {
            "traits": list(namer.traits),
            "centre": _rounded(namer.centre),
            "spread": _rounded(namer.spread),
            "bends": [_rounded(line) for line in namer.bends],
            "names": list(NAMES),
            "weights": [_rounded(line) for line in namer.weights],
        },
    }
    file.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    print(origin)
    print(f"warn {warn:.2f}, fail {fail:.2f}, {len(plain['curves'])} curves")


def _rounded(values: Vector) -> list[float]:
    return [round(float(v), 4) for v in values]


if __name__ == "__main__":
    write_model([row for name in sys.argv[1:] for row in read_rows(Path(name))])
