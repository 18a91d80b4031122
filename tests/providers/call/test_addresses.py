"""Where a key may go, and where a result may be fetched from: tables wider than the cases that showed the faults."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.providers.call.addresses import METADATA, REFUSED, Addresses, Unsafe, parsed

BASE = "https://api.example.com/v1"
FAKE = Addresses.listed("", "198.18.0.0/15, 100.64.0.0/10")
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808")
PRIVATE = (
    *(
        "10.1.2.3",
        "172.31.0.9",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ),
    *(
        "192.0.0.192",
        "168.63.129.16",
        "100.100.100.200",
        "198.18.0.7",
        "100.100.1.2",
        "240.0.0.1",
        "192.0.2.1",
    ),
    *(
        "::1",
        "::",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fec0::1",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
    ),
    *(
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "64:ff9b::a83f:8110",
        "2002:a00:1::",
        "2001:0:53aa::1",
    ),
    *("2001:db8::1", "3fff::1", "100::1", "5f00::1"),
    *(
        "::ffff:0:a00:1",
        "::ffff:0:a9fe:a9fe",
        "0:1::1",
        "400::1",
        "1fff::1",
        "4000::1",
        "9000::a00:1",
        "e000::1",
    ),
)


@pytest.fixture
def leading(monkeypatch: pytest.MonkeyPatch):
    """Let every name lead to the given addresses, without a proxy."""
    monkeypatch.setattr("urllib.request.getproxies", dict)

    def install(*addresses: str) -> None:
        def look_up(host: str, port: int, **_: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return install


def pinned(url: str, policy: Addresses | None = None, *, base: str = BASE, keyless: bool = False) -> str:
    return (policy or Addresses()).pin(url, base, keyless=keyless).url.host


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached_as_they_were_judged(leading, address: str) -> None:
    """A name's public address is the one that is connected to, under the name."""
    leading(address)
    target = Addresses().pin("https://cdn.example/a.png", BASE, keyless=False)
    assert target.url.host == address
    assert target.headers["host"] == "cdn.example"
    assert target.extensions["sni_hostname"] == "cdn.example"


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("among", [(), ("93.184.216.34",)])
def test_no_private_address_is_reached(leading, address: str, among: tuple[str, ...]) -> None:
    """Neither through a name, also where it leads elsewhere too, nor written out."""
    leading(*among, address)
    with pytest.raises(Unsafe, match="private"):
        pinned("https://cdn.example/a.png")
    written = f"[{address}]" if ":" in address else address
    with pytest.raises(Unsafe):
        pinned(f"https://{written}/a.png")


@pytest.mark.parametrize("network", REFUSED)
def test_every_row_of_the_table_refuses_from_end_to_end(leading, network: str) -> None:
    """The first and the last address of each network, and the table names a source for each."""
    assert "RFC" in REFUSED[network] or "(" in REFUSED[network]
    block = ipaddress.ip_network(network)
    for address in (block[0], block[-1]):
        leading(str(address))
        with pytest.raises(Unsafe):
            pinned("https://cdn.example/a")


@pytest.mark.parametrize("address", ["198.18.0.7", "198.19.255.255", "100.64.0.1", "100.100.1.2"])
def test_a_proxys_invented_addresses_are_believed_where_the_operator_lists_them(
    leading, address: str
) -> None:
    """Of a name only: written out in a link such an address is nobody's result."""
    leading(address)
    assert pinned("https://cdn.example/a", FAKE) == address
    with pytest.raises(Unsafe):
        pinned(f"https://{address}/a", FAKE)


@pytest.mark.parametrize("network", METADATA)
def test_metadata_is_refused_whatever_is_listed(leading, network: str) -> None:
    """Not even an operator who lists the whole world lets a result come from there."""
    leading(str(ipaddress.ip_network(network)[0]))
    with pytest.raises(Unsafe):
        pinned("https://cdn.example/a", Addresses.listed("", "0.0.0.0/0, ::/0"))


@pytest.mark.parametrize(
    "host",
    [
        *(
            "a..example",
            "a" * 64 + ".example",
            ".example",
            "xn--",
            "xn--a",
            "x:99999999",
            "x:0",
            "[::1",
            "",
            "\x00",
        ),
        *("ü" * 70 + ".example", "a." * 130 + "example"),
    ],
)
def test_a_host_no_network_knows_is_told(host: str) -> None:
    """Over-long and empty labels, ports out of range, broken spellings: one typed error, before any look-up."""
    with pytest.raises(Unsafe, match="no usable address"):
        parsed(f"https://{host}/x")


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_unsafe(text: str) -> None:
    """Whatever a service names, nothing else comes out."""
    for url in (text, f"https://{text}", f"https://{text}/x", f"https://x:{text}/"):
        try:
            target = parsed(url)
        except Unsafe:
            continue
        assert target.host


@pytest.mark.parametrize(
    ("listed", "host", "plain"),
    [
        ("192.168.1.20", "192.168.1.20", True),
        ("192.168.1.0/24", "192.168.1.77", True),
        ("192.168.1.0/24", "192.168.2.77", False),
        ("studio-gpu.local, 10.0.0.5", "studio-gpu.local", True),
        ("studio-gpu.local, 10.0.0.5", "STUDIO-GPU.local.", True),
        ("studio-gpu.local, 10.0.0.5", "10.0.0.5", True),
        ("studio-gpu.local", "evil.studio-gpu.local", False),
        ("fd00::/8", "[fd00::7]", True),
        ("", "192.168.1.20", False),
        ("", "127.0.0.1", True),
    ],
)
def test_a_key_goes_over_plain_http_only_where_the_operator_lists_the_host(
    listed: str, host: str, plain: bool
) -> None:
    """By name, address or network; this machine needs no list."""
    assert Addresses.listed(listed, "").plain(host) == plain


def test_a_listed_box_serves_its_results_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result on a listed host of one's own network is fetched; one on another private host is not."""
    monkeypatch.setattr("urllib.request.getproxies", dict)
    policy = Addresses.listed("192.168.1.20", "")
    base = "http://192.168.1.20:8188"
    assert pinned("http://192.168.1.20:9000/out.png", policy, base=base) == "192.168.1.20"
    for url in ("http://192.168.1.21/out.png", "https://192.168.1.21/out.png", "http://u:p@192.168.1.20/x"):
        with pytest.raises(Unsafe):
            pinned(url, policy, base=base)
