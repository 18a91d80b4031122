"""Every page, in both themes, on a phone and on a laptop: axe finds nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pipeline.store import Store
from tests.e2e.conftest import Server
from tests.export.pieces import finish

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]

PAGES = ("", "generate", "crop", "enhance", "sketch", "model3d", "showcase", "compare")
SIZES = ((1280, 800), (390, 844))
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def test_axe_finds_nothing_serious(server: Server, tab: Page) -> None:
    """One visit a page; theme and size change under it, as a system's do at dusk or a window's by hand."""
    design = finish(Store(server.folder / "data"))
    axe, complaints = Axe(), []
    for name in PAGES:
        tab.set_viewport_size({"width": 1280, "height": 800})
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{server.url}/{name}?design={design.id}")
        tab.wait_for_selector(".showcase .card" if name == "showcase" else "h1")
        tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            tab.wait_for_timeout(700)  # colours glide from one theme into the other
            for width, height in SIZES:
                tab.set_viewport_size({"width": width, "height": height})
                tab.wait_for_timeout(250)
                violations = axe.run(tab, options=OPTIONS).response["violations"]
                complaints += [
                    f"{name or 'gallery'} {scheme} {width}: {rule['id']} at {node['target']} "
                    f"{node['any'][0]['message'] if node['any'] else ''}"
                    for rule in violations
                    if rule["impact"] in {"serious", "critical"}
                    for node in rule["nodes"]
                ]
    assert complaints == []
