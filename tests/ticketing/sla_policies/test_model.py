"""What an SLA policy holds for, and what it tells."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.problems import Conflict
from libs.contracts.ticketing import SlaPolicyAdopted, SlaPolicyDeleted, SlaPolicyRestored, SlaPolicyRevised
from tests.factories.records import told
from tests.factories.ticketing import NOW, make_sla_policy, make_target

LATER = NOW + timedelta(hours=1)
FACTS: dict[str, str | None] = {"priority": "high", "category": "Refund", "channel": "email", "tier": None}


class TestAdopt:
    def test_records_sla_policy_adopted(self) -> None:
        policy = make_sla_policy()

        (adopted,) = told(policy)
        assert adopted == SlaPolicyAdopted(sla_policy_id=policy.id, occurred_at=NOW, state=policy.state())
        assert adopted.state.targets[0].first_response_minutes == 30

    def test_rejects_two_targets_of_one_priority(self) -> None:
        with pytest.raises(Conflict, match="target-twice"):
            make_sla_policy(targets=[make_target("high"), make_target("high", 10)])


class TestHoldsFor:
    @pytest.mark.parametrize(
        ("terms", "holds"),
        [
            ({}, True),
            ({"priorities": ["high", "critical"]}, True),
            ({"priorities": ["low"]}, False),
            ({"categories": ["Refund"], "channels": ["email"]}, True),
            ({"categories": ["Refund"], "channels": ["chat"]}, False),
            ({"tiers": ["gold"]}, False),
        ],
        ids=["everything", "priority", "another-priority", "both", "one-of-two", "tier-that-nobody-has"],
    )
    def test_takes_a_ticket_that_fits_every_list(self, *, terms: dict[str, Any], holds: bool) -> None:
        assert make_sla_policy(**terms).holds_for(FACTS) is holds


class TestTarget:
    def test_is_that_of_the_priority_before_that_of_any(self) -> None:
        policy = make_sla_policy(targets=[make_target("any", 60), make_target("critical", 5)])

        critical, low = policy.target("critical"), policy.target("low")

        assert critical is not None
        assert low is not None
        assert (critical.first_response_minutes, low.first_response_minutes) == (5, 60)

    def test_is_none_where_nothing_is_promised(self) -> None:
        assert make_sla_policy(targets=[make_target("critical")]).target("low") is None


class TestRevise:
    def test_records_what_it_says_now(self) -> None:
        policy = make_sla_policy()

        policy.revise({"position": 1, "targets": [make_target("low", 90, None)]}, LATER)

        revised = told(policy)[-1]
        assert isinstance(revised, SlaPolicyRevised)
        assert (revised.state.position, revised.state.targets[0].resolution_minutes) == (1, None)

    def test_says_nothing_when_nothing_changes(self) -> None:
        policy = make_sla_policy()

        policy.revise({"position": 100}, LATER)

        assert (len(told(policy)), policy.updated_at) == (1, NOW)

    def test_rejects_two_targets_of_one_priority(self) -> None:
        policy = make_sla_policy()

        with pytest.raises(Conflict, match="target-twice"):
            policy.revise({"targets": [make_target(), make_target()]}, LATER)
        assert len(told(policy)) == 1


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        policy = make_sla_policy()

        policy.delete(LATER)
        policy.restore(LATER)

        assert [type(event) for event in told(policy)[1:]] == [SlaPolicyDeleted, SlaPolicyRestored]

    @pytest.mark.parametrize(
        "act",
        [lambda one: one.delete(LATER), lambda one: one.revise({"name": "x"}, LATER)],
        ids=["delete", "revise"],
    )
    def test_rejects_everything_else_afterwards(self, act: Any) -> None:
        policy = make_sla_policy()
        policy.delete(NOW)

        with pytest.raises(Conflict, match="deleted"):
            act(policy)

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        with pytest.raises(Conflict, match="not-deleted"):
            make_sla_policy().restore(LATER)
