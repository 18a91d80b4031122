"""Angles: six stills and a turntable of one model, so that every side shown is the same piece."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, Self

from pydantic import Field

from pipeline import files, images, views
from pipeline.errors import BadInput, Cancelled, StorageError
from pipeline.jobs import Job
from pipeline.providers.base import Watch
from pipeline.records import (
    Asset,
    AssetId,
    Branch,
    Design,
    Detail,
    Model3D,
    Origin,
    Recipe,
    Step,
    Turntable,
    View,
)
from pipeline.stages.tools import StageOrder, Tools
from pipeline.stages.viewers import Rastered, Traced
from pipeline.store import Store
from pipeline.turns import Place
from pipeline.turntable import loop as animation
from pipeline.turntable import video

STILL_PX = 1024
FRAMES, FRAME_PX = 36, 512
TURN_S = 4.0
"""How long one turn plays."""


class Eye(Protocol):
    """Who looks at a model: `provider`, `model` and `detail` say how, for the recipe."""

    @property
    def provider(self) -> str:
        """Registry id."""

    @property
    def model(self) -> str:
        """Version of the method."""

    @property
    def detail(self) -> Detail | Origin:
        """How detail came to be."""

    @property
    def place(self) -> Place:
        """Where a view waits for its turn."""

    def still(self, name: str, size: int, watch: Watch) -> images.Pixels:
        """A named view of `views.STILLS`, (size, size, 3)."""

    def frame(self, angle_deg: float, size: int, watch: Watch) -> images.Pixels:
        """A frame of the turntable, (size, size, 3)."""


class _Looks(StageOrder):
    """What orders for pictures of a model share: of the newest one when they were given."""

    model_id: str | None = Field(default=None, max_length=80)
    """None until it is given, and in notes of the time before."""

    def given(self, design: Design) -> Self:
        """The same of the model that is the newest now, where it names none."""
        if self.model_id is not None or design.branch is None or design.branch.model is None:
            return self
        return self.model_copy(update={"model_id": design.branch.model.id})

    def check(self, tools: Tools) -> None:
        """Refuse a design without a 3D model."""
        self.find(tools.store.load(self.design_id))

    def find(self, design: Design) -> tuple[Branch, Model3D]:
        """The model, and the branch it is of. Raises BadInput where it is not there."""
        return _newest_model(design) if self.model_id is None else _find(design, self.model_id)

    def eye(self, tools: Tools) -> tuple[Model3D, Eye]:
        """The model, and who looks at it: its own geometry's renderer, or the rasteriser."""
        design = tools.store.load(self.design_id)
        branch, model = self.find(design)
        if origin := geometry_of(branch, model):
            return model, Traced(tools.atelier, origin)
        return model, Rastered(tools.store.read(model.glb), design.kind)


class ViewsOrder(_Looks):
    """The six stills of the newest model, as far as they are missing."""

    verb: Literal["views"] = "views"

    def run(self, tools: Tools, job: Job) -> None:
        """One row for each view."""
        model, eye = self.eye(tools)

        def one(name: str, watch: Watch) -> None:
            still(tools.store, eye, self.design_id, model.id, name, watch=watch)

        named = [(name.capitalize(), name) for name in missing(model)]
        job.each(named, one, place=eye.place)


