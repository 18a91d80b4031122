"""Whether stones and prongs are counted right, and whether the gate sees that one stone of a row is gone.

`python -m benchmarks fidelity_counts`, or `python -m benchmarks.fidelity_counts [FILE] [--pieces N] [--first SEED]
[--minutes M]`. Of every random piece that shows a stone up to three windows of a 2048 px master are its crops. Each is
rendered anew twice as large, honestly, and once more without a few stones of its rows, paves or halos, drawn among
those of six pixels or more. Each of those few is then judged alone: what lies nearer to it than to another that is gone
is taken from the second answer, the rest from the honest one, which agree where no stone is gone, grain by grain. No
score is fitted to these pieces. Each piece is a line of FILE, so that a run that ran out of its minutes goes on where
it stood.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path

import numpy as np

from pipeline import fidelity
from pipeline.atelier.camera import Camera, master_camera, project
from pipeline.atelier.piece import Part, Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.spec import Spec
from pipeline.errors import RendererFailed
from pipeline.fidelity.presence import countable
from pipeline.images import Pixels
from pipeline.records.fidelity import Counts, Place
from pipeline.records.words import Box
from pipeline.visible import look
from tests.atelier.random_spec import random_spec

SIZE, EDGE, SCALE = 2048, 320, 2
"""Side of the master and of the window in it, pixels; enlargement."""
CLOSE = 0.5
"""Radii between the middle of what is seen of a stone and of its body: its depth is seen aslant."""
WINDOWS, MOST_GONE, APART = 3, 4, 3.0
"""Windows of one piece, stones taken from one window, and how many diameters lie between any two of them."""
FILE = Path("bench-out") / "fidelity-counts.jsonl"
FIRST, PIECES = 5000, 40


@dataclass(frozen=True)
class Looked:
    """What was said of one random piece. Words are empty where that was right."""

    seed: int
    kind: str = ""
    stones: int = 0
    prongs: int = 0
    """How many of each the window shows that are large enough to be counted."""
    honest: str = ""
    """What was said of the close-ups that lack nothing; meaningless where they show no stone."""
    gone: dict[str, str] = field(default_factory=dict)
    """What was said of each stone that was taken away, by its size and gem."""
    failed: str = ""
    """Why it could not be rendered."""


@dataclass(frozen=True)
class Standing:
    """A stone of a row as the window shows it."""

    part: Part
    number: int
    place: Place


def measure(renderer: Renderer, file: Path, *, first: int, pieces: int, until: float) -> list[Looked]:
    """Look at random pieces until so many that show a stone are in the file, or the clock passes `until`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [Looked(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
    known = {row.seed for row in rows}
    seeds = (seed for seed in count(first) if seed not in known and _has_stones(random_spec(seed)))
    while sum(row.stones > 0 for row in rows) < pieces and time.monotonic() < until:
        rows.append(looked_at(renderer, next(seeds)))
        with file.open("a") as stream:
            stream.write(json.dumps(asdict(rows[-1])) + "\n")
    return rows


def _has_stones(spec: Spec) -> bool:
    strung = spec.chain is not None and spec.chain.style in ("pearl", "bead")
    return spec.stone is not None or spec.accents is not None or strung


def looked_at(renderer: Renderer, seed: int) -> Looked:
    """One piece: its honest close-ups, and those with a stone gone where it has a row."""
    piece = build(random_spec(seed))
    camera = master_camera(piece)
    visible = look(piece, camera)
    draw = np.random.default_rng(seed)
    windows = [
        (window, places)
        for window in _windows(piece, camera, draw)
        for places in [visible.within(window, SIZE, SIZE)]
        if any(place.kind == "stone" and countable(place) for place in places)
    ]
    takes = [_drawn(_standing(piece, camera, window, places), draw) for window, places in windows]
    shown = Counter(place.kind for _, places in windows for place in places if countable(place))
    try:
        crops = [renderer.render(piece, camera, size=SIZE, window=window) for window, _ in windows]
        answers = [_answer(renderer, piece, camera, window) for window, _ in windows]
        words = [
            _miscounted(fidelity.compare(crop, answer, places=places).counts)
            for crop, answer, (_, places) in zip(crops, answers, windows, strict=True)
        ]
        less, gone = _robbed(piece, [one for taken in takes for one in taken]), {}
        for number, taken in enumerate(takes):
            if taken:
                window, places = windows[number]
                robbed = _answer(renderer, less, camera, window)
                for what, said in _each_gone(crops[number], answers[number], robbed, taken, places):
                    gone[f"{what} of window {number}"] = said
    except RendererFailed as error:
        return Looked(seed, piece.kind, failed=str(error))
    return Looked(seed, piece.kind, shown["stone"], shown["prong"], "; ".join(filter(None, words)), gone)


def _answer(renderer: Renderer, piece: Piece, camera: Camera, window: Box) -> Pixels:
    return renderer.render(piece, camera, size=SIZE, window=window, scale=SCALE, seed=7)


def _windows(piece: Piece, camera: Camera, draw: np.random.Generator) -> Iterator[Box]:
    """Squares of the master around stones, of rows where there are any, none of them over another."""
    bodies = [(part, body) for part in piece.parts for body in part.stone_bodies()]
    stones = [body for part, body in bodies if part.repeats] or [body for _, body in bodies]
    corners: list[np.ndarray] = []
    for index in draw.permutation(len(stones)):
        middle = project(camera, stones[int(index)].mean(axis=0)[None], SIZE)[0]
        corner = np.clip(middle - EDGE / 2, 0, SIZE - EDGE).astype(int)
        if len(corners) < WINDOWS and all(abs(corner - other).max() >= EDGE for other in corners):
            corners.append(corner)
            yield int(corner[0]), int(corner[1]), EDGE, EDGE


def _standing(piece: Piece, camera: Camera, window: Box, places: Sequence[Place]) -> list[Standing]:
    """The stones of rows that the window shows large enough, where the geometry has them."""
    large = [place for place in places if place.kind == "stone" and countable(place)]
    seen = np.array([(place.x, place.y) for place in large]).reshape(-1, 2) + window[:2]
    visible = []
    for part in piece.parts:
        if not part.repeats or not len(seen):
            continue
        for number, body in enumerate(part.stone_bodies()):
            away = np.hypot(*(seen - project(camera, body.mean(axis=0)[None], SIZE)).T)
            nearest = int(away.argmin())
            if away[nearest] < CLOSE * large[nearest].radius:
                visible.append(Standing(part, number, large[nearest]))
    return visible


def _drawn(standing: Sequence[Standing], draw: np.random.Generator) -> list[Standing]:
    """A few of the stones, none beside another, of one part as repeats are told apart by it."""
    taken: list[Standing] = []
    for index in draw.permutation(len(standing)):
        one = standing[int(index)]
        if len(taken) < MOST_GONE and all(
            _distance(one.place, other.place) > 2 * APART * max(one.place.radius, other.place.radius)
            for other in taken
        ):
            taken.append(one)
    return taken


def _distance(one: Place, other: Place) -> float:
    return float(np.hypot(one.x - other.x, one.y - other.y))


def _robbed(piece: Piece, taken: Sequence[Standing]) -> Piece:
    numbers = {id(part): [one.number for one in taken if one.part is part] for part in piece.parts}
    left = (_without(part, numbers[id(part)]) for part in piece.parts)
    return replace(piece, parts=tuple(part for part in left if len(part.faces)))


def _without(part: Part, numbers: Sequence[int]) -> Part:
    """A part of repeated stones without some of them."""
    if not numbers:
        return part
    repeat, *others = part.repeats
    kept = replace(repeat, poses=np.delete(repeat.poses, numbers, axis=0))
    bodies, each = len(repeat.poses), len(repeat.vertices)
    stays = np.repeat(np.isin(np.arange(bodies), numbers, invert=True), each)
    corners = np.concatenate([stays, np.ones(len(part.vertices) - bodies * each, bool)])
    faces = part.faces[corners[part.faces[:, 0]]]
    return replace(
        part,
        vertices=part.vertices[corners],
        faces=(np.cumsum(corners) - 1)[faces].astype(np.int32),
        repeats=(kept, *others),
    )


def _each_gone(
    crop: Pixels, answer: Pixels, robbed: Pixels, taken: Sequence[Standing], places: Sequence[Place]
) -> Iterator[tuple[str, str]]:
    """Of each stone that is gone, its size and gem, and what was said where it was not named at its place."""
    rows, columns = (np.mgrid[: EDGE * SCALE, : EDGE * SCALE] + 0.5) / SCALE
    away = np.stack([np.hypot(columns - one.place.x, rows - one.place.y) for one in taken])
    for number, one in enumerate(taken):
        nearest = away.argmin(axis=0) == number
        judged = fidelity.compare(crop, np.where(nearest[..., None], robbed, answer), places=places)
        point = np.array([one.place.x, one.place.y])
        named = any(reason.name == "stone missing" and _holds(reason.box, point) for reason in judged.reasons)
        said = ", ".join(reason.name for reason in judged.reasons) or "nothing"
        size = f"{2 * one.place.radius:.0f} px {one.part.material} at {one.place.x:.0f}, {one.place.y:.0f}"
        yield size, "" if named else f"{judged.raw_verdict}: {said}"


def _miscounted(counts: Counts | None) -> str:
    if counts is None:
        return "not counted"
    if (counts.stones_shown, counts.prongs_shown) == (counts.stones, counts.prongs):
        return ""
    return f"{counts.stones_shown} of {counts.stones} stones, {counts.prongs_shown} of {counts.prongs} prongs"


def _passed(said: str) -> str:
    """What was said of a close-up that lacks a stone, where nothing was."""
    return said if said.startswith("pass") else ""


def _holds(box: Sequence[int] | None, point: np.ndarray) -> bool:
    if box is None:
        return False
    x, y, width, height = box
    return bool(x - 1 <= point[0] <= x + width + 1 and y - 1 <= point[1] <= y + height + 1)


def main(arguments: Sequence[str] = ()) -> None:
    """Print the share of honest close-ups counted right and of missing stones named, and every other one."""
    options = argparse.ArgumentParser()
    options.add_argument("file", type=Path, nargs="?", default=FILE)
    options.add_argument("--pieces", type=int, default=PIECES)
    options.add_argument("--first", type=int, default=FIRST)
    options.add_argument("--minutes", type=float, default=20.0)
    chosen = options.parse_args(arguments)
    until = time.monotonic() + 60 * chosen.minutes
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        rows = measure(renderer, chosen.file, first=chosen.first, pieces=chosen.pieces, until=until)
    shown = [row for row in rows if row.stones]
    honest = [(f"{row.seed} {row.kind}", row.honest) for row in shown]
    robbed = [(f"{row.seed} {row.kind}, {what}", said) for row in shown for what, said in row.gone.items()]
    print(f"{sum(row.stones for row in shown)} stones and {sum(row.prongs for row in shown)} prongs")
    for title, said, goal in (
        ("pieces whose stones and prongs are counted right, honest close-ups", honest, 0.99),
        ("stones of a row that are gone, caught", [(what, _passed(said)) for what, said in robbed], 0.95),
        ("the same, named at their place", robbed, 0.95),
    ):
        right = sum(not words for _, words in said)
        print(f"{title}: {right} of {len(said)} ({right / max(1, len(said)):.3f}; goal {goal})")
        for what, words in said:
            if words:
                print(f"  {what}: {words}")
    for row in rows:
        if row.failed:
            print(f"{row.seed} {row.kind} is not among them: {row.failed}")


if __name__ == "__main__":
    main(sys.argv[1:])
