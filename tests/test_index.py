"""The index of designs: always what the folder says, whoever changed it, and quick."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import LoupeError
from pipeline.records import Design
from pipeline.store import Store

OLD = Path(__file__).parent / "older" / "old-pendant.json"


def many(store: Store, count: int) -> None:
    """Designs of five close-ups each, as files."""
    record = json.loads(OLD.read_bytes())
    for n in range(count):
        folder = store.folder / "designs" / f"d{n:04d}"
        folder.mkdir()
        (folder / "design.json").write_text(json.dumps({**record, "id": folder.name, "name": f"Ring {n}"}))


def names(store: Store) -> set[str]:
    return {summary.name for summary in store.summaries() if not summary.damage}


def test_two_hundred_designs_are_listed_in_milliseconds(store: Store) -> None:
    """Unchanged records are not read again, by this process nor by the next."""
    many(store, 200)
    store.summaries()
    store.designs()
    for ask in (store.summaries, store.designs):
        best = min(_timed(ask) for _ in range(5))
        assert best < 0.04, f"{ask.__name__} took {best * 1e3:.0f} ms"
    fresh = Store(store.folder)
    reads: list[str] = []
    load = fresh.load
    fresh.load = lambda design_id: (reads.append(design_id), load(design_id))[1]  # type: ignore[method-assign]
    assert len(fresh.summaries()) == 200
    assert reads == []


def _timed(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


def test_two_stores_on_one_folder_see_each_other(store: Store) -> None:
    """Creating, renaming, deleting, restoring: the other one's next look knows."""
    other = Store(store.folder)
    design = store.create("One")
    assert names(other) == {"One"}
    other.rename(design.id, "Two")
    assert names(store) == {"Two"}
    store.delete(design.id)
    assert names(other) == set()
    other.restore(design.id)
    assert names(store) == {"Two"}


def test_changes_within_one_tick_of_the_clock_are_seen(store: Store) -> None:
    """Same time, same size: the file is another one all the same."""
    design = store.create("A")
    file = store.folder / "designs" / design.id / "design.json"
    moment = file.stat().st_mtime_ns
    for name in "BCD":
        store.rename(design.id, name)
        os.utime(file, ns=(moment, moment))
        assert names(store) == {name}
        assert [d.name for d in store.designs()] == [name]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "gone": lambda file: file.unlink(),
    "random bytes": lambda file: file.write_bytes(os.urandom(9000)),
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:5000]),
    "another form": lambda file: _sql(file, "DROP TABLE designs"),
    "other columns": lambda file: _sql(file, "ALTER TABLE designs DROP COLUMN summary"),
    "a lie": lambda file: _sql(file, "UPDATE designs SET summary = '{}'"),
    "no text": lambda file: _sql(file, "UPDATE designs SET summary = x'ff00'"),
    "an older version": lambda file: _sql(file, "PRAGMA user_version = 77"),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
}


def _sql(file: Path, text: str) -> None:
    book = sqlite3.connect(file)
    with book:
        book.execute(text)
    book.close()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_index_is_made_anew(damage: Callable[[Path], object], store: Store) -> None:
    """Whatever stands in it, the list is the folder's, and stays so while designs are written."""
    many(store, 3)
    store.summaries()
    damage(store.folder / "index.db")
    for shop in (Store(store.folder), store):
        assert names(shop) == {"Ring 0", "Ring 1", "Ring 2"}
    fresh = Store(store.folder)
    made = fresh.create("New")
    assert "New" in names(fresh)
    assert "New" in names(Store(store.folder))
    fresh.delete(made.id)
    assert names(store) == {"Ring 0", "Ring 1", "Ring 2"}


def test_a_deleted_data_folder_starts_afresh(store: Store) -> None:
    """While the app runs: no design, and the next one is kept."""
    many(store, 2)
    store.summaries()
    shutil.rmtree(store.folder)
    assert store.summaries() == ()
    assert store.designs() == ()
    assert store.trashed() == ()
    assert store.size_bytes() >= 0
    store.create("New")
    assert names(Store(store.folder)) == names(store) == {"New"}


