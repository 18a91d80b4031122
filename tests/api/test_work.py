"""Work ordered by HTTP is the pages' work: the same orders, jobs, gate and caps."""

import asyncio
import errno
import hashlib
import io
import json
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from pipeline import images
from pipeline.api import bodies, idempotency
from pipeline.api.access import Caller
from pipeline.api.application import application
from pipeline.api.watching import STREAMS
from pipeline.api.work import _begun, _with_words
from pipeline.errors import CapReached
from pipeline.providers.base import GenerateRequest
from pipeline.stages.tools import StageOrder
from pipeline.workbench import Workbench
from tests.api.conftest import Draughtsman, calling

RING = {"prompt": "a gold ring with a blue stone", "kind": "ring", "size": 512}


def begun(client: TestClient, **fields: Any) -> str:
    """A design with a master made from words; its id."""
    answer = client.post("/generate", params={"wait": 30}, json={**RING, "count": 1, **fields})
    assert answer.status_code == 200, answer.text
    design_id = str(answer.json()["design"]["id"])
    answer = client.post("/master", params={"wait": 30}, json={"design_id": design_id, "size": 512})
    assert answer.status_code == 200, answer.text
    return design_id


def test_the_walk_from_a_prompt_to_a_showcase(client: TestClient, bench: Workbench) -> None:
    """Each verb by its route: candidates, master, close-ups, sheets, model, page; every answer is the design."""
    answer = client.post("/generate", params={"wait": 30}, json={**RING, "count": 2, "seed": 5})
    design = answer.json()["design"]
    assert answer.status_code == 200
    assert len(design["candidates"]) == 2
    chosen = {"design_id": design["id"], "candidate": design["candidates"][1]["id"], "size": 512}
    design = client.post("/master", params={"wait": 30}, json=chosen).json()["design"]
    assert design["branches"][0]["master"]["width"] == 512
    on = {"design_id": design["id"]}
    answer = client.post("/enhance", params={"wait": 60}, json={**on, "factor": 2})
    close_ups = answer.json()["design"]["branches"][0]["close_ups"]
    assert len(close_ups) == 5
    assert {c["fidelity"]["verdict"] for c in close_ups} <= {"pass", "repaired"}
    numbers = {"numbers": [2]}
    assert client.post("/fix", params={"wait": 60}, json={**on, **numbers}).status_code == 200
    answer = client.post("/sketch", params={"wait": 60}, json={**on, "numbers": [3]})
    assert len(answer.json()["design"]["branches"][0]["sketches"]) == 2
    page = client.post("/showcase", params={"wait": 60}, json=on)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.text == client.get(f"/designs/{design['id']}/exports/page").text
    assert RING["prompt"] in page.text
    archive = client.post("/showcase", params={"wait": 60}, json={**on, "document": "archive"})
    assert zipfile.is_zipfile(io.BytesIO(archive.content))
    assert (
        bench.store.load(design["id"]).model_dump(mode="json")
        == client.get(f"/designs/{design['id']}").json()
    )


def test_work_goes_on_behind_a_202(client: TestClient) -> None:
    """Without `wait` the answer is the job, whose address tells when it is done."""
    answer = client.post("/generate", json={**RING, "count": 3})
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert answer.headers["location"] == f"/jobs/{job['id']}"
    assert job["verb"] == "candidates"
    for _ in range(200):
        job = client.get(answer.headers["location"]).json()
        if job["state"] != "running":
            break
        time.sleep(0.05)
    assert job["state"] == "done"
    assert [(p["name"], p["state"], p["fraction"]) for p in job["parts"]] == [
        (f"Candidate {n}", "done", 1.0) for n in (1, 2, 3)
    ]


