"""Generate: four candidates from a prompt, or an upload; the chosen one becomes the master."""

import json
import re
import textwrap
import time
from collections.abc import Sequence
from typing import Any

from pipeline import framing, images, photo
from pipeline.errors import BadInput, BadPrompt
from pipeline.prompts import MAX_PROMPT_CHARS
from pipeline.providers.base import Answer, GenerateRequest, Provider, Watch
from pipeline.records import Asset, AssetId, Branch, Check, Design, Detail, Kind, Recipe, Region, Role
from pipeline.store import Store

DRAFT_PX = 512
MASTER_PX = 2048


def checked_prompt(prompt: str) -> str:
    """The prompt, tidied. Raises BadPrompt when it is empty or over-long."""
    tidy = " ".join(prompt.split())
    if not tidy:
        raise BadPrompt("The prompt is empty; describe the piece in a sentence.")
    if len(tidy) > MAX_PROMPT_CHARS:
        raise BadPrompt(
            f"The prompt has {len(tidy):,} characters; shorten it to at most {MAX_PROMPT_CHARS:,}."
        )
    return tidy


def name_for(prompt: str) -> str:
    """A design's first name: the prompt's opening clause without its article, at most 60 characters."""
    clause = re.split(r"[,;:\n]|\.\s", prompt.strip().rstrip("."), maxsplit=1)[0]
    words = re.sub(r"^(an?|the)\s+", "", " ".join(clause.split()), flags=re.IGNORECASE)
    short = textwrap.shorten(words, 60, placeholder="…") if len(words) > 60 else words
    return (short[:1].upper() + short[1:]) or "Untitled"


def named_kind(name: str) -> Kind | None:
    """The kind of piece a file's name speaks of; None where it names none."""
    from pipeline.atelier.language.prompt import read

    reading = read(name.replace("_", " "))
    return reading.spec.kind if any(told.slot == "kind" for told in reading.understood) else None


def prompted_kind(prompt: str, kept: Kind | None = None) -> Kind:
    """The kind of piece a prompt speaks of; where it names none, the one `kept`, else the nearest to its words."""
    from pipeline.atelier.language.prompt import read

    return named_kind(prompt) or kept or read(prompt).spec.kind


def candidate_request(
    provider: Provider, prompt: str, *, kind: str, size: int, seed: int, take: int
) -> GenerateRequest:
    """The request for one candidate: a draft where the provider can refine it later, else the full picture."""
    limits = provider.limits[Role.GENERATE]
    side = DRAFT_PX if limits.refines else size
    width, height = framing.nearest_size(limits, side, side)
    return GenerateRequest(
        prompt=prompt, kind=kind, width=width, height=height, seed=seed, draft=limits.refines, take=take
    )


def candidate(store: Store, provider: Provider, request: GenerateRequest, watch: Watch) -> Asset:
    """Ask for one candidate and keep it."""
    started = time.monotonic()
    answer = provider.run(request, watch)
    return _keep(store, provider, request, answer, seconds=time.monotonic() - started)


def set_candidates(
    store: Store, design_id: str, prompt: str, kind: Kind, candidates: Sequence[Asset]
) -> Design:
    """Show these candidates for the design from now on."""
    return store.update(
        design_id,
        lambda design: design.model_copy(
            update={"prompt": prompt, "kind": kind, "candidates": tuple(candidates)}
        ),
    )


def add_candidate(store: Store, design_id: str, candidate: Asset) -> Design:
    """Put a further candidate first; the same one is not shown twice."""
    return store.update(
        design_id,
        lambda design: design.model_copy(
            update={"candidates": (candidate, *(c for c in design.candidates if c.id != candidate.id))[:8]}
        ),
    )


def master(
    store: Store, provider: Provider, design_id: str, candidate_id: AssetId, *, size: int, watch: Watch
) -> Design:
    """Make a candidate the master: rendered at full size where the provider can, else as it is."""
    design = store.load(design_id)
    chosen = next((a for a in design.candidates if a.id == candidate_id), None)
    if chosen is None:
        raise BadInput("That candidate is not there any more; choose one of those shown.")
    if not provider.limits[Role.GENERATE].refines:
        return set_master(store, design_id, chosen)
    request = GenerateRequest(
        prompt=chosen.recipe.prompt,
        kind=str(chosen.recipe.options.get("kind", design.kind)),
        width=size,
        height=size,
        seed=int(chosen.recipe.options.get("seed", 0)),
        origin=chosen.recipe.origin,
    )
    started = time.monotonic()
    answer = provider.run(request, watch)
    asset = _keep(store, provider, request, answer, seconds=time.monotonic() - started, parents=(chosen.id,))
    return set_master(store, design_id, asset)


def upload(store: Store, design_id: str, data: bytes) -> Design:
    """Make the user's own picture the master."""
    pixels = images.decode_upload(data)
    recipe = Recipe(role="upload", provider="upload", detail="uploaded picture")
    return set_master(store, design_id, store.put_picture(pixels, recipe))


def set_master(store: Store, design_id: str, asset: Asset) -> Design:
    """Begin a new branch from a picture: measure its checklist, place the five suggested regions."""
    pixels = store.pixels(asset)
    hanging = store.load(design_id).kind == "necklace"
    rendered = asset.recipe.detail == Detail.RENDERED.value
    checks = tuple(
        Check(name=c.name, label=c.label, figure=c.figure, ok=c.ok, advice=c.advice)
        for c in photo.checks.inspect(pixels, hanging=hanging, alone=rendered)
    )

    def change(design: Design) -> Design:
        regions = suggested_regions(asset, pixels, design.kind)
        return design.with_master(Branch(master=asset, checks=checks, regions=regions))

    return store.update(design_id, change)


def suggested_regions(asset: Asset, pixels: images.Pixels, kind: Kind) -> tuple[Region, ...]:
    """Five regions: where the maker's own geometry says they are, else found in the picture."""
    told = _told_regions(asset)
    if told:
        return told
    return tuple(
        Region(id=_slug(s.label), label=s.label, x=s.x, y=s.y, width=s.width, height=s.height)
        for s in photo.suggest.suggest(pixels, kind)
    )


def _told_regions(asset: Asset) -> tuple[Region, ...]:
    """Regions the provider placed by projecting its geometry, kept in the recipe as fractions of the frame."""
    told: list[dict[str, Any]] = json.loads(str(asset.recipe.options.get("regions", "[]")))
    return tuple(
        Region(
            id=_slug(r["label"]),
            label=r["label"],
            x=round(r["x"] * asset.width),
            y=round(r["y"] * asset.height),
            width=round(r["width"] * asset.width),
            height=round(r["height"] * asset.height),
        )
        for r in told
    )


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or "region"


def _keep(
    store: Store,
    provider: Provider,
    request: GenerateRequest,
    answer: Answer,
    *,
    seconds: float,
    parents: tuple[AssetId, ...] = (),
) -> Asset:
    recipe = Recipe(
        role=Role.GENERATE,
        provider=provider.id,
        model=answer.model,
        prompt=request.prompt,
        options={"seed": request.seed, "kind": request.kind, "take": request.take, **answer.notes},
        parents=parents,
        origin=answer.origin,
        detail=provider.limits[Role.GENERATE].detail,
        seconds=round(answer.seconds or seconds, 2),
        cost_usd=0.0 if answer.cached else answer.cost_usd,
    )
    return store.put_picture(images.decode(answer.data), recipe)
