"""Colours from door to door: encodings through master, close-up, page and dossier; re-encodings and lost profiles told.

Run as `python -m benchmarks colour`.
"""

import base64
import io
import re
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from pipeline import decoding, images
from pipeline.colour import delta_e, lab
from pipeline.export import dossier, page
from pipeline.fidelity import compare, lock
from pipeline.photo.upscale import upscale
from pipeline.stages import generate
from pipeline.store import Store
from tests.fidelity.conftest import paint, shrink
from tests.icc import CORNERS, levels_in, matrix_profile
from tests.test_decoding import ENCODINGS, scene

ROUNDS = 100


def far(shown: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Mean and 99th percentile of CIEDE2000, the shown picture brought to the truth's size."""
    if shown.shape != truth.shape:
        size = truth.shape[1::-1]
        shown = cv2.resize(
            shown, size, interpolation=cv2.INTER_AREA if size[0] < shown.shape[1] else cv2.INTER_CUBIC
        )
    away = delta_e(lab(shown / 255.0), lab(truth / 255.0))
    return float(away.mean()), float(np.quantile(away, 0.99))


def encodings() -> None:
    """One picture of all sRGB's colours in every encoding, compared with its truth at each door."""
    truth = scene()
    print(f"{'mean / p99 of dE2000':24} {'master':>12} {'close-up':>12} {'HTML':>12} {'PDF':>12}")
    for name, encode in ENCODINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            design = generate.upload(store, store.create(name, kind="ring").id, encode(truth))
            master = store.pixels(design.branch.master)
            crop = np.ascontiguousarray(master[100:356, 100:356])
            url = re.search(rb"data:image/(?:png|jpeg);base64,([\w+/=]+)", page.write(store, design)).group(1)
            pdf = pypdfium2.PdfDocument(dossier.write(store, design))
            drawn = max(
                (o.get_bitmap().to_pil() for o in pdf[1].get_objects() if isinstance(o, pypdfium2.PdfImage)),
                key=lambda picture: picture.width,
            )
            doors = (
                far(master, truth),
                far(shrink(lock(crop, upscale(crop, 2)), 2), truth[100:356, 100:356]),
                far(images.decode(base64.b64decode(url)), truth),
                far(np.asarray(drawn.convert("RGB")), truth),
            )
        print(f"{name:24} " + " ".join(f"{mean:5.2f} / {high:4.2f}" for mean, high in doors), flush=True)


def judged() -> None:
    """Answers in other encodings of the same colours, and answers whose profile was lost."""
    alarms = named = 0
    spaces = list(CORNERS)
    for number in range(ROUNDS):
        truth = (30 + paint(number, 320) * 0.78).astype(np.uint8)
        crop, space = shrink(truth, 2), spaces[number % len(spaces)]
        out = io.BytesIO()
        levels = levels_in(truth, space)
        options = {"quality": 95, "subsampling": 0} if number % 2 else {}
        Image.fromarray(levels).save(
            out, "JPEG" if number % 2 else "PNG", icc_profile=matrix_profile(space), **options
        )
        alarms += bool(compare(crop, decoding.read(out.getvalue()).pixels).reasons)
        lost = compare(crop, levels)
        named += bool(lost.reasons) and lost.reasons[0].name == "lost profile"
    print(f"same colours in another encoding: {alarms} false alarms of {ROUNDS}")
    print(f"profile lost: {named} of {ROUNDS} named")


def squeezes() -> None:
    """From which squeeze on an answer is named."""
    truth = paint(3, 640)
    crop = shrink(truth)
    for percent in (1, 2, 3, 5, 10, 50):
        answer = cv2.resize(truth, (round(640 * (1 + percent / 100)), 640), interpolation=cv2.INTER_CUBIC)
        examined = compare(crop, answer)
        names = ", ".join(reason.name for reason in examined.reasons) or "no reason"
        print(f"squeezed by {percent:2} %: {examined.raw_verdict}, {names}")


def main() -> None:
    encodings()
    judged()
    squeezes()


if __name__ == "__main__":
    main()
