"""Background work on the page: a row for each part, Cancel, Resume. Polls while it runs, then redraws once."""

import math
import re
import time
from collections.abc import Callable

import streamlit as st

from pages.ui import choose, errors, press, price, session
from pages.ui.workbench import workbench
from pipeline.errors import LoupeError, ProviderError, RateLimited
from pipeline.jobs import Job
from pipeline.jobs import Row as Part
from pipeline.providers.registry import Row
from pipeline.records import Role
from pipeline.stages.branch import number_of
from pipeline.stages.tools import OfMaster, StageOrder

WHOLE = "set"
"""The verb of the order for everything; its panel stands on every page of the design."""
_POLL = "0.4s"
_MINUTE_S = 60
_ICONS = {
    "waiting": ":material/schedule:",
    "running": ":material/progress_activity:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
}
_ROLES = {
    "candidates": Role.GENERATE,
    "enhance": Role.ENHANCE,
    "sketch": Role.SKETCH,
    "model": Role.MODEL,
    "read": Role.READ,
}
"""The kinds of work another provider can do instead."""
_CALLED = {WHOLE: "the whole set", "variant": "the master of this variant", "bakeoff": "the bake-off"}
_GENERIC = {"image", "images", "upscale", "upscaler", "latest", "structure", "generate"}
"""Words of model ids that name no model."""


def submit(order: Callable[[], StageOrder]) -> None:
    """Order work; what refuses it is shown, also after the redraw that usually follows.

    An order is written within, for it refuses by itself what cannot be ordered.
    """
    try:
        job = workbench().submit(order(), session.own_keys(), person=session.session_id())
        session.keep(
            f"watched-{job.order.key}", "running"
        )  # who ordered is told the end, however soon it comes
    except LoupeError as error:
        session.set_trouble(error)


def running(design_id: str | None, verb: str) -> bool:
    """Whether this work is under way for the design, by itself or as a part of the whole set."""
    jobs = [workbench().jobs.find(design_id, each) for each in (verb, WHOLE)] if design_id else []
    return any(job is not None and job.running for job in jobs)


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


@errors.guarded
def _watch(job: Job) -> None:
    done = sum(row.state == "done" for row in job.rows)
    if not job.running or session.changed(f"done-{job.order.key}", done):
        st.rerun()  # the whole page: what was finished is on it, while the rest is still under way
    session.keep(f"watched-{job.order.key}", "running")
    shown = [row for row in job.rows if row.state != "done"] if job.order.verb == WHOLE else job.rows
    with st.container(border=True, key=f"job-{job.order.key}"):
        if job.order.verb == WHOLE:
            st.markdown(f"**The whole set** · {done} of its parts finished, each on its page")
        for row in shown:
            st.progress(row.fraction, text=_words(row))
        if not shown:
            st.progress(0.0, text="Starting …")
        with st.container(horizontal=True, vertical_alignment="center"):
            if press.button("Cancel", icon=":material/stop_circle:", key=f"cancel-{job.order.key}"):
                with errors.shown():
                    workbench().cancel(job)
            leave = f"{time_left(job.due, time.monotonic())} · You may leave this page; the work goes on."
            st.caption("Stopping …" if job.cancelled() else leave)


def _words(row: Part) -> str:
    """A row's name and what is happening to it; of one that is done its name says enough."""
    words = row.error.title if row.error is not None else row.note if row.state != "done" else ""
    note = f" · {errors.plain(words)}" if words else ""
    return f"{_ICONS[row.state]} **{errors.plain(row.name)}**{note}"


def time_left(due: float | None, now: float) -> str:
    """What can honestly be said of the wait, both times on the same clock in seconds."""
    if due is None:
        return "How long this takes here is not known yet; it is being measured"
    left = due - now
    if left <= 0:
        return "Longer than usual here"
    if left < _MINUTE_S:
        return "Less than a minute left, by what it took here before"
    return f"About {math.ceil(left / _MINUTE_S)} minutes left, by what it took here before"


def _dismiss(job: Job) -> None:
    with errors.shown():
        workbench().dismiss(job)
        st.rerun()


def _ended(job: Job) -> None:
    if session.take(f"watched-{job.order.key}"):
        _say_finished(job)
    if job.order.verb == WHOLE and session.has(_finished(job.order.design_id)):
        _lead_to_the_showcase(job.order.design_id)
    for row in job.troubles:
        if row.error is not None:
            errors.show(row.error, where=row.name)
    if job.state == "cancelled":
        st.info("Stopped. What was finished is kept.", icon=":material/stop_circle:")
    if not job.troubles and job.state != "cancelled":
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"after-{job.order.key}"):
        if job.troubles and isinstance(job.order, StageOrder):
            _offer(job)
        if workbench().editable and press.button("Dismiss", key=f"dismiss-{job.order.key}", type="tertiary"):
            _dismiss(job)


def _say_finished(job: Job) -> None:
    """Tell in the browser tab's title, for whoever works elsewhere, and on the page."""
    st.set_page_config(page_title="✓ Finished · Loupe" if job.state == "done" else "Stopped · Loupe")
    if job.order.verb == WHOLE and job.state == "done" and not job.troubles:
        session.keep(_finished(job.order.design_id), "told")


