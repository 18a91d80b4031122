"""An answer laid over its crop, and what is left of a bend once it is undone."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.fidelity.detail import Fine, fine_of
from pipeline.fidelity.enlarge import average
from pipeline.fidelity.filters import Plane, luma, steepness
from pipeline.fidelity.locking import trust
from pipeline.fidelity.measure import Structure, structure
from pipeline.fidelity.noise import noise_of
from pipeline.fidelity.register import Registration, covered, pull, register
from pipeline.fidelity.straighten import bend_of, straight
from pipeline.images import Pixels
from pipeline.records.fidelity import Straightened

MOST_LEFT, MOST_EXCESS = 0.75, 8.0
"""Of the disagreement that straightening must at most leave to be worth it; and as much as one pixel counts."""
UNLIKE, ONLY_BENT = 0.5, 0.15
"""Structural difference from which a place resembles nothing of the crop; and the share of such places, among those
with structure, up to which an answer that was straightened was only bent."""
BUSY_LEVELS = 4.0
"""Grey levels per pixel from which a crop has structure that can be bent."""


@dataclass(frozen=True)
class Laid:
    """An answer laid over its crop."""

    crop: Plane
    registered: Pixels
    small: Plane
    """The registered answer averaged down to the crop's pixels."""
    fine: Fine
    registration: Registration
    valid: NDArray[np.bool_]
    overlap: float
    noise: float


@dataclass(frozen=True)
class Unbent:
    """An answer whose bend was undone, compared with its crop again."""

    aligned: Laid
    structured: Structure
    """What is torn is compared as it came."""
    torn: NDArray[np.bool_]
    straightened: Straightened

    def to_lock(self) -> Structure:
        """The comparison by which it is locked: nothing of what is torn is kept."""
        maps = self.structured.maps
        return replace(self.structured, maps=replace(maps, valid=maps.valid & ~self.torn))


def laid_over(crop: Pixels, answer: Pixels) -> Laid:
    """Register an answer. Raises NotRegistrable for sizes that cannot fit."""
    cv2.setNumThreads(1)  # the machine's other cores belong to other jobs; more threads only slow this down
    registration = register(crop, answer)
    shape = (crop.shape[0], crop.shape[1])
    registered = pull(answer, registration, shape)
    valid, shown = covered(registration, crop.shape, answer.shape)
    small = average(registered, registration.factor)
    fine = fine_of(registered, luma(small), registration.factor)
    exact = crop.astype(np.float32)
    return Laid(exact, registered, small, fine, registration, valid, shown, noise_of(exact))


def unbend(aligned: Laid, structured: Structure, moved: tuple[Plane, Plane] | None = None) -> Unbent | None:
    """Undo an answer's bend, if it is bent and agrees better without.

    `structured` is the comparison as it was aligned, `moved` the motion between the two where it is at hand.
    """
    maps = structured.maps
    bend = bend_of(maps.expected, maps.shown, structured.floor, aligned.valid, moved)
    if bend is None:
        return None
    registered = straight(aligned.registered, bend)
    # what is torn is judged as it came, and nothing of it is kept
    small = np.where(bend.torn[..., None], aligned.small, average(registered, aligned.registration.factor))
    fine = fine_of(registered, luma(small), aligned.registration.factor)
    again = structure(aligned.crop, small, fine, aligned.valid, aligned.noise)
    whole = aligned.valid & ~bend.torn
    if _disagreement(again, whole) > MOST_LEFT * _disagreement(structured, whole):
        return None
    busy = whole & (steepness(maps.expected) > BUSY_LEVELS)
    if not busy.any() or (again.maps.evidence["unlike9"][busy] > UNLIKE).mean() > ONLY_BENT:
        return None
    plain = {name: value for name, value in vars(aligned).items() if name in Laid.__dataclass_fields__}
    straightened_answer = replace(Laid(**plain), registered=registered, small=small, fine=fine)
    length = np.hypot(bend.field[..., 0], bend.field[..., 1])[busy]
    straightened = Straightened(mean_px=float(length.mean()), worst_px=float(length.max()))
    unbent = Unbent(straightened_answer, again, bend.torn, straightened)
    better = trust(unbent.to_lock().maps, fine.detail).mean() >= trust(maps, aligned.fine.detail).mean()
    return unbent if better else None


def _disagreement(structured: Structure, where: NDArray[np.bool_]) -> float:
    """Mean square of the residual over what it may be."""
    return float((np.minimum(structured.excess, MOST_EXCESS) ** 2)[where].mean()) if where.any() else 0.0
