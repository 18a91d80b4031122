"""The atelier as a provider: words become geometry, and every later picture is rendered from that geometry.

Its `origin` is the spec as JSON: macro, drawing and GLB of one origin are the same piece by construction.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline import images
from pipeline.errors import Unsupported
from pipeline.providers.base import (
    Answer,
    EnhanceRequest,
    GenerateRequest,
    Limits,
    ModelRequest,
    Request,
    SketchRequest,
    Watch,
)
from pipeline.records import BENCH_VIEWS, KINDS, Detail, Kind, Role, Shot

if TYPE_CHECKING:
    from pipeline.atelier.camera import Camera
    from pipeline.atelier.casting import ThinPlace
    from pipeline.atelier.piece import Piece
    from pipeline.atelier.render.client import Renderer
    from pipeline.atelier.spec import Spec
    from pipeline.atelier.thickening import Thickened

_MODEL = "atelier 12"
"""A change that alters pictures changes the name, so that older answers are not taken for newer ones."""
_SMALL_PX = 1280
"""Up to this side a master in fine quality costs no more than a standard one of 2048 pixels."""


class Atelier:
    """The built-in jeweler. Renders in a process of its own, one picture at a time per machine."""

    id = "atelier"
    name = "Atelier (built in)"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._renderer: Renderer | None = None
        self._starting = threading.Lock()
        side = 4096
        self.limits: Mapping[Role, Limits] = {
            Role.GENERATE: Limits(
                min_side_px=256,
                max_side_px=side,
                min_aspect=1.0,
                max_aspect=1.0,
                seed=True,
                # Candidates wait in the renderer's own queue, which tells everybody their place.
                concurrency=32,
                detail=Detail.RENDERED,
                refines=True,
            ),
            Role.ENHANCE: Limits(factors=(2, 4), concurrency=2, detail=Detail.RENDERED),
            Role.SKETCH: Limits(concurrency=2, detail=Detail.RENDERED, views=BENCH_VIEWS),
            Role.MODEL: Limits(concurrency=1, detail=Detail.RENDERED),
        }

    def model(self, role: Role) -> str:
        """The version of geometry and light."""
        return _MODEL

    def capability_note(self) -> str:
        """One sentence when something the renderer needs is missing, else an empty string."""
        from pipeline.atelier.render.engine import capability

        ability = capability()
        return "" if ability.engine == "llvm" else ability.note

    def run(self, request: Request, watch: Watch) -> Answer:
        """Render, draw or write the GLB. Raises BadPrompt, RendererFailed, Cancelled, Unsupported for photographs."""
        match request:
            case GenerateRequest():
                return self._generate(request, watch)
            case EnhanceRequest():
                return self._enhance(request, watch)
            case SketchRequest():
                return self._sketch(request, watch)
            case ModelRequest():
                return self._gltf(request, watch)
        raise Unsupported(f"{self.name} reads prompts as it makes them; choose a reader.", provider=self.id)

    def silhouette(self, origin: str, size: int) -> NDArray[np.bool_]:
        """Which pixels of the master's film, `size` square, show the piece. Raises as `run`."""
        _, piece = self._piece_of(origin)
        seen = self._process().gbuffer(piece, _camera(origin), width=size, height=size)
        return np.asarray(seen.part >= 0)

    def still(self, origin: str, name: str, size: int, watch: Watch) -> images.Pixels:
        """The piece from a named side of `pipeline.views`, path-traced. Raises as `run`."""
        from pipeline.atelier.camera import view_camera
        from pipeline.atelier.render.engine import capability
        from pipeline.atelier.render.film import STANDARD

        spec, piece = self._piece_of(origin)
        size = min(size, capability().max_size)
        camera = _with_its_lens(spec, piece, view_camera(piece, name))
        return self._render(piece, camera, watch, size=size, quality=STANDARD)

    def frame(self, origin: str, angle_deg: float, size: int, watch: Watch) -> images.Pixels:
        """The piece on the turntable, path-traced. Raises as `run`."""
        from pipeline.atelier.camera import turntable_camera
        from pipeline.atelier.render.engine import capability
        from pipeline.atelier.render.film import DRAFT

        spec, piece = self._piece_of(origin)
        size = min(size, capability().max_size)
        camera = _with_its_lens(spec, piece, turntable_camera(piece, angle_deg))
        return self._render(piece, camera, watch, size=size, quality=DRAFT)

    def stl(self, origin: str) -> bytes:
        """The piece's metal as binary STL: millimetres, watertight. Raises as `run`."""
        from pipeline.atelier.files.stl import to_stl

        spec, piece = self._piece_of(origin)
        return to_stl(piece, name=spec.kind)

    def thin_places(self, origin: str) -> tuple["ThinPlace", ...]:
        """What of the piece is too thin to cast, where it stands in its GLB. Raises as `run`."""
        from pipeline.atelier.casting import thin_places
        from pipeline.atelier.files.gltf import positions

        _, piece = self._piece_of(origin)
        places = thin_places(piece.parts)
        there = positions(piece, np.array([place.at for place in places]).reshape(-1, 3))
        return tuple(replace(place, at=tuple(at)) for place, at in zip(places, there.tolist(), strict=True))

    def thickened(self, origin: str) -> "Thickened":
        """The piece with walls, prongs and grains that can be cast. Raises as `run`."""
        from pipeline.atelier.thickening import thicken

        spec, _ = self._piece_of(origin)
        return thicken(spec)

    def _generate(self, request: GenerateRequest, watch: Watch) -> Answer:
        from pipeline.atelier.render.engine import capability
        from pipeline.atelier.render.film import DRAFT, FINE, STANDARD

        notes: dict[str, str] = {}
        if request.origin:
            origin = request.origin
        else:
            origin, notes = _read(request)
        _, piece = _piece(origin)
        watch.progress(0.05, "geometry is built")
        camera = _camera(origin, request.shot)
        size = min(request.width, capability().max_size)
        pixels = self._render(
            piece,
            camera,
            watch,
            size=size,
            # A small master costs little, and what is enlarged from it wants its stones without noise.
            quality=DRAFT if request.draft else FINE if size <= _SMALL_PX else STANDARD,
        )
        if not request.shot:
            notes |= _notes_of(origin)
        return Answer(images.encode_png(pixels), _MODEL, origin=origin, notes=notes)

    def _enhance(self, request: EnhanceRequest, watch: Watch) -> Answer:
        if request.window is None:
            raise Unsupported(
                "The atelier needs to know where the crop lies on its master.", provider=self.id
            )
        _, piece = self._piece_of(request.origin)
        pixels = self._render(
            piece,
            _camera(request.origin, request.shot),
            watch,
            size=request.master_size[0],
            window=request.window,
            scale=request.factor,
        )
        return Answer(images.encode_png(pixels), _MODEL)

    def _sketch(self, request: SketchRequest, watch: Watch) -> Answer:
        from pipeline.bench.views import bench_view, draw_in_place
        from pipeline.drawing import manner
        from pipeline.drawing.plate import to_bytes

        spec, piece = self._piece_of(request.origin)
        how = manner(
            request.style,
            weight=request.weight,
            darkness=request.darkness,
            grain=request.grain,
            seed=request.seed,
        )
        watch.progress(0.1, "drawing")

        def look(piece: "Piece", camera: Any, **size: Any) -> Any:
            return self._process().gbuffer(
                piece,
                camera,
                cancelled=watch.cancelled,
                notice=lambda text: watch.progress(0.1, text),
                **size,
            )

        if request.view:
            return Answer(to_bytes(bench_view(spec, piece, look, request.view, how)), _MODEL)
        source = images.decode(request.image)
        film = request.master_size[0] or source.shape[1]
        side = max(request.width, request.height)
        drawing = draw_in_place(
            spec,
            piece,
            look,
            source,
            window=request.window,
            film=film,
            manner=how,
            side=side,
            camera=_camera(request.origin, request.shot),
        )
        return Answer(to_bytes(drawing), _MODEL)

    def _gltf(self, request: ModelRequest, watch: Watch) -> Answer:
        from pipeline.atelier.files.gltf import to_glb

        spec, piece = self._piece_of(request.origin)
        watch.progress(0.3, "writing the model")
        extras = {
            "loupe-recipe": {"provider": self.id, "model": _MODEL, "spec": spec.model_dump(mode="json")}
        }
        return Answer(to_glb(piece, name=piece.kind, extras=extras), _MODEL)

    def _piece_of(self, origin: str) -> "tuple[Spec, Piece]":
        if not origin:
            raise Unsupported(
                "The atelier can only work on pieces it made itself; choose the offline provider for photographs.",
                provider=self.id,
            )
        return _piece(origin)

    def _render(self, piece: "Piece", camera: Any, watch: Watch, **how: Any) -> images.Pixels:
        return self._process().render(
            piece,
            camera,
            progress=lambda fraction: watch.progress(0.05 + 0.85 * fraction, "rendering"),
            cancelled=watch.cancelled,
            notice=lambda text: watch.progress(0.05, text),
            **how,
        )

    def _process(self) -> "Renderer":
        """The one renderer: candidates of a fresh start ask for it at the same time."""
        from pipeline.atelier.render.client import Renderer
        from pipeline.atelier.render.engine import capability

        with self._starting:
            if self._renderer is None:
                # The process chooses by the same finding: what a picture may measure is known before it is asked for.
                slow = capability().engine == "scalar"
                self._renderer = Renderer(self._folder / "renderer", scalar=slow)
            return self._renderer


