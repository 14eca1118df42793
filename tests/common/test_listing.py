"""A list pages through every row exactly once, whatever the order, and takes no hostile input."""

import itertools
import json
import os
import random
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.listing import Filter, Listing
from libs.common.listing_values import kind_of, write
from libs.common.problems import BadRequest
from libs.common.reads import Asked, ReadPool, Row

plants = sa.Table(
    "plants",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False),
    sa.Column("height", sa.BigInteger),
    sa.Column("price", sa.Numeric(20, 6)),
    sa.Column("sown", sa.Date),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("is_hardy", sa.Boolean, nullable=False),
    sa.Column("rank", sa.SmallInteger),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Column("secret", sa.Text),
    prefixes=["TEMPORARY"],
)
c = plants.c
SHOWN = ("id", "name", "height", "price", "sown", "created_at", "is_hardy")
PLANTS = Listing(
    "plants",
    columns={name: c[name] for name in SHOWN},
    filters={
        "name": Filter(c.name, text=True),
        "height": Filter(c.height),
        "price": Filter(c.price),
        "sown": Filter(c.sown),
        "created_at": Filter(c.created_at),
        "is_hardy": Filter(c.is_hardy),
        "rank": Filter(c.rank),
        "id": Filter(c.id),
        "secret": Filter(c.secret, match=lambda word: c.secret == word[::-1]),
        "deleted_at": Filter(c.deleted_at),
    },
    sorts=("id", "name", "height", "price", "sown", "created_at"),
    unless_filtered={"deleted_at": c.deleted_at.is_(None)},
)
START = datetime(2026, 1, 1, tzinfo=UTC)


def make_plants(count: int, seed: int) -> list[dict[str, Any]]:
    """Few distinct values and many NULLs, so that ties and NULLs fall on page borders."""
    chance = random.Random(seed)
    return [
        {
            "id": UUID(int=chance.getrandbits(128)),
            "name": chance.choice(["ash", "Ash", "elm", "oak_1", "oak%", "松"]),
            "height": chance.choice([None, -5, 0, 7, 2**62]),
            "price": chance.choice([None, Decimal("1.250000"), Decimal(3), Decimal("-0.000001")]),
            "sown": chance.choice([None, date(2026, 1, 1), date(2025, 12, 31), date(1, 1, 1)]),
            "created_at": START + timedelta(microseconds=chance.randrange(3)),
            "is_hardy": chance.random() < 0.5,
            "rank": None,
            "deleted_at": None,
            "secret": chance.choice(["abc", "xyz"]),
        }
        for _ in range(count)
    ]


@pytest.fixture
async def connection() -> AsyncIterator[AsyncConnection]:
    url = make_url(os.environ["PLEXUS_TEST_POSTGRES_URL"]).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(plants.create)
        yield connection
    await engine.dispose()


class Straight(ReadPool):
    """Hot reads over one connection, for the table is a temporary one."""

    def __init__(self, connection: Any) -> None:
        super().__init__("", 1)
        self.connection = connection

    async def rows(self, asked: Asked) -> list[Row]:
        found: list[Row] = await self.connection.fetch(asked.text, *asked.values)
        return found


async def ask(connection: AsyncConnection, *, scope: Any = None, **parameters: str) -> dict[str, Any]:
    """Return a page, which reads the same through SQLAlchemy and straight from the driver.

    Of pages behind a cursor one in eight is compared: a walk asks for hundreds of them.
    """
    query = PLANTS.parse(parameters.items())
    content = await PLANTS.page(connection, query, scope)
    if query.after is None or zlib.crc32(content) % 8 == 0:
        raw = (await connection.get_raw_connection()).driver_connection
        assert await PLANTS.page(Straight(raw), query, scope) == content
    page: dict[str, Any] = json.loads(content)
    return page


async def walk(connection: AsyncConnection, **parameters: str) -> list[str]:
    """Return the ids of all pages in order."""
    page = await ask(connection, **parameters)
    ids = [item["id"] for item in page["items"]]
    while page["next_cursor"] is not None:
        page = await ask(connection, **(parameters | {"cursor": page["next_cursor"]}))
        assert page["items"]
        ids += [item["id"] for item in page["items"]]
    return ids


