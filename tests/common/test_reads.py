"""Hot reads: one text for each shape, the values of each request, and a pool that says when it is full."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    literal,
    select,
    true,
)

from libs.common.problems import Unavailable
from libs.common.reads import Asked, ReadPool, Shapes, asking
from libs.common.testing import server_url

THING = Table("thing", MetaData(), Column("id", Uuid), Column("name", Text), Column("size", Integer))


def things(condition: ColumnElement[bool]) -> Select[str]:
    return select(THING.c.name, literal("fixed").label("kind")).where(condition).limit(3)


def ask(shapes: Shapes, condition: ColumnElement[bool]) -> Asked:
    return shapes.ask("things", condition, lambda: things(condition))


class TestShapes:
    def test_make_one_text_for_all_values(self) -> None:
        shapes, made = Shapes(), []

        def build() -> Select[str]:
            made.append(True)
            return things(condition)

        asked = []
        for size in (1, 2, 3):
            condition = and_(THING.c.size == size, THING.c.name.icontains(f"n{size}", autoescape=True))
            asked.append(shapes.ask("things", condition, build))

        assert len(made) == 1
        assert {each.text for each in asked} == {asked[0].text}
        assert [sorted(map(str, each.values)) for each in asked] == [
            sorted([str(size), f"n{size}", "3", "fixed"]) for size in (1, 2, 3)
        ]

    def test_tell_columns_and_operators_apart(self) -> None:
        shapes = Shapes()
        conditions = (
            THING.c.size == 1,
            THING.c.size > 1,
            THING.c.name == "1",
            THING.c.name.is_(None),
            true(),
        )

        assert len({ask(shapes, each).text for each in conditions}) == len(conditions)

    def test_refuse_a_text_that_would_change_with_its_values(self) -> None:
        with pytest.raises(TypeError, match="change the text"):
            ask(Shapes(), THING.c.size.in_([1, 2]))


class TestAsking:
    def test_asks_for_one_value_beside_a_list_in_a_column(self) -> None:
        kind, anyone = case((THING.c.size.in_([1, 2]), "small"), else_="large"), object()
        condition = THING.c.id == anyone

        asked = asking(Shapes().ask("kind", condition, lambda: select(kind).where(condition)), anyone)("one")

        assert (asked.text.count("$"), sorted(map(str, asked.values))) == (
            5,
            ["1", "2", "large", "one", "small"],
        )


@pytest.fixture
async def pool() -> AsyncIterator[ReadPool]:
    opened = ReadPool(server_url(), 2)
    yield opened
    await opened.close()


class TestReadPool:
    async def test_returns_rows_with_ids_as_texts(self, pool: ReadPool) -> None:
        id = uuid4()

        rows = await pool.rows(Asked("SELECT $1::uuid, $2::jsonb, $3::uuid[]", [id, {"a": [1]}, [id]]))

        assert [*rows[0]] == [str(id), {"a": [1]}, [str(id)]]

    async def test_takes_arrays_of_ids(self, pool: ReadPool) -> None:
        ids: list[UUID] = [uuid4(), uuid4()]
        among = literal(str(ids[1]), Uuid(as_uuid=False)) == any_(bindparam(None, ids, type_=ARRAY(Uuid())))
        asked = Shapes().ask("ids", among, lambda: select(among))

        assert [*(await pool.rows(asked))[0]] == [True]

    async def test_says_when_no_connection_is_free(
        self, pool: ReadPool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.reads.PATIENCE", 0.2)
        slow, quick = Asked("SELECT pg_sleep(2)", []), Asked("SELECT 1", [])

        answers = await asyncio.gather(
            *(pool.rows(each) for each in (slow, slow, quick)), return_exceptions=True
        )

        assert [isinstance(each, Unavailable) for each in answers] == [False, False, True]
        assert [*(await pool.rows(quick))[0]] == [1]

    async def test_opens_one_more_however_slow_the_server_greets(
        self, pool: ReadPool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.reads.PATIENCE", 0.0001)

        answers = await asyncio.gather(pool.rows(Asked("SELECT 1", [])), pool.rows(Asked("SELECT 2", [])))

        assert [[*each[0]] for each in answers] == [[1], [2]]

    async def test_waits_for_what_is_given_back(self, pool: ReadPool) -> None:
        answers = await asyncio.gather(*(pool.rows(Asked(f"SELECT {each}", [])) for each in range(20)))

        assert [each[0][0] for each in answers] == list(range(20))

    async def test_lends_no_connection_that_was_left_in_the_middle(self, pool: ReadPool) -> None:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await pool.rows(Asked("SELECT pg_sleep(5)", []))

        assert [*(await pool.rows(Asked("SELECT 1", [])))[0]] == [1]

    async def test_goes_on_after_a_statement_that_fails(self, pool: ReadPool) -> None:
        for _ in range(3):
            with pytest.raises(asyncpg.PostgresError):
                await pool.rows(Asked("SELECT 1 / 0", []))

        assert [*(await pool.rows(Asked("SELECT 1", [])))[0]] == [1]

    async def test_opens_others_where_the_server_closed_them(self, pool: ReadPool) -> None:
        killed = Asked("SELECT pg_terminate_backend(pg_backend_pid())", [])
        for _ in range(3):
            with pytest.raises(asyncpg.PostgresError):
                await pool.rows(killed)

        assert [*(await pool.rows(Asked("SELECT 1", [])))[0]] == [1]

    async def test_passes_on_that_the_server_is_away(self) -> None:
        nobody = ReadPool("postgresql://nobody@127.0.0.1:1/nowhere", 1)

        answers = await asyncio.gather(
            *(nobody.rows(Asked("SELECT 1", [])) for _ in range(3)), return_exceptions=True
        )

        assert all(isinstance(each, OSError) for each in answers)
