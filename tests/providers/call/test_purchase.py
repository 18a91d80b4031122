"""Paid once, whatever happens: killed processes, many askers at once, cancellation, slow services, caps."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import diskcache
import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.demo.server import StandIn
from pipeline.providers.base import Answer, GenerateRequest, Silent
from pipeline.providers.call.cache_key import key_of
from pipeline.records import Role
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request, open_world

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT = Path(__file__).parents[3]
KILLS = 25
"""Of each of the two kinds of job."""


class Impatient(Silent):
    """Presses Cancel once a note appears."""

    def __init__(self, note: str) -> None:
        self._note = note
        self._pressed = False

    def progress(self, fraction: float, note: str = "") -> None:
        self._pressed = self._pressed or self._note in note

    def cancelled(self) -> bool:
        return self._pressed


def buyer(folder: Path, servers: Mapping[str, StandIn], *arguments: str) -> subprocess.Popen[bytes]:
    urls = json.dumps({name: server.url for name, server in servers.items()})
    command = [sys.executable, "-m", "tests.providers.buyer", str(folder), urls, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


def full_disk(
    self: object, full_path: str, iterator: Iterable[bytes], mode: str, encoding: object = None
) -> int:
    """Half of a value gets onto the disk; then there is no room left."""
    Path(full_path).parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(iterator)
    Path(full_path).write_bytes(data[: len(data) // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("provider_id", "vendor", "seed", "kills", "full"),
    [
        ("meshy", "meshy", 1, KILLS, False),
        ("fal-hunyuan3d", "fal", 2, KILLS, False),
        ("meshy", "meshy", 3, KILLS // 4, True),
        ("fal-hunyuan3d", "fal", 4, KILLS // 4, True),
    ],
)
def test_a_killed_job_is_resumed_and_never_bought_twice(
    tmp_path: Path,
    servers: Mapping[str, StandIn],
    provider_id: str,
    vendor: str,
    seed: int,
    kills: int,
    full: bool,
) -> None:
    """A worker is killed at random moments after its order; each next one fetches what was ordered: one submit.

    `full`: the disk fills up while the worker waits, so that it can keep no answer.
    """
    server = servers[vendor]
    server.work_s = 0.25
    (tmp_path / "w").mkdir()
    servers_told = dict(servers)
    moments = random.Random(seed)
    world = open_world(tmp_path / "w", servers, pace=replace(QUICK, poll_first_s=0.02, poll_most_s=0.05))
    provider = world.registry.get(provider_id, design_id="d1")
    resumed = fetched_before = 0
    for take in range(kills):
        request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL], take=take)
        before = len(server.orders)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            try:
                if full:
                    diskcache.Disk._write = full_disk
                own = open_world(tmp_path / "w", servers_told, pace=replace(QUICK, poll_first_s=0.02))
                own.registry.get(provider_id, design_id="d1").run(request, Silent())
            finally:
                os._exit(0)
        key = key_of(provider.inner, request)
        until = time.monotonic() + 30
        while world.cache.task(key) is None and not world.cache.known(key):
            assert time.monotonic() < until, "the order was never noted"
            time.sleep(0.002)
        time.sleep(moments.uniform(0.0, 0.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        fetched_before += world.cache.known(key)
        answer = provider.run(request, Silent())
        resumed += not answer.cached
        assert answer.data[:4] == b"glTF"
        assert len(server.orders) == before + 1, "bought twice"
        assert world.cache.task(key) is None
    assert resumed + fetched_before >= kills
    assert resumed >= kills // 4, "hardly any kill came in time to matter"
    assert not full or resumed == kills
    total = world.ledger.total(design_id="d1")
    assert total.open_usd == 0
    assert total.cost_usd == pytest.approx(kills * provider.limits[Role.MODEL].price_usd)
    world.cache.close()


def test_a_task_whose_answer_is_kept_is_not_noted_any_longer(world: World) -> None:
    """Killed between keeping the answer and crossing out its task: the next hit crosses it out."""
    provider = world.registry.get("meshy", design_id="d1")
    request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL])
    provider.run(request, Silent())
    key = key_of(provider.inner, request)
    world.cache.remember_task(key, "left behind")
    assert provider.run(request, Silent()).cached
    assert world.cache.task(key) is None


@pytest.mark.parametrize(
    ("provider_id", "vendor", "role"),
    [
        ("seedream", "ark", Role.ENHANCE),
        ("meshy", "meshy", Role.MODEL),
        ("fal-hunyuan3d", "fal", Role.MODEL),
    ],
)
def test_a_kill_between_the_order_and_its_note_is_told_and_not_bought_again_silently(
    tmp_path: Path, servers: Mapping[str, StandIn], provider_id: str, vendor: str, role: Role
) -> None:
    """Killed after the service took the order and before its answer came: possibly charged, and the user decides."""
    server = servers[vendor]
    moments = random.Random(3)
    world = open_world(tmp_path, servers)
    provider = world.registry.get(provider_id, design_id="d1")
    price = provider.limits[role].price_usd
    for take in range(4):
        server.script.append("hang")
        request, _ = build_request(role, provider.limits[role], take=take)
        before, spent = len(server.orders), world.ledger.total(design_id="d1").cost_usd
        child = os.fork()
        if child == 0:
            try:
                own = open_world(tmp_path, dict(servers))
                own.registry.get(provider_id, design_id="d1").run(request, Silent())
            finally:
                os._exit(0)
        until = time.monotonic() + 30
        while len(server.orders) == before:
            assert time.monotonic() < until, "the order never came"
            time.sleep(0.002)
        time.sleep(moments.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with pytest.raises(errors.PossiblyCharged, match="may have been charged") as caught:
            provider.run(request, Silent())
        assert caught.value.charged
        assert len(server.orders) == before + 1, "bought again without being asked"
        total = world.ledger.total(design_id="d1")
        assert total.open_usd == 0
        assert total.cost_usd == pytest.approx(spent + price), (
            "the lost order does not count against the caps"
        )
        assert provider.run(request, Silent()).data
        assert len(server.orders) == before + 2
    world.cache.close()


def test_a_lost_order_of_a_free_provider_is_simply_made_again(world: World) -> None:
    """Where nothing is paid a kill costs nothing, and nobody is asked."""
    provider = world.registry.get("seedream", design_id="d1")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    call = {"provider": "seedream", "model": "m", "role": "enhance", "design_id": "d1"}
    world.ledger.place(**call, key=key_of(provider.inner, request), cost_usd=0.0)
    assert provider.run(request, Silent()).data


def test_a_limit_of_concurrent_calls_holds_across_processes(
    tmp_path: Path, servers: Mapping[str, StandIn]
) -> None:
    """Two processes with four askers each never run more than two calls at fal at a time."""
    servers["fal"].delay_s = 0.1
    running = [buyer(tmp_path, servers, "fal-seedvr", "enhance", str(n), "4", "apart") for n in (0, 10)]
    outputs = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    assert [output["answers"] for output in outputs] == [4, 4]
    assert len(servers["fal"].orders) == 8
    assert servers["fal"].peak == 2


def test_many_askers_make_one_paid_call(tmp_path: Path, servers: Mapping[str, StandIn]) -> None:
    """Eight threads in each of two processes ask for the same picture at once: one order, one answer for all."""
    servers["ark"].delay_s = 1.0
    running = [buyer(tmp_path, servers, "seedream", "enhance", "0", "8") for _ in range(2)]
    outputs = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    assert outputs == [{"answers": 8, "same": True}] * 2
    assert len(servers["ark"].orders) == 1
    world = open_world(tmp_path, servers)
    assert world.ledger.total().calls == 1
    assert world.ledger.total().hits == 15
    world.cache.close()


def test_work_goes_on_side_by_side(tmp_path: Path, servers: Mapping[str, StandIn]) -> None:
    """Five enhancements and a 3D model with 3 s each end within 1.3 times the slowest one's time."""
    servers["ark"].delay_s = 3.0
    servers["meshy"].work_s = 3.0
    world = open_world(tmp_path, servers, pace=replace(QUICK, poll_first_s=0.2, poll_most_s=0.2))
    painter, modeler = world.registry.get("seedream"), world.registry.get("meshy")
    requests = [build_request(Role.ENHANCE, painter.limits[Role.ENHANCE], take=take)[0] for take in range(5)]
    solid = build_request(Role.MODEL, modeler.limits[Role.MODEL])[0]
    spent: list[float] = []

    def timed(work, request) -> None:
        started = time.monotonic()
        work.run(request, Silent())
        spent.append(time.monotonic() - started)

    threads = [threading.Thread(target=timed, args=(painter, request)) for request in requests]
    threads.append(threading.Thread(target=timed, args=(modeler, solid)))
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.monotonic() - started
    assert len(spent) == 6
    assert whole <= 1.3 * max(spent)
    assert max(spent) < 6 * 3.0 / 2, "the calls stood in line"
    world.cache.close()


