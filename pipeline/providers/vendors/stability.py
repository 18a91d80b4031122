"""Stability AI, v2beta: multipart in, picture or GLB bytes out; everything used here blocks.

https://platform.stability.ai/docs/api-reference. A moderated picture comes as a 200, blurred, and is billed.
"""

from pipeline.errors import (
    Moderated,
    ProviderError,
    QuotaExhausted,
    Unsupported,
)
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    Frame,
    GenerateRequest,
    Limits,
    ModelRequest,
    ReadRequest,
    Request,
    SketchRequest,
    Watch,
)
from pipeline.providers.call.answers import file_of, glb, picture
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import unusable
from pipeline.providers.call.http import Door, Parts
from pipeline.providers.call.remote import Remote, seed_of
from pipeline.providers.call.reply import Reply, words_of
from pipeline.records import Detail, Role

_SHAPES = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "9:16": (768, 1344),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "5:4": (1152, 896),
    "4:5": (896, 1152),
    "21:9": (1536, 640),
    "9:21": (640, 1536),
}
"""Aspect ratios with the pixels they come to at one megapixel."""
_FORMATS = ("image/png", "image/jpeg", "image/webp")
_BODY_BYTES = 9_500_000
"""The whole body may have 10 MiB."""
_FAST = Limits(
    min_side_px=32,
    max_side_px=1536,
    max_pixels=1_048_576,
    factors=(4,),
    formats=_FORMATS,
    max_bytes=_BODY_BYTES,
    detail=Detail.UPSCALED,
)
_CONSERVATIVE = Limits(
    min_side_px=64,
    min_pixels=4096,
    max_pixels=9_437_184,
    min_aspect=0.4,
    max_aspect=2.5,
    answer=Frame(min_pixels=3_500_000, max_pixels=4_400_000, min_aspect=0.4, max_aspect=2.5),
    formats=_FORMATS,
    max_bytes=_BODY_BYTES,
    detail=Detail.REDRAWN,
)
_STRUCTURE = Limits(
    min_side_px=64,
    max_pixels=9_437_184,
    min_aspect=0.4,
    max_aspect=2.5,
    formats=_FORMATS,
    max_bytes=_BODY_BYTES,
    seed=True,
    detail=Detail.REDRAWN,
)
_MODEL = Limits(
    min_side_px=768,
    max_pixels=4_194_304,
    formats=_FORMATS,
    max_bytes=_BODY_BYTES,
    seed=True,
    detail=Detail.REDRAWN,
)


class Stability(Remote):
    """Generate (SD 3.5), enhance (fast upscale), sketch (structure control), model (SPAR3D)."""

    def __init__(self, connection: Connection, *, model: str, conservative: bool = False) -> None:
        self._model = model
        if conservative:
            models = {Role.ENHANCE: "upscale/conservative"}
            limits = {Role.ENHANCE: _CONSERVATIVE}
        else:
            models = {
                Role.GENERATE: model,
                Role.ENHANCE: "upscale/fast",
                Role.SKETCH: "control/structure",
                Role.MODEL: "stable-point-aware-3d",
            }
            limits = {
                Role.GENERATE: Limits(sizes=tuple(_SHAPES.values()), seed=True),
                Role.ENHANCE: _FAST,
                Role.SKETCH: _STRUCTURE,
                Role.MODEL: _MODEL,
            }
        super().__init__(connection, models, limits)
        self._door = Door(connection, lambda key: {"authorization": f"Bearer {key}"}, _explain)

    def check(self) -> str:
        """Ask for the account's balance, which costs nothing. Raises what a real call would raise."""
        with unusable(self.id, self.name):
            balance = self._door.get("/v1/user/balance").json()["credits"]
        return f"{self.name} knows the key; {balance} credits are left."

    def _do(self, request: Request, watch: Watch) -> Answer:
        assert not isinstance(request, ReadRequest)  # noqa: S101 - `run` looked at the limits
        watch.progress(0.1, "waiting for the answer")
        match request:
            case GenerateRequest():
                parts: Parts = {
                    "prompt": request.prompt,
                    "mode": "text-to-image",
                    "model": self._model,
                    "aspect_ratio": _shape(request.width, request.height),
                    "seed": str(seed_of(request)),
                    "output_format": "png",
                }
                return self._picture("/v2beta/stable-image/generate/sd3", parts)
            case EnhanceRequest() if self.model(Role.ENHANCE) == "upscale/conservative":
                parts = {
                    "image": file_of("crop", request.image),
                    "prompt": request.prompt,
                    "output_format": "png",
                }
                parts = {**parts, "seed": str(seed_of(request)), "creativity": "0.2"}
                return self._picture("/v2beta/stable-image/upscale/conservative", parts)
            case EnhanceRequest():
                return self._picture(
                    "/v2beta/stable-image/upscale/fast",
                    {"image": file_of("crop", request.image), "output_format": "png"},
                )
            case SketchRequest():
                parts = {
                    "image": file_of("crop", request.image),
                    "prompt": request.prompt,
                    "control_strength": "0.85",
                    "seed": str(seed_of(request)),
                    "output_format": "png",
                }
                return self._picture("/v2beta/stable-image/control/structure", parts)
            case ModelRequest():
                parts = {"image": file_of("crop", request.images[0]), "seed": str(seed_of(request))}
                reply = self._door.post("/v2beta/3d/stable-point-aware-3d", parts=parts)
                return Answer(glb(self.connection, reply.body))

    def _picture(self, path: str, parts: Parts) -> Answer:
        reply = self._door.post(path, parts=parts, headers={"accept": "image/*"})
        if reply.headers.get("finish-reason", "").upper() == "CONTENT_FILTERED":
            error = Moderated(
                f"{self.name} blurred the picture on its content rules (CONTENT_FILTERED).", provider=self.id
            )
            error.charged = True
            raise error
        seed = reply.headers.get("seed", "")
        return Answer(picture(self.connection, reply.body), notes={"seed": seed} if seed.isdigit() else {})


def _shape(width: int, height: int) -> str:
    return min(_SHAPES, key=lambda name: abs(_SHAPES[name][0] / _SHAPES[name][1] - width / height))


def _explain(reply: Reply) -> tuple[type[ProviderError] | None, str]:
    fields = reply.fields()
    errors = fields.get("errors")
    words = (
        "; ".join(str(e) for e in errors)
        if isinstance(errors, list)
        else words_of(errors or fields.get("message"))
    )
    name = str(fields.get("name") or "")
    if name in {"content_moderation", "public_figure"}:
        return Moderated, words
    if name == "payment_required" or reply.status == 402:
        return QuotaExhausted, words
    if name in {"invalid_language", "bad_request", "payload_too_large"}:
        return Unsupported, words
    return None, words or name
