"""What the contracts say of who reads what."""

import pytest

from libs.common.events import Event, aggregate_of
from libs.common.plan import is_compacted
from libs.platform.records.kinds import Kind, kinds, state_of, topics


class TestKinds:
    def test_names_every_aggregate_once(self) -> None:
        named = [aggregate_of(topic) for topic in topics()]

        assert sorted(named) == sorted(kinds())
        assert len(set(named)) == len(named)

    def test_knows_no_keys(self) -> None:
        assert not any(map(is_compacted, topics()))

    def test_has_parents_that_have_none(self) -> None:
        parents = {kind.parent for kind in kinds().values() if kind.parent}

        assert parents
        assert all(kinds()[parent].parent is None for parent in parents)

    def test_has_parents_that_are_named_by_a_field(self) -> None:
        for event in Event.registry.values():
            state = state_of(event)
            if state is not None and state.read_with is not None:
                assert state.read_with[1] in state.model_fields

    @pytest.mark.parametrize(
        "kind",
        [
            Kind("opportunity", "opportunity:read", None, is_owned=True),
            Kind("product", "product:read", None, is_owned=False),
            Kind("ticket-message", "ticket-message:read", "ticket", is_owned=False),
        ],
        ids=lambda kind: kind.type,
    )
    def test_reads_a_contract(self, kind: Kind) -> None:
        assert kinds()[kind.type] == kind
