"""The name of the gate's edition."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.fidelity import compare
from pipeline.fidelity import gate_version as module
from pipeline.fidelity import model as fitted
from pipeline.fidelity.gate_version import VERSION, edition, is_older, judged_by, judges_alike, measures_alike
from pipeline.records.fidelity import Thresholds
from tests.fidelity.conftest import encode, golden_edges, paint, shrink, vignetted
from tests.icc import levels_in

JUDGED = Path(__file__).with_name("judged.json")
"""What each version of the gate says of a few painted answers: {version: {answer: figures}}."""


def jpeg(truth):
    return cv2.imdecode(np.frombuffer(encode(truth, ".jpg", 1, 80), np.uint8), cv2.IMREAD_COLOR_RGB)


def grained(truth):
    return np.clip(truth + np.random.default_rng(0).normal(0, 4, truth.shape), 0, 255).astype(np.uint8)


def bent(truth):
    answer = truth.copy()
    answer[300:460, 240:400] = truth[300:460, 240:400][:, ::-1]
    return answer


def recoloured(truth):
    answer = truth.copy()
    answer[290:450, 240:400] = truth[290:450, 240:400][..., [2, 0, 1]]
    return answer


ANSWERS = {
    "truth": lambda truth: truth,
    "jpeg": jpeg,
    "grain": grained,
    "brighter": lambda truth: np.clip(truth * 1.08, 0, 255).astype(np.uint8),
    "letterboxed": lambda truth: cv2.copyMakeBorder(truth, 0, 0, 160, 160, cv2.BORDER_CONSTANT),
    "bent": bent,
    "recoloured": recoloured,
    "another": lambda _: paint(5),
    "squeezed": lambda truth: cv2.resize(truth, (666, 640), interpolation=cv2.INTER_CUBIC),
    "in another space": lambda truth: levels_in(truth, "Adobe RGB"),
    "vignetted": lambda truth: vignetted(truth, 0.3),
    "golden edges": golden_edges,
}
"""Painted answers from harmless to another piece, each made of the truth when it is looked at."""


def figures(name, truth):
    """Everything the gate says of one answer, as it is recorded."""
    said = compare(shrink(truth), ANSWERS[name](truth), dial="balanced" if name == "grain" else "strict")
    return {
        k: v for k, v in json.loads(json.dumps(said.to_dict())).items() if k not in {"seconds", "judged_by"}
    }


def near(recorded, measured):
    """Equal, numbers to what another processor's arithmetic may turn."""
    if isinstance(recorded, float):
        return measured == pytest.approx(recorded, abs=0.05, rel=0.01)
    if isinstance(recorded, dict):
        return recorded.keys() == measured.keys() and all(near(v, measured[k]) for k, v in recorded.items())
    if isinstance(recorded, list):
        return len(recorded) == len(measured) and all(map(near, recorded, measured))
    return recorded == measured


def test_older_versions_stay_as_they_were_recorded() -> None:
    """Nobody rewrites what an older gate said; this one adds its own beside it."""
    recorded = json.loads(JUDGED.read_text("utf-8"))
    assert list(recorded) == [str(version) for version in range(1, VERSION + 1)]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_changed_judgement_is_another_version(name, truth) -> None:
    """This version's figures are those recorded for it; whoever changes them on purpose raises VERSION."""
    recorded = json.loads(JUDGED.read_text("utf-8"))
    assert str(VERSION) in recorded, "record this version's figures in judged.json, beside the older ones"
    assert near(recorded[str(VERSION)][name], figures(name, truth)), (
        "the gate judges otherwise: raise VERSION"
    )


def test_it_follows_the_fitted_numbers_and_the_version(tmp_path, monkeypatch) -> None:
    """Another number or another version is another edition; other line ends and moved files are not."""
    plain = fitted.FILE.read_text("utf-8")
    other = plain.replace('"tinted"', '"more": 1, "tinted"')
    assert other != plain
    names = []
    for text, version in ((plain, 1), (plain.replace("\n", "\r\n"), 1), (other, 1), (plain, 2)):
        (tmp_path / "numbers.json").write_text(text, "utf-8", newline="")
        monkeypatch.setattr(fitted, "FILE", tmp_path / "numbers.json")
        monkeypatch.setattr(module, "VERSION", version)
        names.append(edition.__wrapped__())
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_older_editions_are_told_from_this_one() -> None:
    """What an earlier count, or a gate named after its files, recorded is not compared figure by figure."""
    assert judges_alike(edition())
    assert not is_older(edition())
    for gate in ("e0de10804431", "1-6e33d06f01bb", "2-6e33d06f01bb", "3-6e33d06f01bb", "000000000000"):
        assert not judges_alike(gate)
        assert is_older(gate)
        assert measures_alike(gate) == (gate != "000000000000")
    for gate in (f"{VERSION + 1}-6e33d06f01bb", f"{VERSION}-000000000000"):
        assert not judges_alike(gate)
        assert not is_older(gate)


def test_thresholds_are_kept() -> None:
    """Thresholds of one's own go into the record, the standard ones do not."""
    assert judged_by(None) == {"gate": edition(), "thresholds": None}
    assert judged_by(Thresholds(1, 2, "ours"))["thresholds"] == {"warn": 1, "fail": 2, "origin": "ours"}
