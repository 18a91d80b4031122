"""What the gate catches, what it cries wolf at, what the lock repairs, and what both cost: on pieces not fitted to.

`python -m benchmarks.fidelity [--quick]` renders a bank of pieces, measures it and reports; with files of
`benchmarks.fidelity_rows` as arguments it reports on those. Every score comes from a fit that has not seen the
row's piece. Photographs join where their folder is found.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.fidelity_bank import piece_number
from benchmarks.fidelity_fit import NAMES, Table, areas_of, fit_names, held_out, table, thresholds
from benchmarks.fidelity_rows import all_truths, read_rows, write_rows
from benchmarks.fidelity_trials import PHOTOS
from pipeline.fidelity import compare, lock
from pipeline.fidelity.attacks import RECOLOURED_BY

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
PEERS = (
    "naive PSNR",
    "naive SSIM",
    "naive MS-SSIM",
    "registered PSNR",
    "registered SSIM",
    "registered MS-SSIM",
)
LOCAL = (
    "bend here",
    "move",
    "turn",
    "thickness",
    "remove",
    "duplicate",
    "mirror",
    "recolour",
    "engrave",
    "facets",
    "swap",
)
FOLDER = Path("bench-out")
PIECES, SHARE, SEED = 24, 0.25, 20_000
"""How many pieces `make bench` renders and what share of all trials it runs: some 2,000, twenty minutes."""
QUICK_PIECES, QUICK_SHARE = 8, 0.12
"""The same for a first impression: some 300 trials, three minutes."""
VISIBLE = 12.0
"""Grey levels (RMS in a 7 x 7 window of the crop) from which a change is plain to see."""


def auc(scores: Scores, drifted: Flags) -> float:
    """Area under the ROC curve, by ranks."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return float((ranks[drifted].mean() - (drifted.sum() - 1) / 2) / (~drifted).sum())


def caught(scores: Scores, harmless: Scores, false_alarms: float) -> float:
    """Share of `scores` above the given quantile of harmless ones."""
    return float((scores > np.quantile(harmless, 1 - false_alarms)).mean()) if len(scores) else float("nan")


def with_what_is_told_alone(data: Table, scores: Scores) -> Scores:
    """The scores as the gate has them: lost profiles, squeezes and what is seen at full size count by themselves."""
    warn, fail = thresholds(data, scores)
    alone = np.array([row.get("alone", -1.0) for row in data.rows])
    return np.where(alone < 0, scores, np.maximum(scores, warn + alone * (fail - warn)))


def gate_report(data: Table, scores: Scores) -> dict[str, Any]:
    """Everything about the gate, for all rows and per source."""
    found: dict[str, Any] = {}
    for source in ("all", "atelier", "photo"):
        rows = np.array([source in {"all", r["source"]} for r in data.rows])
        twins, drifted = rows & data.mixed & ~data.drifted, rows & data.drifted
        if twins.sum() < 30 or drifted.sum() < 30:
            continue
        harmless = scores[twins]
        severity = np.array([r["severity"] for r in data.rows])
        change = np.array([r["change"] for r in data.rows])
        attack = np.array([r["attack"] for r in data.rows])
        both = rows & data.mixed
        found[source] = {
            "trials": {"harmless": int(twins.sum()), "drifted": int(drifted.sum())},
            "AUC": auc(scores[both], data.drifted[both]),
            "TPR at 5 %": caught(scores[drifted], harmless, 0.05),
            "TPR at 1 %": caught(scores[drifted], harmless, 0.01),
            "severity at 1 %": {
                s: caught(scores[drifted & (severity == s)], harmless, 0.01) for s in (1, 2, 3)
            },
            "severity 2 and 3 at 1 %": caught(scores[drifted & (severity > 1)], harmless, 0.01),
            "visible changes at 1 %": caught(scores[drifted & (change >= VISIBLE)], harmless, 0.01),
            "colours at 1 %": {
                name: [caught(scores[rows & own], harmless, 0.01), int((rows & own).sum())]
                for name, own in _colour_changes(data).items()
            },
            "attacks at 1 %": {
                name: [
                    caught(scores[drifted & (attack == name) & (severity == s)], harmless, 0.01)
                    for s in (1, 2, 3)
                ]
                for name in sorted(set(attack[drifted]))
            },
            "peers": {name: _peer(data, name, both) for name in PEERS},
        }
    warn, _ = thresholds(data, scores)
    habits = sorted({r["habit"] for r in data.rows if not r["attack"]})
    found["false alarms"] = {
        habit: [float((s >= warn).mean()), len(s)]
        for habit in habits
        if len(s := scores[np.array([r["habit"] == habit and not r["attack"] for r in data.rows])])
    }
    floor = [0, 3, 5, 8, 12, 20, 40, 1e9]
    fail = float(np.quantile(scores[data.mixed & ~data.drifted], 0.99))
    changes = np.array([r["change"] for r in data.rows])
    found["caught by size of change"] = {
        f"{low:.0f} to {high:.0f}" if high < 1e8 else f"over {low:.0f}": [float((s > fail).mean()), len(s)]
        for low, high in pairwise(floor)
        if len(s := scores[data.drifted & (changes >= low) & (changes < high)])
    }
    return found


