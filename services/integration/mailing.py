"""The mail server: messages as RFC 5322 wants them, over a few connections that are kept (RFC 5321)."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from enum import Enum
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import aiosmtplib

from libs.common.clock import Clock, SystemClock

TIMEOUT = 8.0
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")
_LINK = re.compile(r"https?://[!-;=?-~]{1,900}")
_LOCAL = re.compile(r"[!#-'*+/-9=?A-Z^-~.-]{1,64}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Replies of a server that is busy, going down, or wants another sign-in say nothing about the mail.
_PERMANENT, _LAST_PERMANENT = 500, 599
_CONNECTION_AGE = 200
# Seven bits and short lines pass every server on the way.
_CODING = "quoted-printable"


class MalformedError(Exception):
    """The request can never become a mail: no address, no Message-ID, or one that is none."""


class Fate(Enum):
    """What became of an attempt."""

    TAKEN = "taken"
    REFUSED = "refused"
    MALFORMED = "malformed"
    UNCLEAR = "unclear"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in the clear, on its way out, and until when it is ours to send."""

    id: UUID
    message_id: str
    fields: Mapping[str, str | None] = field(repr=False)
    queued_at: datetime
    lease_until: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Result:
    """An attempt and its end; `code` is the server's, where it gave one."""

    mail: Mail
    fate: Fate
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes, read from smtp://user:password@host:port?starttls=required|auto|never or smtps://."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    is_tls: bool
    start_tls: bool | None

    @classmethod
    def read(cls, url: str) -> Self:
        """Return the server of a URL; ValueError for anything else."""
        parts = urlsplit(url)
        wanted = parse_qs(parts.query).get("starttls", ["auto"])[-1]
        known = {"required": True, "auto": None, "never": False}
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or wanted not in known:
            raise ValueError("PLEXUS_SMTP_URL is no smtp:// or smtps:// address")
        is_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if is_tls else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            is_tls=is_tls,
            start_tls=False if is_tls else known[wanted],
        )

    def client(self) -> aiosmtplib.SMTP:
        """Return a client that is not connected yet."""
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.is_tls,
            start_tls=self.start_tls,
            timeout=TIMEOUT,
        )


@dataclass
class Channel:
    """Sends over at most `connections` connections, each used again until it breaks."""

    server: Server
    sender: str
    connections: int
    clock: Clock = field(default_factory=SystemClock)
    _idle: list[tuple[aiosmtplib.SMTP, int]] = field(default_factory=list)
    _free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Bound what runs at once."""
        self._free = asyncio.Semaphore(self.connections)

    async def send(self, mail: Mail) -> Result:
        """Try once; never raises. What can't end within its lease is not begun."""
        async with self._free:
            if (mail.lease_until - self.clock.now()).total_seconds() < TIMEOUT:
                return Result(mail, Fate.UNTRIED)
            try:
                content = compose(mail, self.sender)
            except MalformedError:
                return Result(mail, Fate.MALFORMED)
            return await self._hand_over(mail, content)

    async def close(self) -> None:
        """Take leave of the server."""
        while self._idle:
            client, _ = self._idle.pop()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()

    async def _hand_over(self, mail: Mail, content: bytes) -> Result:
        try:
            async with asyncio.timeout(TIMEOUT), self._connection() as client:
                await client.sendmail(self.sender, [address(mail.fields["to"])], content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _judged(mail, error.recipients[0].code)
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPAuthenticationError) as error:
            # That is about us, not about this mail: another one would fare the same.
            return Result(mail, Fate.UNCLEAR, error.code)
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
            return _judged(mail, error.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return Result(mail, Fate.UNCLEAR)
        return Result(mail, Fate.TAKEN)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Lend a connection; one that a refusal leaves whole is kept, one that broke is not."""
        client, used = self._idle.pop() if self._idle else (self.server.client(), 0)
        try:
            if not client.is_connected:
                await client.connect()
            yield client
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused):
            self._give_back(client, used)
            raise
        except BaseException:
            client.close()
            raise
        self._give_back(client, used)

    def _give_back(self, client: aiosmtplib.SMTP, used: int) -> None:
        if client.is_connected and used < _CONNECTION_AGE:
            self._idle.append((client, used + 1))
        else:
            client.close()


def compose(mail: Mail, sender: str) -> bytes:
    """Return the mail in its wire form, the same Message-ID and date at each attempt.

    Raises MalformedError for what is no address, no Message-ID or no link; no value ever begins a header.
    """
    given = mail.fields
    made = EmailMessage(policy=SMTP_POLICY)
    try:
        links = _links(mail)
        made["From"] = Address(_line(given.get("from_name")), addr_spec=sender)
        made["To"] = Address(addr_spec=address(given.get("to")))
        if given.get("reply_to"):
            made["Reply-To"] = Address(addr_spec=address(given["reply_to"]))
        made["Subject"] = _line(given.get("subject_line"))
        made["Date"] = mail.queued_at
    except (HeaderParseError, ValueError, IndexError, TypeError) as error:
        raise MalformedError(type(error).__name__) from error
    made.set_content(_readable(given.get("text")), cte=_CODING)
    if given.get("html"):
        made.add_alternative(_readable(given["html"]), subtype="html", cte=_CODING)
    return links + made.as_bytes()


def address(value: str | None) -> str:
    """Return an address as a server takes it, its domain in ASCII; ValueError for what is none."""
    local, at, domain = (value or "").strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise ValueError("address")
    return f"{local}@{domain.encode('idna').decode()}"


def _links(mail: Mail) -> bytes:
    """Return the headers that must stand unfolded: which mail it is, which it answers, how to unsubscribe.

    One click in the mail program is RFC 2369 with RFC 8058. The standard library would fold a long link into
    encoded words, which no mail program reads as a link.
    """
    given = {"Message-ID": mail.message_id}
    if (answers := mail.fields.get("in_reply_to")) is not None:
        given |= {"In-Reply-To": answers, "References": answers}
    if not all(_MESSAGE_ID.fullmatch(value) for value in given.values()):
        raise ValueError("Message-ID")
    if (link := mail.fields.get("list_unsubscribe_url")) is not None:
        if not _LINK.fullmatch(link):
            raise ValueError("link")
        given |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return "".join(f"{name}: {value}\r\n" for name, value in given.items()).encode("ascii")


def _line(value: str | None) -> str:
    """Return a text that fits one header line."""
    return _CONTROLS.sub(" ", value or "").encode(errors="replace").decode().strip()


def _readable(value: str | None) -> str:
    return (value or "").encode(errors="replace").decode()


def _judged(mail: Mail, code: int) -> Result:
    permanent = _PERMANENT <= code <= _LAST_PERMANENT
    return Result(mail, Fate.REFUSED if permanent else Fate.UNCLEAR, code)
