"""What an opportunity allows, and what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict
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
from services.sales.opportunities.model import Opportunity
from tests.factories.records import told
from tests.factories.sales import NOW, make_opportunity, make_pipeline, stage

PIPELINE = make_pipeline()
PROSPECTING, ENGAGING = stage(PIPELINE, "prospecting"), stage(PIPELINE, "engaging")
WON, LOST = stage(PIPELINE, "won"), stage(PIPELINE, "lost")
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


def assert_refused(opportunity: Opportunity, slug: str, act: Callable[[], Any]) -> None:
    before, events = opportunity.state(), told(opportunity)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert (opportunity.state(), told(opportunity)) == (before, events)


class TestOpen:
    def test_records_opportunity_opened(self) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        (opened,) = told(opportunity)
        assert opened == OpportunityOpened(
            opportunity_id=opportunity.id,
            occurred_at=NOW,
            state=opportunity.state(),
            stage_id=PROSPECTING.id,
        )
        assert (opened.state.amount_minor, opened.state.stage_kind) == (500, "open")
        assert (opened.state.stage_entered_at, opened.state.closed_at) == (NOW, None)

    def test_takes_the_id_that_a_conversion_gave_out(self) -> None:
        identity, lead_id = new_id(), new_id()
        facts = {"name": "Acme", "owner_id": new_id(), "amount_minor": 1, "currency": "USD"}

        made = Opportunity.open(
            facts,
            pipeline_id=PIPELINE.id,
            stage=PROSPECTING,
            occurred_at=NOW,
            now=NOW,
            identity=identity,
            lead_id=lead_id,
        )

        assert (made.id, made.state().lead_id) == (identity, lead_id)

    @pytest.mark.parametrize("ending", [WON, LOST])
    def test_rejects_a_closed_stage(self, ending: Any) -> None:
        with pytest.raises(Conflict, match="wrong-stage-kind"):
            Opportunity.open({}, pipeline_id=PIPELINE.id, stage=ending, occurred_at=NOW, now=NOW)


class TestAdvance:
    def test_records_the_stage_left_and_the_stage_entered(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        opportunity.advance(ENGAGING, LATER, LATER)

        moved = told(opportunity)[-1]
        assert isinstance(moved, OpportunityStageChanged)
        assert (moved.from_stage_id, moved.stage_id) == (PROSPECTING.id, ENGAGING.id)
        assert (moved.occurred_at, moved.state.stage_entered_at) == (LATER, LATER)

    def test_goes_back_too(self) -> None:
        opportunity = make_opportunity(PIPELINE, at="engaging")

        opportunity.advance(PROSPECTING, LATER, LATER)

        assert opportunity.stage_id == PROSPECTING.id

    def test_rejects_the_stage_it_is_in(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(
            opportunity, "already-in-stage", lambda: opportunity.advance(PROSPECTING, LATER, LATER)
        )

    @pytest.mark.parametrize("ending", [WON, LOST])
    def test_rejects_a_closed_stage(self, ending: Any) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(opportunity, "wrong-stage-kind", lambda: opportunity.advance(ending, LATER, LATER))

    @pytest.mark.parametrize("ending", ["won", "lost"])
    def test_rejects_a_closed_opportunity(self, ending: str) -> None:
        opportunity = make_opportunity(PIPELINE, at=ending)

        assert_refused(opportunity, "already-closed", lambda: opportunity.advance(ENGAGING, LATER, LATER))

    def test_rejects_an_instant_before_it_came_there(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(opportunity, "out-of-order", lambda: opportunity.advance(ENGAGING, BEFORE, LATER))


class TestWin:
    def test_records_opportunity_won(self) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        opportunity.win(WON, LATER, LATER)

        won = told(opportunity)[-1]
        assert isinstance(won, OpportunityWon)
        assert (won.amount_minor, won.currency, won.from_stage_id) == (500, "USD", PROSPECTING.id)
        assert (won.state.stage_kind, won.state.closed_at) == ("won", LATER)

    def test_takes_the_amount_that_was_agreed(self) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        opportunity.win(WON, LATER, LATER, 450)

        assert (opportunity.amount_minor, told(opportunity)[-1].amount_minor) == (450, 450)  # type: ignore[attr-defined]

    def test_takes_nothing_for_an_amount(self) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        opportunity.win(WON, LATER, LATER, 0)

        assert opportunity.amount_minor == 0

    @pytest.mark.parametrize("ending", ["won", "lost"])
    def test_rejects_a_closed_opportunity(self, ending: str) -> None:
        opportunity = make_opportunity(PIPELINE, at=ending)

        assert_refused(opportunity, "already-closed", lambda: opportunity.win(WON, LATER, LATER, 1))

    @pytest.mark.parametrize("other", [ENGAGING, LOST])
    def test_rejects_another_stage(self, other: Any) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(opportunity, "wrong-stage-kind", lambda: opportunity.win(other, LATER, LATER, 1))


class TestLose:
    def test_records_the_reason(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        opportunity.lose(LOST, "No budget", LATER, LATER)

        lost = told(opportunity)[-1]
        assert isinstance(lost, OpportunityLost)
        assert (lost.lost_reason, lost.state.lost_reason) == ("No budget", "No budget")
        assert (lost.state.stage_kind, lost.state.closed_at) == ("lost", LATER)

    @pytest.mark.parametrize("ending", ["won", "lost"])
    def test_rejects_a_closed_opportunity(self, ending: str) -> None:
        opportunity = make_opportunity(PIPELINE, at=ending)

        assert_refused(opportunity, "already-closed", lambda: opportunity.lose(LOST, "Price", LATER, LATER))

    @pytest.mark.parametrize("other", [ENGAGING, WON])
    def test_rejects_another_stage(self, other: Any) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(
            opportunity, "wrong-stage-kind", lambda: opportunity.lose(other, "Price", LATER, LATER)
        )


class TestReopen:
    @pytest.mark.parametrize("ending", ["won", "lost"])
    def test_records_opportunity_reopened(self, ending: str) -> None:
        opportunity = make_opportunity(PIPELINE, at=ending)

        opportunity.reopen(ENGAGING, LATER, LATER)

        reopened = told(opportunity)[-1]
        assert isinstance(reopened, OpportunityReopened)
        assert (reopened.from_stage_id, reopened.stage_id) == (stage(PIPELINE, ending).id, ENGAGING.id)
        assert (reopened.state.closed_at, reopened.state.lost_reason) == (None, None)

    def test_may_be_lost_again_for_another_reason(self) -> None:
        opportunity = make_opportunity(PIPELINE, at="lost")

        opportunity.reopen(ENGAGING, LATER, LATER)
        opportunity.lose(LOST, "Timing", LATER, LATER)

        assert opportunity.state().lost_reason == "Timing"

    def test_rejects_an_open_opportunity(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(opportunity, "not-closed", lambda: opportunity.reopen(ENGAGING, LATER, LATER))

    def test_rejects_a_closed_stage(self) -> None:
        opportunity = make_opportunity(PIPELINE, at="won")

        assert_refused(opportunity, "wrong-stage-kind", lambda: opportunity.reopen(LOST, LATER, LATER))

    def test_rejects_an_instant_before_it_was_closed(self) -> None:
        opportunity = make_opportunity(PIPELINE, at="lost")

        assert_refused(opportunity, "out-of-order", lambda: opportunity.reopen(ENGAGING, BEFORE, LATER))


class TestEnter:
    @pytest.mark.parametrize(
        ("begin", "target", "kind"),
        [
            ("prospecting", ENGAGING, OpportunityStageChanged),
            ("prospecting", WON, OpportunityWon),
            ("prospecting", LOST, OpportunityLost),
            ("lost", ENGAGING, OpportunityReopened),
        ],
    )
    def test_takes_the_verb_of_the_stage(self, begin: str, target: Any, kind: type) -> None:
        opportunity = make_opportunity(PIPELINE, at=begin)

        opportunity.enter(target, LATER, LATER, reason="Price" if target is LOST else None)

        assert isinstance(told(opportunity)[-1], kind)
        assert opportunity.stage_id == target.id

    @pytest.mark.parametrize("target", [ENGAGING, WON, LOST])
    def test_knows_what_it_was_worth_then(self, target: Any) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        opportunity.enter(target, LATER, LATER, amount=700, reason="Price")

        assert opportunity.state().amount_minor == 700
        assert told(opportunity)[-1].state == opportunity.state()  # type: ignore[attr-defined]

    def test_rejects_a_loss_without_reason(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(
            opportunity, "lost-reason-missing", lambda: opportunity.enter(LOST, LATER, LATER, amount=1)
        )


class TestRevise:
    def test_records_the_new_facts(self) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        opportunity.revise({"amount_minor": 600, "name": "Acme: two"}, LATER)

        revised = told(opportunity)[-1]
        assert isinstance(revised, OpportunityRevised)
        assert (revised.state.amount_minor, revised.state.name) == (600, "Acme: two")

    def test_says_nothing_when_nothing_changes(self) -> None:
        opportunity = make_opportunity(PIPELINE, amount_minor=500)

        opportunity.revise({"amount_minor": 500}, LATER)

        assert (len(told(opportunity)), opportunity.updated_at) == (1, NOW)


class TestAssign:
    def test_records_the_owner_before(self) -> None:
        before, after = new_id(), new_id()
        opportunity = make_opportunity(PIPELINE, owner_id=before)

        opportunity.assign(after, LATER)

        assigned = told(opportunity)[-1]
        assert isinstance(assigned, OpportunityAssigned)
        assert (assigned.from_owner_id, assigned.state.owner_id) == (before, after)

    def test_says_nothing_of_the_same_owner(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        opportunity.assign(opportunity.owner_id, LATER)

        assert len(told(opportunity)) == 1


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        opportunity.delete(LATER)
        opportunity.restore(LATER)

        assert [type(event) for event in told(opportunity)[1:]] == [OpportunityDeleted, OpportunityRestored]
        assert opportunity.state().deleted_at is None

    @pytest.mark.parametrize(
        "act",
        [
            lambda gone: gone.advance(ENGAGING, LATER, LATER),
            lambda gone: gone.win(WON, LATER, LATER, 1),
            lambda gone: gone.lose(LOST, "Price", LATER, LATER),
            lambda gone: gone.reopen(ENGAGING, LATER, LATER),
            lambda gone: gone.revise({"name": "Other"}, LATER),
            lambda gone: gone.assign(new_id(), LATER),
            lambda gone: gone.delete(LATER),
        ],
        ids=["advance", "win", "lose", "reopen", "revise", "assign", "delete"],
    )
    def test_rejects_everything_else_afterwards(self, act: Any) -> None:
        opportunity = make_opportunity(PIPELINE)
        opportunity.delete(NOW)

        assert_refused(opportunity, "deleted", lambda: act(opportunity))

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        opportunity = make_opportunity(PIPELINE)

        assert_refused(opportunity, "not-deleted", lambda: opportunity.restore(LATER))
