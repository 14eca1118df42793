"""What a caller sends is strict, bounded and storable."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from libs.common.schemas import Amount, Count, Currency, Day, Email, ExternalRef, Instant, LongText, Text


class TestTexts:
    @pytest.mark.parametrize("kind", [LongText, Text])
    @pytest.mark.parametrize("value", ["a\0b", "\ud800", 5, None, ["a"]])
    def test_refuse_what_cannot_be_stored(self, kind: Any, value: Any) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(value)

    @pytest.mark.parametrize("value", ["", "  ", "a" * 256])
    def test_refuse_what_is_empty_or_too_long(self, value: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Text).validate_python(value)

    def test_are_trimmed(self) -> None:
        assert TypeAdapter(Text).validate_python("  李伟 ") == "李伟"

    @pytest.mark.parametrize("value", ["", "a", "a@", "@b", "a b@c", "a\n@b", "a@b@c", "a\0@b"])
    def test_refuse_what_is_no_address(self, value: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Email).validate_python(value)

    @pytest.mark.parametrize("value", ["eur", "EU", "EURO", "€"])
    def test_refuse_what_is_no_currency(self, value: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Currency).validate_python(value)


class TestNumbers:
    @pytest.mark.parametrize("value", ["5", 5.0, True, 10**16, -1, 10**400, None])
    def test_refuse_what_is_no_bounded_integer(self, value: Any) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Amount).validate_python(value)

    def test_a_count_is_not_negative(self) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Count).validate_python(-1)


class TestInstant:
    def test_is_kept_in_utc(self) -> None:
        value = TypeAdapter(Instant).validate_python("2026-03-01T10:00:00+08:00")

        assert value == datetime(2026, 3, 1, 2, tzinfo=UTC)
        assert value.utcoffset() == datetime(2026, 1, 1, tzinfo=UTC).utcoffset()

    @pytest.mark.parametrize(
        "value",
        [
            1_700_000_000,
            1.5,
            "1700000000",
            "0",
            "2026-03-01",
            "2026-03-01T10:00:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "yesterday",
        ],
    )
    def test_refuses_what_is_no_instant_of_our_time(self, value: Any) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Instant).validate_python(value)


class TestDay:
    @pytest.mark.parametrize("value", [0, "0", "20000", "1700000000", "2026-3-1", "1899-12-31", "tomorrow"])
    def test_refuses_what_is_no_day_of_our_time(self, value: Any) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Day).validate_python(value)

    def test_is_a_date(self) -> None:
        assert TypeAdapter(Day).validate_python("2026-03-01") == date(2026, 3, 1)


class TestExternalRef:
    @pytest.mark.parametrize(
        "given",
        [{"system": "erp"}, {"system": "ERP 1", "id": "7"}, {"system": "erp", "id": "7", "kind": "x"}],
    )
    def test_is_a_system_and_an_id(self, given: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            ExternalRef.model_validate(given)
