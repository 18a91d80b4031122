"""Every hash and figure of an export, recomputed from its files."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.export import archive, folder, manifest
from pipeline.export.verify import Verification, verify
from pipeline.records import Design
from pipeline.store import Store


@pytest.fixture(scope="module")
def exported(shelf: Store, finished: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished design as a folder."""
    out = tmp_path_factory.mktemp("exported")
    folder.write(shelf, finished, out)
    return out


def test_folder_passes(exported: Path) -> None:
    """A folder as written passes, and says what was checked."""
    verification = verify(exported)
    assert verification.ok, [str(line) for line in verification.lines if not line.ok]
    text = "\n".join(map(str, verification.lines))
    assert "match their sha256" in text
    assert "close-up “pendant”" in text
    assert "composite-back" in text


def test_archive_passes(shelf: Store, finished: Design, tmp_path: Path) -> None:
    """The .loupe file passes as well."""
    file = tmp_path / "x.loupe"
    file.write_bytes(archive.write(shelf, finished))
    verification = verify(file)
    assert verification.ok, [str(line) for line in verification.lines if not line.ok]


def test_registered_is_raw(shelf: Store, finished: Design, tmp_path: Path) -> None:
    """Where the answer lay over its crop at once, and in a design with rejected attempts, the folder is whole too."""
    assert finished.branch
    close_ups = tuple(c.model_copy(update={"registered": c.raw}) for c in finished.branch.close_ups)
    rejected = close_ups[0].model_copy(update={"id": "x", "decision": "rejected"})
    branch = finished.branch.model_copy(update={"close_ups": (*close_ups, rejected)})
    folder.write(shelf, finished.with_branch(branch), tmp_path)
    verification = verify(tmp_path)
    assert verification.ok, [str(line) for line in verification.lines if not line.ok]


def test_one_byte_of_any_file(exported: Path) -> None:
    """One changed byte in any file, wherever it lies, is found and named."""
    files = sorted(path for path in exported.rglob("*") if path.is_file())
    assert len(files) > 20
    for n, path in enumerate(files):
        whole = path.read_bytes()
        at = (n * 7919) % len(whole)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            verification = verify(exported)
        finally:
            path.write_bytes(whole)
        assert not verification.ok, path
        if path.name != manifest.NAME:
            assert any(path.name in line.text for line in verification.lines if not line.ok)


def test_missing_file(exported: Path) -> None:
    """A file that is gone is named."""
    away = exported / "master.png"
    data = away.read_bytes()
    away.unlink()
    try:
        verification = verify(exported)
    finally:
        away.write_bytes(data)
    assert any("master.png: it is missing" in line.text for line in verification.lines)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda f: f.update(verdict="fail"), "verdict"),
        (lambda f: f.update(drift=f["drift"] + 0.2), "drift"),
        (lambda f: f["raw"].update(lr_psnr_db=f["raw"]["lr_psnr_db"] + 1), "lr_psnr_db"),
        (lambda f: f["locked"].update(worst_window_db=f["locked"]["worst_window_db"] + 1), "worst_window_db"),
        (lambda f: f["reasons"].append({"name": "other piece", "severity": 1.0, "box": None}), "reasons"),
    ],
    ids=["verdict", "drift", "raw", "locked", "reasons"],
)
def test_embellished_figures(change, word: str, shelf: Store, finished: Design, tmp_path: Path) -> None:
    """A figure nicer than the files support is found although the manifest's digest was written anew."""
    first = iter([True])
    verification = rewritten(
        shelf, finished, tmp_path / "x.loupe", lambda f: change(f) if next(first, False) else None
    )
    assert not verification.ok
    assert any(word in line.text for line in verification.lines if not line.ok)


def rewritten(shelf: Store, finished: Design, out: Path, change: Callable[[dict], object]) -> Verification:
    """Verify the archive with every close-up's report changed and the manifest's digest written anew."""
    body = json.loads(json.dumps(archive.contents_of(shelf, finished)[0].model_dump(mode="json")))
    for close_up in body["design"]["branches"][0]["close_ups"]:
        change(close_up["fidelity"])
    with zipfile.ZipFile(io.BytesIO(archive.write(shelf, finished))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, manifest.sealed(body) if name == manifest.NAME else old.read(name))
    return verify(out)


def test_another_edition(shelf: Store, finished: Design, tmp_path: Path) -> None:
    """Judged by another edition of the gate, drift is not compared, but the file's own agreement still is."""
    old = {"gate": "000000000000", "thresholds": None}
    moved = rewritten(
        shelf, finished, tmp_path / "a", lambda f: f.update(judged_by=old, drift=f["drift"] / 2)
    )
    assert moved.ok
    assert any("another, older edition" in line.text for line in moved.lines)

    def embellish(report: dict) -> None:
        report.update(judged_by=old)
        report["locked"]["lr_psnr_db"] += 1

    assert not rewritten(shelf, finished, tmp_path / "b", embellish).ok


def test_other_thresholds(shelf: Store, finished: Design, tmp_path: Path) -> None:
    """Verdicts given under a team's own thresholds are judged again under them."""

    def under_none(report: dict) -> None:
        report["judged_by"]["thresholds"] = {"warn": -90.0, "fail": -80.0, "origin": "a test"}

    verification = rewritten(shelf, finished, tmp_path / "a", under_none)
    assert any("raw verdict is fail" in line.text for line in verification.lines if not line.ok)


def test_not_there(tmp_path: Path) -> None:
    """A path that leads nowhere, an empty folder and a text file fail with a sentence."""
    (tmp_path / "note.txt").write_text("hello")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "note.txt"):
        verification = verify(path)
        assert not verification.ok
        assert verification.lines[-1].text
