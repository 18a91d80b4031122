"""Choosing a provider: what it does to the picture, what it costs, what it needs."""

import streamlit as st

from pages.ui import session
from pages.ui.workbench import workbench
from pipeline.providers.registry import Row
from pipeline.records import Detail, Role

_TOLD = {
    Detail.RENDERED: "Renders the piece's own geometry again: true detail.",
    Detail.INTERPOLATED: "Works from the pixels alone: adds nothing, invents nothing.",
    Detail.UPSCALED: "Super-resolution: keeps the picture, adds fine texture of its own.",
    Detail.REDRAWN: "Generative: redraws every pixel. The gate measures and repairs what it changes.",
}
BRIEFLY = {
    Detail.RENDERED: "true detail",
    Detail.INTERPOLATED: "invents nothing",
    Detail.UPSCALED: "super-resolution",
    Detail.REDRAWN: "redraws every pixel",
}


def provider(role: Role, *, home: str, key: str, skip: tuple[str, ...] = ()) -> Row:
    """A select box over the providers of a role; the home provider comes first."""
    rows = [row for row in workbench().registry.rows(role, keys=session.own_keys()) if row.id not in skip]
    rows.sort(key=lambda row: (row.id != home, not row.ready))
    by_id = {row.id: row for row in rows}
    chosen = st.selectbox(
        "Provider", list(by_id), key=key, format_func=lambda row_id: label(by_id[row_id], role)
    )
    row = by_id[chosen or home]
    st.caption(_TOLD[row.limits[role].detail])
    if row.trouble:
        st.warning(row.trouble, icon=":material/build:")
    elif not row.ready:
        st.warning(
            f"{row.name} needs a key: set `{row.missing}`, or bring your own in the sidebar under Settings.",
            icon=":material/key:",
        )
    return row


def label(row: Row, role: Role) -> str:
    """Name, price and readiness in one line."""
    price = row.limits[role].price_usd
    cost = f"{_hedge(row, role)} ${price:.3f} each" if price else "free"
    what = f" · {BRIEFLY[row.detail(role)]}" if role is Role.ENHANCE else ""
    return f"{row.name}{what} · {cost}" + _lack(row)


def _lack(row: Row) -> str:
    """What keeps a provider from working, in two words."""
    if row.ready:
        return ""
    return " · not available" if row.trouble else " · needs a key"


def price(row: Row, role: Role, count: int) -> str:
    """The price of a click, for its button."""
    return cost(row, role, row.limits[role].price_usd * count)


def cost(row: Row, role: Role, usd: float) -> str:
    """A sum for a button: cents, and what is less than ten of them more exactly."""
    figure = f"{usd:.2f}" if usd >= 0.1 else f"{usd:.4f}".rstrip("0").ljust(4, "0")
    return f" · {_hedge(row, role)} ${figure}" if usd else ""


def _hedge(row: Row, role: Role) -> str:
    """How sure a price is: every one is an estimate, and some are guesses."""
    return "perhaps" if role in row.rates and row.rates[role].guess else "about"
