"""What is counted, and the page that shows it."""

import asyncio
import json
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from libs.common import metrics
from libs.common.metrics import Counter, Gauge, Histogram, Metric, Samples
from libs.common.metrics_page import Page

ALWAYS = {"service": "toy", "process": "worker"}


@pytest.fixture(autouse=True)
def own_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test declares is gone after it."""
    monkeypatch.setattr(Metric, "declared", dict(Metric.declared))


async def shown(page: Page, name: str) -> dict[tuple[str, ...], float]:
    """The samples of one name on a page, by their labels' values but those on every sample."""
    return {
        tuple(value for key, value in sample.labels.items() if key not in ALWAYS): sample.value
        for sample in await samples(page)
        if sample.name == name
    }


async def samples(page: Page) -> list[Sample]:
    text = (await page.text()).decode()
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


class TestCounter:
    async def test_grows_by_label(self) -> None:
        counted = Counter("test_things_total", "Things", ("kind",))
        counted.add("a")
        counted.add("a", by=2)
        counted.add("b")

        assert await shown(Page(ALWAYS), "test_things_total") == {("a",): 3, ("b",): 1}

    def test_keeps_what_is_too_much_in_one_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(metrics, "_MOST_SERIES", 2)
        counted = Counter("test_many_total", "Many", ("kind",))

        for name in "abcd":
            counted.add(name)

        assert counted.values == {("a",): 1, ("b",): 1, ("other",): 2}

    def test_stands_for_one_thing(self) -> None:
        Counter("test_once_total", "Once")

        with pytest.raises(ValueError, match="test_once_total"):
            Counter("test_once_total", "Twice")


class TestHistogram:
    async def test_shows_cumulative_buckets(self) -> None:
        seen = Histogram("test_seconds", "Seconds", ("route",), (0.1, 1.0))
        for seconds in (0.05, 0.1, 0.5, 7.0):
            seen.observe(seconds, "r")

        page = Page(ALWAYS)

        buckets = {("r", "0.1"): 2, ("r", "1.0"): 3, ("r", "+Inf"): 4}
        assert {tuple(sorted(key)): n for key, n in (await shown(page, "test_seconds_bucket")).items()} == {
            tuple(sorted(key)): n for key, n in buckets.items()
        }
        assert await shown(page, "test_seconds_count") == {("r",): 4}
        assert await shown(page, "test_seconds_sum") == {("r",): pytest.approx(7.65)}


class TestPage:
    async def test_names_service_and_process_on_every_sample(self) -> None:
        found = await samples(Page(ALWAYS))

        assert {"process_resident_memory_bytes", "process_cpu_seconds_total"} <= {each.name for each in found}
        assert all(ALWAYS.items() <= each.labels.items() for each in found)

    async def test_asks_its_sources_at_each_scrape(self) -> None:
        level, values = Gauge("test_level", "Level"), iter((1.0, 2.0))

        async def read() -> dict[Gauge, Samples]:
            return {level: {(): next(values)}}

        page = Page(ALWAYS, {"level": read})

        assert [await shown(page, "test_level") for _ in range(2)] == [{(): 1}, {(): 2}]

    async def test_does_without_a_source_that_fails_or_takes_too_long(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.metrics_page._PATIENCE", 0.05)
        level = Gauge("test_other_level", "Level")

        async def good() -> dict[Gauge, Samples]:
            return {level: {(): 5.0}}

        async def broken() -> dict[Gauge, Samples]:
            raise OSError("gone")

        async def slow() -> dict[Gauge, Samples]:
            await asyncio.sleep(30)
            return {}

        page = Page(ALWAYS, {"good": good, "broken": broken, "slow": slow})

        assert await shown(page, "test_other_level") == {(): 5}
        failed = await shown(page, "plexus_scrape_failures_total")
        assert failed[("broken",)] >= 1
        assert failed[("slow",)] >= 1


STARTED = """
import json, sys
import services.sales.handlers, services.sales.jobs, libs.platform.process
found = {"worker": sorted(sys.modules)}
from libs.common.app import build_app
from libs.common.testing import make_settings
from services.customer.contacts.api import router
for name, telemetry in (("off", False), ("on", True)):
    settings = make_settings("customer", "postgresql://nobody", telemetry=telemetry, otlp_endpoint=None)
    app = build_app(settings, "services.customer", [router], None)
    found[name] = sorted(sys.modules)
    found[name + "-middleware"] = [each.cls.__name__ for each in app.user_middleware]
    found[name + "-paths"] = [getattr(each, "path", "") for each in app.routes]
print(json.dumps(found))
"""


@pytest.fixture(scope="class")
def started() -> dict[str, list[str]]:
    """What processes consist of that were just started: a worker, an API without telemetry, one with it."""
    done = subprocess.run([sys.executable, "-c", STARTED], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


class TestOff:
    def test_leaves_nothing_behind(self, started: dict[str, list[str]]) -> None:
        assert not {"Telemetry", "TracedRequests"} & set(started["off-middleware"])
        assert "/metrics" not in started["off-paths"]
        assert "prometheus_client" not in started["off"]

    def test_is_told_from_on(self, started: dict[str, list[str]]) -> None:
        extra = set(started["on-middleware"]) - set(started["off-middleware"])

        assert extra == {"Telemetry"}
        assert "/metrics" in started["on-paths"]
        assert "prometheus_client" in started["on"]

    def test_imports_nothing_that_traces(self, started: dict[str, list[str]]) -> None:
        assert "opentelemetry" not in started["worker"]
        # The web framework imports the empty interface itself, which does nothing without the rest.
        assert not {"opentelemetry.sdk", "opentelemetry.exporter"} & set(started["on"])
