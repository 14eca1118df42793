"""Each probe speaks its part's protocol, and is not content with an open port."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.probes import NotReadyError, probe


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A server on a free port that gives everyone the same answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"


class TestProbe:
    async def test_finds_the_real_servers_ready(self) -> None:
        await probe(os.environ["PLEXUS_TEST_POSTGRES_URL"])
        await probe(f"kafka://{os.environ['PLEXUS_TEST_KAFKA_BOOTSTRAP']}")
        await probe(os.environ["PLEXUS_TEST_REDIS_URL"])

    @pytest.mark.parametrize("scheme", ["postgresql", "kafka", "redis", "http", "tcp"])
    async def test_refuses_where_nobody_listens(self, scheme: str) -> None:
        with pytest.raises(OSError, match="Connect"):
            await probe(f"{scheme}://127.0.0.1:1")

    @pytest.mark.parametrize("scheme", ["postgresql", "kafka", "redis", "http"])
    async def test_refuses_a_server_that_hangs_up(self, scheme: str) -> None:
        async with answering(b"") as address:
            with pytest.raises((NotReadyError, ConnectionError)):
                await probe(f"{scheme}://{address}")

    async def test_says_what_an_unready_service_said(self) -> None:
        body = b'{"directory": false}'
        async with answering(b"HTTP/1.1 503 Service Unavailable\r\n\r\n" + body) as address:
            with pytest.raises(NotReadyError, match=r"503 Service Unavailable {\"directory\": false}"):
                await probe(f"http://{address}/startupz")

    async def test_waits_for_a_loading_redis(self) -> None:
        async with answering(b"-LOADING Redis is loading\r\n") as address:
            with pytest.raises(NotReadyError, match="LOADI"):
                await probe(f"redis://{address}")

    async def test_waits_for_a_broker_that_is_listed(self) -> None:
        async with answering(b"\0\0\0\x08\0\0\0\x01\0\0\0\0") as address:
            with pytest.raises(NotReadyError, match="not joined"):
                await probe(f"kafka://{address}")
