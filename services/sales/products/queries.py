"""Every SELECT on products."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.problems import Conflict
from services.sales.products.model import Product
from services.sales.products.schemas import ProductRead

_COLUMNS = {name: getattr(Product, name) for name in ProductRead.model_fields}

LISTING = Listing(
    "products",
    columns=_COLUMNS,
    filters={
        "id": Filter(Product.id),
        "name": Filter(Product.name, text=True),
        "code": Filter(Product.code),
        "series": Filter(Product.series),
        "is_active": Filter(Product.is_active),
        "external_system": Filter(Product.external_system),
        "external_id": Filter(Product.external_id),
        "deleted_at": Filter(Product.deleted_at),
    },
    sorts=("created_at", "name", "price_minor"),
    unless_filtered={"deleted_at": Product.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of products as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    """Return one product."""
    return await LISTING.read(source, identity)


async def demand_product(session: AsyncSession, identity: UUID | None) -> None:
    """Raise Conflict for a product that cannot be sold: unknown, or in the recycle bin."""
    if identity is None:
        return
    # It is our own table: what is not there now will not come by waiting.
    found = select(Product.id).where(Product.id == identity, Product.deleted_at.is_(None))
    if (await session.execute(found)).first() is None:
        raise Conflict("unknown-reference", detail=f"product {identity}")
