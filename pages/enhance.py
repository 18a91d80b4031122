"""Step 3: enhance every region with the same settings, then review each against its crop."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui import choose, frame, press, progress
from pages.ui import price as prices
from pages.ui.review import review
from pages.ui.workbench import workbench
from pipeline.fidelity.objection import objection
from pipeline.orders import BakeOffOrder, EnhanceOrder, RenewOrder
from pipeline.prompts import ENHANCE, MAX_PROMPT_CHARS, WITH_MASTER
from pipeline.providers.registry import Row
from pipeline.records import DIALS, Branch, CloseUp, Dial, Region, Role
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


def order_with_reason(attempt: CloseUp, take: int) -> None:
    """Ask the maker of an attempt for the same once more, telling it what the gate says it changed."""
    recipe, crop = attempt.raw.recipe, attempt.crop
    reason = objection(attempt.fidelity.reasons, crop.width, crop.height)
    progress.submit(
        lambda: EnhanceOrder(
            design_id=design.id,
            provider=recipe.provider,
            regions=(attempt.region,),
            factor=int(recipe.options.get("wanted", attempt.factor)),
            dial=attempt.dial,
            prompt=f"{recipe.prompt.removesuffix(f' {WITH_MASTER}')} {reason}",
            with_master=bool(recipe.options.get("with master", False)),
            take=take,
        )
    )
    st.rerun()


def price(row: Row, regions: list[Region], factor: int, *, with_master: bool) -> str:
    """The price of close-ups of these regions, for the button that orders them."""
    return prices.close_ups(row, branch.master, regions, factor, along=with_master)


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


def bakeoff_usd(region: Region, row: Row) -> float:
    """US dollars of one region by one of several providers."""
    chosen = chosen_settings
    return prices.close_ups_usd(row, branch.master, [region], chosen.factor, along=chosen.with_master)


def settings_form(branch: Branch) -> Settings:
    """Provider, factor, dial and prompt; the button that starts them all. Folded once all have theirs."""
    waiting = [region for region in branch.regions if not branch.attempts(region.id)]
    if branch.regions and not waiting:
        box: AbstractContextManager[Any] = st.expander(
            "Enhance again: provider, size, lock, prompt", icon=":material/tune:", key="enhance-again"
        )
    else:
        box = st.container(border=True, key="enhance-settings")
    with box:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            home = bench.home_provider(design, Role.ENHANCE)
            skip = () if home == "atelier" else ("atelier",)
            row = choose.provider(Role.ENHANCE, home=home, key="enhancer", skip=skip)
        with right:
            factor = st.segmented_control(
                "Enlargement",
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
                help="The lock repairs what an answer changed, with the master's own pixels. "
                "Strict: the close-up agrees with the master everywhere. Balanced: small differences stay. "
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
        blocked = not row.ready or progress.running(design.id, "enhance")
        with st.container(horizontal=True):
            if press.button(
                f"Enhance all {len(todo)} regions{price(row, todo, factor, with_master=with_master)}",
                type="primary",
                icon=":material/zoom_in:",
                key="enhance-all",
                disabled=not todo or blocked,
            ):
                order(todo, settings)
            if 0 < len(waiting) < len(todo) and press.button(
                f"Only the {len(waiting)} without a close-up"
                f"{price(row, waiting, factor, with_master=with_master)}",
                key="enhance-missing",
                disabled=blocked,
                help=", ".join(region.label for region in waiting),
            ):
                order(waiting, settings)
    return settings


def offer_anew(branch: Branch) -> None:
    """Say, before anything is rendered, that the master is of an earlier edition, and offer it in today's light."""
    if not edition.is_earlier(branch.master, bench.atelier):
        return
    st.info(edition.EARLIER, icon=":material/history:")
    if press.button(
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
    bakeoff_usd,
    lambda region: price(
        chosen_settings.row, [region], chosen_settings.factor, with_master=chosen_settings.with_master
    ),
    order_with_reason,
    lambda attempt: prices.with_reason(branch.master, attempt),
)
frame.footer(HERE, design, ready=bool(branch.chosen_close_ups), hint="Enhance at least one region first.")
