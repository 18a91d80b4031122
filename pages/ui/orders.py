"""Orders whose answer has not come in, and answers that came and are no use to Loupe: both were paid for."""

import streamlit as st

from pages.ui import errors, press
from pages.ui.workbench import workbench
from pipeline.cache import Unchecked
from pipeline.ledger import Entry


def draw() -> None:
    """The list, with what can be done about each; nothing where all came in."""
    bench = workbench()
    open_orders, unchecked = bench.open_orders(), bench.unchecked_answers()
    if open_orders:
        st.markdown("**Ordered, and not come in yet**")
        st.caption(
            "Asking for the same again fetches such an order and buys nothing. Given up, it would be bought anew; "
            "its estimate stays booked, as the service may charge for it."
        )
    for order in open_orders:
        _open_order(order)
    if unchecked:
        st.markdown("**Paid for, and kept as it came**")
        st.caption("These answers do not pass Loupe's checks. Another program may be able to read them.")
    for answer in unchecked:
        _unchecked(answer)


def _open_order(order: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(
            f"{order.time[:16].replace('T', ' ')} UTC · {order.provider} · {order.role} · ${order.cost_usd:.2f}"
        )
        if press.button("Give up", key=f"give-up-{order.order}"):
            with errors.shown():
                workbench().give_up(order.key)
                st.rerun()


def _unchecked(answer: Unchecked) -> None:
    head = answer.head
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{head.get('provider', '')} · {head.get('role', '')} · {head.get('why', '')}")
        st.download_button(
            "Download", answer.file.read_bytes, file_name=answer.file.name, key=f"as-it-came-{answer.key}"
        )
        if press.button("Order anew", key=f"order-anew-{answer.key}", help="The next press buys it again."):
            with errors.shown():
                workbench().give_up(answer.key)
                st.rerun()
