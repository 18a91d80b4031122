"""A piece and a camera to pixels: which pixels to trace, how often, then denoise.

Only pixels that see the piece are traced; the page behind is computed. Each kind of surface starts with its own
number of samples, and a second pass spends more where the first was noisy.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.atelier.camera import Camera, Orthographic, Planes, stands
from pipeline.atelier.piece import Piece
from pipeline.atelier.render import engine
from pipeline.atelier.render.denoise import denoise, restore
from pipeline.atelier.render.scene import CLEAR, COATED, METAL, lay_out
from pipeline.atelier.render.studio import set_up
from pipeline.errors import BadRegion, Cancelled, RendererUnavailable

if TYPE_CHECKING:
    from pipeline.atelier.render.kernel import Kernel

Progress = Callable[[float], None]
Window = tuple[int, int, int, int]

# Samples in flight at once: bounds memory (about 100 bytes a sample) and how long a cancel waits.
BATCH_SAMPLES = 1_500_000
TILE = 1024
RAY_ROWS = 32
# Powers of two, as the sampler asks. Sizes of the adaptive pass's steps, in samples.
STEPS = (4, 8, 16, 32, 64, 128, 256)
# The colour of a stone with fire depends on the film's place alone: evenly spread samples leave half the noise of the
# few that the first pass takes. More of it is not worth a sample, which costs five times one of metal (least error for
# its cost, Neyman 1934); without fire it costs hardly more than that.
STONE_EVENNESS, STONE_WORTH = 0.5, 0.7
# Reach of the noise estimate over neighbouring pixels.
NOISE_BLUR_PX = 1.5


@dataclass(frozen=True)
class Quality:
    """Samples a pixel of each kind gets in each half of the first pass, and the error the second aims at.

    `target_error` is the standard error before denoising, in units of full sRGB scale, of a pixel that gets `pivot`
    samples for it; `extra` caps what the second pass may add to one pixel. The first pass is small: it has only to
    find the noise.
    """

    name: str
    metal: int
    clear: int
    coated: int
    target_error: float
    extra: int
    pivot: int

    def enlarged(self, scale: int) -> "Quality":
        """The samples of a macro: its pixels are smaller, so each holds less to average and more of them agree."""
        if scale == 1:
            return self
        return replace(
            self,
            metal=max(1, self.metal // scale),
            clear=max(1, self.clear // scale),
            coated=max(1, self.coated // scale),
            target_error=self.target_error * min(0.5 + 0.5 * scale, 3),
            pivot=max(8, self.pivot * 4 // (3 * scale)),
        )


DRAFT = Quality("draft", metal=2, clear=2, coated=2, target_error=0.030, extra=16, pivot=14)
STANDARD = Quality("standard", metal=2, clear=2, coated=4, target_error=0.016, extra=64, pivot=28)
FINE = Quality("fine", metal=4, clear=4, coated=8, target_error=0.010, extra=128, pivot=56)


@dataclass(frozen=True)
class GBuffer:
    """First surface seen of each pixel.

    `depth` (h, w) mm, inf on a miss; `normal` (h, w, 3), zero on a miss; `part` (h, w) index into `names`,
    -1 on a miss.
    """

    depth: np.ndarray
    normal: np.ndarray
    part: np.ndarray
    names: tuple[str, ...]


def render(
    piece: Piece,
    camera: Camera,
    *,
    size: int,
    window: Window | None = None,
    scale: int = 1,
    quality: Quality = STANDARD,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> np.ndarray:
    """Render `window` (x, y, width, height in pixels of a square film of `size`) enlarged `scale` times, uint8 RGB.

    The macro is a window of a film `scale` times as large, so its box-downscale is the master's window up to sampling
    noise. The same arguments give the same pixels. Raises BadRegion for a window outside the film, Cancelled when
    `cancelled()` turns true, RendererUnavailable where only the slow engine runs and the film is too large for it.
    """
    x, y, width, height = window or (0, 0, size, size)
    if min(x, y) < 0 or min(width, height) < 1 or x + width > size or y + height > size or scale < 1:
        raise BadRegion("The region to render lies outside the picture; choose one inside it.")
    watch = _Watch(progress, cancelled)
    film = (x * scale, y * scale, width * scale, height * scale)
    if _is_scalar():
        from pipeline.atelier.render import fallback

        if size > engine.SCALAR_MAX_SIZE or scale > engine.SCALAR_MAX_SCALE:
            raise RendererUnavailable(engine.SCALAR_NOTE)
        return fallback.expose(
            fallback.set_stage(piece), camera, size * scale, film, quality.name, seed, watch
        )
    return _Film(stage(piece), camera, size * scale, film, quality.enlarged(scale), watch).expose(seed)


def gbuffer(
    piece: Piece,
    camera: Camera | Orthographic,
    *,
    width: int,
    height: int,
    supersample: int = 1,
    window: Window | None = None,
) -> GBuffer:
    """Depth, normals and parts of a film of `width` x `height` pixels, each axis `supersample` times finer.

    `window` (x, y, width, height in film pixels) looks at that part of the film only.
    """
    left, top, across, down = window or (0, 0, width, height)
    columns, rows = across * supersample, down * supersample
    if _is_scalar():
        from pipeline.atelier.render import fallback

        fine = (left * supersample, top * supersample, columns, rows)
        look = fallback.look(
            fallback.set_stage(piece), camera, width * supersample, height * supersample, fine
        )
        return GBuffer(*look, tuple(part.name for part in piece.parts))
    # Form needs no light: the shadow is cast when the piece is first photographed.
    kernel = stage(piece, lit=False)
    depth, part = np.empty((rows, columns), np.float32), np.empty((rows, columns), np.int32)
    normal = np.empty((rows, columns, 3), np.float32)
    x, y = ((np.arange(n) + 0.5) / supersample + first for n, first in ((columns, left), (rows, top)))
    height_of_batch = max(1, BATCH_SAMPLES // columns)
    for start in range(0, rows, height_of_batch):
        band = slice(start, min(start + height_of_batch, rows))
        rays = _rays(camera, x, y[band], width, height)
        depth[band], normal[band], part[band] = kernel.surface_buffer(*rays, (-1, columns))
    return GBuffer(depth, normal, part, kernel.scene.part_names)


def _rays(
    camera: Camera | Orthographic, x: np.ndarray, y: np.ndarray, width: int, height: int
) -> tuple[Planes, Planes]:
    """Origins and directions of a grid of film points, float32: few rows at a time, which stay in the cache."""
    bands = [
        camera.ray_planes(x, y[top : top + RAY_ROWS, None], width, height)
        for top in range(0, len(y), RAY_ROWS)
    ]
    origin, direction = zip(*bands, strict=True)
    return _joined(origin), _joined(direction)


def _joined(bands: Sequence[Planes]) -> Planes:
    """Planes of rows after rows; a number for all stays one."""
    return tuple(
        np.concatenate(plane, dtype=np.float32) if isinstance(plane[0], np.ndarray) else plane[0]
        for plane in zip(*bands, strict=True)
    )


_standing: dict[str, "Kernel"] = {}
"""The piece that stands in the studio, by its content."""


def stage(piece: Piece, *, lit: bool = True) -> "Kernel":
    """Set a piece up in the studio; the last one stays up, so that macros and angles start at once.

    Unless it is to be `lit` it may be without its shadow.
    """
    from pipeline.atelier.render.shadow import cast_shadow

    name = digest(piece)
    if name not in _standing:
        _standing.clear()  # the one before goes first: two at once do not fit
        _standing[name] = _kernel_of(piece)
    kernel = _standing[name]
    if lit and not kernel.shadowed:
        cast_shadow(kernel)
    return kernel


def _kernel_of(piece: Piece) -> "Kernel":
    from pipeline.atelier.render.kernel import Kernel, release

    release()  # what the piece before leaves, the engine would keep for the next of its size
    scene = lay_out(piece)
    radius = float(np.linalg.norm(scene.high - scene.low)) / 2
    return Kernel(scene, set_up(upright=stands(piece), radius_mm=radius))


def digest(piece: Piece) -> str:
    """Name of a piece by its content."""
    whole = (piece.kind, piece.fineness, piece.worn, piece.filleted, piece.tinted)
    content = hashlib.blake2b("|".join(map(str, whole)).encode(), digest_size=16)
    for part in piece.parts:
        look = (part.name, part.role, part.material, part.smooth, part.finish, part.included)
        content.update("|".join(map(str, look)).encode())
        content.update(np.ascontiguousarray(part.vertices, dtype=np.float64).tobytes())
        content.update(np.ascontiguousarray(part.faces, dtype=np.int32).tobytes())
    return content.hexdigest()


def _is_scalar() -> bool:
    import mitsuba

    return bool(mitsuba.variant() == "scalar_rgb")


@dataclass(frozen=True)
class _Watch:
    progress: Progress | None
    cancelled: Callable[[], bool] | None
    furthest: list[float] = field(default_factory=lambda: [0.0])

    def report(self, fraction: float) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("The rendering was stopped.")
        if self.progress is not None:
            # The second pass is planned late; a bar that moved back would look broken.
            self.furthest[0] = min(max(fraction, self.furthest[0]), 1.0)
            self.progress(self.furthest[0])


class _Film:
    """One exposure: which pixels, how many samples, and the picture that results."""

    def __init__(
        self, kernel: "Kernel", camera: Camera, size: int, window: Window, quality: Quality, watch: _Watch
    ) -> None:
        self.kernel = kernel
        self.camera = camera
        self.size = size
        self.window = window
        self.quality = quality
        self.watch = watch
        self.spent = 0
        self.planned = 1

    def expose(self, seed: int) -> np.ndarray:
        from pipeline.atelier.render.kernel import release

        self.watch.report(0.0)
        kinds = self._classify()
        image = self._lay_page(kinds)
        rows, columns = _in_blocks(kinds)
        if len(rows):
            kind = kinds[rows, columns] - 1
            image[rows, columns], deviation = self._develop(rows, columns, kind, seed)
            albedo, normal = self._guides(kinds.shape, rows, columns)
            release()
            self.watch.report(0.93)
            clean = denoise(image, albedo, normal, kinds > 0)
            del albedo, normal
            noise = np.zeros(kinds.shape, dtype=np.float32)
            noise[rows, columns] = deviation
            image = restore(image, clean, noise, kinds > 0)
        release()
        self.watch.report(1.0)
        return np.asarray(np.clip(image, 0, 1) * 255 + 0.5, dtype=np.uint8)

    def _classify(self) -> np.ndarray:
        """Kind + 1 of each pixel, 0 for the page, grown by one pixel so that no edge is missed, and by what is out of
        focus.
        """
        from scipy.ndimage import maximum_filter

        x, y, width, height = self.window
        blur = self.kernel.blur_px(self.camera, self.size)
        # What a window shows out of focus may lie beside it.
        beside = [
            min(blur, x),
            min(blur, y),
            min(blur, self.size - x - width),
            min(blur, self.size - y - height),
        ]
        x, y, width, height = (
            x - beside[0],
            y - beside[1],
            width + beside[0] + beside[2],
            height + beside[1] + beside[3],
        )
        kinds = np.zeros((height, width), dtype=np.uint8)
        for top in range(0, height, TILE):
            for left in range(0, width, TILE):
                part = (x + left, y + top, min(TILE, width - left), min(TILE, height - top))
                seen = self.kernel.first_hits(self.camera, self.size, part)
                kinds[top : top + part[3], left : left + part[2]] = seen
        grown = np.asarray(maximum_filter(kinds, 3 + 2 * blur))
        return grown[beside[1] : height - beside[3], beside[0] : width - beside[2]]

    def _lay_page(self, kinds: np.ndarray) -> np.ndarray:
        x, y, width, height = self.window
        image = np.ones((height, width, 3), dtype=np.float32)
        for top in range(0, height, TILE // 2):
            rows, columns = np.nonzero(kinds[top : top + TILE // 2] == 0)
            if len(rows):
                page = self.kernel.page(self.camera, self.size, columns + x, rows + top + y)
                image[rows + top, columns] = page
        return image

    def _develop(
        self, rows: np.ndarray, columns: np.ndarray, kind: np.ndarray, seed: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean encoded colour (n, 3) of the listed pixels after both passes, and the variance (n,) it is left with."""
        first = {METAL: self.quality.metal, CLEAR: self.quality.clear, COATED: self.quality.coated}
        wanted = np.array([first[k] for k in (METAL, CLEAR, COATED)], dtype=np.int16)[kind]
        # The second pass costs about as much again; corrected when it is known.
        self.planned = int(wanted.sum()) * 4
        # Two independent halves: their difference is the noise that stratified sampling really left.
        total, other = (np.zeros((len(rows), 3), dtype=np.float32) for _ in range(2))
        self._add(total, rows, columns, kind, wanted, 3 * seed)
        self._add(other, rows, columns, kind, wanted, 3 * seed + 1)
        variance = self._variance(total - other, wanted, rows, columns)
        fiery = (kind == CLEAR) & self.kernel.scene.all_fire
        variance[fiery] *= STONE_EVENNESS
        more = self._plan_second(np.where(fiery, STONE_WORTH * variance, variance), wanted)
        total += other
        del other
        self.planned = self.spent + int(more.sum())
        self._add(total, rows, columns, kind, more, 3 * seed + 2)
        spent = 2 * wanted + more
        return total / spent[:, None], variance / spent

    def _variance(
        self, difference: np.ndarray, count: np.ndarray, rows: np.ndarray, columns: np.ndarray
    ) -> np.ndarray:
        """Variance (n,) of one sample of each pixel, from the difference (n, 3) of two sums of `count` samples."""
        from scipy.ndimage import gaussian_filter

        variance = (difference**2).mean(axis=1) / (2 * count)
        # One difference says little about one pixel: borrow from its neighbours.
        _, _, width, height = self.window
        spread = np.zeros((2, height, width), dtype=np.float32)
        spread[0, rows, columns], spread[1, rows, columns] = variance, 1
        near = gaussian_filter(spread[0], NOISE_BLUR_PX)[rows, columns]
        near /= np.maximum(gaussian_filter(spread[1], NOISE_BLUR_PX)[rows, columns], 1e-6)
        return np.asarray(near)

    def _plan_second(self, variance: np.ndarray, count: np.ndarray) -> np.ndarray:
        """Further samples (n,) of each pixel after two passes of `count`, in steps.

        A picture's mean square error is least for its cost where samples grow with the root of the variance (Neyman
        1934); samples in proportion to the variance, the same error everywhere, would spend most on a few sparkles.
        """
        needed = np.sqrt(variance * self.quality.pivot) / self.quality.target_error - 2 * count
        steps = [step for step in STEPS if step <= self.quality.extra]
        rung = np.searchsorted(steps, needed, side="left")
        return np.where(needed < steps[0] / 2, 0, np.array([*steps, steps[-1]])[rung]).astype(np.int16)

    def _add(
        self,
        sums: np.ndarray,
        rows: np.ndarray,
        columns: np.ndarray,
        kind: np.ndarray,
        wanted: np.ndarray,
        salt: int,
    ) -> None:
        """Add `wanted` samples of each pixel to `sums`, in batches of bounded size."""
        from pipeline.atelier.render.colour_lanes import GREEN
        from pipeline.atelier.render.sampler import Lanes

        x, y, _, _ = self.window
        chosen = np.nonzero(wanted)[0]
        # Stones together, metal together: their paths differ in length.
        chosen = chosen[np.argsort(kind[chosen] == CLEAR, kind="stable")]
        cost = np.cumsum(wanted[chosen], dtype=np.int64)
        cuts = np.searchsorted(cost, np.arange(BATCH_SAMPLES, cost.max(initial=0), BATCH_SAMPLES))
        for batch in np.split(chosen, cuts):
            if not len(batch):
                continue
            length = wanted[batch].astype(np.int64)
            start = np.cumsum(length) - length
            pixel = np.repeat(batch, length)
            light = self.kernel.sample(
                self.camera,
                self.size,
                Lanes(
                    x=(columns[pixel] + x).astype(np.uint32),
                    y=(rows[pixel] + y).astype(np.uint32),
                    index=(np.arange(len(pixel)) - np.repeat(start, length)).astype(np.uint32),
                    count=wanted[pixel].astype(np.uint32),
                    salt=np.full(len(pixel), salt & 0xFFFFFFFF, dtype=np.uint32),
                    leader=np.full(len(pixel), GREEN, dtype=np.uint32),
                ),
            )
            sums[batch] += np.add.reduceat(light, start, axis=0)
            self.spent += len(pixel)
            self.watch.report(0.03 + 0.88 * self.spent / max(self.planned, 1))

    def _guides(
        self, shape: tuple[int, ...], rows: np.ndarray, columns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        x, y, _, _ = self.window
        albedo = np.ones((*shape, 3), dtype=np.float16)
        normal = np.zeros((*shape, 3), dtype=np.float16)
        for start in range(0, len(rows), BATCH_SAMPLES // 4):
            r, c = rows[start : start + BATCH_SAMPLES // 4], columns[start : start + BATCH_SAMPLES // 4]
            values = self.kernel.guides(self.camera, self.size, c + x, r + y)
            albedo[r, c], normal[r, c] = values[:, :3], values[:, 3:]
        return albedo, normal


def _in_blocks(kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the piece's pixels, 8 x 8 blocks together so that neighbouring rays travel together."""
    rows, columns = np.nonzero(kinds)
    order = np.lexsort((columns, rows, columns // 8, rows // 8))
    return rows[order].astype(np.int32), columns[order].astype(np.int32)
