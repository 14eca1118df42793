"""Commands on activities: above all, whose the free text is."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.common.transaction import UnknownReference
from libs.contracts.customer import ActivityDetailsChanged
from libs.contracts.subjects import CustomerSubjectLinked
from libs.platform.subjects.minting import mint
from services.customer.activities.commands import create_activity, erase_activities, revise_activity
from services.customer.activities.schemas import ActivityCreate, ActivityUpdate
from services.customer.contacts.model import Contact
from tests.customer.acting import NOW, an_actor, equip
from tests.factories.contacts import make_contact


def kinds(session: AsyncSession) -> list[str]:
    return [type(event).__name__ for event in recorded(session)]


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def a_contact(session: AsyncSession) -> Contact:
    contact = make_contact(subject_id=mint(session))
    session.add(contact)
    await session.flush()
    session.info["recorded"] = []
    return contact


def asked(**fields: object) -> ActivityCreate:
    return ActivityCreate.model_validate({"kind": "call", "subject": "Ask"} | fields)


class TestCreateActivity:
    async def test_speaks_of_the_contact(self, session: AsyncSession) -> None:
        contact = await a_contact(session)

        activity = await create_activity(session, asked(contact_id=contact.id), an_actor(), NOW)
        await session.flush()

        assert activity.subject_id == contact.subject_id
        assert kinds(session) == ["ActivityPlanned"]

    async def test_without_a_contact_has_a_subject_of_its_own(self, session: AsyncSession) -> None:
        activity = await create_activity(session, asked(), an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["CustomerSubjectKeyMinted", "ActivityPlanned"]
        assert recorded(session)[0].aggregate_id == activity.subject_id

    async def test_rejects_an_unknown_contact(self, session: AsyncSession) -> None:
        with pytest.raises(UnknownReference):
            await create_activity(session, asked(contact_id=new_id()), an_actor(), NOW)

        assert not session.new

    async def test_rejects_a_contact_who_was_forgotten(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        contact.erase(NOW)
        await session.flush()

        with pytest.raises(Conflict, match="erased"):
            await create_activity(session, asked(contact_id=contact.id), an_actor(), NOW)

        assert not session.new


class TestReviseActivity:
    async def test_hands_its_own_subject_over_to_the_contact(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        activity = await create_activity(session, asked(), an_actor(), NOW)
        await session.flush()
        own, session.info["recorded"] = activity.subject_id, []

        change = ActivityUpdate(contact_id=contact.id)
        await revise_activity(session, activity.id, 1, change, an_actor(), NOW)
        await session.flush()

        linked, changed = recorded(session)
        assert isinstance(linked, CustomerSubjectLinked)
        assert (linked.subject_id, linked.state.linked) == (own, (contact.subject_id,))
        assert isinstance(changed, ActivityDetailsChanged)
        assert changed.state.subject_id == contact.subject_id

    async def test_links_no_two_contacts(self, session: AsyncSession) -> None:
        one, two = await a_contact(session), await a_contact(session)
        activity = await create_activity(session, asked(contact_id=one.id), an_actor(), NOW)
        await session.flush()
        session.info["recorded"] = []

        await revise_activity(session, activity.id, 1, ActivityUpdate(contact_id=None), an_actor(), NOW)
        await revise_activity(session, activity.id, 2, ActivityUpdate(contact_id=two.id), an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["ActivityDetailsChanged", "ActivityDetailsChanged"]
        assert activity.subject_id == two.subject_id


class TestEraseActivities:
    async def test_takes_what_was_written_about_the_person_alone(self, session: AsyncSession) -> None:
        contact = await a_contact(session)
        about = await create_activity(session, asked(contact_id=contact.id), an_actor(), NOW)
        other = await create_activity(session, asked(), an_actor(), NOW)
        await session.flush()
        session.info["recorded"] = []

        for _ in range(2):
            await erase_activities(session, contact.id, contact.subject_id, NOW)
            await session.flush()

        assert kinds(session) == ["ActivityErased"]
        assert (about.subject, other.subject) == ("[erased]", "Ask")