def in_order(rows: list[dict[str, Any]], sort: str) -> list[str]:
    """Order rows by the rule in words: each key in its direction, NULLs last, then the id."""
    terms = [(term.removeprefix("-"), term.startswith("-")) for term in sort.split(",")]
    terms.append(("id", terms[-1][1]))

    def compare(one: dict[str, Any], other: dict[str, Any]) -> int:
        for name, descending in terms:
            left, right = one[name], other[name]
            if left is None or right is None:
                outcome = (left is None) - (right is None)
            elif name == "name":
                outcome = ((left.encode() > right.encode()) - (left.encode() < right.encode())) * (
                    -1
                ) ** descending
            else:
                outcome = ((left > right) - (left < right)) * (-1) ** descending
            if outcome:
                return outcome
        return 0

    return [str(row["id"]) for row in sorted(rows, key=cmp_to_key(compare))]


def every_sort() -> list[str]:
    signed = [sign + name for name in PLANTS.sorts for sign in ("", "-")]
    pairs = [
        f"{one},{two}" for one, two in itertools.permutations(signed, 2) if one.strip("-") != two.strip("-")
    ]
    return signed + random.Random(7).sample(pairs, 40) + ["height,-price,sown", "-sown,-height,name"]


class TestPaging:
    @pytest.mark.parametrize("limit", [1, 3, 50])
    async def test_yields_each_row_once_in_order_for_every_sort(
        self, connection: AsyncConnection, limit: int
    ) -> None:
        rows = make_plants(23, seed=limit)
        await connection.execute(plants.insert(), rows)

        for sort in every_sort():
            assert await walk(connection, sort=sort, limit=str(limit)) == in_order(rows, sort), sort

    async def test_yields_each_row_once_while_others_are_added(self, connection: AsyncConnection) -> None:
        rows = make_plants(30, seed=1)
        await connection.execute(plants.insert(), rows)
        first = await ask(connection, limit="10", sort="created_at")
        await connection.execute(plants.insert(), make_plants(5, seed=2))

        rest = await walk(connection, limit="10", sort="created_at", cursor=first["next_cursor"])

        ids = [item["id"] for item in first["items"]] + rest
        assert len(ids) == len(set(ids))
        assert {str(row["id"]) for row in rows} <= set(ids)

    async def test_the_last_page_has_no_cursor(self, connection: AsyncConnection) -> None:
        await connection.execute(plants.insert(), make_plants(3, seed=1))

        assert (await ask(connection, limit="3"))["next_cursor"] is None

    async def test_scope_limits_items_and_total_alike(self, connection: AsyncConnection) -> None:
        rows = make_plants(40, seed=1)
        await connection.execute(plants.insert(), rows)
        hardy = sum(row["is_hardy"] for row in rows)

        for limit in ("1", "200"):
            page = await ask(connection, scope=c.is_hardy.is_(True), limit=limit)
            assert page["total"] == {"count": hardy, "capped": False}
            assert all(item["is_hardy"] for item in page["items"])


class TestTotal:
    @pytest.mark.parametrize(("count", "capped"), [(999, False), (1000, False), (1001, True)])
    async def test_is_capped_at_a_thousand(
        self, connection: AsyncConnection, count: int, *, capped: bool
    ) -> None:
        await connection.execute(plants.insert(), make_plants(count, seed=1))

        # Asked again, a list within the cap is counted in the statement of its page.
        for _ in range(2):
            assert (await ask(connection))["total"] == {"count": min(count, 1000), "capped": capped}

    async def test_is_the_same_on_every_page(self, connection: AsyncConnection) -> None:
        await connection.execute(plants.insert(), make_plants(7, seed=1))
        first = await ask(connection, limit="5")

        last = await ask(connection, limit="5", cursor=first["next_cursor"])

        assert last["total"] == first["total"] == {"count": 7, "capped": False}


