"""Replicate: predictions of official and community models, polled; small pictures as data URIs, others uploaded.

https://replicate.com/docs/reference/http. Outputs are deleted after an hour, so they are fetched at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pipeline.errors import (
    ModelGone,
    Moderated,
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
from pipeline.providers.call.answers import data_uri, file_of, from_base64, glb, picture
from pipeline.providers.call.cache_key import key_of
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unpaid, unusable
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote, seed_of, size_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.providers.call.tasks import Look, identifier, over, run_task
from pipeline.records import Detail, Role

SDXL = "stability-ai/sdxl:7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
CLARITY = "philz1337x/clarity-upscaler:dfad41707589d68ecdccd1dfa600d55a208f9310748e44bfe35b4a6291453d5e"
HUNYUAN3D = "tencent/hunyuan3d-2:b1b9449a1277e10402781c5d41eb30c0a0683504fb23fab591ca9dfc2aabe1cb"
"""Community models are asked for by version."""

Input = dict[str, Any]

_PICTURES: dict[str, Any] = {"formats": ("image/png", "image/jpeg"), "max_bytes": 8_000_000, "concurrency": 4}
_SEEDREAM = Frame(
    min_side_px=1024, max_side_px=4096, max_pixels=16_777_216, min_aspect=1 / 16, max_aspect=16.0
)
_SEEDREAM_LARGE = replace(_SEEDREAM, min_pixels=3_686_400)
"""4.5 wants at least as much."""
_SDXL = Limits(max_side_px=1536, min_side_px=512, max_pixels=1_600_000, multiple_of=8, seed=True)
_DATA_URI_BYTES = 256_000
"""Larger pictures are to be uploaded, says the reference."""
_MODERATION = ("nsfw", "safety", "sensitive", "content policy", "flagged", "moderat", "e005")


@dataclass(frozen=True)
class Program:
    """How one model is asked."""

    limits: Limits
    given: Callable[[Any], Input]


def _seedream(request: Any) -> Input:
    width, height = size_of(request)
    fields: Input = {
        "prompt": request.prompt,
        "size": "custom",
        "width": width,
        "height": height,
        "sequential_image_generation": "disabled",
        "max_images": 1,
    }
    if not isinstance(request, GenerateRequest):
        fields["image_input"] = [data_uri(image) for image in pictures_of(request)]
    return fields


def _seedream_four(request: Any) -> Input:
    return {**_seedream(request), "enhance_prompt": False}  # on by default; it would rewrite the words


def _sdxl(request: GenerateRequest) -> Input:
    return {
        "prompt": request.prompt,
        "width": request.width,
        "height": request.height,
        "num_outputs": 1,
        "seed": seed_of(request),
        "apply_watermark": False,
    }


def _clarity(request: EnhanceRequest) -> Input:
    return {
        "image": data_uri(request.image),
        "prompt": request.prompt,
        "scale_factor": max(1, round(request.width / dimensions(request.image)[0])),
        "creativity": 0.1,
        "resemblance": 1.5,
        "seed": seed_of(request),
        "output_format": "png",
    }


def _trellis(request: ModelRequest) -> Input:
    return {
        "images": [data_uri(image) for image in request.images],
        "seed": seed_of(request),
        "randomize_seed": False,
        "generate_model": True,
        "generate_color": False,
        "texture_size": 2048,
    }


def _hunyuan(request: ModelRequest) -> Input:
    return {"image": data_uri(request.images[0]), "seed": seed_of(request), "remove_background": True}


_UPSCALED = Limits(
    **_PICTURES, factors=(2, 4), answer=Frame(max_pixels=48_000_000), detail=Detail.UPSCALED, seed=True
)
_SCANNED = Limits(**_PICTURES, min_side_px=256, max_side_px=4096, seed=True)


def _seedreams(given: Callable[[Any], Input], frame: Frame) -> Mapping[Role, Program]:
    asked = Limits(**asdict(frame))
    edited = Limits(**_PICTURES, min_side_px=15, max_side_px=6000, answer=frame, references=1)
    return {
        Role.GENERATE: Program(asked, given),
        Role.ENHANCE: Program(edited, given),
        Role.SKETCH: Program(edited, given),
    }


PROGRAMS: tuple[tuple[str, Mapping[Role, Program]], ...] = (
    ("seedream-4.5", _seedreams(_seedream, _SEEDREAM_LARGE)),
    ("seedream-4", _seedreams(_seedream_four, _SEEDREAM)),
    ("sdxl", {Role.GENERATE: Program(_SDXL, _sdxl)}),
    ("clarity-upscaler", {Role.ENHANCE: Program(_UPSCALED, _clarity)}),
    ("trellis", {Role.MODEL: Program(_SCANNED, _trellis)}),
    ("hunyuan3d", {Role.MODEL: Program(_SCANNED, _hunyuan)}),
)  # fmt: skip
"""Models by a word in their name; a setting may name another version."""


class Replicate(Remote):
    """One or several models, one per role."""

    def __init__(self, connection: Connection, *, models: Mapping[Role, str]) -> None:
        self._programs = {role: _program(connection, name, role) for role, name in models.items()}
        super().__init__(
            connection, models, {role: program.limits for role, program in self._programs.items()}
        )
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def check(self) -> str:
        """Ask whose key it is, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            whose = self._door.get("/account").json()["username"]
        return f"{self.name} knows the key; it is {str(whose)[:80]}'s."

    def _do(self, request: Request, watch: Watch) -> Answer:
        role = role_of(request)
        given = self._programs[role].given(request)
        errand = _Errand(self.connection, self._door, self.model(role), role, given)
        return run_task(self.connection, key_of(self, request), errand, watch)


