"""The shop set: a piece as marketplaces and networks ask for it, cut out, framed, on every ground, with its words.

One ZIP whose names sort: main pictures of 2000 px on pure white, with a soft contact shadow and on the picture's own
ground; 4:5 and 9:16 of each; transparent PNG and WebP; the close-ups; alternative texts, figures of the piece, and what
each marketplace would refuse.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, PngImagePlugin

from pipeline import images, metadata
from pipeline.errors import BadInput
from pipeline.export import credentials, numbers, specification
from pipeline.export.bench_files import table
from pipeline.export.credentials import Credentials
from pipeline.export.manifest import slug
from pipeline.export.markets import APART_PX, MARKETS, Finding, Picture
from pipeline.photo import cutout
from pipeline.photo.brush import piece_mask
from pipeline.photo.cutout import Bounds, Rgba
from pipeline.photo.foreground import Mask
from pipeline.profiles import srgb_profile
from pipeline.records import Branch, Design, Detail
from pipeline.store import Store

Tell = Callable[[float, str], None]
"""Takes progress, 0..1, and a few words about it."""

SHAPES = {"main": (2000, 2000), "portrait": (1080, 1350), "story": (1080, 1920)}
"""Width and height, px: a marketplace's square, a network's 4:5 and 9:16."""
GROUNDS = {"white": "on pure white", "shadow": "on white with a soft shadow", "own": "on its own ground"}
TRANSPARENT = "transparent"
FILL = 0.88
"""Of the longer side: a marketplace asks for 85 %."""
QUALITY = 95
CUT_OUT_PX = 2000
LEAST_PX = 8
"""What is smaller on the master is a speck that a brush left, and no piece."""
_CLOSE_UP_PX = 2048
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DRAWN = {Detail.RENDERED, Detail.REDRAWN}


@dataclass(frozen=True)
class ShopFile:
    """One file of the set, its alternative text where it is a picture, and what marketplaces say of it."""

    name: str
    data: bytes
    alt: str = ""
    findings: tuple[Finding, ...] = ()
    source_type: str = ""
    """IPTC's digital source type of a picture where it is not the master's: of a close-up, how that was made."""


def write(store: Store, design: Design, tell: Tell = lambda *_: None, by: Credentials | None = None) -> bytes:
    """Pack the whole set as a ZIP. Raises BadInput where there is no master, or no piece can be told on it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files(store, design, tell, by):
            archive.writestr(zipfile.ZipInfo(file.name, _EPOCH), file.data)
    return out.getvalue()


def save(store: Store, design: Design, folder: Path, by: Credentials | None = None) -> tuple[ShopFile, ...]:
    """Write the set's files into a folder, signed where somebody signs. Raises BadInput and OSError."""
    written = tuple(files(store, design, by=by))
    folder.mkdir(parents=True, exist_ok=True)
    for file in written:
        (folder / file.name).write_bytes(file.data)
    return written


def files(
    store: Store, design: Design, tell: Tell = lambda *_: None, by: Credentials | None = None
) -> Iterator[ShopFile]:
    """The set's files, in the order of their names; pictures are signed where somebody signs."""
    piece, names = _piece_of(store, design), _Names(slug(design.name))
    pictures: list[ShopFile] = []
    for shape, size in SHAPES.items():
        framed = piece.framed(size)
        for ground in GROUNDS:
            pixels = piece.on(ground, size, framed)
            if pixels is None:
                continue
            pictures.append(_picture(names, shape, ground, pixels, framed, piece))
            tell(0.08 * len(pictures), pictures[-1].name)
    pictures += _transparent(names, piece)
    for close_up in piece.branch.chosen_close_ups:
        picture = Image.fromarray(store.pixels(close_up.result))
        picture.thumbnail((_CLOSE_UP_PX, _CLOSE_UP_PX), Image.Resampling.LANCZOS)
        recipe = close_up.result.recipe.model_dump()
        stated = metadata.xmp(recipe) or piece.packet
        name = names.next(f"detail-{slug(close_up.region.label)}", "jpg")
        data = images.encode_jpeg(np.asarray(picture), QUALITY, xmp=stated)
        alt = f"{piece.words}, detail: {close_up.region.label}"
        pictures.append(ShopFile(name, data, alt, source_type=metadata.source_type(recipe)))
    for file in pictures:
        yield _signed(file, piece, design, by)
    yield from _tables(design, pictures)
    tell(1.0, "marketplaces.txt")


