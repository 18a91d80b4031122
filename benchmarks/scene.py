"""A busy hour on the smallest machine: ten visitors, a master being rendered, two uploads of 50 megapixels at once.

One server of our own and everything it runs have 2.7 GB, as on Streamlit Community Cloud. Every round an editor has
drafts and a master rendered, two others bring photographs of 50 megapixels with an alpha channel, and ten visitors
turn pages all the while. The memory of the server and its processes together is looked at five times a second, before
the first round, and between two rounds, when everybody has left. At the end nobody comes for a while, and it is looked
at once more. The run fails where the bound is passed, a process is killed, a page is lost, or the server keeps a tenth
more after its last rounds, or after the quiet, than after its first; one round's rest varies, so three are taken.

    python -m benchmarks.scene [minutes, 30 unless told] [quiet minutes afterwards, 5 unless told]
"""

import http.client
import io
import random
import re
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.server import Server, running, with_samples
from benchmarks.visitor import Screen, Visitor
from pipeline.store import Store

MINUTES, QUIET_MINUTES, VISITORS, UPLOADS = 30.0, 5.0, 10, 2
BOUND_MB, KEPT, TAKEN = 2700.0, 1.10, 3
PHOTO_PX = (8192, 6144)
_LOOKS_S, _EVERY_S, _WAIT_S, _PAGE_S, _AFTER_S = 2.0, 0.2, 600.0, 120.0, 20.0


def main() -> None:
    numbers = [float(word) for word in sys.argv[1:] if word.replace(".", "").isdigit()]
    minutes, quiet = (*numbers, *(MINUTES, QUIET_MINUTES)[len(numbers) :])[:2]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store = with_samples(folder)
        photos = [photograph(seed) for seed in range(UPLOADS)]
        print(f"photographs of {PHOTO_PX[0]} x {PHOTO_PX[1]}, {len(photos[0]) / 1e6:.0f} MB each", flush=True)
        with running(folder) as server:
            _looked_at(server)
            print(f"before the first round: {_sizes(server.family_mb())}", flush=True)
            kept = _rounds(server, store, photos, until=time.monotonic() + minutes * 60)
            time.sleep(quiet * 60)
            first, last, afterwards = (
                statistics.median(kept[:TAKEN]), statistics.median(kept[-TAKEN:]), server.resident_mb(),
            )  # fmt: skip
            print(
                f"{quiet:g} quiet minutes later: {_sizes(server.family_mb())}; of the {first:.0f} MB it kept after "
                f"the first rounds the server kept {last / first:.2f} after the last, "
                f"and keeps {afterwards / first:.2f} now",
                flush=True,
            )
            if max(last, afterwards) > KEPT * first:
                raise AssertionError("the server keeps more and more")


def _looked_at(server: Server) -> None:
    """Open every page once, so that what the app loads only once is loaded."""
    with Visitor(server.port, _PAGE_S) as visitor:
        for page in visitor.pages:
            visitor.open(page)


def _sizes(sizes: dict[str, float]) -> str:
    listed = ", ".join(f"{name.rpartition('.')[2]} {size:.0f}" for name, size in sizes.items())
    return f"{sum(sizes.values()):.0f} MB ({listed})"


def _rounds(server: Server, store: Store, photos: list[bytes], until: float) -> list[float]:
    """Rounds as long as there is time, two at least; what the server kept after each, MB."""
    started, highest, waited_s = time.monotonic(), 0.0, 0.0
    kept: list[float] = []
    while time.monotonic() < until or len(kept) < 2:
        parts, slowest = _round(server, store, photos)
        peak = sum(parts.values())
        time.sleep(_AFTER_S)
        kept.append(server.resident_mb())
        print(
            f"round {len(kept)}: {_sizes(parts)} at the most of {BOUND_MB:.0f}, slowest page {slowest:.1f} s; "
            f"afterwards the server keeps {kept[-1]:.0f} MB",
            flush=True,
        )
        highest, waited_s = max(highest, peak), max(waited_s, slowest)
        died = [
            line for line in server.log.read_text(errors="replace").splitlines() if "process.died" in line
        ]
        if peak > BOUND_MB or died or not server.alive:
            raise AssertionError(f"{peak:.0f} MB, {died[:2]}")
    print(
        f"{len(kept)} rounds in {(time.monotonic() - started) / 60:.0f} minutes: {highest:.0f} MB at the most of "
        f"{BOUND_MB:.0f}, nobody killed, slowest page {waited_s:.1f} s",
        flush=True,
    )
    return kept


