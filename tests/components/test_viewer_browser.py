"""The 3D view in a real browser with software WebGL."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from pipeline.atelier.files.gltf import to_glb
from pipeline.atelier.files.viewing import viewing
from pipeline.atelier.geometry.detail import COARSE
from pipeline.atelier.language.prompt import read
from pipeline.atelier.pieces.build import build
from pipeline.atelier.spec import composed
from tests.browser import at_rest, place_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    """A small golden ring with a ball for a stone, as GLB in metres."""
    trimesh = pytest.importorskip("trimesh")
    gold = trimesh.visual.material.PBRMaterial(
        baseColorFactor=[255, 198, 88, 255], metallicFactor=1.0, roughnessFactor=0.2
    )
    shank = trimesh.creation.torus(0.009, 0.0012, major_sections=48, minor_sections=16)
    ball = trimesh.creation.icosphere(2, 0.003)
    ball.apply_translation([0, 0.012, 0])
    scene = trimesh.Scene()
    for mesh in (shank, ball):
        mesh.visual = trimesh.visual.TextureVisuals(material=gold)
        scene.add_geometry(mesh)
    path = tmp_path_factory.mktemp("glb") / "ring.glb"
    path.write_bytes(scene.export(file_type="glb"))
    return path


@pytest.fixture(scope="module")
def view(address, chromium, ring):
    """One page for all: the first WebGL frame in software takes seconds."""
    requests, errors = [], []
    page = chromium.new_page(viewport={"width": 1000, "height": 800})
    page.set_default_timeout(90_000)
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}?show=viewer&glb={ring}")
    page.wait_for_selector(".viewer .stage.ready")
    until(page, lambda: golden(page) > 0.02, "the model in the view")
    page.requests, page.errors = requests, errors
    yield page
    page.close()


def screen_of(page):
    picture = page.locator(".viewer .stage").screenshot()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


def golden(page):
    """Share of the view that is clearly yellow: red above blue by 40 levels."""
    screen = screen_of(page)
    return (screen[..., 0] - screen[..., 2] > 40).mean()


def orbit_of(page):
    return page.locator("model-viewer").evaluate("model => model.getCameraOrbit().toString()")


def stands(page):
    """Wait until the camera has come to rest after a hand's push; where it is then."""
    seen = [orbit_of(page)]

    def rests():
        page.wait_for_timeout(300)
        seen.append(orbit_of(page))
        return seen[-1] == seen[-2]

    until(page, rests, "the camera at rest")
    return seen[-1]


def test_the_model_is_visible_and_golden(view):
    """More than 2 % of the view."""
    assert golden(view) > 0.02


def test_dragging_turns_the_model(view):
    """A drag from the very centre changes more than 3 % of the pixels by more than 12 levels."""
    before = screen_of(view)
    box = place_of(view.locator(".viewer .stage"))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.mouse.move(x, y)
    view.mouse.down()
    view.mouse.move(x + 120, y + 10, steps=5)
    view.mouse.up()
    until(view, lambda: (np.abs(screen_of(view) - before).max(-1) > 12).mean() > 0.03, "another view of it")
    stands(view)


def test_a_rerun_leaves_the_camera(view):
    """An unrelated rerun keeps the element and the camera where the user put it."""
    view.locator("model-viewer").evaluate("model => { model.kept = true }")
    before = stands(view)
    view.get_by_role("button", name="Rerun", exact=True).click()
    view.get_by_text("Run 1").wait_for()
    at_rest(view)
    assert view.locator("model-viewer").evaluate("model => model.kept") is True
    assert orbit_of(view) == before


def test_view_presets_set_the_camera(view):
    """The top view looks straight down, and its button says that it is on."""
    top = view.get_by_role("button", name="Top", exact=True)
    top.click()
    expect(top).to_have_attribute("aria-pressed", "true")
    view.locator("model-viewer").evaluate(
        "model => new Promise(done => { const look = () => "
        "model.getCameraOrbit().phi < 0.02 ? done() : setTimeout(look, 50); look() })"
    )


def test_the_keyboard_turns_it(view):
    """Arrow keys move the camera once the model has the focus."""
    model = view.locator("model-viewer")
    model.evaluate("model => model.shadowRoot.querySelector('.userInput').focus()")
    before = stands(view)
    for _ in range(4):
        view.keyboard.press("ArrowLeft")
    until(view, lambda: orbit_of(view) != before, "the camera elsewhere")


