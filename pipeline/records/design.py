"""What is stored of a design: frozen values, JSON on disk, ids instead of pixels."""

import math
from datetime import UTC, datetime
from typing import Any, Literal, NewType, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.records.words import Kind, Verdict

AssetId = NewType("AssetId", str)
DesignId = NewType("DesignId", str)


SCHEMA = 1
"""Version of the stored form; `store.MIGRATIONS` leads older files here."""


def now() -> datetime:
    """The present moment, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Record(BaseModel):
    """Base of everything stored: immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipe(Record):
    """How an asset was made. Redacted by construction: holds no key, no URL, no header."""

    role: str
    provider: str
    model: str = ""
    prompt: str = ""
    options: dict[str, str | int | float | bool] = Field(default_factory=dict)
    parents: tuple[AssetId, ...] = ()
    detail: str = ""
    origin: str = ""
    cache_key: str = ""
    seconds: float = 0.0
    cost_usd: float = 0.0


class Asset(Record):
    """Immutable bytes named by their sha256, and how they came to be. Sizes in pixels, 0 for a GLB."""

    id: AssetId
    media_type: str
    size_bytes: int
    width: int = 0
    height: int = 0
    recipe: Recipe


class Region(Record):
    """A labelled crop box, in whole master pixels, origin at the top left."""

    id: str
    label: str = Field(min_length=1, max_length=40)
    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(ge=1)
    height: int = Field(ge=1)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(x, y, width, height)."""
        return self.x, self.y, self.width, self.height


class Check(Record):
    """One line of the master's checklist, measured from its pixels."""

    name: str
    label: str
    figure: str
    ok: bool
    advice: str = ""


class CloseUp(Record):
    """One attempt at enhancing a crop. The region is the one it was cut from, as it was then."""

    id: str
    region: Region
    factor: int
    crop: Asset
    raw: Asset
    registered: Asset
    locked: Asset
    heatmap: Asset
    fidelity: dict[str, Any]
    dial: str = "strict"
    decision: Literal["", "accepted", "rejected"] = ""
    created_at: datetime = Field(default_factory=now)

    @property
    def verdict(self) -> Verdict:
        """What the gate said of the result."""
        verdict: Verdict = self.fidelity["verdict"]
        return verdict

    @property
    def result(self) -> Asset:
        """The picture shown and exported: the locked answer, or the registered one as delivered."""
        return self.registered if self.dial == "as delivered" else self.locked


class Sketch(Record):
    """A technical drawing of the master or of one region, on its framed sheet."""

    id: str
    subject: str
    """`master` or a region id."""
    title: str
    style: str
    number: int = Field(ge=1)
    source: AssetId
    sheet: Asset
    figures: dict[str, float] = Field(default_factory=dict)
    """Edge precision and recall against the source, 0..1."""
    drawing: Asset | None = None
    """What lies on the sheet: a plate (lines as lines) or the drawing in place; None in older designs."""
    block: dict[str, str] = Field(default_factory=dict)
    """The words of the title block."""
    paper: str = "A4"
    pitch_mm: float = Field(default=0.0, ge=0)
    """Size of a drawing's pixel at the piece, where a known length told it."""
    view: str = ""
    """A bench view's name; empty for the master or a close-up, drawn in place."""
    verdict: Literal["", "pass", "warn"] = ""
    """What the sketch gate said of a redrawn picture; empty for drawings made from pixels or geometry."""
    created_at: datetime = Field(default_factory=now)


class View(Record):
    """A still of a 3D model from one named side."""

    name: str = Field(min_length=1, max_length=40)
    picture: Asset


class Turntable(Record):
    """One full turn of a 3D model."""

    frames: int = Field(ge=2)
    loop: Asset
    """Animated WebP."""
    film: Asset | None = None
    """The same as WebM video, where one could be written."""


class Model3D(Record):
    """A GLB, where it came from, and what is known of its hidden side."""

    id: str
    glb: Asset
    known: str
    """One sentence: which sides are known and which are inferred."""
    figures: dict[str, float] = Field(default_factory=dict)
    """Laid over the master: `iou` of the silhouettes (0..1), `edge_px` (of a frame of 1024), `colour_delta_e`."""
    overlay: Asset | None = None
    """The model's silhouette over the master."""
    views: tuple[View, ...] = ()
    turntable: Turntable | None = None
    created_at: datetime = Field(default_factory=now)

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The GLB and every picture made of it."""
        turn = self.turntable
        found = (
            self.glb,
            self.overlay,
            *(view.picture for view in self.views),
            *((turn.loop, turn.film) if turn else ()),
        )
        return tuple(asset for asset in found if asset is not None)


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
    checks: tuple[Check, ...] = ()
    regions: tuple[Region, ...] = ()
    close_ups: tuple[CloseUp, ...] = ()
    sketches: tuple[Sketch, ...] = ()
    models: tuple[Model3D, ...] = ()
    views: tuple[str, ...] = ()
    """The bench views that make up the set of sheets; none for the master and its close-ups."""
    chosen_sheets: tuple[str, ...] = ()
    """Ids of sketches chosen before newer versions of their sheets."""
    known_length: KnownLength | None = None

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
        found = (self.chosen(region.id) for region in self.regions)
        return tuple(c for c in found if c is not None)

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


class Design(Record):
    """One piece of jewelry under work."""

    id: DesignId
    schema_version: int = SCHEMA
    name: str = Field(min_length=1, max_length=300)
    kind: Kind = "necklace"
    prompt: str = ""
    tags: tuple[str, ...] = ()
    candidates: tuple[Asset, ...] = ()
    branches: tuple[Branch, ...] = ()
    current: int = 0
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)

    @model_validator(mode="after")
    def _current_exists(self) -> Self:
        if self.branches and not 0 <= self.current < len(self.branches):
            raise ValueError("the current branch does not exist")
        return self

    @property
    def branch(self) -> Branch | None:
        """The branch under work, once a master is chosen."""
        return self.branches[self.current] if self.branches else None

    def with_branch(self, branch: Branch) -> "Design":
        """The same design with its current branch replaced."""
        branches = [*self.branches]
        branches[self.current] = branch
        return self.model_copy(update={"branches": tuple(branches)})

    def with_master(self, branch: Branch) -> "Design":
        """The same design with another master: a new branch; the old ones stay."""
        return self.model_copy(update={"branches": (*self.branches, branch), "current": len(self.branches)})

    @property
    def cover(self) -> Asset | None:
        """The picture on the design's card."""
        if self.branch:
            return self.branch.master
        return self.candidates[0] if self.candidates else None

    def assets(self) -> tuple[Asset, ...]:
        """Every asset the design refers to, each once, in a stable order."""
        found: dict[AssetId, Asset] = {a.id: a for a in self.candidates}
        for branch in self.branches:
            for asset in (
                branch.master,
                *(a for c in branch.close_ups for a in (c.crop, c.raw, c.registered, c.locked, c.heatmap)),
                *(a for s in branch.sketches for a in (s.sheet, s.drawing) if a is not None),
                *(a for m in branch.models for a in m.assets),
            ):
                found.setdefault(asset.id, asset)
        return tuple(found.values())
