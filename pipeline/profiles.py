"""What a picture's numbers mean: the colour space a file names, and the way from there to sRGB.

Embedded ICC profiles of 8-bit pictures go through littleCMS, relative colorimetric with black point compensation.
Spaces that are named by numbers (PNG's cICP, gAMA and cHRM, EXIF), and matrix profiles of 16-bit pictures, are
computed here: curve, matrix, sRGB's curve.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pipeline import colour

Levels = NDArray[np.uint8] | NDArray[np.uint16]
Floats = NDArray[Any]
Curve = Callable[[Floats], Floats]
"""From a channel's value to linear light, both 0..1."""

STRIP_ROWS = 128
SAME_LEVELS = 1
"""A profile that moves no colour by more than this is sRGB under another name."""
OUTSIDE = 0.004
"""How far outside 0..1, in linear light, a colour counts as outside sRGB; for tables in 8 bits, three times that."""
_SAMPLE = 3
"""Every n-th pixel across and down tells how much lies outside, where a table has to be asked twice."""

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D65_XY = (0.3127, 0.3290)
_SRGB_XY = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
_ADOBE_XY = ((0.640, 0.330), (0.210, 0.710), (0.150, 0.060))
_P3_XY = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""CIE xy of red, green and blue."""


@dataclass(frozen=True)
class Space:
    """An RGB (or grey) space of three curves and a matrix."""

    name: str
    curves: tuple[Curve, Curve, Curve]
    to_srgb: Floats
    """Linear light of this space to that of sRGB, (3, 3)."""


@dataclass(frozen=True)
class Managed:
    """A picture in sRGB."""

    pixels: NDArray[np.uint8]
    """(h, w, 3)."""
    outside: float
    """Share of its pixels that sRGB cannot show and that were clipped, 0..1."""


def _power(gamma: float) -> Curve:
    return lambda value: np.maximum(value, 0) ** gamma


def _television(value: Floats) -> Floats:
    """BT.709's own curve, undone (ITU-R BT.709-6, 1.2)."""
    return np.where(value < 0.081, value / 4.5, ((np.maximum(value, 0.081) + 0.099) / 1.099) ** (1 / 0.45))


def _linear(value: Floats) -> Floats:
    return value


def to_d50(corners: Corners, white: tuple[float, float]) -> Floats:
    """Linear RGB of a space to CIE XYZ under D50 (Bradford), columns per channel."""

    def xyz(x: float, y: float) -> Floats:
        return np.array([x / y, 1.0, (1 - x - y) / y])

    towards = np.array([xyz(*corner) for corner in corners]).T
    matrix = towards * np.linalg.solve(towards, xyz(*white))
    cones = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ xyz(*white)))
    adapted: Floats = np.linalg.inv(_BRADFORD) @ cones @ _BRADFORD @ matrix
    return adapted


_FROM_D50 = np.linalg.inv(to_d50(_SRGB_XY, _D65_XY))


def space_of(name: str, corners: Corners, curve: Curve, white: tuple[float, float] = _D65_XY) -> Space:
    """Build a space from its corners, one curve and its white."""
    return Space(name, (curve, curve, curve), _FROM_D50 @ to_d50(corners, white))


ADOBE_RGB = space_of("Adobe RGB (1998)", _ADOBE_XY, _power(563 / 256))

_CORNERS: dict[int, tuple[str, Corners, tuple[float, float]]] = {
    1: ("BT.709", _SRGB_XY, _D65_XY),
    5: ("BT.601", ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060)), _D65_XY),
    6: ("BT.601", ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)), _D65_XY),
    9: ("BT.2020", ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), _D65_XY),
    11: ("DCI-P3", _P3_XY, (0.314, 0.351)),
    12: ("Display P3", _P3_XY, _D65_XY),
}
_CURVES: dict[int, Curve] = {
    1: _television,
    4: _power(2.2),
    5: _power(2.8),
    6: _television,
    8: _linear,
    13: colour.decode,
    14: _television,
    15: _television,
}
HIGH_DYNAMIC_RANGE = {16, 18}
"""Transfer functions (PQ, HLG) whose white is no paper white."""


def coded(primaries: int, transfer: int) -> Space | None:
    """Look up a space by its code points (ITU-T H.273); None for unknown ones, which count as sRGB."""
    if primaries not in _CORNERS or transfer not in _CURVES:
        return None
    name, corners, white = _CORNERS[primaries]
    return space_of(name, corners, _CURVES[transfer], white)


