"""The one door: what is repeated and what is not, whom it believes, and what it never lets out."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.cache import Cache
from pipeline.ledger import Ledger
from pipeline.providers.base import Silent
from pipeline.providers.call import addresses, http
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.failures import Expired
from pipeline.providers.call.http import Door
from pipeline.providers.call.remote import Remote
from pipeline.providers.call.reply import Reply
from pipeline.providers.registry import Registry
from pipeline.records import Role
from pipeline.settings import Settings
from tests.providers.conftest import MARKED_KEY, QUICK, World, build_request


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    cache = Cache(tmp_path / "cache")
    key = SecretStr(MARKED_KEY)
    yield Connection("x", "Example", "https://api.example.com/v1", key, "LOUPE_X_API_KEY", cache, pace=QUICK)
    cache.close()


def door(connection: Connection) -> Door:
    return Door(
        connection, lambda key: {"authorization": f"Bearer {key}"}, lambda reply: (None, reply.body.decode())
    )


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError, errors.ProviderDown),
        (httpx.ConnectTimeout, errors.ProviderDown),
        (httpx.ReadTimeout, errors.PossiblyCharged),
        (httpx.WriteError, errors.PossiblyCharged),
        (httpx.RemoteProtocolError, errors.PossiblyCharged),
    ],
)
def test_an_order_is_sent_once(
    connection: Connection, answering, failure: type[httpx.HTTPError], kind: type[Exception]
) -> None:
    """No failure of an order is answered by sending it again; only one that never got through is free."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise failure("broke")

    asked = answering(fail)
    with pytest.raises(kind) as caught:
        door(connection).post("/order", body={})
    assert len(asked) == 1
    assert caught.value.charged == (kind is errors.PossiblyCharged)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_refused_order_is_not_repeated(connection: Connection, answering, status: int) -> None:
    """Neither a rate limit nor a server error makes us order again by ourselves."""
    asked = answering(lambda _: httpx.Response(status))
    with pytest.raises(errors.ProviderError):
        door(connection).post("/order", body={})
    assert len(asked) == 1


def test_a_read_is_repeated_until_it_works(connection: Connection, answering) -> None:
    """Reads get over broken connections, server errors and rate limits."""
    troubles = iter(
        [httpx.ReadError("x"), httpx.Response(503), httpx.Response(429, headers={"retry-after": "0"})]
    )

    def answer(request: httpx.Request) -> httpx.Response:
        trouble = next(troubles, httpx.Response(200, json={"ok": 1}))
        if isinstance(trouble, Exception):
            raise trouble
        return trouble

    asked = answering(answer)
    assert door(connection).get("/thing").json() == {"ok": 1}
    assert len(asked) == 4


def test_retry_after_is_honoured(connection: Connection, answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's own wish sets the pause; one too long is handed to the user instead of being slept through."""
    slept: list[float] = []
    monkeypatch.setattr(http, "rest", lambda seconds, watch: slept.append(seconds))
    patient = replace(connection, pace=replace(QUICK, retry_most_s=30.0))
    replies = iter([httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200)])
    answering(lambda _: next(replies))
    door(patient).get("/thing")
    assert slept == [7.0]
    answering(lambda _: httpx.Response(429, headers={"retry-after": "3600"}))
    with pytest.raises(errors.RateLimited, match="3600 s") as caught:
        door(patient).get("/thing")
    assert caught.value.wait_s == 3600


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "9" * 30}, 86_400.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({}, None),
    ],
)
def test_reads_any_retry_after(headers: dict[str, str], wait_s: float | None) -> None:
    """Seconds, milliseconds, dates and nonsense."""
    assert Reply(429, headers, b"").wait_s() == wait_s


def test_the_key_goes_only_to_the_base_url(connection: Connection, answering) -> None:
    """An address of another host is never called with the key, nor is a redirect followed with it."""
    asked = answering(lambda _: httpx.Response(302, headers={"location": "https://elsewhere.example/x"}))
    with pytest.raises(errors.UnusableAnswer):
        door(connection).get("https://elsewhere.example/x")
    assert asked == []
    with pytest.raises(errors.ProviderError):
        door(connection).get("/thing")
    assert {request.url.host for request in asked} == {"api.example.com"}


@pytest.mark.parametrize("base", ["http://api.example.com", "http://192.168.0.3:8000", "ftp://x", "::", ""])
def test_a_key_is_not_sent_in_the_clear(connection: Connection, answering, base: str) -> None:
    """A base url without TLS is refused unless it is this machine."""
    asked = answering(lambda _: httpx.Response(200))
    with pytest.raises(errors.Unsupported, match=r"https|address"):
        door(replace(connection, base_url=base)).get("/thing")
    assert asked == []