class TestFilters:
    @pytest.mark.parametrize(
        ("parameters", "holds"),
        [
            ({"name": "ash"}, lambda row: row["name"] == "ash"),
            ({"name[in]": "ash,elm"}, lambda row: row["name"] in {"ash", "elm"}),
            ({"name[prefix]": "AS"}, lambda row: row["name"].lower() == "ash"),
            ({"name[contains]": "_"}, lambda row: "_" in row["name"]),
            ({"name[contains]": "%"}, lambda row: "%" in row["name"]),
            ({"name[prefix]": "松"}, lambda row: row["name"] == "松"),
            ({"height[gte]": "0", "height[lt]": "7"}, lambda row: row["height"] == 0),
            ({"height[null]": "true"}, lambda row: row["height"] is None),
            ({"height[null]": "false"}, lambda row: row["height"] is not None),
            (
                {"price[lte]": "1.25"},
                lambda row: row["price"] is not None and row["price"] <= Decimal("1.25"),
            ),
            ({"sown[gt]": "0001-01-01"}, lambda row: row["sown"] is not None and row["sown"].year > 1),
            ({"created_at[gt]": "2026-01-01T01:00:00+01:00"}, lambda row: row["created_at"] > START),
            ({"is_hardy": "false"}, lambda row: not row["is_hardy"]),
            ({"secret": "cba"}, lambda row: row["secret"] == "abc"),
            ({"secret[in]": "cba,zyx"}, lambda _: True),
            ({"deleted_at[null]": "false"}, lambda row: row["deleted_at"] is not None),
            ({}, lambda row: row["deleted_at"] is None),
        ],
    )
    async def test_finds_what_the_rule_holds_for(
        self, connection: AsyncConnection, parameters: dict[str, str], holds: Any
    ) -> None:
        rows = make_plants(60, seed=3)
        rows[0]["deleted_at"] = START
        await connection.execute(plants.insert(), rows)

        page = await ask(connection, **parameters, limit="200")

        wanted = [
            row
            for row in rows
            if holds(row) and (row["deleted_at"] is None or "deleted_at[null]" in parameters)
        ]
        assert wanted
        assert {item["id"] for item in page["items"]} == {str(row["id"]) for row in wanted}


class TestFields:
    async def test_shows_the_fields_asked_for(self, connection: AsyncConnection) -> None:
        await connection.execute(plants.insert(), make_plants(1, seed=1))

        assert list((await ask(connection, fields="name,id"))["items"][0]) == ["name", "id"]

    async def test_shows_all_readable_fields_by_default(self, connection: AsyncConnection) -> None:
        await connection.execute(plants.insert(), make_plants(1, seed=1))

        assert tuple((await ask(connection))["items"][0]) == SHOWN


HOSTILE = [
    ({"height": "x"}, "bad-filter"),
    ({"height": str(2**63)}, "bad-filter"),
    ({"height": "9" * 5000}, "bad-filter"),
    ({"height": "١٢"}, "bad-filter"),
    ({"height": "1_0"}, "bad-filter"),
    ({"height": " 1"}, "bad-filter"),
    ({"rank": "32768"}, "bad-filter"),
    ({"price": "NaN"}, "bad-filter"),
    ({"price": "1e9"}, "bad-filter"),
    ({"sown": "2026-02-30"}, "bad-filter"),
    ({"sown": "0000-01-01"}, "bad-filter"),
    ({"sown": "20260101"}, "bad-filter"),
    ({"created_at": "2026-01-01"}, "bad-filter"),
    ({"created_at": "2026-01-01T00:00:00"}, "bad-filter"),
    ({"created_at": "0001-01-01T00:00:00+14:00"}, "bad-filter"),
    ({"created_at": "9999-12-31T23:59:59-14:00"}, "bad-filter"),
    ({"id": "{00000000-0000-0000-0000-000000000000}"}, "bad-filter"),
    ({"id[in]": "7,8"}, "bad-filter"),
    ({"id[in]": ",".join([str(UUID(int=0))] * 101)}, "bad-filter"),
    ({"is_hardy": "TRUE"}, "bad-filter"),
    ({"is_hardy[gt]": "true"}, "bad-filter"),
    ({"name": "a\0b"}, "bad-filter"),
    ({"name": "\ud800"}, "bad-filter"),
    ({"name": "a" * 501}, "bad-filter"),
    ({"name[like]": "%"}, "bad-filter"),
    ({"height[contains]": "1"}, "bad-filter"),
    ({"secret[gt]": "a"}, "bad-filter"),
    ({"height[null]": "maybe"}, "bad-filter"),
    ({"colour": "red"}, "unknown-parameter"),
    ({"name[": "red"}, "unknown-parameter"),
    ({"name;drop": "x"}, "unknown-parameter"),
    ({"\ud800": "x"}, "unknown-parameter"),
    ({"limit": "0"}, "bad-limit"),
    ({"limit": "201"}, "bad-limit"),
    ({"limit": "-1"}, "bad-limit"),
    ({"limit": "²"}, "bad-limit"),
    ({"limit": ""}, "bad-limit"),
    ({"sort": ""}, "bad-sort"),
    ({"sort": "secret"}, "bad-sort"),
    ({"sort": "name,name"}, "bad-sort"),
    ({"sort": "name,-name"}, "bad-sort"),
    ({"sort": "--name"}, "bad-sort"),
    ({"sort": "id,name,height,price"}, "bad-sort"),
    ({"fields": "secret"}, "bad-fields"),
    ({"fields": ""}, "bad-fields"),
    ({"cursor": ""}, "bad-cursor"),
    ({"cursor": "é"}, "bad-cursor"),
    ({"cursor": "bnVsbA"}, "bad-cursor"),
    ({"cursor": "W10"}, "bad-cursor"),
    ({"cursor": "A" * 9000}, "bad-cursor"),
]


