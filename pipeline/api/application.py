"""The API as an ASGI application, to be mounted where the pages are served."""

import logging
from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.api import operator, problems, reading, watching, work
from pipeline.api.access import Access, Calling
from pipeline.api.bodies import BODY_BYTES, FORMS, JSON_BYTES
from pipeline.api.problems import Problem, Refusal
from pipeline.api.watching import Streams
from pipeline.errors import BadInput
from pipeline.log import Stopwatch, event
from pipeline.workbench import Workbench

log = logging.getLogger(__name__)

_DESCRIPTION = (
    "One master image, five close-ups, six technical sketches, one 3D view, all of the same piece of jewelry. "
    "Work is ordered by POST: the answer is 202 with a job, or with `?wait=` seconds the design itself. Errors are "
    "problem details (RFC 9457) whose `detail` says what is wrong and whose `remedy` says what helps."
)


def application(open_workbench: Callable[[], Workbench], access: Access | None = None) -> FastAPI:
    """The API over the workbench that `open_workbench` gives; it is asked for at each call."""
    app = FastAPI(
        title="Loupe",
        version="1.0.0",
        description=_DESCRIPTION,
        docs_url=None,  # both pages would fetch their scripts from elsewhere
        redoc_url=None,
        openapi_url=None,  # answered below, to those who may call
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # what a generated client calls its functions
        dependencies=[Depends(_no_other_parameters)],
    )
    app.state.open_workbench = open_workbench
    app.state.access = access or Access()
    app.state.streams = Streams()
    for routes in (work.router, watching.router, reading.router, operator.router):
        app.include_router(routes)
    app.add_api_route("/openapi.json", _description, methods=["GET"], include_in_schema=False)
    problems.install(app)
    app.add_middleware(Heads)
    app.add_middleware(Bounded)
    app.add_middleware(Logged)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # as FastAPI's own documentation extends it
    return app


def _no_other_parameters(request: Request) -> None:
    """Refuse a parameter that the route does not know: a misspelt one would be passed over. Raises BadInput."""
    route = request.scope.get("route")
    known = {field.alias for field in route.dependant.query_params} if isinstance(route, APIRoute) else set()
    for name in request.query_params:
        if name not in known:
            raise BadInput(f"There is no parameter “{name[:60]}” here; check how it is spelt.")


def _description(request: Request, _: Calling) -> JSONResponse:
    """The OpenAPI document, with the address the API is mounted at."""
    return JSONResponse(
        {**request.app.openapi(), "servers": [{"url": request.scope.get("root_path", "") or "/"}]}
    )


class Heads:
    """Answers HEAD as GET without its body, as HTTP has it (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for what GET asks for, and send the head of it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        answered = False

        async def left() -> Message:
            return {"type": "http.disconnect"} if answered else await receive()

        async def headed(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                await send(message)
            elif not answered:
                answered = (
                    True  # what is sent as it comes ends here: its caller has left, for all it can tell
                )
                await send({"type": "http.response.body", "body": b""})

        await self._app({**scope, "method": "GET"}, left, headed)


class Bounded:
    """Refuses a body that is larger than any call needs, before it is read whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and count what comes in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_form = headers.get(b"content-type", b"").lower().startswith(b"multipart/")
        most = BODY_BYTES if is_form else JSON_BYTES
        stated = headers.get(b"content-length", b"0")
        if not stated.isdigit() or int(stated) > most:
            await problems.answer_with(_too_large(most))(scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _too_large(most)
            return message

        await self._app(scope, counted, send)


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"A body of this kind has at most {most // 1_000_000} MB.")


class Logged:
    """Writes one event for each call, and answers with a problem where an error was not foreseen."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and look at how it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch, status = Stopwatch(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except Exception:
            log.exception("a call of the API")
            if status == 0:
                await problems.answer_with(problems.unexpected())(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path", "none").replace("{", "").replace("}", "")
            event("api.call", method=scope["method"], route=route, status=status, seconds=watch.seconds)


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the bodies that the routes read themselves."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        models: tuple[type[BaseModel], ...] = (*FORMS, Problem)
        _, bodies = models_json_schema(
            [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
        )
        document["components"].setdefault("schemas", {}).update(bodies["$defs"])

        app.openapi_schema = document
    return app.openapi_schema
