"""What an account allows, and what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.customer import (
    AccountCreated,
    AccountDeleted,
    AccountDetailsChanged,
    AccountMerged,
    AccountMergeProposed,
    AccountReassigned,
    AccountRestored,
    AccountUnmerged,
)
from services.customer.accounts.model import Account
from tests.factories.accounts import NOW, make_account
from tests.factories.records import told

LATER = NOW + timedelta(hours=1)


def assert_refused(account: Account, slug: str, act: Callable[[], Any]) -> None:
    before, events = account.state(), told(account)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (account.state(), told(account)) == (before, events)


class TestCreate:
    def test_records_account_created_with_its_state(self) -> None:
        account = make_account(industry="software", employees=12)

        (created,) = told(account)

        assert isinstance(created, AccountCreated)
        assert created.account_id == account.id
        assert created.state.industry == "software"
        assert created.state == account.state()

    def test_folds_name_and_phone_for_matching(self) -> None:
        account = make_account(name="Acme Co., Ltd.", phone="138-0013-8000", country="CN")

        assert account.name_key == "acme"
        assert account.phone_key == "+8613800138000"

    def test_happened_when_the_caller_says(self) -> None:
        account = Account.create(new_id(), {"name": "Acme"}, NOW - timedelta(days=400), NOW)

        assert told(account)[0].occurred_at == NOW - timedelta(days=400)
        assert account.created_at == NOW


class TestRevise:
    def test_records_the_changed_fields(self) -> None:
        account = make_account()

        account.revise({"name": "Apex", "industry": "software", "country": None}, LATER)

        changed = told(account)[-1]
        assert isinstance(changed, AccountDetailsChanged)
        assert changed.changed == ("name", "industry")
        assert (account.name_key, account.updated_at) == ("apex", LATER)

    def test_says_nothing_when_nothing_changes(self) -> None:
        account = make_account(industry="software")

        account.revise({"industry": "software"}, LATER)

        assert len(told(account)) == 1
        assert account.updated_at == NOW

    @pytest.mark.parametrize(
        ("given", "details"),
        [
            ({}, {"annual_revenue_minor": 5}),
            ({"annual_revenue_minor": 5, "currency": "EUR"}, {"currency": None}),
        ],
    )
    def test_rejects_revenue_without_currency(self, given: dict[str, Any], details: dict[str, Any]) -> None:
        account = make_account(**given)

        assert_refused(account, "currency-missing", lambda: account.revise(details, LATER))


class TestReassign:
    def test_records_the_owner_before(self) -> None:
        before, after = new_id(), new_id()
        account = make_account(owner_id=before)

        account.reassign(after, LATER)

        reassigned = told(account)[-1]
        assert isinstance(reassigned, AccountReassigned)
        assert (reassigned.from_owner_id, reassigned.state.owner_id) == (before, after)

    def test_says_nothing_when_the_owner_stays(self) -> None:
        owner = new_id()
        account = make_account(owner_id=owner)

        account.reassign(owner, LATER)

        assert len(told(account)) == 1


class TestProposeMerge:
    def test_marks_the_possible_duplicate(self) -> None:
        account, other = make_account(), new_id()

        account.propose_merge(other, LATER)

        proposed = told(account)[-1]
        assert isinstance(proposed, AccountMergeProposed)
        assert (proposed.into_id, account.possible_duplicate_of_id) == (other, other)

    def test_keeps_the_first_proposal(self) -> None:
        account, first = make_account(), new_id()
        account.propose_merge(first, LATER)

        account.propose_merge(new_id(), LATER)

        assert account.possible_duplicate_of_id == first
        assert len(told(account)) == 2


class TestMerge:
    def test_lives_on_in_the_other(self) -> None:
        account, other = make_account(), make_account()
        account.propose_merge(other.id, LATER)

        account.merge(other, LATER)

        merged = told(account)[-1]
        assert isinstance(merged, AccountMerged)
        assert (merged.into_id, merged.state.merged_into_id) == (other.id, other.id)
        assert account.possible_duplicate_of_id is None
        assert len(told(other)) == 1

    def test_rejects_itself(self) -> None:
        account = make_account()

        assert_refused(account, "merge-target-unfit", lambda: account.merge(account, LATER))

    def test_rejects_a_merged_target(self) -> None:
        account, other = make_account(), make_account()
        other.merge(make_account(), LATER)

        assert_refused(account, "merge-target-unfit", lambda: account.merge(other, LATER))

    def test_rejects_a_deleted_target(self) -> None:
        account, other = make_account(), make_account()
        other.delete(LATER)

        assert_refused(account, "merge-target-unfit", lambda: account.merge(other, LATER))

    def test_rejects_a_second_merge(self) -> None:
        account = make_account()
        account.merge(make_account(), LATER)

        assert_refused(account, "merged", lambda: account.merge(make_account(), LATER))


class TestUnmerge:
    def test_stands_for_itself_again(self) -> None:
        account, other = make_account(), make_account()
        account.merge(other, LATER)

        account.unmerge(LATER)

        unmerged = told(account)[-1]
        assert isinstance(unmerged, AccountUnmerged)
        assert (unmerged.from_id, unmerged.state.merged_into_id) == (other.id, None)

    def test_rejects_an_account_that_is_not_merged(self) -> None:
        account = make_account()

        assert_refused(account, "not-merged", lambda: account.unmerge(LATER))


class TestDelete:
    def test_goes_to_the_recycle_bin(self) -> None:
        account = make_account()

        account.delete(LATER)

        assert isinstance(told(account)[-1], AccountDeleted)
        assert account.state().deleted_at == LATER

    def test_rejects_changes_afterwards(self) -> None:
        account = make_account()
        account.delete(LATER)

        for act in (
            lambda: account.delete(LATER),
            lambda: account.revise({"name": "Apex"}, LATER),
            lambda: account.reassign(new_id(), LATER),
            lambda: account.merge(make_account(), LATER),
        ):
            assert_refused(account, "deleted", act)


class TestRestore:
    def test_comes_back(self) -> None:
        account = make_account()
        account.delete(LATER)

        account.restore(LATER)

        assert isinstance(told(account)[-1], AccountRestored)
        assert account.deleted_at is None

    def test_rejects_an_account_that_is_not_deleted(self) -> None:
        account = make_account()

        assert_refused(account, "not-deleted", lambda: account.restore(LATER))
