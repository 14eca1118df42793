"""Panels of Grafana, as few words as say what is drawn; the rest of a dashboard's JSON follows from them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_SOURCE = {"type": "prometheus", "uid": "${source}"}
_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 2


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing: its title, what a reader should see in it, and queries with their legends."""

    title: str
    says: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    is_level: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Panels two in a row; with `by_service` the reader chooses one."""

    name: str
    title: str
    says: str
    panels: tuple[Panel, ...]
    by_service: bool = False
    links: tuple[str, ...] = field(default=())

    def text(self) -> str:
        """Return the JSON that Grafana imports."""
        document = {
            "uid": f"plexus-{self.name}",
            "title": self.title,
            "description": self.says,
            "tags": ["plexus"],
            "schemaVersion": 39,
            "version": 1,
            "editable": True,
            "refresh": "30s",
            "timezone": "browser",
            "time": {"from": "now-1h", "to": "now"},
            "templating": {"list": list(self._variables())},
            "links": [_link(each) for each in self.links],
            "panels": [_panel(number, each) for number, each in enumerate(self.panels)],
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def _variables(self) -> Iterator[dict[str, Any]]:
        yield {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}
        if self.by_service:
            query = "label_values(plexus_pool_size, service)"
            yield {
                "name": "service",
                "label": "Service",
                "type": "query",
                "datasource": _SOURCE,
                "query": {"query": query, "refId": "service"},
                "refresh": 2,
                "sort": 1,
            }


def _link(tag: str) -> dict[str, Any]:
    return {"type": "dashboards", "title": "Plexus", "tags": [tag], "asDropdown": True, "keepTime": True}


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    place = {
        "x": number % _COLUMNS * _WIDTH,
        "y": number // _COLUMNS * _HEIGHT,
        "w": _WIDTH,
        "h": _HEIGHT,
    }
    return {
        "id": number + 1,
        "type": "stat" if panel.is_level else "timeseries",
        "title": panel.title,
        "description": panel.says,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {} if panel.is_level else {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [_target(at, *each) for at, each in enumerate(panel.queries)],
    }


def _target(at: int, query: str, legend: str) -> dict[str, Any]:
    return {"refId": chr(ord("A") + at), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