def _read(request: GenerateRequest) -> tuple[str, dict[str, str]]:
    """The prompt as an origin, and what was understood of it."""
    from pipeline.atelier.language.prompt import notes, read
    from pipeline.atelier.series import member

    reading = read(request.prompt, kind=_kind(request.kind))
    spec, sentence = member(reading.spec, request.seed, reading)
    reading_notes = notes(reading)
    reading_notes["assumed"] = f"{reading_notes['assumed']} {sentence}".strip()
    return spec.model_dump_json(exclude_none=True), reading_notes


def _kind(name: str) -> Kind | None:
    return next((kind for kind in KINDS if kind == name), None)


def _piece(origin: str) -> "tuple[Spec, Piece]":
    from pipeline.atelier.pieces.origin import piece_of

    return piece_of(origin)


def _camera(origin: str, shot: Shot = "") -> "Camera":
    """The camera of the master, or of its other shot."""
    from pipeline.atelier.pieces.origin import camera_of

    return camera_of(origin, shot)


def _with_its_lens(spec: "Spec", piece: "Piece", camera: "Camera") -> "Camera":
    """The camera of a picture that is not measured, with the lens that the piece's pictures are to be taken by."""
    from pipeline.atelier.camera import opened

    return opened(piece, camera, float(spec.aperture.removeprefix("f/"))) if spec.aperture else camera


@lru_cache(maxsize=4)
def _notes_of(origin: str) -> dict[str, str]:
    """What a piece's geometry tells of its pictures: a draft and its master are of the same piece."""
    spec, piece = _piece(origin)
    return {"regions": json.dumps(_regions(spec, piece, _camera(origin))), **_facts(spec, piece)}


def _regions(spec: "Spec", piece: "Piece", camera: "Camera") -> list[dict[str, Any]]:
    """The five named places as fractions of the master's frame, from the geometry itself."""
    from pipeline.atelier.regions import named_regions

    places = (asdict(region) for region in named_regions(spec, piece, camera))
    return [{name: value for name, value in place.items() if value != ""} for place in places]


def _facts(spec: "Spec", piece: "Piece") -> dict[str, str]:
    """What a title block says of the piece."""
    from pipeline.atelier.measures import figures

    measured = figures(spec, piece)
    return {"metal": measured.metal, "stones": measured.stones, "measures": ", ".join(measured.notes)}
