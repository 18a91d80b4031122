"""Every line of the registry, in every role it declares, in every situation a service can put us into.

A new adapter is tested by standing in the table. The matrix is printed at the end of the run.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from pipeline import errors, images
from pipeline.demo.server import Situation
from pipeline.demo.stand_ins import VENDORS
from pipeline.demo.waiting import Waiting
from pipeline.providers.base import Silent
from pipeline.providers.call.answers import PICTURES
from pipeline.providers.call.connection import Connection
from pipeline.providers.registry import TABLE, Line
from pipeline.records import Role
from pipeline.settings import Settings
from tests.providers.conftest import MARKED_KEY, QUICK, World, open_world

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROLES = {
    "stability-conservative": (Role.ENHANCE,),
    "fal-seedvr": (Role.ENHANCE,),
    "fal-topaz": (Role.ENHANCE,),
    "fal-clarity": (Role.ENHANCE,),
    "fal-crystal": (Role.ENHANCE,),
    "fal-nano-banana": (Role.ENHANCE, Role.SKETCH),
    "fal-flux": (Role.ENHANCE, Role.SKETCH),
    "fal-hunyuan3d": (Role.MODEL,),
    "fal-hunyuan3d-views": (Role.MODEL,),
    "fal-sam3d": (Role.MODEL,),
    "replicate-sdxl": (Role.GENERATE,),
    "replicate-clarity": (Role.ENHANCE,),
    "replicate-hunyuan3d": (Role.MODEL,),
    "meshy": (Role.MODEL,),
    "meshy-views": (Role.MODEL,),
    "tripo": (Role.MODEL,),
    "bfl": (Role.GENERATE, Role.ENHANCE, Role.SKETCH),
    "magnific": (Role.ENHANCE,),
    "comfy": (Role.ENHANCE, Role.SKETCH),
    "a1111": (Role.GENERATE, Role.ENHANCE, Role.SKETCH),
    "a1111-extras": (Role.ENHANCE,),
    "invoke": (Role.ENHANCE,),
    "invoke-graph": (Role.ENHANCE, Role.SKETCH),
    "topaz": (Role.ENHANCE,),
    "seedream": (Role.GENERATE, Role.ENHANCE, Role.SKETCH),
    "openai-reader": (Role.READ,),
    "gemini-reader": (Role.READ,),
    "openai": (Role.GENERATE, Role.ENHANCE, Role.SKETCH),
    "gemini": (Role.GENERATE, Role.ENHANCE, Role.SKETCH),
    "dzine": (Role.GENERATE, Role.ENHANCE, Role.SKETCH),
}
"""The roles asked of each; those of FULL do all, the others listed all but reading."""
FULL = ("modelia", "endpoint")
ALL_BUT_READING = ("stability", "fal", "replicate")


def roles_of(line: Line) -> tuple[Role, ...]:
    """What a line of the table declares, read without a server."""
    if line.file:
        return ROLES.get(line.id, tuple(Role))
    connection = Connection(line.id, line.name, "https://x", None, "", None)  # type: ignore[arg-type]
    return tuple(role for role in Role if role in line.make(Settings(_env_file=None), connection).limits)


PAIRS = [(line, role) for line in TABLE for role in roles_of(line)]
LOST = errors.PossiblyCharged
EVERYWHERE: dict[Situation, type[errors.ProviderError]] = {
    "moderated": errors.Moderated,
    "rate limited": errors.RateLimited,
    "quota": errors.QuotaExhausted,
    "gone": errors.ModelGone,
    "down": errors.ProviderDown,
    "gateway": LOST,
    "close": LOST,
    "hang": LOST,
    "cut": LOST,
    "html": errors.UnusableAnswer,
    "empty": errors.UnusableAnswer,
    "junk": errors.UnusableAnswer,
    "soft": errors.ProviderError,
    "leaky": errors.BadKey,
}
TASKS: dict[Situation, type[errors.ProviderError]] = {
    "failed": errors.UnusableAnswer,
    "task moderated": errors.Moderated,
}
KEPT: dict[Situation, type[errors.ProviderError]] = {
    "dead link": errors.UnusableAnswer,
    "private": errors.UnusableAnswer,
    "look refused": errors.ProviderError,
}
RECOVERED: tuple[Situation, ...] = (
    *("poll down", "poll html", "expired"),
    *("page once", "half once", "late", "forbidden", "unknown at first"),
)
DESCRIBED = {"endpoint", "modelia"}
UNMODERATED = {*DESCRIBED, "comfy", "a1111", "a1111-extras", "invoke", "invoke-graph"}
"""What a service of one's own means by 422 nobody knows: it is told as not accepted."""

