"""Commands on messages: what waits, what leaves, and what stays in the house."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, NotFound
from libs.platform.links import sign
from services.integration.mailing import Fate, Mail, Result
from services.integration.messages.commands import (
    LEASE,
    allow,
    cancel_message,
    claim_mails,
    end_overdue,
    forget,
    pause,
    queue_mail,
    settle_mails,
    withdraw,
)
from services.integration.messages.model import Message, mail_content
from tests.factories.directory import uid
from tests.factories.integration import NOW, make_request
from tests.integration.acting import RING, an_actor, equip, kinds, mint_elsewhere, requested

SOON, LATE = NOW + timedelta(seconds=1), NOW + LEASE


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def queued(session: AsyncSession, **details: Any) -> Message:
    """A message that waits, its events forgotten."""
    asked = await requested(session, make_request(**details))
    await queue_mail(session, asked, "letter", NOW, NOW)
    await session.flush()
    session.info["recorded"] = []
    return await found(session, asked.mail_id)


async def found(session: AsyncSession, id: UUID) -> Message:
    return (await session.scalars(select(Message).where(Message.id == id))).one()


async def contents(session: AsyncSession) -> dict[UUID, Any]:
    rows = (await session.execute(select(mail_content))).mappings()
    return {row["id"]: row for row in rows}


async def claimed(session: AsyncSession) -> Mail:
    (mail,) = await claim_mails(session, 10, [], NOW)
    return mail


class TestQueueMail:
    async def test_keeps_what_was_asked_for_as_ciphertext(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request(owner_id=uid(1), to="li.wei@example.com"))

        await queue_mail(session, asked, "letter", NOW, NOW)
        await session.flush()

        message = await found(session, asked.mail_id)
        assert kinds(session) == ["MessageQueued"]
        assert (message.status, message.about_type, message.about_id) == (
            "queued",
            "letter",
            asked.aggregate_id,
        )
        assert message.owner_id == uid(1)
        row = (await contents(session))[asked.mail_id]
        assert "li.wei" not in str(row["fields"])
        assert row["fields"]["to"].startswith("enc.v1.")

    async def test_takes_the_same_mail_once(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request())

        for _ in range(2):
            await queue_mail(session, asked, "letter", NOW, NOW)
            await session.flush()

        assert kinds(session) == ["MessageQueued"]

    async def test_fails_what_comes_after_its_time(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request(not_after=NOW))

        await queue_mail(session, asked, "letter", NOW, NOW)
        await session.flush()

        assert kinds(session) == ["MessageQueued", "MessageFailed"]
        assert (await found(session, asked.mail_id)).reason == "too-late"
        assert await contents(session) == {}

    async def test_gives_no_mail_longer_than_a_day(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request(not_after=NOW + timedelta(days=9)))

        await queue_mail(session, asked, "letter", NOW - timedelta(hours=23), NOW)
        await session.flush()

        assert (await found(session, asked.mail_id)).not_after == NOW + timedelta(hours=1)

    async def test_cancels_what_the_contact_said_no_to(self, session: AsyncSession) -> None:
        asked = await requested(session, make_request())
        assert asked.contact_id is not None
        await withdraw(session, asked.contact_id, "marketing", NOW, NOW)

        await queue_mail(session, asked, "letter", NOW, NOW)
        await session.flush()

        message = await found(session, asked.mail_id)
        assert (message.status, message.reason) == ("cancelled", "consent-withdrawn")

    @pytest.mark.parametrize("purpose", ["service", "marketing"])
    async def test_sends_for_another_purpose_or_after_a_new_yes(
        self, session: AsyncSession, purpose: str
    ) -> None:
        asked = await requested(session, make_request(purpose="marketing"))
        assert asked.contact_id is not None
        await withdraw(session, asked.contact_id, purpose, NOW, NOW)
        await allow(session, asked.contact_id, "marketing")

        await queue_mail(session, asked, "letter", NOW, NOW)
        await session.flush()

        assert (await found(session, asked.mail_id)).status == "queued"


class TestClaimMails:
    async def test_opens_a_mail_under_a_lease(self, session: AsyncSession) -> None:
        message = await queued(session)

        mail = await claimed(session)

        assert (mail.id, mail.attempts, mail.lease_until) == (message.id, 1, NOW + LEASE)
        assert mail.fields["to"] == "li.wei@example.com"
        assert await claim_mails(session, 10, [], SOON) == []

    async def test_signs_a_link_that_nothing_kept_holds(self, session: AsyncSession) -> None:
        opens = {"link_opens": "password-reset", "link_id": uid(7), "link_to": "https://crm.example/reset#"}
        message = await queued(session, text="Here: {link}.", **opens)
        (kept,) = (await contents(session)).values()

        mail = await claimed(session)

        token = sign(RING, "password-reset", uid(7).bytes)
        assert mail.fields["text"] == f"Here: https://crm.example/reset#{token}."
        assert token not in str(kept)
        assert mail.id == message.id

    async def test_takes_a_mail_over_when_the_lease_is_over(self, session: AsyncSession) -> None:
        message = await queued(session)
        first = await claimed(session)

        (second,) = await claim_mails(session, 10, [], LATE)

        assert (second.message_id, second.attempts) == (first.message_id, 2)
        assert await claim_mails(session, 10, [second], LATE + LEASE) == []
        assert (await found(session, message.id)).status == "queued"

    async def test_takes_no_more_than_there_is_room_for(self, session: AsyncSession) -> None:
        for _ in range(3):
            await queued(session)

        assert len(await claim_mails(session, 2, [], NOW)) == 2

    async def test_fails_what_is_over_its_time(self, session: AsyncSession) -> None:
        message = await queued(session, not_after=SOON)

        assert await claim_mails(session, 10, [], SOON) == []
        await session.flush()

        assert (message.status, message.reason, kinds(session)) == ("failed", "too-late", ["MessageFailed"])

    async def test_waits_for_a_key_that_has_not_come(self, session: AsyncSession) -> None:
        message = await queued(session)
        await session.execute(update(mail_content).values(subject_id=new_id()))

        assert await claim_mails(session, 10, [], NOW) == []

        row = (await contents(session))[message.id]
        assert (row["next_at"] > NOW, row["attempts"], row["lease_until"]) == (True, 0, None)

    async def test_cancels_what_is_for_somebody_erased(self, session: AsyncSession) -> None:
        message = await queued(session)
        erased = new_id()
        await mint_elsewhere(session, erased, None)
        await session.execute(update(mail_content).values(subject_id=erased))

        assert await claim_mails(session, 10, [], NOW) == []
        await session.flush()

        assert (message.status, message.reason) == ("cancelled", "erased")


class TestSettleMails:
    @pytest.mark.parametrize(
        ("fate", "status", "reason", "event"),
        [
            (Fate.TAKEN, "sent", None, "MessageSent"),
            (Fate.REFUSED, "failed", "refused", "MessageFailed"),
            (Fate.MALFORMED, "failed", "malformed", "MessageFailed"),
        ],
    )
    async def test_ends_a_message_and_forgets_what_it_said(
        self, session: AsyncSession, fate: Fate, status: str, reason: str | None, event: str
    ) -> None:
        message = await queued(session)
        mail = await claimed(session)

        await settle_mails(session, [Result(mail, fate, 550)], SOON)
        await session.flush()

        assert (message.status, message.reason, message.attempts) == (status, reason, 1)
        assert message.reply_code == (550 if fate is Fate.REFUSED else None)
        assert kinds(session) == [event]
        assert await contents(session) == {}

    async def test_tries_again_later_when_it_is_unclear_whether_it_left(self, session: AsyncSession) -> None:
        message = await queued(session)
        mail = await claimed(session)

        await settle_mails(session, [Result(mail, Fate.UNCLEAR, 451)], SOON)

        row = (await contents(session))[message.id]
        assert (row["lease_until"], row["attempts"]) == (None, 1)
        assert SOON < row["next_at"] <= SOON + timedelta(seconds=8)
        assert kinds(session) == []

    async def test_counts_no_attempt_that_was_not_made(self, session: AsyncSession) -> None:
        message = await queued(session)
        mail = await claimed(session)

        await settle_mails(session, [Result(mail, Fate.UNTRIED)], SOON)

        assert (await contents(session))[message.id]["attempts"] == 0
        assert len(await claim_mails(session, 10, [], SOON)) == 1

    async def test_leaves_a_mail_to_whoever_took_it_over(self, session: AsyncSession) -> None:
        message = await queued(session)
        mail = await claimed(session)
        await claim_mails(session, 10, [], LATE)

        await settle_mails(session, [Result(mail, Fate.TAKEN)], LATE)

        assert (message.status, message.id in await contents(session)) == ("queued", True)

    @pytest.mark.parametrize("attempts", [1, 5, 50])
    def test_waits_longer_each_time_but_never_an_hour(self, attempts: int) -> None:
        assert timedelta(seconds=4) <= pause(attempts) <= timedelta(minutes=30)


class TestWithdraw:
    async def test_cancels_what_waits(self, session: AsyncSession) -> None:
        message, other = await queued(session), await queued(session)
        assert message.contact_id is not None

        await withdraw(session, message.contact_id, "marketing", NOW, NOW)
        await session.flush()

        assert (message.status, other.status, kinds(session)) == ("cancelled", "queued", ["MessageCancelled"])
        assert list(await contents(session)) == [other.id]

    async def test_lets_what_is_being_sent_arrive(self, session: AsyncSession) -> None:
        message = await queued(session)
        mail = await claimed(session)
        assert message.contact_id is not None

        await withdraw(session, message.contact_id, "marketing", NOW, SOON)
        await settle_mails(session, [Result(mail, Fate.TAKEN)], SOON)

        assert message.status == "sent"

    async def test_sends_nothing_again(self, session: AsyncSession) -> None:
        message = await queued(session)
        mail = await claimed(session)
        assert message.contact_id is not None
        await withdraw(session, message.contact_id, "marketing", NOW, SOON)

        await settle_mails(session, [Result(mail, Fate.UNCLEAR)], SOON)

        assert await claim_mails(session, 10, [], SOON) == []
        assert (message.status, message.reason) == ("cancelled", "consent-withdrawn")


class TestForget:
    async def test_keeps_nothing_of_what_was_to_be_written(self, session: AsyncSession) -> None:
        waiting, leaving = await queued(session), await queued(session)
        (mail,) = await claim_mails(session, 1, [], NOW)
        leaving, waiting = (leaving, waiting) if mail.id == leaving.id else (waiting, leaving)

        await forget(session, [waiting.subject_id, leaving.subject_id], SOON)
        await session.flush()

        rows = await contents(session)
        assert (waiting.status, waiting.reason) == ("cancelled", "erased")
        assert [row["fields"] for row in rows.values()] == [{}]
        assert await claim_mails(session, 10, [], LATE) == []
        assert (leaving.status, await contents(session)) == ("cancelled", {})


class TestEndOverdue:
    async def test_fails_what_no_server_took(self, session: AsyncSession) -> None:
        message = await queued(session, not_after=SOON)

        await end_overdue(session, NOW)
        assert message.status == "queued"
        await end_overdue(session, SOON)
        await session.flush()

        assert (message.status, message.reason, await contents(session)) == ("failed", "too-late", {})


class TestCancelMessage:
    async def test_keeps_a_waiting_message_in_the_house(self, session: AsyncSession) -> None:
        message = await queued(session, owner_id=uid(1))

        await cancel_message(session, message.id, an_actor(), SOON)
        await session.flush()

        assert (message.status, message.reason, await contents(session)) == ("cancelled", "by-hand", {})

    async def test_cannot_stop_what_is_being_sent(self, session: AsyncSession) -> None:
        message = await queued(session)
        await claimed(session)

        with pytest.raises(Conflict) as refused:
            await cancel_message(session, message.id, an_actor(), SOON)

        assert (refused.value.slug, message.status) == ("being-sent", "queued")

    async def test_cannot_stop_what_has_ended(self, session: AsyncSession) -> None:
        message = await queued(session)
        await cancel_message(session, message.id, an_actor(), SOON)
        await session.flush()

        with pytest.raises(Conflict) as refused:
            await cancel_message(session, message.id, an_actor(), SOON)

        assert refused.value.slug == "not-queued"

    async def test_knows_no_message_of_others(self, session: AsyncSession) -> None:
        message = await queued(session, owner_id=uid(2))

        with pytest.raises(NotFound):
            await cancel_message(session, message.id, an_actor({"message:cancel": "own"}), SOON)

        assert message.status == "queued"
