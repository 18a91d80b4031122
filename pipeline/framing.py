"""The canonicaliser: a crop becomes a picture a provider accepts, and the answer becomes the crop again.

The crop is enlarged or reduced by a whole number, laid on a canvas of the picture's own background, and the
canvas is chosen so that the answer is a whole multiple of it. All of it is written down and undone exactly;
of the answer only the decoded pixels count: neither the size asked for nor what a header says.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
from PIL import Image

from pipeline import images
from pipeline.errors import BadRegion, NotRegistrable
from pipeline.images import Pixels
from pipeline.profiles import srgb_profile
from pipeline.providers.base import Frame, Limits

MAX_SQUEEZE = 0.03
"""An answer whose shape is this much off is taken for the same picture, squeezed by the model's own grid."""
_LARGEST_PRESCALE = 8
_LARGEST_RATIO = 16
_JPEG_QUALITIES = (95, 90, 85, 75)


@dataclass(frozen=True)
class Framed:
    """What is sent, what to ask for, and the way back.

    All lengths in pixels. The crop, padded to `content` at its own scale, was scaled by `prescale` and laid
    at (`left`, `top`) on a canvas of `canvas`; the answer is asked for at `ratio` times the canvas.
    """

    image: bytes
    crop: tuple[int, int]
    content: tuple[int, int]
    canvas: tuple[int, int]
    left: int
    top: int
    prescale: Fraction
    ratio: int
    factor: int

    @property
    def width(self) -> int:
        """Width to ask for."""
        return self.canvas[0] * self.ratio

    @property
    def height(self) -> int:
        """Height to ask for."""
        return self.canvas[1] * self.ratio

    @property
    def enlargement(self) -> Fraction:
        """Answer pixels per crop pixel, as asked for; the part above `factor` is averaged away in `undo`."""
        return self.prescale * self.ratio

    def undo(self, answer: Pixels) -> Pixels:
        """Cut and scale an answer (h, w, 3) to exactly `factor` times the crop. Raises NotRegistrable."""
        height, width = answer.shape[:2]
        squeeze = (width / height) / (self.canvas[0] / self.canvas[1]) - 1
        if abs(squeeze) > MAX_SQUEEZE and not self._off_by_a_pixel(width, height):
            raise NotRegistrable(
                f"The provider answered {width} x {height} px to a picture of "
                f"{self.canvas[0]} x {self.canvas[1]} px: another shape, so it cannot be laid over its crop. "
                "Make another, or choose another provider."
            )
        wanted = self.content[0] * self.factor, self.content[1] * self.factor
        across, down = Fraction(width, self.canvas[0]), Fraction(height, self.canvas[1])
        box = (
            self.left * across,
            self.top * down,
            (self.left + self.content[0] * self.prescale) * across,
            (self.top + self.content[1] * self.prescale) * down,
        )
        return _cut(answer, box, wanted)[: self.crop[1] * self.factor, : self.crop[0] * self.factor]

    def _off_by_a_pixel(self, width: int, height: int) -> bool:
        scale = width / self.canvas[0]
        return abs(height - self.canvas[1] * scale) <= 1.5


def fit(pixels: Pixels, limits: Limits, *, factor: int = 1) -> Framed:
    """Frame a crop (h, w, 3) for a provider, so that the answer gives `factor` times its size.

    Raises BadRegion where no canvas satisfies the provider.
    """
    height, width = pixels.shape[:2]
    framed = plan(width, height, limits, factor)
    return replace(framed, image=encode(_lay(pixels, framed), limits.formats, limits.max_bytes))


