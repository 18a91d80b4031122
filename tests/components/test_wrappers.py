"""The components' Python side, run by Streamlit without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

BENCH = Path(__file__).parent / "bench.py"


@pytest.mark.parametrize("shown", ["compare", "pixels", "showcase"])
def test_a_script_that_mounts_it_runs(shown):
    """Every wrapper mounts, and a rerun mounts it again under the same key."""
    app = AppTest.from_file(str(BENCH), default_timeout=30)
    app.query_params["show"] = shown
    app.run()
    assert not app.exception
    app.button[0].click().run()
    assert not app.exception
    assert "Run 1" in [text.value for text in app.markdown]


def test_full_pictures_are_not_read_before_they_are_wanted():
    """A showcase that nobody looks at closely reads no full-size picture."""
    app = AppTest.from_file(str(BENCH), default_timeout=30)
    app.query_params["show"] = "showcase"
    app.run().run()
    assert app.session_state["reads"] == []
