"""Step 3: enhance every region with the same settings, then review each against its crop."""

import streamlit as st

from pages.ui import choose, errors, fidelity, frame, progress
from pages.ui.components.compare import compare
from pages.ui.workbench import workbench
from pipeline.jobs import Order
from pipeline.prompts import ENHANCE
from pipeline.providers.base import Role
from pipeline.providers.registry import Row
from pipeline.records import Branch, CloseUp, Region
from pipeline.stages import enhance

HERE = frame.STEPS[2].path

frame.enter(HERE)
bench = workbench()
design = frame.require_design()
frame.header(
    HERE,
    design,
    "Every region is enlarged with the same settings, then **measured** against the master's own pixels.",
)
branch = frame.require_branch(design)


def order(regions: list[Region], settings: dict[str, object], *, take: int = 0) -> None:
    """Begin enhancing."""
    params = {**settings, "regions": [region.model_dump() for region in regions], "take": take}
    progress.submit(Order(design.id, "enhance", params))
    st.rerun()


def settings_form(branch: Branch) -> dict[str, object]:
    """Provider, factor, dial and prompt; the button that starts them all."""
    with st.container(border=True, key="enhance-settings"):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            home = bench.home_provider(design, Role.ENHANCE)
            skip = () if home == "atelier" else ("atelier",)
            row = choose.provider(Role.ENHANCE, home=home, key="enhancer", skip=skip)
        with right:
            factor = st.segmented_control(
                "Factor", (2, 4), default=4, required=True, key="factor", format_func=_times
            )
            dial = st.segmented_control(
                "Lock",
                ("strict", "balanced", "as delivered"),
                default="strict",
                required=True,
                key="dial",
                help="Strict: the close-up is made to agree with the master everywhere. "
                "As delivered: nothing is repaired, and every export says so.",
            )
        with st.expander("Prompt sent to generative providers", icon=":material/chat:"):
            prompt = st.text_area(
                "Prompt", ENHANCE, key="enhance-prompt", height=200, label_visibility="collapsed"
            )
        settings = {"provider": row.id, "factor": factor, "dial": dial, "prompt": prompt}
        todo = list(branch.regions)
        cost = choose.price(row, Role.ENHANCE, len(todo))
        if st.button(
            f"Enhance all {len(todo)} regions{cost}",
            type="primary",
            icon=":material/zoom_in:",
            key="enhance-all",
            disabled=not todo or not choose.ready(row) or progress.running(design.id, "enhance"),
        ):
            order(todo, settings)
    return settings


def review(branch: Branch, settings: dict[str, object]) -> None:
    """One region at a time: the slider, the figures, the decision, all attempts."""
    with_attempts = [region for region in branch.regions if branch.attempts(region.id)]
    if not with_attempts:
        st.info("No close-up yet. Press the button above; each region gets its own row of progress.")
        return
    st.subheader("Review", anchor=False)
    by_id = {region.id: region for region in with_attempts}
    region_id = st.segmented_control(
        "Region",
        list(by_id),
        default=with_attempts[0].id,
        required=True,
        key="reviewed",
        label_visibility="collapsed",
        format_func=lambda i: f"{fidelity.mark(branch.chosen(i))} {by_id[i].label}",
    )
    region = by_id[region_id]
    attempts = branch.attempts(region.id)
    numbers = list(range(len(attempts), 0, -1))
    chosen = branch.chosen(region.id) or attempts[-1]
    number = attempts.index(chosen) + 1
    picture, facts = st.columns([3, 2], gap="large")
    with facts:
        if len(attempts) > 1:
            number = st.segmented_control(
                "Attempt",
                numbers,
                default=number,
                required=True,
                key=f"attempt-{region.id}-{len(attempts)}",
                format_func=lambda n: (
                    f"{n} · {attempts[n - 1].raw.recipe.provider} {_times(attempts[n - 1].factor)}"
                ),
            )
        attempt = attempts[(number or 1) - 1]
        shown = st.segmented_control(
            "Shown",
            ("result", "as the provider delivered it"),
            default="result",
            required=True,
            key="shown",
            help="Result: after the lock. As delivered: the provider's own answer, laid over the crop.",
        )
        fidelity.report(attempt)
        decision(attempt)
        if st.button(
            f"Make another{choose.price(_row(settings), Role.ENHANCE, 1)}",
            icon=":material/refresh:",
            key=f"another-{region.id}",
            disabled=progress.running(design.id, "enhance"),
            help="Asks afresh with the settings above; earlier attempts stay.",
        ):
            order([region], settings, take=len(attempts))
    with picture:
        after = attempt.result if shown == "result" else attempt.registered
        compare(
            bench.store.read(attempt.crop),
            bench.store.read(after),
            labels=("master crop", f"{_times(attempt.factor)} close-up"),
            alt=f"{region.label}: the master's crop and its close-up",
            heatmap=bench.store.read(attempt.heatmap),
            boxes=fidelity.marks(attempt),
            key=f"compare-{attempt.id}-{shown}",
        )
        st.caption(
            f"{region.label} · crop {attempt.crop.width} x {attempt.crop.height} px, close-up "
            f"{after.width} x {after.height} px · {attempt.raw.recipe.detail} · {attempt.raw.recipe.seconds:.1f} s"
        )


def decision(attempt: CloseUp) -> None:
    """Accept or reject."""
    with st.container(horizontal=True):
        for name, label, icon in (
            ("accepted", "Accept", ":material/thumb_up:"),
            ("rejected", "Reject", ":material/thumb_down:"),
        ):
            is_so = attempt.decision == name
            if st.button(
                label, icon=icon, key=f"{name}-{attempt.id}", type="primary" if is_so else "secondary"
            ):
                with errors.shown():
                    enhance.decide(bench.store, design.id, attempt.id, "" if is_so else name)  # type: ignore[arg-type]  # one of the two literals above
                    st.rerun()


def _row(settings: dict[str, object]) -> Row:
    return next(row for row in bench.registry.rows(Role.ENHANCE) if row.id == settings["provider"])


def _times(factor: int) -> str:
    return f"{factor}x"


if not branch.regions:
    st.info("There is no region to enhance; draw one first.")
    st.page_link(
        frame.STEPS[1].path, label="Draw regions", icon=":material/crop:", query_params={"design": design.id}
    )
chosen_settings = settings_form(branch)
progress.panel(design.id, "enhance")
review(branch, chosen_settings)
frame.footer(HERE, design, ready=bool(branch.chosen_close_ups), hint="Enhance at least one region first.")
