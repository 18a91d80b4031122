"""The sides of the master: which close-ups stand left of it and which right, on the page and in the HTML export."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def share(
    items: Sequence[Item], centre: Callable[[Item], tuple[float, float]]
) -> tuple[list[Item], list[Item]]:
    """Share close-ups between left and right so that the lines to them do not cross.

    `centre` is the middle of a close-up's region in fractions of the master, x and y. The leftmost regions go left,
    each side runs from top to bottom, and the sides differ by one at most; an odd one goes where most regions lie.
    """
    by_x = sorted(items, key=lambda item: centre(item)[0])
    leaning_left = sum(centre(item)[0] < 0.5 for item in items) * 2 > len(items)
    half = (len(items) + leaning_left) // 2
    left, right = (sorted(side, key=lambda item: centre(item)[1]) for side in (by_x[:half], by_x[half:]))
    return left, right
