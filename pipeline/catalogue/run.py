"""Works a catalogue off on this machine, row after row, and keeps what comes of each."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pipeline.catalogue import report
from pipeline.catalogue.pictures import Pictures
from pipeline.catalogue.place import Place
from pipeline.catalogue.reckoning import Account, Budget, price
from pipeline.catalogue.report import GOES_ON, Line, Report
from pipeline.catalogue.row import Ended, Wanted, never, work_off
from pipeline.catalogue.table import Piece
from pipeline.errors import BadImage, Cancelled, CapReached
from pipeline.workbench import Workbench

Tell = Callable[[int, Piece, float, str], None]
"""Takes how many rows ended, the row under work, how far it is (0..1), and at what."""
_PUBLISHED_EVERY_S = 30.0
"""The page of a long run is made anew now and then, for whoever looks at it meanwhile."""
_PUBLISHING_SHARE = 0.05
"""Of the time, at most, is spent on that: the page of a hundred thousand rows takes its time."""


@dataclass(frozen=True)
class Catalogue:
    """Rows, where they end, and what they may cost together."""

    bench: Workbench
    pieces: Sequence[Piece]
    place: Place
    title: str
    pictures: Pictures
    budget: Budget
    wanted: Wanted = field(default_factory=Wanted)
    goes_on: str = GOES_ON
    """What does the rows that wait, in the words of whoever began it."""

    def undone(self, report: Report | None = None) -> tuple[Piece, ...]:
        """The rows `report` has not finished, of each piece the first; those that ended once, and failed, come last.

        What a row has cost that was stopped half way stands in no line yet: it is gone on with before others may spend
        what the cap seems to leave.
        """
        lines = report or Report(self.place)
        firsts = {piece.print: piece for piece in reversed(self.pieces)}
        rows = [
            piece
            for piece in self.pieces
            if firsts[piece.print] is piece and not self._finished(lines.line(piece))
        ]
        return tuple(sorted(rows, key=lambda piece: lines.line(piece) is not None))

    def _finished(self, line: Line | None) -> bool:
        """Whether a row is done and what is wanted of it still there."""
        if line is None or line.state != "done":
            return False
        if not self.wanted.archive:
            return self.bench.store.record_stamp(line.design_id) is not None
        if not line.archive or not self.place.holds(line.archive):
            return False
        return not self.wanted.shop or bool(line.shop and self.place.holds(line.shop))

    def price(self, pieces: Sequence[Piece], report: Report | None = None) -> float:
        """US dollars that these rows will cost by the providers' estimates; one whose design is there costs nothing.

        Raises BadInput for a provider that is not at hand.
        """
        lines = report or Report(self.place)
        finished = {piece.work for piece in self.pieces if self._finished(lines.line(piece))}
        return price(self.bench, [piece for piece in pieces if piece.work not in finished])

    def run(self, tell: Tell, stop: Callable[[], bool] = never) -> tuple[Line, ...]:
        """Work off what is not finished; the lines of all rows that ended.

        Raises CapReached, StorageError, and Cancelled where `stop` says so between two parts of a row. A row that fails
        ends only itself. The page is written in any case, also when this stops half way.
        """
        with Keeping(self) as keeping:
            bench, undone = self.bench.within(self.budget), self.undone(keeping.report)
            for ended, piece in enumerate(undone):
                keeping.waiting = len(undone) - ended
                if stop():
                    raise Cancelled("Stopped; the rows that ended are kept.")
                self.budget.elsewhere_usd = keeping.account.elsewhere_usd(piece)
                keeping.take(self._ended(bench, piece, keeping, partial(tell, ended, piece), stop))
            keeping.waiting = 0
        return keeping.report.of(self.pieces)

    def _ended(
        self,
        bench: Workbench,
        piece: Piece,
        keeping: "Keeping",
        tell: Callable[[float, str], None],
        stop: Callable[[], bool],
    ) -> Ended:
        given = self.photograph(piece)
        if isinstance(given, Ended):
            return given
        earlier_usd = keeping.report.cost_usd(piece)
        try:
            return work_off(bench, piece, given, self.wanted, tell, earlier_usd=earlier_usd, stop=stop)
        except CapReached as error:
            raise self.stopped(error) from error

    def photograph(self, piece: Piece) -> bytes | Ended | None:
        """The picture a row begins with, None for one of words; or its end, where it cannot be begun."""
        if piece.fault:
            return Ended(report.of_failure(piece, piece.fault))
        try:
            return self.pictures.read(piece.picture) if piece.picture else None
        except BadImage as error:
            return Ended(report.of_failure(piece, error))

    def stopped(self, error: CapReached) -> CapReached:
        """What is told where a cap refused a call: the catalogue's own, or as it stands another one."""
        return self.cap_reached() if self.budget.binds else error

    def cap_reached(self) -> CapReached:
        """What is told where the catalogue's own cap is reached."""
        return CapReached(
            f"The catalogue's cap of ${self.budget.cap_usd:.2f} is reached; nothing more was bought. With a "
            "higher cap it goes on from here."
        )


class Keeping:
    """Keeps what comes of rows while they are worked off: files, lines, what they cost, now and then the page."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.report = Report(catalogue.place)
        self.account = Account(self.report.of(catalogue.pieces))
        self.waiting = 0
        """Rows that have not ended; the page tells it."""
        self._catalogue = catalogue
        self._next_page_at = time.monotonic() + _PUBLISHED_EVERY_S

    def __enter__(self) -> "Keeping":
        return self

    def __exit__(self, *_: object) -> None:
        """Write the page and the table, however the work ended. Raises StorageError."""
        self._publish()

    def take(self, ended: Ended) -> None:
        """Keep what came of a row: its files, then its line. Raises StorageError."""
        self.keep(self.account.take(ended.line), ended.files)
        self.waiting -= 1
        if time.monotonic() > self._next_page_at:
            self._publish()

    def keep(self, line: Line, files: Mapping[str, bytes]) -> None:
        """Keep a line and its files. Raises StorageError."""
        self.report.write(files)
        self.report.add(line)

    def _publish(self) -> None:
        begun = time.monotonic()
        whole = self._catalogue
        self.report.publish(whole.title, whole.pieces, self.waiting, whole.goes_on)
        seconds = time.monotonic() - begun
        self._next_page_at = begun + max(_PUBLISHED_EVERY_S, seconds / _PUBLISHING_SHARE)