def test_a_limit_of_concurrent_calls_is_respected(tmp_path: Path, servers: Mapping[str, StandIn]) -> None:
    """Six orders at fal, of two different lines but one account, never run more than two at a time."""
    servers["fal"].delay_s = 0.15
    world = open_world(tmp_path, servers)
    lines = [world.registry.get(name) for name in ("fal-seedvr", "fal-topaz")]

    def ask(number: int) -> None:
        line = lines[number % 2]
        line.run(build_request(Role.ENHANCE, line.limits[Role.ENHANCE], take=number)[0], Silent())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(servers["fal"].orders) == 6
    assert servers["fal"].peak <= 2
    world.cache.close()


@pytest.mark.parametrize(
    ("provider_id", "vendor", "stops"),
    [
        ("meshy", "meshy", True),
        ("fal-hunyuan3d", "fal", True),
        ("replicate", "replicate", True),
        ("tripo", "tripo", False),
    ],
)
def test_cancel_reaches_the_service(world: World, provider_id: str, vendor: str, stops: bool) -> None:
    """Cancel stops the task where that exists; where not, the task stays on record and is fetched, not rebought."""
    server = world.servers[vendor]
    server.work_s = 0.6
    provider = world.registry.get(provider_id, design_id="d1")
    request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL])
    with pytest.raises(errors.Cancelled):
        provider.run(request, Impatient("modelling" if vendor in {"meshy", "tripo"} else ""))
    key = key_of(provider.inner, request)
    assert (world.cache.task(key) is None) == stops
    assert provider.run(request, Silent()).data
    assert len(server.orders) == (2 if stops else 1)
    assert world.ledger.total(design_id="d1").open_usd == 0


