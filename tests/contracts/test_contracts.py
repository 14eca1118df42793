"""Every event type is what was published: named by rule, with its state, readable for ever."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import ConfigDict

from libs.common.crypto import ERASED
from libs.common.events import Event, Personal, Sensitive, State
from libs.platform.subjects.sealing import changed, seal_model
from tests.contracts.compatibility import breaks
from tests.contracts.documents import ASYNCAPI, EXAMPLES, SCHEMAS, asyncapi, contracts, read, schema_of
from tests.contracts.rules import faults
from tests.figures import Figures

type Json = dict[str, Any]

CONTRACTS = contracts()
NAMES = sorted(CONTRACTS)
TEXT, ID = {"type": "string"}, {"type": "string", "format": "uuid"}
PERSONAL = {"type": "string", "x-class": "personal"}
OPTIONAL = {"anyOf": [TEXT, {"type": "null"}]}


@pytest.mark.parametrize("name", NAMES)
class TestContract:
    def test_is_the_published_one(self, name: str) -> None:
        assert schema_of(CONTRACTS[name]) == read(SCHEMAS / f"{name}.json")

    def test_reads_the_example_of_its_first_day(self, name: str) -> None:
        example = read(EXAMPLES / f"{name}.json")

        event = CONTRACTS[name].model_validate_json(json.dumps(example))

        shown = json.loads(event.model_dump_json())
        assert _known_to(example, shown) == example

    def test_ignores_a_field_of_a_later_day(self, name: str) -> None:
        example = read(EXAMPLES / f"{name}.json")

        later = CONTRACTS[name].model_validate(example | {"of_a_later_day": 1})

        assert later == CONTRACTS[name].model_validate(example)

    def test_keeps_every_rule(self, name: str) -> None:
        assert faults(CONTRACTS[name]) == []


class TestPlantedEvent:
    """Toys of a service of their own: the product's documents know nothing of them."""

    def test_without_state_is_found(self) -> None:
        class DealStruck(Event, type="toys.deal.struck_off_ed.v1", key="deal_id"):
            deal_id: UUID

        assert "carries no state" in faults(DealStruck)
        assert DealStruck.type not in contracts()

    def test_whose_state_may_be_missing_is_found(self) -> None:
        class DealMarked(Event, type="toys.deal.marked.v1", key="deal_id"):
            deal_id: UUID
            state: State = State()

        assert faults(DealMarked) == ["may be without its state"]

    def test_that_is_an_order_is_found(self) -> None:
        class DealClose(Event, type="toys.deal.close.v1", key="deal_id"):
            deal_id: UUID
            state: State

        assert faults(DealClose) == ["close is not in the past"]

    def test_of_another_name_is_found(self) -> None:
        class SomethingElseEvent(Event, type="toys.deal.dropped.v1", key="deal_id"):
            deal_id: UUID
            state: State

        assert len(faults(SomethingElseEvent)) == 2

    def test_with_a_closed_list_of_words_is_found(self) -> None:
        class DealGraded(Event, type="toys.deal.graded.v1", key="deal_id"):
            deal_id: UUID
            grade: Literal["a", "b"]
            state: State

        assert faults(DealGraded) == ["knows only some words"]

    def test_that_refuses_the_next_release_is_found(self) -> None:
        class DealSealed(Event, type="toys.deal.sealed.v1", key="deal_id"):
            model_config = ConfigDict(extra="forbid")
            deal_id: UUID
            state: State

        assert faults(DealSealed) == ["refuses a field of the next release"]


class TestDocuments:
    def test_publish_exactly_what_is_declared(self) -> None:
        assert {path.stem for path in SCHEMAS.glob("*.v*.json")} == set(NAMES)
        assert {path.stem for path in EXAMPLES.glob("*.json")} == set(NAMES)
        figures = Figures("contracts")
        figures.sample("event-types", len(NAMES))
        assert figures.done(part=True)

    def test_describe_every_topic_in_one_asyncapi_document(self) -> None:
        assert read(ASYNCAPI) == asyncapi()
        assert {event.topic for event in CONTRACTS.values()} == asyncapi()["channels"].keys()

    def test_show_what_is_personal(self) -> None:
        class MarkedState(State):
            name: Personal[str]
            phone: Sensitive[str] | None
            source: str | None

        shown = MarkedState.model_json_schema()["properties"]

        assert shown["name"]["x-class"] == "personal"
        assert shown["phone"]["anyOf"][0]["x-class"] == "sensitive"
        assert "x-class" not in json.dumps(shown["source"])

    @pytest.mark.parametrize(
        ("name", "field", "kind"),
        [
            ("sales.lead.captured.v1", "family_name", "personal"),
            ("customer.contact.created.v1", "email", "personal"),
            ("customer.contact.created.v1", "phone", "sensitive"),
            ("auth.directory.user_invited.v1", "name", "personal"),
        ],
    )
    def test_mark_what_is_known_of_persons(self, name: str, field: str, kind: str) -> None:
        states = [
            each for each in read(SCHEMAS / f"{name}.json")["$defs"].values() if field in each["properties"]
        ]

        assert [f'"x-class": "{kind}"' in json.dumps(each["properties"][field]) for each in states] == [True]


