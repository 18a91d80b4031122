"""How the gate's figures look: a mark, the report in words, the places on the picture."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from pages.ui import errors
from pages.ui.components.compare import Mark
from pipeline.fidelity.gate_version import is_older
from pipeline.fidelity.presence import counted_words
from pipeline.records import CloseUp, Verdict, is_only_enlarged
from pipeline.records.fidelity import Fidelity
from pipeline.records.provenance import NOT_MEASURED, Provenance

_WORDS = {
    "pass": ("Same piece", "green", ":material/verified:"),
    "repaired": ("Repaired to the same piece", "orange", ":material/build_circle:"),
    "fail": ("Redesigned", "red", ":material/gpp_bad:"),
}
_DELIVERED = {"pass": "same piece", "warn": "to be looked at", "fail": "redesigned"}
_MARKS = {"pass": ":material/verified:", "repaired": ":material/build_circle:", "fail": ":material/gpp_bad:"}


_SIDES: dict[str, Literal["before", "after"]] = {
    "element removed": "before",
    "stone missing": "before",
    "prong missing": "before",
    "element added": "after",
    "texture invented": "after",
    "edges tinted": "after",
    "texture smoothed away": "before",
    "texture painted in": "after",
}
"""The picture that shows what a reason is about; the other reasons are seen on both."""

_UNSEEN_DELTA_E = 1.0
"""CIEDE2000 below which two colours side by side look the same."""


def mark(attempt: CloseUp | None) -> str:
    """The verdict as an icon."""
    if attempt is not None and is_only_enlarged(attempt):
        return ":material/zoom_in:"
    return _MARKS[attempt.verdict] if attempt else ":material/block:"


def seal(attempt: CloseUp, provenance: Provenance | None = None) -> tuple[str, Verdict | None]:
    """What a card says of agreement with the master, and its sign; in doubt where it came with a file."""
    doubt = provenance.doubt(attempt.id) if provenance else ""
    if doubt:
        return NOT_MEASURED if doubt == NOT_MEASURED else "does not hold", None
    if is_only_enlarged(attempt):
        return "Enlarged only", None
    return _WORDS[attempt.verdict][0], attempt.verdict


def figure(attempt: CloseUp) -> str:
    """The figure behind the words, explained."""
    return (
        f"Agrees with the master's own pixels to {attempt.shown.lr_psnr_db:.1f} dB; "
        "above 45 no eye sees a difference."
    )


def doubt(attempt: CloseUp, provenance: Provenance | None) -> None:
    """Say why an imported close-up's figures are not to be relied on."""
    reason = provenance.doubt(attempt.id) if provenance else ""
    if reason == NOT_MEASURED:
        st.info(
            "These figures came with the file and are **not measured here**.", icon=":material/hourglass:"
        )
    elif reason:
        st.error(
            f"The figures that came with the file do not hold: {errors.plain(reason)}",
            icon=":material/gpp_bad:",
        )


def foreign(part_ids: Sequence[str], provenance: Provenance | None) -> None:
    """Say of sheets and models that came with a file that nobody measured them here."""
    if provenance and set(part_ids) & set(provenance.others):
        st.caption(":material/hourglass: These figures came with the file and are not measured here.")


def report(attempt: CloseUp) -> None:
    """The verdict, the figures raw and locked, and the reasons in words."""
    measured = attempt.fidelity
    raw, locked = measured.raw, measured.locked
    title, color, icon = verdict_words(attempt)
    st.badge(title, icon=icon, color=color)  # type: ignore[arg-type]  # one of streamlit's colours, from the table
    st.markdown(errors.plain(in_shop_words(attempt)))
    for reason in measured.reasons:
        st.markdown(
            f":orange[:material/report:] {errors.plain(reason.name)} · severity {reason.severity:.2f} of 1"
        )
    if counted := counted_words(measured):
        st.markdown(f":material/diamond: Stones as delivered: {counted}")
    if measured.straightened is not None:
        st.markdown(f":material/straighten: It was bent as delivered; {measured.straightened.words()}")
    with st.expander("Figures", icon=":material/straighten:"):
        delivered, result = st.columns(2)
        delivered.metric(
            "As delivered",
            f"{raw.lr_psnr_db:.1f} dB",
            help="Agreement with the master's own pixels in decibels (PSNR): the more, the closer. "
            "Above 45 dB no eye sees a difference.",
        )
        result.metric(
            "Result",
            f"{locked.lr_psnr_db:.1f} dB",
            help="The same after the lock, the repair that takes the master's own pixels wherever the answer "
            "left them; measured on the saved file.",
        )
        st.caption(
            f"Worst spot of 7 x 7 pixels {raw.worst_window_db:.1f} dB as delivered, "
            f"{locked.worst_window_db:.1f} dB in the result · drift {measured.drift:.2f}, from 0 for nothing "
            f"but enlargement to 1 for another piece · as delivered: {_DELIVERED[measured.raw_verdict]} · colour "
            f"off by at most {raw.delta_e_max:.1f} (CIEDE2000; 1 is just visible)"
            + _surface_words(measured)
            + (f" · measured in {measured.seconds:.1f} s" if measured.seconds is not None else "")
            + (" · judged by an older edition of the gate" if _is_older(measured) else "")
        )


def _surface_words(measured: Fidelity) -> str:
    """What is seen at full size and not at the master's pixels."""
    surface = measured.surface
    if surface is None:
        return ""
    return (
        f" · at full size, as delivered: edges and thin parts off by at most {surface.tint:.1f} in colour (a* b*), "
        f"{surface.texture_left:.0%} of the master's texture left at least"
    )


def _is_older(measured: Fidelity) -> bool:
    return measured.judged_by is not None and is_older(measured.judged_by.gate)


def verdict_words(attempt: CloseUp) -> tuple[str, str, str]:
    """The verdict's title, colour and icon; an enlargement that adds nothing earns no praise for agreeing."""
    if is_only_enlarged(attempt):
        return "Enlarged only: no detail added", "gray", ":material/zoom_in:"
    return _WORDS[attempt.verdict]


def in_shop_words(attempt: CloseUp) -> str:
    """One sentence a jeweler can repeat to a client: what holds of the picture that is shown."""
    shown = attempt.shown
    colour = (
        "colours within 1, which no eye sees"
        if shown.delta_e_max <= _UNSEEN_DELTA_E
        else f"colours up to {shown.delta_e_max:.{int(shown.delta_e_max < 2)}f} apart, 1 being just visible"
    )
    changes = len(attempt.fidelity.reasons)
    if attempt.verdict == "pass":
        return f"Nothing was redesigned; {colour}."
    places = "one change was found" if changes == 1 else f"{changes} changes were found"
    if attempt.verdict == "repaired":
        return f"As delivered, {places}; the master's own pixels were put back there. Now: {colour}."
    return f"This is not the piece of the master any more: {places}; {colour}."


def marks(attempt: CloseUp) -> Sequence[Mark]:
    """The places of the reasons, as fractions of the frame."""
    width, height = attempt.crop.width, attempt.crop.height
    return [
        Mark(
            r.name,
            r.box[0] / width,
            r.box[1] / height,
            r.box[2] / width,
            r.box[3] / height,
            _SIDES.get(r.name),
        )
        for r in attempt.fidelity.reasons
        if r.box
    ]
