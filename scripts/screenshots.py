"""Every page of a running Loupe at every width, in both themes, as pictures to look at.

    .venv/bin/python scripts/screenshots.py http://localhost:8501 OUT DESIGN [DESIGN ...]

One tab; the window changes under the page, as by hand. A page longer than its window is taken whole, but for the
showcase, which is to fit its first screen.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SIZES = ((1024, 768), (1280, 800), (1440, 900), (1680, 1050), (1920, 1080), (390, 844))
STEPS = ("generate", "crop", "enhance", "sketch", "model3d", "showcase", "showcase present")
LONGEST_PX = 4000
_IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
_OVERFLOW = """() => { const main = document.querySelector('[data-testid=stMain]')
                       return [main.scrollHeight, main.scrollWidth - main.clientWidth] }"""


def take(tab: Page, width: int, height: int, path: Path) -> None:
    """The page at one size, whole; says where it is wider than its window."""
    tab.set_viewport_size({"width": width, "height": height})
    tab.wait_for_timeout(900)
    tab.wait_for_selector(_IDLE)
    whole, beyond = tab.evaluate(_OVERFLOW)
    if beyond > 0:
        sys.stdout.write(f"{path.stem}: {beyond} px wider than its window\n")
    if "showcase" in path.stem and width > 390:
        tab.screenshot(path=path.with_name(f"{path.stem}-first.png"))
    tab.set_viewport_size({"width": width, "height": min(max(whole, height), LONGEST_PX)})
    tab.wait_for_timeout(300)
    tab.screenshot(path=path)


def main(address: str, out: Path, designs: list[str]) -> None:
    """Take them all."""
    out.mkdir(parents=True, exist_ok=True)
    visits = [("gallery", address), ("compare", f"{address}/compare"), ("catalogue", f"{address}/catalogue")]
    for design in designs:
        for step in STEPS:
            name, present = step.partition(" ")[::2]
            visits.append(
                (f"{design}-{step.replace(' ', '-')}", f"{address}/{name}?design={design}&present={present}")
            )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )
        tab = browser.new_page()
        for name, url in visits:
            tab.goto(url.removesuffix("&present="))
            tab.wait_for_selector("h1, .showcase .card, [data-testid=stMain] h3")
            tab.wait_for_selector(_IDLE)
            for scheme in ("light", "dark"):
                tab.emulate_media(color_scheme=scheme)
                for width, height in SIZES:
                    take(tab, width, height, out / f"{name}-{scheme}-{width}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3:])