def _colour_changes(data: Table) -> dict[str, Flags]:
    """The trials that changed a colour alone, by what changed and how far."""
    found = {
        f"recoloured by dE {least} or more": [
            r["attack"] == "recolour" and RECOLOURED_BY[r["severity"] - 1] >= least for r in data.rows
        ]
        for least in (6, 10)
    }
    for name, golden in (("yellow to rose", True), ("silver to gold", False)):
        for severity, how in enumerate(("a third of the way", "two thirds", "wholly"), start=1):
            found[f"{name}, {how}"] = [
                r["attack"] == "restyle" and r["severity"] == severity and r.get("golden") is golden
                for r in data.rows
            ]
    return {name: np.array(own) for name, own in found.items()}


def naming_report(data: Table, scores: Scores) -> dict[str, float]:
    """How often a caught, single attack is named rightly by a classifier that has not seen its piece."""
    fail = float(np.quantile(scores[data.mixed & ~data.drifted], 0.99))
    first, any_of, pointed, local = [], [], [], []
    for fold in range(int(data.fold.max()) + 1):
        train = [row for row, f in zip(data.rows, data.fold, strict=True) if f != fold]
        areas, names, _ = areas_of(train)
        namer = fit_names(areas, names)
        for row, f, score in zip(data.rows, data.fold, scores, strict=True):
            if f != fold or not row["attack"] or score <= fail or row["failure"]:
                continue
            if row["attack"] in LOCAL and "hit" in row:
                pointed.append(row["hit"])
                local.append(row["attack"])
            if row["traits"] and set(row["reasons"]) <= set(NAMES):
                given = [namer.name(area) for area in row["traits"]]
                first.append(given[0] in row["reasons"])
                any_of.append(bool(set(given) & set(row["reasons"])))
    return {
        "first reason right": float(np.mean(first)),
        "a reason right": float(np.mean(any_of)),
        "heat map's peak on the change": float(np.mean(pointed)),
        "trials": len(first),
    }


