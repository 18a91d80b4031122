"""Works a catalogue off: row by row through the whole walk, each kept as a `.loupe` file and a line of the report."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline import files
from pipeline.catalogue import report
from pipeline.catalogue.pictures import Pictures
from pipeline.catalogue.reckoning import Budget
from pipeline.catalogue.report import Line, Report
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput, CapReached, LoupeError, StorageError
from pipeline.export import archive, shop
from pipeline.log import Stopwatch
from pipeline.records import Design
from pipeline.stages.generate import name_for
from pipeline.walk import Choice, Start, walk
from pipeline.workbench import Workbench

Tell = Callable[[int, Piece, float, str], None]
"""Takes how many rows ended, the row under work, how far it is (0..1), and at what."""
COVER_PX = 384
_PUBLISHED_EVERY_S = 30.0
"""The page of a long run is made anew now and then, for whoever looks at it meanwhile."""


@dataclass(frozen=True)
class Catalogue:
    """Rows, where they end, and what they may cost together."""

    bench: Workbench
    pieces: Sequence[Piece]
    folder: Path
    title: str
    pictures: Pictures
    budget: Budget
    with_shop: bool = False
    """Whether each row's shop set is written too."""

    def undone(self) -> tuple[Piece, ...]:
        """The rows that are not finished, of each piece the first."""
        lines = Report(self.folder)
        firsts = {piece.print: piece for piece in reversed(self.pieces)}
        return tuple(
            piece
            for piece in self.pieces
            if firsts[piece.print] is piece and not lines.finished(piece, with_shop=self.with_shop)
        )

    def run(self, tell: Tell) -> tuple[Line, ...]:
        """Work off what is not finished; the lines of all rows that ended. Raises CapReached, and StorageError.

        A row that fails ends only itself. The page is written in any case, also when this stops half way.
        """
        lines, undone = Report(self.folder), self.undone()
        published_at = time.monotonic()
        waiting = len(undone)
        try:
            for piece in undone:
                lines.add(self._line(lines, piece, partial(tell, len(undone) - waiting, piece)))
                waiting -= 1
                if time.monotonic() - published_at > _PUBLISHED_EVERY_S:
                    lines.publish(self.title, self.pieces, waiting)
                    published_at = time.monotonic()
        finally:
            lines.publish(self.title, self.pieces, waiting)
        return lines.of(self.pieces)

    def _line(self, lines: Report, piece: Piece, tell: Callable[[float, str], None]) -> Line:
        """Work one row off. Raises CapReached and StorageError, which end the whole."""
        if piece.fault:
            return report.of_failure(piece, piece.fault)
        watch, ledger = Stopwatch(), self.bench.spending()
        refused: list[tuple[str, LoupeError]] = []
        others = [line for line in lines.of(self.pieces) if line.print != piece.print]
        self.budget.elsewhere_usd = sum(line.cost_usd for line in others)
        before_usd = ledger.total().cost_usd
        try:
            design = self._walked(piece, tell, refused)
            for _, trouble in refused:
                if isinstance(trouble, CapReached):
                    raise trouble
        except CapReached as error:
            raise self._stopped(error) from error
        except StorageError:
            raise
        except LoupeError as error:
            spent_usd = lines.cost_usd(piece) + ledger.total().cost_usd - before_usd
            return report.of_failure(piece, error, watch.seconds, spent_usd)
        missing = tuple(f"{part}. {trouble.title}: {trouble}" for part, trouble in refused)
        spent_usd = ledger.total(design_id=design.id).cost_usd
        if any(line.design_id == design.id for line in others):  # another row's piece: it was paid for there
            spent_usd = 0.0
        line = report.of_design(piece, design, missing, cost_usd=spent_usd, seconds=watch.seconds)
        return self._kept(line, piece, design)

    def _stopped(self, error: CapReached) -> CapReached:
        """What is told where the catalogue's own cap refused a call; another cap says which it is."""
        if not self.budget.binds:
            return error
        return CapReached(
            f"The catalogue's cap of ${self.budget.cap_usd:.2f} is reached; nothing more was bought. The same command "
            "with a higher --cap goes on from here."
        )

    def _walked(
        self, piece: Piece, tell: Callable[[float, str], None], refused: list[tuple[str, LoupeError]]
    ) -> Design:
        photograph = self.pictures.read(piece.picture) if piece.picture else None
        name = piece.name or (Path(piece.picture).stem if piece.picture else name_for(piece.prompt))
        return walk(
            self.bench,
            Start(name, piece.prompt, photograph, piece.kind, piece.size, piece.seed),
            Choice(
                piece.provider,
                piece.enhancer,
                piece.sketcher,
                piece.modeler,
                piece.factor,
                style=piece.style,
            ),
            tell,
            lambda part, error: refused.append((part, error)),
        )

    def _kept(self, line: Line, piece: Piece, design: Design) -> Line:
        """Write the design's archive and cover beside the report. Raises StorageError."""
        words = re.sub(r"[^a-z0-9]+", "-", f"{piece.key} {design.name}".lower()).strip("-")[:60] or "piece"
        stem = f"{words}-{piece.print[:6]}"
        with files.access(self.folder):
            files.write(self.folder / "pieces" / f"{stem}.loupe", archive.write(self.bench.store, design))
            cover = ""
            if design.branch is not None:
                cover = f"covers/{stem}.jpg"
                files.write(self.folder / cover, self.bench.store.thumbnail(design.branch.master, COVER_PX))
        kept = line.model_copy(update={"archive": f"pieces/{stem}.loupe", "cover": cover})
        return self._for_shop(kept, stem, design) if self.with_shop else kept

    def _for_shop(self, line: Line, stem: str, design: Design) -> Line:
        """Write the shop set in its own folder; a design that none can be made of lacks it. Raises StorageError."""
        try:
            with files.access(self.folder):
                shop.save(
                    self.bench.store, design, self.folder / "pieces" / stem, self.bench.brand.credentials
                )
        except BadInput as error:
            missing = (*line.missing, f"shop set. {error.title}: {error}")
            return line.model_copy(
                update={"state": "incomplete", "missing": missing, "look": line.look or missing[-1]}
            )
        return line.model_copy(update={"shop": f"pieces/{stem}"})
