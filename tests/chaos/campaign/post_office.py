"""The mail server at the other end: a real one, over TCP, that keeps what it took and when."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP as MAIL
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

# A mail server thinks for a moment: so that a kill finds sends in flight.
_THINKS = 0.02


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that the server took: to whom, under which Message-ID, when (monotonic seconds)."""

    at: float
    recipient: str
    message_id: str
    one_click: bool


@dataclass(slots=True)
class PostOffice:
    """The handler of the server; `open` counts the mails that it is taking right now."""

    taken: list[Taken] = field(default_factory=list)
    open: int = 0
    sample: bytes = b""

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail; what is kept counts as delivered, whether or not the sender hears of it."""
        self.open += 1
        try:
            await asyncio.sleep(_THINKS)
            content: Any = envelope.content
            mail = message_from_bytes(content, policy=MAIL)
            post = str(mail["List-Unsubscribe-Post"] or "").strip() == "List-Unsubscribe=One-Click"
            one_click = post and "/l/u/" in str(mail["List-Unsubscribe"] or "")
            taken = Taken(time.monotonic(), envelope.rcpt_tos[0], str(mail["Message-ID"]), one_click)
            self.sample = self.sample or content
            self.taken.append(taken)
        finally:
            self.open -= 1
        return "250 taken"


@asynccontextmanager
async def post_office() -> AsyncIterator[tuple[PostOffice, str]]:
    """Lend a server on a free port of this machine, and its URL."""
    office = PostOffice()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(SMTP, office, loop=loop), "127.0.0.1", 0)
    try:
        yield office, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}?starttls=never"
    finally:
        server.close()
