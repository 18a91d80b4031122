"""A visitor's own key on every failing path: it is on no page, in no log and in no file."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.demo.server import Situation, StandIn
from pipeline.demo.stand_ins import stand_in
from pipeline.jobs import Order
from pipeline.orders import EnhanceOrder
from pipeline.providers.call.connection import Pace
from pipeline.records import Design, Region
from pipeline.workbench import Workbench
from tests.pages.test_pages import PAGES, Open

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = "sk-MARKED/own+key-42"
SITUATIONS: tuple[Situation, ...] = (
    *("moderated", "rate limited", "quota", "gone", "down", "gateway", "close", "cut"),
    *("html", "empty", "soft", "junk", "leaky"),
)


@pytest.fixture
def ark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Seedream's stand-in at the address the settings name."""
    with stand_in("ark", tmp_path / "ark", key=KEY) as server:
        monkeypatch.setenv("LOUPE_ARK_BASE_URL", server.url)
        yield server


def test_an_own_key_is_on_no_page_in_no_log_and_in_no_file(
    ark: StandIn,
    visit: Open,
    bench: Workbench,
    photographed: Callable[..., Design],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Thirteen ways to fail, one region each, told on the page without the key; then a wrong key is refused."""
    caplog.set_level(logging.DEBUG)
    design = photographed(bench.store)
    regions = [
        Region(id=f"r{n}", label=name, x=8 * n, y=8 * n, width=160, height=160)
        for n, name in enumerate(SITUATIONS)
    ]
    order = EnhanceOrder(
        design_id=design.id, provider="seedream", factor=4, prompt="Sharpen.", regions=tuple(regions)
    )
    ark.script.extend(SITUATIONS)
    bench.registry._pace = Pace(retry_most_s=1.0)  # the seven seconds of a 429 are told, not waited for
    page = failed(visit, bench, order, KEY, len(SITUATIONS))
    for title in ("content rules", "Too many requests", "credit is used up", "Possibly charged", "refused"):
        assert title in page
    page += failed(visit, bench, order, f"{KEY}-wrong", len(SITUATIONS))
    assert "The key was refused" in page
    folder = bench.settings.data_dir
    assert KEY not in page + caplog.text
    assert not any(KEY.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def failed(visit: Open, bench: Workbench, order: Order, key: str, count: int) -> str:
    """Everything the page says after all rows of an order failed."""
    job = bench.submit(order, {"ark": SecretStr(key)})
    assert job.wait(60)
    assert len(job.troubles) == count
    at = visit(PAGES[2], design=order.design_id)
    at.session_state["loupe-visitor-keys"] = {"ark": SecretStr(key)}
    at.run()
    assert not at.exception
    assert len(at.error) == count
    return repr(at.main) + repr(at.sidebar) + "".join(str(error.value) for error in at.error)
