"""What a drawing costs and how truly it lies on its source, beside cv2.pencilSketch, Canny and XDoG in the same run.

`python -m benchmarks.drawing [--photos FOLDER]`. Precision and recall at 2 px of 1024 as `drawing.overlap` measures
them, for every method alike; seconds are CPU seconds of one thread, memory is the peak of the process.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.drawing import (
    Dimension,
    TitleBlock,
    engrave,
    in_place,
    manner,
    overlap,
    pencil,
    plate_page,
    rasterize,
    sheet,
    to_svg,
    view,
)
from tests.drawing.conftest import ring
from tests.drawing.surfaces import PITCH_MM, ring_with_stone, scattered

SIDE = 2048
SIX_SHEETS_S = 6.0
MEMORY_MB = 600
PRECISION_PHOTO, PRECISION_GEOMETRY, RECALL_GEOMETRY = 0.90, 0.95, 0.90
BLOCK = TitleBlock(design="Benchmark", view="General view")

Method = Callable[[np.ndarray], np.ndarray]


def canny(rgb: np.ndarray) -> np.ndarray:
    """Canny with the usual median thresholds."""
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), 1.4)
    middle = float(np.median(grey))
    edges = cv2.Canny(grey, int(max(0, 0.67 * middle)), int(min(255, 1.33 * middle)))
    return np.asarray(255 - cv2.dilate(edges, np.ones((3, 3), np.uint8)))


def xdog(rgb: np.ndarray) -> np.ndarray:
    """XDoG of H. Winnemoeller et al., Computers & Graphics 36 (2012), with the paper's pencil-like settings."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    sigma, k, p, epsilon, phi = 1.4 * max(rgb.shape) / 1024, 1.6, 20.0, 0.8, 10.0
    sharp = (1 + p) * cv2.GaussianBlur(grey, (0, 0), sigma) - p * cv2.GaussianBlur(grey, (0, 0), k * sigma)
    soft = np.where(sharp >= epsilon, 1.0, 1.0 + np.tanh(phi * (sharp - epsilon)))
    return np.rint(255 * np.clip(soft, 0, 1)).astype(np.uint8)


def pencil_sketch(rgb: np.ndarray) -> np.ndarray:
    """OpenCV's own, at its defaults."""
    grey, _ = cv2.pencilSketch(np.ascontiguousarray(rgb[..., ::-1]))
    return np.asarray(grey)


METHODS: dict[str, Method] = {
    "loupe pencil": pencil,
    "loupe contour": lambda rgb: pencil(rgb, style="contour"),
    "loupe hatch": lambda rgb: pencil(rgb, style="hatch"),
    "loupe stipple": lambda rgb: pencil(rgb, style="stipple"),
    "cv2.pencilSketch": pencil_sketch,
    "Canny": canny,
    "XDoG": xdog,
}


def made_pictures() -> dict[str, np.ndarray]:
    """Pictures anyone can make again: rings of several tilts, tones and papers."""
    cases = {
        "ring": (0.6, 150, 250),
        "steep ring": (0.9, 120, 244),
        "pale ring": (0.45, 165, 255),
        "dark paper": (0.7, 150, 60),
    }
    return {name: _fit(ring(1024, tilt, tone, paper)) for name, (tilt, tone, paper) in cases.items()}


def photographs(folder: Path) -> dict[str, np.ndarray]:
    """Every picture of a folder, its longest side SIDE."""
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
    return {f.stem: _fit(np.asarray(Image.open(f).convert("RGB"))) for f in files}


def _fit(rgb: np.ndarray) -> np.ndarray:
    scale = SIDE / max(rgb.shape[:2])
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA))


def compare(pictures: dict[str, np.ndarray], title: str, *, every: bool) -> float:
    """Print precision, recall and seconds of every method; returns the lowest precision of the pencil."""
    print(
        f"\n{title}: {len(pictures)} pictures of {SIDE} px\n{'method':18}  precision (worst)   recall   CPU s"
    )
    lowest = 1.0
    for name, method in METHODS.items():
        rows = []
        for label, rgb in pictures.items():
            start = time.process_time()
            drawn = method(rgb)
            spent = time.process_time() - start
            found = overlap(drawn, rgb, tolerance_px=2 * max(rgb.shape[:2]) / 1024)
            rows.append((found.precision, found.recall, spent))
            if every and name == "loupe pencil":
                print(f"    {label:22} {found.precision:.3f}  {found.recall:.3f}  {spent:.2f} s")
        precision, recall, spent_ = np.array(rows).T
        print(
            f"{name:18}  {precision.mean():.3f} ({precision.min():.3f})      {recall.mean():.3f}   {spent_.mean():.2f}"
        )
        if name == "loupe pencil":
            lowest = float(precision.min())
    return lowest


def six_sheets(pictures: dict[str, np.ndarray]) -> float:
    """CPU seconds from pictures to six A4 sheets at 300 dpi: the mean over all pictures, times six."""
    start = time.process_time()
    for rgb in pictures.values():
        sheet(pencil(rgb), block=BLOCK)
    return 6 * (time.process_time() - start) / len(pictures)


def geometry() -> tuple[float, float, float]:
    """Precision and recall of outlines against flat-lit renders of known bodies, and CPU seconds of one sheet."""
    found, spent = [], []
    for surface in (ring_with_stone(1000), *(scattered(seed, 1000) for seed in range(5))):
        start = time.process_time()
        traced = view(surface)
        left, _, right, bottom = traced.box
        width = Dimension("width", (right - left) * PITCH_MM, (left, bottom), (right, bottom))
        plate = engrave(traced, manner("contour"), dimensions=[width])
        page = plate_page(plate, block=BLOCK)
        rasterize(page)
        to_svg(page)
        spent.append(time.process_time() - start)
        # Each body in a tone of its own: the picture whose edges are the true outlines.
        tones = np.where(surface.seen, 40 + (surface.part * 47) % 150, 255).astype(np.uint8)
        agreed = overlap(in_place(plate, *surface.part.shape), tones[..., None].repeat(3, 2), tolerance_px=2)
        found.append((agreed.precision, agreed.recall))
    precision, recall = np.array(found).min(axis=0)
    return float(precision), float(recall), float(np.mean(spent))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=Path, default=Path("../shared/photos"))
    asked, _ = parser.parse_known_args()
    cv2.setNumThreads(1)
    made = made_pictures()
    photos = photographs(asked.photos) if asked.photos.is_dir() else {}
    # First, while nothing else has swelled the process.
    seconds = six_sheets(photos or made)
    held = sum(p.nbytes for p in {**made, **photos}.values()) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - held
    worst = compare(made, "made pictures", every=True)
    if photos:
        worst = min(worst, compare(photos, "photographs", every=True))
    precision, recall, sheet_s = geometry()
    goal = f"{PRECISION_GEOMETRY}, {RECALL_GEOMETRY}"
    print(f"\nworst precision of the pencil      {worst:.3f}   asked {PRECISION_PHOTO}")
    print(f"six A4 sheets at 300 dpi           {seconds:.1f} CPU s   asked {SIX_SHEETS_S}")
    print(f"peak memory without the pictures   {peak:.0f} MB   asked {MEMORY_MB}")
    print(f"geometry, worst precision, recall  {precision:.3f}, {recall:.3f}   asked {goal}")
    print(f"geometry, one sheet, PNG and SVG   {sheet_s:.2f} CPU s")


if __name__ == "__main__":
    main()
