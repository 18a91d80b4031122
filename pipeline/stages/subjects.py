"""Subjects: what the sheets of a set show, the master and its close-ups or the bench's views of the piece."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Asset, Box, Branch, Kind, Model3D, Shot
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
    shot: Shot = ""
    """Which of the master's pictures the window lies on."""


def subjects(branch: Branch, views: Sequence[str] = ()) -> tuple[Subject, ...]:
    """The bench's views asked for, else the master and its close-ups: at most six sheets."""
    master = branch.master
    whole = (0, 0, master.width, master.height)
    if views:
        return tuple(
            Subject(n, f"view:{view}", view.capitalize(), master, whole, _provenance(branch), view)
            for n, view in enumerate(views[:SHEETS], start=1)
        )
    first = Subject(1, "master", "General view", master, whole)
    others = (
        Subject(
            n,
            c.region.id,
            _titled(c.region.label),
            c.result,
            c.region.box,
            _agreement(c.fidelity),
            shot=c.region.shot,
        )
        for n, c in enumerate(branch.chosen_close_ups[: SHEETS - 1], start=2)
    )
    return first, *others


def traced_model(branch: Branch) -> Model3D | None:
    """The newest model whose piece was traced from a photograph, where the master is that photograph."""
    if branch.master.recipe.origin:
        return None
    traced = (m for m in reversed(branch.models) if m.glb.recipe.provider == "trace" and m.glb.recipe.origin)
    return next(traced, None)


def described(branch: Branch, provider: str) -> str:
    """What a provider draws a piece's bench views from: its own master's description, or for the atelier that of the
    piece traced from a photograph; empty where there is none.
    """
    if branch.master.recipe.provider == provider:
        return branch.master.recipe.origin
    model = traced_model(branch) if provider == "atelier" else None
    return model.glb.recipe.origin if model is not None else ""


def _provenance(branch: Branch) -> str:
    """How near a bench view is to its master: of a traced piece how its outline lies on the photograph."""
    model = traced_model(branch)
    return "from geometry" if model is None else f"traced, outline {model.figures['iou']:.2f}"


def _titled(label: str) -> str:
    """What a sheet of a region is called; one that is called a detail already is not called so twice."""
    return f"{label[:1].upper()}{label[1:]}" if label.lower().startswith("detail") else f"Detail: {label}"


def bench_views(kind: Kind) -> tuple[str, ...]:
    """The set a bench asks for when nobody chooses; what lies flat is seen from above and below."""
    lies = kind in {"bracelet", "brooch"}
    return ("top", "side", "back", *_LAST_VIEWS) if lies else ("front", "side", "top", *_LAST_VIEWS)


def _agreement(report: Fidelity) -> str:
    return f"drift {report.drift:.2f}, {report.verdict}"
