"""The enlarger's own process: `python -m pipeline.superresolution.worker CEILING_MB IDLE_S`."""

from pathlib import Path

import cv2
import numpy as np

from pipeline.child import Array, Cancelled, Header, Message, Progress, serve
from pipeline.superresolution.engine import Loaded, Rgb, enlarge, load
from pipeline.superresolution.networks import Network


def work(header: Header, arrays: list[Array], progress: Progress, cancelled: Cancelled) -> Message:
    """Enlarge a picture by a recipe of one network, or of two mixed.

    A network stays no longer than it works: its buffers take 300 MB, while loading it takes less than a tile.
    """
    steps = [_network(step) for step in header["networks"]]
    rgb, factor = arrays[0], int(header["factor"])
    pictures = [
        _to_factor(load(step), rgb, factor, _part(progress, number / len(steps), 1 / len(steps)), cancelled)
        for number, step in enumerate(steps)
    ]
    if len(pictures) == 1:
        return {}, list(pictures)
    plain, second = pictures
    weight = float(header["weight"])
    return {}, [cv2.addWeighted(second, weight, plain, 1 - weight, 0)]


def _part(progress: Progress, before: float, share: float) -> Progress:
    """The progress of a part of the work, after the share `before` of it."""
    return lambda fraction: progress(before + share * fraction)


def _network(fields: list[str]) -> Network:
    name, graph, weights = fields
    return Network(name, Path(graph), Path(weights))


def _to_factor(loaded: Loaded, rgb: Array, factor: int, progress: Progress, cancelled: Cancelled) -> Rgb:
    """Pass after pass until the factor is reached; what is more is averaged away by area."""
    passes, reached = 1, loaded.factor
    while reached < factor:
        passes, reached = passes + 1, reached * loaded.factor
    work_of = [float(loaded.factor ** (2 * number)) for number in range(passes)]
    picture: Rgb = np.asarray(rgb, np.uint8)
    for number in range(passes):
        before, share = sum(work_of[:number]) / sum(work_of), work_of[number] / sum(work_of)
        picture = enlarge(loaded, picture, progress=_part(progress, before, share), cancelled=cancelled)
    if reached == factor:
        return picture
    size = (rgb.shape[1] * factor, rgb.shape[0] * factor)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    serve(work, subject="The enlarger")
