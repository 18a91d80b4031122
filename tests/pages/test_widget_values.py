"""What a browser sends for a control: taken as Streamlit's own browser side writes it, else refused."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest


def page() -> None:
    """A whole number and what was made of it."""
    import streamlit as st

    from pages.ui import widget_values

    widget_values.guard()
    st.text(f"number {st.number_input('Seed', 0, 100, 7, key='seed')}")


@pytest.mark.parametrize(
    ("sent", "number"),
    [({"int_value": 42}, 42), ({"double_value": 42.0}, 42), ({"string_value": "42"}, 7)],
    ids=str,
)
def test_a_whole_number_is_taken_in_either_field(
    sent: dict[str, object], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser writes whole numbers into another field than Streamlit says; a text there is refused."""
    at = AppTest.from_function(page).run()
    control = at.number_input(key="seed")
    monkeypatch.setattr(
        type(control), "_widget_state", property(lambda self: WidgetState(id=self.proto.id, **sent))
    )
    at.run()
    assert not at.exception
    assert at.text[0].value == f"number {number}"
