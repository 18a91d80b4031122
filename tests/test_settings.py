"""What Loupe is told from outside: variables, `.env`, Streamlit's secrets, and keys that never show."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.settings import Settings

CUSTOMARY = {
    "ark_api_key": "ARK_API_KEY",
    "openai_api_key": "OPENAI_API_KEY",
    "gemini_api_key": "GEMINI_API_KEY",
    "stability_api_key": "STABILITY_API_KEY",
    "fal_api_key": "FAL_KEY",
    "replicate_api_key": "REPLICATE_API_TOKEN",
    "meshy_api_key": "MESHY_API_KEY",
    "tripo_api_key": "TRIPO_API_KEY",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("field", "variable"), CUSTOMARY.items())
def test_reads_the_customary_variable(monkeypatch: pytest.MonkeyPatch, field: str, variable: str) -> None:
    """The vendor's own variable sets the key."""
    monkeypatch.setenv(variable, "k-1")
    assert getattr(Settings(), field).get_secret_value() == "k-1"


@pytest.mark.parametrize("field", Settings.secret_fields)
def test_our_own_variable_comes_first(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """LOUPE_<NAME>_API_KEY wins over the customary variable."""
    monkeypatch.setenv(CUSTOMARY.get(field, field.upper()), "theirs")
    monkeypatch.setenv(f"LOUPE_{field.upper()}", "ours")
    assert getattr(Settings(), field).get_secret_value() == "ours"


@pytest.mark.parametrize(("told", "read"), [("", None), ("  ", None), (" sk-1\n", "sk-1")])
def test_cleans_a_copied_key(monkeypatch: pytest.MonkeyPatch, told: str, read: str | None) -> None:
    """Blanks around a key are dropped, and a blank key is no key."""
    monkeypatch.setenv("LOUPE_FAL_API_KEY", told)
    key = Settings().fal_api_key
    assert (key.get_secret_value() if key else None) == read


def test_reads_env_file_and_secrets_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables come before `.env`, `.env` before Streamlit's secrets."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(
        'MESHY_API_KEY = "from-secrets"\nTRIPO_API_KEY = "from-secrets"\nLOUPE_READ_ONLY = true\n[table]\nx = 1\n'
    )
    (tmp_path / ".env").write_text("TRIPO_API_KEY=from-env-file\nLOUPE_SPEND_CAP_DAY_USD=3\n")
    monkeypatch.setenv("LOUPE_SPEND_CAP_DAY_USD", "4")
    settings = Settings()
    assert settings.meshy_api_key == SecretStr("from-secrets")
    assert settings.tripo_api_key == SecretStr("from-env-file")
    assert settings.read_only
    assert settings.spend_cap_day_usd == 4


def test_survives_damaged_secrets(tmp_path: Path) -> None:
    """A secrets file that is no TOML is as good as none."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("= = =")
    assert Settings().fal_api_key is None


def test_never_shows_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key appears in the settings' text, their JSON, or a complaint about another field."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-SECRET")
    settings = Settings()
    assert "sk-SECRET" not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.setenv("LOUPE_SPEND_CAP_DAY_USD", "-1")
    with pytest.raises(ValueError, match="spend_cap_day_usd") as caught:
        Settings()
    assert "sk-SECRET" not in str(caught.value)


def test_every_field_is_described() -> None:
    """The README's table is generated from the descriptions, so none may be missing."""
    assert all(field.description for field in Settings.model_fields.values())
