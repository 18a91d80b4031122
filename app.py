"""The frame: page config, navigation, sidebar with the open design; runs the chosen page."""

import logging
from contextlib import suppress

import streamlit as st

from pages.ui import access, browser, collector, errors, session, sidebar, theme, uploads, widget_values
from pages.ui.workbench import opened
from pipeline import log
from pipeline.settings import Settings

widget_values.guard()
browser.guard()
# Before the navigation: else the browser is told to fetch the page's icon from elsewhere.
st.set_page_config(page_title="Loupe", page_icon="static/loupe.png", layout="wide")
page = st.navigation(
    [
        st.Page("pages/gallery.py", title="Gallery", icon=":material/grid_view:", default=True),
        st.Page("pages/generate.py", title="Generate", icon=":material/auto_awesome:"),
        st.Page("pages/crop.py", title="Crop", icon=":material/crop:"),
        st.Page("pages/enhance.py", title="Enhance", icon=":material/zoom_in:"),
        st.Page("pages/sketch.py", title="Sketch", icon=":material/draw:"),
        st.Page("pages/model3d.py", title="3D", icon=":material/view_in_ar:"),
        st.Page("pages/showcase.py", title="Showcase", icon=":material/diamond:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:"),
        st.Page("pages/catalogue.py", title="Catalogue", icon=":material/table_rows:"),
    ],
    position="hidden",
)
session.mark_framed()
wanted = session.take_pending_page()
if wanted:
    open_id = session.design_id()
    st.switch_page(wanted, query_params={"design": open_id} if open_id else None)
# All of the set stands on one screen of the showcase: there the workshop's sidebar steps back. Said once in a run,
# for a browser that is told of two states shows either.
whole_screen = session.presenting() or page.title == "Showcase"
st.set_page_config(initial_sidebar_state="collapsed" if whole_screen else "auto")

settings = None
with errors.shown():
    settings = opened().settings
if settings is None:
    with suppress(ValueError):
        unopened = Settings()
        log.configure(unopened.log_level, unopened.log_format)
    log.event("data.unusable", logging.ERROR)
    st.stop()
if log.configure(settings.log_level, settings.log_format):
    log.event("start", read_only=settings.read_only, demo=settings.demo_providers)
theme.complete()
uploads.govern(session.session_id(), allowed=access.may_work(settings))
if not session.presenting():
    with errors.shown():
        sidebar.draw()
    with errors.shown():
        access.draw(settings)
with errors.shown():
    page.run()
collector.spare_modules()
