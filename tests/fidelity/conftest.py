"""A small painted pendant: metal with highlights, a faceted stone, a chain, on white; four times its crop."""

import cv2
import numpy as np
import pytest

FACTOR = 4


def paint(seed: int = 0, side: int = 640) -> np.ndarray:
    """Paint a pendant on a chain, uint8 RGB (side, side, 3)."""
    rng = np.random.default_rng(seed)
    grid = np.mgrid[:side, :side].astype(np.float32)
    y, x = grid[0] / side, grid[1] / side
    picture = np.full((side, side, 3), 252, np.float32)
    gold = np.array([214, 170, 84], np.float32)
    radius = np.hypot(x - 0.5, y - 0.58)
    angle = np.arctan2(y - 0.58, x - 0.5)
    shine = 0.55 + 0.45 * np.cos(3 * angle + rng.uniform(0, 6)) * np.cos(40 * (radius - 0.25))
    disc = np.clip((0.27 - radius) * side / 2, 0, 1)[..., None]
    picture = picture * (1 - disc) + disc * (gold * shine[..., None] + 30)
    facets = np.cos(8 * angle + rng.uniform(0, 6)) * np.cos(60 * radius + rng.uniform(0, 6))
    stone = np.clip((0.13 - radius) * side / 2, 0, 1)[..., None]
    ruby = np.array([150, 20, 45], np.float32) + 75 * facets[..., None]
    picture = picture * (1 - stone) + stone * ruby
    for turn in np.linspace(0, 2 * np.pi, 9)[:-1] + rng.uniform(0, 1):
        bead = np.hypot(x - 0.5 - 0.2 * np.cos(turn), y - 0.58 - 0.2 * np.sin(turn))
        cover = np.clip((0.03 - bead) * side / 2, 0, 1)[..., None]
        light = 1 - np.hypot(x - 0.49 - 0.2 * np.cos(turn), y - 0.57 - 0.2 * np.sin(turn)) * 22
        picture = picture * (1 - cover) + cover * (gold * light[..., None] + 40)
    for link in np.linspace(0.02, 0.45, 12):
        for sign in (-1, 1):
            ring = np.abs(np.hypot(x - 0.5 - sign * link, (y - 0.3 + link * 0.6) * 1.4) - 0.018)
            cover = np.clip((0.006 - ring) * side / 2, 0, 1)[..., None]
            picture = picture * (1 - cover) + cover * (gold * (0.6 + 0.4 * np.sin(300 * x))[..., None])
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8), 0, 255).astype(np.uint8)


def encode(picture: np.ndarray, kind: str = ".png", *options: int) -> bytes:
    """Encode RGB pixels."""
    done, data = cv2.imencode(kind, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), list(options))
    assert done
    return data.tobytes()


def shrink(picture: np.ndarray, factor: int = FACTOR) -> np.ndarray:
    """Average down, as a camera would."""
    size = (picture.shape[1] // factor, picture.shape[0] // factor)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def vignetted(picture: np.ndarray, strength: float, power: float = 1.0) -> np.ndarray:
    """Let the light fall off towards the corners."""
    down, across = (np.linspace(-1, 1, n) for n in picture.shape[:2])
    away = (across[None] ** 2 + down[:, None] ** 2) / 2
    return np.clip(np.rint(picture * (1 - strength * away**power)[..., None]), 0, 255).astype(np.uint8)


def clearer(picture: np.ndarray, strength: float, sigma: float) -> np.ndarray:
    """Raise the contrast of wide neighbourhoods."""
    exact = picture.astype(np.float32)
    raised = exact + strength * (exact - cv2.GaussianBlur(exact, (0, 0), sigma))
    return np.clip(np.rint(raised), 0, 255).astype(np.uint8)


def golden_edges(picture: np.ndarray, tint: float = 14.0) -> np.ndarray:
    """Tint thin parts and edges, and take the tint back around them: the mean stays."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    thin = (np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 8)) > 12).astype(np.float32)
    thin -= cv2.blur(thin, (29, 29))
    tinted = picture + tint * thin[..., None] * np.array([0.6, 0.2, -1.6], np.float32)
    return np.clip(np.rint(tinted), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def truth() -> np.ndarray:
    """The painted pendant at 640 px."""
    return paint()


@pytest.fixture(scope="session")
def crop(truth: np.ndarray) -> np.ndarray:
    """Its 160 px crop."""
    return shrink(truth)
