"""Webhooks by the Standard Webhooks specification: verify a delivery, and read its event.

webhook = Webhook("whsec_…")
event = webhook.read(request.headers, request.body)
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

import plexus_crm.events  # noqa: F401 - importing it makes the types known
from plexus_crm.event import Event, MalformedEvent, parse_json
from plexus_crm.problems import PlexusError

TOLERANCE = 300
_PREFIX = "whsec_"
_REMEMBERED = 10_000

type Handler = Callable[[Event], Awaitable[None]]
type Message = MutableMapping[str, Any]


class NotSigned(PlexusError):
    """The delivery is not signed with this secret, or not now."""


class Webhook:
    """The receiving side of a subscription; during a rotation both secrets are live."""

    def __init__(
        self, *secrets: str, tolerance: int = TOLERANCE, clock: Callable[[], float] = time.time
    ) -> None:
        if not secrets:
            raise ValueError("a webhook has a secret")
        self._keys = [_key(secret) for secret in secrets]
        self._tolerance, self._clock = tolerance, clock

    def verify(self, headers: Mapping[str, str], body: bytes | str) -> str:
        """Return the delivery's id; raises NotSigned."""
        named = {name.lower(): value for name, value in headers.items()}
        raw = body.encode() if isinstance(body, str) else body
        try:
            identity, moment, given = (named[f"webhook-{each}"] for each in ("id", "timestamp", "signature"))
        except KeyError as missing:
            raise NotSigned(f"no header {missing.args[0]}") from missing
        if not moment.isdecimal() or abs(self._clock() - int(moment)) > self._tolerance:
            raise NotSigned("the timestamp is not of now")
        signed = b".".join((identity.encode(), moment.encode(), raw))
        if not any(_is_signed(signed, key, given.split()) for key in self._keys):
            raise NotSigned("no signature is of this secret")
        return identity

    def read(self, headers: Mapping[str, str], body: bytes | str) -> Event:
        """Return the event of a delivery; raises NotSigned, or MalformedEvent for what is no event."""
        self.verify(headers, body)
        return parse_json(body)


class Receiver:
    """An ASGI application that takes deliveries at any path, each event once.

    It answers 204 when `handler` has returned, so that whatever was not handled is delivered again; 401 for
    what is not signed, 400 for what is no event, 405 for anything but POST.
    """

    def __init__(self, webhook: Webhook, handler: Handler) -> None:
        self._webhook, self._handler = webhook, handler
        self._handled: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Serve one delivery."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        status = 405 if scope["method"] != "POST" else await self._take(_headers(scope["headers"]), body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _take(self, headers: Mapping[str, str], body: bytes) -> int:
        try:
            event = self._webhook.read(headers, body)
        except NotSigned:
            return 401
        except MalformedEvent:
            return 400
        if event.envelope.id not in self._handled:
            await self._handler(event)
            self._handled[event.envelope.id] = None
            if len(self._handled) > _REMEMBERED:
                self._handled.popitem(last=False)
        return 204


async def _body(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _headers(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in given}


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is whsec_ and base64") from error


def _is_signed(signed: bytes, key: bytes, signatures: Iterable[str]) -> bool:
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = [text.removeprefix("v1,") for text in signatures if text.startswith("v1,")]
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)
