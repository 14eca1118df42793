"""What a membership allows, and what it tells."""

from datetime import timedelta

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.customer import SegmentMemberEntered, SegmentMemberLeft
from services.customer.segment_members.model import Reason, member_id
from tests.factories.records import told
from tests.factories.segments import NOW, make_member

LATER = NOW + timedelta(hours=1)


class TestCreate:
    def test_records_segment_member_entered(self) -> None:
        member = make_member()

        (entered,) = told(member)

        assert isinstance(entered, SegmentMemberEntered)
        assert (entered.state, entered.state.is_member) == (member.state(), True)

    def test_has_one_id_for_a_contact_in_a_segment(self) -> None:
        segment_id, contact_id = new_id(), new_id()

        assert make_member(segment_id=segment_id, contact_id=contact_id).id == member_id(
            segment_id, contact_id
        )
        assert member_id(segment_id, contact_id) != member_id(contact_id, segment_id)


class TestLeave:
    def test_records_segment_member_left_with_the_reason(self) -> None:
        member = make_member()

        member.leave(Reason.ERASED, LATER)

        left = told(member)[-1]
        assert isinstance(left, SegmentMemberLeft)
        assert (left.state.is_member, left.state.reason, left.state.left_at) == (False, "erased", LATER)

    def test_rejects_who_is_out(self) -> None:
        member = make_member()
        member.leave(Reason.REMOVED, LATER)

        with pytest.raises(Conflict, match="not-a-member"):
            member.leave(Reason.REMOVED, LATER)

        assert len(told(member)) == 2


class TestEnter:
    def test_goes_on_where_he_left(self) -> None:
        member = make_member()
        member.leave(Reason.UNMATCHED, LATER)

        assert member.enter(Reason.MATCHED, LATER)

        assert (member.entered_at, member.left_at, member.version) == (LATER, None, 3)

    def test_says_nothing_of_who_is_in(self) -> None:
        member = make_member()

        assert not member.enter(Reason.MATCHED, LATER)
        assert len(told(member)) == 1
