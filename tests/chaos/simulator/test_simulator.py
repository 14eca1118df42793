"""The shipped relay, consumer and idempotency, unchanged, under faults of many seeds; and planted bugs."""

import asyncio
import json
import sys

import pytest

from tests.chaos.simulator.planted import PLANTED
from tests.chaos.simulator.runner import simulate
from tests.figures import Figures, budget

ENOUGH = 100


class TestShipped:
    async def test_keeps_every_promise_under_every_seed(self) -> None:
        seeds = budget("simulator")["seeds"]

        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.simulator", "--seeds", str(seeds)),
            stdout=asyncio.subprocess.PIPE,
        )
        output = (await process.communicate())[0].decode()

        assert process.returncode == 0, output
        report(seeds, json.loads(output.splitlines()[-2]))

    def test_repeats_a_seed_exactly(self) -> None:
        assert simulate(7) == simulate(7)


def report(seeds: int, hits: dict[str, int]) -> None:
    """A storm in which nothing was hit would prove nothing."""
    figures = Figures("simulator")
    figures.sample("seeds", seeds)
    figures.exactly("seeds that broke a promise", 0, 0)
    figures.at_least("events", hits["events"], 50 * seeds)
    for name in ("killed with a send in flight", "acknowledgement lost", "commit unknown", "send lost"):
        figures.at_least(name, hits[name], 10)
    assert figures.done(), figures.failures()


class TestPlantedBugs:
    @pytest.mark.parametrize("name", PLANTED)
    def test_are_found(self, name: str) -> None:
        found = next((seed for seed in range(ENOUGH) if simulate(seed, PLANTED[name]).problems), None)

        assert found is not None, f"{name}: {ENOUGH} seeds saw nothing wrong"
