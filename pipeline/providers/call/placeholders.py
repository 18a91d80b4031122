"""Places in a JSON value for what a request brings: `{prompt}` alone or inside a text, at any depth."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_ALONE = re.compile(r"\{[A-Za-z_]+\}")


def places_in(value: Any, names: Iterable[str]) -> frozenset[str]:
    """Which of the names have a place in a JSON value."""
    texts = list(texts_in(value))
    return frozenset(name for name in names if any(f"{{{name}}}" in text for text in texts))


def unfilled(value: Any, names: Iterable[str]) -> str:
    """The first text that is nothing but a placeholder of another name, mistyped most likely; empty where none is."""
    known = frozenset(names)
    return next((text for text in texts_in(value) if _ALONE.fullmatch(text) and text[1:-1] not in known), "")


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value; the names of fields are none."""
    match value:
        case dict():
            value = list(value.values())
        case str():
            yield value
    if isinstance(value, list):
        for part in value:
            yield from texts_in(part)


def fill(value: Any, given: Mapping[str, Any]) -> Any:
    """A copy with every placeholder replaced in place: alone by the value, inside a text by its text."""
    match value:
        case dict():
            return {name: fill(part, given) for name, part in value.items()}
        case list():
            return [fill(part, given) for part in value]
        case str() if value[1:-1] in given and value == f"{{{value[1:-1]}}}":
            return given[value[1:-1]]
        case str():
            pieces = [value]
            for place, content in given.items():
                pieces = [part for piece in pieces for part in _split(piece, f"{{{place}}}", content)]
            return "".join(map(str, pieces))
    return value


class _Filled(str):
    """A piece of text that was put in, and is not searched for placeholders itself."""

    __slots__ = ()


def _split(piece: str, mark: str, content: Any) -> list[str]:
    if isinstance(piece, _Filled) or mark not in piece:
        return [piece]
    parts: list[str] = []
    for number, part in enumerate(piece.split(mark)):
        parts += [_Filled(str(content)), part] if number else [part]
    return parts
