"""Local stand-ins of the remote services: over real HTTP, as strict as the documents, without a key.

The tests hold every adapter against them; with LOUPE_DEMO_PROVIDERS=1 they answer inside the app. Who starts without
them does not load them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.demo.server import StandIn


def running(folder: Path) -> "Mapping[str, StandIn]":
    """All stand-ins of this process for one folder, started at the first call and running until the process ends."""
    from pipeline.demo import stand_ins

    return stand_ins.running(folder)
