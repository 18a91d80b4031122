"""A catalogue that is written elsewhere: every file whole, finished rows read back from there, faults waited out."""

import csv
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import bucket
from pipeline.__main__ import app
from pipeline.catalogue import place
from pipeline.catalogue.place import Disk, Elsewhere, at
from pipeline.catalogue.report import Line, Report, of_failure
from pipeline.catalogue.table import Piece
from pipeline.errors import BadInput
from pipeline.export import archive
from pipeline.store import Store
from tests.catalogue.cheap_rows import cheap_walk
from tests.faulty_s3 import FaultyS3
from tests.test_replica import Faulty

pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rows that take no time, on a disk of their own; patience is that of a test."""
    monkeypatch.setattr("pipeline.catalogue.row.walk", cheap_walk)
    monkeypatch.setattr(place, "WAITS_S", (0.01, 0.05, 0.2))
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))


def table(folder: Path, count: int) -> str:
    rows = "".join(f"Ring {n},gold ring {n},{n}\n" for n in range(count))
    (folder / "t.csv").write_text("name,prompt,seed\n" + rows)
    return str(folder / "t.csv")


def run(folder: Path, url: str, count: int, *more: str) -> tuple[int, str]:
    asked = CliRunner().invoke(app, ["catalogue", table(folder, count), "--out", url, *more])
    assert asked.exception is None or isinstance(asked.exception, SystemExit), asked.exception
    return asked.exit_code, " ".join(asked.output.split())


def begun(folder: Path) -> list[str]:
    return [line.split("\t")[0] for line in (folder / "data" / "begun.txt").read_text().splitlines()]


def test_a_catalogue_in_a_bucket_goes_on_from_there_on_an_empty_disk(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archives, shop sets, report and page are there, as a browser takes them; finished rows are not done again."""

    def two_pictures(_: object, __: object, folder: Path, ___: object) -> None:
        for name in ("one.jpg", "two.jpg"):
            (folder / name).write_bytes(b"x")

    monkeypatch.setattr("pipeline.export.shop.save", two_pictures)
    code, said = run(tmp_path, url, 2, "--shop")
    assert code == 0, said
    shown = url.partition("?")[0]
    assert f"{shown}/index.html: 2 whole, 0 to look at first" in said
    there = bucket.opened(url)
    (cells, *_) = csv.DictReader((there.read("report.csv") or b"").decode("utf-8-sig").splitlines())
    assert archive.read(Store(tmp_path / "read"), there.read(cells["archive"]) or b"").name == "Ring 0"
    assert len(there.names(cells["shop"] + "/")) == 2
    assert (there.read(cells["cover"]) or b"")[:2] == b"\xff\xd8"
    system = there._system  # type: ignore[attr-defined]
    assert system.info(f"{there._root}/index.html")["ContentType"] == "text/html"  # type: ignore[attr-defined]
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "other" / "data"))
    (tmp_path / "other").mkdir()
    code, said = run(tmp_path / "other", url, 3, "--shop")
    assert "3 pieces, 1 to do" in said
    assert begun(tmp_path / "other") == ["Ring 2"]
    assert (there.read("index.html") or b"").count(b"data-state=") == 3
    there.remove(cells["archive"])
    assert "3 pieces, 1 to do" in run(tmp_path, url, 3, "--shop", "--dry-run")[1]


@pytest.mark.parametrize(
    "fault",
    [
        lambda way: setattr(way, "status", 503),
        lambda way: setattr(way, "status", 500),
        lambda way: setattr(way, "drops", 3),
    ],
    ids=["refused", "failing", "answers lost"],
)
def test_storage_that_fails_for_a_while_ends_no_run(
    way: FaultyS3, url: str, tmp_path: Path, fault: Callable[[FaultyS3], None]
) -> None:
    """Refused calls and lost answers are tried again: each row stands there once, each file whole."""
    there = at(url)
    assert there.lines() == []
    report = Report(there)
    fault(way)
    threading.Timer(0.05, way.heal).start()
    for n in range(3):
        piece = Piece(row=n + 1, prompt=f"ring {n}")
        report.write({f"pieces/{n}.loupe": b"x" * 5000})
        report.add(of_failure(piece, "No."))
    report.publish("T", [Piece(row=1, prompt="ring 0")], 0)
    lines = [Line.model_validate_json(text).row for text in at(url).lines()]
    assert sorted(set(lines)) == [1, 2, 3]
    assert bucket.opened(url).read("pieces/2.loupe") == b"x" * 5000
    assert at(url).holds("pieces/2.loupe")
    assert not at(url).holds("pieces/3.loupe")


