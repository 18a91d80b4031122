"""The routes for whoever runs the server: is it well, and its figures for Prometheus."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from pipeline.api.access import Access, Calling
from pipeline.api.metrics import CONTENT_TYPE, exposition
from pipeline.api.problems import Responses, documented
from pipeline.errors import LoupeError
from pipeline.workbench import Workbench

router = APIRouter(tags=["operator"])
_PLAIN: Responses = {422: documented()[422]}


class Health(BaseModel):
    """Whether the server can do its work."""

    status: Literal["ok", "degraded", "failing"]
    """`degraded`: designs are shown, but something is out of order, and its trouble says what."""
    read_only: bool = False
    jobs: int = 0
    troubles: list[str] = []
    """Sentences that say what is out of order and what to do."""


@router.get(
    "/health", responses={200: {"model": Health}, 503: {"model": Health}, **_PLAIN}, response_class=Response
)
def health(request: Request) -> Response:
    """Say whether the server is well: 503 where it is not. Anybody may ask; who may work is told what is wrong."""
    try:
        bench: Workbench = request.app.state.open_workbench()
    except LoupeError as error:
        return _said(Health(status="failing", troubles=[error.title]), 503)
    said = (bench.store.trouble(), bench.store.beyond_trouble(), bench.atelier.capability_note())
    troubles = [sentence for sentence in said if sentence]
    failing = bool(bench.store.trouble())
    state: Literal["ok", "degraded", "failing"] = "failing" if failing else "degraded" if troubles else "ok"
    report = Health(
        status=state,
        read_only=bench.settings.read_only,
        jobs=len(bench.jobs.running()),
        troubles=troubles if _may_work(request, bench) else [],
    )
    return _said(report, 503 if failing and not bench.settings.read_only else 200)


def _may_work(request: Request, bench: Workbench) -> bool:
    access: Access = request.app.state.access
    try:
        return access.caller(request, bench).bench.editable
    except LoupeError:
        return False


def _said(report: Health, status: int) -> Response:
    return JSONResponse(report.model_dump(), status, {"Cache-Control": "no-store"})


@router.get(
    "/metrics",
    responses={
        200: {"description": "Prometheus' text format.", "content": {"text/plain": {}}},
        **documented(),
    },
    response_class=Response,
)
def metrics(caller: Calling) -> Response:
    """Tell the figures: work, seconds, spend, memory."""
    caller.bench.require_editor()
    return Response(exposition(caller.bench), headers={"Content-Type": CONTENT_TYPE})
