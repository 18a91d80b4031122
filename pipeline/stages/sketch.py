"""Sketch: six framed sheets, of the master and of its close-ups, each with its overlap against the source."""

import secrets
import time
from dataclasses import dataclass
from datetime import date

from pipeline import framing, images
from pipeline.drawing import TitleBlock, overlap, sheet
from pipeline.errors import BadInput
from pipeline.providers.base import Provider, Role, SketchRequest, Watch
from pipeline.records import Asset, Branch, Design, Recipe, Sketch
from pipeline.store import Store

SHEETS = 6
_SOURCE_PX = 2048
"""Longer side of what is drawn: an A4 sheet at 300 dpi shows about as much."""


@dataclass(frozen=True)
class Subject:
    """What one sheet shows: the master, or the close-up of one region."""

    number: int
    id: str
    title: str
    source: Asset
    window: tuple[int, int, int, int]
    fidelity: str


def subjects(branch: Branch) -> tuple[Subject, ...]:
    """The master and its close-ups, at most six sheets."""
    master = branch.master
    first = Subject(1, "master", "General view", master, (0, 0, master.width, master.height), "master")
    others = (
        Subject(n, c.region.id, f"Detail: {c.region.label}", c.result, c.region.box, _fidelity(c.fidelity))
        for n, c in enumerate(branch.chosen_close_ups[: SHEETS - 1], start=2)
    )
    return first, *others


def sketch(
    store: Store,
    provider: Provider,
    design_id: str,
    subject: Subject,
    *,
    prompt: str,
    style: str = "pencil",
    take: int = 0,
    watch: Watch,
) -> Sketch:
    """Draw one subject on its sheet and add it to the design."""
    design = store.load(design_id)
    if design.branch is None:
        raise BadInput("This design has no master yet; generate or upload one first.")
    master = design.branch.master
    source = _within(store.pixels(subject.source), _SOURCE_PX)
    limits = provider.limits[Role.SKETCH]
    framed = framing.fit(source, limits, factor=1)
    own = master.recipe.provider == provider.id
    request = SketchRequest(
        image=framed.image,
        prompt=prompt,
        width=framed.width,
        height=framed.height,
        style=style,
        origin=master.recipe.origin if own else "",
        window=subject.window,
        master_size=(master.width, master.height),
        take=take,
    )
    started = time.monotonic()
    answer = provider.run(request, watch)
    seconds = answer.seconds or time.monotonic() - started
    drawing = images.decode(framed.undo(answer.data))
    drawing = (
        images.resize(drawing, source.shape[1], source.shape[0]) if drawing.shape != source.shape else drawing
    )
    agreement = overlap(drawing, source, tolerance_px=2 * max(source.shape[:2]) / 1024)
    block = TitleBlock(
        design=design.name,
        kind=design.kind,
        metal=str(master.recipe.options.get("metal", "")),
        stones=str(master.recipe.options.get("stones", "")),
        view=subject.title,
        scale="not to scale",
        number=subject.number,
        count=SHEETS,
        date=date.today().isoformat(),
        design_id=design.id,
        fidelity=subject.fidelity,
    )
    recipe = Recipe(
        role=Role.SKETCH.value,
        provider=provider.id,
        model=answer.model,
        options={"style": style, "take": take, "view": subject.title, **answer.notes},
        parents=(subject.source.id,),
        detail=limits.detail.value,
        seconds=round(seconds, 2),
        cost_usd=0.0 if answer.cached else answer.cost_usd,
    )
    made = Sketch(
        id=f"s{secrets.token_hex(5)}",
        subject=subject.id,
        title=subject.title,
        style=style,
        number=subject.number,
        source=subject.source.id,
        sheet=store.put_picture(sheet(drawing, block=block, landscape=True), recipe),
        figures={"precision": round(agreement.precision, 4), "recall": round(agreement.recall, 4)},
    )
    _add(store, design_id, master, made)
    return made


def _add(store: Store, design_id: str, master: Asset, made: Sketch) -> None:
    def change(design: Design) -> Design:
        branches = tuple(
            b.model_copy(update={"sketches": (*b.sketches, made)}) if b.master.id == master.id else b
            for b in design.branches
        )
        return design.model_copy(update={"branches": branches})

    store.update(design_id, change)


def _within(pixels: images.Pixels, side: int) -> images.Pixels:
    height, width = pixels.shape[:2]
    if max(height, width) <= side:
        return pixels
    scale = side / max(height, width)
    return images.resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))


def _fidelity(figures: dict[str, object]) -> str:
    return f"drift {float(str(figures['drift'])):.2f}, {figures['verdict']}"