def test_cancel_before_the_order_costs_nothing(world: World) -> None:
    """Cancel pressed while waiting for the order to be sent buys nothing."""
    provider = world.registry.get("seedream", design_id="d1")
    watch = Impatient("")
    watch.progress(0)
    with pytest.raises(errors.Cancelled):
        provider.run(build_request(Role.GENERATE, provider.limits[Role.GENERATE])[0], watch)
    assert world.servers["ark"].orders == []
    assert world.ledger.total().cost_usd == 0


def test_a_task_outlives_a_service_that_is_away(tmp_path: Path, servers: Mapping[str, StandIn]) -> None:
    """When nobody answers the polls any more the order is kept, and the next ask fetches it."""
    server = servers["meshy"]
    world = open_world(tmp_path, servers)
    provider = world.registry.get("meshy", design_id="d1")
    request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL])
    server.script.append("poll down")
    broken = open_world(tmp_path, servers, pace=replace(QUICK, retries=0))
    sentences: list[str] = []
    while True:
        try:
            broken.registry.get("meshy", design_id="d1").run(request, Silent())
            break
        except errors.ProviderDown as error:
            sentences.append(str(error))
            priced, reserved = provider.price(request), world.ledger.total().open_usd
    assert len(sentences) <= 3
    assert all("not bought again" in words for words in sentences)
    if sentences:
        assert priced == 0
        assert reserved > 0
    assert len(server.orders) == 1
    broken.cache.close()
    world.cache.close()


def test_the_cap_refuses_before_the_order(tmp_path: Path, servers: Mapping[str, StandIn]) -> None:
    """A call that would pass the cap never reaches the service; what is in the cache is still served."""
    world = open_world(tmp_path, servers)
    provider = world.registry.get("seedream", design_id="d1")
    first, second = (build_request(Role.ENHANCE, provider.limits[Role.ENHANCE], take=n)[0] for n in range(2))
    world.ledger._caps = world.registry._settings.model_copy(update={"spend_cap_design_usd": 0.05})
    provider.run(first, Silent())
    with pytest.raises(errors.CapReached, match="LOUPE_SPEND_CAP_DESIGN_USD"):
        provider.run(second, Silent())
    assert provider.run(first, Silent()).cached
    assert len(world.servers["ark"].orders) == 1
    world.cache.close()


def test_another_take_asks_afresh_and_keeps_the_older_answer(world: World) -> None:
    """A different take is another question; both answers stay."""
    provider = world.registry.get("stability")
    answers: list[Answer] = []
    for take in (0, 1, 0, 1):
        request = GenerateRequest("A ring", width=1024, height=1024, seed=take, take=take)
        answers.append(provider.run(request, Silent()))
    assert [answer.cached for answer in answers] == [False, False, True, True]
    assert len(world.servers["stability"].orders) == 2


