"""What an operator reads of a day: work, calls and failures with their figures, and nothing that anybody typed."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from pages.ui.workbench import forget
from pipeline import log
from pipeline.orders import CandidatesOrder, EnhanceOrder
from pipeline.records import Region
from pipeline.stages import crop, generate
from pipeline.workbench import Workbench
from tests.pages.conftest import ROOT, finish

Open = Callable[..., AppTest]

PROMPT = "a gold ring for XQPROMPTX of ada@house.example"
NAME, LABEL, KEY = "XQNAMEX", "XQLABELX", "sk-XQKEYX"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.forget()
    log.configure("DEBUG", "text", stream)
    yield stream
    log.forget()


def test_a_day_is_told_without_a_word_of_anybody(
    visit: Open, bench: Workbench, lines: io.StringIO, ring_png: bytes
) -> None:
    """Candidates, a failure, a close-up of a labelled region, an unexpected error: all there, no marked value."""
    at = visit("pages/generate.py")
    at.text_area(key="prompt").set_value(PROMPT)
    at.button(key="generate").click().run()
    design = bench.store.designs()[0]
    finish(at, bench, design.id, "candidates")

    bench.atelier.fail_on = "XQPROMPTX"  # type: ignore[attr-defined]
    order = CandidatesOrder(
        design_id=design.id, provider="atelier", prompt=PROMPT, kind="ring", size=1024, seed=7
    )
    job = bench.submit(order, {"openai": SecretStr(KEY)})
    assert job.wait(30)
    assert job.troubles

    photo = bench.store.create(NAME, kind="ring")
    generate.upload(bench.store, photo.id, ring_png)
    region = Region(id="xq", label=LABEL, x=10, y=10, width=200, height=200)
    crop.edit_regions(bench.store, photo.id, lambda _: [region])
    job = bench.submit(
        EnhanceOrder(design_id=photo.id, provider="local", factor=2, prompt=PROMPT, regions=(region,)),
        {"openai": SecretStr(KEY)},
    )
    assert job.wait(60)
    assert not job.troubles

    def breaks(job: object) -> None:
        raise KeyError(PROMPT)

    job = bench.jobs.start(order, breaks)
    assert job.wait(10)

    text = lines.getvalue()
    for words in (
        f"job.start verb=candidates design={design.id}",
        "job.end verb=enhance",
        "state=failed rows=4 failed=4 errors=ProviderDown",
        "provider.call provider=local role=enhance",
        "outcome=ProviderDown",
        "error=KeyError",
        ":breaks",
    ):
        assert words in text, words
    for secret in ("XQ", "ada", "house.example", "gold ring"):
        assert secret not in text, secret
    assert all(line.split(" ", 2)[1] in {"DEBUG", "INFO", "WARNING", "ERROR"} for line in text.splitlines())


def test_a_data_folder_that_cannot_be_used_is_told_to_the_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server's health says ok, for it answers; the log says what is wrong with it."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "file"))
    forget()
    log.forget()
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    forget()
    log.forget()
    assert "The data folder" in at.error[0].value
    assert "ERROR data.unusable" in capsys.readouterr().err
