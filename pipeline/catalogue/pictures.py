"""The pictures that rows name: files beside the table, or https addresses on hosts the operator lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.cache import Cache
from pipeline.errors import BadImage, ProviderError
from pipeline.images import MAX_BYTES
from pipeline.providers.call.addresses import Addresses
from pipeline.providers.call.connection import Connection
from pipeline.providers.call.http import Door
from pipeline.providers.call.reply import Reply
from pipeline.settings import Settings


@dataclass(frozen=True)
class Pictures:
    """Where rows may have their pictures from."""

    folder: Path | None
    """Files lie in it or beneath it; None where a table came without its files."""
    hosts: frozenset[str]
    cache: Cache
    addresses: Addresses = field(default_factory=Addresses)
    """Where the names of the internet may lead to here."""

    def read(self, name: str) -> bytes:
        """A picture's bytes. Raises BadImage for one that is not there or may not be fetched."""
        try:
            address = urlsplit(name)
        except ValueError as error:
            raise BadImage(f"The picture “{name[:120]}” is no address.") from error
        if address.scheme in {"http", "https"}:
            return self._fetched(name, (address.hostname or "").lower())
        if self.folder is None:
            raise BadImage(
                f"The picture “{name[:120]}” is a file's; an uploaded table names pictures by https address."
            )
        return self._file(self.folder, name)

    def _file(self, folder: Path, name: str) -> bytes:
        if not name.isprintable():
            raise BadImage(f"The picture “{name[:120]!r}” is no file's name.")
        try:
            path = (folder / name).resolve()
        except (OSError, RuntimeError) as error:  # a link that leads back to itself
            raise BadImage(f"The picture “{name[:120]}” cannot be read.") from error
        if not path.is_relative_to(folder.resolve()):
            raise BadImage(
                f"The picture “{name[:120]}” lies outside {folder}; put it there, or use --pictures."
            )
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)  # no more of a larger one is held in memory
        except (OSError, ValueError) as error:
            raise BadImage(f"The picture “{name[:120]}” cannot be read.") from error
        if len(data) > MAX_BYTES:
            raise BadImage(f"The picture “{name[:120]}” has more than {MAX_BYTES // 1_000_000} MB.")
        return data

    def _fetched(self, url: str, host: str) -> bytes:
        if host not in self.hosts:
            allows = (
                "whoever runs this server lists it in LOUPE_CATALOGUE_HOSTS"
                if self.folder is None
                else "--host or LOUPE_CATALOGUE_HOSTS allows it"
            )
            raise BadImage(f"The picture's host “{host[:120]}” is not listed; {allows}.")
        connection = Connection(
            provider=host,
            name=host,
            base_url=f"https://{host}",
            key=SecretStr(""),
            variable="",
            cache=self.cache,
            addresses=self.addresses,
        )
        try:
            return Door(connection, _no_headers, _nothing_said).download(url, most_bytes=MAX_BYTES)
        except ProviderError as error:
            raise BadImage(f"The picture “{url[:120]}” could not be fetched: {error}") from error


def allowed(
    settings: Settings, cache: Cache, folder: Path | None = None, further: Iterable[str] = ()
) -> Pictures:
    """Where the operator lets pictures come from: a folder, and the hosts of the settings and of `further`."""
    addresses = Addresses.listed("", settings.proxy_networks)
    return Pictures(folder, hosts(settings, further), cache, addresses)


def hosts(settings: Settings, further: Iterable[str] = ()) -> frozenset[str]:
    """The operator's list of hosts that pictures may be fetched from."""
    named = (*settings.catalogue_hosts.split(","), *further)
    return frozenset(host.strip().lower() for host in named if host.strip())


def _no_headers(_: str) -> Mapping[str, str]:
    return {}


def _nothing_said(_: Reply) -> tuple[type[ProviderError] | None, str]:
    return None, ""
