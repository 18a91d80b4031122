"""Enhance: cut a region, have it sharpened, lay the answer over the crop, measure, repair, keep every attempt."""

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field

from pipeline import fidelity, framing, images
from pipeline.errors import BadRegion, Unsupported
from pipeline.fidelity import Dial, Thresholds
from pipeline.fidelity.gate_version import judged_by
from pipeline.images import Pixels
from pipeline.jobs import Job
from pipeline.prompts import WITH_MASTER
from pipeline.providers.base import EnhanceRequest, Limits, Provider, Watch
from pipeline.records import Asset, Branch, CloseUp, Design, Detail, Recipe, Region, Role
from pipeline.stages.branch import branch_of, change_branch
from pipeline.stages.recipes import recipe_of
from pipeline.stages.tools import OfMaster, Tools
from pipeline.store import Store

LONGEST_ANSWER_PX = 4096
"""Longer side of a close-up past which nobody sees more; a larger region is enlarged by less."""
_REFERENCE_PX = 1536
"""Longer side of a master that goes along: enough to know a piece by; more only costs tokens."""


class _CloseUps(OfMaster):
    """What every order for close-ups says."""

    factor: int = Field(ge=2, le=4)
    """Enlargement of the crop's sides."""
    prompt: str
    dial: Dial = "strict"
    take: int = Field(default=0, ge=0)
    """Another number asks for another answer to the same question."""
    with_master: bool = False
    """Send the whole master beside each crop, to editors that take several pictures."""

    def check_provider(self, tools: Tools, provider_id: str) -> Provider:
        """Find who makes the close-ups. Raises Unsupported for a factor that is not offered, and ProviderError."""
        provider = tools.provider(provider_id, Role.ENHANCE)
        factors = provider.limits[Role.ENHANCE].factors
        if factors and self.factor not in factors:
            offered = " or ".join(f"{factor}x" for factor in factors)
            raise Unsupported(
                f"{provider.name} does not enlarge {self.factor}x; choose {offered}.", provider=provider_id
            )
        return provider

    def make(self, tools: Tools, provider: Provider, branch: Branch, region: Region, watch: Watch) -> None:
        """Make one close-up of a master as ordered."""
        _enhance(tools.store, provider, self, branch, region, tools.thresholds().get(provider.id), watch)


class EnhanceOrder(_CloseUps):
    """Close-ups of several regions by one provider."""

    verb: Literal["enhance"] = "enhance"
    provider: str
    regions: tuple[Region, ...] = Field(min_length=1)

    @property
    def parts(self) -> int:
        """One for each region."""
        return len(self.regions)

    def check(self, tools: Tools) -> None:
        """Refuse a factor that is not offered, a provider that is not ready, a design without a master."""
        branch_of(tools.store.load(self.design_id), self.master)
        self.check_provider(tools, self.provider)

    def run(self, tools: Tools, job: Job) -> None:
        """One row for each region."""
        provider = self.check_provider(tools, self.provider)
        # Another one may stand before the last part is begun.
        branch = branch_of(tools.store.load(self.design_id), self.master)

        def one(region: Region, watch: Watch) -> None:
            self.make(tools, provider, branch, region, watch)

        named = [(region.label, region) for region in self.regions]
        job.each(named, one, place=tools.place(provider, Role.ENHANCE))

    def left(self, items: Sequence[Region]) -> Self | None:
        """The regions that have not been made."""
        return self.model_copy(update={"regions": tuple(items)}) if items else None

    def again(self, failed: Sequence[Region], provider: str) -> Self:
        """The regions that failed, by this provider."""
        regions = tuple(failed) or self.regions
        return self.model_copy(update={"regions": regions, "provider": provider})