class TestRefusals:
    @pytest.mark.parametrize(("parameters", "slug"), HOSTILE, ids=lambda each: ascii(each)[:50])
    def test_says_what_is_wrong(self, parameters: dict[str, str], slug: str) -> None:
        with pytest.raises(BadRequest) as refused:
            PLANTS.parse(parameters.items())

        assert refused.value.slug == slug
        assert refused.value.status == 400
        assert refused.value.render("zh")[2]

    def test_refuses_a_parameter_given_twice(self) -> None:
        with pytest.raises(BadRequest) as refused:
            PLANTS.parse([("limit", "1"), ("limit", "2")])

        assert refused.value.slug == "bad-parameter"

    async def test_refuses_a_cursor_of_another_order_or_filter(self, connection: AsyncConnection) -> None:
        await connection.execute(plants.insert(), make_plants(3, seed=1))
        cursor = (await ask(connection, limit="1", sort="name"))["next_cursor"]

        for other in ({"sort": "-name"}, {"sort": "name", "is_hardy": "true"}, {}):
            with pytest.raises(BadRequest, match="bad-cursor"):
                PLANTS.parse({**other, "cursor": cursor}.items())

    @pytest.mark.parametrize("sort", ["name", "height", "-created_at", "sown"])
    async def test_refuses_a_cursor_with_any_character_changed(
        self, connection: AsyncConnection, sort: str
    ) -> None:
        await connection.execute(plants.insert(), make_plants(3, seed=1))
        cursor = (await ask(connection, limit="1", sort=sort))["next_cursor"]

        for place, letter in enumerate(cursor):
            changed = cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
            with pytest.raises(BadRequest, match="bad-cursor"):
                PLANTS.parse([("cursor", changed), ("sort", sort)])

    @given(
        st.dictionaries(
            st.sampled_from(["limit", "cursor", "sort", "fields", "name", "height[in]"]), st.text()
        )
    )
    def test_reads_or_refuses_anything(self, parameters: dict[str, str]) -> None:
        try:
            query = PLANTS.parse(parameters.items())
        except BadRequest:
            return
        assert 1 <= query.limit <= 200


class TestValues:
    @given(
        st.one_of(
            st.uuids().map(lambda value: (sa.Uuid(), value)),
            st.integers(-(2**63), 2**63 - 1).map(lambda value: (sa.BigInteger(), value)),
            st.dates().map(lambda value: (sa.Date(), value)),
            st.datetimes(timezones=st.just(UTC)).map(lambda value: (sa.DateTime(), value)),
            st.decimals(-(10**13), 10**13, places=6).map(lambda value: (sa.Numeric(), value)),
            st.booleans().map(lambda value: (sa.Boolean(), value)),
        )
    )
    def test_written_values_are_read_back(self, typed: tuple[Any, Any]) -> None:
        column_type, value = typed

        assert kind_of(column_type).read(write(value) or "") == value

    def test_a_type_without_order_or_equality_is_refused(self) -> None:
        with pytest.raises(TypeError):
            kind_of(sa.JSON())


class TestParameters:
    def test_declares_every_filter_and_control(self) -> None:
        names = [parameter["name"] for parameter in PLANTS.parameters]

        assert {"limit", "cursor", "sort", "fields", "name", "name[prefix]", "height[gte]", "id[in]"} <= set(
            names
        )
        assert "height[prefix]" not in names
        assert "secret[gt]" not in names
        assert len(names) == len(set(names))