def test_a_snapshot_is_a_png_with_the_backdrop(view):
    """The saved picture is an opaque PNG on the backdrop shown."""
    view.get_by_role("button", name="Dark", exact=True).click()
    until(view, lambda: screen_of(view)[30, 30].max() < 60, "the dark backdrop")
    with view.expect_download() as download:
        view.get_by_role("button", name="Save this view as PNG").click()
    with Image.open(download.value.path()) as picture:
        assert picture.format == "PNG"
        assert max(picture.convert("RGB").getpixel((2, 2))) < 60


def test_nothing_leaves_the_machine(view):
    """The library comes from the app itself, under its base path, and no other host is asked."""
    assert any(url.endswith("/studio/sub/app/static/vendor/model-viewer.min.js") for url in view.requests)
    assert [url for url in view.requests if not url.startswith(("http://127.0.0.1:", "blob:", "data:"))] == []
    assert view.errors == []


def test_axe_finds_nothing(complaints_of_axe, view):
    """The viewer with its controls passes axe."""
    assert complaints_of_axe(view) == []


def test_without_webgl_there_is_the_picture_and_a_sentence(address, ring, launch):
    """A browser without WebGL gets the poster and is told why, not a blank frame."""
    browser = launch("--disable-3d-apis")
    page = browser.new_page()
    page.goto(f"{address}?show=viewer&glb={ring}")
    page.get_by_text("WebGL 2 is missing").wait_for()
    expect(page.get_by_role("img", name="A ring")).to_be_visible()
    expect(page.locator("model-viewer")).to_have_count(0)
    browser.close()


def test_a_broken_model_ends_in_a_sentence(show, tmp_path):
    """A file that is no GLB leaves the picture and one clear sentence."""
    broken = tmp_path / "broken.glb"
    broken.write_bytes(b"glTF" + bytes(40))
    page = show(f"show=viewer&glb={broken}", ".viewer .stage", forgiving=True)
    page.get_by_text("could not be shown").wait_for()


def test_a_piece_that_lies_flat_is_seen_from_above(show, tmp_path):
    """A ring lying on the table opens at a steeper view than one that stands."""
    trimesh = pytest.importorskip("trimesh")
    lying = trimesh.creation.torus(0.009, 0.0012, major_sections=24, minor_sections=8)
    lying.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    path = tmp_path / "lying.glb"
    path.write_bytes(trimesh.Scene([lying]).export(file_type="glb"))
    page = show(f"show=viewer&glb={path}", ".viewer .stage.ready")
    phi = page.locator("model-viewer").evaluate("model => model.getCameraOrbit().phi")
    assert np.degrees(phi) == pytest.approx(32, abs=1)


SHOWS_SQUARE = """(model, half) => {
    const seen = Math.tan(model.getFieldOfView() * Math.PI / 360) * Math.min(1, model.clientWidth / model.clientHeight)
    const over = model.parentElement.querySelector("img.over"), side = Math.min(model.clientWidth, model.clientHeight)
    return model.clientWidth < innerWidth && Math.abs(seen / half - 1) < 0.005 &&
           Math.abs(over.clientWidth - side) < 1 && Math.abs(over.clientHeight - side) < 1
}"""
"""The shorter side of the stage shows what the master's square frame shows, and its picture lies there."""


def test_the_model_is_shown_as_the_master(show, tmp_path):
    """At a press the model stands where the master's camera saw it, its picture blinks over it; once more ends it.

    A mark stands on it from the first.

    The picture is a square, so the model is shown in one on whatever stage, also after it changed.
    """
    path = tmp_path / "atelier.glb"
    data = to_glb(build(composed(read("gold solitaire ring").spec), COARSE))
    path.write_bytes(data)
    page = show(f"show=viewer&marked=1&glb={path}", ".viewer .stage.ready")
    expect(page.locator("model-viewer").get_by_role("button", name="thin here")).to_be_in_viewport()
    button = page.get_by_role("button", name="As the master", exact=True)
    over = page.locator(".viewer img.over")
    expect(over).not_to_be_visible()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(over).to_have_js_property("hidden", value=False)
    theta, phi, radius = page.locator("model-viewer").evaluate(
        "model => { const { theta, phi, radius } = model.getCameraOrbit(); return [theta, phi, radius] }"
    )
    wanted = viewing(data).orbit.split()
    assert [np.degrees(theta), np.degrees(phi)] == pytest.approx([float(a[:-3]) for a in wanted[:2]], abs=0.1)
    assert radius == pytest.approx(float(wanted[2][:-1]), rel=0.01)
    field_of_view = np.radians(float(viewing(data).field_of_view[:-3]))
    model, half = page.locator("model-viewer"), float(np.tan(field_of_view / 2))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        under = f"the model under its master on a window {width} pixels wide"
        until(page, lambda: model.evaluate(SHOWS_SQUARE, half), under)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(over).to_have_js_property("hidden", value=True)