def test_storage_that_fails_for_good_ends_the_run_in_a_sentence(
    way: FaultyS3, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What had ended stays there, and the same command goes on with the rest."""
    calls = 0
    real = Elsewhere.add

    def add(self: Elsewhere, line: bytes) -> None:
        nonlocal calls
        calls += 1
        real(self, line)
        way.status = 503 if calls == 1 else 0

    monkeypatch.setattr(Elsewhere, "add", add)
    monkeypatch.setattr(place, "WAITS_S", (0.01,))
    code, said = run(tmp_path, url, 2)
    assert code == 1
    assert "The storage of --out does not answer" in said
    assert "Traceback" not in said
    way.heal()
    assert "2 pieces, 1 to do" in run(tmp_path, url, 2, "--dry-run")[1]
    assert run(tmp_path, url, 2)[0] == 0
    assert begun(tmp_path).count("Ring 0") == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://nowhere-at-all/x", "is not there"),
        ("ftp://host/x", "is no address Loupe writes to"),
        ("http://host/x", "is no address Loupe writes to"),
        ("s3://", "is no address Loupe writes to"),
        ("file://host/x", "is no address Loupe writes to"),
        ("s3://b/x?no_such_option=1", "does not"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_before_anything_is_made(
    way: FaultyS3, tmp_path: Path, address: str, said: str
) -> None:
    ends = f"&endpoint_url={way.url}" if "?" in address else f"?endpoint_url={way.url}"
    code, output = run(tmp_path, address + ends if address.startswith("s3://n") else address, 1)
    assert code in {1, 2}
    assert "--out" in output
    assert said in output
    assert not (tmp_path / "data" / "begun.txt").exists()


def test_storage_that_may_not_be_written_is_told_before_anything_is_made(
    way: FaultyS3, url: str, tmp_path: Path
) -> None:
    way.read_only = True
    code, output = run(tmp_path, url, 1)
    assert code == 1
    assert "The storage of --out refuses this machine" in output
    assert not (tmp_path / "data" / "begun.txt").exists()


def test_a_file_address_is_that_folder(tmp_path: Path) -> None:
    folder = at(f"file://{tmp_path}/a%20b")
    assert isinstance(folder, Disk)
    assert folder.folder == tmp_path / "a b"
    assert isinstance(at(str(tmp_path / "x:y")), Disk)
    with pytest.raises(BadInput):
        at("weird://x/y")


def test_dying_at_any_call_loses_no_line_and_leaves_no_half(tmp_path: Path) -> None:
    """Killed before each call of the bucket in turn: what was kept before is there, once read."""
    for step in range(1, 14):
        there = Faulty(bucket.Folder(tmp_path / str(step)))
        there.left = step
        there.trouble = KeyboardInterrupt
        report = Report(Elsewhere(there, "s3://b"))
        kept: list[int] = []
        with suppress(KeyboardInterrupt):
            for n in range(4):
                report.add(of_failure(Piece(row=n + 1, prompt=f"ring {n}"), "No."))
                kept.append(n + 1)
                if n % 2:
                    report.publish("T", (), 0)
        texts = Elsewhere(bucket.Folder(tmp_path / str(step)), "s3://b").lines()
        assert {Line.model_validate_json(text).row for text in texts} >= set(kept)
        again = Report(Elsewhere(bucket.Folder(tmp_path / str(step)), "s3://b"))
        again.add(of_failure(Piece(row=9, prompt="ring 0"), "Again."))
        newest = Report(Elsewhere(bucket.Folder(tmp_path / str(step)), "s3://b"))
        line = newest.line(Piece(row=1, prompt="ring 0"))
        assert line is not None
        assert line.look == "Again."


def test_two_runs_beside_one_another_lose_no_line(tmp_path: Path) -> None:
    places = [Elsewhere(bucket.Folder(tmp_path), "s3://b") for _ in range(2)]
    reports = [Report(each) for each in places]
    for n in range(6):
        reports[n % 2].add(of_failure(Piece(row=n + 1, prompt=f"ring {n}"), "No."))
        if n > 2:
            reports[n % 2].publish("T", (), 0)
    rows = {Line.model_validate_json(text).row for text in Elsewhere(bucket.Folder(tmp_path), "x").lines()}
    assert rows == {1, 2, 3, 4, 5, 6}
