"""What of a mask's holes is the piece's own: openings stay, highlights are closed."""

import numpy as np
import pytest

from pipeline.solids.score import FILM_PX
from pipeline.trace.picture import cleaned

ROWS, COLUMNS = np.mgrid[:FILM_PX, :FILM_PX]


def _disc(x: int, y: int, radius: int) -> np.ndarray:
    return np.asarray((COLUMNS - x) ** 2 + (ROWS - y) ** 2 < radius**2)


@pytest.mark.parametrize("noise", [0.0, 1.5])
@pytest.mark.parametrize(
    ("ground", "highlight"),
    [
        ((255, 255, 255), (253, 253, 252)),
        ((255, 255, 255), (252, 250, 248)),
        ((246, 238, 224), (255, 255, 254)),
        ((190, 192, 196), (204, 204, 206)),
        ((20, 20, 22), (60, 58, 52)),
    ],
)
def test_an_opening_shows_the_ground_and_a_highlight_is_closed(
    ground: tuple[int, int, int], highlight: tuple[int, int, int], noise: float
) -> None:
    """A ring with a finger hole, two arches and two highlights that a mask took for ground, all of a size."""
    if noise and ground == (255, 255, 255):
        ground = (251, 251, 251)  # burnt out there would be none
        highlight = (254, 254, 254)
    hole, arches = _disc(512, 560, 250), _disc(400, 210, 22) | _disc(620, 215, 18)
    glare = _disc(180, 560, 20) | _disc(512, 880, 24)
    piece = _disc(512, 540, 400) & ~hole & ~arches
    film = np.where(piece[..., None], np.array((150, 120, 60)), ground).astype(float)
    film[glare] = highlight
    film += np.random.default_rng(3).normal(0, noise, film.shape) if noise else 0
    pixels = np.clip(film, 0, 255).astype(np.uint8)
    seen = cleaned(piece & ~glare, pixels)
    assert seen[glare].mean() > 0.99
    assert not seen[_disc(400, 210, 17) | _disc(620, 215, 13) | _disc(512, 560, 240)].any()
    assert cleaned(piece & ~glare)[arches].all(), "a piece without an opening has no arches"
