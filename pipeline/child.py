"""Work in a process of its own: `Child` asks, `serve` answers, messages of JSON and raw arrays between them.

What can take much memory, hang or die does so there; the app that asked goes on and hears of it in a sentence.
Never pickle: a message is a length, a JSON header and the arrays' bytes.
"""

import json
import logging
import os
import queue
import select
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pipeline import errors
from pipeline.errors import LoupeError
from pipeline.log import event
from pipeline.memory import hand_back

Array = np.ndarray[Any, np.dtype[Any]]
Header = dict[str, Any]
Message = tuple[Header, list[Array]]
Progress = Callable[[float], None]
Cancelled = Callable[[], bool]
Work = Callable[[Header, list[Array], Progress, Cancelled], Message]

OUTGREW_MEMORY = 77
"""Exit status of a child that passed its memory ceiling."""
POLL_S = 0.05
PROGRESS_EVERY_S = 0.2
CANCEL_GRACE_S = 2.0
"""A child looks at its orders between two steps; one that does not answer by then is ended."""
_LENGTH = struct.Struct("<Q")
_MAX_BYTES = 4 << 30
"""Nothing we send comes near; a larger length means the stream is out of step."""
_DTYPES = {"uint8", "uint16", "int32", "float32", "float64", "bool"}


def send(stream: BinaryIO, header: Header, arrays: Sequence[Array] = ()) -> None:
    """Write one message and flush it."""
    packed = [np.asarray(array, order="C") for array in arrays]
    described = {**header, "arrays": [[array.dtype.name, list(array.shape)] for array in packed]}
    text = json.dumps(described).encode()
    buffers = (array.reshape(-1).view(np.uint8).data for array in packed if array.size)
    for view in (memoryview(_LENGTH.pack(len(text))), memoryview(text), *buffers):
        while len(view):
            view = view[stream.write(view) :]
    stream.flush()


def receive(stream: BinaryIO) -> Message:
    """Read one message. Raises EOFError when the other side is gone, ValueError when it talks nonsense."""
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    if length > _MAX_BYTES:
        raise ValueError("The messages are out of step.")
    header: Header = json.loads(_read(stream, length))
    arrays: list[Array] = []
    for dtype, shape in header.pop("arrays"):
        if dtype not in _DTYPES:
            raise ValueError(f"An array of {dtype} was not expected.")
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        if not 0 <= size <= _MAX_BYTES:
            raise ValueError("The messages are out of step.")
        arrays.append(np.frombuffer(_read(stream, size), dtype=dtype).reshape(shape))
    return header, arrays


