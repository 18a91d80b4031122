"""The recipe of what a provider answered: who, with which model, from what, how long, for how much."""

import time
from collections.abc import Mapping

from pipeline.providers.base import Answer, Provider
from pipeline.records import AssetId, Recipe, Role


def recipe_of(
    provider: Provider,
    role: Role,
    answer: Answer,
    *,
    started: float,
    parents: tuple[AssetId, ...] = (),
    prompt: str = "",
    origin: str = "",
    options: Mapping[str, str | int | float | bool],
) -> Recipe:
    """What is kept of a call that began at `started` (time.monotonic); the provider's notes join the options.

    An answer from the cache cost nothing this time.
    """
    return Recipe(
        role=role,
        provider=provider.id,
        model=answer.model,
        prompt=prompt,
        options={**options, **answer.notes},
        parents=parents,
        origin=origin,
        detail=provider.limits[role].detail,
        seconds=round(answer.seconds or time.monotonic() - started, 2),
        cost_usd=0.0 if answer.cached else answer.cost_usd,
    )
