"""fal.ai's queue: submit, look, fetch, cancel; each endpoint with its own spelling of input and output.

https://fal.ai/docs/documentation/model-apis/queue. The addresses it answers are used, not built: they leave
out the endpoint's sub-path. There is no failed state: a failure shows when the result is fetched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import (
    ModelGone,
    Moderated,
    ProviderDown,
    ProviderError,
    QuotaExhausted,
    Unsupported,
    UnusableAnswer,
)
from pipeline.images import dimensions
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    Frame,
    GenerateRequest,
    Limits,
    ModelRequest,
    Request,
    Watch,
    pictures_of,
    role_of,
)
from pipeline.providers.call.answers import data_uri, glb, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.nano_banana import ONE_K, SCALES
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Look, over, run_task
from pipeline.records import Detail, Role

Body = dict[str, Any]

_FAILED = (500, 502, 503, 504)

_SEEDREAM = Frame(
    min_pixels=921_600, max_pixels=16_777_216, max_side_px=4096, min_aspect=1 / 16, max_aspect=16.0
)
_SEEDREAM_LARGE = replace(_SEEDREAM, min_pixels=3_686_400)
"""4.5 and 5 lite."""
_SEEDREAM_PRO = replace(_SEEDREAM, min_pixels=1_048_576, max_pixels=4_194_304)
"""5 pro."""
_SENT: dict[str, Any] = {
    "min_side_px": 15,
    "formats": ("image/png", "image/jpeg"),
    "max_bytes": 8_000_000,
    "concurrency": 2,
}
"""Pictures travel as data URIs. New accounts run two calls at once; the rest would queue there."""
_OUT = Frame(max_pixels=48_000_000, max_side_px=16_384)
_FIRST = ("images", "0", "url")
BANANA_SIZES = {
    (width * scale, height * scale): (shape, name)
    for name, scale in SCALES.items()
    for shape, (width, height) in ONE_K.items()
}
"""Nano Banana Pro: shape and resolution of each size it makes, Gemini's own."""


@dataclass(frozen=True)
class Endpoint:
    """How one family of endpoints is asked, and where in its answer the result stands."""

    role: Role
    limits: Limits
    body: Callable[[Any], Body]
    results: tuple[str, ...]


def _seedream(request: Any) -> Body:
    width, height = size_of(request)
    body: Body = {
        "prompt": request.prompt,
        "image_size": {"width": width, "height": height},
        "num_images": 1,
        "max_images": 1,
        "enable_safety_checker": True,
    }
    if isinstance(request, GenerateRequest):
        return {**body, "seed": seed_of(request)}
    return {**body, "image_urls": [data_uri(image) for image in pictures_of(request)]}


def _seedream_five(request: Any) -> Body:
    """Only what all members of the fifth family are known to take."""
    width, height = size_of(request)
    body: Body = {"prompt": request.prompt, "image_size": {"width": width, "height": height}}
    if isinstance(request, GenerateRequest):
        return body
    return {**body, "image_urls": [data_uri(image) for image in pictures_of(request)]}


def _seedream_pro(request: Any) -> Body:
    return {**_seedream_five(request), "output_format": "png"}


def _banana(request: Any) -> Body:
    shape, resolution = BANANA_SIZES.get(size_of(request), ("auto", "2K"))
    return {
        "prompt": request.prompt,
        "image_urls": [data_uri(image) for image in pictures_of(request)],
        "aspect_ratio": shape,
        "resolution": resolution,
        "num_images": 1,
        "limit_generations": True,
        "output_format": "png",
        "seed": seed_of(request),
    }


def _flux(request: Any) -> Body:
    width, height = size_of(request)
    return {
        "prompt": request.prompt,
        "image_urls": [data_uri(image) for image in pictures_of(request)],
        "image_size": {"width": width, "height": height},
        "seed": seed_of(request),
        "output_format": "png",
    }


