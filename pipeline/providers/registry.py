"""The visible table of everyone who can do a job, and the only reader of Settings among the providers.

A new provider is one line in `TABLE`. Order is meaningful: it is the order people see.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import SecretStr

from pipeline.cache import Cache
from pipeline.errors import MissingKey, ProviderError, Unsupported
from pipeline.ledger import Ledger
from pipeline.providers.base import Limits, Provider
from pipeline.providers.call.addresses import Addresses
from pipeline.providers.call.cached import Cached, give_up
from pipeline.providers.call.connection import DEMO, Connection, Pace
from pipeline.providers.call.prices import Price
from pipeline.providers.call.remote import Remote, Size
from pipeline.providers.vendors.a1111 import A1111, Extras
from pipeline.providers.vendors.bfl import Bfl
from pipeline.providers.vendors.comfy import Comfy, parse_workflow
from pipeline.providers.vendors.dzine import Dzine
from pipeline.providers.vendors.endpoint import Endpoint, parse_description, read_description
from pipeline.providers.vendors.fal import Fal
from pipeline.providers.vendors.gemini import Gemini, GeminiReader
from pipeline.providers.vendors.invoke import Invoke, parse_graph
from pipeline.providers.vendors.magnific import Magnific
from pipeline.providers.vendors.meshy import Meshy
from pipeline.providers.vendors.openai import OpenAI, OpenAIReader
from pipeline.providers.vendors.replicate import CLARITY, HUNYUAN3D, SDXL, Replicate
from pipeline.providers.vendors.seedream import Seedream
from pipeline.providers.vendors.stability import Stability
from pipeline.providers.vendors.topaz import Topaz
from pipeline.providers.vendors.tripo import Tripo
from pipeline.records import Detail, Role
from pipeline.settings import Settings

_DEMO_PACE = Pace(poll_first_s=0.5, poll_most_s=1.0)

Keys = Mapping[str, SecretStr]
"""A visitor's own keys, by provider id, vendor or variable; they live in that browser session only."""


@runtime_checkable
class _Checkable(Protocol):
    """A provider that has a call which costs nothing."""

    @property
    def name(self) -> str:
        """Name shown to people."""

    def check(self) -> str:
        """Try the key."""


class StandIn(Protocol):
    """A local server that answers as one vendor does."""

    key: str | None
    """The only key it takes; None where it takes any."""

    @property
    def url(self) -> str:
        """Where it listens."""

    @property
    def description(self) -> str:
        """For a service that is described by a file: that file's text."""


@dataclass(frozen=True)
class Line:
    """One line of the table: who it is, whose key it takes, how it is made."""

    id: str
    name: str
    vendor: str
    """Prefix of its settings: `<vendor>_api_key`, `<vendor>_base_url`."""
    make: Callable[[Settings, Connection], Provider] | None = None
    experimental: bool = False
    file: str = ""
    """Settings field that must name a file before it can be used, or a folder of such files: each is a line then."""
    read: Callable[[Connection, str, Path], Provider] | None = None
    """Where a file describes it: how it is made from that file's text."""
    suffix: str = ""
    """How such files end; empty where there is but one."""
    path: Path | None = None
    """The one of a folder's files that describes this line."""
    keyless: bool = False
    """A machine of one's own, that may need no key."""


def _fal(**endpoints: str) -> Callable[[Settings, Connection], Provider]:
    return lambda _, connection: Fal(
        connection, endpoints={Role(role): name for role, name in endpoints.items()}
    )


def _replicate(**models: str) -> Callable[[Settings, Connection], Provider]:
    return lambda _, connection: Replicate(
        connection, models={Role(role): name for role, name in models.items()}
    )


def _endpoint(connection: Connection, text: str, file: Path) -> Provider:
    return Endpoint(connection, parse_description(text, file))


def _invoke(connection: Connection, text: str, file: Path) -> Provider:
    return Invoke(connection, parse_graph(text, file))


def _comfy(connection: Connection, text: str, file: Path) -> Provider:
    return Comfy(connection, parse_workflow(text, file))


