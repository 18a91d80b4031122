"""What the theme's own settings cannot say: text on gold that can be read in the dark, margins that leave room on a
laptop, figures that are never cut off, and where the keyboard is.
"""

import streamlit as st

_STYLE = """<style>
.stApp button[kind^="primary"], .stApp a[kind^="primary"] { color: light-dark(#fff, #14110f); }
.stApp button[kind^="primary"]:disabled { color: inherit; opacity: 0.45; }
[data-testid="stMainBlockContainer"] { padding-inline: clamp(1rem, 4vw, 5rem); padding-bottom: 4rem; }
@media (max-width: 768px) { [data-testid="stMainBlockContainer"] { padding-top: 4.5rem; } }
[data-testid="stMetricLabel"] p { white-space: normal; overflow-wrap: break-word; }
[data-testid="stMetricValue"] { font-size: clamp(1.4rem, 2vw, 2.25rem); }
.stApp a[data-testid="stPageLink-NavLink"]:focus-visible {
  outline: 2px solid light-dark(#7a5a14, #d8ac4e); outline-offset: 2px;
}
</style>"""


def complete() -> None:
    """Add it to the page."""
    st.html(_STYLE)
