"""Dialogs: errors inside are words; of two that a slow server is told of at once, one opens and none is a fault."""

from streamlit.testing.v1 import AppTest


def two_at_once() -> None:
    """A page whose two buttons were pressed before it ran."""
    import streamlit as st

    from pages.ui import dialogs

    @dialogs.dialog("One")
    def one() -> None:
        st.markdown("the first")
        raise KeyError("within")

    @dialogs.dialog("Two", width="large")
    def two() -> None:
        st.markdown("the second")

    one()
    two()
    st.markdown("the page below")


def test_two_dialogs_in_one_breath_open_one() -> None:
    """The page goes on below them; what breaks inside the open one is told there."""
    at = AppTest.from_function(two_at_once, default_timeout=60).run()
    assert not at.exception
    assert {text.value for text in at.markdown} == {"the first", "the page below"}
    assert ["nothing stored was harmed" in error.value for error in at.error] == [True]
