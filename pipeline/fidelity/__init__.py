"""The gate: measures how far a provider's answer drifted from its crop, names it, and repairs it.

`examine` does everything in one pass; `compare` and `lock` are its two halves for callers that need one, `agreement`
measures a picture that was locked before.
Pictures are pixels, uint8 sRGB of shape (h, w, 3). OpenCV is loaded at the first use of one of them, not on
import. No module here bears the name of one of these functions: importing it would hide the function.
"""

from typing import TYPE_CHECKING, Any

from pipeline.records import DIALS, Dial
from pipeline.records.fidelity import Fidelity, Figures, Photometry, Reason, Thresholds, Transform

if TYPE_CHECKING:
    from pipeline.fidelity.examination import Examination, agreement, compare, examine, lock

__all__ = [
    "DIALS",
    "Dial",
    "Examination",
    "Fidelity",
    "Figures",
    "Photometry",
    "Reason",
    "Thresholds",
    "Transform",
    "agreement",
    "compare",
    "examine",
    "lock",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipeline.fidelity import examination

    return getattr(examination, name)
