"""A member's way through a campaign, without a database."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import Event
from libs.common.ids import new_id
from libs.contracts.marketing import CampaignMemberClicked, CampaignMemberMailRequested, CampaignMemberOpened
from services.marketing.campaign_members.model import CampaignMember, looks_like_a_machine, member_id
from tests.factories.marketing import NOW, make_mail, make_member

LATER = NOW + timedelta(hours=1)
ANSWERS: dict[str, Any] = {
    "sent": lambda one: one.sent(LATER, LATER),
    "failed": lambda one: one.failed("refused", LATER, LATER),
    "cancelled": lambda one: one.cancelled("consent-withdrawn", LATER, LATER),
}


def told(member: CampaignMember) -> list[Event]:
    return [each.event for each in member.__dict__["_waiting"]]


class TestMemberId:
    def test_is_the_same_every_time(self) -> None:
        campaign, contact = new_id(), new_id()

        assert member_id(campaign, contact) == member_id(campaign, contact)
        assert member_id(campaign, contact) not in {
            member_id(contact, campaign),
            member_id(campaign, new_id()),
        }


class TestRequest:
    def test_records_the_mail_under_his_own_id(self) -> None:
        member = make_member()

        member.request(make_mail(to="li@example.com"), LATER)

        asked = told(member)[-1]
        assert isinstance(asked, CampaignMemberMailRequested)
        assert (asked.mail_id, asked.to, asked.contact_id) == (member.id, "li@example.com", member.contact_id)
        assert (asked.state.status, asked.not_after) == ("requested", LATER + timedelta(hours=24))


class TestAnswer:
    @pytest.mark.parametrize("answer", ANSWERS)
    def test_says_what_became_of_the_mail(self, answer: str) -> None:
        member = make_member(status="requested")

        ANSWERS[answer](member)

        assert (member.status, len(told(member))) == (answer, 3)
        instants = (member.sent_at, member.failed_at, member.suppressed_at)
        assert instants == tuple(LATER if answer == each else None for each in ANSWERS)

    @pytest.mark.parametrize("status", ["pending", "skipped", "sent", "failed", "cancelled"])
    @pytest.mark.parametrize("answer", ANSWERS)
    def test_changes_nothing_that_is_known(self, status: str, answer: str) -> None:
        member = make_member(status=status)
        before = (len(told(member)), member.state())

        ANSWERS[answer](member)

        assert (len(told(member)), member.state()) == before


class TestOpened:
    def test_tells_of_the_first_human_and_the_first_machine(self) -> None:
        member = make_member(status="sent")

        for is_machine in (True, True, False, False):
            member.opened(LATER, is_machine=is_machine)

        opens = [each for each in told(member) if isinstance(each, CampaignMemberOpened)]
        assert [each.is_machine for each in opens] == [True, False]


class TestClicked:
    def test_tells_of_each_and_counts_as_a_look(self) -> None:
        member = make_member(status="sent")

        member.clicked("https://a.example.com", NOW, is_machine=False)
        member.clicked("https://b.example.com", LATER, is_machine=False)

        clicks = [each for each in told(member) if isinstance(each, CampaignMemberClicked)]
        assert [each.target for each in clicks] == ["https://a.example.com", "https://b.example.com"]
        assert (member.opened_at, member.clicked_at) == (NOW, NOW)

    def test_of_a_machine_is_nobodys_interest(self) -> None:
        member = make_member(status="sent")

        member.clicked("https://a.example.com", NOW, is_machine=True)

        assert (member.opened_at, member.clicked_at, member.machine_clicked_at) == (None, None, NOW)


class TestUnsubscribe:
    def test_is_told_once(self) -> None:
        member = make_member(status="sent")

        member.unsubscribe(NOW)
        member.unsubscribe(LATER)

        assert (member.unsubscribed_at, len(told(member))) == (NOW, 4)


class TestLooksLikeAMachine:
    @pytest.mark.parametrize(
        "agent",
        ["", " ", "Googlebot/2.1", "curl/8.5", "python-requests/2", "Barracuda Sentinel", "LinkPreview 1.0"],
        ids=["none", "blank", "bot", "curl", "python", "scanner", "preview"],
    )
    def test_by_its_name(self, agent: str) -> None:
        assert looks_like_a_machine(agent, NOW, LATER)

    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (X11; Linux x86_64)",
            "Mozilla/5.0 (via ggpht.com GoogleImageProxy)",
            "Outlook/16 Abbott",
        ],
        ids=["browser", "proxy", "name"],
    )
    def test_not_a_reader(self, agent: str) -> None:
        assert not looks_like_a_machine(agent, NOW, LATER)

    def test_by_being_there_at_once(self) -> None:
        assert looks_like_a_machine("Mozilla/5.0", NOW, NOW + timedelta(seconds=1))
        assert looks_like_a_machine("Mozilla/5.0", None, NOW)
