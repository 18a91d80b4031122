"""The remote flow in the browser, against local stand-ins: price, waiting, a refusal, another provider, a restart."""

import json
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from pipeline.records import Branch
from pipeline.store import Store
from tests.browser import at_rest, click, until
from tests.e2e.conftest import Server, bring, choose, press
from tests.e2e.test_walk import WORK_MS, glb_button

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.slow]


def test_a_refusal_is_told_another_provider_helps_and_a_restart_buys_nothing_twice(
    demo_tab: Page, demo_server: Server, ring_png: bytes
) -> None:
    """Seedream refuses the third region, another provider does it from there; a 3D task outlives the server."""
    demo_tab.goto(f"{demo_server.url}/generate")
    bring(demo_tab, ring_png)
    press(demo_tab, "Use as master")
    expect(demo_tab.get_by_text("Measured from the pixels")).to_be_visible(timeout=WORK_MS)
    address = demo_tab.url
    demo_tab.goto(address.replace("/generate", "/enhance"))
    choose(demo_tab, "Provider", "Seedream (demo)")
    expect(demo_tab.get_by_text(re.compile("Generative: redraws every pixel"))).to_be_visible()
    press(demo_tab, re.compile(r"Enhance all 5 regions · about \$0\.20"))
    expect(demo_tab.get_by_role("progressbar").first).to_be_visible()
    expect(demo_tab.get_by_text(re.compile("Refused by the provider"))).to_be_visible(timeout=WORK_MS)
    expect(demo_tab.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    expect(demo_tab.get_by_text(re.compile("sensitive information"))).to_be_visible()
    instead = demo_tab.get_by_label("Do it again with")
    expect(instead).to_be_visible()
    choose(demo_tab, "Do it again with", "OpenAI Images (demo)")  # the first offered costs nothing
    press(demo_tab, re.compile(r"Try again · about \$0\.\d\d"))
    expect(demo_tab.get_by_role("button", name=re.compile("Only the 1"))).to_have_count(0, timeout=WORK_MS)
    press(demo_tab, "Settings")
    click(demo_tab.get_by_role("tab", name="Spending"))
    expect(demo_tab.get_by_text(re.compile(r"This design: \$0\.\d\d of \$5\.00"))).to_be_visible()

    _a_restart_amid_a_bakeoff_and_a_model(demo_tab, demo_server, address)


def _a_restart_amid_a_bakeoff_and_a_model(page: Page, server: Server, address: str) -> None:
    """Four orders under way in two tabs, a reload, a kill: each is there once afterwards, and was ordered once."""
    enhance, model3d = (address.replace("/generate", f"/{name}") for name in ("enhance", "model3d"))
    shelf = Store(server.folder / "data")
    (design_id,) = parse_qs(urlsplit(address).query)["design"]

    def standing() -> Branch:
        branch = shelf.load(design_id).branch
        assert branch is not None
        return branch

    before = standing().attempts(standing().regions[0].id)
    beside = page.context.new_page()
    beside.set_default_timeout(60_000)
    beside.goto(model3d)
    at_rest(beside)
    click(beside.get_by_text("Another maker, or your own GLB"))
    choose(beside, "Provider", "Meshy (demo)")
    make = beside.get_by_role("button", name=re.compile("Make the 3D model"))
    expect(make).to_be_enabled()
    page.goto(enhance)
    at_rest(page)
    click(page.get_by_text("Bake-off: the same region through several providers"))
    at_rest(page)
    providers = page.get_by_label("Providers")
    providers.press("Backspace")  # the usual one, which thinks long
    expect(page.get_by_role("button", name="through 0")).to_be_attached()
    at_rest(page)
    for name in ("Offline, from the picture", "fal · SeedVR (demo)", "fal · Topaz (demo)"):
        providers.fill(name)
        page.get_by_role("option", name=re.compile(f"^{re.escape(name)}")).click()
        at_rest(page)
    providers.press("Escape")
    at_rest(page)
    press(page, re.compile(r"through 3 · about \$0\.\d\d"))
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    click(make)
    page.reload()
    until(page, lambda: len(_placed(server)) == 3, "each service's own number of the order is noted")
    server.kill()
    beside.close()
    server.start()
    for there, verb in ((enhance, "bakeoff"), (model3d, "model")):
        page.goto(there)
        if (server.folder / "data" / "jobs" / f"{design_id}.{verb}.json").exists():
            press(page, "Resume")
            expect(page.get_by_role("button", name="Resume")).to_have_count(0)
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    expect(glb_button(page)).to_be_visible(timeout=WORK_MS)
    attempts = standing().attempts(standing().regions[0].id)
    assert attempts[: len(before)] == before
    makers = Counter(attempt.raw.recipe.provider for attempt in attempts[len(before) :])
    assert makers == Counter(["local", "fal-seedvr", "fal-topaz"])
    assert len(standing().models) == 1
    for vendor, count in (("fal", 2), ("meshy", 1)):
        assert len(list((server.folder / "data" / "demo" / vendor).glob("*.task"))) == count
    page.goto(enhance)
    expect(page.get_by_role("radiogroup", name="Attempt").get_by_role("radio")).to_have_count(len(attempts))


def _placed(server: Server) -> set[str]:
    """The orders whose number at the service is in the ledger."""
    lines = (server.folder / "data" / "ledger-demo.jsonl").read_text("utf-8").splitlines()
    return {entry["task"] for entry in map(json.loads, lines) if entry.get("task")}
