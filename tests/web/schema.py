"""The API's types for the web UI, made from the merged OpenAPI document without a running stack.

`python -m tests.web.schema` renews web/src/api/schema.d.ts; a test fails when it drifts.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from deploy.local import web
from deploy.local.places import ROOT
from gateway.openapi import merge
from gateway.routes import load_routes
from tests.gateway.apps import applications

SCHEMA = web.SOURCES / "src" / "api" / "schema.d.ts"
EVENTS = web.SOURCES / "src" / "api" / "event-types.ts"
GENERATOR = "node_modules/openapi-typescript/bin/cli.js"
# What the pages talk to; all the rest would only make the file longer.
SERVICES = ("auth", "customer", "sales", "ticketing", "analytics")
RESOURCES = frozenset(
    {
        "accounts",
        "auth",
        "contacts",
        "events",
        "leads",
        "metrics",
        "opportunities",
        "pipelines",
        "queues",
        "search",
        "ticket-messages",
        "tickets",
        "users",
    }
)
AGGREGATES = ("sales.lead", "sales.opportunity", "sales.pipeline", "customer.account", "customer.contact")
HEARD = (*AGGREGATES, "ticketing.ticket", "ticketing.ticket-message")
WORDS = frozenset({"description", "summary", "title", "examples", "example"})


def document() -> Any:
    """The merged document of what the pages ask, without its prose, which types do not need."""
    # The applications keep their documents, and others read them too.
    documents = {name: _asked(app.openapi()) for name, app in applications(SERVICES).items()}
    return _silent(merge(documents, load_routes(), version="0"))


def _asked(document: Any) -> Any:
    return document | {"paths": {path: item for path, item in document["paths"].items() if _is_asked(path)}}


def _is_asked(path: str) -> bool:
    words = path.split("/")
    return len(words) > 3 and words[3] in RESOURCES and words[-1] != "batch"


def _silent(node: Any, *, of_names: bool = False) -> Any:
    if isinstance(node, list):
        return [_silent(each) for each in node]
    if not isinstance(node, dict):
        return node
    # Below `properties` the keys are names of fields, and a lead has a title.
    kept = {key: value for key, value in node.items() if of_names or key not in WORDS}
    return {key: _silent(value, of_names=key in {"properties", "schemas"}) for key, value in kept.items()}


def event_types() -> str:
    """The names of the events that the pages listen to: a browser's EventSource wants each by name."""
    published = (ROOT / "docs" / "events").glob("*.v*.json")
    names = sorted(path.stem for path in published)
    heard = [name for name in names if name.rsplit(".", 2)[0] in HEARD]
    lines = "".join(f'  "{name}",\n' for name in heard)
    head = "/** Generated from docs/events by `python -m tests.web.schema`. */"
    return f"{head}\nexport const EVENT_TYPES = [\n{lines}] as const\n"


async def write(target: Path, stage: Path, log: Path) -> None:
    """Generate the types with the packages of the staged copy."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(document()), "utf-8")
        await web.node(stage, log, GENERATOR, str(source), "--output", str(target), "--alphabetize")


async def _renew() -> None:
    log = web.KEPT / "schema.log"
    async with web.alone():
        stage = await web.staged(log, with_tests=True)
    try:
        await write(SCHEMA, stage, log)
        EVENTS.write_text(event_types(), "utf-8")
    finally:
        web.clear(stage)


if __name__ == "__main__":
    asyncio.run(_renew())
