"""Trace: the photograph's piece as geometry of the atelier, laid over its master, with the figures of how well."""

import hashlib
import json
import secrets
import time
from typing import Literal

from pydantic import Field, TypeAdapter

from pipeline import photo
from pipeline.errors import BadInput
from pipeline.jobs import Job
from pipeline.providers.base import Watch
from pipeline.records import Branch, Detail, Model3D, Recipe, Role
from pipeline.stages.branch import branch_of, change_branch
from pipeline.stages.tools import MACHINE, OfMaster, Tools
from pipeline.store import Store
from pipeline.trace.records import Placement, Point

PROVIDER = "trace"
_VERSION = "trace 6"
_PLACEMENTS: TypeAdapter[tuple[Placement, ...]] = TypeAdapter(tuple[Placement, ...])


class TraceOrder(OfMaster):
    """A photograph traced by itself, through placed points, or on from a piece as somebody laid it."""

    verb: Literal["trace"] = "trace"
    style: str = Field(default="", max_length=60)
    """A family's style or name; all are laid over it where none is said."""
    points: tuple[Point, ...] = Field(default=(), max_length=60)
    size_mm: float | None = Field(default=None, gt=0, le=1000)
    placement: Placement | None = None
    flip: bool = False
    rest: bool = False
    """The pixels fit what the person left, from where it was placement."""

    def check(self, tools: Tools) -> None:
        """Refuse a master that is no photograph: of the atelier's own pieces every number is known."""
        branch = branch_of(tools.store.load(self.design_id), self.master)
        if branch.master.recipe.detail == Detail.RENDERED.value:
            raise BadInput("This master was rendered from geometry; there is nothing to trace.")
        if self.points and not (self.style or self.placement):
            raise BadInput("Points lie on the curves of one family: choose which one it is.")

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the piece."""

        def one(_item: str, watch: Watch) -> None:
            trace(tools.store, self, watch=watch)

        job.each([("Traced piece", self.style)], one, place=MACHINE)


def trace(store: Store, order: TraceOrder, *, watch: Watch) -> Model3D:
    """Carry an order out and add the piece to the design's models, the newest; one traced so before is shown again."""
    design = store.load(order.design_id)
    branch = branch_of(design, order.master)
    key = _key(branch, design.kind, order)
    known = next((m for m in branch.models if m.glb.recipe.options.get("key") == key), None)
    model = known or _model(store, branch, design.kind, order, key, watch)
    change_branch(
        store,
        order.design_id,
        branch.master.id,
        lambda current: current.model_copy(
            update={"models": (*(m for m in current.models if m.id != model.id), model)}
        ),
    )
    return model


def placement_of(model: Model3D) -> Placement | None:
    """How a traced model lies on its photograph; None for other models."""
    text = model.glb.recipe.options.get("placement")
    return (
        Placement.model_validate_json(text)
        if model.glb.recipe.provider == PROVIDER and isinstance(text, str)
        else None
    )


def others_of(model: Model3D) -> tuple[Placement, ...]:
    """How the best of other families lie on a traced model's photograph; none where one was asked for."""
    text = model.glb.recipe.options.get("others")
    return _PLACEMENTS.validate_json(text) if isinstance(text, str) else ()


def _key(branch: Branch, kind: str, order: TraceOrder) -> str:
    """One picture, one mask, one kind, one order, one piece."""
    asked = order.model_dump(mode="json", exclude={"design_id", "master"})
    strokes = [stroke.model_dump(mode="json") for stroke in branch.strokes]
    return hashlib.sha256(
        json.dumps([_VERSION, branch.master.id, strokes, kind, asked], sort_keys=True).encode()
    ).hexdigest()


def _model(store: Store, branch: Branch, kind: str, order: TraceOrder, key: str, watch: Watch) -> Model3D:
    from pipeline.atelier.files.gltf import to_glb
    from pipeline.atelier.pieces.build import build
    from pipeline.solids.score import score
    from pipeline.trace import tracing

    started = time.monotonic()
    pixels = store.pixels(branch.master)
    mask = photo.brush.piece_mask(pixels, branch.strokes)
    if order.placement is not None:
        watch.progress(0.1, "fitting the rest" if order.rest else "laying it over the master")
        traced = tracing.again(
            pixels, kind, order.placement, flip=order.flip, rest=order.rest, points=order.points, size_mm=order.size_mm,
            mask=mask, cancelled=watch.cancelled,
        )  # fmt: skip
    else:
        traced = tracing.trace(
            pixels, kind, order.style, points=order.points, size_mm=order.size_mm, mask=mask, cancelled=watch.cancelled,
            progress=lambda fraction, text: watch.progress(0.9 * fraction, text),
        )  # fmt: skip
    watch.progress(0.92, "building it in full")
    picture = tracing.picture_under(pixels, kind, traced.family, mask)
    scored = score(*tracing.solid_of(traced), picture.film, picture.mask)
    recipe = Recipe(
        role=Role.MODEL,
        provider=PROVIDER,
        model=_VERSION,
        parents=(branch.master.id,),
        origin=traced.spec.model_dump_json(exclude_none=True),
        options={
            "key": key,
            "placement": traced.placement.model_dump_json(),
            "accepted": traced.accepted,
            **({"others": _PLACEMENTS.dump_json(traced.others).decode()} if traced.others else {}),
        },
        seconds=round(time.monotonic() - started, 2),
    )
    words = recipe.model_dump(mode="json", exclude={"seconds", "origin"}, exclude_defaults=True)
    glb = to_glb(build(traced.spec), name=kind, extras={"loupe-recipe": words})
    file = store.put(glb, recipe)
    overlay = store.put_picture(
        scored.overlay,
        Recipe(
            role="overlay",
            provider="reprojection",
            parents=(file.id, branch.master.id),
            options={"camera": "searched"},
        ),
    )
    return Model3D(
        id=f"m{secrets.token_hex(5)}",
        glb=file,
        known=f"{traced.words} Its other sides are the family's, not the photograph's.",
        figures={**scored.figures, **traced.figures.numbers},
        overlay=overlay,
    )
