"""Ten thousand messages no browser sends, over the app's own websocket: what became of the server and of others.

Two servers of our own, on data folders with the two samples. On the first an editor sends every control of every
page each kind of value it cannot have. On the second, a read-only one, a visitor sends mutated messages: bytes
spoilt in the middle of true ones, fields drawn at random, noise. Beside them an honest session opens pages. The run
stops where a page is lost, a file is left, the server dies or its memory grows without bound.

    python -m benchmarks messages
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError, Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from benchmarks.server import Server, running
from benchmarks.visitor import Control, Screen, Visitor, pressed
from pipeline.export import archive
from pipeline.store import Store

SAMPLES = Path(__file__).parent.parent / "samples"
MUTANTS = 8_000
HONEST_EVERY = 500
"""Mutated messages between two looks of the honest session."""
MOST_GROWTH_MB = 300.0
PATIENCE_S = 120.0
"""For one page, on a machine that others use, too."""
SENTENCE = "sent a value that a control here cannot have"
_TEXTS = ("", "x" * 200_000, "\0", "\u202e", "[]", "{", "nan", "💍" * 3000, "../../x", "=1+1")
_NUMBERS = (float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 2.0**63, 0.5, -1.0)
_INTEGERS = (2**63 - 1, -(2**63), -1, 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        original = _filled(folder / "original")
        for name, work, settings in (
            ("editor", wrong_values, {}),
            ("visitor", mutants, {"LOUPE_READ_ONLY": "true", "LOUPE_ACCESS_CODE": "open sesame"}),
        ):
            shutil.copytree(original, folder / name / "data")
            with running(folder / name, **settings) as server:
                before = everything(folder / name)
                started = time.monotonic()
                outcomes, slowest, grown = work(server)
                _check_folder(folder / name, before, may_change=name == "editor")
                _report(name, outcomes, time.monotonic() - started, slowest, grown, server)


def wrong_values(server: Server) -> tuple[Counter[str], float, float]:
    """Every control of every page, each value it cannot have; messages, the honest session's slowest page, growth."""
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    before = server.resident_mb()
    with Visitor(server.port, PATIENCE_S) as sender, Visitor(server.port, PATIENCE_S) as honest:
        design_id = sorted(path.name for path in (server.folder / "data" / "designs").iterdir())[0]
        known: set[str] = set()
        for page in sender.pages:
            query = {"design": design_id} if page else {}
            screen = sender.open(page, **query)
            for kind, part in list(screen.controls(forged=True)):
                if part.id in known or pressed(kind, part) is None:
                    continue
                known.add(part.id)
                for state in unfit(kind, part):
                    outcomes[told(sender.use([state], screen.fragments.get(part.id, "")), state)] += 1
                screen = sender.open(page, **query)
            slowest = max(slowest, _honest(honest, page, query))
    return outcomes, slowest, server.resident_mb() - before


def unfit(kind: str, part: Any) -> Iterator[WidgetState]:
    """Values in every field of the message but the control's own, and numbers that are none in its own."""
    own = (pressed(kind, part) or WidgetState()).WhichOneof("value")
    for state in values(part.id):
        field = state.WhichOneof("value")
        if (
            field != own
            and (field, own)
            not in {
                ("bool_value", "trigger_value"),
                ("trigger_value", "bool_value"),
            }
        ) or field in {"double_value", "double_array_value"}:
            yield state


