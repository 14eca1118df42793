"""Sharing one record: what it records, what it refuses, whichever kind of record it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.problems import Conflict
from libs.platform.access.collaborators import MOST_COLLABORATORS, Access, Shared
from services.sales.pipelines.model import Pipeline
from tests.factories.accounts import make_account
from tests.factories.contacts import make_contact
from tests.factories.directory import uid
from tests.factories.records import told
from tests.factories.sales import make_lead, make_opportunity, make_pipeline
from tests.factories.ticketing import make_ticket

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PIPELINE: Pipeline = make_pipeline()


@pytest.fixture(params=["account", "contact", "lead", "opportunity", "ticket"])
def record(request: pytest.FixtureRequest) -> Shared:
    makers: dict[str, Any] = {
        "account": make_account,
        "contact": make_contact,
        "lead": make_lead,
        "opportunity": lambda: make_opportunity(PIPELINE),
        "ticket": make_ticket,
    }
    made: Shared = makers[request.param]()
    return made


def refused(record: Shared, act: Any) -> str:
    before, events = record.state(), told(record)
    with pytest.raises(Conflict) as error:
        act()
    assert (record.state(), told(record)) == (before, events)
    return error.value.slug


class TestShare:
    def test_records_who_how_far_and_until_when(self, record: Shared) -> None:
        record.share(uid(7), Access.WRITE, LATER, NOW)

        event: Any = told(record)[-1]
        assert event.type == record.SHARED.type
        assert (event.user_id, event.access, event.expires_at) == (uid(7), "write", LATER)
        (entry,) = event.state.collaborators
        assert (entry.user_id, entry.access, entry.expires_at) == (uid(7), "write", LATER)
        assert record.state() == event.state

    def test_again_replaces_and_the_same_changes_nothing(self, record: Shared) -> None:
        record.share(uid(7), Access.WRITE, LATER, NOW)
        record.share(uid(7), Access.READ, None, NOW)
        version = record.version

        record.share(uid(7), Access.READ, None, NOW)

        assert record.version == version
        assert record.collaborators == [{"user_id": str(uid(7)), "access": "read", "expires_at": None}]

    def test_forgets_those_who_expired(self, record: Shared) -> None:
        record.share(uid(7), Access.READ, LATER, NOW)

        record.share(uid(8), Access.READ, None, LATER)

        assert [each["user_id"] for each in record.collaborators or ()] == [str(uid(8))]

    def test_refuses_an_end_that_has_passed_and_one_too_many(self, record: Shared) -> None:
        assert refused(record, lambda: record.share(uid(7), Access.READ, NOW, NOW)) == "share-expired"

        for number in range(MOST_COLLABORATORS):
            record.share(uid(100 + number), Access.READ, None, NOW)

        one_more = refused(record, lambda: record.share(uid(7), Access.READ, None, NOW))
        assert one_more == "too-many-collaborators"
        record.share(uid(100), Access.WRITE, None, NOW)

    def test_refuses_a_deleted_record(self, record: Shared) -> None:
        record.deleted_at = NOW

        assert refused(record, lambda: record.share(uid(7), Access.READ, None, NOW)) == "deleted"
        assert refused(record, lambda: record.unshare(uid(7), NOW)) == "deleted"


class TestUnshare:
    def test_records_who_is_out(self, record: Shared) -> None:
        record.share(uid(7), Access.READ, None, NOW)

        record.unshare(uid(7), NOW)

        event: Any = told(record)[-1]
        assert event.type == record.UNSHARED.type
        assert (event.user_id, event.state.collaborators) == (uid(7), None)

    def test_of_nobody_changes_nothing(self, record: Shared) -> None:
        version = record.version

        record.unshare(uid(7), NOW)

        assert record.version == version
