"""What an activity allows, and what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.customer import (
    ActivityCompleted,
    ActivityDeleted,
    ActivityDetailsChanged,
    ActivityErased,
    ActivityLogged,
    ActivityPlanned,
    ActivityReassigned,
    ActivityReopened,
    ActivityRestored,
)
from services.customer.activities.model import Activity
from tests.factories.activities import NOW, make_activity
from tests.factories.records import told

LATER = NOW + timedelta(hours=1)


def assert_refused(activity: Activity, slug: str, act: Callable[[], Any]) -> None:
    before, events = activity.state(), told(activity)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (activity.state(), told(activity)) == (before, events)


class TestCreate:
    def test_plans_what_is_to_be_done(self) -> None:
        activity = make_activity(due_at=LATER)

        (planned,) = told(activity)

        assert isinstance(planned, ActivityPlanned)
        assert planned.state == activity.state()

    def test_logs_what_was_done(self) -> None:
        activity = make_activity(done_at=NOW, outcome="Wants a quote")

        assert [type(event) for event in told(activity)] == [ActivityLogged]


class TestRevise:
    def test_records_the_changed_fields(self) -> None:
        activity, contact_id = make_activity(), new_id()

        activity.revise({"subject": "Ask again", "contact_id": contact_id, "kind": "call"}, LATER)

        changed = told(activity)[-1]
        assert isinstance(changed, ActivityDetailsChanged)
        assert changed.changed == ("subject", "contact_id")
        assert activity.updated_at == LATER

    def test_says_nothing_when_nothing_changes(self) -> None:
        activity = make_activity()

        activity.revise({"kind": "call"}, LATER)

        assert len(told(activity)) == 1


class TestReassign:
    def test_records_the_owner_before(self) -> None:
        activity, owner = make_activity(), new_id()

        activity.reassign(owner, LATER)

        assert isinstance(told(activity)[-1], ActivityReassigned)
        assert activity.state().owner_id == owner


class TestComplete:
    def test_is_done_with_its_outcome(self) -> None:
        activity = make_activity()

        activity.complete("Wants a quote", NOW, LATER)

        completed = told(activity)[-1]
        assert isinstance(completed, ActivityCompleted)
        assert completed.occurred_at == NOW
        assert (activity.done_at, activity.outcome) == (NOW, "Wants a quote")

    def test_keeps_the_outcome_it_had(self) -> None:
        activity = make_activity(outcome="Left a message")

        activity.complete(None, NOW, LATER)

        assert activity.outcome == "Left a message"

    def test_rejects_what_is_done(self) -> None:
        activity = make_activity(done_at=NOW)

        assert_refused(activity, "already-done", lambda: activity.complete(None, LATER, LATER))


class TestReopen:
    def test_is_to_be_done_again(self) -> None:
        activity = make_activity(done_at=NOW)

        activity.reopen(LATER)

        assert isinstance(told(activity)[-1], ActivityReopened)
        assert activity.done_at is None

    def test_rejects_what_is_not_done(self) -> None:
        activity = make_activity()

        assert_refused(activity, "not-done", lambda: activity.reopen(LATER))


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        activity = make_activity()

        activity.delete(LATER)
        activity.restore(LATER)

        assert [type(event) for event in told(activity)[1:]] == [ActivityDeleted, ActivityRestored]

    def test_rejects_changes_afterwards(self) -> None:
        activity = make_activity()
        activity.delete(LATER)

        for act in (
            lambda: activity.delete(LATER),
            lambda: activity.revise({"subject": "Ask"}, LATER),
            lambda: activity.complete(None, LATER, LATER),
        ):
            assert_refused(activity, "deleted", act)


class TestErase:
    def test_blanks_the_free_text_once(self) -> None:
        activity = make_activity(body="He said", outcome=None)

        activity.erase(LATER)
        activity.erase(LATER)

        assert [type(event) for event in told(activity)[1:]] == [ActivityErased]
        assert (activity.subject, activity.body, activity.outcome) == (ERASED, ERASED, None)

    def test_rejects_changes_afterwards(self) -> None:
        activity = make_activity()
        activity.erase(LATER)

        assert_refused(activity, "erased", lambda: activity.complete(None, LATER, LATER))