def values(widget_id: str) -> Iterator[WidgetState]:
    """One control's message with each kind of value a message can carry."""
    for text in _TEXTS:
        yield WidgetState(id=widget_id, string_value=text)
        yield WidgetState(id=widget_id, json_value=text)
    for number in _NUMBERS:
        yield WidgetState(id=widget_id, double_value=number)
    for integer in _INTEGERS:
        yield WidgetState(id=widget_id, int_value=integer)
    yield WidgetState(id=widget_id, bool_value=True)
    yield WidgetState(id=widget_id, bytes_value=b"\xff" * 100)
    for field, data in (
        ("double_array_value", [float("nan")] * 2),
        ("double_array_value", [1e308]),
        ("int_array_value", [1, 2, 3]),
        ("string_array_value", ["nothing", "of", "this"]),
    ):
        state = WidgetState(id=widget_id)
        getattr(state, field).data.extend(data)
        yield state
    for field in ("arrow_value", "file_uploader_state_value", "string_trigger_value", "chat_input_value"):
        state = WidgetState(id=widget_id)
        getattr(state, field).SetInParent()
        yield state
    yield WidgetState(id=widget_id, json_trigger_value="[" * 5000)


def told(screen: Screen, state: WidgetState) -> str:
    """What a page said of a value: it was refused in a sentence, or the control could have it. Anything else raises."""
    if not screen.finished:
        raise AssertionError(f"the page did not end: {state}")
    broken = [element for element in screen.elements.values() if element.WhichOneof("type") == "exception"]
    if broken or any("could not be shown" in text for text in screen.texts()):
        raise AssertionError(f"a page was lost to {state.WhichOneof('value')} of {state.id}: {broken}")
    return "refused in a sentence" if any(SENTENCE in text for text in screen.texts()) else "taken as it is"


def mutants(server: Server, count: int = MUTANTS, seed: int = 23) -> tuple[Counter[str], float, float]:
    """Spoilt and random messages; how they ended, the honest session's slowest page, and growth in MB."""
    draw = random.Random(seed)
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    with Visitor(server.port, PATIENCE_S) as honest:
        query = {"design": sorted(path.name for path in (server.folder / "data" / "designs").iterdir())[0]}
        pages = honest.pages
        for page in pages:
            _honest(honest, page, query)
        before = server.resident_mb()
        done = 0
        while done < count:
            page = draw.choice(pages)
            with Visitor(server.port, PATIENCE_S) as sender, suppress(WebSocketException, OSError):
                controls = list(sender.open(page, **query).controls(forged=True))
                for _ in range(draw.randrange(20, 120)):
                    raw = mutant(draw, controls, page, query["design"])
                    sender.send_raw(raw)
                    done += 1
                    if not parses(raw):
                        outcomes["no message: its connection was closed"] += 1
                        break
                    outcomes["parsed"] += 1
                    if done % HONEST_EVERY == 0:
                        slowest = max(slowest, _honest(honest, draw.choice(pages), query))
                sender.open(page, **query)  # what the tab is after all that
        return outcomes, slowest, server.resident_mb() - before


def mutant(draw: random.Random, controls: list[Control], page: str, design_id: str) -> bytes:
    """One message: a true press spoilt in its bytes or its fields, or noise."""
    message = BackMsg()
    message.rerun_script.query_string = draw.choice(
        (f"design={design_id}", "design=..%2f..", "new=1", "%", "a" * 5000)
    )
    message.rerun_script.page_name = draw.choice((page, page, "nowhere", "\0"))
    for kind, part in draw.sample(controls, min(len(controls), draw.randrange(0, 6))):
        state = draw.choice([*values(part.id), pressed(kind, part) or WidgetState(id=part.id)])
        message.rerun_script.widget_states.widgets.append(state)
    match draw.randrange(12):
        case 0:
            return draw.randbytes(draw.randrange(0, 400))
        case 1 | 2 | 3:
            _scribble(message, draw)
        case 4 | 5 | 6:
            message = BackMsg()
            _scribble(message, draw)
        case _:
            pass
    spoilt = bytearray(message.SerializeToString())
    for _ in range(draw.choice((0, 0, 0, 0, 0, 0, 0, 1, 8)) if spoilt else 0):
        spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
    return bytes(spoilt)


def parses(raw: bytes) -> bool:
    """Whether bytes are a message at all; others end their own connection."""
    try:
        BackMsg().ParseFromString(raw)
    except DecodeError:
        return False
    return True


