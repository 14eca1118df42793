"""Fixtures of every suite: scratch databases on the real server, a real broker, a clock that obeys.

A pytest plugin; `tests/conftest.py` loads it. The servers are those of `PLEXUS_TEST_*`, which
`python -m deploy.local test -- <command>` sets.
"""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database, UnitOfWork
from libs.common.garbage import settle
from libs.common.kafka import KafkaBus
from libs.common.lineage import mark
from libs.common.migrate import config_of
from libs.common.settings import Settings
from libs.common.tables import create_mechanism

_LIMITS = {
    "transaction_timeout": "15s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
}
_TEMPLATE_LOCK = 7_305_900


def pytest_collection_finish() -> None:
    """Keep the collector from walking, again and again, what was loaded for all suites."""
    settle()


def server_url() -> str:
    """Return the superuser's URL of the PostgreSQL that tests may fill; fails clearly without one."""
    return _needed("PLEXUS_TEST_POSTGRES_URL")


def _needed(variable: str) -> str:
    if variable not in os.environ:
        pytest.fail(f"{variable} is not set: run `python -m deploy.local test -- <command>`", pytrace=False)
    return os.environ[variable]


def database_url(name: str) -> str:
    """Return the URL of one database on the test server."""
    return make_url(server_url()).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Scratch:
    """One scratch database: its URL for other processes, and its pools for this one."""

    url: str
    settings: Settings
    database: Database


@asynccontextmanager
async def scratch(service: str = "toy", *, pool_size: int = 8, **options: Any) -> AsyncIterator[Scratch]:
    """Lend a fresh database at the head of `service`; without migrations it holds the mechanism alone."""
    name = f"plexus_test_{service}_{uuid4().hex[:12]}"
    await _create_from_template(name, service)
    settings = make_settings(service, database_url(name), pool_size=pool_size, **options)
    database = Database.connect(settings)
    async with database.engine.begin() as connection:
        # A copy of the template is no restored backup.
        await mark(connection)
    try:
        yield Scratch(settings.database_url, settings, database)
    finally:
        await database.close()
        async with _administrator() as connection:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def make_settings(service: str, url: str, **options: Any) -> Settings:
    """Return the settings of a process of `service`; whatever is not given is a harmless default."""
    given = {
        "service": service,
        "database_url": url,
        "kafka_bootstrap": os.environ.get("PLEXUS_TEST_KAFKA_BOOTSTRAP", "127.0.0.1:1"),
        "redis_url": os.environ.get("PLEXUS_TEST_REDIS_URL"),
        "kek_file": kek_file(),
        "slot": f"{service}-0",
    }
    return Settings(**(given | options))


def kek_file() -> Path:
    """Return a key-encryption-key file for tests, the same in every process of this machine's user."""
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"plexus-test-kek-{os.getuid()}.json"  # noqa: S108 - test keys
    if not path.exists():
        key = base64.b64encode(bytes(range(32))).decode()
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(
            json.dumps({"current": "2026-11", "keys": {"2026-11": key}, "blind_index": key}), "utf-8"
        )
        fresh.replace(path)
    return path


@asynccontextmanager
async def _administrator(database: str | None = None) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url(database) if database else server_url())
    try:
        yield connection
    finally:
        await connection.close()


async def _create_from_template(name: str, service: str) -> None:
    """Make the template once per server, under a lock that other test workers wait for."""
    template = f"plexus_test_{service}_template"
    async with _administrator() as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", _TEMPLATE_LOCK)
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template):
            await connection.execute(f"CREATE DATABASE {template}_new")
            await _migrate(f"{template}_new", service)
            await connection.execute(f"ALTER DATABASE {template}_new RENAME TO {template}")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        for setting, value in _LIMITS.items():
            await connection.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
        await connection.execute("SELECT pg_advisory_unlock($1)", _TEMPLATE_LOCK)


async def _migrate(database: str, service: str) -> None:
    """Bring an empty database to the head of its service."""
    opened = Database.connect(make_settings(service, database_url(database)))
    async with opened.engine.begin() as connection:
        await connection.run_sync(_upgrade, service)
    await opened.close()


def _upgrade(connection: Connection, service: str) -> None:
    config = config_of(f"services.{service}")
    if not Path(config.get_main_option("script_location") or "").is_dir():
        create_mechanism(connection)
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@pytest.fixture(scope="module")
def service(request: pytest.FixtureRequest) -> str:
    """Name the service under test: the folder right below tests/."""
    return str(request.path.relative_to(request.config.rootpath / "tests").parts[0])


@pytest.fixture(scope="module")
async def scratched(service: str) -> AsyncIterator[Scratch]:
    """A fresh, migrated database of the service under test, one for each test module."""
    async with scratch(service) as lent:
        yield lent


@pytest.fixture
def database(scratched: Scratch) -> Database:
    """The pools of the module's scratch database; what a test commits, the module's next test sees."""
    return scratched.database


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session whose every change, committed or not, is rolled back after the test."""
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        async with UnitOfWork(
            connection, autoflush=False, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as opened:
            yield opened
        await outer.rollback()


@pytest.fixture
async def bus() -> AsyncIterator[KafkaBus]:
    """The real broker."""
    opened = KafkaBus(
        make_settings("toy", "postgresql://nobody", kafka_bootstrap=_needed("PLEXUS_TEST_KAFKA_BOOTSTRAP"))
    )
    yield opened
    await opened.close()


@dataclass(slots=True)
class QueryCount:
    """The statements that ran inside the `with`."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many there were."""
        return len(self.statements)


@pytest.fixture
def query_count(database: Database) -> Callable[[], Any]:
    """Lend a counter of statements: `with counting() as counted: …` and then `counted.count`."""

    @contextmanager
    def counting() -> Iterator[QueryCount]:
        counted = QueryCount()

        def heard(_c: object, _k: object, statement: str, *_: object) -> None:
            counted.statements.append(statement)

        event.listen(database.engine.sync_engine, "before_cursor_execute", heard)
        try:
            yield counted
        finally:
            event.remove(database.engine.sync_engine, "before_cursor_execute", heard)

    return counting


class FakeClock:
    """A clock that stands still until told; `sleep` moves it."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        self._start, self._elapsed = start, 0.0

    def now(self) -> datetime:
        """Return the start and what has passed since."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._elapsed += seconds

    async def sleep(self, seconds: float) -> None:
        """Let time pass and others run."""
        self._elapsed += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()
