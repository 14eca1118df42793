"""Types of events as a reader asks for them."""

import pytest

from libs.common.event_types import EventTypes
from libs.common.problems import BadRequest


class TestEventTypes:
    @pytest.mark.parametrize(
        ("given", "topic", "expected"),
        [
            (None, "crm.sales.lead", True),
            ("sales.*", "crm.sales.lead", True),
            ("sales.lead*", "crm.sales.lead", True),
            ("sales.lead.won.v1", "crm.sales.lead", True),
            ("sales.lead.won.v1", "crm.sales.lead-source", False),
            ("sales.lead.*", "crm.sales.opportunity", False),
            ("auth.*", "crm.sales.lead", False),
        ],
    )
    def test_know_the_topics_to_look_at(self, given: str | None, topic: str, expected: object) -> None:
        assert EventTypes.read(given).may_be_in(topic) is expected

    def test_take_an_underscore_for_itself(self) -> None:
        assert EventTypes.read("sales.opportunity.stage_*").like() == [r"sales.opportunity.stage\_%"]

    @pytest.mark.parametrize("given", ["*.won", "sales.*.won.v1", "**"])
    def test_refuse_a_star_in_the_middle(self, given: str) -> None:
        with pytest.raises(BadRequest):
            EventTypes.read(given)
