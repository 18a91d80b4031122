"""From a file to sRGB pixels: which formats are taken, what is wrong with a file, and what its colours mean.

A decoder meets bytes from anywhere: only the formats named here are ever tried, and whatever a decoder raises becomes
one sentence.
"""

import io
import mmap
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline import profiles
from pipeline.errors import BadImage

Pixels = NDArray[np.uint8]
Levels = profiles.Levels

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF", "GIF", "BMP")
"""What Pillow may try (a phone's MPO is opened as the JPEG it is); HEIF and JPEG XL join them for files that say so."""
WORDS = "PNG, JPEG, WebP, TIFF, HEIC, AVIF or JPEG XL"
MAX_PIXELS = 150_000_000
"""As large as cameras make them; a bomb of 30,000 x 30,000 is refused before decoding."""
MAX_BYTES = 700_000_000
MIN_SIDE_PX = 512
"""Below it five close-ups have nothing to enlarge."""
LONGEST_MASTER_PX = 8192
MASTER_SIDES = (2048, 4096, LONGEST_MASTER_PX)
"""What a master's longer side may be brought to, px: smaller ones are quicker to work with."""
LONGEST_LOSS = 0.25
"""Share of its rows that a JPEG may have lost and still be taken."""
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_RAW = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")
"""Fujifilm, Panasonic, Olympus, Sigma, Minolta, Canon before 2004; the other brands' are TIFFs, or ISO media (CR3)."""
_SENSOR_PACKING = {32767, 32769, 32770, 34713, 65000, 65535}
"""TIFF's compressions of Sony, Samsung, Nikon, Kodak and Pentax raw data."""
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL ")
_STILL = {"MPO", "TIFF", "HEIF"}
"""Further pictures in these are previews, depth maps and scans' second pages: page one is meant."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture and what is to be said of its file."""

    pixels: Pixels
    """(h, w, 3), sRGB, upright, alpha laid on white."""
    notes: tuple[str, ...] = ()
    """What was done that its owner should know, in sentences."""
    profile: str = ""
    """The colour space it came in, where that was not sRGB."""
    outside: float = 0.0
    """Share of its pixels whose colours sRGB cannot show, 0..1."""


@dataclass(frozen=True)
class _Deep:
    """Levels of 16 bits, alpha apart."""

    levels: NDArray[np.uint16]
    alpha: NDArray[np.uint16] | None
    orientation: int
    profile: bytes
    notes: tuple[str, ...] = ()
    grey: bool = False
    """Whether the three are one: a profile of colours does not fit it, nor one of grey the others."""


def read(source: bytes | Path, *, moving: bool = False, repair: bool = False, longest: int = 0) -> Picture:
    """Decode a picture of any usual format, from its bytes or from a file, which need not be read whole.

    `moving` takes an animation's first frame, `repair` a JPEG whose end is missing, and `longest` bounds the longer
    side in pixels: larger ones are reduced. Raises BadImage with one sentence for anything else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            deep = _by_strips(source, longest) if isinstance(source, Path) and longest else None
            data = source if isinstance(source, bytes) else b"" if deep else source.read_bytes()
            if deep is None:
                _look_at(data)
                deep = _deep(data)
            return _from_levels(data, deep, longest) if deep else _from_pillow(data, moving, repair, longest)
    except BadImage:
        raise
    except MemoryError as error:
        raise BadImage("This picture needs more memory than there is; save it smaller.") from error
    except Exception as error:
        raise BadImage("This picture is cut off or damaged; export or download it again.") from error


def master(source: bytes | Path, longest: int = LONGEST_MASTER_PX) -> Picture:
    """Decode a picture meant as a master: its shorter side at least 512 px, its longer one brought to `longest`
    at most, 8192 whatever is asked.

    A JPEG whose end is missing is taken as far as it goes. Raises BadImage.
    """
    picture = read(source, repair=True, longest=max(MIN_SIDE_PX, min(longest, LONGEST_MASTER_PX)))
    height, width = picture.pixels.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        brought = f" once its longer side is brought to {max(height, width)} px" if picture.notes else ""
        raise BadImage(
            f"This picture is {width} x {height} px{brought}; "
            f"Loupe needs at least {MIN_SIDE_PX} px on the shorter side."
        )
    return picture


def opened(data: bytes) -> Image.Image:
    """A file's picture, its header read and its size judged. Raises BadImage."""
    _look_at(data)
    formats = [*FORMATS, *_joined(data)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=formats)
            size = picture.size
    except Image.DecompressionBombError as error:
        raise BadImage(_too_many_pixels()) from error
    except UnidentifiedImageError as error:
        unread = _HEIF_UNREAD if "HEIF" in formats else f"This file is not a picture; choose a {WORDS} file."
        raise BadImage(unread) from error
    except Exception as error:
        what = "JPEG XL file" if data.startswith(_JPEG_XL) else "picture"
        raise BadImage(f"This {what} is cut off or damaged; export or download it again.") from error
    if size[0] * size[1] > MAX_PIXELS:
        raise BadImage(_too_many_pixels())
    return picture


