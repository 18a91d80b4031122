"""Settings: keys, folders and limits, read once from LOUPE_* variables, `.env` or Streamlit secrets.

The README's table of keys is generated from this model. Nothing is read on import. Model ids are settings
because vendors retire them within months; the defaults were current on 2026-11-22.
"""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

SECRETS_FILE = Path(".streamlit/secrets.toml")


def _key(vendor: str, what: str, *customary: str) -> Any:
    """Declare a vendor's key: our own variable first, then the vendor's customary one."""
    variable = f"LOUPE_{vendor}_API_KEY"
    choices = AliasChoices(variable, f"{vendor.lower()}_api_key", *customary)
    return Field(default=None, validation_alias=choices, description=what)


def _url(default: str, whose: str) -> Any:
    return Field(default=default, description=f"Where {whose} is reached.")


def split_tokens(tokens: SecretStr | None) -> tuple[str, ...]:
    """The tokens of a comma-separated list, without blanks."""
    listed = tokens.get_secret_value().split(",") if tokens else []
    return tuple(token.strip() for token in listed if token.strip())


def _secrets_file() -> Mapping[str, str]:
    """Streamlit's secrets.toml, its top-level values read as if they were variables."""
    try:
        secrets = tomllib.loads(SECRETS_FILE.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name.lower(): str(value) for name, value in secrets.items() if not isinstance(value, dict | list)}


class _Variables(PydanticBaseSettingsSource):
    """Settings from variables, whose names are in small letters here. Each is one plain value.

    The library's own source asks anew of every field of every source whether its variable may hold JSON.
    """

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self._variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The first of a field's variables that is set, the name the model takes it by, and that it is no JSON."""
        alias = field.validation_alias
        names = [str(c) for c in alias.choices] if isinstance(alias, AliasChoices) else []
        variables = names or [f"{self.config.get('env_prefix')}{field_name}"]
        for variable in variables:
            if (value := self._variables.get(variable.lower())) is not None:
                preferred = names[0] if names and variable != field_name else field_name
                return value, preferred, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        values = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {name: value for value, name, _ in values if value is not None}


