"""Each service has its database, and cannot enter another's."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.local.databases import create_databases, name_of, url_for

PASSWORDS = {"north": "first-password", "south": "second-password"}


@pytest.fixture
async def server() -> AsyncIterator[str]:
    url = os.environ["PLEXUS_TEST_POSTGRES_URL"]
    yield url
    connection = await asyncpg.connect(url)
    for service in PASSWORDS:
        await connection.execute(f"DROP DATABASE IF EXISTS {name_of(service)} WITH (FORCE)")
        await connection.execute(f"DROP ROLE IF EXISTS {name_of(service)}")
    await connection.close()


class TestCreateDatabases:
    async def test_gives_each_role_its_own_database_and_limits(self, server: str) -> None:
        await create_databases(server, PASSWORDS)
        await create_databases(server, PASSWORDS)

        connection = await asyncpg.connect(url_for(server, "north", PASSWORDS["north"]))
        try:
            await connection.execute("CREATE TABLE proof (id int)")
            assert await connection.fetchval("SHOW transaction_timeout") == "15s"
            assert await connection.fetchval("SHOW statement_timeout") == "5s"
            locale = (
                "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
            )
            assert await connection.fetchval(locale) == "bC.UTF-8"
        finally:
            await connection.close()

    async def test_lets_no_role_into_another_database(self, server: str) -> None:
        await create_databases(server, PASSWORDS)
        wrong = url_for(server, "north", PASSWORDS["north"]).removesuffix("north") + "south"

        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
            await asyncpg.connect(wrong)


class TestUrlFor:
    def test_keeps_the_options_of_the_server(self) -> None:
        url = url_for("postgresql://root:secret@db.internal:6432/postgres?sslmode=require", "sales", "pw")

        assert url == "postgresql://plexus_sales:pw@db.internal:6432/plexus_sales?sslmode=require"
