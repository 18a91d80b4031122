"""What providers do to a picture without meaning harm, and what cameras do to a master: the gate must not mind."""

from collections.abc import Callable

import cv2
import numpy as np

from pipeline.fidelity.filters import Plane, blur, lab, luma
from pipeline.images import Pixels

Random = np.random.Generator


def enhance(picture: Pixels, factor: int, random: Random) -> Pixels:
    """Pass a picture through a random provider's habits, as every drifted trial does too.

    `factor` is its enlargement over the crop: nobody sane answers with less detail than the crop has.
    """
    x = picture.astype(np.float32)
    if random.uniform() < 0.15:
        x = np.clip(_soften(x, int(random.integers(2, factor + 1))), 0, 255)
    for habit, chance in _HABITS:
        if random.uniform() < chance:
            x = np.clip(habit(x, random), 0, 255)
    return finished(x, random if random.uniform() < 0.6 else None)


def single(picture: Pixels, name: str, factor: int, random: Random) -> Pixels:
    """Apply one harmless effect of `SINGLES`, at its full strength."""
    if name == "interpolated":
        return finished(np.clip(_soften(picture.astype(np.float32), factor), 0, 255), None)
    return finished(np.clip(SINGLES[name](picture.astype(np.float32), random), 0, 255), None)


def photograph(picture: Pixels, factor: int, random: Random, *, clean: bool) -> Pixels:
    """Make the crop of a truth: averaged down, or through a random lens, with noise and JPEG unless `clean`."""
    size = (picture.shape[1] // factor, picture.shape[0] // factor)
    x = picture[: size[1] * factor, : size[0] * factor].astype(np.float32)
    lens = "box" if clean else str(random.choice(["box", "cubic", "soft"]))
    blurred = {"box": x, "cubic": blur(x, 0.25 * factor), "soft": blur(x, 0.45 * factor)}[lens]
    x = cv2.resize(blurred, size, interpolation=cv2.INTER_AREA)
    if clean:
        return _bytes(x)
    noise = float(random.choice([0.0, 1.2, 2.0]))
    x = x + random.normal(0, noise, x.shape) if noise else x
    quality = int(random.choice([0, 92, 82]))
    return _jpeg(_bytes(x), quality) if quality else _bytes(x)


def finished(x: Plane, random: Random | None) -> Pixels:
    """Round to 8 bit, through a JPEG of quality 80 to 95 where dice are given."""
    return _bytes(x) if random is None else _jpeg(_bytes(x), int(random.integers(80, 96)))


def _bytes(x: Plane) -> Pixels:
    return np.clip(np.rint(x), 0, 255).astype(np.uint8)


def _jpeg(picture: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def _shift(x: Plane, random: Random, reach: float = 3.0, zoom: float = 0.01) -> Plane:
    height, width = x.shape[:2]
    k = 1 + random.uniform(-zoom, zoom)
    dx, dy = random.uniform(-reach, reach, 2)
    matrix = np.array([[k, 0, dx + (1 - k) * width / 2], [0, k, dy + (1 - k) * height / 2]], np.float32)
    moved: Plane = cv2.warpAffine(
        x, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return moved


def _sharpen(x: Plane, amount: float, sigma: float) -> Plane:
    sharp: Plane = x + amount * (x - blur(x, sigma))
    return sharp


def _gamma(x: Plane, exponent: float) -> Plane:
    curved: Plane = 255 * (np.clip(x, 0, 255) / 255) ** np.float32(exponent)
    return curved


def _balance(x: Plane, random: Random, reach: float = 0.03) -> Plane:
    gains = 1 + random.uniform(-reach, reach, 3)
    return x * gains.astype(np.float32)


def _saturate(x: Plane, gain: float) -> Plane:
    grey = luma(x)[..., None]
    return grey + (x - grey) * np.float32(gain)


def _whiten(x: Plane) -> Plane:
    """Push a nearly white background to white, as packshot retouching does."""
    colours = lab(x)
    near = np.clip((colours[..., 0] - 90) / 6, 0, 1) * np.clip(
        (7 - np.hypot(colours[..., 1], colours[..., 2])) / 4, 0, 1
    )
    near = blur(near.astype(np.float32), 1.0)[..., None]
    return x + (255 - x) * near


def _denoise(x: Plane) -> Plane:
    return cv2.bilateralFilter(_bytes(x), 5, 22, 2.0).astype(np.float32)


def _grain(x: Plane, random: Random, sigma: float) -> Plane:
    return x + random.normal(0, sigma, x.shape).astype(np.float32)


def _soften(x: Plane, factor: int) -> Plane:
    """What an interpolator would have made: the truth's fine detail gone, edges sharpened again."""
    size = (x.shape[1] // factor, x.shape[0] // factor)
    small = cv2.resize(x, size, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, x.shape[1::-1], interpolation=cv2.INTER_LANCZOS4)
    return _sharpen(large, 0.6, 0.5 * factor)


def _contrast(x: Plane, gain: float) -> Plane:
    return (x - 128) * np.float32(gain) + 128


_HABITS: tuple[tuple[Callable[[Plane, Random], Plane], float], ...] = (
    (lambda x, r: _shift(x, r), 0.6),
    (lambda x, _: _denoise(x), 0.2),
    (lambda x, r: _sharpen(x, r.uniform(0.2, 1.0), r.uniform(0.8, 2.5)), 0.45),
    (lambda x, r: x * np.float32(1 + r.uniform(-0.08, 0.08)), 0.4),
    (lambda x, r: _gamma(x, r.uniform(0.88, 1.12)), 0.4),
    (lambda x, r: _balance(x, r), 0.35),
    (lambda x, r: _saturate(x, r.uniform(0.92, 1.1)), 0.3),
    (lambda x, r: _contrast(x, r.uniform(0.95, 1.08)), 0.3),
    (lambda x, _: _whiten(x), 0.15),
    (lambda x, r: _grain(x, r, r.uniform(0.5, 3.0)), 0.35),
)


def _letterbox(x: Plane, value: float) -> Plane:
    bars = round(x.shape[1] * 0.12)
    return cv2.copyMakeBorder(x, 0, 0, bars, bars, cv2.BORDER_CONSTANT, value=(value, value, value))


SINGLES: dict[str, Callable[[Plane, Random], Plane]] = {
    "truth": lambda x, _: x,
    "interpolated": lambda x, _: _soften(x, 2),
    "shifted": lambda x, r: _shift(x, r, 3.0, 0.0),
    "zoomed": lambda x, r: _shift(x, r, 0.0, 0.02),
    "brighter": lambda x, _: x * 1.08,
    "darker": lambda x, _: x * 0.92,
    "gamma low": lambda x, _: _gamma(x, 0.88),
    "gamma high": lambda x, _: _gamma(x, 1.12),
    "white balance": lambda x, r: _balance(x, r),
    "saturated": lambda x, _: _saturate(x, 1.1),
    "contrast": lambda x, _: _contrast(x, 1.08),
    "JPEG 80": lambda x, _: _jpeg(_bytes(x), 80).astype(np.float32),
    "grain": lambda x, r: _grain(x, r, 3.0),
    "letterbox black": lambda x, _: _letterbox(x, 0.0),
    "letterbox white": lambda x, _: _letterbox(x, 255.0),
    "sharpened": lambda x, _: _sharpen(x, 0.6, 1.5),
    "strongly sharpened": lambda x, _: _sharpen(x, 1.2, 1.5),
    "denoised": lambda x, _: _denoise(x),
    "detail boosted": lambda x, _: _sharpen(x, 0.5, 3.0),
    "whitened": lambda x, _: _whiten(x),
}