class Settings(BaseSettings):
    """Everything Loupe can be told from outside. Without any of it the whole walk works."""

    model_config = SettingsConfigDict(
        env_prefix="LOUPE_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        default=Path("data"), description="Folder that holds designs, assets and the cache."
    )
    spend_cap_design_usd: float = Field(
        default=5.0, ge=0, description="Most that may be spent on one design, US dollars."
    )
    spend_cap_day_usd: float = Field(
        default=20.0, ge=0, description="Most that may be spent in one day (UTC), US dollars."
    )
    store_url: str = Field(
        default="",
        description="Where designs and paid answers are kept besides this disk: `s3://bucket/folder` or "
        "`file:///folder`. Its credentials come from the environment.",
    )
    catalogue_hosts: str = Field(
        default="",
        description="Hosts, separated by commas, that the pictures of a catalogue may be fetched from, over https.",
    )
    demo_providers: bool = Field(
        default=False, description="Start local stand-ins of the remote services, for shows without a key."
    )
    enlargers_dir: Path | None = Field(
        default=None,
        description="Folder of ncnn or ONNX super-resolution networks of your own; each becomes a line.",
    )
    read_only: bool = Field(
        default=False,
        description="A shared deployment: visitors look and download; whoever signs in works.",
    )
    access_code: SecretStr | None = Field(
        default=None, description="The code that signs a visitor of a read-only deployment in."
    )
    api_tokens: SecretStr | None = Field(
        default=None,
        description="Tokens, separated by commas, each of 16 characters or more: the HTTP API answers whoever sends "
        "one as `Authorization: Bearer`. Without any it answers this machine alone.",
    )
    brand_name: str = Field(
        default="", description="The house whose name stands on the HTML page, the dossier and the cards."
    )
    brand_logo: Path | None = Field(default=None, description="Its logo, a PNG or JPEG file.")
    brand_colour: str = Field(
        default="", description="Its colour for hairlines and small headings there, as #7a5a14."
    )
    c2pa_certificate_file: Path | None = Field(
        default=None,
        description="Certificates, PEM, leaf first, that sign Content Credentials (C2PA) into shop pictures and cards.",
    )
    c2pa_key_file: Path | None = Field(default=None, description="Its private key, PEM without a password.")
    client_details: bool = Field(
        default=False,
        description="Whether what is handed out and presented tells cost, working time and hashes of files.",
    )
    editors: str = Field(
        default="",
        description="Who may work there after `st.login`: e-mail addresses or `@domain`s, separated by commas.",
    )
    sign_in_issuers: str = Field(
        default="",
        description="Identity providers whose word on an address counts, by their `iss`, separated by commas; "
        "`iss=domain` binds one to the domain it owns. Empty: any that says `email_verified`.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="What the log on standard error tells: events from this level up."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How it is written: `text`, or `json` with one object a line."
    )

    plain_http_hosts: str = Field(
        default="",
        description="Hosts, addresses or networks of your own network, separated by commas, that a key may be sent to "
        "over plain http: it can be read on the way there.",
    )
    proxy_networks: str = Field(
        default="",
        description="Networks your proxy lets the names of the internet lead to, separated by commas: 198.18.0.0/15 "
        "of one that invents addresses, 100.64.0.0/10 of a carrier's or a tunnel's.",
    )

    ark_api_key: SecretStr | None = _key(
        "ARK", "Seedream on BytePlus ModelArk or Volcengine Ark.", "ARK_API_KEY"
    )
    ark_base_url: str = _url(
        "https://ark.ap-southeast.bytepluses.com/api/v3", "Seedream (your key's own region)"
    )
    ark_model: str = Field(
        default="seedream-4-5-251128",
        description="Seedream's model or endpoint id; 4.0, 4.5 and 5.x are understood.",
    )

    openai_api_key: SecretStr | None = _key("OPENAI", "OpenAI Images.", "OPENAI_API_KEY")
    openai_base_url: str = _url("https://api.openai.com/v1", "OpenAI")
    openai_model: str = Field(default="gpt-image-2.6-sunburst", description="OpenAI's image model id.")
    openai_reader_model: str = Field(
        default="gpt-6-luna", description="OpenAI's text model that reads prompts, where it is asked to."
    )
    openai_quality: Literal["low", "medium", "high", "xhigh", "max"] = Field(
        default="high", description="How much work OpenAI puts into a picture; the price follows."
    )

    gemini_api_key: SecretStr | None = _key("GEMINI", "Google's Gemini image models.", "GEMINI_API_KEY")
    gemini_base_url: str = _url("https://generativelanguage.googleapis.com/v1beta", "Gemini")
    gemini_model: str = Field(default="gemini-nano-banana-2.1", description="Gemini's image model id.")
    gemini_reader_model: str = Field(
        default="gemini-3.8-flash",
        description="Gemini's text model that reads prompts, where it is asked to.",
    )

    stability_api_key: SecretStr | None = _key("STABILITY", "Stability AI.", "STABILITY_API_KEY")
    stability_base_url: str = _url("https://api.stability.ai", "Stability AI")
    stability_model: str = Field(
        default="sd3.5-large",
        description="Stability's text-to-image model: sd3.5-large, -large-turbo or -medium.",
    )

    fal_api_key: SecretStr | None = _key("FAL", "fal.ai.", "FAL_KEY")
    fal_base_url: str = _url("https://queue.fal.run", "fal's queue")
    fal_generate_model: str = Field(
        default="fal-ai/bytedance/seedream/v4.5/text-to-image", description="fal's text-to-image endpoint."
    )
    fal_edit_model: str = Field(
        default="fal-ai/bytedance/seedream/v4.5/edit", description="fal's endpoint that edits a picture."
    )
    fal_3d_model: str = Field(default="fal-ai/trellis-2", description="fal's image-to-3D endpoint.")

    replicate_api_key: SecretStr | None = _key("REPLICATE", "Replicate.", "REPLICATE_API_TOKEN")
    replicate_base_url: str = _url("https://api.replicate.com/v1", "Replicate")
    replicate_model: str = Field(
        default="bytedance/seedream-4.5", description="Replicate's model that generates and edits."
    )
    replicate_3d_model: str = Field(
        default="firtoz/trellis:e8f6c45206993f297372f5436b90350817bd9b4a0d52d2a76df50c1c8afa2b3c",
        description="Replicate's image-to-3D model.",
    )

    meshy_api_key: SecretStr | None = _key("MESHY", "Meshy.", "MESHY_API_KEY")
    meshy_base_url: str = _url("https://api.meshy.ai", "Meshy")
    meshy_model: str = Field(default="latest", description="Meshy's `ai_model`.")

    tripo_api_key: SecretStr | None = _key("TRIPO", "Tripo.", "TRIPO_API_KEY")
    tripo_base_url: str = _url("https://openapi.tripo3d.ai/v3", "Tripo")
    tripo_model: str = Field(default="v3.1-20260211", description="Tripo's `model`.")

    dzine_api_key: SecretStr | None = _key("DZINE", "Dzine (experimental).")
    dzine_base_url: str = _url("https://papi.dzine.ai/openapi/v1", "Dzine")
    dzine_model: str = Field(
        default="Style-7feccf2b-f2ad-43a6-89cb-354fb5d928d2", description="Dzine's style code."
    )

    bfl_api_key: SecretStr | None = _key("BFL", "Black Forest Labs (FLUX).", "BFL_API_KEY")
    bfl_base_url: str = _url("https://api.bfl.ai", "Black Forest Labs")
    bfl_model: str = Field(default="flux-2-pro", description="Black Forest Labs' model id.")

    magnific_api_key: SecretStr | None = _key("MAGNIFIC", "Magnific.", "FREEPIK_API_KEY")
    magnific_base_url: str = _url("https://api.freepik.com", "Magnific")
    magnific_model: str = Field(
        default="image-upscaler-precision-v2", description="Magnific's upscaler: the end of its path."
    )

    topaz_api_key: SecretStr | None = _key("TOPAZ", "Topaz Labs.", "TOPAZ_API_KEY")
    topaz_base_url: str = _url("https://api.topazlabs.com", "Topaz")
    topaz_model: str = Field(default="High Fidelity V2", description="Topaz's precision upscaler.")

    comfy_api_key: SecretStr | None = _key(
        "COMFY", "For a proxy before your ComfyUI; without one none is needed."
    )
    comfy_base_url: str = _url("http://127.0.0.1:8188", "your ComfyUI")
    comfy_workflow_file: Path | None = Field(
        default=None,
        description="A ComfyUI workflow in API format, with {prompt}, {seed}, {image}, {width}, {height}; or a "
        "folder of several.",
    )

    a1111_api_key: SecretStr | None = _key("A1111", "`user:password` of its `--api-auth`, where it has one.")
    a1111_base_url: str = _url(
        "", "your Automatic1111 or Forge, started with `--api`, for instance `http://127.0.0.1:7860`,"
    )
    a1111_model: str = Field(
        default="", description="The checkpoint it draws with; empty: the one it has loaded."
    )
    a1111_upscaler: str = Field(default="R-ESRGAN 4x+", description="The upscaler of its extras.")

    invoke_api_key: SecretStr | None = _key(
        "INVOKE", "The bearer token of a shared InvokeAI; without one none is needed."
    )
    invoke_base_url: str = _url("", "your InvokeAI, for instance `http://127.0.0.1:9090`,")
    invoke_graph_file: Path | None = Field(
        default=None,
        description="A graph as InvokeAI's queue takes it, with {prompt}, {seed}, {image}, {width}, {height}; or a "
        "folder of several.",
    )

    modelia_api_key: SecretStr | None = _key("MODELIA", "Modelia, or whoever answers in its place.")
    modelia_file: Path | None = Field(
        default=None, description="TOML description of Modelia's endpoints, as its contract names them."
    )
    endpoint_api_key: SecretStr | None = _key("ENDPOINT", "Your own endpoint.")
    endpoint_api_keys: SecretStr | None = Field(
        default=None,
        description="Keys of several endpoints, by their files' names, spaces as hyphens: `bench=KEY, my-studio=KEY`.",
    )
    endpoint_file: Path | None = Field(
        default=None, description="TOML description of your own endpoint, or a folder of several."
    )

    secret_fields: ClassVar[tuple[str, ...]] = (
        "ark_api_key", "openai_api_key", "gemini_api_key", "stability_api_key", "fal_api_key",
        "replicate_api_key", "meshy_api_key", "tripo_api_key", "dzine_api_key", "bfl_api_key",
        "magnific_api_key", "topaz_api_key", "comfy_api_key", "a1111_api_key", "invoke_api_key", "modelia_api_key",
        "endpoint_api_key", "endpoint_api_keys", "access_code",
    )  # fmt: skip

    @field_validator(*secret_fields)
    @classmethod
    def _usable_key(cls, value: SecretStr | None) -> SecretStr | None:
        """Drop the blanks and line ends that copying a key brings along; an empty key is no key."""
        bare = value.get_secret_value().strip() if value else ""
        return SecretStr(bare) if bare else None

    def endpoint_key(self, *names: str) -> SecretStr | None:
        """The key of one of several endpoints, by the first of its names that has one."""
        text = self.endpoint_api_keys.get_secret_value() if self.endpoint_api_keys else ""
        pairs = dict(pair.split("=", 1) for pair in re.split(r"[\s,]+", text) if "=" in pair)
        return next((SecretStr(pairs[name]) for name in names if pairs.get(name)), None)

    @field_validator("api_tokens")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse tokens that can be guessed."""
        if value and any(len(token) < 16 for token in split_tokens(value)):
            raise ValueError("each token of the API has 16 characters or more")
        return value

    @field_validator("proxy_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        """Refuse what is no network before anything is ordered."""
        for entry in filter(None, map(str.strip, value.split(","))):
            ipaddress.ip_network(entry)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library names it; no such files here
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, variables, `.env`, Streamlit's secrets."""
        variables = [s.env_vars for s in (env_settings, dotenv_settings) if isinstance(s, EnvSettingsSource)]
        return init_settings, *(_Variables(settings_cls, each) for each in (*variables, _secrets_file()))


