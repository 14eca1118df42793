"""The mail server of one machine: it takes everything, keeps the newest, and lets nothing out."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from deploy.local.mailbox import Keeper, folder, mailbox

MAIL = "Message-ID: <{number}@plexus.example>\r\nSubject: Hello\r\n\r\nDear Li Wei\r\n"


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A mailbox that keeps three mails."""
    loop, keeper = asyncio.get_running_loop(), Keeper(tmp_path, most=3)
    server = await loop.create_server(lambda: SMTP(keeper, loop=loop), "127.0.0.1", 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()


async def send(port: int, *numbers: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for number in numbers:
            await client.sendmail("a@b.example", ["c@d.example"], MAIL.format(number=number))


def ids(kept: Path) -> list[str]:
    return [message_from_bytes(path.read_bytes())["Message-ID"] for path in sorted(kept.glob("*.eml"))]


class TestMailbox:
    async def test_keeps_each_mail_in_a_file(self, port: int, tmp_path: Path) -> None:
        await send(port, 1, 2)

        assert ids(tmp_path) == ["<1@plexus.example>", "<2@plexus.example>"]

    async def test_removes_the_oldest_past_its_limit(self, port: int, tmp_path: Path) -> None:
        await send(port, *range(5))

        assert ids(tmp_path) == [f"<{number}@plexus.example>" for number in (2, 3, 4)]
        assert not list(tmp_path.glob("*.part"))

    async def test_counts_what_was_there_before_it(self, port: int, tmp_path: Path) -> None:
        await send(port, 1, 2)

        keeper = Keeper(tmp_path, most=1)

        assert len(keeper._kept) == 2  # noqa: SLF001 - what it will remove first

    def test_stands_in_the_state_folder(self, tmp_path: Path) -> None:
        part = mailbox(tmp_path, 2525)

        assert part.launch is not None
        assert str(folder(tmp_path)) in part.launch.command
        assert part.probe == "tcp://127.0.0.1:2525"