def test_a_folder_that_takes_no_writing_shows_its_designs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only volume, a full disk: the list is read, nothing is written, nothing fails."""
    many(store, 2)

    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    shutil.rmtree(store.folder / "trash")
    monkeypatch.setattr(Path, "mkdir", refused)
    monkeypatch.setattr("pipeline.files.write", refused)
    monkeypatch.setattr("pipeline.index.sqlite3.connect", lambda *_, **__: _unwritable())
    shop = Store(store.folder)
    assert names(shop) == {"Ring 0", "Ring 1"}
    assert shop.trashed() == ()
    with pytest.raises(LoupeError, match="LOUPE_DATA_DIR"):
        shop.create("New")


def _unwritable() -> None:
    raise sqlite3.OperationalError("unable to open database file")


RECORDS = {
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
    "a word": b'"ring"',
    "nothing": b"",
    "a latin letter": b'{"name": "caf\xe9"}',
    "another encoding": '{"id": "x"}'.encode("utf-16"),
    "deep": b"[" * 100_000,
    "deep and closed": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "random": bytes(range(256)) * 20,
    "schema null": b'{"schema_version": null}',
    "schema list": b'{"schema_version": []}',
    "schema zero": b'{"schema_version": 0}',
    "schema huge": b'{"schema_version": 1e400}',
    "branches a word": b'{"branches": "x"}',
    "branches null": b'{"branches": null}',
    "branch null": b'{"branches": [null]}',
    "close-up null": b'{"branches": [{"close_ups": [null]}]}',
    "fidelity a list": b'{"branches": [{"close_ups": [{"fidelity": [1]}]}]}',
    "not a number": b'{"current": NaN}',
    "half a character": b'{"name": "\\ud800"}',
    "a huge number": b'{"current": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("data", RECORDS.values(), ids=RECORDS.keys())
def test_a_damaged_record_is_one_row_that_says_so(data: bytes, store: Store) -> None:
    """The healthy one beside it is listed; the damaged one can be removed and lies in the trash."""
    healthy, broken = store.create("Healthy"), store.create("Broken")
    (store.folder / "designs" / broken.id / "design.json").write_bytes(data)
    damaged, whole = sorted(store.summaries(), key=lambda summary: not summary.damage)
    assert (damaged.id, whole.name) == (broken.id, "Healthy")
    assert broken.id in damaged.damage
    assert "damaged" in damaged.damage
    assert [d.id for d in store.designs()] == [healthy.id]
    store.delete(broken.id)
    assert names(store) == {"Healthy"}
    (row,) = store.trashed()
    assert row.damage
    store.bring_back(row.place)
    assert len(store.summaries()) == 2


def test_foreign_folders_and_folders_for_files(store: Store) -> None:
    """Names Loupe never gives, a folder where the record should be, plain files: rows or nothing, never an error."""
    design = store.create("Healthy")
    designs = store.folder / "designs"
    for name in ("a copy", "UPPER", "x" * 60, "ümläut"):
        shutil.copytree(designs / design.id, designs / name)
    (designs / "hollow" / "design.json").mkdir(parents=True)
    (designs / "empty").mkdir()
    (designs / "note.txt").write_text("hello")
    damaged = {summary.id for summary in store.summaries() if summary.damage}
    assert damaged == {"a copy", "UPPER", "x" * 60, "ümläut", "hollow"}
    for name in damaged:
        store.delete(name)
    assert [summary.name for summary in store.summaries()] == ["Healthy"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


def mutated(record: dict, path: list[int], value: object) -> dict:
    """The record with the value somewhere within it: the path says which way at each fork."""
    copied = json.loads(json.dumps(record))
    place, key = {"": copied}, ""
    for step in path:
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner:
            break
        place, key = (
            inner,
            (sorted(inner)[step % len(inner)] if isinstance(inner, dict) else step % len(inner)),
        )
    if place is not copied and key == "":
        return copied
    place[key] = value
    return copied


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(st.integers(0, 40), min_size=1, max_size=9), value=JSON)
def test_any_record_is_read_or_told_as_damaged(path: list[int], value: object, tmp_path: Path) -> None:
    """Any value anywhere in a record: it is a design, or one typed error; what is read can be written again."""
    store = Store(tmp_path)
    folder = tmp_path / "designs" / "ak2hvr8p9r"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(mutated(json.loads(OLD.read_bytes()), path, value))
    (folder / "design.json").write_text(text)
    (summary,) = store.summaries()
    if summary.damage:
        with pytest.raises(LoupeError) as told:
            store.load(folder.name)
        assert str(told.value) == summary.damage
    else:
        design: Design = store.load(folder.name)
        again = store.update(folder.name, lambda unchanged: unchanged)
        assert again.model_copy(update={"updated_at": design.updated_at}) == design


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 25_000), data=st.binary(max_size=40), cut=st.integers(0, 400))
def test_any_bytes_are_read_or_told_as_damaged(at: int, data: bytes, cut: int, tmp_path: Path) -> None:
    """Bytes lost and put in anywhere."""
    store = Store(tmp_path)
    folder = tmp_path / "designs" / "ak2hvr8p9r"
    folder.mkdir(parents=True, exist_ok=True)
    whole = OLD.read_bytes()
    (folder / "design.json").write_bytes(whole[:at] + data + whole[at + cut :])
    (summary,) = store.summaries()
    assert bool(summary.damage) == (store.designs() == ())
