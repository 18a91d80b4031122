"""The rows of a catalogue on its page: who makes them, how far they are, and those the gate warns of."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import choose, errors, fidelity, press, session
from pages.ui.workbench import workbench
from pipeline.catalogue import background
from pipeline.catalogue.background import Asked, Makers, Standing, Warned
from pipeline.catalogue.report import Line, as_csv
from pipeline.catalogue.table import Piece
from pipeline.jobs import Job
from pipeline.providers.registry import Row
from pipeline.records import CloseUp, Role
from pipeline.stages import enhance

_POLL = "1s"
_PREVIEWED = 5
_REVIEWED_AT_ONCE = 6
_THUMBNAIL_PX = 384
_PARTS = (
    ("Masters", "provider", Role.GENERATE),
    ("Close-ups", "enhancer", Role.ENHANCE),
    ("Sheets", "sketcher", Role.SKETCH),
    ("Models", "modeler", Role.MODEL),
)
_ENDED = {"done": "whole", "incomplete": "without a part", "failed": "failed"}


def choose_makers(sides: Sequence[int]) -> Makers:
    """Who makes what of the rows that name nobody."""
    chosen: dict[str, str] = {}
    with st.expander("Who makes what", icon=":material/tune:"):
        columns = st.columns(3)
        for number, (title, field, role) in enumerate(_PARTS):
            lines = {
                row.id: row for row in workbench().registry.rows(role) if row.ready and row.id != "careless"
            }
            with columns[number % 3]:
                chosen[field] = _maker(title, field, role, lines)
        with columns[1]:
            side = st.selectbox("Master, px", sides, index=sides.index(2048), key="maker-size")
        with columns[2]:
            factor = st.segmented_control(
                "Close-ups enlarged", (2, 4), default=4, required=True, key="maker-factor"
            )
    return Makers(**chosen, size=side or 2048, factor=factor)


def _maker(title: str, field: str, role: Role, lines: Mapping[str, Row]) -> str:
    best = "atelier" if role is Role.GENERATE else ""

    def called(provider_id: str) -> str:
        return choose.label(lines[provider_id], role) if provider_id else "the best without a key · free"

    ids = [best, *(each for each in lines if each != best)]
    return st.selectbox(title, ids, key=f"maker-{field}", format_func=called)


def preview(pieces: Sequence[Piece]) -> None:
    """The first rows as they were understood."""
    st.dataframe(
        [
            {
                "row": piece.row,
                "name": piece.name,
                "kind": piece.kind or "",
                "from": piece.picture or piece.prompt,
                "trouble": piece.fault,
            }
            for piece in pieces[:_PREVIEWED]
        ],
        hide_index=True,
        width="stretch",
    )


def draw(asked: Asked) -> None:
    """How far a catalogue is, what came of its rows, and what is to be looked at."""
    job = background.find_job(workbench(), asked)
    how_far = background.standing(workbench(), asked)
    _figures(asked, how_far)
    if job is not None and job.running:
        st.fragment(_watch, run_every=_POLL)(job, asked)
    else:
        _ended(asked, how_far, job)
    _review(background.warned(workbench(), how_far.lines))
    if how_far.lines:
        _list(asked, how_far.lines)


def _figures(asked: Asked, how_far: Standing) -> None:
    lines = how_far.lines
    with st.container(horizontal=True, key="figures"):
        st.metric("Rows", f"{len(lines)} of {len(how_far.pieces)}")
        st.metric("Whole", sum(line.state == "done" for line in lines))
        st.metric("To look at", sum(bool(line.look) for line in lines))
        cap = rf" of \${asked.cap_usd:.2f}" if asked.cap_usd else ""  # two bare signs would be a formula's
        st.metric("Spent", rf"\${sum(line.cost_usd for line in lines):.2f}{cap}")


@errors.guarded
def _watch(job: Job, asked: Asked) -> None:
    ended = background.count_ended(workbench(), asked)
    if not job.running or session.changed(f"ended-{asked.id}", ended):
        st.rerun()  # the whole page: what came of the row stands on it
    row = job.rows[0] if job.rows else None
    with st.container(border=True, key="under-way"):
        st.progress(
            row.fraction if row else 0.0, text=errors.plain(row.note) if row and row.note else "Starting …"
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if press.button("Stop", icon=":material/stop_circle:", key="stop"):
                with errors.shown():
                    workbench().cancel(job)
            st.caption(
                "Stopping; what was ordered is waited for …"
                if job.cancelled()
                else "You may leave this page; the work goes on."
            )


def _ended(asked: Asked, how_far: Standing, job: Job | None) -> None:
    """Why it does not go on, and the button that has it go on."""
    for row in job.troubles if job is not None else ():
        if row.error is not None:
            errors.show(row.error)
    count = len(how_far.undone)
    if not count:
        if all(line.state == "done" for line in how_far.lines):
            st.success("Every row is whole.", icon=":material/check_circle:")
        return
    if how_far.refused is not None:
        errors.show(how_far.refused)
        return
    what = "**1 row** is not whole" if count == 1 else f"**{count} rows** are not whole"
    st.markdown(f"{what}, estimated at **${how_far.left_usd:.2f}**.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cap = asked.cap_usd
        if how_far.left_usd > 0:
            cap = st.number_input(
                "Most that the whole may cost, US dollars",
                min_value=0.0,
                max_value=100_000.0,
                value=asked.cap_usd,
                step=1.0,
                key=f"cap-{asked.id}",
                width=320,
            )
        if press.button("Go on", type="primary", icon=":material/resume:", key="go-on"):
            with errors.shown():
                bench = workbench()
                changed = background.raise_cap(bench, asked, cap) if cap != asked.cap_usd else asked
                background.go_on(bench, changed, person=session.session_id())
                st.rerun()


def _review(rows: Sequence[Warned]) -> None:
    """The rows the gate warns of or that lack something, a few at a time."""
    if not rows:
        return
    st.subheader(f"Review · {len(rows)}", anchor=False)
    st.caption("Only what the gate warns of, the worst first. Everything else is as its master.")
    for row in rows[:_REVIEWED_AT_ONCE]:
        with errors.shown(), st.container(border=True, key=f"review-{row.line.row}"):
            _reviewed(row)
    if len(rows) > _REVIEWED_AT_ONCE:
        st.caption(f"{len(rows) - _REVIEWED_AT_ONCE} more follow.")


def _reviewed(row: Warned) -> None:
    line, design = row.line, row.design
    st.markdown(f"**{errors.plain(line.name or f'Row {line.row}')}** · row {line.row} · {_ENDED[line.state]}")
    if line.look:
        st.caption(errors.plain(line.look))
    if design is None:
        return
    with st.container(horizontal=True, gap="medium"):
        for close_up in row.close_ups:
            with st.container(width=220, key=f"warned-{close_up.id}"):
                _close_up(design.id, close_up)
    st.page_link(
        "pages/enhance.py",
        label="Look closer on Enhance" if row.close_ups else "Open the design",
        icon=":material/zoom_in:",
        query_params={"design": design.id},
    )


def _close_up(design_id: str, close_up: CloseUp) -> None:
    store = workbench().store
    st.image(store.thumbnail(close_up.result, _THUMBNAIL_PX), alt=f"Close-up: {close_up.region.label}")
    st.caption(
        f"{errors.plain(close_up.region.label)} · {fidelity.seal(close_up)[0]}",
        help=fidelity.figure(close_up),
    )
    with st.container(horizontal=True):
        for decision, text, icon in (
            ("accepted", "Accept", ":material/thumb_up:"),
            ("rejected", "Reject", ":material/thumb_down:"),
        ):
            press.button(
                text,
                icon=icon,
                key=f"{decision}-{close_up.id}",
                on_click=_decide,
                args=(design_id, close_up.id, decision),
            )


@errors.guarded
def _decide(design_id: str, close_up_id: str, decision: str) -> None:
    enhance.decide(
        workbench().store, design_id, close_up_id, "accepted" if decision == "accepted" else "rejected"
    )


def _list(asked: Asked, lines: Sequence[Line]) -> None:
    st.subheader("All rows", anchor=False)
    st.dataframe(
        [
            {
                "row": line.row,
                "name": line.name,
                "number": line.key,
                "ended": _ENDED[line.state],
                "pass": line.passed,
                "repaired": line.repaired,
                "redesigned": line.redesigned,
                "sheets": line.sheets,
                "US$": round(line.cost_usd, 3),
                "minutes": round(line.seconds / 60, 1),
                "look at": line.look,
            }
            for line in lines
        ],
        hide_index=True,
        width="stretch",
        key=f"lines-{asked.id}",
    )
    st.download_button(
        "Report (CSV)",
        lambda: as_csv(tuple(lines)),
        file_name=f"{asked.title}.csv",
        mime="text/csv",
        icon=":material/download:",
        key="report",
    )
