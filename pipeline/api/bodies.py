"""What the bodies of calls say: the pages' orders, with the defaults the pages' forms have.

A body is JSON, or multipart where files go along; there a field is text, a number, or JSON for a list. What is ordered
is checked by the order itself (`pipeline.orders`); a form only spares a caller what can be told from the design.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Request
from pydantic import Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from pipeline.api.problems import Refusal
from pipeline.drawing import PaperName, Style
from pipeline.errors import BadInput, BadPrompt
from pipeline.images import MAX_BYTES
from pipeline.jobs import fault_in_words
from pipeline.orders import (
    CandidatesOrder,
    EnhanceOrder,
    HandOutOrder,
    MasterOrder,
    ModelOrder,
    ReadOrder,
    SketchOrder,
    WholeSetOrder,
)
from pipeline.prompts import ENHANCE, MAX_PROMPT_CHARS, SKETCH, checked_prompt
from pipeline.records import AssetId, Design, Dial, Kind, Record, Region, Role
from pipeline.stages import generate
from pipeline.stages.branch import branch_of
from pipeline.stages.generate import Side, chosen_candidate, prompted_kind
from pipeline.workbench import Workbench

JSON_BYTES = 1_000_000
"""The largest body without files."""
BODY_BYTES = 2 * MAX_BYTES + JSON_BYTES
"""The largest with: two files and what is said of them."""

DesignId = Annotated[str, Field(pattern="^[0-9a-z]{1,40}$", examples=["k3m9qd7w2x"])]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0f" * 32])]
Prompt = Annotated[str, Field(max_length=MAX_PROMPT_CHARS, examples=["a platinum ring with a 1 ct sapphire"])]
Maker = Annotated[str, Field(max_length=80, examples=["atelier"])]
"""A provider's id, as `GET /providers` lists them."""
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Take = Annotated[int, Field(ge=0, lt=2**31)]
Strength = Annotated[float, Field(ge=0, le=4)]
Document = Literal["page", "dossier", "archive", "shop"]


class Form(Record):
    """A body's fields."""


F = TypeVar("F", bound=Form)


class Begin(Form):
    """Where a master comes from, and in which design it is kept."""

    prompt: Prompt = ""
    design_id: DesignId | None = None
    """The design to fill; a new one where it is left out."""
    name: Annotated[str, Field(max_length=300)] = ""
    """What a new design is called; after its prompt where it is left out."""
    kind: Kind | None = None
    """What the prompt says, where it is left out."""
    size: Side = generate.MASTER_PX
    seed: Seed = 0
    provider: Maker = "atelier"
    reader: Maker = ""
    """Who reads the prompt, of those that `read`; left out, the atelier does."""

    def candidates(self, design: Design, count: int) -> CandidatesOrder:
        """The order for candidates. Raises BadPrompt, also for a piece the atelier does not make."""
        prompt = checked_prompt(self.prompt)
        if self.provider == "atelier" and self.kind is None and not self.reader:
            refusal = generate.refusal(prompt, design.kind if self.design_id else None)
            if refusal is not None:
                raise BadPrompt(refusal.sentence)
        return CandidatesOrder(
            design_id=design.id,
            provider=self.provider,
            prompt=prompt,
            kind=self.kind or prompted_kind(prompt, design.kind if self.design_id else None),
            size=self.size,
            seed=self.seed,
            count=count,
            reader=self.reader,
            chosen=self.kind if self.reader else None,
        )


class Read(Form):
    """A prompt to be read by a model."""

    prompt: Prompt
    provider: Maker
    """Who reads it, of those that `read`."""
    design_id: DesignId | None = None
    """The design that keeps the reading; a new one where it is left out."""
    name: Annotated[str, Field(max_length=300)] = ""
    kind: Kind | None = None

    def order(self, design: Design) -> ReadOrder:
        """The order for the reading. Raises BadPrompt."""
        return ReadOrder(
            design_id=design.id, provider=self.provider, prompt=checked_prompt(self.prompt), kind=self.kind
        )


class Generate(Begin):
    """Candidates from a prompt; with a `picture` that picture becomes the master instead."""

    count: int = Field(default=generate.CANDIDATES, ge=1, le=8)
    take: Take = 0

    def order(self, design: Design) -> CandidatesOrder:
        """The order for candidates. Raises BadPrompt."""
        return self.candidates(design, self.count).model_copy(update={"take": self.take})


