"""Commands on opportunities: what they write, and the events that tell of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import BadRequest, Conflict, Forbidden, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from libs.contracts.sales import (
    OpportunityAssigned,
    OpportunityDeleted,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityRestored,
    OpportunityRevised,
    OpportunityStageChanged,
    OpportunityWon,
)
from services.sales.opportunities.commands import (
    advance_opportunity,
    delete_opportunity,
    lose_opportunity,
    open_opportunity,
    reopen_opportunity,
    restore_opportunity,
    revise_opportunity,
    win_opportunity,
)
from services.sales.opportunities.model import Opportunity
from services.sales.opportunities.schemas import OpportunityCreate, OpportunityUpdate
from services.sales.pipelines.model import Pipeline
from tests.factories.directory import uid
from tests.factories.sales import NOW, make_opportunity, make_pipeline, make_product, stage
from tests.sales.acting import OWN, an_actor, equip, kept, kinds, known

LATER, THEN = NOW + timedelta(hours=1), NOW - timedelta(days=400)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


@pytest.fixture
async def pipeline(session: AsyncSession) -> Pipeline:
    return await kept(session, make_pipeline())


def asked(pipeline: Pipeline, **fields: Any) -> OpportunityCreate:
    facts = {"name": "Acme: GTX Pro", "pipeline_id": pipeline.id, "amount_minor": 500, "currency": "USD"}
    return OpportunityCreate.model_validate(facts | fields)


async def standing(session: AsyncSession, pipeline: Pipeline, at: str = "prospecting") -> Opportunity:
    """An opportunity of user 1 that was there before."""
    return await kept(session, make_opportunity(pipeline, at=at, owner_id=uid(1)))


class TestOpenOpportunity:
    async def test_records_opportunity_opened_in_the_first_stage(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        made = await open_opportunity(session, asked(pipeline), an_actor(), NOW)
        await session.flush()

        first = stage(pipeline, "prospecting").id
        assert recorded(session) == [
            OpportunityOpened(opportunity_id=made.id, occurred_at=NOW, state=made.state(), stage_id=first)
        ]
        found = await session.get_one(Opportunity, made.id, populate_existing=True)
        assert (found.stage_id, found.owner_id, found.amount_minor) == (first, uid(1), 500)

    async def test_begins_where_it_is_told_to(self, session: AsyncSession, pipeline: Pipeline) -> None:
        engaging = stage(pipeline, "engaging").id

        made = await open_opportunity(session, asked(pipeline, stage_id=engaging), an_actor(), NOW)

        assert made.stage_id == engaging

    async def test_points_to_known_records(self, session: AsyncSession, pipeline: Pipeline) -> None:
        product = await kept(session, make_product())
        links = {"account_id": await known(session, "account"), "contact_id": await known(session, "contact")}

        made = await open_opportunity(
            session, asked(pipeline, product_id=product.id, **links), an_actor(), NOW
        )

        assert {name: getattr(made, name) for name in links} == links
        assert made.product_id == product.id

    async def test_walks_through_its_past(self, session: AsyncSession, pipeline: Pipeline) -> None:
        steps = [
            {"stage_id": stage(pipeline, "engaging").id, "occurred_at": THEN},
            {"stage_id": stage(pipeline, "lost").id, "occurred_at": THEN, "lost_reason": "Price"},
            {"stage_id": stage(pipeline, "prospecting").id, "occurred_at": THEN, "amount_minor": 700},
            {"stage_id": stage(pipeline, "won").id, "occurred_at": NOW, "amount_minor": 650},
        ]

        made = await open_opportunity(session, asked(pipeline, history=steps), an_actor(), LATER)
        await session.flush()

        assert kinds(session) == [
            "OpportunityOpened",
            "OpportunityLost",
            "OpportunityReopened",
            "OpportunityWon",
        ]
        assert [event.occurred_at for event in recorded(session)] == [THEN, THEN, THEN, NOW]
        amounts = [event.state.amount_minor for event in recorded(session)]  # type: ignore[attr-defined]
        assert amounts == [500, 500, 700, 650]
        assert (made.version, made.stage_kind, made.closed_at, made.created_at) == (4, "won", NOW, LATER)

    async def test_begins_in_the_past_for_who_may_write_it(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        made = await open_opportunity(session, asked(pipeline, occurred_at=THEN), an_actor(), NOW)

        assert (made.stage_entered_at, made.created_at) == (THEN, NOW)

    @pytest.mark.parametrize("past", ["occurred_at", "history"])
    async def test_rejects_a_past_without_the_permission(
        self, session: AsyncSession, pipeline: Pipeline, past: str
    ) -> None:
        steps = [{"stage_id": pipeline.first().id, "occurred_at": THEN}]
        given = {"occurred_at": THEN} if past == "occurred_at" else {"history": steps}

        with pytest.raises(Forbidden):
            await open_opportunity(session, asked(pipeline, **given), an_actor(OWN), NOW)

        assert (recorded(session), list(session.new)) == ([], [])

    async def test_rejects_a_history_and_a_stage(self, session: AsyncSession, pipeline: Pipeline) -> None:
        steps = [{"stage_id": pipeline.first().id, "occurred_at": THEN}]
        both = asked(pipeline, history=steps, stage_id=pipeline.first().id)

        with pytest.raises(BadRequest, match="history-and-stage"):
            await open_opportunity(session, both, an_actor(), NOW)

        assert list(session.new) == []

    async def test_rejects_a_past_out_of_order(self, session: AsyncSession, pipeline: Pipeline) -> None:
        steps = [
            {"stage_id": stage(pipeline, "prospecting").id, "occurred_at": NOW},
            {"stage_id": stage(pipeline, "won").id, "occurred_at": THEN},
        ]

        with pytest.raises(Conflict, match="out-of-order"):
            await open_opportunity(session, asked(pipeline, history=steps), an_actor(), NOW)

        assert list(session.new) == []

    @pytest.mark.parametrize("link", ["account_id", "contact_id"])
    async def test_waits_for_a_record_nobody_has_heard_of(
        self, session: AsyncSession, pipeline: Pipeline, link: str
    ) -> None:
        with pytest.raises(UnknownReference):
            await open_opportunity(session, asked(pipeline, **{link: new_id()}), an_actor(), NOW)

        assert list(session.new) == []

    @pytest.mark.parametrize("link", ["pipeline_id", "product_id"])
    async def test_rejects_an_unknown_record_of_ours_at_once(
        self, session: AsyncSession, pipeline: Pipeline, link: str
    ) -> None:
        with pytest.raises(Conflict, match="unknown-reference") as refused:
            await open_opportunity(session, asked(pipeline, **{link: new_id()}), an_actor(), NOW)

        assert not isinstance(refused.value, UnknownReference)
        assert list(session.new) == []

    async def test_rejects_a_product_in_the_recycle_bin(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        product = make_product()
        product.delete(NOW)
        await kept(session, product)

        with pytest.raises(Conflict, match="unknown-reference"):
            await open_opportunity(session, asked(pipeline, product_id=product.id), an_actor(), NOW)

    async def test_rejects_a_closed_pipeline(self, session: AsyncSession) -> None:
        closed = make_pipeline()
        closed.close(NOW)
        await kept(session, closed)

        with pytest.raises(Conflict, match="unknown-reference"):
            await open_opportunity(session, asked(closed), an_actor(), NOW)

    async def test_rejects_another_owner_within_scope_own(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        with pytest.raises(Forbidden):
            await open_opportunity(session, asked(pipeline, owner_id=uid(2)), an_actor(OWN), NOW)

        assert list(session.new) == []

    async def test_rejects_an_owner_nobody_has_heard_of(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        with pytest.raises(UnknownReference):
            await open_opportunity(session, asked(pipeline, owner_id=uid(77)), an_actor(), NOW)

        assert list(session.new) == []


class TestReviseOpportunity:
    async def test_changes_what_was_sent_alone(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found = await standing(session, pipeline)

        change = OpportunityUpdate(amount_minor=900)
        await revise_opportunity(session, found.id, 1, change, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            OpportunityRevised(opportunity_id=found.id, occurred_at=LATER, state=found.state())
        ]
        assert (found.amount_minor, found.name, found.version) == (900, "Acme: GTX Pro", 2)

    async def test_unlinks_an_account(self, session: AsyncSession, pipeline: Pipeline) -> None:
        account_id = await known(session, "account")
        found = await kept(session, make_opportunity(pipeline, account_id=account_id))

        change = OpportunityUpdate(account_id=None)
        await revise_opportunity(session, found.id, 1, change, an_actor(), LATER)

        assert found.account_id is None

    async def test_assigns_and_revises_as_two_versions(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        found = await standing(session, pipeline)

        change = OpportunityUpdate(name="Acme: two", owner_id=uid(2))
        await revise_opportunity(session, found.id, 1, change, an_actor(), LATER)
        await session.flush()

        assigned, revised = recorded(session)
        assert isinstance(assigned, OpportunityAssigned)
        assert isinstance(revised, OpportunityRevised)
        assert (assigned.from_owner_id, revised.state.owner_id, found.version) == (uid(1), uid(2), 3)

    async def test_rejects_a_new_owner_without_the_permission(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        found = await standing(session, pipeline)

        change = OpportunityUpdate(owner_id=uid(2))
        with pytest.raises(Forbidden):
            await revise_opportunity(session, found.id, 1, change, an_actor(OWN), LATER)

        await session.flush()
        assert (found.owner_id, recorded(session)) == (uid(1), [])

    async def test_rejects_a_stale_version(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found = await standing(session, pipeline)

        with pytest.raises(StaleVersion):
            await revise_opportunity(session, found.id, 9, OpportunityUpdate(name="x"), an_actor(), LATER)

        await session.flush()
        assert recorded(session) == []

    async def test_does_not_find_what_is_out_of_scope(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        found = await kept(session, make_opportunity(pipeline, owner_id=uid(2)))

        with pytest.raises(NotFound):
            await revise_opportunity(session, found.id, 1, OpportunityUpdate(name="x"), an_actor(OWN), LATER)

        await session.flush()
        assert recorded(session) == []


class TestMoves:
    async def test_advances(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found, engaging = await standing(session, pipeline), stage(pipeline, "engaging").id

        await advance_opportunity(session, found.id, engaging, None, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            OpportunityStageChanged(
                opportunity_id=found.id,
                occurred_at=LATER,
                state=found.state(),
                from_stage_id=stage(pipeline, "prospecting").id,
                stage_id=engaging,
            )
        ]
        assert found.stage_id == engaging

    async def test_wins(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found = await standing(session, pipeline)

        await win_opportunity(session, found.id, 450, None, an_actor(), LATER)
        await session.flush()

        (won,) = recorded(session)
        assert isinstance(won, OpportunityWon)
        assert (won.amount_minor, found.stage_kind, found.closed_at) == (450, "won", LATER)

    async def test_loses(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found = await standing(session, pipeline)

        await lose_opportunity(session, found.id, "Price", None, an_actor(), LATER)
        await session.flush()

        (lost,) = recorded(session)
        assert isinstance(lost, OpportunityLost)
        assert (found.lost_reason, found.stage_kind) == ("Price", "lost")

    async def test_reopens(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found, engaging = await standing(session, pipeline, "lost"), stage(pipeline, "engaging").id

        await reopen_opportunity(session, found.id, engaging, None, an_actor(), LATER)
        await session.flush()

        (reopened,) = recorded(session)
        assert isinstance(reopened, OpportunityReopened)
        assert (found.stage_kind, found.closed_at, found.lost_reason) == ("open", None, None)

    async def test_goes_on_in_a_closed_pipeline(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found = await standing(session, pipeline)
        pipeline.close(NOW)
        await session.flush()

        await win_opportunity(session, found.id, None, None, an_actor(), LATER)

        assert found.stage_kind == "won"

    async def test_rejects_a_stage_of_another_pipeline(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        found, other = await standing(session, pipeline), await kept(session, make_pipeline())

        with pytest.raises(Conflict, match="unknown-stage"):
            await advance_opportunity(session, found.id, other.first().id, None, an_actor(), LATER)

        await session.flush()
        assert recorded(session) == []

    async def test_rejects_a_past_without_the_permission(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        found = await standing(session, pipeline)

        with pytest.raises(Forbidden):
            await win_opportunity(session, found.id, None, THEN, an_actor(OWN), LATER)

        await session.flush()
        assert recorded(session) == []

    async def test_does_not_find_what_is_out_of_scope(
        self, session: AsyncSession, pipeline: Pipeline
    ) -> None:
        found = await kept(session, make_opportunity(pipeline, owner_id=uid(2)))

        with pytest.raises(NotFound):
            await lose_opportunity(session, found.id, "Price", None, an_actor(OWN), LATER)

        await session.flush()
        assert recorded(session) == []


class TestDeleteOpportunity:
    async def test_goes_and_comes_back(self, session: AsyncSession, pipeline: Pipeline) -> None:
        found = await standing(session, pipeline)

        await delete_opportunity(session, found.id, 1, an_actor(), NOW)
        await session.flush()
        gone = found.state()
        await restore_opportunity(session, found.id, an_actor(), LATER)
        await session.flush()

        assert recorded(session) == [
            OpportunityDeleted(opportunity_id=found.id, occurred_at=NOW, state=gone),
            OpportunityRestored(opportunity_id=found.id, occurred_at=LATER, state=found.state()),
        ]
