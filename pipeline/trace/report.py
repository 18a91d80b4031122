"""What a tracing leaves in a folder: the overlay, the piece's Spec, and the figures with the camera."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline import images
from pipeline.errors import BadInput
from pipeline.trace.records import Point
from pipeline.trace.tracing import Traced
from pipeline.trace.verdict import doubts

_POINTS: TypeAdapter[tuple[Point, ...]] = TypeAdapter(tuple[Point, ...])


def read_points(data: bytes) -> tuple[Point, ...]:
    """Points from a JSON list of {"curve", "x", "y"}, x and y as shares of the picture. Raises BadInput."""
    try:
        return _POINTS.validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(str(step) for step in first["loc"])
        raise BadInput(f"The points cannot be read at {place or 'the start'}: {first['msg']}.") from error


def figures(traced: Traced) -> dict[str, Any]:
    """The figures, the verdict and the camera as plain data."""
    pose = traced.pose
    return {
        "family": traced.family.name,
        "figures": traced.figures.numbers,
        "accepted": traced.accepted,
        "doubts": list(doubts(traced.figures)),
        "words": traced.words,
        "values": {path: round(value, 4) for path, value in traced.values.items()},
        "camera": {
            "azimuth_deg": round(pose.azimuth, 3), "elevation_deg": round(pose.elevation, 3),
            "roll_deg": round(pose.roll, 3), "scale": round(pose.scale, 5), "x": round(pose.x, 5),
            "y": round(pose.y, 5), "nearness": round(pose.nearness, 5),
        },
    }  # fmt: skip


def write(traced: Traced, folder: Path) -> None:
    """Write overlay.png, spec.json and figures.json. Raises BadInput where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "overlay.png").write_bytes(images.encode_png(traced.overlay))
        (folder / "spec.json").write_text(traced.spec.model_dump_json(indent=1, exclude_none=True) + "\n")
        (folder / "figures.json").write_text(json.dumps(figures(traced), indent=1) + "\n")
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be written: {error.strerror}.") from error
