"""Makefile, decisions and tool settings keep their form."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.house import decision_faults, glossary_faults, ignored_without_reason, makefile_faults
from tests.architecture.planting import plant
from tests.architecture.source import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "docs" / "adr", tmp_path / "docs" / "adr")
    for name in ("Makefile", "pyproject.toml", "docs/glossary.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")


class TestMakefile:
    def test_keeps_its_form(self) -> None:
        assert list(makefile_faults()) == []

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            (".DEFAULT_GOAL := help", ".DEFAULT_GOAL := check", "help is not the default goal"),
            ("##@", "##", "no ##@ group"),
            ("## Print the targets.", "", "help says nothing of itself"),
        ],
    )
    def test_planted_fault_is_caught(self, copy: Path, old: str, new: str, fault: str) -> None:
        edit(copy / "Makefile", old, new)

        assert fault in list(makefile_faults(copy))

    def test_too_many_targets_are_caught(self, copy: Path) -> None:
        more = "".join(f"{letter}: ## Do.\n" for letter in "abcdefghijklmnopqrstuvwxyz")
        (copy / "Makefile").write_text((copy / "Makefile").read_text("utf-8") + more, "utf-8")

        assert any("targets, more than 25" in fault for fault in makefile_faults(copy))


class TestDecisions:
    def test_keep_their_form(self) -> None:
        assert list(decision_faults()) == []

    def test_one_without_its_proof_is_caught(self, copy: Path) -> None:
        edit(copy / "docs/adr/0002-one-deployment-one-company.md", "## Held by", "## Trust us")

        assert len(list(decision_faults(copy))) == 1

    def test_a_long_one_is_caught(self, copy: Path) -> None:
        edit(copy / "docs/adr/0002-one-deployment-one-company.md", "## Held by\n", "## Held by\n" + "\n" * 60)

        assert any("longer than a page" in fault for fault in decision_faults(copy))

    def test_an_unlisted_one_is_caught(self, copy: Path) -> None:
        edit(copy / "docs/adr/README.md", "(0002-one-deployment-one-company.md)", "")

        assert any("not in the list" in fault for fault in decision_faults(copy))


class TestGlossary:
    def test_has_every_word_in_both_languages(self) -> None:
        assert list(glossary_faults()) == []

    def test_an_aggregate_that_it_does_not_know_is_caught(self, copy: Path) -> None:
        plant(copy, "services/sales/rebates/__init__.py", "")

        assert list(glossary_faults(copy)) == ["rebates of sales is not in the glossary"]

    def test_knows_plurals(self, copy: Path) -> None:
        plant(copy, "services/customer/activities/__init__.py", "")
        plant(copy, "services/sales/quote_lines/__init__.py", "")

        assert list(glossary_faults(copy)) == []

    def test_a_word_without_its_chinese_is_caught(self, copy: Path) -> None:
        edit(copy / "docs/glossary.md", "| Quote, Quote line | 报价单、报价行 |", "| Quote, Quote line | |")

        assert list(glossary_faults(copy)) == ["Quote, Quote line lacks its Chinese"]


class TestLint:
    def test_says_why_a_rule_is_off(self) -> None:
        assert list(ignored_without_reason()) == []

    def test_a_rule_that_is_off_without_a_reason_is_caught(self, copy: Path) -> None:
        edit(copy / "pyproject.toml", "# LICENSE speaks for the whole tree.", "")

        assert list(ignored_without_reason(copy)) == ["CPY001 is ignored without a reason"]
