"""Vary: a second design that is the first with one thing changed, words and piece."""

from dataclasses import dataclass

from pipeline.errors import BadInput, BadPrompt
from pipeline.prompts import MAX_PROMPT_CHARS
from pipeline.records import LONGEST_NAME, Asset, Design
from pipeline.store import Store

LONGEST_CHANGE = 200


@dataclass(frozen=True)
class Variation:
    """A design begun from another one."""

    design: Design
    origin: str
    """The atelier's description of the changed piece, to draw a first draft of; empty for other pieces."""


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
    name = f"{original.name}, {wanted}"[:LONGEST_NAME]
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

    altered = alter(original.prompt, Spec.model_validate_json(piece.recipe.origin), wanted)
    varied = store.create(name, kind=original.kind, prompt=altered.prompt)
    tagged = store.update(varied.id, lambda design: design.model_copy(update={"tags": original.tags}))
    return Variation(tagged, altered.spec.model_dump_json(exclude_none=True))


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