def test_progress_comes_as_events(client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Server-sent events: progress while it runs, one end, the same words as the job's own."""
    go = threading.Event()
    paint = Draughtsman.run

    def wait(self: Draughtsman, request: Any, watch: Any) -> Any:
        go.wait(20)
        return paint(self, request, watch)

    monkeypatch.setattr(Draughtsman, "run", wait)
    job = client.post("/generate", json={**RING, "count": 2}).json()["job"]
    threading.Timer(0.4, go.set).start()
    with calling(app).stream("GET", f"/jobs/{job['id']}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())
    events = [block.split("\n") for block in text.strip().split("\n\n")]
    assert [lines[0] for lines in events[:-1]] == ["event: progress"] * (len(events) - 1)
    assert len(events) >= 2
    assert events[-1][0] == "event: end"
    last = json.loads(events[-1][1].removeprefix("data: "))
    assert last == client.get(f"/jobs/{job['id']}").json()
    assert last["state"] == "done"


def test_work_is_stopped_and_other_work_of_its_kind_is_refused_meanwhile(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One piece of work of a kind on a design: the same order joins it, another is refused; DELETE stops it."""
    design_id = begun(client)
    go = threading.Event()
    enhance = Draughtsman.run

    def wait(self: Draughtsman, request: Any, watch: Any) -> Any:
        go.wait(20)
        return enhance(self, request, watch)

    monkeypatch.setattr(Draughtsman, "run", wait)
    order = {"design_id": design_id, "factor": 2}
    first = client.post("/enhance", json=order)
    again = client.post("/enhance", json=order)
    other = client.post("/enhance", json={**order, "factor": 4})
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert other.headers["content-type"] == "application/problem+json"
    assert [j["id"] for j in client.get("/jobs").json()["jobs"]] == [f"{design_id}.enhance"]
    assert client.delete(f"/jobs/{design_id}.enhance").status_code == 200
    go.set()
    assert client.post("/enhance", params={"wait": 30}, json=order).status_code in {200, 409}
    state = client.get(f"/jobs/{design_id}.enhance").json()["state"]
    assert state in {"cancelled", "done"}


def test_a_picture_becomes_the_master_and_the_whole_set_follows(client: TestClient, picture: bytes) -> None:
    """Multipart: a picture with fields beside it; `/set` makes everything from one in one call."""
    answer = client.post(
        "/generate", files={"picture": picture}, data={"kind": "ring", "name": "From a photo"}
    )
    assert answer.status_code == 200, answer.text
    design = answer.json()["design"]
    assert (design["name"], design["kind"]) == ("From a photo", "ring")
    assert design["branches"][0]["master"]["recipe"]["role"] == "upload"
    answer = client.post(
        "/set",
        params={"wait": 60},
        files={"picture": picture},
        data={"factor": "2", "enhancer": "atelier", "sketcher": "atelier", "modeler": "atelier"},
    )
    assert answer.status_code == 200, answer.text
    branch = answer.json()["design"]["branches"][0]
    assert (len(branch["close_ups"]), len(branch["sketches"]), len(branch["models"])) == (5, 6, 0)
    last = answer.json()["job"]["parts"][
        -1
    ]  # the painter makes no models: a part that fails ends only itself
    assert (last["name"], last["state"]) == ("3D model", "failed")
    assert last["problem"]["detail"]


def test_compare_and_lock_are_the_gates_own(client: TestClient, picture: bytes) -> None:
    """Files or ids of assets; the same figures, and a picture that agrees with its crop."""
    small = images.encode_png(images.resize(images.decode(picture), 256, 256))
    large = images.encode_png(images.resize(images.decode(small), 512, 512))
    answer = client.post("/compare", files={"crop": small, "enhanced": large})
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] == "pass"
    locked = client.post("/lock", files={"crop": small, "enhanced": large})
    assert locked.headers["content-type"] == "image/png"
    assert images.decode(locked.content).shape == (512, 512, 3)
    design = client.post("/generate", files={"picture": picture}).json()["design"]
    master = design["branches"][0]["master"]["id"]
    of_assets = client.post("/compare", json={"crop": master, "enhanced": master})
    assert of_assets.json()["verdict"] == "pass"
    assert client.post("/compare", json={"crop": master, "enhanced": "0" * 64}).status_code == 404
    assert client.post("/compare", json={"crop": master}).status_code == 422


@pytest.mark.parametrize(
    ("path", "fields", "status", "words"),
    [
        ("/generate", {"prompt": ""}, 422, "prompt is empty"),
        ("/generate", {"prompt": "a gold ring", "provider": "openai"}, 422, "OPENAI_API_KEY"),
        ("/generate", {"prompt": "a gold ring", "provider": "nobody"}, 422, "nobody"),
        ("/generate", {"prompt": "a gold ring", "size": 100}, 422, "size"),
        ("/generate", {"prompt": "a gold ring", "sise": 100}, 422, "sise"),
        ("/generate", {"prompt": "a gold ring", "design_id": "nowhere"}, 404, "nowhere"),
        ("/master", {}, 422, "design id"),
        ("/master", {"design_id": "../../etc"}, 422, "design id"),
        ("/set", {}, 422, "master"),
    ],
)
def test_what_cannot_be_ordered_is_a_problem_with_our_sentence(
    client: TestClient, bench: Workbench, path: str, fields: dict[str, Any], status: int, words: str
) -> None:
    """RFC 9457: type, title, status, detail and what helps; nothing is kept of the call."""
    answer = client.post(path, json=fields)
    problem = answer.json()
    assert answer.status_code == status, problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["type"].startswith("urn:loupe:")
    assert words in f"{problem['detail']} {problem['remedy']}"
    assert bench.store.summaries() == ()


def test_a_failed_piece_of_work_is_told_with_its_cause_and_remedy(
    client: TestClient, bench: Workbench
) -> None:
    """The first error's own status, sentence and remedy, beside the job."""
    bench.atelier.fail_on = "blue"  # type: ignore[attr-defined]
    answer = client.post("/generate", params={"wait": 30}, json={**RING, "count": 2})
    problem = answer.json()
    assert answer.status_code == 503
    assert problem["type"] == "urn:loupe:provider-down"
    assert problem["detail"] == "The painter is out of paint."
    assert "Nothing was charged" in problem["remedy"]
    assert [part["state"] for part in problem["job"]["parts"]] == ["failed", "failed"]


def test_a_cap_refuses_with_402(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger's own refusal, as the pages have it."""

    def refuse(self: Draughtsman, request: Any, watch: Any) -> Any:
        raise CapReached("This design has cost its cap.", provider="atelier")

    monkeypatch.setattr(Draughtsman, "run", refuse)
    answer = client.post("/generate", params={"wait": 30}, json={**RING, "count": 1})
    assert answer.status_code == 402
    assert answer.json()["detail"] == "This design has cost its cap."


def test_a_call_that_is_sent_again_is_carried_out_once(client: TestClient, bench: Workbench) -> None:
    """The same key and call: one design, one piece of work; another call under the key is refused."""
    painter: Any = bench.atelier
    answers = [
        client.post(
            "/generate", params={"wait": 30}, json={**RING, "count": 2}, headers={"Idempotency-Key": "k1"}
        )
        for _ in range(3)
    ]
    assert [a.status_code for a in answers] == [200, 200, 200]
    assert len({a.json()["design"]["id"] for a in answers}) == 1
    assert len(bench.store.summaries()) == 1
    assert sum(isinstance(call, GenerateRequest) for call in painter.calls) == 2
    other = client.post("/generate", json={**RING, "count": 3}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["detail"]


def test_a_repeat_after_a_restart_finds_its_work(
    client: TestClient, bench: Workbench, picture: bytes
) -> None:
    """What a key began is on disk: a fresh server carries nothing out again, pictures neither."""
    key = {"Idempotency-Key": "once"}
    first = client.post("/generate", params={"wait": 30}, json={**RING, "count": 1}, headers=key).json()
    taken = client.post("/generate", files={"picture": picture}, headers={"Idempotency-Key": "p"}).json()
    fresh = Workbench(bench.settings)
    with calling(application(lambda: fresh)) as again:
        answer = again.post("/generate", params={"wait": 30}, json={**RING, "count": 1}, headers=key)
        assert answer.status_code == 200
        assert answer.json()["job"] is None
        assert answer.json()["design"] == first["design"]
        second = again.post("/generate", files={"picture": picture}, headers={"Idempotency-Key": "p"}).json()
        assert second["design"] == taken["design"]
        assert fresh.atelier.calls == []  # type: ignore[attr-defined]
    fresh.cache.close()


def test_a_call_whose_server_died_before_it_was_ordered_is_ordered_by_its_repeat(
    client: TestClient, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between writing the key down and ordering there is a moment; the repeat goes on from there."""
    submit = Workbench.submit

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Workbench, "submit", die)
    body = bodies.Generate(**RING, count=1)

    def prepare(fresh: str) -> tuple[str, StageOrder | None]:
        return _with_words(bench, body, fresh, body.order)

    digest = hashlib.sha256(f"/generate {body.model_dump_json()}".encode()).hexdigest()
    with pytest.raises(SystemExit):
        _begun(Caller("api", bench), digest, prepare, "k")
    monkeypatch.setattr(Workbench, "submit", submit)
    before = bench.store.summaries()[0].id
    answer = client.post(
        "/generate", params={"wait": 30}, json={**RING, "count": 1}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 200
    assert answer.json()["design"]["id"] == before
    assert len(answer.json()["design"]["candidates"]) == 1


def test_what_a_stopped_server_left_is_resumed(client: TestClient, bench: Workbench) -> None:
    """An interrupted job is told as such, and its resume makes what was left."""
    design_id = begun(client)
    notes = bench.settings.data_dir / "jobs"
    order = {
        "design_id": design_id,
        "verb": "sketch",
        "provider": "atelier",
        "numbers": [1],
    }
    (notes / f"{design_id}.sketch.json").write_text(json.dumps({"order": order, "state": "running"}))
    assert client.get(f"/jobs/{design_id}.sketch").json()["state"] == "interrupted"
    answer = client.post(f"/jobs/{design_id}.sketch/resume", params={"wait": 30})
    assert answer.status_code == 200, answer.text
    assert [s["number"] for s in answer.json()["design"]["branches"][0]["sketches"]] == [1]
    assert client.post(f"/jobs/{design_id}.sketch/resume").status_code == 409


@pytest.mark.parametrize(
    "fields", ['"design_id": "\\ud800"', '"\\ud800": 1', '"prompt": "\\ud800"', '"views": ["\\udfff"]']
)
def test_half_a_character_is_refused(client: TestClient, fields: str) -> None:
    """JSON may spell one and no answer can hold it: also the one that would say what is wrong."""
    head = {"content-type": "application/json"}
    assert client.post("/sketch", content=f"{{{fields}}}", headers=head).status_code == 400
    assert client.post("/generate", content=f"{{{fields}}}", headers=head).status_code == 400
    answer = client.post("/model", data={"design_id": '["\\ud800"]'}, files={"model": b"x"})
    assert answer.status_code == 422


def test_whoever_leaves_before_the_first_line_of_progress_keeps_no_place(
    app: FastAPI, client: TestClient
) -> None:
    design_id = begun(client)

    async def gone(_: Any = None) -> Any:
        raise OSError("the caller is gone")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "path": f"/jobs/{design_id}.master/events",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost:8501")],
        "client": ("127.0.0.1", 40000),
        "server": ("localhost", 8501),
        "scheme": "http",
    }
    for _ in range(STREAMS + 1):
        with suppress(OSError, ClientDisconnect):
            asyncio.run(app(scope, gone, gone))
    assert client.get(f"/jobs/{design_id}.master/events").status_code == 200


def test_a_repeat_is_not_answered_with_other_work_that_came_after(client: TestClient) -> None:
    design_id = begun(client)
    first: dict[str, Any] = {
        "json": {"design_id": design_id, "numbers": [1]},
        "headers": {"Idempotency-Key": "one"},
    }
    assert client.post("/sketch", params={"wait": 60}, **first).json()["job"]["state"] == "done"
    assert client.post("/sketch", params={"wait": 60}, **first).json()["job"]["state"] == "done"
    other: dict[str, Any] = {"json": {"design_id": design_id, "numbers": [1], "weight": 2.0}}
    assert client.post("/sketch", params={"wait": 60}, **other).json()["job"]["state"] == "done"
    repeat = client.post("/sketch", params={"wait": 60}, **first).json()
    assert repeat["job"] is None
    assert repeat["design"]["id"] == design_id


def test_a_full_disk_does_not_keep_a_key_from_being_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark of when old keys were last looked for is no part of the call."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", full)
        with idempotency.hold(tmp_path, "person", "key", "digest") as held:
            assert held.file.parent == tmp_path
