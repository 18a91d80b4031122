"""Generate: four candidates from a prompt, or an upload; the chosen one becomes the master."""

import json
import re
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field

from pipeline import decoder, framing, images, photo
from pipeline.blank import refuse_blank
from pipeline.decoding import LONGEST_MASTER_PX, Picture
from pipeline.errors import BadInput, Unsupported
from pipeline.jobs import Job
from pipeline.memory import hand_back
from pipeline.prompts import checked_prompt
from pipeline.providers.base import GenerateRequest, Limits, Provider, Watch
from pipeline.records import (
    Asset,
    AssetId,
    Branch,
    Check,
    Design,
    Detail,
    Kind,
    ModelsReading,
    Recipe,
    Region,
    Role,
    kind_shown,
)
from pipeline.stages import read
from pipeline.stages.recipes import recipe_of
from pipeline.stages.tools import StageOrder, Tools
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.atelier.language.prompt import Reading, Refusal
    from pipeline.atelier.spec import Spec

CANDIDATES = 4
DRAFT_PX = 512
MASTER_PX = 2048
CLIPPED = 0.001
"""Share of a picture's pixels outside sRGB from which it is worth a sentence."""

_UPLOAD = Lock()
"""One upload at a time is decoded, stored and measured: a large one takes a third of a small machine's memory."""
_LONGEST_NAME = 255
"""Characters of a file's name that are read; file systems take no longer ones."""
_LONGEST_TITLE = 60
"""Letters of a name that stands whole in title blocks and on cards."""


Side = Annotated[int, Field(ge=256, le=4096)]
"""Side of a square picture in pixels."""


class CandidatesOrder(StageOrder):
    """Candidates from a prompt; with `numbers` only those of the series, which join the ones that are there."""

    verb: Literal["candidates"] = "candidates"
    provider: str
    prompt: Annotated[str, AfterValidator(checked_prompt)]
    kind: Kind
    reader: str = ""
    """Who reads the prompt into the piece, by registry id; empty for the atelier's own reading."""
    chosen: Kind | None = None
    """For a reader: the kind chosen beside the prompt, if any."""
    size: Side
    seed: int = Field(ge=0)
    take: int = Field(default=0, ge=0)
    count: int = Field(default=CANDIDATES, ge=1, le=8)
    numbers: tuple[Annotated[int, Field(ge=0, lt=8)], ...] = ()

    @property
    def parts(self) -> int:
        """One for each candidate."""
        return len(self.numbers) or self.count

    def check(self, tools: Tools) -> None:
        """Refuse a provider or a reader that is not ready, and a reader for one who reads by itself."""
        provider = tools.provider(self.provider, Role.GENERATE)
        if self.reader:
            tools.provider(self.reader, Role.READ)
            if provider.id != tools.atelier.id:
                raise Unsupported(
                    f"{provider.name} reads prompts by itself; a reader is for the atelier.",
                    provider=provider.id,
                )

    def run(self, tools: Tools, job: Job) -> None:
        """One row for each candidate, before them one where a model reads the prompt."""
        provider = tools.provider(self.provider, Role.GENERATE)
        reading = read.read(tools, job, self.reader, self.prompt, self.chosen) if self.reader else None
        if self.reader and reading is None:
            return
        kind = read.kind_read(reading, self.kind) if reading else self.kind
        drawn: dict[int, Asset] = {}

        def one(number: int, watch: Watch) -> None:
            seed = self.seed + number
            request = candidate_request(
                provider, self.prompt, kind=kind, size=self.size, seed=seed, take=self.take
            )
            if reading is not None:
                request = replace(request, origin=read.piece(reading, seed))
            drawn[number] = candidate(tools.store, provider, request, watch, reading=reading)

        named = [(f"Candidate {number + 1}", number) for number in self.numbers or range(self.count)]
        job.each(named, one, place=tools.place(provider, Role.GENERATE))
        shown = [drawn[number] for number in sorted(drawn)]
        if self.numbers:
            for asset in shown:
                add_candidate(tools.store, self.design_id, asset)
        elif shown:
            set_candidates(tools.store, self.design_id, self.prompt, kind, shown)

    def again(self, failed: Sequence[int | str], provider: str) -> Self:
        """The candidates that failed, by this provider."""
        numbers = tuple(number for number in failed if isinstance(number, int))  # a reading has none
        return self.model_copy(update={"numbers": numbers or self.numbers, "provider": provider})


