"""How soon what is finished stands on the page: from a close-up's place in the record to its picture in a browser.

A real server, a real browser. Two designs: a photograph enlarged on this machine, and a sample's own master, whose
close-ups the renderer makes, so that both cores are busy while the page is drawn. On Enhance the first close-up is
looked at as soon as it is there, and each further one gets its name; on the showcase every close-up of a whole set is
a card. The clock starts when the design's record on disk names the close-up and stops when its picture is decoded.

    python -m benchmarks arrivals
"""

import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.server import Server, running, with_samples
from pipeline import images
from pipeline.records import Design
from pipeline.stages import generate
from pipeline.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Page

GOAL_S = 1.0
_PATIENCE_S = 300.0
_SEEN = """selectors => {
    window.seen = {}
    const roots = [document]  // a component's elements are in a tree of its own
    const every = () => {
        for (const host of document.querySelectorAll('.stBidiComponent, .stBidiComponent *'))
            if (host.shadowRoot && !roots.includes(host.shadowRoot)) roots.push(host.shadowRoot)
        for (const [name, selector] of Object.entries(selectors)) {
            const here = roots.filter(root => root === document || root.host.isConnected)
                              .flatMap(root => [...root.querySelectorAll(selector)])
            const whole = here.filter(node => node.tagName !== 'IMG' || (node.complete && node.naturalWidth > 0))
            for (let n = 1; n <= whole.length; n++) window.seen[`${name} ${n}`] ??= Date.now() / 1000
        }
        requestAnimationFrame(every)
    }
    every()
}"""
"""Writes down when so many of what a selector finds were there; of pictures those that are whole."""
_ON_ENHANCE = {"picture": ".compare img.picture[alt]:not([alt=''])", "name": ".st-key-reviewed button"}
_ON_SHOWCASE = {"picture": ".showcase .card img"}


def main() -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        store = with_samples(Path(scratch))
        rendered = _bare(store, store.designs()[0])
        photographs = [_photographed(store, rendered) for _ in range(2)]
        path = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
        flags = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        with running(Path(scratch)) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(1000 * _PATIENCE_S)
            for words, design in (("photograph", photographs[0]), ("rendered", rendered)):
                _report(f"{words}, on Enhance", *_on_enhance(page, server, store, design))
            _report(
                "photograph, whole set on the showcase", *_on_showcase(page, server, store, photographs[1])
            )
        browser.close()


def _bare(store: Store, design: Design) -> Design:
    """A copy of a design whose master has its regions and nothing made of it."""
    copy = store.duplicate(design.id)
    bare = {"close_ups": (), "sketches": (), "models": ()}
    return store.update(copy.id, lambda d: d.with_each_branch(lambda branch: branch.model_copy(update=bare)))


def _photographed(store: Store, design: Design) -> Design:
    """The master of a design as if somebody had brought its picture."""
    assert design.branch is not None
    photograph = images.encode_png(images.within(store.pixels(design.branch.master), 1200))
    return generate.upload(store, store.create("Photographed", kind=design.kind).id, photograph)


def _on_enhance(
    page: "Page", server: Server, store: Store, design: Design
) -> tuple[list[float], list[float]]:
    page.goto(f"http://127.0.0.1:{server.port}/enhance?design={design.id}")
    button = page.get_by_role("button", name="Enhance all")
    button.wait_for()
    page.evaluate(_SEEN, _ON_ENHANCE)
    stored = _Stored(store, design)
    button.click()
    return _lags(page, stored, lambda n: "picture 2" if n == 1 else f"name {n}")


def _on_showcase(
    page: "Page", server: Server, store: Store, design: Design
) -> tuple[list[float], list[float]]:
    page.goto(f"http://127.0.0.1:{server.port}/generate?design={design.id}")
    button = page.get_by_role("button", name="Make the rest of the set")
    button.wait_for()
    stored = _Stored(store, design)
    button.click()
    page.get_by_text("of its parts finished").first.wait_for()
    page.evaluate(_SEEN, _ON_SHOWCASE)
    page.get_by_role("link", name="6 Showcase").click()
    return _lags(page, stored, lambda n: f"picture {n}")


def _lags(page: "Page", stored: "_Stored", sign: Callable[[int], str]) -> tuple[list[float], list[float]]:
    """Seconds from each close-up's record to its sign on the page, and when each was recorded, from the first on."""
    until = time.monotonic() + _PATIENCE_S
    wanted = [sign(n) for n in range(1, stored.count + 1)]
    seen: dict[str, float] = {}
    while time.monotonic() < until and not set(wanted) <= set(seen):
        page.wait_for_timeout(200)
        seen = page.evaluate("window.seen")
    moments = stored.end()
    if not set(wanted) <= set(seen):
        raise AssertionError(f"never on the page: {sorted(set(wanted) - set(seen))}")
    return [seen[name] - at for name, at in zip(wanted, moments, strict=True)], [
        at - moments[0] for at in moments
    ]


class _Stored:
    """Writes down when a design's record names one close-up more."""

    def __init__(self, store: Store, design: Design) -> None:
        assert design.branch is not None
        self.count = len(design.branch.regions)
        self._store, self._id = store, design.id
        self._moments: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> list[float]:
        """The moments, seconds since the epoch."""
        self._over.set()
        self._thread.join()
        return self._moments

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            branch = self._store.load(self._id).branch
            made = len(branch.close_ups) if branch else 0
            self._moments += [time.time()] * (made - len(self._moments))


def _report(name: str, lags: list[float], moments: list[float]) -> None:
    told = ", ".join(f"{lag:.2f} (at {at:.1f})" for lag, at in zip(lags, moments, strict=True))
    print(
        f"{name:<40}first {lags[0]:.2f} s, median {statistics.median(lags):.2f} s, worst {max(lags):.2f} s "
        f"(goal < {GOAL_S:.0f} s)\n    {told}",
        flush=True,
    )


if __name__ == "__main__":
    main()
