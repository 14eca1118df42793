"""Links that leave the house: a token says what it opens, and proves by its signature that we made it.

HMAC-SHA256 (RFC 2104) over the key ring's secret, cut to 128 bits; nothing is looked up before it is proved.
"""

import base64
import binascii
import hmac

from libs.common.crypto import KekRing
from libs.common.problems import NotFound

LONGEST_TOKEN = 4096
_MAC_BYTES = 16


def sign(ring: KekRing, opens: str, payload: bytes) -> str:
    """Return a URL-safe token that holds `payload` and opens only links of the kind `opens`."""
    return _text(_mac(ring, opens, payload) + payload)


def opened(ring: KekRing, opens: str, token: str) -> bytes:
    """Return the payload of a token that `sign` made for this kind; NotFound for every other text."""
    raw = _bytes(token)
    mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    # One token has one spelling, so that what stands in a log or a cache is always the same text.
    if not hmac.compare_digest(mac, _mac(ring, opens, payload)) or _text(raw) != token:
        raise NotFound
    return payload


def _mac(ring: KekRing, opens: str, payload: bytes) -> bytes:
    return bytes.fromhex(ring.blind_index(f"link.{opens}", payload.hex()))[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(token: str) -> bytes:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise NotFound
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotFound from None
