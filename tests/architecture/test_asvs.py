import pytest

from tests.architecture.asvs import LEDGER, SECURITY, absent, entries, faults, levels

HEAD = """
| Met, a test holds it | 1 |
| Met by design | 1 |
| Not applicable | 0 |
| Not met | 0 |
"""
HELD = "tests/architecture/test_asvs.py::TestLedger::test_answers_each_requirement"
GOOD = f"| V1.1 | 1 | something | `{HELD}` |\n"
OTHER = "| V1.2 | 2 | something | By design: it is built that way. |\n"
WANTED = {"V1.1": "1", "V1.2": "2"}


class TestLedger:
    def test_answers_each_requirement(self) -> None:
        assert faults(LEDGER.read_text("utf-8"), levels()) == []

    def test_is_about_as_many_as_the_standard_has(self) -> None:
        of_level = list(levels().values())

        assert (of_level.count("1"), of_level.count("2")) == (70, 183)

    def test_without_a_fault_passes(self) -> None:
        assert faults(HEAD + GOOD + OTHER, WANTED) == []
        assert [entry.what for entry in entries(GOOD)] == ["something"]


class TestThreatModel:
    def test_names_tests_that_there_are(self) -> None:
        assert absent(SECURITY.read_text("utf-8")) == []

    def test_that_names_another_is_caught(self) -> None:
        named = "`access/test_http.py`, `tests/access/test_gone.py`, `auth/test_gone.py`"

        assert absent(named) == ["access/test_gone.py", "auth/test_gone.py"]


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        (GOOD, "V1.2: 0 times"),
        (GOOD + OTHER + OTHER, "V1.2: 2 times"),
        (GOOD + OTHER + OTHER.replace("V1.2", "V1.3"), "V1.3: is not wanted"),
        (GOOD.replace("| 1 |", "| 2 |") + OTHER, "V1.1: is of level 1"),
        (
            GOOD.replace("test_asvs.py", "test_gone.py") + OTHER,
            "V1.1: there is no tests/architecture/test_gone",
        ),
        (
            GOOD.replace("test_answers", "test_promises") + OTHER,
            "V1.1: there is no tests/architecture/test_asvs",
        ),
        (GOOD.replace("TestLedger", "TestOther") + OTHER, "V1.1: there is no tests/architecture/test_asvs"),
        (GOOD.replace("`", "") + OTHER, "V1.1: names neither tests nor a reason"),
        (GOOD + "| V1.2 | 2 | something | NOT MET: yet. |\n", "V1.2: gives no reason"),
        (GOOD, "Met by design: are 0"),
    ],
)
def test_planted_fault_is_caught(planted: str, expected: str) -> None:
    assert [said for said in faults(HEAD + planted, WANTED) if said.startswith(expected)]
