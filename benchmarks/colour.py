"""Colours from door to door: encodings through master, close-up, page and dossier; re-encodings and lost profiles told.

Run as `python -m benchmarks colour`.
"""

import base64
import io
import re
import struct
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pylibjxl
import pypdfium2
from PIL import Image, ImageCms

from pipeline import decoding, images
from pipeline.colour import delta_e, lab
from pipeline.export import dossier, page
from pipeline.fidelity import compare, lock
from pipeline.photo.upscale import upscale
from pipeline.stages import generate
from pipeline.store import Store
from tests.fidelity.conftest import paint, shrink
from tests.icc import (
    CORNERS,
    PRESSES,
    Separation,
    bare,
    cmyk_profile,
    ink,
    levels_in,
    light_of,
    matrix_profile,
    value_of,
)
from tests.test_decoding import ENCODINGS, png_with, saved, scene, shown

ROUNDS = 100
PHOTOGRAPHS = Path(__file__).parents[2] / "shared" / "photos"


def far(shown: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Mean and 99th percentile of CIEDE2000, the shown picture brought to the truth's size."""
    if shown.shape != truth.shape:
        size = truth.shape[1::-1]
        shown = cv2.resize(
            shown, size, interpolation=cv2.INTER_AREA if size[0] < shown.shape[1] else cv2.INTER_CUBIC
        )
    away = delta_e(lab(shown / 255.0), lab(truth / 255.0))
    return float(away.mean()), float(np.quantile(away, 0.99))


def cases() -> Iterator[tuple[str, bytes, np.ndarray]]:
    """One picture of all sRGB's colours in every encoding, and what a colour-managed viewer shows of it."""
    truth = scene()
    for name, encode in ENCODINGS.items():
        data = encode(truth)
        yield name, data, shows_of(name, data, truth)
    grey = np.repeat(truth[..., :1], 3, axis=2)
    light = light_of(grey[..., 0] / 255.0, None)
    levels = np.rint(255 * light ** (1 / 1.8)).astype(np.uint8)
    back = np.rint(255 * value_of((levels / 255.0) ** 1.8, None)).astype(np.uint8)
    yield (
        "grey, gamma 1.8",
        saved(levels, "PNG", icc_profile=matrix_profile("grey 1.8")),
        np.repeat(back[..., None], 3, axis=2),
    )
    inks, _ = ink(640)
    for press, kind in (("", "TIFF"), ("coated", "TIFF"), ("web", "JPEG")):
        picture, profile, out = Image.fromarray(inks, "CMYK"), cmyk_profile(press), io.BytesIO()
        picture.save(
            out, kind, icc_profile=profile, **({"quality": 100, "subsampling": 0} if kind == "JPEG" else {})
        )
        yield f"CMYK {press or 'filters'} {kind}", out.getvalue(), by_littlecms(out.getvalue(), profile)


def shows_of(name: str, data: bytes, truth: np.ndarray) -> np.ndarray:
    """What the levels of a file say, converted exactly: 8 bits of a wide space, and a lossy file, lose some before.

    A level of ProPhoto is up to three of sRGB in the shadows. Files in sRGB, and of 16 bits, say the truth itself.
    """
    space = next((space for space in CORNERS if space.removeprefix("Display ") in name), None)
    if space is None or "16-bit" in name:
        return truth
    levels = (
        pylibjxl.decode(data) if "JXL" in name else np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    )
    return np.clip(np.rint(shown(levels, space)), 0, 255).astype(np.uint8)


def by_littlecms(data: bytes, profile: bytes) -> np.ndarray:
    """A file in sRGB as littleCMS alone converts it."""
    return np.asarray(
        ImageCms.profileToProfile(
            Image.open(io.BytesIO(data)),
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    )


def encodings() -> None:
    """Each encoding compared with its truth at each door."""
    print(f"{'mean / p99 of dE2000':24} {'master':>12} {'close-up':>12} {'HTML':>12} {'PDF':>12}")
    worst = np.zeros((4, 2))
    for name, data, truth in cases():
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            design = generate.upload(store, store.create(name, kind="ring").id, data)
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
        worst = np.maximum(worst, doors)
        print(f"{name:24} " + " ".join(f"{mean:5.2f} / {high:4.2f}" for mean, high in doors), flush=True)
    kept = "kept" if (worst <= (0.3, 1.0)).all() else "NOT kept"
    print(f"{'worst':24} " + " ".join(f"{mean:5.2f} / {high:4.2f}" for mean, high in worst))
    print(f"mean 0.3 and p99 1.0 at every door: {kept}")


Lost = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, bytes]]
"""A picture as the truth it shows, as the levels left without their profile, and as a file that has it."""


