"""A ComfyUI of one's own: placeholders, complaints told node by node, and whose work a cancellation stops."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.providers.base import Silent
from pipeline.providers.call.placeholders import fill
from pipeline.providers.registry import Registry
from pipeline.providers.vendors.comfy import _Progress, parse_workflow
from pipeline.records import Detail, Role
from pipeline.settings import Settings
from tests.providers.conftest import QUICK, World, build_request

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
NODE = {"class_type": "LoadImage", "inputs": {"image": "{image}"}}
GIVEN = {"prompt": "a ring", "seed": 7, "image": "crop.png", "width": 640, "height": 480}
words = st.text(st.characters(exclude_characters="{}"), max_size=12)


def comfy(world: World, workflow: object, key: str | None = None):
    """The line over another workflow, and with or without a key."""
    file = world.folder / "other.json"
    file.write_text(workflow if isinstance(workflow, str) else json.dumps(workflow), "utf-8")
    chosen = Settings(
        data_dir=world.folder,
        comfy_base_url=world.servers["comfy"].url,
        comfy_workflow_file=file,
        comfy_api_key=key,
        _env_file=None,
    )
    return Registry(chosen, world.cache, world.ledger, {}, pace=QUICK)


@given(before=words, after=words, depth=st.integers(0, 4), place=st.sampled_from(sorted(GIVEN)))
def test_a_placeholder_is_replaced_wherever_it_stands(
    before: str, after: str, depth: int, place: str
) -> None:
    """Alone it becomes the value with its type, inside a text its text; nothing else changes."""
    leaf: object = [f"{before}{{{place}}}{after}", before, 3, None, True, ["1", 0]]
    alone: object = f"{{{place}}}"
    for _ in range(depth):
        leaf, alone = {"inputs": [leaf]}, [{"x": alone}]
    filled, value = fill(leaf, GIVEN), fill(alone, GIVEN)
    for _ in range(depth):
        filled, value = filled["inputs"][0], value[0]["x"]
    expected = f"{before}{GIVEN[place]}{after}" if before or after else GIVEN[place]
    assert filled == [expected, before, 3, None, True, ["1", 0]]
    assert value == GIVEN[place]
    assert type(value) is type(GIVEN[place])


def test_what_is_put_in_is_no_placeholder_itself() -> None:
    """Words that speak of {seed} reach the box as they were written."""
    assert (
        fill("macro {prompt}, {seed}", {**GIVEN, "prompt": "say {seed} {width}"})
        == "macro say {seed} {width}, 7"
    )
    assert fill("{other} {image}", GIVEN) == "{other} crop.png"


def test_a_file_is_read_as_it_is_really_saved(world: World) -> None:
    """ComfyUI writes NaN for what changes each time, an editor a byte order mark: neither stops an order."""
    graph = json.loads(world.servers["comfy"].description)
    next(iter(graph.values()))["is_changed"] = [float("nan")]
    provider = comfy(world, f"\ufeff{json.dumps(graph)}", key=world.servers["comfy"].key).get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert provider.run(request, Silent()).data


@pytest.mark.parametrize("complaints", ["no", 3, None, ["no"], {"errors": 1}, {"errors": ["no"]}])
def test_a_refusal_of_another_shape_is_told_by_its_status(
    world: World, answering, complaints: object
) -> None:
    """What stands between may answer anything: the user gets a sentence."""
    provider = comfy(world, {"1": NODE}).get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    answering(
        lambda sent: httpx.Response(
            200 if "upload" in sent.url.path else 400,
            json={"name": "a.png", "node_errors": {"1": complaints}},
        )
    )
    with pytest.raises(errors.Unsupported, match=r"does not accept this request"):
        provider.run(request, Silent())


@pytest.mark.parametrize("other", [["a.png"], [None], {"a": 1}, None, "a.png"])
@pytest.mark.parametrize("before", [True, False])
def test_a_custom_nodes_output_does_not_stand_before_the_picture(
    world: World, answering, other: object, before: bool
) -> None:
    """What another node lists is passed over, and a preview gives way to what was saved."""
    saved = {"9": {"images": [{"filename": "a b.png", "subfolder": "x/y", "type": "output"}]}}
    others = {"3": {"images": other}, "4": other, "5": {"images": [{"filename": "p.png", "type": "temp"}]}}
    outputs = {**others, **saved} if before else {**saved, **others}

    def answer(sent: httpx.Request) -> httpx.Response:
        if sent.url.path == "/view":
            return httpx.Response(200, content=request.image)
        fields: dict[str, object] = {
            "name": "a.png",
            "prompt_id": "t1",
            "queue_running": [],
            "queue_pending": [],
        }
        return httpx.Response(
            200, json={**fields, "t1": {"outputs": outputs, "status": {"status_str": "success"}}}
        )

    provider = comfy(world, {"1": NODE}).get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    asked = answering(answer)
    assert provider.run(request, Silent()).data
    assert dict(asked[-1].url.params) == {"filename": "a b.png", "subfolder": "x/y", "type": "output"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no", "no JSON"),
        (json.dumps({"1": NODE}).replace('"{image}"', "{image}"), "quotation marks"),
        ("[]", "no nodes"),
        ("{}", "no nodes"),
        (json.dumps({"nodes": [], "links": []}), "Export \\(API\\)"),
        (json.dumps({"1": {"inputs": {}}}), "no nodes"),
        (json.dumps({"1": {"class_type": "SaveImage", "inputs": {}}}), "no place for anything"),
        (
            json.dumps({"1": NODE, "2": {"class_type": "T", "inputs": {"text": "{promt}"}}}),
            "“{promt}”, which nothing",
        ),
    ],
)
def test_a_file_that_is_no_use_says_why(text: str, complaint: str) -> None:
    """Each wrong file has its own sentence, before anything is sent."""
    with pytest.raises(errors.Unsupported, match=complaint):
        parse_workflow(text, Path("w.json"))


@pytest.mark.parametrize(
    ("inputs", "roles", "detail"),
    [
        ({"image": "{image}"}, (Role.ENHANCE,), Detail.UPSCALED),
        ({"image": "{image}", "seed": "{seed}"}, (Role.ENHANCE,), Detail.REDRAWN),
        ({"image": "{image}", "text": "x {prompt}"}, (Role.ENHANCE, Role.SKETCH), Detail.REDRAWN),
        ({"text": "{prompt}", "size": ["{width}", "{height}"]}, (Role.GENERATE,), Detail.REDRAWN),
    ],
)
def test_the_placeholders_say_what_a_workflow_can_do(world: World, inputs, roles, detail) -> None:
    """With a picture it enhances, with words too it sketches, with words alone it paints."""
    registry = comfy(world, {"1": {"class_type": "X", "inputs": inputs}})
    row = next(row for row in registry.rows() if row.id == "comfy")
    assert row.roles == roles
    assert {row.detail(role) for role in roles if role is not Role.GENERATE} <= {detail}
    assert row.ready


def test_complaints_name_the_node(world: World) -> None:
    """A node the box does not have, and an input it does not take, are told by number, kind and reason."""
    graph = {
        "1": NODE,
        "5": {"class_type": "SupIR", "inputs": {}},
        "9": {"class_type": "SaveImage", "inputs": {}},
    }
    provider = comfy(world, graph, key=world.servers["comfy"].key).get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    with pytest.raises(errors.Unsupported, match=r"node 5 SupIR: .*does not exist") as caught:
        provider.run(request, Silent())
    assert "node 9 SaveImage: images" in str(caught.value)
    assert not caught.value.charged


def test_a_workflow_without_a_size_answers_in_the_pictures_own(world: World) -> None:
    """A fixed upscaler, or none, is measured like any other answer."""
    graph = {
        "1": NODE,
        "9": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    provider = comfy(world, graph, key=world.servers["comfy"].key).get("comfy")
    request, framed = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    assert framed is not None
    assert provider.run(request, Silent()).data
    assert world.servers["comfy"].refused == []


def test_no_key_is_needed_and_none_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A box without a proxy is reached over plain http without a key."""
    server = world.servers["comfy"]
    monkeypatch.setattr(server, "key", None)
    provider = comfy(world, server.description).get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    answer = provider.run(request, Silent())
    assert answer.cost_usd == 0
    assert server.orders
    assert replace(answer, data=b"").model.startswith("other@")


