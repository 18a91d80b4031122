"""Where the answer differs, as one map: 1.0 is as far as harmless enhancement goes."""

import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.filters import Plane


def heat(evidence: dict[str, Plane], blameless: dict[str, float]) -> Plane:
    """Join the evidence named in `blameless` to one map, float32 (h, w); above 1 is worth a look.

    `blameless` holds the level that nearly all harmless answers stay below everywhere.
    """
    joined: Plane = np.max([evidence[name] / limit for name, limit in blameless.items()], axis=0)
    return joined.astype(np.float32)


def grey(heat_map: Plane) -> NDArray[np.uint8]:
    """Return the map as 8-bit RGB grey: 128 where it reaches 1, saturating towards 255."""
    level = np.where(heat_map <= 1, 128 * heat_map, 255 - 127 / np.maximum(heat_map, 1))
    return np.repeat(np.clip(level, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