def test_a_full_disk_loses_no_paid_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the cache cannot write, the answer is handed on all the same."""

    def refuse(*_: object) -> None:
        raise errors.DiskFull("no room")

    monkeypatch.setattr(world.cache, "put", refuse)
    provider = world.registry.get("seedream")
    request, _ = build_request(Role.GENERATE, provider.limits[Role.GENERATE])
    assert provider.run(request, Silent()).data
    assert world.cache.stats().answers == 0


def test_a_visitors_key_stays_in_memory(tmp_path: Path, servers: Mapping[str, StandIn]) -> None:
    """An own key works by id, vendor or variable, changes no cache key, and is on no disk."""
    world = open_world(tmp_path, servers, key="   ")
    assert not world.registry.rows(Role.ENHANCE)[0].ready
    with pytest.raises(errors.MissingKey, match="LOUPE_ARK_API_KEY"):
        world.registry.get("seedream")
    keys = set()
    for name in ("seedream", "ark", "LOUPE_ARK_API_KEY"):
        own = {name: SecretStr(MARKED_KEY)}
        assert world.registry.rows(Role.ENHANCE, keys=own)[0].ready
        provider = world.registry.get("seedream", keys=own)
        request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
        provider.run(request, Silent())
        keys.add(key_of(provider.inner, request))
    assert len(keys) == 1
    assert len(servers["ark"].orders) == 1
    assert not any(MARKED_KEY.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    world.cache.close()


@pytest.mark.parametrize(
    ("provider_id", "vendor"), [("stability", "stability"), ("replicate-sdxl", "replicate")]
)
def test_another_take_sends_another_seed(world: World, provider_id: str, vendor: str) -> None:
    """A service that honours seeds is not asked for the very same picture again."""
    provider = world.registry.get(provider_id)
    for take in (0, 1):
        width, height = provider.limits[Role.GENERATE].sizes[0] if vendor == "stability" else (1024, 1024)
        provider.run(GenerateRequest("A ring", width=width, height=height, seed=5, take=take), Silent())
    first, second = (
        order["input"] if vendor == "replicate" else order for order in world.servers[vendor].orders
    )
    assert first["seed"] != second["seed"]


def test_a_visitors_own_key_leaves_the_operators_caps_alone(
    tmp_path: Path, servers: Mapping[str, StandIn]
) -> None:
    """Whatever a visitor orders with a key of his own, also what stays open, no cap hears of it."""
    world = open_world(tmp_path, servers)
    caps = world.registry._settings.model_copy(
        update={"spend_cap_day_usd": 0.05, "spend_cap_design_usd": 0.05}
    )
    world.ledger._caps = caps
    own = {"meshy": SecretStr(MARKED_KEY)}
    visitor = world.registry.get("meshy", keys=own, design_id="d1")
    hasty = open_world(tmp_path, servers, pace=replace(QUICK, poll_patience_s=0.0))
    servers["meshy"].work_s = 0.3
    request, _ = build_request(Role.MODEL, visitor.limits[Role.MODEL])
    with pytest.raises(errors.ProviderDown):
        hasty.registry.get("meshy", keys=own, design_id="d1").run(request, Silent())
    today_total = world.ledger.total(design_id="d1")
    assert (today_total.cost_usd, today_total.open_usd) == (0, 0)
    assert today_total.own_usd > 0.05
    assert world.ledger.left("d1") == pytest.approx(0.05)
    assert visitor.run(request, Silent()).data
    painter = world.registry.get("seedream", design_id="d1")
    painter.run(build_request(Role.ENHANCE, painter.limits[Role.ENHANCE])[0], Silent())
    with pytest.raises(errors.CapReached):
        painter.run(build_request(Role.ENHANCE, painter.limits[Role.ENHANCE], take=1)[0], Silent())
    hasty.cache.close()
    world.cache.close()


def test_an_order_can_be_given_up(world: World) -> None:
    """By the request or by its line in the ledger; never while somebody is asking for it; its price stays booked."""
    server = world.servers["meshy"]
    provider = world.registry.get("meshy", design_id="d1")
    request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL])
    server.script.append("look refused")
    with pytest.raises(errors.Unsupported, match="given up"):
        provider.run(request, Silent())
    (order,) = world.ledger.open_orders()
    with world.cache.single_flight(order.key), pytest.raises(errors.StorageError, match="at the moment"):
        world.registry.give_up(order.key)
    assert provider.price(request) == 0
    provider.give_up(request)
    assert world.ledger.open_orders() == ()
    assert provider.price(request) > 0
    assert world.ledger.total().cost_usd == pytest.approx(order.cost_usd)
    assert provider.run(request, Silent()).data
    assert len(server.orders) == 2


def test_no_key_is_in_a_ledger_or_a_note(world: World) -> None:
    """Only so much of the key's hash as tells two keys apart."""
    provider = world.registry.get("meshy", design_id="d1")
    world.servers["meshy"].script.append("look refused")
    with pytest.raises(errors.Unsupported):
        provider.run(build_request(Role.MODEL, provider.limits[Role.MODEL])[0], Silent())
    (order,) = world.ledger.open_orders()
    assert len(order.account) == 8
    assert order.account in order.task
    data = b"".join(file.read_bytes() for file in world.folder.rglob("*") if file.is_file())
    assert MARKED_KEY.encode() not in data
