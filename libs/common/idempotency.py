"""Idempotency-Key: one effect per key, and the same answer for everyone who repeats the request.

A state machine over a store and a clock. The row is written in the effect's transaction, so it exists
exactly when the effect does; failures are not kept.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from libs.common.clock import Clock
from libs.common.problems import BadRequest, Conflict

LONGEST_KEY = 255
KEPT = timedelta(hours=24)
_FAILED = 400


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks what under which key; `request_hash` tells another body from the same one."""

    principal: str
    route: str
    key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it went out."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer kept for a key."""

    request_hash: bytes
    answer: Answer
    kept_at: datetime


class IdempotencyStore(Protocol):
    """Keys and answers, seen from inside the effect's transaction."""

    async def lock(self, claim: Claim) -> bool:
        """Take the key until the transaction ends; False when another transaction has it."""
        ...

    async def find(self, claim: Claim) -> Kept | None:
        """Return the answer kept for the key."""
        ...

    async def forget(self, claim: Claim) -> None:
        """Drop an answer that is too old."""
        ...

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """Keep the answer when the transaction commits."""
        ...


def checked(key: str) -> str:
    """Return a caller's key; raises BadRequest for one that is empty, unprintable or over 255."""
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadRequest("bad-idempotency-key")
    return key


def claim(principal: str, route: str, key: str, body: bytes) -> Claim:
    """Return the claim of a request, or of one item of a batch, under a key that was `checked`."""
    return Claim(principal, route, key, hashlib.sha256(body).digest())


async def once(
    store: IdempotencyStore, clock: Clock, asked: Claim, effect: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Return the kept answer, or run `effect` and keep what it answers.

    Raises Conflict: `in-flight` while another request holds the key, `idempotency-key-reused` otherwise.
    """
    if not await store.lock(asked):
        raise Conflict("in-flight", headers={"Retry-After": "1"}, retry_after=1)
    kept = await store.find(asked)
    if kept is not None and kept.kept_at + KEPT <= clock.now():
        await store.forget(asked)
        kept = None
    if kept is not None:
        if kept.request_hash != asked.request_hash:
            raise Conflict("idempotency-key-reused")
        return kept.answer
    answer = await effect()
    if answer.status < _FAILED:
        await store.keep(asked, answer)
    return answer
