"""What came of a catalogue's rows: one line each, kept as they end, and shown as one page with the worst first."""

import csv
import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from pydantic import Field

from pipeline.catalogue.place import Place
from pipeline.catalogue.table import Piece
from pipeline.errors import LoupeError
from pipeline.records import CloseUp, Design, Kind, Record

PAGE, TABLE = "index.html", "report.csv"
GOES_ON = "the same command goes on with them"
State = Literal["done", "incomplete", "failed"]
_STATES: dict[State, int] = {"failed": 3, "incomplete": 2, "done": 0}
_LOW_OUTLINE = 0.9
"""Share of the outline below which a model is looked at."""


class Line(Record):
    """One row of the report."""

    row: int
    print: str
    """Of the row as it was worked off: another one is other work."""
    key: str = ""
    name: str = ""
    kind: Kind | None = None
    design_id: str = ""
    state: State
    passed: int = 0
    repaired: int = 0
    redesigned: int = 0
    """Close-ups by the gate's verdict."""
    drift: float = 0.0
    """The largest of any close-up as it came, 0..1."""
    agreement_db: float | None = None
    """The lowest of any close-up that is shown; None where there is none."""
    sheets: int = 0
    outline: float | None = None
    """Share of the master's outline that the model agrees with, where it was measured."""
    cost_usd: float = 0.0
    seconds: float = 0.0
    missing: tuple[str, ...] = ()
    look: str = ""
    """What to look at first; empty where nothing stands out."""
    weight: Annotated[float, Field(ge=0)] = 0.0
    """How much it needs looking at: the page's order."""
    archive: str = ""
    shop: str = ""
    cover: str = ""
    """Files and a folder beneath the report's folder."""


def of_design(
    piece: Piece, design: Design, missing: tuple[str, ...], *, cost_usd: float, seconds: float
) -> Line:
    """The line of a design that was made."""
    branch = design.branch
    close_ups = branch.chosen_close_ups if branch else ()
    verdicts = [close_up.verdict for close_up in close_ups]
    outline = branch.model.figures.get("iou") if branch and branch.model else None
    worst = max(close_ups, key=_concern, default=None)
    state: State = "incomplete" if missing else "done"
    weight = _STATES[state] + (_concern(worst) if worst else 0.0)
    if outline is not None and outline < _LOW_OUTLINE:
        weight += 0.5
    return Line(
        row=piece.row,
        print=piece.print,
        key=piece.key,
        name=design.name,
        kind=design.kind,
        design_id=design.id,
        state=state,
        passed=verdicts.count("pass"),
        repaired=verdicts.count("repaired"),
        redesigned=verdicts.count("fail"),
        drift=max((c.fidelity.drift for c in close_ups), default=0.0),
        agreement_db=min((c.shown.lr_psnr_db for c in close_ups), default=None),
        sheets=len(branch.latest_sketches) if branch else 0,
        outline=outline,
        cost_usd=round(cost_usd, 6),
        seconds=round(seconds, 1),
        missing=missing,
        look=_look(missing, worst, outline),
        weight=round(weight, 4),
    )


def of_failure(
    piece: Piece,
    error: LoupeError | str,
    seconds: float = 0.0,
    cost_usd: float = 0.0,
    *,
    design_id: str = "",
) -> Line:
    """The line of a row that did not end; `design_id` is what it came to all the same, or spent for."""
    look = f"{error.title}: {error}" if isinstance(error, LoupeError) else error
    return Line(
        row=piece.row,
        print=piece.print,
        key=piece.key,
        name=piece.name,
        kind=piece.kind,
        design_id=design_id,
        state="failed",
        cost_usd=round(cost_usd, 6),
        seconds=round(seconds, 1),
        look=look,
        weight=_STATES["failed"],
    )


