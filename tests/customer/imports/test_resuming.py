"""What happens to imports meanwhile: rights change, somebody cancels, workers die."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.testing import Scratch, kek_file
from libs.platform.directory.entries import Entry
from libs.platform.process import Platform
from services.customer import importing
from services.customer.imports import queries
from services.customer.jobs import run_imports
from tests.api import bearer, colleague, seed, through_key
from tests.customer.calls import Headers, Record, get, post
from tests.customer.tables import column, counts, csv_of, people, ran, taken_in, uploaded
from tests.factories.directory import uid

type Client = httpx.AsyncClient

# What an import may add while it runs, whatever the size of its file.
MOST_MEMORY = 20 * 1024 * 1024


class TestRights:
    async def test_reach_no_further_than_the_owner_s(
        self, client: Client, rep: Headers, peer: Headers, platform: Platform, mark: str
    ) -> None:
        rows = people(2, mark)
        await taken_in(client, peer, platform, csv_of(*rows))

        by_id = await taken_in(client, rep, platform, csv_of(*rows))
        by_email = await taken_in(
            client, rep, platform, csv_of(*(["", *row[1:]] for row in rows)), match_by="email"
        )
        for_others = await taken_in(
            client,
            rep,
            platform,
            csv_of([f"{mark}-x", "Li", "", "", ""]),
            default_owner_id=str(UUID(int=3)),
        )

        assert counts(by_id) == {"rows": 2, "failed": 2}
        assert counts(by_email) == {"rows": 2, "created": 2}
        assert counts(for_others) == {"rows": 1, "failed": 1}

    async def test_are_asked_again_when_it_runs(
        self, client: Client, platform: Platform, database: Database, mark: str
    ) -> None:
        number, rights = 77, {"import:create": "own", "import:read": "own", "contact:create": "own"}
        await seed(database, colleague(number, rights, dv=50))
        headers = bearer(number, dv=50)
        record = await uploaded(client, headers, csv_of([mark, "Li", "", "", ""]))
        await post(client, headers, f"/imports/{record['id']}/start")
        await seed(database, colleague(number, rights | {"contact:create": "none"}, dv=51))
        await platform.replica.look()

        await run_imports.run(platform.transactions, UUID(record["id"]))

        stopped = await get(client, headers, f"/imports/{record['id']}")
        assert (stopped["status"], stopped["reason"], counts(stopped)) == ("stopped", "forbidden", {})
        await seed(database, colleague(number, rights, dv=52))
        await platform.replica.look()
        await post(client, bearer(number, dv=52), f"/imports/{record['id']}/start")
        await run_imports.run(platform.transactions, UUID(record["id"]))
        finished = await get(client, headers, f"/imports/{record['id']}")
        assert (finished["status"], counts(finished)) == ("finished", {"rows": 1, "created": 1})

    async def test_end_with_the_key_that_it_was_started_by(
        self, client: Client, platform: Platform, database: Database, mark: str
    ) -> None:
        data = {"user_id": str(uid(1)), "scopes": ["*:*"], "expires_at": None}
        key = Entry("api-key", str(uid(501)), 60, data)
        await seed(database, [key])
        headers = through_key(1, 501, dv=60)
        record = await uploaded(client, headers, csv_of([mark, "Li", "", "", ""]))
        await post(client, headers, f"/imports/{record['id']}/start")
        await seed(database, [replace(key, dv=61, deleted=True)])
        await platform.replica.look()

        await run_imports.run(platform.transactions, UUID(record["id"]))

        stopped = await get(client, bearer(1), f"/imports/{record['id']}")
        assert (stopped["status"], stopped["reason"], counts(stopped)) == ("stopped", "forbidden", {})


class TestPrivacy:
    async def test_keeps_nothing_readable_of_what_stands_in_the_file(
        self, client: Client, manager: Headers, platform: Platform, database: Database, mark: str
    ) -> None:
        good = [f"{mark}-1", f"Good{mark}", f"{mark}@example.com", "", ""]
        bad = [f"{mark}-2", f"Bad{mark}", "nobody", f"+86{mark}", ""]
        record = await uploaded(client, manager, csv_of(good, bad), filename=f"file{mark}.csv")
        tables = ("import", "import_source", "import_file", "import_progress", "import_failure")

        held = [await self._text(database, name) for name in tables]
        done = await ran(client, manager, platform, record)

        held += [await self._text(database, name) for name in (*tables, "outbox", "audit", "idempotency")]
        assert counts(done) == {"rows": 2, "created": 1, "failed": 1}
        for name in ("Good", "Bad", "file"):
            assert [f"{name}{mark}" in each for each in held] == [False] * len(held)
        assert await column(database, "SELECT n FROM import_file WHERE import_id = :id", **done) == []
        assert (await get(client, manager, f"/imports/{done['id']}"))["filename"] == f"file{mark}.csv"

    async def _text(self, database: Database, table: str) -> str:
        bytes_of = {"import_file": "encode(bytes, 'escape')", "outbox": "convert_from(value, 'UTF8')"}
        shown = bytes_of.get(table, "t::text")
        return "\n".join(await column(database, f'SELECT {shown} FROM "{table}" t'))


class TestCancel:
    async def test_counts_what_was_done_and_does_no_more(
        self, client: Client, manager: Headers, platform: Platform, mark: str, database: Database
    ) -> None:
        record = await uploaded(client, manager, csv_of(*people(4000, mark)))
        await post(client, manager, f"/imports/{record['id']}/start")
        running = asyncio.create_task(run_imports.run(platform.transactions, UUID(record["id"])))
        made = "SELECT sum(created) FROM import_progress WHERE import_id = :id"
        async with asyncio.timeout(60):
            while not (await column(database, made, **record))[0]:
                await asyncio.sleep(0.01)

        cancelled = await post(client, manager, f"/imports/{record['id']}/cancel")
        await running

        kept = "SELECT count(*) FROM contact WHERE external_id LIKE :mark"
        after = await get(client, manager, f"/imports/{record['id']}")
        assert (cancelled["status"], after["status"]) == ("cancelled", "cancelled")
        assert 0 < cancelled["created"] < 4000
        assert counts(after) == counts(cancelled)
        assert await column(database, kept, mark=f"{mark}-%") == [cancelled["created"]]
        assert await column(database, "SELECT n FROM import_file WHERE import_id = :id", **record) == []


async def worked(client: Client, headers: Headers, record: Record, *platforms: Platform) -> Record:
    """Let the loops of as many workers run until the import is at rest."""
    stop = asyncio.Event()
    loops = [importing.Importer(run_imports.commands)(each.transactions, stop) for each in platforms]
    workers = [asyncio.create_task(each) for each in loops]
    async with asyncio.timeout(60):
        while (found := await get(client, headers, f"/imports/{record['id']}"))["status"] == "running":
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.gather(*workers)
    return found


class TestTwoWorkers:
    async def test_share_no_import(
        self, client: Client, manager: Headers, platform: Platform, scratched: Scratch, mark: str
    ) -> None:
        record = await uploaded(client, manager, csv_of(*people(2000, mark)))
        await post(client, manager, f"/imports/{record['id']}/start")
        other = Platform(scratched.settings, scratched.database)
        await other.begin()

        done = await worked(client, manager, record, platform, other)

        assert (done["status"], counts(done)) == ("finished", {"rows": 2000, "created": 2000})

    async def test_are_held_to_one_effect_by_the_lanes_alone(
        self, client: Client, manager: Headers, platform: Platform, mark: str, database: Database
    ) -> None:
        record = await uploaded(client, manager, csv_of(*people(3000, mark)))
        await post(client, manager, f"/imports/{record['id']}/start")
        identity = UUID(record["id"])

        # Without the lock that keeps workers apart, as if one was thought dead and is not.
        await asyncio.gather(*(run_imports.run(platform.transactions, identity) for _ in range(2)))
        await run_imports.run(platform.transactions, identity)

        done = await get(client, manager, f"/imports/{record['id']}")
        kept = "SELECT count(*) FROM contact WHERE external_id LIKE :mark"
        assert (done["status"], counts(done)) == ("finished", {"rows": 3000, "created": 3000})
        assert await column(database, kept, mark=f"{mark}-%") == [3000]


class TestTrouble:
    @pytest.fixture(autouse=True)
    def _short_rests(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importing, "_REST", 0.01)

    async def test_waits_for_a_database_that_is_away(
        self, client: Client, manager: Headers, platform: Platform, monkeypatch: pytest.MonkeyPatch, mark: str
    ) -> None:
        record = await uploaded(client, manager, csv_of(*people(3, mark)))
        await post(client, manager, f"/imports/{record['id']}/start")
        advance, failures = queries.advance, [OSError() for _ in range(5)]

        async def failing(*given: Any) -> None:
            if failures:
                raise failures.pop()
            await advance(*given)

        monkeypatch.setattr(queries, "advance", failing)
        done = await worked(client, manager, record, platform)

        assert (done["status"], counts(done)) == ("finished", {"rows": 3, "created": 3})
        assert not failures

    async def test_gives_up_what_always_fails(
        self, client: Client, manager: Headers, platform: Platform, monkeypatch: pytest.MonkeyPatch, mark: str
    ) -> None:
        record = await uploaded(client, manager, csv_of(*people(3, mark)))
        await post(client, manager, f"/imports/{record['id']}/start")

        async def failing(*_: Any) -> None:
            raise ArithmeticError

        monkeypatch.setattr(queries, "advance", failing)
        stopped = await worked(client, manager, record, platform)

        assert (stopped["status"], stopped["reason"], counts(stopped)) == ("stopped", "internal", {})

    async def test_stops_when_the_file_was_tampered_with(
        self, client: Client, manager: Headers, platform: Platform, database: Database, mark: str
    ) -> None:
        record = await uploaded(client, manager, csv_of(*people(3, mark)))
        async with database.engine.begin() as connection:
            sql = "UPDATE import_file SET bytes = overlay(bytes placing 'x' from 20) WHERE import_id = :id"
            await connection.execute(text(sql), record)

        stopped = await ran(client, manager, platform, record)

        assert (stopped["status"], stopped["reason"], counts(stopped)) == ("stopped", "table-damaged", {})


@asynccontextmanager
async def a_worker(lent: Scratch, log: Path) -> AsyncIterator[Process]:
    """The worker's own process, as production starts it; killed at the end, if it still lives."""
    settings = {
        "DATABASE_URL": lent.url,
        "KAFKA_BOOTSTRAP": lent.settings.kafka_bootstrap,
        "KEK_FILE": str(kek_file()),
        "SLOT": "customer-0",
    }
    environment = os.environ | {f"PLEXUS_{name}": value for name, value in settings.items()}
    with log.open("ab") as written:
        command = (sys.executable, "-m", "services.customer.worker", "--only", "jobs")
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=written, stderr=written
        )
    try:
        yield process
    finally:
        beside = psutil.Process(process.pid).children() if process.returncode is None else []
        if process.returncode is None:
            process.kill()
        await process.wait()
        assert not (await asyncio.to_thread(psutil.wait_procs, beside, timeout=10))[1]


