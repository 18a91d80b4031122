"""All stand-ins together, for the app's demo and for tests."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.demo.a1111 import A1111Server
from pipeline.demo.ark import Ark
from pipeline.demo.bfl import BflApi
from pipeline.demo.comfy import ComfyServer
from pipeline.demo.dzine import DzineApi
from pipeline.demo.fal import FalQueue
from pipeline.demo.gemini import GeminiImages
from pipeline.demo.invoke import InvokeServer
from pipeline.demo.magnific import MagnificApi
from pipeline.demo.meshy import MeshyApi
from pipeline.demo.openai import OpenAIImages
from pipeline.demo.replicate import ReplicateApi
from pipeline.demo.server import TOLD_KEY, Situation, StandIn
from pipeline.demo.stability import StabilityStable
from pipeline.demo.studio import Studio
from pipeline.demo.tasks import Shelf
from pipeline.demo.topaz import TopazApi
from pipeline.demo.tripo import TripoApi

VENDORS: Mapping[str, type[StandIn]] = {
    "ark": Ark,
    "openai": OpenAIImages,
    "gemini": GeminiImages,
    "stability": StabilityStable,
    "fal": FalQueue,
    "replicate": ReplicateApi,
    "meshy": MeshyApi,
    "tripo": TripoApi,
    "dzine": DzineApi,
    "bfl": BflApi,
    "magnific": MagnificApi,
    "topaz": TopazApi,
    "comfy": ComfyServer,
    "a1111": A1111Server,
    "invoke": InvokeServer,
    "endpoint": Studio,
}
"""By the prefix of their settings."""
DEMO_DELAY_S = 2.5
DEMO_WORK_S = 6.0
"""Long enough to see waiting, short enough to watch."""
DEMO_SCRIPT: tuple[Situation, ...] = ("ok", "ok", "moderated")
"""The third picture Seedream's stand-in is asked for is refused, so that a refusal can be seen and dealt with."""


def stand_in(
    vendor: str, folder: Path, *, key: str = TOLD_KEY, delay_s: float = 0.0, work_s: float = 0.0
) -> StandIn:
    """One stand-in, not started yet, whose tasks live under a folder."""
    return VENDORS[vendor](Shelf(folder / vendor), key=key, delay_s=delay_s, work_s=work_s)


@cache
def running(folder: Path) -> Mapping[str, StandIn]:
    """All stand-ins of this process for one folder, started at the first call and running until the process ends."""
    servers = {name: stand_in(name, folder, delay_s=DEMO_DELAY_S, work_s=DEMO_WORK_S) for name in VENDORS}
    servers["ark"].script.extend(DEMO_SCRIPT)
    for server in servers.values():
        server.start()
    return servers
