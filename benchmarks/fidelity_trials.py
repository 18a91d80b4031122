"""Trials of the gate: a crop, an answer to it, and what is true of the answer.

Every drifted answer has a harmless twin that went through the same provider's habits: a gate that merely notices
habits gains nothing. Truths come from the atelier and, where the folder is found, from real photographs.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.fidelity_benign import SINGLES, enhance, photograph, single
from pipeline import images
from pipeline.fidelity.attacks import NAMES, Drifted, attack
from pipeline.fidelity.filters import blur, box, luma, steepness
from pipeline.images import Pixels

PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "photos"
WINDOW = 600
"""Side of a truth in pixels: divisible by 2, 3 and 4."""
PHOTO_SHRINK = 0.6
"""Camera files are soft at 1:1; shrunk by this much their finest detail is real."""
SILENT_LEVELS = 1.0
"""An attack that moves no 7 x 7 window of its own picture by this many grey levels (RMS) did nothing."""


@dataclass(frozen=True)
class Truth:
    """A picture at the enhanced resolution, of which crops are made."""

    piece: str
    """Trials of one piece are never split between fitting and testing."""
    source: str
    """`atelier` or `photo`."""
    picture: Pixels
    master: Pixels | None = None
    """The same window rendered at the master's own size, a quarter of the picture's, where there is one."""
    again: dict[str, Pixels] = field(default_factory=dict)
    """The window's macros, by the quality they were rendered in: what the atelier answers to that master."""


@dataclass(frozen=True)
class Trial:
    """One question to the gate. `attack` is empty for a harmless answer, `habit` names its single effect."""

    piece: str
    source: str
    factor: int
    clean: bool
    attack: str
    severity: int
    habit: str
    reasons: tuple[str, ...]
    change: float
    """The largest RMS change in any 7 x 7 window at crop resolution, grey levels."""
    crop: Pixels
    answer: Pixels
    truth: Pixels
    area: Pixels | None
    """Share of each crop pixel that the attack meant to change, 0..255; None for a harmless answer."""


def photo_truths(folder: Path = PHOTOS, per_photo: int = 3) -> Iterator[Truth]:
    """Cut the busiest windows of the calibration photographs, where they are at hand."""
    index = folder / "index.json"
    if not index.exists():
        return
    for entry in json.loads(index.read_text()):
        picture = images.decode((folder / entry["file"]).read_bytes())
        shrink = max(PHOTO_SHRINK, WINDOW / min(picture.shape[:2]))
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        for corner in _windows(picture, per_photo):
            y, x = corner
            yield Truth(entry["file"], "photo", np.ascontiguousarray(picture[y : y + WINDOW, x : x + WINDOW]))


def trials(truth: Truth, donor: Pixels, seed: int, share: float = 1.0) -> Iterator[Trial]:
    """Attack at all severities, each time with a harmless twin, and show every single habit; or a random share."""
    dice = np.random.default_rng(seed)
    for name in NAMES:
        for severity in (1, 2, 3):
            if dice.uniform() > share:
                continue
            drifted = attack(truth.picture, name, severity, dice, donor)
            if _loudness(truth.picture, drifted.picture) < SILENT_LEVELS:
                continue
            yield from _pair(truth, drifted, dice)
    for habit in SINGLES:
        if dice.uniform() > share:
            continue
        factor, clean, crop = _crop(truth, dice)
        answer = single(_whole(truth.picture, factor), habit, factor, dice)
        yield Trial(
            truth.piece, truth.source, factor, clean, "", 0, habit, (), 0.0, crop, answer,
            _whole(truth.picture, factor), None,
        )  # fmt: skip
    yield from _rendered_again(truth)


def _rendered_again(truth: Truth) -> Iterator[Trial]:
    """A macro against the crop of a master that was rendered on its own: the same geometry, other noise."""
    if truth.master is None:
        return
    clean = False  # its noise is the renderer's
    for quality, macro in truth.again.items():
        for factor in (2, 4):
            size = (truth.master.shape[1] * factor, truth.master.shape[0] * factor)
            answer = cv2.resize(macro, size, interpolation=cv2.INTER_AREA)
            yield Trial(
                truth.piece, truth.source, factor, clean, "", 0, f"rendered again, {quality}", (), 0.0,
                truth.master, answer, answer, None,
            )  # fmt: skip


def _pair(truth: Truth, drifted: Drifted, dice: np.random.Generator) -> Iterator[Trial]:
    factor, clean, crop = _crop(truth, dice)
    picture, changed = _whole(truth.picture, factor), _whole(drifted.picture, factor)
    size = (crop.shape[1], crop.shape[0])
    before, after = (cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (picture, changed))
    area = cv2.resize(_whole(drifted.area.astype(np.uint8) * 255, factor), size, interpolation=cv2.INTER_AREA)
    habits = int(dice.integers(2**31))
    for name, answer in (("", picture), (drifted.attack, changed)):
        yield Trial(
            piece=truth.piece,
            source=truth.source,
            factor=factor,
            clean=clean,
            attack=name,
            severity=drifted.severity if name else 0,
            habit="mixed",
            reasons=tuple(sorted(drifted.reasons)) if name else (),
            change=_loudness(before, after) if name else 0.0,
            crop=crop,
            answer=enhance(answer, factor, np.random.default_rng(habits)),
            truth=picture,
            area=area if name else None,
        )


def _crop(truth: Truth, dice: np.random.Generator) -> tuple[int, bool, Pixels]:
    factor, clean = int(dice.choice([2, 3, 4])), bool(dice.uniform() < 0.5)
    return factor, clean, photograph(truth.picture, factor, dice, clean=clean)


def _whole(picture: Pixels, factor: int) -> Pixels:
    height, width = picture.shape[:2]
    return picture[: height // factor * factor, : width // factor * factor]


def _loudness(before: Pixels, after: Pixels) -> float:
    squared = ((before.astype(np.float32) - after.astype(np.float32)) ** 2).mean(2)
    return float(np.sqrt(max(0.0, float(box(squared, 7).max()))))


def _windows(picture: Pixels, count: int) -> list[tuple[int, int]]:
    busy = blur(steepness(luma(picture.astype(np.float32))), 2.0)
    sums = cv2.boxFilter(np.minimum(busy, 12), -1, (WINDOW, WINDOW), anchor=(0, 0), normalize=False)
    valid = sums[: picture.shape[0] - WINDOW + 1 : 8, : picture.shape[1] - WINDOW + 1 : 8].copy()
    found: list[tuple[int, int]] = []
    for _ in range(count):
        row, column = np.unravel_index(int(valid.argmax()), valid.shape)
        if valid[row, column] <= 0:
            break
        found.append((int(row) * 8, int(column) * 8))
        reach = WINDOW * 6 // 10 // 8  # windows may overlap by less than half
        valid[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach] = 0
    return found
