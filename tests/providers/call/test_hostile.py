"""Hostile but realistic servers, disks and neighbours: how many orders one thing takes.

Every row asks for one thing three times, whatever happens in between, and counts the paid orders the service took.
It is one, unless the user was told before that the earlier order may have been charged. The table is printed.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline import errors, images
from pipeline.demo.server import Situation, StandIn
from pipeline.providers.base import Answer, Request, Silent
from pipeline.providers.call import http
from pipeline.providers.call.cached import Cached
from pipeline.records import Role
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request, open_world

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

table: dict[tuple[str, str], tuple[int, bool, str]] = {}


@pytest.fixture(scope="module", autouse=True)
def table_of_orders(printed: list[str]) -> Iterator[None]:
    """Print the table once all rows are known."""
    yield
    lines = [f"{'orders for one thing':<58}{'line':<16}orders  announced  outcome"]
    for (row, line), (orders, announced, outcome) in table.items():
        lines.append(f"{row:<58}{line:<16}{orders:>6}  {'yes' if announced else 'no':<9}  {outcome}")
    printed.append("\n".join(lines))


@dataclass
class Shop:
    """One thing that is asked for at one service."""

    world: World
    provider: Cached
    server: StandIn
    request: Request
    answers: list[Answer]
    errors: list[errors.LoupeError]
    announced: bool = False

    def ask(self, provider: Cached | None = None) -> None:
        """Press the button once."""
        try:
            self.answers.append((provider or self.provider).run(self.request, Silent()))
        except errors.LoupeError as error:
            self.errors.append(error)
            self.announced = self.announced or isinstance(error, errors.PossiblyCharged)

    def note(self, row: str) -> None:
        """Enter the row and hold it against the rule."""
        orders = len(self.server.orders)
        outcome = "delivered" if self.answers else type(self.errors[-1]).__name__
        if self.answers and self.errors:
            outcome = f"{type(self.errors[0]).__name__}, then delivered"
        table[row, self.provider.id] = orders, self.announced, outcome
        assert orders <= (2 if self.announced else 1), "bought twice without a word"


def open_shop(world: World, line: str, vendor: str, role: Role) -> Shop:
    provider = world.registry.get(line, design_id="d1")
    request, _ = build_request(role, provider.limits[role])
    return Shop(world, provider, world.servers[vendor], request, [], [])


LINES = (
    ("meshy", "meshy", Role.MODEL),
    ("fal-hunyuan3d", "fal", Role.MODEL),
    ("replicate", "replicate", Role.MODEL),
    ("fal-seedvr", "fal", Role.ENHANCE),
    ("comfy", "comfy", Role.ENHANCE),
    ("invoke", "invoke", Role.ENHANCE),
    ("endpoint", "endpoint", Role.MODEL),
)
SYNCHRONOUS = (
    ("seedream", "ark", Role.ENHANCE),
    ("stability", "stability", Role.MODEL),
    ("a1111", "a1111", Role.ENHANCE),
)
ROWS: dict[Situation, str] = {
    "poll down": "two looks answered 503",
    "poll html": "two looks answered with a web page",
    "unknown at first": "the first two looks answered 404",
    "page once": "the download answered 200 with a web page once",
    "half once": "the download was half the result once",
    "late": "the result answered 404 three times",
    "forbidden": "the result answered 403 three times",
    "expired": "the first link to the result was dead",
    "trailing": "the result has four bytes behind its end",
    "dead link": "every link to the result is dead",
    "private": "the result's link leads to a private address",
    "malformed": "the result's link has a host no network knows",
    "look refused": "every look answered 400",
    "other kind": "the result is a file of another kind",
    "junk": "the result is damaged",
    "moved": "the order answered 307",
}


@pytest.mark.parametrize("situation", ROWS)
@pytest.mark.parametrize(("line", "vendor", "role"), LINES)
def test_services(world: World, line: str, vendor: str, role: Role, situation: Situation) -> None:
    """What a service does wrong once, or every time."""
    shop = open_shop(world, line, vendor, role)
    shop.server.default = situation
    try:
        for _ in range(3):
            shop.ask()
    finally:
        shop.server.default = "ok"
    shop.note(ROWS[situation])
    spent = world.ledger.total(design_id="d1").cost_usd
    if situation == "moved":
        assert len(shop.server.orders) == spent == 0
        return
    assert len(shop.server.orders) == 1
    assert spent == pytest.approx(world.ledger.entries()[0].cost_usd)
    if situation in {"other kind", "junk"}:
        came = shop.provider.unchecked(shop.request)
        assert came is not None
        assert came.file.read_bytes()
        assert came.file.name in str(shop.errors[-1])
    elif situation in {"dead link", "private", "malformed", "look refused"}:
        assert all(error.kept for error in shop.errors)
    else:
        assert len(shop.answers) == 3


@pytest.mark.parametrize(("line", "vendor", "role"), SYNCHRONOUS)
@pytest.mark.parametrize("situation", ["junk", "close", "cut", "gateway", "html", "moved"])
def test_synchronous_services(world: World, line: str, vendor: str, role: Role, situation: Situation) -> None:
    """A call that answers at once: what came is kept as it came, what was lost on the way is announced."""
    shop = open_shop(world, line, vendor, role)
    shop.server.script.append(situation)
    for _ in range(3):
        shop.ask()
    if situation == "html":  # an answer without anything in it, told as one that was charged
        assert shop.errors[0].charged
        shop.announced = True
    shop.note(f"the order's answer: {situation}")
    if situation == "junk":
        assert shop.provider.unchecked(shop.request) is not None
        assert shop.provider.price(shop.request) == 0
        shop.provider.give_up(shop.request)
        shop.ask()
        assert shop.answers
        assert len(shop.server.orders) == 2
    else:
        assert len(shop.answers) == 2


def test_a_result_too_large_is_kept_as_it_came(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what is taken into memory it goes to a file, and is offered there."""
    monkeypatch.setattr(http, "MAX_REPLY_BYTES", 2000)
    monkeypatch.setattr(http, "_SPARED_BYTES", 0)
    shop = open_shop(world, "fal-seedvr", "fal", Role.ENHANCE)
    for _ in range(3):
        shop.ask()
    shop.note("the result is larger than is taken in")
    came = shop.provider.unchecked(shop.request)
    assert came is not None
    assert images.media_type(came.file.read_bytes()) == "image/png"
    assert came.file.stat().st_size > 2000
    assert not list(came.file.parent.glob("*.part"))


