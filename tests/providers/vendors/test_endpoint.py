"""One's own endpoint: a file that is understood, or named with the place where it is wrong."""

import json
import re
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from pipeline import errors, images
from pipeline.cache import Cache
from pipeline.demo.studio import Studio
from pipeline.ledger import Ledger
from pipeline.providers.base import EnhanceRequest, GenerateRequest, Silent
from pipeline.providers.call.connection import Connection
from pipeline.providers.registry import Registry, Row
from pipeline.providers.vendors import endpoint
from pipeline.providers.vendors.endpoint import EXAMPLE, parse_description, read_description
from pipeline.records import Detail, Role
from pipeline.settings import Settings
from tests.providers.conftest import QUICK, draw_crop

GOOD = Studio.DESCRIPTION.format(url="https://studio.example/api")


def row(folder: Path, text: str, *, key: str | None = None) -> Row:
    file = folder / "studio.toml"
    file.write_text(text, "utf-8")
    settings = Settings(
        data_dir=folder, endpoint_file=file, endpoint_api_key=SecretStr(key) if key else None, _env_file=None
    )
    cache = Cache(folder / "cache")
    registry = Registry(settings, cache, Ledger(folder / "l", settings), {})
    found = next(r for r in registry.rows() if r.id == "endpoint")
    cache.close()
    return found


def test_a_description_becomes_a_row(tmp_path: Path) -> None:
    """Name, jobs, prices and the kind of detail come from the file."""
    found = row(tmp_path, GOOD, key="k")
    assert (found.name, found.ready) == ("Studio (demo)", True)
    assert set(found.roles) == set(Role)
    assert found.detail(Role.ENHANCE) is Detail.UPSCALED
    assert found.detail(Role.SKETCH) is Detail.REDRAWN
    assert found.price(Role.MODEL) == 0.25


def test_a_key_is_asked_for_only_where_one_is_used(tmp_path: Path) -> None:
    """Without an [auth] table no key is needed; with one the variable is named."""
    assert row(tmp_path, GOOD).missing == "LOUPE_ENDPOINT_API_KEY"
    (tmp_path / "open").mkdir()
    open_text = GOOD.replace('[auth]\nheader = "X-Studio-Key"\nvalue = "{key}"\n', "")
    assert row(tmp_path / "open", open_text).ready


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("= =", "no TOML"),
        ('base_url = "https://x"', "describes no job"),
        (GOOD.replace("https://studio.example/api", "studio"), "base_url"),
        (GOOD.replace('path = "/enhance"', 'path = "enhance"'), "enhance.path"),
        (GOOD.replace("text", "text", 1).replace("prompt =", "promt ="), "promt"),
        (GOOD.replace('kind = "base64"', 'kind = "picture"'), "answer.kind"),
        (GOOD + "\n[extra]\nx = 1\n", "extra"),
        (GOOD.replace("price_usd = 0.25", "price_usd = -1"), "price_usd"),
        (GOOD.replace('cancel = "DELETE /tasks/{id}"', 'cancel = "DROP /tasks"'), "cancel"),
    ],
)
def test_a_wrong_description_says_where(tmp_path: Path, text: str, where: str) -> None:
    """The complaint names the place; the row says it and the rest of the table stands."""
    with pytest.raises(errors.Unsupported, match=where):
        parse_description(text, Path("studio.toml"))
    found = row(tmp_path, text, key="k")
    assert not found.ready
    assert where in found.trouble


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is one sentence."""
    with pytest.raises(errors.Unsupported, match="cannot be read"):
        read_description(tmp_path / "none.toml")


def test_the_example_is_understood_and_is_the_readmes() -> None:
    """What the README shows is a description Loupe reads."""
    described = parse_description(EXAMPLE, Path("example.toml"))
    assert set(described.jobs) == {Role.ENHANCE}
    assert described.enhance is not None
    assert described.enhance.poll is not None
    assert f"```toml\n{EXAMPLE}```" in (Path(__file__).parents[3] / "README.md").read_text("utf-8")


BARE = """
base_url = "{base}"
{auth}
[generate]
path = "/generate"
fields = {{ prompt = "text" }}
answer = {{ kind = "url", at = "url" }}
"""


@pytest.mark.parametrize(
    ("base", "url", "fetched"),
    [
        ("https://studio.example/api", "/files/1.png", "https://studio.example/api/files/1.png"),
        ("http://192.168.1.20:9000", "/files/1.png", "http://192.168.1.20:9000/files/1.png"),
        ("http://192.168.1.20:9000", "http://192.168.1.20:9000/1.png", "http://192.168.1.20:9000/1.png"),
    ],
)
def test_a_backend_at_home_needs_neither_https_nor_a_key(
    tmp_path: Path, answering, base: str, url: str, fetched: str
) -> None:
    """Where no key is sent there is none to be read; a result without a host is the backend's own."""
    asked = answering(
        lambda request: (
            httpx.Response(200, json={"url": url})
            if request.method == "POST"
            else httpx.Response(200, content=images.encode_png(draw_crop()))
        )
    )
    provider = built(tmp_path, BARE.format(base=base, auth=""))
    assert provider.run(GenerateRequest("A ring"), Silent()).data
    assert str(asked[1].url) == fetched