class Impatient(Silent):
    """Presses Cancel once the box is at work."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def progress(self, fraction: float, note: str = "") -> None:
        self.notes.append(note)

    def cancelled(self) -> bool:
        return any(note.startswith(("at work", "number")) for note in self.notes)


@pytest.mark.parametrize("others", [0, 1])
def test_a_cancellation_stops_ones_own_work_only(world: World, others: int) -> None:
    """What runs is interrupted; what waits is taken from the queue, and a colleague's work before it goes on."""
    server = world.servers["comfy"]
    server.work_s = 30.0
    server.queued.clear()
    before = [server.begin(b"x", "png", "ok") for _ in range(others)]
    server.queued.extend(task.id for task in before)
    provider = world.registry.get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    with pytest.raises(errors.Cancelled):
        provider.run(request, Impatient())
    assert [server.shelf.look(task.id).cancelled for task in before] == [False] * others
    assert server.shelf.look(server.queued[-1]).cancelled


class Noting(Silent):
    def __init__(self) -> None:
        self.shares: list[float] = []

    def progress(self, fraction: float, note: str = "") -> None:
        if note == "at work":
            self.shares.append(fraction)


@pytest.mark.parametrize("speaks", [True, False])
def test_progress_comes_over_the_websocket_where_there_is_one(
    world: World, monkeypatch: pytest.MonkeyPatch, speaks: bool
) -> None:
    """The bar grows node by node; without a websocket it stands still, and the picture comes all the same."""
    server = world.servers["comfy"]
    monkeypatch.setattr(server, "speaks", speaks)
    server.queued.clear()
    server.work_s = 0.5
    provider = world.registry.get("comfy")
    request, _ = build_request(Role.ENHANCE, provider.limits[Role.ENHANCE])
    watch = Noting()
    assert provider.run(request, watch).data
    server.work_s = 0.0
    assert len(set(watch.shares)) > 2 if speaks else len(set(watch.shares)) == 1
    assert all(0.0 <= share <= 1.0 for share in watch.shares)


@given(
    messages=st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["status", "executing", "execution_cached", "progress_state", "progress", "executed", "x"]
                )
            },
            optional={
                "data": st.recursive(
                    st.none() | st.integers() | st.floats() | st.text(max_size=4),
                    lambda inner: (
                        st.dictionaries(
                            st.sampled_from(["prompt_id", "nodes", "node", "value", "max", "state", "1"]),
                            inner,
                        )
                        | st.lists(inner, max_size=3)
                    ),
                    max_leaves=8,
                )
            },
        ),
        max_size=6,
    )
)
def test_whatever_a_box_says_progress_stays_a_fraction(messages: list[dict[str, object]]) -> None:
    """Messages of other versions, other prompts and no sense at all move nothing out of its bounds."""
    watch = Noting()
    progress = _Progress(9, watch)
    for message in messages:
        progress.hear(message)
    assert progress.fraction is None or 0.0 <= progress.fraction <= 1.0
    assert all(0.0 <= share <= 1.0 for share in watch.shares)
