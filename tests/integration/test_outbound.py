"""The way out: to nobody's house but the one that was asked, and never into ours."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from ipaddress import ip_address, ip_network

import httpcore
import pytest

from services.integration.outbound import MOST_READ, Outbound, Policy, RefusedError, is_public
from tests.factories.integration_servers import Receiver, receiver

HOME = Policy((ip_network("127.0.0.0/8"),))
PUBLIC = "93.184.215.14"

# Everything that has led a webhook's sender into its own house somewhere.
INWARD = (
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.255.255.254/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://00000000000/",
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/",
    "https://172.16.0.1/",
    "https://172.31.255.254/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://192.168.1.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:93.184.215.14]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::1]/",
    "https://[2001::7f00:1]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456:789a::1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://inside.test/",
    "https://INSIDE.test:8443/path?query=1",
    "https://mixed.test/",
    "https://outside.test:22/",
    "https://outside.test:25/",
    "https://outside.test:0/",
    "https://outside.test:99999/",
    "http://outside.test/",
    "http://outside.test:443/",
    "http://93.184.215.14/",
    "ftp://outside.test/",
    "file:///etc/passwd",
    "gopher://outside.test/",
    "unix:///var/run/docker.sock",
    "https://user:secret@outside.test/",
    "https://outside.test@127.0.0.1/",
    "https://127.0.0.1#@outside.test/",
    "https://127.0.0.1\\@outside.test/",
    "https://outside.test\\.inside.test/",
    "https://outside.test /",
    "https://outside.test\r\nHost: inside.test/",
    "https://\x00outside.test/",
    "https://①②⑦.0.0.1/",
    "https://ⓛocalhost/",
    "https:///path",
    "https://",
    "//outside.test/",
    "",
)
ADDRESSES = {
    "inside.test": ["10.1.2.3"],
    "mixed.test": [PUBLIC, "10.1.2.3"],
    "outside.test": [PUBLIC],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
}


class Wire(httpcore.AsyncNetworkBackend):
    """Notes where somebody connects to, and leads everybody to one port of this machine."""

    def __init__(self, port: int = 0) -> None:
        self.port, self.asked = port, list[str]()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.asked.append(f"{host}:{port}")
        if not self.port:
            raise httpcore.ConnectError("nobody there")
        return await httpcore.AnyIOBackend().connect_tcp(
            "127.0.0.1", self.port, timeout, local_address, socket_options
        )


async def resolved(host: str, _port: int) -> list[str]:
    return ADDRESSES[host.lower()]


@pytest.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as lent:
        yield lent


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """Posts to this machine, which is allowed."""
    opened = Outbound(HOME, timeout=2)
    yield opened
    await opened.close()


class TestPolicy:
    def test_knows_enough_forms_to_be_worth_its_name(self) -> None:
        assert len(set(INWARD)) >= 60

    @pytest.mark.parametrize("url", INWARD, ids=range(len(INWARD)))
    async def test_makes_no_connection_for_an_address_that_is_not_open_to_all(self, url: str) -> None:
        wire = Wire()
        outbound = Outbound(Policy(), timeout=2, resolve=resolved, inner=wire)

        with pytest.raises(RefusedError):
            await outbound.post(url, {}, b"{}")

        assert wire.asked == []

    @pytest.mark.parametrize("url", ["https://outside.test/", "https://outside.test:8443/x?y=1"])
    async def test_lets_through_what_is_public(self, url: str) -> None:
        wire = Wire()
        outbound = Outbound(Policy(), timeout=2, resolve=resolved, inner=wire)

        with pytest.raises(httpcore.ConnectError):
            await outbound.post(url, {}, b"{}")

        assert {each.rpartition(":")[0] for each in wire.asked} == {PUBLIC}

    @pytest.mark.parametrize("address", ["8.8.8.8", PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
    def test_takes_public_addresses_for_public(self, address: str) -> None:
        assert is_public(ip_address(address))

    async def test_allows_a_named_network_by_http_on_any_port(self, there: Receiver) -> None:
        outbound = Outbound(HOME, timeout=2)

        answer = await outbound.post(there.url, {"x-one": "1"}, b"{}")

        assert (answer.status, there.posts[0].headers["x-one"]) == (200, "1")
        await outbound.close()

    async def test_allows_no_other_network_beside_a_named_one(self) -> None:
        with pytest.raises(RefusedError):
            HOME.target("http://10.0.0.1/")


class TestResolution:
    async def test_is_done_once_and_its_address_is_where_the_connection_goes(self) -> None:
        answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]

        async def turning(_host: str, _port: int) -> list[str]:
            return answers.pop(0)

        wire = Wire()
        outbound = Outbound(Policy(), timeout=2, resolve=turning, inner=wire)

        with pytest.raises(httpcore.ConnectError):
            await outbound.post("https://turning.test/", {}, b"{}")

        assert (wire.asked, len(answers)) == ([f"{PUBLIC}:443"], 2)

    async def test_that_turns_inward_meets_a_refusal_at_the_next_attempt(self) -> None:
        answers = [[PUBLIC], ["127.0.0.1"]]

        async def turning(_host: str, _port: int) -> list[str]:
            return answers.pop(0)

        wire = Wire()
        outbound = Outbound(Policy(), timeout=2, resolve=turning, inner=wire)

        with pytest.raises(httpcore.ConnectError):
            await outbound.post("https://turning.test/", {}, b"{}")
        with pytest.raises(RefusedError):
            await outbound.post("https://turning.test/", {}, b"{}")

        assert wire.asked == [f"{PUBLIC}:443"]

    async def test_of_an_unknown_name_is_no_answer(self) -> None:
        async def unknown(_host: str, _port: int) -> list[str]:
            raise OSError("no such host")

        with pytest.raises(httpcore.ConnectError):
            await Outbound(Policy(), timeout=2, resolve=unknown).post("https://nowhere.test/", {}, b"{}")

    async def test_keeps_the_name_in_the_host_header(self, there: Receiver) -> None:
        async def home(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        outbound = Outbound(HOME, timeout=2, resolve=home)

        await outbound.post(f"http://partner.test:{there.port}/in?a=1", {}, b"{}")

        assert there.posts[0].headers["host"] == f"partner.test:{there.port}"
        assert there.posts[0].line == "POST /in?a=1 HTTP/1.1"
        await outbound.close()


class TestPost:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_follows_no_redirect(self, there: Receiver, outbound: Outbound, status: int) -> None:
        there.will_answer(f"{status} Moved\r\nLocation: http://127.0.0.1:{there.port}/else".encode())

        answer = await outbound.post(there.url, {}, b"{}")

        assert (answer.status, len(there.posts)) == (status, 1)

    async def test_ends_in_time_when_nobody_answers(self, there: Receiver) -> None:
        there.will_answer(None)
        outbound = Outbound(HOME, timeout=0.05)

        with pytest.raises((TimeoutError, httpcore.TimeoutException)):
            await outbound.post(there.url, {}, b"{}")

        await outbound.close()

    async def test_ends_in_time_when_an_answer_comes_drop_by_drop(self) -> None:
        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
            await reader.read()
            await reader.read()
            writer.close()

        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        outbound = Outbound(HOME, timeout=0.1)

        with pytest.raises((TimeoutError, httpcore.TimeoutException)):
            await outbound.post(f"http://127.0.0.1:{port}/", {}, b"{}")

        await outbound.close()
        server.close()

    async def test_reads_no_more_of_a_long_answer_than_it_needs(self) -> None:
        written = 0

        async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal written
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            try:
                while written < 100_000_000:
                    writer.write(b"x" * 65_536)
                    await writer.drain()
                    written += 65_536
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(flood, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        outbound = Outbound(HOME, timeout=5)

        answer = await outbound.post(f"http://127.0.0.1:{port}/", {}, b"{}")

        assert answer.status == 200
        assert written < 100_000_000 > MOST_READ
        await outbound.close()
        server.close()

    async def test_asks_no_proxy_of_the_environment(
        self, there: Receiver, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")

        assert (await outbound.post(there.url, {}, b"{}")).status == 200

    async def test_uses_a_connection_again(self, there: Receiver, outbound: Outbound) -> None:
        for _ in range(3):
            await outbound.post(there.url, {}, b"{}")

        assert (len(there.posts), there.connections) == (3, 1)

    async def test_tells_how_long_the_receiver_wants_to_be_left_alone(
        self, there: Receiver, outbound: Outbound
    ) -> None:
        there.will_answer(b"503 Busy\r\nRetry-After: 17", b"503 Busy\r\nRetry-After: tomorrow")

        answers = [await outbound.post(there.url, {}, b"{}") for _ in range(2)]

        assert [each.retry_after for each in answers] == [17, None]
