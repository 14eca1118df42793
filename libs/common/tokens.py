"""Access tokens: Ed25519 JWTs (RFC 7519, 8725, 9068, 9864), issued by one service, verified in all."""

import base64
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OKPKey

ALGORITHM = "Ed25519"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - A media type, not a secret.
MAX_LIFETIME = timedelta(minutes=10)

_CLOCK_SKEW = timedelta(seconds=5)
_MAX_TOKEN_CHARACTERS = 2048
_HEADER_NAMES = {"alg", "kid", "typ"}
_CLAIM_NAMES = {"iss", "aud", "sub", "sid", "dv", "iat", "exp"}
# Whoever does not know this claim must refuse the token: it stands for less than its user may do.
_API_KEY = "key"


class InvalidToken(Exception):
    """The token proves nothing; the reason is for logs, never for the caller."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who issues the tokens of this deployment, and for whom."""

    issuer: str = "plexus-auth"
    audience: str = "plexus"


DEPLOYMENT = Audience()


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: the user, the session, and the directory version to wait for.

    A token of an API key carries the key's id as its session's, and allows what the key's scopes allow.
    """

    user_id: UUID
    session_id: UUID
    dv: int
    issued_at: datetime
    expires_at: datetime
    is_api_key: bool = False


def issue(claims: Claims, key: OKPKey, audience: Audience = DEPLOYMENT) -> str:
    """Sign a token; ValueError for a lifetime above ten minutes or a key without an id."""
    if not timedelta(0) < claims.expires_at - claims.issued_at <= MAX_LIFETIME or key.kid is None:
        message = "a token lives at most ten minutes and names its key"
        raise ValueError(message)
    body = {
        "iss": audience.issuer,
        "aud": audience.audience,
        "sub": str(claims.user_id),
        "sid": str(claims.session_id),
        "dv": claims.dv,
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
    }
    if claims.is_api_key:
        body[_API_KEY] = True
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TOKEN_TYPE}
    return jwt.encode(header, body, key, algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class _Verified:
    claims: Claims
    kid: str


class TokenVerifier:
    """Verifies a signature once and remembers it; expiry, revocation and the key are looked at each time."""

    def __init__(
        self,
        find_key: Callable[[str], OKPKey | None],
        is_revoked: Callable[[UUID], bool],
        audience: Audience = DEPLOYMENT,
        capacity: int = 10_000,
    ) -> None:
        """Take the public keys by id, the revoked sessions, and how many verified tokens to remember."""
        self._find_key = find_key
        self._is_revoked = is_revoked
        self._audience = audience
        self._capacity = capacity
        self._seen: OrderedDict[str, _Verified] = OrderedDict()

    def verify(self, token: str, now: datetime) -> Claims:
        """Return the claims of a valid token; InvalidToken for every other input."""
        verified = self._seen.get(token) or self._remember(token, self._decode(token))
        claims = verified.claims
        if claims.expires_at <= now or claims.issued_at > now + _CLOCK_SKEW:
            self._seen.pop(token, None)
            raise InvalidToken("expired, or not yet valid")
        if self._is_revoked(claims.session_id) or self._find_key(verified.kid) is None:
            self._seen.pop(token, None)
            raise InvalidToken("the session or the key is revoked")
        self._seen.move_to_end(token)
        return claims

    def _remember(self, token: str, verified: _Verified) -> _Verified:
        self._seen[token] = verified
        while len(self._seen) > self._capacity:
            self._seen.popitem(last=False)
        return verified

    def _decode(self, token: str) -> _Verified:
        if len(token) > _MAX_TOKEN_CHARACTERS:
            raise InvalidToken("too long")
        try:
            _demand_one_reading(token)
            decoded = jwt.decode(token, self._key_of, algorithms=[ALGORITHM])
            return _Verified(_read_claims(decoded.claims, self._audience), decoded.header["kid"])
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise InvalidToken(str(error)) from None

    def _key_of(self, token: GuestProtocol) -> OKPKey:
        header = token.headers()
        # Exactly these three: what is not understood (crit, jwk, jku, x5u, b64 …) is refused, not ignored.
        if set(header) != _HEADER_NAMES or header["alg"] != ALGORITHM or header["typ"] != TOKEN_TYPE:
            raise InvalidToken("unexpected header")
        kid = header["kid"]
        key = self._find_key(kid) if isinstance(kid, str) else None
        if key is None:
            raise InvalidToken("unknown key")
        return key


def _demand_one_reading(token: str) -> None:
    """Raise InvalidToken for what others may read otherwise: in UTF-16, spare bits set, a name twice."""
    header, claims, signature = token.split(".")
    for part in (header, claims, signature):
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        if base64.urlsafe_b64encode(raw).rstrip(b"=") != part.encode():
            raise InvalidToken("not the one spelling")
        if part is not signature:
            json.loads(raw.decode(), object_pairs_hook=_each_once)


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidToken("a name twice")
    return found


def _read_claims(claims: dict[str, object], audience: Audience) -> Claims:
    is_api_key = claims.get(_API_KEY) is True
    expected = _CLAIM_NAMES | {_API_KEY} if is_api_key else _CLAIM_NAMES
    if set(claims) != expected or claims["iss"] != audience.issuer or claims["aud"] != audience.audience:
        raise InvalidToken("not a token of this deployment")
    subject, session = claims["sub"], claims["sid"]
    dv, issued, expires = claims["dv"], claims["iat"], claims["exp"]
    if type(dv) is not int or type(issued) is not int or type(expires) is not int:
        raise InvalidToken("a version or a time is not an integer")
    if not isinstance(subject, str) or not isinstance(session, str) or dv < 0:
        raise InvalidToken("a claim has the wrong type")
    if not 0 < expires - issued <= MAX_LIFETIME.total_seconds():
        raise InvalidToken("lives too long")
    return Claims(
        UUID(subject),
        UUID(session),
        dv,
        datetime.fromtimestamp(issued, UTC),
        datetime.fromtimestamp(expires, UTC),
        is_api_key,
    )
