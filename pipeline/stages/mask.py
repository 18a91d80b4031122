"""The mask of a master as a person corrects it: strokes added to the branch, the checklist measured anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from pipeline import images, photo
from pipeline.errors import BadInput
from pipeline.records import Branch, Check, Design, Detail
from pipeline.records.brush import MOST_STROKES, Stroke
from pipeline.stages.branch import branch_of, change_branch
from pipeline.store import Store

SHOWN_PX = 900
_GROUND = np.array([150, 40, 160], np.float32)
"""What is taken for ground is shown tinted."""


def correct(store: Store, design_id: str, strokes: Sequence[Stroke]) -> Design:
    """Let these strokes correct the mask of the master, instead of those so far. Raises BadInput for too many."""
    if len(strokes) > MOST_STROKES:
        raise BadInput(f"A mask takes {MOST_STROKES} strokes at most; take the last ones back.")
    design = store.load(design_id)
    branch = branch_of(design)
    checks = _measured(store, design, branch, strokes)
    change = {"strokes": tuple(strokes), "checks": checks}
    return change_branch(store, design_id, branch.master.id, lambda b: b.model_copy(update=change))


def shown(store: Store, branch: Branch) -> images.Pixels:
    """The master, at most 900 px, with its ground tinted as the mask stands now."""
    master = branch.master
    pixels, mask = _small(_Master(master.id, partial(store.thumbnail, master, SHOWN_PX)))
    ground = ~photo.brush.brushed(mask, branch.strokes)
    tinted = pixels.astype(np.float32)
    tinted[ground] = 0.45 * tinted[ground] + 0.55 * _GROUND
    return tinted.astype(np.uint8)


def counted(store: Store, branch: Branch) -> str:
    """In words, how many pieces the mask of the master shows as it stands now."""
    _, mask = _small(_Master(branch.master.id, partial(store.thumbnail, branch.master, SHOWN_PX)))
    return photo.count.words(photo.count.count(photo.brush.brushed(mask, branch.strokes)))


@dataclass(frozen=True)
class _Master:
    """A master by its name alone: looked at once, whatever is corrected."""

    name: str
    look: Callable[[], bytes] = field(compare=False)


@lru_cache(maxsize=4)
def _small(master: _Master) -> tuple[images.Pixels, NDArray[np.bool_]]:
    pixels = images.decode(master.look())
    return pixels, photo.foreground.foreground(pixels)


def _measured(store: Store, design: Design, branch: Branch, strokes: Sequence[Stroke]) -> tuple[Check, ...]:
    """The checklist with the six measures of the picture taken again; what was told of its file stays."""
    rendered = branch.master.recipe.detail == Detail.RENDERED.value
    again = {
        c.name: Check(name=c.name, label=c.label, figure=c.figure, ok=c.ok, advice=c.advice)
        for c in photo.checks.inspect(
            store.pixels(branch.master), hanging=design.kind == "necklace", alone=rendered, strokes=strokes
        )
    }
    return tuple(again.get(check.name, check) for check in branch.checks)
