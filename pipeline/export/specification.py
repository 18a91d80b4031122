"""What is known of the piece itself: kind, metal, stones, dimensions; read from what the master's maker described."""

import json
import re

from pipeline.records import Design

_UNITS = {"mm": "mm", "g": "g", "ct": "ct", "deg": "°", "px": "px"}
_TOLD = {"metal": ("metal", "second_metal"), "stones": ("stone", "accents")}
"""Facts a maker may state in plain words among a recipe's options, and what they make needless."""
_LONGEST = 200


def rows(design: Design) -> tuple[tuple[str, str], ...]:
    """(term, value) lines of the specification; only what is known, never a guess."""
    terms = {"Kind": design.kind.capitalize()}
    branch = design.branch
    if branch is None:
        return tuple(terms.items())
    options = branch.master.recipe.options
    needless = {"kind"}
    for name, parts in _TOLD.items():
        if str(options.get(name, "")).strip():
            terms[name.capitalize()] = _short(str(options[name]))
            needless.update(parts)
    for term, value in _from_origin(branch.master.recipe.origin, needless).items():
        terms.setdefault(term, value)
    terms["Master"] = f"{branch.master.width} × {branch.master.height} px"
    return tuple(terms.items())


def _from_origin(origin: str, needless: set[str]) -> dict[str, str]:
    """Flatten a maker's description, where it is a JSON object of values and one level of groups."""
    try:
        described = json.loads(origin or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(described, dict):
        return {}
    flat = {}
    for name, value in described.items():
        if name in needless:
            continue
        if name == "ring" and isinstance(value, dict) and _has_halo(described):
            value = {**value, "style": "halo" if value.get("style") == "solitaire" else value.get("style")}
        text = _group(value) if isinstance(value, dict) else _value(name, value)
        if text:
            flat[_words(name)] = _short(text)
    return flat


def _has_halo(described: dict[str, object]) -> bool:
    """Whether the centre stone stands in a halo: the trade calls such a ring by it, and no solitaire."""
    stone = described.get("stone")
    return isinstance(stone, dict) and bool(stone.get("halo"))


def _group(values: dict[str, object]) -> str:
    parts = []
    for name, value in values.items():
        text = _value(name, value)
        if not text or (name == "letter" and values.get("form") != "initial"):
            continue
        plain = isinstance(value, str)
        parts.append(
            text if plain else f"{_words(name).lower()} {text}" if text != "yes" else _words(name).lower()
        )
    return ", ".join(parts)


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, (int, float)):
        unit = _UNITS.get(name.rpartition("_")[2], "")
        return f"{value:g} {unit}".strip()
    if isinstance(value, str):
        return value.replace("_", " ").strip()
    return ""


def _words(name: str) -> str:
    head, _, tail = name.rpartition("_")
    return re.sub(r"_+", " ", head if head and tail in _UNITS else name).strip().capitalize()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