def _lead_to_the_showcase(design_id: str) -> None:
    """Stands until the showcase has been opened: what is pressed meanwhile does not take it away."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="set-finished"):
        st.markdown(":material/check_circle: The whole set is finished.")
        st.page_link(
            "pages/showcase.py",
            label="See it on the showcase",
            icon=":material/diamond:",
            query_params={"design": design_id},
        )


def seen(design_id: str) -> None:
    """The showcase is open: that the set is finished is seen there."""
    session.drop(_finished(design_id))


def _finished(design_id: str) -> str:
    return f"finished-{design_id}"


def _offer(job: Job) -> None:
    """Have what failed done again: by another provider, or by the same where waiting may have helped."""
    current = str(getattr(job.order, "provider", ""))
    role = _ROLES.get(job.order.verb)
    text, chosen = "Try again", current
    if role is not None:
        rows = _able(job, role, current)
        if not rows:
            return
        row = _instead(job, role, rows, current)
        chosen = row.id
        free = _is_on_record(job) and chosen == current
        text = "Fetch what was ordered" if free else f"Try again{_price(job, row)}"
    if press.button(text, type="primary", icon=":material/refresh:", key=f"again-{job.order.key}"):
        _give(lambda: workbench().again(job, chosen))


def _price(job: Job, row: Row) -> str:
    bench = workbench()
    return price.order(row, bench.again(job, row.id), bench.store.load(job.order.design_id))


def _instead(job: Job, role: Role, rows: list[Row], current: str) -> Row:
    """Who is to do it: the one that failed comes first where it has the order, or was only asked too often."""
    passing = _is_on_record(job) or any(isinstance(row.error, RateLimited) for row in job.troubles)
    ids = [row.id for row in rows]
    count = _count(job)
    chosen = st.selectbox(
        f"Do the {count} that failed again with" if count > 1 else "Do it again with",
        ids,
        index=ids.index(current) if passing and current in ids else 0,
        key=f"instead-{job.order.key}",
        format_func=lambda row_id: choose.label(rows[ids.index(row_id)], role),
        width=420,
    )
    return rows[ids.index(chosen)] if chosen else rows[0]


def _is_on_record(job: Job) -> bool:
    """Whether a provider has an order that is paid for: asking the same again fetches it."""
    return any(isinstance(row.error, ProviderError) and row.error.kept for row in job.troubles)


def _count(job: Job) -> int:
    return max(1, sum(1 for row in job.troubles if row.item is not None))


def _able(job: Job, role: Role, current: str) -> list[Row]:
    """Who else can do this kind of work now, the likest and cheapest first; the one that failed last."""
    bench = workbench()
    home = bench.home_provider(bench.store.load(job.order.design_id), role)
    rows = [row for row in bench.registry.rows(role, keys=session.own_keys()) if row.ready]
    was = next((row for row in rows if row.id == current), None)
    shut_out = {"careless", "atelier"} - {home}  # a model of faults; a jeweler who knows own pieces only

    def order(row: Row) -> tuple[float, ...]:
        if was is None:
            return row.experimental, row.price(role)
        same_house = bool(was.vendor) and row.vendor == was.vendor
        same_model = bool(_family(was.models[role]) & _family(row.models[role]))  # it would refuse again
        unlike = row.detail(role) is not was.detail(role)
        return row.id == current, row.experimental, same_house, same_model, unlike, row.price(role)

    return sorted((row for row in rows if row.id not in shut_out or row.id == current), key=order)


def _family(model: str) -> set[str]:
    """The words a model id is about: `seedream` in `fal-ai/bytedance/seedream/v4/edit`, whoever runs it."""
    return {word for word in re.split(r"[^a-z]+", model.lower()) if len(word) > 4} - _GENERIC


def _interrupted(job: Job) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="interrupted"):
        st.write(
            f"The work “{_CALLED.get(job.order.verb, job.order.verb)}” was interrupted when the server stopped. "
            f"Finished parts are kept; what was ordered is fetched, and nothing is bought twice.{_whose(job)}"
        )
        if not workbench().editable:
            return
        if press.button("Resume", type="primary", icon=":material/resume:", key=f"resume-{job.order.key}"):
            _give(lambda: workbench().resume(job))
        if press.button("Dismiss", key=f"dismiss-{job.order.key}"):
            _dismiss(job)


def _whose(job: Job) -> str:
    """A sentence about whose work it is, where another master stands now."""
    master = job.order.master if isinstance(job.order, OfMaster) else None
    design = workbench().store.load(job.order.design_id)
    masters = {branch.master.id for branch in design.branches}
    if master is None or design.branch is None or master not in masters:
        return ""
    if design.branch.master.id == master:
        return ""
    whose = f" It is work on master {number_of(design, master) + 1}"
    if job.order.verb == WHOLE:
        return f"{whose}; go back to that one on Generate, and resume it there."
    return f"{whose}, and joins that one."


def _give(order: Callable[[], StageOrder]) -> None:
    submit(order)
    st.rerun()
