"""Answers mutated at random: only typed errors, no hang, nothing half-stored.

The usual run tries a hundred mutations of each kind of conversation; `--hypothesis-profile=deep` tries 2,000.
"""

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import images
from pipeline.demo.server import Call, StandIn
from pipeline.demo.stand_ins import VENDORS, stand_in
from pipeline.errors import LoupeError
from pipeline.providers.base import Silent
from pipeline.providers.call import http
from pipeline.records import Role
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request, open_world

HASTY = replace(
    QUICK, retries=1, retry_first_s=0.001, retry_most_s=0.002, poll_patience_s=0.05, poll_first_s=0.001
)
CONVERSATIONS = [
    ("seedream", Role.ENHANCE),
    ("openai", Role.ENHANCE),
    ("gemini", Role.ENHANCE),
    ("stability", Role.ENHANCE),
    ("stability", Role.MODEL),
    ("fal", Role.MODEL),
    ("fal-seedvr", Role.ENHANCE),
    ("replicate", Role.MODEL),
    ("replicate-sdxl", Role.GENERATE),
    ("meshy", Role.MODEL),
    ("tripo", Role.MODEL),
    ("dzine", Role.ENHANCE),
    ("endpoint", Role.GENERATE),
    ("endpoint", Role.ENHANCE),
    ("endpoint", Role.SKETCH),
    ("endpoint", Role.MODEL),
]

DEEP = settings.get_current_profile_name() == "deep"
STRINGS = (
    *("", "failed", "COMPLETED", "succeeded", "A" * 5000, MARKED_KEY, "data:image/png;base64,!!!!"),
    *(
        "http://169.254.169.254/x",
        "https://[::1]/x",
        "file:///etc/passwd",
        "https://127.0.0.1:1/x",
        "//x",
        "https://\x00",
    ),
)
SHORT = st.none() | st.text(max_size=3)
SCRAPS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(STRINGS),
    st.lists(SHORT, max_size=3),
    st.dictionaries(st.sampled_from(["url", "code", "message", "error", "glb", "data"]), SHORT),
)
STATUSES = (204, 206, 301, 302, 304, 400, 401, 404, 408, 418, 429, 500, 502, 503, 599)
HEADERS = ("retry-after", "content-type", "location", "finish-reason", "seed", "content-encoding")
VALUES = ("", "-1", "nan", "1e999", "gzip", "CONTENT_FILTERED", "soon", "Wed, 99 Foo", "9" * 40)


@dataclass(frozen=True)
class Mutation:
    """What is done to which answer of a conversation; `spot` 0..1 says where in it."""

    answer: int
    how: str
    spot: float
    scrap: Any
    status: int
    header: str
    value: str
    byte: int


MUTATIONS = st.builds(
    Mutation,
    answer=st.integers(0, 4),
    how=st.sampled_from(["field", "field", "field", "bytes", "cut", "status", "header", "whole"]),
    spot=st.floats(0, 1, exclude_max=True),
    scrap=SCRAPS | st.just(...),
    status=st.sampled_from(STATUSES),
    header=st.sampled_from(HEADERS),
    value=st.sampled_from(VALUES),
    byte=st.integers(0, 255),
)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, StandIn]:
    return stand_ins_without_sockets(tmp_path_factory.mktemp("services"))


def stand_ins_without_sockets(folder: Path) -> Mapping[str, StandIn]:
    """Stand-ins that are asked in process: no socket is opened."""
    found = {}
    for number, vendor in enumerate(VENDORS):
        server = stand_in(vendor, folder, key=MARKED_KEY)
        server._server = type("Nowhere", (), {"server_address": ("127.0.0.1", 9000 + number)})()  # type: ignore[assignment]
        found[vendor] = server
    return found


class Wire(httpx.BaseTransport):
    """Carries calls to the stand-ins and spoils one of the answers."""

    def __init__(self, services: Mapping[str, StandIn]) -> None:
        self.by_port = {int(server.origin.rpartition(":")[2]): server for server in services.values()}
        self.count = self.takes = self.spots = 0
        self.mutation: Mutation | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        server = self.by_port.get(request.url.port or 0)
        if server is None:
            raise httpx.ConnectError("nobody there")
        headers = {name.lower(): value for name, value in request.headers.items()}
        path = request.url.raw_path.decode().partition("?")[0]
        reply = server.handle(Call(request.method, path, {}, headers, request.read()))
        told = {**reply.headers}
        status, body = reply.status, reply.body
        if self.mutation is not None and self.count == self.mutation.answer:
            if told.get("content-type", "").startswith("application/json"):
                self.spots = len(list(places(json.loads(body))))
            status, told, body = spoilt(self.mutation, status, told, body)
        self.count += 1
        return httpx.Response(status, headers=told, content=body)


