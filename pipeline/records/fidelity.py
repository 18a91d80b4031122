"""What the gate hands back: frozen values that turn into JSON, every number finite."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipeline.records.words import Dial, RawVerdict, Verdict

ReasonName = Literal[
    "geometry bent",
    "element removed",
    "element added",
    "recoloured",
    "thickness changed",
    "texture invented",
    "other piece",
    "not registrable",
]

PERFECT_DB = 100.0
"""Identical pictures have no finite PSNR; they are reported as this."""


@dataclass(frozen=True)
class Reason:
    """One thing that is different, where, and how much."""

    name: ReasonName
    severity: float
    """0 (at the edge of what enhancers do harmlessly) to 1."""
    box: tuple[int, int, int, int] | None
    """(x, y, width, height) in crop pixels; None where it concerns the whole picture."""


@dataclass(frozen=True)
class Figures:
    """Agreement with the crop, after area-averaging the answer down to the crop's pixels."""

    lr_psnr_db: float
    """PSNR over all pixels and channels, 8-bit peak; at most 100."""
    worst_window_db: float
    """The lowest PSNR of any 7 x 7 window."""
    delta_e_max: float
    """The largest CIEDE2000 between the two pictures' 7 x 7 window means."""


@dataclass(frozen=True)
class Transform:
    """How the answer lay over the crop, already undone in the registered picture."""

    layout: Literal["stretch", "fit", "cover"]
    """Same frame; letterboxed into another aspect; or cut to another aspect."""
    factor: int
    """Whole enlargement of the registered picture over the crop."""
    scale: float
    """Remaining zoom, 1.0 when there is none."""
    rotation_deg: float
    """Counter-clockwise as seen."""
    shift_px: tuple[float, float]
    """(x, y) in crop pixels, at the picture's centre."""
    overlap: float
    """Share of the crop the answer covers, 0..1."""


@dataclass(frozen=True)
class Photometry:
    """The global change of light the provider made: discounted for structure, judged for colour."""

    brightness: float
    """Gain of mid grey, 1.0 when unchanged."""
    gamma: float
    """Exponent of the tone curve between shadow and light, 1.0 when unchanged."""
    white_balance: tuple[float, float, float]
    """Gains of R, G, B relative to their mean."""
    delta_e: float
    """Mean CIEDE2000 the change makes on the coloured parts of the piece at equal lightness."""


@dataclass(frozen=True)
class Fidelity:
    """Everything measured between a crop and its close-up."""

    verdict: Verdict
    raw_verdict: RawVerdict
    drift: float
    """0 (nothing but enhancement) to 1; warns from 0.5, fails from 0.7."""
    score: float
    """The fitted model's log-odds before the thresholds: what calibration works on."""
    reasons: tuple[Reason, ...]
    raw: Figures
    locked: Figures
    transform: Transform
    photometry: Photometry
    noise: float
    """The crop's own noise, grey levels (standard deviation)."""
    tolerance: float
    """Grey levels within which the lock lets the answer differ from a noisy crop; 0 on a clean one."""
    restored: float
    """Share of the picture that the lock took from the crop because the answer drifted there, 0..1."""
    sharpness: float
    """Fine detail of the result over that of a plain enlargement of the crop, on the piece: 1 gained nothing."""
    dial: Dial
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, rounded to what is meaningful."""
        plain: dict[str, Any] = _rounded(asdict(self))
        return plain


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