class Master(Form):
    """One of the candidates made the master."""

    design_id: DesignId
    candidate: Sha256 | None = None
    """The candidate's asset id; the first candidate where it is left out."""
    size: Side = generate.MASTER_PX

    def order(self, design: Design) -> MasterOrder:
        """The order for the master, by who made the candidate. Raises BadInput where there is none."""
        if not design.candidates:
            raise BadInput("This design has no candidates; generate some first.")
        chosen = design.candidates[0]
        if self.candidate is not None:
            chosen = chosen_candidate(design, AssetId(self.candidate))
        return MasterOrder(
            design_id=design.id, provider=chosen.recipe.provider, candidate=chosen.id, size=self.size
        )


class Enhance(Form):
    """Close-ups of the master's regions."""

    design_id: DesignId
    provider: Maker = ""
    """Who makes them; the best without a key where it is left out."""
    regions: tuple[Annotated[str, Field(max_length=80)], ...] = Field(default=(), max_length=12)
    """Ids of regions; all of them where it is left out."""
    factor: int = Field(default=4, ge=2, le=4)
    prompt: Prompt = ENHANCE
    dial: Dial = "strict"
    take: Take = 0
    with_master: bool = True

    def order(self, bench: Workbench, design: Design) -> EnhanceOrder:
        """The order for close-ups. Raises BadInput for a region that is not there."""
        regions = {region.id: region for region in branch_of(design).regions}
        for name in self.regions:
            if name not in regions:
                raise BadInput(
                    f"There is no region “{name}”; this master has {', '.join(regions) or 'none'}."
                )
        return EnhanceOrder(
            design_id=design.id,
            provider=self.provider or bench.home_provider(design, Role.ENHANCE),
            regions=tuple(regions[name] for name in dict.fromkeys(self.regions or regions)),
            factor=self.factor,
            prompt=self.prompt,
            dial=self.dial,
            take=self.take,
            with_master=self.with_master,
        )


class SketchForm(Form):
    """Technical sheets of the master and its close-ups, or of bench views."""

    design_id: DesignId
    provider: Maker = ""
    prompt: Prompt = SKETCH
    views: tuple[Annotated[str, Field(max_length=40)], ...] | None = Field(default=None, max_length=6)
    """Bench views by name, `[]` for the master and its close-ups; as the design has them where it is left out."""
    numbers: tuple[Annotated[int, Field(ge=1, le=100)], ...] = Field(default=(), max_length=12)
    """Numbers of sheets; all of them where it is left out."""
    style: Style = "pencil"
    weight: Strength = 1.0
    darkness: Strength = 1.0
    grain: Strength = 1.0
    paper: PaperName = "A4"
    take: Take = 0

    def order(self, bench: Workbench, design: Design) -> SketchOrder:
        """The order for sheets."""
        return SketchOrder(
            design_id=design.id,
            provider=self.provider or bench.home_provider(design, Role.SKETCH),
            prompt=self.prompt,
            views=branch_of(design).views if self.views is None else self.views,
            numbers=self.numbers,
            style=self.style,
            weight=self.weight,
            darkness=self.darkness,
            grain=self.grain,
            paper=self.paper,
            take=self.take,
        )


class ModelForm(Form):
    """The 3D model by a provider, or your own GLB as `model`."""

    design_id: DesignId
    provider: Maker = ""
    take: Take = 0

    def order(self, bench: Workbench, design: Design) -> ModelOrder:
        """The order for a model by a provider."""
        provider = self.provider or bench.home_provider(design, Role.MODEL)
        return ModelOrder(design_id=design.id, provider=provider, take=self.take)


class WholeSet(Begin):
    """Everything a design lacks, from its master, a prompt or a `picture`."""

    enhancer: Maker = ""
    sketcher: Maker = ""
    modeler: Maker = ""
    factor: int = Field(default=4, ge=2, le=4)
    style: Style = "pencil"

    def order(self, bench: Workbench, design: Design) -> WholeSetOrder:
        """The order for all that is missing; from the prompt where there is one. Raises BadInput without a master."""
        start = self.candidates(design, 1) if self.prompt else None
        if start is None:
            branch_of(design)
        makers = {"enhancer": self.enhancer, "sketcher": self.sketcher, "modeler": self.modeler}
        chosen = {part: maker for part, maker in makers.items() if maker}
        how = {"factor": self.factor, "style": self.style}
        return bench.whole_set(design, start).model_copy(update={**chosen, **how})


