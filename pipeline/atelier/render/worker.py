"""The renderer's process, from inside: `python -m pipeline.atelier.render.worker CEILING_MB IDLE_S [scalar]`."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from pipeline.atelier.camera import Camera
from pipeline.atelier.render import engine, protocol
from pipeline.child import serve


def main() -> None:
    """Serve until idle."""
    serve(_work, subject="The renderer")


@cache
def _start() -> None:
    engine.start(scalar="scalar" in sys.argv[3:])


def _work(
    header: dict[str, Any],
    arrays: list[np.ndarray],
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Render or look. The engine starts with the first job, once standard output is safe from its libraries."""
    _start()
    from pipeline.atelier.render import film

    piece = protocol.unpack_piece(header["piece"], arrays)
    camera = protocol.unpack_camera(header["camera"])
    if header["op"] == "gbuffer":
        buffer = film.gbuffer(
            piece,
            camera,
            width=header["width"],
            height=header["height"],
            supersample=header["supersample"],
            window=tuple(header["window"]) if header["window"] else None,
        )
        return {"names": list(buffer.names)}, [buffer.depth, buffer.normal, buffer.part]
    if not isinstance(camera, Camera):
        raise TypeError("A photograph needs a perspective camera.")
    picture = film.render(
        piece,
        camera,
        size=header["size"],
        window=tuple(header["window"]) if header["window"] else None,
        scale=header["scale"],
        quality=film.Quality(**header["quality"]),
        seed=header["seed"],
        progress=progress,
        cancelled=cancelled,
    )
    return {}, [picture]


if __name__ == "__main__":
    main()
