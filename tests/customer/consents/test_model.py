"""What the consent ledger allows, and what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.customer import ConsentErased, ConsentGiven, ConsentWithdrawn
from services.customer.consents.model import Consent, ConsentEntry, consent_id
from tests.factories.consents import EVIDENCE, NOW, make_consent
from tests.factories.records import told

LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


def assert_refused(consent: Consent, slug: str, act: Callable[[], Any]) -> None:
    before, events = consent.state(), told(consent)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (consent.state(), told(consent)) == (before, events)


class TestGive:
    def test_records_consent_given_with_its_evidence(self) -> None:
        consent = make_consent()

        (given,) = told(consent)

        assert isinstance(given, ConsentGiven)
        assert (given.state, given.state.status, given.state.given_at) == (consent.state(), "given", NOW)
        assert given.state.model_dump(include={*EVIDENCE}) == EVIDENCE

    def test_counts_anew_each_time(self) -> None:
        consent = make_consent()

        assert consent.give(dict(EVIDENCE), LATER, LATER)

        assert (consent.version, consent.given_at) == (2, LATER)

    def test_is_one_when_it_is_the_very_same(self) -> None:
        consent = make_consent()

        assert not consent.give(dict(EVIDENCE), NOW, LATER)
        assert len(told(consent)) == 1

    def test_follows_an_objection(self) -> None:
        consent = make_consent()
        consent.withdraw("call", "Too many mails", LATER, LATER)

        consent.give(EVIDENCE | {"wording_version": "2026-02"}, LATEST, LATEST)

        assert (consent.status, consent.reason, consent.wording_version) == ("given", None, "2026-02")
        assert (consent.given_at, consent.withdrawn_at) == (LATEST, LATER)

    def test_rejects_what_came_before_the_last_word(self) -> None:
        consent = make_consent()
        consent.withdraw("call", None, LATEST, LATEST)

        assert_refused(consent, "consent-out-of-order", lambda: consent.give(dict(EVIDENCE), LATER, LATEST))

    def test_rejects_tomorrow(self) -> None:
        consent = make_consent()

        assert_refused(consent, "consent-in-the-future", lambda: consent.give(dict(EVIDENCE), LATEST, LATER))


class TestWithdraw:
    def test_records_consent_withdrawn(self) -> None:
        consent = make_consent()

        assert consent.withdraw("call", "Too many mails", LATER, LATEST)

        withdrawn = told(consent)[-1]
        assert isinstance(withdrawn, ConsentWithdrawn)
        assert (withdrawn.occurred_at, withdrawn.state.withdrawn_at) == (LATER, LATER)
        assert (withdrawn.state.reason, withdrawn.state.given_at) == ("Too many mails", NOW)

    def test_needs_no_consent_before(self) -> None:
        consent = Consent.about(new_id(), new_id(), "marketing", "phone", NOW)

        assert consent.withdraw("call", None, NOW, NOW)

        assert (consent.status, consent.given_at, consent.version) == ("withdrawn", None, 1)

    def test_stands_when_it_is_said_again(self) -> None:
        consent = make_consent()
        consent.withdraw("call", None, LATER, LATER)

        assert not consent.withdraw("mail", "Again", LATEST, LATEST)
        assert (consent.withdrawn_at, len(told(consent))) == (LATER, 2)


class TestErase:
    def test_blanks_the_proof_and_keeps_the_fact(self) -> None:
        consent = make_consent()

        consent.erase(LATER)
        consent.erase(LATEST)

        erased = told(consent)[-1]
        assert isinstance(erased, ConsentErased)
        assert (erased.state.proof, erased.state.reason, erased.state.erased_at) == (ERASED, None, LATER)
        assert (erased.state.status, erased.state.given_at, consent.version) == ("given", NOW, 2)

    def test_rejects_every_later_word(self) -> None:
        consent = make_consent()
        consent.erase(LATER)

        assert_refused(consent, "erased", lambda: consent.give(dict(EVIDENCE), LATEST, LATEST))
        assert_refused(consent, "erased", lambda: consent.withdraw("call", None, LATEST, LATEST))


class TestEntry:
    def test_keeps_what_was_said_and_who_wrote_it(self) -> None:
        consent = make_consent()
        given = ConsentEntry.of(consent, "user:1", NOW, NOW)
        consent.withdraw("call", "Too many mails", LATER, LATER)

        withdrawn = ConsentEntry.of(consent, "system", LATER, LATEST)

        assert (given.kind, given.proof, given.reason) == ("given", EVIDENCE["proof"], None)
        assert (withdrawn.kind, withdrawn.proof, withdrawn.wording_version) == ("withdrawn", None, None)
        assert (withdrawn.reason, withdrawn.actor, withdrawn.recorded_at) == (
            "Too many mails",
            "system",
            LATEST,
        )

    def test_is_blanked_with_the_person(self) -> None:
        entry = ConsentEntry.of(make_consent(), "user:1", NOW, NOW)

        entry.erase()

        assert (entry.proof, entry.reason, entry.wording_version) == (ERASED, None, "2026-01")


class TestConsentId:
    def test_is_one_for_contact_purpose_and_channel(self) -> None:
        contact_id = new_id()

        assert consent_id(contact_id, "marketing", "email") == consent_id(contact_id, "marketing", "email")
        assert consent_id(contact_id, "marketing", "email") != consent_id(contact_id, "service", "email")
