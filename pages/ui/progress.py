"""Background work on the page: a row for each part, Cancel, Resume. Polls while it runs, then redraws once."""

import streamlit as st

from pages.ui import errors, session
from pages.ui.workbench import workbench
from pipeline.errors import LoupeError
from pipeline.jobs import Job, Order

_POLL = "0.6s"
_ICONS = {
    "waiting": ":material/schedule:",
    "running": ":material/progress_activity:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
}


def submit(order: Order) -> None:
    """Order work; what refuses it is shown, also after the redraw that usually follows."""
    try:
        workbench().submit(order, session.own_keys())
    except LoupeError as error:
        session.set_trouble(error)


def running(design_id: str | None, verb: str) -> bool:
    """Whether this work is under way for the design."""
    job = workbench().jobs.find(design_id, verb) if design_id else None
    return job is not None and job.running


def panel(design_id: str, verb: str) -> None:
    """Show the newest job of this kind: its rows, its troubles, and what can be done."""
    job = workbench().jobs.find(design_id, verb)
    if job is None:
        return
    if job.state == "interrupted":
        _interrupted(job)
    elif job.running:
        st.fragment(_watch, run_every=_POLL)(job)
    else:
        _ended(job)


def _watch(job: Job) -> None:
    if not job.running:
        st.rerun()
    with st.container(border=True, key=f"job-{job.order.key}"):
        waiting = workbench().atelier.queue_note()
        for row in job.rows:
            note = f" · {row.note}" if row.note else ""
            st.progress(row.fraction, text=f"{_ICONS[row.state]} **{row.name}**{note}")
        if not job.rows:
            st.progress(0.0, text="Starting …")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Cancel", icon=":material/stop_circle:", key=f"cancel-{job.order.key}"):
                with errors.shown():
                    workbench().cancel(job)
            st.caption(
                "Stopping …" if job.cancelled() else waiting or "You may leave this page; the work goes on."
            )


def _ended(job: Job) -> None:
    for row in job.troubles:
        if row.error is not None:
            errors.show(row.error, where=row.name)
    if job.state == "cancelled":
        st.info("Stopped. What was finished is kept.", icon=":material/stop_circle:")
    if (job.troubles or job.state == "cancelled") and st.button(
        "Dismiss", key=f"dismiss-{job.order.key}", type="tertiary"
    ):
        workbench().jobs.forget(job)
        st.rerun()


def _interrupted(job: Job) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="interrupted"):
        st.write(
            f"The work “{job.order.verb}” was interrupted when the server stopped. "
            "Finished parts are kept; nothing is bought twice."
        )
        if st.button("Resume", type="primary", icon=":material/resume:", key=f"resume-{job.order.key}"):
            _again(job.order)
        if st.button("Dismiss", key=f"dismiss-{job.order.key}"):
            workbench().jobs.forget(job)
            st.rerun()


def _again(order: Order) -> None:
    try:
        workbench().submit(order, session.own_keys())
    except LoupeError as error:
        errors.show(error)
    else:
        st.rerun()