def _crystal(request: EnhanceRequest) -> Body:
    return {
        "image_url": data_uri(request.image),
        "scale_factor": _ratio(request),
        "creativity": 0,
        "output_format": "png",
    }


def _ratio(request: EnhanceRequest) -> int:
    """How many times larger the answer is to be than the picture sent."""
    return max(1, round(request.width / dimensions(request.image)[0]))


def _seedvr(request: EnhanceRequest) -> Body:
    return {
        "image_url": data_uri(request.image),
        "upscale_mode": "factor",
        "upscale_factor": _ratio(request),
        "noise_scale": 0.0,
        "output_format": "png",
    }


def _clarity(request: EnhanceRequest) -> Body:
    return {
        "image_url": data_uri(request.image),
        "prompt": request.prompt,
        "upscale_factor": _ratio(request),
        "creativity": 0.1,
        "resemblance": 1.0,
        "seed": seed_of(request),
    }


def _topaz(request: EnhanceRequest) -> Body:
    return {
        "image_url": data_uri(request.image),
        "model": "High Fidelity V2",
        "upscale_factor": _ratio(request),
        "face_enhancement": False,  # on by default; it would draw faces into polished metal
        "crop_to_fill": False,
        "output_format": "png",
    }


def _trellis(request: ModelRequest) -> Body:
    return {"image_url": data_uri(request.images[0]), "seed": seed_of(request)}


def _sam(request: ModelRequest) -> Body:
    """What to look for is told in words, or it would look for a car."""
    return {
        "image_url": data_uri(request.images[0]),
        "prompt": request.kind or "jewelry",
        "export_textured_glb": True,
        "seed": seed_of(request),
    }


def _hunyuan(request: ModelRequest) -> Body:
    return {"input_image_url": data_uri(request.images[0]), "seed": seed_of(request), "textured_mesh": True}


def _hunyuan_sides(request: ModelRequest) -> Body:
    """The picture is the front: a still from there where there is one, else the master."""
    sides = dict(request.sides)
    front = sides.pop("front", request.images[0])
    named = {f"{side}_image_url": data_uri(image) for side, image in sides.items()}
    return {"input_image_url": data_uri(front), **named, "generate_type": "Normal", "enable_pbr": True}


def _upscaler(factors: tuple[int, ...], detail: Detail, answer: Frame = _OUT) -> Limits:
    return Limits(**_SENT, factors=factors, answer=answer, detail=detail)


def _family(frame: Frame, body: Callable[[Any], Body], *, seed: bool) -> Mapping[Role, Endpoint]:
    """Seedream's two kinds of endpoint: from words, and from a picture."""
    asked = Limits(
        min_pixels=frame.min_pixels,
        max_pixels=frame.max_pixels,
        max_side_px=frame.max_side_px,
        min_aspect=frame.min_aspect,
        max_aspect=frame.max_aspect,
        concurrency=2,
        seed=seed,
    )
    edited = Limits(**_SENT, max_side_px=6000, max_pixels=36_000_000, answer=frame, references=1)
    return {Role.GENERATE: Endpoint(Role.GENERATE, asked, body, _FIRST), **_editor(edited, body)}


def _editor(limits: Limits, body: Callable[[Any], Body]) -> Mapping[Role, Endpoint]:
    """An endpoint that redraws a picture: for close-ups, and for sketches."""
    return {role: Endpoint(role, limits, body, _FIRST) for role in (Role.ENHANCE, Role.SKETCH)}


_SCANNED = Limits(
    min_side_px=128, max_side_px=5000, formats=("image/png", "image/jpeg"), max_bytes=8_000_000, concurrency=2
)
_MESHES = ("model_mesh", "model_glb")
_BANANA = Limits(
    **_SENT, max_side_px=6336, answer=Frame(sizes=tuple(BANANA_SIZES)), references=1, detail=Detail.REDRAWN
)
_FLUX = Limits(
    **_SENT,
    max_side_px=2048,
    max_pixels=4_194_304,
    answer=Frame(min_side_px=256, max_side_px=2048, max_pixels=4_194_304, multiple_of=32),
    references=1,
    detail=Detail.REDRAWN,
)
_SIDES = ("front", "back", "left", "right", "top", "bottom")