@pytest.mark.parametrize(("line", "vendor", "role"), [LINES[0], SYNCHRONOUS[0]])
def test_an_order_that_is_one_too_many_waits_as_it_is_asked(
    tmp_path: Path, servers, line: str, vendor: str, role: Role
) -> None:
    """A 429 was never accepted: it is sent again when the service says, and never ends the work."""
    world = open_world(tmp_path, servers, pace=replace(QUICK, retry_most_s=10.0))
    shop = open_shop(world, line, vendor, role)
    shop.server.script.append("rate limited")
    started = time.monotonic()
    shop.ask()
    assert time.monotonic() - started > 3
    shop.note("the order answered 429 with Retry-After")
    assert shop.answers
    assert len(shop.server.orders) == 1
    assert world.ledger.total().calls == 1
    world.cache.close()


def test_a_wait_that_is_asked_for_can_be_cancelled(tmp_path: Path, servers) -> None:
    """Nobody sits out a Retry-After after pressing Cancel, and nothing was bought."""
    world = open_world(tmp_path, servers, pace=replace(QUICK, retry_most_s=60.0))
    shop = open_shop(world, "meshy", "meshy", Role.MODEL)
    shop.server.script.append("rate limited")

    class Pressing(Silent):
        pressed = False

        def progress(self, fraction: float, note: str = "") -> None:
            self.pressed = self.pressed or "wait" in note

        def cancelled(self) -> bool:
            return self.pressed

    started = time.monotonic()
    with pytest.raises(errors.Cancelled) as caught:
        shop.provider.run(shop.request, Pressing())
    assert time.monotonic() - started < 3
    assert not caught.value.charged
    assert shop.server.orders == []
    assert world.ledger.total().cost_usd == 0
    world.cache.close()


def test_a_visitor_asks_what_another_ordered(tmp_path: Path, servers) -> None:
    """The visitor's key sees nothing there; the owner's order is neither forgotten nor bought again."""
    hasty = replace(QUICK, poll_patience_s=0.0)
    servers["meshy"].key = None
    servers["meshy"].strangers = {"sk-visitor"}
    servers["meshy"].work_s = 3.0
    try:
        world = open_world(tmp_path, servers, pace=hasty)
        shop = open_shop(world, "meshy", "meshy", Role.MODEL)
        shop.ask()
        visitor = world.registry.get("meshy", keys={"meshy": SecretStr("sk-visitor")})
        shop.ask(visitor)
        assert "another key" in str(shop.errors[-1])
        assert shop.errors[-1].kept
        time.sleep(3.1)
        shop.ask()
        shop.ask(visitor)
        assert [answer.cached for answer in shop.answers] == [False, True]
        shop.note("a visitor with another key asked in between")
        world.cache.close()
    finally:
        servers["meshy"].key, servers["meshy"].strangers = MARKED_KEY, set()


