"""Model: one GLB of the piece, laid over its master, and one sentence that says how far it is known."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from pipeline import framing, glb, images, photo
from pipeline.errors import BadModel, UnusableAnswer
from pipeline.jobs import Job
from pipeline.photo.glb import to_scale
from pipeline.providers.base import Limits, ModelRequest, Provider, Watch
from pipeline.records import Asset, AssetId, Branch, Detail, Model3D, Recipe, Role, View
from pipeline.stages.branch import branch_of, change_branch
from pipeline.stages.recipes import recipe_of
from pipeline.stages.tools import MACHINE, OfMaster, Tools
from pipeline.store import Store
from pipeline.views import SIDES

Outline = Callable[[str, int], NDArray[np.bool_]]
"""Which pixels of a square master show the piece: from its recipe's `origin` and the film's side in pixels."""

_KNOWN = {
    Detail.RENDERED: "Every side is known: the same geometry the master was rendered from.",
    Detail.INTERPOLATED: "Relief preview: the front follows the photograph, depth and back are inferred.",
}
_OWN = "Your own model: Loupe knows the side the master shows, and only as far as the figures say."
_UPLOAD = "upload"


class ModelOrder(OfMaster):
    """A 3D model: made by a provider, or the user's own file, which lies in the store already."""

    verb: Literal["model"] = "model"
    provider: str = ""
    upload: Asset | None = None
    take: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.provider) == (self.upload is not None):
            raise ValueError("either a provider or a file of one's own")
        return self

    def check(self, tools: Tools) -> None:
        """Refuse a provider that is not ready, and a design without a master."""
        branch_of(tools.store.load(self.design_id), self.master)
        if self.provider:
            tools.provider(self.provider, Role.MODEL)

    def run(self, tools: Tools, job: Job) -> None:
        """One row, the model."""
        provider = tools.provider(self.provider, Role.MODEL) if self.upload is None else None

        def outline(origin: str, size: int) -> NDArray[np.bool_]:
            return tools.atelier.silhouette(origin, size)

        def one(take: int, watch: Watch) -> None:
            if provider is not None:
                model(
                    tools.store,
                    provider,
                    self.design_id,
                    take=take,
                    outline=outline,
                    watch=watch,
                    master_id=self.master,
                )
            elif self.upload is not None:
                upload(
                    tools.store,
                    self.design_id,
                    self.upload,
                    outline=outline,
                    watch=watch,
                    master_id=self.master,
                )

        place = tools.place(provider, Role.MODEL) if provider else MACHINE
        job.each([("3D model", self.take)], one, place=place)

    def left(self, items: Sequence[int]) -> Self | None:
        """Nothing once the model is there."""
        return self if items else None

    def again(self, failed: Sequence[int], provider: str) -> Self:  # noqa: ARG002 - there is one model
        """The model by this provider, or the file laid over the master once more."""
        return self if self.upload else self.model_copy(update={"provider": provider})


@dataclass(frozen=True)
class _Fit:
    figures: dict[str, float]
    overlay: Asset | None
    trouble: str = ""


def model(
    store: Store,
    provider: Provider,
    design_id: str,
    *,
    take: int = 0,
    outline: Outline | None = None,
    watch: Watch,
    master_id: AssetId | None = None,
) -> Model3D:
    """Have a GLB made from a master, else the one under work, lay it over the master and add it to the design.

    `outline` tells the silhouette of a master that was rendered from geometry; of others it is read from the picture.
    """
    design = store.load(design_id)
    branch = branch_of(design, master_id)
    limits = provider.limits[Role.MODEL]
    sides = _sides(branch, limits.sides)
    pictures = (branch.master, *_further_views(branch))[: limits.max_images]
    parents = (*pictures, *sides.values())
    same_provider = branch.master.recipe.provider == provider.id
    request = ModelRequest(
        images=_pictures(store, branch, pictures, limits),
        prompt=design.prompt,
        kind=design.kind,
        origin=branch.master.recipe.origin if same_provider else "",
        take=take,
        sides=tuple((side, framing.fit(store.pixels(asset), limits).image) for side, asset in sides.items()),
    )
    started = time.monotonic()
    answer = provider.run(request, watch)
    if images.media_type(answer.data) != glb.MEDIA_TYPE:
        raise UnusableAnswer(f"{provider.name} answered with something that is no GLB.", provider=provider.id)
    recipe = recipe_of(
        provider,
        Role.MODEL,
        answer,
        started=started,
        parents=tuple(asset.id for asset in parents),
        origin=request.origin,
        options={"take": take},
    )
    words = recipe.model_dump(mode="json", exclude={"seconds", "cache_key", "origin"}, exclude_defaults=True)
    data, length = answer.data, branch_of(store.load(design_id), branch.master.id).known_length
    if length is not None and limits.detail is Detail.INTERPOLATED:
        data = to_scale(data, length.pitch_mm * branch.master.width / 1000)
    file = store.put(glb.with_recipe(data, words), recipe)
    known = _KNOWN.get(limits.detail, _made_by(provider.name, len(parents)))
    return _add(store, design_id, branch, file, known, outline, watch)


