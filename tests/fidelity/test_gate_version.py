"""The name of the gate's edition."""

from pipeline.fidelity import gate_version as module
from pipeline.fidelity.gate_version import edition, judged_by
from pipeline.records.fidelity import Thresholds


def test_it_follows_the_code(tmp_path, monkeypatch) -> None:
    """Another byte of code or of the fitted numbers is another edition; other line ends are not."""
    names = set()
    for code, numbers in (
        (b"a = 1\n", b"{}"),
        (b"a = 1\r\n", b"{}"),
        (b"a = 2\n", b"{}"),
        (b"a = 1\n", b"[]"),
    ):
        (tmp_path / "a.py").write_bytes(code)
        (tmp_path / "model.json").write_bytes(numbers)
        monkeypatch.setattr(module, "_FOLDER", tmp_path)
        names.add(edition.__wrapped__())
    assert len(names) == 3


def test_thresholds_are_kept() -> None:
    """Thresholds of one's own go into the record, the standard ones do not."""
    assert judged_by(None) == {"gate": edition(), "thresholds": None}
    assert judged_by(Thresholds(1, 2, "ours"))["thresholds"] == {"warn": 1, "fail": 2, "origin": "ours"}
