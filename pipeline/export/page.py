"""The showcase as one HTML file: no network, nothing beside it, every text escaped, a strict policy inside."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline import glb, images, metadata
from pipeline.atelier.files.viewing import Viewing, tracing_script, viewing
from pipeline.drawing import kept_page, to_svg
from pipeline.errors import BadModel
from pipeline.export import certificate, sides, specification
from pipeline.export.brand import Brand
from pipeline.export.certificate import Entry
from pipeline.export.manifest import PLATE
from pipeline.export.proof import tint
from pipeline.records import Asset, Branch, Design, Detail, Sketch
from pipeline.solids.light import studio_light
from pipeline.store import Store

MAX_BYTES = 25_000_000
_MAX_GLB_BYTES = 11_000_000
"""Base64 makes four bytes of three; the pictures keep at least a third of the file."""
_SMALL_PNG = 500_000
"""Pictures up to this size go in as they are, lossless."""
_LADDER = (
    (8192, 93, 8_000_000),
    (8192, 93, _SMALL_PNG),
    (8192, 85, _SMALL_PNG),
    (3072, 82, _SMALL_PNG),
    (2048, 78, _SMALL_PNG),
    (1280, 72, _SMALL_PNG),
)
"""(longest side px, JPEG quality, bytes up to which the master goes in lossless), tried in order until the file is
small enough. The first keeps every pixel of any usual master, which all else is held to: JPEG rounds a noisy
photograph's colours away. 93 without chroma subsampling is visually lossless at 100 %."""
_COMPUTED = {"detail": Detail.RENDERED}
"""Maps and differences: computed, from nothing that was trained."""
_PX_PER_MM = 96 / 25.4
"""CSS pixels: what a browser takes a drawing in millimetres for."""
_LARGEST_SVG = 2_000_000
"""Lines beyond this many bytes are slower to draw than their picture."""
Tell = Callable[[float, str], None]
PLAIN = Brand()
_TEMPLATES = Path(__file__).with_name("templates")
_VENDOR = Path(__file__).parents[2] / "static" / "vendor"
_FONTS = (
    ("Cormorant Garamond", "normal", 500, "cormorant-garamond-latin-500-normal"),
    ("Cormorant Garamond", "italic", 500, "cormorant-garamond-latin-500-italic"),
    ("Source Sans 3", "normal", 400, "source-sans-3-latin-400-normal"),
    ("Source Sans 3", "normal", 600, "source-sans-3-latin-600-normal"),
)


