"""A prompt read by a language model on the page: priced before the press, laid beside the atelier's own, chosen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.atelier.language.prompt import read
from pipeline.atelier.language.reader import as_answer
from pipeline.atelier.spec import Spec
from pipeline.demo.server import StandIn
from pipeline.demo.stand_ins import stand_in
from pipeline.workbench import Workbench
from tests.pages.conftest import finish
from tests.pages.test_first_steps import GENERATE, Open

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PROMPT = "a gold ring with a 1 ct ruby"
READ = as_answer(read("a platinum ring with a 1 ct ruby, 3 mm band").spec)


@pytest.fixture
def openai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """OpenAI's stand-in, whose text model reads a platinum ring into everything."""
    with stand_in("openai", tmp_path / "openai", key="sk-own") as server:
        server.artist.read = lambda _: READ  # type: ignore[method-assign]
        monkeypatch.setenv("LOUPE_OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("LOUPE_OPENAI_API_KEY", "sk-own")
        yield server


def has(at: AppTest, key: str) -> bool:
    return any(button.key == key for button in at.button)


def read_it(at: AppTest, bench: Workbench) -> str:
    at.text_area(key="prompt").set_value(PROMPT)
    at.button(key="have-it-read").click().run()
    assert not at.exception
    (design,) = bench.store.designs()
    finish(at, bench, design.id, "read")
    return design.id


def test_without_a_key_nothing_is_offered(visit: Open, bench: Workbench) -> None:
    """No button, no choice, no word of it; the prompt is read as ever."""
    at = visit(GENERATE)
    assert not has(at, "have-it-read")
    assert not any(box.key == "reader" for box in at.selectbox)
    assert [row for row in bench.registry.rows() if row.id.endswith("-reader") and row.ready] == []


def test_the_model_reads_and_the_user_chooses(openai: StandIn, visit: Open, bench: Workbench) -> None:
    """Priced on its button, paid once; what differs stands side by side, and candidates are of the reading chosen."""
    at = visit(GENERATE)
    assert at.button(key="have-it-read").label.startswith("Have it read by OpenAI · about $0.00")
    design_id = read_it(at, bench)
    (table,) = at.table
    shown = table.value
    assert list(shown.columns) == ["Field", "The atelier", "OpenAI"]
    assert ["metal", "yellow gold", "platinum"] in shown.to_numpy().tolist()
    assert "ring width" in shown["Field"].tolist()
    assert bench.store.load(design_id).candidates == ()
    at.button(key="as-the-model").click().run()
    finish(at, bench, design_id, "candidates")
    design = bench.store.load(design_id)
    spec = Spec.model_validate_json(design.candidates[0].recipe.origin)
    assert (spec.metal, spec.ring.width_mm if spec.ring else 0) == ("platinum", 3.0)
    assert {Spec.model_validate_json(c.recipe.origin).metal for c in design.candidates} == {"platinum"}
    assert design.candidates[0].recipe.options["reader"] == "OpenAI · reads prompts (gpt-6-luna)"
    assert "edited" not in design.candidates[0].recipe.options
    assert any("not by the atelier itself" in caption.value for caption in at.caption)
    assert len(openai.orders) == 1
    at.button(key="as-the-atelier").click().run()
    finish(at, bench, design_id, "candidates")
    design = bench.store.load(design_id)
    assert Spec.model_validate_json(design.candidates[0].recipe.origin).metal == "yellow_gold"
    at.button(key="dismiss-reading").click().run()
    assert not at.table
    assert bench.store.load(design_id).reading is None


def test_a_reading_of_nothing_leaves_the_atelier_s(openai: StandIn, visit: Open, bench: Workbench) -> None:
    """What cannot be made is said, with why; only the atelier's own can be chosen."""
    openai.artist.read = lambda _: json.dumps({"kind": "tiara <b>"})  # type: ignore[method-assign]
    at = visit(GENERATE)
    read_it(at, bench)
    assert "read no piece that can be made here" in at.warning[0].value
    assert any("tiara" in caption.value for caption in at.caption)
    assert has(at, "as-the-atelier")
    assert not has(at, "as-the-model")


def test_a_refusal_is_shown_and_nothing_is_lost(openai: StandIn, visit: Open, bench: Workbench) -> None:
    """The service's own words; the prompt and the atelier's way stand as before."""
    openai.script.append("soft")
    at = visit(GENERATE)
    at.text_area(key="prompt").set_value(PROMPT)
    at.button(key="have-it-read").click().run()
    (design,) = bench.store.designs()
    job = bench.jobs.find(design.id, "read")
    assert job is not None
    assert job.wait(60)
    at.run()
    assert any("does not read this" in error.value for error in at.error)
    assert at.text_area(key="prompt").value == PROMPT
    assert bench.store.load(design.id).reading is None
    assert not at.table
