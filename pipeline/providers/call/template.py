"""A graph of one's own with places for what a request brings: what it can be asked for follows from its places."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import Unsupported
from pipeline.providers.base import Frame, Limits
from pipeline.providers.call.placeholders import places_in, unfilled
from pipeline.records import Detail, Role

PLACES = ("prompt", "seed", "image", "width", "height")
_SIZES = Frame(min_side_px=64, max_side_px=8192, max_pixels=48_000_000, multiple_of=8)


@dataclass(frozen=True)
class Template:
    """A graph, and the name it goes by."""

    name: str
    graph: dict[str, Any]

    @classmethod
    def of(cls, name: str, graph: dict[str, Any], file: Path) -> "Template":
        """A graph that has a place for something; `file` is named in the complaint. Raises Unsupported."""
        template = cls(name, graph)
        if not template.places & {"image", "prompt"}:
            raise Unsupported(
                f"The workflow file {file} has no place for anything: put {{image}} where the picture's name stands, "
                "or {prompt} where the words stand."
            )
        if mistyped := unfilled(graph, PLACES):
            raise Unsupported(
                f"The workflow file {file} has “{mistyped}”, which nothing fills; its places are {', '.join(PLACES)}."
            )
        return template

    @property
    def places(self) -> frozenset[str]:
        """The placeholders it has."""
        return places_in(self.graph, PLACES)

    @property
    def roles(self) -> tuple[Role, ...]:
        """What it can be asked for: from a picture, from a picture and words, or from words alone."""
        if "image" not in self.places:
            return (Role.GENERATE,)
        return (Role.ENHANCE, Role.SKETCH) if "prompt" in self.places else (Role.ENHANCE,)

    @property
    def model(self) -> str:
        """Its name and a hash of what it does: another graph is another question."""
        digest = hashlib.sha256(json.dumps(self.graph, sort_keys=True).encode()).hexdigest()
        return f"{self.name[:60]}@{digest[:8]}"

    @property
    def limits(self) -> dict[Role, Limits]:
        """What a box of one's own takes for each of its roles."""
        drawn_anew = bool(self.places & {"prompt", "seed"})
        detail = Detail.REDRAWN if drawn_anew else Detail.UPSCALED
        seed, sized = "seed" in self.places, "width" in self.places
        asked = Limits(min_side_px=64, max_side_px=4096, multiple_of=8, seed=seed, concurrency=1)
        sent = Limits(
            max_side_px=4096,
            answer=_SIZES if sized else None,
            max_bytes=50_000_000,
            seed=seed,
            concurrency=1,
            detail=detail,
        )
        return {role: asked if role is Role.GENERATE else sent for role in self.roles}


def parsed_graph(text: str, file: Path) -> dict[str, Any]:
    """A JSON object; `file` is named in complaints. Raises Unsupported.

    NaN, which ComfyUI writes into files and JSON does not know, is read as nothing.
    """
    try:
        graph = json.loads(text.removeprefix("\ufeff"), parse_constant=lambda _: None)
        places_in(graph, PLACES)  # walked as deep as it will have to be
    except (ValueError, RecursionError):
        raise Unsupported(
            f"The workflow file {file} is no JSON. A placeholder keeps its quotation marks, also where a number stood: "
            '"{seed}".'
        ) from None
    return graph if isinstance(graph, dict) else {}
