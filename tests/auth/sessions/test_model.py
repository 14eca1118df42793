from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from libs.common.crypto import KekRing
from libs.contracts.auth import SessionRevoked
from services.auth.passwords import hash_password, is_password
from services.auth.sessions.model import LEEWAY, LIFETIME, RefreshToken, Revocation, Session, Verdict
from tests.factories.auth import NOW, make_head, told

RING = KekRing("m", {"m": b"k" * 32}, b"b" * 32)
SOON, USER = NOW + timedelta(seconds=5), UUID(int=1)


def opened() -> Session:
    return Session.open(USER, RING, NOW)


def token(session: Session) -> RefreshToken:
    parsed = RefreshToken.parse(session.refresh_token(RING))
    assert parsed is not None
    return parsed


class TestRefreshToken:
    def test_reads_what_a_session_gives(self) -> None:
        session = opened()

        assert token(session)[:2] == (session.id, 1)

    @pytest.mark.parametrize(
        "text",
        ["", ".", "a.b.c", "1.1", f"{USER}.1.x", f"{USER.hex}.01.x", f"{USER.hex}.1.x.y", f"{USER.hex}.1.é"],
    )
    def test_reads_one_form_alone(self, text: str) -> None:
        assert RefreshToken.parse(text) is None


class TestRefresh:
    def test_rotates_the_present_token(self) -> None:
        session = opened()
        first = token(session)

        assert session.refresh(first, RING, SOON) is Verdict.ROTATE
        assert token(session) != first
        assert (session.generation, session.rotated_at) == (2, SOON)

    def test_repeats_the_same_successor_within_the_leeway(self) -> None:
        session = opened()
        first = token(session)
        session.refresh(first, RING, SOON)
        successor = session.refresh_token(RING)

        assert session.refresh(first, RING, SOON + LEEWAY) is Verdict.REPEAT
        assert session.refresh_token(RING) == successor

    def test_sees_reuse_after_the_leeway(self) -> None:
        session = opened()
        first = token(session)
        session.refresh(first, RING, SOON)

        verdict = session.refresh(first, RING, SOON + LEEWAY + timedelta(seconds=1))

        assert verdict is Verdict.REUSED

    def test_sees_reuse_of_any_older_generation_at_once(self) -> None:
        session = opened()
        first = token(session)
        session.refresh(first, RING, SOON)
        session.refresh(token(session), RING, SOON)

        assert session.refresh(first, RING, SOON) is Verdict.REUSED

    def test_ends_after_its_lifetime(self) -> None:
        session = opened()

        assert session.refresh(token(session), RING, NOW + LIFETIME) is Verdict.ENDED

    def test_ends_once_revoked(self) -> None:
        session = opened()
        Revocation.of(make_head(), session, "signed-out", NOW)

        assert session.refresh(token(session), RING, SOON) is Verdict.ENDED

    @pytest.mark.parametrize("generation", [0, 2, 10**9])
    def test_takes_no_proof_for_another_generation(self, generation: int) -> None:
        session = opened()

        forged = token(session)._replace(generation=generation)

        assert session.refresh(forged, RING, SOON) is Verdict.ENDED
        assert session.generation == 1

    def test_takes_no_proof_of_another_family(self) -> None:
        session = opened()

        forged = token(opened())._replace(session_id=session.id)

        assert session.refresh(forged, RING, SOON) is Verdict.ENDED

    def test_stores_no_token(self) -> None:
        session = opened()
        proof = token(session).proof

        assert proof not in repr([getattr(session, each) for each in ("id", "secret", "generation")])


class TestRevocation:
    def test_tells_everyone(self) -> None:
        session, head = opened(), make_head(dv=4)

        revocation = Revocation.of(head, session, "signed-out", NOW)

        fact = told(revocation)[0]
        assert isinstance(fact, SessionRevoked)
        assert (fact.subject, revocation.dv, session.revoked_at) == (session.id, 5, NOW)


class TestPassword:
    def test_fits_its_own_hash_alone(self) -> None:
        hashed = hash_password("correct horse")

        assert hashed.startswith("$argon2id$")
        assert is_password("correct horse", hashed)
        assert not is_password("correct horsf", hashed)

    def test_fits_nothing_when_there_is_no_hash(self) -> None:
        assert not is_password("nobody", None)

    def test_takes_the_same_work_whether_there_is_a_user_or_not(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashed, parameters = hash_password("correct horse"), []

        def noting(_: object, expected: str, password: str) -> bool:
            parameters.append(extract_parameters(expected))
            raise VerifyMismatchError

        monkeypatch.setattr(PasswordHasher, "verify", noting)
        is_password("wrong", hashed)
        is_password("wrong", None)

        assert parameters[0] == parameters[1]
        assert len(parameters) == 2
