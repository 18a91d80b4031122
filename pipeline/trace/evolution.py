"""CMA-ES: a population that learns the shape of the valley it walks down.

N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, with its default parameters.
"""

from collections.abc import Callable

import numpy as np

from pipeline.solids.camera import Array


def minimise(
    loss: Callable[[Array], float],
    dimension: int,
    *,
    sigma: float,
    population: int,
    generations: int,
    seed: int,
    flat: float = 2e-4,
) -> tuple[float, Array]:
    """The least loss met around the origin and where it was, (dimension,); the same seed walks the same way.

    Ends early when the best of ten generations differ by less than `flat`.
    """  # fmt: skip
    chance = np.random.default_rng(seed)
    parents = population // 2
    weights = np.log(parents + 0.5) - np.log(np.arange(1, parents + 1))
    weights /= weights.sum()
    mass = 1 / float((weights**2).sum())
    n = dimension
    c_path = (4 + mass / n) / (n + 4 + 2 * mass / n)
    c_sigma = (mass + 2) / (n + mass + 5)
    c_one = 2 / ((n + 1.3) ** 2 + mass)
    c_mu = min(1 - c_one, 2 * (mass - 2 + 1 / mass) / ((n + 2) ** 2 + mass))
    damping = 1 + 2 * max(0.0, np.sqrt((mass - 1) / (n + 1)) - 1) + c_sigma
    usual = np.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n**2))
    mean, covariance = np.zeros(n), np.eye(n)
    path, path_sigma = np.zeros(n), np.zeros(n)
    best, place = loss(mean), mean.copy()
    latest: list[float] = []
    for generation in range(generations):
        spread, basis = np.linalg.eigh(covariance)
        spread = np.sqrt(np.maximum(spread, 1e-20))
        steps = chance.standard_normal((population, n)) * spread @ basis.T
        losses = np.array([loss(mean + sigma * step) for step in steps])
        order = np.argsort(losses, kind="stable")
        if losses[order[0]] < best:
            best, place = float(losses[order[0]]), mean + sigma * steps[order[0]]
        chosen = steps[order[:parents]]
        move = weights @ chosen
        mean = mean + sigma * move
        whitened = basis @ ((basis.T @ move) / spread)
        path_sigma = (1 - c_sigma) * path_sigma + np.sqrt(c_sigma * (2 - c_sigma) * mass) * whitened
        length = float(np.linalg.norm(path_sigma))
        settled = length / np.sqrt(1 - (1 - c_sigma) ** (2 * (generation + 1))) < (1.4 + 2 / (n + 1)) * usual
        path = (1 - c_path) * path + settled * np.sqrt(c_path * (2 - c_path) * mass) * move
        keep = 1 - c_one - c_mu + (0 if settled else c_one * c_path * (2 - c_path))
        covariance = keep * covariance + c_one * np.outer(path, path) + c_mu * (chosen.T * weights) @ chosen
        sigma *= float(np.exp(c_sigma / damping * (length / usual - 1)))
        latest = [*latest[-9:], float(losses[order[0]])]
        if len(latest) == 10 and max(latest) - min(latest) < flat:
            break
    return best, place
