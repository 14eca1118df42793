"""Is a part up? Asked in the part's own protocol; a probe is a URL, so it can be kept in a file."""

import asyncio
import ssl
import struct
from urllib.parse import urlsplit

import asyncpg

from deploy.local.tls import trusting

TIMEOUT = 2.0
KAFKA_METADATA = struct.pack(">hhih6si", 3, 1, 1, 6, b"plexus", 0)
MOST_SHOWN = 200


class NotReadyError(Exception):
    """The part answered, but not as a part that is ready."""


async def probe(url: str) -> None:
    """Return when the part behind the URL is ready; raise OSError or NotReadyError otherwise."""
    ask = PROBES[urlsplit(url).scheme]
    try:
        async with asyncio.timeout(TIMEOUT):
            await ask(url)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, EOFError, struct.error) as error:
        raise NotReadyError(str(error)) from error
    except TimeoutError as error:
        raise NotReadyError(f"no answer within {TIMEOUT:g} s") from error


async def is_ready(url: str) -> bool:
    """Tell whether the probe passes."""
    try:
        await probe(url)
    except (OSError, NotReadyError):
        return False
    return True


async def _postgres(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT 1")
    finally:
        await connection.close()


async def _exchange(url: str, request: bytes, answer: int) -> bytes:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        return await reader.readexactly(answer)
    finally:
        writer.close()


async def _kafka(url: str) -> None:
    """Ask for the cluster's metadata (KIP-35 framing, Metadata v1): one broker must be listed."""
    request = struct.pack(">i", len(KAFKA_METADATA)) + KAFKA_METADATA
    answer = await _exchange(url, request, 12)
    _size, _correlation, brokers = struct.unpack(">iii", answer)
    if brokers < 1:
        raise NotReadyError("the broker has not joined its cluster yet")


async def _redis(url: str) -> None:
    answer = await _exchange(url, b"PING\r\n", 7)
    if answer != b"+PONG\r\n":
        raise NotReadyError(answer.decode(errors="replace"))


async def _https(url: str) -> None:
    """The URL's fragment is the file of the authority that vouches for the part."""
    await _http(url, trusting(urlsplit(url).fragment))


async def _http(url: str, trust: ssl.SSLContext | None = None) -> None:
    parts = urlsplit(url)
    path = parts.path or "/"
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=trust)
    try:
        writer.write(request.encode())
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.decode(errors="replace").partition("\r\n\r\n")
    status = head.splitlines()[0] if head else "nothing was answered"
    if not status.startswith(("HTTP/1.0 200", "HTTP/1.1 200")):
        raise NotReadyError(f"{status} {body[:MOST_SHOWN]}".strip())


async def _tcp(url: str) -> None:
    await _exchange(url, b"", 0)


PROBES = {
    "postgresql": _postgres,
    "kafka": _kafka,
    "redis": _redis,
    "http": _http,
    "https": _https,
    "tcp": _tcp,
}