def one(
    store: Store,
    design: Design,
    ground: str,
    shape: str = "main",
    *,
    depth: float = cutout.SHADOW_DEPTH,
    by: Credentials | None = None,
) -> ShopFile:
    """One picture of the piece on the ground of choice: transparent (PNG), or one of `GROUNDS` (JPEG).

    `depth` is the share of light that a soft shadow takes where it is deepest. Raises BadInput where no piece can be
    told on the master, and where its own ground has no room for the shape.
    """
    piece, names, size = _piece_of(store, design), _Names(slug(design.name)), SHAPES[shape]
    framed = piece.framed(size)
    if ground == TRANSPARENT:
        file = ShopFile(names.next(f"{shape}-{ground}", "png"), _png(framed, piece.packet), piece.words)
        return _signed(file, piece, design, by)
    pixels = piece.on(ground, size, framed, depth)
    if pixels is None:
        raise BadInput(
            "The photograph shows too little around the piece for this shape; choose another ground."
        )
    return _signed(_picture(names, shape, ground, pixels, framed, piece), piece, design, by)


@dataclass(frozen=True)
class _Piece:
    """The piece of a master, cut out, and what its pictures say of it."""

    branch: Branch
    rgb: images.Pixels
    box: Bounds
    cut: Rgba
    words: str
    kind: str
    packet: str

    def framed(self, size: tuple[int, int]) -> Rgba:
        """Brought to a transparent canvas (width, height)."""
        return cutout.framed(self.cut, self.box, size, FILL)

    def on(
        self, ground: str, size: tuple[int, int], framed: Rgba, depth: float = cutout.SHADOW_DEPTH
    ) -> images.Pixels | None:
        """The framed piece on one of `GROUNDS`; None where its own has no room for it."""
        if ground == "own":
            return cutout.around(self.rgb, self.box, size, FILL)
        return cutout.on_white(framed, shadow=ground == "shadow", depth=depth)


def _piece_of(store: Store, design: Design) -> _Piece:
    """Cut the piece out of its master. Raises BadInput where there is none."""
    branch = design.branch
    if branch is None:
        raise BadInput("This design has no master yet; make or choose one first.")
    rgb = store.pixels(branch.master)
    mask = piece_mask(rgb, branch.strokes)
    box, cut = cutout.bounds(mask), cutout.cut_out(rgb, mask)
    if box is None or box.longer < LEAST_PX or not cut[..., 3].any():
        raise BadInput(
            "No piece can be told on the master; correct its mask, or photograph it on plain paper."
        )
    kind = metadata.source_type(branch.master.recipe.model_dump()) or metadata.ENHANCED
    packet = metadata.packet(kind, maker=branch.master.recipe.provider, title=design.name)
    return _Piece(branch, rgb, box, cut, describe(design), kind, packet)


def _signed(file: ShopFile, piece: _Piece, design: Design, by: Credentials | None) -> ShopFile:
    stated = file.source_type or piece.kind
    return replace(
        file, data=credentials.signed(file.data, images.media_type(file.data), stated, design.name, by)
    )


def _tables(design: Design, pictures: list[ShopFile]) -> Iterator[ShopFile]:
    """Alternative texts, the piece in numbers, and every rule held against its file."""
    yield ShopFile("alt-texts.csv", table([("file", "alt"), *((f.name, f.alt) for f in pictures if f.alt)]))
    for name, rows in numbers.tables(design).items():
        yield ShopFile(name, table(rows))
    findings = [str(finding) for file in pictures for finding in file.findings]
    sources = [f"{market.name}: {market.source}" for market in MARKETS]
    lines = "\n".join([*findings, "", "The rules are those of", *sources, ""])
    yield ShopFile("marketplaces.txt", lines.encode())


