"""Sketch: six framed sheets, of the master and its close-ups or of the bench's views, each with its overlap."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline import framing, images, photo
from pipeline.drawing import (
    SHEET_DPI,
    Manner,
    PaperName,
    Style,
    TitleBlock,
    drawing_page,
    examine,
    in_place,
    kept_page,
    manner,
    measure_picture,
    measure_plate,
    plate,
    rasterize,
)
from pipeline.errors import BadInput, Unsupported
from pipeline.jobs import Job
from pipeline.providers.base import Answer, Provider, SketchRequest, Watch
from pipeline.records import Asset, Branch, Design, Detail, Kind, KnownLength, Recipe, Role, Sketch
from pipeline.records.fidelity import Fidelity
from pipeline.stages.branch import branch_of
from pipeline.stages.tools import StageOrder, Tools
from pipeline.store import Store

SHEETS = 6
_LAST_VIEWS = ("three-quarter", "exploded", "gem map")
_DRAWN_PX = 2048
"""Longer side of a drawing: an A4 sheet at 300 dpi shows about as much."""
_PREVIEW_PX = 640
_MARGIN_PX = 24
"""Paper around a previewed bench view, which fills its own frame."""

_OVERLAY_PX = 1400


class SketchOrder(StageOrder):
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

    def check(self, tools: Tools) -> None:
        """Refuse views and numbers that are not there, a provider that is not ready, a design without a master."""
        branch = branch_of(tools.store.load(self.design_id))
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
        branch = branch_of(store.load(self.design_id))
        if self.views != branch.views:
            set_views(store, self.design_id, self.views)
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
            )

        named = [
            (subject.title, subject)
            for subject in subjects(branch, self.views)
            if not self.numbers or subject.number in self.numbers
        ]
        job.each(named, one, place=tools.place(provider, Role.SKETCH))

    def left(self, items: Sequence["Subject"]) -> Self | None:
        """The sheets that have not been drawn."""
        return self.model_copy(update={"numbers": tuple(s.number for s in items)}) if items else None

    def again(self, failed: Sequence["Subject"], provider: str) -> Self:
        """The sheets that failed, by this provider."""
        numbers = tuple(subject.number for subject in failed) or self.numbers
        return self.model_copy(update={"numbers": numbers, "provider": provider})


@dataclass(frozen=True)
class Subject:
    """What one sheet shows: the master, the close-up of one region, or a view of the piece itself."""

    number: int
    id: str
    title: str
    source: Asset
    window: tuple[int, int, int, int]
    fidelity: str = ""
    view: str = ""


def subjects(branch: Branch, views: Sequence[str] = ()) -> tuple[Subject, ...]:
    """The bench's views asked for, else the master and its close-ups: at most six sheets."""
    master = branch.master
    whole = (0, 0, master.width, master.height)
    if views:
        return tuple(
            Subject(n, f"view:{view}", view.capitalize(), master, whole, "from geometry", view)
            for n, view in enumerate(views[:SHEETS], start=1)
        )
    first = Subject(1, "master", "General view", master, whole)
    others = (
        Subject(n, c.region.id, f"Detail: {c.region.label}", c.result, c.region.box, _fidelity(c.fidelity))
        for n, c in enumerate(branch.chosen_close_ups[: SHEETS - 1], start=2)
    )
    return first, *others


