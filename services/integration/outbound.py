"""The one way out to somebody else's address, which must not become a way into the house.

A name is resolved once, every address that comes of it is judged, and the connection goes to one of these
very addresses: who answers otherwise a moment later gains nothing (DNS rebinding). No redirect is followed,
no proxy of the environment asked, and of an answer no more is read than says how it went.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpcore

type Address = IPv4Address | IPv6Address
type Networks = Sequence[IPv4Network | IPv6Network]
type Resolve = Callable[[str, int], Awaitable[Iterable[str]]]

MOST_READ, LONGEST_URL = 64 * 1024, 2000
_HTTPS, _PRIVILEGED = 443, 1024
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
# No space, quote, backslash, angle bracket, fragment or control: nothing that two readers read differently.
_PRINTED = re.compile(r"[!$-&(-;=?-\[\]-~]+")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?")
_GLOBAL_V6 = IPv6Network("2000::/3")
# Addresses that hold another one, or lead to one by a relay.
_DETOURS = (
    *map(IPv6Network, ("2001::/23", "2002::/16", "3fff::/20", "2001:db8::/32")),
    *map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")),
)
_RELAYS = (IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))


class RefusedError(Exception):
    """Nothing may be sent to this address."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked, as far as its text tells."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a receiver answered: its status, and how long it asked to be left alone."""

    status: int
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Public addresses by https, on 443 or an unprivileged port; in `allowed` networks anything goes."""

    allowed: Networks = ()

    def target(self, url: str) -> Target:
        """Return where a URL points to; RefusedError for one that may never be asked."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise RefusedError("malformed") from error
        if (
            len(url) > LONGEST_URL
            or not url.isascii()
            or not url.isprintable()
            or set(url) & set(" \\#<>\"'")
        ):
            raise RefusedError("malformed")
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc or port == 0:
            raise RefusedError("scheme, user or port")
        found = Target(
            parts.scheme,
            host,
            port or (_HTTPS if parts.scheme == "https" else 80),
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        )
        literal = _literal(host)
        if literal is not None:
            self.judge(found.scheme, found.port, [literal])
        elif not _HOST.fullmatch(host) or _NUMBER.fullmatch(host.rstrip(".").rsplit(".", 1)[-1]):
            raise RefusedError("host")
        return found

    def judge(self, scheme: str, port: int, addresses: Sequence[Address]) -> None:
        """Raise RefusedError unless every address may be connected to."""
        foreign = [each for each in addresses if not self._is_allowed(each)]
        if not addresses or not all(map(is_public, foreign)):
            raise RefusedError("address")
        if foreign and (scheme != "https" or (port != _HTTPS and port < _PRIVILEGED)):
            raise RefusedError("scheme or port")

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self.allowed)


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open Internet, and no way round to another."""
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in each for each in _RELAYS)
    return address in _GLOBAL_V6 and not any(address in each for each in _DETOURS)


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


@dataclass
class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were judged, and to no other."""

    scheme: str
    policy: Policy
    resolve: Resolve
    inner: httpcore.AsyncNetworkBackend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        literal = _literal(host)
        try:
            names = [str(literal)] if literal else await self.resolve(host, port)
            addresses = list(dict.fromkeys(map(ip_address, names)))
        except (OSError, ValueError) as error:
            raise httpcore.ConnectError("unresolved") from error
        self.policy.judge(self.scheme, port, addresses)
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses[:4]:
            try:
                return await self.inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        raise RefusedError("socket")

    async def sleep(self, seconds: float) -> None:
        await self.inner.sleep(seconds)


class Outbound:
    """Posts to addresses of others; a connection kept for a while stays with the address that was judged."""

    def __init__(
        self,
        policy: Policy,
        *,
        timeout: float,
        resolve: Resolve = resolve,
        inner: httpcore.AsyncNetworkBackend | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Take what may be asked, and the seconds that an exchange may take as a whole."""
        self._policy, self._timeout = policy, timeout
        inner, context = inner or httpcore.AnyIOBackend(), context or _trust()
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=None,
                max_keepalive_connections=64,
                keepalive_expiry=15.0,
                network_backend=_Pinned(scheme, policy, resolve, inner),
            )
            for scheme in ("http", "https")
        }

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Return how the receiver answered.

        Raises RefusedError when it must not be asked; OSError, TimeoutError or an error of httpcore when it
        did not answer.
        """
        target = self._policy.target(url)
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        host = f"[{target.host}]" if ":" in target.host else target.host
        address = httpcore.URL(
            scheme=target.scheme.encode(), host=host.encode(), port=target.port, target=target.path.encode()
        )
        async with asyncio.timeout(self._timeout):
            pool = self._pools[target.scheme]
            options = {"sni_hostname": target.host}
            asked = pool.stream("POST", address, headers=named, content=body, extensions=options)
            async with asked as response:
                found = Answer(response.status, _retry_after(response.headers))
                await _drain(response)
        return found

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


@cache
def _trust() -> ssl.SSLContext:
    """Return what says which certificates to believe; reading them all takes a while."""
    return ssl.create_default_context()


async def _drain(response: httpcore.Response) -> None:
    """Read a short answer to its end, so that the connection can be used again; leave a long one."""
    size = 0
    with suppress(httpcore.RemoteProtocolError):
        async for chunk in response.aiter_stream():
            size += len(chunk)
            if size > MOST_READ:
                break


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) <= 6:  # noqa: PLR2004 - eleven days
            return int(value)
    return None


def _literal(host: str) -> Address | None:
    """Return the address that a host spells out, or nothing for a name."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
