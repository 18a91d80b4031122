"""What is stored of a design: frozen values, JSON on disk, ids instead of pixels."""

import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NewType, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from pipeline.records.brush import MOST_STROKES, Stroke
from pipeline.records.fidelity import Fidelity, Figures, Record
from pipeline.records.words import (
    BENCH_VIEWS,
    KINDS,
    Box,
    Detail,
    Dial,
    Kind,
    Origin,
    Role,
    Shot,
    Step,
    Verdict,
)

AssetId = NewType("AssetId", str)
DesignId = NewType("DesignId", str)


SCHEMA = 1
"""Version of the stored form; `pipeline.records.migration` leads older files here."""


def now() -> datetime:
    """The present moment, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


MAX_REGIONS = 12
MAX_TAGS, LONGEST_TAG = 50, 40
LONGEST_NAME = 300
MAX_OF_A_KIND = 2000
"""Attempts, sheets, models or masters of one design: no session comes near."""
LONGEST_TEXT = 20_000
"""Prompts and what providers tell of their work."""


def _bench_view(name: str) -> str:
    if name not in ("", *BENCH_VIEWS):
        raise ValueError(f"there is no bench view {name[:40]!r}")
    return name


Id = Annotated[str, Field(min_length=1, max_length=80)]
Line = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
BenchView = Annotated[str, AfterValidator(_bench_view)]
Sha256 = Annotated[AssetId, Field(pattern="^[0-9a-f]{64}$")]
Side = Annotated[int, Field(ge=0, le=100_000)]


class Recipe(Record):
    """How an asset was made. Redacted by construction: holds no key, no URL, no header."""

    role: Role | Step
    provider: Line
    model: Line = ""
    prompt: Text = ""
    options: dict[Line, Text | int | float | bool] = Field(default_factory=dict, max_length=100)
    parents: tuple[Sha256, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    detail: Detail | Origin = ""
    origin: Text = ""
    cache_key: Line = ""
    seconds: float = Field(default=0.0, ge=0, le=1e9)
    cost_usd: float = Field(default=0.0, ge=0, le=1e6)

    def stated(self) -> dict[str, Any]:
        """What a picture's own file says of it: nothing of the machine it was made on."""
        return self.model_dump(mode="json", exclude={"seconds", "cache_key"}, exclude_defaults=True)


class Asset(Record):
    """Immutable bytes named by their sha256, and how they came to be. Sizes in pixels, 0 for a GLB."""

    id: Sha256
    media_type: str = Field(max_length=80)
    size_bytes: int = Field(ge=0)
    width: Side = 0
    height: Side = 0
    recipe: Recipe