results: dict[tuple[str, str, str], str] = {}


@pytest.fixture(scope="module", autouse=True)
def matrix(printed: list[str]) -> Iterator[None]:
    """Print the matrix once all cells are filled."""
    yield
    columns = ["ok", "wrong key", *EVERYWHERE, *TASKS, *KEPT, *RECOVERED]
    rows = [(line.id, role.value) for line, role in PAIRS]
    lines = ["provider               role      " + " ".join(f"{name[:9]:>9}" for name in columns)]
    for row in rows:
        cells = " ".join(f"{results.get((*row, name), '-'):>9}" for name in columns)
        lines.append(f"{row[0]:<22} {row[1]:<9} {cells}")
    printed.append("\n".join(lines))


def ids(value: object) -> str | None:
    return value.id if isinstance(value, Line) else None


def server_of(world: World, line: Line):
    return world.servers["endpoint" if line.vendor == "modelia" else line.vendor]


@pytest.mark.parametrize(("line", "role"), PAIRS, ids=ids)
def test_delivers(world: World, request_for, line: Line, role: Role) -> None:
    """A good call brings one checked answer for one paid order, and a second ask brings the same for none."""
    provider = world.registry.get(line.id, design_id="d1")
    server = server_of(world, line)
    request, framed = request_for(role, provider.limits[role])
    answer = provider.run(request, Silent())
    assert server.refused == []
    assert len(server.orders) == 1
    assert answer.model
    assert answer.cost_usd >= 0
    assert not answer.cached
    if role is Role.MODEL:
        assert images.media_type(answer.data) == "model/gltf-binary"
    elif role is Role.READ:
        assert json.loads(answer.data)["kind"] == "ring"
    else:
        assert images.media_type(answer.data) in PICTURES
    if framed is not None:
        back = framed.undo(images.decode(answer.data))
        assert back.shape[:2] == (80 * framed.factor, 96 * framed.factor)
        if role is Role.ENHANCE:
            small = images.resize(back, 96, 80).astype(float)
            sent = framed.undo(
                np.repeat(np.repeat(images.decode(framed.image), framed.ratio, 0), framed.ratio, 1)
            )
            error = np.abs(small - images.resize(sent, 96, 80)).mean()
            assert error < 4.0, (
                f"the answer lies {error:.1f} grey levels off its crop: it came back in another place"
            )
    again = provider.run(request, Silent())
    assert again.cached
    assert again.data == answer.data
    assert len(server.orders) == 1
    total = world.ledger.total(design_id="d1")
    assert (total.calls, total.hits, total.open_usd) == (1, 1, 0)
    assert total.cost_usd == pytest.approx(answer.cost_usd)
    assert total.saved_usd == pytest.approx(answer.cost_usd)
    assert server.leaks == []
    results[line.id, role.value, "ok"] = "ok"


@pytest.mark.parametrize("situation", EVERYWHERE)
@pytest.mark.parametrize(("line", "role"), PAIRS, ids=ids)
def test_says_what_is_wrong(
    world: World, request_for, caplog: pytest.LogCaptureFixture, line: Line, role: Role, situation: Situation
) -> None:
    """A refusal, a broken connection or a useless answer becomes its typed error; nothing is stored or resent."""
    caplog.set_level(logging.DEBUG)
    if situation == "hang":
        world = open_world(world.folder, world.servers, pace=replace(QUICK, read_s=0.3))
    provider = world.registry.get(line.id, design_id="d1")
    server = server_of(world, line)
    server.script.append(situation)
    expected = (
        errors.Unsupported if situation == "moderated" and line.id in UNMODERATED else EVERYWHERE[situation]
    )
    request, _ = request_for(role, provider.limits[role])
    with pytest.raises(expected) as caught:
        provider.run(request, Silent())
    error = caught.value
    assert len(server.orders) <= 1
    assert server.refused == []
    assert error.provider == line.id
    assert error.title
    assert str(error).endswith((".", "…"))
    if situation == "rate limited":
        assert error.wait_s
    assert world.cache.stats().answers == 0
    spent = world.ledger.total(design_id="d1").cost_usd
    # A task whose fate is open keeps its reservation; everything else is settled by whether it may be billed.
    if not error.charged:
        assert spent == 0
    assert MARKED_KEY not in caplog.text + repr(error) + str(error.__dict__)
    assert not any(MARKED_KEY.encode() in f.read_bytes() for f in world.folder.rglob("*") if f.is_file())
    results[line.id, role.value, situation] = type(error).__name__[:9]