class EditOrder(StageOrder):
    """A draft of an edited piece, from its description; it becomes the first candidate."""

    verb: Literal["edit"] = "edit"
    provider: str
    origin: str = Field(min_length=1)
    placed: str = Field(default="", max_length=20_000)
    """Regions that a master made of it keeps, as `branch.placed` writes them; empty where they are suggested afresh."""

    def check(self, tools: Tools) -> None:
        """Refuse a provider that is not ready."""
        tools.provider(self.provider, Role.GENERATE)

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the draft."""
        provider = tools.provider(self.provider, Role.GENERATE)

        def one(origin: str, watch: Watch) -> None:
            design = tools.store.load(self.design_id)
            kind = described_kind(origin, design.kind)
            request = GenerateRequest(design.prompt, kind, DRAFT_PX, DRAFT_PX, draft=True, origin=origin)
            draft = candidate(tools.store, provider, request, watch, placed=self.placed)
            add_candidate(tools.store, self.design_id, draft)

        job.each([("Draft", self.origin)], one, place=tools.place(provider, Role.GENERATE))

    def left(self, items: Sequence[str]) -> Self | None:
        """Nothing once the draft is there."""
        return self if items else None

    def again(self, failed: Sequence[str], provider: str) -> Self:  # noqa: ARG002 - there is one draft
        """The draft by this provider."""
        return self.model_copy(update={"provider": provider})


class MasterOrder(StageOrder):
    """A candidate made the master, at full size where its maker can."""

    verb: Literal["master"] = "master"
    provider: str
    candidate: AssetId
    size: Side

    @property
    def work(self) -> str:
        """A master of another size takes another time."""
        return f"{super().work} {self.size}"

    def check(self, tools: Tools) -> None:
        """Refuse a provider that is not ready, and a candidate that is not there."""
        tools.provider(self.provider, Role.GENERATE)
        chosen_candidate(tools.store.load(self.design_id), self.candidate)

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the master."""
        provider = tools.provider(self.provider, Role.GENERATE)

        def one(candidate_id: AssetId, watch: Watch) -> None:
            master(tools.store, provider, self.design_id, candidate_id, size=self.size, watch=watch)

        job.each([("Master", self.candidate)], one, place=tools.place(provider, Role.GENERATE))

    def left(self, items: Sequence[AssetId]) -> Self | None:
        """Nothing once the master is there."""
        return self if items else None

    def again(self, failed: Sequence[AssetId], provider: str) -> Self:  # noqa: ARG002 - there is one master
        """The master by this provider."""
        return self.model_copy(update={"provider": provider})


def name_for(prompt: str) -> str:
    """A design's first name: the prompt's opening clause without its article, at most 60 characters.

    A longer clause that the atelier understands to the last word is named as a shop would name the piece.
    """
    clause = re.split(r"[,;:\n]|\.\s", prompt.strip().rstrip("."), maxsplit=1)[0]
    words = re.sub(r"^(an?|the)\s+", "", " ".join(clause.split()), flags=re.IGNORECASE)
    if len(words) > _LONGEST_TITLE:
        reading = _read(prompt)
        if not reading.unknown and reading.refusal is None:
            return _titled(reading)
    short = textwrap.shorten(words, _LONGEST_TITLE, placeholder="…") if len(words) > _LONGEST_TITLE else words
    return (short[:1].upper() + short[1:]) or "Untitled"


def named_kind(name: str) -> Kind | None:
    """The kind of piece a file's name speaks of; None where it names none."""
    return _said_kind(_read(name[:_LONGEST_NAME].replace("_", " ")))


def prompted_kind(prompt: str, standing: Kind | None = None) -> Kind:
    """The kind of piece a prompt speaks of; where it names none, the one `standing`, else the nearest to its words."""
    reading = _read(prompt)
    return _said_kind(reading) or standing or _called(reading.spec)


def described_kind(origin: str, standing: Kind) -> Kind:
    """The kind of piece that a description of the atelier's is of; `standing` for one that is not the atelier's."""
    from pipeline.atelier.spec import Spec

    try:
        return _called(Spec.model_validate_json(origin))
    except ValueError:
        return standing


def refusal(prompt: str, standing: Kind | None = None) -> "Refusal | None":
    """Why the atelier does not make what a prompt asks for as such; `standing` answers one that names no kind."""
    answer = _read(prompt).refusal
    return None if answer is not None and standing is not None and not answer.named else answer


def _read(text: str) -> "Reading":
    from pipeline.atelier.language.prompt import read

    return read(text)


def _titled(reading: "Reading") -> str:
    from pipeline.atelier.language.describe import title

    return title(reading.spec)


def _called(spec: "Spec") -> Kind:
    from pipeline.atelier.spec import called

    return called(spec)


def _said_kind(reading: "Reading") -> Kind | None:
    return _called(reading.spec) if any(chip.slot == "kind" for chip in reading.understood) else None


def candidate_request(
    provider: Provider, prompt: str, *, kind: str, size: int, seed: int, take: int
) -> GenerateRequest:
    """The request for one candidate: a draft where the provider can refine it later, else the full picture."""
    limits = provider.limits[Role.GENERATE]
    side = DRAFT_PX if limits.refines else size
    width, height = framing.nearest_size(limits, side, side)
    return GenerateRequest(
        prompt=prompt, kind=kind, width=width, height=height, seed=seed, draft=limits.refines, take=take
    )


