"""What marketing does with what others tell; each record comes twice and counts once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.contracts.integration import (
    MessageCancelled,
    MessageFact,
    MessageFailed,
    MessageQueued,
    MessageSent,
    MessageState,
)
from libs.contracts.subjects import CustomerSubjectErased, SubjectKeyState
from libs.platform.references.people import people
from libs.platform.subjects.replica import SubjectKeyApplier
from services.marketing.campaign_members.model import CampaignMember
from services.marketing.handlers import HANDLERS, blank
from services.marketing.suppressions.model import Suppression
from tests.factories.envelopes import make_envelope
from tests.factories.marketing import NOW, make_member
from tests.marketing.acting import equip, kept, kinds
from tests.marketing.audiences import know_contact

LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def an_answer(kind: type[MessageFact], member: CampaignMember, **facts: Any) -> MessageFact:
    told = {"owner_id": None, "about_type": "campaign-member", "about_id": member.id, "channel": "email"}
    ids = {"id": member.id, "contact_id": member.contact_id, "subject_id": new_id(), "message_id": "<1@x>"}
    end = {"status": "sent", "attempts": 1, "reason": None, "reply_code": None, "finished_at": LATER}
    rest = {"purpose": "marketing", "not_after": LATER}
    state = MessageState.model_validate(ids | told | end | rest | facts)
    return kind(mail_id=member.id, occurred_at=LATER, state=state)


async def deliver(session: AsyncSession, event: Event) -> None:
    """Let an event come twice."""
    for _ in range(2):
        for reaction in HANDLERS.get(type(event), ()):
            await reaction.function(session, make_envelope(event, 1))
            await session.flush()


async def suppressions(session: AsyncSession) -> list[Suppression]:
    return list((await session.scalars(select(Suppression))).all())


class TestAnswers:
    @pytest.mark.parametrize(
        ("kind", "status", "told"),
        [
            (MessageSent, "sent", "CampaignMemberSent"),
            (MessageFailed, "failed", "CampaignMemberFailed"),
            (MessageCancelled, "cancelled", "CampaignMemberCancelled"),
        ],
    )
    async def test_say_what_became_of_the_mail(
        self, session: AsyncSession, kind: type[MessageFact], status: str, told: str
    ) -> None:
        member = await kept(session, make_member(status="requested"))

        await deliver(session, an_answer(kind, member, reason="because"))

        assert (member.status, kinds(session)) == (status, [told])
        assert member.reason == (None if status == "sent" else "because")

    async def test_about_others_are_theirs(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="requested"))

        await deliver(session, an_answer(MessageSent, member, about_type="survey"))
        await deliver(session, an_answer(MessageSent, member, about_id=new_id()))
        await deliver(session, an_answer(MessageQueued, member))

        assert (member.status, kinds(session)) == ("requested", [])

    async def test_of_no_such_address_suppress_it_for_everything(self, session: AsyncSession) -> None:
        member = await kept(session, make_member(status="requested", address_index="hash"))

        await deliver(session, an_answer(MessageFailed, member, reason="refused", reply_code=550))

        assert kinds(session) == ["CampaignMemberFailed", "SuppressionAdded"]
        (made,) = await suppressions(session)
        assert (made.address_index, made.contact_id, made.reason, made.purpose) == (
            "hash",
            None,
            "bounce",
            None,
        )

    @pytest.mark.parametrize("code", [None, 552, 554, 421])
    async def test_of_other_failures_suppress_nobody(self, session: AsyncSession, code: int | None) -> None:
        member = await kept(session, make_member(status="requested", address_index="hash"))

        await deliver(session, an_answer(MessageFailed, member, reason="refused", reply_code=code))

        assert await suppressions(session) == []


class TestBlank:
    async def test_forgets_name_and_address(self, session: AsyncSession) -> None:
        contact, other = await know_contact(session), await know_contact(session)
        subject: UUID = await session.scalar(select(people.c.subject_id).where(people.c.id == contact))  # type: ignore[assignment]
        state = SubjectKeyState(subject_id=subject, wrapped=None, erased_at=NOW)
        event = CustomerSubjectErased(subject_id=subject, occurred_at=NOW, state=state)

        for _ in range(2):
            transaction = PostgresTransaction(session, "marketing")
            await SubjectKeyApplier(blank).apply(transaction, [make_envelope(event, 3)])

        rows = {row.id: row for row in await session.execute(select(people))}
        assert (rows[contact].family_name, rows[contact].email) == (ERASED, ERASED)
        assert rows[contact].erased_at is not None
        assert (rows[other].family_name, rows[other].erased_at) == ("Li", None)
