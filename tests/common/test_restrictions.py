"""What a restricted reader sees of a record and of an event."""

from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.restrictions import Restriction, cut_event, masked

SEEN = {"thing": Restriction(hidden=frozenset({"level", "stage_id"}), masked=frozenset({"name"}))}


class TestMasked:
    @pytest.mark.parametrize(
        ("value", "mask"),
        [
            ("13800138000", "138****8000"),
            ("li.wei@example.com", "l***@example.com"),
            ("Schatzmeister", "S***"),
            (["old one", "new one"], ["o***", "n***"]),
            (ERASED, ERASED),
            (None, None),
            (7, None),
        ],
    )
    def test_tells_little_of_a_text_and_nothing_else(self, value: Any, mask: Any) -> None:
        assert masked(value) == mask


class TestCutEvent:
    def test_cuts_state_and_facts_alike(self) -> None:
        body = {
            "from_stage_id": "a",
            "stage_id": "b",
            "changed": ["level", "size"],
            "name": "Acme",
            "state": {"level": "A", "name": "Acme", "stage_id": "b", "size": 3},
        }

        shown = cut_event(body, "thing", {}, SEEN)

        assert shown == {"changed": ["size"], "name": "A***", "state": {"name": "A***", "size": 3}}

    def test_cuts_what_a_fact_tells_of_another_kind(self) -> None:
        told = {"grade": ("thing", "level"), "text": ("thing", "*"), "note": ("other", "*")}

        shown = cut_event({"grade": "A", "text": "Acme", "note": "x"}, "letter", told, SEEN)

        assert shown == {"note": "x"}

    def test_is_the_body_itself_for_whoever_may_see_all(self) -> None:
        body = {"state": {"level": "A"}}

        assert cut_event(body, "thing", {}, {}) is body