def memory(pid: int) -> int:
    """Bytes of a worker and of the process beside it, in which imports run; what they share counts once."""
    worker = psutil.Process(pid)
    return sum(each.memory_full_info().pss for each in (worker, *worker.children()))


class TestKilled:
    KILLS = 3
    ROWS = 3000

    async def test_leaves_no_row_out_and_takes_none_twice(
        self,
        client: Client,
        manager: Headers,
        scratched: Scratch,
        database: Database,
        mark: str,
        tmp_path: Path,
    ) -> None:
        rows = people(self.ROWS, mark)
        rows[1500][2] = "nobody"
        record = await uploaded(client, manager, csv_of(*rows))
        await post(client, manager, f"/imports/{record['id']}/start")

        reached, grown = [], []
        for kill in range(1, self.KILLS + 1):
            async with a_worker(scratched, tmp_path / "log") as worker:
                reached.append(await self._until(database, record, kill * self.ROWS // (self.KILLS + 2)))
        async with a_worker(scratched, tmp_path / "log") as worker:
            # From its own first rows on, when everything that it needs is loaded.
            await self._until(database, record, await self._until(database, record, 0) + 1)
            begun = memory(worker.pid)
            await self._until(database, record, self.ROWS)
            grown.append(memory(worker.pid) - begun)
            async with asyncio.timeout(60):
                while (done := await get(client, manager, f"/imports/{record['id']}"))["status"] == "running":
                    await asyncio.sleep(0.05)

        assert [0 < each < self.ROWS for each in reached] == [True] * self.KILLS
        assert (done["status"], counts(done)) == (
            "finished",
            {"rows": self.ROWS, "created": self.ROWS - 1, "failed": 1},
        )
        sql = (
            "SELECT external_id || ' ' || family_name || ' ' || email FROM contact WHERE external_id LIKE :m"
        )
        expected = sorted(f"{row[0]} {row[1]} {row[2]}" for row in rows if row[2] != "nobody")
        assert sorted(await column(database, sql, m=f"{mark}-%")) == expected
        failed = "SELECT row FROM import_failure WHERE import_id = :id"
        assert await column(database, failed, **record) == [1502]
        names = "SELECT count(*) FROM account WHERE name = :name"
        assert await column(database, names, name=f"Company {mark}") == [1]
        assert grown[0] < MOST_MEMORY
        assert mark not in (tmp_path / "log").read_text("utf-8")

    async def _until(self, database: Database, record: Record, wanted: int) -> int:
        """Wait until so many rows were dealt with; return how many it were then."""
        sql = "SELECT sum(rows)::bigint FROM import_progress WHERE import_id = :id"
        async with asyncio.timeout(60):
            while (found := (await column(database, sql, **record))[0]) < wanted:
                await asyncio.sleep(0.01)
        return int(found)
