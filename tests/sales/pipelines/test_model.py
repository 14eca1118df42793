"""The shape that a pipeline keeps, whatever is asked of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.sales import PipelineClosed, PipelineOpened, PipelineReopened, PipelineReshaped
from services.sales.pipelines.model import Pipeline
from tests.factories.records import told
from tests.factories.sales import NOW, make_pipeline, stage, stages_in

LATER = NOW + timedelta(hours=1)


def as_sent(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The stages as a caller sends them back."""
    return [{**each, "id": UUID(each["id"])} for each in pipeline.stages]


class TestOpen:
    def test_records_pipeline_opened_with_its_stages(self) -> None:
        pipeline = make_pipeline("prospecting", "won", "lost")

        assert told(pipeline) == [
            PipelineOpened(pipeline_id=pipeline.id, occurred_at=NOW, state=pipeline.state())
        ]
        assert [each.kind for each in pipeline.state().stages] == ["open", "won", "lost"]

    def test_gives_every_stage_an_id_of_its_own(self) -> None:
        given = [{**each, "id": UUID(int=1)} for each in stages_in("prospecting", "won", "lost")]

        pipeline = make_pipeline(given=given)

        ids = {each.id for each in pipeline.state().stages}
        assert len(ids) == 3
        assert UUID(int=1) not in ids

    @pytest.mark.parametrize(
        "names",
        [
            ("won", "lost"),
            ("prospecting", "engaging", "won"),
            ("prospecting", "engaging", "lost"),
            ("won", "prospecting", "lost"),
            ("prospecting", "won", "lost", "engaging"),
            ("prospecting", "won", "won", "lost"),
            ("prospecting", "prospecting", "won", "lost"),
        ],
        ids=" ".join,
    )
    def test_rejects_another_shape(self, names: tuple[str, ...]) -> None:
        with pytest.raises(Conflict, match="bad-stages"):
            Pipeline.open("Direct sales", stages_in(*names), NOW)

    def test_takes_lost_before_won(self) -> None:
        assert make_pipeline("prospecting", "lost", "won").ending("won").name == "won"


class TestReshape:
    def test_keeps_the_ids_of_known_stages(self) -> None:
        pipeline = make_pipeline()
        sent = as_sent(pipeline)
        sent[0]["name"] = "Qualification"

        pipeline.reshape(LATER, None, [*sent[:2], *stages_in("proposal"), *sent[2:]])

        assert isinstance(told(pipeline)[-1], PipelineReshaped)
        shown = pipeline.state().stages
        assert [each.name for each in shown] == ["Qualification", "engaging", "proposal", "won", "lost"]
        assert (shown[0].id, shown[-1].id) == (sent[0]["id"], sent[-1]["id"])

    def test_renames_alone(self) -> None:
        pipeline = make_pipeline()
        before = pipeline.state().stages

        pipeline.reshape(LATER, "Partners", None)

        assert (pipeline.name, pipeline.state().stages) == ("Partners", before)

    def test_says_nothing_when_nothing_changes(self) -> None:
        pipeline = make_pipeline()

        pipeline.reshape(LATER, pipeline.name, as_sent(pipeline))

        assert (len(told(pipeline)), pipeline.updated_at) == (1, NOW)

    def test_takes_a_trailing_zero_for_no_change(self) -> None:
        pipeline = make_pipeline()

        pipeline.reshape(LATER, None, [{**each, "probability": "0.500"} for each in as_sent(pipeline)])

        assert len(told(pipeline)) == 1

    @pytest.mark.parametrize(
        ("slug", "change"),
        [
            ("stage-in-use", lambda sent: sent[1:]),
            ("unknown-stage", lambda sent: [{**sent[0], "id": new_id()}, *sent[1:]]),
            ("unknown-stage", lambda sent: [sent[0], {**sent[1], "id": sent[0]["id"]}, *sent[2:]]),
            (
                "wrong-stage-kind",
                lambda sent: [*sent[:2], {**sent[2], "id": sent[3]["id"]}, {**sent[3], "id": sent[2]["id"]}],
            ),
            ("bad-stages", lambda sent: [*sent[2:], *sent[:2]]),
        ],
    )
    def test_rejects_what_would_break_the_ledger(self, slug: str, change: Any) -> None:
        pipeline = make_pipeline()
        before = pipeline.state()

        with pytest.raises(Conflict, match=slug):
            pipeline.reshape(LATER, "Other", change(as_sent(pipeline)))

        assert (pipeline.state(), len(told(pipeline))) == (before, 1)

    def test_rejects_a_closed_pipeline(self) -> None:
        pipeline = make_pipeline()
        pipeline.close(NOW)

        with pytest.raises(Conflict, match="deleted"):
            pipeline.reshape(LATER, "Other", None)

        assert pipeline.name == "Direct sales"


class TestClose:
    def test_closes_and_reopens(self) -> None:
        pipeline = make_pipeline()

        pipeline.close(NOW)
        pipeline.reopen(LATER)

        assert [type(event) for event in told(pipeline)[1:]] == [PipelineClosed, PipelineReopened]
        assert pipeline.state().deleted_at is None

    def test_rejects_a_second_time(self) -> None:
        pipeline = make_pipeline()
        pipeline.close(NOW)

        with pytest.raises(Conflict, match="deleted"):
            pipeline.close(LATER)

        assert pipeline.deleted_at == NOW

    def test_rejects_reopening_what_is_open(self) -> None:
        pipeline = make_pipeline()

        with pytest.raises(Conflict, match="not-deleted"):
            pipeline.reopen(LATER)

        assert len(told(pipeline)) == 1


class TestStage:
    def test_finds_its_stages(self) -> None:
        pipeline = make_pipeline()

        assert pipeline.stage(stage(pipeline, "engaging").id).name == "engaging"
        assert pipeline.first().name == "prospecting"
        assert pipeline.ending("lost").name == "lost"

    def test_rejects_a_stage_of_another_pipeline(self) -> None:
        with pytest.raises(Conflict, match="unknown-stage"):
            make_pipeline().stage(stage(make_pipeline(), "won").id)