def bench_views(kind: Kind) -> tuple[str, ...]:
    """The set a bench asks for when nobody chooses; what lies flat is seen from above and below."""
    lies = kind in {"bracelet", "brooch"}
    return ("top", "side", "back", *_LAST_VIEWS) if lies else ("front", "side", "top", *_LAST_VIEWS)


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
) -> Sketch:
    """Draw one subject on its sheet and add it to the design.

    Our own draughtsmen follow the manner, a provider that redraws pictures the prompt and the take.
    Raises what the provider raises, and NotRegistrable for a redrawn picture that does not lie on its source.
    """
    design, branch = _branch(store, design_id)
    master = branch.master
    source = _within(store.pixels(subject.source), _DRAWN_PX)
    started = time.monotonic()
    apart = _ground(store, provider, master, subject, source)
    asked = _Asked(subject, manner, prompt, take, apart.mask)
    answer, drawing = _drawn(provider, master, asked, source, side=_DRAWN_PX, watch=watch)
    seconds = answer.seconds or time.monotonic() - started
    redrawn = provider.limits[Role.SKETCH].detail is Detail.REDRAWN
    title = subject.title
    drawn: plate.Plate | images.Pixels
    if plate.is_plate(drawing):
        drawn = plate.from_bytes(drawing)
        title = drawn.title or title
        found = measure_plate(drawn)
    else:
        drawn = _neutral(images.decode(drawing))
        if redrawn:
            beneath = images.resize(source, drawn.shape[1], drawn.shape[0])
            found, drawn = examine(drawn, beneath, provider.name)
            drawing = images.encode_png(drawn)
        else:
            found = measure_picture(drawn, source, _cut(apart.mask, master, subject, source))
    del source
    limits = provider.limits[Role.SKETCH]
    recipe = Recipe(
        role=Role.SKETCH,
        provider=provider.id,
        model=answer.model,
        prompt=prompt if redrawn else "",
        options={
            **{
                "style": manner.style,
                "weight": manner.weight,
                "darkness": manner.darkness,
                "grain": manner.grain,
            },
            **{"paper": paper, "take": take, "view": title},
            **answer.notes,
            **({"ground": apart.told} if apart.told else {}),
        },
        parents=(subject.source.id,),
        detail=limits.detail,
        seconds=round(seconds, 2),
        cost_usd=0.0 if answer.cached else answer.cost_usd,
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
        fidelity=subject.fidelity or f"{found.precision:.0%} on edges",
    )
    # Of a drawing its sheet is shown; thumbnails are made should anybody look.
    kept = store.put(drawing, recipe, thumbnails=False)
    pitch = _pitch(branch.known_length, subject.window, kept)
    made = Sketch(
        id=_new_id(),
        subject=subject.id,
        title=title,
        style=manner.style,
        number=subject.number,
        source=subject.source.id,
        sheet=_sheet(store, drawn, recipe, block, paper, pitch),
        figures={"precision": round(found.precision, 4), "recall": round(found.recall, 4)},
        drawing=kept,
        block=block.words,
        paper=paper,
        pitch_mm=pitch,
        view=subject.view,
        verdict=found.verdict,
    )
    _add(store, design_id, master, [made])
    return made


def preview(
    store: Store, provider: Provider, design_id: str, subject: Subject, manner: Manner, *, watch: Watch
) -> bytes:
    """Draw one subject small and in place, as PNG; nothing is kept of it in the design."""
    _, branch = _branch(store, design_id)
    source = store.pixels(subject.source)
    asked = _Asked(subject, manner, "", 0, _ground(store, provider, branch.master, subject, source).mask)
    _, drawing = _drawn(provider, branch.master, asked, source, side=_PREVIEW_PX, watch=watch)
    if not plate.is_plate(drawing):
        return drawing
    told = plate.from_bytes(drawing)
    scale = (_PREVIEW_PX - 2 * _MARGIN_PX) / max(told.width, told.height)
    drawn = in_place(told, round(told.height * scale), round(told.width * scale))
    return images.encode_png(np.pad(drawn, _MARGIN_PX, constant_values=drawn[0, 0]))


def ground_told(made: Sketch) -> str:
    """What is to be said of a sheet's ground, empty where the piece was told from it."""
    kept = made.drawing or made.sheet
    return str(kept.recipe.options.get("ground", ""))


