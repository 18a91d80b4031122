"""Settings: keys, folders and limits, read once from LOUPE_* variables, `.env` or Streamlit secrets.

The README's table of keys is generated from this model. Nothing is read on import.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Key = Annotated[SecretStr | None, Field(default=None)]


def _key(name: str, *aliases: str, what: str) -> SecretStr | None:
    """Declare a provider's key: our own variable first, then the vendor's customary one."""
    field: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices(f"LOUPE_{name}_API_KEY", f"{name.lower()}_api_key", *aliases),
        description=what,
    )
    return field


class Settings(BaseSettings):
    """Everything Loupe can be told from outside. Without any of it the whole walk works."""

    model_config = SettingsConfigDict(
        env_prefix="LOUPE_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(default=Path("data"), description="Folder that holds designs, assets and the cache.")
    spend_cap_design_usd: float = Field(
        default=5.0, ge=0, description="Most that may be spent on one design, US dollars."
    )
    spend_cap_day_usd: float = Field(default=20.0, ge=0, description="Most that may be spent in one day, US dollars.")
    demo_providers: bool = Field(
        default=False, description="Start local stand-ins of the remote services, for shows without a key."
    )
    read_only: bool = Field(
        default=False, description="A shared deployment: visitors look at designs but cannot delete or rename them."
    )

    @property
    def designs_dir(self) -> Path:
        """Folder with one folder per design."""
        return self.data_dir / "designs"
