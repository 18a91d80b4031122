"""What crosses the line between stages and providers: frozen values of bytes and plain types.

A provider's plug point is one method, `run`. What it can do is data: one `Limits` per `Role`.
Cache, single-flight and task resumption wrap `run` and satisfy the same protocol.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.records import Box
from pipeline.records.words import Detail, Role, Shot


@dataclass(frozen=True)
class Frame:
    """Which picture sizes are allowed. Aspect is width / height."""

    min_side_px: int = 1
    max_side_px: int = 16_384
    min_pixels: int = 1
    max_pixels: int = 64_000_000
    multiple_of: int = 1
    min_aspect: float = 0.0
    max_aspect: float = 1e9
    sizes: tuple[tuple[int, int], ...] = ()
    """The only (width, height) allowed, where there is a fixed list."""

    def allows(self, width: int, height: int) -> bool:
        """Whether a picture of this size is inside the limits."""
        return (
            min(width, height) >= self.min_side_px
            and max(width, height) <= self.max_side_px
            and self.min_pixels <= width * height <= self.max_pixels
            and width % self.multiple_of == 0
            and height % self.multiple_of == 0
            and self.min_aspect <= width / height <= self.max_aspect
            and (not self.sizes or (width, height) in self.sizes)
        )


@dataclass(frozen=True)
class Limits(Frame):
    """What one provider accepts and returns for one role.

    Sides and pixel counts are of the picture sent (enhance, sketch, model) or asked for (generate).
    """

    answer: Frame | None = None
    """ENHANCE, SKETCH: which sizes may be asked back, where that is a choice of ours."""
    factors: tuple[int, ...] = ()
    """Enlargements offered for ENHANCE; empty where output size is asked for in pixels."""
    formats: tuple[str, ...] = ("image/png",)
    max_bytes: int = 100_000_000
    max_images: int = 1
    references: int = 0
    """ENHANCE: how many whole pictures may go along beside the crop, to say which piece it is a part of."""
    seed: bool = False
    concurrency: int = 4
    price_usd: float = 0.0
    """Estimated price of one call; see `pipeline/providers/call/prices.py` for dates and sources."""
    detail: Detail = Detail.REDRAWN
    refines: bool = False
    """GENERATE: the same piece can be asked for again at another size, through `origin`."""
    sides: tuple[str, ...] = ()
    """MODEL: the named sides (`front`, `back`, `left`, ...) it takes pictures of, through `sides`."""
    views: tuple[str, ...] = ()
    """SKETCH: the bench views it can draw of a piece it made itself, through `origin`."""


@dataclass(frozen=True)
class GenerateRequest:
    """A picture of a piece from words. `origin` asks for the very piece an earlier answer showed."""

    prompt: str
    kind: str = ""
    width: int = 2048
    height: int = 2048
    seed: int = 0
    draft: bool = False
    origin: str = ""
    take: int = 0
    shot: Shot = ""
    """Another picture of the piece of `origin` than its master, where the maker's notes place regions on one."""


@dataclass(frozen=True)
class EnhanceRequest:
    """A sharper picture of one crop.

    `width`, `height` are the pixels wanted back: `factor` times the crop's. `origin` is what the master's
    maker said of it and `window` (x, y, width, height) the crop's place on the `master_size` film; only
    the provider that wrote `origin` can read it.
    """

    image: bytes
    prompt: str
    width: int
    height: int
    factor: int = 4
    seed: int = 0
    origin: str = ""
    window: Box | None = None
    master_size: tuple[int, int] = (0, 0)
    take: int = 0
    shot: Shot = ""
    """The picture of the piece that the window lies on, as of `GenerateRequest`."""
    references: tuple[bytes, ...] = ()
    """The whole master, where `Limits.references` allows it; the crop stays the first picture."""


@dataclass(frozen=True)
class SketchRequest:
    """A pencil drawing of one picture, in place. `width`, `height`: pixels wanted back; 0 is the picture's own.

    With a `view`, one of the provider's own `Limits.views`, a bench view of the piece `origin` describes; the picture
    then only says how finely. `weight`, `darkness` and `grain` are around 1. A provider that knows the lines answers
    with a plate (`pipeline.drawing.plate`), any other with a picture.
    """

    image: bytes
    prompt: str
    width: int = 0
    height: int = 0
    style: str = "pencil"
    weight: float = 1.0
    darkness: float = 1.0
    grain: float = 1.0
    view: str = ""
    seed: int = 0
    origin: str = ""
    window: Box | None = None
    master_size: tuple[int, int] = (0, 0)
    take: int = 0
    shot: Shot = ""


@dataclass(frozen=True)
class ModelRequest:
    """A GLB of the piece shown on the pictures (the master first)."""

    images: tuple[bytes, ...]
    prompt: str = ""
    kind: str = ""
    seed: int = 0
    origin: str = ""
    take: int = 0
    sides: tuple[tuple[str, bytes], ...] = ()
    """The same piece seen from sides of `Limits.sides`, by their names; left is the piece's own."""


@dataclass(frozen=True)
class ReadRequest:
    """A prompt to be read: the answer is one JSON object of the `schema` (JSON Schema, as text)."""

    prompt: str
    instructions: str
    schema: str
    take: int = 0


def pictures_of(request: EnhanceRequest | SketchRequest) -> tuple[bytes, ...]:
    """The pictures to send, the one to work on first."""
    return (request.image, *request.references) if isinstance(request, EnhanceRequest) else (request.image,)


PictureRequest = GenerateRequest | EnhanceRequest | SketchRequest
"""What is answered with a picture of some size."""
Request = PictureRequest | ModelRequest | ReadRequest


@dataclass(frozen=True)
class Answer:
    """What came back. `data` is a PNG/JPEG/WebP picture, a plate, a GLB or, of a reading, a JSON object.

    Magic bytes decide, never a header.
    """

    data: bytes
    model: str = ""
    cost_usd: float = 0.0
    seconds: float = 0.0
    origin: str = ""
    """The provider's own description of the piece, handed back to it in later requests."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Plain facts worth showing: revised prompt, seed, what was understood, ..."""
    cached: bool = False


class Watch(Protocol):
    """How long work reports and is stopped."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Report a fraction in 0..1 and a few words."""

    def cancelled(self) -> bool:
        """Say whether the user pressed Cancel."""


class Silent:
    """A Watch that nobody looks at."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Drop the report."""

    def cancelled(self) -> bool:
        """Never stop."""
        return False


class Provider(Protocol):
    """Someone who can do at least one of the jobs."""

    @property
    def id(self) -> str:
        """Registry id, as used on the command line."""

    @property
    def name(self) -> str:
        """Name shown to people."""

    @property
    def limits(self) -> Mapping[Role, Limits]:
        """The jobs it does, each with what it accepts."""

    def model(self, role: Role) -> str:
        """The model id used for a role; part of the cache key and of the recipe."""

    def run(self, request: Request, watch: Watch) -> Answer:
        """Do the job. Raises a ProviderError, or Cancelled."""


def role_of(request: Request) -> Role:
    """The job a request asks for."""
    match request:
        case GenerateRequest():
            return Role.GENERATE
        case EnhanceRequest():
            return Role.ENHANCE
        case SketchRequest():
            return Role.SKETCH
        case ModelRequest():
            return Role.MODEL
        case ReadRequest():
            return Role.READ