class BakeOffOrder(_CloseUps):
    """The same region by several providers, to compare them."""

    verb: Literal["bakeoff"] = "bakeoff"
    region: Region
    providers: tuple[str, ...] = Field(min_length=1)

    def check(self, tools: Tools) -> None:
        """Refuse a factor that is not offered by all, providers that are not ready, a design without a master."""
        branch_of(tools.store.load(self.design_id), self.master)
        for provider_id in self.providers:
            self.check_provider(tools, provider_id)

    def run(self, tools: Tools, job: Job) -> None:
        """One row for each provider."""
        providers = [self.check_provider(tools, provider_id) for provider_id in self.providers]
        branch = branch_of(tools.store.load(self.design_id), self.master)

        def one(provider_id: str, watch: Watch) -> None:
            self.make(tools, tools.provider(provider_id, Role.ENHANCE), branch, self.region, watch)

        job.each(
            [(provider.name, provider.id) for provider in providers],
            one,
            place=lambda provider_id: tools.place(tools.provider(provider_id, Role.ENHANCE), Role.ENHANCE),
        )

    def left(self, items: Sequence[str]) -> Self | None:
        """The providers that have not answered."""
        return self.model_copy(update={"providers": tuple(items)}) if items else None

    def again(self, failed: Sequence[str], provider: str) -> Self:  # noqa: ARG002 - each asks its own again
        """The providers that failed."""
        return self.model_copy(update={"providers": tuple(failed) or self.providers})


def _enhance(
    store: Store,
    provider: Provider,
    order: _CloseUps,
    branch: Branch,
    region: Region,
    thresholds: Thresholds | None,
    watch: Watch,
) -> None:
    """Make one attempt at a region's close-up and add it to the design.

    A region of the other shot is cut from that and measured against it.

    A region so large that its answer would pass 4096 px is enlarged by less than was ordered, and that is told.
    """
    limits = provider.limits[Role.ENHANCE]
    factor = useful_factor(region, order.factor, limits)
    if factor < order.factor:
        watch.progress(0.01, f"enlarging {factor}x: {order.factor}x would pass {LONGEST_ANSWER_PX} px")
    master, picture = branch.master, branch.pictured(region.shot)
    picture_pixels = store.pixels(picture)
    crop_pixels = images.crop(picture_pixels, region.box)
    references = _references(picture_pixels, limits) if order.with_master else ()
    # 150 MB of the largest master would stand by while a provider works and all is measured.
    del picture_pixels
    crop = store.put_picture(
        crop_pixels, Recipe(role="crop", provider="crop", parents=(picture.id,), options=_box(region))
    )
    prompt = f"{order.prompt} {WITH_MASTER}" if references else order.prompt
    framed = framing.fit(crop_pixels, limits, factor=factor)
    request = EnhanceRequest(
        image=framed.image,
        prompt=prompt,
        width=framed.width,
        height=framed.height,
        factor=factor,
        origin=picture.recipe.origin if picture.recipe.provider == provider.id else "",
        window=region.box,
        master_size=(picture.width, picture.height),
        shot=region.shot,
        take=order.take,
        references=references,
    )
    started = time.monotonic()
    answer = provider.run(request, watch)
    redrawn = limits.detail is Detail.REDRAWN
    recipe = recipe_of(
        provider,
        Role.ENHANCE,
        answer,
        started=started,
        parents=(crop.id,),
        prompt=prompt if redrawn else "",
        options=_options(order, factor, with_master=bool(references)),
    )
    watch.progress(0.9, "measuring")
    close_up = _examined(
        store,
        picture,
        region,
        crop,
        crop_pixels,
        framed.undo(images.decode(answer.data)),
        recipe,
        order.dial,
        thresholds,
    )
    change_branch(
        store,
        order.design_id,
        master.id,
        lambda branch: branch.model_copy(update={"close_ups": (*branch.close_ups, close_up)}),
    )


def useful_factor(region: Region, wanted: int, limits: Limits) -> int:
    """The largest offered enlargement up to the wanted one whose answer keeps to 4096 px, else the smallest offered.

    Of those a provider lists, one that divides the wanted one is lowered to: networks enlarge by whole passes, and
    what lies between two of them costs as much as the larger.
    """
    offered = [factor for factor in limits.factors or range(2, wanted + 1) if factor <= wanted] or [wanted]
    longer = max(region.width, region.height)
    useful = [factor for factor in offered if longer * factor <= LONGEST_ANSWER_PX]
    whole = [factor for factor in useful if limits.factors and wanted % factor == 0]
    return max(whole or useful, default=min(offered))


