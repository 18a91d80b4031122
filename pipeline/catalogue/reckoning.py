"""What a catalogue is estimated to cost before anything is ordered, and the cap that its rows share."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput
from pipeline.ledger import Caps
from pipeline.providers.registry import Row
from pipeline.records import Role
from pipeline.workbench import Workbench

CLOSE_UPS, SHEETS = 5, 6
"""Of a piece whose regions are those suggested."""


def price(bench: Workbench, pieces: Iterable[Piece]) -> float:
    """US dollars that the pieces will cost by the providers' estimates. Raises BadInput for a provider not at hand."""
    rows = {row.id: row for row in bench.registry.rows()}
    return sum(_of_piece(rows, piece) for piece in pieces if not piece.fault)


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
        raise BadInput(f"Row {piece.row} names “{maker}”, who does not {role.value} here; see `providers`.")
    if not row.ready:
        raise BadInput(f"Row {piece.row} names {row.name}, which needs {row.missing or row.trouble}.")
    return count * row.price(role)


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
