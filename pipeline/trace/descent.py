"""Levenberg and Marquardt's descent on residuals some of which belong to nothing: those far off lose their pull.

Steps damped by the diagonal: D. Marquardt, "An Algorithm for Least-Squares Estimation of Nonlinear Parameters", SIAM J.
11 (1963). Outliers weighed by S. Geman and D. McClure, Bull. ISI 52 (1987). Derivatives are differences over steps of
a pixel or two, since a raster tells no smaller ones, and the steps shrink as the descent slows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.solids.camera import Array

SLOW = 0.002
"""A step that gains less than this share takes the differences finer."""
SHORTEST = 0.15
"""Differences over less than this share of the first ones tell nothing new."""
LONGEST = 8.0
"""A number moves at most so many of its steps at once."""
TRIES = 4


@dataclass(frozen=True)
class Residuals:
    """What is left to explain: `outline` (n,) in pixels, some of them outliers, and `rest` (m,), none of them."""

    outline: Array
    rest: Array

    def cost(self, reach: float) -> float:
        """Mean square; an outline's residual counts as `reach` squared at most."""
        outlying = self.outline**2 / (1 + (self.outline / reach) ** 2)
        return float(outlying.sum() + (self.rest**2).sum()) / len(self.outline)


def descend(
    residuals: Callable[[Array], Residuals | None],
    start: Array,
    units: Array,
    low: Array,
    high: Array,
    *,
    steps: int,
    reach: float,
) -> Array:
    """The place (n,) reached from `start` between `low` and `high`, in at most so many steps.

    `units` (n,) are the first differences. `residuals` answers None where there are none to be had.
    """
    place = np.clip(start, low, high)
    current = residuals(place)
    if current is None:
        return place
    cost, damping, share = current.cost(reach), 0.01, 1.0
    for step in range(steps):
        sloped = _slopes(residuals, place, current, share * units, low, high, forward=step % 2 == 0)
        every = np.r_[current.outline, current.rest]
        weight = np.r_[1 / (1 + (current.outline / reach) ** 2) ** 2, np.ones(len(current.rest))]
        square, pull = sloped.T @ (sloped * weight[:, None]), sloped.T @ (weight * every)
        before = cost
        for _ in range(TRIES):
            damped = square + np.diag(damping * np.diag(square) + 1e-7 * len(every) + 1e-12)
            move = np.clip(-np.linalg.solve(damped, pull), -LONGEST, LONGEST)
            there = np.clip(place + share * units * move, low, high)
            answer = residuals(there)
            if answer is not None and answer.cost(reach) < cost:
                place, current, cost, damping = there, answer, answer.cost(reach), max(damping / 4, 1e-4)
                break
            damping *= 6
        if before - cost < SLOW * before:
            share /= 2
            if share < SHORTEST:
                break
    return place


def _slopes(
    residuals: Callable[[Array], Residuals | None],
    place: Array,
    current: Residuals,
    units: Array,
    low: Array,
    high: Array,
    *,
    forward: bool,
) -> Array:
    """Change (n + m, k) of the residuals for one unit of every number, taken where the number may go."""
    every = np.r_[current.outline, current.rest]
    columns = []
    for number, unit in enumerate(units):
        signed = unit if forward else -unit
        if not low[number] <= place[number] + signed <= high[number]:
            signed = -signed
        there = place.copy()
        there[number] = np.clip(place[number] + signed, low[number], high[number])
        moved = there[number] - place[number]
        answer = residuals(there) if moved else None
        columns.append(
            np.zeros(len(every))
            if answer is None
            else (np.r_[answer.outline, answer.rest] - every) * unit / moved
        )
    return np.column_stack(columns)
