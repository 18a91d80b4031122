"""The gate: measures how far a provider's answer drifted from its crop, names it, and repairs it.

`examine` does everything in one pass; `compare` and `lock` are its two halves for callers that need one.
Pictures go in as encoded bytes of any usual format. OpenCV is loaded on the first call, not on import.
No module here bears the name of one of these functions: importing it would hide the function.
"""

from pipeline.fidelity.thresholds import Thresholds
from pipeline.records import DIALS, Dial
from pipeline.records.fidelity import Examination, Fidelity, Figures, Photometry, Reason, Transform

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
    "compare",
    "examine",
    "lock",
]


def compare(
    crop: bytes, enhanced: bytes, *, dial: Dial = "strict", thresholds: Thresholds | None = None
) -> Fidelity:
    """Measure an enhanced picture against the crop it came from.

    The enhanced picture may have any size and aspect as long as it shows the crop at least pixel for pixel.
    Raises BadImage for bytes that are no picture and NotRegistrable for sizes that cannot belong together;
    a picture of something else is no error but a `fail`.
    """
    from pipeline.fidelity.examination import compare_pictures

    return compare_pictures(crop, enhanced, dial=dial, thresholds=thresholds)


def lock(crop: bytes, enhanced: bytes, *, dial: Dial = "strict") -> bytes:
    """Return the answer made to agree with its crop, as PNG.

    Its size is the crop's times the whole number nearest to the enlargement the provider delivered (4 for a
    2048 px answer to a 500 px crop). Raises as `compare`, and NotRegistrable where the answer cannot be laid
    over the crop.
    """
    from pipeline.fidelity.examination import lock_pictures

    return lock_pictures(crop, enhanced, dial=dial)


def examine(
    crop: bytes, enhanced: bytes, *, dial: Dial = "strict", thresholds: Thresholds | None = None
) -> Examination:
    """Measure and lock in one pass: figures and pictures. Raises as `compare`."""
    from pipeline.fidelity.examination import examine_pictures

    return examine_pictures(crop, enhanced, dial=dial, thresholds=thresholds)
