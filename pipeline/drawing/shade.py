"""Shading by hand: graphite laid in strokes, crossed hatching, stippling. Tone in, ink coverage out.

Darkness is float32 (h, w), 0 bare paper to 1 black. Ink coverage, in the same range, is laid some rows of the sheet at
a time.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]
Laid = Callable[[slice], Field]
"""Ink coverage of some rows of a sheet."""

BAND_PX = 512
"""Rows laid at a time; also the size of a tile of paper, so that every band begins with a whole one."""

_DIRECTIONS = 10
_TILE_PX = 384


def darkness(tone: Field, piece: NDArray[Any] | None) -> Field:
    """How dark a draughtsman would lay the tone: stretched over the piece, highlights left bare, no backdrop."""
    # The eye compares neighbours: local contrast first, then the scale of the whole piece.
    tone = tone + 0.45 * (tone - _broad(tone))
    inside = piece if piece is not None else np.ones(tone.shape, bool)
    sample = tone[inside][::7]
    deepest, brightest = (float(v) for v in np.quantile(sample, (0.02, 0.93)))
    # A pale piece stays pale: at least 45 CIELAB units make up the scale.
    deepest = min(deepest, brightest - 45)
    dark = np.clip((brightest - tone) / (brightest - deepest), 0, 1) ** 1.4
    if piece is not None:
        soft = cv2.GaussianBlur(cv2.erode(piece.astype(np.float32), np.ones((3, 3), np.uint8)), (0, 0), 1.2)
        dark = dark * soft
    return np.asarray(dark, np.float32)


def _broad(tone: Field) -> Field:
    """The tone blurred over 28 pixels; on a quarter of the size, which shows in none of them."""
    height, width = tone.shape
    small = cv2.resize(tone, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    return np.asarray(
        cv2.resize(cv2.GaussianBlur(small, (0, 0), 7), (width, height), interpolation=cv2.INTER_LINEAR)
    )


def graphite(dark: Field, shape: tuple[int, int], *, grain: float, seed: int) -> Laid:
    """Soft pencil: short strokes along the form over a light wash, broken by the grain of the paper."""
    dark = cv2.GaussianBlur(dark, (0, 0), 0.8)
    strokes = _strokes(dark, seed)
    # Pressure deepens a stroke before it widens it, so light tones show single strokes and dark ones merge.
    strokes += 0.25
    np.clip(strokes, 0, 1.2, out=strokes)
    strokes *= 0.75
    strokes += 0.52
    strokes *= dark
    whole = cv2.resize(strokes, shape[::-1], interpolation=cv2.INTER_CUBIC)

    def lay(rows: slice) -> Field:
        ink = np.clip(whole[rows], 0, 1)
        rough = np.float32(0.55 * 0.8 * grain) * tooth(ink.shape, seed)
        return np.asarray(ink * (0.8 - rough * (1 - 0.65 * ink)))

    return lay


def _strokes(dark: Field, seed: int) -> Field:
    """Unit-variance stroke texture, zero mean, that turns with the form: tiles of straight strokes, blended."""
    height, width = dark.shape
    # Directions turn slowly: half the size is enough to find them.
    half = cv2.resize(dark, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    gx, gy = cv2.Sobel(half, -1, 1, 0), cv2.Sobel(half, -1, 0, 1)
    cos2 = cv2.GaussianBlur(gx * gx - gy * gy, (0, 0), 2.5)
    sin2 = cv2.GaussianBlur(2 * gx * gy, (0, 0), 2.5)
    energy = cv2.GaussianBlur(gx * gx + gy * gy, (0, 0), 2.5)
    # Where the form gives no direction the hand falls back on its own, from lower left to upper right.
    lean = 0.004
    cos2, sin2 = -cos2, -sin2 - lean * np.exp(-energy / 0.02)
    cos2, sin2 = (cv2.resize(v, (width, height), interpolation=cv2.INTER_LINEAR) for v in (cos2, sin2))
    turn = np.arctan2(sin2, cos2) / 2
    # Modulo half a turn; the operator for it takes ten times as long as all the rest.
    turn += (turn < 0) * np.float32(np.pi)
    turn *= _DIRECTIONS / np.pi
    first = turn.astype(np.int32)
    turn -= first
    tiles = _tiles(seed)
    area = _TILE_PX**2
    place = (np.arange(height, dtype=np.int32) % _TILE_PX * _TILE_PX)[:, None]
    place = place + np.arange(width, dtype=np.int32) % _TILE_PX
    first *= area
    first += place
    one = tiles[first]
    first += area
    other = tiles[first]
    other -= one
    other *= turn
    return np.asarray(one + other, np.float32)


@lru_cache(maxsize=2)
def _tiles(seed: int) -> Field:
    """Seamless strokes in every direction, one tile after the other, flat; the first two come again at the end."""
    noise = np.random.default_rng(seed).standard_normal((_TILE_PX, _TILE_PX)).astype(np.float32)
    tiles = [_stroked(noise, np.pi * k / _DIRECTIONS) for k in range(_DIRECTIONS)]
    return np.concatenate([tile.ravel() for tile in (*tiles, *tiles[:2])])


def _stroked(noise: Field, angle: float, length: int = 23) -> Field:
    """Seamless noise drawn out along a direction, scaled to 0.45 of standard deviation."""
    kernel = np.zeros((length, length), np.float32)
    middle = length // 2
    dx, dy = np.cos(angle) * middle, np.sin(angle) * middle
    ends = np.rint(np.array([[middle - dx, middle - dy], [middle + dx, middle + dy]]) * 16).astype(np.int32)
    cv2.polylines(kernel, [ends], isClosed=False, color=1.0, thickness=1, lineType=cv2.LINE_8, shift=4)
    padded = np.pad(noise, middle, mode="wrap")
    drawn = cv2.filter2D(padded, cv2.CV_32F, kernel)[middle:-middle, middle:-middle]
    return np.asarray(0.45 * drawn / drawn.std(), np.float32)


def tooth(shape: tuple[int, ...], seed: int) -> Field:
    """Paper grain, 0..1: two octaves of noise at the size of paper fibres, tiled."""
    tile = _fibres(seed)
    rows, columns = -(-shape[0] // len(tile)), -(-shape[1] // len(tile))
    return np.asarray(np.tile(tile, (rows, columns))[: shape[0], : shape[1]])


@lru_cache(maxsize=4)
def _fibres(seed: int) -> Field:
    """One seamless tile of paper."""
    rng = np.random.default_rng(seed + 1)
    wrap = np.pad(rng.standard_normal((BAND_PX, BAND_PX)).astype(np.float32), 16, mode="wrap")
    fine, coarse = (cv2.GaussianBlur(wrap, (0, 0), s)[16:-16, 16:-16] for s in (0.9, 2.2))
    return np.asarray(
        np.clip(0.5 + 0.20 * fine / fine.std() + 0.12 * coarse / coarse.std(), 0, 1), np.float32
    )


def hatching(dark: Field, shape: tuple[int, int], *, weight: float, grain: float, seed: int) -> Laid:
    """Pen hatching: up to three crossing sets of parallel lines that swell with the tone."""
    height, width = shape
    full = cv2.resize(cv2.GaussianBlur(dark, (0, 0), 1.5), (width, height), interpolation=cv2.INTER_LINEAR)
    unit = max(shape) / 1024
    pitch = 4.6 * unit
    rng = np.random.default_rng(seed)
    wander = cv2.resize(
        rng.standard_normal((9, 9)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )

    def lay(rows: slice) -> Field:
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
        x = np.arange(width, dtype=np.float32)[None, :]
        wanted, away = full[rows], wander[rows] * np.float32(0.5 * grain * unit)
        ink = np.zeros(wanted.shape, np.float32)
        for degrees, threshold, gain in ((45, 0.10, 0.50), (-45, 0.42, 0.62), (4, 0.68, 0.85)):
            angle = np.radians(degrees)
            across = (x * np.float32(np.sin(angle)) + y * np.float32(np.cos(angle)) + away) / np.float32(
                pitch
            )
            offset = np.abs(across - np.floor(across) - 0.5) * np.float32(pitch)
            half = np.clip((wanted - threshold) * gain, 0, 0.36) * (pitch * weight)
            half = np.where(wanted > threshold, half + 0.32 * unit * weight, 0)
            np.maximum(ink, np.clip(half - offset + 0.5, 0, 1) * np.clip(half * 2, 0, 1), out=ink)
        return np.asarray(0.85 * ink)

    return lay


def stipple(dark: Field, shape: tuple[int, int], *, weight: float, seed: int) -> Laid:
    """Dots whose number follows the tone: error diffusion on a grid of dot pitch, each dot then shaken.

    R. W. Floyd, L. Steinberg, "An adaptive algorithm for spatial grey scale", Proc. SID 17 (1976).
    """
    from PIL import Image

    height, width = shape
    unit = max(shape) / 1024
    pitch = max(1.5, 2.6 * unit)
    cells = (max(1, int(width / pitch)), max(1, int(height / pitch)))
    coarse = cv2.resize(dark, cells, interpolation=cv2.INTER_AREA)
    wanted = np.clip(255 * (1 - 0.85 * coarse**1.2), 0, 255).astype(np.uint8)
    dots = ~np.asarray(Image.fromarray(wanted).convert("1"))
    rng = np.random.default_rng(seed)
    row, column = np.nonzero(dots & (coarse > 0.02))
    shake = rng.uniform(0.1, 0.9, (2, len(row)))
    ys = np.clip((row + shake[0]) * height / cells[1], 0, height - 1).astype(np.intp)
    xs = np.clip((column + shake[1]) * width / cells[0], 0, width - 1).astype(np.intp)
    radius = 0.62 * unit * weight
    bare = np.ones(shape, np.uint8)
    bare[ys, xs] = 0
    # The distance to the nearest centre makes every dot a crisp disc.
    distance = cv2.distanceTransform(bare, cv2.DIST_L2, 5)
    return lambda rows: np.asarray(0.85 * np.clip(radius - distance[rows] + 0.5, 0, 1), np.float32)
