"""Black Forest Labs, FLUX.2: order, look, fetch; an answer tells what it really cost.

https://docs.bfl.ml. A task lives in one of the vendor's regions and is asked for at the address its order named; that
address is believed only within the vendor's own domain, because the key goes along.
"""

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import Moderated, ProviderError, QuotaExhausted, Unsupported, UnusableAnswer
from pipeline.providers.base import (
    Answer,
    Frame,
    GenerateRequest,
    Limits,
    PictureRequest,
    Request,
    Watch,
    pictures_of,
)
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, number_of, words_of
from pipeline.providers.call.tasks import Look, Placed, over, run_task
from pipeline.records import Detail, Role

_DOMAIN = ".bfl.ai"
_MOST_PIXELS = 4_194_304
_SIZES = Frame(min_side_px=256, max_side_px=4096, max_pixels=_MOST_PIXELS, multiple_of=32)
_ASKED = Limits(min_side_px=256, max_side_px=4096, max_pixels=_MOST_PIXELS, multiple_of=32, seed=True)
_SENT = Limits(
    max_side_px=4096,
    max_pixels=_MOST_PIXELS,
    answer=_SIZES,
    formats=("image/png", "image/jpeg"),
    max_bytes=15_000_000,
    seed=True,
    detail=Detail.REDRAWN,
    references=1,
)


class Bfl(Remote):
    """Generate, enhance and sketch."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        limits = {Role.GENERATE: _ASKED, Role.ENHANCE: _SENT, Role.SKETCH: _SENT}
        super().__init__(connection, dict.fromkeys(limits, model), limits)
        self._door = _door(connection)

    def check(self) -> str:
        """Ask for the credits left, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            credit = float(self._door.get("/v1/credits").json()["credits"])
        return f"{self.name} knows the key; {credit:g} credits are left."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        width, height = size_of(request)
        body: dict[str, Any] = {
            "prompt": request.prompt,
            "width": width,
            "height": height,
            "seed": seed_of(request),
            "output_format": "png",
        }
        if not isinstance(request, GenerateRequest):
            for number, image in enumerate(pictures_of(request), start=1):
                body["input_image" if number == 1 else f"input_image_{number}"] = base64.b64encode(
                    image
                ).decode()
        errand = _Errand(self.connection, self._door, f"/v1/{self.model(Role.GENERATE)}", body)
        return run_task(self.connection, key_of(self, request), errand, watch)


class _Errand(Placed):
    def named(self, reply: Reply) -> Any:
        order = reply.json()
        address = str(order["polling_url"])
        self._at(address)
        return {"address": address, "cents": number_of(order.get("cost"))}

    def _at(self, address: str) -> tuple[Door, str]:
        """The door of the region that has the task, and the path behind it. Raises ValueError for a stranger's."""
        target, base = urlsplit(address), urlsplit(self.connection.base_url)
        path = f"{target.path}?{target.query}" if target.query else target.path
        if target.netloc == base.netloc:
            return self.door, path
        host = target.hostname or ""
        same_domain = f".{base.hostname}".endswith(_DOMAIN)
        if (
            target.scheme != "https"
            or not same_domain
            or not host.endswith(_DOMAIN)
            or target.port
            or target.username
        ):
            raise ValueError("the task is at a stranger's address")
        return _door(replace(self.connection, base_url=f"https://{host}")), path

    def look(self, task: Any, watch: Watch) -> Look:
        with unusable(self.connection.provider, self.connection.name):
            door, path = self._at(task["address"])
        reply = door.get(path, watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            answer = reply.json()
            state = str(answer["status"])
            share = number_of(answer.get("progress"))
            result = (answer.get("result") or {}).get("sample")
            words = words_of(answer.get("details")) or state[:60]
        match state:
            case "Ready":
                return Look("done", 1.0, result=result)
            case "Task not found":
                return Look("unknown")
            case _ if not over(state):
                return Look("running", share, "at work")
        kind = Moderated if "Moderated" in state else UnusableAnswer
        return Look("failed", trouble=self.door.trouble(kind, words))

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        return replace(super().fetch(task, result, watch), cost_usd=task["cents"] / 100)


def _door(connection: Connection) -> Door:
    return Door(connection, lambda key: {"x-key": key}, _explain)


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    detail = reply.fields().get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        return Unsupported, words_of(detail[0].get("msg"))
    words = words_of(detail)
    if reply.status == 402 or "insufficient credits" in words.lower():
        return QuotaExhausted, words
    return (Moderated if "moderated" in words.lower() else None), words
