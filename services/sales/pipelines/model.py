"""A pipeline: the stages that opportunities go through, in order."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.sales import PipelineClosed, PipelineOpened, PipelineReshaped, PipelineState, StageState

OPEN, WON, LOST = "open", "won", "lost"


class Pipeline(Aggregate, External, Base):
    """Open stages in order, one won and one lost stage at the end."""

    __tablename__ = "pipeline"

    name: Mapped[str]
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    @classmethod
    def open(cls, name: str, stages: Sequence[dict[str, Any]], now: datetime) -> Self:
        """Open a pipeline; every stage gets its id."""
        _check(stages)
        made = cls(id=new_id(), name=name, created_at=now, updated_at=now)
        made.stages = [_stage(each) for each in stages]
        made.record(PipelineOpened(pipeline_id=made.id, occurred_at=now, state=made.state()))
        return made

    def reshape(self, now: datetime, name: str | None, stages: Sequence[dict[str, Any]] | None) -> None:
        """Rename, or change the stages: known ids keep their opportunities, and none may disappear."""
        if stages is not None:
            _check(stages)
            missing = {each["id"] for each in self.stages} - {str(each.get("id")) for each in stages}
            if missing:
                raise Conflict("stage-in-use")
            self.stages = [_stage(each) for each in stages]
        self.name = name or self.name
        self.updated_at = now
        self.record(PipelineReshaped(pipeline_id=self.id, occurred_at=now, state=self.state()))

    def close(self, now: datetime) -> None:
        """Take no more opportunities."""
        self.deleted_at = self.updated_at = now
        self.record(PipelineClosed(pipeline_id=self.id, occurred_at=now, state=self.state()))

    def stage(self, stage_id: UUID) -> StageState:
        """Return one of its stages; raises Conflict for a stage of another pipeline."""
        for each in self.state().stages:
            if each.id == stage_id:
                return each
        raise Conflict("unknown-stage")

    def first(self) -> StageState:
        """Return the stage that an opportunity enters by itself."""
        return next(each for each in self.state().stages if each.kind == OPEN)

    def ending(self, kind: str) -> StageState:
        """Return the won or the lost stage."""
        return next(each for each in self.state().stages if each.kind == kind)

    def state(self) -> PipelineState:
        """Return the public read shape."""
        return PipelineState(
            id=self.id,
            name=self.name,
            stages=tuple(StageState.model_validate(each) for each in self.stages),
            deleted_at=self.deleted_at,
        )


def _check(stages: Sequence[dict[str, Any]]) -> None:
    """Hold the shape: at least one open stage, then exactly one won and one lost."""
    kinds = [each["kind"] for each in stages]
    names = {each["name"] for each in stages}
    if kinds.count(OPEN) < 1 or sorted(kinds[-2:]) != [LOST, WON] or kinds.count(OPEN) != len(kinds) - 2:
        raise Conflict("bad-stages")
    if len(names) != len(stages):
        raise Conflict("bad-stages")


def _stage(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(given.get("id") or new_id()),
        "name": given["name"],
        "kind": given["kind"],
        "probability": str(Decimal(given["probability"])),
    }
