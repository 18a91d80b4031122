"""Catalogues of the page outlive their disk: table, cap and lines, on whichever server they were changed."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bucket import Folder
from pipeline.catalogue import background
from pipeline.catalogue.background import Makers
from pipeline.errors import Cancelled, RateLimited
from pipeline.settings import Settings
from pipeline.tables import Tables
from pipeline.workbench import Workbench
from tests.catalogue.cheap_rows import begun, cheap_walk
from tests.test_replica import Faulty

TABLE = b"name,prompt,seed\n" + b"".join(b"Ring %d,gold ring %d,%d\n" % (n, n, n) for n in range(3))


def lay(folder: Path, asked: str = '{"id": "abc", "cap": 1}') -> Path:
    catalogue = folder / "catalogues" / "abc"
    catalogue.mkdir(parents=True)
    (catalogue / "table.csv").write_bytes(TABLE)
    (catalogue / "asked.json").write_text(asked)
    return catalogue


def lines(folder: Path) -> list[bytes]:
    return [line for line in (folder / "report.jsonl").read_bytes().split(b"\n") if line]


def test_an_empty_disk_has_the_catalogue_and_both_see_what_the_other_does(tmp_path: Path) -> None:
    there = Folder(tmp_path / "share")
    one, two = Tables(tmp_path / "one", there), Tables(tmp_path / "two", there)
    here = lay(tmp_path / "one")
    (here / "report.jsonl").write_bytes(b'\n{"row": 1}\n\n{"row"')
    one.even_out()
    two.even_out()
    other = tmp_path / "two" / "catalogues" / "abc"
    assert (other / "table.csv").read_bytes() == TABLE
    assert lines(other) == [b'{"row": 1}']
    with (other / "report.jsonl").open("ab") as file:
        file.write(b'\n{"row": 2}\n')
    (other / "asked.json").write_text('{"id": "abc", "cap": 5}')
    for each in (two, one, two, one):
        each.even_out()
    assert (here / "asked.json").read_text() == '{"id": "abc", "cap": 5}'
    assert set(lines(here)) >= {b'{"row": 1}', b'{"row": 2}'}
    count = len(there.names("catalogues/"))
    for each in (two, one, two, one):
        each.even_out()
    assert len(there.names("catalogues/")) == count, "nothing goes to and fro"


def test_a_report_that_was_begun_anew_is_sent_from_its_beginning(tmp_path: Path) -> None:
    """Of one that grew its end alone goes, and of one that is smaller than what was sent all of it."""
    there = Folder(tmp_path / "share")
    one = Tables(tmp_path / "one", there)
    report = lay(tmp_path / "one") / "report.jsonl"
    report.write_bytes(b'\n{"row": 1, "name": "Band"}\n')
    one.even_out()
    with report.open("ab") as file:
        file.write(b'\n{"row": 2}\n')
    one.even_out()
    report.write_bytes(b'\n{"row": 3}\n')
    one.even_out()
    sent = [there.read(name) for name in there.names("catalogues/abc/lines/")]
    assert sent == [b'\n{"row": 1, "name": "Band"}\n', b'\n{"row": 2}\n', b'\n{"row": 3}\n']


@settings(max_examples=12)
@given(step=st.integers(1, 12), second=st.integers(1, 12))
def test_dying_at_any_call_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, step: int, second: int
) -> None:
    folder = tmp_path_factory.mktemp("dies")
    real = Folder(folder / "share")
    here = lay(folder / "one")
    (here / "report.jsonl").write_bytes(b'\n{"row": 1}\n')
    for disk, left in (("one", step), ("two", second)):
        there = Faulty(real)
        there.left, there.trouble = left, KeyboardInterrupt
        with suppress(KeyboardInterrupt):
            Tables(folder / disk, there).even_out()
    for disk in ("one", "two", "three"):
        Tables(folder / disk, real).even_out()
        brought = folder / disk / "catalogues" / "abc"
        assert (brought / "table.csv").read_bytes() == TABLE
        assert lines(brought) == [b'{"row": 1}']


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("catalogues/abc/asked/00000001.json", b"[1"),
        ("catalogues/abc/asked/00000001.json", b'{"id": "other"}'),
        ("catalogues/../../x/table.csv", b"x"),
        ("catalogues/readme.txt", b"x"),
        ("catalogues/abc/asked/²²²²²²²².json", b"{}"),
    ],
)
def test_what_is_somebody_elses_or_damaged_there_is_passed_over(
    tmp_path: Path, name: str, data: bytes
) -> None:
    there = Folder(tmp_path / "deep" / "share")
    there.create(name, data)
    there.create("catalogues/abc/table.csv", TABLE)
    Tables(tmp_path / "one", there).even_out()
    assert not (tmp_path / "one" / "catalogues" / "abc" / "asked.json").exists()


@pytest.mark.parametrize("text", [b"\xff{", b"", b'{"id": "abc", "cap', b'{"id": "other"}'])
def test_a_note_that_is_damaged_here_is_sent_nowhere_and_mended_from_there(
    tmp_path: Path, text: bytes
) -> None:
    there = Folder(tmp_path / "share")
    one, two = Tables(tmp_path / "one", there), Tables(tmp_path / "two", there)
    here = lay(tmp_path / "one")
    one.even_out()
    two.even_out()
    (here / "asked.json").write_bytes(text)
    one.even_out()
    assert len(there.names("catalogues/abc/asked/")) == 1
    other = tmp_path / "two" / "catalogues" / "abc" / "asked.json"
    other.write_text('{"id": "abc", "cap": 7}')
    two.even_out()
    one.even_out()
    assert (here / "asked.json").read_text() == other.read_text()


def test_a_catalogue_that_was_not_begun_stands_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused because too much is under way: the bucket has not heard of it, so that nothing brings it back."""
    bench = Workbench(Settings(data_dir=tmp_path / "one", store_url=f"file://{tmp_path}/share"))
    assert bench.replica is not None
    bench.replica.stop()
    monkeypatch.setattr(bench.replica, "hurry", bench.replica.even_out)  # a round that comes at once

    def refuse(*_: object, **__: object) -> None:
        raise RateLimited("Too much is under way.")

    monkeypatch.setattr(bench.jobs, "start", refuse)
    with pytest.raises(RateLimited):
        background.begin(bench, "Spring.csv", TABLE, Makers(), 0.0)
    bench.replica.even_out()
    assert background.all_asked(bench) == ()
    bench.cache.close()


