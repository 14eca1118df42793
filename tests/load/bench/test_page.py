"""The page's tables are what was measured, and its words stay."""

import json
from pathlib import Path

import pytest

from tests.load.bench.page import figures, growth, replaced
from tests.load.bench.report import Report


def test_replaces_what_stands_between_the_marks() -> None:
    text = "before\n<!-- growth -->\nold\n<!-- /growth -->\nafter"

    assert replaced(text, "growth", "new") == "before\n<!-- growth -->\nnew\n<!-- /growth -->\nafter"


def test_refuses_a_page_without_marks() -> None:
    with pytest.raises(ValueError, match="substring"):
        replaced("words", "growth", "new")


def test_shows_figures_without_samples(tmp_path: Path) -> None:
    report = Report("bench", tmp_path)
    report.add("read one contact", "/s", [55, 55], reference=[100], what="one SELECT")
    report.sample("contacts", 100_000)
    report.conditions["clients"] = 16
    report.done(part=True)

    shown = figures(tmp_path)

    assert "| read one contact | 55 | /s | 100 | one SELECT | 55% | ±0 % | ≥ 55% of it | yes |" in shown
    assert "samples" not in shown
    assert shown.endswith("clients: 16")


def test_shows_rows_and_clients_apart(tmp_path: Path) -> None:
    places = [(10, 16), (20, 16), (20, 1)]
    point = {"figure": "read", "side": "product", "rate": 5, "p50": 1, "p99": 2}
    points = [point | {"contacts": contacts, "clients": clients} for contacts, clients in places]
    (tmp_path / "growth.json").write_text(json.dumps({"points": points, "lacking": ["win: gone"]}), "utf-8")

    shown = growth(tmp_path).splitlines()

    assert shown[0] == "| /s | 16 clients | 10 contacts | 20 contacts |"
    assert shown[2] == "| read | product | 5 (2) | 5 (2) |"
    assert shown[4] == "| /s (p99 in ms) | 20 contacts | 1 clients | 16 clients |"
    assert shown[-1] == "Not measured: win: gone"
