"""How far the 3D viewer's picture is from its master, at the master's camera: median CIEDE2000 on metal and on stones.

Run: python -m benchmarks.atelier_viewer [size]

The viewer is the vendored one in a browser with software WebGL, lit by the studio that the file tells.
"""

import base64
import io
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from pipeline.atelier.camera import master_camera
from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.files.viewing import tracing_script, viewing
from pipeline.atelier.language.prompt import read
from pipeline.atelier.materials import METALS
from pipeline.atelier.piece import Piece
from pipeline.atelier.pieces.build import build
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.film import DRAFT
from pipeline.atelier.spec import composed
from pipeline.colour import delta_e, lab

VENDOR = Path(__file__).parents[1] / "static" / "vendor" / "model-viewer.min.js"
SIZE_PX = 384
SOFTWARE_GL = ("--no-sandbox", "--enable-unsafe-swiftshader")
GOAL_METAL, GOAL_STONES = 3.0, 6.0
PIECES = (
    "yellow gold six prong solitaire ring, 1 ct round diamond",
    "hammered yellow gold wedding band 6 mm",
    "brushed platinum band 5 mm",
    "silver ring with a bezel set opal cabochon",
    "rose gold halo ring with a cushion cut morganite",
    "yellow gold ring with a 7 mm round ruby",
    "necklace with a thin yellow gold cable chain and a round disc pendant",
    "white gold cross necklace, curb chain 3 mm",
    "pearl drop earrings in yellow gold",
    "rose gold bangle 7 mm wide",
)


def main(size: int = SIZE_PX) -> None:
    """Print a line a piece, and the medians over all."""
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Renderer(Path(folder)) as renderer,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=SOFTWARE_GL)
        for words in PIECES:
            piece = build(composed(read(words).spec))
            master = renderer.render(piece, master_camera(piece), size=size, quality=DRAFT)
            form = renderer.gbuffer(piece, master_camera(piece), width=size, height=size)
            apart = delta_e(lab(master / 255), lab(shown(browser, piece, size) / 255))
            metal = np.array([part.material in METALS for part in piece.parts])
            seen = form.part >= 0
            is_metal = seen & metal[np.where(seen, form.part, 0)]
            on_metal, on_stones = (
                float(np.median(apart[mask])) if mask.sum() > 50 else np.nan
                for mask in (is_metal, seen & ~is_metal)
            )
            rows.append((on_metal, on_stones))
            print(f"metal {on_metal:5.1f}   stones {on_stones:5.1f}   {words}", flush=True)
        browser.close()
    metal_median, stone_median = np.nanmedian(np.array(rows), axis=0)
    print(
        f"median: metal {metal_median:.1f} (goal {GOAL_METAL}), stones {stone_median:.1f} (goal {GOAL_STONES})"
    )


def shown(browser: Browser, piece: Piece, size: int, *, traced: bool = True) -> np.ndarray:
    """The model at its master's camera (size, size, 3): the middle of a wide stage, so that no side is fitted anew."""
    data = to_glb(piece)
    known = viewing(data)
    if known is None or known.tracing is None:
        raise ValueError("The model does not tell its studio.")
    page = browser.new_page(viewport={"width": 2 * size, "height": size})
    page.set_content("<style>body{margin:0}model-viewer{width:100vw;height:100vh;background:#fff}</style>")
    page.add_script_tag(content=VENDOR.read_text("utf-8"), type="module")
    page.add_script_tag(content=tracing_script())
    page.evaluate(
        """async ([glb, light, orbit, target, fov, traced, studio, tables]) => {
            const url = text => URL.createObjectURL(new Blob([Uint8Array.from(atob(text), c => c.charCodeAt(0))]))
            await customElements.whenDefined("model-viewer")
            const model = document.createElement("model-viewer")
            for (const [name, value] of Object.entries({
                "environment-image": `${url(light)}#.hdr`, "tone-mapping": "neutral", "shadow-intensity": "0.7",
                "shadow-softness": "1", "min-camera-orbit": "auto 0deg 8%", "max-camera-orbit": "auto 180deg 1000%",
                "min-field-of-view": "8deg", "camera-orbit": orbit, "camera-target": target, "field-of-view": fov,
            })) model.setAttribute(name, value)
            const ready = new Promise(done => model.addEventListener("load", done))
            model.src = url(glb)
            document.body.append(model)
            await ready
            model.jumpCameraToGoal()
            await new Promise(done => setTimeout(done, 500))
            if (traced) {
                const bytes = Uint8Array.from(atob(tables), c => c.charCodeAt(0)).buffer
                let lit = null
                for (let k = 0; k < 100 && !lit; k++) {
                    await new Promise(done => setTimeout(done, 100))
                    lit = traceLight(model, studio, bytes)
                }
                if (!lit) throw new Error("The model cannot be lit by its studio.")
                lit.show(true)
            }
            await new Promise(done => setTimeout(done, 1000))
        }""",
        [
            base64.b64encode(data).decode(), base64.b64encode(known.environment).decode(), known.orbit,
            known.target, known.field_of_view, traced, dict(known.tracing.studio),
            base64.b64encode(known.tracing.tables).decode(),
        ],
    )  # fmt: skip
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return np.asarray(picture)[:, size // 2 : size // 2 + size]


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
