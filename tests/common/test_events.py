"""Declaring an event names its topic and registers it; a bad name is refused at once."""

from uuid import UUID

import pytest

from libs.common.events import Event, aggregate_of
from tests.chaos.toy import ThingHappened


class TestDeclaration:
    def test_names_the_topic_and_the_key(self) -> None:
        fact = ThingHappened(thing_id=UUID(int=7), step=1, occurred_at="2026-03-02T09:00:00Z")

        assert ThingHappened.topic == "crm.toy.thing"
        assert (fact.aggregate_id, fact.subject) == (UUID(int=7), UUID(int=7))
        assert Event.registry["toy.thing.happened.v1"] is ThingHappened

    @pytest.mark.parametrize(
        "name",
        [
            "thing.happened.v1",
            "toy.thing.Happened.v1",
            "toy.thing.happened",
            "toy.thing.happened.v0",
            "t.o.y",
        ],
    )
    def test_refuses_a_name_that_breaks_the_rule(self, name: str) -> None:
        with pytest.raises(TypeError, match="naming rule"):

            class Nameless(Event, type=name, key="occurred_at"):
                pass

    def test_refuses_a_key_that_is_no_field(self) -> None:
        with pytest.raises(TypeError, match="key"):

            class Keyless(Event, type="toy.thing.lost.v1", key="nothing"):
                pass

    def test_refuses_a_second_declaration(self) -> None:
        with pytest.raises(TypeError, match="twice"):

            class Again(Event, type="toy.thing.happened.v1", key="thing_id"):
                thing_id: UUID

    def test_an_abstract_one_has_no_name(self) -> None:
        before = set(Event.registry)

        class Fact(Event):
            thing_id: UUID

        assert set(Event.registry) == before


def test_the_aggregate_stands_last_in_the_topic() -> None:
    assert aggregate_of("crm.sales.opportunity") == "opportunity"
