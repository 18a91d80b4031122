"""What tells two pieces of one commission apart, in a jeweler's words."""

from collections.abc import Iterator
from dataclasses import dataclass
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

_TOLD_LAST = frozenset({"view", "joints", "shadow", "stone.ratio"})
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


@dataclass(frozen=True)
class Compared:
    """A field that two readings of one prompt fill differently, in words."""

    field: str
    first: str
    second: str


def compared(spec: Spec, other: Spec) -> tuple[Compared, ...]:
    """What two specs say differently, field by field in the spec's order; a group that one lacks is one line."""
    rows: list[Compared] = []
    first, second = spec.model_dump(), other.model_dump()
    for name in Spec.model_fields:
        before, after = first[name], second[name]
        if isinstance(before, dict) and isinstance(after, dict):
            rows += [
                Compared(_noun(f"{name}.{inner}"), _value(inner, before[inner]), _value(inner, after[inner]))
                for inner in before
                if before[inner] != after[inner]
            ]
        elif before != after:
            rows.append(Compared(_noun(name), _value(name, before), _value(name, after)))
    return tuple(rows)


def _noun(path: str) -> str:
    group, _, field = path.rpartition(".")
    words = [group, "" if field == "style" and group else field]
    return " ".join(filter(None, words)).removesuffix("_mm").replace("_", " ")


def _value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        shown = {inner: each for inner, each in value.items() if each not in (None, False, "")}
        return ", ".join(_part(inner, each) for inner, each in shown.items())
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:.4g}{' mm' if name.endswith('_mm') else ''}"
    return str(value).replace("_", " ")


def _part(name: str, value: Any) -> str:
    noun = _noun(name)
    if value is True:
        return noun
    words = _value(name, value)
    return words if name in {"gem", "cut", "style", "form", "name"} else f"{noun} {words}"
