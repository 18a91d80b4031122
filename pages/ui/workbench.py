"""The one Workbench of this server process, and what of it a session may use."""

import streamlit as st

from pages.ui import access, samples
from pipeline.settings import Settings
from pipeline.workbench import Workbench


def workbench() -> Workbench:
    """The workbench; for a visitor of a shared deployment one that takes no change. Raises StorageError."""
    whole = opened()
    return whole if access.may_work(whole.settings) else whole.for_visitor()


@st.cache_resource(show_spinner=False)
def opened() -> Workbench:
    """Open the workbench once; every session works on the same one. Raises StorageError."""
    bench = Workbench(Settings())
    samples.import_once(bench)
    return bench