def test_a_listed_host_gets_its_key_over_plain_http(connection: Connection, answering) -> None:
    """A box in one's own network, listed by the operator, is asked with its key; its neighbour is not."""
    asked = answering(lambda _: httpx.Response(200, json={}))
    listed = replace(connection, addresses=addresses.Addresses.listed("192.168.0.0/28", ""))
    door(replace(listed, base_url="http://192.168.0.3:8188/api")).post("/order", body={})
    assert [request.headers["authorization"] for request in asked] == [f"Bearer {MARKED_KEY}"]
    with pytest.raises(errors.Unsupported, match="LOUPE_PLAIN_HTTP_HOSTS"):
        door(replace(listed, base_url="http://192.168.0.30:8188/api")).post("/order", body={})
    assert len(asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://assets.example.com/a.png",
        "https://127.0.0.1/a.png",
        "https://localhost/a.png",
        "https://10.1.2.3/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.png",
        "https://[fd00::1]/a.png",
        "https://user:pass@assets.example.com/a.png",
        "https://100.64.0.1/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AA==",
        "//assets.example.com/a.png",
        "https://",
        "nonsense",
        "",
    ],
)
def test_a_result_is_not_fetched_from_just_anywhere(connection: Connection, answering, url: str) -> None:
    """Only https, only public addresses, no credentials in the address."""
    asked = answering(lambda _: httpx.Response(200, content=b"secret"))
    with pytest.raises(errors.ProviderError):
        door(connection).download(url)
    assert asked == []


def resolving(monkeypatch: pytest.MonkeyPatch, **hosts: str) -> None:
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        address = hosts.get(host.replace(".", "_"))
        if address is None:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)


