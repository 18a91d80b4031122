"""A browser without a browser: one session over the app's own websocket, as Streamlit's front end speaks it.

Only for servers of our own on this machine. Used by the benchmark of many sessions and by the tests that press
everything there is.
"""

import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from pages.ui.components.parcel import unpack

TIMEOUT_S = 30.0
SIDEBAR = 1
"""First step of the path of everything in the sidebar."""
Control = tuple[str, Message]
"""The kind of an element (`button`, `text_input`, ...) and what the server sent of it."""
_MEDIA = "/media/"
NOT_PRESSED = {"bidi_component", "component_instance", "dataframe", "video", "audio"}


@dataclass
class Screen:
    """What one run of the script sent."""

    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    """The fragment each control lies in, by the control's id."""
    beside: set[str] = field(default_factory=set)
    """Ids of the controls in the sidebar, which is the same on every page."""
    page: str = ""
    """The hash of the page that was run: a press may lead to another one."""
    seconds: float = 0.0
    size_bytes: int = 0
    finished: bool = False

    def controls(self, *, forged: bool = False) -> Iterator[Control]:
        """Everything with an id that can be used; `forged` also what is out of use, which can be sent all the same."""
        for element in self.elements.values():
            kind = element.WhichOneof("type")
            if kind is None or kind in NOT_PRESSED:
                continue
            part = getattr(element, kind)
            if getattr(part, "id", "") and (forged or not getattr(part, "disabled", False)):
                yield kind, part

    def texts(self) -> list[str]:
        """Every string on the screen, ids aside."""
        return [text for element in self.elements.values() for text in _strings(element)]


class Visitor:
    """One browser session. `open` loads a page, `use` changes controls and runs the script.

    `patience_s` bounds the wait for a script's end.
    """

    def __init__(self, port: int, patience_s: float = TIMEOUT_S) -> None:
        self.port, self.patience_s = port, patience_s
        origin = f"http://127.0.0.1:{port}"
        self._open = ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{port}/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]
                origin=origin,  # type: ignore[arg-type]
                max_size=None,
                proxy=None,
                compression=None,
                open_timeout=TIMEOUT_S,
            )
        )
        self._pages: dict[str, str] = {}
        self._known: dict[str, ForwardMsg] = {}
        self._fetched: set[str] = set()
        self._query, self._page = "", ""
        self.session_id = ""

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def open(self, page: str, **query: str) -> Screen:
        """Load a page of the navigation by its path ("" is the gallery)."""
        if not self._pages:
            self._run([])
        self._query, self._page = urlencode(query), self._pages[page] if page else self._pages.get("", "")
        return self._run([])

    @property
    def pages(self) -> list[str]:
        """The paths of all pages, known after the first run."""
        if not self._pages:
            self._run([])
        return list(self._pages)

    def use(
        self, states: list[WidgetState], fragment: str = "", *, patience_s: float | None = None
    ) -> Screen:
        """Tell the server of changed controls, as a press does; `patience_s` stands in for the session's own."""
        return self._run(states, fragment, patience_s)

    def send(self, message: BackMsg) -> None:
        """Any message a browser may send."""
        self._socket.send(message.SerializeToString())

    def send_raw(self, data: bytes) -> None:
        """Bytes no browser sends."""
        self._socket.send(data)

    def fetch(self, path: str) -> bytes:
        """A file the page names."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=TIMEOUT_S) as reply:
            return bytes(reply.read())

    def fetch_media(self, screen: Screen) -> int:
        """Fetch what a screen names by address and this session has not had yet, as a browser does; its bytes."""
        fresh = {path for element in screen.elements.values() for path in _media(element)} - self._fetched
        self._fetched |= fresh
        return sum(len(self.fetch(path)) for path in fresh)

    def _run(self, states: list[WidgetState], fragment: str = "", patience_s: float | None = None) -> Screen:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.extend(states)
        started = time.monotonic()
        self.send(message)
        screen = Screen()
        deadline = started + (patience_s or self.patience_s)
        while not screen.finished:
            raw = self._socket.recv(timeout=max(0.1, deadline - time.monotonic()))
            screen.size_bytes += len(raw)
            told = ForwardMsg()
            told.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            self._take(screen, told)
        screen.seconds = time.monotonic() - started
        return screen

    def _take(self, screen: Screen, told: ForwardMsg) -> None:
        kind = told.WhichOneof("type")
        if kind == "ref_hash":
            metadata = told.metadata
            told = self._known[told.ref_hash]
            told.metadata.CopyFrom(metadata)
            kind = told.WhichOneof("type")
        elif told.metadata.cacheable:
            self._known[told.hash] = told
        if kind == "new_session":
            self.session_id = told.new_session.initialize.session_id
            screen.page = told.new_session.page_script_hash
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in told.navigation.app_pages}
            self._pages.setdefault("", told.navigation.app_pages[0].page_script_hash)
        elif kind == "script_finished":
            # A run that asks for another, or for another page, is followed by that one.
            screen.finished = told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            screen.elements[tuple(told.metadata.delta_path)] = element
            part: Any = getattr(element, element.WhichOneof("type") or "empty", None)
            if getattr(part, "id", ""):
                screen.fragments[part.id] = told.delta.fragment_id
                if told.metadata.delta_path[0] == SIDEBAR:
                    screen.beside.add(part.id)


def pressed(kind: str, part: Any) -> WidgetState | None:
    """What a browser sends when somebody uses a control: a press, another choice, a word, a number."""
    state = WidgetState(id=part.id)
    match kind:
        case "button" | "download_button":
            state.trigger_value = True
        case "text_input" | "text_area":
            state.string_value = "a silver ring"
        case "number_input":
            state.double_value = part.min if part.has_min else 1
        case "pagination":
            state.int_value = part.num_pages
        case "slider":
            state.double_array_value.data.append(part.max)
        case "checkbox":
            state.bool_value = not part.default
        case "selectbox" if part.options:
            state.string_value = part.options[-1]
        case "multiselect" if part.options:
            state.string_array_value.data.extend(part.options[:2])
        case "button_group" if part.options:
            state.string_array_value.data.append(part.options[-1].content)
        case _:
            return None
    return state


def _media(element: Element) -> set[str]:
    """Addresses of the pictures, films and models a browser loads at once; downloads wait for a press."""
    match element.WhichOneof("type"):
        case "imgs":
            return {picture.url for picture in element.imgs.imgs if picture.url.startswith(_MEDIA)}
        case "video":
            return {element.video.url} if element.video.url.startswith(_MEDIA) else set()
        case "bidi_component":
            parcel = element.bidi_component.bytes
            addresses = unpack(parcel)[0].get("addresses", {}) if parcel else {}
            return {address.removeprefix(".") for address in addresses.values()}
        case _:
            return set()


def _strings(message: Message) -> Iterator[str]:
    for described, value in message.ListFields():
        if described.name in {"id", "form_id", "url", "js_content", "css_content", "html_content"}:
            continue
        for each in value if described.is_repeated else [value]:
            if isinstance(each, str):
                yield each
            elif isinstance(each, Message):
                yield from _strings(each)
