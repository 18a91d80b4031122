"""What can be read from, or made out of, a picture alone: mask, checklist, crops, enlargement, relief.

Callers name the module (`photo.checks.inspect`); it is loaded, and OpenCV with it, when it is first named.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.photo import brush, checks, count, foreground, ground, relief, suggest, upscale

__all__ = ["brush", "checks", "count", "foreground", "ground", "relief", "suggest", "upscale"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
