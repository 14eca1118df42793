"""What can be done with a suppression, against a real database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, StaleVersion
from libs.common.transaction import UnknownReference
from services.marketing.audience import address_index
from services.marketing.suppressions.commands import add_suppression, delete_suppression
from services.marketing.suppressions.queries import suppressed
from services.marketing.suppressions.schemas import SuppressionCreate
from tests.factories.directory import uid
from tests.factories.marketing import NOW, make_suppression
from tests.marketing.acting import an_actor, equip, kept, kinds
from tests.marketing.audiences import know_contact


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


class TestAddSuppression:
    async def test_keeps_an_address_as_a_hash(self, session: AsyncSession) -> None:
        made = await add_suppression(session, SuppressionCreate(email="Li@Example.com"), an_actor(), NOW)
        await session.flush()

        assert made.address_index == address_index(session.info["ring"], "li@example.com")
        assert "li" not in str(made.address_index)
        assert kinds(session) == ["SuppressionAdded"]

    @pytest.mark.parametrize("by", ["contact", "address"])
    async def test_refuses_what_is_said_already(self, session: AsyncSession, by: str) -> None:
        contact = await know_contact(session)
        facts = {"contact_id": contact} if by == "contact" else {"email": "li@example.com"}
        asked = SuppressionCreate.model_validate(facts)
        first = await add_suppression(session, asked, an_actor(), NOW)
        await session.flush()

        with pytest.raises(Conflict) as caught:
            await add_suppression(session, asked, an_actor(), NOW)

        assert (caught.value.slug, len(kinds(session))) == ("already-exists", 1)
        assert first.deleted_at is None

    async def test_takes_one_back_again(self, session: AsyncSession) -> None:
        asked = SuppressionCreate(email="li@example.com", purpose="marketing")
        first = await add_suppression(session, asked, an_actor(), NOW)
        await session.flush()
        await delete_suppression(session, first.id, 1, an_actor(), NOW)
        await session.flush()

        await add_suppression(session, asked, an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["SuppressionAdded", "SuppressionDeleted", "SuppressionAdded"]

    async def test_knows_no_contact_out_of_scope(self, session: AsyncSession) -> None:
        foreign = await know_contact(session, owner_id=uid(2))
        actor = an_actor({"suppression:create": "all", "contact:read": "own"})

        for unseen in (foreign, new_id()):
            with pytest.raises(UnknownReference):
                await add_suppression(session, SuppressionCreate(contact_id=unseen), actor, NOW)


class TestDeleteSuppression:
    async def test_asks_permission_and_version(self, session: AsyncSession) -> None:
        made = await kept(session, make_suppression())

        with pytest.raises(Forbidden):
            await delete_suppression(session, made.id, 1, an_actor({"suppression:read": "all"}), NOW)
        with pytest.raises(StaleVersion):
            await delete_suppression(session, made.id, 2, an_actor(), NOW)

        assert (kinds(session), made.deleted_at) == ([], None)


class TestSuppressed:
    async def test_finds_by_contact_and_by_address(self, session: AsyncSession) -> None:
        by_contact = await kept(session, make_suppression(purpose="marketing"))
        await kept(session, make_suppression(contact_id=None, address_index="a"))
        await kept(session, make_suppression(contact_id=None, address_index="b", purpose="newsletter"))

        held = await suppressed(session, "marketing", [by_contact.contact_id, new_id()], ["a", "b", "c"])  # type: ignore[list-item]

        assert held == ({by_contact.contact_id}, {"a"})
