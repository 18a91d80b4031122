"""The trash, and the bytes that no design names: freed when nobody can want them, never before."""

import json
import os
import random
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import BadArchive, BadInput, DiskFull, ReadOnly, UnknownDesign
from pipeline.export import archive
from pipeline.images import Pixels
from pipeline.records import Asset, Branch, Design, Recipe
from pipeline.store import Store

RECIPE = Recipe(role="upload", provider="upload")


def made(store: Store, pixels: Pixels, name: str = "Ring") -> Design:
    """A design with a master."""
    asset = store.put_picture(pixels, RECIPE)
    return store.update(store.create(name).id, lambda d: d.with_master(Branch(master=asset)))


def pictures(store: Store) -> list[str]:
    return sorted(f.name for f in (store.folder / "assets").rglob("*") if f.is_file())


def age(store: Store, hours: float) -> None:
    """Let everything on disk have been written some hours ago."""
    for file in store.folder.rglob("*"):
        os.utime(file, (time.time() - hours * 3600,) * 2)


def test_a_deleted_design_is_listed_and_comes_back(store: Store, ring_pixels: Pixels) -> None:
    """With its name and time; restored it is the same."""
    design = made(store, ring_pixels)
    store.delete(design.id)
    (row,) = store.trashed()
    assert (row.name, row.place, row.damage, store.count_trashed()) == ("Ring", design.id, "", 1)
    assert store.restore(row.place) == design
    assert store.trashed() == ()
    with pytest.raises(UnknownDesign, match="not in the trash"):
        store.restore(row.place)


def test_emptying_frees_what_only_the_trash_named(store: Store, ring_pixels: Pixels) -> None:
    """What another design shares stays; documents made of the deleted one go."""
    only, shared = made(store, ring_pixels), made(store, 255 - ring_pixels)
    copied = store.duplicate(shared.id)
    for name in (only.id, shared.id):
        (store.folder / "exports" / name).mkdir(parents=True)
        store.delete(name)
    freed = store.empty_trash()
    assert freed >= only.branches[0].master.size_bytes
    assert store.trashed() == ()
    assert (store.pixels(copied.branches[0].master) == 255 - ring_pixels).all()
    assert {name[:64] for name in pictures(store)} == {copied.branches[0].master.id}
    assert list((store.folder / "exports").iterdir()) == []


def test_a_damaged_record_still_keeps_what_it_names(store: Store, ring_pixels: Pixels) -> None:
    """Nobody can read it today; its pictures are not freed under whoever repairs it."""
    broken, other = made(store, ring_pixels), made(store, 255 - ring_pixels)
    file = store.folder / "designs" / broken.id / "design.json"
    whole = file.read_bytes()
    for damage in (whole[:-9], whole.decode().encode("utf-16"), b"\xff" + whole):
        file.write_bytes(damage)
        store.delete(other.id)
        store.empty_trash()
        assert any(name.startswith(broken.branches[0].master.id) for name in pictures(store))
        other = made(store, 255 - ring_pixels)


def test_what_may_still_be_named_is_not_freed(store: Store, ring_pixels: Pixels) -> None:
    """A picture just put, one of work under way, one of an upload that a job's note names; orphans of a day go."""
    orphan = store.put_picture(ring_pixels, RECIPE)
    store.empty_trash()
    assert store.read(orphan)
    age(store, 48)
    noted = store.put_picture(255 - ring_pixels, RECIPE)
    jobs = store.folder / "jobs"
    jobs.mkdir()
    (jobs / "a.model.json").write_text(json.dumps({"state": "done", "params": {"upload": {"id": noted.id}}}))
    for file in (store.folder / "assets").rglob(f"{noted.id}*"):
        os.utime(file, (time.time() - 200_000,) * 2)
    store.empty_trash()
    assert {name[:64] for name in pictures(store)} == {noted.id}


def test_the_draft_of_a_killed_server_is_freed_after_a_day(store: Store, ring_pixels: Pixels) -> None:
    """A write that was killed leaves a hidden file; one of today may still be written."""
    asset = store.put_picture(ring_pixels, RECIPE)
    (place,) = {file.parent for file in (store.folder / "assets").rglob(f"{asset.id}*")}
    draft = place / f".{asset.id}.png.0a1b2c3d"
    draft.write_bytes(b"half a picture")
    store.empty_trash()
    assert draft.exists()
    age(store, 48)
    store.empty_trash()
    assert not draft.exists()


def test_work_under_way_keeps_what_it_put(store: Store, ring_pixels: Pixels) -> None:
    """Its record is not written yet; what it shares with a deleted design stays until it ended."""
    design = made(store, ring_pixels)
    age(store, 1)
    jobs = store.folder / "jobs"
    jobs.mkdir()
    note = jobs / "b.enhance.json"
    note.write_text(json.dumps({"state": "running"}))
    again = store.put_picture(ring_pixels, RECIPE)
    store.delete(design.id)
    store.empty_trash()
    assert store.read(again)
    note.unlink()
    age(store, 48)
    assert store.empty_trash() > 0
    assert pictures(store) == []


