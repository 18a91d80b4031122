"""A real server under a base path, and a real browser that may talk to nobody else."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SOFTWARE_GL = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def wait_for_port(port, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not listen within a minute")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the tiny app with the vendored library beside it, as Streamlit wants static files."""
    folder = tmp_path_factory.mktemp("bench")
    shutil.copy(HERE / "bench.py", folder)
    shutil.copytree(ROOT / "static", folder / "static")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.baseUrlPath": "studio/sub",
        "server.enableStaticServing": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "theme.light.textColor": "#14110f",
    }
    command = [sys.executable, "-m", "streamlit", "run", "bench.py"]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            wait_for_port(port, process)
            yield f"http://127.0.0.1:{port}/studio/sub/"
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def launch():
    """Launch Debian's chromium, or Playwright's own where there is none, with further arguments."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        yield lambda *more: playwright.chromium.launch(executable_path=path, args=[*SOFTWARE_GL, *more])


@pytest.fixture(scope="module")
def chromium(launch) -> Browser:
    """One browser for all tests."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def show(address, chromium):
    """Open the tiny app at one component; fail afterwards on console errors and on requests to elsewhere."""
    contexts, complaints = [], []

    def open_page(query: str, selector: str, *, forgiving: bool = False, **options) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        if not forgiving:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on(
            "request", lambda request: complaints.append(request.url) if is_outside(request.url) else None
        )
        page.goto(f"{address}?{query}")
        page.wait_for_selector(selector)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def complaints_of_axe():
    """Ask axe for its complaints about a page: rule and place. Colours on their way from one to another are none."""
    levels = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

    def ask(page):
        page.wait_for_function("document.getAnimations().every(each => each.playState === 'finished')")
        found = Axe().run(page, options={"runOnly": levels}).response["violations"]
        return [(rule["id"], node["target"]) for rule in found for node in rule["nodes"]]

    return ask


def is_outside(url):
    """Tell a request that leaves the machine."""
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:"))
