"""The store: whole designs whatever happens, unknown ids and damaged files in one sentence."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BadInput, Corrupt, DiskFull, StorageError, UnknownDesign
from pipeline.images import Pixels
from pipeline.records import Branch, Design, Recipe
from pipeline.store import Store

RECIPE = Recipe(role="upload", provider="upload")

KILLER = """
import os, signal, sys, time
import numpy as np
from pathlib import Path
from pipeline.records import Branch, Recipe
from pipeline.store import Store

store = Store(Path(sys.argv[1]))
design = store.load(sys.argv[2])

def write(seed):
    while True:
        seed += 1
        pixels = np.random.default_rng(seed).integers(0, 255, (96, 96, 3), np.uint8)
        asset = store.put_picture(pixels, Recipe(role="upload", provider="upload"))
        store.update(design.id, lambda d: d.model_copy(
            update={"branches": (*d.branches[-20:], Branch(master=asset)), "current": 0}))

committed = 0
for number, pause in enumerate(np.random.default_rng(7).uniform(0.0, 0.08, 100)):
    child = os.fork()
    if child == 0:
        write(number * 10_000)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = store.load(design.id)
    for branch in found.branches:
        assert store.pixels(branch.master).shape == (96, 96, 3)
        assert store.thumbnail(branch.master, 384)
    committed += len(found.branches)
print(committed)
"""


def test_a_design_survives_the_round_trip(store: Store, ring_pixels: Pixels) -> None:
    """What was written is what is read."""
    design = store.create("Ring", kind="ring", prompt="a ring")
    asset = store.put_picture(ring_pixels, RECIPE)
    written = store.update(design.id, lambda d: d.with_master(Branch(master=asset)))
    assert Store(store.folder).load(design.id) == written
    assert (store.pixels(asset) == ring_pixels).all()


def test_an_asset_is_named_by_its_bytes(store: Store, ring_pixels: Pixels) -> None:
    """The same picture with the same recipe is kept once, with both thumbnails."""
    first, second = store.put_picture(ring_pixels, RECIPE), store.put_picture(ring_pixels, RECIPE)
    assert first.id == second.id
    files = sorted(f.name.removeprefix(first.id) for f in (store.folder / "assets").rglob("*") if f.is_file())
    assert files == [".384.jpg", ".900.jpg", ".png"]


def test_another_master_never_rewrites_the_first(store: Store, ring_pixels: Pixels) -> None:
    """Choosing another master begins a branch; the earlier one is still there."""
    design = store.create("Ring")
    for pixels in (ring_pixels, 255 - ring_pixels):
        asset = store.put_picture(pixels, RECIPE)
        design = store.update(design.id, lambda d, asset=asset: d.with_master(Branch(master=asset)))
    assert len(design.branches) == 2
    assert (store.pixels(design.branches[0].master) == ring_pixels).all()


def test_concurrent_changes_are_all_kept(store: Store) -> None:
    """Ten threads add a tag each; none is lost."""
    design = store.create("Ring")

    def tag(number: int) -> None:
        store.update(design.id, lambda d: d.model_copy(update={"tags": (*d.tags, str(number))}))

    threads = [threading.Thread(target=tag, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(store.load(design.id).tags) == sorted(str(n) for n in range(10))


def test_a_killed_writer_leaves_every_design_whole(tmp_path: Path) -> None:
    """A process that writes as fast as it can is killed a hundred times; the design and its assets are whole."""
    store = Store(tmp_path / "data")
    design = store.create("Ring")
    killer = subprocess.run(
        [sys.executable, "-c", KILLER, str(store.folder), design.id],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    assert killer.returncode == 0, killer.stderr
    assert int(killer.stdout) > 100


@pytest.mark.parametrize("design_id", ["nope234567", "../../etc/passwd", "", "x" * 200, "A-B", "a/b"])
def test_an_unknown_id_is_one_sentence(store: Store, design_id: str) -> None:
    """No id from a URL reaches a path, and each is answered with a sentence."""
    with pytest.raises(UnknownDesign, match=r"gallery\.$"):
        store.load(design_id)


@given(name=st.text(min_size=1, max_size=400))
def test_any_name_is_text(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Names are kept as they are typed, or refused; never a path."""
    store = Store(tmp_path_factory.getbasetemp() / "names")
    try:
        design = store.create(name)
    except BadInput:
        assert not name.split() or len(" ".join(name.split())) > 300
    else:
        assert store.load(design.id).name == " ".join(name.split())


def test_deleting_can_be_undone(store: Store) -> None:
    """A deleted design is gone from the gallery and comes back whole."""
    design = store.create("Ring")
    store.delete(design.id)
    assert store.designs() == ()
    assert store.restore(design.id) == design


def test_a_changed_file_is_refused(store: Store, ring_pixels: Pixels) -> None:
    """One flipped byte in an asset is noticed."""
    asset = store.put_picture(ring_pixels, RECIPE)
    path = next((store.folder / "assets").rglob("*.png"))
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)
    with pytest.raises(Corrupt, match="changed on disk"):
        store.read(asset)


def test_a_damaged_record_hides_no_healthy_one(store: Store) -> None:
    """The gallery shows what can be read."""
    healthy, damaged = store.create("A"), store.create("B")
    (store.folder / "designs" / damaged.id / "design.json").write_text('{"id": ')
    assert [d.id for d in store.designs()] == [healthy.id]
    with pytest.raises(Corrupt):
        store.load(damaged.id)


def test_a_newer_record_is_refused_not_mangled(store: Store) -> None:
    """A file written by a later version is left alone."""
    design = store.create("A")
    path = store.folder / "designs" / design.id / "design.json"
    record = json.loads(path.read_text()) | {"schema_version": 99}
    path.write_text(json.dumps(record))
    with pytest.raises(Corrupt, match="update Loupe"):
        store.load(design.id)
    assert json.loads(path.read_text())["schema_version"] == 99


def test_a_full_disk_is_one_sentence_and_harms_nothing(
    store: Store, ring_pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the device has no room the write is refused and the design stays as it was."""
    design = store.create("Ring")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.files.os.fsync", full)
    with pytest.raises(DiskFull, match="no room left"):
        store.put_picture(ring_pixels, RECIPE)
    with pytest.raises(DiskFull):
        store.rename(design.id, "Other")
    monkeypatch.undo()
    assert store.load(design.id).name == "Ring"
    assert not [f for f in store.folder.rglob(".*") if f.is_file()]


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    """A wrong LOUPE_DATA_DIR is said in words."""
    path = tmp_path / "data"
    path.write_text("not a folder")
    with pytest.raises(StorageError, match="data folder"):
        Store(path)


def test_duplicates_share_assets(store: Store, ring_pixels: Pixels) -> None:
    """A copy has its own id and name and the very same files."""
    design = store.create("Ring")
    asset = store.put_picture(ring_pixels, RECIPE)
    design = store.update(design.id, lambda d: d.with_master(Branch(master=asset)))
    copy: Design = store.duplicate(design.id)
    assert copy.id != design.id
    assert copy.branches == design.branches
