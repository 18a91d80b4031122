"""The one Workbench of this server process."""

import streamlit as st

from pipeline.settings import Settings
from pipeline.workbench import Workbench


@st.cache_resource(show_spinner=False)
def workbench() -> Workbench:
    """Open the workbench once; every session works on the same one. Raises StorageError."""
    return Workbench(Settings.read(_secrets()))


def _secrets() -> dict[str, str]:
    """LOUPE_* and vendors' variables from Streamlit's secrets; empty where there is no such file."""
    try:
        return {name: str(value) for name, value in st.secrets.items() if isinstance(value, str)}
    except FileNotFoundError:
        return {}
