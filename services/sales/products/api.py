"""Products over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.sales.products import commands, queries
from services.sales.products.schemas import ProductCreate, ProductRead, ProductUpdate

router = Router("/products")
Reader = Depends(Needs("product:read"))
Creator = Depends(Needs("product:create"))
Editor = Annotated[Actor, Depends(Needs("product:update"))]
Remover = Annotated[Actor, Depends(Needs("product:delete"))]
_CHANGE: dict[str, Any] = {"response_model": ProductRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, ProductRead))
async def list_products(request: Request, reads: Reads) -> Response:
    """Return a page of products."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, dependencies=[Creator], **_CHANGE)
async def create_product(body: ProductCreate, session: Session) -> Response:
    """Add a product."""
    made = await commands.add_product(session, body, session.info["now"])
    return respond(ProductRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults, dependencies=[Creator])
async def create_products(body: Batch[ProductCreate], request: Request) -> Response:
    """Add up to 200 products, with a result for each."""

    async def effect(session: AsyncSession, item: ProductCreate) -> Aggregate:
        return await commands.add_product(session, item, session.info["now"])

    return await run_batch(request, body.items, ProductCreate, effect)


@router.get("/{identity}", response_model=ProductRead, dependencies=[Reader])
async def read_product(identity: UUID, reads: Reads) -> Response:
    """Return one product."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_product(
    identity: UUID, body: ProductUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a product."""
    done = await commands.change_product(session, identity, version, body, actor, session.info["now"])
    return respond(ProductRead.model_validate(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_product(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a product into the recycle bin."""
    done = await commands.delete_product(session, identity, version, actor, session.info["now"])
    return respond(ProductRead.model_validate(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_product(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a product out of the recycle bin."""
    done = await commands.restore_product(session, identity, actor, session.info["now"])
    return respond(ProductRead.model_validate(done), done)