def lock_report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the lock does for clean and noisy crops, drifted and harmless answers."""
    found = {}
    for clean in (True, False):
        for drifted in (True, False):
            own = [
                r["lock"] for r in rows if r["lock"] and r["clean"] == clean and bool(r["attack"]) == drifted
            ]
            if not own:
                continue
            gain = np.array([r["locked_db"] - r["raw_db"] for r in own])
            lossless = [r for r in own if r["noise"] == 0]
            found[f"{'clean' if clean else 'noisy'}, {'drifted' if drifted else 'harmless'}"] = {
                "trials": len(own),
                "raw dB": float(np.mean([r["raw_db"] for r in own])),
                "locked dB": float(np.mean([r["locked_db"] for r in own])),
                "median gain dB": float(np.median(gain)),
                "nearer to the truth": float((gain > 0).mean()),
                "taken as clean": len(lossless) / len(own),
                "LR-PSNR of those, least": float(min((r["lr_psnr_db"] for r in lossless), default=np.nan)),
                "worst window of those, least": float(
                    min((r["worst_window_db"] for r in lossless), default=np.nan)
                ),
            }
    return found


def cost_report() -> dict[str, float]:
    """CPU seconds and peak memory for a 512 px crop and its 2048 px answer, this process alone."""
    dice = np.random.default_rng(0)
    coarse = dice.uniform(0, 255, (128, 128, 3)).astype(np.float32)
    truth = np.clip(cv2.resize(coarse, (2048, 2048), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)
    crop = cv2.resize(truth, (512, 512), interpolation=cv2.INTER_AREA)
    compare(crop, truth)
    started = time.process_time()
    compare(crop, truth)
    compared = time.process_time()
    lock(crop, truth)
    locked = time.process_time()
    return {
        "compare CPU s": compared - started,
        "lock CPU s": locked - compared,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def plot(report: dict[str, Any], file: Path) -> None:
    """Draw, per attack and severity, the share caught at 1 % false alarms."""
    attacks = report["gate"]["all"]["attacks at 1 %"]
    row, left, width = 26, 130, 560
    picture = Image.new("RGB", (left + width + 70, row * (len(attacks) + 2)), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((8, 6), "Caught at 1 % false alarms, severity 1 (light) to 3 (dark)", fill="#333333")
    for place, (name, shares) in enumerate(attacks.items(), start=1):
        top = place * row + 4
        pen.text((8, top + 4), name, fill="#333333")
        for level, share in enumerate(shares):
            if np.isfinite(share):
                y = top + level * 7
                pen.rectangle(
                    (left, y, left + width * share, y + 5), fill=("#e3c77a", "#c79a2e", "#7a5a10")[level]
                )
        pen.text(
            (left + width + 8, top + 4),
            " ".join(f"{s:.2f}"[-3:] if s < 1 else "1" for s in shares),
            fill="#333333",
        )
    for tenth in range(0, 11, 2):
        x = left + width * tenth / 10
        pen.line((x, row, x, row * (len(attacks) + 1)), fill="#dddddd")
        pen.text((x - 8, row * (len(attacks) + 1) + 4), f"{tenth * 10} %", fill="#666666")
    picture.save(file)


def _peer(data: Table, name: str, rows: Flags) -> dict[str, float]:
    badness = -np.array([r["peers"][name] for r in data.rows])
    harmless = badness[rows & ~data.drifted]
    return {
        "AUC": auc(badness[rows], data.drifted[rows]),
        "TPR at 5 %": caught(badness[rows & data.drifted], harmless, 0.05),
        "TPR at 1 %": caught(badness[rows & data.drifted], harmless, 0.01),
    }


def _print(result: dict[str, Any]) -> None:
    """Print everything as tables."""
    for source, gate in result["gate"].items():
        if source in {"all", "atelier", "photo"}:
            _print_source(source, gate)
    print("\nfalse alarms by harmless effect (share warned of, trials)")
    for name, (share, count) in result["gate"]["false alarms"].items():
        print(f"  {name:<22}{share:6.1%}  {count}")
    print("\nfailure floor: caught at 1 % false alarms, by the largest change in a 7 x 7 window of the crop")
    for name, (share, count) in result["gate"]["caught by size of change"].items():
        print(f"  {name:<12} grey levels {share:6.1%}  {count}")
    for title in ("naming", "lock", "cost"):
        print(f"\n{title}")
        for key, item in result[title].items():
            figures = item.items() if isinstance(item, dict) else [("", item)]
            print(f"  {key:<32}" + "  ".join(f"{k} {v:.3f}".strip() for k, v in figures))


def _print_source(source: str, gate: dict[str, Any]) -> None:
    print(f"\n{source}: {gate['trials']['harmless']} harmless, {gate['trials']['drifted']} drifted")
    print(f"  {'':<22}   AUC  @5 %  @1 %")
    for name, row in [("the gate", gate), *gate["peers"].items()]:
        print(f"  {name:<22} {row['AUC']:.3f} {row['TPR at 5 %']:5.1%} {row['TPR at 1 %']:5.1%}")
    print(f"  severities 2 and 3 at 1 %: {gate['severity 2 and 3 at 1 %']:.1%}")
    print(f"  changes of {VISIBLE:.0f} grey levels or more at 1 %: {gate['visible changes at 1 %']:.1%}")
    for name, (share, count) in gate["colours at 1 %"].items():
        print(f"  {name:<38}" + (f"{share:6.1%}  {count}" if count else "    –"))
    print(f"  {'caught at 1 % by severity':<28}   1     2     3")
    for name, shares in gate["attacks at 1 %"].items():
        print(f"  {name:<28}" + " ".join(f"{s:5.0%}" if np.isfinite(s) else "    –" for s in shares))


def main(arguments: Sequence[str] = ()) -> None:
    """Report on given rows, or render a bank, measure it and report on that; what is there already is used again."""
    options = argparse.ArgumentParser()
    options.add_argument("rows", type=Path, nargs="*")
    options.add_argument("--quick", action="store_true", help="fewer pieces and trials")
    options.add_argument("--json", type=Path, default=FOLDER / "fidelity.json")
    options.add_argument("--plot", type=Path, default=FOLDER / "fidelity.png")
    chosen = options.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    cost = cost_report()  # first, while this process holds nothing else
    files = chosen.rows or [_measured(quick=chosen.quick)]
    gathered = [row for name in files for row in read_rows(name)]
    seen = table(gathered)
    unseen = with_what_is_told_alone(seen, held_out(seen))
    result = {
        "pieces": len({row["piece"] for row in gathered}),
        "gate": gate_report(seen, unseen),
        "naming": naming_report(seen, unseen),
        "lock": lock_report(gathered),
        "cost": cost,
    }
    _print(result)
    chosen.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    plot(result, chosen.plot)


def _measured(*, quick: bool) -> Path:
    pieces, share = (QUICK_PIECES, QUICK_SHARE) if quick else (PIECES, SHARE)
    rows = FOLDER / f"fidelity-rows{'-quick' * quick}.jsonl"
    bank = FOLDER / "fidelity-bank"
    # in its own process: the renderer's threads do not survive the forks that follow
    subprocess.run([sys.executable, "-m", "benchmarks.fidelity_bank", str(bank), str(pieces)], check=True)
    truths = [t for t in all_truths(bank, PHOTOS) if t.source == "photo" or piece_number(t.piece) < pieces]
    write_rows(rows, truths, share, len(os.sched_getaffinity(0)), SEED)
    return rows


if __name__ == "__main__":
    main(sys.argv[1:])
