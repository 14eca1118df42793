"""What sales does when somebody is forgotten elsewhere; each record comes twice and counts once."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED
from libs.common.events import Event
from libs.common.ids import new_id
from libs.common.inbox_postgres import PostgresTransaction
from libs.contracts.customer import AccountCreated, AccountState, ContactCreated, ContactState
from libs.contracts.subjects import CustomerSubjectErased, SubjectKeyState
from libs.platform.references.replica import ReferenceApplier
from libs.platform.references.tables import reference
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import mint
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.replica import SubjectKeyApplier
from libs.platform.subjects.sealing import seal_model
from services.sales.handlers import HANDLERS, blank
from services.sales.leads.commands import capture_lead, convert_lead
from services.sales.leads.model import Lead
from services.sales.leads.schemas import Convert, LeadCreate
from tests.factories.envelopes import make_envelope
from tests.factories.sales import NOW
from tests.sales.acting import an_actor, equip, kinds, known


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def converted(session: AsyncSession, contact_id: UUID | None = None) -> Lead:
    asked = LeadCreate(family_name="Li", given_name="Wei", company_name="Acme Ltd", email="li@example.com")
    lead = await capture_lead(session, asked, an_actor(), NOW)
    await session.flush()
    await convert_lead(session, lead.id, Convert(contact_id=contact_id), an_actor(), NOW)
    await session.flush()
    session.info["recorded"] = []
    return lead


async def forget(session: AsyncSession, subject: UUID, *linked: UUID) -> None:
    """Let customer's erasure of a subject come twice."""
    state = SubjectKeyState(subject_id=subject, wrapped=None, erased_at=NOW, linked=linked)
    event = CustomerSubjectErased(subject_id=subject, occurred_at=NOW, state=state)
    for _ in range(2):
        transaction = PostgresTransaction(session, "sales")
        await SubjectKeyApplier(blank).apply(transaction, [make_envelope(event, 3)])
    await session.flush()


async def label(session: AsyncSession, kind: str, id: UUID | None) -> str | None:
    found = select(reference.c.label).where(reference.c.type == kind, reference.c.id == id)
    shown: str | None = (await session.execute(found)).scalar_one()
    return shown


class TestBlank:
    async def test_takes_the_lead_whom_customer_says_is_the_same_person(self, session: AsyncSession) -> None:
        lead, other = await converted(session), await converted(session)

        await forget(session, new_id(), lead.subject_id)

        assert kinds(session) == ["SalesSubjectErased", "LeadErased"]
        assert (lead.family_name, lead.email, lead.version) == (ERASED, ERASED, 3)
        assert await label(session, "contact", lead.contact_id) == ERASED
        assert (await session.get_one(SubjectKey, lead.subject_id)).wrapped is None
        assert (other.erased_at, await label(session, "contact", other.contact_id)) == (None, "Wei Li")

    async def test_takes_the_lead_who_was_joined_with_a_contact(self, session: AsyncSession) -> None:
        subject = new_id()
        contact_id = await known(session, "contact", subject_id=subject, label="Wei Li")
        lead = await converted(session, contact_id)

        await forget(session, subject)

        assert kinds(session) == ["SalesSubjectErased", "LeadErased"]
        assert (lead.family_name, await label(session, "contact", contact_id)) == (ERASED, ERASED)

    async def test_leaves_others_alone(self, session: AsyncSession) -> None:
        lead = await converted(session)

        await forget(session, new_id())

        assert (kinds(session), lead.erased_at) == ([], None)


class TestReferences:
    async def apply(self, session: AsyncSession, event: Event, subjects: tuple[UUID, ...] = ()) -> None:
        """Let an event of customer come twice, sealed as on the wire."""
        keys = await load_keys(session, session.info["ring"], subjects)
        envelope = make_envelope(event, 1, seal_model(event, keys))
        for _ in range(2):
            await ReferenceApplier().apply(PostgresTransaction(session, "sales"), [envelope])

    async def test_are_replaced_by_what_customer_says(self, session: AsyncSession) -> None:
        lead = await converted(session)
        assert lead.account_id
        facts = {"id": lead.account_id, "owner_id": None, "created_at": NOW, "updated_at": NOW}
        state = AccountState(name="Acme Holding", **facts)

        created = AccountCreated(account_id=lead.account_id, occurred_at=NOW, state=state)
        await self.apply(session, created)

        assert await label(session, "account", lead.account_id) == "Acme Holding"

    async def test_take_the_subject_that_customer_minted(self, session: AsyncSession) -> None:
        lead, subject = await converted(session), mint(session)
        assert lead.contact_id
        await session.flush()
        facts = {"id": lead.contact_id, "owner_id": None, "created_at": NOW, "updated_at": NOW}
        state = ContactState(subject_id=subject, family_name="Li", given_name="Weiwei", **facts)

        created = ContactCreated(contact_id=lead.contact_id, occurred_at=NOW, state=state)
        await self.apply(session, created, (subject,))

        assert await label(session, "contact", lead.contact_id) == "Weiwei Li"
        await forget(session, subject)
        assert await label(session, "contact", lead.contact_id) == ERASED


def test_sales_reacts_to_no_other_event() -> None:
    assert HANDLERS == {}
