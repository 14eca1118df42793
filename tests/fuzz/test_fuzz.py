"""Thousands of requests that schemathesis makes from each service's document, right ones and wrong ones."""

import asyncio
from itertools import filterfalse
from pathlib import Path

import httpx
import pytest
import schemathesis
from schemathesis import BaseSchema, GenerationMode

from tests.figures import Figures, budget
from tests.fuzz.changes import Changes
from tests.fuzz.fuzzing import Fuzz, is_accepted, is_batch
from tests.fuzz.known import Known
from tests.fuzz.running import Running, running
from tests.fuzz.sampling import SEED, Sampler, narrowed
from tests.fuzz.seeding import make_records, prepare

SERVICES = ("auth", "customer", "sales", "marketing", "ticketing", "analytics", "integration")
WANTED = budget("api")["requests"]
# So many must do what they asked for, or the run has seen little more than look-ups of nothing.
LEAST_ACCEPTED = 0.2


def _fuzz(live: Running, loop: asyncio.AbstractEventLoop) -> tuple[Fuzz, Changes]:
    """Send right and wrong requests in any order, then wrong ones alone, which may change nothing."""
    known = Known(SEED)
    make_records(live, known)
    document = httpx.get(f"{live.url}/openapi.json", timeout=60).raise_for_status().json()
    schema: BaseSchema = schemathesis.openapi.from_dict(narrowed(document))
    fuzz = Fuzz(live.url, live.headers, known)
    sampler = Sampler(schema)
    right = sampler.sample(GenerationMode.POSITIVE, WANTED // 2)
    wrong = sampler.sample(GenerationMode.NEGATIVE, WANTED - len(right))
    # Of a batch the right items are taken and the wrong ones refused.
    for case in [*right, *filter(is_batch, wrong)]:
        fuzz.send(case)
    changes = Changes(live.fingerprint, loop)
    for case in filterfalse(is_batch, wrong):
        changes.after(case.operation.label, refused=fuzz.send(case))
    changes.compare()
    return fuzz, changes


@pytest.mark.parametrize("service", SERVICES)
async def test_service_holds_its_word(service: str, tmp_path: Path) -> None:
    async with running(service, tmp_path) as live:
        await prepare(live)
        fuzz, changes = await asyncio.to_thread(_fuzz, live, asyncio.get_running_loop())

        figures = Figures("api")
        figures.exactly(f"{service}: answers that break its word", len(fuzz.failures), 0)
        figures.exactly(f"{service}: changes by refused requests", len(changes.found), 0)
        figures.exactly(f"{service}: defects in its log", live.log.read_text("utf-8").count("unhandled"), 0)
        # Nothing is parked or blocked here, so nothing can be redriven.
        own = {label: statuses for label, statuses in fuzz.by.items() if "/operations/" not in label}
        idle = [label for label, statuses in own.items() if not any(map(is_accepted, statuses))]
        figures.at_most(f"{service}: operations that nobody got done", len(idle), len(own) // 4)
        figures.at_least(f"{service}: refusals watched", changes.watched, WANTED // 4)
        figures.at_least(f"{service}: accepted requests", fuzz.accepted(), round(fuzz.total * LEAST_ACCEPTED))
        figures.at_least(f"{service}: requests", fuzz.total, WANTED)
        assert figures.done(part=True), "\n\n".join([*fuzz.failures.values(), *changes.found, *idle])
