"""Commands on pipelines: what they write, and the events that tell of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Conflict, StaleVersion
from libs.contracts.sales import PipelineClosed, PipelineOpened, PipelineReopened, PipelineReshaped
from services.sales.pipelines.commands import (
    close_pipeline,
    open_pipeline,
    reopen_pipeline,
    reshape_pipeline,
)
from services.sales.pipelines.model import Pipeline
from services.sales.pipelines.schemas import PipelineCreate, PipelineUpdate
from tests.factories.sales import NOW, make_pipeline, stages_in
from tests.sales.acting import an_actor, equip, kept

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def asked(*stages: str, **fields: object) -> PipelineCreate:
    return PipelineCreate.model_validate({"name": "Direct sales", "stages": stages_in(*stages), **fields})


class TestOpenPipeline:
    async def test_records_pipeline_opened(self, session: AsyncSession) -> None:
        pipeline = await open_pipeline(session, asked("prospecting", "won", "lost"), NOW)
        await session.flush()

        assert recorded(session) == [
            PipelineOpened(pipeline_id=pipeline.id, occurred_at=NOW, state=pipeline.state())
        ]
        found = await session.get_one(Pipeline, pipeline.id, populate_existing=True)
        assert [each["name"] for each in found.stages] == ["prospecting", "won", "lost"]

    async def test_rejects_an_external_id_twice(self, session: AsyncSession) -> None:
        named = asked("prospecting", "won", "lost", external_id={"system": "erp", "id": "7"})
        await open_pipeline(session, named, NOW)
        await session.flush()

        with pytest.raises(Conflict, match="external-id-taken"):
            await open_pipeline(session, named, NOW)

        assert len(recorded(session)) == 1


class TestReshapePipeline:
    async def test_adds_a_stage(self, session: AsyncSession) -> None:
        pipeline = await kept(session, make_pipeline("prospecting", "won", "lost"))
        known = [{**each, "id": UUID(each["id"])} for each in pipeline.stages]
        stages = [known[0], *stages_in("engaging"), *known[1:]]

        change = PipelineUpdate.model_validate({"stages": stages})
        await reshape_pipeline(session, pipeline.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            PipelineReshaped(pipeline_id=pipeline.id, occurred_at=LATER, state=pipeline.state())
        ]
        found = await session.get_one(Pipeline, pipeline.id, populate_existing=True)
        assert [each["name"] for each in found.stages] == ["prospecting", "engaging", "won", "lost"]
        assert found.name == "Direct sales"

    async def test_rejects_a_stale_version(self, session: AsyncSession) -> None:
        pipeline = await kept(session, make_pipeline())

        with pytest.raises(StaleVersion):
            await reshape_pipeline(session, pipeline.id, 2, PipelineUpdate(name="Other"), an_actor(), LATER)

        await session.flush()
        assert (pipeline.name, recorded(session)) == ("Direct sales", [])


class TestClosePipeline:
    async def test_goes_and_comes_back(self, session: AsyncSession) -> None:
        pipeline = await kept(session, make_pipeline())

        await close_pipeline(session, pipeline.id, 1, an_actor(), NOW)
        await session.flush()
        gone = pipeline.state()
        await reopen_pipeline(session, pipeline.id, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            PipelineClosed(pipeline_id=pipeline.id, occurred_at=NOW, state=gone),
            PipelineReopened(pipeline_id=pipeline.id, occurred_at=LATER, state=pipeline.state()),
        ]