FAMILIES: tuple[tuple[str, Mapping[Role, Endpoint]], ...] = (
    ("seedream/v5/pro", _family(_SEEDREAM_PRO, _seedream_pro, seed=False)),
    ("seedream/v5", _family(_SEEDREAM_LARGE, _seedream_five, seed=False)),
    ("seedream/v4.5", _family(_SEEDREAM_LARGE, _seedream, seed=True)),
    ("seedream", _family(_SEEDREAM, _seedream, seed=True)),
    ("seedvr", {
        Role.ENHANCE: Endpoint(Role.ENHANCE, _upscaler((2, 4), Detail.UPSCALED), _seedvr, ("image", "url")),
    }),
    ("nano-banana-pro/edit", _editor(_BANANA, _banana)),
    ("flux-2-pro/edit", _editor(_FLUX, _flux)),
    ("crystal-upscaler", {Role.ENHANCE: Endpoint(Role.ENHANCE, _upscaler((2, 4), Detail.UPSCALED), _crystal, _FIRST)}),
    ("clarity-upscaler", {
        Role.ENHANCE: Endpoint(Role.ENHANCE, _upscaler((2, 4), Detail.UPSCALED), _clarity, ("image", "url")),
    }),
    ("topaz", {
        Role.ENHANCE: Endpoint(Role.ENHANCE, _upscaler((2, 4), Detail.UPSCALED), _topaz, ("image", "url")),
    }),
    ("trellis-2", {Role.MODEL: Endpoint(Role.MODEL, _SCANNED, _trellis, ("*", "url"))}),
    ("trellis", {Role.MODEL: Endpoint(Role.MODEL, _SCANNED, _trellis, ("*", "url"))}),
    ("sam-3/3d-objects", {Role.MODEL: Endpoint(Role.MODEL, _SCANNED, _sam, ("*", "url"))}),
    ("hunyuan-3d/v3.1/pro", {
        Role.MODEL: Endpoint(Role.MODEL, replace(_SCANNED, sides=_SIDES), _hunyuan_sides, ("*", "url")),
    }),
    ("hunyuan3d", {Role.MODEL: Endpoint(Role.MODEL, _SCANNED, _hunyuan, ("*", "url"))}),
)  # fmt: skip
"""Families of endpoints by a word in their id, the first that fits; a setting may name another of its members."""

_TYPES: dict[str, type[ProviderError]] = {
    "content_policy_violation": Moderated,
    "no_media_generated": UnusableAnswer,
    "image_too_small": Unsupported,
    "image_too_large": Unsupported,
    "file_download_error": Unsupported,
    "generation_timeout": ProviderDown,
}


