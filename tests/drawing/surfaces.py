"""Surfaces with known geometry: a brilliant-like pyramid, balls and a ring, seen straight from above."""

import numpy as np

from pipeline.drawing import Surface

PITCH_MM = 0.05


class Bench:
    """Bodies laid on a bench and seen from above: heights and normals in closed form, the highest body shows."""

    def __init__(self, size: int) -> None:
        self.y, self.x = np.mgrid[:size, :size] + 0.5
        self.height = np.zeros((size, size))
        self.part = np.full((size, size), -1)
        self.normal = np.zeros((size, size, 3))

    def lay(self, inside: np.ndarray, height: np.ndarray, normal: np.ndarray) -> int:
        """Lay a body where it is higher than what lies there; returns its part."""
        higher = inside & (height > self.height)
        number = int(self.part.max()) + 1
        self.part[higher], self.height[higher], self.normal[higher] = number, height[higher], normal[higher]
        return number

    def ball(self, x: float, y: float, radius: float) -> int:
        """Half a ball, radius in pixels."""
        dx, dy = self.x - x, self.y - y
        up = np.sqrt(np.maximum(radius**2 - dx**2 - dy**2, 0))
        return self.lay(up > 0, 1 + up * PITCH_MM, np.dstack([dx, -dy, up]) / radius)

    def ring(self, x: float, y: float, radius: float, wire: float) -> int:
        """A torus lying flat."""
        dx, dy = self.x - x, self.y - y
        out = np.maximum(np.hypot(dx, dy), 1e-9)
        up = np.sqrt(np.maximum(wire**2 - (out - radius) ** 2, 0))
        lean = (out - radius) / out
        return self.lay(up > 0, 1 + up * PITCH_MM, np.dstack([dx * lean, -dy * lean, up]) / wire)

    def pyramid(self, x: float, y: float, radius: float, sides: int) -> int:
        """A faceted stone without a table, its sides 31 degrees steep."""
        angle = np.arange(sides) * 2 * np.pi / sides + 0.1
        reach = np.array([(self.x - x) * np.cos(a) + (self.y - y) * np.sin(a) for a in angle])
        face = angle[reach.argmax(axis=0)]
        normal = np.dstack([0.6 * np.cos(face), -0.6 * np.sin(face), np.ones_like(face)]) / np.hypot(0.6, 1)
        far = reach.max(axis=0)
        return self.lay(far < radius, 6 + (radius - far) * PITCH_MM * 0.6, normal)

    def surface(self, faceted: tuple[int, ...] = ()) -> Surface:
        """What is seen from above."""
        depth = np.where(self.part >= 0, 100 - self.height, np.inf)
        return Surface(depth, self.normal, self.part, (0.0, 0.0, -1.0), PITCH_MM, faceted)


def ring_with_stone(size: int = 500) -> Surface:
    """A ring of 20 mm with an octagonal stone on it."""
    bench = Bench(size)
    bench.ring(size / 2, size / 2, 0.36 * size, 0.04 * size)
    stone = bench.pyramid(size / 2, size / 2 - 0.36 * size, 0.1 * size, 8)
    return bench.surface((stone,))


def scattered(seed: int, size: int = 260) -> Surface:
    """Random bodies on a bench, at least one."""
    rng = np.random.default_rng(seed)
    bench = Bench(size)
    faceted = []
    for _ in range(int(rng.integers(1, 7))):
        x, y = rng.uniform(0.2, 0.8, 2) * size
        radius = rng.uniform(0.05, 0.18) * size
        match int(rng.integers(3)):
            case 0:
                bench.ball(x, y, radius)
            case 1:
                bench.ring(x, y, radius, max(3.0, radius / 5))
            case _:
                faceted.append(bench.pyramid(x, y, radius, int(rng.integers(4, 10))))
    return bench.surface(tuple(faceted))
