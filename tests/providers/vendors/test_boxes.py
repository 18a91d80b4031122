"""Boxes of one's own: whose picture is interrupted, what is shown meanwhile, and what a graph must be."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline import errors, images
from pipeline.demo.a1111 import A1111Server
from pipeline.providers.base import Silent
from pipeline.providers.call.cached import Cached
from pipeline.providers.registry import Registry
from pipeline.providers.vendors.invoke import parse_graph
from pipeline.records import Detail, Role
from pipeline.settings import Settings
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class Impatient(Silent):
    """Presses Cancel as soon as a note begins with one of some words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.notes: list[tuple[float, str]] = []

    def progress(self, fraction: float, note: str = "") -> None:
        self.notes.append((fraction, note))

    def cancelled(self) -> bool:
        return any(note.startswith(self.words) for _, note in self.notes) if self.words else False


def asked(provider: Cached, role: Role = Role.ENHANCE) -> Any:
    return build_request(role, provider.limits[role])[0]


@pytest.fixture
def box(world: World) -> A1111Server:
    server = world.servers["a1111"]
    assert isinstance(server, A1111Server)
    server.interrupts, server.with_page, server.keeps_account = 0, True, True
    return server


@pytest.mark.parametrize("line", ["a1111", "a1111-extras"])
@pytest.mark.parametrize(("with_page", "keeps_account"), [(True, True), (True, False), (False, False)])
def test_cancel_interrupts_what_is_ours(
    world: World, box: A1111Server, line: str, with_page: bool, keeps_account: bool
) -> None:
    """The half-drawn picture that an interrupt brings is never taken for the answer."""
    box.work_s, box.with_page, box.keeps_account = 20.0, with_page, keeps_account
    provider = world.registry.get(line)
    watch = Impatient("at work")
    started = time.monotonic()
    with pytest.raises(errors.Cancelled):
        provider.run(asked(provider), watch)
    assert time.monotonic() - started < 10
    assert box.interrupts == 1
    assert world.cache.stats().answers == 0
    assert not world.ledger.open_orders()


@pytest.mark.parametrize("with_page", [True, False])
def test_a_colleagues_picture_is_not_interrupted(world: World, box: A1111Server, with_page: bool) -> None:
    """While another's is drawn ours waits: Cancel lets go of it and leaves the box alone."""
    box.work_s, box.with_page = 0.6 if with_page else 1.5, with_page
    whole: list[bool] = []
    colleague = threading.Thread(target=lambda: whole.append(box.draw("colleague", "scripts_img2img")))
    colleague.start()
    while not box.drawing:
        time.sleep(0.01)
    provider = world.registry.get("a1111")
    with pytest.raises(errors.Cancelled):
        provider.run(asked(provider), Impatient("waiting for the box"))
    colleague.join()
    assert whole == [True]
    box.work_s = 0.0


def test_progress_is_the_boxs_own(world: World, box: A1111Server) -> None:
    """It grows while the box draws, and the checkpoint that drew it is the answer's model."""
    box.work_s = 0.8
    provider = world.registry.get("a1111")
    watch = Impatient()
    answer = provider.run(asked(provider), watch)
    shares = [fraction for fraction, note in watch.notes if note == "at work"]
    assert len(shares) > 1
    assert shares == sorted(shares)
    assert 0.1 <= shares[0] < shares[-1] <= 0.9
    assert answer.model.startswith("juggernautXL_v9")
    assert answer.cost_usd == 0


def test_what_somebody_interrupts_at_the_box_is_no_answer(world: World, box: A1111Server) -> None:
    """A picture with half of its noise in it is told, and asked for again at the next press."""
    box.work_s = 10.0
    provider = world.registry.get("a1111")

    class Meddling(Silent):
        def progress(self, fraction: float, note: str = "") -> None:
            if note == "at work":
                box._interrupted.set()
                time.sleep(0.2)

    with pytest.raises(errors.UnusableAnswer, match="interrupted") as caught:
        provider.run(asked(provider), Meddling())
    assert not caught.value.charged
    box.work_s = 0.0
    assert images.decode(provider.run(asked(provider), Silent()).data).shape


def test_a_box_that_dies_while_it_draws_is_told_at_once(world: World, box: A1111Server) -> None:
    """Nobody waits for looks at a box that is gone; whether it still drew is not known."""
    box.script.append("close")
    box.delay_s = 0.3
    provider = world.registry.get("a1111")
    request = asked(provider)
    gone = box.answer

    def dying(call: Any) -> Any:
        if box.orders and "progress" in call.path:
            time.sleep(1.0)
            return box.refuse("down")
        return gone(call)

    box.answer = dying  # type: ignore[method-assign]
    started = time.monotonic()
    try:
        with pytest.raises(errors.PossiblyCharged):
            provider.run(request, Silent())
    finally:
        del box.answer
    assert time.monotonic() - started < 5.0


