"""Sheets: a set as it stands, its versions, the known length that gives them measures, and their overlays."""

import secrets
from collections.abc import Sequence

import numpy as np

from pipeline import images
from pipeline.drawing import (
    SHEET_DPI,
    PaperName,
    TitleBlock,
    drawing_page,
    in_place,
    kept_page,
    plate,
    rasterize,
)
from pipeline.errors import BadInput
from pipeline.photo.glb import to_scale
from pipeline.records import Asset, AssetId, Branch, Design, KnownLength, Recipe, Sketch, is_relief
from pipeline.stages.branch import branch_of, change_branch
from pipeline.stages.subjects import SHEETS, Subject, subjects
from pipeline.store import Store

_OVERLAY_PX = 1400


def ground_note(sheet: Sketch) -> str:
    """What is to be said of a sheet's ground, empty where the piece was told from it."""
    drawing = sheet.drawing or sheet.sheet
    return str(drawing.recipe.options.get("ground", ""))


def overlay(store: Store, branch: Branch, sheet: Sketch) -> tuple[bytes, bytes] | None:
    """Source and drawing as two encoded pictures of one frame; None where only the sheet was kept.

    A bench view has no picture it was drawn from: there the source is the piece in flat light.
    """
    if sheet.drawing is None:
        return None
    data = store.read(sheet.drawing)
    source = next((s.source for s in subjects(branch) if s.source.id == sheet.source), None)
    beneath = store.read(source) if source is not None and not sheet.view else b""
    if not plate.is_plate(data):
        return (beneath, data) if beneath else None
    lines = plate.from_bytes(data)
    scale = _OVERLAY_PX / max(lines.width, lines.height)
    drawn = in_place(lines, round(lines.height * scale), round(lines.width * scale))
    return beneath or images.encode_jpeg(neutral(lines.seen)), images.encode_png(drawn)


def set_known_length(store: Store, design_id: str, known: KnownLength | None) -> None:
    """Tell a photograph's scale by one length on its master: its standing sheets are laid anew, with measures, and
    its reliefs, with all that is written of them, get their size.

    Raises BadInput for points outside the master or too close together.
    """
    branch = branch_of(store.load(design_id))
    if known is not None:
        _check(known, branch.master)
    master_id = branch.master.id
    sized = _sized(store, branch, known) if known is not None else {}

    def change(current: Branch) -> Branch:
        models = tuple(
            model.model_copy(update={"glb": sized.get(model.glb.id, model.glb)}) for model in current.models
        )
        return current.model_copy(update={"known_length": known, "models": models})

    change_branch(store, design_id, master_id, change)
    drawable = {s.id: s for s in subjects(branch)}
    versions = []
    for sheet in branch.latest_sketches:
        drawn = sheet.drawing
        if drawn is None or drawn.width == 0 or sheet.subject not in drawable:
            continue
        pitch = pitch_mm(known, drawable[sheet.subject], drawn)
        fresh = sheet.model_copy(update={"id": new_id(), "pitch_mm": pitch})
        page = kept_page(fresh, store.read)
        picture = store.put_picture(_printed(rasterize(page)), drawn.recipe, dpi=SHEET_DPI)
        versions.append(fresh.model_copy(update={"sheet": picture}))
    add_versions(store, design_id, master_id, versions)


def choose(store: Store, design_id: str, sketch_id: str) -> None:
    """Let one version stand for its sheet, whichever master stands. Raises BadInput for an unknown one."""

    def chosen(branch: Branch) -> Branch:
        sheet = next((s for s in branch.sketches if s.id == sketch_id), None)
        if sheet is None:
            return branch
        rivals = {s.id for s in branch.sketches if (s.number, s.view) == (sheet.number, sheet.view)}
        others = tuple(i for i in branch.chosen_sheets if i not in rivals)
        return branch.model_copy(update={"chosen_sheets": (*others, sketch_id)})

    def change(design: Design) -> Design:
        if all(sheet.id != sketch_id for branch in design.branches for sheet in branch.sketches):
            raise BadInput("This version of the sheet is not there any more; reload the page.")
        return design.with_each_branch(chosen)

    store.update(design_id, change)


def set_views(store: Store, design_id: str, master_id: AssetId, views: Sequence[str]) -> None:
    """Decide which set of a master stands: these bench views, or with none the master and its close-ups."""
    update = {"views": tuple(views[:SHEETS])}
    change_branch(store, design_id, master_id, lambda branch: branch.model_copy(update=update))


def lay(
    store: Store,
    drawn: plate.Plate | images.Pixels,
    recipe: Recipe,
    block: TitleBlock,
    paper: PaperName,
    pitch_mm: float,
) -> Asset:
    """Lay a drawing on its framed sheet and keep the sheet; `pitch_mm` is a pixel's size at the piece, 0 if unknown."""
    page = drawing_page(drawn, block=block, paper=paper, pitch_mm=pitch_mm)
    return store.put_picture(_printed(rasterize(page)), recipe, dpi=SHEET_DPI)


def _printed(grey: images.Pixels) -> images.Pixels:
    """The sheet in 16 greys: at 300 dpi a print shows no more, and a file takes a third of the bytes."""
    import cv2

    step = images.GREY_STEP
    nearest = (np.arange(256) + step // 2) // step * step
    return np.asarray(cv2.LUT(grey, nearest.astype(np.uint8)))


def add_versions(store: Store, design_id: str, master_id: AssetId, versions: Sequence[Sketch]) -> None:
    """Add versions to the branch they were drawn from; a new version stands until another is chosen."""
    fresh = {(s.number, s.view) for s in versions}

    def change(branch: Branch) -> Branch:
        stale = {s.id for s in branch.sketches if (s.number, s.view) in fresh}
        chosen = tuple(i for i in branch.chosen_sheets if i not in stale)
        return branch.model_copy(update={"sketches": (*branch.sketches, *versions), "chosen_sheets": chosen})

    change_branch(store, design_id, master_id, change)


def _check(known: KnownLength, master: Asset) -> None:
    for x, y in (known.start, known.end):
        if not (0 <= x <= master.width and 0 <= y <= master.height):
            raise BadInput("Both ends of the known length must lie on the picture.")
    if known.pitch_mm == 0 or known.mm / known.pitch_mm < 0.01 * max(master.width, master.height):
        raise BadInput("The two ends are too close together to tell a scale; choose a longer distance.")


def _sized(store: Store, branch: Branch, known: KnownLength) -> dict[AssetId, Asset]:
    """The branch's reliefs at the size that a known length gives them, by the asset each one was."""
    width_m = known.pitch_mm * branch.master.width / 1000
    return {
        model.glb.id: store.put(to_scale(store.read(model.glb), width_m), model.glb.recipe)
        for model in branch.models
        if is_relief(model)
    }


def pitch_mm(known: KnownLength | None, subject: Subject, drawing: Asset) -> float:
    """Millimetres for one pixel of a drawing of a window of the master; 0 where nobody knows it."""
    if known is None or subject.shot or not drawing.width:
        return 0.0
    return known.pitch_mm * subject.window[2] / drawing.width


def neutral(pixels: images.Pixels) -> images.Pixels:
    """The same without colour, grey (h, w)."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def new_id() -> str:
    """An id for a version of a sheet."""
    return f"s{secrets.token_hex(5)}"
