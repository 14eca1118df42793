"""What can be done with a product."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.platform.access.actor import Actor, load
from services.sales.products.model import Product
from services.sales.products.schemas import ProductCreate, ProductUpdate


async def add_product(session: AsyncSession, asked: ProductCreate, now: datetime) -> Product:
    """Add a product."""
    named = await external_columns(session, Product, asked.external_id)
    made = Product.add(asked.model_dump(exclude={"external_id"}) | named, now)
    session.add(made)
    return made


async def change_product(
    session: AsyncSession, identity: UUID, version: int, asked: ProductUpdate, actor: Actor, now: datetime
) -> Product:
    """Change what was sent."""
    found = await load(session, Product, identity, actor, "product:update", for_update=True, version=version)
    found.change(asked.model_dump(exclude_unset=True), now)
    return found


async def delete_product(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Product:
    """Put it into the recycle bin."""
    found = await load(session, Product, identity, actor, "product:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_product(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Product:
    """Take it out of the recycle bin."""
    found = await load(session, Product, identity, actor, "product:delete", for_update=True)
    found.restore(now)
    return found
