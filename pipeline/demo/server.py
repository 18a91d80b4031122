"""A small HTTP server that plays one service: checks the key and the body, answers, or misbehaves as told."""

import base64
import json
import select
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from pipeline.demo.artist import Artist
from pipeline.demo.tasks import Shelf

Situation = Literal[
    "ok",
    "moderated",  # the service's own refusal
    "rate limited",
    "quota",
    "gone",  # model retired
    "down",
    "gateway",  # 504 from something in between
    "moved",  # 307 to another address
    "hang",  # accepts and stays silent
    "close",  # accepts and closes without a word
    "cut",  # breaks off in the middle of the body
    "html",  # a web page with status 200
    "empty",  # success without a result
    "soft",  # success that carries an error inside
    "junk",  # a result that is no picture and no GLB
    "failed",  # the task fails
    "task moderated",
    "poll down",  # two looks fail, then it goes on
    "poll html",
    "expired",  # the first link is dead, a fresh look brings a new one
    "dead link",  # every link is dead
    "private",  # the result's link leads into the private network
    "malformed",  # the result's link has a host that no network knows
    "page once",  # the first download is a web page with status 200
    "half once",  # the first download is half the result, in a whole HTTP reply
    "late",  # the result cannot be found three times: it has not reached the network of copies yet
    "forbidden",  # the result is forbidden three times
    "unknown at first",  # the first two looks do not know the task yet
    "look refused",  # every look is refused as a bad request
    "trailing",  # a GLB with four bytes behind its end
    "other kind",  # a whole file of another kind: a GIF, an FBX
    "cut short",  # a text that ends before it is whole, and is said to
    "leaky",  # the refusal repeats the key
]
TOLD_KEY = "demo-key"
HANG_S = 30.0


STATUS_OF = {
    "key": 401,
    "invalid": 400,
    "moderated": 422,
    "rate limited": 429,
    "quota": 402,
    "gone": 404,
    "down": 503,
    "gateway": 504,
}
"""What most services answer by kind of refusal."""


@dataclass
class Part:
    """One part of a multipart body."""

    data: bytes
    filename: str | None
    media_type: str

    @property
    def text(self) -> str:
        """The part as text."""
        return self.data.decode("utf-8")


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def parts(self) -> dict[str, Part] | None:
        """The multipart fields by name; None when the body is no multipart body or names one twice.

        Files of one list (`image[]`) are numbered from the second on: `image[]`, `image[2]`.
        """
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return None
        message = BytesParser(policy=HTTP).parsebytes(
            b"content-type: " + kind.encode() + b"\r\n\r\n" + self.body
        )
        fields: dict[str, Part] = {}
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            if isinstance(name, str) and name.endswith("[]") and name in fields:
                several = sum(1 for other in fields if other.startswith(name[:-1]))
                name = f"{name[:-1]}{several + 1}]"
            if not isinstance(name, str) or name in fields or not isinstance(data, bytes):
                return None
            fields[name] = Part(data, part.get_filename(), str(part.get("content-type") or ""))
        return fields


@dataclass
class Reply:
    """What the stand-in answers. `misbehave`: how the connection is treated."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    misbehave: Situation = "ok"
    stream: Callable[[Callable[[bytes], Any], Callable[[], bool]], None] | None = None
    """Instead of the body: writes on its own until it is asked whether the client has spoken, or gone, and it has."""

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Self:
        """A JSON reply."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, json.dumps(value).encode(), {"content-type": "application/json", **named})


JUNK = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
"""Begins as a picture does, and is none."""
PAGE = Reply(
    200, b"<!doctype html><html><body>Welcome to the proxy</body></html>", {"content-type": "text/html"}
)