def running_away(shop: Shop, meanwhile: Callable[[], None]) -> None:
    """Ask, and do something as soon as the order is placed."""
    thread = threading.Thread(target=shop.ask)
    thread.start()
    until = time.monotonic() + 20
    while not shop.server.orders:
        assert time.monotonic() < until
        time.sleep(0.005)
    time.sleep(0.1)
    meanwhile()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize(("line", "vendor", "role"), [LINES[0], LINES[1], SYNCHRONOUS[0]])
def test_the_cache_is_deleted_during_the_work(world: World, line: str, vendor: str, role: Role) -> None:
    """Whoever deletes the folder while something is made: it is delivered, kept, and found again."""
    shop = open_shop(world, line, vendor, role)
    shop.server.delay_s = shop.server.work_s = 0.5
    running_away(shop, lambda: shutil.rmtree(world.folder / "cache"))
    for _ in range(2):
        shop.ask()
    shop.note("cache/ was deleted during the work")
    assert len(shop.server.orders) == 1
    assert [answer.cached for answer in shop.answers] == [False, True, True]
    assert world.cache.stats().trouble


def test_a_second_asker_while_the_cache_is_deleted(world: World) -> None:
    """It neither takes the order for lost nor buys: it waits for the one that is out."""
    shop = open_shop(world, "seedream", "ark", Role.ENHANCE)
    shop.server.delay_s = 1.0
    other = open_world(world.folder, world.servers)
    second = threading.Thread(target=lambda: shop.ask(other.registry.get("seedream", design_id="d1")))

    def meanwhile() -> None:
        shutil.rmtree(world.folder / "cache")
        second.start()

    running_away(shop, meanwhile)
    second.join(30)
    shop.note("cache/ was deleted, a second process asked")
    assert len(shop.server.orders) == 1
    assert len(shop.answers) == 2
    other.cache.close()


@pytest.mark.parametrize(("line", "vendor", "role"), LINES)
def test_the_cache_is_lost_with_its_process(world: World, line: str, vendor: str, role: Role) -> None:
    """The order is found again by the ledger alone."""
    shop = open_shop(world, line, vendor, role)
    shop.server.work_s = 0.5
    gone = open_world(world.folder, world.servers, pace=replace(QUICK, poll_patience_s=0.0))
    shop.ask(gone.registry.get(line, design_id="d1"))
    gone.cache.close()
    world.cache.close()
    shutil.rmtree(world.folder / "cache")
    fresh = open_world(world.folder, world.servers)
    provider = fresh.registry.get(line, design_id="d1")
    assert provider.price(shop.request) == 0
    shop.ask(provider)
    shop.ask(provider)
    shop.note("cache/ was lost together with its process")
    assert len(shop.server.orders) == 1
    assert [answer.cached for answer in shop.answers] == [False, True]
    assert fresh.ledger.total().open_usd == 0
    fresh.cache.close()


@pytest.mark.parametrize("how", ["deleted", "random bytes", "emptied", "cut"])
def test_the_cache_is_damaged_after_the_answer(world: World, how: str) -> None:
    """An index is built again from the answers; where they are gone the ledger knows, and nothing is bought unasked."""
    shop = open_shop(world, "seedream", "ark", Role.ENHANCE)
    shop.ask()
    index = world.folder / "cache" / "cache.db"
    damage = {
        "deleted": lambda: shutil.rmtree(world.folder / "cache"),
        "random bytes": lambda: index.write_bytes(bytes((17 * n * n) % 251 for n in range(40_000))),
        "emptied": lambda: index.write_bytes(b""),
        "cut": lambda: index.write_bytes(index.read_bytes()[:3000]),
    }
    damage[how]()
    shop.ask()
    assert len(shop.server.orders) == 1
    assert world.cache.stats().trouble
    if how == "deleted":
        assert "was bought from Seedream before" in str(shop.errors[-1])
        assert world.ledger.total().open_usd == 0
    else:
        assert shop.answers[-1].cached
    shop.ask()
    shop.note(f"the cache was {how} after the answer" if how == "deleted" else f"the cache's index: {how}")
    assert shop.answers[-1].data


