"""Automatic1111's web UI, or Forge, on a machine of one's own, started with `--api`.

Bodies and answers as modules/api/models.py has them. A call blocks while the box draws; meanwhile it is asked how far
it is, and interrupted when Cancel is pressed, but only as long as it is our picture it draws. `--api-auth` wants
`user:password` as the key.
"""

import base64
import json
import secrets
import threading
from contextlib import suppress
from typing import Any

from pipeline.errors import Cancelled, ModelGone, ProviderError, Unsupported, UnusableAnswer
from pipeline.images import dimensions
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    Frame,
    GenerateRequest,
    Limits,
    PictureRequest,
    Request,
    SketchRequest,
    Watch,
)
from pipeline.providers.call.answers import data_uri, from_base64, picture
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.prices import Price
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.records import Detail, Role

_API = "/sdapi/v1"
_SIZES = Frame(min_side_px=256, max_side_px=2048, max_pixels=4_194_304, multiple_of=8)
_ASKED = Limits(
    min_side_px=256, max_side_px=2048, max_pixels=4_194_304, multiple_of=8, seed=True, concurrency=1
)
_SENT = Limits(
    max_side_px=2048, answer=_SIZES, max_bytes=50_000_000, seed=True, concurrency=1, detail=Detail.REDRAWN
)
_ENLARGED = Limits(
    max_side_px=4096,
    factors=(2, 4),
    answer=Frame(max_side_px=16_384, max_pixels=48_000_000),
    max_bytes=50_000_000,
    concurrency=1,
    detail=Detail.UPSCALED,
)
_STEPS = 30
_DENOISING = {Role.ENHANCE: 0.25, Role.SKETCH: 0.75}
"""How far a picture is drawn anew: little for a close-up, most of it for a pencil sheet."""
_LOADED = "loaded checkpoint"
_LOOK_S = 0.5
_PATIENCE_S = 2.0


class _Box(Remote):
    """What both lines share: the door, no price, a call that is followed while it blocks."""

    def __init__(self, connection: Connection, models: dict[Role, str], limits: dict[Role, Limits]) -> None:
        super().__init__(connection, models, limits)
        self._door = Door(connection, _basic, _explain)

    def rate(self, role: Role) -> Price:
        """Nothing: the machine is one's own."""
        return Price(0.0, source="your own machine")

    def check(self) -> str:
        """Ask what is loaded, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            loaded = words_of(self._door.get(f"{_API}/options").json().get("sd_model_checkpoint"))[:60]
        return f"{self.name} answers, {loaded or 'no checkpoint'} is loaded; it takes the key, or needs none."

    def _drawn(self, path: str, body: dict[str, Any], watch: Watch, task: str = "") -> Reply:
        with _Following(self._door, task, watch, self.connection.pace.poll_first_s) as following:
            reply = self._door.post(f"{_API}{path}", body=body)
        if following.stopped:
            raise Cancelled("Stopped; what the box had drawn by then is thrown away.")
        if following.interrupted:
            error = self._door.trouble(UnusableAnswer, "somebody interrupted it at the box")
            error.charged = False
            raise error
        return reply


class A1111(_Box):
    """Generate, enhance and sketch with a checkpoint: the one named, or whichever is loaded."""

    def __init__(self, connection: Connection, *, model: str) -> None:
        self._checkpoint = model
        limits = {Role.GENERATE: _ASKED, Role.ENHANCE: _SENT, Role.SKETCH: _SENT}
        super().__init__(connection, dict.fromkeys(limits, model or _LOADED), limits)

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, PictureRequest)  # noqa: S101 - `run` looked at the limits
        width, height = size_of(request)
        task = f"loupe-{secrets.token_hex(8)}"
        body: dict[str, Any] = {
            "prompt": request.prompt,
            "width": width,
            "height": height,
            "seed": seed_of(request),
            "steps": _STEPS,
            "batch_size": 1,
            "n_iter": 1,
            "send_images": True,
            "save_images": False,
            "force_task_id": task,
            "override_settings": {"sd_model_checkpoint": self._checkpoint} if self._checkpoint else {},
        }
        match request:
            case GenerateRequest():
                return self._read(self._drawn("/txt2img", body, watch, task))
            case EnhanceRequest() | SketchRequest():
                role = Role.ENHANCE if isinstance(request, EnhanceRequest) else Role.SKETCH
                drawn = {"init_images": [data_uri(request.image)], "denoising_strength": _DENOISING[role]}
                return self._read(self._drawn("/img2img", {**body, **drawn}, watch, task))

    def _read(self, reply: Reply) -> Answer:
        """The picture, and the checkpoint that really drew it: a name the box does not know is passed over there."""
        with unusable(self.id, self.name):
            fields = reply.json()
            data = from_base64(self.connection, fields["images"][0])
            used = words_of(json.loads(fields.get("info") or "{}").get("sd_model_name"))[:100]
        return Answer(picture(self.connection, data), model=used)


class Extras(_Box):
    """Enhance with one of the box's upscalers."""

    def __init__(self, connection: Connection, *, upscaler: str) -> None:
        super().__init__(connection, {Role.ENHANCE: upscaler}, {Role.ENHANCE: _ENLARGED})

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert isinstance(request, EnhanceRequest)  # noqa: S101 - `run` looked at the limits
        body = {
            "image": data_uri(request.image),
            "resize_mode": 0,
            "upscaling_resize": max(1, round(request.width / dimensions(request.image)[0])),
            "upscaler_1": self.model(Role.ENHANCE),
        }
        reply = self._drawn("/extra-single-image", body, watch)
        with unusable(self.id, self.name):
            text = reply.json()["image"]
        return Answer(picture(self.connection, from_base64(self.connection, text)))


