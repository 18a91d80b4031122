"""What there is, by HTTP: designs, assets with ranges and caching, documents, health and figures."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from pipeline.api.application import application
from pipeline.errors import StorageError
from pipeline.export import archive
from pipeline.workbench import Workbench
from tests.api.conftest import calling
from tests.api.test_work import RING, begun


def test_assets_come_whole_and_in_parts_and_are_cached_for_good(client: TestClient, picture: bytes) -> None:
    """A strong ETag that is the content's own hash, ranges, 304, 416; and never another file."""
    design = client.post("/generate", files={"picture": picture}).json()["design"]
    master = design["branches"][0]["master"]
    path = f"/assets/{master['id']}"
    whole = client.get(path)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["etag"] == f'"{master["id"]}"'
    assert "immutable" in whole.headers["cache-control"]
    assert len(whole.content) == master["size_bytes"]
    part = client.get(path, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]
    stale = client.get(path, headers={"Range": "bytes=100-199", "If-Range": '"another"'})
    assert stale.content == whole.content
    assert client.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert client.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert client.get(f"/assets/{'0' * 64}").status_code == 404
    assert client.get("/assets/..%2f..%2fledger.jsonl").status_code in {404, 422}


def test_a_file_that_was_changed_on_disk_is_not_handed_out(
    client: TestClient, bench: Workbench, picture: bytes
) -> None:
    design = client.post("/generate", files={"picture": picture}).json()["design"]
    asset_id = design["branches"][0]["master"]["id"]
    path, _ = bench.store.file(asset_id) or (Path(), "")
    path.write_bytes(path.read_bytes() + b"x")
    answer = client.get(f"/assets/{asset_id}")
    assert answer.status_code == 503
    assert "changed on disk" in answer.json()["detail"]


def test_designs_are_listed_found_read_and_thrown_away(client: TestClient, bench: Workbench) -> None:
    ids = [bench.store.create(f"Ring {n}", prompt="gold").id for n in range(5)]
    page = client.get("/designs", params={"limit": 2, "offset": 1}).json()
    assert (page["total"], len(page["designs"])) == (5, 2)
    assert [d["id"] for d in client.get("/designs", params={"word": "ring 3"}).json()["designs"]] == [ids[3]]
    answer = client.get(f"/designs/{ids[0]}")
    assert answer.json()["name"] == "Ring 0"
    tag = answer.headers["etag"]
    assert client.get(f"/designs/{ids[0]}", headers={"If-None-Match": tag}).status_code == 304
    bench.store.rename(ids[0], "Another")
    assert client.get(f"/designs/{ids[0]}", headers={"If-None-Match": tag}).status_code == 200
    assert client.delete(f"/designs/{ids[0]}").status_code == 204
    assert client.get(f"/designs/{ids[0]}").status_code == 404
    assert [t.name for t in bench.store.trashed()] == ["Another"]


def test_regions_and_decisions_are_written_down(client: TestClient, picture: bytes) -> None:
    design = client.post("/generate", files={"picture": picture}).json()["design"]
    region = {"id": "stone", "label": "Stone", "x": 100, "y": 50, "width": 200, "height": 200}
    path = f"/designs/{design['id']}"
    answer = client.put(f"{path}/regions", json={"regions": [region]})
    assert answer.json()["design"]["branches"][0]["regions"] == [region]
    outside = {**region, "x": 5000}
    assert client.put(f"{path}/regions", json={"regions": [outside]}).status_code == 422
    order = {"design_id": design["id"], "factor": 2, "provider": "local", "regions": ["stone"]}
    made = client.post("/enhance", params={"wait": 30}, json=order).json()["design"]["branches"][0]
    close_up = made["close_ups"][0]["id"]
    answer = client.put(f"{path}/close-ups/{close_up}", json={"decision": "accepted"})
    assert answer.json()["design"]["branches"][0]["close_ups"][0]["decision"] == "accepted"
    assert client.put(f"{path}/close-ups/nobody", json={"decision": "accepted"}).status_code == 404
    assert client.post("/enhance", json={**order, "regions": ["nowhere"]}).status_code == 422