class Child:
    """A process on the side, started at the first question and ended when idle. Thread-safe, one question at a time.

    `module` is run with `python -m` and calls `serve`; `subject` begins the sentences people read ("The enlarger");
    `log` keeps its last words; `arguments` come after the two that `serve` reads. `outgrown` is the remedy when memory
    runs out. `failed` is raised where it dies on a question, `unavailable` where it cannot start.
    """

    def __init__(
        self,
        module: str,
        subject: str,
        log: Path,
        *arguments: str,
        memory_ceiling_mb: float,
        idle_s: float,
        failed: type[LoupeError] = LoupeError,
        unavailable: type[LoupeError] = LoupeError,
        outgrown: str = "try a smaller picture",
    ) -> None:
        self._command = [sys.executable, "-m", module, str(memory_ceiling_mb), str(idle_s), *arguments]
        self._outgrown = outgrown
        self._subject, self._process = subject, module.rpartition("pipeline.")[2]
        self._log = log
        self._failed, self._unavailable = failed, unavailable
        self._processes: list[subprocess.Popen[bytes]] = []
        """The one that runs, if any."""
        self._turn = threading.Lock()
        weakref.finalize(self, _end, self._processes)

    def ask(
        self,
        header: Header,
        arrays: Sequence[Array] = (),
        *,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        patience_s: float = float("inf"),
    ) -> Message:
        """Have one question answered. `patience_s` bounds the silence between two signs of life.

        Raises what the child raised, Cancelled, or `failed` when it died, hung or outgrew its memory.
        """
        while not self._turn.acquire(timeout=POLL_S):
            if cancelled is not None and cancelled():
                raise errors.Cancelled("The work was stopped.")
        try:
            process = self._running()
            try:
                send(process.stdin, header, arrays)  # type: ignore[arg-type]
                return self._await(process, progress, cancelled, patience_s)
            except (EOFError, OSError, ValueError) as error:
                raise self._explain_death() from error
            except BaseException as error:
                # One left in the middle of a question would answer the next one with this one's result.
                if not isinstance(error, LoupeError):
                    _end(self._processes)
                raise
        finally:
            self._turn.release()

    @property
    def pid(self) -> int | None:
        """The process's number, None before the first question and after the end."""
        return next((process.pid for process in self._processes if process.poll() is None), None)

    def close(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            _end(self._processes)

    def _await(
        self,
        process: "subprocess.Popen[bytes]",
        progress: Progress | None,
        cancelled: Cancelled | None,
        patience_s: float,
    ) -> Message:
        stopping = False
        deadline = time.monotonic() + patience_s
        while True:
            if not stopping and cancelled is not None and cancelled():
                send(process.stdin, {"op": "cancel"})  # type: ignore[arg-type]
                stopping, deadline = True, time.monotonic() + CANCEL_GRACE_S
            if time.monotonic() > deadline:
                _end(self._processes)
                if stopping:
                    raise errors.Cancelled("The work was stopped.")
                event("process.hung", logging.WARNING, process=self._process, seconds=patience_s)
                raise self._failed(
                    f"{self._subject} gave no sign of life for {patience_s:.0f} s and was ended; please try again."
                )
            ready, _, _ = select.select([process.stdout.fileno()], [], [], POLL_S)  # type: ignore[union-attr]
            if not ready:
                continue
            header, arrays = receive(process.stdout)  # type: ignore[arg-type]
            match header["event"]:
                case "progress":
                    deadline = deadline if stopping else time.monotonic() + patience_s
                    if progress is not None:
                        progress(header["fraction"])
                case "done":
                    return header, arrays
                case "error":
                    kind = getattr(errors, header["kind"], self._failed)
                    raise kind(header["message"])

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._processes and self._processes[0].poll() is None:
            return self._processes[0]
        _end(self._processes)
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with self._log.open("wb") as log:
                process = subprocess.Popen(  # noqa: S603 - our own module
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    bufsize=0,
                    cwd=Path(__file__).parents[1],
                )
        except OSError as error:
            raise self._unavailable(
                f"{self._subject} could not be started ({error.strerror}); free some memory or disk and try again."
            ) from error
        self._processes.append(process)
        return process

    def _explain_death(self) -> LoupeError:
        status = None
        if self._processes:
            with suppress(subprocess.TimeoutExpired):
                status = self._processes[0].wait(timeout=2)
        _end(self._processes)
        event("process.died", logging.WARNING, process=self._process, status=status)
        if status in {OUTGREW_MEMORY, -9}:
            return self._failed(f"{self._subject} needed more memory than it may take; {self._outgrown}.")
        last_words = ""
        with suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            last_words = f" Its last words: {lines[-1][:200]}" if lines else ""
        return self._failed(
            f"{self._subject} stopped unexpectedly (status {status}); please try again.{last_words}"
        )


def _end(processes: "list[subprocess.Popen[bytes]]") -> None:
    while processes:
        process = processes.pop()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def serve(work: Work, *, subject: str) -> None:
    """Answer questions until idle, until the parent is gone, or until memory is outgrown. Called by the child's module.

    `work` gets a header, its arrays, and means to report and to notice Cancel; a LoupeError reaches the asker as
    itself, anything else as its sentence.
    """
    ceiling_mb, idle_s = float(sys.argv[1]), float(sys.argv[2])
    # Libraries may print: they get standard error, the protocol keeps the real standard output to itself.
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    _yield_to_others()
    threading.Thread(target=_watch_memory, args=(ceiling_mb,), daemon=True).start()
    questions: queue.Queue[Message] = queue.Queue()
    stop = threading.Event()
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    threading.Thread(target=_listen, args=(source, questions, stop), daemon=True).start()
    while True:
        try:
            header, arrays = questions.get(timeout=idle_s)
        except queue.Empty:
            os._exit(0)
        stop.clear()
        _answer(work, output, header, arrays, stop, subject, ceiling_mb)
        del header, arrays
        hand_back()


def _answer(
    work: Work,
    output: BinaryIO,
    header: Header,
    arrays: list[Array],
    stop: threading.Event,
    subject: str,
    ceiling_mb: float,
) -> None:
    last = 0.0

    def progress(fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last > PROGRESS_EVERY_S:
            last = time.monotonic()
            send(output, {"event": "progress", "fraction": fraction})

    try:
        answer, pictures = work(header, arrays, progress, stop.is_set)
        _end_if_outgrown(ceiling_mb)  # a short question is answered before the watch looks once
    except LoupeError as error:
        send(output, {"event": "error", "kind": type(error).__name__, "message": str(error)})
    except MemoryError:
        os._exit(OUTGREW_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever it was, the app must hear of it in words
        message = f"{subject} could not finish this ({type(error).__name__}: {error})."
        send(output, {"event": "error", "kind": "", "message": message})
    else:
        send(output, {**answer, "event": "done"}, pictures)


def _listen(source: BinaryIO, questions: "queue.Queue[Message]", stop: threading.Event) -> None:
    """Take questions; when the parent's end closes, there is nobody left to work for."""
    try:
        while True:
            header, arrays = receive(source)
            if header["op"] == "cancel":
                stop.set()
            else:
                questions.put((header, arrays))
    except (EOFError, OSError, ValueError):
        os._exit(0)


def _watch_memory(ceiling_mb: float) -> None:
    while True:
        _end_if_outgrown(ceiling_mb)
        time.sleep(0.1)


def _end_if_outgrown(ceiling_mb: float) -> None:
    """End the process before it takes the machine down. Where /proc is missing the system's own limits must do."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return
    if int(statistics.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") > ceiling_mb * 2**20:
        os._exit(OUTGREW_MEMORY)


def _yield_to_others() -> None:
    """Let the web server go first, and let the kernel take this process first when memory is short."""
    os.nice(5)
    adjust = Path("/proc/self/oom_score_adj")
    if adjust.exists():
        with suppress(OSError):
            adjust.write_text("600")


def _read(stream: BinaryIO, size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while len(view):
        got = stream.readinto(view)  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        view = view[got:]
    return buffer
