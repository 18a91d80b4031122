"""What calls are answered with: the state of work, a design, or the document that was asked for."""

import asyncio
import time
from typing import Any

from fastapi import Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel

from pipeline.api.problems import Problem, Refusal, answer_with, problem_of
from pipeline.errors import Cancelled
from pipeline.export import documents
from pipeline.jobs import Job, State, leaving
from pipeline.records import Design
from pipeline.workbench import Workbench

LONGEST_WAIT_S = 600.0
_LOOK_S = 0.1
PRIVATE = {"Cache-Control": "private, no-cache"}


class Part(BaseModel):
    """One line of progress."""

    name: str
    state: State
    fraction: float
    """0..1."""
    note: str = ""
    problem: Problem | None = None


class JobStatus(BaseModel):
    """How work stands: there is one piece of work of a kind on a design at a time, and this is the newest."""

    id: str
    """The design's id, a point, and the kind of work."""
    design_id: str
    verb: str
    state: State
    fraction: float
    """0..1 of the whole."""
    seconds_left: float | None = None
    """By what was measured here before; null where nothing was."""
    parts: list[Part]
    events: str
    """Where its progress is sent as it comes, beneath `/api`."""

    @classmethod
    def of(cls, job: Job) -> "JobStatus":
        """As it stands now."""
        order = job.order
        left = None if job.due is None or not job.running else max(0.0, round(job.due - time.monotonic(), 1))
        return cls(
            id=order.key,
            design_id=order.design_id,
            verb=order.verb,
            state=job.state,
            fraction=round(job.fraction, 4),
            seconds_left=left,
            parts=[
                Part(
                    name=row.name,
                    state=row.state,
                    fraction=round(row.fraction, 4),
                    note=row.note,
                    problem=problem_of(row.error) if row.error else None,
                )
                for row in list(job.rows)
            ],
            events=f"/jobs/{order.key}/events",
        )


class Answer(BaseModel):
    """Work and the design it is done on; without a job the work was done at once, or is long done."""

    job: JobStatus | None = None
    design: Design | None = None


def find_job(bench: Workbench, job_id: str) -> Job | None:
    """The newest work by its id; None where there is none."""
    design_id, _, verb = job_id.partition(".")
    return bench.jobs.find(design_id, verb)


async def answer(
    request: Request, bench: Workbench, design_id: str, job: Job | None, wait_s: float
) -> Response:
    """Answer for work that was begun: 202 while it goes on after `wait_s` seconds, else what came of it."""
    until = time.monotonic() + wait_s
    while job is not None and job.running and time.monotonic() < until:
        if leaving() or await request.is_disconnected():
            break
        await asyncio.sleep(_LOOK_S)
    if job is not None and job.running:
        status = JobStatus.of(job)
        headers = {"Location": f"{request.scope.get('root_path', '')}/jobs/{status.id}", "Retry-After": "1"}
        return JSONResponse(Answer(job=status).model_dump(mode="json"), 202, headers)
    return await asyncio.to_thread(_ended, bench, design_id, job)


def _ended(bench: Workbench, design_id: str, job: Job | None) -> Response:
    if job is not None and job.state in {"failed", "cancelled"}:
        errors = [row.error for row in job.troubles if row.error is not None]
        error = errors[0] if errors else Cancelled("This work was stopped; order it again.")
        return answer_with(error, job=JobStatus.of(job).model_dump(mode="json"))
    design = bench.store.load(design_id)
    if job is not None and job.state == "done" and job.order.verb.startswith("export-"):
        return document(bench, design, job.order.verb.removeprefix("export-"))
    return designed(design, job)


def designed(design: Design, job: Job | None = None) -> Response:
    """A design, and the work that was done on it."""
    status = JobStatus.of(job).model_dump_json() if job else "null"
    return Response(f'{{"job":{status},"design":{design.model_dump_json()}}}', media_type="application/json")


def document(bench: Workbench, design: Design, kind: str) -> Response:
    """A document of a design as it is now. Raises Refusal (404) where it has not been made."""
    file = documents.stored(bench.store, design, kind, bench.brand)
    if file is None:
        raise Refusal(
            404,
            "This document of the design as it is now has not been made.",
            remedy="POST /api/showcase makes it.",
        )
    kept = documents.DOCUMENTS[kind]
    return FileResponse(file, media_type=kept.media_type, filename=kept.name, headers=PRIVATE)


_FILE = {"schema": {"type": "string", "format": "binary"}}
OCTETS = {"application/octet-stream": _FILE}
"""Stands before the types that are sent: a generated client that knows none of those takes a body as bytes by it."""
DOCUMENTED: dict[str, Any] = {
    **OCTETS,
    **dict.fromkeys(("text/html", "application/pdf", "application/zip"), _FILE),
}
"""The bodies of documents, for an operation's description."""