@dataclass(frozen=True)
class Variables:
    """The variables that concern one vendor."""

    key: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    address: tuple[str, ...] = ()


def variables(vendor: str) -> Variables:
    """Where a vendor's key, models and address are set; the key also under the vendor's customary name.

    Of several endpoints each is a vendor, `endpoint-<file>`, and all their keys stand in one variable.
    """
    names: dict[str, list[str]] = {"key": [], "model": [], "url": [], "file": []}
    vendor, _, one_of_several = vendor.partition("-")
    for name, field in Settings.model_fields.items():
        if not name.startswith(f"{vendor}_"):
            continue
        alias = field.validation_alias
        choices = [str(c) for c in alias.choices] if isinstance(alias, AliasChoices) else []
        variable = [f"LOUPE_{name.upper()}"]
        kind = name.rpartition("_")[2]
        kind = {"key": "", "keys": "key"}.get(kind, kind) if one_of_several else kind
        names.setdefault(kind, []).extend([c for c in choices if c.isupper()] or variable)
    return Variables(tuple(names["key"]), tuple(names["model"]), tuple(names["url"] + names["file"]))


def table() -> str:
    """Every setting as a Markdown table; the README carries it between two marks."""
    lines = ["| variable | also read from | default | what it is |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        choices = [str(c) for c in alias.choices] if isinstance(alias, AliasChoices) else []
        customary = ", ".join(f"`{c}`" for c in choices if c.isupper() and not c.startswith("LOUPE_"))
        default = "" if field.default is None else f"`{str(field.default).lower()}`"
        if isinstance(field.default, str | Path):
            default = f"`{field.default}`"
        lines.append(f"| `LOUPE_{name.upper()}` | {customary} | {default} | {field.description} |")
    return "\n".join(lines)
