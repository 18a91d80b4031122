"""The contact sheet: six sheets with their figures, versions to choose from, one enlarged, and every download."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import choose, dialogs, errors, press, price, session
from pages.ui.components.compare import compare
from pages.ui.workbench import workbench
from pipeline import images
from pipeline.drawing import STYLES, kept_page, to_dxf, to_pdf, to_svg
from pipeline.export.brand import file_name
from pipeline.providers.registry import Row
from pipeline.records import Branch, Design, Role, Sketch
from pipeline.stages import sheets as stage
from pipeline.stages.subjects import Subject

_ENLARGED_PX = 1400
"""Wider pictures Streamlit makes smaller itself."""

Redo = Callable[[Sketch, str, str], None]


def contact_sheet(
    branch: Branch,
    sheets: tuple[Sketch, ...],
    *,
    sketchers: dict[str, Row],
    subjects: Sequence[Subject],
    busy: bool,
    redo: Redo,
) -> None:
    """Cards in rows of three; `redo(sheet, style, provider)` draws one again."""
    for sentence in dict.fromkeys(filter(None, map(stage.ground_note, sheets))):
        st.warning(sentence, icon=":material/content_cut:")
    for start in range(0, len(sheets), 3):
        for column, sheet in zip(st.columns(3), sheets[start : start + 3], strict=False):
            with column, st.container(border=True, key=f"sheet-{sheet.number}"):
                shown = [subject for subject in subjects if subject.number == sheet.number]
                _card(branch, sheet, sketchers, shown, busy=busy, redo=redo)


def gallery(branch: Branch, sheets: tuple[Sketch, ...]) -> None:
    """The sheets of another set: to look at and to take away, not to draw again."""
    for start in range(0, len(sheets), 3):
        for column, sheet in zip(st.columns(3), sheets[start : start + 3], strict=False):
            with column, st.container(border=True, key=f"finished-{sheet.id}"):
                _picture(branch, sheet, key=sheet.id)


def other_set(branch: Branch, views: tuple[str, ...]) -> tuple[str, ...]:
    """The views of the set that is not shown: of bench views those drawn last, else none, for master and close-ups."""
    if views:
        return ()
    drawn = {sheet.number: sheet.view for sheet in branch.sketches if sheet.view}
    return branch.views or tuple(drawn.get(number, "") for number in range(1, max(drawn, default=0) + 1))


def downloads(design: Design, sheets: tuple[Sketch, ...]) -> None:
    """All sheets in one PDF whose lines are lines."""
    store = workbench().store

    def document() -> bytes:
        pages = [kept_page(sheet, store.read) for sheet in sheets]
        return to_pdf(pages, title=design.name, moment=design.updated_at)

    st.download_button(
        f"All {len(sheets)} sheets as one PDF" if len(sheets) > 1 else "The sheet as PDF",
        document,
        file_name=file_name(design, "pdf", "sheets"),
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        key="download-pdf",
        help="Lines stay lines and lettering stays text, at any enlargement.",
    )
    st.caption("Print at 100 %, not fitted to the page: the bar above the title block is then 50 mm long.")


def figure(sheet: Sketch) -> str:
    """What was measured of a sheet, in a few words."""
    precision, recall = (sheet.figures.get(name, 0.0) for name in ("precision", "recall"))
    if precision == 0:
        return "no edges found"
    measured = f"{precision:.0%} of its lines on edges, {recall:.0%} of the strong edges drawn"
    mark = {"pass": " · :green[passed the sketch gate]", "warn": " · :orange[drifts: check it]"}
    return measured + mark.get(sheet.verdict, "")


def _card(
    branch: Branch,
    sheet: Sketch,
    sketchers: dict[str, Row],
    shown: Sequence[Subject],
    *,
    busy: bool,
    redo: Redo,
) -> None:
    row = _picture(branch, sheet, key=str(sheet.number))
    with row, st.popover("Redo", icon=":material/refresh:", key=f"redo-{sheet.number}", disabled=busy):
        style = st.selectbox(
            "Style", STYLES, STYLES.index(_known(sheet.style)), key=f"restyle-{sheet.number}"
        )
        drawer = st.selectbox(
            "Provider",
            list(sketchers),
            key=f"redrawer-{sheet.number}",
            format_func=lambda row_id: choose.label(sketchers[row_id], Role.SKETCH),
        )
        st.caption("The other controls are those above. Earlier versions stay.")
        again = f"Draw again{price.sheets(sketchers[drawer], shown) if drawer else ''}"
        if press.button(again, type="primary", key=f"again-{sheet.number}", disabled=busy):
            redo(sheet, style, drawer or "")


def _picture(branch: Branch, sheet: Sketch, *, key: str) -> DeltaGenerator:
    """A sheet with its words, its versions and the button that enlarges it; more buttons may stand beside that."""
    thumbnail = workbench().store.thumbnail(sheet.sheet, 900)
    st.image(thumbnail, width="stretch", alt=f"Sheet {sheet.number}: {sheet.title}")
    st.caption(
        f"**{sheet.number}  {errors.plain(sheet.title)}** · {errors.plain(sheet.style)} · {figure(sheet)}"
    )
    versions = branch.versions(sheet.number)
    if len(versions) > 1:
        _choose(branch, sheet, versions)
    row = st.container(horizontal=True)
    with row:
        if press.button("Enlarge", icon=":material/fullscreen:", key=f"enlarge-{key}", anyone=True):
            enlarged(branch, sheet)
    return row


def _known(style: str) -> Any:
    return style if style in STYLES else STYLES[0]


def _choose(branch: Branch, sheet: Sketch, versions: tuple[Sketch, ...]) -> None:
    """Let another version stand: in the showcase and in every export."""
    ids = [version.id for version in versions]
    names = {v.id: f"{n} · {v.style} · {v.sheet.recipe.provider}" for n, v in enumerate(versions, 1)}
    key = f"version-{sheet.number}-{len(versions)}-{branch.master.id[:8]}-{sheet.view}"

    def chosen() -> None:
        with errors.shown():
            stage.choose(workbench().store, session.design_id() or "", str(session.value(key)))

    if session.has(key) and session.value(key) != sheet.id:
        session.drop(key)
    st.selectbox(
        "Version",
        ids,
        index=ids.index(sheet.id),
        key=key,
        format_func=lambda i: names[i],
        on_change=chosen,
        label_visibility="collapsed",
        help="The version chosen here stands in the showcase and in every export.",
    )


@dialogs.dialog("Sheet", width="large")
def enlarged(branch: Branch, sheet: Sketch) -> None:
    """One sheet as large as the page allows, laid over its source, and its files."""
    store = workbench().store
    st.markdown(f"**{sheet.number}  {errors.plain(sheet.title)}** · {errors.plain(sheet.style)}")
    over_source = st.toggle(
        "Lay it over its source", key=f"overlay-{sheet.id}", help="Drag the slider: drawing and source."
    )
    both = stage.overlay(store, branch, sheet) if over_source else None
    if both:
        compare(
            *both,
            labels=("source", "drawing"),
            alt=f"{sheet.title}: its source and the drawing",
            key=f"over-{sheet.id}",
        )
    else:
        if over_source:
            st.info("Of this older sheet only the finished sheet was kept; draw it again to lay it over.")
        # Given the file, Streamlit would drop rows and columns of its 16 greys, and with them strokes of the lettering.
        seen = store.pixels(sheet.sheet)
        seen = images.resize(seen, _ENLARGED_PX, round(_ENLARGED_PX * seen.shape[0] / seen.shape[1]))
        st.image(seen, width="stretch", output_format="PNG", alt=f"Sheet {sheet.number}: {sheet.title}")
    st.caption(figure(sheet))
    _files(sheet)


def _files(sheet: Sketch) -> None:
    store = workbench().store
    page = kept_page(sheet, store.read)
    design = store.load(session.design_id() or "")
    files: list[tuple[str, str, str, Callable[[], bytes | str]]] = [
        ("PNG, 300 dpi", "png", "image/png", lambda: store.read(sheet.sheet)),
        ("SVG", "svg", "image/svg+xml", lambda: to_svg(page, title=sheet.title)),
        ("PDF", "pdf", "application/pdf", lambda: to_pdf([page], title=sheet.title)),
    ]
    if page.scale > 0:
        files.append(("DXF, 1 : 1", "dxf", "image/vnd.dxf", lambda: to_dxf(page)))
    with st.container(horizontal=True):
        for label, kind, mime, make in files:
            st.download_button(
                label,
                make,
                file_name=file_name(design, kind, f"sheet-{sheet.number}"),
                mime=mime,
                icon=":material/download:",
                key=f"{kind}-{sheet.id}",
            )
