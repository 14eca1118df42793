"""A signing key: the public half is known everywhere a while before the private one is used."""

import base64
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import DataKey, KekRing
from libs.common.db import Base
from libs.common.ids import new_id
from libs.common.tokens import MAX_LIFETIME
from libs.contracts.auth import SigningKeyPublished, SigningKeyRetired, SigningKeyState
from services.auth.directory import DirectoryHead, InDirectory

AHEAD = timedelta(minutes=15)
ROTATION = timedelta(days=30)


class SigningKey(InDirectory, Base):
    """An Ed25519 key (RFC 8037); its 32-byte seed is kept wrapped like every data key."""

    __tablename__ = "signing_key"

    jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    wrapped: Mapped[str]
    usable_from: Mapped[datetime]

    @classmethod
    def publish(cls, head: DirectoryHead, ring: KekRing, usable_from: datetime, now: datetime) -> Self:
        """Make a key and tell its public half."""
        identity = new_id()
        seed = DataKey.mint(str(identity))
        made = cls(id=identity, created_at=now, updated_at=now, usable_from=usable_from)
        made.jwk, made.wrapped = _public(identity, seed.material), ring.wrap(seed)
        made.tell(head, SigningKeyPublished(occurred_at=now, state=made.state()))
        return made

    def private_key(self, ring: KekRing) -> OKPKey:
        """Return the key to sign with."""
        seed = ring.unwrap(str(self.id), self.wrapped).material
        return OKPKey.import_key(self.jwk | {"d": _text(seed)})

    def retire(self, head: DirectoryHead, now: datetime) -> None:
        """Take the key out of use everywhere: no living token is signed with it."""
        self.deleted_at = self.updated_at = now
        self.tell(head, SigningKeyRetired(occurred_at=now, state=self.state()))

    def state(self) -> SigningKeyState:
        return SigningKeyState.model_validate(self, from_attributes=True)


def is_outlived(key: SigningKey, successor: SigningKey, now: datetime) -> bool:
    """Tell whether every token of a key has expired since its successor took over."""
    return key.usable_from < successor.usable_from and successor.usable_from + MAX_LIFETIME + AHEAD <= now


def _public(identity: UUID, seed: bytes) -> dict[str, Any]:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": _text(public), "kid": str(identity)}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