def price_of(
    reckon: Callable[[Role, tuple[int, int], Sequence[tuple[int, int]]], float],
    limits: Limits,
    size: int,
    count: int,
) -> float:
    """US dollars of so many candidates, in the size they will be asked for where `size` px a side are wanted."""
    return reckon(Role.GENERATE, framing.nearest_size(limits, size, size), ()) * count


def candidate(
    store: Store,
    provider: Provider,
    request: GenerateRequest,
    watch: Watch,
    parents: tuple[AssetId, ...] = (),
    *,
    placed: str = "",
    reading: ModelsReading | None = None,
) -> Asset:
    """Ask for one picture and keep it; `parents` are those it descends from, `placed` the regions it is to have.

    `reading` is the model's reading that it is of, where that is not the atelier's own.
    """
    started = time.monotonic()
    answer = provider.run(request, watch)
    pixels = images.decode(answer.data)
    options: dict[str, str | int | bool] = {"seed": request.seed, "kind": request.kind, "take": request.take}
    if reading is not None:
        options |= {
            "reader": f"{reading.name} ({reading.model})"[:300],
            "assumed": " ".join(reading.sentences),
        }
    elif request.origin and request.draft:
        options["edited"] = True
    if placed:
        options["placed"] = placed
    if request.shot:
        options["shot"] = request.shot
    if max(pixels.shape[:2]) < max(request.width, request.height):
        options["asked"] = f"{request.width} x {request.height} px"
    recipe = recipe_of(
        provider,
        Role.GENERATE,
        answer,
        started=started,
        parents=parents,
        prompt=request.prompt,
        origin=answer.origin,
        options=options,
    )
    return store.put_picture(pixels, recipe)


def same_piece(picture: Asset, kind: str, width: int, height: int) -> GenerateRequest:
    """The request for the very piece that a picture shows, at another size; `kind` where its recipe tells none."""
    recipe = picture.recipe
    return GenerateRequest(
        prompt=recipe.prompt,
        kind=str(recipe.options.get("kind", kind)),
        width=width,
        height=height,
        seed=int(recipe.options.get("seed", 0)),
        origin=recipe.origin,
    )


def set_candidates(
    store: Store, design_id: str, prompt: str, kind: Kind, candidates: Sequence[Asset]
) -> Design:
    """Show these candidates for the design from now on."""
    return store.update(
        design_id,
        lambda design: design.model_copy(
            update={"prompt": prompt, "kind": kind, "candidates": tuple(candidates)}
        ),
    )


def add_candidate(store: Store, design_id: str, candidate: Asset) -> Design:
    """Put a further candidate first; the same one is not shown twice."""
    return store.update(
        design_id,
        lambda design: design.model_copy(
            update={"candidates": (candidate, *(c for c in design.candidates if c.id != candidate.id))[:8]}
        ),
    )


def master(
    store: Store, provider: Provider, design_id: str, candidate_id: AssetId, *, size: int, watch: Watch
) -> Design:
    """Make a candidate the master: rendered at full size where the provider can, else as it is."""
    design = store.load(design_id)
    chosen = chosen_candidate(design, candidate_id)
    if not provider.limits[Role.GENERATE].refines:
        return set_master(store, design_id, chosen)
    request = same_piece(chosen, design.kind, size, size)
    refined = candidate(store, provider, request, watch, parents=(chosen.id,))
    regions = _regions_at(str(chosen.recipe.options.get("placed", "[]")), refined)
    whole = whole_shot(store, provider, refined, watch)
    return set_master(store, design_id, refined, regions=regions, whole=whole)


def whole_shot(store: Store, provider: Provider, master: Asset, watch: Watch) -> Asset | None:
    """The whole of a piece whose master shows it close, from its maker; None where no region is cut from one."""
    if master.recipe.provider != provider.id or not any(r.shot for r in _projected_regions(master)):
        return None
    request = replace(same_piece(master, "", master.width, master.height), shot="whole")
    whole = candidate(store, provider, request, watch, parents=(master.id,))
    return whole if (whole.width, whole.height) == (master.width, master.height) else None


def chosen_candidate(design: Design, candidate_id: AssetId) -> Asset:
    """A candidate by its id. Raises BadInput when it is not there any more."""
    for asset in design.candidates:
        if asset.id == candidate_id:
            return asset
    raise BadInput("That candidate is not there any more; choose one of those shown.")