@dataclass(frozen=True)
class _Errand:
    connection: Connection
    door: Door
    version: str
    role: Role
    given: Input

    def submit(self) -> Any:
        given = {name: self._sent(value) for name, value in self.given.items()}
        reply = self.door.post("/predictions", body={"version": self.version, "input": given})
        with unusable(self.connection.provider, self.connection.name):
            return identifier(reply.json()["id"])

    def _sent(self, value: Any) -> Any:
        """A field as it is sent: a picture too large for a data URI is uploaded, which costs nothing."""
        if isinstance(value, list):
            return [self._sent(part) for part in value]
        if not isinstance(value, str) or not value.startswith("data:image/"):
            return value
        data = from_base64(self.connection, value)
        if len(data) <= _DATA_URI_BYTES:
            return value
        reply = self.door.post("/files", parts={"content": file_of("picture", data)}, paid=False)
        with unpaid(), unusable(self.connection.provider, self.connection.name):
            url = reply.json()["urls"]["get"]
            if not isinstance(url, str) or not url.startswith("http"):
                raise ValueError("no address")
            return url

    def look(self, task: Any, watch: Watch) -> Look:
        reply = self.door.get(f"/predictions/{task}", watch, accept=(404,))
        if reply.status == 404:
            return Look("unknown")
        with unusable(self.connection.provider, self.connection.name):
            status = reply.json()
            state, output, error = str(status["status"]), status.get("output"), words_of(status.get("error"))
        if state == "succeeded":
            if status.get("data_removed") or output is None:
                return Look(
                    "failed",
                    trouble=self.door.trouble(UnusableAnswer, "the result was deleted after an hour"),
                )
            return Look("done", result=output)
        if not over(state):
            return Look("waiting" if state == "starting" else "running", note=str(state))
        moderated = any(sign in error.lower() for sign in _MODERATION)
        return Look(
            "failed",
            trouble=self.door.trouble(
                Moderated if moderated else UnusableAnswer, error or f"the prediction is {state!s:.40}"
            ),
        )

    def fetch(self, task: Any, result: Any, watch: Watch) -> Answer:
        with unusable(self.connection.provider, self.connection.name):
            url = _output(result)
        data = self.door.download(url, watch)
        return Answer(
            glb(self.connection, data) if self.role is Role.MODEL else picture(self.connection, data)
        )

    def cancel(self, task: Any) -> bool:
        return self.door.withdraw("POST", f"/predictions/{task}/cancel")


def _output(result: Any) -> str:
    """The address in any of the shapes models answer: a string, a list, an object."""
    if isinstance(result, list):
        result = result[0]
    if isinstance(result, dict):
        result = next(result[name] for name in ("model_file", "mesh", "model", "image") if result.get(name))
    if not isinstance(result, str):
        raise TypeError("no address")
    return result


def _program(connection: Connection, name: str, role: Role) -> Program:
    for word, by_role in PROGRAMS:
        if word in name and role in by_role:
            return by_role[role]
    known = ", ".join(word for word, by_role in PROGRAMS if role in by_role)
    raise Unsupported(
        f"Loupe does not know how to ask {connection.name}'s model “{name[:60]}” to {role}; known families: {known}.",
        provider=connection.provider,
    )


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    words = words_of(fields.get("detail")) or words_of(fields.get("title"))
    if reply.status == 422 and ("version" in words.lower() or "does not exist" in words.lower()):
        return ModelGone, words
    if "insufficient credit" in words.lower():
        return QuotaExhausted, words
    if reply.status in {400, 422} and any(sign in words.lower() for sign in _MODERATION):
        return Moderated, words
    return None, words