def test_a_result_is_fetched_from_the_address_that_was_checked(
    connection: Connection, answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the very address judged, under the name of the host, without any key."""
    resolving(monkeypatch, assets_example_com="93.184.216.34")
    asked = answering(lambda _: httpx.Response(200, content=b"picture"))
    assert door(connection).download("https://assets.example.com/a.png?sig=1") == b"picture"
    (request,) = asked
    assert request.url.host == "93.184.216.34"
    assert request.headers["host"] == "assets.example.com"
    assert request.extensions["sni_hostname"] == "assets.example.com"
    assert "authorization" not in request.headers
    assert MARKED_KEY not in str(request.headers)


def test_a_name_that_leads_inside_is_refused(
    connection: Connection, answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public name with a private address, straight or behind a redirect, is not followed."""
    resolving(monkeypatch, evil_example_com="192.168.1.1", assets_example_com="93.184.216.34")
    asked = answering(lambda _: httpx.Response(302, headers={"location": "https://evil.example.com/a"}))
    with pytest.raises(errors.UnusableAnswer, match="private"):
        door(connection).download("https://evil.example.com/a")
    assert asked == []
    with pytest.raises(errors.UnusableAnswer, match="private"):
        door(connection).download("https://assets.example.com/a")
    assert len(asked) == 1


def test_redirects_end(connection: Connection, answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result sent in circles is given up."""
    resolving(monkeypatch, assets_example_com="93.184.216.34")
    answering(lambda _: httpx.Response(302, headers={"location": "https://assets.example.com/again"}))
    with pytest.raises(errors.UnusableAnswer, match="circles"):
        door(connection).download("https://assets.example.com/a")


def test_a_result_has_a_size(connection: Connection, answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than agreed, also when they come packed small, are not taken in."""
    import gzip

    resolving(monkeypatch, assets_example_com="93.184.216.34")
    bomb = gzip.compress(bytes(5_000_000))
    answering(lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, content=bomb))
    with pytest.raises(errors.UnusableAnswer, match="more than 1 MB"):
        door(connection).download("https://assets.example.com/a", most_bytes=1_000_000)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_dead_link_is_told_apart(
    connection: Connection, answering, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """An expired link is its own error, so that the task can be asked for a fresh one; it is not retried."""
    resolving(monkeypatch, assets_example_com="93.184.216.34")
    asked = answering(lambda _: httpx.Response(status))
    with pytest.raises(Expired):
        door(connection).download("https://assets.example.com/a")
    assert len(asked) == 1


def test_errors_are_clean(connection: Connection, answering) -> None:
    """Markup, control signs, endless words and every spelling of the key are taken out of what is shown."""
    from urllib.parse import quote

    page = f"<html><b>No</b>\x07 key {MARKED_KEY} or {quote(MARKED_KEY, safe='')} " + "x" * 5000
    answering(lambda _: httpx.Response(401, content=page.encode()))
    with pytest.raises(errors.BadKey) as caught:
        door(connection).post("/order", body={})
    said = str(caught.value)
    assert MARKED_KEY not in said
    assert quote(MARKED_KEY, safe="") not in said
    assert "<" not in said
    assert "\x07" not in said
    assert len(said) < 700


@pytest.mark.parametrize("key", ["sk-ключ", "sk-a\nb", "sk\x00"])
def test_an_impossible_key_is_told(connection: Connection, answering, key: str) -> None:
    """A key that no header can carry is a bad key, not a crash."""
    asked = answering(lambda _: httpx.Response(200))
    with pytest.raises(errors.BadKey, match="LOUPE_X_API_KEY"):
        door(replace(connection, key=SecretStr(key))).get("/thing")
    assert asked == []


def test_no_key_names_the_variable(connection: Connection, answering) -> None:
    """Without a key nothing is sent."""
    asked = answering(lambda _: httpx.Response(200))
    with pytest.raises(errors.MissingKey, match="LOUPE_X_API_KEY"):
        door(replace(connection, key=None)).post("/order", body={})
    assert asked == []


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_slow_drip_does_not_hold_us(connection: Connection) -> None:
    """A server that sends a byte now and then is given up after the whole time allowed."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            try:
                for _ in range(1000):
                    peer.sendall(b".")
                    if stopped.wait(0.05):
                        return
            except OSError:
                return

    stopped = threading.Event()
    thread = threading.Thread(target=drip)
    thread.start()
    local = replace(
        connection, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", pace=replace(QUICK, read_s=0.5)
    )
    with pytest.raises(errors.PossiblyCharged):
        door(local).post("/order", body={})
    stopped.set()
    thread.join()
    listener.close()


def test_rest_is_cut_short_by_cancel() -> None:
    """Nobody waits out a pause after pressing Cancel."""

    class Pressed(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(errors.Cancelled):
        http.rest(60, Pressed())


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_looks_at_a_task_share_one_connection(world: World) -> None:
    """However often a task is looked at: one connection for the order, one for all looks, one for the result."""
    server = world.servers["meshy"]
    server.work_s, server.connections = 0.3, 0
    provider = world.registry.get("meshy")
    provider.run(build_request(Role.MODEL, provider.limits[Role.MODEL])[0], Silent())
    assert server.looks > 5
    assert server.connections == 3


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_bad_certificate_is_told_as_such(connection: Connection, tmp_path: Path) -> None:
    """A self-signed certificate is not mistaken for a dead host, and is not asked again and again."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    tries: list[int] = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            tries.append(1)
            with contextlib.suppress(OSError), peer:
                context.wrap_socket(peer, server_side=True).close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    local = replace(connection, base_url=f"https://127.0.0.1:{listener.getsockname()[1]}")
    for call in (lambda: door(local).post("/order", body={}), lambda: door(local).get("/thing")):
        with pytest.raises(errors.ProviderDown, match=r"certificate is not valid.*self.signed") as caught:
            call()
        assert not caught.value.charged
    assert len(tries) == 2
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirected_order_was_not_taken(connection: Connection, answering, status: int) -> None:
    """A wrong base URL that answers with a redirect is told as such, and nothing counts as bought."""
    asked = answering(lambda _: httpx.Response(status, headers={"location": "https://api2.example.com/"}))
    with pytest.raises(errors.Unsupported, match="base URL") as caught:
        door(connection).post("/order", body={})
    assert len(asked) == 1
    assert not caught.value.charged


@pytest.mark.parametrize("host", ["a..example", "a" * 64 + ".example", "xn--", "example:99999"])
def test_a_malformed_host_is_our_error(connection: Connection, host: str) -> None:
    """In a base URL as well as in a result's address."""
    with pytest.raises(errors.Unsupported, match="no address"):
        door(replace(connection, base_url=f"https://{host}/v1")).post("/order", body={})
    with pytest.raises(errors.UnusableAnswer, match="no usable address"):
        door(connection).download(f"https://{host}/x")


def test_the_operators_lists_reach_the_door(tmp_path: Path) -> None:
    """Both settings go through the registry to every remote provider; a list that is none is refused at the start."""
    settings = Settings(
        data_dir=tmp_path,
        openai_api_key="k",
        plain_http_hosts="192.168.1.20, gpu.local",
        proxy_networks="198.18.0.0/15",
        _env_file=None,
    )
    cache = Cache(tmp_path / "cache")
    registry = Registry(settings, cache, Ledger(tmp_path / "ledger.jsonl", settings), {})
    provider = registry.get("openai").inner
    assert isinstance(provider, Remote)
    policy = provider.connection.addresses
    assert policy.plain("gpu.local")
    assert not policy.plain("192.168.1.21")
    assert [str(network) for network in policy.proxy_networks] == ["198.18.0.0/15"]
    cache.close()
    with pytest.raises(ValueError, match="proxy_networks"):
        Settings(proxy_networks="198.18.0.0/15, anything", _env_file=None)
