"""A catalogue: a table of pieces is uploaded, worked off row by row, and reviewed where the gate warns."""

import streamlit as st

from pages.ui import errors, frame, press, rows, session, uploads
from pages.ui.workbench import workbench
from pipeline.catalogue import background
from pipeline.catalogue.reckoning import price

HERE = "pages/catalogue.py"
SIDES = (512, 1024, 2048, 4096)

frame.enter(HERE)
bench = workbench()
session.open_design(None)

st.page_link(frame.GALLERY, label="Gallery", icon=":material/arrow_back:")
st.title("Catalogue", anchor=False)
st.markdown(
    "Every row of a table becomes a design with the whole set, from master to 3D. A row has a `prompt` or a `picture` "
    "(an https address), and `name`, `sku`, `kind` and makers of its own where it likes; product exports of Shopify "
    "and WooCommerce are read as they are."
)
if not bench.editable:
    st.info(
        "You are looking as a visitor: catalogues are made by those who sign in.",
        icon=":material/visibility:",
    )
    st.stop()
trouble = session.take_trouble()
if trouble:
    errors.show(trouble)

with st.container(border=True, key="begin"):
    file = st.file_uploader(
        "Table",
        type=["csv", "tsv", "txt", "xlsx", "jsonl", "ndjson"],
        key="table",
        max_upload_size=background.MOST_BYTES // 1_000_000,
    )
    makers = rows.choose_makers(SIDES)
    if file is not None:
        with errors.shown():
            pieces = background.read(file.name, file.getvalue(), makers)
            usd = price(bench, pieces)
            faults = [piece for piece in pieces if piece.fault]
            count = len({piece.print for piece in pieces if not piece.fault})  # rows alike are one piece
            designs = len({piece.work for piece in pieces if not piece.fault})
            st.markdown(
                f"**{count} piece{'s' if count != 1 else ''}**, estimated at **${usd:.2f}**"
                + (
                    f"; {len(faults)} row{'s' if len(faults) != 1 else ''} cannot be used, "
                    f"the first: {errors.plain(faults[0].fault)}"
                    if faults
                    else ""
                )
            )
            rows.preview(pieces)
            cap = st.number_input(
                "Most that the whole may cost, US dollars",
                min_value=0.0,
                max_value=100_000.0,
                value=0.0,
                step=1.0,
                key="cap",
                disabled=usd <= 0,
                help="No call is made that would pass it; the caps of one design and of the day hold as well.",
            )
            if press.button(
                f"Make {designs} design{'s' if designs != 1 else ''} · about ${usd:.2f}"
                if usd
                else "Make them · free",
                type="primary",
                icon=":material/play_arrow:",
                key="start",
                disabled=not count or (usd > 0 and cap <= 0),
            ):
                begun = background.begin(
                    bench, file.name, file.getvalue(), makers, cap, person=session.session_id()
                )
                uploads.used(session.session_id(), file.file_id)
                session.keep("catalogue", begun.id)
                st.rerun()

with errors.shown():
    known = {asked.id: asked for asked in background.all_asked(bench)}
    if known:
        chosen = st.selectbox(
            "Catalogue",
            list(known),
            key="catalogue",
            format_func=lambda each: f"{known[each].title} · {known[each].begun_at:%Y-%m-%d %H:%M} UTC",
        )
        rows.draw(known[chosen or next(iter(known))])
