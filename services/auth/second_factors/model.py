"""A second factor: a secret shared with the user's authenticator app (TOTP, RFC 6238), and recovery codes.

Twelve codes an hour and an app's clock that is off by half a minute are common, so the step before and the
one behind are taken too; each step once.
"""

import base64
import hmac
import secrets
from datetime import datetime
from typing import Self
from uuid import UUID

from pyotp import HOTP, TOTP
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import DataKey, KekRing
from libs.common.db import Base
from libs.common.ids import new_id
from libs.common.problem_texts import register

ISSUER = "Plexus"
RECOVERY_CODES = 10
_STEP = 30
# RFC 4226, 4: 160 bits, which every app takes.
_SECRET_BYTES = 20
# Crockford's base 32: nothing in it is read as something else.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF = 5
register(
    {
        "code-required": (
            "Give the code of your authenticator app too, or a recovery code",
            "请同时提供身份验证器的动态码或恢复码",
        ),
        "wrong-code": ("The code is wrong or was used before", "验证码错误或已被使用"),
        "second-factor-on": ("The second factor is on already", "双重验证已开启"),
        "second-factor-off": ("The second factor is not on", "双重验证尚未开启"),
    }
)


class SecondFactor(Base):
    """One user's secret; it counts once he has shown a code of it."""

    __tablename__ = "second_factor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    secret: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int]

    @classmethod
    def begin(cls, user_id: UUID, ring: KekRing, now: datetime) -> Self:
        """Make a secret by chance; nothing asks for it yet."""
        made = cls(id=new_id(), user_id=user_id, created_at=now, last_step=0)
        made.secret = ring.wrap(DataKey.mint(str(made.id)))
        return made

    def shown(self, ring: KekRing) -> str:
        """Return the secret as apps take it by hand, in base 32."""
        material = ring.unwrap(str(self.id), self.secret).material
        return base64.b32encode(material[:_SECRET_BYTES]).decode()

    def address(self, ring: KekRing, email: str) -> str:
        """Return the secret as apps take it from a picture, an otpauth: address."""
        return TOTP(self.shown(ring)).provisioning_uri(name=email, issuer_name=ISSUER)

    def accepts(self, ring: KekRing, code: str, now: datetime) -> bool:
        """Tell whether a code is the app's just now, and take it no second time."""
        codes, present = HOTP(self.shown(ring)), int(now.timestamp()) // _STEP
        for step in (present - 1, present, present + 1):
            if step > self.last_step and hmac.compare_digest(codes.at(step).encode(), code.encode()):
                self.last_step = step
                return True
        return False


class RecoveryCode(Base):
    """One of the codes for the day that the app is lost, of which a keyed hash is kept; each works once."""

    __tablename__ = "recovery_code"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


def new_codes() -> list[str]:
    """Return a set of recovery codes of 50 bits by chance, as they are shown."""
    texts = ("".join(secrets.choice(_ALPHABET) for _ in range(2 * _HALF)) for _ in range(RECOVERY_CODES))
    return [f"{each[:_HALF]}-{each[_HALF:]}" for each in texts]


def plain(code: str) -> str:
    """Return a code as it is compared: people type spaces, hyphens and small letters."""
    return "".join(code.split()).replace("-", "").upper()


def code_hash(ring: KekRing, user_id: UUID, code: str) -> str:
    """Return what is kept of a recovery code."""
    return ring.blind_index(f"recovery-code.{user_id}", plain(code))