def _scribble(message: Message, draw: random.Random, depth: int = 0) -> None:
    """Set some fields of a message to anything of their types."""
    for field in draw.sample(list(message.DESCRIPTOR.fields), min(3, len(message.DESCRIPTOR.fields))):
        if field.name == "debug_shutdown_runtime" and draw.random() < 0.5:
            continue
        anything: Any
        if field.message_type is not None:
            if depth < 4:
                place = getattr(message, field.name)
                _scribble(place.add() if field.is_repeated else place, draw, depth + 1)
            continue
        match field.cpp_type:
            case field.CPPTYPE_BOOL:
                anything = draw.random() < 0.5
            case field.CPPTYPE_DOUBLE | field.CPPTYPE_FLOAT:
                anything = draw.choice(_NUMBERS)
            case field.CPPTYPE_STRING if field.type == field.TYPE_BYTES:
                anything = draw.randbytes(20)
            case field.CPPTYPE_STRING:
                anything = draw.choice(_TEXTS)
            case _:
                anything = draw.randrange(0, 2)
        if field.is_repeated:
            getattr(message, field.name).append(anything)
        else:
            setattr(message, field.name, anything)


def _honest(honest: Visitor, page: str, query: dict[str, str]) -> float:
    """Seconds an honest session waits for a page. Raises AssertionError where it is not the page."""
    screen = honest.open(page, **query)
    if not screen.finished or not screen.elements:
        raise AssertionError(f"the honest session lost the page {page!r}")
    if any("could not be shown" in text or SENTENCE in text for text in screen.texts()):
        raise AssertionError(f"the honest session was told of another's fault on {page!r}")
    return screen.seconds


def everything(folder: Path) -> dict[str, bytes]:
    """The data folder; what looking leaves behind (thumbnails, documents, locks, indexes) aside."""
    files = {}
    for path in (folder / "data").rglob("*"):
        name = path.relative_to(folder / "data").as_posix()
        derived = path.suffix in {".jpg", ".lock", ".log"} or path.name == "lock" or ".db" in path.name
        if path.is_file() and not derived and not name.startswith(("exports/", "cache/", "locks/")):
            files[name] = path.read_bytes()
    return files


def _check_folder(folder: Path, before: dict[str, bytes], *, may_change: bool) -> None:
    """A visitor leaves the folder as it is; an editor, some of whose numbers a control can have, leaves it whole."""
    after = everything(folder)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    if changed and not may_change:
        raise AssertionError(f"files were left: {sorted(changed)[:5]}")
    others = {path for path in changed if not path.startswith("designs/") and path != "ledger.jsonl"}
    damaged = [summary.damage for summary in Store(folder / "data").summaries() if summary.damage]
    if others or damaged:
        raise AssertionError(f"left or damaged: {sorted(others)[:5]} {damaged}")


def _filled(folder: Path) -> Path:
    store = Store(folder)
    for sample in sorted(SAMPLES.glob("*.loupe")):
        archive.read(store, sample.read_bytes(), ours=True)
    (folder / "samples-imported").touch()
    return folder


def _report(
    name: str, outcomes: Counter[str], seconds: float, slowest: float, grown: float, server: Server
) -> None:
    if not server.alive:
        raise AssertionError("the server died")
    if grown > MOST_GROWTH_MB:
        raise AssertionError(f"the server grew by {grown:.0f} MB")
    failed = [line for line in server.log.read_text(errors="replace").splitlines() if "page.failed" in line]
    if failed:
        raise AssertionError(f"{len(failed)} pages failed, the first by {failed[0]}")
    words = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(
        f"{outcomes.total()} messages as {name} in {seconds:.0f} s: {words}; no page lost, no file left, "
        f"no failure in the log; the honest session's slowest page took {slowest:.2f} s, the server grew by "
        f"{grown:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