def keep_upload(store: Store, design_id: str, data: bytes) -> Asset:
    """Check a GLB of the user's own and keep its bytes. Raises BadModel, and BadInput without a master."""
    from pipeline.solids.examination import examiner

    branch = branch_of(store.load(design_id))
    examiner(store.folder / "examiner").check(data)
    return store.put(data, Recipe(role=Role.MODEL, provider=_UPLOAD, parents=(branch.master.id,)))


def upload(
    store: Store,
    design_id: str,
    file: Asset,
    *,
    outline: Outline | None = None,
    watch: Watch,
    master_id: AssetId | None = None,
) -> Model3D:
    """Lay a GLB of the user's own over a master, else the one under work, and add it to the design."""
    branch = branch_of(store.load(design_id), master_id)
    return _add(store, design_id, branch, file, _OWN, outline, watch)


def _pictures(store: Store, branch: Branch, pictures: Sequence[Asset], limits: Limits) -> tuple[bytes, ...]:
    """The pictures a model is made of; whoever reads a relief from pixels is told what a person corrected, as alpha."""
    if branch.strokes and limits.detail is Detail.INTERPOLATED:
        pixels = store.pixels(branch.master)
        return (images.encode_quickly(pixels, photo.brush.piece_mask(pixels, branch.strokes)),)
    return tuple(framing.fit(store.pixels(asset), limits).image for asset in pictures)


def _stills(branch: Branch) -> tuple[View, ...]:
    """The piece from other sides, where a model rendered from its own geometry shows them."""
    rendered = [m for m in branch.models if m.glb.recipe.detail == Detail.RENDERED.value and m.views]
    return rendered[-1].views if rendered else ()


def _sides(branch: Branch, asked: tuple[str, ...]) -> dict[str, Asset]:
    """Stills that show one of the sides asked for straight on, by the side's name."""
    shown = {SIDES[view.name]: view.picture for view in _stills(branch) if view.name in SIDES}
    return {side: shown[side] for side in asked if side in shown}


def _further_views(branch: Branch) -> tuple[Asset, ...]:
    """What else a maker of models may look at: the same piece from other sides, else accepted close-ups."""
    stills = _stills(branch)
    if stills:
        return tuple(view.picture for view in stills)
    return tuple(c.result for c in branch.chosen_close_ups if c.decision == "accepted")


def _made_by(name: str, pictures: int) -> str:
    seen = "one picture" if pictures == 1 else f"{pictures} pictures"
    return f"Made by {name} from {seen}: what they show is known as far as the figures say, the rest is invented."


def _add(
    store: Store,
    design_id: str,
    branch: Branch,
    file: Asset,
    known: str,
    outline: Outline | None,
    watch: Watch,
) -> Model3D:
    watch.progress(0.6, "laying it over the master")
    fit = _lay(store, branch, file, outline, watch)
    added = Model3D(
        id=f"m{secrets.token_hex(5)}",
        glb=file,
        known=f"{known} {fit.trouble}".strip(),
        figures=fit.figures,
        overlay=fit.overlay,
    )
    change_branch(
        store,
        design_id,
        branch.master.id,
        lambda current: current.model_copy(update={"models": (*current.models, added)}),
    )
    return added


def _lay(store: Store, branch: Branch, file: Asset, outline: Outline | None, watch: Watch) -> _Fit:
    """Measure how well a model fits its master; a model that cannot be read is kept, and said to be unmeasured."""
    from pipeline.solids.pose import find
    from pipeline.solids.reading import read
    from pipeline.solids.score import FILM_PX, score, square, square_mask

    master = branch.master
    rendered = master.recipe.detail == Detail.RENDERED.value and bool(master.recipe.origin)
    try:
        solid = read(store.read(file))
    except BadModel as error:
        return _Fit(
            {}, None, f"It could not be laid over the master: {str(error)[:1].lower()}{str(error)[1:]}"
        )
    pixels = store.pixels(master)
    if rendered and outline is not None:
        silhouette = outline(master.recipe.origin, FILM_PX)
    else:
        silhouette = square_mask(photo.brush.piece_mask(pixels, branch.strokes))
    if not silhouette.any():
        return _Fit({}, None, "It could not be laid over the master, whose backdrop hides the piece.")
    film = square(pixels)
    trusted = file.recipe.detail in {Detail.RENDERED.value, Detail.INTERPOLATED.value}
    known = solid.camera if trusted else None
    camera = known
    if camera is None:
        watch.progress(0.7, "looking for the master's camera")
        camera = find(solid, film, silhouette, watch.cancelled)
    scored = score(solid, camera, film, silhouette)
    recipe = Recipe(
        role="overlay",
        provider="reprojection",
        parents=(file.id, master.id),
        options={"camera": "known" if known else "searched"},
    )
    return _Fit(scored.figures, store.put_picture(scored.overlay, recipe))
