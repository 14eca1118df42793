"""Commands on consents: whom they concern, and what the ledger keeps."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden
from libs.common.transaction import UnknownReference
from services.customer.consents.commands import (
    erase_consents,
    give_consent,
    take_in_withdrawal,
    withdraw_consent,
)
from services.customer.consents.model import Consent, ConsentEntry, consent_id
from services.customer.consents.schemas import ConsentGive, ConsentWithdraw
from services.customer.contacts.model import Contact
from tests.customer.acting import NOW, an_actor, equip
from tests.factories.contacts import make_contact

PLACE = {"purpose": "marketing", "channel": "email"}
EARLIER = NOW - timedelta(days=2)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def a_contact(session: AsyncSession) -> Contact:
    contact = make_contact()
    session.add(contact)
    await session.flush()
    session.info["recorded"] = []
    return contact


def giving(contact: Contact, **fields: object) -> ConsentGive:
    evidence = {"wording_version": "2026-01", "source": "web form", "proof": "He ticked the box."}
    return ConsentGive.model_validate({"contact_id": contact.id} | PLACE | evidence | fields)


def withdrawing(contact: Contact, **fields: object) -> ConsentWithdraw:
    return ConsentWithdraw.model_validate({"contact_id": contact.id} | PLACE | fields)


async def kinds(session: AsyncSession) -> list[str]:
    await session.flush()
    return [type(event).__name__ for event in recorded(session)]


async def ledger(session: AsyncSession, contact: Contact) -> list[tuple[str, str]]:
    await session.flush()
    own = select(ConsentEntry).where(ConsentEntry.contact_id == contact.id).order_by(ConsentEntry.id)
    return [(each.kind, each.actor) for each in await session.scalars(own)]


class TestGiveConsent:
    async def test_records_the_event_and_a_line_of_the_ledger(self, session: AsyncSession) -> None:
        contact = await a_contact(session)

        consent = await give_consent(session, giving(contact), an_actor(), NOW)

        assert await kinds(session) == ["ConsentGiven"]
        assert (consent.subject_id, consent.given_at) == (contact.subject_id, NOW)
        assert await ledger(session, contact) == [("given", "user:1")]

    async def test_again_is_a_line_of_its_own(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        first = await give_consent(session, giving(contact, occurred_at=EARLIER), an_actor(), NOW)
        await session.flush()

        again = await give_consent(session, giving(contact), an_actor(), NOW)

        assert (first.id, again.version) == (again.id, 2)
        assert await ledger(session, contact) == [("given", "user:1")] * 2

    async def test_of_a_load_that_is_repeated_is_one(self, session: AsyncSession) -> None:
        contact = await a_contact(session)

        for _ in range(2):
            await give_consent(session, giving(contact, occurred_at=EARLIER), an_actor(), NOW)
            await session.flush()

        assert await kinds(session) == ["ConsentGiven"]
        assert len(await ledger(session, contact)) == 1

    async def test_rejects_who_is_unknown_or_out_of_scope(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        stranger = an_actor({"consent:create": "own"})

        with pytest.raises(UnknownReference):
            await give_consent(session, giving(contact), stranger, NOW)
        with pytest.raises(UnknownReference):
            await give_consent(session, giving(contact, contact_id=new_id()), an_actor(), NOW)

        assert not session.new

    async def test_of_the_past_needs_the_right_to_write_history(self, session: AsyncSession) -> None:
        contact = await a_contact(session)

        with pytest.raises(Forbidden):
            await give_consent(
                session, giving(contact, occurred_at=EARLIER), an_actor({"consent:create": "all"}), NOW
            )

        assert not session.new

    @pytest.mark.parametrize("slug", ["deleted", "erased", "merged"])
    async def test_rejects_who_is_gone(self, session: AsyncSession, slug: str) -> None:
        contact, other = await a_contact(session), await a_contact(session)
        acts = {
            "deleted": lambda: contact.delete(NOW),
            "erased": lambda: contact.erase(NOW),
            "merged": lambda: contact.merge(other, NOW),
        }
        acts[slug]()
        await session.flush()

        with pytest.raises(Conflict, match=slug):
            await give_consent(session, giving(contact), an_actor(), NOW)

        assert await ledger(session, contact) == []


class TestWithdrawConsent:
    async def test_records_the_event_and_a_line_of_the_ledger(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        await give_consent(session, giving(contact), an_actor(), NOW)
        await session.flush()

        consent = await withdraw_consent(session, withdrawing(contact, reason="Enough"), an_actor(), NOW)

        assert await kinds(session) == ["ConsentGiven", "ConsentWithdrawn"]
        assert (consent.status, consent.reason) == ("withdrawn", "Enough")
        assert await ledger(session, contact) == [("given", "user:1"), ("withdrawn", "user:1")]

    async def test_is_heard_of_whoever_is_deleted(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        contact.delete(NOW)
        await session.flush()

        await withdraw_consent(session, withdrawing(contact), an_actor(), NOW)

        assert await ledger(session, contact) == [("withdrawn", "user:1")]

    async def test_of_whoever_was_merged_counts_where_he_lives_on(self, session: AsyncSession) -> None:
        contact, home = await a_contact(session), await a_contact(session)
        await give_consent(session, giving(home), an_actor(), NOW)
        contact.merge(home, NOW)
        await session.flush()

        await withdraw_consent(session, withdrawing(contact), an_actor(), NOW)
        await session.flush()

        found = await session.get_one(Consent, consent_id(home.id, "marketing", "email"))
        assert found.status == "withdrawn"
        assert await ledger(session, contact) == [("withdrawn", "user:1")]

    async def test_rejects_who_was_forgotten(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        contact.erase(NOW)
        await session.flush()

        with pytest.raises(Conflict, match="erased"):
            await withdraw_consent(session, withdrawing(contact), an_actor(), NOW)

        assert not session.new


class TestTakeInWithdrawal:
    async def test_withdraws_once(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        await give_consent(session, giving(contact, occurred_at=EARLIER), an_actor(), NOW)
        await session.flush()

        for _ in range(2):
            await take_in_withdrawal(
                session, contact.id, "marketing", "email", source="unsubscribe", at=NOW - timedelta(days=1)
            )
            await session.flush()

        assert await kinds(session) == ["ConsentGiven", "ConsentWithdrawn"]

    async def test_that_came_late_does_not_undo_a_newer_consent(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        consent = await give_consent(session, giving(contact), an_actor(), NOW)
        await session.flush()

        await take_in_withdrawal(session, contact.id, "marketing", "email", source="link", at=EARLIER)

        assert consent.status == "given"
        assert await kinds(session) == ["ConsentGiven"]

    async def test_of_nobody_known_or_somebody_forgotten_is_passed_over(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        contact.erase(NOW)
        await session.flush()

        for contact_id in (contact.id, new_id()):
            await take_in_withdrawal(session, contact_id, "marketing", "email", source="link", at=NOW)

        assert await kinds(session) == ["ContactErased"]


class TestEraseConsents:
    async def test_blanks_what_is_personal_in_every_line(self, session: AsyncSession) -> None:
        contact, bystander = await a_contact(session), await a_contact(session)
        for each in (contact, bystander):
            await give_consent(session, giving(each), an_actor(), NOW)
        await session.flush()
        session.info["recorded"] = []

        for _ in range(2):
            await erase_consents(session, contact.id, contact.subject_id, NOW)
            assert await kinds(session) == ["ConsentErased"]

        rows = (await session.execute(select(ConsentEntry.contact_id, ConsentEntry.proof))).all()
        proofs = {row.contact_id: row.proof for row in rows}
        assert (proofs[contact.id], proofs[bystander.id]) == ("[erased]", "He ticked the box.")
