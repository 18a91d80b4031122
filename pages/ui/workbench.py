"""The one Workbench of this server process."""

import streamlit as st

from pages.ui import samples
from pipeline.settings import Settings
from pipeline.workbench import Workbench


@st.cache_resource(show_spinner=False)
def workbench() -> Workbench:
    """Open the workbench once; every session works on the same one. Raises StorageError."""
    bench = Workbench(Settings())
    samples.import_once(bench)
    return bench
