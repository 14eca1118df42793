"""Envelope encryption of fields: data keys, the ring that wraps them, blind indexes and masks.

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces; HMAC-SHA256 (RFC 2104) for blind indexes.
"""

import base64
import binascii
import hmac
import json
import os
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
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
# Asking the system for random bytes costs as much as sealing a name with them, so they are asked for in bulk.
_NONCES_AT_ONCE = 256
_LAST = 4
_SHORTEST_MASKED_IN_PART = 8
_UNBOUND = "additional data is mandatory"
_FOREIGN = "not a value of this form under this key"
_URL_SAFE, _STANDARD = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
_nonces: deque[bytes] = deque()
# A child would take the same ones as its parent, under the same keys.
os.register_at_fork(after_in_child=_nonces.clear)


class Unreadable(Exception):
    """A sealed or wrapped value that was tampered with, moved, downgraded or sealed under another key."""


@dataclass(frozen=True)
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

    @cached_property
    def cipher(self) -> AESGCM:
        """The cipher under this key; making one costs more than sealing a name with it."""
        return AESGCM(self.material)

    @cached_property
    def sealed(self) -> dict[str, str]:
        """Texts by what they were sealed to under this key, for whoever needs one again a moment later."""
        return {}

    @cached_property
    def prefix(self) -> str:
        """What every value begins with that is sealed under this key."""
        return f"{_SEALED}.{self.key_id}."

    @cached_property
    def bound(self) -> bytes:
        """What every value that is sealed under this key is bound to beside its place."""
        return aad_part(_SEALED) + aad_of(self.key_id)


def aad_of(*parts: str) -> bytes:
    """Join parts so that no two different lists give the same bytes (each is prefixed by its length)."""
    joined = b""
    for part in parts:
        raw = part.encode()
        joined += len(raw).to_bytes(4, "big") + raw
    return joined


@lru_cache(maxsize=4096)
def aad_part(*parts: str) -> bytes:
    """Return the same, kept: for the parts of a place that many values share.

    What is bound to two lists of parts, one behind the other, is bound to the joined list.
    """
    return aad_of(*parts)


def seal(plaintext: str, key: DataKey, aad: bytes) -> str:
    """Encrypt a text to `enc.v1.<key id>.<base64url of nonce and ciphertext>`.

    `aad` names the place that the value belongs to, so that a ciphertext cannot be moved; never empty.
    """
    return key.prefix + _encrypt(key.cipher, plaintext.encode(), key.bound, aad)


def unseal(value: str, key: DataKey, aad: bytes) -> str:
    """Decrypt what `seal` made; Unreadable for anything else."""
    key_id, body = _parted(_SEALED, value)
    if key_id != key.key_id:
        raise Unreadable(_FOREIGN)
    return _decrypt(key.cipher, body, key.bound, aad).decode()


def sealed_key_id(value: object) -> str | None:
    """Tell which data key a value is sealed under; None for what is not sealed."""
    match value.split(".") if isinstance(value, str) else []:
        case ["enc", "v1", key_id, _]:
            return key_id
    return None


# The form and the key's name (`bound`) are authenticated too, so neither can be rewritten in the text.
def _encrypt(cipher: AESGCM, plaintext: bytes, bound: bytes, aad: bytes) -> str:
    if not aad:
        raise ValueError(_UNBOUND)
    try:
        nonce = _nonces.popleft()
    except IndexError:
        nonce = _more_nonces()
    raw = binascii.b2a_base64(nonce + cipher.encrypt(nonce, plaintext, bound + aad), newline=False)
    return raw.translate(_URL_SAFE, b"=").decode()


def _more_nonces() -> bytes:
    """Put random bytes in store, and return a nonce of them that is in no other thread's reach."""
    block = os.urandom(_NONCE_BYTES * _NONCES_AT_ONCE)
    _nonces.extend(block[at : at + _NONCE_BYTES] for at in range(_NONCE_BYTES, len(block), _NONCE_BYTES))
    return block[:_NONCE_BYTES]


