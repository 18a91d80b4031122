"""The name under which an answer is kept: a hash of who was asked and of everything that was asked."""

import dataclasses
import hashlib
import json
from typing import Any

from pipeline import images
from pipeline.providers.base import Provider, Request, role_of

_YOUNG = {"references", "sides", "shot"}
"""Fields that came later: where they are empty, the question is the one that was asked before they were there."""


def key_of(provider: Provider, request: Request) -> str:
    """sha256, hex, of the canonical JSON of provider, model, role, place and all fields of the request.

    Pictures enter as their own sha256, without the colour space they name, and numbers in one spelling, so that
    1 and 1.0 are the same question.
    A provider reached at an unusual address has a `place`, so that a stand-in's answer is never taken for
    the real one's. Keys and headers are no part of it.
    """
    role = role_of(request)
    asked = {
        "provider": provider.id,
        "model": provider.model(role),
        "role": role.value,
        "place": getattr(provider, "place", ""),
        "request": {
            f.name: _canonical(getattr(request, f.name))
            for f in dataclasses.fields(request)
            if f.name not in _YOUNG or getattr(request, f.name)
        },
    }
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    match value:
        case bytes():
            return {"sha256": images.content_id(images.untagged(value))}
        case bool() | str() | int() | None:
            return value
        case float():
            return int(value) if value.is_integer() else value
        case tuple() | list():
            return [_canonical(part) for part in value]
    raise TypeError(f"a request cannot carry {type(value).__name__}")
