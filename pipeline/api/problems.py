"""Errors as problem details (RFC 9457): our sentence, its cause and what to do, with the HTTP status that fits."""

import math
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from pipeline.errors import (
    BadInput,
    Cancelled,
    CapReached,
    DiskFull,
    EnlargerFailed,
    EnlargerUnavailable,
    LoupeError,
    MissingKey,
    Moderated,
    ProviderDown,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    ReadOnly,
    RendererFailed,
    RendererUnavailable,
    StorageError,
    UnknownDesign,
    Unsupported,
)

MEDIA_TYPE = "application/problem+json"
Responses = dict[int | str, dict[str, Any]]

_STATUS: dict[type[LoupeError], int] = {
    BadInput: 422,
    ReadOnly: 403,
    UnknownDesign: 404,
    DiskFull: 507,
    StorageError: 503,
    Cancelled: 409,
    RendererUnavailable: 503,
    RendererFailed: 503,
    EnlargerUnavailable: 503,
    EnlargerFailed: 503,
    MissingKey: 422,
    Unsupported: 422,
    Moderated: 422,
    RateLimited: 429,
    QuotaExhausted: 402,
    CapReached: 402,
    ProviderDown: 503,
    ProviderError: 502,
}
"""The nearest class of an error decides; one that none of these covers is an error of ours."""
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Refusal(LoupeError):
    """A call that is refused as a call, whatever it was about; `status` is HTTP's number for it."""

    def __init__(self, status: int, message: str, *, remedy: str = "", wait_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.title = HTTPStatus(status).phrase
        self.remedy = remedy
        self.wait_s = wait_s


class Problem(BaseModel):
    """What went wrong, in the words the pages use."""

    type: str
    """`urn:loupe:` and the name of the error."""
    title: str
    status: int
    detail: str
    """One sentence: what is wrong, what to do."""
    remedy: str = ""
    """What usually helps."""
    charged: bool = False
    """Whether money may have been spent on the way to it."""
    wait_s: float | None = None
    """Seconds after which trying again may help."""


def status_of(error: LoupeError) -> int:
    """HTTP's number for an error."""
    if isinstance(error, Refusal):
        return error.status
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def problem_of(error: LoupeError) -> Problem:
    """An error as problem details."""
    name = _WORD.sub("-", type(error).__name__).lower()
    return Problem(
        type=f"urn:loupe:{name}",
        title=error.title,
        status=status_of(error),
        detail=str(error),
        remedy=error.remedy,
        charged=error.charged,
        wait_s=getattr(error, "wait_s", None),
    )


def answer_with(error: LoupeError, **further: Any) -> JSONResponse:
    """The answer to a call that failed; `further` members stand beside the problem's own."""
    problem = problem_of(error)
    headers = {"Cache-Control": "no-store"}
    if problem.wait_s is not None:
        headers["Retry-After"] = str(math.ceil(problem.wait_s))
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    content = problem.model_dump(exclude_none=True) | further
    return JSONResponse(content, problem.status, headers, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> Responses:
    """The problems an operation may answer with, for its description; every one may lack the right to ask."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted({401, 403, 422, 429, 503, *statuses})
    }


def install(app: FastAPI) -> None:
    """Have every error of an application answered as a problem."""

    def ours(_: Request, error: Exception) -> JSONResponse:
        return answer_with(error if isinstance(error, LoupeError) else unexpected())

    def of_http(_: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        answer = answer_with(Refusal(status, _SENTENCES.get(status, "This call cannot be answered.")))
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer

    def invalid(_: Request, error: Exception) -> JSONResponse:
        faults = error.errors() if isinstance(error, RequestValidationError) else ()
        place, sentence = "call", "it is not as its description says"
        if faults:
            place, sentence = str(faults[0]["loc"][-1]), str(faults[0]["msg"])
        return answer_with(
            BadInput(f"The {place} of this call cannot be used: {sentence[:1].lower()}{sentence[1:]}.")
        )

    app.add_exception_handler(LoupeError, ours)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, invalid)


_SENTENCES = {
    404: "There is nothing at this address; the API's description lists what there is.",
    405: "This address does not know that method; the API's description lists those it knows.",
}


def unexpected() -> LoupeError:
    """What a caller is told of an error that nobody foresaw."""
    return LoupeError("This call stopped unexpectedly; nothing stored was harmed. Try it again.")
