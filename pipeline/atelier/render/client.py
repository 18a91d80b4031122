"""The renderer as the app calls it: one process on the side, one render at a time on the machine."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from pipeline import errors
from pipeline.atelier.camera import Camera, Orthographic
from pipeline.atelier.piece import Piece
from pipeline.atelier.render import protocol
from pipeline.atelier.render.engine import Capability, capability
from pipeline.atelier.render.film import STANDARD, GBuffer, Progress, Quality, Window
from pipeline.child import POLL_S, Child

__all__ = ["Capability", "Renderer", "capability"]

# Measured peak of the largest render is below 1.1 GB; the rest is room for a slow page fault.
MEMORY_CEILING_MB = 1600.0
IDLE_S = 240.0
# Silence after which a renderer counts as hung and is ended, so that the queue goes on. The longest seen on a busy
# machine, while a piece's kernels are compiled, is below 40 s.
PATIENCE_S = 240.0

Notice = Callable[[str], None]
Cancelled = Callable[[], bool]


class Renderer:
    """Renders in its own process, started at the first call. Thread-safe; close it, or leave it to the exit.

    `folder` holds the machine's queue for renders and the process's last words. `scalar` takes the slow engine even
    where the fast one could run.
    """

    def __init__(
        self,
        folder: Path,
        *,
        memory_ceiling_mb: float = MEMORY_CEILING_MB,
        idle_s: float = IDLE_S,
        patience_s: float = PATIENCE_S,
        scalar: bool = False,
    ) -> None:
        self.folder = folder
        self.patience_s = patience_s
        self._child = Child(
            "pipeline.atelier.render.worker",
            "The renderer",
            folder / "renderer.log",
            *(["scalar"] if scalar else []),
            memory_ceiling_mb=memory_ceiling_mb,
            idle_s=idle_s,
            failed=errors.RendererFailed,
            unavailable=errors.RendererUnavailable,
            outgrown="try a smaller size or a simpler piece",
        )

    def render(
        self,
        piece: Piece,
        camera: Camera,
        *,
        size: int,
        window: Window | None = None,
        scale: int = 1,
        quality: Quality = STANDARD,
        seed: int = 0,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        notice: Notice | None = None,
    ) -> np.ndarray:
        """As `film.render`, in the other process.

        `notice` hears the place in the queue while there is one to wait for, and an empty text when the turn has come.

        Raises Cancelled, BadInput, BadRegion, RendererFailed when the process dies on this job, and
        RendererUnavailable when it cannot be started.
        """
        order = {
            "op": "render",
            "size": size,
            "window": window,
            "scale": scale,
            "quality": protocol.pack_quality(quality),
            "seed": seed,
        }
        _, arrays = self._order(order, piece, camera, progress, cancelled, notice)
        return arrays[0]

    def gbuffer(
        self,
        piece: Piece,
        camera: Camera | Orthographic,
        *,
        width: int,
        height: int,
        supersample: int = 1,
        window: tuple[int, int, int, int] | None = None,
        cancelled: Cancelled | None = None,
        notice: Notice | None = None,
    ) -> GBuffer:
        """As `render.gbuffer`, in the other process."""
        order = {
            "op": "gbuffer",
            "width": width,
            "height": height,
            "supersample": supersample,
            "window": list(window) if window else None,
        }
        header, (depth, normal, part) = self._order(order, piece, camera, None, cancelled, notice)
        return GBuffer(depth, normal, part, tuple(header["names"]))

    @property
    def pid(self) -> int | None:
        """The process's number while there is one."""
        return self._child.pid

    def close(self) -> None:
        """End the process, if there is one."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _order(
        self,
        order: dict[str, Any],
        piece: Piece,
        camera: Camera | Orthographic,
        progress: Progress | None,
        cancelled: Cancelled | None,
        notice: Notice | None,
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        packed, arrays = protocol.pack_piece(piece)
        header = {**order, "piece": packed, "camera": protocol.pack_camera(camera)}
        with _place_in_queue(self.folder, cancelled, notice):
            answer = self._child.ask(
                header, arrays, progress=progress, cancelled=cancelled, patience_s=self.patience_s
            )
        if progress is not None:
            progress(1.0)
        return answer


@contextmanager
def _place_in_queue(folder: Path, cancelled: Cancelled | None, notice: Notice | None) -> Iterator[None]:
    """Wait for the machine's one place to render, in order of arrival across threads and processes.

    Each waiting call keeps a locked ticket file; a ticket nobody holds locked belongs to a process that died.
    """
    line = folder / "queue"
    try:
        line.mkdir(parents=True, exist_ok=True)
        name = line / f"{time.time_ns():020d}-{os.getpid()}-{threading.get_ident()}"
        ticket = name.open("wb")
    except OSError as error:
        raise errors.StorageError(
            f"The renderer's folder {folder} cannot be written ({error.strerror}); make it writable."
        ) from error
    heard = -1
    with ticket, (folder / "render.lock").open("wb") as place:
        try:
            fcntl.flock(ticket, fcntl.LOCK_EX)
            while True:
                ahead = sum(
                    1 for other in sorted(line.iterdir()) if other.name < name.name and _is_held(other)
                )
                if not ahead:
                    try:
                        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    except BlockingIOError:
                        ahead = 1
                if notice is not None and ahead != heard:
                    heard = ahead
                    notice(f"Waiting for the renderer: {ahead} ahead.")
                if cancelled is not None and cancelled():
                    raise errors.Cancelled("The rendering was stopped.")
                time.sleep(POLL_S)
            if notice is not None and heard > 0:
                notice("")
            yield
        finally:
            name.unlink(missing_ok=True)


def _is_held(ticket: Path) -> bool:
    try:
        with ticket.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    ticket.unlink(missing_ok=True)
    return False
