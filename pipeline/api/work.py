"""The routes that order work: the six verbs, the whole set, and the gate's two tools."""

import secrets
import threading
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from pipeline import decoder, fidelity, images
from pipeline.api import answers, bodies, idempotency
from pipeline.api.access import Caller, Calling
from pipeline.api.answers import DOCUMENTED, LONGEST_WAIT_S, OCTETS, Answer
from pipeline.api.problems import Refusal, documented
from pipeline.errors import BadImage, LoupeError, RateLimited, UnknownDesign
from pipeline.images import Pixels
from pipeline.jobs import Job, Order
from pipeline.orders import WholeSetOrder
from pipeline.prompts import checked_prompt
from pipeline.records import Design, DesignId
from pipeline.stages import generate
from pipeline.stages.tools import StageOrder
from pipeline.store import id_from
from pipeline.workbench import Workbench

MOST_COMPARED_PX = 20_000_000
"""Pixels of a picture that is compared or locked."""
_PATIENCE_S = 60.0
_COMPARING = threading.BoundedSemaphore(1)
"""One pair at a time is held in memory."""

Wait = Annotated[
    float,
    Query(ge=0, le=LONGEST_WAIT_S, description="Seconds to wait for the answer itself before answering 202."),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="The same key and call, sent again within a day, is carried out once.",
    ),
]
Prepare = Callable[[str], tuple[str, StageOrder | None]]
"""From the id a new design shall have, the design's id and what is to be ordered on it."""

router = APIRouter(tags=["work"])
_BEGUN = {
    200: {"model": Answer, "description": "It was done in time."},
    202: {
        "model": Answer,
        "description": "It goes on; its job tells how far it is.",
        "headers": {
            "Location": {"schema": {"type": "string"}},
            "Retry-After": {"schema": {"type": "string"}},
        },
    },
    **documented(400, 402, 404, 409, 413, 415, 502, 507),
}
_CALLED = "a platinum ring with a 1 ct sapphire"
_DESIGN = {"design_id": "k3m9qd7w2x"}


