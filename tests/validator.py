"""Khronos' glTF-Validator, the published one, run in a browser page: what it says of GLBs."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

SCRIPT = Path(__file__).parent / "vendor" / "gltf-validator" / "gltf_validator.dart.js"
_ASK = """async text => {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  return await window.exports.validateBytes(bytes, { maxIssues: 20, writeTimestamp: false })
}"""


class Validator:
    """A browser page with the validator in it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.goto("about:blank")
        # The program was compiled for Node: it hands its functions to `exports`, and looks at the event loop's names.
        page.evaluate("() => { window.exports = {} }")
        page.add_script_tag(content=SCRIPT.read_text("utf-8"))

    def version(self) -> str:
        """The validator's own version."""
        return self._page.evaluate("() => window.exports.version()")

    def report(self, data: bytes) -> dict[str, Any]:
        """The whole report on a GLB."""
        return self._page.evaluate(_ASK, base64.b64encode(data).decode())

    def complaints(self, data: bytes) -> list[str]:
        """Errors and warnings on a GLB, each as one line; hints and notes are left out."""
        messages = self.report(data)["issues"]["messages"]
        return [
            f"{m['code']} at {m.get('pointer', '')}: {m['message']}" for m in messages if m["severity"] < 2
        ]


@contextmanager
def opened() -> Iterator[Validator]:
    """A validator in a browser of its own: Debian's chromium, or Playwright's where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield Validator(browser.new_page())
        finally:
            browser.close()