def _decrypt(cipher: AESGCM, body: str, bound: bytes, aad: bytes) -> bytes:
    if not aad:
        raise ValueError(_UNBOUND)
    try:
        padded = body.encode("ascii").translate(_STANDARD) + b"=" * (-len(body) % 4)
        raw = binascii.a2b_base64(padded, strict_mode=True)
        return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound + aad)
    except (InvalidTag, binascii.Error, ValueError):
        message = "tampered with, or moved from another place"
        raise Unreadable(message) from None


def _parted(form: str, value: str) -> tuple[str, str]:
    """Return the key's name and the body of a value; Unreadable when it has another form."""
    head, _, body = value.rpartition(".")
    version, _, key_id = head.rpartition(".")
    if version != form:
        raise Unreadable(_FOREIGN)
    return key_id, body


@lru_cache(maxsize=64)
def _kek(material: bytes) -> AESGCM:
    """Return the cipher of a key-encryption key, of which there are few."""
    return AESGCM(material)


@lru_cache(maxsize=64)
def _mac(secret: bytes) -> hmac.HMAC:
    """Return what has taken the secret in; a copy of it costs half of a new one."""
    return hmac.new(secret, digestmod="sha256")


@dataclass(slots=True)
class KekRing:
    """Key-encryption keys by name, the current one, and the secret of the blind indexes."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    blind_index_secret: bytes = field(repr=False)
    # Called for a name that is not here: another process may have heard of the key first.
    reread: Callable[[], object] | None = field(default=None, repr=False, compare=False)

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
        bound = aad_part(_WRAPPED, self.current)
        body = _encrypt(_kek(self.keys[self.current]), key.material, bound, aad_of("data-key", key.key_id))
        return f"{_WRAPPED}.{self.current}.{body}"

    def is_current(self, wrapped: str) -> bool:
        """Tell whether a data key is wrapped under the current KEK."""
        return wrapped.startswith(self.prefix)

    @property
    def prefix(self) -> str:
        """What every data key begins with that is wrapped under the current KEK."""
        return f"{_WRAPPED}.{self.current}."

    def unwrap(self, key_id: str, wrapped: str) -> DataKey:
        """Decrypt a wrapped data key; Unreadable when its KEK is gone, or it was wrapped for another name."""
        kek_id, body = _parted(_WRAPPED, wrapped)
        if kek_id not in self.keys and self.reread is not None:
            self.reread()
        if kek_id not in self.keys:
            raise Unreadable(_FOREIGN)
        bound, aad = aad_part(_WRAPPED, kek_id), aad_of("data-key", key_id)
        return DataKey(key_id, _decrypt(_kek(self.keys[kek_id]), body, bound, aad))

    def blind_index(self, field_name: str, value: str) -> str:
        """Give 64 hex digits by which a sensitive value is found again by equality, per field."""
        return self._index("whole", field_name, value)

    def blind_index_last4(self, field_name: str, value: str) -> str:
        """Give 64 hex digits by which a sensitive value is found by its last four characters, per field."""
        return self._index("last4", field_name, value[-_LAST:])

    def secret(self, purpose: str) -> bytes:
        """Return 32 bytes for a purpose of their own, the same under every KEK."""
        mac = _mac(self.blind_index_secret).copy()
        mac.update(aad_part("secret", purpose))
        return mac.digest()

    def _index(self, domain: str, field_name: str, value: str) -> str:
        message = aad_part("blind-index", domain, field_name) + aad_of(value)
        mac = _mac(self.blind_index_secret).copy()
        mac.update(message)
        return mac.hexdigest()


def mask(value: str) -> str:
    """Hide the four digits before the last four, as in 138****0000; all but the last two of a short value."""
    if len(value) < _SHORTEST_MASKED_IN_PART:
        return "*" * max(len(value) - 2, 0) + value[-2:] if len(value) > _LAST else "*" * len(value)
    return f"{value[: -2 * _LAST]}****{value[-_LAST:]}"
