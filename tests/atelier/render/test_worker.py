"""The renderer's process: it answers, it stops when told, and when it dies the app goes on."""

import io
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline import child
from pipeline.atelier.camera import Orthographic, master_camera
from pipeline.atelier.render import engine, protocol
from pipeline.atelier.render.client import Renderer
from pipeline.atelier.render.engine import capability
from pipeline.atelier.render.film import DRAFT, FINE
from pipeline.errors import Cancelled, RendererFailed, StorageError
from tests.atelier.sample_piece import ring

needs_llvm = pytest.mark.skipif(capability().engine != "llvm", reason="needs libLLVM 17 or newer")


def test_a_piece_and_a_camera_cross_the_wire_whole() -> None:
    """Arrays bit by bit, names, finishes and both kinds of camera."""
    stream = io.BytesIO()
    piece = ring("platinum", "opal", "satin")
    packed, arrays = protocol.pack_piece(piece)
    camera = Orthographic((0, 1, 2), (0, 1, 0), (0, 0, 1), 30.0)
    child.send(stream, {"piece": packed, "camera": protocol.pack_camera(camera)}, arrays)
    stream.seek(0)
    header, received = child.receive(stream)
    again = protocol.unpack_piece(header["piece"], received)
    assert [(p.name, p.material, p.smooth, p.finish) for p in again.parts] == [
        (p.name, p.material, p.smooth, p.finish) for p in piece.parts
    ]
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(again.parts, piece.parts, strict=True))
    assert all(np.array_equal(a.faces, b.faces) for a, b in zip(again.parts, piece.parts, strict=True))
    assert protocol.unpack_camera(header["camera"]) == camera
    perspective = master_camera(piece)
    assert protocol.unpack_camera(protocol.pack_camera(perspective)) == perspective


@pytest.mark.parametrize("content", [b"", b"\x01", b"\xff" * 64])
def test_nonsense_on_the_wire_is_an_error_and_not_a_hang(content: bytes) -> None:
    """Short or absurd messages raise; nothing is unpickled, nothing huge is allocated."""
    with pytest.raises((EOFError, ValueError)):
        child.receive(io.BytesIO(content))


def test_objects_are_not_accepted_as_arrays() -> None:
    """A dtype that could carry code is refused."""
    stream = io.BytesIO()
    text = b'{"arrays": [["object", [1]]]}'
    stream.write(child._LENGTH.pack(len(text)) + text + b"\0" * 8)
    stream.seek(0)
    with pytest.raises(ValueError, match="object"):
        child.receive(stream)


@needs_llvm
def test_a_killed_renderer_is_one_sentence_and_the_next_call_works(renderer: Renderer) -> None:
    """SIGKILL in the middle of a job raises RendererFailed; then a fresh process renders."""
    piece = ring()

    def kill(_: float) -> None:
        assert renderer.pid is not None
        os.kill(renderer.pid, signal.SIGKILL)

    with pytest.raises(RendererFailed, match="smaller size"):
        renderer.render(piece, master_camera(piece), size=512, quality=FINE, progress=kill)
    assert renderer.render(piece, master_camera(piece), size=64, quality=DRAFT).shape == (64, 64, 3)


@needs_llvm
def test_an_abort_reports_its_last_words(renderer: Renderer) -> None:
    """A library that aborts the process, as an old LLVM does, is reported and survived."""
    piece = ring()

    def abort(_: float) -> None:
        assert renderer.pid is not None
        os.kill(renderer.pid, signal.SIGABRT)

    with pytest.raises(RendererFailed, match="stopped unexpectedly"):
        renderer.render(piece, master_camera(piece), size=512, quality=FINE, progress=abort)
    assert renderer.render(piece, master_camera(piece), size=64, quality=DRAFT).shape == (64, 64, 3)


@needs_llvm
def test_a_hung_renderer_is_ended_and_the_queue_goes_on(tmp_path: Path) -> None:
    """One that is stopped in the middle of a job fails that job by itself; who waits behind it is served."""
    piece = ring()
    pictures: list[np.ndarray] = []
    with Renderer(tmp_path) as hung, Renderer(tmp_path) as behind:
        hung.render(piece, master_camera(piece), size=64, quality=DRAFT)
        # Its kernels are compiled: from here on it speaks several times a second.
        hung.patience_s = 3.0
        waiting = threading.Thread(
            target=lambda: pictures.append(behind.render(piece, master_camera(piece), size=64, quality=DRAFT))
        )

        def stop(_: float) -> None:
            if not waiting.is_alive():
                waiting.start()
                assert hung.pid is not None
                os.kill(hung.pid, signal.SIGSTOP)

        with pytest.raises(RendererFailed, match="no sign of life"):
            hung.render(piece, master_camera(piece), size=1024, quality=FINE, progress=stop)
        waiting.join(120)
    assert pictures[0].shape == (64, 64, 3)