@pytest.mark.parametrize(
    ("base", "auth", "url", "refused"),
    [
        ("http://192.168.1.20:9000", "[auth]", "/1.png", errors.Unsupported),
        ("http://192.168.1.20:9000", "", "http://192.168.1.21:9000/1.png", errors.UnusableAnswer),
        ("http://192.168.1.20:9000", "", "//192.168.1.21/1.png", errors.UnusableAnswer),
        ("https://studio.example", "", "http://studio.example/1.png", errors.UnusableAnswer),
    ],
)
def test_a_key_is_never_sent_in_the_clear_and_other_private_hosts_stay_shut(
    tmp_path: Path, answering, base: str, auth: str, url: str, refused: type[errors.ProviderError]
) -> None:
    """Plain http is for the keyless backend's own host only."""
    asked = answering(lambda _: httpx.Response(200, json={"url": url}))
    with pytest.raises(refused):
        built(tmp_path, BARE.format(base=base, auth=auth)).run(GenerateRequest("A ring"), Silent())
    assert len(asked) == (0 if auth else 1)


JOB = '[enhance]\npath = "/e"\nfields = {image = "i"}\n'


@pytest.mark.parametrize(
    ("head", "job", "where"),
    [
        ("", JOB + "fixed = {day = 2024-01-01}", "enhance.fixed.day"),
        ("", JOB + "fixed = {share = nan}", "enhance.fixed.share"),
        ("", JOB + f"fixed = {{deep = {'[' * 3000}{']' * 3000}}}", "too deeply"),
        ("", '[enhance]\npath = "/e"\nbody = {a = "{image}", day = 07:30:00}', "enhance.body.day"),
        ("", '[enhance]\npath = "/e"\nbody = {a = "{image}", b = "{promt}"}', "“{promt}”"),
        ("", '[enhance]\npath = "/e"\nbody = {a = "{image}", b = ["{style}"]}', "“{style}”"),
        ("", '[generate]\npath = "/e"\nbody = {a = "{image}"}', "sends nothing of ours"),
        ("", '[generate]\npath = "/e"\nbody = {a = "{image}", b = "{prompt}"}', "“{image}”"),
        ("", JOB + "price_usd = inf", "price_usd"),
        ("", JOB + "limits = {multiple_of = 0}", "multiple_of"),
        ("", JOB + "limits = {max_side_px = 0}", "max_side_px"),
        ("", JOB + "limits = {sizes = [[0, 1024]]}", "sizes"),
        ("", JOB + "limits = {factors = [0]}", "factors"),
        ("", JOB + "limits = {concurrency = 0}", "concurrency"),
        ("", JOB + "limits = {min_side_px = 4000, max_side_px = 100}", "min_side_px is above max_side_px"),
        ("", JOB + 'limits = {formats = ["png"]}', "image/png"),
        ("", JOB + 'answer = {kind = "base64"}', "needs “at”"),
        ("", JOB + 'answer = {kind = "url"}', "needs “at”"),
        ("", JOB + 'answer = {at = "url"}', "need kind"),
        ("", JOB + 'answer = {kind = "url", url = "view/{name}"}', "must begin with /"),
        ('headers = {X-Version = "a\\nb"}', JOB, "headers.X-Version"),
        ('headers = {X-Version = "ü"}', JOB, "headers.X-Version"),
        ('headers = {"X Version" = "2"}', JOB, "headers.X Version"),
        ('headers = {Authorization = "Bearer SECRET"}', JOB, r"\[auth\]"),
        ('headers = {content-length = "7"}', JOB, "leave it out"),
    ],
)
def test_what_would_fail_at_the_press_is_refused_before(
    tmp_path: Path, head: str, job: str, where: str
) -> None:
    """A value no request can carry, a size no picture has, a place nothing fills: the row says it, nothing is sent."""
    status = row(tmp_path, f'base_url = "https://x.example"\n{head}\n{job}\n')
    assert not status.ready
    assert re.search(where, status.trouble)
    assert "SECRET" not in status.trouble


def test_a_file_of_the_windows_editor_is_read(tmp_path: Path) -> None:
    """A byte order mark before the first word is none of the description."""
    assert row(tmp_path, f"\ufeff{GOOD}", key="k").ready


