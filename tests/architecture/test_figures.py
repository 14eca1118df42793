"""The writer of figures: rows, bars, samples, and several writers of one target."""

import json
from pathlib import Path

import pytest

from tests.figures import Figures, percentile


@pytest.fixture
def budget(tmp_path: Path) -> Path:
    path = tmp_path / "budget.toml"
    path.write_text("[load]\nopportunities = 100\n", "utf-8")
    return path


def load(tmp_path: Path, budget: Path) -> Figures:
    return Figures("load", folder=tmp_path, budget_path=budget)


class TestFigures:
    def test_write_one_row_per_figure(self, tmp_path: Path, budget: Path) -> None:
        figures = load(tmp_path, budget)
        figures.exactly("won", 4238, 4238, "opportunities")
        figures.at_most("seconds", 12.5, 180, "s")
        figures.sample("opportunities", 100)

        assert figures.done()

        won, seconds, _ = json.loads((tmp_path / "load.json").read_text("utf-8"))
        assert won == {
            "name": "won",
            "unit": "opportunities",
            "value": 4238,
            "bar": "= 4238",
            "ok": True,
            "reference": 4238,
            "ratio": 1.0,
        }
        assert seconds == {"name": "seconds", "unit": "s", "value": 12.5, "bar": "≤ 180", "ok": True}

    def test_print_a_table(self, tmp_path: Path, budget: Path, capsys: pytest.CaptureFixture[str]) -> None:
        figures = load(tmp_path, budget)
        figures.at_least("kills", 19, 20)

        figures.done(part=True)

        assert "FAILED" in capsys.readouterr().out

    @pytest.mark.parametrize("value", [99, 101])
    def test_fail_a_value_beside_its_bar(self, tmp_path: Path, budget: Path, value: int) -> None:
        figures = load(tmp_path, budget)
        figures.exactly("won", value, 100)

        assert not figures.done(part=True)
        assert figures.failures() == [f"won: {value} (bar = 100)"]

    def test_fail_a_run_with_fewer_samples(self, tmp_path: Path, budget: Path) -> None:
        figures = load(tmp_path, budget)
        figures.sample("opportunities", 99)

        assert not figures.done()

    def test_fail_a_run_that_never_counted_a_sample(self, tmp_path: Path, budget: Path) -> None:
        figures = load(tmp_path, budget)
        figures.at_most("seconds", 1, 180)

        assert not figures.done()
        assert figures.failures() == ["samples: opportunities: 0 (bar ≥ 100)"]

    def test_fail_a_run_without_a_row(self, tmp_path: Path, budget: Path) -> None:
        assert not load(tmp_path, budget).done(part=True)

    def test_merge_what_several_writers_prove(self, tmp_path: Path, budget: Path) -> None:
        for name, value in [("lost", 1), ("doubled", 0), ("lost", 0)]:
            figures = load(tmp_path, budget)
            figures.exactly(name, value, 0)
            figures.done(part=True)

        rows = json.loads((tmp_path / "load.json").read_text("utf-8"))
        assert {row["name"]: row["value"] for row in rows} == {"lost": 0, "doubled": 0}


class TestPercentile:
    @pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1.0, 100), (0.001, 1)])
    def test_is_the_nearest_rank(self, share: float, expected: int) -> None:
        assert percentile(list(range(1, 101)), share) == expected
