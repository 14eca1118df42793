"""A session: one sign-in, its chain of refresh tokens, and its end."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import DataKey, KekRing, aad_of
from libs.common.db import Base
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.tokens import MAX_LIFETIME
from libs.contracts.auth import SessionRevoked, SessionState
from services.auth.directory import DirectoryHead, InDirectory

LIFETIME = timedelta(days=30)
# A browser that was not used for this long must sign in again.
IDLE = timedelta(days=3)
LEEWAY = timedelta(seconds=20)
register(
    {
        "bad-credentials": ("The e-mail address or the password is wrong", "邮箱或密码错误"),
        "wrong-password": ("The present password is wrong", "当前密码错误"),
        "session-ended": ("The session has ended: sign in again", "会话已结束,请重新登录"),
    }
)


class Credential(Base):
    """What a user proves himself with; no part of his public shape."""

    __tablename__ = "credential"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime]


class Verdict(Enum):
    """What a refresh token is worth."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    REUSED = "reused"
    ENDED = "ended"


class RefreshToken(NamedTuple):
    """A refresh token taken apart."""

    session_id: UUID
    generation: int
    proof: str

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        """Read `<session>.<generation>.<proof>`; None for anything else."""
        parts = text.split(".")
        try:
            session_id, generation, proof = UUID(parts[0]), int(parts[1]), parts[2]
        except (ValueError, IndexError):
            return None
        canonical = [session_id.hex, str(generation), proof]
        return cls(session_id, generation, proof) if parts == canonical and proof.isascii() else None


class Session(Base):
    """A family of refresh tokens: each is an HMAC of family and generation, so none is stored."""

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    secret: Mapped[str]
    generation: Mapped[int]
    rotated_at: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str | None]
    address: Mapped[str | None]

    @classmethod
    def open(
        cls,
        user_id: UUID,
        ring: KekRing,
        now: datetime,
        *,
        device: str | None = None,
        address: str | None = None,
    ) -> Self:
        """Begin a family with its first generation."""
        made = cls(id=new_id(), user_id=user_id, generation=1, rotated_at=now, created_at=now)
        made.device, made.address = device, address
        made.secret = ring.wrap(DataKey.mint(str(made.id)))
        made.expires_at = now + LIFETIME
        return made

    def refresh_token(self, ring: KekRing) -> str:
        """Return the token of the present generation."""
        return f"{self.id.hex}.{self.generation}.{self._proof(self.generation, ring)}"

    def refresh(self, token: RefreshToken, ring: KekRing, now: datetime) -> Verdict:
        """Judge a token, and step to the next generation for the present one.

        The one before it is answered with the same successor for a short while: the answer was lost on its
        way, or two tabs asked at once. Anything older was stolen, or its successor was.
        """
        if not hmac.compare_digest(token.proof, self._proof(token.generation, ring)):
            return Verdict.ENDED
        if self.revoked_at is not None or self.expires_at <= now:
            return Verdict.ENDED
        if token.generation == self.generation:
            self.generation, self.rotated_at = self.generation + 1, now
            return Verdict.ROTATE
        recent = token.generation == self.generation - 1 and now - self.rotated_at <= LEEWAY
        return Verdict.REPEAT if recent else Verdict.REUSED

    def _proof(self, generation: int, ring: KekRing) -> str:
        secret = ring.unwrap(str(self.id), self.secret).material
        digest = hmac.new(secret, aad_of("refresh", str(generation)), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Cookie(Base):
    """The secret by which a browser stands for a session; only its hash is kept.

    It ends with its session, or when it was not used for a while.
    """

    __tablename__ = "cookie"

    hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]

    @classmethod
    def bake(cls, session: Session, now: datetime) -> tuple[Self, str]:
        """Return a cookie for a session, and its value of 256 bits by chance for the browser alone."""
        value = secrets.token_urlsafe(32)
        return cls(hash=cookie_hash(value), session_id=session.id, created_at=now, used_at=now), value


def cookie_hash(value: str) -> str:
    """Return what is stored of a cookie's value; it is too long to guess, so nothing slower is needed."""
    return hashlib.sha256(value.encode()).hexdigest()


class Revocation(InDirectory, Base):
    """The end of a session, told to everyone; forgotten when no access token of it can be alive."""

    __tablename__ = "revocation"

    user_id: Mapped[UUID]
    revoked_at: Mapped[datetime]
    forget_at: Mapped[datetime]

    @classmethod
    def of(cls, head: DirectoryHead, session: Session, reason: str, now: datetime) -> Self:
        """End a session for good."""
        session.revoked_at = now
        made = cls(id=session.id, user_id=session.user_id, created_at=now, updated_at=now)
        made.revoked_at, made.forget_at = now, now + 2 * MAX_LIFETIME
        made.tell(head, SessionRevoked(occurred_at=now, reason=reason, state=made.state()))
        return made

    def state(self) -> SessionState:
        return SessionState.model_validate(self, from_attributes=True)
