"""Every declared filter and sort of imports is SQL that the server takes."""

from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.db import Database
from services.customer.imports.queries import LISTING
from tests.customer.listings import ask_everything


class TestListing:
    async def test_every_filter_and_sort_runs(self, database: Database) -> None:
        connection: AsyncConnection
        async with database.reading.connect() as connection:
            assert await ask_everything(LISTING, connection) > 20
