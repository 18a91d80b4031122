"""Catalogues begun on the page: each is a folder of the data folder, worked off in the background.

    catalogues/<id>/table.<ext>     as it was uploaded
    catalogues/<id>/asked.json      what was asked for beside it
    catalogues/<id>/report.jsonl, report.csv, index.html    as the command writes them

Their designs stand in the gallery like all others, so that no `.loupe` file is written of them. What stands in the
folder says how far a catalogue is: one whose server was killed goes on from there, also on an empty disk where
`LOUPE_STORE_URL` keeps them (`pipeline.tables`).
"""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import AwareDatetime, Field

from pipeline import files
from pipeline.catalogue import table
from pipeline.catalogue.pictures import allowed
from pipeline.catalogue.place import Disk
from pipeline.catalogue.reckoning import Budget, price
from pipeline.catalogue.report import Line, Report
from pipeline.catalogue.row import Wanted
from pipeline.catalogue.run import Catalogue
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput, Cancelled, Corrupt, LoupeError, UnknownDesign
from pipeline.jobs import Job, RowWatch
from pipeline.orders import CatalogueOrder
from pipeline.records import CloseUp, Design, Record, now
from pipeline.store import id_from
from pipeline.tables import ASKED, FOLDER, LINES
from pipeline.workbench import Workbench

MOST_ROWS = 2000
"""Of a table that is worked off beside the pages; a larger one is the command's."""
MOST_BYTES = 20_000_000


class Makers(Record):
    """Who makes what of rows that name nobody, and how large; an empty id means the best without a key."""

    provider: str = "atelier"
    enhancer: str = ""
    sketcher: str = ""
    modeler: str = ""
    size: int = Field(default=2048, ge=256, le=4096)
    factor: int = Field(default=4, ge=2, le=4)


class Asked(Record):
    """A catalogue as it was begun."""

    id: str
    title: str
    file: str
    makers: Makers
    cap_usd: float = Field(default=0.0, ge=0)
    """Most that the whole may cost, US dollars."""
    begun_at: AwareDatetime = Field(default_factory=now)


@dataclass(frozen=True)
class Standing:
    """How far a catalogue is."""

    pieces: tuple[Piece, ...]
    lines: tuple[Line, ...]
    undone: tuple[Piece, ...]
    """The rows that can be done and are not finished."""
    left_usd: float
    """What the rows that are not finished are estimated to cost."""
    refused: LoupeError | None = None
    """Why they cannot be gone on with: one of their makers is not at hand."""


@dataclass(frozen=True)
class Warned:
    """A row that the gate warns of, or that lacks something: what is to be looked at."""

    line: Line
    design: Design | None
    close_ups: tuple[CloseUp, ...]
    """Those it warns of that nobody has decided on."""


def read(name: str, data: bytes, makers: Makers) -> tuple[Piece, ...]:
    """The rows of an uploaded table. Raises BadInput, also for one that is too large to be worked off here."""
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"{name} has more than {MOST_BYTES // 1_000_000} MB; use `python -m pipeline catalogue`."
        )
    pieces = table.parsed(name, data, makers.model_dump())
    if len(pieces) > MOST_ROWS:
        raise BadInput(
            f"{name} has {len(pieces):,} pieces; up to {MOST_ROWS:,} are made here, more by `python -m pipeline "
            "catalogue`."
        )
    return pieces


def begin(
    bench: Workbench, name: str, data: bytes, makers: Makers, cap_usd: float, *, person: str = ""
) -> Asked:
    """Keep a table and start working it off. Raises ReadOnly for a visitor, BadInput, RateLimited and StorageError."""
    bench.require_editor()
    pieces = read(name, data, makers)
    if cap_usd <= 0 and price(bench, pieces) > 0:
        raise BadInput("This costs money; say how many US dollars the whole may cost.")
    path = Path(name)
    asked = Asked(
        id=id_from(secrets.token_hex()),
        title=path.stem[:200] or "Catalogue",
        file=f"table{path.suffix.lower()}",
        makers=makers,
        cap_usd=cap_usd,
    )
    folder = _folder(bench, asked.id)
    with files.access(bench.store.folder):
        files.write(folder / asked.file, data)
        files.write(folder / ASKED, asked.model_dump_json().encode())  # last: without it the folder is none
    try:
        go_on(bench, asked, person=person)
    except LoupeError:  # it was not begun: whoever presses again has it once in the list
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _hurry(bench)
    return asked


