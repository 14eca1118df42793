"""Exceptions are named, reasoned and needed."""

from pathlib import Path

import pytest

from tests.architecture.planting import caught, plant
from tests.architecture.source import sources
from tests.architecture.writing import commit_outside_libs

KNOWN = {
    "bulk-write",
    "commit",
    "endpoint",
    "event-class",
    "event-name",
    "glossary",
    "local-import",
    "select",
    "size",
    "vocabulary",
}
PATH = "services/sales/jobs.py"
REASONED = "# arch: allow commit because the batch is one transaction a chunk."


class TestAllowance:
    @pytest.mark.parametrize("code", [f"done.commit()  {REASONED}", f"{REASONED}\ndone.commit()"])
    def test_lets_its_line_or_the_next_through(self, tmp_path: Path, code: str) -> None:
        plant(tmp_path, PATH, code)

        assert caught(tmp_path, "commit", commit_outside_libs) == []

    @pytest.mark.parametrize(
        "code",
        [
            "done.commit()  # arch: allow commit",
            "done.commit()  # arch: allow select because it reads.",
            f"{REASONED}\n\ndone.commit()",
        ],
    )
    def test_lets_nothing_else_through(self, tmp_path: Path, code: str) -> None:
        plant(tmp_path, PATH, code)

        assert any("commits" in line for line in caught(tmp_path, "commit", commit_outside_libs))

    def test_is_a_finding_where_nothing_needs_it(self, tmp_path: Path) -> None:
        plant(tmp_path, PATH, f"done = True  {REASONED}")

        assert caught(tmp_path, "commit", commit_outside_libs) == [
            f"{PATH}:1: allows commit, but nothing here needs it"
        ]


def test_every_allowance_names_a_check_and_a_reason() -> None:
    faulty = [
        f"{source.path}:{line}"
        for source in sources()
        for line, (check, reason) in source.allowances.items()
        if check not in KNOWN or not reason
    ]

    assert faulty == []