def overlay(store: Store, branch: Branch, made: Sketch) -> tuple[bytes, bytes] | None:
    """Source and drawing as two encoded pictures of one frame; None where only the sheet was kept.

    A bench view has no picture it was drawn from: there the source is the piece in flat light.
    """
    if made.drawing is None:
        return None
    data = store.read(made.drawing)
    source = next((s.source for s in subjects(branch) if s.source.id == made.source), None)
    beneath = store.read(source) if source is not None and not made.view else b""
    if not plate.is_plate(data):
        return (beneath, data) if beneath else None
    told = plate.from_bytes(data)
    scale = _OVERLAY_PX / max(told.width, told.height)
    drawn = in_place(told, round(told.height * scale), round(told.width * scale))
    return beneath or images.encode_jpeg(_neutral(told.seen)), images.encode_png(drawn)


def set_known_length(store: Store, design_id: str, known: KnownLength | None) -> None:
    """Tell a photograph's scale by one length on its master, and lay its standing sheets anew, with measures.

    Raises BadInput for points outside the master or too close together.
    """
    _, branch = _branch(store, design_id)
    if known is not None:
        _check(known, branch.master)

    def change(design: Design) -> Design:
        changed = tuple(
            b.model_copy(update={"known_length": known}) if b.master.id == branch.master.id else b
            for b in design.branches
        )
        return design.model_copy(update={"branches": changed})

    store.update(design_id, change)
    windows = {s.id: s.window for s in subjects(branch)}
    laid = []
    for sheet in branch.latest_sketches:
        drawn = sheet.drawing
        if drawn is None or drawn.width == 0 or sheet.subject not in windows:
            continue
        pitch = _pitch(known, windows[sheet.subject], drawn)
        fresh = sheet.model_copy(update={"id": _new_id(), "pitch_mm": pitch})
        page = kept_page(fresh, store.read)
        picture = store.put_picture(_printed(rasterize(page)), drawn.recipe, dpi=SHEET_DPI)
        laid.append(fresh.model_copy(update={"sheet": picture}))
    _add(store, design_id, branch.master, laid)


def choose(store: Store, design_id: str, sketch_id: str) -> None:
    """Let one version stand for its sheet. Raises BadInput for an unknown one."""

    def change(design: Design) -> Design:
        branch = design.branch
        made = next((s for s in branch.sketches if s.id == sketch_id), None) if branch else None
        if branch is None or made is None:
            raise BadInput("This version of the sheet is not there any more; reload the page.")
        rivals = {s.id for s in branch.sketches if (s.number, s.view) == (made.number, made.view)}
        kept = tuple(i for i in branch.chosen_sheets if i not in rivals)
        return design.with_branch(branch.model_copy(update={"chosen_sheets": (*kept, sketch_id)}))

    store.update(design_id, change)


def set_views(store: Store, design_id: str, views: Sequence[str]) -> None:
    """Decide which set stands: these bench views, or with none the master and its close-ups."""

    def change(design: Design) -> Design:
        if design.branch is None:
            return design
        return design.with_branch(design.branch.model_copy(update={"views": tuple(views[:SHEETS])}))

    store.update(design_id, change)


@dataclass(frozen=True)
class _Asked:
    subject: Subject
    manner: Manner
    prompt: str
    take: int
    piece: NDArray[np.bool_] | None
    """Where the piece is on the whole master, at any size."""


def _ground(
    store: Store, provider: Provider, master: Asset, subject: Subject, source: images.Pixels
) -> "photo.ground.Apart":
    """Where the piece lies on its ground; asked for by those who read the picture alone."""
    whole = source if subject.source.id == master.id else None
    if provider.limits[Role.SKETCH].detail is not Detail.INTERPOLATED or subject.view:
        return photo.ground.Apart(None)

    def look() -> images.Pixels:
        return whole if whole is not None else store.pixels(master)

    apart = photo.ground.tell_apart(master.id, look)
    # What could not be told is asked for whole, so that nobody guesses at a detail of it again.
    return apart if apart.mask is not None else replace(apart, mask=np.ones((8, 8), bool))


