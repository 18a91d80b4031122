"""The routes of what there is: designs, their assets and documents, and the few changes that are no work."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from pipeline.api import answers, bodies
from pipeline.api.access import Calling
from pipeline.api.answers import PRIVATE, Answer
from pipeline.api.problems import Refusal, Responses, documented
from pipeline.errors import BadInput
from pipeline.images import content_id
from pipeline.records import AssetId, Design, Kind, Role
from pipeline.stages import crop, enhance
from pipeline.stages.branch import branch_of

DesignId = Annotated[str, Path(pattern="^[0-9a-z]{1,40}$", examples=["k3m9qd7w2x"])]
IMMUTABLE = "private, max-age=31536000, immutable"
_MOST = 200

router = APIRouter(tags=["designs"])
_FILE = {"schema": {"type": "string", "format": "binary"}}
_PICTURES = dict.fromkeys(("image/png", "image/jpeg", "image/webp", "model/gltf-binary", "video/webm"), _FILE)
_ASSETS = {
    **answers.OCTETS,
    **_PICTURES,
    "image/svg+xml": _FILE,
    "application/pdf": _FILE,
    "application/json": {"schema": {}},
}
_UNCHANGED: Responses = {304: {"description": "It is what you have."}}


class Listed(BaseModel):
    """A design as a list shows it."""

    id: str
    name: str
    kind: Kind
    prompt: str
    tags: tuple[str, ...]
    cover: AssetId | None
    has_master: bool
    close_ups: int
    sketches: int
    has_model: bool
    size_bytes: int
    updated_at: str
    damage: str
    """What is wrong with its record; empty for a healthy one."""


class Designs(BaseModel):
    """Designs, last worked on first."""

    designs: list[Listed]
    total: int


class Maker(BaseModel):
    """Somebody who can do one or more of the four jobs."""

    id: str
    name: str
    ready: bool
    trouble: str
    """Why it is not ready; empty where it is."""
    prices_usd: dict[Role, float]
    """Estimated price of one piece of each job it does."""


class Makers(BaseModel):
    """Everyone who can be asked."""

    providers: list[Maker]


@router.get("/providers", responses=documented(), response_model=Makers)
def providers(caller: Calling) -> Makers:
    """List who can generate, enhance, sketch or model, and what that is estimated to cost."""
    return Makers(
        providers=[
            Maker(
                id=row.id,
                name=row.name,
                ready=row.ready,
                trouble="" if row.ready else row.trouble or f"needs {row.missing}",
                prices_usd={role: limits.price_usd for role, limits in row.limits.items()},
            )
            for row in caller.bench.registry.rows()
        ]
    )


@router.get("/designs", responses=documented(), response_model=Designs)
def designs(
    caller: Calling,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    word: Annotated[str, Query(max_length=200, description="In the name, the prompt or a tag.")] = "",
) -> Designs:
    """List designs, last worked on first."""
    sought = word.strip().lower()
    rows = [
        row
        for row in caller.bench.store.summaries()
        if sought in " ".join((row.name, row.prompt, *row.tags)).lower()
    ]
    page = [
        Listed(
            cover=row.cover.id if row.cover else None,
            updated_at=row.updated_at.isoformat(),
            **row.model_dump(exclude={"cover", "updated_at", "attempts"}),
        )
        for row in rows[offset : offset + limit]
    ]
    return Designs(designs=page, total=len(rows))


@router.post(
    "/designs",
    status_code=201,
    responses={201: {"model": Answer, "description": "It is here now."}, **documented(400, 413, 415, 507)},
    openapi_extra=bodies.described_file("archive"),
)
async def take_in(request: Request, caller: Calling) -> Response:
    """Take in a `.loupe` archive; its figures are measured again here."""
    body = await bodies.read(request, bodies.Form, "archive")
    archive = body.files.get("archive")
    if archive is None:
        raise BadInput("There is no archive in this call; send a .loupe file as `archive`.")
    design = await run_in_threadpool(caller.bench.import_design, archive)
    answer = answers.designed(design)
    answer.status_code = 201
    return answer


@router.get(
    "/designs/{design_id}",
    responses={200: {"model": Design}, **_UNCHANGED, **documented(404)},
    response_class=Response,
)
def design(request: Request, caller: Calling, design_id: DesignId) -> Response:
    """Tell all of a design: its branches, close-ups with their figures, sheets and models."""
    data = caller.bench.store.load(design_id).model_dump_json().encode()
    tag = f'"{content_id(data)[:32]}"'
    headers = {"ETag": tag, **PRIVATE}
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)


@router.delete("/designs/{design_id}", status_code=204, responses=documented(404, 507))
def throw_away(caller: Calling, design_id: DesignId) -> Response:
    """Move a design to the trash, from which the gallery brings it back."""
    caller.bench.require_editor()
    caller.bench.store.delete(design_id)
    return Response(status_code=204)


@router.put(
    "/designs/{design_id}/regions",
    responses={200: {"model": Answer}, **documented(400, 404, 413, 415, 507)},
    openapi_extra=bodies.described(
        bodies.Regions,
        {"regions": [{"id": "stone", "label": "Stone", "x": 700, "y": 300, "width": 600, "height": 600}]},
    ),
)
async def place_regions(request: Request, caller: Calling, design_id: DesignId) -> Response:
    """Place the master's regions anew, in its pixels; close-ups that were made stay."""
    body = await bodies.read(request, bodies.Regions)

    def placed() -> Design:
        caller.bench.require_editor()
        return crop.edit_regions(caller.bench.store, design_id, lambda _: body.form.regions)

    return answers.designed(await run_in_threadpool(placed))


