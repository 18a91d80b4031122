"""What a press costs, reckoned from the very sizes that will be sent and asked for, as a button says it."""

from collections.abc import Sequence

from pages.ui import choose, session
from pages.ui.workbench import workbench
from pipeline.orders import CandidatesOrder, EnhanceOrder, ModelOrder, SketchOrder
from pipeline.providers.registry import Row
from pipeline.records import Asset, Branch, CloseUp, Design, Detail, Region, Role
from pipeline.stages import enhance, generate, sketch
from pipeline.stages.branch import branch_of
from pipeline.stages.subjects import Subject, subjects
from pipeline.stages.tools import OfMaster, StageOrder


def candidates(row: Row, size: int, count: int) -> str:
    """Of so many pictures from words, `size` px a side."""
    limits = row.limits[Role.GENERATE]
    usd = generate.price_of(row.reckon, limits, size, count) if row.reckon else 0.0
    return choose.cost(row, Role.GENERATE, usd)


def close_ups_usd(row: Row, master: Asset, regions: Sequence[Region], factor: int, *, along: bool) -> float:
    """US dollars of close-ups of regions; `along` where the whole master goes with each."""
    size = (master.width, master.height) if along else None
    return (
        enhance.price_of(row.reckon, row.limits[Role.ENHANCE], regions, factor, size) if row.reckon else 0.0
    )


def close_ups(row: Row, master: Asset, regions: Sequence[Region], factor: int, *, along: bool) -> str:
    """Of close-ups of regions."""
    return choose.cost(row, Role.ENHANCE, close_ups_usd(row, master, regions, factor, along=along))


def with_reason(master: Asset, attempt: CloseUp) -> str | None:
    """Of asking an attempt's maker once more; None where it redraws nothing or cannot be asked."""
    recipe = attempt.raw.recipe
    rows = workbench().registry.rows(Role.ENHANCE, keys=session.own_keys())
    row = next((row for row in rows if row.id == recipe.provider and row.ready), None)
    if row is None or row.detail(Role.ENHANCE) is not Detail.REDRAWN:
        return None
    along = bool(recipe.options.get("with master", False))
    return close_ups(
        row, master, [attempt.region], int(recipe.options.get("wanted", attempt.factor)), along=along
    )


def sheets(row: Row, shown: Sequence[Subject]) -> str:
    """Of drawings of these subjects."""
    usd = sketch.price_of(row.reckon, row.limits[Role.SKETCH], shown) if row.reckon else 0.0
    return choose.cost(row, Role.SKETCH, usd)


def candidates_by(provider_id: str, size: int, count: int) -> str:
    """Of pictures from words by a provider known by its id; nothing where it is not there."""
    rows = workbench().registry.rows(Role.GENERATE, keys=session.own_keys())
    return next((candidates(row, size, count) for row in rows if row.id == provider_id), "")


def order(row: Row, asked: StageOrder, design: Design) -> str:
    """Of an order as it stands, carried out by this provider."""
    named = asked.master if isinstance(asked, OfMaster) else None
    branch = branch_of(design, named) if design.branches else None
    match asked:
        case CandidatesOrder():
            return candidates(row, asked.size, asked.parts)
        case EnhanceOrder() if branch:
            along = asked.with_master
            return close_ups(row, branch.master, asked.regions, asked.factor, along=along)
        case SketchOrder() if branch:
            return sheets(row, _asked_for(branch, asked))
        case ModelOrder():
            return choose.price(row, Role.MODEL, 1)
    return ""


def _asked_for(branch: Branch, asked: SketchOrder) -> list[Subject]:
    return [s for s in subjects(branch, asked.views) if not asked.numbers or s.number in asked.numbers]
