"""Step 1: a prompt or a photograph becomes the master."""

from functools import partial

import streamlit as st

from pages.ui import (
    candidates,
    choose,
    errors,
    frame,
    master,
    photograph,
    press,
    price,
    progress,
    reading,
    session,
)
from pages.ui.refusal import refused
from pages.ui.workbench import workbench
from pipeline.orders import CandidatesOrder, ReadOrder
from pipeline.prompts import MASTER, checked_prompt
from pipeline.records import KINDS, Design, Kind, ModelsReading, Role
from pipeline.stages import generate

HERE = frame.STEPS[0].path

frame.enter(HERE)
bench = workbench()
if st.query_params.get("new"):
    st.query_params.pop("new")
    session.open_design(None)
design: Design | None = frame.require_design() if session.design_id() else None
frame.header(
    HERE, design, "Describe the piece, or bring a photograph. The picture you choose becomes the **master**."
)


_KINDS: dict[str, Kind | None] = {"": None} | {kind: kind for kind in KINDS}


def design_to_fill(prompt: str, kind: Kind) -> Design:
    """The open design, or a new one named after the prompt."""
    if design is not None:
        return design
    return bench.store.create(generate.name_for(prompt), kind=kind, prompt=prompt)


def from_prompt() -> None:
    """The prompt form; who makes it and how large is chosen before, so that the button can say the price."""
    maker, sides = st.columns([4, 1], gap="medium")
    with maker:
        row = choose.provider(Role.GENERATE, home="atelier", key="generator")
    with sides:
        size = st.selectbox("Size", (1024, 1536, 2048), index=2, key="size", format_func=_square)
    reader = reading.choose_reader() if row.id == "atelier" else None
    with st.form("prompt-form", border=False):
        prompt = st.text_area(
            "Prompt", design.prompt if design and design.prompt else MASTER, key="prompt", height=110
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                "Kind",
                list(_KINDS),  # of None it would offer to be cleared once a form was sent
                key="kind",
                width=150,
                format_func=lambda name: name or "as described",
                help="A kind chosen here goes before what the prompt says.",
            )
            kind = _KINDS.get(chosen)
            seed = st.number_input(
                "Seed",
                0,
                2**31 - 5,
                0,
                key="seed",
                width=130,
                help="Picks the series: the same number gives the same four candidates, another one four others.",
            )
        busy = progress.running(design.id if design else None, "candidates") or not row.ready
        with st.container(horizontal=True):
            whole = press.submit(
                f"Make the whole set{price.candidates(row, size, 1)}",
                type="primary",
                icon=":material/diamond:",
                disabled=busy,
                key="whole-set",
                help="The master, its close-ups, the sheets and the 3D view, without a further press.",
            )
            pressed = press.submit(
                f"Generate four candidates{price.candidates(row, size, 4)}",
                icon=":material/auto_awesome:",
                disabled=busy,
                key="generate",
                help="Choose the master yourself, then go step by step.",
            )
            asked = reader is not None and reading.button(reader, disabled=busy)
    if asked and reader is not None:
        with errors.shown():
            bench.require_editor()
            order_reading(checked_prompt(prompt), kind, reader.id)
    if pressed or whole:
        with errors.shown():
            bench.require_editor()
            words = checked_prompt(prompt)
            standing = design.kind if design else None
            if not refused(words, provider=row.id, chosen=kind, standing=standing):
                meant = kind or generate.prompted_kind(words, standing)
                order_candidates(words, meant, size, int(seed), row.id, whole=whole)


def order_reading(prompt: str, kind: Kind | None, reader_id: str) -> None:
    """Have a language model read the prompt; what it makes of it is shown beside the atelier's own reading."""
    filled = design_to_fill(prompt, kind or generate.prompted_kind(prompt, design.kind if design else None))
    progress.submit(partial(ReadOrder, design_id=filled.id, provider=reader_id, prompt=prompt, kind=kind))
    session.open_design(filled.id)
    st.rerun()


def order_candidates(
    prompt: str,
    kind: Kind,
    size: int,
    seed: int,
    provider_id: str,
    *,
    whole: bool = False,
    by_model: ModelsReading | None = None,
) -> None:
    """Begin the work and show it: four candidates, or one and the whole set after it; `by_model` of that reading."""
    filled = design_to_fill(prompt, kind)
    order = partial(CandidatesOrder, design_id=filled.id, provider=provider_id, prompt=prompt, kind=kind)
    if by_model is not None:
        order = partial(order, reader=by_model.provider, chosen=by_model.chosen)
    sized = partial(order, size=size, seed=seed)
    progress.submit((lambda: bench.whole_set(filled, sized(count=1), bench=True)) if whole else sized)
    session.open_design(filled.id)
    st.rerun()


def _wanted_size() -> int:
    size = session.value("size")
    return size if isinstance(size, int) else generate.MASTER_PX


def _square(side: int) -> str:
    return f"{side} x {side}"


TABS = ["From a prompt", "From a photograph"]
# Where the piece began is where the page opens: after "Use as master" one stays with the photograph.
words, photo = st.tabs(TABS, default=TABS[master.is_photograph(design)])
with words:
    from_prompt()
with photo:
    photograph.form(design, design_to_fill)
if design is not None:
    progress.panel(design.id, "read")
    reading.show(design, _wanted_size(), order_candidates)
    progress.panel(design.id, "candidates")
    progress.panel(design.id, "edit")
    progress.panel(design.id, "master")
    progress.panel(design.id, "variant")
    if design.branch is not None:
        master.show(design, design.branch)
        master.offer_the_rest(design)
    if design.candidates:
        candidates.show(design, _wanted_size(), order_candidates)
frame.footer(
    HERE,
    design,
    ready=design is not None and design.branch is not None,
    hint="Choose a candidate or upload a photograph first.",
)
