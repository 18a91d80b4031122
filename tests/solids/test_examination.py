"""Strangers' models are checked in a process of their own: the same sentences, a ceiling, and an end to waiting."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import BadModel
from pipeline.solids import checks
from pipeline.solids.examination import Examiner
from tests.solids.files import rewritten, ring_glb
from tests.solids.test_hostile import box, doubled


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    made = Examiner(tmp_path_factory.mktemp("examiner"))
    yield made
    made.close()


def test_it_takes_and_refuses_as_the_check_itself_does(examiner: Examiner) -> None:
    examiner.check(ring_glb())
    script = rewritten(ring_glb(), lambda t: t["nodes"][0].update(name="<script>"))
    for spoilt in (
        b"",
        ring_glb()[:-1],
        b"PK\x03\x04" + ring_glb(),
        box(doubled),
        script,
        bytes(checks.MAX_BYTES + 1),
    ):
        with pytest.raises(BadModel) as inside:
            checks.checked(spoilt)
        with pytest.raises(BadModel) as outside:
            examiner.check(spoilt)
        assert str(outside.value) == str(inside.value)


def test_who_comes_together_is_served_in_turn(examiner: Examiner) -> None:
    def ask(good: bool) -> str:
        try:
            examiner.check(ring_glb() if good else b"ply")
        except BadModel as error:
            return str(error)
        return ""

    wanted = [bool(k % 2) for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, wanted))
    assert [not answer for answer in answers] == wanted


def test_outgrowing_the_ceiling_is_said(tmp_path: Path) -> None:
    small = Examiner(tmp_path, memory_ceiling_mb=20)
    with pytest.raises(BadModel, match="more memory than it may take; simplify"):
        small.check(ring_glb())
    small.close()


def test_a_check_without_end_is_ended(tmp_path: Path) -> None:
    hasty = Examiner(tmp_path, patience_s=0.0)
    with pytest.raises(BadModel, match="was ended"):
        hasty.check(ring_glb())
    hasty.close()
