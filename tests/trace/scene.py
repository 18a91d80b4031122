"""Pictures whose piece and camera are known, drawn from the full geometry in flat colours: no renderer, no search."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.atelier.geometry.detail import FULL
from pipeline.images import Pixels
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.pose import Pose
from pipeline.trace.families import METAL, SMALL_STONE, STONE, Family, body_of

GOLD, BLUE, GREY = (214, 172, 88), (40, 60, 160), (150, 155, 165)


@dataclass(frozen=True)
class Scene:
    """A picture (640, 640, 3), its camera and the values the piece was made with."""

    pixels: Pixels
    pose: Pose
    values: dict[str, float]


def scene(family: Family, values: dict[str, float], pose: Pose, size: int = 640) -> Scene:
    """Draw a family's piece on white, its metal shaded by height so that it is no flat patch."""
    full = body_of(family.parts(family.spec(values), FULL))
    coarse = family.body(values)
    camera = pose.camera(coarse.centre, coarse.radius)
    seen = labels(full.points, full.faces, full.label, camera, size)
    pixels = np.full((size, size, 3), 250, np.uint8)
    fall = np.linspace(1.0, 0.75, size)[:, None, None]
    for label, colour in ((METAL, GOLD), (STONE, BLUE), (SMALL_STONE, GREY)):
        pixels = np.where((seen == label)[..., None], (np.array(colour) * fall).astype(np.uint8), pixels)
    assert (seen > NOTHING).any()
    return Scene(np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.8)), pose, values)
