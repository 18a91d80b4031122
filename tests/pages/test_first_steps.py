"""From the gallery to a finished set: few presses, each choice seen before it is made, none that cannot be undone."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.ui.photograph import changes
from pipeline import images
from pipeline.errors import BadImage
from pipeline.export.brand import file_name
from pipeline.jobs import Job, Row
from pipeline.orders import WholeSetOrder
from pipeline.stages import generate
from pipeline.stages.branch import change_branch, go_back
from pipeline.stages.tools import StageOrder, Tools
from pipeline.workbench import Workbench
from tests.pages.conftest import finish

GALLERY, GENERATE = "pages/gallery.py", "pages/generate.py"
Open = Callable[..., AppTest]


class Hand:
    """Presses buttons on a page and counts them."""

    def __init__(self, at: AppTest) -> None:
        self.at, self.presses = at, 0

    def press(self, key: str) -> None:
        """Press one button that stands on the page and can be pressed."""
        button = self.at.button(key=key)
        assert not button.disabled
        self.presses += 1
        button.click().run()
        assert not self.at.exception

    def begin(self) -> None:
        """New design; AppTest draws the page it leads to, but has to be told to stay there."""
        self.press("new")
        assert self.at.text_area(key="prompt")
        self.at.switch_page(GENERATE).run()


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[StageOrder]:
    """What is ordered, done at once: that such an order makes a whole set is tested where it is carried out."""
    carried: list[StageOrder] = []

    def carry_out(order: StageOrder, _tools: Tools, _job: Job) -> list[Row]:
        carried.append(order)
        return []

    monkeypatch.setattr("pipeline.workbench.carry_out", carry_out)
    return carried


def photograph(width: int = 700, height: int = 560, **how: object) -> bytes:
    """A disc on near-white as a JPEG."""
    y, x = np.mgrid[:height, :width]
    picture = np.full((height, width, 3), 244, np.uint8)
    picture[np.abs(np.hypot(x - width / 2, y - height / 2) - 180) < 30] = (190, 150, 70)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", **how)
    return out.getvalue()


def see_the_showcase(hand: Hand) -> None:
    """The link beside "The whole set is finished" is one more press."""
    links = [link for link in hand.at.get("page_link") if link.proto.label == "See it on the showcase"]
    assert links
    assert links[0].proto.page == "showcase"
    hand.presses += 1
    hand.at.run()  # whatever is pressed meanwhile, the way there stays
    assert [link for link in hand.at.get("page_link") if link.proto.label == "See it on the showcase"]


def test_a_prompt_takes_four_presses_at_most(visit: Open, bench: Workbench, orders: list[StageOrder]) -> None:
    """New design, Make the whole set, see it."""
    hand = Hand(visit(GALLERY))
    hand.begin()
    hand.at.text_area(key="prompt").set_value("a gold ring with a 1 ct ruby")
    hand.press("whole-set")
    design = bench.store.designs()[0]
    finish(hand.at, bench, design.id, "set")
    see_the_showcase(hand)
    (order,) = orders
    assert isinstance(order, WholeSetOrder)
    assert order.start is not None
    assert order.start.prompt == "a gold ring with a 1 ct ruby"
    assert order == bench.whole_set(design, order.start)
    assert hand.presses <= 4


def test_a_photograph_takes_five_presses_at_most(
    visit: Open, bench: Workbench, orders: list[StageOrder]
) -> None:
    """New design, the tab, the file, Make the whole set, see it."""
    hand = Hand(visit(GALLERY))
    hand.begin()
    hand.presses += 2  # the tab "From a photograph" and the file's own button
    hand.at.file_uploader(key="upload").set_value(("gold-ring.jpg", photograph(), "image/jpeg")).run()
    assert hand.at.selectbox(key="upload-kind").value == "ring"
    hand.press("whole-upload")
    design = bench.store.designs()[0]
    finish(hand.at, bench, design.id, "set")
    see_the_showcase(hand)
    assert orders == [bench.whole_set(design)]
    assert bench.whole_set(design).lacks(design)
    assert hand.presses <= 5


def words_of(at: AppTest) -> str:
    return "\n".join(entry.value for entry in at.markdown)


def test_a_photograph_is_seen_before_it_becomes_the_master(visit: Open, bench: Workbench) -> None:
    """Large, next to what becomes of it; nothing is changed yet, and what is no picture is said at once."""
    design = bench.store.create("Ring", kind="ring")
    generate.upload(bench.store, design.id, photograph())
    at = visit(GENERATE, design=design.id)
    before = bench.store.load(design.id)
    sideways = Image.Exif()
    sideways[274] = 6
    at.file_uploader(key="upload").set_value(
        ("a.jpg", photograph(2400, 800, exif=sideways), "image/jpeg")
    ).run()
    at.selectbox(key="upload-side").set_value(2048).run()
    assert not at.exception
    assert "The master has 683 x 2048 px, reduced from 800 x 2400." in words_of(at)
    assert "you can go back to it" in words_of(at)
    assert bench.store.load(design.id) == before
    at.file_uploader(key="upload").set_value(("b.jpg", b"GIF89a nothing", "image/jpeg")).run()
    assert not at.exception
    assert len(at.error) == 1
    assert "What becomes of it" not in words_of(at)


@pytest.mark.parametrize(
    ("sides", "longest", "said"),
    [
        ((1000, 800), 8192, "its own 1000 x 800 px"),
        ((8192, 4000), 8192, "its own 8192 x 4000 px"),
        ((8193, 4000), 8192, "8192 x 4000 px, reduced from 8193 x 4000"),
        ((3000, 6000), 4096, "2048 x 4096 px, reduced from 3000 x 6000"),
    ],
)
def test_what_a_photograph_becomes_is_told_in_pixels(sides: tuple[int, int], longest: int, said: str) -> None:
    """Its own size where that fits, else the reduced one beside its own; only a standing master is spoken of."""
    sentences = changes(*sides, longest, ("A note.",), replaces=False)
    assert said in sentences[0]
    assert "A note." in sentences
    assert not any("go back" in sentence for sentence in sentences)
    assert any("go back" in sentence for sentence in changes(*sides, longest, (), replaces=True))


def test_a_candidate_is_seen_large_beside_what_changes(visit: Open, bench: Workbench) -> None:
    """The dialog names what tells it from the first and what the press does; the press does it."""
    at = visit(GENERATE)
    at.text_area(key="prompt").set_value("gold solitaire ring with a 1 ct round diamond")
    at.selectbox(key="size").set_value(1024)
    at.button(key="generate").click().run()
    design_id = bench.store.designs()[0].id
    finish(at, bench, design_id, "candidates")
    at.button(key="closer-2").click().run()
    assert "**Against the first candidate**" in words_of(at)
    assert "rendered anew, 1024 x 1024 px" in words_of(at)
    assert "Five regions are suggested" in words_of(at)
    at.button(key="choose-closer").click().run()
    finish(at, bench, design_id, "master")
    design = bench.store.load(design_id)
    assert design.branch is not None
    assert design.branch.master.recipe.parents == (design.candidates[2].id,)
    at.button(key="closer-1").click().run()
    assert "you can go back to it" in words_of(at)
    at.run()
    at.button(key="closer-2").click().run()
    assert "A master was made of it before" in words_of(at)


def test_a_master_that_was_replaced_can_be_had_back_with_its_work(visit: Open, bench: Workbench) -> None:
    """Its regions are as they were, and the newer master keeps its own."""
    design = bench.store.create("Ring", kind="ring")
    first = generate.upload(bench.store, design.id, photograph()).branch
    second = generate.upload(bench.store, design.id, photograph(800, 600)).branch
    assert first is not None
    assert second is not None
    at = visit(GENERATE, design=design.id)
    at.button(key="go-back-0").click().run()
    assert not at.exception
    assert bench.store.load(design.id).branch == first
    assert "Master 1 stands again · no close-ups · no sketches · no 3D." in [
        said.value for said in at.success
    ]
    at.button(key="go-back-1").click().run()
    assert bench.store.load(design.id).branch == second


def test_a_photograph_brought_twice_is_two_masters_that_are_told_apart(bench: Workbench) -> None:
    """Each has its own regions, and both can be gone back to."""
    design = bench.store.create("Ring", kind="ring")
    for _ in range(2):
        design = bench.upload_master(design.id, photograph(), "ring")
    first, second = (branch.master.id for branch in design.branches)
    change_branch(bench.store, design.id, second, lambda branch: branch.model_copy(update={"regions": ()}))
    for number, master_id in enumerate((first, second)):
        assert go_back(bench.store, design.id, master_id).current == number
    assert [bool(branch.regions) for branch in bench.store.load(design.id).branches] == [True, False]


def test_the_kind_of_a_design_is_that_of_its_master(bench: Workbench) -> None:
    """It comes back with an earlier master, and stays where a picture could not be read."""
    design = bench.store.create("Ring", kind="ring")
    ring = bench.upload_master(design.id, photograph(), "ring").branch
    assert ring is not None
    assert bench.upload_master(design.id, photograph(800, 600), "earrings").kind == "earrings"
    assert go_back(bench.store, design.id, ring.master.id).kind == "ring"
    with pytest.raises(BadImage):
        bench.upload_master(design.id, b"GIF89a nothing", "brooch")
    assert bench.store.load(design.id).kind == "ring"


def test_what_is_no_picture_begins_no_design(visit: Open, bench: Workbench) -> None:
    """Its error is shown, and both buttons that would use it are off until another file is brought."""
    at = visit(GENERATE)
    at.file_uploader(key="upload").set_value(("b.jpg", b"GIF89a nothing", "image/jpeg")).run()
    assert at.button(key="use-upload").disabled
    white = images.encode_png(np.full((600, 600, 3), 255, np.uint8))
    at.file_uploader(key="upload").set_value(("white.png", white, "image/png")).run()
    assert any("This picture is empty" in error.value for error in at.error)
    assert at.button(key="use-upload").disabled
    assert at.button(key="whole-upload").disabled
    at.file_uploader(key="upload").set_value(("a.jpg", photograph(), "image/jpeg")).run()
    assert not at.button(key="use-upload").disabled
    assert bench.store.designs() == ()


def test_a_name_is_changed_where_it_stands(visit: Open, bench: Workbench) -> None:
    """On the showcase; an emptied field leaves the name; files are named after it."""
    design = bench.store.create("A ring with a very long first name", kind="ring")
    generate.upload(bench.store, design.id, photograph())
    at = visit("pages/showcase.py", design=design.id)

    def field() -> Any:
        return next(entry for entry in at.text_input if str(entry.key).startswith("name-showcase-"))

    field().set_value("  ").run()
    assert bench.store.load(design.id).name == field().value == "A ring with a very long first name"
    field().set_value("Éclat, N° 2").run()
    assert not at.exception
    named = bench.store.load(design.id)
    assert named.name == "Éclat, N° 2"
    assert field().value == "Éclat, N° 2"
    assert file_name(named, "pdf") == "éclat-n-2.pdf"