@lru_cache(maxsize=256)
def plan(width: int, height: int, limits: Limits, factor: int = 1) -> Framed:
    """How a crop of this size is framed, without its picture. Raises BadRegion."""
    best: tuple[float, Framed] | None = None
    for prescale in _prescales():
        step = prescale.denominator
        content = -(-width // step) * step, -(-height // step) * step
        scaled = int(content[0] * prescale), int(content[1] * prescale)
        for ratio in _ratios(limits, factor):
            if best is not None and _cost(prescale, ratio, factor, scaled, scaled) >= best[0]:
                continue  # worse even without any padding
            for canvas in _canvases(scaled, limits, ratio):
                cost = _cost(prescale, ratio, factor, scaled, canvas)
                if best is None or cost < best[0] - 1e-9:
                    left, top = (canvas[0] - scaled[0]) // 2, (canvas[1] - scaled[1]) // 2
                    framed = Framed(b"", (width, height), content, canvas, left, top, prescale, ratio, factor)
                    best = cost, framed
    if best is None:
        raise BadRegion(
            f"A region of {width} x {height} px cannot be brought into a shape this provider accepts; "
            "draw it larger or less elongated, or choose another provider."
        )
    return best[1]


def nearest_size(frame: Frame, width: int, height: int) -> tuple[int, int]:
    """The allowed (width, height) closest in shape, then in area, to the one wished for."""
    if frame.allows(width, height):
        return width, height
    if frame.sizes:
        return min(
            frame.sizes, key=lambda s: (_far(s[0] / s[1], width / height), _far(s[0] * s[1], width * height))
        )
    step = frame.multiple_of
    least, most = -(-frame.min_side_px // step) * step, frame.max_side_px // step * step
    low, high = max(frame.min_aspect, least / most), min(frame.max_aspect, most / least)
    aspect = min(max(width / height, low), high)
    longer = max(aspect, 1 / aspect)
    area = min(max(width * height, frame.min_pixels), frame.max_pixels)
    area = max(min(area, int(most**2 / longer)), int(least**2 * longer))
    ideal = math.sqrt(area * aspect), math.sqrt(area / aspect)
    allowed = [(w, h) for w in _around(ideal[0], step) for h in _around(ideal[1], step) if frame.allows(w, h)]
    return min(
        allowed, key=lambda s: (_far(s[0] / s[1], aspect), _far(s[0] * s[1], area)), default=(width, height)
    )


def encode(pixels: Pixels, formats: tuple[str, ...], max_bytes: int) -> bytes:
    """Encode without any metadata but its colour space in the best allowed format that keeps to the size limit.

    Lossless first, then JPEG, coarser step by step. Raises BadRegion when nothing is small enough. These bytes name
    the question in the cache: written in another way, everything that was paid for is bought again.
    """
    if "image/png" in formats:
        data = images.encode_question(pixels)
        if len(data) <= max_bytes:
            return data
    if "image/webp" in formats and "image/png" not in formats:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "WEBP", lossless=True, icc_profile=srgb_profile())
        if out.tell() <= max_bytes:
            return out.getvalue()
    if "image/jpeg" in formats:
        for quality in _JPEG_QUALITIES:
            data = images.encode_jpeg(pixels, quality)
            if len(data) <= max_bytes:
                return data
    raise BadRegion(
        f"This picture is larger than the {max_bytes / 1e6:.0f} MB the provider accepts; "
        "choose a smaller region."
    )


def _prescales() -> Iterator[Fraction]:
    yield Fraction(1)
    for step in range(2, _LARGEST_PRESCALE + 1):
        yield Fraction(step)
        yield Fraction(1, step)


def _ratios(limits: Limits, factor: int) -> tuple[int, ...]:
    if limits.factors:
        return limits.factors
    if limits.answer is None:
        return (factor,)
    return tuple(range(1, _LARGEST_RATIO + 1))


def _canvases(scaled: tuple[int, int], limits: Limits, ratio: int) -> Iterator[tuple[int, int]]:
    """Allowed canvases that hold the scaled crop, whose `ratio`-fold is an allowed answer."""
    answer = limits.answer or Frame(max_side_px=2**20, max_pixels=2**40)
    divided = [(w // ratio, h // ratio) for w, h in answer.sizes if w % ratio == h % ratio == 0]
    given = limits.sizes or divided
    tried = given if limits.sizes or answer.sizes else _grown(scaled, limits, answer, ratio)
    for width, height in tried:
        holds = width >= scaled[0] and height >= scaled[1]
        if holds and limits.allows(width, height) and answer.allows(width * ratio, height * ratio):
            yield width, height


def _grown(scaled: tuple[int, int], limits: Limits, answer: Frame, ratio: int) -> Iterator[tuple[int, int]]:
    """The smallest canvas around the scaled crop that keeps to sides, shape, area and multiples."""
    step = math.lcm(limits.multiple_of, answer.multiple_of // math.gcd(answer.multiple_of, ratio))
    least_side = max(limits.min_side_px, -(-answer.min_side_px // ratio))
    least_area = max(limits.min_pixels, -(-answer.min_pixels // ratio**2))
    low, high = max(limits.min_aspect, answer.min_aspect), min(limits.max_aspect, answer.max_aspect)
    width, height = max(scaled[0], least_side), max(scaled[1], least_side)
    for _ in range(4):  # each rounding may undo another's work; a few rounds settle it
        if width * height < least_area:
            growth = math.sqrt(least_area / (width * height))
            width, height = math.ceil(width * growth), math.ceil(height * growth)
        width = max(width, math.ceil(height * low))
        height = max(height, math.ceil(width / high))
        width, height = -(-width // step) * step, -(-height // step) * step
    yield width, height


def _cost(
    prescale: Fraction, ratio: int, factor: int, scaled: tuple[int, int], canvas: tuple[int, int]
) -> float:
    """Preference among plans, in doublings: too little detail is worst, then waste, then resampling first."""
    detail = math.log2(float(prescale * ratio) / factor)
    short = 6.0 * max(0.0, -detail)
    waste = 0.5 * max(0.0, detail)
    padding = 0.75 * math.log2(canvas[0] * canvas[1] / (scaled[0] * scaled[1]))
    resampled = 0.0 if prescale == 1 else 0.2 if prescale > 1 else 8.0
    return short + waste + padding + resampled


def _lay(pixels: Pixels, plan: Framed) -> Pixels:
    """Pad to the content size, scale, and lay on a canvas of background."""
    paper = background(pixels)
    content = np.empty((plan.content[1], plan.content[0], 3), np.uint8)
    content[:] = paper
    content[: pixels.shape[0], : pixels.shape[1]] = pixels
    width, height = int(plan.content[0] * plan.prescale), int(plan.content[1] * plan.prescale)
    if plan.prescale != 1:
        content = images.resize(content, width, height)
    canvas = np.empty((plan.canvas[1], plan.canvas[0], 3), np.uint8)
    canvas[:] = paper
    canvas[plan.top : plan.top + height, plan.left : plan.left + width] = content
    return canvas


def background(pixels: Pixels) -> Pixels:
    """The colour (3,) uint8 the picture mostly shows along its border."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return np.asarray(np.median(border, axis=0).round(), np.uint8)


def _cut(answer: Pixels, box: tuple[Fraction, Fraction, Fraction, Fraction], size: tuple[int, int]) -> Pixels:
    """Cut a box (left, top, right, bottom) out and bring it to (width, height), exactly where it can be."""
    whole = all(edge.denominator == 1 for edge in box)
    left, top, right, bottom = (int(edge) for edge in box)
    if whole and (right - left, bottom - top) == size:
        return np.ascontiguousarray(answer[top:bottom, left:right])
    enlarging = size[0] > box[2] - box[0] or size[1] > box[3] - box[1]
    method = Image.Resampling.LANCZOS if enlarging else Image.Resampling.BOX
    edges = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
    return np.asarray(Image.fromarray(answer).resize(size, method, box=edges))


def _around(ideal: float, step: int) -> tuple[int, ...]:
    base = int(ideal // step) * step
    return tuple(max(step, base + offset * step) for offset in (-2, -1, 0, 1, 2, 3))


def _far(a: float, b: float) -> float:
    return round(abs(math.log(a / b)), 3)
