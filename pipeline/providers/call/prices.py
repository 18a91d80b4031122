"""What one call costs, US dollars: estimates from public sources, each with its date. Bills are the vendors'.

Shown before a click as an estimate and reserved against the caps; where an answer tells what it really used,
that is booked instead.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """`call_usd` for each call plus `megapixel_usd` for each megapixel of the answer."""

    call_usd: float
    megapixel_usd: float = 0.0
    seen: str = ""
    """The day the source was read."""
    source: str = ""
    guess: bool = False
    """No source tells this price; it is there so that the caps are not blind."""
    sent_usd: float = 0.0
    """For each megapixel of the pictures sent."""
    begun: bool = False
    """Every megapixel begun counts whole, and at least one does."""
    large: tuple[float, float] | None = None
    """From so many megapixels on, each call costs so much instead of `call_usd`."""

    @property
    def basis(self) -> str:
        """Where the figure comes from, in a few words."""
        if self.guess:
            return "a guess, no price was found"
        return ", ".join(filter(None, (self.source, self.seen)))

    def of(self, pixels: int = 0, sent: Sequence[int] = ()) -> float:
        """The price of an answer of so many pixels, made of pictures of so many."""
        call_usd = self.large[1] if self.large and pixels > self.large[0] * 1e6 else self.call_usd
        answer, given = self._megapixels(pixels), sum(map(self._megapixels, sent))
        return round(call_usd + self.megapixel_usd * answer + self.sent_usd * given, 6)

    def _megapixels(self, pixels: int) -> float:
        return max(1, math.ceil(pixels / 1e6)) if self.begun else pixels / 1e6


# The first entry whose name the model id begins with counts: longer names stand before shorter ones.
PRICES: dict[str, Price] = {
    "seedream-4-5": Price(0.04, 0.0, "2026-07-13", "BytePlus price page, copy"),
    "seedream-4": Price(0.03, 0.0, "2026-07-13", "BytePlus price page, copy"),
    "seedream-5-0-pro": Price(
        0.045, 0.0, "2026-07-13", "BytePlus price page, copy; 0.09 above 2.36 MP", large=(2.36, 0.09)
    ),
    "seedream-5-5": Price(0.043, 0.0, "2026-11-12", "reseller; one reference picture included"),
    "seedream-5": Price(0.035, 0.0, "2026-07-13", "BytePlus price page, copy"),
    "gpt-image": Price(
        0.138,
        0.069,
        "2026-11-29",
        "the vendor's calculator at high quality, square: 7024 tokens for 1024 x 1024",
    ),
    "gemini-3-pro": Price(0.134, 0.0, "2026-10-01", "0.134 for 1K and 2K, 0.24 for 4K", large=(6.0, 0.24)),
    "gemini": Price(0.02, 0.014, "2026-10-01", "0.0336 for 1K at 30 dollars a million tokens"),
    "sd3.5-large-turbo": Price(0.04, 0.0, "2026-09-22", "4 credits of one cent"),
    "sd3.5-medium": Price(0.035, 0.0, "2026-09-22", "3.5 credits of one cent"),
    "sd3.5-large": Price(0.065, 0.0, "2026-09-22", "6.5 credits of one cent"),
    "upscale/fast": Price(0.02, 0.0, "2026-09-22", "2 credits of one cent"),
    "upscale/conservative": Price(0.40, 0.0, "2026-09-22", "40 credits of one cent"),
    "control/structure": Price(0.05, 0.0, "2026-09-22", "5 credits of one cent"),
    "stable-point-aware-3d": Price(0.04, 0.0, "2026-09-22", "4 credits of one cent"),
    "fal-ai/bytedance/seedream/v4.5": Price(0.04, 0.0, "2026-08-20", "fal model page"),
    "fal-ai/bytedance/seedream": Price(0.03, 0.0, "2026-08-20", "fal model page"),
    "bytedance/seedream/v5/pro": Price(0.135, 0.0, "2026-11-22", "fal model page, US route above 2.4 MP"),
    "fal-ai/nano-banana-pro": Price(
        0.15, 0.0, "2026-11-22", "published comparison of editors; twice that for 4K", large=(6.0, 0.30)
    ),
    "fal-ai/flux-2-pro": Price(
        0.015,
        0.015,
        "2026-11-22",
        "fal model page: 0.03 for the first megapixel, 0.015 for each further, sent ones too",
        sent_usd=0.015,
        begun=True,
    ),
    "flux-2-pro": Price(
        0.015,
        0.015,
        "2026-11-22",
        "0.03 for the first megapixel, 0.015 for each further, sent ones too; the answer tells the cost",
        sent_usd=0.015,
        begun=True,
    ),
    "topaz": Price(
        0.08,
        0.0,
        "2026-11-22",
        "a credit for 24 megapixels, at what fal asks for the same; the estimate tells how many",
        large=(24.0, 0.16),
    ),
    "magnific": Price(0.20, guess=True),
    "clarityai/crystal-upscaler": Price(0.0, 0.016, "2026-11-22", "reseller's list, by the megapixel"),
    "fal-ai/seedvr": Price(0.0, 0.001, "2026-08-20", "fal model page"),
    "fal-ai/clarity-upscaler": Price(0.0, 0.03, "2026-08-20", "fal model page"),
    "fal-ai/topaz": Price(0.08, 0.0, "2026-11-22", "fal model page; up to 24 MP"),
    "fal-ai/trellis-2": Price(0.30, 0.0, "2026-11-22", "fal model page; 0.25 to 0.35 by resolution"),
    "fal-ai/trellis": Price(0.02, 0.0, "2026-08-20", "fal model page"),
    "fal-ai/sam-3": Price(0.02, 0.0, "2026-11-29", "public price list, a generation"),
    "fal-ai/hunyuan-3d": Price(
        0.675, 0.0, "2026-11-29", "public price list: 0.375, and 0.15 each for PBR and for several views"
    ),
    "fal-ai/hunyuan3d": Price(0.48, 0.0, "2026-08-20", "three times 0.16, textured"),
    "bytedance/seedream-4.5": Price(0.04, 0.0, "2026-11-22", "Replicate model page"),
    "bytedance/seedream-4": Price(0.03, 0.0, "2026-08-20", "Replicate model page"),
    "bytedance/seedream": Price(0.03, 0.0, "2026-08-20", "Replicate model page"),
    "stability-ai/sdxl": Price(0.005, 0.0, "2026-08-20", "by seconds; typical run"),
    "philz1337x/clarity-upscaler": Price(0.02, 0.0, "2026-08-20", "by seconds; typical run"),
    "firtoz/trellis": Price(0.05, 0.0, "2026-08-20", "by seconds; typical run"),
    "tencent/hunyuan3d": Price(0.18, 0.0, "2026-08-20", "by seconds; typical run"),
    "meshy": Price(0.60, 0.0, "2026-10-15", "30 credits, textured; 0.02 a credit is a guess"),
    "tripo": Price(0.40, guess=True),
    "dzine": Price(0.05, guess=True),
}

MOST_OUT = 8_000
"""Tokens that a reading may take, thoughts included; a piece takes some six hundred."""
_SENT, _USUAL = 7_000, 3_000
"""Tokens of a usual reading: the schema with its instructions, and the answer with its thoughts."""
READERS: dict[str, tuple[float, float, str, str]] = {
    "gpt-6-luna": (0.10, 0.50, "2026-09-22", "vendor's list, copy"),
    "gpt-6-sol": (2.00, 10.00, "2026-09-22", "vendor's list, copy"),
    "gpt-6-astra": (10.00, 50.00, "2026-09-03", "vendor's list, copy"),
    "gpt-5.6-luna": (0.20, 1.20, "2026-11-30", "vendor's model page"),
    "gpt-5.6-terra": (2.00, 12.00, "2026-11-30", "vendor's model page"),
    "gpt-5.4-mini": (0.75, 4.50, "2026-05-04", "vendor's list, copy"),
    "gpt-5.4": (2.50, 15.00, "2026-05-04", "vendor's list, copy"),
    "gemini-3.8-flash": (0.75, 3.75, "2026-09-20", "vendor's list, copy; twice that from 2027 on"),
    "gemini-3.5-flash": (1.50, 9.00, "2026-09-20", "vendor's list, copy"),
    "gemini-3.1-pro": (2.00, 12.00, "2026-09-20", "vendor's list, copy"),
}
"""Dollars for a million tokens sent and for a million answered, of text models; the first that fits counts."""
_UNKNOWN_READER = (2.50, 15.00, "", "")


def reading_price(model: str) -> Price:
    """The price of a usual reading by a text model; a cautious guess for one that is not in the table."""
    sent, out, seen, source = _reader(model)
    usd = round((_SENT * sent + _USUAL * out) / 1e6, 6)
    return Price(usd, 0.0, seen, f"{source}, by the token" if source else "", guess=not source)


def reading_cost(model: str, sent: object, out: object) -> float:
    """What a reading's tokens come to; 0 where they are not told or no figures."""
    if not isinstance(sent, int) or not isinstance(out, int) or min(sent, out) < 0 or max(sent, out) > 10**7:
        return 0.0
    sent_usd, out_usd, *_ = _reader(model)
    return round((sent * sent_usd + out * out_usd) / 1e6, 6)


def _reader(model: str) -> tuple[float, float, str, str]:
    return next((row for prefix, row in READERS.items() if model.startswith(prefix)), _UNKNOWN_READER)


_UNKNOWN = Price(0.10, guess=True)


def price(name: str) -> Price:
    """The price of a model; a cautious guess for one that is not in the table."""
    bare = name.removeprefix("doubao-").removeprefix("dola-")
    return next((row for prefix, row in PRICES.items() if bare.startswith(prefix)), _UNKNOWN)