@router.put(
    "/designs/{design_id}/close-ups/{close_up_id}",
    responses={200: {"model": Answer}, **documented(400, 404, 413, 415, 507)},
    openapi_extra=bodies.described(bodies.Decision, {"decision": "accepted"}),
)
async def decide(
    request: Request, caller: Calling, design_id: DesignId, close_up_id: Annotated[str, Path(max_length=80)]
) -> Response:
    """Accept or reject a close-up; the gate's thresholds may follow such decisions."""
    body = await bodies.read(request, bodies.Decision)

    def decided() -> Design:
        caller.bench.require_editor()
        branch = branch_of(caller.bench.store.load(design_id))
        if close_up_id not in {each.id for each in branch.close_ups}:
            raise Refusal(404, "This master has no such close-up.")
        return enhance.decide(caller.bench.store, design_id, close_up_id, body.form.decision)

    return answers.designed(await run_in_threadpool(decided))


@router.get(
    "/designs/{design_id}/exports/{document}",
    responses={200: {"description": "The document.", "content": answers.DOCUMENTED}, **documented(404)},
    response_class=Response,
)
def export(caller: Calling, design_id: DesignId, document: bodies.Document) -> Response:
    """Hand out a document that was made of the design as it is now; `POST /showcase` makes it."""
    return answers.document(caller.bench, caller.bench.store.load(design_id), document)


@router.get(
    "/assets/{asset_id}",
    responses={
        200: {"description": "The bytes.", "content": _ASSETS},
        206: {"description": "The part asked for by `Range`.", "content": _ASSETS},
        416: {"description": "There is no such part.", "content": {"text/plain": {}}},
        **_UNCHANGED,
        **documented(400, 404),
    },
    response_class=Response,
)
def asset(
    request: Request,
    caller: Calling,
    asset_id: Annotated[str, Path(pattern="^[0-9a-f]{64}$", examples=["0f" * 32])],
) -> Response:
    """Send a picture, a model or a film by its sha256; it never changes."""
    tag = f'"{asset_id}"'
    headers = {"ETag": tag, "Cache-Control": IMMUTABLE}
    file = caller.bench.store.file(asset_id)
    if file is None:
        raise Refusal(404, f"There is no asset {asset_id[:12]}… here.")
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    path, kind = file
    _forget_unknown_range(request)
    if kind in {
        "image/svg+xml",
        "application/json",
    }:  # shown as what it is by no browser: it may carry scripts
        headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return FileResponse(path, media_type=kind, headers={**headers, "X-Content-Type-Options": "nosniff"})


_PART = rb"\s*(?:\d{1,18}-\d{0,18}|-\d{1,18})\s*"
_RANGE = re.compile(rb"bytes=" + _PART + rb"(?:," + _PART + rb")*", re.IGNORECASE)


def _forget_unknown_range(request: Request) -> None:
    """Drop a `Range` of another unit or form, which HTTP has be passed over (RFC 9110, 14.2): all of it is sent."""
    request.scope["headers"] = [
        (name, value) for name, value in request.scope["headers"] if name != b"range" or _is_range(value)
    ]


def _is_range(value: bytes) -> bool:
    if not _RANGE.fullmatch(value):
        return False
    bounds = [part.strip().split(b"-") for part in value.partition(b"=")[2].split(b",")]
    return all(not first or not last or int(first) <= int(last) for first, last in bounds)


def _has(request: Request, tag: str) -> bool:
    """Whether the caller has this state already."""
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return tag in known or known == ["*"]