def enlarge(provider: Provider, pixels: Pixels, factor: int, watch: Watch) -> Pixels:
    """Have a picture (h, w, 3) of no design enlarged. Raises BadRegion, NotRegistrable, Unsupported, ProviderError."""
    limits = provider.limits.get(Role.ENHANCE)
    if limits is None or (limits.factors and factor not in limits.factors):
        raise Unsupported(
            f"{provider.name} does not enlarge {factor}x; choose another.", provider=provider.id
        )
    framed = framing.fit(pixels, limits, factor=factor)
    request = EnhanceRequest(framed.image, "", framed.width, framed.height, factor=factor)
    return framed.undo(images.decode(provider.run(request, watch).data))


def _options(order: _CloseUps, factor: int, *, with_master: bool) -> dict[str, str | int | float | bool]:
    """What the recipe says of how it was asked."""
    options: dict[str, str | int | float | bool] = {"factor": factor, "take": order.take}
    if factor < order.factor:
        options["wanted"] = order.factor
    if with_master:
        options["with master"] = True
    return options


def _references(master: Pixels, limits: Limits) -> tuple[bytes, ...]:
    """The whole master as it goes along, at most `_REFERENCE_PX` wide or high; none where the provider takes none."""
    if not limits.references:
        return ()
    small = images.within(master, _REFERENCE_PX)
    return (framing.encode(small, limits.formats, limits.max_bytes),)


def price_of(
    reckon: Callable[[Role, tuple[int, int], Sequence[tuple[int, int]]], float],
    limits: Limits,
    regions: Sequence[Region],
    factor: int,
    master: tuple[int, int] | None = None,
) -> float:
    """US dollars of close-ups of regions, by the sizes that will be sent and asked for.

    `master` is its (width, height) where it goes along. Regions that cannot be framed cost nothing: none is ordered.
    """
    total = 0.0
    for region in regions:
        try:
            framed = framing.plan(region.width, region.height, limits, useful_factor(region, factor, limits))
        except BadRegion:
            continue
        along = (images.fitted(*master, _REFERENCE_PX),) if master and limits.references else ()
        total += reckon(Role.ENHANCE, (framed.width, framed.height), (framed.canvas, *along))
    return total


def decide(
    store: Store, design_id: str, close_up_id: str, decision: Literal["", "accepted", "rejected"]
) -> Design:
    """Write down what the reviewer thinks of an attempt, whichever master stands."""

    def decided(branch: Branch) -> Branch:
        close_ups = tuple(
            c.model_copy(update={"decision": decision}) if c.id == close_up_id else c
            for c in branch.close_ups
        )
        return branch.model_copy(update={"close_ups": close_ups})

    return store.update(design_id, lambda design: design.with_each_branch(decided))


def _examined(
    store: Store,
    picture: Asset,
    region: Region,
    crop: Asset,
    crop_pixels: Pixels,
    delivered: Pixels,
    recipe: Recipe,
    dial: Dial,
    thresholds: Thresholds | None,
) -> CloseUp:
    from pipeline.visible import places_in  # builds the piece, with everything that takes

    places = places_in(picture, region.box, lambda: store.pixels(picture))
    examined = fidelity.examine(crop_pixels, delivered, dial=dial, thresholds=thresholds, places=places)
    raw = store.put_picture(delivered, recipe)
    steps: dict[str, Any] = {"provider": "fidelity", "parents": (crop.id, raw.id), "detail": recipe.detail}
    same = np.array_equal(delivered, examined.registered)
    registered = raw if same else store.put_picture(examined.registered, Recipe(role="register", **steps))
    locked = store.put_picture(examined.locked, Recipe(role="lock", options={"dial": dial}, **steps))
    heatmap = store.put_picture(examined.heatmap, Recipe(role="heatmap", **steps))
    return CloseUp(
        id=f"c{secrets.token_hex(5)}",
        region=region,
        factor=int(recipe.options["factor"]),
        crop=crop,
        raw=raw,
        registered=registered,
        locked=locked,
        heatmap=heatmap,
        fidelity=examined.fidelity.recorded(judged_by(thresholds)),
        dial=dial,
    )


def _box(region: Region) -> dict[str, str | int | float | bool]:
    x, y, width, height = region.box
    options: dict[str, str | int | float | bool] = {"label": region.label, "x": x, "y": y}
    options |= {"width": width, "height": height}
    return options | {"shot": region.shot} if region.shot else options
