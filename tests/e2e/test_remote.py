"""The remote flow in the browser, against local stand-ins: price, waiting, a refusal, another provider, a restart."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, bring, press
from tests.e2e.test_walk import WORK_MS, glb_button

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket, pytest.mark.slow]


def choose_provider(page: Page, name: str, label: str = "Provider") -> None:
    page.get_by_label(label).click()
    page.keyboard.type(name)
    page.get_by_role("option", name=re.compile(re.escape(name))).first.click()


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
    choose_provider(demo_tab, "Seedream (demo)")
    expect(demo_tab.get_by_text(re.compile("Generative: redraws every pixel"))).to_be_visible()
    press(demo_tab, re.compile(r"Enhance all 5 regions · about \$0\.20"))
    expect(demo_tab.get_by_role("progressbar").first).to_be_visible()
    expect(demo_tab.get_by_text(re.compile("Refused by the provider"))).to_be_visible(timeout=WORK_MS)
    expect(demo_tab.get_by_role("button", name="Cancel")).to_have_count(0, timeout=WORK_MS)
    expect(demo_tab.get_by_text(re.compile("sensitive information"))).to_be_visible()
    instead = demo_tab.get_by_label("Do it again with")
    expect(instead).to_be_visible()
    choose_provider(demo_tab, "OpenAI Images (demo)", "Do it again with")  # the first offered costs nothing
    press(demo_tab, re.compile(r"Try again · about \$0\.\d\d"))
    expect(demo_tab.get_by_role("button", name=re.compile("Only the 1"))).to_have_count(0, timeout=WORK_MS)
    press(demo_tab, "Settings")
    demo_tab.get_by_role("tab", name="Spending").click()
    expect(demo_tab.get_by_text(re.compile(r"This design: \$0\.\d\d of \$5\.00"))).to_be_visible()

    demo_tab.goto(address.replace("/generate", "/model3d"))
    demo_tab.get_by_text("Another maker, or your own GLB").click()
    choose_provider(demo_tab, "Meshy (demo)")
    press(demo_tab, re.compile("Make the 3D model"))
    expect(demo_tab.get_by_role("button", name="Cancel")).to_be_visible()
    tasks = demo_server.folder / "data" / "demo" / "meshy"
    for _ in range(240):
        if list(tasks.glob("*.task")):
            break
        demo_tab.wait_for_timeout(250)
    demo_tab.wait_for_timeout(1500)
    demo_server.kill()
    demo_server.start()
    demo_tab.goto(address.replace("/generate", "/model3d"))
    press(demo_tab, "Resume")
    expect(glb_button(demo_tab)).to_be_visible(timeout=WORK_MS)
    assert len(list(tasks.glob("*.task"))) == 1
