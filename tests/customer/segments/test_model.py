"""What a segment allows, and what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.customer import (
    SegmentDefined,
    SegmentDeleted,
    SegmentReassigned,
    SegmentRedefined,
    SegmentRenamed,
    SegmentRestored,
)
from services.customer.segments.model import Segment
from tests.factories.records import told
from tests.factories.segments import CHINESE, NOW, make_segment

LATER = NOW + timedelta(hours=1)
ENGLISH = CHINESE | {"value": "en"}


def assert_refused(segment: Segment, slug: str, act: Callable[[], Any]) -> None:
    before, events = segment.state(), told(segment)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (segment.state(), told(segment)) == (before, events)


class TestDefine:
    def test_records_segment_defined_with_its_rule(self) -> None:
        segment = make_segment()

        (defined,) = told(segment)

        assert isinstance(defined, SegmentDefined)
        assert (defined.state, defined.state.filter) == (segment.state(), CHINESE)


class TestRename:
    def test_records_segment_renamed(self) -> None:
        segment = make_segment()

        segment.rename({"name": "Chinese", "description": "Who speaks it"}, LATER)

        assert isinstance(told(segment)[-1], SegmentRenamed)
        assert (segment.name, segment.description, segment.updated_at) == ("Chinese", "Who speaks it", LATER)

    def test_says_nothing_when_nothing_changes(self) -> None:
        segment = make_segment()

        segment.rename({"name": segment.name}, LATER)

        assert len(told(segment)) == 1


class TestRedefine:
    def test_records_segment_redefined(self) -> None:
        segment = make_segment()

        assert segment.redefine(ENGLISH, LATER)

        redefined = told(segment)[-1]
        assert isinstance(redefined, SegmentRedefined)
        assert redefined.state.filter == ENGLISH

    def test_says_nothing_of_the_same_rule(self) -> None:
        segment = make_segment()

        assert not segment.redefine(dict(CHINESE), LATER)
        assert len(told(segment)) == 1

    def test_rejects_a_static_segment(self) -> None:
        segment = make_segment(kind="static")

        assert_refused(segment, "segment-static", lambda: segment.redefine(CHINESE, LATER))


class TestReassign:
    def test_records_whose_it_was(self) -> None:
        before, after = new_id(), new_id()
        segment = make_segment(owner_id=before)

        segment.reassign(after, LATER)
        segment.reassign(after, LATER)

        reassigned = told(segment)[-1]
        assert isinstance(reassigned, SegmentReassigned)
        assert (reassigned.from_owner_id, reassigned.state.owner_id, segment.version) == (before, after, 2)


class TestDelete:
    def test_records_segment_deleted_and_restored(self) -> None:
        segment = make_segment()

        segment.delete(LATER)
        segment.restore(LATER)

        assert [type(each) for each in told(segment)[1:]] == [SegmentDeleted, SegmentRestored]
        assert segment.deleted_at is None

    def test_rejects_changes_in_the_recycle_bin(self) -> None:
        segment = make_segment()
        segment.delete(LATER)

        for act in (
            lambda: segment.delete(LATER),
            lambda: segment.rename({"name": "A"}, LATER),
            lambda: segment.redefine(ENGLISH, LATER),
            lambda: segment.reassign(new_id(), LATER),
            segment.ask_picked,
        ):
            assert_refused(segment, "deleted", act)

    def test_rejects_the_restoring_of_what_is_there(self) -> None:
        segment = make_segment()

        assert_refused(segment, "not-deleted", lambda: segment.restore(LATER))


class TestAskPicked:
    def test_rejects_a_segment_with_a_rule(self) -> None:
        make_segment(kind="static").ask_picked()
        segment = make_segment()

        assert_refused(segment, "segment-dynamic", segment.ask_picked)
