"""Whether weights are right: against every body united, for 200 random pieces, and against published ones.

Run: python -m benchmarks atelier_weights, or a share: python -m benchmarks.atelier_weights first count. The first
table unites all copies of a piece, links and grains too, where the product measures a few and reckons; both count the
share of a chain's drawn volume that is metal. The second weighs pieces like those of `published_weights.json`.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from pipeline.atelier.alloys import alloy
from pipeline.atelier.geometry.mesh import Mesh, volume
from pipeline.atelier.geometry.solid import intersect, unite
from pipeline.atelier.materials import CAST, look
from pipeline.atelier.measures import Figures, figures
from pipeline.atelier.piece import SOLDERED, WORN_BY, Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from tests.atelier.random_form import random_form

COUNT, WITHIN = 200, 0.05
PUBLISHED = Path(__file__).with_name("published_weights.json")
CARAT_G = 0.2


def measure(first: int = 0, count: int = COUNT) -> None:
    """Print how near the weights of random pieces are to those of all their bodies united."""
    begun, away = time.process_time(), []
    for number in range(first, first + count):
        name, spec = random_form(number)
        piece = build(spec)
        reckoned, whole = metal(figures(spec, piece)), united(spec, piece)
        if not whole:
            continue
        away.append(reckoned / whole - 1)
        if abs(away[-1]) > WITHIN:
            print(f"{number} {name}: {reckoned:.2f} g, its bodies {whole:.2f} g", flush=True)
    off = np.abs(away)
    print(
        f"{int((off <= WITHIN).sum())} of {len(off)} pieces (from {first}) within {100 * WITHIN:.0f} % of the volume "
        f"of their bodies times density; median {100 * np.median(off):.2f} %, worst {100 * off.max():.1f} %; "
        f"{time.process_time() - begun:.0f} CPU-s"
    )


def metal(measured: Figures) -> float:
    """Grams of metal as the product tells them."""
    return sum(weight.grams for weight in measured.weights)


def united(spec: Spec, piece: Piece) -> float:
    """Grams of metal of a piece, all of its bodies united; what two metals share is the first one's."""
    grams, taken = 0.0, None
    cast = [part for part in piece.parts if part.material in CAST]
    for material in dict.fromkeys(part.material for part in cast):
        of_it = [part for part in cast if part.material == material]
        substance = (
            spec.substance if spec.substance and material == look(spec.metal, spec.substance) else None
        )
        made_of = alloy(spec.metal if substance else material, spec.fineness, substance)  # type: ignore[arg-type]
        soldered = [body for part in of_it if not hangs(part) for body in copies(part)]
        if soldered:
            body = unite(soldered)
            own = volume(body) - (volume(intersect(body, taken)) if taken is not None else 0.0)
            taken = body if taken is None else unite([taken, body])
            grams += own * made_of.density / 1000
        for part in of_it:
            if hangs(part):
                grams += volume(unite(copies(part))) * part.filled * made_of.density / 1000
    return grams


def hangs(part: Part) -> bool:
    """Whether a part is copies that hang in one another."""
    return bool(part.repeats) and part.role not in SOLDERED


def copies(part: Part) -> list[Mesh]:
    """Every body of a part."""
    if not part.repeats:
        return [Mesh(part.vertices, part.faces)]
    return [
        Mesh(repeat.vertices @ pose[:3, :3].T + pose[:3, 3], repeat.faces)
        for repeat in part.repeats
        for pose in repeat.poses
    ]


def published() -> None:
    """Print published weights beside those of pieces of the same measures."""
    print("published weights (what is not published is assumed): ours, theirs, ratio")
    ratios = []
    for fact in json.loads(PUBLISHED.read_text("utf-8")):
        spec = Spec.model_validate(fact["spec"])
        piece = build(spec)
        if "without the chain" in fact["assumed"]:
            piece = piece.without(WORN_BY)
        measured = figures(spec, piece)
        grams = metal(measured) + CARAT_G * sum(stone.carats for stone in measured.gems)
        low, high = fact["grams"]
        ratios.append(grams / np.clip(grams, low, high))
        theirs = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        told = f" ({fact['assumed']})" if fact["assumed"] else ""
        print(
            f"{fact['what']}{told}: {grams:.2f} g, {theirs} g, {ratios[-1]:.2f}   {fact['source']}",
            flush=True,
        )
    inside = sum(0.75 <= ratio <= 1.34 for ratio in ratios)
    print(f"{len(ratios)} products: median ratio {np.median(ratios):.2f}, {inside} within a third")


def main() -> None:
    """Both tables."""
    published()
    measure()


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:3])) if sys.argv[1:] else main()
