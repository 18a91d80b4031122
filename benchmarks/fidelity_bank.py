"""Truths from the atelier: macro windows of many different pieces, rendered once into a folder.

`python -m benchmarks.fidelity_bank FOLDER [PIECES]`
"""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from pydantic import ValidationError

from benchmarks.fidelity_trials import WINDOW, Truth
from pipeline import images
from pipeline.atelier.camera import master_camera
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render import engine
from pipeline.atelier.render.film import DRAFT, FINE, STANDARD, gbuffer, render
from pipeline.atelier.spec import Spec
from pipeline.errors import LoupeError

FILM = 2048
SCALE = 4
MASTER_SEED = 1_000
"""Apart from the macro's, so that the two agree in what is shown and not in their noise."""
FINER = ((STANDARD, 1), (FINE, 9))
"""Better qualities than the bank's own, and the n of every n-th piece that has a window in them too."""
METALS = ("yellow_gold", "white_gold", "rose_gold", "platinum", "silver")
GEMS = ("diamond", "ruby", "sapphire", "emerald", "amethyst", "aquamarine", "topaz", "garnet", "peridot")
CUTS = ("round", "princess", "emerald", "oval", "pear", "marquise", "cushion")


def atelier_truths(folder: Path) -> Iterator[Truth]:
    """Read the rendered windows back; windows of one piece share its name."""
    for file in sorted(folder.glob("piece*-w?.png")):
        beside = {
            name: images.decode(other.read_bytes())
            for name in ("master", *(quality.name for quality, _ in FINER))
            if (other := file.with_stem(f"{file.stem}-{name}")).exists()
        }
        macro = images.decode(file.read_bytes())
        master = beside.pop("master", None)
        again = {DRAFT.name: macro, **beside} if master is not None else {}
        yield Truth(file.name.split("-w")[0], "atelier", macro, master, again)


def piece_number(name: str) -> int:
    """The number in the name of an atelier piece."""
    return int(name.removeprefix("piece"))


def fill(folder: Path, numbers: Iterable[int], windows: int = 2) -> None:
    """Render what is missing of these pieces; piece N is the same piece on every machine."""
    folder.mkdir(parents=True, exist_ok=True)
    engine.start()
    for number in numbers:
        started = time.process_time()
        try:
            spec = _spec(number)
            piece = build(spec)
            camera = master_camera(piece)
            for place, (x, y) in enumerate(_places(piece, camera, windows, number)):
                window = (x, y, WINDOW // SCALE, WINDOW // SCALE)
                file = folder / f"piece{number:03d}-w{place}.png"
                finer = [quality for quality, every in FINER if place == 0 and number % every == 0]
                for quality in (DRAFT, *finer):
                    macro = file if quality is DRAFT else file.with_stem(f"{file.stem}-{quality.name}")
                    if not macro.exists():
                        picture = render(
                            piece, camera, size=FILM, window=window, scale=SCALE, quality=quality, seed=number
                        )
                        macro.write_bytes(images.encode_png(picture))
                master = file.with_stem(f"{file.stem}-master")
                if not master.exists():
                    picture = render(piece, camera, size=FILM, window=window, seed=number + MASTER_SEED)
                    master.write_bytes(images.encode_png(picture))
        except LoupeError as error:
            print(f"piece {number}: {error}")
            continue
        print(f"piece {number}: {spec.kind}, {time.process_time() - started:.1f} CPU s", flush=True)


def _spec(number: int) -> Spec:
    """A random piece that passes the jeweler's own checks."""
    dice = np.random.default_rng(7_000 + number)
    for _ in range(200):
        kind = str(dice.choice(["ring", "necklace", "earrings", "bracelet"]))
        stone = {
            "gem": str(dice.choice(GEMS)),
            "cut": str(dice.choice(CUTS)),
            "length_mm": round(float(dice.uniform(4, 9)), 1),
            "setting": str(dice.choice(["prong", "bezel"])),
            "prongs": int(dice.choice([4, 6])),
            "halo": bool(dice.uniform() < 0.3),
        }
        groups = {
            "ring": {
                "style": str(dice.choice(["solitaire", "three_stone", "eternity", "signet", "band"])),
                "profile": str(dice.choice(["d_shape", "flat", "knife", "round"])),
                "width_mm": round(float(dice.uniform(1.6, 4)), 1),
            },
            "chain": {
                "style": str(dice.choice(["cable", "curb", "figaro", "rope", "box", "snake", "ball"])),
                "gauge_mm": round(float(dice.uniform(1.4, 3)), 1),
            },
            "pendant": {"form": str(dice.choice(["round", "bar", "heart", "teardrop", "cross", "stone"]))},
            "earrings": {"style": str(dice.choice(["stud", "hoop", "drop", "huggie"]))},
            "bracelet": {"style": str(dice.choice(["chain", "tennis", "bangle", "cuff"]))},
        }
        wanted = {
            "ring": ("ring",),
            "necklace": ("chain", "pendant"),
            "earrings": ("earrings",),
            "bracelet": ("bracelet",),
        }[kind]
        try:
            spec = Spec.model_validate(
                {
                    "kind": kind,
                    "metal": str(dice.choice(METALS)),
                    "stone": stone,
                    **{g: groups[g] for g in wanted},
                }
            )
            build(spec)
        except (ValidationError, LoupeError, NotImplementedError, KeyError, ValueError, AssertionError):
            continue  # a ring too thin for its stone, a style that takes none: roll again
        return spec
    raise RuntimeError(f"no piece {number}")


def _places(piece: object, camera: object, count: int, number: int) -> list[tuple[int, int]]:
    """Corners of the windows that show most different parts and edges of the piece."""
    coarse = 256
    view = gbuffer(piece, camera, width=coarse, height=coarse)  # type: ignore[arg-type]
    depth = np.where(np.isfinite(view.depth), view.depth, 0).astype(np.float32)
    edges = (np.abs(cv2.Laplacian(view.normal.astype(np.float32), cv2.CV_32F)).sum(2) > 0.4).astype(
        np.float32
    )
    side = round(WINDOW / SCALE * coarse / FILM)
    score = cv2.boxFilter(edges + 0.2 * (depth > 0), -1, (side, side), anchor=(0, 0), normalize=True)
    score = score[: coarse - side, : coarse - side]
    dice = np.random.default_rng(number)
    found = []
    for _ in range(count):
        rows, columns = np.nonzero(score >= 0.85 * score.max())
        pick = int(dice.integers(len(rows)))
        row, column = int(rows[pick]), int(columns[pick])
        found.append((column * FILM // coarse, row * FILM // coarse))
        score[max(0, row - side // 2) : row + side // 2, max(0, column - side // 2) : column + side // 2] = 0
    return found


if __name__ == "__main__":
    fill(Path(sys.argv[1]), range(int(sys.argv[2]) if len(sys.argv) > 2 else 40))
