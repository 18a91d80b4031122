"""Strict reading of request bodies: unknown field, missing field, wrong type, wrong value."""

import base64
import binascii
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pipeline import images
from pipeline.demo.server import Part
from pipeline.errors import BadImage

Check = Callable[[Any], str]
"""Returns a complaint, or nothing."""


def text(least: int = 0, most: int = 32_000) -> Check:
    """A string of so many characters."""
    return lambda v: (
        "" if isinstance(v, str) and least <= len(v) <= most else f"must be text of {least} to {most} signs"
    )


def one_of(*allowed: Any) -> Check:
    """One of a few values, of the same type."""
    return lambda v: (
        "" if any(v == a and type(v) is type(a) for a in allowed) else f"must be one of {allowed}"
    )


def whole(low: int, high: int) -> Check:
    """A whole number."""

    def check(v: Any) -> str:
        fits = isinstance(v, int) and not isinstance(v, bool) and low <= v <= high
        return "" if fits else f"must be a whole number from {low} to {high}"

    return check


def number(low: float, high: float) -> Check:
    """A number."""

    def check(v: Any) -> str:
        fits = isinstance(v, int | float) and not isinstance(v, bool) and low <= v <= high
        return "" if fits else f"must be a number from {low} to {high}"

    return check


def flag(v: Any) -> str:
    """A boolean."""
    return "" if isinstance(v, bool) else "must be true or false"


def uri(formats: tuple[str, ...] = ("png", "jpeg"), most_bytes: int = 10_000_000) -> Check:
    """A picture as a data URI whose type is told rightly."""

    def check(v: Any) -> str:
        if not isinstance(v, str):
            return "must be a data URI"
        head, _, body = v.partition(";base64,")
        kind = head.removeprefix("data:image/")
        if not head.startswith("data:image/") or kind not in formats:
            return f"must begin with data:image/ and one of {formats}"
        data = unpacked(v)
        if data is None or not body:
            return "is no base64"
        return "larger than allowed" if len(data) > most_bytes else picture(f"image/{kind}")(data)

    return check


def uris(least: int, most: int, **limits: Any) -> Check:
    """A list of pictures."""
    each = uri(**limits)

    def check(v: Any) -> str:
        if not isinstance(v, list) or not least <= len(v) <= most:
            return f"must be a list of {least} to {most} pictures"
        return next((complaint for complaint in map(each, v) if complaint), "")

    return check


def picture(media_type: str) -> Check:
    """Bytes of a whole picture of one type, with no metadata of the user's in it."""

    def check(v: Any) -> str:
        if not isinstance(v, bytes) or images.media_type(v) != media_type:
            return f"is not {media_type}"
        if b"loupe-recipe" in v[:4096] or b"Exif\0" in v[:4096]:
            return "carries metadata"
        return _damage(v)

    return check


@lru_cache(maxsize=32)
def _damage(data: bytes) -> str:
    try:
        images.decode(data)
    except BadImage as error:
        return str(error)
    return ""


def unpacked(v: str) -> bytes | None:
    """The bytes of a data URI."""
    try:
        return base64.b64decode(v.partition(";base64,")[2], validate=True)
    except (binascii.Error, ValueError):
        return None


def body(fields: Any, required: Mapping[str, Check], optional: Mapping[str, Check]) -> str:
    """The first complaint about a JSON object."""
    if not isinstance(fields, dict):
        return "the body must be a JSON object"
    unknown = sorted(fields.keys() - required.keys() - optional.keys())
    missing = sorted(required.keys() - fields.keys())
    if unknown:
        return f"unknown field {unknown[0]}"
    if missing:
        return f"missing field {missing[0]}"
    for name, value in fields.items():
        complaint = (required.get(name) or optional[name])(value)
        if complaint:
            return f"{name} {complaint}"
    return ""


def form(
    parts: Mapping[str, Part] | None,
    required: Mapping[str, Check],
    optional: Mapping[str, Check],
    files: tuple[str, ...],
) -> str:
    """The first complaint about a multipart body; numbers are read from their text."""
    if parts is None:
        return "the body must be multipart/form-data"
    for name, part in parts.items():
        if (name in files) != (part.filename is not None):
            return f"{name} must {'' if name in files else 'not '}be a file"
        if name in files and part.media_type in {"", "application/octet-stream"}:
            return f"{name} has no media type"
        if name in files and images.media_type(part.data) != part.media_type:
            return f"{name} is not what its media type says"
    values = {name: part.data if name in files else _read(part.text) for name, part in parts.items()}
    return body(values, required, optional)


def _read(value: str) -> Any:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(value, value)


def sides(data: bytes) -> tuple[int, int]:
    """(width, height)."""
    return images.dimensions(data)
