import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from libs.common.tokens import Audience, Claims, InvalidToken, TokenVerifier, issue

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
USER, SESSION = UUID(int=1), UUID(int=2)
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"}, private=True)
OTHER = OKPKey.generate_key("Ed25519", {"kid": "k1"}, private=True)
PUBLIC = OKPKey.import_key(KEY.as_dict(private=False))
HEADER: dict[str, Any] = {"alg": "Ed25519", "kid": "k1", "typ": "at+jwt"}
BODY: dict[str, Any] = {
    "iss": "plexus-auth",
    "aud": "plexus",
    "sub": str(USER),
    "sid": str(SESSION),
    "dv": 7,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}


def claims_of_key() -> Claims:
    return Claims(USER, SESSION, 7, NOW, NOW + timedelta(minutes=2), is_api_key=True)


def claims(lifetime: timedelta = timedelta(minutes=10)) -> Claims:
    return Claims(USER, SESSION, 7, NOW, NOW + lifetime)


def verifier(revoked: set[UUID] | None = None, capacity: int = 10) -> TokenVerifier:
    return TokenVerifier({"k1": PUBLIC}.get, (revoked or set()).__contains__, capacity=capacity)


def b64(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: dict[str, Any] | bytes, body: object) -> str:
    """Signs anything at all with the true key, past every check of the library."""
    message, private = f"{b64(header)}.{b64(body)}", KEY.private_key
    assert isinstance(private, Ed25519PrivateKey)
    return f"{message}.{b64(private.sign(message.encode()))}"


def without(mapping: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


def hmac_with_public_key() -> str:
    secret = OctKey.import_key(json.dumps(PUBLIC.as_dict(private=False)))
    return jwt.encode(HEADER | {"alg": "HS256"}, BODY, secret, algorithms=["HS256"])


def swapped_payload() -> str:
    head, _, tail = signed(HEADER, BODY).split(".")
    return f"{head}.{b64(BODY | {'sub': str(UUID(int=9))})}.{tail}"


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "one part": lambda: "x",
    "dots": lambda: "..",
    "four parts": lambda: signed(HEADER, BODY) + ".x",
    "five parts as in JWE": lambda: "a.b.c.d.e",
    "not base64": lambda: "?.?.?",
    "not ASCII": lambda: "é" + signed(HEADER, BODY),
    "huge": lambda: signed(HEADER, BODY | {"sub": "x" * 5000}),
    "alg none": lambda: f"{b64(HEADER | {'alg': 'none'})}.{b64(BODY)}.",
    "alg NONE": lambda: f"{b64(HEADER | {'alg': 'NONE'})}.{b64(BODY)}.",
    "no signature": lambda: f"{b64(HEADER)}.{b64(BODY)}.",
    "HS256 with the public key": hmac_with_public_key,
    "RS256": lambda: jwt.encode(
        HEADER | {"alg": "RS256"}, BODY, RSAKey.generate_key(2048), algorithms=["RS256"]
    ),
    "ES256": lambda: jwt.encode(
        HEADER | {"alg": "ES256"}, BODY, ECKey.generate_key("P-256"), algorithms=["ES256"]
    ),
    "the older name EdDSA": lambda: signed(HEADER | {"alg": "EdDSA"}, BODY),
    "no alg": lambda: signed(without(HEADER, "alg"), BODY),
    "another key": lambda: jwt.encode(HEADER, BODY, OTHER, algorithms=["Ed25519"]),
    "no kid": lambda: signed(without(HEADER, "kid"), BODY),
    "unknown kid": lambda: signed(HEADER | {"kid": "k2"}, BODY),
    "kid a path": lambda: signed(HEADER | {"kid": "../../dev/null"}, BODY),
    "kid a number": lambda: signed(HEADER | {"kid": 1}, BODY),
    "kid a list": lambda: signed(HEADER | {"kid": ["k1"]}, BODY),
    "typ JWT": lambda: signed(HEADER | {"typ": "JWT"}, BODY),
    "no typ": lambda: signed(without(HEADER, "typ"), BODY),
    "crit": lambda: signed(HEADER | {"crit": ["exp"]}, BODY),
    "crit and b64": lambda: signed(HEADER | {"crit": ["b64"], "b64": False}, BODY),
    "own jwk": lambda: signed(HEADER | {"jwk": OTHER.as_dict(private=False)}, BODY),
    "own jku": lambda: signed(HEADER | {"jku": "http://127.0.0.1/keys"}, BODY),
    "own x5u": lambda: signed(HEADER | {"x5u": "http://127.0.0.1/keys"}, BODY),
    "swapped payload": swapped_payload,
    "another spelling of the signature": lambda: signed(HEADER, BODY)[:-1] + "_",
    "padded": lambda: signed(HEADER, BODY) + "==",
    "alg twice": lambda: signed(b'{"alg":"none",' + json.dumps(HEADER)[1:].encode(), BODY),
    "sub twice": lambda: signed(HEADER, b'{"sub":"x",' + json.dumps(BODY)[1:].encode()),
    "payload a list": lambda: signed(HEADER, [1]),
    "payload not JSON": lambda: signed(HEADER, b"{"),
    "payload deep": lambda: signed(HEADER, b"[" * 900),
    "another issuer": lambda: signed(HEADER, BODY | {"iss": "evil"}),
    "another audience": lambda: signed(HEADER, BODY | {"aud": "evil"}),
    "a list of audiences": lambda: signed(HEADER, BODY | {"aud": ["plexus", "evil"]}),
    "a claim too many": lambda: signed(HEADER, BODY | {"roles": ["admin"]}),
    "sub not an id": lambda: signed(HEADER, BODY | {"sub": "root"}),
    "sub a number": lambda: signed(HEADER, BODY | {"sub": 1}),
    "sid null": lambda: signed(HEADER, BODY | {"sid": None}),
    "dv negative": lambda: signed(HEADER, BODY | {"dv": -1}),
    "dv a text": lambda: signed(HEADER, BODY | {"dv": "7"}),
    "dv true": lambda: signed(HEADER, BODY | {"dv": True}),
    "lives for a day": lambda: signed(HEADER, BODY | {"exp": BODY["iat"] + 86_400}),
    "key not true": lambda: signed(HEADER, BODY | {"key": "yes"}),
    "key false": lambda: signed(HEADER, BODY | {"key": False}),
    "a claim too many beside key": lambda: signed(HEADER, BODY | {"key": True, "scope": "*"}),
    "exp before iat": lambda: signed(HEADER, BODY | {"exp": BODY["iat"] - 1}),
    "exp a fraction": lambda: signed(HEADER, BODY | {"exp": BODY["iat"] + 0.5}),
    "exp a text": lambda: signed(HEADER, BODY | {"exp": "tomorrow"}),
    "exp beyond time": lambda: signed(HEADER, BODY | {"iat": 10**30, "exp": 10**30 + 60}),
    "from the future": lambda: signed(HEADER, BODY | {"iat": BODY["iat"] + 60}),
    **{f"no {name}": partial(signed, HEADER, without(BODY, name)) for name in BODY},
}


