"""A way to an S3 server that can be cut, slow, half, or tell another time; S3's own words where it answers itself.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html lists `RequestTimeTooSkewed` (403): the time of the
request, in `x-amz-date`, is more than fifteen minutes from the server's.
"""

import http.client
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

SKEW_S = 15 * 60
_SKEWED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between '
    "the request time and the current time is too large.</Message><RequestTime>{sent:%Y%m%dT%H%M%SZ}</RequestTime>"
    "<ServerTime>{now:%Y-%m-%dT%H:%M:%SZ}</ServerTime>"
    "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds></Error>"
)


class FaultyS3:
    """Stands before a server; what it does is set while it runs."""

    def __init__(self, behind: str) -> None:
        self.behind = urlsplit(behind)
        self.ahead_s = 0.0
        """How far this server's clock is ahead of ours."""
        self.slow_s = 0.0
        self.halves = 0
        """How many answers more are cut in the middle of an object."""
        self.drops = 0
        """How many connections more are closed after the request came through and before its answer went back."""
        self.status = 0
        """Answered in place of everything, where it is one: 403, 500, 503."""
        self.read_only = False
        """Whether what would change something is refused, as a key without that right is."""
        self.calls = 0
        faulty = self

        class Handler(_Handler):
            server_of = faulty

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more: whoever calls is refused."""
        self._server.shutdown()
        self._server.server_close()

    def heal(self) -> None:
        """Be as the server behind is."""
        self.ahead_s = self.slow_s = 0.0
        self.halves = self.drops = self.status = 0


class _Handler(BaseHTTPRequestHandler):
    server_of: ClassVar[FaultyS3]
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        faulty = self.server_of
        faulty.calls += 1
        body = self._body()
        time.sleep(faulty.slow_s)
        if faulty.read_only and self.command in {"PUT", "POST", "DELETE"}:
            self._send(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
            return
        if faulty.status:
            self._send(faulty.status, b"<Error><Code>ServiceUnavailable</Code></Error>")
            return
        stamp = self.headers.get("x-amz-date")
        if stamp:
            sent = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            now = datetime.fromtimestamp(time.time() + faulty.ahead_s, UTC)
            if abs((now - sent).total_seconds()) > SKEW_S:
                self._send(403, _SKEWED.format(sent=sent, now=now).encode(), now)
                return
        connection = http.client.HTTPConnection(faulty.behind.hostname or "", faulty.behind.port, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "transfer-encoding"}
        headers["Content-Length"] = str(len(body))
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        if faulty.drops > 0:
            faulty.drops -= 1
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length", "date", "server"}:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if faulty.halves > 0 and self.command == "GET" and len(data) > 1 and "?" not in self.path:
            faulty.halves -= 1
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
            return
        self.wfile.write(data)

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _pass  # noqa: N815 - http.server's names

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: int, body: bytes, now: datetime | None = None) -> None:
        self.send_response_only(status)
        self.send_header("Date", self.date_time_string(now.timestamp() if now else None))
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