class Region(Record):
    """A labelled crop box, in whole pixels of the master or of its other shot, origin at the top left."""

    id: Id
    label: str = Field(min_length=1, max_length=40)
    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    shot: Shot = ""
    """Which picture of the branch it is cut from."""

    @model_serializer(mode="wrap")
    def _without_shot(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = write(self)
        if not self.shot:  # as regions were written while there was but one picture
            plain.pop("shot", None)
        return plain

    @property
    def box(self) -> Box:
        """Where it lies on its picture."""
        return self.x, self.y, self.width, self.height


class Check(Record):
    """One line of the master's checklist, measured from its pixels."""

    name: Line
    label: Line
    figure: Line
    ok: bool
    advice: Line = ""


class CloseUp(Record):
    """One attempt at enhancing a crop. The region is the one it was cut from, as it was then."""

    id: Id
    region: Region
    factor: int = Field(ge=1, le=64)
    crop: Asset
    raw: Asset
    registered: Asset
    locked: Asset
    heatmap: Asset
    fidelity: Fidelity
    dial: Dial = "strict"
    decision: Literal["", "accepted", "rejected"] = ""
    created_at: AwareDatetime = Field(default_factory=now)

    @property
    def verdict(self) -> Verdict:
        """What the gate said of the result."""
        return self.fidelity.verdict

    @property
    def shown(self) -> Figures:
        """The figures of the picture that is shown."""
        return self.fidelity.raw if self.dial == "as delivered" else self.fidelity.locked

    @property
    def result(self) -> Asset:
        """The picture shown and exported: the locked answer, or the registered one as delivered."""
        return self.registered if self.dial == "as delivered" else self.locked


def is_only_enlarged(close_up: CloseUp) -> bool:
    """Whether it was interpolated from its crop: to agree with the master is no merit then, nothing was added."""
    return close_up.verdict == "pass" and close_up.raw.recipe.detail == Detail.INTERPOLATED.value


class Sketch(Record):
    """A technical drawing of the master or of one region, on its framed sheet."""

    id: Id
    subject: Id
    """`master` or a region id."""
    title: Line
    style: Line
    number: int = Field(ge=1, le=100)
    source: Sha256
    sheet: Asset
    figures: dict[Line, float] = Field(default_factory=dict, max_length=20)
    """Edge precision and recall against the source, 0..1."""
    drawing: Asset | None = None
    """What lies on the sheet: a plate (lines as lines) or the drawing in place; None in older designs."""
    block: dict[Line, Line] = Field(default_factory=dict, max_length=40)
    """The words of the title block."""
    paper: str = Field(default="A4", max_length=20)
    pitch_mm: float = Field(default=0.0, ge=0)
    """Size of a drawing's pixel at the piece, where a known length told it."""
    view: BenchView = ""
    """A bench view's name; empty for the master or a close-up, drawn in place."""
    verdict: Literal["", "pass", "warn"] = ""
    """What the sketch gate said of a redrawn picture; empty for drawings made from pixels or geometry."""
    created_at: AwareDatetime = Field(default_factory=now)


class View(Record):
    """A still of a 3D model from one named side."""

    name: str = Field(min_length=1, max_length=40)
    picture: Asset


class Turntable(Record):
    """One full turn of a 3D model."""

    frames: int = Field(ge=2, le=10_000)
    loop: Asset
    """Animated WebP."""
    film: Asset | None = None
    """The same as WebM video; earlier designs may lack it."""


class Model3D(Record):
    """A GLB, where it came from, and what is known of its hidden side."""

    id: Id
    glb: Asset
    known: str = Field(max_length=2000)
    """One sentence: which sides are known and which are inferred."""
    figures: dict[Line, float] = Field(default_factory=dict, max_length=20)
    """Laid over the master: `iou` of the silhouettes (0..1), `edge_px` (of a frame of 1024), `colour_delta_e`."""
    overlay: Asset | None = None
    """The model's silhouette over the master."""
    views: tuple[View, ...] = Field(default=(), max_length=40)
    turntable: Turntable | None = None
    created_at: AwareDatetime = Field(default_factory=now)

    @model_validator(mode="after")
    def _measured_whole(self) -> Self:
        if self.figures and not {"iou", "edge_px", "colour_delta_e"} <= set(self.figures):
            raise ValueError("a model laid over its master has all three of its figures")
        return self

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The GLB and every picture made of it."""
        turn = self.turntable
        named = (
            self.glb,
            self.overlay,
            *(view.picture for view in self.views),
            *((turn.loop, turn.film) if turn else ()),
        )
        return tuple(asset for asset in named if asset is not None)


def is_relief(model: Model3D) -> bool:
    """Whether a model was raised from the picture itself: its outline then says nothing about how well it agrees."""
    return model.glb.recipe.detail == Detail.INTERPOLATED.value


class KnownLength(Record):
    """Two points on the master, in its pixels, and their distance on the piece in millimetres."""

    start: tuple[float, float]
    end: tuple[float, float]
    mm: float = Field(gt=0, le=2000)

    @property
    def pitch_mm(self) -> float:
        """Millimetres of the piece for one master pixel; 0 where the points fall together."""
        pixels = math.dist(self.start, self.end)
        return self.mm / pixels if pixels else 0.0


class Branch(Record):
    """A master and everything that descends from it."""

    master: Asset
    whole: Asset | None = None
    """The whole of a piece that its master shows close: a second shot of the same geometry, as large."""
    checks: tuple[Check, ...] = Field(default=(), max_length=40)
    regions: tuple[Region, ...] = Field(default=(), max_length=MAX_REGIONS)
    close_ups: tuple[CloseUp, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    sketches: tuple[Sketch, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    models: tuple[Model3D, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    views: tuple[BenchView, ...] = Field(default=(), max_length=len(BENCH_VIEWS))
    """The bench views that make up the set of sheets; none for the master and its close-ups."""
    chosen_sheets: tuple[Id, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    """Ids of sketches chosen before newer versions of their sheets."""
    known_length: KnownLength | None = None
    strokes: tuple[Stroke, ...] = Field(default=(), max_length=MOST_STROKES)
    """What a person corrected on the mask of the piece, in the order it was drawn."""

    @model_serializer(mode="wrap")
    def _without_what_came_later(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = write(self)
        if not self.strokes:  # as branches were written before there was a brush
            plain.pop("strokes", None)
        if self.whole is None:  # or a second shot
            plain.pop("whole", None)
        return plain

    @model_validator(mode="after")
    def _each_id_once(self) -> Self:
        for parts in (self.regions, self.close_ups, self.sketches, self.models):
            counted = Counter(part.id for part in parts)
            if len(counted) != len(parts):
                raise ValueError(f"the id {counted.most_common(1)[0][0]!r} is given twice in a branch")
        return self

    @property
    def pictures(self) -> tuple[Asset, ...]:
        """The master, and the whole view where there is one."""
        return (self.master,) if self.whole is None else (self.master, self.whole)

    def pictured(self, shot: Shot) -> Asset:
        """The picture that regions of a shot lie on."""
        return self.whole if shot and self.whole is not None else self.master

    def on(self, shot: Shot) -> tuple[Region, ...]:
        """The regions of one of the pictures."""
        return tuple(region for region in self.regions if region.shot == shot)

    def attempts(self, region_id: str) -> tuple[CloseUp, ...]:
        """All attempts at one region, oldest first."""
        return tuple(c for c in self.close_ups if c.region.id == region_id)

    def chosen(self, region_id: str) -> CloseUp | None:
        """The attempt that stands for a region: accepted before undecided, newest first, never a rejected one."""
        attempts = [c for c in self.attempts(region_id) if c.decision != "rejected"]
        accepted = [c for c in attempts if c.decision == "accepted"]
        standing = accepted or attempts
        return standing[-1] if standing else None

    @property
    def chosen_close_ups(self) -> tuple[CloseUp, ...]:
        """One close-up per region that has one, in the regions' order."""
        standing = (self.chosen(region.id) for region in self.regions)
        return tuple(c for c in standing if c is not None)

    def versions(self, number: int) -> tuple[Sketch, ...]:
        """All versions of one sheet of the set under work, oldest first."""
        view = self.views[number - 1] if 0 < number <= len(self.views) else ""
        return tuple(s for s in self.sketches if s.number == number and s.view == view)

    @property
    def latest_sketches(self) -> tuple[Sketch, ...]:
        """The version that stands for each numbered sheet of the set: the chosen one, else the newest; in order."""
        standing: list[Sketch] = []
        for number in sorted({s.number for s in self.sketches}):
            if self.views and number > len(self.views):
                continue
            versions = self.versions(number)
            chosen = [s for s in versions if s.id in self.chosen_sheets]
            standing += (chosen or versions)[-1:]
        return tuple(standing)

    @property
    def model(self) -> Model3D | None:
        """The newest 3D model."""
        return self.models[-1] if self.models else None


def kind_shown(master: Asset, otherwise: Kind) -> Kind:
    """The kind of piece a master was made or brought as; `otherwise` where its recipe notes none."""
    noted = master.recipe.options.get("kind")
    return next((kind for kind in KINDS if kind == noted), otherwise)


class ModelsReading(Record):
    """What a language model read a prompt as, beside the atelier's own reading."""

    provider: Line
    name: Line
    model: Line = ""
    prompt: Text
    chosen: Kind | None = None
    """The kind chosen beside the prompt, if any."""
    origin: Text = ""
    """The piece as a description of the atelier's; empty where it is none that can be made."""
    sentences: tuple[Text, ...] = Field(default=(), max_length=200)
    """What was left out of its answer, and why."""


class Design(Record):
    """One piece of jewelry under work."""

    id: Annotated[DesignId, Field(pattern="^[0-9a-z]{1,40}$")]
    schema_version: int = Field(default=SCHEMA, ge=1, le=SCHEMA)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    kind: Kind = "necklace"
    prompt: Text = ""
    tags: tuple[Annotated[str, Field(max_length=LONGEST_TAG)], ...] = Field(default=(), max_length=MAX_TAGS)
    candidates: tuple[Asset, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    branches: tuple[Branch, ...] = Field(default=(), max_length=MAX_OF_A_KIND)
    current: int = 0
    reading: ModelsReading | None = None
    """The newest reading by a model, which waits for a choice or was chosen."""
    created_at: AwareDatetime = Field(default_factory=now)
    updated_at: AwareDatetime = Field(default_factory=now)

    @model_serializer(mode="wrap")
    def _without_reading(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = write(self)
        if self.reading is None:  # as designs were written before models read
            plain.pop("reading", None)
        return plain

    @model_validator(mode="after")
    def _current_exists(self) -> Self:
        if not 0 <= self.current < max(1, len(self.branches)):
            raise ValueError("the current branch does not exist")
        return self

    @property
    def branch(self) -> Branch | None:
        """The branch under work, once a master is chosen."""
        return self.branches[self.current] if self.branches else None

    def with_branch(self, branch: Branch, number: int | None = None) -> "Design":
        """The same design with one of its branches replaced, else the one under work."""
        branches = [*self.branches]
        branches[self.current if number is None else number] = branch
        return self.model_copy(update={"branches": tuple(branches)})

    def with_each_branch(self, change: Callable[[Branch], Branch]) -> "Design":
        """The same design with every branch changed: for what is known by its own id, whichever master it is of."""
        return self.model_copy(update={"branches": tuple(map(change, self.branches))})

    def with_master(self, branch: Branch) -> "Design":
        """The same design with another master: a new branch; the old ones stay."""
        return self.model_copy(update={"branches": (*self.branches, branch)}).at_branch(len(self.branches))

    def at_branch(self, number: int) -> "Design":
        """The same design with one of its branches under work; it is of the kind that its master shows."""
        kind = kind_shown(self.branches[number].master, self.kind)
        return self.model_copy(update={"current": number, "kind": kind})

    @property
    def cover(self) -> Asset | None:
        """The picture on the design's card."""
        if self.branch:
            return self.branch.master
        return self.candidates[0] if self.candidates else None

    def assets(self) -> tuple[Asset, ...]:
        """Every asset the design refers to, each once, in a stable order."""
        named: dict[AssetId, Asset] = {a.id: a for a in self.candidates}
        for branch in self.branches:
            for asset in (
                *branch.pictures,
                *(a for c in branch.close_ups for a in (c.crop, c.raw, c.registered, c.locked, c.heatmap)),
                *(a for s in branch.sketches for a in (s.sheet, s.drawing) if a is not None),
                *(a for m in branch.models for a in m.assets),
            ):
                named.setdefault(asset.id, asset)
        return tuple(named.values())
