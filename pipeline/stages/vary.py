"""Vary: a second design that is the first with one thing changed, words and piece."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import BadInput, BadPrompt
from pipeline.prompts import MAX_PROMPT_CHARS
from pipeline.records import LONGEST_NAME, Asset, Design
from pipeline.stages.branch import placed
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.atelier.ranges import Variant
    from pipeline.atelier.spec import Spec

LONGEST_CHANGE = 200
_WITHOUT_A_PLACE = {"metal", "second_metal", "fineness", "substance", "finish"}
_SIZED = re.compile(r", (?:size EU \d+|\d+ mm (?:long|chain|across))$")
"""What a variant's name says of its size."""


@dataclass(frozen=True)
class Variation:
    """A design begun from another one."""

    design: Design
    origin: str
    """The atelier's description of the changed piece, to draw a first draft of; empty for other pieces."""
    regions: str = ""
    """The first one's regions, where the change moves nothing; as `branch.placed` writes them."""


def vary(store: Store, design_id: str, change: str) -> Variation:
    """Begin a variation of a design. Raises BadPrompt when the change is empty or cannot be made.

    A piece of the atelier is changed itself, in its description; nothing of the first one's pictures comes along.
    Of a photograph or a remote provider's picture only the words can change: the copy keeps its master, and its
    prompt says what is to be different.
    """
    wanted = " ".join(change.split())
    if not wanted or len(wanted) > LONGEST_CHANGE:
        raise BadPrompt(f"Say what is to be different, in at most {LONGEST_CHANGE} characters.")
    original = store.load(design_id)
    name = renamed(original, wanted)
    piece = _own_piece(original)
    if piece is None:
        prompt = f"{original.prompt.rstrip(' .') or 'The piece in the picture'}, {wanted}"
        if len(prompt) > MAX_PROMPT_CHARS:
            raise BadPrompt(
                f"With this change the prompt has more than {MAX_PROMPT_CHARS:,} characters; shorten it."
            )
        copied = store.duplicate(design_id, name=name)
        return Variation(
            store.update(copied.id, lambda design: design.model_copy(update={"prompt": prompt})), ""
        )
    from pipeline.atelier.language.alteration import alter
    from pipeline.atelier.spec import Spec

    before = Spec.model_validate_json(piece.recipe.origin)
    altered = alter(original.prompt, before, wanted)
    varied = store.create(name, kind=original.kind, prompt=altered.prompt)
    tagged = store.update(varied.id, lambda design: design.model_copy(update={"tags": original.tags}))
    stays = original.branch is not None and _shape(before) == _shape(altered.spec)
    regions = placed(original.branch) if original.branch and stays else ""
    return Variation(tagged, altered.spec.model_dump_json(exclude_none=True), regions)


def _shape(spec: "Spec") -> dict[str, Any]:
    """What of a piece has a place: all but its metals, finish and gems."""
    groups = spec.model_dump(exclude=_WITHOUT_A_PLACE)
    return {
        name: {inner: part for inner, part in group.items() if inner not in {"gem", "metal"}}
        if isinstance(group, dict)
        else group
        for name, group in groups.items()
    }


def begin_variant(store: Store, design_id: str, variant: "Variant") -> Variation:
    """Begin a design that is this one in another metal or size, or another piece of its set.

    What is made of it is ordered apart.
    """
    from pipeline.atelier.language.describe import describe
    from pipeline.atelier.spec import called

    original, kind = store.load(design_id), called(variant.spec)
    of_set = kind != original.kind
    name = variant.words[:LONGEST_NAME] if of_set else renamed(original, variant.words)
    begun = store.create(name, kind=kind, prompt=describe(variant.spec))
    tagged = store.update(begun.id, lambda design: design.model_copy(update={"tags": original.tags}))
    return Variation(tagged, variant.spec.model_dump_json(exclude_none=True))


def renamed(design: Design, change: str) -> str:
    """A design's name with a change in it: in the place of what it says of the same, else after it."""
    from pipeline.atelier.language.alteration import alter
    from pipeline.atelier.spec import Spec

    piece = _own_piece(design)
    name = _SIZED.sub("", design.name) if _SIZED.fullmatch(f", {change}") else design.name
    added = f"{name}, {change}"
    if piece is not None:
        with suppress(BadPrompt):
            swapped = alter(name, Spec.model_validate_json(piece.recipe.origin), change).prompt
            added = swapped if name.lower() not in swapped.lower() else added
    return f"{added[:1].upper()}{added[1:]}"[:LONGEST_NAME]


def own_spec(design: Design) -> "Spec | None":
    """The description of the piece a design shows, where the atelier made it."""
    from pipeline.atelier.spec import Spec

    piece = _own_piece(design)
    if piece is None:
        return None
    with suppress(ValueError):  # a design of a later edition, or one changed by hand
        return Spec.model_validate_json(piece.recipe.origin)
    return None


def modelled(store: Store, design_id: str, model_id: str) -> Variation:
    """Begin a design of its own from a model that carries the atelier's description of its piece.

    The atelier then draws, measures and varies it like any piece of its own. Raises BadInput for other models.
    """
    from pipeline.atelier.language.describe import describe
    from pipeline.atelier.spec import Spec

    original = store.load(design_id)
    branch = original.branch
    model = next((m for m in branch.models if m.id == model_id), None) if branch else None
    if model is None or not model.glb.recipe.origin:
        raise BadInput("Only a traced model carries a description of its piece.")
    spec = Spec.model_validate_json(model.glb.recipe.origin)
    name = f"{original.name}, modelled"[:LONGEST_NAME]
    begun = store.create(name, kind=original.kind, prompt=describe(spec))
    tagged = store.update(begun.id, lambda design: design.model_copy(update={"tags": original.tags}))
    return Variation(tagged, model.glb.recipe.origin)


def _own_piece(design: Design) -> Asset | None:
    """The picture whose recipe describes the piece, where the atelier made it."""
    shown = (design.branch.master,) if design.branch else design.candidates[:1]
    return next((a for a in shown if a.recipe.provider == "atelier" and a.recipe.origin), None)
