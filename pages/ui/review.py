"""The review of close-ups: one region at a time against its crop, by mouse or by keyboard."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import streamlit as st

from pages.ui import errors, fidelity, press, progress, session
from pages.ui.bakeoff import bakeoff
from pages.ui.components.compare import compare
from pages.ui.workbench import workbench
from pipeline import images
from pipeline.export import certificate
from pipeline.fidelity.objection import objection
from pipeline.providers.registry import Row
from pipeline.records import Branch, CloseUp, Design, Detail, Region
from pipeline.stages import calibrate, crop, enhance

REVIEWED = "reviewed"
_CELLS = 12
"""Places a side when the busiest one is looked for: each about as large as what is seen of a stone at 1:1."""
_FAINT = 48
"""Level of the heatmap, of 255, averaged over a place, below which it shows nothing but the enlargement itself."""
_UNDO = "loupe-undo-decisions"

Decision = Literal["", "accepted", "rejected"]


def review(
    design: Design,
    branch: Branch,
    again: Callable[[Region, int], None],
    several: Callable[[Region, list[str]], None],
    usd_of: Callable[[Region, Row], float],
    price: Callable[[Region], str],
    with_reason: Callable[[CloseUp, int], None],
    price_with_reason: Callable[[CloseUp], str | None],
) -> None:
    """Slider, figures, decision and all attempts of one region.

    `again(region, take)` asks afresh, `several(region, providers)` asks several providers, `with_reason(attempt, take)`
    asks the attempt's maker once more and tells it what it changed; prices are for the buttons, `usd_of(region, row)`
    for that of several.
    """
    regions = [region for region in branch.regions if branch.attempts(region.id)]
    if not regions:
        st.info(
            "Each close-up appears here the moment it is finished."
            if progress.running(design.id, "enhance")
            else "No close-up yet. Press the button above; each region gets its own row of progress."
        )
        return
    region = _choose(branch, regions)
    attempts = branch.attempts(region.id)
    picture, facts = st.columns([3, 2], gap="large")
    with facts:
        attempt = _attempt(branch, region, attempts)
        shown = st.segmented_control(
            "Shown",
            ("result", "as the provider delivered it"),
            default="result",
            required=True,
            key="shown",
            wrap=True,
            help="Result: after the lock, which puts the master's own pixels where the answer left them. "
            "As delivered: the provider's own answer, laid over the crop.",
        )
        fidelity.doubt(attempt, workbench().store.provenance(design.id))
        fidelity.report(attempt)
        _decide(design, attempt, regions)
        if press.button(
            f"Make another{price(region)}",
            icon=":material/refresh:",
            key=f"another-{region.id}",
            disabled=progress.running(design.id, "enhance"),
            help="Asks afresh with the settings above; earlier attempts stay.",
        ):
            again(region, len(attempts))
        usd = price_with_reason(attempt) if attempt.fidelity.raw_verdict == "fail" else None
        if usd is not None and press.button(
            f"Ask again with the reason{usd}",
            icon=":material/rate_review:",
            key=f"reason-{attempt.id}",
            disabled=progress.running(design.id, "enhance"),
            help="Orders the same region from the same provider with the prompt of this attempt, and tells it: "
            + objection(attempt.fidelity.reasons, attempt.crop.width, attempt.crop.height),
        ):
            with_reason(attempt, len(attempts))
    with picture:
        _picture(attempt, shown)
    if workbench().editable:  # its prices are the house's own
        bakeoff(
            design,
            region,
            attempts,
            lambda providers: several(region, providers),
            lambda row: usd_of(region, row),
        )
    _calibration()


def _choose(branch: Branch, regions: list[Region]) -> Region:
    drift = {r.id: max(c.fidelity.drift for c in branch.attempts(r.id)) for r in regions}
    with st.container(horizontal=True, vertical_alignment="center", key="review-head"):
        st.subheader("Review", anchor=False, width="content")
        worst_first = st.toggle(
            "Worst first",
            key="worst-first",
            help="The close-ups that differ most from the master come first.",
        )
        if worst_first:
            regions = sorted(regions, key=lambda r: -drift[r.id])
        by_id = {region.id: region for region in regions}
        if session.has(REVIEWED) and session.value(REVIEWED) not in by_id:
            session.drop(REVIEWED)
        chosen = st.segmented_control(
            "Region",
            list(by_id),
            default=None if session.has(REVIEWED) else regions[0].id,
            required=True,
            key=REVIEWED,
            label_visibility="collapsed",
            wrap=True,
            format_func=lambda i: f"{fidelity.mark(branch.chosen(i))} {errors.plain(by_id[i].label)}",
        )
    return by_id.get(chosen or "", regions[0])


def _attempt(branch: Branch, region: Region, attempts: tuple[CloseUp, ...]) -> CloseUp:
    if len(attempts) == 1:
        return attempts[0]
    standing = branch.chosen(region.id) or attempts[-1]
    number = st.segmented_control(
        "Attempt",
        list(range(len(attempts), 0, -1)),
        default=attempts.index(standing) + 1,
        required=True,
        key=f"attempt-{region.id}-{len(attempts)}",
        wrap=True,
        format_func=lambda n: (
            f"{n} · {errors.plain(attempts[n - 1].raw.recipe.provider)} {attempts[n - 1].factor}x"
        ),
    )
    return attempts[(number or len(attempts)) - 1]


def _picture(attempt: CloseUp, shown: str) -> None:
    store = workbench().store
    after = attempt.result if shown == "result" else attempt.registered
    compare(
        store.read(attempt.crop),
        store.read(after),
        labels=("whole view crop" if attempt.region.shot else "master crop", f"{attempt.factor}x close-up"),
        alt=f"{attempt.region.label}: the {'whole view' if attempt.region.shot else 'master'}'s crop and its close-up",
        heatmap=store.read(attempt.heatmap),
        boxes=fidelity.marks(attempt),
        start=busiest(images.decode(store.read(attempt.heatmap)), store.pixels(attempt.crop)),
        key=f"compare-{attempt.id}-{shown}",
    )
    recipe = attempt.raw.recipe
    if attempt.region.shot:
        st.caption(certificate.beyond([errors.plain(attempt.region.label)]))
    st.caption(
        f"{errors.plain(attempt.region.label)} · crop {attempt.crop.width} x {attempt.crop.height} px, close-up "
        f"{after.width} x {after.height} px · {errors.plain(recipe.detail)} · {recipe.seconds:.1f} s"
    )
    if attempt.raw.recipe.detail != Detail.RENDERED.value and (
        soft := crop.advice(attempt.region, attempt.factor)
    ):
        st.markdown(f":small[:orange[:material/warning: {soft}]]")


def busiest(heatmap: images.Pixels, crop: images.Pixels) -> tuple[float, float]:
    """Where crop and close-up differ, as fractions of the frame; where nothing was changed, where most is to be seen:
    there the gain shows.
    """
    cells = images.resize(heatmap, _CELLS, _CELLS)[..., 0]
    if cells.max() < _FAINT:
        rows, columns = np.gradient(crop.astype(np.float32).mean(axis=2))
        steps = np.clip(np.hypot(rows, columns), 0, 255).astype(np.uint8)
        cells = images.resize(np.repeat(steps[..., None], 3, axis=2), _CELLS, _CELLS)[..., 0]
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    return (float(column) + 0.5) / _CELLS, (float(row) + 0.5) / _CELLS


def _decide(design: Design, attempt: CloseUp, regions: list[Region]) -> None:
    """Accept, reject, next, undo; each has its key."""
    history: list[tuple[str, Decision]] = session.remembered(_UNDO)

    @errors.guarded
    def decide(decision: Decision) -> None:
        history.append((attempt.id, attempt.decision))
        enhance.decide(workbench().store, design.id, attempt.id, decision)

    @errors.guarded
    def undo() -> None:
        close_up_id, before = history.pop()
        enhance.decide(workbench().store, design.id, close_up_id, before)

    def go_on() -> None:
        ids = [region.id for region in regions]
        here = ids.index(attempt.region.id) if attempt.region.id in ids else -1
        session.keep(REVIEWED, ids[(here + 1) % len(ids)])

    is_accepted, is_rejected = attempt.decision == "accepted", attempt.decision == "rejected"
    with st.container(horizontal=True):
        press.button(
            "Accepted" if is_accepted else "Accept",
            icon=":material/thumb_up:",
            key=f"accepted-{attempt.id}",
            type="primary" if is_accepted else "secondary",
            on_click=decide,
            args=("" if is_accepted else "accepted",),
            shortcut="A",
        )
        press.button(
            "Rejected" if is_rejected else "Reject",
            icon=":material/thumb_down:",
            key=f"rejected-{attempt.id}",
            type="primary" if is_rejected else "secondary",
            on_click=decide,
            args=("" if is_rejected else "rejected",),
            shortcut="X",
        )
        st.button("Next", icon=":material/skip_next:", key="review-next", on_click=go_on, shortcut="N")
        press.button(
            "Undo",
            icon=":material/undo:",
            key="review-undo",
            on_click=undo,
            disabled=not history,
            shortcut="U",
        )


def _calibration() -> None:
    """What the team's decisions would change in the gate; changed only by a press of the button."""
    box = st.expander(
        "Calibrate the gate from your decisions", icon=":material/tune:", key="calibration", on_change="rerun"
    )
    if not box.open:  # every decision on disk is read for it
        return
    with box, errors.shown():
        bench = workbench()
        proposals = calibrate.propose(bench.store)
        if not proposals:
            st.write(
                "Accept and reject close-ups; from eight decisions on a provider its thresholds can follow."
            )
            return
        st.table(
            [
                {
                    "provider": errors.plain(p.provider),
                    "decisions": f"{p.accepted} accepted, {p.rejected} rejected",
                    "warns from": f"{p.before.warn:.2f} → {p.after.warn:.2f}",
                    "fails from": f"{p.before.fail:.2f} → {p.after.fail:.2f}",
                    "false alarms": f"{p.errors_before.false_alarms:.0%} → {p.errors_after.false_alarms:.0%}",
                    "missed": f"{p.errors_before.misses:.0%} → {p.errors_after.misses:.0%}",
                }
                for p in proposals
            ]
        )
        if bench.editable and press.button(
            "Adopt these thresholds", key="adopt", disabled=not any(p.changed for p in proposals)
        ):
            bench.adopt_thresholds(proposals)
            st.rerun()
