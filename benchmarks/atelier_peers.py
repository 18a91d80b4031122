"""The same ring, camera and lights in Mitsuba's own path tracer, beside the atelier's kernel.

Run: python -m benchmarks.atelier_peers

Both go through the same denoiser. Each is held against a long exposure of its own, since the two are toned a little
differently: the figure is noise, not taste.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.atelier import timed
from benchmarks.atelier_render import SOLITAIRE
from pipeline.atelier.camera import master_camera
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render import engine
from pipeline.atelier.render.denoise import denoise, encode

SIZE = 512
LONG = 192
PATHS = (16, 64)


def measure() -> None:
    """Print CPU seconds and distance from the long exposure of both."""
    if engine.capability().engine != "llvm":
        print("no libLLVM here: both would run on the slow engine; not compared")
        return
    engine.start()
    import mitsuba

    from pipeline.atelier.render import fallback, film

    piece = build(read(SOLITAIRE).spec)
    camera = master_camera(piece)
    shoot = partial(film.render, piece, camera, size=SIZE)
    shoot(quality=film.DRAFT)
    long = shoot(quality=film.Quality("long", 128, 128, 128, 0.002, 256, 256), seed=5)
    for quality in (film.DRAFT, film.STANDARD, film.FINE):
        begun = time.process_time(), time.monotonic()
        picture = shoot(quality=quality)
        timed(f"atelier, {SIZE} px, {quality.name}", begun, f"{psnr(picture, long):.1f} dB")
    stage = fallback.set_stage(piece)
    window = (0, 0, SIZE, SIZE)
    world = mitsuba.load_dict(
        {
            "type": "scene",
            "sky": fallback._sky(stage.studio),  # noqa: SLF001 - the same lights
            **stage.shapes,
            "sensor": fallback._sensor(camera, SIZE, SIZE, window),  # noqa: SLF001 - the same camera
        }
    )
    integrator = mitsuba.load_dict({"type": "path", "max_depth": 10, "hide_emitters": True})
    seen = film.gbuffer(piece, camera, width=SIZE, height=SIZE)
    normal = np.where(seen.part[:, :, None] >= 0, seen.normal, 0).astype(np.float32)
    albedo = np.ones((SIZE, SIZE, 3), dtype=np.float32)
    albedo[seen.part >= 0] = stage.scene.surfaces[seen.part[seen.part >= 0], 0, :3]

    def trace(samples: int, seed: int) -> np.ndarray:
        shot = np.nan_to_num(np.array(mitsuba.render(world, integrator=integrator, spp=samples, seed=seed)))
        light, cover = shot[:, :, :3] * stage.studio.exposure, np.clip(shot[:, :, 3:], 0, 1)
        light = np.where(light < 0.6, light, 1 - 0.4 * np.exp(-(light - 0.6) * 2.5)) + (1 - cover)
        clean = denoise(encode(light), albedo, normal, cover[:, :, 0] > 0)
        return np.asarray(np.clip(clean, 0, 1) * 255 + 0.5, dtype=np.uint8)

    climb(f"mitsuba {mitsuba.__version__} path", trace)


def climb(renderer: str, shoot: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """Time `shoot` (samples, seed) at growing samples against its own long exposure, which is returned."""
    shoot(1, 0)
    long = shoot(LONG, 5)
    for samples in PATHS:
        begun = time.process_time(), time.monotonic()
        picture = shoot(samples, 0)
        timed(f"{renderer}, {SIZE} px, {samples} samples", begun, f"{psnr(picture, long):.1f} dB")
    return long


def psnr(picture: np.ndarray, truth: np.ndarray) -> float:
    """Distance in dB over the pixels that are not page in either."""
    piece = (picture < 250).any(axis=2) | (truth < 250).any(axis=2)
    error = picture[piece].astype(float) - truth[piece]
    return float(10 * np.log10(255**2 / max(np.mean(error**2), 1e-6)))


if __name__ == "__main__":
    measure()