def chromatic(gamma: float | None, chromaticity: tuple[float, ...] | None) -> Space | None:
    """A space as PNG's gAMA and cHRM give it (white, red, green, blue as xy); None where they say sRGB or nothing."""
    if not gamma or not 0.05 <= gamma <= 5:
        return None
    white, corners = _D65_XY, _SRGB_XY
    if chromaticity and len(chromaticity) == 8:
        points = tuple((chromaticity[i], chromaticity[i + 1]) for i in range(0, 8, 2))
        if all(0 < y < 1 and 0 <= x < 1 for x, y in points):
            white, corners = points[0], (points[1], points[2], points[3])
    known = np.allclose([*corners, white], [*_SRGB_XY, _D65_XY], atol=0.002)
    if known and abs(gamma - 1 / 2.2) < 0.002:
        return None  # what sRGB's writers put there for readers that know no better
    curve = colour.decode if abs(gamma - 1 / 2.2) < 0.002 else _power(1 / gamma)
    try:
        return space_of(f"gamma {1 / gamma:.2g}", corners, curve, white)
    except np.linalg.LinAlgError:
        return None


def convert(levels: Levels, space: Space | None) -> Managed:
    """Bring levels (h, w, 3), 8 or 16 bits, to sRGB; without a space they are sRGB already."""
    most = int(np.iinfo(levels.dtype).max)
    if space is None:
        if most == 255:
            return Managed(np.ascontiguousarray(levels, np.uint8), 0.0)
        return Managed(_rounded(levels), 0.0)
    ramp = np.linspace(0, 1, most + 1)
    tables = [np.asarray(curve(ramp), np.float32) for curve in space.curves]
    encode = np.rint(255 * colour.encode(np.linspace(0, 1, 65_536))).astype(np.uint8)
    matrix = space.to_srgb.T.astype(np.float32)
    out = np.empty(levels.shape, np.uint8)
    outside = 0
    for top in range(0, len(levels), STRIP_ROWS):
        strip = levels[top : top + STRIP_ROWS]
        light = np.stack([table[strip[..., n]] for n, table in enumerate(tables)], axis=-1) @ matrix
        outside += int(((light < -OUTSIDE) | (light > 1 + OUTSIDE)).any(axis=-1).sum())
        out[top : top + STRIP_ROWS] = encode[np.rint(np.clip(light, 0, 1) * 65_535).astype(np.uint16)]
    return Managed(out, outside / max(1, out[..., 0].size))


def _rounded(levels: Levels) -> NDArray[np.uint8]:
    """16 bits to the nearest of 8."""
    out = np.empty(levels.shape, np.uint8)
    for top in range(0, len(levels), STRIP_ROWS):
        out[top : top + STRIP_ROWS] = (levels[top : top + STRIP_ROWS].astype(np.uint32) + 128) // 257
    return out


# -- ICC


