"""Which addresses are called at all: where a key may go, and where a result may be fetched from.

A name is looked up once, every address it leads to is judged by one table, and the connection is made to the
very address that was judged, so that a second look-up cannot lead elsewhere.
"""

import ipaddress
import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

METADATA: Mapping[str, str] = {
    "169.254.0.0/16": "link local, where clouds answer for their machines (RFC 3927)",
    "100.100.100.200/32": "Alibaba Cloud's metadata (ECS user guide)",
    "192.0.0.192/32": "Oracle Cloud's metadata (OCI compute documentation)",
    "168.63.129.16/32": "Azure's wire server (Azure virtual network documentation)",
    "fd00:ec2::254/128": "AWS's metadata over IPv6 (EC2 user guide)",
    "127.0.0.0/8": "this machine (RFC 1122)",
    "::1/128": "this machine (RFC 4291)",
}
"""Refused whatever a setting says: they tell secrets of the machine to whoever asks."""
REFUSED: Mapping[str, str] = {
    **METADATA,
    "0.0.0.0/8": "this network (RFC 791)",
    "10.0.0.0/8": "private (RFC 1918)",
    "100.64.0.0/10": "shared by a carrier's customers (RFC 6598)",
    "172.16.0.0/12": "private (RFC 1918)",
    "192.0.0.0/24": "protocol assignments (RFC 6890)",
    "192.0.2.0/24": "documentation (RFC 5737)",
    "192.88.99.0/24": "6to4 relays, withdrawn (RFC 7526)",
    "192.168.0.0/16": "private (RFC 1918)",
    "198.18.0.0/15": "benchmarks (RFC 2544); what proxies with invented addresses answer",
    "198.51.100.0/24": "documentation (RFC 5737)",
    "203.0.113.0/24": "documentation (RFC 5737)",
    "224.0.0.0/4": "multicast (RFC 5771)",
    "240.0.0.0/4": "reserved, and broadcast (RFC 1112, RFC 919)",
    "::/96": "unspecified, and IPv4 inside IPv6 (RFC 4291, 2.5.5.1)",
    "::ffff:0:0/96": "IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2)",
    "64:ff9b:1::/48": "local IPv4/IPv6 translation (RFC 8215)",
    "100::/64": "discarded (RFC 6666)",
    "2001::/23": "protocol assignments, Teredo among them (RFC 2928, RFC 4380)",
    "2001:db8::/32": "documentation (RFC 3849)",
    "2002::/16": "6to4, which hides an IPv4 address (RFC 3056)",
    "3fff::/20": "documentation (RFC 9637)",
    "5f00::/16": "segment routing (RFC 9602)",
    "fc00::/7": "private (RFC 4193)",
    "fe80::/10": "link local (RFC 4291)",
    "fec0::/10": "site local (RFC 3879)",
    "ff00::/8": "multicast (RFC 4291)",
}
"""Networks no result is fetched from, each with whose they are and where that is written."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""NAT64's well-known prefix (RFC 6052): the IPv4 address in the last 32 bits is the one that is reached."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 for use on the internet (IANA's registry of the IPv6 address space)."""
_ALWAYS_REFUSED = tuple(ipaddress.ip_network(network) for network in METADATA)
_REFUSED = tuple(ipaddress.ip_network(network) for network in REFUSED)


class Unsafe(ValueError):
    """An address that is not called. Its text goes on from the service's name: “points to ...”."""


