"""The real app on a real server in a real browser; a console error of ours or a call to the outside fails the test."""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from pipeline.store import Store
from tests.browser import at_rest, click, place_of

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
]
ENDED = (
    "ERR_CONNECTION",
    "WebSocket",
    "Failed to fetch",
    "disconnected",
    "Client Error in reaching server",
    "server is not responding",
)
"""Complaints of a page whose server was ended on purpose."""
# Streamlit probes these beside a deep link and finds them at the root: answered 404 by design.
PROBES = ("/_stcore/health", "/_stcore/host-config")


class Server:
    """One app server on a folder of its own; can be stopped hard and started again on the same folder."""

    def __init__(self, folder: Path, *, coarse: bool = False, **settings: str) -> None:
        """`coarse` pictures have more noise and take less time."""
        self._settings = settings
        self._program = [str(ROOT / "tests" / "e2e" / "coarse.py")] if coarse else ["-m", "streamlit"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._log = (folder / "server.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, *self._program, "run", "app.py", "--server.port", str(self.port)]
        command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
        environment = {**os.environ, "LOUPE_DATA_DIR": str(self.folder / "data"), "PYTHONPATH": str(ROOT)}
        environment.update(self._settings)
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log
        )
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.25)
        pytest.fail(f"the server did not start: {(self.folder / 'server.log').read_text()}")

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.kill()
        self._log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests of a module, as a stranger's first start finds it: with its samples."""
    running = Server(tmp_path_factory.mktemp("server"), coarse=True)
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests of a module, without samples: for those that bring designs of their own."""
    folder = tmp_path_factory.mktemp("house")
    Store(folder / "data")
    (folder / "data" / "samples-imported").touch()
    running = Server(folder, coarse=True)
    running.start()
    yield running
    running.close()


@pytest.fixture
def desk(browser: Browser, house: Server) -> Iterator[Page]:
    """A tab on it."""
    with tab_on(browser, house) as page:
        yield page


@pytest.fixture
def demo_server(tmp_path: Path) -> Iterator[Server]:
    """The app with local stand-ins of the remote services."""
    running = Server(tmp_path, LOUPE_DEMO_PROVIDERS="1")
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module: Playwright allows one driver at a time, and other folders have theirs."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("no Chromium found; `make test` installs Debian's chromium where apt-get is at hand")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def tab(browser: Browser, server: Server) -> Iterator[Page]:
    """A browser tab that remembers every complaint."""
    with tab_on(browser, server) as page:
        yield page


@pytest.fixture
def demo_tab(browser: Browser, demo_server: Server) -> Iterator[Page]:
    """A tab on the app with stand-ins; complaints about a server that was killed on purpose do not count."""
    with tab_on(browser, demo_server, forgiven=ENDED) as page:
        yield page


@contextmanager
def tab_on(browser: Browser, server: Server, forgiven: tuple[str, ...] = ()) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        where = str(message.location.get("url", ""))
        if message.type == "error" and not where.endswith(PROBES):
            complaints.append(f"{message.text} at {where}")

    def asked(request: Request) -> None:
        if not request.url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:")):
            complaints.append(f"asked the outside for {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", asked)
    yield page
    # Streamlit drops a picture with the run that showed it; one asked for in that very moment is missed by nobody.
    shown = page.evaluate(
        "[...document.images].map(i => [i.currentSrc || i.src, !i.complete || i.naturalWidth > 0])"
    )
    context.close()
    broken = [source for source, whole in shown if not whole]
    gone = set(re.findall(r"/media/\w+\.\w+", " ".join(complaints))) - {
        urlsplit(source).path for source, _ in shown
    }
    told = [c for c in complaints if not any(word in c for word in (*forgiven, *gone))]
    assert told + broken == []


def press(page: Page, name: str | re.Pattern[str], *, nth: int = 0) -> None:
    click(page.get_by_role("button", name=name).nth(nth))


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list by typing; one that was drawn anew has closed and is opened again."""
    listed = page.get_by_role("option", name=re.compile(re.escape(option))).first
    for _ in range(5):
        page.get_by_label(label).click()
        page.keyboard.type(option)
        try:
            listed.click(timeout=8_000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
        else:
            return
    pytest.fail(f"never offered: {option}")


def frame_of(surface: Locator) -> FloatRect:
    """Where a surface for boxes or points is, once it has laid its picture: it would wipe what came before."""
    expect(surface).to_have_count(1)  # the one before it goes while the page is drawn
    expect(surface).to_be_visible()
    surface.page.wait_for_timeout(1500)
    surface.scroll_into_view_if_needed()
    return place_of(surface)


def photograph_tab(page: Page) -> None:
    """Open the tab for photographs, once the page stands: a press while it is drawn may go by."""
    at_rest(page)
    chosen = page.get_by_role("tab", name="From a photograph")
    click(chosen)
    expect(chosen).to_have_attribute("aria-selected", "true")
    at_rest(page)  # the tab may have the page drawn once more


def bring(page: Page, png: bytes, name: str = "ring.png") -> None:
    """Choose a file on the tab for photographs: one chosen while the page is drawn is lost with it."""
    photograph_tab(page)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/png", "buffer": png})
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    at_rest(page)


@pytest.fixture
def pixels() -> Callable[[bytes], np.ndarray]:
    """A screenshot's pixels."""
    return lambda png: np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
