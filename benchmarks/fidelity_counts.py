"""Whether stones and prongs are counted right, and whether the gate sees that one stone of a row is gone.

`python -m benchmarks fidelity_counts`, or `python -m benchmarks.fidelity_counts [pieces] [first seed]`. Of every random
piece that shows a stone one window of a 2048 px master is its crop. It is rendered anew twice as large, honestly, and
once more without one stone of a row, pave or halo, drawn among those of six pixels or more. No score is fitted to
these pieces.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline import fidelity
from pipeline.atelier.camera import master_camera, project
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import STANDARD
from pipeline.errors import RendererFailed
from pipeline.records.fidelity import Counts
from pipeline.visible import look
from tests.atelier.random_spec import random_spec

SIZE, EDGE, SCALE = 2048, 320, 2
"""Side of the master and of the window in it, pixels; enlargement."""
LEAST_PX = 6.0
"""Diameter from which a stone is large enough to be missed."""
CLOSE_PX = 2.0
"""Pixels between a stone as it is seen and as it stands in the geometry."""


def measure(renderer: Renderer, seeds: Sequence[int]) -> tuple[list[str], list[str]]:
    """What was said of each honest close-up and of each with a stone gone: empty where that was right."""
    said: dict[str, list[str]] = {"honest": [], "robbed": []}
    for seed in seeds:
        try:
            for which, words in _looked_at(renderer, seed):
                said[which].append(words)
        except RendererFailed as error:
            print(f"{seed} is not among them: {error}", flush=True)
    return said["honest"], said["robbed"]


def _looked_at(renderer: Renderer, seed: int) -> Iterator[tuple[str, str]]:
    """Of one piece, what was said of its honest close-up, and of that with a stone gone where it has a row."""
    piece = build(random_spec(seed))
    camera = master_camera(piece)
    draw = np.random.default_rng(seed)
    chosen = _row_stone(piece, draw) or _any_stone(piece, draw)
    if chosen is None:
        return
    part, number = chosen
    middle = list(part.stone_bodies())[number].mean(axis=0)
    at = project(camera, middle[None], SIZE)[0]
    x, y = (int(v) for v in np.clip(at - EDGE / 2, 0, SIZE - EDGE))
    window = (x, y, EDGE, EDGE)
    places = look(piece, camera).within(window, SIZE, SIZE)
    if not places:
        return
    crop = renderer.render(piece, camera, size=SIZE, window=window, quality=STANDARD)
    answer = renderer.render(piece, camera, size=SIZE, window=window, scale=SCALE, seed=7, quality=STANDARD)
    judged = fidelity.examine(crop, answer, places=places).fidelity
    yield "honest", _miscounted(judged.counts) and f"{seed} {piece.kind}: {_miscounted(judged.counts)}"
    on_film = at - (x, y)
    seen = [
        p for p in places if p.kind == "stone" and np.hypot(p.x - on_film[0], p.y - on_film[1]) < CLOSE_PX
    ]
    if not part.repeats or not seen or 2 * seen[0].radius < LEAST_PX:
        return
    less = replace(piece, parts=tuple(_without(p, number) if p is part else p for p in piece.parts))
    answer = renderer.render(less, camera, size=SIZE, window=window, scale=SCALE, seed=7, quality=STANDARD)
    judged = fidelity.examine(crop, answer, places=places).fidelity
    named = any(reason.name == "stone missing" and _holds(reason.box, on_film) for reason in judged.reasons)
    said = ", ".join(reason.name for reason in judged.reasons) or "nothing"
    size = f"{2 * seen[0].radius:.0f} px {part.material}"
    yield "robbed", "" if named else f"{seed} {piece.kind}, {size}: {judged.raw_verdict}, {said}"


def _row_stone(piece: Piece, draw: np.random.Generator) -> tuple[Part, int] | None:
    """One stone among those that a row, pave or halo repeats, by its part and number in it."""
    rows = [(part, number) for part in piece.parts if part.repeats for number in range(part.stone_count)]
    return rows[int(draw.integers(len(rows)))] if rows else None


def _any_stone(piece: Piece, draw: np.random.Generator) -> tuple[Part, int] | None:
    stones = [(part, 0) for part in piece.parts if part.stone is not None and not part.repeats]
    return stones[int(draw.integers(len(stones)))] if stones else None


def _without(part: Part, number: int) -> Part:
    """A part of repeated stones without one of them."""
    repeat, *others = part.repeats
    corners, triangles = len(repeat.vertices), len(repeat.faces)
    kept = replace(repeat, poses=np.delete(repeat.poses, number, axis=0))
    faces = np.delete(part.faces, np.s_[number * triangles : (number + 1) * triangles], axis=0)
    faces = np.where(faces >= (number + 1) * corners, faces - corners, faces)
    vertices = np.delete(part.vertices, np.s_[number * corners : (number + 1) * corners], axis=0)
    return replace(part, vertices=vertices, faces=faces.astype(np.int32), repeats=(kept, *others))


def _miscounted(counts: Counts | None) -> str:
    if counts is None:
        return "not counted"
    if (counts.stones_shown, counts.prongs_shown) == (counts.stones, counts.prongs):
        return ""
    return f"{counts.stones_shown} of {counts.stones} stones, {counts.prongs_shown} of {counts.prongs} prongs"


def _holds(box: Sequence[int] | None, point: np.ndarray) -> bool:
    if box is None:
        return False
    x, y, width, height = box
    return bool(x - 1 <= point[0] <= x + width + 1 and y - 1 <= point[1] <= y + height + 1)


def main(arguments: Sequence[str] = ()) -> None:
    """Print the share of honest close-ups counted right and of missing stones named, and every other one."""
    pieces, first = (int(given) for given in (*arguments, *("60", "5000")[len(arguments) :]))
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        honest, robbed = measure(renderer, range(first, first + pieces))
    for title, said, goal in (
        ("stones and prongs counted right, honest close-ups", honest, 0.99),
        ("one stone of a row gone, named at its place", robbed, 0.95),
    ):
        right = sum(not words for words in said)
        print(f"{title}: {right} of {len(said)} ({right / max(1, len(said)):.3f}; goal {goal})")
        for words in filter(None, said):
            print(f"  {words}")


if __name__ == "__main__":
    main(sys.argv[1:])
