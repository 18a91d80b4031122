"""Servers that are right by their own lights and unlike everybody else: odd ids, odd numbers, a box that restarts."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.cache import Cache
from pipeline.demo import pictures
from pipeline.demo.server import Reply as Served
from pipeline.providers.base import EnhanceRequest, Silent
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.reply import Reply
from pipeline.providers.call.tasks import identifier, over
from pipeline.providers.vendors.bfl import Bfl
from pipeline.providers.vendors.magnific import Magnific
from pipeline.providers.vendors.topaz import Topaz
from pipeline.records import Role
from tests.providers.conftest import QUICK, World, build_request, open_world

IMAGE = pictures.png(pictures.drawn(320, 320))
ASKED = EnhanceRequest(IMAGE, "A ring", width=640, height=640, factor=2)


@pytest.fixture
def connection(tmp_path):
    cache = Cache(tmp_path / "cache")
    yield Connection(
        "x", "X", "https://api.bfl.ai", SecretStr("sk-odd-servers"), "LOUPE_X_API_KEY", cache, pace=QUICK
    )
    cache.close()


@pytest.mark.parametrize("name", ["a1", "req_7", 991, "task.2026:11~b", "Job|4=x", "ä-1", "a b", "x" * 200])
def test_a_paid_order_is_not_lost_for_its_ids_spelling(connection: Connection, answering, name: Any) -> None:
    """Whatever a service calls a task is put into a path so that it stays one step of it."""
    addresses: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"data": {"task_id": name, "status": "CREATED", "generated": []}})
        addresses.append(request.url.raw_path.decode())
        return httpx.Response(200, json={"data": {"status": "FAILED", "generated": []}})

    answering(answer)
    with pytest.raises(errors.UnusableAnswer, match="the task is FAILED"):
        Magnific(connection, model="m").run(ASKED, Silent())
    assert len(addresses) == 1
    assert addresses[0].startswith("/v1/ai/m/")
    assert addresses[0].count("/") == 4


@pytest.mark.parametrize("name", ["", ".", "..", None, True, [], {"id": 1}, "x" * 201, "a\nb", "\x7f"])
def test_what_is_no_id_is_none(name: Any) -> None:
    """Nothing, a step upwards, signs that do not print, and other kinds of values."""
    with pytest.raises(ValueError, match="no id"):
        identifier(name)


@pytest.mark.parametrize(
    ("text"), [b'{"a": NaN, "b": [Infinity, -Infinity]}', b'\xef\xbb\xbf{"a": null, "b": [null, null]}']
)
def test_numbers_that_are_none_are_read_as_nothing(text: bytes) -> None:
    """Python services write NaN where JSON knows no such number; the rest of their answer counts all the same."""
    assert Reply(200, {}, text).json() == {"a": None, "b": [None, None]}


@pytest.mark.parametrize("cost", ["1e400", "-7", "1e9", '"3"', "null", "NaN"])
def test_a_cost_that_cannot_be_is_not_booked(connection: Connection, answering, cost: str) -> None:
    """The estimate is booked instead; the answer is taken."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            address = '"polling_url": "https://api.bfl.ai/v1/get_result?id=1"'
            return httpx.Response(200, content=f'{{"id": "1", {address}, "cost": {cost}}}')
        if request.url.path.endswith("get_result"):
            result = {"sample": "https://api.bfl.ai/x.png"}
            return httpx.Response(200, json={"status": "Ready", "result": result})
        return httpx.Response(200, content=IMAGE)

    answering(answer)
    answer_of = Bfl(connection, model="flux-2-pro").run(ASKED, Silent())
    assert 0 < answer_of.cost_usd < 1


@pytest.mark.parametrize("credit", ["1e400", "-1", "1e12", '"many"', "NaN"])
def test_an_estimate_that_cannot_be_is_none(connection: Connection, answering, credit: str) -> None:
    """The table's price stands."""
    answering(lambda _: httpx.Response(200, content=f'{{"credits": {credit}}}'))
    provider = Topaz(replace(connection, base_url=f"https://topaz{abs(hash(credit))}.example"), model="m")
    assert provider.reckon(Role.ENHANCE, (640, 640), [(320, 320)]) == provider.rate(Role.ENHANCE).of(
        640 * 640
    )


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("line", ["comfy", "invoke"])
def test_a_box_that_was_restarted_is_simply_asked_again(world: World, line: str) -> None:
    """It has forgotten its queue and nothing was paid: after the usual patience the order is let go of."""
    server = world.servers[line]
    server.work_s = 60.0
    gone = open_world(world.folder, world.servers, pace=replace(QUICK, poll_patience_s=0.0))
    provider = gone.registry.get(line, design_id="d1")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    with pytest.raises(errors.ProviderDown):
        provider.run(request, Silent())
    gone.cache.close()
    server.work_s = 0.0
    for task in list(server.shelf._folder.glob("*.task")):
        task.unlink()
    provider = world.registry.get(line, design_id="d1")
    with pytest.raises(errors.UnusableAnswer, match="does not know the order") as caught:
        provider.run(request, Silent())
    assert not caught.value.kept
    assert provider.run(request, Silent()).data
    assert not world.ledger.open_orders()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_history_with_a_nan_in_it_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes that always run are marked with one in the prompt that a ComfyUI repeats."""
    server = world.servers["comfy"]
    whole = server._history  # type: ignore[attr-defined]

    def marked(task_id: str) -> Served:
        reply = whole(task_id)
        entry = json.loads(reply.body)
        for each in entry.values():
            each["prompt"] = [1, task_id, {"7": {"is_changed": [float("nan")]}}]
        return replace(reply, body=json.dumps(entry).encode())

    monkeypatch.setattr(server, "_history", marked)
    provider = world.registry.get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data


WORK = {
    "meshy": ("meshy", "IN_PROGRESS"),
    "magnific": ("magnific", "IN_PROGRESS"),
    "topaz": ("topaz", "Processing"),
    "tripo": ("tripo", "running"),
    "bfl": ("bfl", "Pending"),
    "fal-seedvr": ("fal", "IN_PROGRESS"),
    "replicate": ("replicate", "processing"),
    "dzine": ("dzine", "processing"),
    "invoke": ("invoke", "in_progress"),
}
"""What each service calls work that goes on."""


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("line", WORK)
@pytest.mark.parametrize("word", ["POST_PROCESSING", "50%"])
def test_a_state_nobody_documented_is_work_going_on(
    world: World, monkeypatch: pytest.MonkeyPatch, line: str, word: str
) -> None:
    """A word that is new never forgets an order that was paid for."""
    vendor, usual = WORK[line]
    server = world.servers[vendor]
    server.work_s = 0.15
    told = server.answer
    seen: list[bytes] = []

    def renamed(call: Any) -> Served:
        reply = told(call)
        body = reply.body.replace(f'"{usual}"'.encode(), f'"{word}"'.encode())
        seen.extend([body] * (body != reply.body))
        return replace(reply, body=body)

    monkeypatch.setattr(server, "answer", renamed)
    provider = world.registry.get(line, design_id="d1")
    role = Role.MODEL if Role.MODEL in provider.limits else Role.ENHANCE
    request, _ = build_request(role, provider.limits[role])
    assert provider.run(request, Silent()).data
    assert seen
    assert len(server.orders) == 1
    server.work_s = 0.0


@pytest.mark.parametrize(
    "state", ["FAILED", "Cancelled", "canceled", "Request Moderated", "banned", "EXPIRED", "Error"]
)
def test_what_tells_of_an_end_is_one(state: str) -> None:
    """In every spelling the services use."""
    assert over(state)
