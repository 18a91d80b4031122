"""One demo day's log, as an operator reads it: who worked, what it cost, what failed, who knocked, and nobody's words.

A shared server of our own, with stand-ins of the services. Visitors look around and press what they may not; somebody
guesses the access code; an editor signs in, brings a photograph, buys candidates and close-ups, is refused by a
service with a wrong key, draws, stops work under way; the renderer is killed; a stranger sends what is no message.
Then the log is printed, and looked through: every line has a time, a level, a name and fields, whatever began has an
end, and no key, code, prompt, name, file's name or address stands in it.

    python -m benchmarks day
"""

import io
import os
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from benchmarks.kills import services
from benchmarks.scene import put
from benchmarks.server import Server, descendants, running, with_samples
from benchmarks.visitor import Control, Screen, Visitor
from pipeline.demo.server import TOLD_KEY
from pipeline.store import Store
from tests.pages.conftest import ring

CODE = "open-sesame-XQCODEX"
WRONG_KEY = "sk-XQKEYX-of-the-house"
WORDS = "a gold band for XQLENAX of lena@house.example, size 54"
PRIVATE = ("XQ", "open-sesame", "lena", "house.example", "gold band", "ring.png", TOLD_KEY, WRONG_KEY)
ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<!\w)::1(?!\w)")
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:INFO|WARNING|ERROR) [a-z_.]+(?: [a-z_]+=(?:\"[^\"]*\"|\S+))*"
)
LONGEST_LINE = 2500
TOLD = (
    "start", "access.wrong", "access.admitted", "design.uploaded", "design.deleted", "job.start", "job.end",
    "provider.call", "process.died", "browser.refused", "streamlit.says",
)  # fmt: skip
_WAIT_S, _PAGE_S = 240.0, 120.0


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store = with_samples(folder)
        with services(folder / "services") as shops:
            settings = {
                "LOUPE_READ_ONLY": "true",
                "LOUPE_ACCESS_CODE": CODE,
                "LOUPE_FAL_API_KEY": TOLD_KEY,
                "LOUPE_FAL_BASE_URL": shops["fal"].url,
                "LOUPE_MESHY_API_KEY": WRONG_KEY,
                "LOUPE_MESHY_BASE_URL": shops["meshy"].url,
            }
            with running(folder, **settings) as server:
                _day(server, store)
                text = server.log.read_text("utf-8", errors="replace")
    print(text)
    faults = [*unfit(text), *unended(text)]
    for fault in faults:
        print(f"FAULT: {fault}")
    events = Counter(line.split()[2] for line in text.splitlines() if LINE.match(line))
    print(f"{len(text.splitlines())} lines: " + ", ".join(f"{n} {name}" for name, n in events.most_common()))
    missing = set(TOLD) - events.keys()
    if faults or missing:
        raise AssertionError(f"{len(faults)} faults; not told: {sorted(missing)}")


def unfit(text: str) -> list[str]:
    """What an operator could not read in a server's log, and what should not stand in it."""
    lines = text.splitlines()
    begins = next((n for n, line in enumerate(lines) if LINE.fullmatch(line)), 0)
    ours = lines[begins:]  # before it Streamlit says where it listens
    faults = [f"private: {word} in {line[:200]}" for word in PRIVATE for line in lines if word in line]
    faults += [f"an address: {line[:200]}" for line in ours if ADDRESS.search(line)]
    faults += [f"no line of ours: {line[:200]}" for line in ours if not LINE.fullmatch(line)]
    faults += [f"too long: {line[:200]}" for line in ours if len(line) > LONGEST_LINE]
    return faults


def unended(text: str) -> list[str]:
    """Jobs of which a log tells the beginning and not the end."""
    begun = Counter(re.findall(r"job\.start (verb=\S+ design=\S+)", text))
    ended = Counter(re.findall(r"job\.end (verb=\S+ design=\S+)", text))
    return [f"began and never ended: {job}" for job in begun - ended]


def _day(server: Server, store: Store) -> None:
    finished = next(row.id for row in store.summaries() if row.has_model)
    with Visitor(server.port, _PAGE_S) as visitor:
        for page in visitor.pages:
            visitor.open(page, **({"design": finished} if page else {}))
        screen = visitor.open("model3d", design=finished)
        visitor.use([_press(screen, "Make another model")])
    with Visitor(server.port, _PAGE_S) as editor:
        for code in ("sesame", "XQ-my-own-password", CODE):
            screen = editor.open("")
            editor.use([_typed(screen, "Access code", code), _press(screen, "Work here")])
        _works(server, editor, finished)
    _knocks(server, finished)


def _works(server: Server, editor: Visitor, finished: str) -> None:
    screen = editor.open("generate", new="1")
    upload = WidgetState(id=_control(screen, "A photograph of the piece").id)
    upload.file_uploader_state_value.uploaded_file_info.append(put(server.port, editor.session_id, _photo()))
    editor.use([upload, _press(editor.use([upload]), "Use as master")])

    screen = editor.open("generate", new="1")
    order = [_typed(screen, "Prompt", WORDS), _chosen(screen, "Provider", "fal")]
    _ordered(server, "candidates", lambda: editor.use([*order, _press(editor.use(order), "Generate four")]))
    screen = editor.open("enhance", design=finished)
    fal = [_chosen(screen, "Provider", "fal")]
    _ordered(server, "enhance", lambda: editor.use([*fal, _press(editor.use(fal), "Enhance all")]))
    screen = editor.open("model3d", design=finished)
    meshy = [_chosen(screen, "Provider", "Meshy")]
    _ordered(server, "model", lambda: editor.use([*meshy, _press(editor.use(meshy), "Make another model")]))
    screen = editor.open("sketch", design=finished)
    offline = [_chosen(screen, "Provider", "Offline")]
    _ordered(server, "sketch", lambda: editor.use([*offline, _press(editor.use(offline), "Draw")]))
    screen = editor.open("")
    editor.use([_press(screen, "Delete")])
    screen = editor.open("showcase", design=finished)
    _ordered(server, "export-dossier", lambda: editor.use([_press(screen, "PDF dossier")]))

    screen = editor.open("generate", new="1")
    words = [_typed(screen, "Prompt", WORDS)]
    _ordered(server, "candidates", lambda: _with_a_dead_renderer(server, editor, words))
    screen = editor.open("generate", new="1")
    words = [_typed(screen, "Prompt", f"{WORDS}, hammered")]
    _ordered(server, "candidates", lambda: _cancelled(editor, words))


def _with_a_dead_renderer(server: Server, editor: Visitor, words: list[WidgetState]) -> None:
    """Order candidates, and kill the renderer as soon as there is one."""
    editor.use([*words, _press(editor.use(words), "Generate four")])
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        for pid in descendants(server.process.pid):
            with suppress(OSError):
                if b"pipeline.atelier.render.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    return
        time.sleep(0.02)


def _cancelled(editor: Visitor, words: list[WidgetState]) -> None:
    ordered = editor.use([*words, _press(editor.use(words), "Generate four")])
    cancel = _control(ordered, "Cancel")
    editor.use([_press(ordered, "Cancel")], ordered.fragments.get(cancel.id, ""))


def _knocks(server: Server, finished: str) -> None:
    """A stranger sends values no control can have, and bytes that are no message, again and again."""
    for _ in range(30):
        with Visitor(server.port, _PAGE_S) as stranger, suppress(WebSocketException, OSError):
            screen = stranger.open("generate", design=finished)
            field = _control(screen, "Prompt")
            stranger.use([WidgetState(id=field.id, double_value=float("nan"))])
            stranger.send_raw(b"\xff\xff" + WORDS.encode())
            stranger.open("")


def _ordered(server: Server, verb: str, order: Callable[[], object]) -> None:
    """Give an order and wait until it ended."""

    def ends() -> int:
        return len(re.findall(rf"job\.end verb={verb} ", server.log.read_text("utf-8", errors="replace")))

    before, until = ends(), time.monotonic() + _WAIT_S
    order()
    while ends() == before:
        if time.monotonic() > until:
            raise AssertionError(f"{verb} did not end")
        time.sleep(0.3)


def _photo() -> bytes:
    out = io.BytesIO()
    Image.fromarray(ring(1024, 3)).save(out, "PNG")
    return out.getvalue()


def _control(screen: Screen, label: str):  # type: ignore[no-untyped-def]
    found: list[Control] = [each for each in screen.controls() if each[1].label.startswith(label)]  # type: ignore[attr-defined]
    if not found:
        raise AssertionError(f"no {label} among {[part.label for _, part in screen.controls()]}")  # type: ignore[attr-defined]
    return found[0][1]


def _press(screen: Screen, label: str) -> WidgetState:
    return WidgetState(id=_control(screen, label).id, trigger_value=True)


def _typed(screen: Screen, label: str, words: str) -> WidgetState:
    return WidgetState(id=_control(screen, label).id, string_value=words)


def _chosen(screen: Screen, label: str, option: str) -> WidgetState:
    """The first option of a selectbox that begins with some words."""
    box = _control(screen, label)
    return WidgetState(id=box.id, string_value=next(each for each in box.options if each.startswith(option)))
