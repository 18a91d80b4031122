"""A prompt read by a language model, ordered by HTTP and by the command line's walk."""

import pytest
from starlette.testclient import TestClient

from pipeline.atelier.spec import Spec
from pipeline.demo.server import StandIn
from pipeline.stages.read import in_sentences
from pipeline.walk import Choice, Start, design_id
from pipeline.workbench import Workbench

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
ASKED = {"prompt": "a gold ring with a 1 ct ruby", "size": 512}


def test_candidates_of_a_models_reading(openai: StandIn, client: TestClient, bench: Workbench) -> None:
    """In one call, read and made: piece and kind are the model's; the same words read again are not paid again."""
    by_model = {**ASKED, "reader": "openai-reader", "count": 1}
    design = client.post("/generate", params={"wait": 30}, json=by_model).json()["design"]
    assert design["kind"] == "earrings"
    assert Spec.model_validate_json(design["candidates"][0]["recipe"]["origin"]).kind == "earrings"
    answer = client.post(
        "/read", params={"wait": 30}, json={"prompt": ASKED["prompt"], "provider": "openai-reader"}
    )
    reading = answer.json()["design"]["reading"]
    assert Spec.model_validate_json(reading["origin"]).metal == "silver"
    assert answer.json()["design"]["candidates"] == []
    assert len(openai.orders) == 1
    orders = [entry for entry in bench.spending().entries() if entry.role == "read"]
    assert sum(entry.cost_usd > 0 for entry in orders) == 1
    kept = bench.store.load(answer.json()["design"]["id"]).reading
    assert kept is not None
    assert in_sentences(kept)[0].startswith(
        "Read by OpenAI · reads prompts (gpt-6-luna); kind: earrings (the atelier reads ring)"
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**ASKED, "reader": "atelier"}, 400),
        ({**ASKED, "reader": "gemini-reader"}, 400),
        ({**ASKED, "reader": "nobody"}, 400),
        ({**ASKED, "reader": "openai-reader", "provider": "openai"}, 400),
    ],
)
def test_who_cannot_read_is_refused_before_anything_is_kept(
    openai: StandIn, client: TestClient, bench: Workbench, body: dict[str, object], status: int
) -> None:
    """In one sentence; no design is left behind, nobody is asked."""
    answer = client.post("/generate", json=body)
    assert answer.status_code // 100 == status // 100, answer.text
    assert bench.store.designs() == ()
    assert openai.orders == []


def test_a_walk_without_a_reader_is_the_walk_it_was(bench: Workbench) -> None:
    """A reader makes another design of the same words; none, the very one that was begun before there were any."""
    start = Start("Ring", "a gold ring")
    assert design_id(bench, start, Choice()) == KNOWN
    assert design_id(bench, start, Choice(reader="openai-reader")) != KNOWN


KNOWN = "qa4qwjecym"
"""As it was named when there were no readers."""
