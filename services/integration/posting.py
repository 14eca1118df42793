"""One attempt at a delivery: signed, posted, and judged by how the receiver answered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import httpcore

from services.integration.outbound import Outbound, RefusedError
from services.integration.signing import signed

_AGENT = "Plexus-Webhooks/1"
_TYPE = "application/cloudevents+json; charset=utf-8"
_WELL, _ELSEWHERE, _GONE = range(200, 300), range(300, 400), 410


@dataclass(frozen=True, slots=True)
class Post:
    """What to post where, and until when it is ours; `id` is the same at every attempt."""

    id: UUID
    webhook_id: UUID
    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    body: bytes = field(repr=False)
    lease_until: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: the receiver's status, or why there is none."""

    post: Post
    status: int | None = None
    error: str | None = None
    retry_after: int | None = None

    @property
    def is_well(self) -> bool:
        """Tell whether the receiver took it."""
        return self.status in _WELL

    @property
    def is_farewell(self) -> bool:
        """Tell whether the receiver wants no more, ever (410 Gone)."""
        return self.status == _GONE


@dataclass(frozen=True, slots=True)
class Limits:
    """How many attempts of one webhook run at once, and how long each is ours."""

    each: int
    lease: timedelta


async def attempt(outbound: Outbound, each: Post, now: datetime) -> Outcome:
    """Post once, and tell how it went; whatever the receiver does, nothing is raised."""
    if not each.secrets:
        return Outcome(each, error="secret-unreadable")
    headers = signed(str(each.id), now, each.body, each.secrets)
    headers |= {"content-type": _TYPE, "user-agent": _AGENT}
    try:
        answer = await outbound.post(each.url, headers, each.body)
    except RefusedError:
        return Outcome(each, error="address-refused")
    except (TimeoutError, httpcore.TimeoutException):
        return Outcome(each, error="timeout")
    except Exception:  # noqa: BLE001 - what a stranger's server can make of a connection has no list
        return Outcome(each, error="unreachable")
    return Outcome(each, answer.status, _fault(answer.status), answer.retry_after)


def _fault(status: int) -> str | None:
    if status in _WELL:
        return None
    return "redirected" if status in _ELSEWHERE else "refused"