def managed(picture: Image.Image, profile: bytes) -> tuple[Managed, str] | None:
    """Bring an 8-bit picture (RGB, L, CMYK or LAB) with an embedded profile to sRGB, and name the profile.

    None where the profile is damaged or of another kind than the picture, and where it is sRGB in all but name.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = _transform(source, picture.mode, "RGB")
        if picture.mode == "RGB" and _is_srgb(transform):
            return None
        name = ImageCms.getProfileDescription(source).strip() or "an unnamed profile"
        outside = _outside(picture, _transform(source, picture.mode, "LAB"))
        shown = transform.apply(picture)
    except (ImageCms.PyCMSError, ValueError, OSError, TypeError):
        return None
    return Managed(np.asarray(shown), outside), name


def is_srgb(profile: bytes) -> bool:
    """Whether an RGB profile moves no colour."""
    try:
        return _is_srgb(_transform(ImageCms.ImageCmsProfile(io.BytesIO(profile)), "RGB", "RGB"))
    except (ImageCms.PyCMSError, ValueError, OSError, TypeError):
        return False


def _is_srgb(transform: ImageCms.ImageCmsTransform) -> bool:
    steps = np.linspace(0, 255, 7).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(7, 49, 3)
    moved = np.asarray(transform.apply(Image.fromarray(grid)))
    return bool(np.abs(moved.astype(int) - grid).max() <= SAME_LEVELS)


def _built_in(name: Literal["sRGB", "LAB"]) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name))


def _transform(source: ImageCms.ImageCmsProfile, mode: str, to: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.ImageCmsTransform(
        source,
        _built_in("sRGB" if to == "RGB" else "LAB"),
        mode,
        to,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _outside(picture: Image.Image, to_lab: ImageCms.ImageCmsTransform) -> float:
    """Share of a picture's colours that sRGB cannot show, by every few pixels' CIELAB (D50, 8 bits)."""
    few = picture.resize(
        (max(1, picture.width // _SAMPLE), max(1, picture.height // _SAMPLE)), Image.Resampling.NEAREST
    )
    bands = [np.asarray(band).astype(np.float32) for band in to_lab.apply(few).split()]
    lightness = bands[0] / 2.55
    a, b = bands[1] - 128, bands[2] - 128
    y = (lightness + 16) / 116
    cubes = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    xyz = np.where(cubes > 6 / 29, cubes**3, 3 * (6 / 29) ** 2 * (cubes - 4 / 29)) * _D50
    light = xyz @ _FROM_D50.T
    return float(((light < -3 * OUTSIDE) | (light > 1 + 3 * OUTSIDE)).any(axis=-1).mean())


def lab_to_srgb(picture: Image.Image) -> NDArray[np.uint8]:
    """Bring a CIELAB picture (D50, 8 bits) to sRGB."""
    return np.asarray(_transform(_built_in("LAB"), "LAB", "RGB").apply(picture))


def matrix_space(profile: bytes) -> Space | None:
    """Read an ICC profile of curves and a matrix, or of grey's one curve; None for any other kind (ICC.1:2022)."""
    try:
        (count,) = struct.unpack_from(">I", profile, 128)
        tags = {}
        for place in range(min(count, 200)):
            name, start, length = struct.unpack_from(">4sII", profile, 132 + 12 * place)
            tags[name] = profile[start : start + length]
        if tags.keys() & {b"A2B0", b"A2B1"}:
            return None
        title = _title(tags.get(b"desc", b""))
        if profile[16:20] == b"GRAY":
            curve = _curve(tags[b"kTRC"])
            return Space(title, (curve, curve, curve), np.eye(3))
        columns = [
            np.array(struct.unpack_from(">3i", tags[n], 8)) / 65536 for n in (b"rXYZ", b"gXYZ", b"bXYZ")
        ]
        red, green, blue = (_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (KeyError, struct.error, ValueError):
        return None
    return Space(title, (red, green, blue), _FROM_D50 @ np.array(columns).T)


def _title(tag: bytes) -> str:
    if tag[:4] == b"mluc" and len(tag) >= 28:
        length, start = struct.unpack_from(">II", tag, 20)
        return tag[start : start + length].decode("utf-16-be", "replace").strip("\0 ")
    return tag[12:].split(b"\0")[0].decode("latin-1") or "an unnamed profile"


def _curve(tag: bytes) -> Curve:
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return _linear
        if count == 1:
            return _power(struct.unpack_from(">H", tag, 12)[0] / 256)
        table = np.frombuffer(tag, ">u2", count, 12).astype(np.float64) / 65535
        return lambda value: np.interp(value, np.linspace(0, 1, count), table)
    if tag[:4] != b"para":
        raise ValueError("an unknown kind of curve")
    (kind,) = struct.unpack_from(">H", tag, 8)
    numbers = np.array(struct.unpack_from(f">{(1, 3, 4, 5, 7)[min(kind, 4)]}i", tag, 12)) / 65536
    g, a, b, c, d, e, f = np.concatenate([numbers, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0][: 7 - len(numbers)]])[:7]
    if kind == 0:
        return _power(float(g))
    if kind in {1, 2}:
        shift = float(c) if kind == 2 else 0.0
        return lambda value: np.where(value >= -b / a, np.maximum(a * value + b, 0) ** g, 0) + shift
    if kind == 3:
        e = f = 0.0
    return lambda value: np.where(value >= d, np.maximum(a * value + b, 0) ** g + e, c * value + f)


@cache
def srgb_profile() -> bytes:
    """The sRGB profile to embed in what is written; the same bytes on every machine and day."""
    profile = bytearray(_built_in("sRGB").tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)  # littleCMS writes the present moment
    return bytes(profile)
