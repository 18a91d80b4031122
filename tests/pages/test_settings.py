"""The settings dialog: who is ready, an own key for this tab, what was spent."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from pages.ui.settings import _csv
from pipeline.records import Design
from pipeline.settings import variables
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT
from tests.pages.test_pages import Open

KEY = "sk-MARKED-own-key-42"


@pytest.fixture
def opened(bench: Workbench) -> Callable[..., AppTest]:
    """What the dialog shows, drawn on a page of its own."""

    def draw(**query: str) -> AppTest:
        at = AppTest.from_string("from pages.ui import settings\nsettings.draw()", default_timeout=60)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        return at

    return draw


def test_each_vendor_says_whether_it_is_ready_and_what_to_set(opened: Callable[..., AppTest]) -> None:
    """Without keys the built-in ones are ready; every other names its variable, jobs, models and prices."""
    at = opened()
    heads = {expander.label for expander in at.expander}
    assert any("ready" in head and "Built in" in head for head in heads)
    assert any(
        "set LOUPE_FAL_API_KEY" in head and "generate, enhance, sketch, model" in head for head in heads
    )
    assert any("set LOUPE_MODELIA_FILE" in head and "experimental" in head for head in heads)
    told = "\n".join(caption.value for caption in at.caption)
    assert "`LOUPE_REPLICATE_API_KEY`, `REPLICATE_API_TOKEN`" in told
    assert "`fal-ai/seedvr/upscale/image`" in told
    assert "perhaps \\$0.400" in told
    words = "\n".join(markdown.value for markdown in at.markdown)
    assert "**fal · SeedVR** :blue-badge[super-resolution]" in words
    assert "**Seedream** :orange-badge[redraws every pixel]" in words


def test_an_own_key_serves_this_tab_until_it_is_forgotten(
    opened: Callable[..., AppTest], bench: Workbench
) -> None:
    """A visitor's key makes the vendor's rows ready, is in no file and on no page, and can be dropped."""
    at = opened()
    at.text_input(key="own-fal").set_value(KEY)
    next(b for b in at.button if b.label == "Use in this tab" and "fal" in str(b.key)).click().run()
    assert not at.exception
    assert any("ready" in expander.label and "**fal**" in expander.label for expander in at.expander)
    shown = [element.value for kind in (at.caption, at.markdown, at.text_input) for element in kind]
    assert not any(KEY in str(value) for value in shown)
    folder = bench.settings.data_dir
    assert not any(KEY.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())
    at.button(key="forget-fal").click().run()
    assert any("set LOUPE_FAL_API_KEY" in expander.label for expander in at.expander)


def test_spending_is_told_by_provider_day_and_design(
    opened: Callable[..., AppTest], bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """Totals against the caps, money saved by the cache, and every call with model, seconds, cost and hit."""
    design = photographed(bench.store)
    told = {"provider": "seedream", "model": "seedream-4", "role": "enhance", "design_id": design.id}
    order = bench.spending().place(**told, key="k", cost_usd=0.03)
    bench.spending().settle(order, "done", cost_usd=0.03, seconds=2.5)
    bench.spending().book_hit(**told, key="k", saved_usd=0.03)
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["design"] = design.id
    at.run()
    assert any("\\$0.03 on this design" in c.value and "\\$0.03 saved" in c.value for c in at.caption)
    at = opened(design=design.id)
    figures = {metric.label: metric.value for metric in at.metric}
    assert figures["Spent in all"] == figures["Saved by cache"] == "$0.03"
    for by, name in (("provider", "seedream"), ("day", order.day), ("design", "Ring of the house")):
        at.segmented_control(key="totals-by").set_value(by).run()
        totals, calls = at.dataframe[0].value, at.dataframe[1].value
        assert list(totals[by]) == [name]
        assert totals["spent $"][0] == pytest.approx(0.03)
        assert totals["saved $"][0] == pytest.approx(0.03)
    assert set(calls["outcome"]) == {"delivered", "from the cache"}
    assert {"model", "seconds", "cost $", "design"} <= set(calls)


def test_orders_that_did_not_come_in_can_be_given_up(
    opened: Callable[..., AppTest], bench: Workbench
) -> None:
    """Each stands there with its price; given up it leaves the list, and its estimate stays booked."""
    call = {"provider": "meshy", "model": "m", "role": "model", "design_id": "", "cost_usd": 0.6}
    orders = [bench.spending().place(**call, key=key) for key in ("k1", "k2")]
    bench.cache.keep_unchecked(
        "k3", {"provider": "fal", "why": "It is a GIF.", "time": "1"}, b"GIF89a", "gif"
    )
    at = opened()
    assert sum("meshy · model · $0.60" in text.value for text in at.text) == 2
    assert any("It is a GIF." in text.value for text in at.text)
    at.button(key=f"give-up-{orders[0].order}").click().run()
    assert not at.exception
    assert sum("meshy · model · $0.60" in text.value for text in at.text) == 1
    assert bench.open_orders() == (orders[1],)
    assert bench.spending().total().cost_usd == pytest.approx(1.2)
    at.button(key="order-anew-k3").click().run()
    assert bench.unchecked_answers() == ()


def test_the_ledgers_download_holds_no_formula() -> None:
    """A design's name cannot become a formula in the spreadsheet it is opened in."""
    assert _csv([{"design": '=HYPERLINK("x")', "cost $": 0.1}]).splitlines()[1].startswith("\"'=HYPERLINK")


def test_each_vendors_variables_are_found() -> None:
    """Key with its customary name, models of every role, address."""
    assert variables("fal").key == ("LOUPE_FAL_API_KEY", "FAL_KEY")
    assert variables("fal").models == (
        "LOUPE_FAL_GENERATE_MODEL",
        "LOUPE_FAL_EDIT_MODEL",
        "LOUPE_FAL_3D_MODEL",
    )
    assert variables("tripo").address == ("LOUPE_TRIPO_BASE_URL",)
    assert variables("modelia").address == ("LOUPE_MODELIA_FILE",)


def test_the_price_follows_the_provider_before_the_click(visit: Open, bench: Workbench) -> None:
    """Choosing another provider changes what the button says it costs, without pressing anything."""
    at = visit("pages/generate.py")
    assert "$" not in at.button(key="generate").label
    at.session_state["loupe-visitor-keys"] = {"ark": SecretStr(KEY), "tripo": SecretStr(KEY)}
    at.selectbox(key="generator").set_value("seedream").run()
    assert at.button(key="generate").label.endswith("about $0.16")
    assert not at.button(key="generate").disabled
    at.selectbox(key="generator").set_value("openai").run()
    assert at.button(key="generate").disabled
