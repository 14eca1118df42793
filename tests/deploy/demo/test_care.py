"""Tickets in every state, and bodies that ticketing takes."""

import itertools
from collections import Counter
from datetime import datetime

import pytest

from deploy.demo import care, company
from deploy.demo.story import CONTACTS_PER_ACCOUNT, Story, tell
from deploy.demo.wire import Json
from services.ticketing.calendars.schemas import CalendarCreate
from services.ticketing.queues.schemas import QueueCreate
from services.ticketing.sla_policies.schemas import SlaPolicyCreate
from services.ticketing.tickets.schemas import TicketCreate
from tests.figures import budget

ID = "01930000-0000-7000-8000-000000000000"
USERS = {member.key: ID for member in company.MEMBERS}


@pytest.fixture(scope="module")
def story() -> Story:
    return tell()


def bodies(story: Story) -> list[Json]:
    accounts = [str(key) for key in range(len(story.accounts))]
    contacts = [str(key) for key in range(len(story.contacts))]
    users = {key: key for key in USERS}
    return care.ticket_bodies(story.tickets, accounts, contacts, {"en": "en", "zh": "zh"}, users)


def end_of(body: Json) -> str:
    history = body.get("history", {})
    if "closed_at" in history:
        return "closed"
    return "resolved" if "resolved_at" in history else str(history.get("status", "open"))


class TestTickets:
    def test_are_as_many_as_promised(self, story: Story) -> None:
        assert len(story.tickets) >= budget("demo")["tickets"]

    def test_stand_in_every_state(self, story: Story) -> None:
        ends = Counter(end_of(each) for each in bodies(story))

        assert ends.keys() == {name for name, _ in care.ENDS}
        assert min(ends.values()) >= 4

    def test_are_in_both_languages_and_of_every_kind(self, story: Story) -> None:
        found = bodies(story)

        assert {each["channel"] for each in found} == set(care.CHANNELS)
        assert {each["category"] for each in found} == set(care.CATEGORIES)
        assert Counter(each["subject"].isascii() for each in found).most_common()[1][1] > len(found) // 4

    def test_live_in_order_and_before_the_anchor(self, story: Story) -> None:
        for each in bodies(story):
            history = each.get("history", {})
            names = ("first_responded_at", "resolved_at", "closed_at")
            moments = [each["occurred_at"], *(history[name] for name in names if name in history)]
            at = [datetime.fromisoformat(moment) for moment in moments]
            assert all(one <= other for one, other in itertools.pairwise(at))
            assert at[-1] <= company.ANCHOR

    def test_are_rated_only_when_closed(self, story: Story) -> None:
        rated = [each for each in bodies(story) if "csat_score" in each.get("history", {})]

        assert {end_of(each) for each in rated} == {"closed"}
        assert {each["history"]["csat_score"] for each in rated} == {1, 2, 3, 4, 5}

    def test_belong_to_a_contact_of_their_account(self, story: Story) -> None:
        for each in bodies(story):
            assert int(each["contact_id"]) // CONTACTS_PER_ACCOUNT == int(each["account_id"])

    def test_leave_some_to_their_queue(self, story: Story) -> None:
        without = [each for each in bodies(story) if "owner_id" not in each]

        assert without
        assert {end_of(each) for each in without} == {"open"}


class TestBodies:
    def test_are_what_ticketing_takes(self, story: Story) -> None:
        ids = [ID] * len(story.contacts)
        tickets = care.ticket_bodies(story.tickets, ids, ids, {"en": ID, "zh": ID}, USERS)

        for schema, records in (
            (TicketCreate, tickets),
            (CalendarCreate, care.calendar_bodies()),
            (QueueCreate, care.queue_bodies(USERS)),
            (SlaPolicyCreate, [care.policy_body(ID)]),
        ):
            for record in records:
                schema.model_validate(record)
        assert len({each["external_id"]["id"] for each in tickets}) == len(tickets)

    def test_hand_tickets_to_members_of_their_queue_alone(self, story: Story) -> None:
        members = {each["external_id"]["id"]: each["member_ids"] for each in care.queue_bodies(USERS)}

        assert {len(each) for each in members.values()} == {2}
        assert {one.agent for one in story.tickets} - {None} <= {*care.AGENTS["zh"], *care.AGENTS["en"]}
