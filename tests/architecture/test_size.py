"""Functions and files stay small, measured over the product; tests stay in proportion to it."""

from pathlib import Path

import pytest

from tests.architecture.planting import caught, plant
from tests.architecture.size import file_lengths, function_lengths, long_endpoints, spread, too_long
from tests.architecture.source import ROOT, sources, violations
from tests.figures import Figures

FUNCTION_MEDIAN, FUNCTION_P95 = 8, 30
FILE_MEDIAN, FILE_P95 = 100, 250
LEAST_RATIO, MOST_RATIO = 0.9, 1.5


def function_of(lines: int) -> str:
    return "def long():\n" + "    done = 1\n" * (lines - 1)


def measure(figures: Figures, root: Path) -> Figures:
    read = sources(root)
    function, file = spread(function_lengths(read)), spread(file_lengths(read))
    figures.at_most("function lines, median", function.median, FUNCTION_MEDIAN, "lines")
    figures.at_most("function lines, p95", function.p95, FUNCTION_P95, "lines")
    figures.at_most("function lines, largest", function.largest, 60, "lines")
    figures.at_most("file lines, median", file.median, FILE_MEDIAN, "lines")
    figures.at_most("file lines, p95", file.p95, FILE_P95, "lines")
    figures.at_most("file lines, largest", file.largest, 400, "lines")
    return figures


def ratio(root: Path) -> float:
    product = sum(file_lengths(sources(root)))
    return sum(file_lengths(sources(root, ["tests"]))) / max(product, 1)


def measured_figures(folder: Path, root: Path) -> Figures:
    return measure(Figures("architecture", folder=folder), root)


class TestProduct:
    def test_keeps_its_budgets(self) -> None:
        figures = measure(Figures("architecture"), ROOT)
        figures.sample("functions", len(function_lengths(sources())))
        figures.sample("files", len(file_lengths(sources())))
        figures.between("test lines per product line", round(ratio(ROOT), 2), LEAST_RATIO, MOST_RATIO)

        assert figures.done(), figures.failures()

    def test_names_no_file_or_function_that_is_too_long(self) -> None:
        assert violations("size", too_long, sources()) == []

    def test_keeps_its_endpoints_short(self) -> None:
        assert violations("endpoint", long_endpoints, sources()) == []


class TestPlantedViolation:
    @pytest.mark.parametrize(
        ("code", "figure"),
        [
            (function_of(9), "function lines, median"),
            ("\n\n".join([function_of(5)] * 9 + [function_of(31)]), "function lines, p95"),
            (function_of(61), "function lines, largest"),
            ("done = 1\n" * 101, "file lines, median"),
            ("done = 1\n" * 251, "file lines, p95"),
            ("done = 1\n" * 401, "file lines, largest"),
        ],
    )
    def test_breaks_its_budget(self, tmp_path: Path, code: str, figure: str) -> None:
        plant(tmp_path, "libs/common/long.py", code)

        failed = measured_figures(tmp_path / "build", tmp_path).failures()

        assert any(line.startswith(figure) for line in failed)

    def test_keeps_its_budget_at_the_bar(self, tmp_path: Path) -> None:
        plant(tmp_path, "libs/common/short.py", function_of(8))

        assert measured_figures(tmp_path / "build", tmp_path).failures() == []

    @pytest.mark.parametrize("code", [function_of(61), "done = 1\n" * 401])
    def test_is_named(self, tmp_path: Path, code: str) -> None:
        plant(tmp_path, "libs/common/long.py", code)

        (found,) = caught(tmp_path, "size", too_long)
        assert found.startswith("libs/common/long.py:1:")

    def test_of_the_proportion_is_measured(self, tmp_path: Path) -> None:
        plant(tmp_path, "libs/common/code.py", "done = 1\n" * 100)
        plant(tmp_path, "tests/common/test_code.py", "done = 1\n" * 80)

        assert ratio(tmp_path) == pytest.approx(0.8)

    @pytest.mark.parametrize(("lines", "count"), [(8, 0), (9, 1)])
    def test_of_an_endpoint_is_named(self, tmp_path: Path, lines: int, count: int) -> None:
        code = (
            '@router.post("")\nasync def win(\n    session: Session,\n) -> None:\n' + "    done = 1\n" * lines
        )
        plant(tmp_path, "services/sales/opportunities/api.py", code)

        assert len(caught(tmp_path, "endpoint", long_endpoints)) == count
