"""Sketch: a subject drawn on its framed sheet, with the overlap of the drawing and its source."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline import framing, images, photo
from pipeline.drawing import (
    Manner,
    PaperName,
    Style,
    TitleBlock,
    examine,
    in_place,
    manner,
    measure_picture,
    measure_plate,
    plate,
)
from pipeline.errors import BadInput, BadRegion, Unsupported
from pipeline.jobs import Job
from pipeline.providers.base import Answer, Limits, Provider, SketchRequest, Watch
from pipeline.records import Asset, AssetId, Branch, Detail, Role, Sketch
from pipeline.stages import sheets
from pipeline.stages.branch import branch_of
from pipeline.stages.recipes import recipe_of
from pipeline.stages.subjects import SHEETS, Subject, described, subjects, traced_model
from pipeline.stages.tools import OfMaster, Tools
from pipeline.store import Store

_DRAWN_PX = 2048
"""Longer side of a drawing: an A4 sheet at 300 dpi shows about as much."""
_PREVIEW_PX = 640
_MARGIN_PX = 24
"""Paper around a previewed bench view, which fills its own frame."""


class SketchOrder(OfMaster):
    """Sheets of the master and its close-ups, or of bench views; with `numbers` only those of the set."""

    verb: Literal["sketch"] = "sketch"
    provider: str
    prompt: str = ""
    views: tuple[str, ...] = Field(default=(), max_length=SHEETS)
    numbers: tuple[int, ...] = ()
    style: Style = "pencil"
    weight: float = Field(default=1.0, ge=0, le=4)
    darkness: float = Field(default=1.0, ge=0, le=4)
    grain: float = Field(default=1.0, ge=0, le=4)
    paper: PaperName = "A4"
    take: int = Field(default=0, ge=0)

    @property
    def parts(self) -> int:
        """One for each sheet."""
        return len(self.numbers) or SHEETS

    def check(self, tools: Tools) -> None:
        """Refuse views and numbers that are not there, a provider that is not ready, a design without a master."""
        branch = branch_of(tools.store.load(self.design_id), self.master)
        provider = tools.provider(self.provider, Role.SKETCH)
        offered = provider.limits[Role.SKETCH].views
        for view in self.views:
            if view not in offered:
                raise Unsupported(
                    f"{provider.name} does not draw a view “{view[:40]}”; "
                    f"it draws {', '.join(offered) or 'the master and its close-ups'}.",
                    provider=provider.id,
                )
        there = [subject.number for subject in subjects(branch, self.views)]
        for number in self.numbers:
            if number not in there:
                raise BadInput(f"There is nothing to draw on sheet {number}; this set has {len(there)}.")

    def run(self, tools: Tools, job: Job) -> None:
        """One row for each sheet."""
        store, provider = tools.store, tools.provider(self.provider, Role.SKETCH)
        branch = branch_of(store.load(self.design_id), self.master)
        if self.views != branch.views:
            sheets.set_views(store, self.design_id, branch.master.id, self.views)
        how = manner(self.style, weight=self.weight, darkness=self.darkness, grain=self.grain)

        def one(subject: Subject, watch: Watch) -> None:
            sketch(
                store,
                provider,
                self.design_id,
                subject,
                how,
                watch=watch,
                prompt=self.prompt,
                paper=self.paper,
                take=self.take,
                master_id=branch.master.id,
            )

        named = [
            (subject.title, subject)
            for subject in subjects(branch, self.views)
            if not self.numbers or subject.number in self.numbers
        ]
        job.each(named, one, place=tools.place(provider, Role.SKETCH))

    def left(self, items: Sequence[Subject]) -> Self | None:
        """The sheets that have not been drawn."""
        return self.model_copy(update={"numbers": tuple(s.number for s in items)}) if items else None

    def again(self, failed: Sequence[Subject], provider: str) -> Self:
        """The sheets that failed, by this provider."""
        numbers = tuple(subject.number for subject in failed) or self.numbers
        return self.model_copy(update={"numbers": numbers, "provider": provider})


def sketch(
    store: Store,
    provider: Provider,
    design_id: str,
    subject: Subject,
    manner: Manner,
    *,
    watch: Watch,
    prompt: str = "",
    paper: PaperName = "A4",
    take: int = 0,
    master_id: AssetId | None = None,
) -> Sketch:
    """Draw one subject of a master, else of the one under work, on its sheet and add it to the design.

    Our own draughtsmen follow the manner, a provider that redraws pictures the prompt and the take.
    Raises what the provider raises, and NotRegistrable for a redrawn picture that does not lie on its source.
    """
    design = store.load(design_id)
    branch = branch_of(design, master_id)
    master = branch.master
    source = images.within(store.pixels(subject.source), _DRAWN_PX)
    started = time.monotonic()
    apart = _ground(store, provider, branch, subject)
    asked = _Asked(subject, manner, prompt, take, apart.mask)
    answer, drawing = _drawn(provider, branch, asked, source, side=_DRAWN_PX, watch=watch)
    redrawn = provider.limits[Role.SKETCH].detail is Detail.REDRAWN
    traced = traced_model(branch) if subject.view else None
    title = subject.title
    drawn: plate.Plate | images.Pixels
    if plate.is_plate(drawing):
        drawn = plate.from_bytes(drawing)
        title = drawn.title or title
        overlap = measure_plate(drawn)
    else:
        drawn = sheets.neutral(images.decode(drawing))
        if redrawn:
            beneath = images.resize(source, drawn.shape[1], drawn.shape[0])
            overlap, drawn = examine(drawn, beneath, provider.name)
            drawing = images.encode_png(drawn)
        else:
            overlap = measure_picture(drawn, source, _cut(apart.mask, master, subject, source))
    del source
    recipe = recipe_of(
        provider,
        Role.SKETCH,
        answer,
        started=started,
        parents=(subject.source.id,),
        prompt=prompt if redrawn else "",
        options={
            "style": manner.style,
            "weight": manner.weight,
            "darkness": manner.darkness,
            "grain": manner.grain,
            "paper": paper,
            "take": take,
            "view": title,
            **({"ground": apart.note} if apart.note else {}),
            **({"provenance": traced.known} if traced is not None else {}),
        },
    )
    block = TitleBlock(
        design=design.name,
        kind=design.kind,
        metal=str(master.recipe.options.get("metal", "")),
        stones=str(master.recipe.options.get("stones", "")),
        view=title,
        number=subject.number,
        count=SHEETS,
        date=date.today().isoformat(),
        design_id=design.id,
        fidelity=subject.fidelity or f"{overlap.precision:.0%} on edges",
    )
    # Of a drawing its sheet is shown; thumbnails are made should anybody look.
    file = store.put(drawing, recipe, thumbnails=False)
    pitch = sheets.pitch_mm(branch.known_length, subject, file)
    version = Sketch(
        id=sheets.new_id(),
        subject=subject.id,
        title=title,
        style=manner.style,
        number=subject.number,
        source=subject.source.id,
        sheet=sheets.lay(store, drawn, recipe, block, paper, pitch),
        figures={"precision": round(overlap.precision, 4), "recall": round(overlap.recall, 4)},
        drawing=file,
        block=block.words,
        paper=paper,
        pitch_mm=pitch,
        view=subject.view,
        verdict=overlap.verdict,
    )
    sheets.add_versions(store, design_id, master.id, [version])
    return version


def preview(
    store: Store, provider: Provider, design_id: str, subject: Subject, manner: Manner, *, watch: Watch
) -> bytes:
    """Draw one subject small and in place, as PNG; nothing is kept of it in the design."""
    branch = branch_of(store.load(design_id))
    source = store.pixels(subject.source)
    asked = _Asked(subject, manner, "", 0, _ground(store, provider, branch, subject).mask)
    _, drawing = _drawn(provider, branch, asked, source, side=_PREVIEW_PX, watch=watch)
    if not plate.is_plate(drawing):
        return drawing
    lines = plate.from_bytes(drawing)
    scale = (_PREVIEW_PX - 2 * _MARGIN_PX) / max(lines.width, lines.height)
    drawn = in_place(lines, round(lines.height * scale), round(lines.width * scale))
    return images.encode_png(np.pad(drawn, _MARGIN_PX, constant_values=drawn[0, 0]))


def price_of(
    reckon: Callable[[Role, tuple[int, int], Sequence[tuple[int, int]]], float],
    limits: Limits,
    shown: Sequence[Subject],
) -> float:
    """US dollars of drawings of subjects, by the sizes that will be sent and asked for.

    Subjects that cannot be framed cost nothing: none is ordered.
    """
    total = 0.0
    for subject in shown:
        source = images.fitted(subject.source.width, subject.source.height, _DRAWN_PX)
        with suppress(BadRegion):
            framed = framing.plan(*source, limits)
            total += reckon(Role.SKETCH, (framed.width, framed.height), (framed.canvas,))
    return total


@dataclass(frozen=True)
class _Asked:
    subject: Subject
    manner: Manner
    prompt: str
    take: int
    piece: NDArray[np.bool_] | None
    """Where the piece is on all of the picture that the subject lies on, at any size."""


def _ground(store: Store, provider: Provider, branch: Branch, subject: Subject) -> "photo.ground.Apart":
    """Where the piece lies on its ground; asked for by those who read the picture alone."""
    if provider.limits[Role.SKETCH].detail is not Detail.INTERPOLATED or subject.view:
        return photo.ground.Apart(None)
    picture = branch.pictured(subject.shot)
    apart = photo.ground.tell_apart(picture.id, partial(store.pixels, picture))
    if branch.strokes and not subject.shot:
        apart = photo.ground.corrected(apart, branch.strokes)
    # What could not be told is asked for whole, so that nobody guesses at a detail of it again.
    return apart if apart.mask is not None else replace(apart, mask=np.ones((8, 8), bool))


def _drawn(
    provider: Provider, branch: Branch, asked: _Asked, source: images.Pixels, *, side: int, watch: Watch
) -> tuple[Answer, bytes]:
    """Ask for a drawing: a plate, or a picture over the source."""
    limits, subject, master = provider.limits[Role.SKETCH], asked.subject, branch.master
    origin = described(branch, provider.id)
    is_maker = master.recipe.provider == provider.id
    if subject.view and not ((is_maker or origin) and subject.view in limits.views):
        raise Unsupported(
            f"{provider.name} cannot draw this view of the piece; choose the one that made its master, or trace a "
            "photograph first.",
            provider=provider.id,
        )
    source = images.within(source, side)
    origin = origin if is_maker or subject.view else ""
    whole = (master.width, master.height)
    if limits.detail is Detail.REDRAWN:
        # Controls only our own draughtsmen follow are no part of a question that is paid for.
        framed = framing.fit(source, limits, factor=1)
        answer = provider.run(
            SketchRequest(
                image=framed.image,
                prompt=asked.prompt,
                width=framed.width,
                height=framed.height,
                view=subject.view,
                origin=origin,
                take=asked.take,
                window=subject.window,
                master_size=whole,
                shot=subject.shot,
            ),
            watch,
        )
        return answer, answer.data if plate.is_plate(answer.data) else images.encode_png(
            framed.undo(images.decode(answer.data))
        )
    width, height = _enlarged(source, side)
    answer = provider.run(
        SketchRequest(
            image=images.encode_quickly(source, _cut(asked.piece, master, subject, source)),
            prompt="",
            width=width,
            height=height,
            style=asked.manner.style,
            weight=asked.manner.weight,
            darkness=asked.manner.darkness,
            grain=asked.manner.grain,
            view=subject.view,
            origin=origin,
            window=subject.window,
            master_size=whole,
            shot=subject.shot,
        ),
        watch,
    )
    return answer, answer.data


def _cut(
    piece: NDArray[np.bool_] | None, master: Asset, subject: Subject, source: images.Pixels
) -> NDArray[np.bool_] | None:
    """The part of the master's mask a subject shows, at the size of its picture."""
    if piece is None:
        return None
    x, y, wide, tall = subject.window
    across, down = piece.shape[1] / master.width, piece.shape[0] / master.height
    rows = slice(round(y * down), max(round((y + tall) * down), round(y * down) + 1))
    columns = slice(round(x * across), max(round((x + wide) * across), round(x * across) + 1))
    import cv2

    part = piece[rows, columns].astype(np.float32)
    size = (source.shape[1], source.shape[0])
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) > 0.5)


def _enlarged(pixels: images.Pixels, side: int) -> tuple[int, int]:
    """Width and height of the drawing: lines between pixels let a small picture be drawn large."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    return max(1, round(width * scale)), max(1, round(height * scale))
