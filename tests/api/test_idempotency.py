"""A key outlives the disk: what it was carried out for is in the bucket before it is ordered."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.api import bodies, idempotency
from pipeline.api.access import Caller
from pipeline.api.application import application
from pipeline.api.idempotency import Entry, hold
from pipeline.api.problems import Refusal
from pipeline.api.work import _begun, _with_words
from pipeline.bucket import Folder
from pipeline.errors import StorageError
from pipeline.settings import Settings
from pipeline.stages.tools import StageOrder
from pipeline.workbench import Workbench
from tests.api.conftest import Draughtsman, calling, unhurried
from tests.test_replica import Faulty

RING = {"prompt": "a gold ring", "count": 1, "size": 512}
KEY = {"Idempotency-Key": "once"}
Opened = Callable[[str], tuple[Workbench, TestClient]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Opened]:
    """Servers on disks of their own beside one bucket."""
    monkeypatch.setattr("pipeline.workbench.Atelier", Draughtsman)
    benches: list[Workbench] = []

    def server(name: str) -> tuple[Workbench, TestClient]:
        settings = Settings(data_dir=tmp_path / name, store_url=f"file://{tmp_path}/share")
        bench = Workbench(settings)
        benches.append(bench)
        return bench, calling(application(lambda: bench, unhurried()))

    yield server
    for bench in benches:
        assert bench.replica is not None
        bench.replica.stop()
        bench.cache.close()


def ordered(client: TestClient, **more: Any) -> Any:
    return client.post("/generate", params={"wait": 30}, headers=KEY, **({"json": RING} | more))


def test_a_repeat_on_an_empty_disk_is_not_carried_out_again(opened: Opened, picture: bytes) -> None:
    """Its design comes from the bucket; another call under the key is still refused."""
    bench, client = opened("one")
    first = ordered(client).json()["design"]
    taken = client.post("/generate", files={"picture": picture}, headers={"Idempotency-Key": "p"}).json()
    assert bench.replica is not None
    bench.replica.even_out()
    other, again = opened("two")
    answer = ordered(again)
    assert answer.status_code == 200
    assert answer.json()["job"] is None
    assert answer.json()["design"] == first
    repeat = again.post("/generate", files={"picture": picture}, headers={"Idempotency-Key": "p"}).json()
    assert repeat["design"] == taken["design"]
    assert other.atelier.calls == []  # type: ignore[attr-defined]
    assert ordered(again, json={**RING, "count": 2}).status_code == 422
    fresh = client.post("/generate", params={"wait": 30}, json=RING, headers={"Idempotency-Key": "two"})
    assert fresh.json()["design"]["id"] != first["id"]


def test_a_key_whose_server_died_before_it_ordered_is_waited_for_and_then_ordered(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a minute another server may be just ordering it; then the repeat does."""
    bench, _ = opened("one")

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    body = bodies.Generate.model_validate(RING)

    def prepare(fresh: str) -> tuple[str, StageOrder | None]:
        return _with_words(bench, body, fresh, body.order)

    digest = hashlib.sha256(f"/generate {body.model_dump_json()}".encode()).hexdigest()
    with monkeypatch.context() as patched:
        patched.setattr(Workbench, "submit", die)
        with pytest.raises(SystemExit):
            _begun(Caller("api", bench), digest, prepare, "once")
    assert bench.replica is not None
    bench.replica.even_out()
    other, again = opened("two")
    answer = ordered(again)
    assert answer.status_code == 409
    assert int(answer.headers["retry-after"]) >= 1
    assert other.atelier.calls == []  # type: ignore[attr-defined]
    monkeypatch.setattr(idempotency, "PATIENCE_S", 0.0)
    assert len(ordered(again).json()["design"]["candidates"]) == 1
    assert len(other.store.summaries()) == 1


def test_while_the_bucket_does_not_answer_a_new_key_orders_nothing(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows then whether it was carried out before; a key that this disk knows is answered."""
    bench, client = opened("one")
    first = ordered(client).json()["design"]["id"]
    assert bench.replica is not None
    bench.replica.stop()
    faulty = Faulty(bench.replica.bucket)
    faulty.left = 0
    monkeypatch.setattr(bench.replica, "bucket", faulty)
    assert ordered(client).json()["design"]["id"] == first
    answer = client.post("/generate", json=RING, headers={"Idempotency-Key": "new"})
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["detail"]
    assert len(bench.atelier.calls) == 1  # type: ignore[attr-defined]


def test_of_two_servers_one_carries_a_key_out(tmp_path: Path) -> None:
    """Both heard the call at once, neither found the key: whoever creates it first orders, the other waits."""
    there = Folder(tmp_path / "share")
    digest = hashlib.sha256(b"call").hexdigest()
    entry = Entry(digest=digest, design_id="abc")
    with (
        hold(tmp_path / "one", "person", "key", digest, there) as one,
        hold(tmp_path / "two", "person", "key", digest, there) as two,
    ):
        assert one.entry() is two.entry() is None
        one.write(entry)
        with pytest.raises(Refusal):
            two.write(entry)


def test_a_call_that_was_refused_leaves_its_key_free_everywhere(tmp_path: Path) -> None:
    there = Folder(tmp_path / "share")
    with hold(tmp_path / "one", "person", "key", "digest", there) as held:
        held.forget(held.write(Entry(digest="digest", design_id="abc")))
    with hold(tmp_path / "two", "person", "key", "another call", there) as held:
        assert held.entry() is None


def test_keys_are_kept_for_a_day_and_swept_from_the_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, now = Folder(tmp_path / "share"), [1_800_000_000.0]
    for n, hours in enumerate((0, 12, 23, 50)):
        monkeypatch.setattr("time.time", lambda at=now[0] + hours * 3600: at)
        clock = lambda at=now[0] + hours * 3600: at  # noqa: E731
        held = idempotency.Held(tmp_path / f"{n}.json", "digest", "name", there, clock)
        found = held.entry()
        assert (found is not None) == (hours in {12, 23})
        if n == 0:
            held.begin(held.write(Entry(digest="digest", design_id="abc")))
    assert there.names("idempotency/")
    (tmp_path / "disk").mkdir()
    idempotency._forget_old(tmp_path / "disk", there, lambda: now[0] + 50 * 3600)
    assert there.names("idempotency/") == []


def test_a_note_that_cannot_be_sent_after_the_order_keeps_it(tmp_path: Path) -> None:
    """It is under way already: told in the log, and known here."""
    faulty = Faulty(Folder(tmp_path / "share"))
    with hold(tmp_path / "one", "person", "key", "digest", faulty) as held:
        entry = held.write(Entry(digest="digest", design_id="abc"))
        faulty.left = 0
        held.begin(entry)
        again = held.entry()
    assert again is not None
    assert again.begun
    with hold(tmp_path / "one", "person", "new", "digest", faulty) as held, pytest.raises(StorageError):
        held.entry()