class TurntableOrder(_Looks):
    """The turntable of the newest model, where it has none."""

    verb: Literal["turntable"] = "turntable"

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the turn."""
        model, eye = self.eye(tools)

        def one(model_id: str, watch: Watch) -> None:
            turntable(tools.store, eye, self.design_id, model_id, watch=watch)

        if model.turntable is None:
            job.each([("Turntable", model.id)], one, place=eye.place)


def geometry_of(branch: Branch, model: Model3D) -> str:
    """The atelier's description of the piece a model shows: its own, or its master's; empty where there is none."""
    if model.glb.recipe.detail == Detail.RENDERED.value:
        return branch.master.recipe.origin
    return model.glb.recipe.origin if model.glb.recipe.provider == "trace" else ""


def missing(model: Model3D) -> tuple[str, ...]:
    """The views a model has not got yet, in the order they are shown."""
    there = {view.name for view in model.views}
    return tuple(name for name in views.STILLS if name not in there)


def still(store: Store, eye: Eye, design_id: str, model_id: str, name: str, *, watch: Watch) -> View:
    """Make one view of a model and keep it with the model."""
    branch, model = _find(store.load(design_id), model_id)
    started = time.monotonic()
    pixels = eye.still(name, STILL_PX, watch)
    recipe = _recipe("view", eye, branch, model, time.monotonic() - started, view=name)
    view = View(name=name, picture=store.put_picture(pixels, recipe))

    def change(model: Model3D) -> Model3D:
        by_name = {**{other.name: other for other in model.views}, name: view}
        return model.model_copy(update={"views": tuple(by_name[n] for n in views.STILLS if n in by_name)})

    _change(store, design_id, model_id, change)
    return view


def turntable(store: Store, eye: Eye, design_id: str, model_id: str, *, watch: Watch) -> Turntable:
    """Turn a model once round and keep the turn with the model; frames of an interrupted turn are not made again."""
    branch, model = _find(store.load(design_id), model_id)
    started = time.monotonic()
    folder = store.folder / "turning" / model.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        frames = [_frame(folder, eye, number, watch) for number in range(FRAMES)]
    except OSError as error:
        raise StorageError(f"The frames cannot be kept in {folder} ({error.strerror}).") from error
    watch.progress(0.97, "writing the film")
    recipe = _recipe("turntable", eye, branch, model, time.monotonic() - started, frames=FRAMES)
    words = recipe.model_dump(mode="json", exclude_defaults=True)
    turn = Turntable(
        frames=FRAMES,
        loop=store.put(animation(frames, seconds=TURN_S, recipe=words), recipe),
        film=_film(store, frames, recipe),
    )
    _change(store, design_id, model_id, lambda model: model.model_copy(update={"turntable": turn}))
    shutil.rmtree(folder, ignore_errors=True)
    return turn


def _film(store: Store, frames: list[images.Pixels], recipe: Recipe) -> Asset | None:
    """The turn as WebM; None where the installation writes no films."""
    try:
        return store.put(video(frames, seconds=TURN_S, turns=2), recipe)
    except BadInput:
        return None


def _frame(folder: Path, eye: Eye, number: int, watch: Watch) -> images.Pixels:
    if watch.cancelled():
        raise Cancelled("The turntable was stopped.")
    watch.progress(0.96 * number / FRAMES, f"frame {number + 1} of {FRAMES}")
    path = folder / f"{number:02d}.png"
    if path.exists():
        return images.decode(path.read_bytes())
    pixels = eye.frame(360.0 * number / FRAMES, FRAME_PX, _Quiet(watch))
    files.write(path, images.encode_png(pixels))
    return pixels


class _Quiet:
    """A frame's own progress would make the bar of the whole turn jump."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def progress(self, fraction: float, note: str = "") -> None:
        """Drop the report."""

    def cancelled(self) -> bool:
        """Pass the question on."""
        return self._watch.cancelled()


def _recipe(
    role: Step, eye: Eye, branch: Branch, model: Model3D, seconds: float, **options: str | int
) -> Recipe:
    parents: tuple[AssetId, ...] = (model.glb.id, branch.master.id)
    return Recipe(
        role=role,
        provider=eye.provider,
        model=eye.model,
        options=dict(options),
        parents=parents,
        detail=eye.detail,
        seconds=round(seconds, 2),
    )


def _find(design: Design, model_id: str) -> tuple[Branch, Model3D]:
    for branch in design.branches:
        for model in branch.models:
            if model.id == model_id:
                return branch, model
    raise BadInput("This model is not part of the design any more; make one first.")


def _newest_model(design: Design) -> tuple[Branch, Model3D]:
    branch = design.branch
    if branch is None or branch.model is None:
        raise BadInput("This design has no 3D model yet; make one first.")
    return branch, branch.model


def _change(store: Store, design_id: str, model_id: str, change: Callable[[Model3D], Model3D]) -> None:
    """Change a model, whichever master it is of."""

    def changed(branch: Branch) -> Branch:
        models = tuple(change(m) if m.id == model_id else m for m in branch.models)
        return branch.model_copy(update={"models": models})

    store.update(design_id, lambda design: design.with_each_branch(changed))