def upload(
    store: Store,
    design_id: str,
    data: bytes,
    longest: int = LONGEST_MASTER_PX,
    kind: Kind | None = None,
) -> Design:
    """Make the user's own picture the master; what was done to its colours and its size stands in the checklist.

    Its longer side is brought to `longest` px where it is larger. The design becomes one of this `kind`, if any is
    said. Raises BadImage, also for a picture with nothing on it.
    """
    with _UPLOAD:
        picture = decoder.decode_master(data, store.folder, longest)
        refuse_blank(picture.pixels)
        design = store.load(design_id)
        options: dict[str, str | int | float | bool] = {"kind": kind or design.kind}
        # The same picture brought again begins anew: its branch is told from the first one by its master's id.
        if take := sum(branch.master.recipe.provider == "upload" for branch in design.branches):
            options["take"] = take
        recipe = Recipe(role="upload", provider="upload", detail="uploaded picture", options=options)
        asset = store.put_picture(picture.pixels, recipe)
        design = _set_master(store, design_id, asset, picture.pixels, _file_checks(picture))
    hand_back()
    return design


def _file_checks(picture: Picture) -> tuple[Check, ...]:
    """What is to be said of the file a picture came in."""
    checks = []
    if picture.profile:
        figure = f"{picture.profile} to sRGB"
        advice = ""
        if picture.outside >= CLIPPED:
            figure += f", {picture.outside:.1%} outside"
            advice = "The most vivid colours are shown as far as sRGB reaches; close-ups are measured against those."
        checks.append(
            Check(name="profile", label="Colour space", figure=figure, ok=not advice, advice=advice)
        )
    if picture.notes:
        checks.append(
            Check(name="file", label="File", figure="see the note", ok=False, advice=" ".join(picture.notes))
        )
    return tuple(checks)


def _size_checks(asset: Asset) -> tuple[Check, ...]:
    """What is to be said of a picture that came smaller than it was asked for."""
    asked = asset.recipe.options.get("asked")
    if not asked:
        return ()
    figure = f"{asset.width} x {asset.height} px came, {asked} was asked for"
    advice = "Its maker gives no more today; close-ups are enlarged from what came."
    return (Check(name="size", label="Size", figure=figure, ok=False, advice=advice),)


def set_master(
    store: Store,
    design_id: str,
    asset: Asset,
    *,
    regions: tuple[Region, ...] = (),
    whole: Asset | None = None,
) -> Design:
    """Begin a new branch from a picture: measure its checklist, place `regions`, or the five suggested ones.

    `whole` is the other shot of the same piece, if the picture shows it close. The very picture that is a master
    already is not made one twice: its branch is the one under work again.
    """
    return _set_master(store, design_id, asset, store.pixels(asset), (), regions, whole)


def _set_master(
    store: Store,
    design_id: str,
    asset: Asset,
    pixels: images.Pixels,
    file_checks: tuple[Check, ...],
    regions: tuple[Region, ...] = (),
    whole: Asset | None = None,
) -> Design:
    kind = kind_shown(asset, store.load(design_id).kind)
    rendered = asset.recipe.detail == Detail.RENDERED.value
    checks = (
        file_checks
        + _size_checks(asset)
        + tuple(
            Check(name=c.name, label=c.label, figure=c.figure, ok=c.ok, advice=c.advice)
            for c in photo.checks.inspect(pixels, hanging=kind == "necklace", alone=rendered)
        )
    )

    def change(design: Design) -> Design:
        if (
            asset.id in (ids := [branch.master.id for branch in design.branches])
            and asset.recipe.provider != "upload"
        ):
            return design.at_branch(ids.index(asset.id))
        placed = tuple(
            r for r in regions or suggested_regions(asset, pixels, kind) if whole is not None or not r.shot
        )
        return design.with_master(Branch(master=asset, whole=whole, checks=checks, regions=placed))

    return store.update(design_id, change)


def suggested_regions(asset: Asset, pixels: images.Pixels, kind: Kind) -> tuple[Region, ...]:
    """Five regions: where the maker's own geometry says they are, else found in the picture."""
    return _projected_regions(asset) or tuple(
        Region(id=_slug(s.label), label=s.label, x=s.x, y=s.y, width=s.width, height=s.height)
        for s in photo.suggest.suggest_as_seen(pixels, kind)
    )


def _projected_regions(asset: Asset) -> tuple[Region, ...]:
    """Regions the provider placed by projecting its geometry, kept in the recipe as fractions of the frame."""
    return _regions_at(str(asset.recipe.options.get("regions", "[]")), asset)


def _regions_at(written: str, asset: Asset) -> tuple[Region, ...]:
    fractions: list[dict[str, Any]] = json.loads(written)
    return tuple(
        Region(
            id=r.get("id") or _slug(r["label"]),
            label=r["label"],
            x=round(r["x"] * asset.width),
            y=round(r["y"] * asset.height),
            width=round(r["width"] * asset.width),
            height=round(r["height"] * asset.height),
            shot="whole" if r.get("shot") else "",
        )
        for r in fractions
    )


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or "region"
