"""A world in which every remote service is played by its stand-in, on this machine, over real HTTP."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from pipeline import framing, images
from pipeline.atelier.language import reader
from pipeline.cache import Cache as Answers
from pipeline.demo.server import StandIn
from pipeline.demo.stand_ins import VENDORS, stand_in
from pipeline.ledger import Ledger
from pipeline.providers.base import (
    EnhanceRequest,
    GenerateRequest,
    Limits,
    ModelRequest,
    ReadRequest,
    Request,
    SketchRequest,
)
from pipeline.providers.call import addresses, http
from pipeline.providers.call.connection import Pace
from pipeline.providers.registry import Registry
from pipeline.records import Role
from pipeline.settings import Settings

MARKED_KEY = "sk-MARKED/key+0123456789"
"""A key that would be noticed anywhere, with signs that URL encoding changes."""
REAL = httpx.Client
Handler = Callable[[httpx.Request], httpx.Response]
QUICK = Pace(
    poll_first_s=0.005,
    poll_most_s=0.01,
    poll_patience_s=10.0,
    retry_first_s=0.005,
    retry_most_s=0.02,
    retries=3,
    connect_s=2.0,
    read_s=30.0,
    poll_read_s=30.0,
)


@dataclass
class World:
    """A registry over the stand-ins, with its own cache and ledger."""

    registry: Registry
    cache: Answers
    ledger: Ledger
    servers: Mapping[str, StandIn]
    folder: Path


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, StandIn]]:
    folder = tmp_path_factory.mktemp("stand-ins")
    servers = {vendor: stand_in(vendor, folder, key=MARKED_KEY) for vendor in VENDORS}
    for server in servers.values():
        server.start()
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture
def servers(stand_ins: Mapping[str, StandIn]) -> Mapping[str, StandIn]:
    """The stand-ins with nothing scripted and nothing counted."""
    for server in stand_ins.values():
        server.script.clear()
        server.orders.clear()
        server.refused.clear()
        server.leaks.clear()
        server.delay_s = server.work_s = 0.0
        server.looks = server.peak = 0
    return stand_ins


@pytest.fixture
def world(tmp_path: Path, servers: Mapping[str, StandIn]) -> Iterator[World]:
    opened = open_world(tmp_path, servers)
    yield opened
    opened.cache.close()


def open_world(
    folder: Path, servers: Mapping[str, StandIn], *, key: str = MARKED_KEY, pace: Pace = QUICK
) -> World:
    description = folder / "endpoint.toml"
    description.write_text(servers["endpoint"].description, "utf-8")
    workflow = folder / "workflow.json"
    workflow.write_text(servers["comfy"].description, "utf-8")
    graph = folder / "graph.json"
    graph.write_text(servers["invoke"].description, "utf-8")
    told: dict[str, object] = {f"{vendor}_api_key": key for vendor in VENDORS}
    told |= {f"{vendor}_base_url": server.url for vendor, server in servers.items() if vendor != "endpoint"}
    settings = Settings(
        data_dir=folder,
        endpoint_file=description,
        modelia_file=description,
        comfy_workflow_file=workflow,
        invoke_graph_file=graph,
        modelia_api_key=key,
        spend_cap_day_usd=1e6,
        spend_cap_design_usd=1e6,
        _env_file=None,
        **told,
    )
    cache, ledger = Answers(folder / "cache"), Ledger(folder / "ledger.jsonl", settings)
    return World(Registry(settings, cache, ledger, {}, pace=pace), cache, ledger, servers, folder)


def draw_crop() -> images.Pixels:
    """A smooth crop of 96 x 80 px on near-white."""
    y, x = np.mgrid[0:80, 0:96].astype(np.float32)
    away = np.hypot(x - 48, y - 40)
    glow = np.clip(1 - np.abs(away - 26) / 9, 0, 1)[..., None]
    return (250 - glow * np.array([40, 90, 190], np.float32)).astype(np.uint8)


def build_request(role: Role, limits: Limits, *, take: int = 0) -> tuple[Request, framing.Framed | None]:
    """A request a stage would make for a role, and the way back where there is one."""
    request, framed = first_request(role, limits)
    return replace(request, take=take), framed


@lru_cache(maxsize=64)
def first_request(role: Role, limits: Limits) -> tuple[Request, framing.Framed | None]:
    crop, prompt = draw_crop(), "A plain gold ring on white."
    if role is Role.READ:
        return ReadRequest(prompt, reader.instructions(), reader.schema()), None
    if role is Role.GENERATE:
        width, height = framing.nearest_size(limits, 1024, 1024)
        return GenerateRequest(prompt, "ring", width, height), None
    source = images.resize(crop, 768, 640) if role is Role.MODEL else crop
    framed = framing.fit(source, limits, factor=4 if role is Role.ENHANCE else 1)
    if role is Role.MODEL:
        sides = tuple((side, framed.image) for side in limits.sides)
        return ModelRequest((framed.image,) * limits.max_images, prompt, sides=sides), None
    size = {"width": framed.width, "height": framed.height}
    if role is Role.ENHANCE:
        whole = (images.encode_png(images.resize(crop, 200, 160)),) * limits.references
        return EnhanceRequest(framed.image, prompt, factor=4, references=whole, **size), framed
    return SketchRequest(framed.image, prompt, **size), framed


@pytest.fixture(scope="session")
def request_for() -> Callable[..., tuple[Request, framing.Framed | None]]:
    """`build_request`, as a fixture."""
    return build_request


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], list[httpx.Request]]:
    """Let a function answer instead of the network; the list holds what was asked."""

    def install(handler: Handler) -> list[httpx.Request]:
        asked: list[httpx.Request] = []

        def note(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return handler(request)

        class Client(REAL):
            def __init__(self, **told: Any) -> None:
                told.pop("verify", None)
                super().__init__(transport=httpx.MockTransport(note), **told)

        monkeypatch.setattr(http.httpx, "Client", Client)
        monkeypatch.setattr(http, "_tls", lambda: None)
        monkeypatch.setattr(addresses.urllib.request, "getproxies", dict)
        return asked

    return install