TABLE: tuple[Line, ...] = (
    Line("seedream", "Seedream", "ark", lambda s, connection: Seedream(connection, model=s.ark_model)),
    Line(
        "openai",
        "OpenAI Images",
        "openai",
        lambda s, connection: OpenAI(connection, model=s.openai_model, quality=s.openai_quality),
    ),
    Line(
        "openai-reader",
        "OpenAI · reads prompts",
        "openai",
        lambda s, connection: OpenAIReader(connection, model=s.openai_reader_model),
    ),
    Line("gemini", "Gemini", "gemini", lambda s, connection: Gemini(connection, model=s.gemini_model)),
    Line(
        "gemini-reader",
        "Gemini · reads prompts",
        "gemini",
        lambda s, connection: GeminiReader(connection, model=s.gemini_reader_model),
    ),
    Line(
        "stability",
        "Stability AI",
        "stability",
        lambda s, connection: Stability(connection, model=s.stability_model),
    ),
    Line(
        "stability-conservative",
        "Stability AI · conservative upscale",
        "stability",
        lambda s, connection: Stability(connection, model=s.stability_model, conservative=True),
    ),
    Line(
        "fal",
        "fal · Seedream and Trellis",
        "fal",
        lambda s, connection: Fal(
            connection,
            endpoints={
                Role.GENERATE: s.fal_generate_model,
                Role.ENHANCE: s.fal_edit_model,
                Role.SKETCH: s.fal_edit_model,
                Role.MODEL: s.fal_3d_model,
            },
        ),
    ),
    Line("fal-seedvr", "fal · SeedVR", "fal", _fal(enhance="fal-ai/seedvr/upscale/image")),
    Line("fal-topaz", "fal · Topaz", "fal", _fal(enhance="fal-ai/topaz/upscale/image")),
    Line("fal-clarity", "fal · Clarity (diffusion upscaler)", "fal", _fal(enhance="fal-ai/clarity-upscaler")),
    Line("fal-crystal", "fal · Crystal", "fal", _fal(enhance="clarityai/crystal-upscaler")),
    Line(
        "fal-nano-banana",
        "fal · Nano Banana Pro",
        "fal",
        _fal(**dict.fromkeys(("enhance", "sketch"), "fal-ai/nano-banana-pro/edit")),
    ),
    Line(
        "fal-flux",
        "fal · FLUX.2 pro",
        "fal",
        _fal(**dict.fromkeys(("enhance", "sketch"), "fal-ai/flux-2-pro/edit")),
    ),
    Line("fal-hunyuan3d", "fal · Hunyuan3D", "fal", _fal(model="fal-ai/hunyuan3d/v2")),
    Line(
        "fal-hunyuan3d-views",
        "fal · Hunyuan3D 3.1 Pro · several views",
        "fal",
        _fal(model="fal-ai/hunyuan-3d/v3.1/pro/image-to-3d"),
    ),
    Line("fal-sam3d", "fal · SAM 3D", "fal", _fal(model="fal-ai/sam-3/3d-objects")),
    Line(
        "replicate",
        "Replicate · Seedream and Trellis",
        "replicate",
        lambda s, connection: Replicate(
            connection,
            models={
                **dict.fromkeys((Role.GENERATE, Role.ENHANCE, Role.SKETCH), s.replicate_model),
                Role.MODEL: s.replicate_3d_model,
            },
        ),
    ),
    Line("replicate-sdxl", "Replicate · SDXL", "replicate", _replicate(generate=SDXL)),
    Line(
        "replicate-clarity",
        "Replicate · Clarity (diffusion upscaler)",
        "replicate",
        _replicate(enhance=CLARITY),
    ),
    Line("replicate-hunyuan3d", "Replicate · Hunyuan3D", "replicate", _replicate(model=HUNYUAN3D)),
    Line("meshy", "Meshy", "meshy", lambda s, connection: Meshy(connection, model=s.meshy_model)),
    Line(
        "meshy-views",
        "Meshy · several views",
        "meshy",
        lambda s, connection: Meshy(connection, model=s.meshy_model, views=4),
    ),
    Line("tripo", "Tripo", "tripo", lambda s, connection: Tripo(connection, model=s.tripo_model)),
    Line(
        "dzine",
        "Dzine",
        "dzine",
        lambda s, connection: Dzine(connection, model=s.dzine_model),
        experimental=True,
    ),
    Line(
        "bfl", "Black Forest Labs · FLUX.2", "bfl", lambda s, connection: Bfl(connection, model=s.bfl_model)
    ),
    Line(
        "magnific",
        "Magnific · Precision",
        "magnific",
        lambda s, connection: Magnific(connection, model=s.magnific_model),
    ),
    Line("topaz", "Topaz", "topaz", lambda s, connection: Topaz(connection, model=s.topaz_model)),
    Line(
        "comfy",
        "Your own ComfyUI",
        "comfy",
        file="comfy_workflow_file",
        read=_comfy,
        suffix=".json",
        keyless=True,
    ),
    Line(
        "a1111",
        "Your own Automatic1111 or Forge",
        "a1111",
        lambda s, connection: A1111(connection, model=s.a1111_model),
        keyless=True,
    ),
    Line(
        "a1111-extras",
        "Your own Automatic1111 or Forge · extras",
        "a1111",
        lambda s, connection: Extras(connection, upscaler=s.a1111_upscaler),
        keyless=True,
    ),
    Line("invoke", "Your own InvokeAI", "invoke", lambda _, connection: Invoke(connection), keyless=True),
    Line(
        "invoke-graph",
        "Your own InvokeAI · your graph",
        "invoke",
        file="invoke_graph_file",
        read=_invoke,
        suffix=".json",
        keyless=True,
    ),
    Line(
        "modelia",
        "Modelia",
        "modelia",
        experimental=True,
        file="modelia_file",
        read=_endpoint,
    ),
    Line(
        "endpoint",
        "Your own endpoint",
        "endpoint",
        file="endpoint_file",
        read=_endpoint,
        suffix=".toml",
    ),
)