class TestIssue:
    def test_gives_a_token_that_verifies(self) -> None:
        assert verifier().verify(issue(claims(), KEY), NOW) == claims()

    def test_says_that_it_stands_for_an_api_key(self) -> None:
        assert verifier().verify(issue(claims_of_key(), KEY), NOW) == claims_of_key()

    def test_carries_no_roles(self) -> None:
        body = json.loads(base64.urlsafe_b64decode(issue(claims(), KEY).split(".")[1] + "=="))

        assert body == BODY

    @pytest.mark.parametrize("lifetime", [timedelta(minutes=11), timedelta(0), timedelta(seconds=-1)])
    def test_refuses_another_lifetime(self, lifetime: timedelta) -> None:
        with pytest.raises(ValueError, match="ten minutes"):
            issue(claims(lifetime), KEY)

    def test_refuses_a_key_without_an_id(self) -> None:
        with pytest.raises(ValueError, match="names its key"):
            issue(claims(), OKPKey.generate_key("Ed25519", private=True))


class TestVerify:
    @pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
    def test_rejects_a_forgery(self, forge: Callable[[], str]) -> None:
        token, subject = forge(), verifier()

        for _ in range(2):
            with pytest.raises(InvalidToken):
                subject.verify(token, NOW)

    def test_would_accept_what_the_forgeries_start_from(self) -> None:
        assert verifier().verify(signed(HEADER, BODY), NOW) == claims()

    def test_rejects_a_token_for_another_deployment(self) -> None:
        subject = TokenVerifier({"k1": PUBLIC}.get, lambda _: False, Audience("a", "b"))

        with pytest.raises(InvalidToken):
            subject.verify(issue(claims(), KEY), NOW)

    def test_rejects_a_remembered_token_once_it_expires(self) -> None:
        subject, token = verifier(), issue(claims(), KEY)
        subject.verify(token, NOW)

        with pytest.raises(InvalidToken):
            subject.verify(token, NOW + timedelta(minutes=10))

    def test_rejects_a_remembered_token_once_its_session_is_revoked(self) -> None:
        revoked: set[UUID] = set()
        subject, token = TokenVerifier({"k1": PUBLIC}.get, revoked.__contains__), issue(claims(), KEY)
        subject.verify(token, NOW)
        revoked.add(SESSION)

        with pytest.raises(InvalidToken):
            subject.verify(token, NOW)

    def test_rejects_a_remembered_token_once_its_key_is_withdrawn(self) -> None:
        keys = {"k1": PUBLIC}
        subject, token = TokenVerifier(keys.get, lambda _: False), issue(claims(), KEY)
        subject.verify(token, NOW)
        del keys["k1"]

        with pytest.raises(InvalidToken):
            subject.verify(token, NOW)

    def test_checks_a_signature_once(self) -> None:
        keys = {"k1": PUBLIC}
        subject, token = TokenVerifier(keys.get, lambda _: False), issue(claims(), KEY)
        first = subject.verify(token, NOW)
        keys["k1"] = OTHER

        second = subject.verify(token, NOW)

        assert first == second

    def test_remembers_a_bounded_number(self) -> None:
        subject = verifier(capacity=3)

        for dv in range(10):
            subject.verify(issue(Claims(USER, SESSION, dv, NOW, NOW + timedelta(minutes=1)), KEY), NOW)

        assert len(subject._seen) == 3  # noqa: SLF001 - The bound itself is the behaviour.
