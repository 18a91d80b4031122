"""One's own endpoint: a file that is understood, or named with the place where it is wrong."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.cache import Cache
from pipeline.ledger import Ledger
from pipeline.providers import endpoint
from pipeline.providers.base import Detail, Role
from pipeline.providers.demo.studio import Studio
from pipeline.providers.endpoint import parse_description, read_description
from pipeline.providers.registry import Registry, Row
from pipeline.settings import Settings

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


def test_the_example_in_the_docs_is_right() -> None:
    """The description shown at the top of the module is itself understood."""
    text = endpoint.__doc__ or ""
    example = "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))
    assert parse_description(example, Path("docs.toml")).jobs.keys() == {Role.ENHANCE}
