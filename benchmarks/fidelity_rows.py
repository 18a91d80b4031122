"""Putting trials to the gate and writing down what it measured, one JSON line each, resumable.

`python -m benchmarks.fidelity_rows ROWS.jsonl [--bank FOLDER] [--photos FOLDER] [--share 0.4] [--part 1/2]`; the parts
of one run may be measured at different times, and their files given together to whatever reads rows.
"""

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.fidelity_bank import atelier_truths
from benchmarks.fidelity_trials import PHOTOS, Trial, Truth, photo_truths, trials
from pipeline.fidelity.attacks import is_golden, piece_mask
from pipeline.fidelity.enlarge import average
from pipeline.fidelity.examination import Pair, at_own_scale, beyond, deliver, lay_over, told_alone
from pipeline.fidelity.filters import luma
from pipeline.fidelity.heatmap import heat
from pipeline.fidelity.measure import figures
from pipeline.fidelity.model import model
from pipeline.fidelity.reasons import hot_areas, traits
from pipeline.images import Pixels

FRAME_PX = 8
"""Pixels of the enhanced picture left out when the lock is compared with the truth: a shifted answer lacks them."""


def all_truths(bank: Path | None, photos: Path | None) -> list[Truth]:
    """Gather every truth at hand, in a stable order."""
    found = list(atelier_truths(bank)) if bank else []
    return found + (list(photo_truths(photos)) if photos else [])


def write_rows(
    file: Path, truths: list[Truth], share: float, workers: int, seed: int, part: str = "1/1"
) -> None:
    """Measure all trials of all truths, or of one part of them; truths already in the file are skipped."""
    own, parts = (int(number) for number in part.split("/"))
    done = {(row["piece"], row["window"]) for row in read_rows(file)} if file.exists() else set()
    jobs = []
    for place, truth in enumerate(truths):
        window = str(place)
        if place % parts == own - 1 and (truth.piece, window) not in done:
            others = [t for t in truths if t.piece != truth.piece and t.source == truth.source] or truths
            jobs.append((truth, window, others[place % len(others)].picture, seed + place, share))
    order = np.random.default_rng(0).permutation(len(jobs))  # so that a part of the file is a fair sample
    jobs = [jobs[place] for place in order]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool, file.open("a") as out:
        for rows in pool.map(_rows, jobs):
            out.writelines(json.dumps(row) + "\n" for row in rows)
            out.flush()
            print(f"{rows[0]['piece']}: {len(rows)} trials" if rows else "no trials", flush=True)


def read_rows(file: Path) -> Iterator[dict[str, Any]]:
    """Read the rows back."""
    with file.open() as lines:
        for line in lines:
            yield json.loads(line)


def _rows(job: tuple[Truth, str, Pixels, int, float]) -> list[dict[str, Any]]:
    truth, window, donor, seed, share = job
    return [{"window": window, **_row(trial)} for trial in trials(truth, donor, seed, share)]


def _row(trial: Trial) -> dict[str, Any]:
    started = time.process_time()
    pair = lay_over(trial.crop, trial.answer)
    heat_map = heat(pair.measurement.maps.evidence, model().blameless)
    seconds = time.process_time() - started
    areas = hot_areas(heat_map)
    row: dict[str, Any] = {
        "piece": trial.piece,
        "source": trial.source,
        "factor": trial.factor,
        "clean": trial.clean,
        "attack": trial.attack,
        "severity": trial.severity,
        "habit": trial.habit,
        "reasons": list(trial.reasons),
        "change": trial.change,
        "failure": pair.registration.failure,
        "features": {name: float(value) for name, value in pair.measurement.features.items()},
        "traits": [traits(pair.measurement.maps, heat_map, *area) for area in areas[:3]]
        if trial.attack
        else [],
        "alone": _alone(pair),
        "seconds": seconds,
        "peers": _peers(trial, pair),
        "lock": _locked(trial, pair),
    }
    if trial.attack == "restyle":
        row["golden"] = is_golden(trial.truth.astype(np.float32), piece_mask(trial.truth))
    if trial.area is not None:
        row["hit"] = bool(trial.area[np.unravel_index(int(heat_map.argmax()), heat_map.shape)] > 0)
        row["inside"] = [float((trial.area[window][area] > 0).mean()) for window, area in areas[:3]]
    return row


