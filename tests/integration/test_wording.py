"""What notifications say, in both languages."""

import pytest

from services.integration.wording import (
    LEAD,
    LOW_SCORE,
    OPPORTUNITY,
    SLA_BREACHED,
    SLA_WARNED,
    TICKET,
    WEBHOOK_DISABLED,
    worded,
)

KINDS = (LEAD, OPPORTUNITY, TICKET, SLA_WARNED, SLA_BREACHED, LOW_SCORE, WEBHOOK_DISABLED, "of-tomorrow")


class TestWorded:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_says_every_kind_without_a_gap(self, kind: str, language: str) -> None:
        text = worded(kind, {"number": "T-1", "clock": "resolution", "score": "2"}, None, language)

        assert text
        assert "{" not in text
        assert "  " not in text

    def test_names_the_record_by_number_or_label(self) -> None:
        assert "T-7" in worded(TICKET, {"number": "T-7"}, "whatever", "en")
        assert "Li Wei" in worded(LEAD, {}, "Li Wei", "en")

    def test_does_without_a_name_that_may_not_be_shown(self) -> None:
        assert worded(LEAD, {}, None, "en") == "You are in charge of the lead"

    def test_says_which_clock_it_is(self) -> None:
        assert worded(SLA_WARNED, {"number": "T-7", "clock": "first_response"}, None, "zh").endswith(
            "首次响应"
        )

    def test_reads_no_braces_of_a_label(self) -> None:
        assert "{clock}" in worded(LEAD, {}, "{clock}", "en")