@dataclass(frozen=True)
class Row:
    """What the interface shows of a provider."""

    id: str
    name: str
    limits: Mapping[Role, Limits]
    models: Mapping[Role, str]
    ready: bool
    missing: str = ""
    """The variable to set; empty when ready."""
    vendor: str = ""
    """Whose key it takes; empty for the built-in ones, which need none."""
    experimental: bool = False
    trouble: str = ""
    """Why it cannot be offered although nothing is missing: a setting that is no use."""
    checkable: bool = False
    """Whether `Registry.check` can try the key without cost."""
    demo: bool = False
    """A local stand-in answers instead of the real service."""
    rates: Mapping[Role, Price] = field(default_factory=dict)
    """Where the prices come from; empty for the built-in ones, which cost nothing."""

    reckon: Callable[[Role, Size, Sequence[Size]], float] | None = None
    """US dollars of an answer of one (width, height) made of pictures of others; None for the built-in ones."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The jobs it does."""
        return tuple(role for role in Role if role in self.limits)

    def detail(self, role: Role) -> Detail:
        """How its detail comes to be: whether it redraws every pixel."""
        return self.limits[role].detail

    def price(self, role: Role) -> float:
        """Estimated US dollars of one call of usual size."""
        return self.limits[role].price_usd


class Registry:
    """Everyone who can do a job, the built-in ones first."""

    def __init__(
        self,
        settings: Settings,
        cache: Cache,
        ledger: Ledger,
        builtin: Mapping[str, Provider],
        *,
        pace: Pace | None = None,
        table: tuple[Line, ...] = TABLE,
        stand_ins: Mapping[str, StandIn] | None = None,
    ) -> None:
        """`stand_ins` answer in the place of the vendors they are named after, by the prefix of their settings."""
        self._settings = settings
        self._cache = cache
        self._ledger = ledger
        self._builtin = builtin
        self._pace = pace or Pace()
        self.asks_services = True
        self._demo: Mapping[str, StandIn] = stand_ins or {}
        self._known_rows: dict[str, Row] = {}
        """Rows that settings alone decide: no visitor's key, no file."""
        self._addresses = Addresses.listed(settings.plain_http_hosts, settings.proxy_networks)
        lines = [single for line in table for single in _singled(line, settings)]
        self._lines = {line.id: line for line in lines}
        if len(self._lines) != len(lines) or set(self._lines) & set(builtin):
            raise ValueError("two providers have the same id")

    def for_visitor(self) -> "Registry":
        """The same table for somebody who may only look: no service is asked what it would charge."""
        view = copy.copy(self)
        view.asks_services = False
        view._known_rows = {}  # noqa: SLF001 - its own
        return view

    def booked_in(self, ledger: Ledger) -> "Registry":
        """The same table, whose calls are booked in another ledger."""
        view = copy.copy(self)
        view._ledger = ledger  # noqa: SLF001 - its own
        return view

    def rows(self, role: Role | None = None, *, keys: Keys | None = None) -> tuple[Row, ...]:
        """The table, of one role if so asked; `keys` are the visitor's own."""
        rows = [
            Row(p.id, p.name, p.limits, _models(p), ready=not _trouble(p), trouble=_trouble(p))
            for p in self._builtin.values()
        ]
        rows += [self._known_row(line, keys or {}) for line in self._lines.values()]
        return tuple(row for row in rows if role is None or role in row.limits)

    def get(self, provider_id: str, *, keys: Keys | None = None, design_id: str = "") -> Cached:
        """A ready provider, cached, booking on a design. Raises MissingKey or Unsupported."""
        if provider_id in self._builtin:
            return self._cached(self._builtin[provider_id], design_id)
        line = self._lines.get(provider_id)
        if line is None:
            known = ", ".join([*self._builtin, *self._lines])
            raise Unsupported(
                f"There is no provider “{provider_id[:40]}”; choose one of {known}.", provider=provider_id
            )
        missing = self._missing(line, keys or {})
        if missing:
            raise MissingKey(
                f"{line.name} needs {missing}: set this variable, or bring your own key in Settings.",
                provider=line.id,
            )
        own_key = line.vendor not in self._demo and bool(self._own_key(line, keys or {}))
        provider = self._make(line, keys or {})
        return self._cached(provider, design_id, counter=line.vendor, own_key=own_key)

    def give_up(self, key: str) -> None:
        """Forget the order under a cache key: asking for the same again buys again, its price stays booked.

        Raises StorageError while it is being asked for.
        """
        give_up(self._cache, self._ledger, key)

    def vendor(self, provider_id: str) -> str:
        """Whose key a provider takes; empty for the built-in ones."""
        line = self._lines.get(provider_id)
        return line.vendor if line else ""

    def check(self, provider_id: str, *, keys: Keys | None = None) -> str:
        """Try the key with a call that costs nothing; the sentence says what was learnt.

        Raises Unsupported where the service has no such call, else what a real call would raise.
        """
        provider = self.get(provider_id, keys=keys).inner
        if not isinstance(provider, _Checkable):
            raise Unsupported(f"{provider.name} has no call that costs nothing.", provider=provider_id)
        return provider.check()

    # -- private

    def _cached(
        self, provider: Provider, design_id: str, counter: str = "", *, own_key: bool = False
    ) -> Cached:
        return Cached(
            provider, self._cache, self._ledger, design_id=design_id, counter=counter, own_key=own_key
        )

    def _known_row(self, line: Line, keys: Keys) -> Row:
        """A row that nothing can have changed is made once: a page asks for the table at every click."""
        if line.file or self._own_key(line, keys):
            return self._row(line, keys)
        if line.id not in self._known_rows:
            self._known_rows[line.id] = self._row(line, keys)
        return self._known_rows[line.id]

    def _row(self, line: Line, keys: Keys) -> Row:
        missing = self._missing(line, keys)
        provider: Provider | None = None
        trouble = ""
        if line.vendor in self._demo or not line.file or self._file(line) is not None:
            try:
                provider = self._make(line, keys)
            except ProviderError as error:
                trouble = str(error)
        return Row(
            id=line.id,
            name=provider.name if provider else line.name,
            limits=provider.limits if provider else {},
            models=_models(provider) if provider else {},
            ready=not missing and not trouble,
            missing=missing,
            trouble=trouble,
            vendor=line.vendor,
            experimental=line.experimental,
            checkable=isinstance(provider, _Checkable),
            demo=line.vendor in self._demo,
            rates=_rates(provider) if provider else {},
            reckon=self._reckon(provider) if isinstance(provider, Remote) else None,
        )

    def _reckon(self, provider: Remote) -> Callable[[Role, Size, Sequence[Size]], float]:
        """How a provider's prices are found: some ask their service; those of the table need nobody."""
        return provider.reckon if self.asks_services else partial(Remote.reckon, provider)

    def _missing(self, line: Line, keys: Keys) -> str:
        if line.vendor in self._demo:
            return ""
        if line.file:
            file = self._file(line)
            if file is None:
                return f"LOUPE_{line.file.upper()}"
            if line.keyless:
                return self._address_missing(line)
            try:
                auth = read_description(file).auth
                if auth is None or auth.written_key:
                    return ""
            except ProviderError:
                return ""  # told as the row's trouble, or when it is asked for
        if line.keyless:
            return self._address_missing(line)
        return "" if self._key(line, keys) else _variable(line)

    def _address_missing(self, line: Line) -> str:
        """The variable that says where a box of one's own is; empty where it is set, or has a usual place."""
        return "" if self._url(line) else f"LOUPE_{line.vendor.upper()}_BASE_URL"

    def _url(self, line: Line) -> str:
        return str(getattr(self._settings, f"{line.vendor}_base_url", "")).rstrip("/")

    def _file(self, line: Line) -> Path | None:
        file: Path | None = line.path or getattr(self._settings, line.file)
        return file

    def _key(self, line: Line, keys: Keys) -> SecretStr | None:
        if line.path is not None and not line.keyless:
            names = (line.path.stem, line.id.removeprefix("endpoint-"))
            return self._own_key(line, keys) or self._settings.endpoint_key(*names)
        key: SecretStr | None = self._own_key(line, keys) or getattr(self._settings, f"{line.vendor}_api_key")
        return key

    @staticmethod
    def _own_key(line: Line, keys: Keys) -> SecretStr | None:
        """The visitor's own key."""
        shared = keys.get(_variable(line)) if line.path is None else None
        return keys.get(line.id) or keys.get(line.vendor) or shared

    def _make(self, line: Line, keys: Keys) -> Provider:
        server = self._demo.get(line.vendor)
        if server is not None:
            return self._make_demo(line, server)
        connection = self._connection(line, keys, self._url(line))
        if line.read is None:
            return _adapter(line, self._settings, connection)
        file = self._file(line)
        assert file is not None  # noqa: S101 - a row without its file is not made
        return line.read(connection, _text_of(line, file), file)

    def _make_demo(self, line: Line, server: StandIn) -> Provider:
        key = SecretStr(server.key or "")
        name = f"{line.name} (demo)"
        connection = Connection(
            provider=line.id,
            name=name,
            base_url=server.url,
            key=key,
            variable=_variable(line),
            cache=self._cache,
            place=DEMO,
            pace=_DEMO_PACE,
            free=line.keyless,
            ledger=self._ledger,
        )
        if line.read is not None:
            return line.read(connection, server.description, Path("demo"))
        return _adapter(line, self._settings, connection)

    def _connection(self, line: Line, keys: Keys, url: str) -> Connection:
        field_of = type(self._settings).model_fields.get(f"{line.vendor}_base_url")
        usual = field_of is None or str(field_of.default).rstrip("/") == url
        return Connection(
            provider=line.id,
            name=line.name,
            base_url=url,
            key=self._key(line, keys) or (SecretStr("") if line.keyless else None),
            variable=_variable(line),
            cache=self._cache,
            place="" if usual else url,
            pace=self._pace,
            addresses=self._addresses,
            free=line.keyless,
            ledger=self._ledger,
        )


