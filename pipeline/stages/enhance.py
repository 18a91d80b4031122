"""Enhance: cut a region, have it sharpened, lay the answer over the crop, measure, repair, keep every attempt."""

import secrets
import time
from typing import Any, Literal

import numpy as np

from pipeline import fidelity, framing, images
from pipeline.errors import BadInput
from pipeline.fidelity import Dial, Thresholds
from pipeline.fidelity.gate_version import judged_by
from pipeline.images import Pixels
from pipeline.providers.base import EnhanceRequest, Provider, Watch
from pipeline.records import Asset, AssetId, CloseUp, Design, Detail, Recipe, Region, Role
from pipeline.store import Store


def enhance(
    store: Store,
    provider: Provider,
    design_id: str,
    region: Region,
    *,
    prompt: str,
    factor: int,
    dial: Dial = "strict",
    take: int = 0,
    thresholds: Thresholds | None = None,
    watch: Watch,
) -> CloseUp:
    """Make one attempt at a region's close-up and add it to the design."""
    design = store.load(design_id)
    if design.branch is None:
        raise BadInput("This design has no master yet; generate or upload one first.")
    master = design.branch.master
    crop_pixels = images.crop(store.pixels(master), region.box)
    crop = store.put_picture(
        crop_pixels, Recipe(role="crop", provider="crop", parents=(master.id,), options=_box(region))
    )
    framed = framing.fit(crop_pixels, provider.limits[Role.ENHANCE], factor=factor)
    request = EnhanceRequest(
        image=framed.image,
        prompt=prompt,
        width=framed.width,
        height=framed.height,
        factor=factor,
        origin=master.recipe.origin if master.recipe.provider == provider.id else "",
        window=region.box,
        master_size=(master.width, master.height),
        take=take,
    )
    started = time.monotonic()
    answer = provider.run(request, watch)
    limits = provider.limits[Role.ENHANCE]
    made = Recipe(
        role=Role.ENHANCE,
        provider=provider.id,
        model=answer.model,
        prompt=prompt if limits.detail is Detail.REDRAWN else "",
        options={"factor": factor, "take": take, **answer.notes},
        parents=(crop.id,),
        detail=limits.detail,
        seconds=round(answer.seconds or time.monotonic() - started, 2),
        cost_usd=0.0 if answer.cached else answer.cost_usd,
    )
    watch.progress(0.9, "measuring")
    close_up = _examined(
        store, region, crop, crop_pixels, framed.undo(images.decode(answer.data)), made, dial, thresholds
    )
    return _add(store, design_id, master.id, close_up)


def decide(
    store: Store, design_id: str, close_up_id: str, decision: Literal["", "accepted", "rejected"]
) -> Design:
    """Write down what the reviewer thinks of an attempt."""
    return _change(store, design_id, close_up_id, {"decision": decision})


def _examined(
    store: Store,
    region: Region,
    crop: Asset,
    crop_pixels: Pixels,
    delivered: Pixels,
    made: Recipe,
    dial: Dial,
    thresholds: Thresholds | None,
) -> CloseUp:
    examined = fidelity.examine(crop_pixels, delivered, dial=dial, thresholds=thresholds)
    raw = store.put_picture(delivered, made)
    steps: dict[str, Any] = {"provider": "fidelity", "parents": (crop.id, raw.id), "detail": made.detail}
    same = np.array_equal(delivered, examined.registered)
    registered = raw if same else store.put_picture(examined.registered, Recipe(role="register", **steps))
    locked = store.put_picture(examined.locked, Recipe(role="lock", options={"dial": dial}, **steps))
    heatmap = store.put_picture(examined.heatmap, Recipe(role="heatmap", **steps))
    return CloseUp(
        id=f"c{secrets.token_hex(5)}",
        region=region,
        factor=int(made.options["factor"]),
        crop=crop,
        raw=raw,
        registered=registered,
        locked=locked,
        heatmap=heatmap,
        fidelity=examined.fidelity.recorded(judged_by(thresholds)),
        dial=dial,
    )


def _add(store: Store, design_id: str, master_id: AssetId, close_up: CloseUp) -> CloseUp:
    def change(design: Design) -> Design:
        branches = tuple(
            b.model_copy(update={"close_ups": (*b.close_ups, close_up)}) if b.master.id == master_id else b
            for b in design.branches
        )
        return design.model_copy(update={"branches": branches})

    store.update(design_id, change)
    return close_up


def _change(store: Store, design_id: str, close_up_id: str, update: dict[str, Any]) -> Design:
    def change(design: Design) -> Design:
        if design.branch is None:
            return design
        close_ups = tuple(
            c.model_copy(update=update) if c.id == close_up_id else c for c in design.branch.close_ups
        )
        return design.with_branch(design.branch.model_copy(update={"close_ups": close_ups}))

    return store.update(design_id, change)


def _box(region: Region) -> dict[str, str | int | float | bool]:
    return {
        "label": region.label,
        "x": region.x,
        "y": region.y,
        "width": region.width,
        "height": region.height,
    }