def _alone(pair: Pair) -> float:
    """How far past the warning the answer is put by what is told alone, 0 to 1; -1 where nothing is."""
    if pair.registration.failure:
        return -1.0
    return max((beyond(reason) for reason in told_alone(pair, at_own_scale(pair))), default=-1.0)


def _peers(trial: Trial, pair: Pair) -> dict[str, float]:
    """What everyone else would have measured: naive and after our registration."""
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    size = (trial.crop.shape[1], trial.crop.shape[0])
    naive = cv2.resize(trial.answer, size, interpolation=cv2.INTER_AREA)
    found = {}
    for name, shown in (
        ("naive", naive),
        ("registered", np.clip(np.rint(pair.small), 0, 255).astype(np.uint8)),
    ):
        grey = [luma(p.astype(np.float32)) for p in (trial.crop, shown)]
        gap = float(np.mean((trial.crop.astype(float) - shown) ** 2))
        found[f"{name} PSNR"] = float(peak_signal_noise_ratio(trial.crop, shown)) if gap else 100.0
        scales = []
        for level in range(4):
            if min(grey[0].shape) < 2**level * 11:
                break
            at = [
                cv2.resize(g, None, fx=0.5**level, fy=0.5**level, interpolation=cv2.INTER_AREA) for g in grey
            ]
            scales.append(float(structural_similarity(*at, data_range=255, gaussian_weights=True, sigma=1.5)))
        found[f"{name} SSIM"] = scales[0]
        # Wang, Simoncelli and Bovik's weights, with SSIM standing for contrast and structure at each scale
        weights = np.array([0.0448, 0.2856, 0.3001, 0.3695])[: len(scales)]
        found[f"{name} MS-SSIM"] = float(np.prod(np.maximum(scales, 1e-3) ** (weights / weights.sum())))
    return found


def _locked(trial: Trial, pair: Pair) -> dict[str, float]:
    """How near the registered and the locked answer are to the truth, and the lock's own figures."""
    if pair.registration.failure or pair.registered.shape != trial.truth.shape:
        return {}
    started = time.process_time()
    delivered = deliver(pair, "strict")
    seconds = time.process_time() - started
    agreed = figures(
        pair.crop, average(delivered.picture, pair.registration.factor), pair.measurement.maps.valid
    )
    return {
        "raw_db": psnr_within(pair.registered, trial.truth),
        "locked_db": psnr_within(delivered.picture, trial.truth),
        "lr_psnr_db": agreed.lr_psnr_db,
        "worst_window_db": agreed.worst_window_db,
        "noise": pair.noise,
        "restored": delivered.restored,
        "seconds": seconds,
    }


def psnr_within(picture: Pixels, truth: Pixels) -> float:
    """PSNR in dB against the truth, but for a frame of `FRAME_PX`."""
    inner = (slice(FRAME_PX, -FRAME_PX), slice(FRAME_PX, -FRAME_PX))
    gap = picture[inner].astype(np.float32) - truth[inner]
    return float(10 * np.log10(255**2 / (float((gap * gap).mean()) + 1e-4)))


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("rows", type=Path)
    options.add_argument("--bank", type=Path)
    options.add_argument("--photos", type=Path, default=PHOTOS)
    options.add_argument("--share", type=float, default=0.4)
    options.add_argument("--seed", type=int, default=1_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--part", default="1/1")
    chosen = options.parse_args()
    write_rows(
        chosen.rows,
        all_truths(chosen.bank, chosen.photos),
        chosen.share,
        chosen.workers,
        chosen.seed,
        chosen.part,
    )
