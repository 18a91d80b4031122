"""What a catalogue is estimated to cost before anything is ordered, and the cap that its rows share."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.catalogue.report import Line
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput
from pipeline.ledger import Caps
from pipeline.providers.registry import Row
from pipeline.records import Role
from pipeline.workbench import Workbench

CLOSE_UPS, SHEETS = 5, 6
"""Of a piece whose regions are those suggested."""


def prices(bench: Workbench, pieces: Iterable[Piece]) -> dict[str, float]:
    """US dollars each piece will cost by the providers' estimates, by its print.

    Raises BadInput for a provider not at hand.
    """
    rows = {row.id: row for row in bench.registry.rows()}
    return {piece.print: _of_piece(rows, piece) for piece in pieces if not piece.fault}


def price(bench: Workbench, pieces: Iterable[Piece]) -> float:
    """US dollars that the pieces will cost together: rows of the same work are one design. Raises as `prices`."""
    designs = {piece.work: piece for piece in pieces if not piece.fault}
    return sum(prices(bench, designs.values()).values())


def _of_piece(rows: dict[str, Row], piece: Piece) -> float:
    asked = (
        ("" if piece.picture else piece.provider, Role.GENERATE, 1),
        (piece.enhancer, Role.ENHANCE, CLOSE_UPS),
        (piece.sketcher, Role.SKETCH, SHEETS),
        (piece.modeler, Role.MODEL, 1),
    )
    return sum(_of_part(rows, piece, *part) for part in asked)


def _of_part(rows: dict[str, Row], piece: Piece, maker: str, role: Role, count: int) -> float:
    if not maker:  # the best offline one, which costs nothing
        return 0.0
    row = rows.get(maker)
    if row is None or role not in row.limits:
        those = ", ".join(each.id for each in rows.values() if role in each.limits and each.ready)
        raise BadInput(
            f"Row {piece.row} names “{maker[:80]}”, who does not {role.value} here; these do: {those}."
        )
    if not row.ready:
        raise BadInput(f"Row {piece.row} names {row.name}, which needs {row.missing or row.trouble}.")
    return count * row.price(role)


class Account:
    """What the rows of a table have cost so far, brought up to date as they end."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines: dict[str, Line] = {}
        self._rows: defaultdict[str, set[str]] = defaultdict(set)
        """The rows that came to a design, by its id."""
        self.spent_usd = 0.0
        for line in lines:
            if line.print not in self._lines:
                self._enter(line)

    def elsewhere_usd(self, piece: Piece) -> float:
        """What the other rows have cost."""
        mine = self._lines.get(piece.print)
        return self.spent_usd - (mine.cost_usd if mine else 0.0)

    def take(self, line: Line) -> Line:
        """Enter a row that ended, in place of an earlier end of it; its line, less what other rows of its design paid.

        A line comes with all that its design has cost.
        """
        others = self._rows[line.design_id] - {line.print} if line.design_id else set()
        if others:
            paid = sum(self._lines[row].cost_usd for row in others)
            line = line.model_copy(update={"cost_usd": round(max(0.0, line.cost_usd - paid), 6)})
        self._enter(line)
        return line

    def _enter(self, line: Line) -> None:
        earlier = self._lines.get(line.print)
        self.spent_usd += line.cost_usd - (earlier.cost_usd if earlier else 0.0)
        self._lines[line.print] = line
        if line.design_id:
            self._rows[line.design_id].add(line.print)


@dataclass
class Budget:
    """The caps of the settings, and within them what is left of the whole catalogue's cap for one design."""

    settings: Caps
    cap_usd: float
    elsewhere_usd: float = 0.0
    """What the catalogue's other designs have cost."""

    @property
    def spend_cap_design_usd(self) -> float:
        """Most that may be spent on the design under work."""
        return min(self.settings.spend_cap_design_usd, max(0.0, self.cap_usd - self.elsewhere_usd))

    @property
    def binds(self) -> bool:
        """Whether it is the whole's cap that limits the design under work."""
        return self.cap_usd - self.elsewhere_usd < self.settings.spend_cap_design_usd

    @property
    def spend_cap_day_usd(self) -> float:
        """Most that may be spent in one day."""
        return self.settings.spend_cap_day_usd
