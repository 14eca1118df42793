"""An API key: a program acts with it for the user who made it, within its scopes."""

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, synonym

from libs.common.db import Base
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import BadRequest, Conflict
from libs.contracts.auth import ApiKeyIssued, ApiKeyReplaced, ApiKeyRevoked, ApiKeyState
from services.auth.directory import DirectoryHead, InDirectory

# The gateway knows a key by these letters, and so do scanners of leaked secrets.
MARK = "plx_"
_LETTERS = string.ascii_letters + string.digits
_PREFIX, _SECRET = 8, 43
_SHAPE = re.compile(rf"{MARK}([A-Za-z0-9]{{{_PREFIX}}})_([A-Za-z0-9]{{{_SECRET}}})")
register(
    {
        "already-revoked": ("The API key is revoked already", "该 API 密钥已被吊销"),
        "already-replaced": ("Another API key has taken this one's place", "该 API 密钥已被新密钥取代"),
        "key-expired": ("The API key has expired", "该 API 密钥已过期"),
        "already-expired": ("An API key must expire in the future", "API 密钥的到期时间必须在未来"),
    }
)


class PresentedKey(NamedTuple):
    """An API key as a caller sends it, taken apart."""

    prefix: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "PresentedKey | None":
        """Read `plx_<prefix>_<secret>`; None for anything else."""
        found = _SHAPE.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    @classmethod
    def mint(cls) -> Self:
        """Make a key of 256 bits by chance: nobody guesses that, so its hash needs no salt."""
        return cls(_by_chance(_PREFIX), _by_chance(_SECRET))

    @property
    def hash(self) -> str:
        """Return what is stored of the secret."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def fits(self, expected: str) -> bool:
        """Tell whether the secret is the one with this hash."""
        return hmac.compare_digest(self.hash, expected)

    def __str__(self) -> str:
        return f"{MARK}{self.prefix}_{self.secret}"


class ApiKey(InDirectory, Base):
    __tablename__ = "api_key"

    user_id: Mapped[UUID]
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    requests_per_minute: Mapped[int | None]
    expires_at: Mapped[datetime | None]
    replaces_id: Mapped[UUID | None]
    owner_id = synonym("user_id")

    @classmethod
    def issue(  # noqa: PLR0913 because each of them is a fact of the key
        cls,
        head: DirectoryHead,
        user_id: UUID,
        minted: PresentedKey,
        now: datetime,
        *,
        name: str,
        scopes: Iterable[str],
        expires_at: datetime | None = None,
        requests_per_minute: int | None = None,
        replaces_id: UUID | None = None,
    ) -> Self:
        """Let programs act for a user; the caller has seen to it that he holds what the scopes name."""
        if expires_at is not None and expires_at <= now:
            raise BadRequest("already-expired")
        made = cls(id=new_id(), user_id=user_id, name=name, created_at=now, updated_at=now)
        made.prefix, made.secret_hash = minted.prefix, minted.hash
        made.scopes, made.expires_at = sorted(set(scopes)), expires_at
        made.requests_per_minute, made.replaces_id = requests_per_minute, replaces_id
        made.tell(head, ApiKeyIssued(occurred_at=now, state=made.state()))
        return made

    def give_way(self, head: DirectoryHead, overlap: timedelta, now: datetime) -> None:
        """Be good for a while yet beside the key that takes its place, and never longer than before."""
        end = now + overlap
        if self.expires_at is not None and self.expires_at <= now:
            raise Conflict("key-expired", id=self.id)
        if not overlap or self.deleted_at is not None:
            self.revoke(head, now)
            return
        self.expires_at = min(self.expires_at or end, end)
        self.updated_at = now
        self.tell(head, ApiKeyReplaced(occurred_at=now, state=self.state()))

    def revoke(self, head: DirectoryHead, now: datetime) -> None:
        """End all that can be done with the key."""
        if self.deleted_at is not None:
            raise Conflict("already-revoked", id=self.id)
        self.deleted_at = self.updated_at = now
        self.tell(head, ApiKeyRevoked(occurred_at=now, state=self.state()))

    def state(self) -> ApiKeyState:
        return ApiKeyState.model_validate(self, from_attributes=True)


class ApiKeyUse(Base):
    """When a key was last used, to the minute, and from which network.

    It stands outside of the key's version, which counts what people change.
    """

    __tablename__ = "api_key_use"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    last_used_at: Mapped[datetime]
    last_used_address: Mapped[str | None]


def _by_chance(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
