"""One gate: whatever changes, spends or tells of money is refused to a visitor by the workbench itself."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.ui import samples
from pages.ui.workbench import forget, opened, workbench
from pipeline.errors import Cancelled, ReadOnly
from pipeline.export import archive
from pipeline.fidelity.calibrate import Calibration, Errors
from pipeline.jobs import Job
from pipeline.orders import EnhanceOrder
from pipeline.providers.vendors import topaz
from pipeline.providers.vendors.topaz import Topaz
from pipeline.records import Design
from pipeline.records.fidelity import Thresholds
from pipeline.stages import calibrate
from pipeline.workbench import Workbench

Open = Callable[..., AppTest]
OLD = Path(__file__).parents[1] / "older" / "old-pendant.loupe"


@pytest.fixture
def design(bench: Workbench, photographed: Callable[..., Design]) -> Design:
    """A design with a photograph for its master."""
    return photographed(bench.store)


@pytest.fixture
def left_behind(bench: Workbench, design: Design) -> Path:
    """Work that a stopped server left unfinished."""
    note = bench.store.folder / "jobs" / f"{design.id}.enhance.json"
    assert design.branch is not None
    regions = [design.branch.regions[0].model_dump()]
    params = {"provider": "local", "regions": regions, "prompt": "", "factor": 4}
    note.write_text(
        json.dumps({"verb": "enhance", "design_id": design.id, "params": params, "state": "running"})
    )
    return note


def everything(folder: Path) -> dict[str, bytes]:
    """The data folder as it is, without its locks."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".lock", ".db"})
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in files if ".db" not in path.name
    }


