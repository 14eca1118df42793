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
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.sales import (
    PipelineClosed,
    PipelineFact,
    PipelineOpened,
    PipelineReopened,
    PipelineReshaped,
    PipelineState,
    StageState,
)

register(
    {
        "bad-stages": (
            "A pipeline has open stages and ends with won and lost, each with its own name",
            "管道须包含进行中的阶段，并以赢单和输单结尾，且名称互不相同",
        ),
        "stage-in-use": ("A stage cannot be taken away", "阶段不能移除"),
        "unknown-stage": ("The pipeline has no such stage", "该管道没有此阶段"),
        "wrong-stage-kind": ("The stage is of another kind", "阶段类型不符"),
    }
)

OPEN, WON, LOST = "open", "won", "lost"


class Pipeline(Aggregate, External, Base):
    """Open stages in order, one won and one lost stage at the end."""

    __tablename__ = "pipeline"

    name: Mapped[str]
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    @classmethod
    def open(cls, name: str, stages: Sequence[dict[str, Any]], now: datetime, **named: Any) -> Self:
        """Open a pipeline; every stage gets its id. `named` holds the external id."""
        _check(stages)
        made = cls(id=new_id(), name=name, created_at=now, updated_at=now, **named)
        made.stages = [_stage(new_id(), each) for each in stages]
        made._tell(PipelineOpened, now)
        return made

    def reshape(self, now: datetime, name: str | None, stages: Sequence[dict[str, Any]] | None) -> None:
        """Rename, or change the stages; what stays the same tells nothing.

        Opportunities stand in stages, so none may disappear, and none may become one of another kind.
        """
        self._ask_present()
        drawn = self.stages if stages is None else self._redrawn(stages)
        if (drawn, name or self.name) != (self.stages, self.name):
            self.stages, self.name, self.updated_at = drawn, name or self.name, now
            self._tell(PipelineReshaped, now)

    def close(self, now: datetime) -> None:
        """Take no more opportunities."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(PipelineClosed, now)

    def reopen(self, now: datetime) -> None:
        """Take opportunities again."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(PipelineReopened, now)

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

    def _redrawn(self, stages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the stages as given: known ones keep their ids, the others get new ones."""
        _check(stages)
        known: dict[UUID | None, str] = {UUID(each["id"]): each["kind"] for each in self.stages}
        named = [each["id"] for each in stages if each.get("id") is not None]
        if set(named) - known.keys() or len(set(named)) < len(named):
            raise Conflict("unknown-stage")
        if known.keys() - set(named):
            raise Conflict("stage-in-use")
        if any(known.get(each.get("id"), each["kind"]) != each["kind"] for each in stages):
            raise Conflict("wrong-stage-kind")
        return [_stage(each.get("id") or new_id(), each) for each in stages]

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[PipelineFact], now: datetime) -> None:
        self.record(fact(pipeline_id=self.id, occurred_at=now, state=self.state()))


def _check(stages: Sequence[dict[str, Any]]) -> None:
    """Hold the shape: at least one open stage, then exactly one won and one lost, each with its own name."""
    kinds, names = [each["kind"] for each in stages], {each["name"] for each in stages}
    ending, rest = sorted(kinds[-2:]), set(kinds[:-2])
    if ending != [LOST, WON] or rest != {OPEN} or len(names) != len(stages):
        raise Conflict("bad-stages")


def _stage(identity: UUID, given: dict[str, Any]) -> dict[str, Any]:
    # A trailing zero makes no other stage.
    probability = str(Decimal(given["probability"]).normalize() + 0)
    return {
        "id": str(identity),
        "name": given["name"],
        "kind": given["kind"],
        "probability": probability,
    }