def wide(space: str) -> Lost:
    def make(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, bytes]:
        levels = levels_in(pixels, space)
        return pixels, levels, saved(levels, "PNG", icc_profile=matrix_profile(space))

    return make


def curved(gamma: float, *, grey: bool) -> Lost:
    def make(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, bytes]:
        if grey:
            pixels = np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        levels = np.rint(255 * light_of(pixels / 255.0, None) ** (1 / gamma)).astype(np.uint8)
        shows = np.rint(255 * value_of((levels / 255.0) ** gamma, None)).astype(np.uint8)
        chunk = struct.pack(">I", round(100_000 / gamma))
        return shows, levels, png_with(levels, gAMA=chunk)

    return make


def inked(press: str, replaced: float) -> Lost:
    separation = Separation(press, replaced)

    def make(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, bytes]:
        inks, profile, out = separation.inks(pixels), cmyk_profile(press), io.BytesIO()
        levels = np.rint(255 * inks).astype(np.uint8)
        Image.fromarray(levels, "CMYK").save(out, "TIFF", icc_profile=profile)
        return by_littlecms(out.getvalue(), profile), bare(levels / 255.0), out.getvalue()

    return make


def pictures() -> Iterator[np.ndarray]:
    """Painted pendants without end, every second one a photograph where photographs lie beside the project."""
    files = sorted(PHOTOGRAPHS.glob("*.jpg")) if PHOTOGRAPHS.is_dir() else []
    for number in count():
        if files and number % 2:
            picture = Image.open(files[number // 2 % len(files)]).convert("RGB")
            side = min(picture.size)
            left, top = ((n - side) // 2 for n in picture.size)
            square = picture.crop((left, top, left + side, top + side)).resize(
                (400, 400), Image.Resampling.BOX
            )
            yield (20 + np.asarray(square) * 0.86).astype(np.uint8)
        else:
            yield (30 + paint(number, 320) * 0.78).astype(np.uint8)


def judged() -> None:
    """Answers in other encodings of the same colours, and answers whose profile was lost: RGB, curves, inks."""
    kinds = {space: wide(space) for space in CORNERS}
    kinds |= {"linear gAMA": curved(1.0, grey=False), "gamma 1.8": curved(1.8, grey=False)}
    kinds |= {"grey, linear": curved(1.0, grey=True), "grey, gamma 1.8": curved(1.8, grey=True)}
    kinds |= {f"CMYK {press}": inked(press, 0.3 + 0.3 * n) for n, press in enumerate(PRESSES)}
    names, drawn = list(kinds), pictures()
    alarms: list[str] = []
    missed: list[str] = []
    for number in range(ROUNDS):
        name = names[number % len(names)]
        truth, levels, data = kinds[name](next(drawn))
        crop = shrink(truth, 2)
        bare_file = saved(levels, "JPEG", quality=92, subsampling=0)
        lost = compare(crop, np.asarray(Image.open(io.BytesIO(bare_file)))).reasons
        if not lost or lost[0].name != "lost profile":
            missed.append(name)
        if compare(crop, decoding.read(data).pixels).reasons:
            alarms.append(name)
    print(f"same colours in another encoding: {len(alarms)} false alarms of {ROUNDS} {Counter(alarms) or ''}")
    print(f"profile lost: {ROUNDS - len(missed)} of {ROUNDS} named {Counter(missed) or ''}")


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
