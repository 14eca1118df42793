"""Credentials that prove nothing: every one of them was made by somebody who knows the public key alone.

Or was ours once, or is ours for something else. Each is a list of headers, so that two of a name and other
schemes have their place.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from libs.common.tokens import ALGORITHM, TOKEN_TYPE
from tests.access.stand import Headers
from tests.api import KEY, SESSION
from tests.factories.directory import uid

MASTER, DISABLED, STRANGER = 1, 2, 404
REVOKED = UUID(int=998)
EXPIRED_KEY, REVOKED_KEY, OTHERS_KEY = 501, 502, 503
KID = str(KEY.kid)
HEADER: dict[str, Any] = {"alg": ALGORITHM, "kid": KID, "typ": TOKEN_TYPE}
# The same key id as the true one's: what is trusted must be the key, not its name.
_OTHER = OKPKey.generate_key("Ed25519", {"kid": KID}, private=True)
_PUBLIC = json.dumps(KEY.as_dict(private=False))


def body(**others: Any) -> dict[str, Any]:
    """The claims of a good token, made now."""
    now = int(time.time()) - 1
    good = {"iss": "plexus-auth", "aud": "plexus", "sub": str(uid(MASTER)), "sid": str(SESSION), "dv": 0}
    return good | {"iat": now, "exp": now + 600} | others


def b64(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: Mapping[str, Any] | bytes, claims: object, key: OKPKey = KEY) -> str:
    """Sign anything at all, past every check of the library."""
    message, private = f"{b64(header)}.{b64(claims)}", key.private_key
    assert isinstance(private, Ed25519PrivateKey)
    return f"{message}.{b64(private.sign(message.encode()))}"


def good(**others: Any) -> str:
    """A token that opens every door, unless `others` spoils it."""
    return signed(HEADER, body(**others))


def bearer(token: str, scheme: str = "Bearer") -> Headers:
    return [("Authorization", f"{scheme} {token}")]


def _without(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


def _incomplete(name: str) -> str:
    return signed(HEADER, _without(body(), name))


def _hmac(secret: bytes) -> str:
    message = f"{b64(HEADER | {'alg': 'HS256'})}.{b64(body())}"
    return f"{message}.{b64(hmac.digest(secret, message.encode(), 'sha256'))}"


def _asymmetric(algorithm: str, key: RSAKey | ECKey) -> str:
    return jwt.encode(HEADER | {"alg": algorithm}, body(), key, algorithms=[algorithm])


def _signature(change: Callable[[bytes], bytes]) -> str:
    head, claims, tail = good().split(".")
    return f"{head}.{claims}.{b64(change(base64.urlsafe_b64decode(tail + '==')))}"


def _swapped_claims() -> str:
    head, _, tail = good(sub=str(uid(STRANGER))).split(".")
    return f"{head}.{b64(body())}.{tail}"


def _in_spare_bits() -> str:
    """The same signature, in another of the spellings that a careless decoder takes for it."""
    token = good()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def _twice(claims: dict[str, Any], name: str, value: object) -> bytes:
    """Claims of which one is said twice, the good one last."""
    said = json.dumps({name: value})[:-1]
    return f"{said}, {json.dumps(claims)[1:]}".encode()


def _keyed(number: int, **others: Any) -> str:
    return good(sid=str(uid(number)), key=True, **others)


_TOKENS: dict[str, Callable[[], str]] = {
    "no token": lambda: "",
    "one part": lambda: "x",
    "dots": lambda: "..",
    "five parts": lambda: "a.b.c.d.e",
    "a part too many": lambda: good() + ".x",
    "alg none": lambda: f"{b64(HEADER | {'alg': 'none'})}.{b64(body())}.",
    "alg nOnE": lambda: f"{b64(HEADER | {'alg': 'nOnE'})}.{b64(body())}.",
    "alg null": lambda: signed(HEADER | {"alg": None}, body()),
    "alg a list": lambda: signed(HEADER | {"alg": [ALGORITHM]}, body()),
    "alg EdDSA": lambda: signed(HEADER | {"alg": "EdDSA"}, body()),
    "HS256 with the public key": lambda: _hmac(_PUBLIC.encode()),
    "HS256 with the key's bytes": lambda: _hmac(KEY.public_key.public_bytes_raw()),
    "HS256 with nothing": lambda: _hmac(b""),
    "RS256": lambda: _asymmetric("RS256", RSAKey.generate_key(2048)),
    "ES256": lambda: _asymmetric("ES256", ECKey.generate_key("P-256")),
    "another key of the same id": lambda: signed(HEADER, body(), _OTHER),
    "kid missing": lambda: signed(_without(HEADER, "kid"), body()),
    "kid unknown": lambda: signed(HEADER | {"kid": "other"}, body()),
    "kid a path": lambda: signed(HEADER | {"kid": "../../../../dev/null"}, body()),
    "kid SQL": lambda: signed(HEADER | {"kid": "x' UNION SELECT 'test' --"}, body()),
    "kid with a NUL": lambda: signed(HEADER | {"kid": "test\0"}, body()),
    "kid in capitals": lambda: signed(HEADER | {"kid": "TEST"}, body()),
    "kid a number": lambda: signed(HEADER | {"kid": 0}, body()),
    "kid an object": lambda: signed(HEADER | {"kid": {"test": "test"}}, body()),
    "jwk": lambda: signed(HEADER | {"jwk": _OTHER.as_dict(private=False)}, body(), _OTHER),
    "jwk beside the true key": lambda: signed(HEADER | {"jwk": json.loads(_PUBLIC)}, body()),
    "jku": lambda: signed(HEADER | {"jku": "http://127.0.0.1:9/keys"}, body(), _OTHER),
    "x5u": lambda: signed(HEADER | {"x5u": "http://127.0.0.1:9/chain"}, body(), _OTHER),
    "x5c": lambda: signed(HEADER | {"x5c": ["AA"]}, body(), _OTHER),
    "crit": lambda: signed(HEADER | {"crit": ["exp"]}, body()),
    "crit and b64": lambda: signed(HEADER | {"crit": ["b64"], "b64": False}, body()),
    "zip": lambda: signed(HEADER | {"zip": "DEF"}, body()),
    "typ missing": lambda: signed(_without(HEADER, "typ"), body()),
    "typ JWT": lambda: signed(HEADER | {"typ": "JWT"}, body()),
    "typ of a refresh token": lambda: signed(HEADER | {"typ": "rt+jwt"}, body()),
    "alg twice": lambda: signed(_twice(HEADER, "alg", "none"), body()),
    "header deep": lambda: signed(b'{"alg":' + b"[" * 800, body()),
    "expired": lambda: good(iat=int(time.time()) - 601, exp=int(time.time()) - 1),
    "not yet valid": lambda: good(iat=int(time.time()) + 60, exp=int(time.time()) + 120),
    "exp huge": lambda: good(exp=10**18),
    "iat and exp huge": lambda: good(iat=10**30, exp=10**30 + 60),
    "exp a text": lambda: good(exp=str(int(time.time()) + 60)),
    "exp a fraction": lambda: good(exp=time.time() + 60.5),
    "exp negative": lambda: good(exp=-1),
    "exp null": lambda: good(exp=None),
    "exp true": lambda: good(exp=True),
    "exp not a number": lambda: signed(HEADER, json.dumps(body(exp=float("nan"))).encode()),
    "iat a list": lambda: good(iat=[0]),
    "nbf": lambda: good(nbf=0),
    "iss of another": lambda: good(iss="https://evil.example"),
    "iss in capitals": lambda: good(iss="PLEXUS-AUTH"),
    "aud of another": lambda: good(aud="other"),
    "aud a list": lambda: good(aud=["plexus", "other"]),
    "sub empty": lambda: good(sub=""),
    "sub null": lambda: good(sub=None),
    "sub a name": lambda: good(sub="system"),
    "sub a wildcard": lambda: good(sub="%"),
    "sub of nobody": lambda: good(sub=str(uid(STRANGER))),
    "sub of the disabled": lambda: good(sub=str(uid(DISABLED))),
    "sub twice": lambda: signed(HEADER, _twice(body(), "sub", str(uid(STRANGER)))),
    "sid revoked": lambda: good(sid=str(REVOKED)),
    "sid null": lambda: good(sid=None),
    "dv negative": lambda: good(dv=-1),
    "dv a text": lambda: good(dv="0"),
    "dv a fraction": lambda: good(dv=0.5),
    "roles": lambda: good(roles=["administrator"]),
    "scope": lambda: good(scope="*:*"),
    "actor": lambda: good(act={"sub": "system"}),
    "key that expired": lambda: _keyed(EXPIRED_KEY),
    "key that was revoked": lambda: _keyed(REVOKED_KEY),
    "key of somebody else": lambda: _keyed(OTHERS_KEY),
    "key that nobody knows": lambda: _keyed(999),
    "key not true": lambda: good(key="true"),
    "key false": lambda: good(key=False),
    "claims swapped": _swapped_claims,
    "claims a list": lambda: signed(HEADER, [body()]),
    "claims no JSON": lambda: signed(HEADER, b"{"),
    "claims empty": lambda: signed(HEADER, {}),
    "claims deep": lambda: signed(HEADER, b'{"sub":' + b"[" * 900),
    "claims in another encoding": lambda: signed(HEADER, json.dumps(body()).encode("utf-16")),
    "signature missing": lambda: good().rpartition(".")[0] + ".",
    "signature cut": lambda: _signature(lambda raw: raw[:-1]),
    "signature longer": lambda: _signature(lambda raw: raw + b"\0"),
    "signature of zeros": lambda: _signature(lambda raw: bytes(len(raw))),
    "signature with a bit changed": lambda: _signature(lambda raw: bytes([raw[0] ^ 1]) + raw[1:]),
    "signature spelt otherwise": _in_spare_bits,
    "signature padded": lambda: good() + "==",
    "blank within": lambda: good().replace(".", ". ", 1),
    "blank behind": lambda: good() + " x",
    "no-break blank within": lambda: good().replace(".", ".\u00a0", 1),
    "letter that looks alike": lambda: good().replace("e", "\u00e9", 1),
    "quoted": lambda: f'"{good()}"',
    "huge": lambda: good(sub="x" * 100_000),
    "refresh token": lambda: f"{SESSION}.7.{b64(bytes(32))}",
    "API key": lambda: "plx_" + b64(bytes(32)),
    "cookie's value": lambda: b64(bytes(32)),
    "link's token": lambda: b64(bytes(48)),
    **{
        f"{name} missing": partial(lambda name: signed(HEADER, _without(body(), name)), name)
        for name in body()
    },
}
_HEADERS: dict[str, Callable[[], Headers]] = {
    "nothing": list,
    "scheme alone": lambda: [("Authorization", "Bearer")],
    "no scheme": lambda: [("Authorization", good())],
    "Basic": lambda: bearer(good(), "Basic"),
    "Basic with a name": lambda: bearer(b64(b"admin:admin"), "Basic"),
    "Token": lambda: bearer(good(), "Token"),
    "DPoP": lambda: bearer(good(), "DPoP"),
    "two tokens in one": lambda: bearer(f"{good()}, Bearer {good()}"),
    "two headers": lambda: [*bearer(good()), *bearer(good())],
    "two headers, the bad one last": lambda: [*bearer(good()), *bearer("x")],
    "in another header": lambda: [("X-Authorization", f"Bearer {good()}"), ("Proxy-Authorization", good())],
    "in a cookie": lambda: [("Cookie", f"__Host-plexus={good()}; access_token={good()}")],
    "a user's name": lambda: [("X-Plexus-User", str(uid(MASTER))), ("Remote-User", "admin")],
}
FORGERIES: dict[str, Callable[[], Headers]] = {
    **{name: partial(lambda make: bearer(make()), make) for name, make in _TOKENS.items()},
    **_HEADERS,
}
GENUINE: dict[str, Callable[[], Headers]] = {
    "as it was made": lambda: bearer(good()),
    "scheme in small letters": lambda: bearer(good(), "bearer"),
    "scheme in capitals": lambda: bearer(good(), "BEARER"),
}
