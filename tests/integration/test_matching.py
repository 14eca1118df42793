"""Which events a webhook wants."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from libs.common.crypto import DataKey, seal
from libs.common.problems import BadRequest
from services.integration.matching import Pattern, Tree, checked, holds, wants

DATA = {
    "stage": "won",
    "state": {
        "amount_minor": 500,
        "currency": "USD",
        "is_active": True,
        "owner_id": None,
        "types": ["a", "b"],
        "family_name": seal("Li", DataKey.mint("someone"), b"place"),
    },
}


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


RICH = leaf("state.amount_minor", "gte", 500)
POOR = leaf("state.amount_minor", "lt", 500)


class TestWants:
    @pytest.mark.parametrize("pattern", ["*", "sales.*", "sales.opportunity.*", "sales.opportunity.won.v1"])
    def test_knows_a_type_by_any_part_of_its_name(self, pattern: str) -> None:
        assert wants([pattern], "sales.opportunity.won.v1")

    @pytest.mark.parametrize(
        "pattern", ["customer.*", "sales.lead.*", "sales.opportunity.won.v2", "sales.opportunity.lost.v1"]
    )
    def test_passes_over_other_types(self, pattern: str) -> None:
        assert not wants([pattern], "sales.opportunity.won.v1")

    @pytest.mark.parametrize(
        "text", ["*", "sales.*", "sales.opportunity.*", "marketing.campaign-member.sent.v1"]
    )
    def test_is_asked_by_names_of_types(self, text: str) -> None:
        assert TypeAdapter(Pattern).validate_python(text) == text

    @pytest.mark.parametrize(
        "text", ["", "sales", "sal*", "*.lead.*", "sales.**", "sales.lead", "Sales.*", "a.b.c"]
    )
    def test_is_not_asked_by_anything_else(self, text: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Pattern).validate_python(text)


class TestHolds:
    @pytest.mark.parametrize(
        "tree",
        [
            None,
            RICH,
            leaf("stage", "eq", "won"),
            leaf("stage", "ne", "lost"),
            leaf("stage", "in", ["lost", "won"]),
            leaf("stage", "contains", "wo"),
            leaf("stage", "exists"),
            leaf("stage", "exists", value=True),
            leaf("state.types", "contains", "a"),
            leaf("state.is_active", "eq", value=True),
            leaf("state.owner_id", "exists", value=False),
            leaf("state.owner_id", "eq"),
            leaf("state.missing", "ne", "x"),
            leaf("state.currency", "gt", "EUR"),
            {"and": [RICH, leaf("stage", "eq", "won")]},
            {"or": [POOR, RICH]},
            {"not": POOR},
            {"and": [{"or": [POOR, {"not": POOR}]}, RICH]},
        ],
        ids=range(18),
    )
    def test_lets_pass_what_was_asked_for(self, tree: dict[str, Any] | None) -> None:
        assert holds(tree, DATA)

    @pytest.mark.parametrize(
        "tree",
        [
            POOR,
            leaf("stage", "eq", "lost"),
            leaf("stage", "in", []),
            leaf("stage", "in", "won"),
            leaf("stage", "contains", 1),
            leaf("stage", "gt", 1),
            leaf("state.amount_minor", "gt", "1"),
            leaf("state.amount_minor", "eq", value=True),
            leaf("state.is_active", "eq", 1),
            leaf("state.is_active", "gt", 0),
            leaf("state.owner_id", "exists"),
            leaf("state.amount_minor.more", "exists"),
            leaf("nothing", "eq", "x"),
            {"and": [RICH, POOR]},
            {"or": [POOR, POOR]},
            {"not": RICH},
        ],
        ids=range(16),
    )
    def test_holds_back_everything_else(self, tree: dict[str, Any]) -> None:
        assert not holds(tree, DATA)

    @pytest.mark.parametrize("value", ["Li", "enc.v1", DATA["state"]], ids=range(3))
    def test_tells_nothing_of_what_is_sealed(self, value: Any) -> None:
        assert not holds(leaf("state.family_name", "contains", value), DATA)
        assert not holds(leaf("state.family_name", "exists"), DATA)


class TestTree:
    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"and": []},
            {"and": RICH},
            {"field": "a", "op": "like", "value": "x"},
            {"field": "a b", "op": "eq", "value": "x"},
            {"field": "a", "op": "eq", "value": {"b": 1}},
            {"field": "a", "op": "eq", "value": 1, "more": 2},
            {"and": [RICH], "or": [RICH]},
        ],
        ids=range(8),
    )
    def test_is_refused_when_malformed(self, given: Any) -> None:
        adapter: TypeAdapter[Any] = TypeAdapter(Tree)
        with pytest.raises(ValidationError):
            adapter.validate_python(given)

    def test_is_stored_as_it_came(self) -> None:
        given = {"and": [RICH, {"not": {"or": [POOR, leaf("stage", "in", ["a", 1, True, None])]}}]}
        adapter: TypeAdapter[Any] = TypeAdapter(Tree)

        assert adapter.dump_python(adapter.validate_python(given), by_alias=True) == given

    def test_is_refused_when_too_deep(self) -> None:
        tree = RICH
        for _ in range(6):
            tree = {"not": tree}

        with pytest.raises(BadRequest, match="filter-too-large"):
            checked(tree)

    def test_is_refused_when_too_long(self) -> None:
        with pytest.raises(BadRequest, match="filter-too-large"):
            checked({"and": [{"or": [RICH] * 20}] * 3})
