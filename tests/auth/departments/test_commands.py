from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Conflict, NotFound, StaleVersion
from libs.contracts.auth import DepartmentCreated, DepartmentDeleted, DepartmentMoved
from libs.platform.access.actor import Actor
from services.auth.departments import commands
from services.auth.departments.model import Department
from services.auth.departments.schemas import DepartmentCreate, DepartmentUpdate
from services.auth.directory import lock_head
from tests.factories.auth import NOW


async def made(
    session: AsyncSession, actor: Actor, name: str, parent: Department | None = None
) -> Department:
    asked = DepartmentCreate(name=name, parent_id=parent.id if parent else None)
    department = await commands.create_department(session, asked, actor, NOW)
    await session.flush()
    return department


class TestCreate:
    async def test_records_department_created(self, working: AsyncSession, master: Actor) -> None:
        before = (await lock_head(working)).dv

        department = await made(working, master, "Sales")

        assert recorded(working) == [DepartmentCreated(occurred_at=NOW, state=department.state())]
        assert department.dv == (await lock_head(working)).dv == before + 1

    async def test_refuses_an_unknown_head(self, working: AsyncSession, master: Actor) -> None:
        asked = DepartmentCreate(name="X", head_id=UUID(int=404))

        with pytest.raises(Conflict, match="unknown-user"):
            await commands.create_department(working, asked, master, NOW)

        assert recorded(working) == []


class TestMove:
    async def test_records_department_moved(self, working: AsyncSession, master: Actor) -> None:
        root, child = await made(working, master, "Root"), await made(working, master, "Child")

        await commands.move_department(working, child.id, root.id, master, NOW)
        await working.flush()

        assert isinstance(recorded(working)[-1], DepartmentMoved)
        assert child.parent_id == root.id

    async def test_refuses_a_circle_over_several_levels(self, working: AsyncSession, master: Actor) -> None:
        root = await made(working, master, "1")
        child = await made(working, master, "2", root)
        grandchild = await made(working, master, "3", child)

        with pytest.raises(Conflict, match="department-cycle"):
            await commands.move_department(working, root.id, grandchild.id, master, NOW)

        assert (root.parent_id, len(recorded(working))) == (None, 3)

    async def test_refuses_a_deleted_parent(self, working: AsyncSession, master: Actor) -> None:
        gone, other = await made(working, master, "Gone"), await made(working, master, "Other")
        await commands.delete_department(working, gone.id, 1, master, NOW)
        await working.flush()

        with pytest.raises(Conflict, match="unknown-department"):
            await commands.move_department(working, other.id, gone.id, master, NOW)


class TestChange:
    async def test_refuses_a_stale_version(self, working: AsyncSession, master: Actor) -> None:
        department = await made(working, master, "Sales")

        with pytest.raises(StaleVersion):
            await commands.change_department(
                working, department.id, 9, DepartmentUpdate(name="X"), master, NOW
            )

        assert department.name == "Sales"

    async def test_does_not_find_what_is_not_there(self, working: AsyncSession, master: Actor) -> None:
        with pytest.raises(NotFound):
            await commands.change_department(
                working, UUID(int=404), 1, DepartmentUpdate(name="X"), master, NOW
            )


class TestDelete:
    async def test_records_department_deleted(self, working: AsyncSession, master: Actor) -> None:
        department = await made(working, master, "Sales")

        await commands.delete_department(working, department.id, 1, master, NOW)
        await working.flush()

        assert isinstance(recorded(working)[-1], DepartmentDeleted)
        assert department.deleted_at == NOW