def _joined(data: bytes) -> tuple[str, ...]:
    """The format that a package reads for Pillow, if a file says it is of one. Raises BadImage without the package."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        try:
            from pillow_heif import register_heif_opener
        except ImportError as error:
            raise BadImage("This installation reads no HEIC; export the picture as JPEG or PNG.") from error
        register_heif_opener()
        return ("HEIF",)
    if data.startswith(_JPEG_XL):
        try:
            from pylibjxl import register_pillow
        except ImportError as error:
            raise BadImage("This installation reads no JPEG XL; export it as PNG, TIFF or AVIF.") from error
        register_pillow()
        return ("JXL",)
    return ()


def _too_many_pixels() -> str:
    return f"This picture has more than {MAX_PIXELS // 1_000_000} megapixels; save it smaller."


def _look_at(data: bytes) -> None:
    """Refuse what can be told from the first bytes."""
    if not data:
        raise BadImage(f"This file is empty; choose a {WORDS} picture.")
    if len(data) > MAX_BYTES:
        raise BadImage(f"This file is larger than {MAX_BYTES // 1_000_000} MB; save it smaller.")
    if data.startswith(_RAW) or data[4:12] == b"ftypcrx " or (data.startswith(_TIFF) and _is_raw(data)):
        raise BadImage("This is a camera's raw file; develop it and export it as TIFF, JPEG or HEIC first.")


# -- TIFF


def _directory(data: bytes | mmap.mmap) -> dict[int, tuple[int, ...]]:
    """The short and long values of a TIFF's first directory (TIFF 6.0, section 2; BigTIFF counts in eight bytes)."""
    order = "<" if data[:2] == b"II" else ">"
    entries: dict[int, tuple[int, ...]] = {}
    big = data[2:4] in {b"+\0", b"\0+"}
    pointer, header, entry = ("Q", "Q", 20) if big else ("I", "H", 12)
    width = struct.calcsize(pointer)
    try:
        (start,) = struct.unpack_from(f"{order}{pointer}", data, width)
        (count,) = struct.unpack_from(f"{order}{header}", data, start)
        for place in range(min(count, 400)):
            at = start + struct.calcsize(header) + entry * place
            tag, kind, many = struct.unpack_from(f"{order}HH{pointer}", data, at)
            code = {1: "B", 3: "H", 4: "I", 7: "B"}.get(kind)
            if code is None or many > 64:
                entries[tag] = ()
                continue
            at += 4 + width
            if struct.calcsize(code) * many > width:
                (at,) = struct.unpack_from(f"{order}{pointer}", data, at)
            entries[tag] = struct.unpack_from(f"{order}{many}{code}", data, at)
    except struct.error:
        return entries
    return entries


def _is_raw(data: bytes | mmap.mmap) -> bool:
    """Whether a TIFF is a camera's: DNG, CR2, or a preview with the sensor's picture behind it."""
    tags = _directory(data)
    sensor = {32803, 34892} & set(tags.get(262, ()))
    hidden = 330 in tags and tags.get(254, (0,))[:1] == (1,)
    packed = _SENSOR_PACKING & set(tags.get(259, ()))
    return 50706 in tags or data[8:10] == b"CR" or bool(sensor or packed) or hidden


