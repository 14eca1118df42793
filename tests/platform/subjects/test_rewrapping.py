"""A rotation of the key-encryption key while subjects come, go and are read."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import DataKey, Unreadable
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.kek_file import KekFile, with_current, with_new_key, without
from libs.common.kek_usage import usage_at
from libs.common.plan import Wrapped
from libs.common.rewrapping import CHUNK, rewrap_all, rewrap_rows
from libs.common.testing import Scratch, kek_file
from libs.common.transaction import Transactions
from libs.platform.process import Platform
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.minting import mint
from libs.platform.subjects.replica import erase
from libs.platform.subjects.rewrapping import PLACE, rewrap_subjects

OLD, NOW = "2026-11", datetime(2026, 12, 1, tzinfo=UTC)
CAUSE = Cause("system", "test")
SESSIONS = Wrapped("secrets", "held", prefix="webhook-")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kek.json"
    path.touch(mode=0o600)
    path.write_bytes(kek_file().read_bytes())
    return path


def rotated(file: Path) -> str:
    """Put a new key in use, as the command does."""
    told, name = with_new_key(json.loads(file.read_text()), NOW)
    file.write_text(json.dumps(told))
    file.write_text(json.dumps(with_current(told, name)))
    return name


def heard(platform: Platform) -> None:
    """Have a process look at its file now."""
    assert platform.ring.reread is not None
    platform.ring.reread()


@pytest.fixture
async def platform(scratched: Scratch, file: Path) -> AsyncIterator[Platform]:
    settings = scratched.settings.model_copy(update={"kek_file": file})
    yield Platform(settings, scratched.database)
    async with scratched.database.engine.begin() as connection:
        await connection.execute(text("TRUNCATE subject_key, outbox"))
        await connection.execute(text("DROP TABLE IF EXISTS secrets"))


async def minted(transactions: Transactions, count: int) -> list[UUID]:
    async def body(session: AsyncSession) -> list[UUID]:
        return [mint(session) for _ in range(count)]

    return await transactions.run(CAUSE, body)


async def rewrapped(transactions: Transactions) -> int:
    return await rewrap_all(transactions, PLACE, rewrap_subjects, asyncio.Event())


async def told(database: Database, verb: str) -> int:
    async with database.engine.connect() as connection:
        sql = text("SELECT count(*) FROM outbox WHERE headers->>'ce_type' = :type")
        return int((await connection.execute(sql, {"type": f"auth.subject-key.{verb}.v1"})).scalar_one())


class TestKekFile:
    def test_follows_its_file_and_keeps_what_it_has_when_that_is_broken(self, file: Path) -> None:
        keks = KekFile(file)
        key = DataKey.mint("one")
        before = keks.ring.wrap(key)

        name = rotated(file)
        elsewhere = KekFile(file).ring.wrap(key)

        # It has not looked, and meets a key that it does not know.
        assert keks.ring.unwrap("one", elsewhere) == keks.ring.unwrap("one", before) == key
        assert keks.ring.current == name
        for broken in (
            "x",
            '{"current": 1}',
            file.read_text().replace('"blind_index": "AA', '"blind_index": "BB'),
        ):
            file.write_text(broken)
            keks.look()
            assert (keks.ring.current, keks.ring.unwrap("one", before)) == (name, key)
        file.unlink()
        keks.look()
        assert keks.ring.current == name

    def test_drops_an_old_key_and_never_the_current_one(self, file: Path) -> None:
        keks = KekFile(file)
        before = keks.ring.wrap(DataKey.mint("one"))
        name = rotated(file)

        with pytest.raises(ValueError, match="the current key"):
            without(json.loads(file.read_text()), name)
        with pytest.raises(ValueError, match="no key"):
            without(json.loads(file.read_text()), "2020-01")
        file.write_text(json.dumps(without(json.loads(file.read_text()), OLD)))
        keks.look()

        with pytest.raises(Unreadable):
            keks.ring.unwrap("one", before)

    def test_gives_each_key_of_a_month_a_name_of_its_own(self) -> None:
        content: dict[str, object] = {"current": "m", "keys": {}, "blind_index": ""}
        names = []
        for _ in range(3):
            content, name = with_new_key(content, NOW)
            names.append(name)

        assert names == ["2026-12", "2026-12-2", "2026-12-3"]
        assert len(set(content["keys"].values())) == 3  # type: ignore[attr-defined]


class TestRewrapSubjects:
    async def test_takes_every_living_subject_and_tells_of_it(
        self, platform: Platform, scratched: Scratch, file: Path
    ) -> None:
        transactions, database = platform.transactions, scratched.database
        ids = await minted(transactions, CHUNK + 5)
        await transactions.run(CAUSE, partial(erase, subject_id=ids[0], now=NOW))
        async with database.engine.connect() as connection:
            before = await load_keys(connection, platform.ring, ids)
        name = rotated(file)
        heard(platform)

        assert await rewrapped(transactions) == len(ids) - 1
        assert await rewrapped(transactions) == 0

        async with database.engine.connect() as connection:
            assert (await load_keys(connection, platform.ring, ids)).keys == before.keys
        assert await told(database, "rewrapped") == len(ids) - 1
        # What was told when they were minted is under the old key until it is sent.
        assert await usage_at(scratched.url, OLD) == {"outbox": len(ids)}
        assert await usage_at(scratched.url, name) == {"outbox": len(ids) - 1, "subject_key": len(ids) - 1}

    async def test_goes_on_where_it_was_broken_off(self, platform: Platform, file: Path) -> None:
        transactions = platform.transactions
        await minted(transactions, 2 * CHUNK)
        rotated(file)
        heard(platform)
        stop = asyncio.Event()

        async def once(session: AsyncSession, place: Wrapped, ids: list[UUID]) -> int:
            stop.set()
            return await rewrap_subjects(session, place, ids)

        assert await rewrap_all(transactions, PLACE, once, stop) == CHUNK  # type: ignore[arg-type]
        assert await rewrapped(transactions) == CHUNK

    async def test_fails_no_write_or_read_meanwhile(
        self, platform: Platform, scratched: Scratch, file: Path
    ) -> None:
        """Writers that have not heard of the new key, readers, and erasures that race with the rotation."""
        transactions, database = platform.transactions, scratched.database
        ids = await minted(transactions, 3 * CHUNK)
        late = Platform(scratched.settings.model_copy(update={"kek_file": file}), database)
        rotated(file)
        heard(platform)
        fresh, read = list[UUID](), 0

        async def use() -> None:
            nonlocal read
            for number in range(30):
                fresh.extend(await minted((late if number % 2 else platform).transactions, 1))
                async with database.engine.connect() as connection:
                    found = await load_keys(connection, late.ring, ids)
                read += sum(each is not None for each in found.keys.values())
                await transactions.run(CAUSE, partial(erase, subject_id=ids[number * 7], now=NOW))

        await asyncio.gather(use(), rewrapped(transactions))
        while await rewrapped(transactions):
            pass

        assert read == 30 * len(ids) - sum(range(30))
        async with database.engine.connect() as connection:
            after = await load_keys(connection, platform.ring, [*ids, *fresh])
        assert sum(each is None for each in after.keys.values()) == 30
        assert len(after.keys) == len(ids) + len(fresh)
        assert set(await usage_at(scratched.url, OLD)) <= {"outbox"}
        async with database.engine.connect() as connection:
            # Nothing is told of a subject behind his erasure.
            last = text(
                "SELECT count(*) FROM (SELECT DISTINCT ON (key) headers->>'ce_type' AS type FROM outbox"
                " WHERE topic = 'crm.auth.subject-key' ORDER BY key, id DESC) AS o WHERE type LIKE '%erased%'"
            )
            assert (await connection.execute(last)).scalar_one() == 30


class TestRewrapRows:
    async def test_wraps_a_column_and_leaves_what_no_key_opens(
        self, platform: Platform, scratched: Scratch, file: Path
    ) -> None:
        ids = [new_id() for _ in range(3)]
        keys = [DataKey.mint(f"webhook-{each}") for each in ids]
        held = [platform.ring.wrap(keys[0]), platform.ring.wrap(keys[0]), ""]
        async with scratched.database.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE secrets (id uuid PRIMARY KEY, held text)"))
            for row in zip(ids, held, strict=True):
                values = dict(zip(("id", "held"), row, strict=True))
                await connection.execute(text("INSERT INTO secrets VALUES (:id, :held)"), values)
        rotated(file)
        heard(platform)

        assert await rewrap_all(platform.transactions, SESSIONS, rewrap_rows, asyncio.Event()) == 1

        async with scratched.database.engine.connect() as connection:
            found = (await connection.execute(text("SELECT held FROM secrets ORDER BY id"))).scalars().all()
        assert platform.ring.is_current(found[0])
        assert platform.ring.unwrap(f"webhook-{ids[0]}", found[0]) == keys[0]
        assert list(found[1:]) == held[1:]
