"""The vocabulary of the house: what every room, from the page down to the disk, calls by the same name."""

from enum import StrEnum
from typing import Literal

Kind = Literal["ring", "necklace", "earrings", "bracelet", "brooch", "tiara"]
KINDS: tuple[Kind, ...] = ("ring", "necklace", "earrings", "bracelet", "brooch", "tiara")

Dial = Literal["strict", "balanced", "as delivered"]
"""How far the lock lets an answer differ from the master."""
DIALS: tuple[Dial, ...] = ("strict", "balanced", "as delivered")

Verdict = Literal["pass", "repaired", "fail"]
"""What the gate says of a result."""
RawVerdict = Literal["pass", "warn", "fail"]
"""What the gate says of an answer as it came, before the lock."""


Box = tuple[int, int, int, int]
"""A rectangle of a picture: left, top, width and height in pixels."""


class Role(StrEnum):
    """The four jobs of the app, and reading a prompt for the first of them."""

    GENERATE = "generate"
    ENHANCE = "enhance"
    SKETCH = "sketch"
    MODEL = "model"
    READ = "read"


class Detail(StrEnum):
    """How detail finer than a master pixel came to be."""

    RENDERED = "re-rendered from geometry"
    INTERPOLATED = "interpolated"
    UPSCALED = "added by super-resolution"
    REDRAWN = "redrawn by a generative model"


Step = Literal["upload", "crop", "register", "lock", "heatmap", "overlay", "view", "turntable"]
"""What Loupe itself does to a picture between those jobs, named in recipes."""

Origin = Literal["", "uploaded picture", "rasterised from the model"]
"""How a picture came to be that no provider made; empty where nothing is to be told."""

Shot = Literal["", "whole"]
"""Which of a master's pictures a region lies on: the master itself, or the whole of a piece it shows close."""
BENCH_VIEWS = ("front", "side", "top", "back", "three-quarter", "exploded", "gem map")
"""The drawings of a piece for the bench."""