ASKED: dict[str, Callable[[Workbench, Design, bytes], object]] = {
    "adopt thresholds": lambda b, d, p: b.adopt_thresholds(calibrate.propose(b.store)),
    "dismiss": lambda b, d, p: b.dismiss(b.jobs.find(d.id, "enhance")),
    "cancel": lambda b, d, p: b.cancel(b.jobs.find(d.id, "enhance")),
    "check the connection": lambda b, d, p: b.check_connection("gpt-image"),
    "spending": lambda b, d, p: b.spending(),
    "open orders": lambda b, d, p: b.open_orders(),
    "answers as they came": lambda b, d, p: b.unchecked_answers(),
    "give an order up": lambda b, d, p: b.give_up("k"),
    "clear the cache": lambda b, d, p: b.clear_cache(),
    "provider": lambda b, d, p: b.provider("local", d.id),
    "upload a master": lambda b, d, p: b.upload_master(d.id, p, "ring"),
    "bring a model": lambda b, d, p: b.bring_model(d.id, b"no GLB: the refusal comes before the reading"),
    "import": lambda b, d, p: b.import_design(b"no archive: the refusal comes before the reading"),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_workbench_refuses_a_visitor(
    bench: Workbench, design: Design, left_behind: Path, ring_png: bytes, name: str
) -> None:
    """Each of them raises ReadOnly, before anything is read, and the data folder stays as it is."""
    samples.wait()  # a fresh folder's samples come half a second after it is opened
    before = everything(bench.store.folder)
    with pytest.raises(ReadOnly):
        ASKED[name](bench.for_visitor(), design, ring_png)
    assert everything(bench.store.folder) == before


def test_an_editor_passes_the_gate(bench: Workbench, design: Design, left_behind: Path) -> None:
    """The same calls by somebody who works here do what they say."""
    bench.adopt_thresholds(calibrate.propose(bench.store))
    assert (bench.store.folder / "thresholds.json").exists()
    bench.dismiss(bench.jobs.find(design.id, "enhance"))
    assert not left_behind.exists()
    assert bench.jobs.find(design.id, "enhance") is None
    assert bench.spending().total().calls == 0


@pytest.mark.parametrize("path", ["pages/enhance.py", "pages/gallery.py"])
def test_a_visitor_finds_no_button_behind_the_gate(
    bench: Workbench,
    design: Design,
    left_behind: Path,
    visit: Open,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    """Calibration and other people's interrupted work can be looked at, and stay as they are."""
    monkeypatch.setattr("pages.ui.access.may_work", lambda settings: False)
    at = visit(path, design=design.id)
    keys = {button.key or "" for button in at.button}
    assert not [
        key for key in keys if key.startswith(("adopt", "dismiss-", "resume-", "check-", "clear-cache"))
    ]
    assert left_behind.exists()


def test_a_visitor_reads_no_prices_and_no_minutes(
    bench: Workbench, design: Design, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a piece cost the house, and how long it took, is the house's own; who works there reads it."""
    other = bench.store.duplicate(design.id)
    for editor in (True, False):
        monkeypatch.setattr("pages.ui.access.may_work", lambda settings, editor=editor: editor)
        for path in ("pages/showcase.py", "pages/compare.py"):
            at = visit(path, design=design.id, left=design.id, right=other.id)
            assert not at.exception
            words = " ".join(each.value for each in (*at.markdown, *at.caption))
            assert ("$0.00" in words) is editor


@pytest.mark.parametrize("editor", [True, False], ids=["an editor", "a visitor"])
def test_work_that_was_stopped_is_dismissed_by_editors_alone(
    bench: Workbench, design: Design, visit: Open, monkeypatch: pytest.MonkeyPatch, editor: bool
) -> None:
    """A visitor reads that it ended, and finds neither Dismiss nor a way to have it done again."""
    assert design.branch is not None
    region = design.branch.regions[0]
    order = EnhanceOrder(design_id=design.id, provider="local", factor=2, prompt="", regions=(region,))

    def stopped(job: Job) -> None:
        job.cancel()
        raise Cancelled("The work was stopped.")

    assert bench.jobs.start(order, stopped).wait(10)
    monkeypatch.setattr("pages.ui.access.may_work", lambda settings: editor)
    at = visit("pages/enhance.py", design=design.id)
    assert any("Stopped" in info.value for info in at.info)
    assert any(str(button.key).startswith("dismiss-") for button in at.button) is editor


@pytest.mark.parametrize("editor", [True, False], ids=["an editor", "a visitor"])
def test_calibration_is_there_to_be_read_and_adopted_by_editors_alone(
    bench: Workbench, visit: Open, monkeypatch: pytest.MonkeyPatch, editor: bool
) -> None:
    """The box opened, with proposals in it: the table for everybody, the button for those who work here."""
    design = archive.read(bench.store, OLD.read_bytes(), ours=True)
    proposal = Calibration(
        "local", 6, 4, Thresholds(-1.5, -0.6), Thresholds(-2.0, -1.0), Errors(0.5, 0.5), Errors(0.1, 0.1)
    )
    monkeypatch.setattr(calibrate, "propose", lambda _: [proposal])
    monkeypatch.setattr("pages.ui.access.may_work", lambda settings: editor)
    at = visit("pages/enhance.py", design=design.id)
    at.session_state["calibration"] = True
    at.run()
    assert any("6 accepted, 4 rejected" in str(table.value) for table in at.table)
    assert ("adopt" in {button.key for button in at.button}) is editor


def test_no_vendor_is_asked_for_a_price_while_a_visitor_looks(
    bench: Workbench, design: Design, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An estimate goes out with the operator's key: a visitor reads the table's price, an editor the service's own."""
    asked: list[tuple[int, int]] = []

    def estimate(_topaz: Topaz, sent: tuple[int, int], _wanted: tuple[int, int]) -> float:
        asked.append(sent)
        return 3.0

    monkeypatch.setattr(Topaz, "_estimate", estimate)
    monkeypatch.setattr(topaz, "_estimates", {})
    monkeypatch.setenv("LOUPE_TOPAZ_API_KEY", "the operator's own")
    bench.cache.close()
    forget()
    with monkeypatch.context() as visiting:
        visiting.setattr("pages.ui.access.may_work", lambda settings: False)
        at = visit("pages/enhance.py", design=design.id)
        at.selectbox(key="enhancer").set_value("topaz").run()
        assert "$0.40" in at.button(key="enhance-all").label
        assert asked == []
    at = visit("pages/enhance.py", design=design.id)
    at.selectbox(key="enhancer").set_value("topaz").run()
    assert "$1.20" in at.button(key="enhance-all").label
    assert asked


def test_the_workbench_outlives_every_cache_a_browser_may_clear(bench: Workbench) -> None:
    """`clear_cache` is a message any browser may send; the jobs under way and the renderer stay who they are."""
    st.cache_resource.clear()
    st.cache_data.clear()
    assert opened() is bench
    assert workbench().jobs is bench.jobs


def test_one_workbench_however_many_sessions_come_first(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten sessions of a fresh server open one workbench."""
    bench.cache.close()
    forget()
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: opened(), range(10)))
    assert len({id(each) for each in found}) == 1
    found[0].cache.close()


def test_pages_name_no_door_behind_the_gate() -> None:
    """What the workbench offers with its check, no page reaches for without."""
    doors = ("jobs.forget", "registry.check", "cache.clear(", "calibrate.adopt", "archive.read(bench",
             "generate.upload", "keep_upload", ".ledger.")  # fmt: skip
    pages = Path(__file__).parents[2] / "pages"
    scripts = [p for p in pages.rglob("*.py") if p.name != "samples.py"]  # read at the start, by no visitor
    found = {door: p.name for p in scripts for door in doors if door in p.read_text("utf-8")}
    assert found == {}
