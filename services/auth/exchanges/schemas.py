"""An exchange: an opaque credential for a token of a few minutes, and what is remembered of it."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from libs.common.problem_texts import register
from libs.platform.directory.model import Directory

# How long a judgement may be repeated without asking the database; a revocation ends it sooner.
REMEMBERED = timedelta(seconds=60)
# What a token lives, so that one handed out again in the last moment still opens doors for a while.
TOKEN_LIFE = timedelta(minutes=2)
# Use is noted no more often than this.
NOTED = timedelta(seconds=60)
CAPACITY = 20_000
register(
    {
        "bad-api-key": (
            "The API key is wrong, revoked or expired",
            "API 密钥错误、已被吊销或已过期",
        ),
        "quota-exceeded": ("The API key has used up its quota", "API 密钥的请求配额已用完"),
    }
)

type Kind = Literal["api-key", "cookie"]


@dataclass(frozen=True, slots=True)
class Credential:
    """What a caller proves himself with, in the clear; it is remembered by its hash alone."""

    kind: Kind
    value: str

    @classmethod
    def of(cls, authorization: Iterable[str], cookies: Iterable[str], cookie: str) -> Self | None:
        """Find the one credential among a request's headers; None where it is not exactly one."""
        if given := list(authorization):
            scheme, _, key = given[0].partition(" ")
            is_one = len(given) == 1 and scheme.lower() == "bearer" and bool(key.strip())
            return cls("api-key", key.strip()) if is_one else None
        pairs = (each.partition("=") for line in cookies for each in line.split(";"))
        values = [value.strip() for name, _, value in pairs if name.strip() == cookie]
        return cls("cookie", values[0]) if len(values) == 1 and values[0] else None

    @property
    def digest(self) -> str:
        """Return what it is remembered by."""
        return hashlib.sha256(f"{self.kind}:{self.value}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a credential was judged to be worth, until when, and the token made for it."""

    user_id: UUID
    session_id: UUID
    kind: Kind
    dv: int
    until: datetime
    per_minute: int | None = None
    token: str = ""

    def holds(self, directory: Directory, now: datetime) -> bool:
        """Tell whether nothing has happened since that could make the judgement another one."""
        user, key = directory.users.get(self.user_id), directory.api_keys.get(self.session_id)
        return (
            now < self.until
            and (key is None or key.dv <= self.dv)
            and self.session_id not in directory.revoked_sessions
            and (user is None or user.is_active)
            and directory.needed_dv(self.user_id) <= self.dv
        )


class Grants:
    """The newest grants by their credential's hash; what no longer holds is not found."""

    def __init__(self, directory: Directory, capacity: int = CAPACITY) -> None:
        """Take the directory that tells of revocations."""
        self._directory, self._capacity = directory, capacity
        self._held: OrderedDict[str, Grant] = OrderedDict()

    def find(self, credential: Credential, now: datetime) -> Grant | None:
        """Return the grant of a credential, as long as it holds."""
        digest = credential.digest
        grant = self._held.get(digest)
        if grant is None:
            return None
        if not grant.holds(self._directory, now):
            del self._held[digest]
            return None
        self._held.move_to_end(digest)
        return grant

    def keep(self, credential: Credential, grant: Grant) -> None:
        """Remember a grant, and forget the one that was not used for longest."""
        self._held[credential.digest] = grant
        while len(self._held) > self._capacity:
            self._held.popitem(last=False)


class Failures:
    """Wrong credentials per address and minute, so that guessing is slow and costs the database little."""

    def __init__(self, limit: int = 300) -> None:
        """Take how many a minute may see."""
        self._limit = limit
        self._minute = 0
        self._counted: dict[str, int] = {}

    def are_too_many(self, address: str, now: datetime) -> bool:
        """Tell whether this address must wait for the next minute."""
        self._begin(now)
        return self._counted.get(address, 0) >= self._limit

    def note(self, address: str, now: datetime) -> None:
        """Count one."""
        self._begin(now)
        self._counted[address] = self._counted.get(address, 0) + 1

    def _begin(self, now: datetime) -> None:
        if self._minute != (minute := int(now.timestamp()) // 60):
            self._minute, self._counted = minute, {}