def _deep(data: bytes) -> _Deep | None:
    """Levels of a PNG or TIFF of 16 bits, and of what Pillow reads wrongly; None where 8 bits are all there are."""
    if data.startswith(b"\x89PNG") and data[24:25] == b"\x10":
        return _deep_png(data)
    if not data.startswith(_TIFF):
        return None
    tags = _directory(data)
    bits = max(tags.get(258, (1,)) or (8,))
    if set(tags.get(339, (1,))) - {1}:
        raise BadImage(
            "This TIFF holds floating-point or signed numbers; save it with 8 or 16 bits a channel."
        )
    if bits > 16:
        raise BadImage(f"This TIFF has {bits} bits a channel; save it with 8 or 16.")
    planar = tags.get(284, (1,)) == (2,) and tags.get(277, (1,))[0] > 1
    if bits != 16 and not planar:
        return None
    return _deep_tiff(data, tags)


_PNG_GREY = {0, 4}
"""PNG's colour types without and with alpha."""


def _deep_png(data: bytes) -> _Deep:
    import cv2

    picture = opened(data)
    levels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if levels is None or levels.dtype != np.uint16:
        raise BadImage("This picture is cut off or damaged; export or download it again.")
    picture.load()  # OpenCV fills what is missing with black; Pillow says so
    alpha = None
    if levels.ndim == 2:
        levels = np.repeat(levels[..., None], 3, axis=2)
    else:
        alpha = np.asarray(levels[..., 3], np.uint16) if levels.shape[2] == 4 else None
        levels = levels[..., 2::-1]
    orientation = picture.getexif().get(0x0112, 1)
    profile = picture.info.get("icc_profile", b"")
    return _Deep(np.asarray(levels, np.uint16), alpha, orientation, profile, grey=data[25] in _PNG_GREY)


def _deep_tiff(data: bytes, tags: dict[int, tuple[int, ...]]) -> _Deep:
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as stack:
        page: Any = stack.pages.first
        if page.imagewidth * page.imagelength > MAX_PIXELS:
            raise BadImage(_too_many_pixels())
        return _deep_of(_unpacked(page, data, tags), stack, tags)


def _by_strips(file: Path, longest: int) -> _Deep | None:
    """A 16-bit TIFF that is to be reduced, read and reduced a strip at a time; None where it is any other file."""
    import tifffile

    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            tags = _directory(mapped) if mapped[:4] in _TIFF and not _is_raw(mapped) else {}
        if set(tags.get(258, ())) != {16} or set(tags.get(339, (1,))) != {1} or tags.get(284, (1,)) != (1,):
            return None
        with tifffile.TiffFile(file) as stack:
            page: Any = stack.pages.first
            size = _within(page.imagewidth, page.imagelength, longest)
            if size is None or not _holds_rows(page):
                return None
            note = _reduced(page.imagewidth, page.imagelength, size)
            return _deep_of(_averaged_rows(page, size), stack, tags, note)
    except (OSError, ValueError, tifffile.TiffFileError):
        return None  # what is wrong with it is said where it is read whole


def _holds_rows(page: Any) -> bool:
    """Whether a page is of a size that is taken, and lies in whole rows of grey or RGB."""
    sane = page.imagewidth * page.imagelength <= MAX_PIXELS
    return sane and not page.is_tiled and not page.is_subsampled and int(page.photometric) in {0, 1, 2}


def _deep_of(levels: NDArray[Any], stack: Any, tags: dict[int, tuple[int, ...]], *notes: str) -> _Deep:
    """The levels of a TIFF's first page with what the page says of them."""
    page = stack.pages.first
    colours, alpha = _colours_and_alpha(levels, int(page.photometric))
    extra = tags.get(338, (_UNASSOCIATED,))[:1]
    if extra not in {(_ASSOCIATED,), (_UNASSOCIATED,)}:
        alpha = None
    elif alpha is not None and extra == (_ASSOCIATED,):
        colours = _undarkened(colours, alpha)
    pages = len(stack.pages)
    first = (f"The first of {pages} pages was taken.",) if pages > 1 else ()
    profile = bytes(page.tags[34675].value) if 34675 in page.tags else b""
    turned = (tags.get(274) or (1,))[0]
    return _Deep(colours, alpha, turned, profile, (*first, *notes), grey=int(page.photometric) in {0, 1})


