"""Runs a network over a picture in tiles, whatever its scale and the border it eats.

A network says neither: both are found by showing it two small pictures, and one that does not enlarge colours as they
are by a whole number is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadInput, Cancelled
from pipeline.superresolution.networks import Network

Rgb = NDArray[np.uint8]
Planes = NDArray[np.float32]
"""Shape (3, h, w), 0 to 1."""

_REACH_PX, _SIDE_PX = {2: 18}, {2: 148}
"""By factor: what a network sees beyond each side of its tile (its reach may be longer; what is farther hardly counts),
and the side of what it is shown at once: peak memory of the largest network stays below 500 MB."""
_REACH_ELSE_PX, _SIDE_ELSE_PX = 8, 64
_STEP_PX = 4
"""Networks that halve the picture twice on their way want sides that four divides."""
_LARGEST_FACTOR = 8
_PROBES = (48, 64)
_TOLERANCE = 0.12
"""How far a flat colour may come back changed by a network that is meant to enlarge it."""


class Runner(Protocol):
    """A loaded network."""

    def __call__(self, planes: Planes) -> Planes:
        """Enlarge (3, h, w)."""


@dataclass(frozen=True)
class Loaded:
    """A network that was tried: it enlarges by `factor` and eats `border` pixels of its answer on each side."""

    run: Runner
    factor: int
    border: int


_scales: dict[tuple[Network, int], tuple[int, int]] = {}
"""Factor and border of each network tried, by when its graph was written: recipes of two load them over and over."""


def load(network: Network) -> Loaded:
    """Load a network, and try it if it is new. Raises BadInput in a sentence where it does not enlarge RGB pictures."""
    try:
        run = _onnx(network) if network.graph.suffix == ".onnx" else _ncnn(network)
        edition = (network, network.graph.stat().st_mtime_ns)
        if edition not in _scales:
            _scales[edition] = _tried(network, run)
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(
            f"The network “{network.name}” cannot be run here ({type(error).__name__}); choose another file."
        ) from error
    return Loaded(run, *_scales[edition])


def _tried(network: Network, run: Runner) -> tuple[int, int]:
    """Factor and border, from what it makes of two small grey pictures."""
    answers = [run(np.full((3, side, side), 0.5, np.float32)) for side in _PROBES]
    if not all(_is_square_rgb(answer) for answer in answers):
        raise BadInput(
            f"The network “{network.name}” does not answer with an RGB picture; choose another file."
        )
    scale = _scale(network, [answer.shape[1] for answer in answers])
    if any(abs(float(np.median(answer)) - 0.5) > _TOLERANCE for answer in answers):
        raise BadInput(
            f"The network “{network.name}” changes a plain grey: it expects other values than 0 to 1; "
            "choose another file."
        )
    return scale


def _is_square_rgb(answer: Planes) -> bool:
    return answer.ndim == 3 and answer.shape[0] == 3 and answer.shape[1] == answer.shape[2]


def _scale(network: Network, sides: list[int]) -> tuple[int, int]:
    """Factor and border that explain both answers' sides."""
    factor, rest = divmod(sides[1] - sides[0], _PROBES[1] - _PROBES[0])
    eaten = factor * _PROBES[0] - sides[0]
    whole = not rest and 1 < factor <= _LARGEST_FACTOR
    if not whole or eaten % 2 or not 0 <= eaten <= 2 * _reach(factor) * factor:
        raise BadInput(
            f"The network “{network.name}” answers {_PROBES[0]} px with {sides[0]} px: Loupe takes those that enlarge "
            f"by a whole number from 2 to {_LARGEST_FACTOR}; choose another file."
        )
    return factor, eaten // 2


def enlarge(
    loaded: Loaded,
    rgb: Rgb,
    *,
    progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Rgb:
    """Enlarge uint8 (h, w, 3) by the network's own factor. Raises Cancelled between two tiles."""
    height, width = rgb.shape[:2]
    factor, around = loaded.factor, _reach(loaded.factor)
    side = _SIDE_PX.get(factor, _SIDE_ELSE_PX) - 2 * around
    margins = [(around, around + -length % _STEP_PX) for length in (height, width)]
    padded = np.pad(rgb, [*margins, (0, 0)], "symmetric")
    whole = np.empty((factor * height, factor * width, 3), np.uint8)
    corners = [(y, x) for y in range(0, height, side) for x in range(0, width, side)]
    for number, (y, x) in enumerate(corners):
        if cancelled():
            raise Cancelled("The enlargement was stopped.")
        tall, wide = min(side, height - y), min(side, width - x)
        rows, columns = (-(-length // _STEP_PX) * _STEP_PX + 2 * around for length in (tall, wide))
        tile = padded[y : y + rows, x : x + columns].transpose(2, 0, 1)
        answer = loaded.run(np.ascontiguousarray(tile, np.float32) / np.float32(255))
        inset = factor * around - loaded.border
        part = answer[:, inset : inset + factor * tall, inset : inset + factor * wide].transpose(1, 2, 0)
        # Rounded and clipped after every network: unclipped values made a second pass fail on white pages.
        whole[factor * y : factor * (y + tall), factor * x : factor * (x + wide)] = (
            part.clip(0, 1) * 255 + 0.5
        )
        progress((number + 1) / len(corners))
    return whole


def _reach(factor: int) -> int:
    return _REACH_PX.get(factor, _REACH_ELSE_PX)


def _ncnn(network: Network) -> Runner:
    import ncnn  # loaded where it runs: in the child

    net = ncnn.Net()
    net.opt.num_threads = 1  # two threads wait for each other on a shared machine: three times the work
    net.opt.use_vulkan_compute = False
    net.opt.use_winograd63_convolution = (
        False  # both trade several times the weights' memory for a tenth of the time
    )
    net.opt.use_winograd43_convolution = False
    # One input, one output, fixed memory: anything else is told by the load itself.
    if net.load_param(str(network.graph)) != 0 or net.load_model(str(network.weights)) != 0:
        raise BadInput(
            f"The network “{network.name}” is damaged or of another version of ncnn; choose another file."
        )
    inputs, outputs = net.input_names(), net.output_names()
    if len(inputs) != 1 or not outputs:
        raise BadInput(
            f"The network “{network.name}” takes {len(inputs)} pictures instead of one; choose another file."
        )

    def run(planes: Planes) -> Planes:
        extractor = net.create_extractor()
        extractor.input(inputs[0], ncnn.Mat(planes))
        status, answer = extractor.extract(outputs[-1])
        if status != 0:
            raise BadInput(f"The network “{network.name}” could not be run; choose another file.")
        return np.array(answer, np.float32)

    return run


def _onnx(network: Network) -> Runner:
    import cv2  # the other networks run without it

    net: Any = cv2.dnn.readNetFromONNX(str(network.graph))

    def run(planes: Planes) -> Planes:
        net.setInput(planes[None])
        answer = np.asarray(net.forward(), np.float32)
        return answer[0] if answer.ndim == 4 else answer

    return run