class _Following:
    """What the box says while an order keeps its connection busy. `stopped` by us, `interrupted` by somebody.

    Whose picture is drawn the box tells by the task's id (`/internal/progress`, which a box without a page lacks, and
    older ones know nothing of); where it does not, it is ours if nothing was drawn just before the order.
    """

    def __init__(self, door: Door, task: str, watch: Watch, pause_s: float) -> None:
        self._door = door
        self._task = task
        self._watch = watch
        self._pause_s = min(max(pause_s, 0.05), _LOOK_S)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="progress", daemon=True)
        self._idle = not self._state(watch)["state"].get("job")
        self.stopped = False
        self.interrupted = False

    def __enter__(self) -> "_Following":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """An interrupt stands until the next picture is begun: it is looked for once more at the end."""
        self._ended.set()
        self._thread.join(_PATIENCE_S)  # a look at a box that has just died takes long
        if kind is not None:
            return
        with suppress(ProviderError):
            state = self._state()["state"]
            self.interrupted = self.interrupted or bool(state.get("interrupted") and not state.get("job"))

    def _follow(self) -> None:
        while not self._ended.wait(self._pause_s):
            with suppress(ProviderError):  # what it draws goes on, and says itself how it ends
                self._look()

    def _look(self) -> None:
        if not self._ours():
            self._watch.progress(0.05, "waiting for the box")
            return
        progress = self._state()
        if not progress["state"].get("job"):
            return  # not begun yet: an interrupt would hit nothing
        self.interrupted = self.interrupted or bool(progress["state"].get("interrupted"))
        if self._watch.cancelled() and not self.stopped:
            self.stopped = self._door.withdraw("POST", f"{_API}/interrupt")
        else:
            self._watch.progress(0.1 + 0.8 * min(max(progress["progress"], 0.0), 1.0), "at work")

    def _ours(self) -> bool:
        if not self._task:
            return self._idle
        asked = {"id_task": self._task, "live_preview": False}
        try:
            progress = self._door.post("/internal/progress", body=asked, paid=False).fields()
        except (Unsupported, ModelGone):
            return self._idle  # it has no such route
        if progress.get("active"):
            return True
        # Older ones keep no account of what is asked for over the API.
        return not (progress.get("queued") or progress.get("completed")) and self._idle

    def _state(self, watch: Watch | None = None) -> dict[str, Any]:
        fields = self._door.get(f"{_API}/progress?skip_current_image=true", watch).fields()
        state, progress = fields.get("state"), fields.get("progress")
        return {
            "state": state if isinstance(state, dict) else {},
            "progress": progress if isinstance(progress, int | float) else 0.0,
        }


def _basic(key: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(key.encode()).decode()}"} if key else {}


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    detail, errors = fields.get("detail"), words_of(fields.get("errors"))
    if reply.status == 404 and detail == "Not Found":
        return Unsupported, "it has no such call; start it with --api"
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        return Unsupported, words_of(detail[0].get("msg"))
    if "could not find upscaler" in errors:
        return Unsupported, errors
    return None, words_of(detail) or errors or words_of(fields.get("message"))