def _averaged_rows(page: Any, size: tuple[int, int]) -> NDArray[np.uint16]:
    """A page of whole rows averaged by area to a (width, height), levels (h, w, channels).

    The rows of a strip are averaged along, then weighed into the rows they lie in; one that the strip's end cuts is
    carried on.
    """
    import cv2

    width, height = size
    step = page.imagelength / height
    out = np.empty((height, width, page.samplesperpixel), np.uint16)
    carried = np.zeros((width, page.samplesperpixel), np.float32)
    top = 0
    for strip in _strips(page):
        rows = cv2.resize(strip.astype(np.float32), (width, len(strip)), interpolation=cv2.INTER_AREA)
        rows = rows.reshape(len(strip), width, -1)
        first, last = int(top / step), min(height, int(np.ceil((top + len(strip)) / step - 1e-9)))
        edges = np.arange(first, last + 1) * step
        begins = np.arange(top, top + len(strip))
        shares = np.minimum(edges[1:, None], begins + 1) - np.maximum(edges[:-1, None], begins)
        sums = np.tensordot(np.clip(shares, 0, None).astype(np.float32), rows, 1)
        sums[0] += carried
        top += len(strip)
        done = height if top >= page.imagelength else int(top / step + 1e-9)
        out[first:done] = np.clip(np.rint(sums[: done - first] / step), 0, 65_535)
        carried = sums[-1] if done < last else np.zeros_like(carried)
    if top < page.imagelength:
        raise ValueError("rows are missing")
    return out


def _strips(page: Any) -> Iterator[NDArray[np.uint16]]:
    """The rows of a page that holds them whole, some at a time, (rows, width, channels)."""
    shape = (page.imagewidth, page.samplesperpixel)
    if page.is_contiguous:
        file = page.parent.filehandle
        file.seek(page.dataoffsets[0])
        for top in range(0, page.imagelength, profiles.STRIP_ROWS):
            count = min(profiles.STRIP_ROWS, page.imagelength - top)
            levels = file.read_array(page.parent.byteorder + "u2", count * shape[0] * shape[1])
            yield np.asarray(levels, np.uint16).reshape(count, *shape)
        return
    for levels, _, _ in page.segments(maxworkers=1):
        if levels is None:
            raise ValueError("a strip is missing")
        yield np.asarray(levels, np.uint16).reshape(-1, *shape)


_ASSOCIATED, _UNASSOCIATED = 1, 2
"""ExtraSamples' words for colours that alpha has multiplied already, and has not; any other channel is no alpha (TIFF
6.0, section 18)."""


