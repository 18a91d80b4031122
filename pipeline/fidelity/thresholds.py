"""Where the gate begins to warn and to fail, on the scale of `Fidelity.score`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Scores from which an answer is shown amber and red. `origin` says which measurement set them."""

    warn: float
    fail: float
    origin: str = ""

    def __post_init__(self) -> None:
        if not self.warn < self.fail:
            raise ValueError("the warning threshold must lie below the failing one")
