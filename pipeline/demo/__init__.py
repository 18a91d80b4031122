"""Local stand-ins of the remote services: over real HTTP, as strict as the documents, without a key.

The tests hold every adapter against them; with LOUPE_DEMO_PROVIDERS=1 they answer inside the app. Who starts without
them does not load them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.demo.server import StandIn
    from pipeline.providers.base import Provider


def running(folder: Path, atelier: "Provider") -> "Mapping[str, StandIn]":
    """All stand-ins of this process for one folder, started at the first call and running until the process ends.

    They deliver what the atelier makes of a prompt, and as editors alter some crops.
    """
    from pipeline.demo import stand_ins
    from pipeline.demo.artist import AtelierArtist

    servers, artist = stand_ins.running(folder), AtelierArtist(atelier)
    for server in servers.values():
        server.artist = artist
    return servers
