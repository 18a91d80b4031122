"""The server that `make run` starts: the pages of `app.py`, and the HTTP API under `/api`, over one workbench.

`streamlit run app.py` serves the pages alone, as hosts do that name no other file.
"""

import logging

import streamlit as st
from starlette.routing import BaseRoute, Mount

from pages.ui.workbench import opened
from pipeline import log


def routes() -> list[BaseRoute]:
    """Where the API is mounted, beneath the path the pages are served at; nothing where it cannot be."""
    try:
        from pipeline.api.application import application
    except ImportError as error:  # an incomplete installation still shows its designs
        log.event("api.missing", logging.WARNING, error=error)
        return []
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [Mount(f"/{base}/api" if base else "/api", application(opened))]


app = st.App("app.py", routes=routes())
