"""Standard Webhooks (https://www.standardwebhooks.com): secrets, and signatures that prove who sent what."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.crypto import DataKey, KekRing

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> bytes:
    """Return a fresh random secret."""
    return os.urandom(_BYTES)


def shown(secret: bytes) -> str:
    """Return a secret as its receiver gets it, once: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def seal_secret(secret: bytes, webhook_id: UUID, ring: KekRing) -> str:
    """Return what may be stored: the secret under the key-encryption key, bound to its webhook."""
    return ring.wrap(DataKey(_name(webhook_id), secret))


def open_secret(sealed: str, webhook_id: UUID, ring: KekRing) -> bytes:
    """Return a stored secret; Unreadable when it belongs to another webhook."""
    return ring.unwrap(_name(webhook_id), sealed).material


def signed(identity: str, at: datetime, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of a delivery: one signature per secret over `id.timestamp.body`."""
    seconds = str(int(at.timestamp()))
    content = b".".join((identity.encode(), seconds.encode(), body))
    digests = (hmac.new(secret, content, hashlib.sha256).digest() for secret in secrets)
    signatures = (f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
    return {
        "webhook-id": identity,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def _name(webhook_id: UUID) -> str:
    return f"webhook-{webhook_id}"
