"""The other side of what leaves the house: a mail server and a webhook's receiver, on this machine."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 OK"


@dataclass
class Post:
    """What a receiver was sent."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class MailServer:
    """Takes mail; `answers` are given to the next recipients and mails instead of 250."""

    port: int = 0
    to_recipients: deque[str] = field(default_factory=deque)
    to_mails: deque[str] = field(default_factory=deque)
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.to_recipients.popleft() if self.to_recipients else TAKEN
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_mails.popleft() if self.to_mails else TAKEN
        if answer == TAKEN:
            content = cast("bytes", envelope.content)
            self.taken.append(message_from_bytes(content, _class=EmailMessage, policy=default))
            self.recipients += envelope.rcpt_tos
        return answer


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Lend a mail server."""
    kept, loop = MailServer(), asyncio.get_running_loop()

    def session() -> SMTP:
        kept.connections += 1
        return SMTP(kept, hostname="mail.test", loop=loop)

    server = await loop.create_server(session, "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()


@dataclass
class Receiver:
    """Answers 200, or what stands in `answers`: a status line and headers; None never answers."""

    port: int = 0
    answers: deque[bytes | None] = field(default_factory=deque)
    posts: list[Post] = field(default_factory=list)
    connections: int = 0
    slow: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def will_answer(self, *answers: int | bytes | None) -> None:
        """Say how the next posts are answered."""
        self.answers.extend(
            f"{each} Whatever".encode() if isinstance(each, int) else each for each in answers
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(_named(head[1:]))
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.posts.append(Post(head[0], headers, body))
        answer = self.answers.popleft() if self.answers else b"200 OK"
        if answer is None:
            await self.slow.wait()
            return False
        writer.write(b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n")
        return True


def _named(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(": ")
        if colon:
            yield name.lower(), value


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Lend a webhook's receiver."""
    kept = Receiver()
    server = await asyncio.start_server(kept.serve, "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        kept.slow.set()
        server.close()
