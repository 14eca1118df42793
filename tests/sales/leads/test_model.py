"""What a lead allows, and what it tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.sales import (
    LeadAssigned,
    LeadCaptured,
    LeadConverted,
    LeadDeleted,
    LeadErased,
    LeadRestored,
    LeadRevised,
)
from services.sales.leads.model import Lead
from tests.factories.records import told
from tests.factories.sales import NOW, PHONE, make_lead

LATER = NOW + timedelta(hours=1)
OTHER_PHONE = replace(PHONE, sealed="enc.v1.key.other", index="index2")


def assert_refused(lead: Lead, slug: str, act: Callable[[], Any]) -> Conflict:
    before, events = lead.state(), told(lead)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (lead.state(), told(lead)) == (before, events)
    return refused.value


def convert(lead: Lead, **asked: Any) -> None:
    nothing = dict.fromkeys(("account_id", "contact_id", "opportunity_id"))
    lead.convert(**{**nothing, "minted": (new_id(), new_id()), "occurred_at": LATER, "now": LATER, **asked})


class TestCapture:
    def test_records_lead_captured_with_its_state(self) -> None:
        lead = make_lead(phone=PHONE)

        assert told(lead) == [LeadCaptured(lead_id=lead.id, occurred_at=NOW, state=lead.state())]
        assert (lead.state().family_name, lead.state().phone) == ("Li", "enc.v1.key.sealed")

    def test_keeps_ciphertext_indexes_and_mask_of_the_phone(self) -> None:
        lead = make_lead(phone=PHONE)

        kept = (lead.phone, lead.phone_index, lead.phone_last4_index, lead.phone_mask)
        assert kept == ("enc.v1.key.sealed", "index", "last4", "+86138****8000")

    @pytest.mark.parametrize("email", ["Li.Wei@Example.com", "ｌｉ.wei@example.COM"])
    def test_folds_the_address_for_matching(self, email: str) -> None:
        assert make_lead(email=email).email_key == "li.wei@example.com"

    def test_folds_no_address_to_none(self) -> None:
        assert make_lead(email=None).email_key is None


class TestRevise:
    def test_records_the_new_facts(self) -> None:
        lead = make_lead(phone=PHONE)

        lead.revise({"title": "CTO", "email": None, "phone": OTHER_PHONE}, LATER)

        revised = told(lead)[-1]
        assert isinstance(revised, LeadRevised)
        assert (revised.state.title, revised.state.phone) == ("CTO", "enc.v1.key.other")
        assert (lead.email_key, lead.phone_index, lead.updated_at) == (None, "index2", LATER)

    def test_removes_the_phone(self) -> None:
        lead = make_lead(phone=PHONE)

        lead.revise({"phone": None}, LATER)

        assert (lead.phone, lead.phone_index, lead.phone_last4_index, lead.phone_mask) == (None,) * 4

    def test_says_nothing_when_nothing_changes(self) -> None:
        lead = make_lead(phone=PHONE)

        lead.revise({"family_name": "Li", "phone": replace(PHONE, sealed="enc.v1.key.again")}, LATER)

        assert (len(told(lead)), lead.phone, lead.updated_at) == (1, "enc.v1.key.sealed", NOW)

    def test_rejects_a_converted_lead(self) -> None:
        lead = make_lead()
        convert(lead)

        assert_refused(lead, "already-converted", lambda: lead.revise({"title": "CTO"}, LATER))


class TestAssign:
    def test_records_the_owner_before(self) -> None:
        before, after = new_id(), new_id()
        lead = make_lead(owner_id=before)

        lead.assign(after, LATER)

        assigned = told(lead)[-1]
        assert isinstance(assigned, LeadAssigned)
        assert (assigned.from_owner_id, assigned.state.owner_id) == (before, after)

    def test_says_nothing_of_the_same_owner(self) -> None:
        lead = make_lead()

        lead.assign(lead.owner_id, LATER)

        assert len(told(lead)) == 1

    def test_reaches_a_converted_lead(self) -> None:
        lead = make_lead()
        convert(lead)

        lead.assign(new_id(), LATER)

        assert isinstance(told(lead)[-1], LeadAssigned)


class TestConvert:
    def test_becomes_a_new_account_and_a_new_contact(self) -> None:
        lead, account_id, contact_id, opportunity_id = make_lead(), new_id(), new_id(), new_id()

        convert(lead, minted=(account_id, contact_id), opportunity_id=opportunity_id)

        assert told(lead)[-1] == LeadConverted(
            lead_id=lead.id,
            occurred_at=LATER,
            state=lead.state(),
            account_id=account_id,
            contact_id=contact_id,
            opportunity_id=opportunity_id,
            creates_account=True,
            creates_contact=True,
        )
        became = (lead.state().account_id, lead.state().contact_id, lead.state().opportunity_id)
        assert became == (account_id, contact_id, opportunity_id)
        assert lead.state().converted_at == LATER

    def test_joins_those_who_are_there(self) -> None:
        lead, account_id, contact_id = make_lead(), new_id(), new_id()

        convert(lead, account_id=account_id, contact_id=contact_id)

        converted = told(lead)[-1]
        assert isinstance(converted, LeadConverted)
        assert (converted.account_id, converted.contact_id) == (account_id, contact_id)
        assert (converted.creates_account, converted.creates_contact) == (False, False)

    def test_comes_to_a_known_account_as_a_new_contact(self) -> None:
        lead, account_id = make_lead(company_name=None), new_id()

        convert(lead, account_id=account_id)

        converted = told(lead)[-1]
        assert isinstance(converted, LeadConverted)
        assert (converted.account_id, converted.creates_account) == (account_id, False)
        assert converted.creates_contact

    def test_rejects_a_second_time_and_names_what_it_became(self) -> None:
        lead, account_id = make_lead(), new_id()
        convert(lead, account_id=account_id)

        refused = assert_refused(lead, "already-converted", lambda: convert(lead))

        assert refused.facts["account_id"] == account_id

    def test_rejects_a_person_without_company_or_account(self) -> None:
        lead = make_lead(company_name=None)

        assert_refused(lead, "company-name-missing", lambda: convert(lead))

    @pytest.mark.parametrize(("verb", "slug"), [("delete", "deleted"), ("erase", "erased")])
    def test_rejects_a_lead_that_is_gone(self, verb: str, slug: str) -> None:
        lead = make_lead()
        getattr(lead, verb)(NOW)

        assert_refused(lead, slug, lambda: convert(lead))


class TestErase:
    def test_blanks_everything_personal(self) -> None:
        lead = make_lead(phone=PHONE, title="CTO", source="fair")

        lead.erase(LATER)

        erased = told(lead)[-1]
        assert isinstance(erased, LeadErased)
        state = erased.state
        assert {state.family_name, state.given_name, state.email, state.phone, state.title} == {ERASED}
        assert (state.company_name, state.source, state.erased_at) == ("Acme Ltd", "fair", LATER)
        assert (lead.email_key, lead.phone_index, lead.phone_last4_index) == (None, None, None)

    def test_leaves_what_was_never_there_empty(self) -> None:
        lead = make_lead(email=None, given_name=None)

        lead.erase(LATER)

        assert (lead.email, lead.given_name, lead.phone, lead.phone_mask) == (None, None, None, None)

    def test_is_erased_once(self) -> None:
        lead = make_lead()
        lead.erase(NOW)

        lead.erase(LATER)

        assert (len(told(lead)), lead.erased_at) == (2, NOW)

    def test_reaches_a_deleted_and_a_converted_lead(self) -> None:
        deleted, converted = make_lead(), make_lead()
        deleted.delete(NOW)
        convert(converted)

        for lead in (deleted, converted):
            lead.erase(LATER)
            assert lead.family_name == ERASED

    @pytest.mark.parametrize(
        "act",
        [
            lambda gone: gone.revise({"family_name": "Li"}, LATER),
            lambda gone: gone.assign(new_id(), LATER),
        ],
        ids=["revise", "assign"],
    )
    def test_rejects_changes_afterwards(self, act: Any) -> None:
        lead = make_lead()
        lead.erase(NOW)

        assert_refused(lead, "erased", lambda: act(lead))


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        lead = make_lead()

        lead.delete(NOW)
        lead.restore(LATER)

        assert [type(event) for event in told(lead)[1:]] == [LeadDeleted, LeadRestored]
        assert lead.state().deleted_at is None

    def test_takes_an_erased_lead_too(self) -> None:
        lead = make_lead()
        lead.erase(NOW)

        lead.delete(LATER)

        assert lead.deleted_at == LATER

    @pytest.mark.parametrize(
        "act",
        [
            lambda gone: gone.revise({"title": "CTO"}, LATER),
            lambda gone: gone.assign(new_id(), LATER),
            lambda gone: gone.delete(LATER),
        ],
        ids=["revise", "assign", "delete"],
    )
    def test_rejects_changes_afterwards(self, act: Any) -> None:
        lead = make_lead()
        lead.delete(NOW)

        assert_refused(lead, "deleted", lambda: act(lead))

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        lead = make_lead()

        assert_refused(lead, "not-deleted", lambda: lead.restore(LATER))
