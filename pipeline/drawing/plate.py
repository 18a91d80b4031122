"""A plate: what a draughtsman who knows the geometry hands over, as values and as bytes.

Curves and tone in pixels of one view, with everything known in millimetres, and the manner to draw them in. Paper,
frame and scale are not settled, so one plate serves every sheet, and SVG, DXF and PDF keep its lines as lines.
"""

import base64
import io
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import files
from pipeline.drawing.dimension import Dimension
from pipeline.drawing.page import Sides
from pipeline.drawing.style import Manner, Style
from pipeline.drawing.surface import FACET, OUTLINE, Curve
from pipeline.errors import BadInput

Grey = NDArray[Any]
Pixels = NDArray[Any]
Axis = tuple[tuple[float, float], tuple[float, float]]

MAGIC = b'{"loupe-plate":'
"""How the bytes of a plate begin."""

_FORMAT = 1
_QUALITY = 88


@dataclass(frozen=True)
class Stone:
    """A stone: its centre in pixels of the view and how much of it is seen there, the diameter in pixels of a disc
    about the centre; cut, size, gem and carats as words.
    """

    centre: tuple[float, float]
    diameter_px: float
    cut: str
    size_mm: str
    gem: str
    carats: float


@dataclass(frozen=True)
class Plate:
    """One view, drawn. Lengths in pixels of the view unless they say mm.

    `seen` is the piece in flat light, uint8 RGB (h, w, 3), paper white: what the lines are measured against. `tone`,
    grey uint8, is what is to be shaded, paper white, None for lines alone. Both are stretched over the view.
    `pitch_mm` is the size of a pixel at the piece; `to_scale` says that it is the same everywhere, as in a
    parallel view.
    """

    title: str
    width: int
    height: int
    box: Sides
    """Of the piece."""
    curves: tuple[Curve, ...]
    seen: Pixels
    tone: Grey | None = None
    pitch_mm: float = 0.0
    to_scale: bool = False
    manner: Manner = field(default_factory=Manner)
    dimensions: tuple[Dimension, ...] = ()
    stones: tuple[Stone, ...] = ()
    measures: tuple[str, ...] = field(default=())
    """Measures in words, for a view that cannot carry dimension lines."""
    axes: tuple[Axis, ...] = field(default=())
    """Both ends of each axis along which parts were taken from one another."""

    @cached_property
    def mask(self) -> Grey:
        """Where the piece is, bool, of the view's size; not to be written to."""
        red, green, blue = (self.seen[..., channel] for channel in range(3))
        there = (red < 245) | (green < 245) | (blue < 245)
        rows, columns = (
            (np.arange(whole) * (side / whole)).astype(np.intp)
            for whole, side in zip((self.height, self.width), there.shape, strict=True)
        )
        return np.asarray(there[np.ix_(rows, columns)])


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Curve(_Form):
    kind: int = Field(ge=FACET, le=OUTLINE)
    closed: bool
    points: tuple[float, ...] = Field(min_length=4)


class _Dimension(_Form):
    name: str
    value_mm: float
    start: tuple[float, float]
    end: tuple[float, float]
    note: str
    digits: int = Field(ge=0, le=4)


class _Stone(_Form):
    centre: tuple[float, float]
    diameter_px: float
    cut: str
    size_mm: str
    gem: str
    carats: float


class _Plate(_Form):
    title: str
    width: int = Field(ge=1, le=20_000)
    height: int = Field(ge=1, le=20_000)
    box: Sides
    pitch_mm: float = Field(ge=0)
    to_scale: bool
    style: Style
    weight: float = Field(gt=0, le=10)
    darkness: float = Field(ge=0, le=10)
    grain: float = Field(ge=0, le=10)
    seed: int
    curves: tuple[_Curve, ...]
    dimensions: tuple[_Dimension, ...]
    stones: tuple[_Stone, ...]
    measures: tuple[str, ...]
    axes: tuple[Axis, ...] = ()
    seen: str
    tone: str


def to_bytes(plate: Plate) -> bytes:
    """Write a plate as JSON, points to a hundredth of a pixel, pictures as JPEG inside it."""
    body = _Plate(
        title=plate.title,
        width=plate.width,
        height=plate.height,
        box=plate.box,
        pitch_mm=plate.pitch_mm,
        to_scale=plate.to_scale,
        **asdict(plate.manner),
        curves=tuple(
            _Curve(kind=c.kind, closed=c.closed, points=tuple(np.round(c.points, 2).ravel().tolist()))
            for c in plate.curves
        ),
        dimensions=tuple(_Dimension.model_validate(vars(d)) for d in plate.dimensions),
        stones=tuple(_Stone.model_validate(vars(s)) for s in plate.stones),
        measures=plate.measures,
        axes=plate.axes,
        seen=_packed(plate.seen),
        tone="" if plate.tone is None else _packed(plate.tone),
    )
    document = {"loupe-plate": _FORMAT, **body.model_dump(mode="json")}
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def is_plate(data: bytes) -> bool:
    """Whether bytes are a plate and not a picture."""
    return data.startswith(MAGIC)


def from_bytes(data: bytes) -> Plate:
    """Read a plate. Raises BadInput where the bytes are not one, or a newer one."""
    try:
        document: dict[str, Any] = files.parsed(data)
        newer = document.pop("loupe-plate") != _FORMAT
        body = _Plate.model_validate_json(json.dumps(document, allow_nan=False))
        seen, tone = _unpacked(body.seen, "RGB"), _unpacked(body.tone, "L") if body.tone else None
    except (ValueError, TypeError, LookupError, AttributeError, OSError, ValidationError) as error:
        raise BadInput("This drawing is damaged; draw the sheet again.") from error
    if newer:
        raise BadInput("This drawing was made by a newer Loupe; update Loupe to open it.")
    return Plate(
        title=body.title,
        width=body.width,
        height=body.height,
        box=body.box,
        curves=tuple(Curve(np.reshape(c.points, (-1, 2)), c.kind, c.closed) for c in body.curves),
        seen=seen,
        tone=tone,
        pitch_mm=body.pitch_mm,
        to_scale=body.to_scale,
        manner=Manner(body.style, body.weight, body.darkness, body.grain, body.seed),
        dimensions=tuple(Dimension(**d.model_dump()) for d in body.dimensions),
        stones=tuple(Stone(**s.model_dump()) for s in body.stones),
        measures=body.measures,
        axes=body.axes,
    )


def _packed(grey: Grey) -> str:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(grey)).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return base64.b64encode(out.getvalue()).decode()


def _unpacked(text: str, mode: str) -> Grey:
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["JPEG"]) as picture:
        return np.asarray(picture.convert(mode))