def _drawn(
    provider: Provider, master: Asset, asked: _Asked, source: images.Pixels, *, side: int, watch: Watch
) -> tuple[Answer, bytes]:
    """Ask for a drawing: a plate, or a picture over the source."""
    limits, subject = provider.limits[Role.SKETCH], asked.subject
    own = master.recipe.provider == provider.id
    if subject.view and not (own and subject.view in limits.views):
        raise Unsupported(
            f"{provider.name} cannot draw this view of the piece; choose the one that made its master.",
            provider=provider.id,
        )
    source = _within(source, side)
    origin = master.recipe.origin if own else ""
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


def _sheet(
    store: Store,
    drawn: plate.Plate | images.Pixels,
    recipe: Recipe,
    block: TitleBlock,
    paper: PaperName,
    pitch_mm: float,
) -> Asset:
    page = drawing_page(drawn, block=block, paper=paper, pitch_mm=pitch_mm)
    return store.put_picture(_printed(rasterize(page)), recipe, dpi=SHEET_DPI)


def _printed(grey: images.Pixels) -> images.Pixels:
    """The sheet in 16 greys: at 300 dpi a print shows no more, and a file takes a third of the bytes."""
    import cv2

    step = images.GREY_STEP
    nearest = (np.arange(256) + step // 2) // step * step
    return np.asarray(cv2.LUT(grey, nearest.astype(np.uint8)))


def _branch(store: Store, design_id: str) -> tuple[Design, Branch]:
    design = store.load(design_id)
    if design.branch is None:
        raise BadInput("This design has no master yet; generate or upload one first.")
    return design, design.branch


def _add(store: Store, design_id: str, master: Asset, made: Sequence[Sketch]) -> None:
    """Add versions to the branch they were drawn from; a new version stands until another is chosen."""
    fresh = {(s.number, s.view) for s in made}

    def change(design: Design) -> Design:
        branches = tuple(_with(b, made, fresh) if b.master.id == master.id else b for b in design.branches)
        return design.model_copy(update={"branches": branches})

    store.update(design_id, change)


def _with(branch: Branch, made: Sequence[Sketch], fresh: set[tuple[int, str]]) -> Branch:
    stale = {s.id for s in branch.sketches if (s.number, s.view) in fresh}
    kept = tuple(i for i in branch.chosen_sheets if i not in stale)
    return branch.model_copy(update={"sketches": (*branch.sketches, *made), "chosen_sheets": kept})


def _check(known: KnownLength, master: Asset) -> None:
    for x, y in (known.start, known.end):
        if not (0 <= x <= master.width and 0 <= y <= master.height):
            raise BadInput("Both ends of the known length must lie on the picture.")
    if known.pitch_mm == 0 or known.mm / known.pitch_mm < 0.01 * max(master.width, master.height):
        raise BadInput("The two ends are too close together to tell a scale; choose a longer distance.")


def _pitch(known: KnownLength | None, window: tuple[int, int, int, int], drawing: Asset) -> float:
    """Millimetres for one pixel of a drawing that shows this window of the master; 0 where nobody knows."""
    return known.pitch_mm * window[2] / drawing.width if known is not None and drawing.width else 0.0


def _within(pixels: images.Pixels, side: int) -> images.Pixels:
    height, width = pixels.shape[:2]
    if max(height, width) <= side:
        return pixels
    scale = side / max(height, width)
    return images.resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))


def _enlarged(pixels: images.Pixels, side: int) -> tuple[int, int]:
    """Width and height of the drawing: lines between pixels let a small picture be drawn large."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _neutral(pixels: images.Pixels) -> images.Pixels:
    """The same without colour, grey (h, w)."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _new_id() -> str:
    return f"s{secrets.token_hex(5)}"


def _fidelity(report: Fidelity) -> str:
    return f"drift {report.drift:.2f}, {report.verdict}"