def test_an_archive_is_taken_in(client: TestClient, bench: Workbench) -> None:
    design_id = begun(client)
    data = archive.write(bench.store, bench.store.load(design_id))
    answer = client.post("/designs", files={"archive": data})
    assert answer.status_code == 201, answer.text
    assert answer.json()["design"]["candidates"] == client.get(f"/designs/{design_id}").json()["candidates"]
    assert client.post("/designs", files={"archive": b"PK" + data[:200]}).status_code == 422
    assert client.post("/designs", json={}).status_code in {415, 422}


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"{}" * 3])
def test_a_body_that_is_no_object_is_told_so(client: TestClient, body: bytes) -> None:
    answer = client.post("/generate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("stated", [True, False])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: TestClient, stated: bool) -> None:
    """By its stated length, and where none is stated once it has come that far."""
    count = 0

    def chunks() -> object:
        nonlocal count
        for _ in range(400):
            count += 1
            yield b"x" * 10_000

    headers = {"Content-Type": "application/json", **({"Content-Length": "4000000"} if stated else {})}
    answer = client.post("/generate", content=chunks(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"]


def test_health_says_ok_to_anybody_and_what_is_wrong(
    client: TestClient, app: FastAPI, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/health").json() == {"status": "ok", "read_only": False, "jobs": 0, "troubles": []}
    assert calling(app, "192.0.2.7", "loupe.example").get("/health").status_code == 200
    monkeypatch.setattr("pipeline.store.Store.trouble", lambda _: "The disk is full; make room.")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert answer.json()["troubles"] == ["The disk is full; make room."]
    strangers = calling(app, "192.0.2.7", "loupe.example").get("/health")
    assert (strangers.status_code, strangers.json()["troubles"]) == (503, [])

    def unusable() -> Workbench:
        raise StorageError("The data folder cannot be read.")

    broken = calling(application(unusable))
    assert broken.get("/health").status_code == 503
    assert broken.get("/designs").status_code == 503


def test_metrics_tell_work_seconds_spend_and_memory_and_no_words(
    client: TestClient, bench: Workbench
) -> None:
    """Prometheus' own parser reads them; no prompt, name, id or key stands in them."""
    design_id = begun(client)
    entry = bench.spending().place(
        provider="openai", model="m", role="enhance", design_id=design_id, key="k", cost_usd=0.25
    )
    bench.spending().settle(entry, "done", cost_usd=0.2, seconds=3.0)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    figures = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert figures["loupe_jobs_running",] == 0
    assert figures["loupe_jobs_ended_total", "candidates", "done"] == 1
    assert figures["loupe_jobs_seconds_total", "done", "master"] > 0
    assert figures["loupe_provider_calls_total", "done", "enhance", "openai"] == 1
    assert figures["loupe_provider_seconds_total", "done", "enhance", "openai"] == 3.0
    assert figures["loupe_spent_usd_total", "openai"] == 0.2
    assert figures["loupe_spent_today_usd",] == 0.2
    assert figures["loupe_designs",] == 1
    assert figures["loupe_resident_bytes", "server"] > 10_000_000
    assert not re.search(f"{design_id}|{RING['prompt'].split()[1]} ring|token", answer.text)


def test_nothing_else_is_there(client: TestClient) -> None:
    """Wrong addresses and methods are problems too."""
    for method, path, status in (("GET", "/nothing", 404), ("GET", "/generate", 405), ("GET", "/docs", 404)):
        answer = client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "stated",
    ["items=0-5", "bytes=abc", "bytes=", "bytes=5-2", "bytes=1-0,0-0", "bytes=0-" + "9" * 5000, "0-5"],
)
def test_a_range_of_another_form_is_passed_over(client: TestClient, picture: bytes, stated: str) -> None:
    """As HTTP has it: a part nobody can name is no reason to send nothing."""
    master = client.post("/generate", files={"picture": picture}).json()["design"]["branches"][0]["master"]
    answer = client.get(f"/assets/{master['id']}", headers={"Range": stated})
    assert (answer.status_code, len(answer.content)) == (200, master["size_bytes"])


def test_head_is_get_without_its_body(client: TestClient, bench: Workbench, picture: bytes) -> None:
    """Every address that is read: the same status and head; also of progress, which is sent as it comes."""
    design = bench.store.create("Ring", kind="ring")
    design = bench.upload_master(design.id, picture, "ring")
    assert design.branch is not None
    for path in (
        "/designs",
        f"/designs/{design.id}",
        f"/assets/{design.branch.master.id}",
        "/health",
        "/openapi.json",
    ):
        got, headed = client.get(path), client.head(path)
        assert (headed.status_code, headed.content) == (200, b""), path
        assert headed.headers["content-type"] == got.headers["content-type"]
        assert headed.headers.get("etag") == got.headers.get("etag")
        if path != "/health":
            assert headed.headers["content-length"] == str(len(got.content))
    assert client.head("/designs/nowhere").status_code == 404
    assert client.head("/generate").status_code == 405
    order = {"prompt": "a plain gold ring", "count": 1, "size": 512}
    job = client.post("/generate?wait=60", json=order).json()["job"]
    assert client.head(f"/jobs/{job['id']}/events").status_code == 200