class Showcase(Form):
    """A document of the whole design: one HTML page, a PDF dossier, a `.loupe` archive, or the shop set."""

    design_id: DesignId
    document: Document = "page"

    def order(self, design: Design) -> HandOutOrder:
        """The order for the document."""
        return HandOutOrder.model_validate({"design_id": design.id, "verb": f"export-{self.document}"})


class Pair(Form):
    """A crop and its enhanced picture: ids of assets, or the files themselves as `crop` and `enhanced`."""

    crop: Sha256 | None = None
    enhanced: Sha256 | None = None


class Regions(Form):
    """The regions of a master, in its pixels."""

    regions: tuple[Region, ...] = Field(min_length=1, max_length=12)


class Decision(Form):
    """What a reviewer thinks of a close-up."""

    decision: Literal["", "accepted", "rejected"]


@dataclass(frozen=True)
class Body(Generic[F]):
    """What came in: the form, the files by field, and a print of both that tells one call from another."""

    form: F
    files: Mapping[str, bytes]
    digest: str


async def read(request: Request, form: type[F], *files: str) -> Body[F]:
    """Read a call's body as JSON or multipart. Raises Refusal and BadInput."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    contents: dict[str, bytes] = {}
    if kind == "application/json":
        fields = _parsed(await request.body())
    elif kind == "multipart/form-data" and files:
        fields, contents = await _parts(request, files)
    else:
        forms = "application/json or multipart/form-data" if files else "application/json"
        raise Refusal(415, f"A body of this kind is not read here; send {forms}.")
    try:
        read_form = form.model_validate(fields)
    except ValidationError as error:
        raise BadInput(fault_in_words(error).replace("order it again from its page", "add it")) from error
    stamp = hashlib.sha256(f"{request.url.path} {read_form.model_dump_json()}".encode())
    for name, data in sorted(contents.items()):
        stamp.update(f"{name} {hashlib.sha256(data).hexdigest()}".encode())
    return Body(read_form, contents, stamp.hexdigest())


def _parsed(data: bytes) -> Any:
    try:
        fields = json.loads(data)
        json.dumps(
            fields, ensure_ascii=False
        ).encode()  # half a character is refused: nothing can be written with it
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "This body is no whole JSON.") from error
    if not isinstance(fields, dict):
        raise BadInput("A body is an object with the fields its description names.")
    return fields


async def _parts(request: Request, names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, bytes]]:
    fields: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    try:
        async with request.form(max_files=len(names), max_fields=40, max_part_size=JSON_BYTES) as parts:
            for name, part in parts.multi_items():
                if isinstance(part, UploadFile):
                    if name not in names:
                        raise BadInput(
                            f"There is no file “{name[:60]}” in this call; send {' or '.join(names)}."
                        )
                    files[name] = await part.read()
                    if len(files[name]) > MAX_BYTES:
                        raise Refusal(413, f"A file has at most {MAX_BYTES // 1_000_000} MB.")
                else:
                    fields[name] = _value(part)
    except (MultiPartException, HTTPException) as error:
        raise Refusal(400, "This body is no whole multipart form.") from error
    return fields, {name: data for name, data in files.items() if data}


def _value(text: str) -> Any:
    """A field of a multipart form: JSON for a list, nothing for `null`, else its text."""
    if text == "null":
        return None
    if not text.startswith("["):
        return text
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return text
    return value


FORMS: tuple[type[Form], ...] = (
    Read,
    Generate,
    Master,
    Enhance,
    SketchForm,
    ModelForm,
    WholeSet,
    Showcase,
    Pair,
    Regions,
    Decision,
)


def described(
    form: type[Form], example: Mapping[str, Any], *files: str, needed: bool = True
) -> dict[str, Any]:
    """The body of an operation, for its description; `files` may go along in multipart."""
    schema = {"$ref": f"#/components/schemas/{form.__name__}"}
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": dict(example)}}
    if files:
        binary = {name: {"type": "string", "format": "binary"} for name in files}
        fields = form.model_json_schema(ref_template="#/components/schemas/{model}")
        properties = {**fields["properties"], **binary}
        content["multipart/form-data"] = {
            "schema": {
                "type": "object",
                "properties": properties,
                "required": fields.get("required", []),
                "additionalProperties": False,
            }
        }
    return {"requestBody": {"required": needed, "content": content}}


def described_file(name: str) -> dict[str, Any]:
    """The body of an operation that takes one file and nothing else."""
    schema = {
        "type": "object",
        "properties": {name: {"type": "string", "format": "binary"}},
        "required": [name],
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