QUEUE = """
base_url = "https://studio.example"
[generate]
path = "/jobs"
fields = { prompt = "text" }
answer = { kind = "url", at = "file", url = "/view?name={name}" }
poll = { id = "job", path = "/jobs/{id}", status = "state", done = ["succeeded", "true"], failed = ["failed"] }
"""


@pytest.mark.parametrize("state", ["succeeded", "SUCCEEDED", True])
def test_a_state_is_the_same_word_in_capitals(tmp_path: Path, answering, state: object) -> None:
    """Services write their states in either way, and some a JSON true."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/view":
            return httpx.Response(200, content=images.encode_png(draw_crop()))
        return httpx.Response(200, json={"job": 7, "state": state, "file": {"name": "a b.png"}})

    asked = answering(answer)
    assert built(tmp_path, QUEUE).run(GenerateRequest("A ring"), Silent()).data
    looks, result = asked[1:-1], asked[-1]
    assert {request.url.path for request in looks} == {"/jobs/7"}
    assert result.url.raw_path == b"/view?name=a%20b.png"


def test_a_field_that_an_address_lacks_is_told(tmp_path: Path, answering) -> None:
    """No address with an empty place is ever asked for."""
    asked = answering(
        lambda _: httpx.Response(200, json={"job": 7, "state": "FAILED", "file": {"nome": "a"}})
    )
    text = QUEUE.replace('failed = ["failed"]', 'failed = ["no"]').replace('"true"', '"failed"')
    with pytest.raises(errors.UnusableAnswer, match="does not understand") as caught:
        built(tmp_path, text).run(GenerateRequest("A ring"), Silent())
    assert caught.value.kept
    assert not any(request.url.path == "/view" for request in asked)


def test_a_picture_is_uploaded_once_and_only_where_it_has_a_place(tmp_path: Path, answering) -> None:
    """`image` is the first of `images`; a description that names one of them sends no other."""
    asked = answering(
        lambda request: (
            httpx.Response(200, json={"name": "x.png"})
            if request.url.path == "/up"
            else httpx.Response(200, content=images.encode_png(draw_crop()))
        )
    )
    text = 'base_url = "https://x.example"\n[enhance]\npath = "/e"\nupload = {path = "/up", at = "name"}\n'
    crop, master = images.encode_png(draw_crop()), images.encode_png(draw_crop()[:64, :64])
    request = EnhanceRequest(crop, "macro", 512, 448, references=(master,))
    for body, uploads in (('{a = "{image}"}', 1), ('{a = "{image}", b = "{images}"}', 2)):
        asked.clear()
        built(tmp_path / str(uploads), f"{text}body = {body}\n").run(request, Silent())
        assert [str(sent.url.path) for sent in asked] == ["/up"] * uploads + ["/e"]


@pytest.mark.parametrize(
    ("path", "prompt"), [("/e?hook=https://x", "A ring"), ("/e\x01", "A ring"), ("/e", "\ud800")]
)
def test_what_cannot_be_written_as_a_request_is_no_order(
    tmp_path: Path, answering, path: str, prompt: str
) -> None:
    """It never left, so nothing of it may have been charged."""
    asked = answering(lambda _: httpx.Response(500))
    text = BARE.format(base="https://x.example", auth="").replace('"/generate"', json.dumps(path))
    with pytest.raises(errors.ProviderError) as caught:
        built(tmp_path, text).run(GenerateRequest(prompt), Silent())
    assert not caught.value.charged
    assert asked == []


@pytest.mark.parametrize(
    "base", ["ftp://127.0.0.1:1", "ws://127.0.0.1:8188", "localhost:8188", "127.0.0.1:8188"]
)
def test_an_address_of_another_kind_is_no_order(tmp_path: Path, base: str) -> None:
    """A base URL that leads to no web server is told as such, not as a connection that broke after the order."""
    text = 'name = "x"\nbase_url = "http://x"\n[generate]\npath = "/e"\nfields = {prompt = "p"}\n'
    description = parse_description(text, Path("x.toml")).model_copy(update={"base_url": base})
    connection = Connection(
        "endpoint", "Mine", "", SecretStr(""), "LOUPE_X_API_KEY", Cache(tmp_path), pace=QUICK
    )
    with pytest.raises(errors.Unsupported, match="base URL") as caught:
        endpoint.Endpoint(connection, description).run(GenerateRequest("A ring"), Silent())
    assert not caught.value.charged


def built(folder: Path, text: str) -> endpoint.Endpoint:
    cache = Cache(folder)
    connection = Connection("endpoint", "Mine", "", SecretStr("k"), "LOUPE_X_API_KEY", cache, pace=QUICK)
    return endpoint.Endpoint(connection, parse_description(text, Path("mine.toml")))
