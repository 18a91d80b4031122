"""Who may call the API: whoever sends a token; without any this machine, and nobody through a proxy or a web page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from pipeline.api.access import WRITES, WRITES_IN_ALL, Access
from pipeline.api.application import application
from pipeline.brake import Brake
from pipeline.settings import Settings, split_tokens
from pipeline.workbench import Workbench
from tests.api.conftest import calling, unhurried

TOKEN, OTHER = "a-token-of-the-shop-1", "a-token-of-the-shop-2"
WORK = {"prompt": ""}
"""An order that is refused as such (422) by whoever is let in."""

Deployed = Callable[..., FastAPI]


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    benches = []

    def deploy(access: Access | None = None, **settings: object) -> FastAPI:
        bench = Workbench(Settings(data_dir=tmp_path / "data", **settings))  # type: ignore[arg-type]
        benches.append(bench)
        return application(lambda: bench, access or unhurried())

    yield deploy
    for bench in benches:
        bench.cache.close()


def asked(client: TestClient, token: str = "", **headers: str) -> tuple[int, int]:
    """The status of a read and of an order."""
    sent = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    read = client.get("/designs", headers=sent).status_code
    return read, client.post("/generate", json=WORK, headers=sent).status_code


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "localhost"])
def test_without_tokens_this_machine_may_work(deployed: Deployed, address: str, host: str) -> None:
    assert asked(calling(deployed(), address, host)) == (200, 422)


@pytest.mark.parametrize(
    ("address", "host", "headers"),
    [
        ("192.0.2.7", "localhost:8501", {}),
        ("10.0.0.4", "10.0.0.1:8501", {}),
        ("testclient", "localhost", {}),
        ("127.0.0.1", "loupe.example", {}),
        ("127.0.0.1", "localhost.evil.example", {}),
        ("127.0.0.1", "localhost:8501", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", "localhost:8501", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", "localhost:8501", {"X-Real-IP": "127.0.0.1"}),
        ("127.0.0.1", "localhost:8501", {"X-Forwarded-Proto": "https"}),
        ("127.0.0.1", "localhost:8501", {"Via": "1.1 proxy"}),
        ("127.0.0.1", "localhost:8501", {"CF-Connecting-IP": "192.0.2.7"}),
        ("127.0.0.1", "localhost:8501", {"Origin": "https://evil.example"}),
        ("127.0.0.1", "localhost:8501", {"Origin": "null"}),
        ("127.0.0.1", "localhost:8501", {"Origin": "http://localhost:3000"}),
        ("127.0.0.1", "localhost:8501", {"Sec-Fetch-Site": "cross-site"}),
        ("127.0.0.1", "localhost:8501", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_without_tokens_nobody_else_may_even_look(
    deployed: Deployed, address: str, host: str, headers: dict[str, str]
) -> None:
    """Another machine, a proxy's hand-on, a name led here, a page of elsewhere: the API is off for them."""
    assert calling(deployed(), address, host).get("/openapi.json", headers=headers).status_code == 403
    assert asked(calling(deployed(), address, host), **headers) == (403, 403)


def test_with_tokens_each_of_them_works_from_anywhere_and_nothing_else_does(deployed: Deployed) -> None:
    app = deployed(api_tokens=SecretStr(f" {TOKEN}, {OTHER} "))
    for address, host in (("192.0.2.7", "loupe.example"), ("127.0.0.1", "localhost")):
        client = calling(app, address, host)
        assert asked(client, TOKEN, **{"X-Forwarded-For": "192.0.2.9"}) == (200, 422)
        assert asked(client, OTHER) == (200, 422)
        assert asked(client) == (401, 401)
        assert asked(client, TOKEN[:-1]) == (401, 401)
        assert asked(client, f"{TOKEN},{OTHER}") == (401, 401)
        wrong = client.get("/designs", headers={"Authorization": f"Basic {TOKEN}"})
        assert wrong.status_code == 401
        assert wrong.headers["www-authenticate"] == "Bearer"


class _Bench:
    settings = Settings(api_tokens=SecretStr(TOKEN))

    def for_visitor(self) -> "_Bench":
        return self


def _deaf() -> Access:
    access = unhurried()
    access._guesses = Brake(one=(10**6, 0.001), everyone=(10**6, 0.001))
    return access


STRANGER = calling(application(_Bench, _deaf()), "192.0.2.7", "loupe.example")  # type: ignore[arg-type]


@settings(max_examples=40)
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60))
def test_no_other_text_is_a_token(text: str) -> None:
    """Whatever is sent in a token's place, also in letters no token has: 401, never an error of ours."""
    header = f"Bearer {text}".encode("latin-1")
    assert STRANGER.get("/designs", headers={b"Authorization": header}).status_code == 401


def test_guesses_are_braked_per_address(deployed: Deployed) -> None:
    """After five wrong tokens an address waits, and a right one that comes too soon is refused like any other."""
    app = deployed(api_tokens=SecretStr(TOKEN))
    client = calling(app, "192.0.2.7", "loupe.example")
    wrong = [
        client.get("/designs", headers={"Authorization": "Bearer wrong-one"}).status_code for _ in range(7)
    ]
    assert wrong == [401] * 5 + [429] * 2
    answer = client.get("/designs", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert asked(calling(app, "192.0.2.8", "loupe.example"), TOKEN) == (200, 422)


def test_a_caller_who_calls_too_often_waits(deployed: Deployed) -> None:
    """More than a caller's share of orders is refused with when to come again; reading goes on."""
    access = Access()
    # As it is, but that no further call is earned while the test runs, however slow the machine is.
    access._writes = Brake(one=(WRITES[0], 10**6), everyone=(WRITES_IN_ALL[0], 10**6))
    client = calling(deployed(access=access))
    statuses = [client.post("/generate", json=WORK).status_code for _ in range(70)]
    assert set(statuses) == {422, 429}
    assert statuses.index(429) == 60
    assert client.get("/designs").status_code == 200


def test_a_read_only_deployment_answers_reads(deployed: Deployed) -> None:
    """Its visitors look, by HTTP as on the pages; who has a token works."""
    app = deployed(read_only=True, api_tokens=SecretStr(TOKEN))
    stranger = calling(app, "192.0.2.7", "loupe.example")
    assert asked(stranger) == (200, 401)
    assert asked(stranger, TOKEN) == (200, 422)
    assert stranger.get("/metrics").status_code == 403
    here = calling(deployed(read_only=True))
    assert asked(here) == (200, 403)
    assert here.post("/generate", json=WORK).json()["type"] == "urn:loupe:read-only"
    assert here.delete("/designs/abc").status_code == 403


def test_short_tokens_are_refused_at_the_start() -> None:
    """A token that can be guessed is none."""
    with pytest.raises(ValidationError, match="16 characters"):
        Settings(api_tokens=SecretStr(f"{TOKEN},short"))
    assert split_tokens(Settings(api_tokens=SecretStr(" , ")).api_tokens) == ()