class Fal(Remote):
    """One or several endpoints, one per role."""

    def __init__(self, connection: Connection, *, endpoints: Mapping[Role, str]) -> None:
        self._endpoints = {role: _endpoint(connection, name, role) for role, name in endpoints.items()}
        super().__init__(connection, endpoints, {role: form.limits for role, form in self._endpoints.items()})
        self._door = Door(connection, lambda key: {"authorization": f"Key {key}"}, _explain)

    def _do(self, request: Request, watch: Watch) -> Answer:
        role = role_of(request)
        form = self._endpoints[role]
        errand = _Errand(self.connection, self._door, self.model(role), form, form.body(request))
        return run_task(self.connection, key_of(self, request), errand, watch)


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    endpoint: str
    form: Endpoint
    body: Body

    def submit(self) -> Any:
        reply = self.door.post(f"/{self.endpoint}", body=self.body)
        with unusable(self.connection.provider, self.connection.name):
            answer = reply.json()
            names = ("status_url", "response_url", "cancel_url")
            return {name: self._path(answer[name]) for name in names}

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(task["status_url"], watch, accept=(404, 422))
        if reply.status == 404:
            return Look("unknown")
        if reply.status not in {200, 202}:
            return self._refused(reply)
        with unusable(self.connection.provider, self.connection.name):
            status = reply.json()
            state, place = status["status"], status.get("queue_position")
            if state == "COMPLETED" and status.get("error"):
                kind = _TYPES.get(str(status.get("error_type")), UnusableAnswer)
                return Look("failed", trouble=self.door.trouble(kind, words_of(status["error"])))
        if state == "COMPLETED":
            return self._completed(task, watch)
        if state == "IN_QUEUE":
            return Look(
                "waiting",
                note=f"number {place} in the queue" if isinstance(place, int) and place else "queued",
            )
        if not over(str(state)):
            return Look("running", note="at work")
        return Look("failed", trouble=self.door.trouble(UnusableAnswer, f"the task is {str(state)[:40]}"))

    def _completed(self, task: Any, watch: Watch) -> Look:
        """How a completed task ended: there is no failed state, a failure stands in the place of the result."""
        reply = self.door.get(task["response_url"], watch, accept=(400, 404, 422, *_FAILED))
        if reply.status in _FAILED and "error_type" not in reply.fields():
            raise self.door.trouble(ProviderDown, "its result cannot be read at the moment")
        if reply.status == 404:
            return Look("unknown")
        if reply.status >= 400:
            return self._refused(reply)
        with unusable(self.connection.provider, self.connection.name):
            return Look("done", result=reply.json())

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        with unusable(self.connection.provider, self.connection.name):
            url = _at(result, self.form.results)
            seed = result.get("seed")
        data = self.door.download(url, watch)
        data = glb(self.connection, data) if self.form.role is Role.MODEL else picture(self.connection, data)
        return Answer(data, notes={"seed": str(seed)} if isinstance(seed, int) else {})

    def cancel(self, task: Any) -> bool:
        return self.door.withdraw("PUT", task["cancel_url"])

    def _path(self, url: Any) -> str:
        """The path behind the base url. Only the path is used: the key goes nowhere but to the base url."""
        address, base = urlsplit(str(url)), urlsplit(self.connection.base_url)
        prefix = base.path.rstrip("/")
        path = address.path.removeprefix(prefix) if address.path.startswith(f"{prefix}/") else address.path
        if not path.startswith("/"):
            raise ValueError("no path")
        return path + (f"?{address.query}" if address.query else "")

    def _refused(self, reply: Reply) -> Look:
        """The failure of a task in its own words."""
        kind, words = _explain(reply)
        kind = kind or UnusableAnswer
        trouble = self.door.trouble(UnusableAnswer if issubclass(kind, ProviderDown) else kind, words)
        trouble.charged = reply.status < 500  # server errors are not billed, refused inputs may be
        return Look("failed", trouble=trouble)


def _endpoint(connection: Connection, name: str, role: Role) -> Endpoint:
    for word, by_role in FAMILIES:
        if word in name and role in by_role:
            return by_role[role]
    known = ", ".join(word for word, by_role in FAMILIES if role in by_role)
    raise Unsupported(
        f"Loupe does not know how to ask {connection.name}'s endpoint “{name[:60]}” to {role}; it knows: {known}.",
        provider=connection.provider,
    )


def _at(value: Any, path: tuple[str, ...]) -> str:
    for step in path:
        if step == "*":
            value = next(value[name] for name in _MESHES if value.get(name))
        else:
            value = value[int(step)] if step.isdigit() else value[step]
    if not isinstance(value, str):
        raise TypeError(path)
    return value


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    detail = fields.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        kind = _TYPES.get(str(detail[0].get("type")))
        words = words_of(detail[0].get("msg"))
        return kind or (Unsupported if reply.status == 422 else None), words
    words = words_of(detail)
    if "exhausted balance" in words.lower():
        return QuotaExhausted, words
    if reply.status == 404 and "not found" in words.lower():
        return ModelGone, words
    return _TYPES.get(str(fields.get("error_type"))), words