def refused(store: Store, design: Design) -> tuple[Finding, ...]:
    """What marketplaces would refuse of the master as it is, before anything is made of it."""
    branch = design.branch
    if branch is None:
        return ()
    rgb = store.pixels(branch.master)
    mask = piece_mask(rgb, branch.strokes)
    picture = _read(
        "master", rgb, branch.master.media_type, branch.master.size_bytes, mask, drawn=_drawn(branch)
    )
    judged = (f for market in MARKETS if market.file in {"main", "shadow"} for f in market.judge(picture))
    return tuple(finding for finding in judged if not finding.ok)


def describe(design: Design) -> str:
    """An alternative text of what is known of the piece: its name, its kind, its metal and stones."""
    known = dict(specification.rows(design))
    stones = known.get("Stones") or known.get("Stone", "")
    made_of = ", ".join(filter(None, (known.get("Metal", ""), stones)))
    kind = design.kind if design.kind.lower() not in design.name.lower() else ""
    return ", ".join(filter(None, (design.name, kind, made_of)))


class _Names:
    """Names that sort as the set is to be shown."""

    def __init__(self, stem: str) -> None:
        self._stem, self._count = stem, 0

    def next(self, what: str, suffix: str) -> str:
        self._count += 1
        return f"{self._stem}-{self._count:02d}-{what}.{suffix}"


def _picture(
    names: _Names, shape: str, ground: str, pixels: images.Pixels, framed: Rgba, piece: _Piece
) -> ShopFile:
    name, alt = names.next(f"{shape}-{ground}", "jpg"), f"{piece.words}, {GROUNDS[ground]}"
    data = images.encode_jpeg(pixels, QUALITY, xmp=piece.packet)
    given = {("main", "white"): "main", ("main", "shadow"): "shadow"}.get((shape, ground))
    given = given or (shape if ground == "shadow" else "")
    judged = [market for market in MARKETS if market.file == given]
    if not judged:
        return ShopFile(name, data, alt)
    picture = _read(
        name, images.decode(data), "image/jpeg", len(data), framed[..., 3] > 0, drawn=_drawn(piece.branch)
    )
    return ShopFile(name, data, alt, tuple(f for market in judged for f in market.judge(picture)))


def _read(
    name: str, pixels: images.Pixels, media_type: str, size_bytes: int, mask: Mask, *, drawn: bool
) -> Picture:
    box: Bounds | None = cutout.bounds(mask)
    seam = np.ones((2 * APART_PX + 1, 2 * APART_PX + 1), np.uint8)
    outside = cv2.dilate(mask.astype(np.uint8), seam) == 0
    return Picture(name, pixels, media_type, size_bytes, box, outside, drawn)


def _drawn(branch: Branch) -> bool:
    return branch.master.recipe.detail in _DRAWN


def _transparent(names: _Names, piece: _Piece) -> list[ShopFile]:
    framed, alt = piece.framed((CUT_OUT_PX, CUT_OUT_PX)), f"{piece.words}, cut out"
    webp = io.BytesIO()
    packet = piece.packet.encode()
    Image.fromarray(framed).save(webp, "WEBP", quality=92, method=4, icc_profile=srgb_profile(), xmp=packet)
    return [
        ShopFile(names.next("cut-out", "png"), _png(framed, piece.packet), alt),
        ShopFile(names.next("cut-out", "webp"), webp.getvalue(), alt),
    ]


def _png(framed: Rgba, xmp: str) -> bytes:
    out = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add(b"sRGB", b"\0")
    info.add_itxt("XML:com.adobe.xmp", xmp)
    Image.fromarray(framed).save(out, "PNG", pnginfo=info, compress_level=6)
    return out.getvalue()
