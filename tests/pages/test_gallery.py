"""The gallery: finding designs, tags, variations, comparing, archiving."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.card import begin_variation, keep_words, size_bytes
from pipeline.atelier.spec import Spec
from pipeline.export import archive
from pipeline.images import Pixels
from pipeline.records import Branch, Design, Recipe
from pipeline.store import Store
from pipeline.workbench import Workbench
from tests.pages.conftest import finish

Open = Callable[..., AppTest]


def shown(at: AppTest) -> list[str]:
    """The ids of the cards on the page, in their order."""
    return [str(b.key).removeprefix("open-") for b in at.button if str(b.key).startswith("open-")]


@pytest.fixture
def shelf(bench: Workbench) -> dict[str, Design]:
    """Four designs of three kinds, two with tags."""
    made = {
        name: bench.store.create(name, kind=kind)
        for name, kind in (("Aurora", "ring"), ("Bow", "brooch"), ("Comet", "ring"), ("Dew", "earrings"))
    }
    for name, tags in (("Aurora", ("spring", "Miller")), ("Dew", ("spring",))):
        told = {"tags": tags}
        made[name] = bench.store.update(made[name].id, lambda d, told=told: d.model_copy(update=told))
    return made


def test_designs_are_found(visit: Open, shelf: dict[str, Design]) -> None:
    """Search, kinds, tags and order work together."""
    ids = {design.id: name for name, design in shelf.items()}
    at = visit()
    assert len(shown(at)) == 4
    at.multiselect(key="tags").set_value(["spring"]).run()
    assert {ids[i] for i in shown(at)} == {"Aurora", "Dew"}
    at.button_group(key="kinds").set_value(["ring"]).run()
    assert [ids[i] for i in shown(at)] == ["Aurora"]
    at.multiselect(key="tags").set_value([]).run()
    at.button_group(key="order").set_value("name").run()
    assert [ids[i] for i in shown(at)] == ["Aurora", "Comet"]
    at.text_input(key="search").set_value("miller").run()
    assert [ids[i] for i in shown(at)] == ["Aurora"]


def test_tags_and_name_are_kept(visit: Open, bench: Workbench, shelf: dict[str, Design]) -> None:
    """The dialog keeps a new name and new tags, tidied, and a tag's markup is text."""
    bow = shelf["Bow"]
    at = visit()
    at.button(key=f"rename-{bow.id}").click().run()
    assert at.text_input(key="rename-name").value == "Bow"
    assert at.multiselect(key="rename-tags").options == ["Miller", "spring"]
    keep_words(bow, " Ribbon ", ["spring", " **new**  tag ", "spring", "  "])
    kept = bench.store.load(bow.id)
    assert (kept.name, kept.tags) == ("Ribbon", ("spring", "**new** tag"))
    at = visit()
    assert any("\\*\\*new\\*\\* tag" in m.value for m in at.markdown)


def test_a_variation_of_an_ateliers_piece(visit: Open, bench: Workbench) -> None:
    """“In rose gold” begins a second design whose words and first draft are that, and leaves the first alone."""
    design = bench.store.create(
        "Band", kind="ring", prompt="A platinum ring with a 1 ct oval sapphire, 2 mm band"
    )
    at = visit("pages/generate.py", design=design.id)
    at.button(key="generate").click().run()
    finish(at, bench, design.id, "candidates")
    before = bench.store.load(design.id)
    at = visit()
    at.button(key=f"vary-{design.id}").click().run()
    assert at.text_input(key="vary-change").value == ""
    made = begin_variation(before, "in rose gold")
    job = bench.jobs.find(made.id, "edit")
    assert job is not None
    assert job.wait(60)
    made = bench.store.load(made.id)
    assert made.prompt == "A rose gold ring with a 1 ct oval sapphire, 2 mm band"
    was, now = (Spec.model_validate_json(d.candidates[0].recipe.origin) for d in (before, made))
    assert was.metal == "platinum"
    assert now == was.model_copy(update={"metal": "rose_gold"})
    assert bench.store.load(design.id) == before


def test_a_variation_of_a_photograph(bench: Workbench, photographed: Callable[..., Design]) -> None:
    """The copy keeps its master and says in its prompt what is to be different."""
    design = photographed(bench.store, "Heirloom")
    made = begin_variation(design, "in rose gold")
    assert bench.jobs.running() == ()
    assert made.prompt == "The piece in the picture, in rose gold"
    assert made.branches == bench.store.load(design.id).branches


def test_archive_takes_out_and_import_brings_back(
    visit: Open, bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archived file holds the whole design; the list no longer does; the card told its size."""
    design = photographed(bench.store, "Heirloom")
    packed: list[bytes] = []
    write = archive.write
    monkeypatch.setattr(archive, "write", lambda *told: packed.append(write(*told)) or packed[-1])
    at = visit()
    assert any(f"{size_bytes(design) / 1e6:.1f} MB" in caption.value for caption in at.caption)
    at.button(key=f"archive-{design.id}").click().run()
    at.get("download_button")[0].click().run()
    assert bench.store.designs() == ()
    data = write(bench.store, design)
    assert archive.read(bench.store, data) == design


def test_two_designs_side_by_side(visit: Open, bench: Workbench, photographed: Callable[..., Design]) -> None:
    """What differs stands out; with one design there is nothing to compare."""
    one = photographed(bench.store, "One")
    assert "one design only" in visit("pages/compare.py", left=one.id).info[0].value
    other = bench.store.create("Other", kind="brooch")
    at = visit("pages/compare.py", left=other.id, right=one.id)
    assert [box.value for box in at.selectbox] == [other.id, one.id]
    assert {"**Brooch**", "**Ring**"} <= {m.value for m in at.markdown}


def test_a_page_of_many_designs_reads_no_record_and_only_the_pictures_it_shows(
    visit: Open, bench: Workbench, ring_pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty designs: the list comes from the index, twelve cards are on the page, twelve thumbnails are looked up."""
    asset = bench.store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))
    for number in range(30):
        made = bench.store.create(f"Ring {number}")
        bench.store.update(made.id, lambda d: d.with_master(Branch(master=asset)))
    visit()
    asked: list[str] = []
    for name in ("load", "thumbnail", "read"):
        work = getattr(Store, name)

        def counted(
            store: Store, *rest: Any, name: str = name, work: Callable[..., Any] = work, **how: Any
        ) -> Any:
            asked.append(name)
            return work(store, *rest, **how)

        monkeypatch.setattr(Store, name, counted)
    at = visit()
    assert len(shown(at)) == 12
    assert Counter(asked) == {"thumbnail": 12}
    asked.clear()
    at.get("pagination")[0].set_value(3).run()
    assert len(shown(at)) == 6
    assert Counter(asked) == {"thumbnail": 6}


def test_the_page_does_not_wait_for_the_samples(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While they are unpacked it says so, and shows what is there; no empty shelf is announced."""
    monkeypatch.setattr("pages.ui.samples.importing", lambda: True)
    at = visit()
    assert any("Unpacking" in caption.value for caption in at.caption)
    assert not shown(at)
    assert not any("No designs yet" in heading.value for heading in at.subheader)
    bench.store.create("Aurora", kind="ring")
    assert len(shown(at.run())) == 1
    monkeypatch.setattr("pages.ui.samples.importing", lambda: False)
    assert not any("Unpacking" in caption.value for caption in at.run().caption)
