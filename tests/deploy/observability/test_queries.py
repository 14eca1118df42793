"""Every query of a dashboard or an alert names metrics and labels that processes really show."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import GC_COLLECTOR, PROCESS_COLLECTOR

from deploy.observability.__main__ import FOLDER
from deploy.observability.dashboards import ALL
from libs.common.app import build_app
from libs.common.metrics import Histogram, Metric
from libs.common.metrics_page import Page
from libs.common.worker import Worker
from libs.platform.process import Platform
from services.integration.jobs import jobs

OBSERVABILITY = FOLDER.parent
# What imports these declares every family of an API, of a worker, and of the service that sends.
SHOWN_BY = (build_app, Worker, Platform, jobs, Page)
# On every sample: `job` and `instance` are Prometheus' own.
ALWAYS = {"service", "process", "job", "instance"}
NAME = re.compile(r"\b(?:plexus|process|python)_\w+|\bup\b")
MATCHED = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
SHOWN = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)")
TEXT = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Query:
    """An expression, what is said with its labels, and where it stands."""

    place: str
    text: str
    says: str = ""


@cache
def catalogue() -> dict[str, set[str]]:
    """The labels of every sample's name."""
    assert SHOWN_BY
    found: dict[str, set[str]] = {"up": set()}
    for metric in Metric.declared.values():
        if isinstance(metric, Histogram):
            found[f"{metric.name}_bucket"] = {*metric.labels, "le"}
            found |= {f"{metric.name}_{each}": set(metric.labels) for each in ("sum", "count")}
        else:
            found[metric.name] = set(metric.labels)
    for collector in (PROCESS_COLLECTOR, GC_COLLECTOR):
        for family in collector.collect():
            found |= {sample.name: set(sample.labels) for sample in family.samples}
    return found


def faults(query: Query) -> Iterator[str]:
    """Say each name that no process shows."""
    bare = TEXT.sub('""', query.text)
    names = set(NAME.findall(bare))
    known = catalogue()
    if not names:
        yield f"{query.place}: asks for nothing: {query.text}"
    yield from (f"{query.place}: no metric {each}" for each in sorted(names - known.keys()))
    labels = ALWAYS.union(*(known.get(each, set()) for each in names))
    grouped = {each.strip() for group in GROUPED.findall(bare) for each in group.split(",")}
    used = set(MATCHED.findall(bare)) | grouped | set(SHOWN.findall(query.says))
    used -= {"value", "alertname"}
    yield from (f"{query.place}: no label {each} in {query.text}" for each in sorted(used - labels))


def alerts() -> list[dict[str, Any]]:
    content = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text("utf-8"))
    return [rule for group in content["groups"] for rule in group["rules"]]


def dashboards() -> list[Query]:
    """The queries of the dashboards as Grafana will send them."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        for panel in document["panels"]:
            for target in panel["targets"]:
                text = target["expr"].replace("$__rate_interval", "1m").replace("$service", "sales")
                found.append(Query(f"{path.name}: {panel['title']}", text, target["legendFormat"]))
        for variable in document["templating"]["list"]:
            if variable["type"] == "query":
                given = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
                assert given
                found.append(Query(path.name, f"sum by ({given[2]}) ({given[1]})"))
    return found


class TestCheck:
    @pytest.mark.parametrize(
        "planted",
        [
            Query("p", "sum(plexus_nothing_total)"),
            Query("p", 'plexus_outbox_rows{colour="red"}'),
            Query("p", "sum by (colour) (plexus_outbox_rows)"),
            Query("p", "plexus_outbox_rows", "{{colour}}"),
            Query("p", "plexus_http_request_seconds"),
            Query("p", "vector(1)"),
        ],
    )
    def test_finds_a_planted_fault(self, planted: Query) -> None:
        assert list(faults(planted))


class TestDashboards:
    def test_are_those_that_are_written(self) -> None:
        assert {each.name: each.read_text("utf-8") for each in FOLDER.glob("*.json")} == {
            f"{each.name}.json": each.text() for each in ALL
        }

    def test_ask_for_what_there_is(self) -> None:
        queries = dashboards()

        assert len(queries) >= 40
        assert [fault for each in queries for fault in faults(each)] == []

    def test_are_understood_by_prometheus(self, promtool: str, tmp_path: Path) -> None:
        rules = [
            {"record": f"dashboard:query:{number}", "expr": each.text}
            for number, each in enumerate(dashboards())
        ]
        path = tmp_path / "dashboards.yaml"
        path.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}), "utf-8")

        run(promtool, "check", "rules", path)


class TestAlerts:
    def test_ask_for_what_there_is(self) -> None:
        said = (
            Query(each["alert"], each["expr"], " ".join(each["annotations"].values())) for each in alerts()
        )

        assert [fault for each in said for fault in faults(each)] == []

    def test_say_what_to_do(self) -> None:
        for each in alerts():
            assert set(each["annotations"]) == {"summary", "runbook"}, each["alert"]
            assert len(each["annotations"]["runbook"]) > 40, each["alert"]
            assert each["labels"]["severity"] in {"page", "ticket"}

    def test_are_understood_by_prometheus(self, promtool: str) -> None:
        run(promtool, "check", "rules", OBSERVABILITY / "alerts.yaml")

    def test_fire_when_they_should_and_only_then(self, promtool: str) -> None:
        run(promtool, "test", "rules", OBSERVABILITY / "alerts_test.yaml")

    def test_are_all_tried(self) -> None:
        tried = (OBSERVABILITY / "alerts_test.yaml").read_text("utf-8")

        assert [each["alert"] for each in alerts() if f'alertname="{each["alert"]}"' not in tried] == []


class TestConfiguration:
    def test_is_understood_by_prometheus(self, promtool: str, tmp_path: Path) -> None:
        content = yaml.safe_load((OBSERVABILITY / "prometheus.yaml").read_text("utf-8"))
        for job in content["scrape_configs"]:
            # Debian builds its Prometheus without the discovery of clusters.
            if job.pop("kubernetes_sd_configs", None):
                job["static_configs"] = [{"targets": ["pod"]}]
        for name in ("alerts.yaml",):
            (tmp_path / name).write_text((OBSERVABILITY / name).read_text("utf-8"), "utf-8")
        path = tmp_path / "prometheus.yaml"
        path.write_text(yaml.safe_dump(content), "utf-8")

        run(promtool, "check", "config", path)

    def test_of_the_collector_uses_what_it_declares(self) -> None:
        content = yaml.safe_load((OBSERVABILITY / "collector.yaml").read_text("utf-8"))

        for pipeline in content["service"]["pipelines"].values():
            for kind in ("receivers", "processors", "exporters"):
                assert set(pipeline[kind]) <= content[kind].keys()
        assert set(content["service"]["extensions"]) <= content["extensions"].keys()
        assert content["receivers"]["otlp"]["protocols"]["http"]["endpoint"].endswith(":4318")


def run(*command: object) -> None:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
