"""One bad thing hurts itself only: the gallery with damaged records, missing pictures, imported designs, a trash."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.workbench import forget, workbench
from pipeline.export import archive, remeasure
from pipeline.images import Pixels
from pipeline.records import Branch, Recipe
from pipeline.workbench import Workbench
from tests.test_index import RECORDS

Open = Callable[..., AppTest]
OLD = Path(__file__).parents[1] / "older" / "old-pendant.loupe"


def keys(at: AppTest, prefix: str) -> set[str]:
    return {str(b.key).removeprefix(prefix) for b in at.button if str(b.key).startswith(prefix)}


def test_every_damage_is_one_card(visit: Open, bench: Workbench) -> None:
    """All damaged records there are, beside a healthy one: it opens, they say what is wrong and can be removed."""
    healthy = bench.store.create("Healthy")
    designs = bench.store.folder / "designs"
    for n, data in enumerate(RECORDS.values()):
        (designs / f"bad{n}").mkdir()
        (designs / f"bad{n}" / "design.json").write_bytes(data)
    (designs / "a copy").mkdir()
    (designs / "a copy" / "design.json").write_bytes((designs / healthy.id / "design.json").read_bytes())
    opened: set[str] = set()
    damaged: set[str] = set()
    at = visit()
    for number in range(1, -(-(len(RECORDS) + 2) // 12) + 1):
        pages = at.get("pagination")[0]
        pages.set_value(number).run()
        opened |= keys(at, "open-")
        damaged |= keys(at, "remove-")
    assert opened == {healthy.id}
    assert damaged == {"a copy", *(f"bad{n}" for n in range(len(RECORDS)))}
    at.button(key=f"remove-{min(keys(at, 'remove-'))}").click().run()
    assert bench.store.count_trashed() == 1
    for page in ("pages/enhance.py", "pages/compare.py", "pages/showcase.py"):
        assert not visit(page).exception
    assert not visit("pages/showcase.py", design="bad0").exception


def test_a_missing_picture_hides_no_other_design(visit: Open, bench: Workbench, ring_pixels: Pixels) -> None:
    """The card says so, can still be opened and deleted; the other cards are whole."""
    asset = bench.store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))
    other = bench.store.create("Other")
    broken = bench.store.update(
        bench.store.create("Broken").id, lambda d: d.with_master(Branch(master=asset))
    )
    for file in (bench.store.folder / "assets").rglob(f"{asset.id}*"):
        file.unlink()
    at = visit()
    assert keys(at, "open-") == {other.id, broken.id}
    assert any("missing from the data folder" in error.value for error in at.error)
    at.button(key=f"delete-{broken.id}").click().run()
    assert keys(at, "open-") == {other.id}


def test_the_trash_is_listed_restored_and_emptied(visit: Open, bench: Workbench, ring_pixels: Pixels) -> None:
    """By its dialog; emptying asks once more."""
    asset = bench.store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))
    for name in ("One", "Two"):
        made = bench.store.create(name)
        bench.store.update(made.id, lambda d: d.with_master(Branch(master=asset)))
        bench.store.delete(made.id)
    at = visit()
    at.button(key="trash").click().run()
    assert {"One", "Two"} <= {text.value for text in at.text}
    one = next(row.place for row in bench.store.trashed() if row.name == "One")
    at.button(key=f"restore-{one}").click().run()
    assert [d.name for d in bench.store.designs()] == ["One"]
    at = visit()
    at.button(key="trash").click().run()
    assert at.button(key="trash-empty").disabled
    bench.store.empty_trash()  # what the button calls; here a box ticked in a dialog closes the dialog
    assert bench.store.trashed() == ()
    assert bench.store.pixels(asset).shape == ring_pixels.shape
    assert not keys(visit(), "trash")


def test_an_imported_design_says_what_measuring_it_showed(visit: Open, bench: Workbench) -> None:
    """Before, its figures are not measured here; afterwards they stand, or are said not to hold."""
    design = archive.read(bench.store, OLD.read_bytes())
    view = bench.for_visitor().store
    assert view.provenance(design.id) is not None
    at = visit("pages/compare.py")  # one design only
    assert not at.exception
    for page in ("sketch", "model3d"):
        at = visit(f"pages/{page}.py", design=design.id)
        assert any("not measured here" in caption.value for caption in at.caption), page
    remeasure.remeasure(bench.store, design.id)
    assert any("measured again here" in m.value for m in visit().markdown)
    note = bench.store.folder / "designs" / design.id / "origin.json"
    told = json.loads(note.read_bytes()) | {"faults": {design.branches[0].close_ups[0].id: "it is *forged*"}}
    note.write_text(json.dumps(told))
    assert any("do not hold" in m.value for m in visit().markdown)
    at = visit("pages/enhance.py", design=design.id)
    assert any("forged" in error.value for error in at.error)


@pytest.mark.parametrize(
    "data", [os.urandom(200), b"[]", b"null", b""], ids=["random", "list", "null", "empty"]
)
def test_a_damaged_open_design_is_one_sentence(data: bytes, visit: Open, bench: Workbench) -> None:
    """Every page of it, from a bookmark."""
    design = bench.store.create("Ring")
    (bench.store.folder / "designs" / design.id / "design.json").write_bytes(data)
    for page in ("generate", "crop", "enhance", "sketch", "model3d", "showcase"):
        at = visit(f"pages/{page}.py", design=design.id)
        assert any("damaged" in error.value for error in at.error), page


def test_a_full_disk_at_start_shows_the_designs_and_says_what_to_do(
    visit: Open, bench: Workbench, ring_pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be written, not even the cache's index: the designs are there, one can be deleted to make room."""
    asset = bench.store.put_picture(ring_pixels, Recipe(role="upload", provider="upload"))
    design = bench.store.create("Ring")
    bench.store.update(design.id, lambda d: d.with_master(Branch(master=asset)))

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("pipeline.cache._open", full)
    monkeypatch.setattr("pipeline.index.sqlite3.connect", full)
    monkeypatch.setattr("pipeline.store.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
    forget()
    at = visit()
    assert keys(at, "open-") == {design.id}
    assert any("Only 0 MB are free" in warning.value for warning in at.warning)
    for page in ("showcase", "crop", "enhance"):
        assert not visit(f"pages/{page}.py", design=design.id).exception
    at = visit()
    at.button(key=f"delete-{design.id}").click().run()
    assert keys(at, "open-") == set()
    assert workbench().store.empty_trash() > 0
    monkeypatch.undo()
    assert workbench().cache.get("nothing") is None  # opened now that there is room
    assert workbench().cache.stats().trouble == ""
    workbench().cache.close()


def test_a_read_only_volume_is_told_to_editors_and_serves_visitors(
    visit: Open, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editors read which setting leads elsewhere; visitors see the designs and no warning."""
    bench.store.create("Ring")
    monkeypatch.setattr("pipeline.store.os.access", lambda *_: False)
    assert any("cannot be written" in warning.value for warning in visit().warning)
    monkeypatch.setenv("LOUPE_READ_ONLY", "true")
    forget()
    at = visit()
    assert len(keys(at, "open-")) == 1
    assert not at.warning
    workbench().cache.close()
