"""Commands on contacts: keys before events, and erasures that go as far as they must and no further."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.transaction import UnknownReference
from libs.contracts.customer import ContactCreated
from libs.contracts.subjects import CustomerSubjectKeyMinted
from libs.platform.subjects.model import SubjectKey
from services.customer.contacts.commands import create_contact, erase_contact, erase_subjects, revise_contact
from services.customer.contacts.model import Contact
from services.customer.contacts.schemas import ContactCreate, ContactUpdate
from tests.customer.acting import NOW, an_actor, equip


def kinds(session: AsyncSession) -> list[str]:
    return [type(event).__name__ for event in recorded(session)]


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def kept(session: AsyncSession, **details: object) -> Contact:
    """A contact who is there already, his events forgotten."""
    asked = ContactCreate.model_validate({"family_name": "Li"} | details)
    contact = await create_contact(session, asked, an_actor(), NOW)
    await session.flush()
    session.info["recorded"] = []
    return contact


class TestCreateContact:
    async def test_mints_the_key_before_the_first_event(self, session: AsyncSession) -> None:
        asked = ContactCreate(family_name="Li", phone="+8613800138000")

        contact = await create_contact(session, asked, an_actor(), NOW)
        await session.flush()

        minted, created = recorded(session)
        assert isinstance(minted, CustomerSubjectKeyMinted)
        assert minted.aggregate_id == contact.subject_id
        assert isinstance(created, ContactCreated)
        assert "138001380" not in str(contact.phone)

    async def test_rejects_an_unknown_account(self, session: AsyncSession) -> None:
        with pytest.raises(UnknownReference):
            await create_contact(
                session, ContactCreate(family_name="Li", account_id=new_id()), an_actor(), NOW
            )

        assert not session.new


class TestReviseContact:
    async def test_finds_the_same_number_unchanged_however_it_is_written(self, session: AsyncSession) -> None:
        contact = await kept(session, phone="+8613800138000")

        for number in ("+86 138-0013-8000", "+14155550132"):
            await revise_contact(
                session, contact.id, contact.version, ContactUpdate(phone=number), an_actor(), NOW
            )
        await session.flush()

        assert kinds(session) == ["ContactDetailsChanged"]
        assert contact.phone_mask == "+141****0132"


class TestEraseContact:
    async def test_destroys_the_key_and_blanks_the_contact(self, session: AsyncSession) -> None:
        contact = await kept(session, email="li@example.com")

        await erase_contact(session, contact.id, an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["CustomerSubjectErased", "ContactErased"]
        assert (await session.get_one(SubjectKey, contact.subject_id)).wrapped is None


class TestEraseSubjects:
    async def test_reaches_the_contact_whose_subject_is_linked(self, session: AsyncSession) -> None:
        contact, bystander = await kept(session), await kept(session)
        elsewhere = new_id()
        (await session.get_one(SubjectKey, contact.subject_id)).link(elsewhere, NOW)
        await session.flush()

        await erase_subjects(session, [elsewhere], NOW)
        await session.flush()

        assert (contact.family_name, bystander.family_name) == ("[erased]", "Li")
