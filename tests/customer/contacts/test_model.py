"""What a contact allows, and what he tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.customer import (
    ContactCreated,
    ContactDeleted,
    ContactDetailsChanged,
    ContactErased,
    ContactMerged,
    ContactMergeProposed,
    ContactReassigned,
    ContactRestored,
    ContactUnmerged,
)
from libs.platform.phones import Phone
from services.customer.contacts.model import Contact
from tests.factories.contacts import NOW, PHONE, make_contact
from tests.factories.records import told

LATER = NOW + timedelta(hours=1)
OTHER_PHONE = Phone("enc.v1.key.other", "index2", "last4-2", "+141****0132")


def assert_refused(contact: Contact, slug: str, act: Callable[[], Any]) -> None:
    before, events = contact.state(), told(contact)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (contact.state(), told(contact)) == (before, events)


class TestCreate:
    def test_records_contact_created_with_his_state(self) -> None:
        contact = make_contact(phone=PHONE)

        (created,) = told(contact)

        assert isinstance(created, ContactCreated)
        assert created.state == contact.state()
        assert (created.state.phone, created.state.email) == ("enc.v1.key.sealed", "li.wei@example.com")

    def test_keeps_ciphertext_index_and_mask_of_the_phone(self) -> None:
        contact = make_contact(phone=PHONE)

        kept = (contact.phone, contact.phone_index, contact.phone_last4_index, contact.phone_mask)
        assert kept == ("enc.v1.key.sealed", "index", "last4", "+861380****8000")

    def test_folds_the_address_for_matching(self) -> None:
        assert make_contact(email="Li.Wei@Example.com").email_key == "li.wei@example.com"


class TestRevise:
    def test_records_the_changed_fields(self) -> None:
        contact = make_contact(phone=PHONE)

        contact.revise({"title": "CTO", "email": None, "phone": OTHER_PHONE}, LATER)

        changed = told(contact)[-1]
        assert isinstance(changed, ContactDetailsChanged)
        assert changed.changed == ("email", "title", "phone")
        assert changed.state.phone == "enc.v1.key.other"
        assert (contact.email_key, contact.phone_index) == (None, "index2")

    def test_says_nothing_when_nothing_changes(self) -> None:
        contact = make_contact(phone=PHONE)

        sealed_anew = replace(PHONE, sealed="enc.v1.key.again")
        contact.revise({"family_name": "Li", "phone": sealed_anew}, LATER)

        assert len(told(contact)) == 1

    def test_removes_the_phone(self) -> None:
        contact = make_contact(phone=PHONE)

        contact.revise({"phone": None}, LATER)

        assert (contact.phone, contact.phone_index, contact.phone_mask) == (None, None, None)
        assert contact.state().phone is None


class TestReassign:
    def test_records_the_owner_before(self) -> None:
        contact, owner = make_contact(), new_id()

        contact.reassign(owner, LATER)

        reassigned = told(contact)[-1]
        assert isinstance(reassigned, ContactReassigned)
        assert (reassigned.from_owner_id, reassigned.state.owner_id) == (None, owner)


class TestProposeMerge:
    def test_marks_the_possible_duplicate(self) -> None:
        contact, other = make_contact(), new_id()

        contact.propose_merge(other, LATER)

        assert isinstance(told(contact)[-1], ContactMergeProposed)
        assert contact.state().possible_duplicate_of_id == other


class TestMerge:
    def test_lives_on_in_the_other(self) -> None:
        contact, other = make_contact(), make_contact()

        contact.merge(other, LATER)

        merged = told(contact)[-1]
        assert isinstance(merged, ContactMerged)
        assert merged.state.merged_into_id == other.id

    @pytest.mark.parametrize("unfit", ["delete", "erase"])
    def test_rejects_an_unfit_target(self, unfit: str) -> None:
        contact, other = make_contact(), make_contact()
        getattr(other, unfit)(LATER)

        assert_refused(contact, "merge-target-unfit", lambda: contact.merge(other, LATER))

    def test_rejects_itself(self) -> None:
        contact = make_contact()

        assert_refused(contact, "merge-target-unfit", lambda: contact.merge(contact, LATER))


class TestUnmerge:
    def test_stands_for_himself_again(self) -> None:
        contact, other = make_contact(), make_contact()
        contact.merge(other, LATER)

        contact.unmerge(LATER)

        unmerged = told(contact)[-1]
        assert isinstance(unmerged, ContactUnmerged)
        assert (unmerged.from_id, contact.merged_into_id) == (other.id, None)

    def test_rejects_a_contact_who_is_not_merged(self) -> None:
        contact = make_contact()

        assert_refused(contact, "not-merged", lambda: contact.unmerge(LATER))


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        contact = make_contact()

        contact.delete(LATER)
        contact.restore(LATER)

        assert [type(event) for event in told(contact)[1:]] == [ContactDeleted, ContactRestored]
        assert contact.deleted_at is None

    def test_rejects_changes_afterwards(self) -> None:
        contact = make_contact()
        contact.delete(LATER)

        assert_refused(contact, "deleted", lambda: contact.revise({"title": "CTO"}, LATER))


class TestErase:
    def test_blanks_everything_personal(self) -> None:
        contact = make_contact(phone=PHONE, title="CTO", language="zh")

        contact.erase(LATER)

        state = told(contact)[-1].state  # type: ignore[attr-defined]
        assert isinstance(told(contact)[-1], ContactErased)
        assert {state.family_name, state.given_name, state.email, state.phone, state.title} == {ERASED}
        assert (state.language, state.erased_at) == ("zh", LATER)
        assert (contact.email_key, contact.phone_index, contact.phone_last4_index) == (None, None, None)

    def test_leaves_what_was_never_there_empty(self) -> None:
        contact = make_contact(email=None, given_name=None)

        contact.erase(LATER)

        assert (contact.email, contact.given_name, contact.phone_mask) == (None, None, None)

    def test_is_erased_once(self) -> None:
        contact = make_contact()
        contact.erase(LATER)

        contact.erase(LATER)

        assert len(told(contact)) == 2

    def test_reaches_a_deleted_and_a_merged_contact(self) -> None:
        deleted, merged = make_contact(), make_contact()
        deleted.delete(LATER)
        merged.merge(make_contact(), LATER)

        for contact in (deleted, merged):
            contact.erase(LATER)
            assert contact.family_name == ERASED

    def test_rejects_changes_afterwards(self) -> None:
        contact = make_contact()
        contact.erase(LATER)

        assert_refused(contact, "erased", lambda: contact.revise({"family_name": "Li"}, LATER))
