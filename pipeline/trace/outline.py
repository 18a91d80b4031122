"""The plate with a picture's own outline: what no form of the atelier's has, cut after the mask, its holes kept.

Such a plate lies on its picture by being cut after it: the agreement is no proof, and its thickness is a guess.
"""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadInput
from pipeline.solids.labels import NOTHING, labels
from pipeline.solids.pose import Pose, over
from pipeline.solids.score import FILM_PX, Mask
from pipeline.trace.families import Body, Family, own_outline

FINE_PX, COARSER = 0.8, 1.4
"""How far an outline may be drawn off the mask's, pixels of 1024, and by what it grows where it has too many points."""
MOST_POINTS = 900
"""Points of an outline: more than so many are the picture's grain."""
LEAST_AREA = 0.002
"""Share of the film that a plate fills at least."""
HOLE_SHARE = 0.002
"""A hole is at least this share of the plate; smaller ones are glare, and no saw cuts them."""


def outlined(plate: Mask) -> tuple[Family, Pose]:
    """The family of one plate cut after a mask (1024, 1024), and the camera straight above it.

    Raises BadInput where nothing stands out.
    """
    if plate.mean() < LEAST_AREA:
        raise BadInput("No piece stands out from this picture's backdrop; paint its mask first.")
    lines, tree = cv2.findContours(plate.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    least = HOLE_SHARE * int(plate.sum())
    holes = tree[0][:, 3] >= 0
    rims = [
        line for line, hole in zip(lines, holes, strict=True) if not hole or cv2.contourArea(line) > least
    ]
    family = own_outline(_path(rims))
    rows, columns = np.nonzero(plate)
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / FILM_PX
    body = family.body(family.values(family.start))
    pose = over((body.points - body.centre) / body.radius, box, 0.0, 90.0, 0.0)
    return family, _over_middle(_over_middle(pose, body, plate), body, plate)


def _over_middle(pose: Pose, body: Body, plate: Mask) -> Pose:
    """The pose that brings a body's area and its middle over a plate's: tips too thin to cast are widened ones."""
    seen = (
        labels(body.points, body.faces, body.label, pose.camera(body.centre, body.radius), FILM_PX) > NOTHING
    )
    if not seen.any():
        return pose
    (y, x), (other_y, other_x) = (np.mean(np.nonzero(mask), axis=1) for mask in (plate, seen))
    scale = pose.scale * float(np.sqrt(seen.sum() / plate.sum()))
    return replace(
        pose, scale=scale, x=pose.x + float(x - other_x) / FILM_PX, y=pose.y + float(y - other_y) / FILM_PX
    )


def _path(rims: list[NDArray[Any]]) -> str:
    """Closed lines (n, 1, 2) of a film as the d of an SVG path, coarser where they have too many points."""
    fine = FINE_PX
    drawn = [cv2.approxPolyDP(rim, fine, closed=True)[:, 0] for rim in rims]
    while sum(map(len, drawn)) > MOST_POINTS:
        fine *= COARSER
        drawn = [cv2.approxPolyDP(rim, fine, closed=True)[:, 0] for rim in rims]
    kept = (rim for rim in drawn if len(rim) > 2)
    return " ".join("M" + " L".join(f"{x} {y}" for x, y in rim) + " Z" for rim in kept)