@router.post(
    "/generate",
    responses=_BEGUN,
    openapi_extra=bodies.described(bodies.Generate, {"prompt": _CALLED, "count": 4}, "picture"),
)
async def begin(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Make candidates from a prompt, in a new design or a given one; or make a picture of yours the master."""
    body = await bodies.read(request, bodies.Generate, "picture")
    picture = body.files.get("picture")

    def prepare(fresh: str) -> tuple[str, StageOrder | None]:
        if picture is not None:
            return _with_picture(caller.bench, body.form, fresh, picture).id, None
        return _with_words(caller.bench, body.form, fresh, body.form.order)

    return await _carried_out(request, caller, body, prepare, wait, key)


@router.post(
    "/read",
    responses=_BEGUN,
    openapi_extra=bodies.described(bodies.Read, {"prompt": _CALLED, "provider": "openai-reader"}),
)
async def read(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Have a model read a prompt; the design keeps its `reading`, and `/generate` with that `reader` uses it."""
    body = await bodies.read(request, bodies.Read)

    def prepare(fresh: str) -> tuple[str, StageOrder | None]:
        return _with_words(caller.bench, body.form, fresh, body.form.order)

    return await _carried_out(request, caller, body, prepare, wait, key)


@router.post(
    "/master", responses=_BEGUN, openapi_extra=bodies.described(bodies.Master, {**_DESIGN, "size": 2048})
)
async def choose_master(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Make a candidate the master, at full size where its maker can."""
    body = await bodies.read(request, bodies.Master)
    return await _carried_out(
        request, caller, body, _on_design(caller, body.form.design_id, body.form.order), wait, key
    )


@router.post(
    "/enhance", responses=_BEGUN, openapi_extra=bodies.described(bodies.Enhance, {**_DESIGN, "factor": 4})
)
async def enhance(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Make close-ups of the master's regions; each is measured against the master and locked to it."""
    body = await bodies.read(request, bodies.Enhance)

    def order(design: Design) -> StageOrder:
        return body.form.order(caller.bench, design)

    return await _carried_out(
        request, caller, body, _on_design(caller, body.form.design_id, order), wait, key
    )


@router.post(
    "/sketch",
    responses=_BEGUN,
    openapi_extra=bodies.described(bodies.SketchForm, {**_DESIGN, "style": "pencil"}),
)
async def sketch(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Draw the technical sheets of the master and its close-ups, or bench views."""
    body = await bodies.read(request, bodies.SketchForm)

    def order(design: Design) -> StageOrder:
        return body.form.order(caller.bench, design)

    return await _carried_out(
        request, caller, body, _on_design(caller, body.form.design_id, order), wait, key
    )


router.add_api_route(
    "/fix",
    sketch,
    methods=["POST"],
    responses=_BEGUN,
    openapi_extra=bodies.described(bodies.SketchForm, _DESIGN),
    summary="The same as /sketch",
    operation_id="fix",
)


@router.post("/model", responses=_BEGUN, openapi_extra=bodies.described(bodies.ModelForm, _DESIGN, "model"))
async def model(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Make the 3D model, or take in a GLB of yours, and lay it over the master."""
    body = await bodies.read(request, bodies.ModelForm, "model")
    glb = body.files.get("model")

    def order(design: Design) -> StageOrder:
        if glb is not None:
            return caller.bench.own_model(design.id, glb)
        return body.form.order(caller.bench, design)

    return await _carried_out(
        request, caller, body, _on_design(caller, body.form.design_id, order), wait, key
    )


@router.post(
    "/set",
    responses=_BEGUN,
    openapi_extra=bodies.described(bodies.WholeSet, {"prompt": _CALLED, "size": 2048}, "picture"),
)
async def whole_set(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Make everything a design lacks: master, close-ups, sheets, model; from a prompt or a picture too."""
    body = await bodies.read(request, bodies.WholeSet, "picture")
    picture = body.files.get("picture")

    def prepare(fresh: str) -> tuple[str, StageOrder | None]:
        if picture is None:
            return _with_words(caller.bench, body.form, fresh, partial(body.form.order, caller.bench))
        design = _with_picture(caller.bench, body.form, fresh, picture)
        return design.id, body.form.model_copy(update={"prompt": ""}).order(caller.bench, design)

    return await _carried_out(request, caller, body, prepare, wait, key)


@router.post(
    "/showcase",
    responses={
        **_BEGUN,
        200: {
            "description": "The document, or the design where it was made long ago.",
            "content": DOCUMENTED,
        },
    },
    openapi_extra=bodies.described(bodies.Showcase, {**_DESIGN, "document": "page"}),
)
async def showcase(request: Request, caller: Calling, wait: Wait = 0, key: Key = None) -> Response:
    """Make the whole design one document: a page, a PDF dossier, an archive, or the shop's pictures."""
    body = await bodies.read(request, bodies.Showcase)
    return await _carried_out(
        request, caller, body, _on_design(caller, body.form.design_id, body.form.order), wait, key
    )


_PAIR = {"crop": "0f" * 32, "enhanced": "1e" * 32}
_GATE = documented(400, 404, 409, 413, 415)


@router.post(
    "/compare",
    responses={
        200: {
            "description": "The gate's figures.",
            "content": {
                "application/json": {
                    "schema": {"type": "object", "required": ["verdict", "raw_verdict", "drift", "reasons"]}
                }
            },
        },
        **_GATE,
    },
    openapi_extra=bodies.described(bodies.Pair, _PAIR, "crop", "enhanced"),
)
async def compare(request: Request, caller: Calling) -> Response:
    """Measure an enhanced picture against its crop: the verdict, the reasons, the figures."""

    def measured(crop: Pixels, enhanced: Pixels) -> Response:
        return JSONResponse(fidelity.compare(crop, enhanced).to_dict())

    return await _of_pair(request, caller, measured)


@router.post(
    "/lock",
    responses={
        200: {
            "description": "The picture.",
            "content": {**OCTETS, "image/png": {"schema": {"type": "string", "format": "binary"}}},
        },
        **_GATE,
    },
    response_class=Response,
    openapi_extra=bodies.described(bodies.Pair, _PAIR, "crop", "enhanced"),
)
async def lock(request: Request, caller: Calling) -> Response:
    """Make an enhanced picture agree with its crop."""

    def locked(crop: Pixels, enhanced: Pixels) -> Response:
        return Response(images.encode_png(fidelity.lock(crop, enhanced)), media_type="image/png")

    return await _of_pair(request, caller, locked)


def submit(caller: Caller, order: StageOrder) -> Job:
    """Begin work. Raises Refusal (409) while other work of the kind is under way on the design."""
    order = order.given(caller.bench.store.load(order.design_id))
    job = caller.bench.submit(order, person=caller.person)
    if job.order is not order and _gist(job.order) != _gist(order):
        raise Refusal(
            409,
            "Other work of this kind is under way on the design.",
            remedy=f"Wait for it at /api/jobs/{job.order.key}, or cancel it there.",
        )
    return job


def _gist(order: Order) -> Order:
    """What an order asks for; the whole set's is the same once its master is made."""
    begun_from = {"start": None, "master": None}
    return order.model_copy(update=begun_from) if isinstance(order, WholeSetOrder) else order


async def _carried_out(
    request: Request, caller: Caller, body: bodies.Body[Any], prepare: Prepare, wait_s: float, key: str | None
) -> Response:
    design_id, job = await run_in_threadpool(_begun, caller, body.digest, prepare, key)
    return await answers.answer(request, caller.bench, design_id, job, wait_s)


def _begun(caller: Caller, digest: str, prepare: Prepare, key: str | None) -> tuple[str, Job | None]:
    if key is None:
        design_id, order = prepare(id_from(secrets.token_hex()))
        return design_id, submit(caller, order) if order else None
    folder = caller.bench.settings.data_dir / "idempotency"
    replica = caller.bench.replica
    bucket = replica.bucket if replica is not None else None
    with idempotency.hold(folder, caller.person, key, digest, bucket) as held:
        entry = held.entry()
        if entry is not None and entry.begun:
            return entry.design_id, _job_of(caller.bench, entry)
        if entry is None:
            design_id, order = prepare(id_from(held.name))
            if order is not None:  # as it will be carried out, so that a repeat of the call is known again
                order = order.given(caller.bench.store.load(design_id))
            fields = {"digest": digest, "design_id": design_id, "order": order, "begun": order is None}
            entry = held.write(idempotency.Entry.model_validate(fields))
        if not isinstance(entry.order, StageOrder):
            return entry.design_id, None
        try:
            job = submit(caller, entry.order)
        except LoupeError:
            held.forget(entry)
            raise
        held.begin(entry)
        return entry.design_id, job


def _job_of(bench: Workbench, entry: idempotency.Entry) -> Job | None:
    """The work that a key began; None where its turn is past and other work of the kind came after it."""
    job = bench.jobs.find(entry.design_id, entry.order.verb) if entry.order else None
    return job if job is not None and entry.order and _gist(job.order) == _gist(entry.order) else None


def _on_design(caller: Caller, design_id: str, order: Callable[[Design], StageOrder]) -> Prepare:
    """Prepare work on a design that is there."""

    def prepare(_: str) -> tuple[str, StageOrder | None]:
        design = caller.bench.store.load(design_id)
        return design.id, order(design)

    return prepare


def _design_for(bench: Workbench, form: bodies.Begin | bodies.Read, fresh: str) -> tuple[Design, bool]:
    """The design to fill: the one named, or a new one; and whether it is kept already, also by an earlier try."""
    bench.require_editor()
    try:
        return bench.store.load(form.design_id or fresh), True
    except UnknownDesign:
        if form.design_id:
            raise
    prompt = checked_prompt(form.prompt) if form.prompt else ""
    kind = form.kind or (generate.prompted_kind(prompt) if prompt else "ring")
    name = form.name or generate.name_for(prompt)
    return Design(id=DesignId(fresh), name=name, kind=kind, prompt=prompt), False


def _create(bench: Workbench, design: Design) -> None:
    bench.store.create(design.name, kind=design.kind, prompt=design.prompt, design_id=design.id)


def _with_words(
    bench: Workbench,
    form: bodies.Begin | bodies.Read,
    fresh: str,
    order_for: Callable[[Design], StageOrder],
) -> tuple[str, StageOrder]:
    """A design and what is ordered on it from a prompt; nothing is kept of what cannot be ordered."""
    design, kept = _design_for(bench, form, fresh)
    order = order_for(design)
    bench.check(order)
    if not kept:
        _create(bench, design)
    return design.id, order


def _with_picture(bench: Workbench, form: bodies.Begin, fresh: str, picture: bytes) -> Design:
    """A design whose master is the caller's own picture."""
    design, kept = _design_for(bench, form, fresh)
    if design.id == fresh and design.branch is not None:  # an earlier try came as far as this
        return design
    images.dimensions(picture)
    if not kept:
        _create(bench, design)
    try:
        return bench.upload_master(design.id, picture, form.kind or design.kind)
    except BadImage:
        if not kept:
            bench.store.delete(design.id)
        raise


async def _of_pair(request: Request, caller: Caller, work: Callable[[Pixels, Pixels], Response]) -> Response:
    body = await bodies.read(request, bodies.Pair, "crop", "enhanced")
    caller.bench.require_editor()

    def worked() -> Response:
        if not _COMPARING.acquire(timeout=_PATIENCE_S):
            raise RateLimited("Other pictures are being compared; wait a little.", wait_s=_PATIENCE_S)
        try:
            given = {"crop": body.form.crop, "enhanced": body.form.enhanced}
            crop, enhanced = (
                _picture(caller.bench, name, asset, body.files.get(name)) for name, asset in given.items()
            )
            return work(crop, enhanced)
        finally:
            _COMPARING.release()

    return await run_in_threadpool(worked)


def _picture(bench: Workbench, name: str, asset_id: str | None, data: bytes | None) -> Pixels:
    """A picture of a pair, sent along or kept. Raises BadImage and Refusal."""
    if data is None:
        if asset_id is None:
            raise BadImage(f"There is no {name} in this call; send it as a file, or the id of an asset.")
        file = bench.store.file(asset_id)
        if file is None:
            raise Refusal(404, f"There is no asset {asset_id[:12]}… here.")
        data = file[0].read_bytes()
    width, height = images.dimensions(data)
    if width * height > MOST_COMPARED_PX:
        most = MOST_COMPARED_PX // 1_000_000
        raise BadImage(f"The {name} has {width} x {height} px; {most} megapixels are the most here.")
    return decoder.decode(data, bench.store.folder).pixels