def test_what_somebody_cleared_is_not_missed(world: World) -> None:
    """Clearing the cache is a choice: the same thing is then simply ordered again."""
    shop = open_shop(world, "seedream", "ark", Role.ENHANCE)
    shop.ask()
    world.cache.clear()
    assert shop.provider.price(shop.request) > 0
    shop.ask()
    assert not shop.errors
    assert len(shop.server.orders) == 2


def test_no_room_before_the_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the answer would not fit nothing is bought."""
    for line, vendor, role in (*LINES, *SYNCHRONOUS):
        shop = open_shop(world, line, vendor, role)
        monkeypatch.setattr(world.cache, "free_bytes", lambda: 500_000)
        shop.ask()
        assert isinstance(shop.errors[-1], errors.DiskFull)
        assert "Nothing was bought" in str(shop.errors[-1])
        shop.note("no room on the disk before the order")
        assert not shop.server.orders
        monkeypatch.undo()


@pytest.mark.parametrize(("line", "vendor", "role"), [LINES[0], LINES[3], SYNCHRONOUS[0]])
def test_the_disk_fills_in_between(
    world: World, monkeypatch: pytest.MonkeyPatch, line: str, vendor: str, role: Role
) -> None:
    """An answer that cannot be kept is handed on; no press after it buys by itself, nothing half-written stays."""
    shop = open_shop(world, line, vendor, role)
    full = OSError(28, "No space left on device")
    real = Path.open

    def refusing(self: Path, mode: str = "r", *args: object, **options: object):
        if self.suffix == ".val" and mode == "rb" and "cache" in self.parts:
            raise full  # the value is on its way to the disk: its last step
        return real(self, mode, *args, **options)

    monkeypatch.setattr(Path, "open", refusing)
    for _ in range(2):
        shop.ask()
    shop.note("the disk filled during the work")
    assert not list((world.folder / "cache").rglob("*.val"))
    assert shop.answers
    assert len(shop.server.orders) == 1
    monkeypatch.undo()
    shop.ask()
    assert shop.answers[-1].data


@pytest.mark.parametrize(("line", "vendor", "role"), LINES)
@pytest.mark.parametrize("too", ["looks", "put"])
def test_the_note_of_an_order_cannot_be_written_into_the_cache(
    world: World, line: str, vendor: str, role: Role, too: str
) -> None:
    """The ledger alone still knows it: what fails then, or cannot be kept, is fetched later, not bought again."""
    shop = open_shop(world, line, vendor, role)
    patience_s = 0.0 if too == "looks" else 10.0
    full = open_world(world.folder, world.servers, pace=replace(QUICK, poll_patience_s=patience_s))
    shop.server.work_s = 0.3

    def refuse(*_: object) -> None:
        raise errors.DiskFull("no room")

    full.cache.remember_task = refuse  # type: ignore[method-assign]
    full.cache.put = refuse  # type: ignore[method-assign]
    provider = full.registry.get(line, design_id="d1")
    shop.ask(provider)
    (order,) = world.ledger.open_orders()
    assert order.task
    assert provider.price(shop.request) == 0
    shop.ask(provider)
    assert isinstance(shop.errors[-1], errors.DiskFull)
    shop.ask()
    shop.note(
        f"the cache refused the order's note, and its {'looks failed' if too == 'looks' else 'answer too'}"
    )
    assert shop.answers[-1].data
    assert len(shop.server.orders) == 1
    assert world.ledger.open_orders() == ()
    full.cache.close()


@pytest.mark.parametrize(("line", "vendor", "role"), SYNCHRONOUS)
def test_cancel_during_a_call_that_blocks(world: World, line: str, vendor: str, role: Role) -> None:
    """Cancel lets go and says that it may be charged; the answer still comes in, and is there at the next press."""
    shop = open_shop(world, line, vendor, role)
    shop.server.delay_s = 4.0
    pressed_at = time.monotonic() + 0.3

    class Pressing(Silent):
        def cancelled(self) -> bool:
            return time.monotonic() > pressed_at

    with pytest.raises(errors.Cancelled, match="may charge") as caught:
        shop.provider.run(shop.request, Pressing())
    assert time.monotonic() - pressed_at < 3.5
    assert caught.value.charged
    shop.ask()
    shop.note("Cancel was pressed during a call that blocks")
    assert shop.answers[-1].cached
    assert len(shop.server.orders) == 1
    assert world.ledger.total().open_usd == 0
