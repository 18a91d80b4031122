"""A design's files as the pages offer them one by one: sheets, metal, model, figures, films."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from pipeline.atelier.casting import thin_places
from pipeline.atelier.files.stl import to_stl
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import Spec
from pipeline.drawing import kept_page, to_dxf, to_pdf, to_svg
from pipeline.errors import BadInput
from pipeline.export import numbers
from pipeline.export.manifest import slug
from pipeline.records import Branch, Design, Detail
from pipeline.solids.usdz import to_usdz
from pipeline.store import Store
from pipeline.turntable import SHAPES, posted

_OWN_GEOMETRY = {Detail.RENDERED.value, Detail.INTERPOLATED.value}
"""Models that were made here, from geometry or as a relief; others' are theirs to convert."""


def save(store: Store, design: Design, folder: Path) -> tuple[Path, ...]:
    """Write whatever can be had of a design. Raises BadInput where that is nothing, and OSError."""
    branch = design.branch
    files = {} if branch is None else dict(_files(store, design, branch))
    if not files:
        raise BadInput("This design has neither sheets nor a model nor figures yet; make the set first.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in files.items():
        data = make()
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        written.append(folder / name)
    return tuple(written)


def _files(store: Store, design: Design, branch: Branch) -> Iterator[tuple[str, Callable[[], bytes | str]]]:
    pages = [(sheet, kept_page(sheet, store.read)) for sheet in branch.latest_sketches]
    for sheet, page in pages:
        stem = f"sheet-{sheet.number:02d}-{slug(sheet.title)}"
        yield f"{stem}.svg", lambda page=page, sheet=sheet: to_svg(page, title=sheet.title)  # type: ignore[misc]
        if page.scale > 0:
            yield f"{stem}.dxf", lambda page=page: to_dxf(page)  # type: ignore[misc]
    if pages:
        drawn = [page for _, page in pages]
        yield "sheets.pdf", lambda: to_pdf(drawn, title=design.name, moment=design.updated_at)
    model = branch.model
    if model is not None and model.glb.recipe.detail in _OWN_GEOMETRY:
        yield "model.usdz", lambda: to_usdz(store.read(model.glb))
    if model is not None and model.turntable is not None:
        loop = model.turntable.loop
        words = loop.recipe.model_dump(mode="json", exclude_defaults=True)
        for shape in SHAPES:
            name = f"turntable-{shape.replace(':', 'x')}.mp4"
            yield name, lambda shape=shape: posted(store.read(loop), shape, recipe=words)  # type: ignore[misc]
    recipe = branch.master.recipe
    if recipe.provider == "atelier" and recipe.origin:
        spec = Spec.model_validate_json(recipe.origin)
        built = cache(lambda: build(spec))
        yield "metal.stl", lambda: to_stl(built(), name=spec.kind)
        yield "casting.csv", lambda: table(_casting(built()))
    for name, rows in numbers.tables(design).items():
        yield name, lambda rows=rows: table(rows)  # type: ignore[misc]


def _casting(piece: Piece) -> list[tuple[str, ...]]:
    """What is too thin to cast, each with the place where it is thinnest; a heading alone where all can be cast."""
    heading = ("part", "what", "measured mm", "asked mm", "x mm", "y mm", "z mm")
    return [
        heading,
        *(
            (place.part, place.what, f"{place.measured_mm:.2f}", f"{place.asked_mm:g}",
             *(f"{value:.1f}" for value in place.at))
            for place in thin_places(piece.parts)
        ),
    ]  # fmt: skip


def table(rows: list[tuple[str, ...]]) -> bytes:
    """Rows as CSV that spreadsheets read as UTF-8, and whose cells none of them runs (OWASP, "CSV Injection")."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_calm(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _calm(cell: str) -> str:
    formula = cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(cell)
    return f"'{cell}" if formula else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
