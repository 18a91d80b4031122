"""Subjects: what the sheets of a set show, the master and its close-ups or the bench's views of the piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Asset, Box, Branch, Kind
from pipeline.records.fidelity import Fidelity

SHEETS = 6
_LAST_VIEWS = ("three-quarter", "exploded", "gem map")


@dataclass(frozen=True)
class Subject:
    """What one sheet shows: the master, the close-up of one region, or a view of the piece itself."""

    number: int
    id: str
    title: str
    source: Asset
    window: Box
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
        Subject(n, c.region.id, _titled(c.region.label), c.result, c.region.box, _agreement(c.fidelity))
        for n, c in enumerate(branch.chosen_close_ups[: SHEETS - 1], start=2)
    )
    return first, *others


def _titled(label: str) -> str:
    """What a sheet of a region is called; one that is called a detail already is not called so twice."""
    return f"{label[:1].upper()}{label[1:]}" if label.lower().startswith("detail") else f"Detail: {label}"


def bench_views(kind: Kind) -> tuple[str, ...]:
    """The set a bench asks for when nobody chooses; what lies flat is seen from above and below."""
    lies = kind in {"bracelet", "brooch"}
    return ("top", "side", "back", *_LAST_VIEWS) if lies else ("front", "side", "top", *_LAST_VIEWS)


def _agreement(report: Fidelity) -> str:
    return f"drift {report.drift:.2f}, {report.verdict}"
