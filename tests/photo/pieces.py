"""Drawn pieces of jewelry for the tests: shaded, anti-aliased, on a backdrop of choice, with their true mask."""

import cv2
import numpy as np
from PIL import Image

SUPER = 3
GOLD, SILVER, RUBY, EMERALD = (205, 160, 70), (168, 170, 174), (190, 20, 50), (10, 140, 80)
WHITE = (255, 255, 255)


class Canvas:
    """A square picture drawn at three times its size; every part is a shaded tube or dome."""

    def __init__(self, side: int = 512, backdrop=WHITE):
        self.side = side
        size = side * SUPER
        self.colour = np.empty((size, size, 3), np.float32)
        self.colour[:] = np.asarray(backdrop, np.float32)
        self.inside = np.zeros((size, size), bool)

    def _window(self, left, top, right, bottom):
        """The canvas between these picture coordinates, and the coordinates of its points."""
        size = self.side * SUPER
        x0, y0 = (int(np.clip(v * SUPER - 2, 0, size)) for v in (left, top))
        x1, y1 = (int(np.clip(v * SUPER + 3, 0, size)) for v in (right, bottom))
        y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        return (slice(y0, y1), slice(x0, x1)), (x + 0.5) / SUPER - 0.5, (y + 0.5) / SUPER - 0.5

    def _paint(self, window, where, colour, light):
        shade = (0.35 + 0.9 * np.clip(light, 0, 1))[where][:, None]
        self.colour[window][where] = np.clip(np.asarray(colour, np.float32) * shade, 0, 255)
        self.inside[window] |= where

    def ring(self, cx, cy, radius, thick, colour=GOLD):
        """A torus seen from the front: radius of its middle line, thickness of its wire."""
        reach = radius + thick
        window, x, y = self._window(cx - reach, cy - reach, cx + reach, cy + reach)
        away = np.hypot(x - cx, y - cy)
        across = 2 * (away - radius) / thick
        height = np.sqrt(np.clip(1 - across**2, 0, 1))
        # Light from above: the slope of the wire, turned with the place on the ring.
        tilt = np.clip(0.5 - 0.5 * across * (y - cy) / np.maximum(away, 1e-3), 0, 1)
        self._paint(window, np.abs(across) < 1, colour, 0.3 * height + 0.6 * tilt)
        return self

    def dome(self, cx, cy, radius, colour=RUBY, facets=8):
        """A faceted stone."""
        window, x, y = self._window(cx - radius, cy - radius, cx + radius, cy + radius)
        away = np.hypot(x - cx, y - cy)
        around = np.floor((np.arctan2(y - cy, x - cx) / (2 * np.pi) + 0.5) * facets)
        light = 0.25 + 0.6 * ((around * 3 + (away < 0.55 * radius) * 2) % 5) / 4
        self._paint(window, away < radius, colour, light)
        return self

    def rod(self, start, end, thick, colour=GOLD):
        """A straight round wire."""
        (ax, ay), (bx, by) = start, end
        window, x, y = self._window(
            min(ax, bx) - thick, min(ay, by) - thick, max(ax, bx) + thick, max(ay, by) + thick
        )
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        along = np.clip(along, 0, 1)
        away = np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
        light = np.sqrt(np.clip(1 - (2 * away / thick) ** 2, 0, 1))
        self._paint(window, away < thick / 2, colour, 0.2 + 0.7 * light)
        return self

    def shadow(self, cx, cy, wide, tall, depth):
        """A soft cast shadow on the backdrop; drawn before the piece."""
        window, x, y = self._window(cx - 4 * wide, cy - 4 * tall, cx + 4 * wide, cy + 4 * tall)
        fall = np.exp(-(((x - cx) / wide) ** 2) - ((y - cy) / tall) ** 2)
        self.colour[window] *= 1 - depth * fall[..., None]
        return self

    def picture(self, grain=0.0, seed=0):
        """The picture at its own size, uint8, and its mask (at least half covered pixels)."""
        size = (self.side, self.side)
        whole = cv2.resize(self.colour, size, interpolation=cv2.INTER_AREA)
        if grain:
            whole += np.random.default_rng(seed).normal(0, grain, whole.shape)
        mask = cv2.resize(self.inside.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
        return np.clip(np.rint(whole), 0, 255).astype(np.uint8), mask


def solitaire(side=512, backdrop=WHITE, metal=GOLD, stone=RUBY, shadow=0.0):
    """A ring standing upright with a stone on top."""
    s = side / 512
    canvas = Canvas(side, backdrop)
    if shadow:
        canvas.shadow(256 * s, 452 * s, 150 * s, 26 * s, shadow)
    canvas.ring(256 * s, 300 * s, 140 * s, 26 * s, metal)
    canvas.rod((230 * s, 165 * s), (212 * s, 120 * s), 12 * s, metal)
    canvas.rod((282 * s, 165 * s), (300 * s, 120 * s), 12 * s, metal)
    return canvas.dome(256 * s, 112 * s, 46 * s, stone)


def necklace(side=512, backdrop=WHITE, metal=GOLD, stone=EMERALD):
    """A loop of chain links with a clasp at the top and a round pendant at the bottom."""
    s = side / 512
    canvas = Canvas(side, backdrop)
    for angle in np.linspace(0, 2 * np.pi, 72, endpoint=False):
        canvas.ring((256 + 150 * np.sin(angle)) * s, (230 - 175 * np.cos(angle)) * s, 7 * s, 4 * s, metal)
    canvas.ring(256 * s, 50 * s, 13 * s, 8 * s, metal)
    canvas.dome(256 * s, 440 * s, 34 * s, stone)
    return canvas.ring(256 * s, 440 * s, 36 * s, 8 * s, metal)


def pair(side=512, backdrop=WHITE, metal=SILVER, stone=RUBY):
    """Two drop earrings side by side."""
    s = side / 512
    canvas = Canvas(side, backdrop)
    for x in (160, 350):
        canvas.ring(x * s, 110 * s, 26 * s, 8 * s, metal)
        canvas.rod((x * s, 136 * s), (x * s, 250 * s), 8 * s, metal)
        canvas.dome(x * s, 300 * s, 52 * s, stone)
        canvas.ring(x * s, 300 * s, 54 * s, 12 * s, metal)
    return canvas


def reduce(picture, factor):
    """Shrink by box averaging with Pillow, an implementation of its own."""
    height, width = picture.shape[:2]
    return np.asarray(
        Image.fromarray(picture).resize((width // factor, height // factor), Image.Resampling.BOX)
    )
