"""One row of a catalogue worked off: the whole walk, then its archive, its cover and its line of the report."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.catalogue import report
from pipeline.catalogue.report import Line
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput, Cancelled, CapReached, LoupeError, StorageError
from pipeline.export import archive, shop
from pipeline.log import Stopwatch
from pipeline.records import Design
from pipeline.stages.generate import name_for
from pipeline.walk import Choice, Start, design_id, walk
from pipeline.workbench import Workbench

Tell = Callable[[float, str], None]
"""Takes how far the row is (0..1), and at what."""
COVER_PX = 384


@dataclass(frozen=True)
class Ended:
    """What came of a row: its line, and the files it names by their places beneath the report's folder."""

    line: Line
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What is written of each design beside its line."""

    archive: bool = True
    """Its `.loupe` file and its cover; without them it stays in the store alone."""
    shop: bool = False


def never() -> bool:
    """Nobody stops it."""
    return False


def work_off(
    bench: Workbench,
    piece: Piece,
    photograph: bytes | None,
    wanted: Wanted,
    tell: Tell,
    *,
    earlier_usd: float = 0.0,
    stop: Callable[[], bool] = never,
) -> Ended:
    """Make a row's design by the caps of `bench`; `earlier_usd` is what failed tries of it have cost.

    Raises CapReached, StorageError and Cancelled, which end more than the row.
    """
    watch, before_usd = Stopwatch(), bench.spending().placed_usd()
    refused: list[tuple[str, LoupeError]] = []
    try:
        design = _walked(bench, piece, photograph, tell, refused, stop)
        for _, trouble in refused:
            if isinstance(trouble, CapReached):
                raise trouble
    except (CapReached, StorageError, Cancelled):
        raise
    except LoupeError as error:
        cost_usd = earlier_usd + bench.spending().placed_usd() - before_usd
        return failed(bench, piece, photograph, error, seconds=watch.seconds, cost_usd=cost_usd)
    missing = tuple(f"{part}. {trouble.title}: {trouble}" for part, trouble in refused)
    cost_usd = bench.spending().total(design_id=design.id).cost_usd
    line = report.of_design(piece, design, missing, cost_usd=cost_usd, seconds=watch.seconds)
    return _packed(bench, line, piece, design, wanted)


def failed(
    bench: Workbench,
    piece: Piece,
    photograph: bytes | None,
    error: LoupeError | str,
    *,
    seconds: float = 0.0,
    cost_usd: float,
) -> Ended:
    """The end of a row that failed, at all that the book has of its design: also what was ordered for it before the
    process died that ordered it. `cost_usd` is what is known of besides.
    """
    known = design_id(bench, *_begun_with(piece, photograph))
    in_book = bench.spending().total(design_id=known).cost_usd
    came_to = known if in_book or bench.store.record_stamp(known) is not None else ""
    return Ended(report.of_failure(piece, error, seconds, max(cost_usd, in_book), design_id=came_to))


def _walked(
    bench: Workbench,
    piece: Piece,
    photograph: bytes | None,
    tell: Tell,
    refused: list[tuple[str, LoupeError]],
    stop: Callable[[], bool],
) -> Design:
    start, choice = _begun_with(piece, photograph)
    return walk(bench, start, choice, tell, lambda part, error: refused.append((part, error)), stop=stop)


def _begun_with(piece: Piece, photograph: bytes | None) -> tuple[Start, Choice]:
    name = piece.name or (Path(piece.picture).stem if piece.picture else name_for(piece.prompt))
    return (
        Start(name, piece.prompt, photograph, piece.kind, piece.size, piece.seed),
        Choice(
            piece.provider, piece.enhancer, piece.sketcher, piece.modeler, piece.factor, style=piece.style
        ),
    )


def _packed(bench: Workbench, line: Line, piece: Piece, design: Design, wanted: Wanted) -> Ended:
    if not wanted.archive:
        return Ended(line)
    words = re.sub(r"[^a-z0-9]+", "-", f"{piece.key} {design.name}".lower()).strip("-")[:60] or "piece"
    stem = f"{words}-{piece.print[:6]}"
    files = {f"pieces/{stem}.loupe": archive.write(bench.store, design)}
    cover = ""
    if design.branch is not None:
        cover = f"covers/{stem}.jpg"
        files[cover] = bench.store.thumbnail(design.branch.master, COVER_PX)
    line = line.model_copy(update={"archive": f"pieces/{stem}.loupe", "cover": cover})
    return _with_shop(bench, Ended(line, files), stem, design) if wanted.shop else Ended(line, files)


def _with_shop(bench: Workbench, ended: Ended, stem: str, design: Design) -> Ended:
    """Add the shop set, in a folder of its own; a design that none can be made of lacks it, and says so."""
    line = ended.line
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            shop.save(bench.store, design, folder, bench.brand.credentials)
        except BadInput as error:
            missing = (*line.missing, f"shop set. {error.title}: {error}")
            lacking = {"state": "incomplete", "missing": missing, "look": line.look or missing[-1]}
            return Ended(line.model_copy(update=lacking), ended.files)
        pictures = {
            f"pieces/{stem}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return Ended(line.model_copy(update={"shop": f"pieces/{stem}"}), {**ended.files, **pictures})
