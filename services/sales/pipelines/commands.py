"""What can be done with a pipeline."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.platform.access.actor import Actor, load
from services.sales.pipelines.model import Pipeline
from services.sales.pipelines.schemas import PipelineCreate, PipelineUpdate


async def open_pipeline(session: AsyncSession, asked: PipelineCreate, now: datetime) -> Pipeline:
    """Open a pipeline."""
    named = await external_columns(session, Pipeline, asked.external_id)
    made = Pipeline.open(asked.name, [each.model_dump() for each in asked.stages], now, **named)
    session.add(made)
    return made


async def reshape_pipeline(
    session: AsyncSession, identity: UUID, version: int, asked: PipelineUpdate, actor: Actor, now: datetime
) -> Pipeline:
    """Change what was sent."""
    found = await load(
        session, Pipeline, identity, actor, "pipeline:update", for_update=True, version=version
    )
    changes = asked.model_dump(exclude_unset=True)
    found.reshape(now, changes.get("name"), changes.get("stages"))
    return found


async def close_pipeline(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Pipeline:
    """Put it into the recycle bin."""
    found = await load(
        session, Pipeline, identity, actor, "pipeline:delete", for_update=True, version=version
    )
    found.close(now)
    return found


async def reopen_pipeline(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Pipeline:
    """Take it out of the recycle bin."""
    found = await load(session, Pipeline, identity, actor, "pipeline:delete", for_update=True)
    found.reopen(now)
    return found