def spoilt(
    mutation: Mutation, status: int, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """One mutation of one answer."""
    at = int(mutation.spot * min(len(body), 400))
    match mutation.how:
        case "status":
            return mutation.status, headers, body
        case "header":
            return (
                mutation.status if mutation.spot < 0.5 else status,
                {**headers, mutation.header: mutation.value},
                body,
            )
        case "cut":
            return status, headers, body[: int(mutation.spot * len(body))]
        case "whole":
            scrap = None if mutation.scrap is ... else mutation.scrap
            return status, headers, json.dumps(scrap).encode()
        case "field" if headers.get("content-type", "").startswith("application/json"):
            told = json.loads(body)
            spots = list(places(told))
            path = spots[int(mutation.spot * len(spots))]
            return status, headers, json.dumps(replaced(told, path, mutation.scrap)).encode()
        case _:
            return status, headers, body[:at] + bytes([mutation.byte]) + body[at + 1 :]


def places(told: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every spot of a JSON value."""
    yield path
    steps = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for step, value in steps:
        yield from places(value, (*path, step))


def replaced(told: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The value with one spot replaced; `...` removes it."""
    if not path:
        return None if value is ... else value
    step, rest = path[0], path[1:]
    if not rest and value is ...:
        return (
            {k: v for k, v in told.items() if k != step}
            if isinstance(told, dict)
            else told[:step] + told[step + 1 :]
        )
    changed = dict(told) if isinstance(told, dict) else list(told)
    changed[step] = replaced(told[step], rest, value)
    return changed


@pytest.fixture
def wire(services: Mapping[str, StandIn], monkeypatch: pytest.MonkeyPatch) -> Wire:
    carrier = Wire(services)

    class Client(httpx.Client):
        def __init__(self, **told: Any) -> None:
            told.pop("verify", None)
            super().__init__(transport=carrier, **told)

    monkeypatch.setattr(http.httpx, "Client", Client)
    monkeypatch.setattr(http, "_tls", lambda: None)
    return carrier


@pytest.fixture
def open_shop(services: Mapping[str, StandIn]) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        world = open_world(Path(folder), services, pace=HASTY)
        yield world
        world.cache.close()


@settings(suppress_health_check=list(HealthCheck), max_examples=2000 if DEEP else 40)
@given(mutation=MUTATIONS)
@pytest.mark.parametrize(("provider_id", "role"), CONVERSATIONS)
def test_a_mutated_answer_never_breaks_out(
    wire: Wire, open_shop: World, provider_id: str, role: Role, mutation: Mutation
) -> None:
    """Whatever comes back, the outcome is a whole answer or a typed sentence without the key."""
    provider = open_shop.registry.get(provider_id)
    open_shop.cache.clear()
    wire.takes += 1
    request, _ = build_request(role, provider.limits[role], take=wire.takes)
    wire.count, wire.mutation = 0, mutation
    started = time.monotonic()
    told, answer = "", None
    try:
        answer = provider.run(request, Silent())
    except LoupeError as error:
        told = str(error)
    assert MARKED_KEY not in told
    if answer is None:
        assert told
        assert open_shop.cache.stats().answers == 0
    else:
        assert answer.data[:4] == b"glTF" if role is Role.MODEL else images.decode(answer.data).size
        assert provider.run(request, Silent()).data == answer.data
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("provider_id", ["fal", "replicate", "meshy", "tripo", "endpoint"])
def test_every_field_may_have_another_shape(wire: Wire, open_shop: World, provider_id: str) -> None:
    """Each field of each answer of a task, one after the other, becomes a list, an object, or is missing."""
    provider = open_shop.registry.get(provider_id)
    request, _ = build_request(Role.MODEL, provider.limits[Role.MODEL])
    plain = Mutation(answer=-1, how="field", spot=0.0, scrap=[], status=0, header="", value="", byte=0)
    tried = 0
    for answer in range(3):
        spot, count = 0, 1
        while spot < count:
            for scrap in ([], {}, ...):
                wire.takes += 1
                wire.count, wire.spots = 0, 0
                wire.mutation = replace(plain, answer=answer, spot=(spot + 0.5) / count, scrap=scrap)
                with contextlib.suppress(LoupeError):
                    provider.run(replace(request, take=wire.takes), Silent())
                tried += 1
            count = wire.spots or 1
            spot += 1
    assert tried > 20
