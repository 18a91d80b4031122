"""What the page offers when a part of the work failed."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pipeline import errors
from pipeline.jobs import Job, Row
from pipeline.orders import ModelOrder
from pipeline.providers.base import Answer, Request, Watch
from pipeline.providers.builtin.faulty import Careless
from pipeline.providers.builtin.local import Local
from pipeline.records import Design
from pipeline.workbench import Workbench
from tests.pages.conftest import finish
from tests.pages.test_pages import PAGES, Open


def test_what_was_refused_is_done_by_another_provider(
    visit: Open, bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One region is refused: title, reason and remedy are shown, and one press has only it done elsewhere."""
    design = photographed(bench.store)
    real, asked = Careless.run, []

    def refuse_once(self: Careless, request: Request, watch: Watch) -> Answer:
        asked.append(request)
        if len(asked) == 2:
            raise errors.Moderated("Careless refuses the prompt.", provider=self.id)
        return real(self, request, watch)

    monkeypatch.setattr(Careless, "run", refuse_once)
    at = visit(PAGES[2], design=design.id)
    at.selectbox(key="enhancer").select("careless").run()
    at.button(key="enhance-all").click().run()
    job = bench.jobs.find(design.id, "enhance")
    assert job is not None
    assert job.wait(60)
    at.run()
    said = at.error[0].value
    assert "content rules" in said
    assert "Careless refuses the prompt" in said
    assert "Rephrase" in said
    instead = at.selectbox(key=f"instead-{design.id}.enhance")
    assert instead.value == "local"
    assert instead.options[-1].startswith(bench.registry.get("careless").name)
    done = []
    monkeypatch.setattr(Local, "run", _noting(Local.run, done))
    at.button(key=f"again-{design.id}.enhance").click().run()
    finish(at, bench, design.id, "enhance")
    assert len(done) == 1
    branch = bench.store.load(design.id).branch
    assert branch is not None
    assert all(branch.attempts(region.id) for region in branch.regions)
    assert not at.error


def test_an_order_on_record_is_fetched_from_whom_has_it(
    visit: Open, bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that has the order but cannot be asked now comes first, and nothing is priced."""
    design = photographed(bench.store)

    def keep(self: Local, request: Request, watch: Watch) -> Answer:
        error = errors.ProviderDown("Local has the order.", provider=self.id)
        error.kept = True
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Local, "run", keep)
        at = visit(PAGES[4], design=design.id)
        at.button(key="make-model").click().run()
        job = bench.jobs.find(design.id, "model")
        assert job is not None
        assert job.wait(60)
    at.run()
    assert at.selectbox(key=f"instead-{design.id}.model").value == "local"
    again = at.button(key=f"again-{design.id}.model")
    assert again.label == "Fetch what was ordered"
    again.click().run()
    finish(at, bench, design.id, "model")
    assert bench.store.load(design.id).branch.model is not None


def _noting(run, done: list[Request]):
    def noted(self: Local, request: Request, watch: Watch) -> Answer:
        done.append(request)
        return run(self, request, watch)

    return noted


def test_work_an_older_loupe_left_is_told_and_not_offered(
    visit: Open, bench: Workbench, photographed: Callable[..., Design]
) -> None:
    """A note without a factor is one sentence on the page, never Resume; Dismiss ends it, and work is ordered anew."""
    design = photographed(bench.store)
    note = bench.store.folder / "jobs" / f"{design.id}.enhance.json"
    params = {"provider": "local", "regions": [], "prompt": ""}
    note.write_text(
        json.dumps({"verb": "enhance", "design_id": design.id, "params": params, "state": "running"})
    )
    at = visit(PAGES[2], design=design.id)
    assert "An older Loupe began this work" in at.error[0].value
    keys = {button.key or "" for button in at.button}
    assert not [key for key in keys if key.startswith(("resume-", "again-"))]
    at.button(key=f"dismiss-{design.id}.enhance").click().run()
    assert not at.error
    assert not note.exists()
    assert not at.button(key="enhance-all").disabled


def test_too_much_at_once_is_a_sentence_on_the_page(
    visit: Open, bench: Workbench, photographed: Callable[..., Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order over the bound is refused where the button is, and nothing of it is kept."""
    design = photographed(bench.store)
    monkeypatch.setattr("pipeline.jobs.MOST_IN_ALL", 0)
    at = visit(PAGES[4], design=design.id)
    at.button(key="make-model").click().run()
    assert "wait a little" in at.error[0].value
    assert bench.jobs.running() == ()
    assert not (bench.store.folder / "jobs" / f"{design.id}.model.json").exists()


LIVE = """
import streamlit as st
from pages.ui import progress
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
progress.panel("abc234", "enhance")
"""


def test_the_page_is_drawn_again_whenever_a_part_is_finished(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close-up is on the page while its neighbours are still under way, not only when all are done."""
    job = Job(ModelOrder(design_id="abc234", provider="local"))
    job.rows = [Row("one", "running"), Row("two", "waiting")]
    monkeypatch.setattr(bench.jobs, "find", lambda *_: job)
    at = AppTest.from_string(LIVE).run()
    assert not at.exception
    runs = at.session_state["runs"]
    job.rows[0].fraction = 0.5
    assert at.run().session_state["runs"] == runs + 1
    job.rows[0].state = "done"
    assert at.run().session_state["runs"] == runs + 3
    assert at.run().session_state["runs"] == runs + 4
