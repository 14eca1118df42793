"""Codes against RFC 6238's own and against the clock."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.common.crypto import DataKey, KekRing
from services.auth.second_factors.model import RECOVERY_CODES, SecondFactor, code_hash, new_codes

RING = KekRing("m", {"m": b"k" * 32}, b"b" * 32)
# RFC 6238, appendix B, SHA-1: the last six of its eight figures, for a secret of twenty bytes.
SECRET = b"12345678901234567890"
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOW = datetime.fromtimestamp(1111111111, UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def factor() -> SecondFactor:
    made = SecondFactor.begin(UUID(int=1), RING, NOW)
    made.secret = RING.wrap(DataKey(str(made.id), SECRET.ljust(32, b"-")))
    return made


class TestCodes:
    @pytest.mark.parametrize(("at", "code"), VECTORS)
    def test_are_those_of_the_standard(self, factor: SecondFactor, at: int, code: str) -> None:
        assert factor.accepts(RING, code, datetime.fromtimestamp(at, UTC))

    @pytest.mark.parametrize(("steps", "taken"), [(-2, 0), (-1, 1), (1, 1), (2, 0)])
    def test_forgive_a_clock_that_is_off_by_a_step(
        self, factor: SecondFactor, steps: int, taken: int
    ) -> None:
        assert factor.accepts(RING, "050471", NOW + steps * STEP) == bool(taken)

    def test_work_once_and_none_before_it_any_more(self, factor: SecondFactor) -> None:
        assert factor.accepts(RING, "050471", NOW)
        assert not factor.accepts(RING, "050471", NOW)
        assert not factor.accepts(RING, "081804", NOW)

    @pytest.mark.parametrize("wrong", ["", "05047", "0504711", "050472", "０５０４７１", "abcdef"])
    def test_refuse_everything_else(self, factor: SecondFactor, wrong: str) -> None:
        assert not factor.accepts(RING, wrong, NOW)


class TestRecoveryCodes:
    def test_differ_and_hold_nothing_that_is_misread(self) -> None:
        codes = new_codes()
        assert len({*codes, *new_codes()}) == 2 * RECOVERY_CODES
        assert not set("".join(codes)) & set("ILOU")

    def test_are_kept_apart_by_user_and_compared_as_they_are_typed(self) -> None:
        ada, bob = UUID(int=1), UUID(int=2)
        assert code_hash(RING, ada, "abcde-fghjk") == code_hash(RING, ada, " ABCDE FGHJK")
        assert code_hash(RING, ada, "ABCDE-FGHJK") != code_hash(RING, bob, "ABCDE-FGHJK")
