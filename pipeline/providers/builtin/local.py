"""The offline provider for pictures of unknown make: super-resolution, pencil drawing, relief.

It reads the picture alone and adds nothing, so what it cannot know it leaves soft.
"""

from collections.abc import Mapping

from pipeline import images, photo
from pipeline.errors import Unsupported
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    GenerateRequest,
    Limits,
    ModelRequest,
    ReadRequest,
    Request,
    SketchRequest,
    Watch,
    role_of,
)
from pipeline.records import Detail, Role

_MODELS = {Role.ENHANCE: "edge-directed 1", Role.SKETCH: "graphite 2", Role.MODEL: "relief 2"}
"""A change of the method changes the name, so that older answers are not taken for newer ones."""

_EXTENT_M = {
    "ring": 0.025,
    "necklace": 0.2,
    "earrings": 0.04,
    "bracelet": 0.08,
    "brooch": 0.04,
    "tiara": 0.16,
}
"""Longest side a photographed piece is given, metres: a picture does not tell its scale."""


class Local:
    """Deterministic picture work on this machine."""

    id = "local"
    name = "Offline, from the picture"
    limits: Mapping[Role, Limits] = {
        Role.ENHANCE: Limits(factors=(2, 4), concurrency=2, detail=Detail.INTERPOLATED),
        Role.SKETCH: Limits(concurrency=2, detail=Detail.INTERPOLATED),
        Role.MODEL: Limits(concurrency=1, detail=Detail.INTERPOLATED),
    }

    def model(self, role: Role) -> str:
        """The method's name and version."""
        return _MODELS.get(role, "")

    def run(self, request: Request, watch: Watch) -> Answer:
        """Enhance, sketch or model one picture. Raises BadImage, or Unsupported for text."""
        from pipeline.drawing import pencil

        watch.progress(0.1, "reading")
        model = self.model(role_of(request))
        match request:
            case EnhanceRequest():
                return Answer(
                    images.encode_png(photo.upscale.upscale(images.decode(request.image), request.factor)),
                    model,
                )
            case SketchRequest():
                # Lines are found on the picture itself; the mask only says where the ground is.
                pixels, mask = images.decode_masked(request.image)
                if mask is None:
                    mask = photo.ground.apart(pixels).mask
                drawing = pencil(
                    pixels,
                    style=request.style,
                    weight=request.weight,
                    darkness=request.darkness,
                    grain=request.grain,
                    seed=request.seed,
                    mask=mask,
                    size=(request.height, request.width) if request.width else None,
                )
                return Answer(images.encode_png(drawing), model)
            case ModelRequest():
                pixels, corrected = images.decode_masked(request.images[0])
                extent_m = _EXTENT_M.get(request.kind, 0.03)
                extras = {"loupe-recipe": {"provider": self.id, "model": model}}
                mask = photo.foreground.foreground(pixels) if corrected is None else corrected
                return Answer(photo.relief.relief(pixels, mask, extent_m=extent_m, extras=extras), model)
            case GenerateRequest() | ReadRequest():
                raise Unsupported(
                    "The offline provider cannot work from words; choose the atelier.",
                    provider=self.id,
                )
