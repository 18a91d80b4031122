"""What marketplaces ask of a product picture, each rule with its figure, and whether a finished file keeps it.

Each market names where its rules stand. The figures were last checked on 30 November 2026. Read on the market's own
pages, as copies of them stood: Shopify's 4472 px, 20 megapixels and 2048 px squares; that Etsy wants pictures of the
item and no rendering; Instagram's 4:5 to 1.91:1, on the page for its advertisements. All others are at second hand:
publishers' documentation and guides to sellers, three or more of them and in accord, give them as the market's own.
Where two pages of one market differ, the stricter figure is held.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.images import Pixels
from pipeline.photo.cutout import Bounds

WHITE = 255
APART_PX = 16
"""Width of the seam about the piece where JPEG's blocks may ring: beyond it the ground is white to the level."""


@dataclass(frozen=True)
class Picture:
    """A finished file as a marketplace would read it: its pixels decoded again, and where the piece lies in it."""

    name: str
    pixels: Pixels
    media_type: str
    size_bytes: int
    piece: Bounds | None
    outside: np.ndarray
    """Pixels that lie clear of the piece, bool (h, w)."""
    drawn: bool
    """Whether it was rendered or generated, and never photographed."""


@dataclass(frozen=True)
class Finding:
    """One rule of one marketplace held against one file."""

    market: str
    file: str
    rule: str
    value: str
    ok: bool

    def __str__(self) -> str:
        """As the checklist prints it."""
        return (
            f"{'keeps  ' if self.ok else 'REFUSED'}  {self.market}, {self.file}: {self.rule} ({self.value})"
        )


Rule = Callable[[Picture], tuple[str, str, bool]]


@dataclass(frozen=True)
class Market:
    """A marketplace, the shape of picture it is given, and its rules."""

    name: str
    file: str
    """Which picture of the set it is given."""
    rules: tuple[Rule, ...]
    source: str
    """The pages its rules stand on."""

    def judge(self, picture: Picture) -> tuple[Finding, ...]:
        """Hold every rule against a file."""
        return tuple(Finding(self.name, picture.name, *rule(picture)) for rule in self.rules)


def fill(picture: Picture) -> float:
    """Share of the frame's longer side that the piece fills, 0..1."""
    box = picture.piece
    height, width = picture.pixels.shape[:2]
    return 0.0 if box is None else max((box.right - box.left) / width, (box.bottom - box.top) / height)


def _white(picture: Picture) -> tuple[str, str, bool]:
    around = picture.pixels[picture.outside]
    share = float((around == WHITE).all(axis=-1).mean()) if len(around) else 0.0
    figure = f"{100 * share:.1f} % of the ground is" if share < 1 else "all of the ground is"
    return "the ground is pure white, 255, 255, 255", figure, share == 1.0


def _filled(picture: Picture) -> tuple[str, str, bool]:
    return "the piece fills 85 % of the frame or more", f"{100 * fill(picture):.0f} %", fill(picture) >= 0.85


def _photographed(picture: Picture) -> tuple[str, str, bool]:
    figure = "rendered or generated" if picture.drawn else "a photograph"
    return "the main picture is a photograph", figure, not picture.drawn


def _sides(least: int, most: int, *, shorter: bool = False) -> Rule:
    def rule(picture: Picture) -> tuple[str, str, bool]:
        sides = picture.pixels.shape[:2]
        side = min(sides) if shorter else max(sides)
        which = "shorter" if shorter else "longer"
        return f"{least} to {most} px on the {which} side", f"{side} px", least <= side <= most

    return rule


def _weighs(most_mb: float) -> Rule:
    def rule(picture: Picture) -> tuple[str, str, bool]:
        megabytes = picture.size_bytes / 1e6
        return f"under {most_mb:g} MB", f"{megabytes:.1f} MB", megabytes < most_mb

    return rule


def _encoded(*media_types: str) -> Rule:
    names = " or ".join(kind.removeprefix("image/").upper() for kind in media_types)

    def rule(picture: Picture) -> tuple[str, str, bool]:
        kind = picture.media_type.removeprefix("image/").upper()
        return f"{names}, sRGB", kind, picture.media_type in media_types

    return rule


def _shaped(least: float, most: float, words: str) -> Rule:
    def rule(picture: Picture) -> tuple[str, str, bool]:
        height, width = picture.pixels.shape[:2]
        # A pixel of rounding is no other shape.
        return words, f"{width} x {height} px", least - 0.002 <= width / height <= most + 0.002

    return rule


_ANY = ("image/jpeg", "image/png")
_AMAZON = "Seller Central help G1881, “Product image guide”: https://sellercentral.amazon.com/help/hub/reference/G1881"
_SHOPIFY = (
    "shopify.dev, “Manage media for products”: https://shopify.dev/docs/apps/build/online-store/product-media; "
    "Help Center, “Product media types”: https://help.shopify.com/en/manual/products/product-media/product-media-types"
)
_ETSY = (
    "House Rules, “Listing Image Requirements”: "
    "https://www.etsy.com/legal/policy/listing-image-requirements/253962679005; "
    "Help Center, “Requirements and Best Practices for Images in Your Etsy Shop”: "
    "https://help.etsy.com/hc/en-us/articles/115015663347"
)
_INSTAGRAM = (
    "Help Center, “Image resolution of photos you share on Instagram”: https://help.instagram.com/1631821640426723; "
    "“Media Requirements”: https://developers.facebook.com/docs/instagram/ads-api/reference/media-requirements; "
    "“Content Publishing”, image specifications: "
    "https://developers.facebook.com/docs/instagram-platform/content-publishing"
)
MARKETS = (
    # Alone on pure white, 85 % of the frame, 1000 px or more for zoom, a photograph and no drawing.
    Market(
        "Amazon",
        "main",
        (_white, _filled, _sides(1000, 10_000), _weighs(10), _encoded("image/jpeg"), _photographed),
        _AMAZON,
    ),
    # 4472 px or 20 megapixels (the Help Center allows 5000), under 20 MB; squares of 2048 px look best.
    Market(
        "Shopify",
        "main",
        (_sides(2000, 4472), _weighs(20), _encoded(*_ANY), _shaped(1, 1, "square")),
        _SHOPIFY,
    ),
    # At least 2000 px on the shorter side; of the item itself, “not a rendering”.
    Market(
        "Etsy",
        "shadow",
        (_sides(2000, 10_000, shorter=True), _weighs(10), _encoded(*_ANY), _photographed),
        _ETSY,
    ),
    # 1080 px wide, between 1.91:1 and 4:5 (the app takes 3:4, its API does not), JPEG of at most 8 MB; stories 9:16.
    Market(
        "Instagram",
        "portrait",
        (
            _sides(1080, 1080, shorter=True),
            _shaped(0.8, 1.91, "between 4:5 and 1.91:1"),
            _weighs(8),
            _encoded("image/jpeg"),
        ),
        _INSTAGRAM,
    ),
    Market(
        "Instagram stories",
        "story",
        (
            _sides(1080, 1080, shorter=True),
            _shaped(9 / 16, 9 / 16, "9:16"),
            _weighs(8),
            _encoded("image/jpeg"),
        ),
        _INSTAGRAM,
    ),
)
