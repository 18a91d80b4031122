"""How much of a bent answer straightening brings back, and whether it ever hides a redesign or touches honest answers.

`python -m benchmarks fidelity_bends [--bank FOLDER] [--photos N]`. Truths are photographs and rendered windows; answers
are bent all over by as much as editors were seen to bend pictures of 1024 x 1536 px, half of them with a provider's
habits on top. A redesign beneath a bend must be failed as it is without one.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.fidelity_bank import atelier_truths
from benchmarks.fidelity_benign import enhance
from benchmarks.fidelity_models import displacement
from benchmarks.fidelity_rows import psnr_within
from benchmarks.fidelity_trials import PHOTOS, Truth, photo_truths
from pipeline.fidelity import compare, examine
from pipeline.fidelity.attacks import attack, bent
from pipeline.fidelity.examination import deliver, lay_over
from pipeline.images import Pixels

FACTOR = 4
EDITORS = {"a good one": 1.9, "a middling one": 8.8, "a bad one": 22.9}
"""Mean displacement in pixels that editors were measured to make at `MEASURED_AT`."""
MEASURED_AT = float(np.sqrt(1024 * 1536))
REDESIGNS = ("move", "remove", "duplicate", "thickness", "recolour")
FIGURES = (
    "mean px",
    "as given dB",
    "locked bent dB",
    "locked dB",
    "restored bent",
    "restored",
    "moved mean px",
    "moved worst px",
)
RECOVERED_DB = 0.5
"""Gain of the locked picture over the lock without straightening from which an answer counts as recovered."""


def truths(bank: Path, photos: int) -> Iterator[Truth]:
    """One window of each photograph and piece that is at hand."""
    yield from islice(photo_truths(PHOTOS, per_photo=1), photos)
    seen: set[str] = set()
    for truth in atelier_truths(bank) if bank.is_dir() else ():
        if truth.piece not in seen:
            seen.add(truth.piece)
            yield truth


def rows_of(truth: Truth, number: int) -> Iterator[dict[str, Any]]:
    """Answers to one crop, bent and honest."""
    side = truth.picture.shape[0] // FACTOR
    crop = cv2.resize(truth.picture, (side, side), interpolation=cv2.INTER_AREA)
    habits = bool(number % 2)
    for who, mean_px in {"honest": 0.0, **EDITORS}.items():
        dice = np.random.default_rng(number)
        answer = bent(truth.picture, mean_px * truth.picture.shape[0] / MEASURED_AT, dice)
        yield {
            "who": who,
            **_measured(crop, truth.picture, enhance(answer, FACTOR, dice) if habits else answer),
        }


def _measured(crop: Pixels, truth: Pixels, answer: Pixels) -> dict[str, Any]:
    examined = examine(crop, answer)
    report = examined.fidelity
    without = deliver(lay_over(crop, answer), "strict")
    moved = displacement(truth, examined.locked)
    return {
        "verdict": report.raw_verdict,
        "delivered": report.verdict,
        "straightened": report.straightened is not None,
        "mean px": report.straightened.mean_px if report.straightened else 0.0,
        "as given dB": psnr_within(examined.registered, truth),
        "locked bent dB": psnr_within(without.picture, truth),
        "locked dB": psnr_within(examined.locked, truth),
        "restored bent": without.restored,
        "restored": report.restored,
        "moved mean px": moved[0],
        "moved worst px": moved[1],
    }


def hidden(truth: Truth, number: int) -> Iterator[tuple[str, bool, bool]]:
    """Redesigns, plain to see, without and with a bend on top: which, and whether each was named rightly."""
    side = truth.picture.shape[0] // FACTOR
    crop = cv2.resize(truth.picture, (side, side), interpolation=cv2.INTER_AREA)
    for name in REDESIGNS:
        dice = np.random.default_rng(number)
        drifted = attack(truth.picture, name, 3, dice)
        over = bent(drifted.picture, EDITORS["a middling one"] * side * FACTOR / MEASURED_AT, dice)
        plain, both = (
            not drifted.reasons.isdisjoint(reason.name for reason in compare(crop, answer).reasons)
            for answer in (drifted.picture, over)
        )
        yield name, plain, both


def main(arguments: Sequence[str] = ()) -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--bank", type=Path, default=Path("bench-out") / "fidelity-bank")
    options.add_argument("--photos", type=int, default=20)
    chosen = options.parse_args(arguments)
    cv2.setNumThreads(1)
    at_hand = list(truths(chosen.bank, chosen.photos))
    rows = [row for number, truth in enumerate(at_hand) for row in rows_of(truth, number)]
    for who in ("honest", *EDITORS):
        own = [row for row in rows if row["who"] == who]
        recovered = _mean(row["locked dB"] - row["locked bent dB"] >= RECOVERED_DB for row in own)
        print(
            f"{who:<15} {len(own)} answers, not passed {_mean(r['verdict'] != 'pass' for r in own):.2f}, "
            f"delivered as repaired or passed {_mean(r['delivered'] != 'fail' for r in own):.2f}, "
            f"straightened {_mean(r['straightened'] for r in own):.2f}, recovered {recovered:.2f}"
        )
        means = "  ".join(f"{name} {_mean(r[name] for r in own):.3g}" for name in FIGURES)
        print(f"  {means}  worst of all {max(r['moved worst px'] for r in own):.2f} px")
    redesigns = [row for number, truth in enumerate(at_hand) for row in hidden(truth, number)]
    for name in REDESIGNS:
        plain, both = (_mean(row[k] for row in redesigns if row[0] == name) for k in (1, 2))
        print(
            f"{name:<12} named {plain:.2f}, beneath a bend {both:.2f} of {len(redesigns) // len(REDESIGNS)}"
        )


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))


if __name__ == "__main__":
    main(sys.argv[1:])
