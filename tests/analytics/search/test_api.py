"""Search over HTTP: what is called so, and only what the caller may read."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.contracts.customer import AccountDeleted, AccountDetailsChanged, ContactMerged
from libs.contracts.sales import ProductAdded, ProductState
from tests.analytics.conftest import Models
from tests.api import slug
from tests.factories.customer_facts import account, contact, sealed
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import JANUARY, opened
from tests.factories.ticketing_facts import queue, ticket

THEIRS = UUID(int=3)
EMAIL = "zhang.wei@example.cn"


@pytest.fixture(scope="module", autouse=True)
async def records(models: Models) -> None:
    """Accounts, contacts, a ticket, a product, an opportunity; some not his, one deleted, one merged."""
    names = {20: "Acme Ltd", 21: "Acme Holding Ltd", 22: "Zenith", 23: "腾讯计算机有限公司"}
    facts: list[Any] = [account(number, name=name) for number, name in names.items()]
    facts += [account(24, name="Acme Theirs", owner_id=THEIRS), opened(30, name="Acme: 100 seats")]
    product = ProductState(
        id=UUID(int=31), name="GTX Pro", code="GTX-1", series=None, price_minor=1, currency="EUR",
        is_active=True, deleted_at=None,
    )  # fmt: skip
    facts += [ProductAdded(product_id=product.id, occurred_at=JANUARY, state=product), queue(800, 2)]
    await models.take([make_envelope(fact, 1) for fact in facts])
    people: list[Any] = [
        contact(40, family_name="张", given_name="伟", phone="+86 138 1234 5678", email=EMAIL),
        contact(41, given_name="Ada", owner_id=THEIRS),
        contact(42, given_name="Augusta"),
    ]
    merged = contact(42, ContactMerged, {"into_id": UUID(int=41)}, merged_into_id=UUID(int=41))
    asked: list[Any] = [ticket(50, owner_id=None, queue_id=UUID(int=800)), ticket(51, owner_id=THEIRS)]
    for fact in [*people, *asked]:
        key = await models.mint(fact.state.id.int)
        await models.take([make_envelope(fact, 1, sealed(fact, key))])
        if fact is people[2]:
            await models.take([make_envelope(merged, 2, sealed(merged, key))])
    gone = account(22, AccountDeleted, name="Zenith", deleted_at=JANUARY)
    await models.take([make_envelope(gone, 2)])


async def find(client: httpx.AsyncClient, headers: dict[str, str], q: str, **more: str | int) -> list[str]:
    response = await client.get("/search", params={"q": q, **more}, headers=headers)
    assert response.status_code == 200, response.text
    return [each["title"] for each in response.json()["items"]]


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("acme ltd", ["Acme Ltd", "Acme Holding Ltd"]),
            ("张伟", ["张伟"]),
            ("zw", ["张伟"]),
            ("腾讯", ["腾讯计算机有限公司"]),
            ("zhang.wei@example.cn", ["张伟"]),
            ("5678", ["张伟"]),
            ("138-1234-5678", ["张伟"]),
            ("gtx-1", ["GTX Pro"]),
            ("T-51", ["It does not start"]),
            ("lovelace", ["Ada Lovelace"]),
            ("zenith", []),
            ("%", []),
        ],
    )
    async def test_finds_by_the_name(
        self, client: httpx.AsyncClient, head: dict[str, str], query: str, titles: list[str]
    ) -> None:
        assert await find(client, head, query) == titles

    async def test_puts_the_very_name_first_and_beginnings_next(
        self, client: httpx.AsyncClient, head: dict[str, str], models: Models
    ) -> None:
        changed = account(25, AccountDetailsChanged, {"changed": ("name",)}, name="The Acme Ltd Trust")
        await models.take([make_envelope(changed, 1)])

        found = await find(client, head, "Acme Ltd")

        assert found[0] == "Acme Ltd"
        assert sorted(found[1:]) == ["Acme Holding Ltd", "The Acme Ltd Trust"]

    async def test_tells_what_a_record_is(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        (hit,) = (await client.get("/search", params={"q": "张伟"}, headers=head)).json()["items"]

        assert (hit["type"], hit["id"], hit["subtitle"]) == (
            "contact",
            str(UUID(int=40)),
            "zhang.wei@example.cn",
        )

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        assert await find(client, seller, "lovelace") == []
        assert await find(client, seller, "acme", types="opportunity") == ["Acme: 100 seats"]
        assert "Acme Theirs" not in await find(client, seller, "acme", types="account")
        assert await find(client, seller, "T-50") == ["It does not start"]
        assert await find(client, seller, "T-51") == []
        assert await find(client, seller, "gtx") == []

    async def test_takes_types_and_a_limit(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        assert await find(client, head, "acme", types="opportunity") == ["Acme: 100 seats"]
        assert len(await find(client, head, "acme", limit=2)) == 2
        assert await find(client, head, "acme", types="spaceship") == []

    @pytest.mark.parametrize("query", ["", "q=", "q=%00", "q=a&limit=51", "q=a&types=A"])
    async def test_refuses_what_it_does_not_know(
        self, client: httpx.AsyncClient, head: dict[str, str], query: str
    ) -> None:
        assert (await client.get(f"/search?{query}", headers=head)).status_code == 400

    async def test_refuses_strangers(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/search?q=acme")

        assert (response.status_code, slug(response)) == (401, "unauthenticated")