@dataclass(frozen=True)
class Picture:
    """A picture inside the page. `url` is a data URL, sizes in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class CloseUpView:
    """A side card: the close-up, its crop, and what the certificate says."""

    entry: Entry
    result: Picture
    crop: Picture
    heatmap: Picture


@dataclass(frozen=True)
class SketchView:
    """A card of the bottom row."""

    sketch: Sketch
    sheet: Picture


@dataclass(frozen=True)
class Model:
    """The 3D view, in base64: the GLB, the HDR file it is lit by, and of a piece of the atelier what its light is
    followed by in the browser, the studio's row as JSON and its tables; see `Tracing`.
    """

    glb: str
    light: str
    studio: str = ""
    tables: str = ""


@dataclass(frozen=True)
class AngleView:
    """A still of the 3D model from one side."""

    name: str
    picture: Picture


def write(store: Store, design: Design, tell: Tell = lambda *_: None, *, brand: Brand = PLAIN) -> bytes:
    """Render the page, UTF-8, at most 25 MB. Pictures keep all their pixels as long as they fit."""
    tell(0.05, "measuring")
    certified = certificate.certify(store, design)
    model = _model(store, design)
    page = b""
    for n, (side, quality, lossless) in enumerate(_LADDER):
        tell(0.3 + 0.6 * n / len(_LADDER), f"pictures, JPEG {quality}")
        page = _render(store, design, certified, model, brand, side=side, quality=quality, lossless=lossless)
        if len(page) <= MAX_BYTES:
            break
    return page


def _render(
    store: Store,
    design: Design,
    certified: certificate.Certificate,
    model: Model | None,
    brand: Brand,
    *,
    side: int,
    quality: int,
    lossless: int,
) -> bytes:
    branch = design.branch

    whole = metadata.xmp(branch.master.recipe.model_dump()) if branch else ""

    def show(asset: Asset, lossless: int = _SMALL_PNG) -> Picture:
        # A crop is what its master is.
        stated = metadata.xmp(asset.recipe.model_dump()) or whole
        return _picture(store, asset, stated, side=side, quality=quality, lossless=lossless)

    style, script, viewer = _style() + _colours(brand), _asset_text("showcase.js"), _viewer() if model else ""
    if model and model.studio:
        script = f"{tracing_script()}\n{script}"
    close_ups = [_close_up(store, entry, show) for entry in certified.entries]
    left, right = sides.share(close_ups, _centre(design))
    return (
        _environment()
        .get_template("showcase.html.j2")
        .render(
            design=design,
            brand=brand,
            logo=_data_url(brand.logo, "image/png") if brand.logo else "",
            branch=branch,
            master=show(branch.master, lossless) if branch else None,
            whole=_whole(branch, show),
            beyond=[view for view in close_ups if view.entry.close_up.region.shot],
            close_ups=close_ups,
            left=left,
            right=right,
            sketches=[SketchView(s, _sheet(store, s, show)) for s in branch.latest_sketches]
            if branch
            else [],
            model=branch.model if branch else None,
            views=_views(branch, show),
            model_left_out=bool(branch and branch.model and not model),
            turntable=model,
            certificate=certified,
            composite=_composite(certified),
            specification=specification.rows(design),
            words=certificate,
            policy=_policy(style, script, viewer),
            style=Markup(style),  # noqa: S704 - our own file, no outside text in it
            script=Markup(script),  # noqa: S704 - the same
            viewer=Markup(viewer),  # noqa: S704 - the vendored viewer, its hash is in the policy
        )
        .encode()
    )


def _views(branch: Branch | None, show: Callable[[Asset], Picture]) -> list[AngleView]:
    model = branch.model if branch is not None else None
    return [AngleView(view.name, show(view.picture)) for view in (model.views if model is not None else ())]


def _whole(branch: Branch | None, show: Callable[[Asset], Picture]) -> Picture | None:
    return show(branch.whole) if branch is not None and branch.whole is not None else None


def _centre(design: Design) -> Callable[[CloseUpView], tuple[float, float]]:
    """Where the region of a close-up has its middle, in fractions of its picture."""
    master = design.branch.master if design.branch else None
    width, height = (master.width, master.height) if master else (1, 1)

    def centre(view: CloseUpView) -> tuple[float, float]:
        region = view.entry.close_up.region
        return (region.x + region.width / 2) / width, (region.y + region.height / 2) / height

    return centre


def _policy(style: str, script: str, viewer: str) -> str:
    """Allow exactly the scripts and styles written here, pictures and the model from inside the file, no network."""
    scripts = [_source(text) for text in (script, viewer) if text]
    if viewer:
        scripts.append("'wasm-unsafe-eval'")  # it compiles a mesh decoder when it loads, needed or not
    styles = [_source(text) for text in (style, *re.findall(r"<style>(.*?)</style>", viewer, re.DOTALL))]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(scripts)}",
            f"style-src {' '.join(styles)}",
            "img-src data: blob:",
            "font-src data:",
            "connect-src blob: data:",  # the viewer fetches the model and its textures from memory
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _picture(store: Store, asset: Asset, xmp: str, *, side: int, quality: int, lossless: int) -> Picture:
    if max(asset.width, asset.height) <= side and asset.size_bytes <= lossless:
        data = images.stating(store.read(asset), xmp)
        return Picture(_data_url(data, asset.media_type), asset.width, asset.height)
    pixels = images.within(store.pixels(asset), side)
    height, width = pixels.shape[:2]
    encoded = images.encode_jpeg(pixels, quality, xmp=xmp)
    return Picture(_data_url(encoded, "image/jpeg"), width, height)


def _sheet(store: Store, sketch: Sketch, show: Callable[[Asset], Picture]) -> Picture:
    """A sheet: its lines as lines where they were kept, else its picture."""
    if sketch.drawing is None or sketch.drawing.media_type != PLATE:
        return show(sketch.sheet)
    page = kept_page(sketch, store.read)
    drawn = to_svg(page, title=sketch.title).encode()
    if len(drawn) > _LARGEST_SVG:
        return show(sketch.sheet)
    width, height = (round(side * _PX_PER_MM) for side in (page.width, page.height))
    return Picture(_data_url(drawn, "image/svg+xml"), width, height)


def _close_up(store: Store, entry: Entry, show: Callable[[Asset], Picture]) -> CloseUpView:
    heat = images.encode_png(tint(store.pixels(entry.close_up.heatmap)), recipe=_COMPUTED)
    heat_size = entry.close_up.heatmap
    return CloseUpView(
        entry=entry,
        result=show(entry.result),
        crop=show(entry.crop),
        heatmap=Picture(_data_url(heat, "image/png"), heat_size.width, heat_size.height),
    )


def _composite(certified: certificate.Certificate) -> Picture | None:
    if certified.composite is None:
        return None
    difference = certified.composite.difference
    small = images.encode_jpeg(images.within(difference, 900), 88, xmp=metadata.xmp(_COMPUTED))
    return Picture(_data_url(small, "image/jpeg"), difference.shape[1], difference.shape[0])


def _model(store: Store, design: Design) -> Model | None:
    model = design.branch.model if design.branch else None
    if model is None or model.glb.size_bytes > _MAX_GLB_BYTES:
        return None
    data = store.read(model.glb)
    if glb.fault(data):
        return None
    known: Viewing | None = None
    with suppress(BadModel):
        known = viewing(data)
    view = Model(_base64(data), _base64(known.environment if known else studio_light()))
    if known is None or known.tracing is None:
        return view
    row = json.dumps(known.tracing.studio).encode()
    return replace(view, studio=_base64(row), tables=_base64(known.tracing.tables))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _data_url(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{_base64(data)}"


def _colours(brand: Brand) -> str:
    """The house's own colour in place of Loupe's gold."""
    return f":root, :root[data-theme] {{ --gold: {brand.css_colour}; }}\n" if brand.colour else ""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset_text(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


@cache
def _viewer() -> str:
    return (_VENDOR / "model-viewer.min.js").read_text("utf-8")


@cache
def _style() -> str:
    faces = "".join(
        f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};font-display:swap;'
        f'src:url("{_data_url((_VENDOR / "fonts" / f"{name}.woff").read_bytes(), "font/woff")}") format("woff")}}\n'
        for family, style, weight, name in _FONTS
    )
    return faces + _asset_text("showcase.css")
