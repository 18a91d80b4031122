"""A piece made to a weight that was ordered: what its words leave open gives way until the metal weighs that much."""

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from pipeline.atelier.measures import figures
from pipeline.atelier.spec import Spec

WITHIN = 0.004
"""How near the weight ordered is met, as a share of it; a caster's own spread is larger."""
STEPS = 12
"""Pieces built for one field at most."""

_FREE: dict[str, tuple[str, ...]] = {
    "ring": ("ring.thickness_mm", "ring.width_mm"),
    "necklace": ("chain.gauge_mm", "pendant.height_mm"),
    "earrings": ("earrings.wire_mm", "earrings.height_mm"),
    "bracelet": ("bracelet.thickness_mm", "bracelet.width_mm", "chain.gauge_mm"),
    "brooch": ("brooch.width_mm",),
}
"""What may give way to a weight, in that order."""


@dataclass(frozen=True)
class Weighed:
    """A piece as near to a weight as it can be made, and what is told of it."""

    spec: Spec
    grams: float
    sentence: str


def to_weight(spec: Spec, grams: float, stated: frozenset[str] = frozenset()) -> Weighed:
    """The piece with its metal at ``grams``, fields that are ``stated`` ("ring.width_mm") kept as they are.

    Where nothing that is left open reaches the weight, the nearest is made and the conflict named.
    """
    best = Weighed(spec, _weigh(spec), "")
    for path in _FREE[spec.kind]:
        if path in stated or not _has(best.spec, path):
            continue
        best = _solve(best, path, grams)
        if _met(best.grams, grams):
            value = _value(best.spec, path)
            words = f"To weigh {grams:g} g its {_words(path)} is {value:g} mm; the metal weighs {best.grams:.2f} g."
            return Weighed(best.spec, best.grams, words)
    if _met(best.grams, grams):
        return Weighed(best.spec, best.grams, f"The metal weighs {best.grams:.2f} g.")
    kept = ", ".join(
        f"{_words(path)} {_value(spec, path):g} mm" for path in sorted(stated) if _is_size(spec, path)
    )
    against = f" with {kept}" if kept else ""
    return Weighed(
        best.spec,
        best.grams,
        f"{grams:g} g cannot be met{against}; the nearest that can be made weighs {best.grams:.2f} g.",
    )


def _solve(start: Weighed, path: str, grams: float) -> Weighed:
    """The piece with one field moved until it weighs as ordered, or as near as the field's limits let it.

    By false position: a weight grows with each of these fields, nearly in proportion to it or to its square.
    """
    here, (least, most) = _value(start.spec, path), _limits(start.spec, path)
    far = most if start.grams < grams else least
    near, best = (here, start.grams), start
    end = _at(start.spec, path, far)
    for _ in range(STEPS):
        if end is not None:
            best = min(best, end, key=lambda weighed: abs(weighed.grams - grams))
            if (end.grams - grams) * (near[1] - grams) >= 0 or _met(best.grams, grams):
                return best
            break
        # No bench could make it there: half way.
        far = (far + here) / 2
        end = _at(start.spec, path, far)
    if end is None:
        return best
    return _between(start.spec, path, grams, (near, (far, end.grams)), best)


def _between(
    spec: Spec, path: str, grams: float, ends: tuple[tuple[float, float], tuple[float, float]], best: Weighed
) -> Weighed:
    """The piece whose field lies between two ends, (value, grams) each, where it weighs as ordered."""
    first, last = ends
    for step in range(STEPS):
        share = (grams - first[1]) / (last[1] - first[1])
        # Every third step is a bisection, so that a bent curve converges too.
        value = first[0] + (0.5 if step % 3 == 2 else share) * (last[0] - first[0])
        tried = _at(spec, path, value)
        if tried is None:
            break
        best = min(best, tried, key=lambda weighed: abs(weighed.grams - grams))
        if _met(best.grams, grams):
            break
        if (tried.grams - grams) * (first[1] - grams) > 0:
            first = (value, tried.grams)
        else:
            last = (value, tried.grams)
    return best


def _at(spec: Spec, path: str, value: float) -> Weighed | None:
    """The piece with a field at a value, weighed; none where it cannot be made."""
    group, field = path.split(".")
    changed = getattr(spec, group).model_copy(update={field: round(value, 4)})
    try:
        changed_spec = Spec.model_validate(spec.model_copy(update={group: changed}).model_dump())
    except ValidationError:
        return None
    return Weighed(changed_spec, _weigh(changed_spec), "")


def _limits(spec: Spec, path: str) -> tuple[float, float]:
    group, field = path.split(".")
    model: BaseModel = getattr(spec, group)
    rules = {type(rule).__name__: rule for rule in type(model).model_fields[field].metadata}
    return float(rules["Ge"].ge), float(rules["Le"].le)


def _has(spec: Spec, path: str) -> bool:
    """Whether the piece has the field and it bears on its weight."""
    group, field = path.split(".")
    if getattr(spec, group) is None:
        return False
    if spec.earrings is not None and field in ("wire_mm", "height_mm"):
        return (spec.earrings.style in ("hoop", "huggie", "cuff", "nose_ring")) == (field == "wire_mm")
    if spec.bracelet is not None and group == "bracelet":
        return spec.bracelet.style in ("bangle", "cuff", "tiara")
    return True


def _is_size(spec: Spec, path: str) -> bool:
    group, _, field = path.partition(".")
    return field.endswith("_mm") and getattr(spec, group, None) is not None


def _value(spec: Spec, path: str) -> float:
    group, field = path.split(".")
    return round(float(getattr(getattr(spec, group), field)), 2)


def _words(path: str) -> str:
    group, field = path.split(".")
    name = field.removesuffix("_mm").replace("_", " ")
    return name if group in ("ring", "bracelet", "brooch") else f"{group.removesuffix('s')} {name}"


def _met(grams: float, wanted: float) -> bool:
    return abs(grams / wanted - 1) <= WITHIN


def _weigh(spec: Spec) -> float:
    return sum(weight.grams for weight in figures(spec).weights)
