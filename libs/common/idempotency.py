"""Idempotency-Key: one effect per key, and the same answer for everyone who repeats the request.

A state machine over a store and a clock. The row is written in the effect's transaction, so it exists
exactly when the effect does; failures are not kept.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
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


class BatchStore(IdempotencyStore, Protocol):
    """The same for many keys of one transaction, each step as one statement."""

    async def lock_each(self, claims: Sequence[Claim]) -> bool:
        """Take all of these keys; False when another transaction has one of them."""
        ...

    async def find_each(self, claims: Sequence[Claim]) -> list[Kept | None]:
        """Return the answer kept for each key."""
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
        raise _in_flight()
    kept = await _fresh(store, clock, asked, await store.find(asked))
    if kept is not None:
        return kept
    answer = await effect()
    await _keep(store, asked, answer)
    return answer


async def once_each(
    store: BatchStore,
    clock: Clock,
    asked: Sequence[Claim],
    effect: Callable[[list[int]], Awaitable[Sequence[Answer]]],
) -> list[Answer]:
    """Do the same for many claims of one transaction; `effect` gets the places of those that are new.

    Raises what `once` does when one of them is refused; then none has an effect.
    """
    if not await store.lock_each(asked):
        raise _in_flight()
    pairs = zip(asked, await store.find_each(asked), strict=True)
    answers = [await _fresh(store, clock, each, kept) for each, kept in pairs]
    missing = [at for at, answer in enumerate(answers) if answer is None]
    made = dict(zip(missing, await effect(missing), strict=True)) if missing else {}
    for at, answer in made.items():
        await _keep(store, asked[at], answer)
    return [answer or made[at] for at, answer in enumerate(answers)]


async def _fresh(store: IdempotencyStore, clock: Clock, asked: Claim, kept: Kept | None) -> Answer | None:
    """Return what is kept of the same request, and forget what is too old."""
    if kept is not None and kept.kept_at + KEPT <= clock.now():
        await store.forget(asked)
        return None
    if kept is not None and kept.request_hash != asked.request_hash:
        raise Conflict("idempotency-key-reused")
    return kept.answer if kept is not None else None


async def _keep(store: IdempotencyStore, asked: Claim, answer: Answer) -> None:
    if answer.status < _FAILED:
        await store.keep(asked, answer)


def _in_flight() -> Conflict:
    return Conflict("in-flight", headers={"Retry-After": "1"}, retry_after=1)
