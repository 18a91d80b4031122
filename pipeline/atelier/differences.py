"""What tells two pieces of one commission apart, in a jeweler's words."""

from collections.abc import Iterator
from typing import Any

from pipeline.atelier.spec import Spec

_SIZES = {
    "stone.length_mm": ("larger stone", "smaller stone"),
    "stone.ratio": ("longer stone", "rounder stone"),
    "accents.diameter_mm": ("larger small stones", "smaller small stones"),
    "accents.count": ("more small stones", "fewer small stones"),
    "ring.width_mm": ("wider band", "narrower band"),
    "ring.thickness_mm": ("thicker band", "thinner band"),
    "ring.taper": ("less taper", "more taper"),
    "motif.size_mm": ("larger motif", "smaller motif"),
    "motif.count": ("more charms", "fewer charms"),
    "chain.gauge_mm": ("heavier chain", "finer chain"),
    "chain.wire_mm": ("heavier chain", "finer chain"),
}
"""Words for more and for less of a field."""

_TOLD_LAST = frozenset({"view", "stone.ratio"})
"""Fields no client asks for, or that another one tells better; told where nothing else differs."""


def differences(spec: Spec, other: Spec) -> tuple[str, ...]:
    """How `other` differs from `spec`, most telling first; empty where both are one piece."""
    before, after = dict(_flat(spec)), dict(_flat(other))
    changed = [path for path in before | after if before.get(path) != after.get(path)]
    changed.sort(key=lambda path: (path in _TOLD_LAST, "." in path and path not in _SIZES))
    return tuple(_in_words(path, before.get(path), after.get(path)) for path in changed)


def _in_words(path: str, before: Any, after: Any) -> str:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after))
    noun = path.rsplit(".", 1)[-1].removesuffix("_mm").replace("_", " ")
    if numbers:
        more, less = _SIZES.get(path, (f"more {noun}", f"less {noun}"))
        figure = f", {after:.3g} mm" if path.endswith("_mm") else ""
        return f"{more if after > before else less}{figure}"
    if after is True or after is False:
        return f"{'with' if after else 'without'} {noun}"
    if after is None:
        return f"without {noun}"
    return f"{noun}: {str(after).replace('_', ' ')}"


def _flat(spec: Spec) -> Iterator[tuple[str, Any]]:
    """Every field by its path, groups opened."""
    for name, value in spec.model_dump().items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", field) for inner, field in value.items())
        else:
            yield name, value
