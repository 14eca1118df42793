"""The exchange as it runs, over a database with a user, and what he proves himself with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import Cause
from libs.common.problems import Problem
from libs.common.testing import Scratch
from libs.platform.access.actor import Actor
from libs.platform.app import create_app
from services.auth.api_keys.commands import issue_key, revoke_key
from services.auth.api_keys.schemas import ApiKeyCreate
from services.auth.exchanges.api import router as exchanges
from services.auth.origins import Origin
from services.auth.sessions import commands as sessions
from services.auth.sessions.schemas import SignIn
from services.auth.settings import Settings
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.commands import begin_administration
from tests.auth.stream import deliver, transactions_of

ADMIN = SignIn(email="admin@example.org", password="correct horse")
HERE = Origin("192.0.2.1")
PUBLIC_URL = "https://crm.example.com"


@dataclass
class Holder:
    """The one user, who signs in and makes keys as often as a test wants."""

    scratched: Scratch

    async def cookie(self) -> tuple[UUID, str]:
        """A session, and the value of its cookie."""
        opened = await transactions_of(self.scratched).run(
            Cause("system", "test"), lambda session: sessions.sign_in_browser(session, ADMIN, HERE)
        )
        assert not isinstance(opened, Problem)
        return opened[0].id, opened[1]

    async def key(self, *scopes: str, per_minute: int | None = None) -> tuple[UUID, str]:
        """A key, and its secret."""
        asked = ApiKeyCreate(name="x", scopes=list(scopes) or ["lead:read"], requests_per_minute=per_minute)

        async def body(session: AsyncSession) -> tuple[UUID, str]:
            made, minted = await issue_key(session, asked, await self._actor(session), session.info["now"])
            return made.id, str(minted)

        made = await transactions_of(self.scratched).run(Cause("system", "test"), body)
        await deliver(self.scratched.database)
        return made

    async def revoke(self, key: UUID) -> None:
        async def body(session: AsyncSession) -> None:
            await revoke_key(session, key, Actor(None, session.info["directory"]), session.info["now"])

        await transactions_of(self.scratched).run(Cause("system", "test"), body)
        await deliver(self.scratched.database)

    async def sign_out(self, session_id: UUID) -> None:
        await transactions_of(self.scratched).run(
            Cause("system", "test"), lambda session: sessions.sign_out(session, session_id)
        )
        await deliver(self.scratched.database)

    async def run(self, statement: str, **values: object) -> None:
        async with self.scratched.database.reading.connect() as connection:
            await connection.execute(text(statement), values)

    async def _actor(self, session: AsyncSession) -> Actor:
        from_database = (await session.execute(text('SELECT id FROM "user"'))).scalar_one()
        return Everything(from_database, session.info["directory"])


class Everything(Actor):
    """Who holds every permission, whatever the replica has heard."""

    def demand(self, permission: str) -> None:
        """Let it be."""


@pytest.fixture(scope="module")
async def holder(scratched: Scratch) -> Holder:
    transactions = transactions_of(scratched)
    await transactions.run(Cause("system", "test"), rotate_signing_keys)
    await transactions.run(
        Cause("system", "test"), lambda session: begin_administration(session, ADMIN.email, ADMIN.password)
    )
    await deliver(scratched.database)
    return Holder(scratched)


@pytest.fixture(scope="module")
async def exchange(scratched: Scratch, holder: Holder) -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks as the gateway does."""
    settings = Settings(**scratched.settings.model_dump() | {"public_url": PUBLIC_URL})
    app = create_app(settings, "services.auth", [exchanges])
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        headers = {"X-Forwarded-Method": "GET", "X-Forwarded-For": "203.0.113.1"}
        async with httpx.AsyncClient(transport=transport, base_url="https://x", headers=headers) as client:
            yield client
