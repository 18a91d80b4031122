"""The showcase file: everything inside, every text escaped, nothing allowed but what was written."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from pipeline import images
from pipeline.atelier.files.viewing import viewing
from pipeline.export import dossier, page
from pipeline.records import Branch, Design, Detail, Recipe
from pipeline.store import Store
from tests.export.pieces import of_the_atelier
from tests.photo.pieces import solitaire

AWKWARD = (
    '"><script>alert(1)</script>',
    "خاتم ذهب \u202e evil",
    "💍 Ring 💎",
    "n" * 300,
    "../../x",
    "</style></script><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
)


class Reader(HTMLParser):
    """Collects tags, and the text inside them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)


def read(html: bytes) -> Reader:
    """Parse a page."""
    reader = Reader()
    reader.feed(html.decode())
    return reader


@pytest.fixture(scope="module")
def html(shelf: Store, finished: Design) -> bytes:
    """The finished design's page."""
    return page.write(shelf, finished)


def test_nothing_from_outside(html: bytes) -> None:
    """No tag refers to anything but data inside the file and anchors."""
    for tag, attributes in read(html).tags:
        for name in ("src", "href", "srcset", "poster", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, name, value[:60])
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)


def test_policy_fits_the_scripts(html: bytes) -> None:
    """The policy allows no source but itself, and its hashes are those of the scripts and styles inside."""
    reader = read(html)
    policy = next(
        a["content"] or "" for t, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy.replace("http-equiv", "")
    inline = re.findall(r"<script type=\"module\">(.*?)</script>", html.decode(), re.DOTALL)
    inline += re.findall(r"<style>(.*?)</style>", html.decode().split("</head>")[0], re.DOTALL)
    assert len(inline) == 3
    for text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_a_model_of_the_atelier_is_lit_as_its_master(shelf: Store, finished: Design) -> None:
    """Inside lie the studio of its master and what light is followed by; the policy still allows what is written."""
    design = of_the_atelier(shelf, finished)
    assert design.branch
    assert design.branch.model
    known = viewing(shelf.read(design.branch.model.glb))
    assert known
    assert known.tracing
    text = page.write(shelf, design).decode()
    inside = {
        name: base64.b64decode(content)
        for name, content in re.findall(r'<script type="text/plain" id="(\w+)">(.*?)</script>', text)
    }
    assert inside["light"] == known.environment
    assert json.loads(inside["studio"]) == known.tracing.studio
    assert inside["tables"] == known.tracing.tables
    for script in re.findall(r"<script type=\"module\">(.*?)</script>", text, re.DOTALL):
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in text
    assert len(text) < page.MAX_BYTES


def test_same_page(html: bytes, shelf: Store, finished: Design) -> None:
    """The same design gives the same bytes, far below the limit."""
    assert page.write(shelf, finished) == html
    assert len(html) < page.MAX_BYTES


def test_pictures_are_whole(html: bytes, finished: Design) -> None:
    """Master, close-ups and sketches are inside with all their pixels."""
    assert finished.branch
    wanted = [finished.branch.master]
    wanted += [c.result for c in finished.branch.chosen_close_ups]
    wanted += [s.sheet for s in finished.branch.latest_sketches if s.drawing is None]
    assert finished.branch.model
    wanted += [view.picture for view in finished.branch.model.views]
    sizes = [
        (int(a["width"] or 0), int(a["height"] or 0))
        for t, a in read(html).tags
        if t == "img" and "data-caption" in a and "svg" not in str(a["src"])[:20]
    ]
    assert sorted(sizes) == sorted((asset.width, asset.height) for asset in wanted)


def test_kept_lines_are_lines(html: bytes) -> None:
    """A sketch whose lines were kept is inside as SVG, the others as pictures."""
    kinds = [
        str(a["src"]).partition(";")[0]
        for t, a in read(html).tags
        if t == "img" and str(a.get("alt")).startswith("Technical sketch")
    ]
    assert kinds == ["data:image/svg+xml", *["data:image/png"] * 5]


@pytest.mark.parametrize("name", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_names_are_text(name: str, html: bytes, shelf: Store, finished: Design) -> None:
    """Whatever a field holds ends up as text: same tags as before, and the name word for word."""
    assert finished.branch
    label = name[:40]
    branch = finished.branch.model_copy(
        update={
            "close_ups": tuple(
                c.model_copy(update={"region": c.region.model_copy(update={"label": label})})
                for c in finished.branch.close_ups
            ),
            "sketches": tuple(
                s.model_copy(update={"title": name, "style": name}) for s in finished.branch.sketches
            ),
            "models": tuple(m.model_copy(update={"known": name}) for m in finished.branch.models),
        }
    )
    design = finished.with_branch(branch).model_copy(update={"name": name, "prompt": name, "tags": (name,)})
    found = read(page.write(shelf, design))
    plain = read(html)
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in plain.tags]
    assert "".join(found.texts["title"]) == f"{name} · Loupe"
    assert label in found.texts["bdi"]


def test_a_large_set_still_fits(shelf: Store, finished: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the pictures would not fit, quality gives way before size does, and the limit holds."""
    full = len(page.write(shelf, finished))
    monkeypatch.setattr(page, "_SMALL_PNG", 0)
    monkeypatch.setattr(page, "MAX_BYTES", full - 150_000)
    assert len(page.write(shelf, finished)) <= full - 150_000


def test_unfinished_designs(shelf: Store, empty: Store, finished: Design) -> None:
    """A design with no master, or with a master only, still makes a page."""
    assert b"no master yet" in page.write(empty, empty.create("Only a name"))
    assert finished.branch
    bare = finished.branch.model_copy(update={"close_ups": (), "sketches": (), "models": ()})
    text = page.write(shelf, finished.with_branch(bare)).decode()
    assert "nothing to certify" in text
    assert "<model-viewer" not in text


def test_an_honest_claim(shelf: Store, finished: Design) -> None:
    """The claim stands only where every close-up passed; one that failed or was not locked takes it back."""
    assert finished.branch
    first, *rest = finished.branch.close_ups
    assert "Zero drift" in page.write(shelf, finished).decode()
    for change in (
        {"fidelity": first.fidelity.model_copy(update={"verdict": "fail"})},
        {"dial": "as delivered"},
    ):
        branch = finished.branch.model_copy(update={"close_ups": (first.model_copy(update=change), *rest)})
        text = page.write(shelf, finished.with_branch(branch)).decode()
        assert "Zero drift" not in text
        assert "4 of 5 close-ups" in text


def test_every_picture_that_was_made_says_how(shelf: Store, finished: Design) -> None:
    """Of a rendered piece each raster picture on the page carries IPTC's digital source type, crops and maps too."""
    branch = finished.branch
    assert branch
    recipe = branch.master.recipe.model_copy(update={"detail": Detail.RENDERED})
    master = branch.master.model_copy(update={"recipe": recipe})
    rendered = finished.with_branch(branch.model_copy(update={"master": master}))
    html = page.write(shelf, rendered)
    pictures = re.findall(rb"data:image/(?:png|jpeg);base64,([\w+/=]+)", html)
    assert len(pictures) > 10
    assert all(b"DigitalSourceType" in base64.b64decode(picture) for picture in pictures)


def test_how_each_part_came_to_be_is_said(html: bytes) -> None:
    """The certificate's own words for master, close-ups, sketches and model."""
    text = html.decode()
    assert "How each part came to be" in text
    assert "The master was" in text
    assert "measured from the pixels" in text


def test_the_master_keeps_a_noisy_photographs_colours(empty: Store) -> None:
    """JPEG rounds noise away; on the page the master is its own pixels, in the dossier within 1 in 99 of 100."""
    draw = np.random.default_rng(1)
    photograph = np.clip(solitaire(640).picture()[0] + draw.normal(0, 5, (640, 640, 3)), 0, 255).astype(
        np.uint8
    )
    master = empty.put_picture(photograph, Recipe(role="upload", provider="upload"))
    assert master.size_bytes > 500_000
    design = empty.create("Ring", kind="ring").with_master(Branch(master=master))
    shown = re.search(rb"data:image/png;base64,([\w+/=]+)", page.write(empty, design))
    assert shown
    assert np.array_equal(images.decode(base64.b64decode(shown[1])), photograph)
    printed = images.decode(dossier._master_picture(empty, master))
    assert np.quantile(deltaE_ciede2000(rgb2lab(photograph), rgb2lab(printed)), 0.99) < 1
