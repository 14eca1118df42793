"""Commands on products: what they write, and the events that tell of it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from libs.contracts.sales import ProductAdded, ProductChanged, ProductDeleted, ProductRestored
from services.sales.products.commands import add_product, change_product, delete_product, restore_product
from services.sales.products.model import Product
from services.sales.products.schemas import ProductCreate, ProductUpdate
from tests.factories.sales import NOW, make_product
from tests.sales.acting import an_actor, equip, kept

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def asked(**fields: object) -> ProductCreate:
    return ProductCreate.model_validate(
        {"name": "GTX Pro", "price_minor": 482_100, "currency": "USD", **fields}
    )


class TestAddProduct:
    async def test_records_product_added(self, session: AsyncSession) -> None:
        product = await add_product(session, asked(series="GTX"), NOW)
        await session.flush()

        assert recorded(session) == [
            ProductAdded(product_id=product.id, occurred_at=NOW, state=product.state())
        ]
        found = await session.get_one(Product, product.id, populate_existing=True)
        assert (found.series, found.price_minor, found.version) == ("GTX", 482_100, 1)

    async def test_rejects_an_external_id_twice(self, session: AsyncSession) -> None:
        named = asked(external_id={"system": "erp", "id": "7"})
        first = await add_product(session, named, NOW)
        await session.flush()

        with pytest.raises(Conflict, match="external-id-taken") as refused:
            await add_product(session, named, NOW)

        await session.flush()
        assert (refused.value.facts["id"], len(recorded(session))) == (str(first.id), 1)


class TestChangeProduct:
    async def test_changes_what_was_sent_alone(self, session: AsyncSession) -> None:
        product = await kept(session, make_product(series="GTX"))

        await change_product(session, product.id, 1, ProductUpdate(price_minor=1), an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            ProductChanged(product_id=product.id, occurred_at=LATER, state=product.state())
        ]
        assert (product.price_minor, product.series, product.version) == (1, "GTX", 2)

    async def test_rejects_a_stale_version(self, session: AsyncSession) -> None:
        product = await kept(session, make_product())

        with pytest.raises(StaleVersion):
            await change_product(session, product.id, 7, ProductUpdate(price_minor=1), an_actor(), LATER)

        await session.flush()
        assert (product.price_minor, recorded(session)) == (482_100, [])

    async def test_rejects_an_unknown_product(self, session: AsyncSession) -> None:
        with pytest.raises(NotFound):
            await change_product(session, new_id(), 1, ProductUpdate(price_minor=1), an_actor(), LATER)

        assert recorded(session) == []

    async def test_rejects_who_may_only_read(self, session: AsyncSession) -> None:
        product = await kept(session, make_product())
        reader = an_actor({"product:read": "all"})

        with pytest.raises(Forbidden):
            await change_product(session, product.id, 1, ProductUpdate(price_minor=1), reader, LATER)

        await session.flush()
        assert recorded(session) == []


class TestDeleteProduct:
    async def test_goes_and_comes_back(self, session: AsyncSession) -> None:
        product = await kept(session, make_product())

        await delete_product(session, product.id, 1, an_actor(), NOW)
        await session.flush()
        gone = product.state()
        await restore_product(session, product.id, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            ProductDeleted(product_id=product.id, occurred_at=NOW, state=gone),
            ProductRestored(product_id=product.id, occurred_at=LATER, state=product.state()),
        ]
        assert (gone.deleted_at, product.deleted_at) == (NOW, None)
