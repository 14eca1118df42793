"""A file kept in a table: pieces of bounded size, each encrypted and bound to its place (AES-256-GCM)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common.crypto import DataKey, Unreadable

PIECE = 512 * 1024
_NONCE = 12


def seal_piece(data: bytes, key: DataKey, aad: bytes) -> bytes:
    """Return nonce and ciphertext of a piece; `aad` names the file and the piece, and is not empty."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key.material).encrypt(nonce, data, _bound(aad))


def open_piece(sealed: bytes, key: DataKey, aad: bytes) -> bytes:
    """Return what `seal_piece` was given; raises Unreadable for anything else, or at another place."""
    try:
        return AESGCM(key.material).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(aad))
    except (InvalidTag, ValueError):
        raise Unreadable("tampered with, or moved from another place") from None


def _bound(aad: bytes) -> bytes:
    if not aad:
        raise ValueError("additional data is mandatory")
    return aad
