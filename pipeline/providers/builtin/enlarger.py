"""Learned enlargers on this machine: a picture's detail added by super-resolution, without a key.

*Faithful* stays nearest to the truth, *Vivid* is as sharp as it; both are held to the master by the lock that follows.
Networks of a folder of the user's own become lines like these.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import images
from pipeline.child import Child
from pipeline.errors import EnlargerFailed, EnlargerUnavailable, LoupeError, Unsupported
from pipeline.providers.base import Answer, EnhanceRequest, Limits, Request, Watch
from pipeline.records import Detail, Role
from pipeline.superresolution.networks import CUNET, ESRGAN, Network, in_folder, packaged

MEMORY_CEILING_MB = 700.0
"""The largest recipe peaks below 500 MB; the rest is room for a network of the user's own."""
IDLE_S = 120.0
PATIENCE_S = 120.0
"""The slowest tile of the largest network takes some seconds on a busy core."""
FAITHFUL, VIVID = "faithful", "vivid"
VIVID_SHARE = 0.8
"""Real-ESRGAN's share of Vivid. Alone it lies 3 dB under a bicubic; mixed with Faithful it keeps its sharpness."""


@dataclass(frozen=True)
class Line:
    """One enlarger: its networks, the second one's share, and why it cannot be offered, if so."""

    id: str
    name: str
    networks: tuple[Network, ...]
    weight: float = 0.0
    trouble: str = ""


class Enlarger:
    """One line of the registry; all of them share one child process."""

    def __init__(self, line: Line, child: Child) -> None:
        self._line, self._child = line, child
        self.id, self.name, self.trouble = line.id, line.name, line.trouble
        self.limits: Mapping[Role, Limits] = {
            Role.ENHANCE: Limits(factors=(2, 3, 4), concurrency=1, detail=Detail.UPSCALED)
        }

    def model(self, role: Role) -> str:
        """The networks' names and sizes, so that other weights are not taken for these."""
        names = " + ".join(network.version for network in self._line.networks)
        return f"{names} {self._line.weight:g}" if len(self._line.networks) > 1 else names

    def run(self, request: Request, watch: Watch) -> Answer:
        """Enlarge one crop. Raises BadImage, BadInput for a network that does not, EnlargerFailed, Cancelled."""
        if not isinstance(request, EnhanceRequest):
            raise Unsupported(f"{self.name} only enlarges; choose another provider.", provider=self.id)
        pixels = self.enlarge(images.decode(request.image), request.factor, watch)
        return Answer(images.encode_png(pixels), self.model(Role.ENHANCE))

    def enlarge(self, pixels: images.Pixels, factor: int, watch: Watch) -> images.Pixels:
        """Enlarge uint8 (h, w, 3) by 2, 3 or 4. Raises as `run`, and EnlargerUnavailable where nothing is installed."""
        if self.trouble:
            raise EnlargerUnavailable(self.trouble)
        order = {
            "op": "enlarge",
            "networks": [[n.name, str(n.graph), str(n.weights)] for n in self._line.networks],
            "factor": factor,
            "weight": self._line.weight,
        }
        _, arrays = self._child.ask(
            order,
            [pixels],
            progress=lambda fraction: watch.progress(0.05 + 0.85 * fraction, "enlarging"),
            cancelled=watch.cancelled,
            patience_s=PATIENCE_S,
        )
        return arrays[0]


def enlargers(folder: Path, networks: Path | None) -> tuple[Enlarger, ...]:
    """Every line: Faithful, Vivid, and one for each network of the folder `networks`. The child logs under `folder`."""
    child = Child(
        "pipeline.superresolution.worker",
        "The enlarger",
        folder / "enlarger.log",
        memory_ceiling_mb=MEMORY_CEILING_MB,
        idle_s=IDLE_S,
        failed=EnlargerFailed,
        unavailable=EnlargerUnavailable,
    )
    cunet, esrgan = packaged(CUNET), packaged(ESRGAN)
    lines = [
        _line(FAITHFUL, "Faithful (learned, offline)", [cunet]),
        _line(VIVID, "Vivid (learned, offline)", [cunet, esrgan], VIVID_SHARE),
    ]
    if networks is not None:
        lines += _networks_of(networks)
    return tuple(Enlarger(line, child) for line in lines)


def _line(line_id: str, name: str, networks: Sequence[Network | None], weight: float = 0.0) -> Line:
    present = tuple(network for network in networks if network is not None)
    missing = (
        ""
        if len(present) == len(networks)
        else (
            f"{name.split(' (')[0]} needs the packages ncnn and its weights, which are not installed on this machine; "
            "the offline interpolation serves."
        )
    )
    return Line(line_id, name, present, weight, missing)


def _networks_of(folder: Path) -> list[Line]:
    try:
        networks = in_folder(folder)
    except LoupeError as error:
        return [Line("own-enlargers", "Enlargers of your own", (), trouble=str(error))]
    return [
        Line(
            f"own-{re.sub('[^a-z0-9]+', '-', network.name.lower()).strip('-')}",
            f"{network.name} (your own)",
            (network,),
        )
        for network in networks
    ]


def as_providers(lines: Sequence[Enlarger]) -> dict[str, Enlarger]:
    """By id; of two networks whose names come out the same the first stays."""
    return {line.id: line for line in reversed(lines)}
