"""Commands on queues: what they write, and the events that tell of it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from services.ticketing.queues.commands import delete_queue, open_queue, restore_queue, revise_queue
from services.ticketing.queues.queries import find_queue, last_turn, note_turn
from services.ticketing.queues.schemas import QueueCreate, QueueUpdate
from tests.factories.directory import uid
from tests.factories.ticketing import NOW, make_queue
from tests.ticketing.acting import OWN, an_actor, equip, kept, kinds

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


class TestQueue:
    async def test_is_made_with_its_external_id_once(self, session: AsyncSession) -> None:
        asked = QueueCreate.model_validate({"name": "Support", "external_id": {"system": "old", "id": "7"}})

        made = await open_queue(session, asked, an_actor(), NOW)
        await session.flush()

        assert (kinds(session), made.external_id) == (["QueueOpened"], "7")
        with pytest.raises(Conflict, match="external-id-taken"):
            await open_queue(session, asked, an_actor(), NOW)

    async def test_is_changed_at_its_version(self, session: AsyncSession) -> None:
        found = await kept(session, make_queue(uid(1)))
        change = QueueUpdate(name="Other")

        with pytest.raises(StaleVersion):
            await revise_queue(session, found.id, 7, change, an_actor(), LATER)
        await revise_queue(session, found.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert (kinds(session), found.name, found.version) == (["QueueRevised"], "Other", 2)

    async def test_goes_to_the_recycle_bin_and_back(self, session: AsyncSession) -> None:
        found = await kept(session, make_queue(uid(1)))

        await delete_queue(session, found.id, 1, an_actor(), LATER)
        await session.flush()
        await restore_queue(session, found.id, an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["QueueDeleted", "QueueRestored"]

    async def test_asks_for_the_permission(self, session: AsyncSession) -> None:
        found = await kept(session, make_queue(uid(1)))

        with pytest.raises(Forbidden):
            await delete_queue(session, found.id, 1, an_actor(OWN), LATER)
        with pytest.raises(NotFound):
            await delete_queue(session, new_id(), 1, an_actor(), LATER)
        assert kinds(session) == []

    async def test_rejects_a_member_whom_nobody_has_heard_of(self, session: AsyncSession) -> None:
        found = await kept(session, make_queue())
        strange = QueueUpdate(member_ids=[uid(1), new_id()])

        with pytest.raises(UnknownReference):
            await revise_queue(session, found.id, 1, strange, an_actor(), LATER)
        assert (kinds(session), found.member_ids) == ([], [])

    async def test_rejects_being_used_from_the_recycle_bin(self, session: AsyncSession) -> None:
        found = await kept(session, make_queue())
        found.delete(LATER)
        await session.flush()

        with pytest.raises(Conflict, match="unknown-reference"):
            await find_queue(session, found.id)


class TestTurn:
    async def test_is_kept_outside_the_queues_version(self, session: AsyncSession) -> None:
        found = await kept(session, make_queue(uid(1), uid(2)))

        first = await last_turn(session, found.id)
        await note_turn(session, found.id, uid(2))

        assert (first, await last_turn(session, found.id), found.version) == (None, uid(2), 1)
