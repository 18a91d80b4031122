"""The API keeps to its own description; thousands of cases are a benchmark, a few dozen are tried here."""

from pathlib import Path

import pytest

from benchmarks.api import try_out


@pytest.mark.filterwarnings("ignore")  # the generator's own, about headers it does not send
def test_nothing_is_answered_that_is_not_described(tmp_path: Path) -> None:
    """Cases drawn from the OpenAPI document, valid and not: no 500, no undescribed status, body, type or header."""
    answers, faults = try_out(tmp_path / "data", 60)
    assert faults == []
    assert answers.total() >= 50
    assert {status for _, status in answers} >= {200, 404, 422}
    assert max(status for _, status in answers) < 500
