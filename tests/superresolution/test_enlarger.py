"""The learned enlargers, in their own process: nearer to the truth than a bicubic, and never more than they may."""

import os
import time
import weakref
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import images
from pipeline.errors import BadInput, Cancelled, EnlargerFailed, EnlargerUnavailable, Unsupported
from pipeline.providers.base import EnhanceRequest, GenerateRequest, Silent
from pipeline.providers.builtin import enlarger
from pipeline.providers.builtin.enlarger import Enlarger, as_providers, enlargers
from pipeline.records import Detail, Role
from pipeline.superresolution import engine, worker
from pipeline.superresolution.networks import Network, in_folder
from tests.drawing.conftest import ring
from tests.superresolution import networks


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory):
    made = as_providers(enlargers(tmp_path_factory.mktemp("enlarger"), None))
    yield made
    made["faithful"]._child.close()


def own(tmp_path: Path) -> Enlarger:
    return enlargers(tmp_path / "log", tmp_path)[2]


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((first.astype(np.float64) - second) ** 2)))


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    """A drawn ring with lettering and hair lines: what enlargers differ by."""
    picture = cv2.resize(ring(), (384, 384), interpolation=cv2.INTER_AREA)
    picture = np.ascontiguousarray(picture)
    for n in range(12):
        cv2.line(picture, (20 + 12 * n, 300), (60 + 9 * n, 372), (60, 40 + 10 * n, 30), 1, cv2.LINE_AA)
    cv2.putText(picture, "18k 750", (210, 350), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (70, 60, 50), 2, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_faithful_is_nearer_to_the_truth_than_a_bicubic(lines, truth, factor: int) -> None:
    """At every factor on offer, by a decibel or more, and in the exact size."""
    side = 384 // factor // 4 * 4
    small = cv2.resize(truth, (side, side), interpolation=cv2.INTER_AREA)
    whole = cv2.resize(truth, (side * factor, side * factor), interpolation=cv2.INTER_AREA)
    learned = lines["faithful"].enlarge(small, factor, Silent())
    assert learned.shape == whole.shape
    plain = cv2.resize(small, whole.shape[:2], interpolation=cv2.INTER_CUBIC)
    assert psnr(learned, whole) > psnr(plain, whole) + 1.0


def test_a_white_page_stays_white_and_a_flat_colour_itself(lines) -> None:
    """No pass runs away on flats, down to 64 px and over the seams of tiles."""
    white, gold = np.full((70, 64, 3), 255, np.uint8), np.full((130, 71, 3), (200, 160, 60), np.uint8)
    for name, flat in (("faithful", white), ("faithful", gold), ("vivid", white)):
        answer = lines[name].enlarge(flat, 4, Silent()).astype(int)
        assert np.abs(answer - flat[0, 0]).max() <= 6, name


def test_vivid_is_sharper_than_faithful(lines, truth) -> None:
    """It has more of the truth's gradients."""
    small = cv2.resize(truth, (96, 96), interpolation=cv2.INTER_AREA)[32:]

    def energy(picture: np.ndarray) -> float:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return float(np.mean(cv2.Sobel(grey, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(grey, cv2.CV_32F, 0, 1) ** 2))

    faithful, vivid = (lines[name].enlarge(small, 4, Silent()) for name in ("faithful", "vivid"))
    assert energy(vivid) > energy(faithful)


def test_it_is_a_provider_like_any_other(lines, truth) -> None:
    """It answers a request with a PNG of `factor` times the crop, says whose detail it is, and does nothing else."""
    line = lines["faithful"]
    crop = truth[100:180, 100:164]
    answer = line.run(EnhanceRequest(images.encode_png(crop), "", 128, 160, factor=2), Silent())
    assert images.decode(answer.data).shape == (160, 128, 3)
    assert line.limits[Role.ENHANCE].detail is Detail.UPSCALED
    assert "CUNET" in answer.model
    with pytest.raises(Unsupported):
        line.run(GenerateRequest("a ring"), Silent())


class Patient(Silent):
    def __init__(self) -> None:
        self.fractions: list[float] = []

    def progress(self, fraction: float, note: str = "") -> None:
        self.fractions.append(fraction)


class Impatient(Patient):
    def cancelled(self) -> bool:
        return len(self.fractions) > 0


def test_cancel_ends_it_between_two_tiles(lines) -> None:
    """Progress is heard; Cancel is obeyed long before the end."""
    watch, started = Impatient(), time.monotonic()
    with pytest.raises(Cancelled):
        lines["vivid"].enlarge(np.zeros((600, 600, 3), np.uint8), 4, watch)
    assert watch.fractions[0] > 0
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(("name", "factor"), [("faithful", 4), ("vivid", 2)])
def test_progress_goes_from_nothing_to_all_and_never_back(lines, name: str, factor: int) -> None:
    """Over passes and networks alike."""
    watch = Patient()
    lines[name].enlarge(np.zeros((96, 64, 3), np.uint8), factor, watch)
    assert len(watch.fractions) > 2
    assert watch.fractions == sorted(watch.fractions)


def test_a_network_is_tried_once_and_again_when_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recipes of two networks load them in turn, region after region: only the first load shows them small pictures."""
    shown: list[tuple[int, ...]] = []
    reading = engine._onnx

    def counting(network: Network) -> engine.Runner:
        run = reading(network)

        def counted(planes: engine.Planes) -> engine.Planes:
            shown.append(planes.shape)
            return run(planes)

        return counted

    monkeypatch.setattr(engine, "_onnx", counting)
    path = networks.save(tmp_path / "net.onnx")
    (network,) = in_folder(tmp_path)
    assert [engine.load(network).factor for _ in range(3)] == [2, 2, 2]
    assert len(shown) == 2
    networks.save(path, scale=4.0)
    os.utime(path, ns=(0, 0))
    assert engine.load(network).factor == 4
    assert len(shown) == 4


def test_a_network_of_ones_own_becomes_a_line(tmp_path: Path) -> None:
    """An ONNX file dropped into the folder enlarges; its factor is found by trying, and 4x takes two passes."""
    networks.save(tmp_path / "My Net v1.onnx")
    line = own(tmp_path)
    assert (line.id, line.name) == ("own-my-net-v1", "My Net v1 (your own)")
    picture = np.random.default_rng(1).integers(0, 256, (150, 130, 3)).astype(np.uint8)
    assert (line.enlarge(picture, 4, Silent()) == picture.repeat(4, 0).repeat(4, 1)).all()
    line._child.close()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scale": 1.0}, "enlarge by a whole number from 2 to 8"),
        ({"scale": 2.5}, "enlarge by a whole number from 2 to 8"),
        ({"scale": 16.0}, "enlarge by a whole number from 2 to 8"),
        ({"channels": 1}, "does not answer with an RGB picture"),
        ({"gain": 255.0}, "changes a plain grey"),
    ],
)
def test_a_network_that_does_not_enlarge_is_refused_in_a_sentence(
    tmp_path: Path, wrong, sentence: str
) -> None:
    """Shape, scale and values are tried before a picture is risked."""
    networks.save(tmp_path / "odd.onnx", **wrong)
    line = own(tmp_path)
    with pytest.raises(BadInput, match=sentence):
        line.enlarge(np.zeros((64, 64, 3), np.uint8), 2, Silent())
    line._child.close()


@pytest.mark.parametrize("name", ["noise.onnx", "noise.param"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    """Bytes that are no network end as a sentence, whatever the engine makes of them."""
    (tmp_path / name).write_bytes(np.random.default_rng(2).bytes(4000))
    (tmp_path / "noise.bin").write_bytes(b"\0" * 100)
    line = own(tmp_path)
    with pytest.raises((BadInput, EnlargerFailed)):
        line.enlarge(np.zeros((64, 64, 3), np.uint8), 2, Silent())
    line._child.close()


def test_without_the_packages_the_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is offered that cannot be done; what serves instead is named."""
    monkeypatch.setattr(enlarger, "packaged", lambda _: None)
    line = enlargers(tmp_path, None)[0]
    assert "not installed on this machine; the offline interpolation serves" in line.trouble
    with pytest.raises(EnlargerUnavailable):
        line.enlarge(np.zeros((64, 64, 3), np.uint8), 2, Silent())


def test_a_folder_that_cannot_be_read_is_one_line_that_says_so(tmp_path: Path) -> None:
    """A wrong setting takes nothing else down."""
    lines = enlargers(tmp_path, tmp_path / "nowhere")
    assert [line.id for line in lines] == ["faithful", "vivid", "own-enlargers"]
    assert "mend LOUPE_ENLARGERS_DIR" in lines[2].trouble


def test_no_network_outlives_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its buffers take 300 MB, which would stand by while the answer is measured."""
    runners = []

    class Doubling:
        def __call__(self, planes: np.ndarray) -> np.ndarray:
            return planes.repeat(2, 1).repeat(2, 2)

    def load(_: Network) -> engine.Loaded:
        assert not any(runner() for runner in runners)
        runner = Doubling()
        runners.append(weakref.ref(runner))
        return engine.Loaded(runner, 2, 0)

    monkeypatch.setattr(worker, "load", load)
    order = {"networks": [["a", "a.param", "a.bin"], ["b", "b.param", "b.bin"]], "factor": 2, "weight": 0.5}
    _, (picture,) = worker.work(order, [np.full((20, 20, 3), 9, np.uint8)], lambda _: None, lambda: False)
    assert picture.shape == (40, 40, 3)
    assert len(runners) == 2
    assert not any(runner() for runner in runners)
