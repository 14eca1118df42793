"""Reading a rule: what is right comes back as a tree, what is wrong is pointed at."""

from typing import Any

import pytest

from libs.common.problems import Malformed
from services.customer.conditions import DEEPEST, FIELDS, MOST_NODES, Group, Leaf, leaves, read_rule, sources

LEAF = {"field": "contact.language", "op": "eq", "value": "zh"}
CONSENT = {"field": "consent.status", "op": "eq", "value": "given", "purpose": "marketing"}
REVENUE = {"field": "account.annual_revenue_minor", "op": "gte", "value": 100}


def nested(depth: int) -> dict[str, Any]:
    return LEAF if depth == 0 else {"not": nested(depth - 1)}


class TestReadRule:
    def test_returns_each_node_with_its_place(self) -> None:
        node = read_rule({"and": [LEAF, {"not": LEAF}]})

        assert isinstance(node, Group)
        assert [leaf.pointer for leaf in leaves(node)] == ["/filter/and/0", "/filter/and/1/not"]

    def test_reads_values_by_their_field(self) -> None:
        leaf = read_rule({"field": "contact.created_at", "op": "gte", "value": "2026-01-01T00:00:00+08:00"})

        assert isinstance(leaf, Leaf)
        assert leaf.value.isoformat() == "2025-12-31T16:00:00+00:00"

    @pytest.mark.parametrize(
        ("tree", "pointer", "code"),
        [
            ([], "", "wrong-type"),
            ({}, "/field", "missing"),
            ({"xor": [LEAF]}, "/xor", "unknown-field"),
            ({"a/b~": [LEAF]}, "/a~1b~0", "unknown-field"),
            ({"and": [LEAF], "or": [LEAF]}, "", "not-valid"),
            ({"and": LEAF}, "/and", "wrong-type"),
            ({"and": []}, "/and", "too-short"),
            ({"or": [LEAF, {"not": 5}]}, "/or/1/not", "wrong-type"),
            (LEAF | {"field": "contact.family_name"}, "/field", "not-listed"),
            (LEAF | {"field": ["x"]}, "/field", "not-listed"),
            (LEAF | {"op": "like"}, "/op", "bad-operator"),
            (LEAF | {"op": {}}, "/op", "bad-operator"),
            (LEAF | {"value": 5}, "/value", "not-valid"),
            (LEAF | {"value": "a\0"}, "/value", "not-valid"),
            (LEAF | {"op": "in", "value": ["a"] * 101}, "/value", "not-valid"),
            (LEAF | {"days": 5}, "/days", "unknown-field"),
            ({"field": "contact.language", "op": "eq"}, "/value", "missing"),
            ({"field": "contact.created_at", "op": "within_days", "value": 0}, "/value", "not-valid"),
            ({"field": "contact.created_at", "op": "gte", "value": 5}, "/value", "not-valid"),
            ({"field": "account.employees", "op": "gt", "value": 2**70}, "/value", "not-valid"),
            ({"field": "contact.owner_id", "op": "eq", "value": "x"}, "/value", "not-valid"),
            (CONSENT, "/channel", "missing"),
            (CONSENT | {"channel": "E mail"}, "/channel", "not-valid"),
            (REVENUE, "/currency", "missing"),
            (REVENUE | {"currency": "usd"}, "/currency", "not-valid"),
        ],
    )
    def test_points_at_what_is_wrong(self, tree: Any, pointer: str, code: str) -> None:
        with pytest.raises(Malformed) as refused:
            read_rule(tree)

        assert [(each.pointer, each.code) for each in refused.value.errors] == [("/filter" + pointer, code)]

    def test_goes_so_deep_and_no_deeper(self) -> None:
        read_rule(nested(DEEPEST - 1))

        with pytest.raises(Malformed):
            read_rule(nested(DEEPEST))

    def test_takes_so_many_nodes_and_no_more(self) -> None:
        read_rule({"or": [LEAF] * (MOST_NODES - 1)})

        with pytest.raises(Malformed):
            read_rule({"or": [LEAF] * MOST_NODES})

    def test_a_bomb_is_refused_at_once(self) -> None:
        bomb: Any = LEAF
        for _ in range(100_000):
            bomb = {"not": bomb}

        with pytest.raises(Malformed):
            read_rule(bomb)


class TestSources:
    def test_are_the_records_that_it_looks_at_and_the_contact(self) -> None:
        node = read_rule({"or": [REVENUE | {"currency": "USD"}, CONSENT | {"channel": "sms"}]})

        assert sources(node) == {"account", "consent", "contact"}

    def test_no_field_is_a_person_s_name_or_address(self) -> None:
        assert not {"contact.family_name", "contact.given_name"} & FIELDS.keys()
        assert [*FIELDS["contact.email"].operators] == [*FIELDS["contact.phone"].operators] == ["is_set"]


class TestIsTimed:
    @pytest.mark.parametrize(
        ("tree", "expected"),
        [
            (LEAF, False),
            ({"field": "contact.created_at", "op": "within_days", "value": 5}, True),
            ({"field": "activity.last_done_at", "op": "is_set", "value": True}, True),
            ({"field": "activity.planned", "op": "is_set", "value": True}, False),
        ],
        ids=["text", "span", "done", "planned"],
    )
    def test_tells_whose_answer_time_changes(self, tree: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
        assert [leaf.is_timed for leaf in leaves(read_rule(tree))] == [expected]