class StandIn:
    """One service. Subclasses know its paths, its bodies and its way to refuse.

    `script` holds the situations of the next paid orders, `default` that of all others. `orders` counts the
    paid orders accepted; `refused` the bodies that broke the contract, with the reason.
    """

    name = ""
    default: Situation = "ok"

    def __init__(
        self, shelf: Shelf, *, key: str | None = TOLD_KEY, delay_s: float = 0.0, work_s: float = 0.0
    ) -> None:
        self.shelf = shelf
        self.artist = Artist()
        self.key = key
        self.delay_s = delay_s
        """How long a blocking call takes."""
        self.work_s = work_s
        """How long a task takes."""
        self.script: deque[Situation] = deque()
        self.orders: list[Any] = []
        self.refused: list[str] = []
        self.leaks: list[str] = []
        """Result downloads that carried a key."""
        self.strangers: set[str] = set()
        """Keys of other accounts: they see nobody's tasks but their own, which they have none of."""
        self.spoilt: dict[str, deque[Reply]] = {}
        """What is answered first when a result is fetched, by its name."""
        self.looks = 0
        self.connections = 0
        """How often somebody connected."""
        self.peak = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    # -- life

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on a free port of this machine only."""
        self._server = _Listener(("127.0.0.1", 0), _handler(self))
        threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name=f"demo {self.name}",
            daemon=True,
        ).start()

    def stop(self) -> None:
        """Close the port."""
        self._stopped.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        assert self._server is not None  # noqa: S101 - asked only while it runs
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The base url to put into the settings."""
        return self.origin

    @property
    def description(self) -> str:
        """The TOML file that describes it, where it is one's own endpoint."""
        return ""

    # -- what a service says; subclasses override

    def authorized(self, call: Call) -> bool:
        """Whether the right key came in the right header."""
        return call.headers.get("authorization") == f"Bearer {self.key}"

    def answer(self, call: Call) -> Reply:
        """Answer one call with the right key."""
        raise NotImplementedError

    def refuse(self, kind: str, words: str = "") -> Reply:
        """The service's own spelling of a refusal: `key`, `invalid`, or a situation."""
        raise NotImplementedError

    # -- what subclasses use

    def take_order(self, body: Any, complaint: str, answer: Callable[[Situation], Reply]) -> Reply:
        """Accept a paid order and make its answer, or refuse it, or misbehave as scripted."""
        if complaint:
            self.refused.append(complaint)
            return self.refuse("invalid", complaint)
        with self._lock:
            situation = self.script.popleft() if self.script else self.default
        if situation in {"moderated", "rate limited", "quota", "gone", "down", "gateway"}:
            return self.refuse(situation)
        if situation == "moved":
            return Reply(307, headers={"location": f"{self.origin}/elsewhere"})
        if situation == "leaky":
            return self.refuse("key", f"Incorrect API key provided: {self.key}")
        with self._lock:
            self.orders.append(body)
            self._busy += 1
            self.peak = max(self.peak, self._busy)
        try:
            if self.delay_s:
                self._stopped.wait(self.delay_s)
            if situation == "hang":
                return Reply(misbehave="hang")
            if situation == "close":
                return Reply(misbehave="close")
            if situation == "html":
                return PAGE
            reply = answer(situation)
            if situation == "cut":
                reply.misbehave = "cut"
            return reply
        finally:
            with self._lock:
                self._busy -= 1

    def file_url(self, name: str) -> str:
        """Where a result can be fetched without a key."""
        return f"{self.origin}/files/{name}"

    # -- private

    def handle(self, call: Call) -> Reply:
        """Answer anything."""
        if call.path.startswith("/files/"):
            if any(self.key and self.key in value for value in call.headers.values()):
                self.leaks.append(call.path)
            name = call.path.removeprefix("/files/")
            if self.spoilt.get(name):
                return self.spoilt[name].popleft()
            result = self.shelf.file(name)
            return Reply(404, b"gone") if result is None else Reply(200, result)
        if self.key is not None and not self.authorized(call):
            return self.refuse("key", "the key is not known")
        if call.method == "GET" and any(
            key in value for key in self.strangers for value in call.headers.values()
        ):
            return self.refuse("gone", "no such task")
        return self.answer(call)

    def linger(self) -> None:
        """Stay silent until the server is stopped or patience ends."""
        self._stopped.wait(HANG_S)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away, killed or tired, are nothing to report."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            stand_in.connections += 1

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            address = urlsplit(self.path)
            call = Call(
                self.command,
                address.path,
                {name: values[-1] for name, values in parse_qs(address.query).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            reply = stand_in.handle(call)
            if reply.misbehave != "ok":
                self.close_connection = True
            try:
                self._send(reply)
            except OSError:
                self.close_connection = True  # the client has gone

        def _send(self, reply: Reply) -> None:
            if reply.misbehave in {"hang", "close"}:
                if reply.misbehave == "hang":
                    stand_in.linger()
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.stream is not None:
                self.end_headers()
                self.close_connection = True
                reply.stream(self.wfile.write, lambda: bool(select.select([self.connection], [], [], 0)[0]))
                return
            self.send_header("content-length", str(len(reply.body)))
            if self.close_connection:
                self.send_header("connection", "close")
            self.end_headers()
            body = reply.body[: len(reply.body) // 2] if reply.misbehave == "cut" else reply.body
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    return Handler


def b64(data: bytes) -> str:
    """Bare base64."""
    return base64.b64encode(data).decode()


def sized(size: Any) -> tuple[int, int]:
    """(width, height) of "WxH"; zeros when it is none."""
    width, _, height = str(size).partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() else (0, 0)