@dataclass(frozen=True)
class Target:
    """An address that was judged, and what must go along so that it is met under its own name."""

    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Addresses:
    """What the operator allows beyond the public internet over TLS."""

    plain_hosts: tuple[str | Network, ...] = ()
    """Hosts of one's own network that may be reached over http, the key readable on the way."""
    proxy_networks: tuple[Network, ...] = ()
    """Where a proxy lets the names of the internet lead to: 198.18.0.0/15 of one that invents addresses."""

    @classmethod
    def listed(cls, plain_hosts: str, proxy_networks: str) -> "Addresses":
        """From two lists separated by commas: hosts, addresses or networks; networks. Raises ValueError."""
        hosts = tuple(network(entry) or entry.lower() for entry in _entries(plain_hosts))
        return cls(hosts, tuple(ipaddress.ip_network(entry) for entry in _entries(proxy_networks)))

    def plain(self, host: str) -> bool:
        """Whether a host may be reached over http although a key goes along."""
        address = written(host)
        for entry in self.plain_hosts:
            if isinstance(entry, str):
                if entry == host.lower().rstrip("."):
                    return True
            elif address is not None and address in entry:
                return True
        return loopback(host)

    def pin(self, url: str, base_url: str, *, keyless: bool) -> Target:
        """A result's address, judged, and pinned to the address that was judged.

        `keyless`: the service at `base_url` is one's own and takes no key. Raises Unsafe; OSError when the
        name cannot be looked up.
        """
        target, base = parsed(url), parsed(base_url)
        if loopback(base.host) and loopback(target.host) and target.scheme in {"http", "https"}:
            return Target(target)
        same_host = target.host == base.host
        listed = self.plain(target.host) and not loopback(target.host)
        plain = listed or (same_host and base.scheme == "http" and keyless)
        if target.scheme not in ({"https", "http"} if plain else {"https"}) or target.userinfo:
            raise Unsafe("offers its result over an unsafe address")
        return Target(target) if same_host or listed else self._public(target)

    def _public(self, target: httpx.URL) -> Target:
        """A target on the internet."""
        host = target.raw_host.decode("ascii")
        address = written(host)
        if urllib.request.getproxies().get("https"):
            # A proxy resolves names itself; only written-out addresses can be judged from here.
            if address is not None:
                self._judge([address], named=False)
            return Target(target)
        reached = resolve(host, target.port or 443)
        self._judge(reached, named=address is None)
        headers = {"host": target.netloc.decode("ascii")}
        return Target(target.copy_with(host=str(reached[0])), headers, {"sni_hostname": host})

    def _judge(self, reached: list[Address], *, named: bool) -> None:
        """Raise Unsafe unless every address is public; a proxy's own only where a name led to it."""
        allowed = self.proxy_networks if named else ()
        if not reached or not all(_public(address, allowed) for address in reached):
            raise Unsafe("points to a private address for its result")


def parsed(url: str) -> httpx.URL:
    """A URL whose host and port can be called. Raises Unsafe for whatever no network could reach."""
    try:
        target = httpx.URL(url)
        host, port = target.raw_host.decode("ascii").rstrip("."), target.port
        reachable = bool(target.host) and (port is None or 0 < port < 65536)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise Unsafe("named no usable address") from None
    # RFC 1035, 2.3.4: labels of 1 to 63 octets, names of 255 at most.
    labels = [host] if written(host) is not None else host.split(".")
    if not reachable or len(host) > 253 or not all(0 < len(label) < 64 for label in labels):
        raise Unsafe("named no usable address")
    return target


def loopback(host: str) -> bool:
    """Whether a host is this machine."""
    address = written(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def written(host: str) -> Address | None:
    """The address a host is, where it is written out."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def network(text: str) -> Network | None:
    """A network or a single address; None when it is neither."""
    try:
        return ipaddress.ip_network(text.strip("[]"))
    except ValueError:
        return None


def resolve(host: str, port: int) -> list[Address]:
    """Look a host up, IPv4 first: not every machine with IPv6 gets anywhere by it. Raises OSError."""
    address = written("127.0.0.1" if host == "localhost" else host)
    if address is not None:
        return [address]
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    reached = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    return sorted(reached, key=lambda address: address.version)


def _public(address: Address, allowed: tuple[Network, ...]) -> bool:
    if address.version == 6 and address in _TRANSLATED:
        return _public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), ())
    if any(address in refused for refused in _ALWAYS_REFUSED):
        return False
    if any(address in listed for listed in allowed):
        return True
    if address.version == 6 and address not in _UNICAST:
        return False  # IPv4 translated (RFC 2765), reserved blocks, and whatever else hides an address
    # Python's own list goes along: it learns of later registrations.
    return address.is_global and not any(address in refused for refused in _REFUSED)


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]
