"""Every SELECT on products."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.listing import Filter, Listing
from libs.common.problems import NotFound
from services.sales.products.model import Product

_SHOWN = (
    *("id", "version", "name", "code", "series", "price_minor", "currency", "is_active"),
    *("created_at", "updated_at", "deleted_at"),
)

LISTING = Listing(
    "products",
    columns={name: getattr(Product, name) for name in (*_SHOWN, "external_system", "external_id")},
    filters={
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


async def list_page(connection: AsyncConnection, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of products as JSON; they belong to nobody in particular."""
    return await LISTING.page(connection, LISTING.parse(parameters))


async def read(connection: AsyncConnection, identity: UUID) -> dict[str, Any]:
    """Return one product."""
    statement = select(*(getattr(Product, name) for name in _SHOWN)).where(Product.id == identity)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)
