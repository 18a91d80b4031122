"""Who may call: whoever sends one of the operator's tokens, and, where there are none, this machine itself.

A token is compared in constant time, behind the same brake as the access code. A call that came through a
proxy, or that a web page of elsewhere had a browser make, is nobody on this machine.
"""

import hmac
import ipaddress
import logging
from dataclasses import dataclass
from hashlib import blake2s
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers

from pipeline import log
from pipeline.api.problems import Refusal
from pipeline.brake import Brake
from pipeline.settings import split_tokens
from pipeline.workbench import Workbench

READS, READS_IN_ALL = (300, 0.05), (1200, 0.01)
WRITES, WRITES_IN_ALL = (60, 1.0), (240, 0.25)
"""Calls at once, and seconds until there is one more: of one caller, and of all together."""
_PROXIES = {
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-original-host",
    "true-client-ip",
    "x-envoy-external-address",
}
_PROXIES_BEGIN = ("x-forwarded", "x-original-forwarded", "cf-", "fly-", "x-amzn-", "x-appengine-", "x-arr-")
"""What a proxy says of the call it hands on."""

bearer = HTTPBearer(auto_error=False, description="One of LOUPE_API_TOKENS.")


@dataclass(frozen=True)
class Caller:
    """Somebody who may call, and the workbench as far as it is theirs."""

    person: str
    """Whose turn it is in a queue: a name that tells nothing of the token."""
    bench: Workbench


class Access:
    """Tells callers apart, and counts how often each calls."""

    def __init__(self) -> None:
        self._guesses = Brake()
        self._reads = Brake(one=READS, everyone=READS_IN_ALL)
        self._writes = Brake(one=WRITES, everyone=WRITES_IN_ALL)

    def caller(self, request: Request, bench: Workbench) -> Caller:
        """Who calls. Raises Refusal: 401 without a right token, 403 where the API is off, 429 past the bounds."""
        caller = self._recognised(request, bench)
        brake = self._reads if request.method in {"GET", "HEAD"} else self._writes
        wait_s = brake.refused_for_s(caller.person)
        if wait_s:
            raise Refusal(429, "Too many calls; wait a little.", wait_s=wait_s)
        return caller

    def _recognised(self, request: Request, bench: Workbench) -> Caller:
        settings = bench.settings
        tokens = split_tokens(settings.api_tokens)
        visitor = Caller(f"api visitor {_address(request)}", bench.for_visitor())
        if not tokens:
            if not is_this_machine(request):
                raise Refusal(
                    403,
                    "The API of this deployment answers programs on its own machine alone.",
                    remedy="Set LOUPE_API_TOKENS to have it answer whoever sends one of them.",
                )
            return visitor if settings.read_only else Caller("api", bench)
        sent = request.headers.get("authorization", "")
        if not sent and settings.read_only and request.method in {"GET", "HEAD"}:
            return visitor
        return Caller(f"api {self._token_of(request, sent, tokens)}", bench)

    def _token_of(self, request: Request, sent: str, tokens: tuple[str, ...]) -> str:
        """A name for the token that was sent."""
        kind, _, token = sent.partition(" ")
        remedy = "Send `Authorization: Bearer` and one of LOUPE_API_TOKENS."
        if kind.lower() != "bearer" or not token.strip():
            raise Refusal(401, "This call carries no token.", remedy=remedy)
        address = _address(request)
        wait_s = self._guesses.refused_for_s(address)
        if wait_s:
            raise Refusal(429, "Too many calls with a wrong token came from here.", wait_s=wait_s)
        given = token.strip().encode()
        right = [
            hmac.compare_digest(given, each.encode()) for each in tokens
        ]  # all of them, whichever is right
        if not any(right):
            log.event("api.refused", logging.WARNING)
            raise Refusal(401, "This token is not one of this deployment's.", remedy=remedy)
        self._guesses.trust(address)
        return blake2s(given, digest_size=4).hexdigest()


def is_this_machine(request: Request) -> bool:
    """Whether a call was made on this machine itself, by no proxy and by no web page of elsewhere."""
    headers = request.headers
    if request.client is None or not _is_loopback(request.client.host) or _forwarded(headers):
        return False
    host = headers.get("host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name != "localhost" and not _is_loopback(
        name.strip("[]")
    ):  # another name may be led here by a stranger's DNS
        return False
    origin = headers.get("origin")
    of_page_elsewhere = origin is not None and origin.partition("://")[2] != host
    return not of_page_elsewhere and headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _forwarded(headers: Headers) -> bool:
    return any(name in _PROXIES or name.startswith(_PROXIES_BEGIN) for name in headers)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _caller(request: Request, _: Annotated[object, Depends(bearer)]) -> Caller:
    access: Access = request.app.state.access
    bench: Workbench = request.app.state.open_workbench()
    return access.caller(request, bench)


Calling = Annotated[Caller, Depends(_caller)]
"""A route's parameter: whoever calls it."""
