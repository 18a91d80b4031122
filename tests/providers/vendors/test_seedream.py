"""What the Ark contract demands beyond the common table."""

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.cache import Cache
from pipeline.demo import pictures
from pipeline.providers.base import GenerateRequest, Silent
from pipeline.providers.call import addresses
from pipeline.providers.call.connection import Connection
from pipeline.providers.vendors.seedream import Seedream
from tests.providers.conftest import MARKED_KEY, QUICK

ASKED = GenerateRequest("A ring", width=1024, height=1024, seed=3)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    cache = Cache(tmp_path / "cache")
    url = "https://ark.example.com/api/v3"
    yield Connection(
        "seedream", "Seedream", url, SecretStr(MARKED_KEY), "LOUPE_ARK_API_KEY", cache, pace=QUICK
    )
    cache.close()


@pytest.mark.parametrize("model", ["seedream-4-0-250828", "seedream-5-0-flash-260915"])
def test_sends_only_what_the_family_knows(connection: Connection, answering, model: str) -> None:
    """No seed, no count, no sequential fields; the output format only where it is known; no watermark."""
    asked = answering(lambda _: httpx.Response(200, json={"data": []}))
    with pytest.raises(errors.UnusableAnswer):
        Seedream(connection, model=model).run(ASKED, Silent())
    body = json.loads(asked[0].content)
    common = {"model", "prompt", "size", "response_format", "watermark"}
    assert body.keys() == common | ({"output_format"} if "5-0" in model else set())
    assert body["watermark"] is False
    assert asked[0].url.path == "/api/v3/images/generations"


def test_a_link_is_followed_without_the_key(
    connection: Connection, answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that answers with a link instead of bytes still delivers."""
    monkeypatch.setattr(addresses, "resolve", lambda *_: [ipaddress.ip_address("93.184.216.34")])
    made = pictures.png(pictures.drawn(256, 256))

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"data": [{"url": "https://tos.example.com/a.png?sig=1"}]})
        return httpx.Response(200, content=made)

    asked = answering(answer)
    assert Seedream(connection, model="seedream-4-0-250828").run(ASKED, Silent()).data == made
    assert "authorization" in asked[0].headers
    assert "authorization" not in asked[1].headers


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "InputTextSensitiveContentDetected", errors.Moderated),
        (403, "OutputImageRiskDetection", errors.Moderated),
        (400, "InvalidParameter.OversizedImage", errors.Unsupported),
        (401, "AuthenticationError", errors.BadKey),
        (403, "AccountOverdueError", errors.QuotaExhausted),
        (403, "OperationDenied.ServiceNotOpen", errors.ModelGone),
        (404, "ModelNotOpen", errors.ModelGone),
        (429, "QuotaExceeded", errors.QuotaExhausted),
        (429, "ModelAccountIpmRateLimitExceeded", errors.RateLimited),
        (429, "ServerOverloaded", errors.RateLimited),
        (500, "InternalServiceError", errors.ProviderDown),
    ],
)
def test_reads_the_codes(
    connection: Connection, answering, status: int, code: str, kind: type[Exception]
) -> None:
    """Each documented code becomes what the user can do about it."""
    answering(lambda _: httpx.Response(status, json={"error": {"code": code, "message": "m"}}))
    with pytest.raises(kind, match=code):
        Seedream(connection, model="seedream-4-0-250828").run(ASKED, Silent())
