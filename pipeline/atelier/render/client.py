"""The renderer as the app calls it: one process on the side, one render at a time on the machine."""

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
from pipeline.atelier.render.worker import OUTGREW_MEMORY

__all__ = ["Capability", "Renderer", "capability"]

# Measured peak of the largest render is below 1.1 GB; the rest is room for a slow page fault.
MEMORY_CEILING_MB = 1600.0
IDLE_S = 240.0
POLL_S = 0.05
# A worker looks at its orders between two batches of samples; one that does not answer by then is ended.
CANCEL_GRACE_S = 2.0

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
        scalar: bool = False,
    ) -> None:
        self.folder = folder
        self.memory_ceiling_mb = memory_ceiling_mb
        self.idle_s = idle_s
        self.scalar = scalar
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

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
        """As `render.render`, in the other process. `notice` hears the place in the queue.

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

    def close(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            self._end()

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
        with _place_in_queue(self.folder, cancelled, notice), self._turn:
            process = self._running()
            try:
                assert process.stdin is not None  # noqa: S101 - it was opened with a pipe
                protocol.send(process.stdin, header, arrays)  # type: ignore[arg-type]
                return self._await(process, progress, cancelled)
            except (EOFError, OSError, ValueError) as error:
                raise self._explain_death() from error
            except BaseException:
                # A worker left in the middle of a job would answer the next one with this one's picture.
                if not isinstance(sys.exception(), errors.LoupeError):
                    self._end()
                raise

    def _await(
        self, process: "subprocess.Popen[bytes]", progress: Progress | None, cancelled: Cancelled | None
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        assert process.stdout is not None  # noqa: S101 - the same
        assert process.stdin is not None  # noqa: S101 - the same
        patience = float("inf")
        while True:
            if cancelled is not None and patience == float("inf") and cancelled():
                protocol.send(process.stdin, {"op": "cancel"})  # type: ignore[arg-type]
                patience = time.monotonic() + CANCEL_GRACE_S
            if time.monotonic() > patience:
                self._end()
                raise errors.Cancelled("The rendering was stopped.")
            ready, _, _ = select.select([process.stdout], [], [], POLL_S)
            if not ready:
                continue
            header, arrays = protocol.receive(process.stdout)  # type: ignore[arg-type]
            match header["event"]:
                case "progress":
                    if progress is not None:
                        progress(header["fraction"])
                case "done":
                    if progress is not None:
                        progress(1.0)
                    return header, arrays
                case "error":
                    raise getattr(errors, header["kind"])(header["message"])

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        command = [
            sys.executable,
            "-m",
            "pipeline.atelier.render.worker",
            str(self.memory_ceiling_mb),
            str(self.idle_s),
            *(["scalar"] if self.scalar else []),
        ]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    bufsize=0,
                    cwd=Path(__file__).parents[3],
                )
        except OSError as error:
            raise errors.RendererUnavailable(
                f"The renderer could not be started ({error.strerror}); free some memory or disk and try again."
            ) from error
        return self._process

    @property
    def _log(self) -> Path:
        return self.folder / "renderer.log"

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _explain_death(self) -> errors.LoupeError:
        process = self._process
        status = None
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(timeout=2)
        self._end()
        if status in {OUTGREW_MEMORY, -9}:
            return errors.RendererFailed(
                "The renderer needed more memory than it may take; try a smaller size or a simpler piece."
            )
        last_words = ""
        with suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            last_words = f" Its last words: {lines[-1][:200]}" if lines else ""
        return errors.RendererFailed(
            f"The renderer stopped unexpectedly (status {status}); please try again.{last_words}"
        )


@contextmanager
def _place_in_queue(folder: Path, cancelled: Cancelled | None, notice: Notice | None) -> Iterator[None]:
    """Wait for the machine's one place to render, in order of arrival across threads and processes.

    Each waiting call keeps a locked ticket file; a ticket nobody holds locked belongs to a process that died.
    """
    import fcntl

    line = folder / "queue"
    try:
        line.mkdir(parents=True, exist_ok=True)
        name = line / f"{time.time_ns():020d}-{os.getpid()}-{threading.get_ident()}"
        ticket = name.open("wb")
    except OSError as error:
        raise errors.StorageError(
            f"The renderer's folder {folder} cannot be written ({error.strerror}); make it writable."
        ) from error
    told = -1
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
                if notice is not None and ahead != told:
                    told = ahead
                    notice(f"Waiting for the renderer: {ahead} ahead.")
                if cancelled is not None and cancelled():
                    raise errors.Cancelled("The rendering was stopped.")
                time.sleep(POLL_S)
            yield
        finally:
            name.unlink(missing_ok=True)


def _is_held(ticket: Path) -> bool:
    import fcntl

    try:
        with ticket.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    ticket.unlink(missing_ok=True)
    return False