def _undarkened(levels: NDArray[np.uint16], alpha: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Colours (h, w, 3) by themselves, of ones multiplied by their alpha (h, w)."""
    out = np.empty_like(levels)
    for top in range(0, len(levels), profiles.STRIP_ROWS):
        rows = slice(top, top + profiles.STRIP_ROWS)
        share = np.maximum(alpha[rows].astype(np.float32), 1)[..., None] / 65_535
        out[rows] = np.minimum(levels[rows] / share + 0.5, 65_535)
    return out


def _colours_and_alpha(
    levels: NDArray[Any], photometric: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint16] | None]:
    """Colours (h, w, 3) and alpha (h, w) of a page (h, w) or (h, w, channels); TIFF 6.0, PhotometricInterpretation."""
    if levels.ndim == 2:
        levels = levels[..., None]
    if levels.ndim != 3 or photometric not in {0, 1, 2} or levels.dtype.kind != "u":
        raise BadImage("This TIFF holds its colours in a way Loupe does not read; save it as RGB.")
    if levels.dtype == np.uint8:
        levels = levels.astype(np.uint16) * 257
    if photometric == 0:  # white is zero
        levels = 65_535 - levels
    channels = 3 if photometric == 2 else 1
    alpha = levels[..., channels] if levels.shape[2] > channels else None
    return levels[..., :3] if channels == 3 else np.repeat(levels[..., :1], 3, axis=2), alpha


_NOT_PACKED = 1


def _unpacked(page: Any, data: bytes, tags: dict[int, tuple[int, ...]]) -> NDArray[Any]:
    """A page's levels, (h, w) or (h, w, channels), whichever way they lie."""
    try:
        levels: NDArray[Any] = page.asarray()
    except ValueError as error:
        if int(page.compression) == _NOT_PACKED:
            raise BadImage("This picture is cut off or damaged; export or download it again.") from error
        unpacked = _unpacked_by_opencv(data, tags)
        if unpacked is None:
            raise BadImage(
                "This TIFF is packed in a way Loupe does not read; save it without compression or with ZIP."
            ) from error
        return unpacked
    return np.moveaxis(levels, 0, -1) if page.planarconfig == 2 and levels.ndim == 3 else levels


def _unpacked_by_opencv(data: bytes, tags: dict[int, tuple[int, ...]]) -> NDArray[np.uint16] | None:
    """What tifffile has no codec for (LZW), pixels interleaved."""
    import cv2

    if tags.get(284, (1,)) == (2,):
        return None
    levels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if levels is None or levels.dtype != np.uint16:
        return None
    turned = levels if levels.ndim == 2 else levels[..., [2, 1, 0, *range(3, levels.shape[2])]]
    return np.asarray(turned)


def _from_levels(data: bytes, deep: _Deep, longest: int) -> Picture:
    levels, alpha, notes = deep.levels, deep.alpha, deep.notes
    size = _within(levels.shape[1], levels.shape[0], longest)
    if size:
        import cv2

        notes = (*notes, _reduced(levels.shape[1], levels.shape[0], size))
        levels = np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_AREA), np.uint16)
        if alpha is not None:
            alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint16)
    space = _png_space(data) if data.startswith(b"\x89PNG") else None
    if space is None and deep.profile and not profiles.is_srgb(deep.profile):
        space = profiles.matrix_space(deep.profile)
        if space is not None and (deep.profile[16:20] == b"GRAY") != deep.grey:
            space, notes = None, (*notes, _UNUSABLE)
        elif space is None:
            return _by_table(levels, alpha, deep, notes)
    converted = profiles.convert(levels, space)
    pixels = _upright(_on_white(converted.pixels, alpha), deep.orientation)
    name = space.name if space else ""
    return Picture(pixels, notes, name, converted.outside)


def _by_table(
    levels: NDArray[np.uint16], alpha: NDArray[np.uint16] | None, deep: _Deep, notes: tuple[str, ...]
) -> Picture:
    """A 16-bit picture whose profile is a table: littleCMS is asked in 8 bits."""
    plain = profiles.convert(levels, None).pixels
    managed = profiles.managed(Image.fromarray(plain), deep.profile)
    pixels = plain if managed is None else managed[0].pixels
    if managed is None:
        notes = (*notes, _UNUSABLE)
    pixels = _upright(_on_white(pixels, alpha), deep.orientation)
    return Picture(pixels, notes, managed[1] if managed else "", managed[0].outside if managed else 0.0)


def _on_white(pixels: Pixels, alpha: Levels | None) -> Pixels:
    """Lay pixels on white paper by their alpha, strip by strip."""
    if alpha is None:
        return pixels
    out = np.empty_like(pixels)
    for top in range(0, len(pixels), profiles.STRIP_ROWS):
        rows = slice(top, top + profiles.STRIP_ROWS)
        share = (alpha[rows].astype(np.float32) / np.iinfo(alpha.dtype).max)[..., None]
        out[rows] = np.rint(pixels[rows] * share + 255 * (1 - share)).astype(np.uint8)
    return out


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo EXIF's orientation, 1..8."""
    if orientation in {5, 6, 7, 8}:
        pixels = pixels.swapaxes(0, 1)
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


# -- everything else

_HEIF_UNREAD = "This HEIC file is damaged or packed in a way Loupe does not read; export it as JPEG or PNG."
"""Another codec than HEVC, or a picture in one piece of more than the 16 MB its decoder takes; cameras write tiles."""
_UNUSABLE = (
    "Its colour profile is damaged or of another kind and was not used; its colours were taken as sRGB."
)


