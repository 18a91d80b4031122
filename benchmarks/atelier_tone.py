"""Tone of the atelier's pictures: clipped shares of coloured stones, a diamond's table, white metal that lies.

Run: python -m benchmarks.atelier_tone

Of real photographs: a brilliant's table seen from above is dark over a quarter to a third of it, and polished white
metal on white paper is darker than 80 of 255 over three to eight percent.
"""

import tempfile
from pathlib import Path

import numpy as np

from pipeline.atelier.camera import Camera, aim, master_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import STANDARD
from pipeline.atelier.spec import composed

SIZE_PX = 1024
ABOVE_DEG = (20.0, 68.0)
"""Azimuth and elevation from which a ring's stone is judged."""
STONES = ("ruby", "emerald", "sapphire", "amethyst", "citrine", "morganite", "diamond")
DIAMONDS = (
    "yellow gold six prong solitaire ring, 1.5 ct round diamond",
    "cathedral solitaire in platinum, 2 ct princess cut diamond, 4 prongs",
)
LYING = (
    "silver bar pendant",
    "white gold cross necklace, curb chain 3 mm",
    "chunky silver curb chain bracelet",
)
WHITE, DARK_TABLE, DARK_METAL = 250, 90, 80
VIVID = 0.6


def main() -> None:
    """Print a line a picture."""
    with tempfile.TemporaryDirectory() as folder, Renderer(Path(folder)) as renderer:
        for gem in STONES:
            face = stone_face(
                renderer, build(composed(read(f"yellow gold solitaire ring, 7 mm round {gem}").spec))
            )
            clipped = (face.max(axis=1) >= WHITE) & (saturation(face) > VIVID)
            print(
                f"{gem:10s} clipped to a flat colour {clipped.mean():6.1%} of the face (goal 0)", flush=True
            )
        for words in DIAMONDS:
            table = stone_face(renderer, build(composed(read(words).spec)), table=True)
            print(
                f"table: below {DARK_TABLE} {dark(table, DARK_TABLE):6.1%} (goal 25 to 35 %), "
                f"white {white(table):6.1%} (goal at most 25 %)   {words}",
                flush=True,
            )
        for words in LYING:
            metal = lying_metal(renderer, build(composed(read(words).spec)))
            print(
                f"lying metal: below {DARK_METAL} {dark(metal, DARK_METAL):6.1%} (goal 3 to 8 %), "
                f"white {white(metal):6.1%}   {words}",
                flush=True,
            )


def stone_face(renderer: Renderer, piece: Piece, *, table: bool = False) -> np.ndarray:
    """Pixels (n, 3) of the middle stone seen from above, or of its table alone."""
    stone = next(part for part in piece.parts if part.stone)
    pixels, normal = _seen(renderer, piece, aim(piece, *ABOVE_DEG), stone.name)
    return pixels[normal[:, 2] > 0.999] if table else pixels


def lying_metal(renderer: Renderer, piece: Piece) -> np.ndarray:
    """Pixels (n, 3) of the metal in the master."""
    pixels, _ = _seen(renderer, piece, master_camera(piece), "")
    return pixels


def _seen(renderer: Renderer, piece: Piece, camera: Camera, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (n, 3) and normals (n, 3) of the part of that name, or of everything that is no stone."""
    form = renderer.gbuffer(piece, camera, width=SIZE_PX, height=SIZE_PX)
    wanted = [
        index for index, part in enumerate(piece.parts) if (part.name == name if name else not part.stone)
    ]
    mask = np.isin(form.part, wanted)
    rows, columns = np.nonzero(mask)
    left, top = int(columns.min()), int(rows.min())
    right, bottom = int(columns.max()) + 1, int(rows.max()) + 1
    window = (left, top, right - left, bottom - top)
    picture = renderer.render(piece, camera, size=SIZE_PX, window=window, quality=STANDARD)
    return picture[mask[top:bottom, left:right]].astype(float), form.normal[mask]


def saturation(pixels: np.ndarray) -> np.ndarray:
    """HSV saturation 0..1 (n,) of pixels (n, 3)."""
    return np.asarray(1 - pixels.min(axis=1) / np.maximum(pixels.max(axis=1), 1))


def dark(pixels: np.ndarray, below: float) -> float:
    """Share of pixels (n, 3) whose luma (Rec. 709) is below a value of 255."""
    return float((pixels @ [0.2126, 0.7152, 0.0722] < below).mean())


def white(pixels: np.ndarray) -> float:
    """Share of pixels (n, 3) that are white."""
    return float((pixels.min(axis=1) >= WHITE).mean())


if __name__ == "__main__":
    main()
