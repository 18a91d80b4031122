"""Model: one GLB of the piece, and one sentence that says how far it is known."""

import secrets
import time

from pipeline import framing, glb, images
from pipeline.errors import BadInput, UnusableAnswer
from pipeline.providers.base import Detail, ModelRequest, Provider, Role, Watch
from pipeline.records import Design, Model3D, Recipe
from pipeline.store import Store

_KNOWN = {
    Detail.RENDERED: "Exact: the same geometry the master was rendered from, every side known.",
    Detail.INTERPOLATED: "Relief preview: the front follows the photograph, depth and back are inferred.",
}


def model(store: Store, provider: Provider, design_id: str, *, take: int = 0, watch: Watch) -> Model3D:
    """Have a GLB made from the master and add it to the design."""
    design = store.load(design_id)
    branch = design.branch
    if branch is None:
        raise BadInput("This design has no master yet; generate or upload one first.")
    limits = provider.limits[Role.MODEL]
    parents = (branch.master, *(c.result for c in branch.chosen_close_ups))[: limits.max_images]
    own = branch.master.recipe.provider == provider.id
    request = ModelRequest(
        images=tuple(framing.fit(store.pixels(asset), limits).image for asset in parents),
        prompt=design.prompt,
        kind=design.kind,
        origin=branch.master.recipe.origin if own else "",
        take=take,
    )
    started = time.monotonic()
    answer = provider.run(request, watch)
    if images.media_type(answer.data) != "model/gltf-binary":
        raise UnusableAnswer(f"{provider.name} answered with something that is no GLB.", provider=provider.id)
    recipe = Recipe(
        role=Role.MODEL.value,
        provider=provider.id,
        model=answer.model,
        options={"take": take, **answer.notes},
        parents=tuple(asset.id for asset in parents),
        detail=limits.detail.value,
        seconds=round(answer.seconds or time.monotonic() - started, 2),
        cost_usd=0.0 if answer.cached else answer.cost_usd,
    )
    told = recipe.model_dump(mode="json", exclude={"seconds", "cache_key"}, exclude_defaults=True)
    made = Model3D(
        id=f"m{secrets.token_hex(5)}",
        glb=store.put(glb.with_recipe(answer.data, told), recipe),
        known=_KNOWN.get(
            limits.detail, f"Made by {provider.name}: sides the pictures do not show are invented."
        ),
    )
    master_id = branch.master.id

    def change(current: Design) -> Design:
        branches = tuple(
            b.model_copy(update={"models": (*b.models, made)}) if b.master.id == master_id else b
            for b in current.branches
        )
        return current.model_copy(update={"branches": branches})

    store.update(design_id, change)
    return made
