"""The table: medians beside their references and bars, and what fails a run."""

import json
from pathlib import Path

import pytest

from tests.load.bench.report import Report, Series, bars, cells
from tests.load.bench.wrk import LoadError


@pytest.fixture
def report(tmp_path: Path) -> Report:
    budget = tmp_path / "budget.toml"
    budget.write_text("[bench]\ncontacts = 100\n", "utf-8")
    return Report("bench", tmp_path, budget)


class TestSeries:
    def test_tells_median_and_spread(self) -> None:
        series = Series.of([90, 100, 120])

        assert (series.median, series.spread) == (100, 30)

    def test_refuses_nothing(self) -> None:
        with pytest.raises(ValueError, match="nothing was measured"):
            Series.of([])


class TestReport:
    def test_compares_with_the_reference_and_the_bar(self, report: Report) -> None:
        report.add("read one contact", "/s", [60, 55, 50], reference=[100, 100, 100], what="one SELECT")

        (row,) = report.rows
        assert (row["value"], row["reference"], row["ratio"], row["ok"]) == (55, 100, 0.55, True)
        assert row["spread"] == pytest.approx(18.18, abs=0.01)
        assert cells(row)[-1] == "yes"

    @pytest.mark.parametrize(
        ("name", "value", "met"),
        [
            ("rebuild", 29_999, False),
            ("rebuild", 30_000, True),
            ("event to read model, p99", 250, True),
            ("event to read model, p99", 251, False),
            ("relay", 1, None),
        ],
    )
    def test_judges_by_the_bar(self, report: Report, name: str, value: float, met: object) -> None:
        report.add(name, "", [value])

        assert report.rows[0]["ok"] is met

    def test_writes_one_row_per_figure(self, report: Report) -> None:
        report.add("relay", "events/s", [10, 20, 30], events=5)
        report.sample("contacts", 100)

        assert report.done()
        written = json.loads((report.folder / "bench.json").read_text("utf-8"))
        assert written[0] == {
            "name": "relay",
            "unit": "events/s",
            "value": 20,
            "bar": "",
            "ok": None,
            "spread": 100,
            "values": [10, 20, 30],
            "events": 5,
        }

    def test_fails_fewer_samples(self, report: Report) -> None:
        report.add("relay", "events/s", [10])
        report.sample("contacts", 99)

        assert not report.done()

    def test_fails_samples_that_were_never_counted(self, report: Report) -> None:
        report.add("relay", "events/s", [10])

        assert not report.done()
        assert report.rows[-1]["value"] == 0

    def test_says_that_a_bar_is_missed_and_fails_only_when_strict(
        self, report: Report, capsys: pytest.CaptureFixture[str]
    ) -> None:
        report.add("rebuild", "events/s", [10])

        assert report.done(part=True)
        assert not report.done(part=True, strict=True)
        assert "SHORT" in capsys.readouterr().out

    def test_fails_what_was_not_measured(self, report: Report, capsys: pytest.CaptureFixture[str]) -> None:
        report.failed("funnel tile", LoadError("6 of 416 answers"))

        assert not report.done(part=True)
        assert "6 of 416 answers" in capsys.readouterr().err

    def test_a_part_leaves_the_rows_of_others(self, report: Report) -> None:
        report.add("relay", "events/s", [1])
        report.add("rebuild", "events/s", [1])
        report.done(part=True)
        later = Report("bench", report.folder, report.budget_path)
        later.add("relay", "events/s", [2])
        later.done(part=True)

        written = json.loads((report.folder / "bench.json").read_text("utf-8"))
        assert [(row["name"], row["value"]) for row in written] == [("relay", 2), ("rebuild", 1)]

    def test_is_not_done_without_rows(self, report: Report) -> None:
        assert not report.done(part=True)


def test_bars_are_what_the_figures_are_called() -> None:
    known = bars()

    assert known["ratio"]["funnel tile"] == 10
    assert known["at_most"]["gateway's share"] == 35