def _from_pillow(data: bytes, moving: bool, repair: bool, longest: int) -> Picture:  # noqa: FBT001 - passed on
    picture = opened(data)
    notes: tuple[str, ...] = ()
    frames = getattr(picture, "n_frames", 1)
    if picture.format == "JXL":
        _take_still(picture, moving=moving)
    if frames > 1 and picture.format == "TIFF":
        notes = (f"The first of {frames} pages was taken.",)
    elif frames > 1 and not moving and picture.format not in _STILL:
        raise BadImage(
            f"This file is an animation of {frames} frames; save the frame you want as PNG or JPEG."
        )
    original = picture.size
    size = _within(*original, longest)
    if size and picture.format == "JPEG":
        picture.draft(
            None, size
        )  # a JPEG is decoded at a half, a quarter or an eighth in a fraction of the time
    try:
        _load(picture)
    except OSError:
        if not repair or picture.format not in {"JPEG", "MPO"}:
            raise
        picture, lost = _repaired(data)
        notes = (
            *notes,
            f"The file's end is missing: the lowest {lost} of {picture.height} rows were cut off.",
        )
        picture = picture.crop((0, 0, picture.width, picture.height - lost))
        original = picture.size
        size = _within(*original, longest)
    if size:
        notes = (*notes, _reduced(*original, size))
        if picture.mode == "P":
            picture = picture.convert("RGBA")
        info = picture.info
        picture = _resampled(picture, size)
        picture.info = info
    ImageOps.exif_transpose(picture, in_place=True)  # most need no turning, nor a copy
    return _in_srgb(data, picture, notes)


def _load(picture: Image.Image) -> None:
    """Decode its pixels. Raises BadImage for an HEIC that this decoder gives up, OSError for what ends too early."""
    try:
        picture.load()
    except ValueError as error:
        if picture.format == "HEIF" and "end of file" not in str(error):
            raise BadImage(_HEIF_UNREAD) from error
        raise
    if picture.format == "JXL":  # what it says of turning was done (ISO/IEC 18181-2, annex on Exif)
        picture.info.pop("exif", None)


def _take_still(picture: Image.Image, *, moving: bool) -> None:
    """Refuse a JPEG XL that moves, unless its first frame is asked for: its header counts no frames."""
    if getattr(picture, "is_animated", False) and not moving:
        raise BadImage("This JPEG XL file is an animation; save the frame you want as PNG or JPEG.")


def _within(width: int, height: int, longest: int) -> tuple[int, int] | None:
    """The size a picture is reduced to; None where it keeps its own."""
    if not longest or max(width, height) <= longest:
        return None
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


_RESAMPLED_ROWS, _LANCZOS_ROWS = 256, 4
"""Rows resampled at once, and those beyond them that the filter sees."""


