"""Dzine, experimental: three orders and one look, by the vendor's developer document (its examples are of 2024).

Success is told inside the envelope {code, msg, data}: a 200 may be a refusal. Enhancing is its upscaler; its style
transfer would restyle the piece.
"""

from typing import Any

from pipeline.errors import (
    BadKey,
    ModelGone,
    Moderated,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    UnusableAnswer,
)
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    GenerateRequest,
    Limits,
    PictureRequest,
    Request,
    SketchRequest,
    Watch,
)
from pipeline.providers.call.answers import data_uri
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote, seed_of, shortened, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Look, Placed, identifier, over, run_task
from pipeline.records import Detail, Role

_FORMATS = ("image/png", "image/jpeg")
_RESTYLED = Limits(
    max_side_px=4096, formats=_FORMATS, max_bytes=5_000_000, concurrency=2, detail=Detail.REDRAWN
)
_UPSCALED = Limits(
    max_side_px=4096,
    factors=(2, 3, 4),
    formats=_FORMATS,
    max_bytes=5_000_000,
    concurrency=2,
    detail=Detail.UPSCALED,
)
_ASKED = Limits(
    min_side_px=512,
    max_side_px=1536,
    max_pixels=2_359_296,
    multiple_of=8,
    min_aspect=1 / 3,
    max_aspect=3.0,
    seed=True,
    concurrency=2,
)
_PROMPT_CHARS = 800
_SEEDS = 2**31 - 1
"""Seeds are counted from 1."""
_UPSCALER = "dzine/upscale"
_CODES: dict[int, type[ProviderError]] = {
    401: BadKey,
    402: QuotaExhausted,
    403: BadKey,
    429: RateLimited,
    108005: ModelGone,  # this style cannot edit pictures
}


class Dzine(Remote):
    """Generate and sketch with one style, enhance with the upscaler."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        self._style = model
        models = {Role.GENERATE: model, Role.ENHANCE: _UPSCALER, Role.SKETCH: model}
        limits = {Role.GENERATE: _ASKED, Role.ENHANCE: _UPSCALED, Role.SKETCH: _RESTYLED}
        super().__init__(connection, models, limits, tariff="dzine")
        self._door = Door(connection, lambda key: {"authorization": key}, _explain)

    def check(self) -> str:
        """Ask for the balance, which costs nothing. Raises what a real call would raise."""
        _data(self.connection, self._door, self._door.get("/get_token_balance"))
        return f"{self.name} knows the key."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        path, body = self._order(request)
        errand = _Errand(self.connection, self._door, path, body)
        return run_task(self.connection, key_of(self, request), errand, watch)

    def _order(self, request: GenerateRequest | EnhanceRequest | SketchRequest) -> tuple[str, dict[str, Any]]:
        """Path and body."""
        if isinstance(request, GenerateRequest):
            width, height = size_of(request)
            return "/create_task_txt2img", {"target_w": width, "target_h": height, **self._styled(request)}
        sent = {"images": [{"base64_data": data_uri(request.image)}]}
        if isinstance(request, EnhanceRequest):
            return "/create_task_upscale", {
                **sent,
                "upscaling_resize": request.factor,
                "output_format": "png",
            }
        return "/create_task_img2img", {
            **sent,
            "structure_match": 1.0,
            "color_match": 1,
            **self._styled(request),
        }

    def _styled(self, request: GenerateRequest | SketchRequest) -> dict[str, Any]:
        """What both orders in a style say."""
        return {
            "prompt": shortened(request.prompt, _PROMPT_CHARS),
            "style_code": self._style,
            "style_intensity": 0,
            "quality_mode": 1,
            "generate_slots": [1, 0, 0, 0],
            "output_format": "webp",
            "seed": 1 + seed_of(request) % _SEEDS,
        }


class _Errand(Placed):
    def named(self, reply: Reply) -> Any:
        return identifier(str(_data(self.connection, self.door, reply)["task_id"]))

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"/get_task_progress/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        data = _data(self.connection, self.door, reply)
        with unusable(self.connection.provider, self.connection.name):
            state = str(data["status"])
            slots = [slot for slot in data.get("generate_result_slots") or [] if slot]
            words = words_of(data.get("error_reason")) or f"the task is {state[:40]}"
        if state in {"succeeded", "success", "succeed"}:  # the document, its example, and older answers
            return Look("done", result=slots[0] if slots else None)
        if not over(state):
            return Look("waiting" if state in {"waiting", "in_queue"} else "running", note=state[:40])
        moderated = any(sign in words.lower() for sign in ("nsfw", "sensitive", "moderat"))
        kind = Moderated if moderated else UnusableAnswer
        return Look("failed", trouble=self.door.trouble(kind, words))


def _data(connection: Connection, door: Door, reply: Reply) -> dict[str, Any]:
    """The envelope's content. Raises what its code means."""
    with unusable(connection.provider, connection.name):
        fields = reply.json()
        code, words = fields["code"], words_of(fields.get("msg"))
        if code == 200:
            data: dict[str, Any] = fields["data"]
            if not isinstance(data, dict):
                raise TypeError("no data")
            return data
    moderated = any(sign in words.lower() for sign in ("nsfw", "sensitive", "moderat"))
    kind = Moderated if moderated else _CODES.get(code if isinstance(code, int) else 0, UnusableAnswer)
    raise door.trouble(kind, words or str(code)[:40])


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    code = fields.get("code")
    return _CODES.get(code if isinstance(code, int) else 0), words_of(fields.get("msg"))
