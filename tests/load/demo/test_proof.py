"""A proof that cannot fail proves nothing."""

from pathlib import Path

from deploy.demo.wire import Json
from tests.figures import Figures
from tests.load.demo.__main__ import compare, depth


def failures(folder: Path, before: dict[str, int], after: dict[str, int]) -> list[str]:
    many = {f"table-{n}": 1 for n in range(100)}
    rows = Figures("demo", folder)
    compare(rows, many | before, many | after)
    return rows.failures()


class TestCompare:
    def test_is_content_when_nothing_changed(self, tmp_path: Path) -> None:
        assert failures(tmp_path, {"sales.lead": 1}, {"sales.lead": 1}) == []

    def test_names_what_grew_shrank_or_came(self, tmp_path: Path) -> None:
        before = {"sales.lead": 1, "sales.gone": 1}
        after = {"sales.lead": 2, "crm.sales.lead/0": 3}

        (failure,) = failures(tmp_path, before, after)

        assert "crm.sales.lead/0, sales.gone, sales.lead" in failure

    def test_is_not_content_with_an_empty_sample(self, tmp_path: Path) -> None:
        rows = Figures("demo", tmp_path)

        compare(rows, {}, {})

        assert len(rows.failures()) == 1


class TestDepth:
    def test_counts_the_levels_of_a_tree(self) -> None:
        tree: list[Json] = [
            {"id": "team", "parent_id": "office"},
            {"id": "root", "parent_id": None},
            {"id": "office", "parent_id": "root"},
        ]

        assert depth(tree) == 3