def test_the_same_picture_put_again_is_not_freed_with_the_deleted_design(
    store: Store, ring_pixels: Pixels
) -> None:
    """Put after the deletion, before the emptying: it has a new owner to be."""
    design = made(store, ring_pixels)
    store.delete(design.id)
    os.utime(store.folder / "trash" / design.id, (time.time() - 5,) * 2)
    again = store.put_picture(ring_pixels, RECIPE)
    store.empty_trash()
    assert store.read(again)


def test_nothing_is_overwritten(store: Store, ring_pixels: Pixels) -> None:
    """Two deletions of one id are two rows; a design that is here is not replaced by the trash's."""
    design = made(store, ring_pixels)
    packed = archive.write(store, design)
    store.delete(design.id)
    archive.read(store, packed)
    with pytest.raises(BadInput, match="same id"):
        store.restore(design.id)
    store.rename(design.id, "Second")
    store.delete(design.id)
    assert {row.name for row in store.trashed()} == {"Ring", "Second"}
    assert store.restore(f"{design.id}-2").name == "Second"


@pytest.mark.parametrize("place", ["../designs", "..", ".", "", "/etc", "x/../y", "nope"])
def test_no_path_reaches_beyond_the_trash(place: str, store: Store) -> None:
    """Only a folder that lies in it, by its name."""
    store.create("Ring")
    with pytest.raises(UnknownDesign):
        store.restore(place)
    with pytest.raises(UnknownDesign):
        store.delete(place)
    assert len(store.designs()) == 1


def test_visitors_change_nothing(store: Store, ring_pixels: Pixels) -> None:
    """Neither restore nor empty."""
    design = made(store, ring_pixels)
    store.delete(design.id)
    view = store.for_visitor()
    for change in (view.empty_trash, lambda: view.restore(design.id), lambda: view.delete(design.id)):
        with pytest.raises(ReadOnly):
            change()
    assert [row.place for row in view.trashed()] == [design.id]


def test_a_failed_import_leaves_nothing(
    store: Store, ring_pixels: Pixels, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The disk fills while its files are stored: what it wrote goes, what was here stays."""
    source = Store(tmp_path / "source")
    packed = archive.write(source, made(source, ring_pixels))
    kept = store.put_picture(255 - ring_pixels, RECIPE)
    before = pictures(store)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "add", lambda *_: (_ for _ in ()).throw(DiskFull("full")))
    with pytest.raises(DiskFull):
        archive.read(store, packed)
    monkeypatch.undo()
    assert pictures(store) == before
    monkeypatch.setattr("pipeline.files.os.fsync", full)
    with pytest.raises(DiskFull):
        archive.read(store, packed)
    monkeypatch.undo()
    assert pictures(store) == before
    assert store.read(kept)


def test_a_picture_that_does_not_decode_leaves_nothing(
    store: Store, tmp_path: Path, ring_pixels: Pixels
) -> None:
    """Its header is whole, its pixels are not: found on the way in, and all of it is taken back."""
    source = Store(tmp_path / "source")
    design = made(source, ring_pixels)
    master = design.branches[0].master
    data = bytearray(source.read(master))
    at = data.index(b"IDAT") + 40
    data[at : at + 400] = bytes(400)
    spoilt: Asset = source.put(bytes(data), RECIPE, thumbnails=False)
    broken = source.update(design.id, lambda d: d.model_copy(update={"candidates": (master, spoilt)}))
    with pytest.raises(BadArchive, match="decoded"):
        archive.read(store, archive.write(source, broken))
    assert pictures(store) == []
    assert store.designs() == ()


def test_nothing_is_freed_under_designs_that_are_written_meanwhile(store: Store) -> None:
    """Threads and a second process put the same few pictures, delete, duplicate, restore; the trash is emptied all
    the while. Every design that is there in the end is whole."""
    pictures = [np.full((24, 24, 3), level, np.uint8) for level in (20, 120, 220)]
    until = time.monotonic() + 3
    troubles: list[BaseException] = []

    def work(shop: Store, seed: int) -> None:
        draw = random.Random(seed)
        try:
            while time.monotonic() < until:
                asset = shop.put_picture(draw.choice(pictures), RECIPE)
                design = shop.create(f"Ring {seed}")
                time.sleep(draw.random() * 0.01)
                with suppress(UnknownDesign):  # another thread may have deleted it in between
                    shop.update(design.id, lambda d, a=asset: d.with_master(Branch(master=a)))
                with suppress(UnknownDesign):
                    shop.duplicate(draw.choice(shop.summaries()).id)
                if draw.random() < 0.7:
                    with suppress(UnknownDesign):
                        shop.delete(draw.choice(shop.summaries()).id)
                if draw.random() < 0.2 and (rows := shop.trashed()):
                    with suppress(UnknownDesign, BadInput):
                        shop.bring_back(rows[0].place)
        except BaseException as error:
            troubles.append(error)
            raise

    def empty(shop: Store) -> None:
        try:
            while time.monotonic() < until:
                shop.empty_trash()
        except BaseException as error:
            troubles.append(error)
            raise

    shops = (store, Store(store.folder))
    threads = [threading.Thread(target=work, args=(shops[n % 2], n)) for n in range(4)]
    threads.append(threading.Thread(target=empty, args=(Store(store.folder),)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    designs = Store(store.folder).designs()
    assert designs
    for design in designs:
        assert all(store.read(asset) for asset in design.assets())