@needs_llvm
def test_cancelling_ends_within_seconds_and_keeps_the_process(renderer: Renderer) -> None:
    """A cancelled job raises Cancelled soon; the warm process or a fresh one serves the next."""
    piece = ring()
    renderer.render(piece, master_camera(piece), size=64, quality=DRAFT)
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        renderer.render(
            piece,
            master_camera(piece),
            size=2048,
            quality=FINE,
            cancelled=lambda: time.monotonic() > begun + 0.3,
        )
    assert time.monotonic() - begun < 15
    assert renderer.render(piece, master_camera(piece), size=64, quality=DRAFT).shape == (64, 64, 3)


@needs_llvm
def test_outgrowing_the_memory_ceiling_is_said(tmp_path: Path) -> None:
    """A renderer allowed 50 MB ends itself, and the caller learns why."""
    piece = ring()
    with (
        Renderer(tmp_path, memory_ceiling_mb=50) as small,
        pytest.raises(RendererFailed, match="more memory"),
    ):
        small.render(piece, master_camera(piece), size=64, quality=DRAFT)


@needs_llvm
def test_an_idle_renderer_goes_home(tmp_path: Path) -> None:
    """After its idle time the process has ended by itself, and the next call starts another."""
    piece = ring()
    with Renderer(tmp_path, idle_s=0.5) as short:
        short.render(piece, master_camera(piece), size=64, quality=DRAFT)
        assert short.pid is not None
        first = short.pid
        assert short._child._processes[0].wait(timeout=30) == 0
        short.render(piece, master_camera(piece), size=64, quality=DRAFT)
        assert short.pid != first


@needs_llvm
def test_renders_wait_for_each_other_and_say_so(tmp_path: Path) -> None:
    """Two renderers on one folder take turns; the second hears how many are ahead; both get their picture."""
    piece = ring()
    heard: list[str] = []
    pictures: list[np.ndarray] = []
    with Renderer(tmp_path) as first, Renderer(tmp_path) as second:
        working = threading.Event()
        job = threading.Thread(
            target=lambda: pictures.append(
                first.render(
                    piece, master_camera(piece), size=256, quality=DRAFT, progress=lambda _: working.set()
                )
            )
        )
        job.start()
        assert working.wait(60)
        pictures.append(
            second.render(piece, master_camera(piece), size=256, quality=DRAFT, notice=heard.append)
        )
        job.join()
    assert heard[0] == "Waiting for the renderer: 1 ahead."
    assert np.array_equal(pictures[0], pictures[1])
    assert not list((tmp_path / "queue").iterdir())


@needs_llvm
def test_waiting_can_be_cancelled(tmp_path: Path) -> None:
    """Who waits in the queue can leave it."""
    (tmp_path / "queue").mkdir()
    import fcntl

    with (tmp_path / "render.lock").open("wb") as held, Renderer(tmp_path) as second:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Cancelled):
            second.render(ring(), master_camera(ring()), size=64, quality=DRAFT, cancelled=lambda: True)


def test_tickets_of_the_dead_do_not_block(tmp_path: Path) -> None:
    """A ticket nobody holds is swept away."""
    from pipeline.atelier.render.client import _place_in_queue

    (tmp_path / "queue").mkdir()
    stale = tmp_path / "queue" / "00000000000000000001-1-1"
    stale.touch()
    with _place_in_queue(tmp_path, None, None):
        assert not stale.exists()


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    """A file where the folder should be gives one sentence."""
    (tmp_path / "taken").touch()
    with pytest.raises(StorageError, match="cannot be written"), Renderer(tmp_path / "taken") as renderer:
        renderer.render(ring(), master_camera(ring()), size=64)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["libLLVM-14.so.1", "libLLVM-15.so", "libLLVM.so.19.1"], "libLLVM.so.19.1"),
        (["libLLVM-17.so.1", "libLLVM-16.so.1"], "libLLVM-17.so.1"),
        (["libLLVM-14.so.1", "libLLVM.so"], None),
        ([], None),
    ],
)
def test_llvm_is_chosen_by_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], expected: str | None
) -> None:
    """Versions that abort the process are never chosen, whatever else is installed."""
    for name in names:
        (tmp_path / name).touch()
    monkeypatch.setattr(engine, "LIBRARY_GLOBS", (f"{tmp_path}/libLLVM*.so*",))
    monkeypatch.setattr(engine.ctypes.util, "find_library", lambda _: None)
    assert engine.find_llvm() == (str(tmp_path / expected) if expected else None)