def settings(world: World, **named: object) -> Settings:
    return Settings(data_dir=world.folder, _env_file=None, **named)  # type: ignore[arg-type]


def test_a_box_is_a_line_once_its_address_is_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address the variable is named; with one no key is needed, nor sent over plain http."""
    bare = Registry(settings(world), world.cache, world.ledger, {}, pace=QUICK)
    missing = {row.id: row.missing for row in bare.rows()}
    assert missing["a1111"] == missing["a1111-extras"] == "LOUPE_A1111_BASE_URL"
    assert missing["invoke"] == "LOUPE_INVOKE_BASE_URL"
    assert missing["invoke-graph"] == "LOUPE_INVOKE_GRAPH_FILE"
    with pytest.raises(errors.MissingKey, match="LOUPE_A1111_BASE_URL"):
        bare.get("a1111")
    for vendor, line in (("a1111", "a1111"), ("invoke", "invoke")):
        monkeypatch.setattr(world.servers[vendor], "key", None)
        named = settings(world, **{f"{vendor}_base_url": world.servers[vendor].url})
        registry = Registry(named, world.cache, world.ledger, {}, pace=QUICK)
        assert next(row for row in registry.rows() if row.id == line).ready
        provider = registry.get(line)
        assert provider.run(asked(provider), Silent()).cost_usd == 0


def test_a_key_over_plain_http_needs_its_host_listed(world: World) -> None:
    """A box in the network with a key is refused until the operator lists it; the sentence says how."""
    named = {"a1111_base_url": "http://192.168.1.20:7860", "a1111_api_key": "me:secret"}
    provider = Registry(settings(world, **named), world.cache, world.ledger, {}, pace=QUICK).get("a1111")
    with pytest.raises(errors.Unsupported, match="LOUPE_PLAIN_HTTP_HOSTS"):
        provider.run(asked(provider), Silent())


def test_an_upscaler_the_box_does_not_have_is_named(world: World) -> None:
    """Its assertion is told as what it is: a wrong setting, no breakdown."""
    named = {
        "a1111_base_url": world.servers["a1111"].url,
        "a1111_api_key": MARKED_KEY,
        "a1111_upscaler": "4x-UltraSharp",
    }
    provider = Registry(settings(world, **named), world.cache, world.ledger, {}, pace=QUICK).get(
        "a1111-extras"
    )
    with pytest.raises(errors.Unsupported, match="4x-UltraSharp"):
        provider.run(asked(provider), Silent())


NODES = {"a": {"id": "a", "type": "esrgan", "image": {"image_name": "{image}"}}}


@pytest.mark.parametrize(
    ("graph", "complaint"),
    [
        ("no", "no JSON"),
        ({"nodes": [], "edges": []}, "saved workflow"),
        ({"nodes": {}, "edges": []}, "no nodes and edges"),
        ({"nodes": NODES}, "no nodes and edges"),
        ({"nodes": {"a": {"id": "a", "type": "esrgan"}}, "edges": []}, "no place for anything"),
    ],
)
def test_a_graph_that_is_no_use_says_why(graph: Any, complaint: str) -> None:
    """Each wrong file has its own sentence, before anything is sent."""
    text = graph if isinstance(graph, str) else json.dumps(graph)
    with pytest.raises(errors.Unsupported, match=complaint):
        parse_graph(text, Path("g.json"))


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_graph_is_taken_as_it_is_copied(depth: int) -> None:
    """Bare, or with the body of the call it was seen in around it."""
    graph: Any = {"nodes": NODES, "edges": []}
    for wrapper in ("graph", "batch")[:depth]:
        graph = {wrapper: graph, "runs": 1}
    template = parse_graph(json.dumps(graph), Path("g.json"))
    assert template.roles == (Role.ENHANCE,)
    assert template.limits[Role.ENHANCE].detail is Detail.UPSCALED


def test_invoke_cancels_its_own_item(world: World) -> None:
    """Cancel takes the item from the queue by its number."""
    server = world.servers["invoke"]
    server.work_s = 20.0
    provider = world.registry.get("invoke")
    with pytest.raises(errors.Cancelled):
        provider.run(asked(provider), Impatient("queued", "at work"))
    assert server.shelf.look(server.items[-1][0]).cancelled
    server.work_s = 0.0


def test_the_last_nodes_picture_is_the_answer(world: World) -> None:
    """Of a graph's pictures the one no other node takes, whatever the executor calls its nodes."""
    provider = world.registry.get("invoke-graph")
    request, framed = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert framed is not None
    assert images.dimensions(provider.run(request, Silent()).data) == (framed.width, framed.height)
