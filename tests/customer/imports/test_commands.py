"""What is cleared up behind imports, and what is not."""

from datetime import timedelta

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.journal import Cause
from libs.platform.process import Platform
from services.customer.imports.commands import clear_imports
from tests.customer.calls import Headers, Record, get, post
from tests.customer.tables import column, csv_of, ran, uploaded

BAD = ["1", "Li", "nobody", "", ""]


async def cleared(platform: Platform, days: float) -> None:
    """Clear up as if so many days had passed."""

    async def body(session: AsyncSession) -> None:
        await clear_imports(session, session.info["now"] + timedelta(days=days))

    await platform.transactions.run(Cause("system", "test"), body)


async def left(database: Database, record: Record) -> list[int]:
    """Count the pieces, the refused rows and the sources of an import."""
    tables = ("import_file", "import_failure", "import_source")
    counted = [
        await column(database, f"SELECT count(*) FROM {name} WHERE import_id = :id", **record)
        for name in tables
    ]
    return [each[0] for each in counted]


class TestClearImports:
    async def test_cancels_what_nobody_came_back_to(
        self, client: httpx.AsyncClient, rep: Headers, platform: Platform, database: Database
    ) -> None:
        idle = await uploaded(client, rep, csv_of(BAD))
        running = await uploaded(client, rep, csv_of(BAD))
        await post(client, rep, f"/imports/{running['id']}/start")

        await cleared(platform, 6.9)
        before = await get(client, rep, f"/imports/{idle['id']}")
        await cleared(platform, 7.1)

        assert before["status"] == "uploaded"
        assert (await get(client, rep, f"/imports/{idle['id']}"))["status"] == "cancelled"
        assert (await get(client, rep, f"/imports/{running['id']}"))["status"] == "running"
        assert (await left(database, idle), await left(database, running)) == ([0, 0, 1], [1, 0, 1])

    async def test_forgets_refused_rows_a_month_after_the_end(
        self, client: httpx.AsyncClient, rep: Headers, platform: Platform, database: Database
    ) -> None:
        record = await uploaded(client, rep, csv_of(BAD), filename="a.csv")
        done = await ran(client, rep, platform, record)

        await cleared(platform, 29.9)
        kept = await left(database, done)
        await cleared(platform, 30.1)

        after = await get(client, rep, f"/imports/{done['id']}")
        errors = await client.get(f"/imports/{done['id']}/errors", headers=rep)
        assert (kept, await left(database, done)) == ([0, 1, 1], [0, 0, 0])
        assert (after["failed"], after["filename"], after["columns"]) == (1, None, [])
        assert errors.status_code == 409