def _concern(close_up: CloseUp) -> float:
    """How much a close-up needs looking at: 1 and more where it was redesigned, its drift else."""
    return close_up.fidelity.drift + {"fail": 1.0, "repaired": 0.3, "pass": 0.0}[close_up.verdict]


def _look(missing: tuple[str, ...], worst: CloseUp | None, outline: float | None) -> str:
    if missing:
        return f"Missing: {missing[0]}"
    if worst is not None and worst.verdict != "pass":
        reasons = worst.fidelity.reasons
        why = f" ({reasons[0].name})" if reasons else ""
        word = "redesigned" if worst.verdict == "fail" else "repaired"
        return f"Close-up {worst.region.label}: {word}{why}"
    if outline is not None and outline < _LOW_OUTLINE:
        return f"3D: {outline:.0%} of the outline agrees"
    return ""


class Report:
    """The lines of one place. A line is written when its row has ended, so that it is never worked off again.

    Raises StorageError where the place is none, or cannot be read.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lines: dict[str, Line] = {}
        for text in place.lines():
            try:
                line = Line.model_validate_json(text)
            except ValueError:  # the last one, of a run that died while it was written
                continue
            self._lines[line.print] = line

    def line(self, piece: Piece) -> Line | None:
        """What came of a row; None where it has not ended."""
        return self._lines.get(piece.print)

    def cost_usd(self, piece: Piece) -> float:
        """What a row has cost so far."""
        line = self._lines.get(piece.print)
        return line.cost_usd if line else 0.0

    def of(self, pieces: Iterable[Piece]) -> tuple[Line, ...]:
        """The lines of these rows, in the table's order, with the rows' numbers of today.

        A row that is there again costs nothing again.
        """
        rows: list[Line] = []
        counted: set[str] = set()
        for piece in pieces:
            line = self._lines.get(piece.print)
            if line is None:
                continue
            again = {"cost_usd": 0.0, "seconds": 0.0} if line.print in counted else {}
            rows.append(line.model_copy(update={"row": piece.row, **again}))
            counted.add(line.print)
        return tuple(rows)

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write files by their places beneath the report's. Raises StorageError."""
        self._place.write(contents)

    def add(self, line: Line) -> None:
        """Keep a line, in place of an earlier one of the same row. Raises StorageError."""
        self._lines[line.print] = line
        self._place.add(line.model_dump_json().encode())

    def publish(self, title: str, pieces: Iterable[Piece], waiting: int, goes_on: str = GOES_ON) -> None:
        """Write the page and the table of these rows; `goes_on` says what does those that wait. Raises StorageError."""
        lines = self.of(pieces)
        ordered = sorted(lines, key=lambda line: (-line.weight, line.row))
        page = _page().render(
            title=title, lines=ordered, waiting=waiting, goes_on=goes_on, totals=_totals(lines)
        )
        self.write({PAGE: page.encode(), TABLE: as_csv(lines)})
        self._place.tidy()


def _totals(lines: tuple[Line, ...]) -> dict[str, float]:
    return {
        "rows": len(lines),
        "done": sum(line.state == "done" for line in lines),
        "incomplete": sum(line.state == "incomplete" for line in lines),
        "failed": sum(line.state == "failed" for line in lines),
        "redesigned": sum(line.redesigned > 0 for line in lines),
        "cost_usd": sum(line.cost_usd for line in lines),
        "seconds": sum(line.seconds for line in lines),
    }


def as_csv(lines: tuple[Line, ...]) -> bytes:
    """The report for a spreadsheet, UTF-8 with its mark; what it would take for a formula is one no more."""
    columns = [name for name in Line.model_fields if name not in {"print", "weight"}]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for line in lines:
        fields = {**line.model_dump(mode="json"), "missing": "; ".join(line.missing)}
        writer.writerow([_cell(fields[name]) for name in columns])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    is_formula = isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{value}" if is_formula else value


@cache
def _page() -> Template:
    folder = Path(__file__).with_name("templates")
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("index.html.j2")
