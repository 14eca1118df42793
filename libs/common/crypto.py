"""Envelope encryption of fields: data keys, the ring that wraps them, blind indexes and masks.

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces; HMAC-SHA256 (RFC 2104) for blind indexes.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ERASED = "[erased]"
PENDING = "[pending]"

_SEALED = "enc.v1"
_WRAPPED = "kek.v1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_LAST = 4
_SHORTEST_MASKED_IN_PART = 8


class Unreadable(Exception):
    """A sealed or wrapped value that was tampered with, moved, downgraded or sealed under another key."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A subject's 256-bit key, named by the subject's id."""

    key_id: str
    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse an id that would break the text form, and a key of any other length."""
        if not self.key_id or "." in self.key_id or len(self.material) != _KEY_BYTES:
            message = "a data key is 32 bytes under a name without dots"
            raise ValueError(message)

    @classmethod
    def mint(cls, key_id: str) -> Self:
        """Make a fresh random key."""
        return cls(key_id, os.urandom(_KEY_BYTES))


def aad_of(*parts: str) -> bytes:
    """Join parts so that no two different lists give the same bytes (each is prefixed by its length)."""
    return b"".join(len(raw := part.encode()).to_bytes(4, "big") + raw for part in parts)


def seal(plaintext: str, key: DataKey, aad: bytes) -> str:
    """Encrypt a text to `enc.v1.<key id>.<base64url of nonce and ciphertext>`.

    `aad` names the place that the value belongs to, so that a ciphertext cannot be moved; never empty.
    """
    return _encrypt(_SEALED, key.key_id, key.material, plaintext.encode(), aad)


def unseal(value: str, key: DataKey, aad: bytes) -> str:
    """Decrypt what `seal` made; Unreadable for anything else."""
    return _decrypt(_SEALED, value, {key.key_id: key.material}, aad).decode()


def sealed_key_id(value: object) -> str | None:
    """Tell which data key a value is sealed under; None for what is not sealed."""
    match value.split(".") if isinstance(value, str) else []:
        case ["enc", "v1", key_id, _]:
            return key_id
    return None


def _encrypt(form: str, key_id: str, material: bytes, plaintext: bytes, aad: bytes) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(material).encrypt(nonce, plaintext, _bound(form, key_id, aad))
    return f"{form}.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).rstrip(b'=').decode()}"


def _decrypt(form: str, value: str, keys: Mapping[str, bytes], aad: bytes) -> bytes:
    head, _, body = value.rpartition(".")
    version, _, key_id = head.rpartition(".")
    if version != form or key_id not in keys:
        message = f"not a {form} value under this key"
        raise Unreadable(message)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return AESGCM(keys[key_id]).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(form, key_id, aad))
    except (InvalidTag, binascii.Error, ValueError):
        message = "tampered with, or moved from another place"
        raise Unreadable(message) from None


def _bound(form: str, key_id: str, aad: bytes) -> bytes:
    if not aad:
        message = "additional data is mandatory"
        raise ValueError(message)
    # The form and the key's name are authenticated too, so neither can be rewritten in the text.
    return aad_of(form, key_id) + aad


@dataclass(frozen=True, slots=True)
class KekRing:
    """Key-encryption keys by name, the current one, and the secret of the blind indexes."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    blind_index_secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a ring whose current key is missing or whose keys have another length than 32 bytes."""
        lengths = {len(secret) for secret in (*self.keys.values(), self.blind_index_secret)}
        if self.current not in self.keys or lengths != {_KEY_BYTES} or any("." in name for name in self.keys):
            message = "a key ring holds its current key, and each of its secrets is 32 bytes"
            raise ValueError(message)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `{"current": name, "keys": {name: base64}, "blind_index": base64}`.

        Raises ValueError when the file is malformed, or others may read it.
        """
        if path.stat().st_mode & 0o007:
            message = f"{path} must not be readable by others"
            raise ValueError(message)
        try:
            raw = json.loads(path.read_text())
            keys = {name: base64.b64decode(key, validate=True) for name, key in raw["keys"].items()}
            return cls(raw["current"], keys, base64.b64decode(raw["blind_index"], validate=True))
        except (KeyError, TypeError, AttributeError) as error:
            message = f"{path} is not a key ring"
            raise ValueError(message) from error

    def wrap(self, key: DataKey) -> str:
        """Encrypt a data key under the current KEK to `kek.v1.<kek>.<base64url>`, bound to the key's name."""
        return _encrypt(
            _WRAPPED, self.current, self.keys[self.current], key.material, aad_of("data-key", key.key_id)
        )

    def unwrap(self, key_id: str, wrapped: str) -> DataKey:
        """Decrypt a wrapped data key; Unreadable when its KEK is gone, or it was wrapped for another name."""
        return DataKey(key_id, _decrypt(_WRAPPED, wrapped, self.keys, aad_of("data-key", key_id)))

    def blind_index(self, field_name: str, value: str) -> str:
        """Give 64 hex digits by which a sensitive value is found again by equality, per field."""
        return self._index("whole", field_name, value)

    def blind_index_last4(self, field_name: str, value: str) -> str:
        """Give 64 hex digits by which a sensitive value is found by its last four characters, per field."""
        return self._index("last4", field_name, value[-_LAST:])

    def _index(self, domain: str, field_name: str, value: str) -> str:
        message = aad_of("blind-index", domain, field_name, value)
        return hmac.new(self.blind_index_secret, message, hashlib.sha256).hexdigest()


def mask(value: str) -> str:
    """Hide the four digits before the last four, as in 138****0000; all but the last two of a short value."""
    if len(value) < _SHORTEST_MASKED_IN_PART:
        return "*" * max(len(value) - 2, 0) + value[-2:] if len(value) > _LAST else "*" * len(value)
    return f"{value[: -2 * _LAST]}****{value[-_LAST:]}"