def test_a_catalogue_is_gone_on_with_on_an_empty_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server is gone after the second row; the next one makes the third alone, and not while the first lives."""
    monkeypatch.setattr("pipeline.catalogue.row.walk", cheap_walk)
    share = f"file://{tmp_path}/share"
    bench = Workbench(Settings(data_dir=tmp_path / "one", store_url=share))
    asked = background.begin(bench, "Spring.csv", TABLE[: TABLE.rfind(b"Ring 2")], Makers(), 0.0)
    job = background.find_job(bench, asked)
    assert job is not None
    assert job.wait(30)
    (tmp_path / "one" / "catalogues" / asked.id / "table.csv").write_bytes(TABLE)
    assert bench.replica is not None
    bench.replica.stop()
    bench.replica.even_out()
    there = Folder(tmp_path / "share")
    there.remove(f"catalogues/{asked.id}/table.csv")
    there.create(f"catalogues/{asked.id}/table.csv", TABLE)  # as if it had been killed before the third

    fresh = Workbench(Settings(data_dir=tmp_path / "two", store_url=share))
    assert fresh.replica is not None
    fresh.replica.stop()
    fresh.replica.even_out()
    (known,) = background.all_asked(fresh)
    assert known == asked
    how_far = background.standing(fresh, known)
    assert [line.state for line in how_far.lines] == ["done", "done"]
    assert [piece.name for piece in how_far.undone] == ["Ring 2"]
    there.create("jobs/elsewhere/00000001.json", f'{{"{asked.id}.catalogue": "{{}}"}}'.encode())
    fresh.replica.even_out()
    with pytest.raises(Cancelled, match="Another server"):
        background.go_on(fresh, known)
    there.remove("jobs/elsewhere/00000001.json")
    fresh.replica.even_out()
    assert background.go_on(fresh, known).wait(30)
    assert [name for name, _ in begun(tmp_path / "two")] == ["Ring 2"]
    for each in (bench, fresh):
        each.cache.close()