def _singled(line: Line, settings: Settings) -> list[Line]:
    """The lines one line of the table stands for: a folder's files are a line each, in order of their names."""
    folder: Path | None = getattr(settings, line.file) if line.suffix else None
    if folder is None or not folder.is_dir():
        return [line]
    lines: dict[str, Line] = {}
    for file in sorted(folder.glob(f"*{line.suffix}")):
        word = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "x"
        while word in lines:
            word += "-x"
        # Boxes share one address and key; endpoints have each their own.
        vendor = line.vendor if line.keyless else f"{line.vendor}-{word}"
        name = f"{line.name} · {file.stem[:40]}"
        lines[word] = replace(line, id=f"{line.id}-{word}", name=name, vendor=vendor, path=file)
    return list(lines.values()) or [line]


def _adapter(line: Line, settings: Settings, connection: Connection) -> Provider:
    assert line.make is not None  # noqa: S101 - only lines that a file describes have none
    return line.make(settings, connection)


def _text_of(line: Line, file: Path) -> str:
    """The file that describes a line. Raises Unsupported."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Unsupported(f"The file {file} is no text.", provider=line.id) from None
    except OSError as error:
        raise Unsupported(f"The file {file} cannot be read ({error.strerror}).", provider=line.id) from None


def _variable(line: Line) -> str:
    if line.path is not None and not line.keyless:
        return "LOUPE_ENDPOINT_API_KEYS"
    return f"LOUPE_{line.vendor.upper()}_API_KEY"


def _rates(provider: Provider) -> dict[Role, Price]:
    return {role: provider.rate(role) for role in provider.limits} if isinstance(provider, Remote) else {}


def _trouble(provider: Provider) -> str:
    """Why a built-in provider cannot work on this machine; empty where it can."""
    return str(getattr(provider, "trouble", ""))


def _models(provider: Provider) -> dict[Role, str]:
    return {role: provider.model(role) for role in provider.limits}