def go_on(bench: Workbench, asked: Asked, *, person: str = "") -> Job:
    """Work off what is not finished, in the background. Raises as `begin`, and Cancelled while another server does."""
    bench.require_editor()
    order = CatalogueOrder(design_id=asked.id, verb="catalogue")
    if bench.replica is not None and bench.replica.is_elsewhere(order.key):
        raise Cancelled(
            "Another server was at this catalogue a moment ago. If it has stopped, go on here in two minutes."
        )
    catalogue = _catalogue(bench, asked)
    count = max(1, len(catalogue.undone()))

    def work(job: Job) -> None:
        def rows(_: Asked, watch: RowWatch) -> None:
            def tell(ended: int, piece: Piece, fraction: float, part: str) -> None:
                named = piece.name or piece.prompt[:60] or piece.picture[:60]
                watch.progress((ended + fraction) / count, f"row {piece.row}: {named} · {part}")

            catalogue.run(tell, watch.cancelled)

        job.each([(asked.title, asked)], rows)

    return bench.jobs.start(order, work, person=person)


def _hurry(bench: Workbench) -> None:
    if bench.replica is not None:
        bench.replica.hurry()


def raise_cap(bench: Workbench, asked: Asked, cap_usd: float) -> Asked:
    """Let the whole cost more or less. Raises ReadOnly for a visitor, Cancelled while it is under way."""
    bench.require_editor()
    job = find_job(bench, asked)
    if job is not None and job.running:
        raise Cancelled("Stop the catalogue first; its cap holds while it is under way.")
    asked = asked.model_copy(update={"cap_usd": cap_usd})
    with files.access(bench.store.folder):
        files.write(_folder(bench, asked.id) / ASKED, asked.model_dump_json().encode())
    _hurry(bench)
    return asked


def find_job(bench: Workbench, asked: Asked) -> Job | None:
    """The newest work on a catalogue; None where none is known."""
    return bench.jobs.find(asked.id, "catalogue")


def all_asked(bench: Workbench) -> tuple[Asked, ...]:
    """Every catalogue, the newest first; a damaged note is none. Raises ReadOnly for a visitor."""
    bench.require_editor()
    notes = (bench.store.folder / FOLDER).glob(f"*/{ASKED}")
    asked = [each for note in notes if (each := _read(note)) is not None]
    return tuple(sorted(asked, key=lambda each: each.begun_at, reverse=True))


def count_ended(bench: Workbench, asked: Asked) -> int:
    """How many lines its report has, for whoever looks often whether there is a new one."""
    try:
        return (_folder(bench, asked.id) / LINES).read_bytes().count(b"}\n")
    except OSError:
        return 0


def standing(bench: Workbench, asked: Asked) -> Standing:
    """How far it is. Raises ReadOnly for a visitor, and BadInput for a table that cannot be read any more."""
    bench.require_editor()
    catalogue = _catalogue(bench, asked)
    report = Report(catalogue.place)
    undone = tuple(piece for piece in catalogue.undone(report) if not piece.fault)
    left_usd, refused = 0.0, None
    try:
        left_usd = catalogue.price(undone, report)
    except BadInput as error:  # a key that is gone hides nothing of what was made
        refused = error
    return Standing(tuple(catalogue.pieces), report.of(catalogue.pieces), undone, left_usd, refused)


def warned(bench: Workbench, lines: Sequence[Line]) -> tuple[Warned, ...]:
    """What is to be looked at, the worst first: rows without a part, and those with close-ups nobody decided on.

    A design that several rows came to is looked at once.
    """
    rows: list[Warned] = []
    looked_at: set[str] = set()
    for line in sorted(lines, key=lambda line: (-line.weight, line.row)):
        if not line.look or line.design_id in looked_at:
            continue
        design = _design(bench, line.design_id)
        if design is not None:
            looked_at.add(design.id)
        chosen = design.branch.chosen_close_ups if design is not None and design.branch else ()
        open_ones = tuple(each for each in chosen if each.verdict != "pass" and not each.decision)
        if open_ones or line.state != "done" or not (line.repaired or line.redesigned):
            rows.append(Warned(line, design, open_ones))
    return tuple(rows)


def _design(bench: Workbench, design_id: str) -> Design | None:
    """A row's design; None where it was deleted or its record is damaged, which the gallery says."""
    if not design_id or bench.store.record_stamp(design_id) is None:
        return None
    try:
        return bench.store.load(design_id)
    except (Corrupt, UnknownDesign):
        return None


def _catalogue(bench: Workbench, asked: Asked) -> Catalogue:
    folder = _folder(bench, asked.id)
    pieces = table.read(folder / asked.file, asked.makers.model_dump())
    pictures = allowed(bench.settings, bench.cache)
    budget = Budget(bench.settings, asked.cap_usd)
    return Catalogue(
        bench,
        pieces,
        Disk(folder),
        asked.title,
        pictures,
        budget,
        Wanted(archive=False),
        "“Go on” on the page Catalogue does them",
    )


def _folder(bench: Workbench, catalogue_id: str) -> Path:
    return bench.store.folder / FOLDER / catalogue_id


def _read(note: Path) -> Asked | None:
    try:
        asked = Asked.model_validate_json(note.read_bytes())
    except (OSError, ValueError):
        return None
    return asked if asked.id == note.parent.name and "/" not in asked.file else None
