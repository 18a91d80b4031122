"""A prompt read by a language model, where one is at hand: asked for, laid beside the atelier's own, chosen or not."""

from collections.abc import Callable

import streamlit as st

from pages.ui import choose, errors, press, progress, session
from pages.ui.workbench import workbench
from pipeline.providers.registry import Row
from pipeline.records import Design, ModelsReading, Role
from pipeline.stages import generate, read

Ask = Callable[..., None]
"""Orders candidates: prompt, kind, size in pixels, seed, provider id; `by_model`, `whole`."""


def _one_of(rows: list[Row]) -> Row:
    """Which of several reads; the only one without a question."""
    if len(rows) == 1:
        return rows[0]
    by_id = {row.id: row for row in rows}
    chosen = st.selectbox(
        "Reader",
        list(by_id),
        key="reader",
        format_func=lambda row_id: choose.label(by_id[row_id], Role.READ),
        help="A language model that can read the prompt beside the atelier; you choose between the two readings.",
    )
    return by_id[chosen or rows[0].id]


def choose_reader() -> Row | None:
    """Who reads the prompt if asked to; None where nobody is at hand, and nothing is shown then."""
    rows = [row for row in workbench().registry.rows(Role.READ, keys=session.own_keys()) if row.ready]
    return _one_of(rows) if rows else None


def button(reader: Row, *, disabled: bool) -> bool:
    """The button of the prompt's form that has it read, with its price."""
    return press.submit(
        f"Have it read by {called(reader.name)}{choose.price(reader, Role.READ, 1)}",
        icon=":material/translate:",
        disabled=disabled,
        key="have-it-read",
        help="A language model reads the prompt; you see what it reads otherwise than the atelier, and choose.",
    )


def called(name: str) -> str:
    """A reader's name without what it does."""
    return errors.plain(name.replace(" · reads prompts", ""))


def show(design: Design, size: int, ask: Ask) -> None:
    """The model's reading beside the atelier's own, field by field, and the choice between them; else nothing."""
    reading = design.reading
    if reading is None:
        return
    with st.container(border=True, key="readings"):
        st.markdown(f"**Two readings of** {errors.plain(reading.prompt)}")
        with errors.shown():
            rows = read.differing(reading)
            _side_by_side(reading, rows)
            for sentence in reading.sentences:
                st.caption(errors.plain(sentence))
            if workbench().editable:
                _choice(design, reading, size, ask, differ=bool(rows))


def _side_by_side(reading: ModelsReading, rows: tuple[tuple[str, str, str], ...]) -> None:
    name = called(reading.name)
    if not reading.origin:
        st.warning(f"{name} read no piece that can be made here; the atelier's own reading stands.")
        return
    if not rows:
        st.markdown(f"{name} reads the same piece as the atelier.")
        return
    st.table(
        {
            "Field": [errors.plain(field) for field, _, _ in rows],
            "The atelier": [errors.plain(first) for _, first, _ in rows],
            name: [errors.plain(second) for _, _, second in rows],
        }
    )


def _choice(design: Design, reading: ModelsReading, size: int, ask: Ask, *, differ: bool) -> None:
    busy = any(progress.running(design.id, verb) for verb in ("read", "candidates"))
    kind = reading.chosen or generate.prompted_kind(reading.prompt, design.kind)
    seed = session.value("seed")
    number = seed if isinstance(seed, int) else 0
    with st.container(horizontal=True):
        if reading.origin and differ:
            label = f"Four candidates as {called(reading.name)} reads it"
            if press.button(label, key="as-the-model", type="primary", disabled=busy):
                with errors.shown():
                    as_read = read.kind_read(reading, kind)
                    ask(reading.prompt, as_read, size, number, "atelier", by_model=reading)
            label = f"The whole set as {called(reading.name)} reads it"
            if press.button(label, key="set-as-the-model", disabled=busy):
                with errors.shown():
                    as_read = read.kind_read(reading, kind)
                    ask(reading.prompt, as_read, size, number, "atelier", by_model=reading, whole=True)
        if press.button("Four candidates as the atelier reads it", key="as-the-atelier", disabled=busy):
            with errors.shown():
                ask(reading.prompt, kind, size, number, "atelier")
        if press.button("Dismiss", key="dismiss-reading", type="tertiary"):
            with errors.shown():
                workbench().store.update(design.id, read.keep_own)
                st.rerun()
