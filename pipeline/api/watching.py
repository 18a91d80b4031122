"""The routes that tell how work stands, and stop or resume it."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from pipeline.api.access import Calling
from pipeline.api.answers import LONGEST_WAIT_S, Answer, JobStatus, answer, find_job
from pipeline.api.problems import Refusal, documented
from pipeline.api.work import Wait, submit
from pipeline.jobs import Job, leaving
from pipeline.workbench import Workbench

STREAMS = 64
"""Progress that is sent at a time."""
LOOK_S = 0.25
QUIET_S = 15.0
"""A line is sent at least this often, so that nothing on the way takes the connection for dead."""

JobId = Annotated[str, Path(pattern=r"^[0-9a-z]{1,40}\.[a-z-]{1,20}$", examples=["k3m9qd7w2x.enhance"])]

router = APIRouter(tags=["jobs"])


class Jobs(BaseModel):
    """Everything under way here."""

    jobs: list[JobStatus]


class Streams:
    """How many are told of progress at the moment."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(STREAMS)

    def take(self) -> None:
        """Take a place. Raises Refusal (429) where none is free."""
        if not self._free.acquire(blocking=False):
            raise Refusal(429, "Too many calls wait for progress; ask for the job itself.", wait_s=5.0)

    def give(self) -> None:
        """Give a place back."""
        self._free.release()


@router.get("/jobs", responses={200: {"model": Jobs}, **documented()}, response_model=Jobs)
def running(caller: Calling) -> Jobs:
    """List the work under way."""
    return Jobs(jobs=[JobStatus.of(job) for job in caller.bench.jobs.running()])


@router.get("/jobs/{job_id}", responses=documented(404), response_model=JobStatus)
def status(caller: Calling, job_id: JobId) -> JobStatus:
    """Tell how work stands: the newest of its kind on its design."""
    return JobStatus.of(_job(caller.bench, job_id))


@router.get(
    "/jobs/{job_id}/events",
    responses={
        200: {
            "description": "`progress` whenever something changed, `end` when it ended; the data is the job.",
            "content": {"text/event-stream": {}},
        },
        **documented(404),
    },
    response_class=Response,
)
async def events(
    request: Request,
    caller: Calling,
    job_id: JobId,
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT_S, description="Seconds after which it is broken off.")
    ] = (LONGEST_WAIT_S),
) -> StreamingResponse:
    """Send progress as server-sent events."""
    job = await run_in_threadpool(_job, caller.bench, job_id)
    return Progress(_events_of(request, job, wait), request.app.state.streams)


class Progress(StreamingResponse):
    """Server-sent events, which take a place for as long as they are sent: also where nobody waits for the first."""

    def __init__(self, content: AsyncIterator[str], streams: Streams) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content, media_type="text/event-stream", headers=headers)
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them. Raises Refusal (429) where no place is free."""
        self._streams.take()
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.give()


async def _events_of(request: Request, job: Job, wait_s: float) -> AsyncIterator[str]:
    clock = asyncio.get_running_loop().time
    begun = said_at = clock()
    said: dict[str, Any] = {}
    while True:
        running = job.running
        state = JobStatus.of(job).model_dump(mode="json")
        gist = {name: value for name, value in state.items() if name != "seconds_left"}
        if gist != said or not running:
            said, said_at = gist, clock()
            yield f"event: {'progress' if running else 'end'}\ndata: {json.dumps(state)}\n\n"
        if not running or leaving() or clock() - begun > wait_s or await request.is_disconnected():
            return
        if clock() - said_at > QUIET_S:
            said_at = clock()
            yield ": still under way\n\n"
        await asyncio.sleep(LOOK_S)


@router.delete("/jobs/{job_id}", responses=documented(404), response_model=JobStatus)
def cancel(caller: Calling, job_id: JobId) -> JobStatus:
    """Ask work to stop at its next step; what is done already stays."""
    job = _job(caller.bench, job_id)
    caller.bench.cancel(job)
    return JobStatus.of(job)


@router.post(
    "/jobs/{job_id}/resume",
    responses={
        200: {"model": Answer, "description": "It was done in time."},
        202: {"model": Answer, "description": "It goes on."},
        **documented(402, 404, 409, 502, 507),
    },
)
async def resume(request: Request, caller: Calling, job_id: JobId, wait: Wait = 0) -> Response:
    """Order what a stopped server left undone."""

    def resumed() -> Job:
        job = _job(caller.bench, job_id)
        if job.state != "interrupted":
            raise Refusal(409, "This work was not interrupted; there is nothing to resume.")
        return submit(caller, caller.bench.resume(job))

    job = await run_in_threadpool(resumed)
    return await answer(request, caller.bench, job.order.design_id, job, wait)


def _job(bench: Workbench, job_id: str) -> Job:
    job = find_job(bench, job_id)
    if job is None:
        raise Refusal(404, "There is no such work; it never was, or ended before this server started.")
    return job