BASE: Json = {
    "properties": {"deal_id": ID, "reason": OPTIONAL, "state": {"$ref": "#/$defs/DealState"}},
    "required": ["deal_id", "state"],
    "$defs": {
        "DealState": {
            "properties": {"name": PERSONAL, "amount": {"type": "integer"}},
            "required": ["name", "amount"],
        }
    },
    "x-topic": "crm.toy.deal",
    "x-key": "deal_id",
}


def _state(document: Json) -> Json:
    found: Json = document["$defs"]["DealState"]
    return found


def _fields(document: Json) -> Json:
    found: Json = _state(document)["properties"]
    return found


def _demand_a_new_field(document: Json) -> None:
    _fields(document)["x"] = TEXT
    _state(document)["required"].append("x")


type Plant = Callable[[Json], Any]
BREAKING: dict[str, tuple[Plant, str]] = {
    "removed field": (lambda d: d["properties"].pop("reason"), "/reason was removed"),
    "removed field of the state": (lambda d: _fields(d).pop("amount"), "/state/amount was removed"),
    "new required field": (_demand_a_new_field, "/state/x is newly required"),
    "old field newly required": (lambda d: d["required"].append("reason"), "/reason is newly required"),
    "field not always there": (lambda d: d["required"].remove("deal_id"), "/deal_id may be missing now"),
    "other type": (lambda d: _fields(d).update(amount=TEXT), "/state/amount is no integer any more"),
    "null taken away": (lambda d: d["properties"].update(reason=TEXT), "/reason is no null any more"),
    "new limit": (lambda d: _fields(d)["amount"].update(maximum=10), "/state/amount is narrowed by maximum"),
    "new format": (lambda d: d["properties"]["reason"]["anyOf"][0].update(format="uuid"), "by format"),
    "closed enumeration": (
        lambda d: _fields(d)["name"].update(enum=["a"]),
        "/state/name is narrowed by enum",
    ),
    "other class": (lambda d: _fields(d)["name"].pop("x-class"), "/state/name changed its class"),
    "other topic": (lambda d: d.update({"x-topic": "crm.toy.other"}), "x-topic was crm.toy.deal"),
    "other key": (lambda d: d.update({"x-key": "other_id"}), "x-key was deal_id"),
}
ADDING: dict[str, Plant] = {
    "nothing": lambda _: None,
    "optional field": lambda d: d["properties"].update(note=OPTIONAL),
    "optional field of the state": lambda d: _fields(d).update(note=TEXT),
    "other words": lambda d: d.update(description="Said otherwise."),
}


class TestCompatibility:
    @pytest.mark.parametrize("change", BREAKING)
    def test_finds_a_planted_break(self, change: str) -> None:
        planted, (plant, fault) = deepcopy(BASE), BREAKING[change]
        plant(planted)

        assert any(fault in each for each in breaks(BASE, planted)), breaks(BASE, planted)

    @pytest.mark.parametrize("change", ADDING)
    def test_allows_an_addition(self, change: str) -> None:
        grown = deepcopy(BASE)
        ADDING[change](grown)

        assert breaks(BASE, grown) == []


@pytest.mark.parametrize("name", NAMES)
def test_sealing_leaves_the_rest_as_pydantic_writes_it(name: str) -> None:
    class Keys:
        def find(self, _: UUID) -> None:
            return None

    event = CONTRACTS[name].model_validate(read(EXAMPLES / f"{name}.json"))

    erased = changed(event, lambda _value, _place: ERASED)
    assert seal_model(event, Keys()) == erased.model_dump(mode="json")


def _known_to(example: Json, shown: Json) -> Json:
    """What is shown of the fields that an example has: later ones were added since."""
    return {
        name: _known_to(value, shown[name]) if isinstance(value, dict) else shown[name]
        for name, value in example.items()
    }