@pytest.mark.parametrize(("line", "role"), PAIRS, ids=ids)
def test_names_a_wrong_key(world: World, tmp_path, request_for, line: Line, role: Role) -> None:
    """A key the service does not know becomes BadKey and costs nothing."""
    (tmp_path / "other").mkdir()
    other = open_world(tmp_path / "other", world.servers, key="wrong-key-42")
    provider = other.registry.get(line.id)
    request, _ = request_for(role, provider.limits[role])
    with pytest.raises(errors.BadKey) as caught:
        provider.run(request, Silent())
    assert "wrong-key-42" not in str(caught.value)
    assert server_of(world, line).orders == []
    assert other.ledger.total().cost_usd == 0
    other.cache.close()
    results[line.id, role.value, "wrong key"] = "BadKey"


def waits(line: Line, role: Role) -> bool:
    if line.id in DESCRIBED:
        return role is Role.MODEL
    return issubclass(VENDORS[line.vendor], Waiting)


WAITING = [(line, role) for line, role in PAIRS if waits(line, role)]


@pytest.mark.parametrize("situation", TASKS)
@pytest.mark.parametrize(("line", "role"), WAITING, ids=ids)
def test_says_how_a_task_ended(
    world: World, request_for, line: Line, role: Role, situation: Situation
) -> None:
    """A task that fails for good is told, forgotten, and bought anew when it is asked for again."""
    provider = world.registry.get(line.id, design_id="d1")
    server = server_of(world, line)
    assert isinstance(server, Waiting)
    server.script.append(situation)
    request, _ = request_for(role, provider.limits[role])
    expected = errors.UnusableAnswer if line.id in UNMODERATED - DESCRIBED else TASKS[situation]
    with pytest.raises(expected):
        provider.run(request, Silent())
    assert world.cache.stats().answers == 0
    assert world.ledger.total(design_id="d1").open_usd == 0
    provider.run(request, Silent())
    assert len(server.orders) == 2
    results[line.id, role.value, situation] = expected.__name__[:9]


@pytest.mark.parametrize("situation", KEPT)
@pytest.mark.parametrize(("line", "role"), WAITING, ids=ids)
def test_keeps_an_order_whose_result_cannot_be_had(
    world: World, request_for, line: Line, role: Role, situation: Situation
) -> None:
    """What was paid for stays on record however often fetching it fails, until the user gives it up."""
    provider = world.registry.get(line.id, design_id="d1")
    server = server_of(world, line)
    server.script.append(situation)
    request, _ = request_for(role, provider.limits[role])
    for _ in range(2):
        with pytest.raises(KEPT[situation]) as caught:
            provider.run(request, Silent())
        assert caught.value.kept
        assert provider.price(request) == 0
    assert len(server.orders) == 1
    (order,) = world.ledger.open_orders()
    assert order.task
    world.registry.give_up(order.key)
    assert world.ledger.total(design_id="d1").open_usd == 0
    provider.run(request, Silent())
    assert len(server.orders) == 2
    results[line.id, role.value, situation] = "kept"


@pytest.mark.parametrize("situation", RECOVERED)
@pytest.mark.parametrize(("line", "role"), WAITING, ids=ids)
def test_gets_over_passing_trouble(
    world: World, request_for, line: Line, role: Role, situation: Situation
) -> None:
    """A look that fails, a stray web page or a link that has expired does not lose a paid task."""
    provider = world.registry.get(line.id)
    server = server_of(world, line)
    server.script.append(situation)
    request, _ = request_for(role, provider.limits[role])
    assert provider.run(request, Silent()).data
    assert len(server.orders) == 1
    results[line.id, role.value, situation] = "ok"


def test_declares_the_roles_of_the_card(world: World) -> None:
    """The registry offers exactly the jobs each service was asked for."""
    rows = {row.id: row.roles for row in world.registry.rows()}
    four = dict.fromkeys(ALL_BUT_READING, tuple(role for role in Role if role is not Role.READ))
    assert {**rows, **ROLES, **four, **dict.fromkeys(FULL, tuple(Role))} == rows
    assert all(row.ready for row in world.registry.rows())


def test_checks_a_key_without_cost(world: World) -> None:
    """Where a free call exists it is made; elsewhere that is said."""
    for row in world.registry.rows():
        if row.checkable:
            assert "key" in world.registry.check(row.id)
        else:
            with pytest.raises(errors.Unsupported):
                world.registry.check(row.id)
    assert not any(server.orders for server in world.servers.values())