def _resampled(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at a smaller (width, height), strip by strip: Pillow would hold all of its rows at the new width."""
    width, height = size
    step = picture.height / height
    small = Image.new(picture.mode, size)
    for top in range(0, height, _RESAMPLED_ROWS):
        bottom = min(height, top + _RESAMPLED_ROWS)
        first, last = max(0, top - _LANCZOS_ROWS), min(height, bottom + _LANCZOS_ROWS)
        box = (0, first * step, picture.width, min(last * step, picture.height))
        rows = picture.resize((width, last - first), Image.Resampling.LANCZOS, box)
        small.paste(rows.crop((0, top - first, width, bottom - first)), (0, top))
    return small


def _reduced(width: int, height: int, size: tuple[int, int]) -> str:
    return f"It has {width} x {height} px and was reduced to {size[0]} x {size[1]}."


def _repaired(data: bytes) -> tuple[Image.Image, int]:
    """A JPEG that ends too early, and how many of its rows are missing. Raises OSError where that is too much."""
    picture = opened(data + b"\xff\xd9")
    picture.load()
    rows = np.asarray(picture.convert("RGB"))
    flat = (rows == rows[:, :1]).all(axis=(1, 2))  # what was not coded comes out in one tone
    lost = int(np.argmin(flat[::-1])) if not flat.all() else len(flat)
    if lost > LONGEST_LOSS * len(flat):
        raise OSError("too much of it is missing")
    return picture, min(len(flat), -(-lost // 16) * 16)


def _in_srgb(data: bytes, picture: Image.Image, notes: tuple[str, ...]) -> Picture:
    """Bring a loaded picture to sRGB pixels, its alpha laid on white."""
    profile = picture.info.get("icc_profile") or b""
    if picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        return Picture(_grey_levels(picture), notes)
    if picture.mode == "LAB":
        return Picture(profiles.lab_to_srgb(picture), notes, "CIELAB")
    alpha = None
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = np.asarray(picture.getchannel("A"))
        picture = picture.convert("RGB")
    if picture.mode not in {"RGB", "L", "CMYK"}:
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    colours = _colours(data, picture, profile)
    pixels = colours.pixels
    if alpha is not None:
        pixels = _on_white(pixels, alpha)
    return replace(colours, pixels=np.ascontiguousarray(pixels), notes=(*notes, *colours.notes))


def _colours(data: bytes, picture: Image.Image, profile: bytes) -> Picture:
    """The pixels of an opaque RGB, grey or CMYK picture, and what is to be said of their colours."""
    space = _named_space(data, picture)
    if space is None and profile:
        managed = profiles.managed(picture, profile)
        if managed is not None:
            return Picture(managed[0].pixels, (), managed[1], managed[0].outside)
        known = picture.mode == "RGB" and profiles.is_srgb(profile)
        return Picture(_plain(picture), () if known else (_UNUSABLE,))
    notes = ("It is in CMYK without a colour profile; its colours are approximate.",)
    converted = profiles.convert(_plain(picture), space)
    name = space.name if space else ""
    return Picture(converted.pixels, notes if picture.mode == "CMYK" else (), name, converted.outside)


def _plain(picture: Image.Image) -> Pixels:
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _grey_levels(picture: Image.Image) -> Pixels:
    """Grey of more than 8 bits, as Pillow holds it."""
    wide = np.asarray(picture).astype(np.float64)
    full = 255.0 if wide.max(initial=0) <= 255 else 65_535.0
    grey = np.clip(wide / full * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def _named_space(data: bytes, picture: Image.Image) -> profiles.Space | None:
    """The space a file names by numbers; an embedded profile goes before all but PNG's cICP."""
    if picture.mode == "CMYK":
        return None
    if picture.format == "PNG" or data.startswith(b"\x89PNG"):
        return _png_space(data)
    if picture.info.get("icc_profile"):
        return None
    if data[4:8] == b"ftyp":
        place = data.find(b"colrnclx", 0, 1 << 16)
        return _coded(*struct.unpack_from(">HH", data, place + 8)) if 0 < place < len(data) - 14 else None
    return profiles.ADOBE_RGB if _says_adobe(picture) else None


def _says_adobe(picture: Image.Image) -> bool:
    """Whether EXIF says Adobe RGB: colour space 2, or uncalibrated with the interoperability index R03 (DCF 2.0)."""
    exif = picture.getexif()
    colour = exif.get_ifd(0x8769).get(0xA001)
    index = str(exif.get_ifd(0xA005).get(1, "")).strip("\0 ")
    return colour == 2 or (colour == 0xFFFF and index == "R03")


def _coded(primaries: int, transfer: int) -> profiles.Space | None:
    if transfer in profiles.HIGH_DYNAMIC_RANGE:
        raise BadImage(
            "This picture is in high dynamic range (PQ or HLG); export it in standard range, as sRGB."
        )
    if primaries == 1 and transfer in {1, 6, 13}:
        return None  # cameras write BT.709's number for what every viewer shows as sRGB
    return profiles.coded(primaries, transfer)


def _png_space(data: bytes) -> profiles.Space | None:
    """What a PNG says of its colours, by rank: cICP, iCCP, sRGB, gAMA with cHRM (PNG third edition, 11.3.2)."""
    chunks = {}
    place = 8
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name in {b"IDAT", b"IEND"}:
            break
        chunks[name] = data[place + 8 : place + 8 + min(length, 64)]
        place += 12 + length
    coded = chunks.get(b"cICP", b"")
    if len(coded) >= 2:
        if coded[3:4] == b"\0":
            raise BadImage("This PNG holds a video's levels (16 to 235); export it in full range, as sRGB.")
        return _coded(*coded[:2])
    if chunks.keys() & {b"iCCP", b"sRGB"} or len(chunks.get(b"gAMA", b"")) < 4:
        return None
    gamma = struct.unpack(">I", chunks[b"gAMA"][:4])[0] / 100_000
    corners = None
    if len(chunks.get(b"cHRM", b"")) >= 32:
        corners = tuple(n / 100_000 for n in struct.unpack(">8I", chunks[b"cHRM"][:32]))
    return profiles.chromatic(gamma, corners)
