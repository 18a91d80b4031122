"""The renderer's own process, seen from inside: `python -m pipeline.atelier.server CEILING_MB IDLE_S [scalar]`.

It reads jobs from its standard input and answers on its standard output. It ends when it has been idle for a while,
when its parent is gone, or when it outgrows its memory: whatever happens to it, the app that asked goes on.
"""

import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pipeline.atelier.camera import Camera
from pipeline.atelier.render import engine, protocol
from pipeline.errors import LoupeError

# Exit status that tells the client why.
OUTGREW_MEMORY = 77
PROGRESS_EVERY_S = 0.2


def main() -> None:
    """Serve until idle."""
    ceiling_mb, idle_s = float(sys.argv[1]), float(sys.argv[2])
    # Libraries may print: they get standard error, the protocol keeps the real standard output to itself.
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    _yield_to_others()
    threading.Thread(target=_watch_memory, args=(ceiling_mb,), daemon=True).start()
    jobs: queue.Queue[tuple[dict[str, Any], list[np.ndarray]]] = queue.Queue()
    stop = threading.Event()
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    threading.Thread(target=_listen, args=(source, jobs, stop), daemon=True).start()
    engine.start(scalar="scalar" in sys.argv[3:])
    while True:
        try:
            header, arrays = jobs.get(timeout=idle_s)
        except queue.Empty:
            os._exit(0)
        _serve(output, header, arrays, stop)
        del header, arrays


def _serve(output: BinaryIO, header: dict[str, Any], arrays: list[np.ndarray], stop: threading.Event) -> None:
    try:
        answer = _work(output, header, arrays, stop)
    except LoupeError as error:
        protocol.send(output, {"event": "error", "kind": type(error).__name__, "message": str(error)})
    except MemoryError:
        os._exit(OUTGREW_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever it was, the app must hear of it in words
        message = f"The renderer could not finish this picture ({type(error).__name__}: {error})."
        protocol.send(output, {"event": "error", "kind": "RendererFailed", "message": message})
    else:
        protocol.send(output, *answer)


def _work(
    output: BinaryIO, header: dict[str, Any], arrays: list[np.ndarray], stop: threading.Event
) -> tuple[dict[str, Any], list[np.ndarray]]:
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
        return {"event": "done", "names": list(buffer.names)}, [buffer.depth, buffer.normal, buffer.part]
    if not isinstance(camera, Camera):
        raise TypeError("A photograph needs a perspective camera.")
    stop.clear()
    last = 0.0

    def progress(fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last > PROGRESS_EVERY_S:
            last = time.monotonic()
            protocol.send(output, {"event": "progress", "fraction": fraction})

    picture = film.render(
        piece,
        camera,
        size=header["size"],
        window=tuple(header["window"]) if header["window"] else None,
        scale=header["scale"],
        quality=film.Quality(**header["quality"]),
        seed=header["seed"],
        progress=progress,
        cancelled=stop.is_set,
    )
    return {"event": "done"}, [picture]


def _listen(source: BinaryIO, jobs: "queue.Queue[Any]", stop: threading.Event) -> None:
    """Take orders; when the parent's end closes, there is nobody left to work for."""
    try:
        while True:
            header, arrays = protocol.receive(source)
            if header["op"] == "cancel":
                stop.set()
            else:
                jobs.put((header, arrays))
    except (EOFError, OSError, ValueError):
        os._exit(0)


def _watch_memory(ceiling_mb: float) -> None:
    """End the process before it takes the machine down. Where /proc is missing the system's own limits must do."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return
    page = os.sysconf("SC_PAGE_SIZE")
    while True:
        if int(statistics.read_text().split()[1]) * page > ceiling_mb * 2**20:
            os._exit(OUTGREW_MEMORY)
        time.sleep(0.2)


def _yield_to_others() -> None:
    """Let the web server go first, and let the kernel take this process first when memory is short."""
    os.nice(5)
    adjust = Path("/proc/self/oom_score_adj")
    if adjust.exists():
        adjust.write_text("600")


if __name__ == "__main__":
    main()
