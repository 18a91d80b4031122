"""What the theme's own settings cannot say: text on gold that can be read in the dark, and where the keyboard is."""

import streamlit as st

_STYLE = """<style>
.stApp button[kind^="primary"], .stApp a[kind^="primary"] { color: light-dark(#fff, #14110f); }
.stApp button[kind^="primary"]:disabled { color: inherit; }
.stApp a[data-testid="stPageLink-NavLink"]:focus-visible {
  outline: 2px solid light-dark(#7a5a14, #d8ac4e); outline-offset: 2px;
}
</style>"""


def complete() -> None:
    """Add it to the page."""
    st.html(_STYLE)
