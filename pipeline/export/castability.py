"""What a caster would ask to be thicker, as a line of the papers."""

from functools import lru_cache

from pipeline.atelier.casting import DETAIL_MM, PRONG_MM, WALL_MM, thin_places
from pipeline.atelier.pieces.origin import piece_of
from pipeline.records import Branch

_MOST = 4
"""Places that are told one by one."""


def rows(branch: Branch) -> tuple[tuple[str, str], ...]:
    """The line for a piece of the atelier, whose geometry is measured for it; none for other pieces."""
    recipe = branch.master.recipe
    if recipe.provider != "atelier" or not recipe.origin:
        return ()
    try:
        return (("Casting", _sentence(recipe.origin)),)
    except ValueError:  # a design of a later edition, or one changed by hand
        return ()


@lru_cache(maxsize=64)
def _sentence(origin: str) -> str:
    figures = f"walls {WALL_MM:g} mm, prongs {PRONG_MM:g} mm, grains {DETAIL_MM:g} mm"
    places = thin_places(piece_of(origin)[1].parts)
    if not places:
        return f"Every wall, prong and grain measured can be cast ({figures})."
    listed = "; ".join(
        f"{place.part} {place.measured_mm:.2f} of {place.asked_mm:g} mm" for place in places[:_MOST]
    )
    more = f"; {len(places) - _MOST} more" if len(places) > _MOST else ""
    return f"Too thin for a caster ({figures}): {listed}{more}."
