"""Bake-off: one region through several providers, its attempts side by side, and what all designs say of each."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from pages.ui import choose, errors, fidelity, press, progress, session
from pages.ui.workbench import workbench
from pipeline import images
from pipeline.providers.registry import Row
from pipeline.records import CloseUp, Design, Region, Role
from pipeline.stages import standings

_CUT_PX = 300
"""Side of what is shown of each attempt, its own pixels."""


def bakeoff(
    design: Design,
    region: Region,
    attempts: Sequence[CloseUp],
    run: Callable[[list[str]], None],
    usd_of: Callable[[Row], float],
) -> None:
    """Offer the providers to compare, rank what is there, and show it at the same place.

    `run(providers)` orders, `usd_of(row)` is what one of them costs for this region.
    """
    # Not in the box: a reload closes that, and what was interrupted is told.
    progress.panel(design.id, "bakeoff")
    title, key = "Bake-off: the same region through several providers", f"bakeoff-{design.id}"
    box = st.expander(title, icon=":material/trophy:", key=key, on_change="rerun")
    if not box.open:  # full-size pictures are read for it
        return
    with box:
        _order(design, region, run, usd_of)
        if len(attempts) > 1:
            _side_by_side(region, standings.ranked(attempts), attempts)
        _table()


def _order(
    design: Design, region: Region, run: Callable[[list[str]], None], usd_of: Callable[[Row], float]
) -> None:
    bench = workbench()
    home = bench.home_provider(design, Role.ENHANCE)
    rows = [
        row
        for row in bench.registry.rows(Role.ENHANCE, keys=session.own_keys())
        if row.ready and (row.id != "atelier" or home == "atelier")
    ]
    by_id = {row.id: row for row in rows}
    chosen = st.multiselect(
        "Providers",
        list(by_id),
        default=[row_id for row_id in (home,) if row_id in by_id],
        key="bakeoff-providers",
        format_func=lambda row_id: choose.label(by_id[row_id], Role.ENHANCE),
    )
    total = sum(usd_of(by_id[row_id]) for row_id in chosen)
    cost = f" · about ${total:.2f}" if total else ""
    if press.button(
        f"Run {errors.plain(region.label)} through {len(chosen)}{cost}",
        icon=":material/play_arrow:",
        key="bakeoff-run",
        disabled=len(chosen) < 2 or progress.running(design.id, "bakeoff"),
        help="Choose at least two. Each answer becomes an attempt at this region; nothing is replaced.",
    ):
        run(chosen)


def _side_by_side(region: Region, ranking: Sequence[CloseUp], attempts: Sequence[CloseUp]) -> None:
    """Every attempt at the same place, the file's own pixels, the most faithful first."""
    st.caption(
        f"All attempts at {errors.plain(region.label)}: the most faithful first, the sharper first among equals. "
        "Each shows its own pixels, as delivered, at the place where the least faithful one differs most."
    )
    worst = ranking[-1]
    store = workbench().store
    with errors.shown():
        heat = images.decode(store.read(worst.heatmap))[..., 0]
        row, column = np.unravel_index(int(heat.argmax()), heat.shape)
        centre = float(column) / heat.shape[1], float(row) / heat.shape[0]
        with st.container(horizontal=True, key="side-by-side"):
            for attempt in ranking:
                with st.container(width=_CUT_PX):
                    number = list(attempts).index(attempt) + 1
                    st.image(
                        _cut(images.decode(store.read(attempt.registered)), centre),
                        width="content",
                        output_format="PNG",
                        alt=f"Attempt {number} at {region.label}, a cut-out",
                    )
                    gain = standings.sharpness(attempt)
                    st.caption(
                        f"**{number} · {errors.plain(attempt.raw.recipe.provider)}** {fidelity.mark(attempt)}  \n"
                        f"differs {attempt.fidelity.drift:.2f} of 1"
                        + (f" · sharpness {gain:.2f}x" if gain is not None else "")
                        + f" · {attempt.raw.recipe.seconds:.1f} s · ${attempt.raw.recipe.cost_usd:.3f}"
                    )


def _cut(picture: images.Pixels, centre: tuple[float, float]) -> bytes:
    height, width = picture.shape[:2]
    left = min(max(0, round(centre[0] * width) - _CUT_PX // 2), max(0, width - _CUT_PX))
    top = min(max(0, round(centre[1] * height) - _CUT_PX // 2), max(0, height - _CUT_PX))
    return images.encode_png(np.ascontiguousarray(picture[top : top + _CUT_PX, left : left + _CUT_PX]))


def _table() -> None:
    """What every close-up on disk says of its provider."""
    rows = standings.standings(workbench().store)
    st.caption(
        "Providers over all designs: medians, the most faithful first. How far a close-up differs from the master "
        "(its drift): 0 for nothing but enlargement, 1 for another piece."
    )
    st.table(
        [
            {
                "provider": errors.plain(row.provider),
                "close-ups": row.close_ups,
                "differs, 0 to 1": f"{row.drift:.2f}",
                "passed as delivered": f"{row.same:.0%}",
                "sharpness": f"{row.sharpness:.2f}x" if row.sharpness is not None else "–",
                "seconds": f"{row.seconds:.1f}",
                "cost": f"${row.cost_usd:.3f}",
            }
            for row in rows
        ]
    )
