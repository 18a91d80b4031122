"""Step 3: enhance every region with the same settings, then review each against its crop."""

from dataclasses import dataclass

import streamlit as st

from pages.ui import choose, frame, progress
from pages.ui.review import review
from pages.ui.workbench import workbench
from pipeline.orders import BakeOffOrder, EnhanceOrder, RenewOrder
from pipeline.prompts import ENHANCE, MAX_PROMPT_CHARS
from pipeline.providers.registry import Row
from pipeline.records import DIALS, Branch, Dial, Region, Role
from pipeline.stages import edition

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


@dataclass(frozen=True)
class Settings:
    """What holds for every region."""

    row: Row
    factor: int
    dial: Dial
    prompt: str
    with_master: bool


def order(regions: list[Region], settings: Settings, *, take: int = 0) -> None:
    """Begin enhancing."""
    progress.submit(
        lambda: EnhanceOrder(
            design_id=design.id,
            provider=settings.row.id,
            regions=tuple(regions),
            factor=settings.factor,
            dial=settings.dial,
            prompt=settings.prompt,
            with_master=settings.with_master,
            take=take,
        )
    )
    st.rerun()


def bakeoff(region: Region, providers: list[str], settings: Settings) -> None:
    """Begin asking several providers for the same region."""
    progress.submit(
        lambda: BakeOffOrder(
            design_id=design.id,
            providers=tuple(providers),
            region=region,
            factor=settings.factor,
            dial=settings.dial,
            prompt=settings.prompt,
            with_master=settings.with_master,
        )
    )
    st.rerun()


def settings_form(branch: Branch) -> Settings:
    """Provider, factor, dial and prompt; the button that starts them all."""
    with st.container(border=True, key="enhance-settings"):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            home = bench.home_provider(design, Role.ENHANCE)
            skip = () if home == "atelier" else ("atelier",)
            row = choose.provider(Role.ENHANCE, home=home, key="enhancer", skip=skip)
        with right:
            factor = st.segmented_control(
                "Factor",
                row.limits[Role.ENHANCE].factors or (2, 4),
                default=4,
                required=True,
                key="factor",
                format_func=_times,
            )
            dial = st.segmented_control(
                "Lock",
                DIALS,
                default="strict",
                required=True,
                key="dial",
                help="Strict: the close-up is made to agree with the master everywhere. "
                "As delivered: nothing is repaired, and every export says so.",
            )
        with st.expander("Prompt sent to generative providers", icon=":material/chat:"):
            prompt = st.text_area(
                "Prompt",
                ENHANCE,
                key="enhance-prompt",
                height=200,
                label_visibility="collapsed",
                max_chars=MAX_PROMPT_CHARS,
            )
        with_master = bool(row.limits[Role.ENHANCE].references) and st.toggle(
            "Send the whole master along",
            value=True,
            key="with-master",
            help="This provider takes several pictures. Seeing the whole piece beside the crop, it guesses less; "
            "the bake-off below shows what it brings.",
        )
        settings = Settings(row, factor, dial, prompt, with_master)
        todo = list(branch.regions)
        missing = [region for region in todo if not branch.attempts(region.id)]
        blocked = not row.ready or progress.running(design.id, "enhance")
        with st.container(horizontal=True):
            if st.button(
                f"Enhance all {len(todo)} regions{choose.price(row, Role.ENHANCE, len(todo))}",
                type="primary",
                icon=":material/zoom_in:",
                key="enhance-all",
                disabled=not todo or blocked,
            ):
                order(todo, settings)
            if 0 < len(missing) < len(todo) and st.button(
                f"Only the {len(missing)} without a close-up{choose.price(row, Role.ENHANCE, len(missing))}",
                key="enhance-missing",
                disabled=blocked,
                help=", ".join(region.label for region in missing),
            ):
                order(missing, settings)
    return settings


def offer_anew(branch: Branch) -> None:
    """Say, before anything is rendered, that the master is of an earlier edition, and offer it in today's light."""
    if not edition.is_earlier(branch.master, bench.atelier):
        return
    st.info(edition.EARLIER, icon=":material/history:")
    if st.button(
        "Render the master anew",
        key="renew",
        icon=":material/autorenew:",
        disabled=not bench.editable or progress.running(design.id, "renew"),
        help="A new branch with the same regions; what was made of this master stays on its own branch.",
    ):
        progress.submit(
            lambda: RenewOrder(design_id=design.id, provider=bench.atelier.id, master=branch.master.id)
        )
        st.rerun()
    progress.panel(design.id, "renew")


def _times(factor: int) -> str:
    return f"{factor}x"


if not branch.regions:
    st.info("There is no region to enhance; draw one first.")
    st.page_link(
        frame.STEPS[1].path, label="Draw regions", icon=":material/crop:", query_params={"design": design.id}
    )
offer_anew(branch)
chosen_settings = settings_form(branch)
progress.panel(design.id, "enhance")
review(
    design,
    branch,
    lambda region, take: order([region], chosen_settings, take=take),
    lambda region, providers: bakeoff(region, providers, chosen_settings),
    choose.price(chosen_settings.row, Role.ENHANCE, 1),
)
frame.footer(HERE, design, ready=bool(branch.chosen_close_ups), hint="Enhance at least one region first.")