def _round(server: Server, store: Store, photos: list[bytes]) -> tuple[dict[str, float], float]:
    """One round; what each process held when all together held most, MB, and the slowest page, seconds."""
    failures: list[BaseException] = []
    over = threading.Event()
    slowest = [0.0]

    def person(work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - told by the round
                failures.append(error)

        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    ids = [row.id for row in store.summaries() if row.has_model]
    for n in range(VISITORS):
        person(lambda n=n: _flips(server.port, ids, n, over, slowest))  # type: ignore[misc]
    working = [person(lambda: _renders(server, store))]
    working += [person(lambda data=data: _uploads(server, data)) for data in photos]  # type: ignore[misc]
    parts: dict[str, float] = {}
    while any(thread.is_alive() for thread in working):
        sizes = server.family_mb()
        parts = max(parts, sizes, key=lambda held: sum(held.values()))
        time.sleep(_EVERY_S)
    over.set()
    if failures:
        raise failures[0]
    return parts, slowest[0]


def _flips(port: int, ids: list[str], seed: int, over: threading.Event, slowest: list[float]) -> None:
    """A visitor turns pages until the round is over, and leaves."""
    draw = random.Random(seed)
    with Visitor(port, _PAGE_S) as visitor:
        while not over.wait(_LOOKS_S):
            page = draw.choice(visitor.pages)
            screen = visitor.open(page, **({"design": draw.choice(ids)} if page else {}))
            visitor.fetch_media(screen)
            if not screen.finished or any("could not be shown" in text for text in screen.texts()):
                raise AssertionError(f"a visitor lost the page {page!r}")
            slowest[0] = max(slowest[0], screen.seconds)


def _renders(server: Server, store: Store) -> None:
    """An editor has drafts made and the first of them rendered as a master of full size."""
    width = random.uniform(1.8, 3.2)  # another piece each time, so that no answer is known
    with Visitor(server.port, _PAGE_S) as editor:
        screen = editor.open("generate", new="1")
        words = WidgetState(
            id=_control(screen, "Prompt").id, string_value=f"a gold band ring, {width:.3f} mm wide"
        )
        _ordered(server, editor, [words, _press(screen, "Generate four candidates")], "candidates")
        newest = store.summaries()
        design_id = next(row.id for row in newest if not row.has_master and "mm wide" in row.prompt)
        screen = editor.open("generate", design=design_id)
        _ordered(server, editor, [_press(screen, "Make this the master")], "master")


def _ordered(server: Server, editor: Visitor, states: list[WidgetState], verb: str) -> None:
    before = _ends(server, verb)
    editor.use(states)
    _await(lambda: _ends(server, verb) > before, verb)


def _uploads(server: Server, data: bytes) -> None:
    """An editor brings a photograph and makes it a master."""
    with Visitor(server.port, _PAGE_S) as editor:
        editor.open("generate", new="1")
        state = WidgetState(id=_control(editor.open("generate", new="1"), "A photograph of the piece").id)
        state.file_uploader_state_value.uploaded_file_info.append(put(server.port, editor.session_id, data))
        screen = editor.use([state])
        screen = editor.use([state, _press(screen, "Use as master")], patience_s=_WAIT_S)
        if not any("The photograph is the master now" in text for text in screen.texts()):
            raise AssertionError(f"the photograph was not taken: {screen.texts()[:40]}")


def put(port: int, session_id: str, data: bytes) -> UploadedFileInfo:
    """Upload a file as Streamlit's own widget does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/_stcore/health")
    reply = connection.getresponse()
    reply.read()
    cookie = (reply.getheader("Set-Cookie") or "").partition(";")[0]
    file_id, boundary = str(uuid.uuid4()), "loupe-scene"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="ring.png"\r\n\r\n'.encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2].strip('"'),
    }
    path = f"/_stcore/upload_file/{session_id}/{file_id}"
    connection.request("PUT", path, head + data + f"\r\n--{boundary}--\r\n".encode(), headers)
    status = connection.getresponse().status
    connection.close()
    if status != 204:
        raise AssertionError(f"the upload was answered with {status}")
    info = UploadedFileInfo(file_id=file_id, name="ring.png", size=len(data))
    info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = file_id, path, path
    return info


def photograph(seed: int) -> bytes:
    """A golden ring on a light ground with a little noise and an alpha channel, 50 megapixels, as PNG."""
    width, height = PHOTO_PX
    dice = np.random.default_rng(seed)
    pixels = np.full((height, width, 4), 244, np.uint8)
    y, x = np.ogrid[:height, :width]
    reach = np.hypot((x - width / 2) / 2200, (y - height / 2) / 2200)
    pixels[np.abs(reach - 1) < 0.14, :3] = (214 - seed, 172, 84)
    pixels[..., :3] -= dice.integers(0, 2, (height, width, 1), np.uint8)
    pixels[..., 3] = 255
    out = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(out, "PNG", compress_level=1)
    return out.getvalue()


def _ends(server: Server, verb: str) -> int:
    return len(re.findall(rf"job\.end verb={verb} ", server.log.read_text(errors="replace")))


def _await(done: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _WAIT_S
    while not done():
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not end")
        time.sleep(0.5)


def _control(screen: Screen, label: str):  # type: ignore[no-untyped-def]
    return next(part for _, part in screen.controls() if part.label.startswith(label))


def _press(screen: Screen, label: str) -> WidgetState:
    return WidgetState(id=_control(screen, label).id, trigger_value=True)


if __name__ == "__main__":
    sys.exit(main())
