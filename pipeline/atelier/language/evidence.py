"""What a settled piece has to show for a sentence about it to be said: conditions, checked when the spec is whole."""

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from pipeline.atelier.spec import Accents, Spec, Stone

Holds = Callable[[Spec], bool]
"""Whether something is so of a piece."""


def stones_of(spec: Spec) -> list[Stone | Accents]:
    """All set stones: the centre one, a second one, the small ones."""
    return [group for group in (spec.stone, spec.second_stone, spec.accents) if group is not None]


def gems_of(spec: Spec) -> set[str]:
    """Gems of the centre stone, of small stones, and of a strand."""
    gems: set[str] = {group.gem for group in stones_of(spec)}
    if spec.chain is not None and spec.chain.style in ("pearl", "bead"):
        gems.add("pearl" if spec.chain.style == "pearl" else spec.chain.gem)
    return gems


def metals_of(spec: Spec) -> set[str]:
    """Metals of the body, the settings and the chain."""
    chain = spec.chain.metal if spec.chain is not None else None
    return {metal for metal in (spec.metal, spec.second_metal, chain) if metal is not None}


def field(path: str, *values: object) -> Holds:
    """Whether a field, as "group.field", has one of the ``values``."""
    get = attrgetter(path)

    def holds(spec: Spec) -> bool:
        try:
            return get(spec) in values
        except AttributeError:  # the piece has no such group
            return False

    return holds


def group(name: str) -> Holds:
    """Whether the piece has a group."""
    return lambda spec: getattr(spec, name) is not None


def every(*conditions: Holds) -> Holds:
    """Whether all of some conditions hold."""
    return lambda spec: all(holds(spec) for holds in conditions)


def set_with(gem: str, cuts: Collection[str] = ()) -> Holds:
    """Whether a gem is set or strung, in one of the ``cuts`` where any are named."""
    if not cuts:
        return lambda spec: gem in gems_of(spec)
    return lambda spec: any(stone.gem == gem and stone.cut in cuts for stone in stones_of(spec))


def cut(name: str) -> Holds:
    """Whether a stone has a cut."""
    return lambda spec: any(stone.cut == name for stone in stones_of(spec))


def measure(model: type[BaseModel], name: str, value: float) -> Holds:
    """Whether a group of the piece's, or the piece itself, has a measure."""

    def holds(spec: Spec) -> bool:
        held: list[Any] = [spec, *(getattr(spec, part) for part in Spec.model_fields)]
        return any(isinstance(part, model) and getattr(part, name) == value for part in held)

    return holds


def either_style(value: str) -> Holds:
    """Whether a part of the piece is of a style, profile, clasp or framing."""
    paths = (
        "ring.style", "ring.profile", "chain.style", "chain.clasp", "earrings.style", "pendant.framing",
    )  # fmt: skip
    return lambda spec: any(field(path, value)(spec) for path in paths)
